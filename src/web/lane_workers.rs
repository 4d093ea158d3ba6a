//! Lane workers in the page: each is a worker with this program in it (www/src/lane-worker.ts), told by the
//! trainer's worker what to do (www/src/lane-workers.ts).

use std::pin::Pin;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::page::awaited;
use super::session::RunHandle;
use crate::engine::LaneWorkers;
use crate::engine::lane_worker::{self, Request};
use crate::engine::spread::Reply;

/// Workers that are there, and how many were wanted.
#[derive(Default, serde::Deserialize)]
struct Found {
    workers: Vec<u32>,
    wanted: u32,
}

/// Lane workers that answer; none where there are not two. `again` starts those anew that are gone or never
/// came.
pub(super) async fn find(handle: &RunHandle, again: bool) -> Option<LaneWorkers> {
    let page = handle.session.borrow().page.clone();
    let found = awaited(page.find(again)).await;
    let Found { workers, wanted } = serde_wasm_bindgen::from_value(found).unwrap_or_default();
    let got = workers.len() as u32;
    let short = (got < wanted).then(|| match got {
        0 | 1 => "No workers could be started: one core trains all lanes, with the same numbers but slower."
            .to_owned(),
        got => format!(
            "Only {got} of {wanted} workers could be started: the numbers are the same, but come slower."
        ),
    });
    handle.session.borrow_mut().short_of_workers = short;
    let send = move |number: u32, request: Request| -> Pin<Box<dyn Future<Output = Reply>>> {
        let sent = page.send(number, &super::record(&request));
        Box::pin(async move {
            let reply = serde_wasm_bindgen::from_value(awaited(sent).await);
            reply.unwrap_or_else(|e| Reply::Gone(e.to_string()))
        })
    };
    LaneWorkers::new(Rc::new(send), workers)
}

/// A lane worker's end of the wire.
#[wasm_bindgen]
#[derive(Default)]
pub struct LaneWorker {
    worker: lane_worker::LaneWorker,
}

#[wasm_bindgen]
impl LaneWorker {
    /// One without lanes.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        console_error_panic_hook::set_once();
        Self::default()
    }

    /// Takes a [`Request`] and gives the [`crate::engine::lane_worker::Answer`].
    ///
    /// # Errors
    /// In words, where the request is of no sense.
    pub fn take(&mut self, request: JsValue) -> Result<JsValue, JsValue> {
        let request: Request = serde_wasm_bindgen::from_value(request)?;
        let answer = self.worker.take(request);
        let answer = answer.map_err(|e| JsValue::from_str(&e.to_string()))?;
        Ok(super::record(&answer))
    }
}

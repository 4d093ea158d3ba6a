//! Hands in the page: each is a worker with this program in it (www/src/hand.ts), told by the trainer's
//! worker what to do (www/src/hands.ts).

use std::pin::Pin;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::session::{RunHandle, awaited};
use crate::engine::Hands;
use crate::engine::hand::{self, Letter};
use crate::engine::spread::Reply;

/// Workers that are there, and how many were wanted.
#[derive(Default, serde::Deserialize)]
struct Found {
    hands: Vec<u32>,
    wanted: u32,
}

/// Hands that answer; none where there are not two. `again` starts those anew that are gone or never came.
pub(super) async fn find(handle: &RunHandle, again: bool) -> Option<Hands> {
    let (find, send) = {
        let page = &handle.session.borrow().page;
        (page.find.clone(), page.send.clone())
    };
    let found = awaited(find.call1(&JsValue::NULL, &again.into())).await;
    let Found { hands, wanted } = serde_wasm_bindgen::from_value(found).unwrap_or_default();
    let got = hands.len() as u32;
    let short = (got < wanted).then(|| match got {
        0 | 1 => "No workers could be started: one core trains all lanes, with the same numbers but slower."
            .to_owned(),
        got => format!(
            "Only {got} of {wanted} workers could be started: the numbers are the same, but come slower."
        ),
    });
    handle.session.borrow_mut().short_of_hands = short;
    let send = move |number: u32, letter: Letter| -> Pin<Box<dyn Future<Output = Reply>>> {
        let letter = super::record(&letter);
        let sent = send.call2(&JsValue::NULL, &number.into(), &letter);
        Box::pin(async move {
            let reply = serde_wasm_bindgen::from_value(awaited(sent).await);
            reply.unwrap_or_else(|e| Reply::Gone(e.to_string()))
        })
    };
    Hands::new(Rc::new(send), hands)
}

/// A hand's end of the wire.
#[wasm_bindgen]
#[derive(Default)]
pub struct Hand {
    hand: hand::Hand,
}

#[wasm_bindgen]
impl Hand {
    /// One without lanes.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        console_error_panic_hook::set_once();
        Self::default()
    }

    /// Takes a [`Letter`] and gives the [`crate::engine::hand::Answer`].
    ///
    /// # Errors
    /// In words, where the letter is of no sense.
    pub fn take(&mut self, letter: JsValue) -> Result<JsValue, JsValue> {
        let letter: Letter = serde_wasm_bindgen::from_value(letter)?;
        let answer = self.hand.take(letter);
        let answer = answer.map_err(|e| JsValue::from_str(&e.to_string()))?;
        Ok(super::record(&answer))
    }
}

//! What the worker's TypeScript does for the trainer (www/src/worker.ts).

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(typescript_custom_section)]
const TYPESCRIPT: &str = r"
import type { Adapter } from '../adapter';
import type { Reply } from '../lane-workers';
import type { Event, Tuning } from '../protocol';

/** What the worker does for the trainer. */
export interface Page {
  /** Takes an event: of the run with this number, or of none. */
  post(run: number | undefined, event: Event): void;
  /** Lets the worker's event loop turn once. */
  breathe(): Promise<void>;
  /** Lets so many seconds pass. */
  rest(seconds: number): Promise<void>;
  /** What wgpu can't see of the adapter, and what was measured of it before. */
  adapter(): Promise<Adapter & { tuning: Tuning | null }>;
  /** Keeps what was measured of an adapter. */
  remember(adapter: string, tuning: Tuning): void;
  /** Lane workers; `again` starts those anew that are gone or never came. */
  find(again: boolean): Promise<{ workers: number[]; wanted: number }>;
  /** Sends a lane worker a request, and gives its reply. */
  send(number: number, request: object): Promise<Reply>;
}
";

#[wasm_bindgen]
extern "C" {
    /// See the section above, which TypeScript is held to.
    #[wasm_bindgen(typescript_type = "Page")]
    #[derive(Clone)]
    pub type Page;

    #[wasm_bindgen(method, catch)]
    pub(super) fn post(this: &Page, run: Option<u32>, event: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn breathe(this: &Page) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn rest(this: &Page, seconds: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn adapter(this: &Page) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn remember(this: &Page, adapter: &str, tuning: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn find(this: &Page, again: bool) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn send(this: &Page, number: u32, request: &JsValue) -> Result<Promise, JsValue>;
}

/// What a function of the page's gives, once it is there; nothing if it fails.
pub(super) async fn awaited(called: Result<Promise, JsValue>) -> JsValue {
    match called {
        Ok(promise) => JsFuture::from(promise).await.unwrap_or_default(),
        Err(_) => JsValue::UNDEFINED,
    }
}

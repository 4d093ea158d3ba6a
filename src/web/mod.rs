//! The wasm shell: turns messages into work and work into messages. The only folder that knows JavaScript.
//!
//! It comes in two programs, each a build of this crate with one feature, so that a page loads what it uses:
//! [`Desk`] (feature `desk`) answers questions about configurations, links and results files;
//! [`Bench`] (feature `bench`) has the engines and trains. Both live in one dedicated worker, which passes on what one has
//! for the other ([`crate::protocol`]).

#[cfg(feature = "bench")]
mod bench;
#[cfg(feature = "desk")]
mod desk;
#[cfg(feature = "bench")]
mod drive;
#[cfg(feature = "desk")]
mod json;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::words::Words;

#[cfg(feature = "bench")]
pub use bench::Bench;
#[cfg(feature = "desk")]
pub use desk::Desk;

/// A record as JavaScript has it after reading its JSON.
fn record(of: &impl Serialize) -> Result<JsValue, serde_wasm_bindgen::Error> {
    of.serialize(&serde_wasm_bindgen::Serializer::json_compatible())
}

/// Hands a message to the page.
fn post(to: &js_sys::Function, message: &impl Serialize) {
    if let Ok(value) = record(message) {
        // Nobody is left to be told if posting fails.
        let _ = to.call1(&JsValue::NULL, &value);
    }
}

/// Reads a message.
fn message<T: DeserializeOwned>(value: JsValue) -> Result<T, Words> {
    serde_wasm_bindgen::from_value(value).map_err(|e| Words {
        what: format!("A message to the worker was not understood: {e}"),
        meaning: "The page and its worker are of different versions.".into(),
        advice: "Reload the page.".into(),
    })
}

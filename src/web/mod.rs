//! The wasm shell: turns messages into work and work into messages. The only folder that knows JavaScript.
//!
//! It comes in two programs, each a build of this crate with one feature, so that a page loads what it uses:
//! [`Analyst`] (feature `analyst`) answers requests about configurations, links and results files;
//! [`Trainer`] (feature `trainer`) has the engines and trains. Both live in one dedicated worker, which
//! passes on what one has for the other ([`crate::protocol`]).

#[cfg(feature = "analyst")]
mod analyst;
#[cfg(feature = "trainer")]
mod bench;
#[cfg(feature = "trainer")]
mod hints;
#[cfg(feature = "trainer")]
mod keeper;
#[cfg(feature = "trainer")]
mod lane_workers;
#[cfg(feature = "trainer")]
mod notes;
#[cfg(feature = "trainer")]
mod opening;
#[cfg(feature = "trainer")]
mod page;
#[cfg(feature = "trainer")]
mod requests;
#[cfg(feature = "trainer")]
mod run;
#[cfg(feature = "trainer")]
mod session;
#[cfg(feature = "analyst")]
mod sweeps;
#[cfg(feature = "trainer")]
mod trainer;

use std::fmt::Display;

use js_sys::{Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use crate::messages::Words;

#[cfg(feature = "analyst")]
pub use analyst::Analyst;
#[cfg(feature = "trainer")]
pub use lane_workers::LaneWorker;
#[cfg(feature = "trainer")]
pub use trainer::Trainer;

/// A record as JavaScript has it after reading its JSON; `undefined` of what has no such form, which no
/// record here is.
fn record(of: &impl Serialize) -> JsValue {
    let form = serde_wasm_bindgen::Serializer::json_compatible().serialize_bytes_as_arrays(false);
    of.serialize(&form).unwrap_or_default()
}

/// Reads a message: an object with its `type` beside its fields, by which TypeScript tells messages apart.
/// Serde would copy all of such an object before it knows what to make of it (with that, the analyst was 5%
/// larger), so it is given the type first: as `{type: fields}`, and as the type alone where there are no
/// fields.
fn message<T: DeserializeOwned>(value: JsValue) -> Result<T, Words> {
    let kind = Reflect::get(&value, &"type".into()).unwrap_or_default();
    let named = value.dyn_ref::<Object>().map(Object::keys);
    if named.is_none_or(|names| names.length() <= 1) {
        return fields(kind);
    }
    let typed = Object::new();
    // A property can always be set on an object of one's own.
    let _ = Reflect::set(&typed, &kind, &value);
    fields(typed.into())
}

/// Reads a record of fields, or a word.
fn fields<T: DeserializeOwned>(value: JsValue) -> Result<T, Words> {
    serde_wasm_bindgen::from_value(value).map_err(|e| not_understood(&e))
}

fn not_understood(why: &impl Display) -> Words {
    Words {
        what: format!("A message to the worker was not understood: {why}"),
        meaning: "The page and its worker are of different versions.".into(),
        advice: "Reload the page.".into(),
    }
}

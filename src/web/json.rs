//! JSON texts, read and written by the browser: a second reader and writer in the wasm would be a third of it.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;

use super::record;
use crate::formats::version::Versioned;
use crate::formats::{self, FileError};

/// What a JavaScript error says.
fn said(error: &JsValue) -> String {
    let error = error.dyn_ref::<js_sys::Error>();
    error.map_or_else(|| "not JSON".into(), |e| e.message().into())
}

/// A text's value.
fn value(text: &str) -> Result<JsValue, String> {
    js_sys::JSON::parse(text).map_err(|e| said(&e))
}

/// Reads a text.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_wasm_bindgen::from_value(value(text)?).map_err(|e| e.to_string())
}

/// A record's text, one field a line.
pub(super) fn write(of: &impl Serialize) -> Option<String> {
    let indented = JsValue::from(2);
    let text = js_sys::JSON::stringify_with_replacer_and_space(
        &record(of).ok()?,
        &JsValue::NULL,
        &indented,
    );
    Some(text.ok()?.into())
}

/// Reads a file's record; `file` names it in errors.
pub(super) fn record_of<T: Versioned>(file: &str, bytes: &[u8]) -> Result<T, FileError> {
    let text = str::from_utf8(bytes).map_err(|e| FileError::malformed::<T>(file, e))?;
    let value = read(text).map_err(|e| FileError::malformed::<T>(file, e))?;
    formats::record(file, value)
}

/// Reads a decimal number as the browser does; none if it is none.
pub(super) fn number(text: &str) -> Option<f64> {
    // What JavaScript reads beyond decimals: nothing as 0, spaces around, 0x, 0b and 0o.
    let decimal = |c: u8| c.is_ascii_digit() || b"+-.eE".contains(&c);
    if text.is_empty() || !text.bytes().all(decimal) {
        return None;
    }
    let number = JsValue::from(text).unchecked_into_f64();
    (!number.is_nan()).then_some(number)
}

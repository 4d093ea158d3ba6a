//! A knob's values in a sweep: as words on the command line, in CSV files and in tables, and as ranges.
//!
//! A list's numbers are joined by `+`, and a number repeated is written `64x4`: commas stand between values.
//! So are the changes at a fork, of which `none` is an empty list.

use serde_json::Value;

use super::MOST_POINTS;
use super::error::SweepError;
use crate::config::{self, Kind, Knob, Role};
use crate::results::six_digits;

/// The knob of that name, if it can be varied.
///
/// # Errors
/// If there is none, or it is one of all points.
pub(super) fn knob(name: &str) -> Result<&'static Knob, SweepError> {
    let knob = config::find(name).ok_or_else(|| SweepError::Unknown(name.to_owned()))?;
    if knob.role == Role::Lanes {
        return Err(SweepError::OfAll(knob.name));
    }
    Ok(knob)
}

/// A value in words, which [`value`] reads as the same.
pub fn word(value: &Value) -> String {
    let Some(list) = value.as_array() else {
        return config::word(value);
    };
    if list.iter().all(Value::is_string) {
        let words: Vec<String> = list.iter().map(config::word).collect();
        return match words.is_empty() {
            true => "none".to_owned(),
            false => words.join("+"),
        };
    }
    let runs = list.chunk_by(|a, b| a == b).map(|run| {
        let one = run.first().map(config::word).unwrap_or_default();
        match run.len() {
            1 => one,
            n => format!("{one}x{n}"),
        }
    });
    runs.collect::<Vec<_>>().join("+")
}

/// What a word means for a knob.
///
/// # Errors
/// If the knob can't have that value.
pub(super) fn value(knob: &'static Knob, word: &str) -> Result<Value, SweepError> {
    let refused = || SweepError::Value {
        knob: knob.name,
        word: word.to_owned(),
        allowed: knob.kind.allowed(),
    };
    let read = match knob.kind {
        Kind::Widths { max_len, .. } if word != "none" => widths(word, max_len),
        Kind::Changes if word == "none" => Some(Value::Array(Vec::new())),
        Kind::Changes => Some(word.split('+').map(Value::from).collect()),
        _ => knob.parse(word),
    };
    let value = read.ok_or_else(refused)?;
    match knob.kind.complaint(&value) {
        None => Ok(value),
        Some(_) => Err(refused()),
    }
}

/// `64x2+32` as 64, 64, 32; a comma for `+`, too, where cells are quoted. None of what is no list of at most
/// so many.
fn widths(word: &str, most: u32) -> Option<Value> {
    let mut list: Vec<Value> = Vec::new();
    for part in word.split(['+', ',']) {
        let (number, times) = part.split_once('x').unwrap_or((part, "1"));
        let number: u32 = number.trim().parse().ok()?;
        let times: u32 = times.trim().parse().ok()?;
        if times == 0 || list.len() as u64 + u64::from(times) > u64::from(most) {
            return None;
        }
        list.extend((0..times).map(|_| Value::from(number)));
    }
    Some(Value::Array(list))
}

/// All values that a text gives a knob: values between commas, or a range.
///
/// # Errors
/// If there are none, one can't be, is there twice, or they are too many.
pub(super) fn values(knob: &'static Knob, text: &str) -> Result<Vec<Value>, SweepError> {
    if text.trim().is_empty() {
        return Err(SweepError::Empty(knob.name));
    }
    let is_range = knob.kind != Kind::Changes;
    let values = match text.split_once(':').filter(|_| is_range) {
        Some((scale, rest)) => range(knob, text, scale, rest)?,
        None => text
            .split(',')
            .map(|word| value(knob, word.trim()))
            .collect::<Result<Vec<_>, _>>()?,
    };
    if values.len() > MOST_POINTS {
        return Err(SweepError::TooMany(values.len() as u64));
    }
    let twice = (1..values.len()).find(|&i| values[..i].contains(&values[i]));
    match twice.and_then(|i| values.get(i)) {
        Some(value) => Err(SweepError::ValueTwice {
            knob: knob.name,
            word: word(value),
        }),
        None => Ok(values),
    }
}

/// `log:0.001..0.1:5`: so many numbers from the first to the last, both included, at equal ratios or at equal
/// differences; to six digits, whole where the knob's are.
fn range(
    knob: &'static Knob,
    text: &str,
    scale: &str,
    rest: &str,
) -> Result<Vec<Value>, SweepError> {
    let wrong = |reason| SweepError::Range {
        knob: knob.name,
        range: text.to_owned(),
        reason,
    };
    let is_log = match scale.trim() {
        "log" => true,
        "linear" => false,
        _ => return Err(wrong("it begins with neither log: nor linear:")),
    };
    let is_whole = match knob.kind {
        Kind::Whole { .. } => true,
        Kind::Real { .. } => false,
        _ => return Err(wrong("this knob is no number")),
    };
    let (ends, count) = rest.split_once(':').ok_or(wrong("it has no :COUNT"))?;
    let count: u64 = count
        .trim()
        .parse()
        .map_err(|_| wrong("its count is no whole number"))?;
    if count < 2 {
        return Err(wrong("its count is less than 2"));
    }
    if count > MOST_POINTS as u64 {
        return Err(SweepError::TooMany(count));
    }
    let (first, last) = ends.split_once("..").ok_or(wrong("it has no .."))?;
    let end = |word: &str| {
        let number: Option<f64> = word.trim().parse().ok();
        number
            .filter(|x| x.is_finite())
            .ok_or(wrong("its ends are no numbers"))
    };
    let (first, last) = (end(first)?, end(last)?);
    if is_log && (first <= 0.0 || last <= 0.0) {
        return Err(wrong("equal ratios need ends above 0"));
    }
    let at = |i: u64| {
        let share = i as f64 / (count - 1) as f64;
        let x = match i {
            0 => first,
            _ if i + 1 == count => last,
            // The library's own functions: the same numbers everywhere.
            _ if is_log => libm::exp(libm::log(first) * (1.0 - share) + libm::log(last) * share),
            _ => first * (1.0 - share) + last * share,
        };
        let x = if is_whole { x.round() } else { six_digits(x) };
        value(knob, &x.to_string())
    };
    (0..count).map(at).collect()
}

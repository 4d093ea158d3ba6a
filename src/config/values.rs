//! A knob's value: read from a word, and held against what its declaration allows.

use serde_json::Value;

use super::fork::{self, Change};
use super::knobs::{Kind, Knob};
use super::word;

impl Knob {
    /// What a word means for this knob, as links and the command line have it; none if it is of another kind.
    pub fn parse(&self, word: &str) -> Option<Value> {
        let whole = |w: &str| w.parse::<u32>().ok().map(Value::from);
        match self.kind {
            Kind::Whole { .. } => whole(word),
            Kind::Real { .. } => {
                let number = word.parse::<f64>().ok();
                number.filter(|x| x.is_finite()).map(Value::from)
            }
            Kind::Switch => word.parse::<bool>().ok().map(Value::from),
            Kind::Choice { .. } => Some(word.into()),
            Kind::Widths { min_len: 0, .. } if word == "none" => Some(Value::Null),
            Kind::Widths { .. } => word
                .split(',')
                .map(whole)
                .collect::<Option<Vec<_>>>()
                .map(Value::Array),
            Kind::Set { .. } => Some(word.split(',').map(Value::from).collect()),
            Kind::Changes if word.is_empty() => Some(Value::Array(Vec::new())),
            Kind::Changes => Some(word.split(',').map(|w| Value::from(w.trim())).collect()),
        }
    }
}

impl Kind {
    /// What is allowed, in words.
    pub fn allowed(&self) -> String {
        match *self {
            Self::Whole { min, max } => format!("a whole number, {min} to {max}"),
            Self::Real { min, max } => format!("a number, {min} to {max}"),
            Self::Switch => "true or false".into(),
            Self::Choice { options } => format!("one of {}", options.join(", ")),
            Self::Widths {
                min_len: 0,
                max_len,
                min,
                max,
            } => {
                format!("null, or {max_len} whole numbers, each {min} to {max}")
            }
            Self::Widths {
                min_len,
                max_len,
                min,
                max,
            } => {
                format!("{min_len} to {max_len} whole numbers, each {min} to {max}")
            }
            Self::Set { options } => format!("one or more of {}, each once", options.join(", ")),
            Self::Changes => fork::allowed(),
        }
    }

    /// What is wrong with a value, if anything.
    pub(crate) fn complaint(&self, value: &Value) -> Option<String> {
        let whole = |v: &Value, min: u32, max: u32| {
            v.as_u64()
                .is_some_and(|x| (min.into()..=max.into()).contains(&x))
        };
        let one_of = |v: &Value, options: &[&str]| v.as_str().is_some_and(|v| options.contains(&v));
        let fine = match *self {
            Self::Whole { min, max } => whole(value, min, max),
            Self::Real { min, max } => value.as_f64().is_some_and(|x| (min..=max).contains(&x)),
            Self::Switch => value.is_boolean(),
            Self::Choice { options } => one_of(value, options),
            Self::Widths {
                min_len,
                max_len,
                min,
                max,
            } => match value.as_array() {
                None => min_len == 0 && value.is_null(),
                Some(list) => {
                    // Where a list may be left out, it has one length.
                    let shortest = if min_len == 0 { max_len } else { min_len };
                    (shortest as usize..=max_len as usize).contains(&list.len())
                        && list.iter().all(|v| whole(v, min, max))
                }
            },
            Self::Set { options } => value.as_array().is_some_and(|list| {
                !list.is_empty()
                    && list.iter().all(|v| one_of(v, options))
                    && list.iter().enumerate().all(|(i, v)| !list[..i].contains(v))
            }),
            Self::Changes => value.as_array().is_some_and(|list| {
                let is_change = |v: &Value| v.as_str().and_then(Change::parse).is_some();
                list.len() <= fork::MOST && list.iter().all(is_change)
            }),
        };
        let given = match value {
            Value::Null => "null".to_owned(),
            Value::Array(list) if list.is_empty() => "an empty list".to_owned(),
            Value::String(text) => format!("\"{text}\""),
            other => word(other),
        };
        (!fine).then(|| format!("{given} is not allowed; allowed: {}", self.allowed()))
    }
}

//! Knobs with the experiments' values: what the page's Lab and `metacls info` show of each.

use serde::Serialize;
use serde_json::Value;

use super::all;
use crate::config::{Config, Explored, KNOBS, Kind, Origin, word};

/// One knob with the figures' values.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Field {
    /// Its name in files, links and on the command line.
    pub name: &'static str,
    /// The group it is shown in.
    pub group: &'static str,
    /// Its short name for people.
    pub label: &'static str,
    /// Its unit; empty for a pure number.
    pub unit: &'static str,
    /// Its type and range.
    pub kind: Kind,
    /// The stretch of its range that the Lab has a slider for.
    pub explored: Option<Explored>,
    /// What it does, in a sentence or two.
    pub meaning: &'static str,
    /// The figures' values and where they come from, in words.
    pub paper: String,
}

/// A value in words: switches are on or off.
pub fn said(value: &Value) -> String {
    match value {
        Value::Bool(true) => "on".into(),
        Value::Bool(false) => "off".into(),
        Value::Array(list) if list.is_empty() => "none".into(),
        Value::Array(list) => list.iter().map(word).collect::<Vec<_>>().join(", "),
        other => word(other),
    }
}

/// Every knob, in the order of its declaration.
pub fn fields() -> Vec<Field> {
    // A flat record of numbers, words and lists always has a form as a value.
    let value = |config: &Config| serde_json::to_value(config).unwrap_or_default();
    let usual = value(&Config::default());
    let figures: Vec<(&str, Value)> = all()
        .iter()
        .filter(|e| e.stored)
        .map(|e| (e.title, value(&e.config)))
        .collect();
    let field = |knob: &crate::config::Knob| {
        let others: Vec<String> = figures
            .iter()
            .filter(|(_, config)| config[knob.name] != usual[knob.name])
            .map(|(title, config)| format!("{title}: {}", said(&config[knob.name])))
            .collect();
        let mut paper = said(&usual[knob.name]);
        if !others.is_empty() {
            paper += &format!(" ({})", others.join("; "));
        }
        paper += match knob.origin {
            Origin::Paper => "",
            Origin::PublicCode => ", from the authors' public code",
            Origin::Ours => ", ours",
        };
        Field {
            name: knob.name,
            group: knob.group,
            label: knob.label,
            unit: knob.unit,
            kind: knob.kind,
            explored: knob.explored,
            meaning: knob.meaning,
            paper,
        }
    };
    KNOBS.iter().map(field).collect()
}

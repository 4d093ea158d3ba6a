//! A configuration read and checked, field by field.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Condition, Config, EvaluateOn, FIELDS};

/// One thing wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Problem {
    /// The field's name in JSON; empty where the text is no configuration at all.
    pub field: String,
    /// What is wrong and what is allowed, in words.
    pub message: String,
}

/// Why a text is no usable configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration is not usable: {}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct ConfigError {
    /// Everything found wrong; never empty.
    pub problems: Vec<Problem>,
}

impl Problem {
    fn new(field: &str, message: String) -> Self {
        Self {
            field: field.to_owned(),
            message,
        }
    }
}

impl ConfigError {
    /// Of what is no configuration at all.
    pub fn whole(message: String) -> Self {
        Self {
            problems: vec![Problem::new("", message)],
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.field.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.field, self.message)
        }
    }
}

/// A field's value in words, as links and messages have it: lists joined by commas, nothing as `none`.
pub fn word(value: &Value) -> String {
    match value {
        Value::Null => "none".into(),
        Value::Bool(b) => b.to_string(),
        // Written by the core library alone: serde_json's own writer would bring its tables into the page's wasm.
        Value::Number(n) => match (n.as_u64(), n.as_i64(), n.as_f64()) {
            (Some(whole), ..) => whole.to_string(),
            (_, Some(whole), _) => whole.to_string(),
            (.., real) => format!("{:?}", real.unwrap_or(f64::NAN)),
        },
        Value::String(s) => s.clone(),
        Value::Array(list) => list.iter().map(word).collect::<Vec<_>>().join(","),
        Value::Object(_) => "a record".into(),
    }
}

impl Config {
    /// Checks a record and takes it for a configuration.
    ///
    /// # Errors
    /// Every unknown, missing, mistyped or out-of-range field, by name, with what is allowed.
    pub fn from_value(value: &Value) -> Result<Self, ConfigError> {
        let Some(record) = value.as_object() else {
            let given = word(value);
            return Err(ConfigError::whole(format!(
                "a configuration is a record of named fields, not {given}"
            )));
        };
        let mut problems = Vec::new();
        let mut say = |field, message| problems.push(Problem::new(field, message));
        for name in record.keys() {
            if !FIELDS.iter().any(|f| f.name == name) {
                let known: Vec<&str> = FIELDS.iter().map(|f| f.name).collect();
                say(
                    "",
                    format!("unknown field {name}; known are {}", known.join(", ")),
                );
            }
        }
        for field in FIELDS {
            match record.get(field.name) {
                None => say(
                    field.name,
                    format!("it is missing; allowed: {}", field.kind.allowed()),
                ),
                Some(value) => {
                    if let Some(message) = field.kind.complaint(value) {
                        say(field.name, message);
                    }
                }
            }
        }
        if !problems.is_empty() {
            return Err(ConfigError { problems });
        }
        let config = Self::deserialize(value).map_err(|e| ConfigError::whole(e.to_string()))?;
        let problems = config.combinations();
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError { problems })
        }
    }

    /// Everything wrong with the values, field by field; empty if all is well.
    pub fn problems(&self) -> Vec<Problem> {
        // A flat record of numbers, words and lists always has a form as a value.
        let value = serde_json::to_value(self).unwrap_or_default();
        Self::from_value(&value).map_or_else(|e| e.problems, |_| Vec::new())
    }

    /// What does not go together, of fields that are fine by themselves.
    fn combinations(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |field, message| problems.push(Problem::new(field, message));
        if self.conditions.contains(&Condition::Frozen)
            && !self.conditions.contains(&Condition::Meta)
        {
            say(
                "conditions",
                "frozen starts from meta's final values: list meta too".into(),
            );
        }
        if self.evaluate_on == EvaluateOn::Learned && self.evaluation_images > self.samples_per_task
        {
            say(
                "evaluation_images",
                format!(
                    "{} is more than the {} images each task learns (samples_per_task); with evaluate_on \"learned\" allowed: 1 to {}",
                    self.evaluation_images, self.samples_per_task, self.samples_per_task
                ),
            );
        }
        let items = u64::from(self.tasks) * u64::from(self.samples_per_task);
        if self.item_head && items > 20_000 {
            say(
                "item_head",
                format!(
                    "tasks x samples_per_task gives {items} items; allowed with the item task: 1 to 20000"
                ),
            );
        }
        if self.item_head && self.evaluate_on == EvaluateOn::Test {
            say(
                "evaluate_on",
                "test images have no item label; with item_head allowed: learned".into(),
            );
        }
        problems
    }
}

impl Config {
    /// Reads and checks a configuration's text.
    ///
    /// # Errors
    /// If it is no JSON; every unknown, doubled, missing, mistyped or out-of-range field, by name, with what is allowed.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let whole = |e: serde_json::Error| ConfigError::whole(e.to_string());
        let config = Self::from_value(&serde_json::from_str(text).map_err(whole)?)?;
        // A record keeps the last of two equal names; the typed reader refuses them.
        serde_json::from_str::<Self>(text).map_err(whole)?;
        Ok(config)
    }

    /// The configuration as JSON, one field a line.
    pub fn to_json(&self) -> String {
        // A flat record of numbers, words and lists always has a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FieldKind;
    use crate::experiments;

    fn figure1() -> Config {
        experiments::find("figure1").unwrap().config
    }

    #[test]
    fn fields_describe_exactly_the_record() {
        let value = serde_json::to_value(figure1()).unwrap();
        let mut named: Vec<&str> = FIELDS.iter().map(|f| f.name).collect();
        let mut held: Vec<&str> = value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        named.sort_unstable();
        held.sort_unstable();
        assert_eq!(named, held);
    }

    #[test]
    fn json_goes_out_and_in_unchanged() {
        for e in experiments::all() {
            assert_eq!(
                Config::from_json(&e.config.to_json()),
                Ok(e.config),
                "{}",
                e.id
            );
        }
    }

    fn complaint(change: impl FnOnce(&mut Value)) -> String {
        let mut value = serde_json::to_value(figure1()).unwrap();
        change(&mut value);
        Config::from_json(&value.to_string())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn every_number_out_of_range_is_named_with_its_range() {
        for field in FIELDS {
            let bad: Vec<Value> = match field.kind {
                FieldKind::Whole { max, .. } => {
                    vec![(u64::from(max) + 1).into(), (-1).into(), 1.5.into()]
                }
                FieldKind::Real { min, max } => {
                    vec![(min - 1.0).into(), (max + 1.0).into(), "x".into()]
                }
                FieldKind::Switch => vec![1.into()],
                FieldKind::Choice { .. } => vec!["nonsense".into()],
                FieldKind::Widths { max, .. } => {
                    vec![
                        serde_json::json!([max + 1, max + 1]),
                        serde_json::json!([0, 5]),
                        7.into(),
                    ]
                }
                FieldKind::Set { .. } => {
                    vec![serde_json::json!([]), serde_json::json!(["meta", "meta"])]
                }
            };
            for bad in bad {
                let said = complaint(|v| v[field.name] = bad.clone());
                assert!(said.contains(field.name), "{}: {said}", field.name);
                assert!(said.contains("allowed"), "{}: {said}", field.name);
            }
        }
    }

    #[test]
    fn unknown_missing_and_trailing_are_refused() {
        assert!(complaint(|v| v["hiden"] = 1.into()).contains("hiden"));
        assert!(
            complaint(|v| {
                v.as_object_mut().unwrap().remove("batch");
            })
            .contains("batch")
        );
        let text = figure1().to_json() + " {}";
        assert!(Config::from_json(&text).is_err());
        assert!(Config::from_json("").is_err());
        assert!(Config::from_json("[1]").is_err());
        let twice = figure1().to_json().replacen('{', "{\"batch\": 5,", 1);
        let said = Config::from_json(&twice).unwrap_err().to_string();
        assert!(said.contains("batch"), "{said}");
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let said = complaint(|v| {
            v["batch"] = 0.into();
            v["alpha_0"] = "fast".into();
            v["seeds"] = 1.5.into();
        });
        for part in ["batch: 0", "alpha_0: \"fast\"", "seeds: 1.5"] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn combinations_are_checked() {
        assert!(complaint(|v| v["conditions"] = serde_json::json!(["frozen"])).contains("meta"));
        assert!(complaint(|v| v["item_head"] = true.into()).contains("evaluate_on"));
    }
}

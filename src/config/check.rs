//! A configuration read and checked, field by field.

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::knobs::{self, Config, KNOBS};
use super::{Condition, EvaluateOn, TaskKind};
use crate::formats::version::{self, Upgrade, Versioned};

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
#[error("the configuration is not usable: {}", joined(.problems))]
pub struct ConfigError {
    /// Everything found wrong; never empty.
    pub problems: Vec<Problem>,
}

/// Problems in one line.
fn joined(problems: &[Problem]) -> String {
    let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
    all.join("; ")
}

impl Problem {
    pub(super) fn new(field: &str, message: String) -> Self {
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
        Value::Number(n) => n.to_string(),
        Value::String(s) => s.clone(),
        Value::Array(list) => list.iter().map(word).collect::<Vec<_>>().join(","),
        Value::Object(_) => "a record".into(),
    }
}

impl Versioned for Config {
    const KIND: &'static str = "a configuration";
    const UPGRADES: &'static [Upgrade] = &[];
    const FIRST_UNMARKED: bool = true;
}

/// A record whose names are each there once.
struct Record(Map<String, Value>);

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Record;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a configuration: a record of named fields")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Record, A::Error> {
                let mut record = Map::new();
                while let Some((name, value)) = fields.next_entry::<String, Value>()? {
                    if record.contains_key(&name) {
                        return Err(de::Error::custom(format!(
                            "the field {name} is there twice"
                        )));
                    }
                    record.insert(name, value);
                }
                Ok(Record(record))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// Reads any version, and checks it: no configuration comes in unchecked.
impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Record(record) = Record::deserialize(deserializer)?;
        Self::from_value(Value::Object(record)).map_err(de::Error::custom)
    }
}

impl Config {
    /// Brings a record up to the present version, checks it and takes it for a configuration. What it leaves
    /// out has its default.
    ///
    /// # Errors
    /// If it is of a later version; every unknown, mistyped or out-of-range field, by name, with what is
    /// allowed.
    pub fn from_value(mut value: Value) -> Result<Self, ConfigError> {
        if !value.is_object() {
            let given = word(&value);
            return Err(ConfigError::whole(format!(
                "a configuration is a record of named fields, not {given}"
            )));
        }
        version::upgrade::<Self>(&mut value).map_err(|e| ConfigError::whole(e.to_string()))?;
        let mut problems = Vec::new();
        let record = value.as_object().cloned().unwrap_or_default();
        for (name, value) in &record {
            match knobs::find(name) {
                Some(knob) => problems.extend(
                    knob.kind
                        .complaint(value)
                        .map(|message| Problem::new(name, message)),
                ),
                None if name == "schema" => {}
                None => {
                    let known: Vec<&str> = KNOBS.iter().map(|k| k.name).collect();
                    let message = format!("unknown field {name}; known are {}", known.join(", "));
                    problems.push(Problem::new("", message));
                }
            }
        }
        if problems.is_empty() {
            let config = Self::of_record(&record)?;
            problems = config.combinations();
            if problems.is_empty() {
                return Ok(config);
            }
        }
        Err(ConfigError { problems })
    }

    /// Everything wrong with the values, field by field; empty if all is well.
    pub fn problems(&self) -> Vec<Problem> {
        // A flat record of numbers, words and lists always has a form as a value.
        let value = serde_json::to_value(self).unwrap_or_default();
        Self::from_value(value).map_or_else(|e| e.problems, |_| Vec::new())
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
                    "{} is more than the {} images each task learns (samples_per_task); \
                     with evaluate_on \"learned\" allowed: 1 to {}",
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
        for (knob, message) in self.stream_complaints() {
            say(knob, message);
        }
        if let Some((knob, message)) = self.fork_complaint() {
            problems.push(Problem::new(knob, message));
        }
        problems.extend(self.too_large());
        problems
    }
}

impl Config {
    /// What does not go together of what a stream is. How many classes there are only the images say, but
    /// for those of the catalogue.
    fn stream_complaints(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let by_classes = self.stream == TaskKind::Classes;
        if self.own_heads && !by_classes {
            let words = "heads for each task tell their classes apart; with own_heads stream must be classes";
            problems.push(("own_heads", words.to_owned()));
        }
        if self.own_heads && self.item_head {
            let words =
                "the item head tells all tasks' images apart; with own_heads allowed: false";
            problems.push(("item_head", words.to_owned()));
        }
        if let (true, Some(classes)) = (by_classes, self.data.row().classes) {
            let each = if self.own_heads { 2 } else { 1 };
            let most = classes / each;
            if self.tasks > most {
                let words = format!(
                    "{} are too many for the images' {classes} classes, of which each task needs {each} \
                     of its own; with stream classes allowed: 1 to {most}",
                    self.tasks
                );
                problems.push(("tasks", words));
            }
        }
        problems
    }

    /// Reads and checks a configuration's text, which may begin with a byte-order mark.
    ///
    /// # Errors
    /// If it is no JSON; every unknown, doubled, mistyped or out-of-range field, by name, with what is
    /// allowed.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let whole = |e: serde_json::Error| ConfigError::whole(e.to_string());
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let Record(record) = serde_json::from_str(text).map_err(whole)?;
        Self::from_value(Value::Object(record))
    }

    /// The knobs that another configuration has otherwise, in the order of their declaration: each with its
    /// value here and there.
    pub fn differences(&self, other: &Self) -> Vec<(&'static str, [Value; 2])> {
        // A flat record of numbers, words and lists always has a form as a value.
        let values = [self, other].map(|c| serde_json::to_value(c).unwrap_or_default());
        let of = |name: &'static str| {
            let both = values.each_ref().map(|record| record[name].clone());
            (name, both)
        };
        let all = KNOBS.iter().map(|knob| of(knob.name));
        all.filter(|(_, [ours, theirs])| ours != theirs).collect()
    }

    /// The first of [`Self::differences`], by its name.
    pub fn first_difference(&self, other: &Self) -> Option<&'static str> {
        self.differences(other).first().map(|(name, _)| *name)
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
    use crate::config::{DataSet, Kind};
    use crate::experiments;

    fn figure1() -> Config {
        experiments::find("figure1").unwrap().config
    }

    /// A choice's words are what serde calls its variants.
    #[test]
    fn words_are_the_variants_names() {
        fn names<T: Serialize>(all: &[T]) -> Vec<String> {
            let value = serde_json::to_value(all).unwrap();
            serde_json::from_value(value).unwrap()
        }
        assert_eq!(names(&Condition::ALL), Condition::WORDS);
        assert_eq!(names(DataSet::ALL), DataSet::WORDS);
        assert_eq!(
            names(&[EvaluateOn::Test, EvaluateOn::Learned]),
            EvaluateOn::WORDS
        );
        use crate::config::Order::{Mixed, Sequential};
        use TaskKind::{Classes, Permuted, Rotated};
        assert_eq!(names(&[Rotated, Permuted, Classes]), TaskKind::WORDS);
        assert_eq!(names(&[Sequential, Mixed]), crate::config::Order::WORDS);
        for c in Condition::ALL {
            assert_eq!(serde_json::to_value(c).unwrap(), c.name());
        }
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let said = Config::from_json("{\"schema\": 1, \"tasks\": 3}").unwrap();
        assert_eq!(
            said,
            Config {
                tasks: 3,
                ..Config::default()
            }
        );
        assert_eq!(Config::from_json("{}"), Ok(Config::default()));
        let newer = Config::from_json("{\"schema\": 9}")
            .unwrap_err()
            .to_string();
        assert!(
            newer.contains("version 9") && newer.contains("newer metacls"),
            "{newer}"
        );
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
        for field in KNOBS {
            let bad: Vec<Value> = match field.kind {
                Kind::Whole { max, .. } => {
                    vec![(u64::from(max) + 1).into(), (-1).into(), 1.5.into()]
                }
                Kind::Real { min, max } => {
                    vec![(min - 1.0).into(), (max + 1.0).into(), "x".into()]
                }
                Kind::Switch => vec![1.into()],
                Kind::Choice { .. } => vec!["nonsense".into()],
                Kind::Widths { max, .. } => {
                    vec![
                        serde_json::json!([max + 1, max + 1]),
                        serde_json::json!([0, 5]),
                        7.into(),
                    ]
                }
                Kind::Set { .. } => {
                    vec![serde_json::json!([]), serde_json::json!(["meta", "meta"])]
                }
                Kind::Changes => vec![serde_json::json!(["reset"]), "learn_alpha=false".into()],
            };
            for bad in bad {
                let said = complaint(|v| v[field.name] = bad.clone());
                assert!(said.contains(field.name), "{}: {said}", field.name);
                assert!(said.contains("allowed"), "{}: {said}", field.name);
            }
        }
    }

    #[test]
    fn unknown_doubled_and_trailing_are_refused() {
        assert!(complaint(|v| v["hiden"] = 1.into()).contains("hiden"));
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
        assert!(complaint(|v| v["own_heads"] = true.into()).contains("own_heads: "));
        let by_classes = |tasks: u32, own_heads: bool, data: &str| {
            let mut value = serde_json::to_value(figure1()).unwrap();
            value["stream"] = "classes".into();
            (value["tasks"], value["own_heads"]) = (tasks.into(), own_heads.into());
            value["data"] = data.into();
            let problems = Config::from_value(value).err().map(|e| e.problems);
            problems.map(|p| p[0].to_string())
        };
        assert_eq!(by_classes(10, false, "mnist"), None);
        assert_eq!(by_classes(5, true, "mnist"), None);
        let said = by_classes(11, false, "mnist").unwrap();
        assert!(said.contains("allowed: 1 to 10"), "{said}");
        let said = by_classes(6, true, "digits").unwrap();
        assert!(said.contains("allowed: 1 to 5"), "{said}");
        // How many classes these have is seen when they are read.
        assert_eq!(by_classes(30, true, "custom"), None);
        let items = complaint(|v| {
            (v["stream"], v["tasks"]) = ("classes".into(), 5.into());
            (v["own_heads"], v["item_head"]) = (true.into(), true.into());
            v["evaluate_on"] = "learned".into();
        });
        assert!(items.contains("item_head: "), "{items}");
    }
}

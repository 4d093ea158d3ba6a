//! Every knob of an experiment: its meaning, unit, range and the paper's value.
//!
//! A [`Config`] is a flat record, so that a JSON file, a link and the page's editor name each knob
//! in the same way. [`FIELDS`] describes the knobs; [`Config::from_json`] rejects what is unknown, of
//! the wrong type or out of range, naming the field and what is allowed there.

use serde::{Deserialize, Serialize};

/// Which images an experiment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum DataSet {
    /// MNIST, verified by SHA-256.
    Mnist,
    /// The project's own procedural digits.
    Digits,
    /// Any other valid IDX files.
    Custom,
}

/// On which images a network is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EvaluateOn {
    /// Images of the test set, drawn for each task.
    Test,
    /// The task's own training images (Figure 3: "the learned items").
    Learned,
}

/// What a lane meta-learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Neither the learning rates nor the inhibition.
    Baseline,
    /// Both.
    Meta,
    /// The learning rates only.
    Rates,
    /// The inhibition only.
    Sparsity,
    /// Neither, but starting from the final values of `meta` (of the same seed).
    Frozen,
}

impl Condition {
    /// All conditions, in the order in which they are reported.
    pub const ALL: [Self; 5] = [
        Self::Baseline,
        Self::Meta,
        Self::Rates,
        Self::Sparsity,
        Self::Frozen,
    ];

    /// Whether learning rates are meta-learned.
    pub fn learns_alpha(self) -> bool {
        matches!(self, Self::Meta | Self::Rates)
    }

    /// Whether inhibition strengths are meta-learned.
    pub fn learns_beta(self) -> bool {
        matches!(self, Self::Meta | Self::Sparsity)
    }

    /// The name used in files, flags and on the page.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Meta => "meta",
            Self::Rates => "rates",
            Self::Sparsity => "sparsity",
            Self::Frozen => "frozen",
        }
    }
}

/// One experiment, whole. Ranges and the paper's values: [`FIELDS`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of this record; [`SCHEMA`].
    pub schema: u32,

    /// Which images.
    pub data: DataSet,
    /// Number of tasks, each with one rotation.
    pub tasks: u32,
    /// Width in degrees of the interval that each task's angle is drawn from.
    pub degrees_per_task: f64,
    /// Training images per task.
    pub samples_per_task: u32,
    /// Current samples per observe step, and so inner steps of the look-ahead (B).
    pub batch: u32,
    /// Replayed samples per observe step (R).
    pub replay: u32,
    /// Slots of the replay memory (a reservoir).
    pub memory: u32,
    /// How often each batch is seen, reshuffled, with fresh replay.
    pub glances: u32,

    /// Units of the hidden layers, bottom-up.
    pub hidden: Vec<u32>,
    /// Units of two pathways side by side on top (h4_L, h4_R), or none.
    pub pathways: Option<[u32; 2]>,
    /// Whether a second head names each training image (the item task).
    pub item_head: bool,
    /// Whether every layer's input is scaled to unit length.
    pub unit_length_inputs: bool,
    /// Whether units compete: `h = relu(z - beta c)` rather than `relu(z)`.
    pub competition: bool,
    /// `c` is the k-th largest `z`, with k = max(1, floor(k_fraction x units)).
    pub k_fraction: f64,

    /// Initial learning rate of every matrix.
    pub alpha_0: f64,
    /// Initial inhibition strength of every hidden layer.
    pub beta_0: f64,
    /// Meta-learning rate of alpha.
    pub eta_alpha: f64,
    /// Meta-learning rate of beta.
    pub eta_beta: f64,
    /// Whether weights are updated with `eta_w` rather than with each matrix's alpha.
    pub sync_update: bool,
    /// The weights' learning rate under `sync_update`; not used otherwise.
    pub eta_w: f64,
    /// Bound on the L2 norm of each group's meta-gradient.
    pub clip_norm: f64,
    /// Whether the meta-gradient goes through the inner gradients (exact) or not (as published).
    pub second_order: bool,

    /// Images per task that accuracy and activity are measured on.
    pub evaluation_images: u32,
    /// Tasks between evaluations; the last task is always followed by one.
    pub evaluate_every: u32,
    /// Which images accuracy and activity are measured on.
    pub evaluate_on: EvaluateOn,

    /// What the lanes of each seed meta-learn.
    pub conditions: Vec<Condition>,
    /// The first seed.
    pub first_seed: u32,
    /// How many seeds, counted up from the first.
    pub seeds: u32,
}

/// The version of [`Config`] that this code writes and reads.
pub const SCHEMA: u32 = 1;

/// What kind of value a field holds, and what the page's editor shows for it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FieldKind {
    /// A whole number between the bounds, both included.
    Whole {
        /// Smallest value allowed.
        min: u32,
        /// Largest value allowed.
        max: u32,
    },
    /// A number between the bounds, both included.
    Real {
        /// Smallest value allowed.
        min: f64,
        /// Largest value allowed.
        max: f64,
    },
    /// Yes or no.
    Switch,
    /// One of a few words.
    Choice {
        /// The words.
        options: &'static [&'static str],
    },
    /// A list of whole numbers.
    Widths {
        /// Shortest list allowed (0: the field may be null).
        min_len: u32,
        /// Longest list allowed.
        max_len: u32,
        /// Smallest number allowed in it.
        min: u32,
        /// Largest number allowed in it.
        max: u32,
    },
    /// A list of distinct words.
    Set {
        /// The words.
        options: &'static [&'static str],
    },
}

/// One knob's description.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// The group it is shown in.
    pub group: &'static str,
    /// Its short name for people.
    pub label: &'static str,
    /// Its unit; empty for a pure number.
    pub unit: &'static str,
    /// Its type and range.
    pub kind: FieldKind,
    /// What it does, in a sentence or two.
    pub meaning: &'static str,
    /// What the paper (or its authors' public code) uses.
    pub paper: &'static str,
}

const WORDS_DATA: &[&str] = &["mnist", "digits", "custom"];
const WORDS_EVALUATE: &[&str] = &["test", "learned"];
const WORDS_CONDITION: &[&str] = &["baseline", "meta", "rates", "sparsity", "frozen"];

/// Most units of one layer, all together in one shader workgroup.
pub const MAX_UNITS: u32 = 4096;

macro_rules! field {
    ($name:literal, $group:literal, $label:literal, $unit:literal, $kind:expr, $meaning:literal, $paper:literal) => {
        Field {
            name: $name,
            group: $group,
            label: $label,
            unit: $unit,
            kind: $kind,
            meaning: $meaning,
            paper: $paper,
        }
    };
}

/// Every knob, in the order of [`Config`]'s fields.
pub const FIELDS: &[Field] = {
    use FieldKind::{Choice, Real, Set, Switch, Whole, Widths};
    &[
        field!(
            "schema",
            "File",
            "schema version",
            "",
            Whole {
                min: SCHEMA,
                max: SCHEMA
            },
            "Version of this record.",
            "not applicable"
        ),
        field!(
            "data",
            "Stream",
            "images",
            "",
            Choice {
                options: WORDS_DATA
            },
            "MNIST (verified by SHA-256), the project's own procedural digits, or other IDX files.",
            "mnist"
        ),
        field!(
            "tasks",
            "Stream",
            "tasks",
            "tasks",
            Whole { min: 1, max: 200 },
            "Number of tasks learned one after the other; each rotates every image by one angle.",
            "20"
        ),
        field!(
            "degrees_per_task",
            "Stream",
            "angle interval",
            "degrees",
            Real {
                min: 0.0,
                max: 360.0
            },
            "Task t rotates its images by an angle drawn uniformly from t to t + 1 times this, counter-clockwise.",
            "9"
        ),
        field!(
            "samples_per_task",
            "Stream",
            "images per task",
            "images",
            Whole {
                min: 1,
                max: 10_000
            },
            "Training images of each task, seen once in random order.",
            "200 (Figure 3: 100)"
        ),
        field!(
            "batch",
            "Look-ahead",
            "current samples",
            "samples",
            Whole { min: 1, max: 16 },
            "New samples in each observe step; the look-ahead takes one inner step for each.",
            "5"
        ),
        field!(
            "replay",
            "Look-ahead",
            "replayed samples",
            "samples",
            Whole { min: 0, max: 48 },
            "Samples drawn from the memory in each observe step, with replacement.",
            "5"
        ),
        field!(
            "memory",
            "Look-ahead",
            "memory",
            "samples",
            Whole {
                min: 1,
                max: 100_000
            },
            "Slots of the reservoir that replay draws from.",
            "200"
        ),
        field!(
            "glances",
            "Look-ahead",
            "glances",
            "",
            Whole { min: 1, max: 20 },
            "How many times each batch is seen, reshuffled and with fresh replay; the memory is fed once.",
            "1"
        ),
        field!(
            "hidden",
            "Network",
            "hidden units",
            "units",
            Widths {
                min_len: 1,
                max_len: 12,
                min: 1,
                max: MAX_UNITS
            },
            "Units of each hidden layer, bottom-up.",
            "250, 250 (Figure 2: four layers; Figure 3: three below the pathways)"
        ),
        field!(
            "pathways",
            "Network",
            "pathways",
            "units",
            Widths {
                min_len: 0,
                max_len: 2,
                min: 1,
                max: MAX_UNITS
            },
            "Two pathways side by side on top of the hidden layers, h4_L and h4_R; null for none.",
            "Figure 3: 1000, 250"
        ),
        field!(
            "item_head",
            "Network",
            "item task",
            "",
            Switch,
            "A second head that names each single training image, beside the category head.",
            "Figure 3: on"
        ),
        field!(
            "unit_length_inputs",
            "Network",
            "unit-length inputs",
            "",
            Switch,
            "Scales every layer's input to unit length.",
            "on (in the authors' public code)"
        ),
        field!(
            "competition",
            "Network",
            "competition",
            "",
            Switch,
            "Subtracts beta times the k-th largest drive from every unit of a layer.",
            "on"
        ),
        field!(
            "k_fraction",
            "Network",
            "winners",
            "share of units",
            Real { min: 0.0, max: 0.5 },
            "Which unit sets the level of inhibition: the k-th largest, k = max(1, floor(this x units)).",
            "0.01"
        ),
        field!(
            "alpha_0",
            "Rates",
            "initial alpha",
            "",
            Real {
                min: 0.0,
                max: 10.0
            },
            "Learning rate of every weight matrix before training.",
            "0.01 (Figure 3: 0.15)"
        ),
        field!(
            "beta_0",
            "Rates",
            "initial beta",
            "",
            Real {
                min: -5.0,
                max: 5.0
            },
            "Inhibition strength of every hidden layer before training.",
            "0.01"
        ),
        field!(
            "eta_alpha",
            "Rates",
            "meta-rate of alpha",
            "",
            Real {
                min: 0.0,
                max: 10.0
            },
            "How fast learning rates are meta-learned.",
            "0.0002 (Figure 3: 0.002)"
        ),
        field!(
            "eta_beta",
            "Rates",
            "meta-rate of beta",
            "",
            Real {
                min: 0.0,
                max: 10.0
            },
            "How fast inhibition strengths are meta-learned.",
            "0.02 (Figure 2: 0.05, Figure 3: 0.2)"
        ),
        field!(
            "sync_update",
            "Rates",
            "one rate for all weights",
            "",
            Switch,
            "Updates every matrix with eta_w rather than with its own alpha.",
            "off"
        ),
        field!(
            "eta_w",
            "Rates",
            "eta_w",
            "",
            Real {
                min: 0.0,
                max: 10.0
            },
            "Learning rate of all weights where the switch above is on.",
            "not used"
        ),
        field!(
            "clip_norm",
            "Rates",
            "clip norm",
            "",
            Real {
                min: 1e-6,
                max: 1e6
            },
            "Bound on the L2 norm of the meta-gradient of all weights, of all alpha and of all beta.",
            "2"
        ),
        field!(
            "second_order",
            "Rates",
            "second order",
            "",
            Switch,
            "Takes the meta-gradient exactly, through the inner gradients, rather than holding those constant.",
            "off"
        ),
        field!(
            "evaluation_images",
            "Evaluation",
            "images per task",
            "images",
            Whole {
                min: 1,
                max: 10_000
            },
            "Images of each task that accuracy and activity are measured on.",
            "500 (Figure 3: the 100 learned)"
        ),
        field!(
            "evaluate_every",
            "Evaluation",
            "every",
            "tasks",
            Whole { min: 1, max: 200 },
            "Tasks between evaluations on all tasks; there is always one after the last.",
            "1"
        ),
        field!(
            "evaluate_on",
            "Evaluation",
            "images",
            "",
            Choice {
                options: WORDS_EVALUATE
            },
            "The test set's images, or the task's own training images.",
            "test (Figure 3: learned)"
        ),
        field!(
            "conditions",
            "Lanes",
            "conditions",
            "",
            Set {
                options: WORDS_CONDITION
            },
            "What the networks of each seed meta-learn; frozen starts from meta's final values and needs it.",
            "baseline, meta"
        ),
        field!(
            "first_seed",
            "Lanes",
            "first seed",
            "",
            Whole {
                min: 0,
                max: 1_000_000_000
            },
            "Seeds count up from here; a seed fixes weights, images, angles, order and replay.",
            "not stated"
        ),
        field!(
            "seeds",
            "Lanes",
            "seeds",
            "seeds",
            Whole { min: 1, max: 4096 },
            "How many seeds; each is one network under each condition.",
            "40"
        ),
    ]
};

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

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.field.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.field, self.message)
        }
    }
}

impl Config {
    /// Reads and checks a configuration.
    ///
    /// # Errors
    /// Every unknown, missing, mistyped or out-of-range field, by name, with what is allowed.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let config: Self = serde_path_to_error::deserialize(&mut deserializer).map_err(|e| {
            let path = e.path().to_string();
            let field = path.split(['.', '[']).next().unwrap_or_default();
            let known = FIELDS.iter().find(|f| f.name == field);
            let mut message = e.inner().to_string();
            if let Some(known) = known {
                message = format!("{message}; allowed: {}", known.kind.allowed());
            }
            ConfigError {
                problems: vec![Problem {
                    field: known.map_or(String::new(), |f| f.name.to_owned()),
                    message,
                }],
            }
        })?;
        deserializer.end().map_err(|e| ConfigError {
            problems: vec![Problem {
                field: String::new(),
                message: format!("there is more text after the configuration: {e}"),
            }],
        })?;
        let problems = config.problems();
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError { problems })
        }
    }

    /// The configuration as JSON, one field a line.
    pub fn to_json(&self) -> String {
        // A flat record of numbers, words and lists always has a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Everything wrong with the values, field by field; empty if all is well.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let value = serde_json::to_value(self).unwrap_or_default();
        for field in FIELDS {
            if let Some(message) = field.kind.complaint(&value[field.name]) {
                problems.push(Problem {
                    field: field.name.to_owned(),
                    message,
                });
            }
        }
        let mut say = |field: &str, message: String| {
            problems.push(Problem {
                field: field.to_owned(),
                message,
            });
        };
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

    /// Observe steps of one lane's whole stream.
    pub fn steps(&self) -> u32 {
        self.tasks * self.steps_per_task()
    }

    /// Observe steps of one task.
    pub fn steps_per_task(&self) -> u32 {
        self.samples_per_task.div_ceil(self.batch.max(1)) * self.glances
    }

    /// Items (single training images) the item head tells apart; 0 without it.
    pub fn items(&self) -> u32 {
        if self.item_head {
            self.tasks * self.samples_per_task
        } else {
            0
        }
    }

    /// All lanes: seeds outermost, conditions in the order given.
    pub fn lanes(&self) -> Vec<Lane> {
        (0..self.seeds)
            .flat_map(|i| {
                self.conditions.iter().map(move |&condition| Lane {
                    seed: self.first_seed + i,
                    condition,
                })
            })
            .collect()
    }
}

/// One network to be trained: one seed under one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Lane {
    /// The seed that fixes initial weights, images, angles, order and replay.
    pub seed: u32,
    /// What is meta-learned.
    pub condition: Condition,
}

impl FieldKind {
    /// What is allowed, in words.
    pub fn allowed(&self) -> String {
        match *self {
            Self::Whole { min, max } if min == max => format!("{min}"),
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
        }
    }

    /// What is wrong with a value of the right type, if anything.
    fn complaint(&self, value: &serde_json::Value) -> Option<String> {
        let within = |v: &serde_json::Value, min: f64, max: f64| {
            v.as_f64().is_some_and(|x| (min..=max).contains(&x))
        };
        let fine = match *self {
            Self::Whole { min, max } => within(value, min.into(), max.into()),
            Self::Real { min, max } => within(value, min, max),
            Self::Switch => value.is_boolean(),
            Self::Choice { options } => value.as_str().is_some_and(|v| options.contains(&v)),
            Self::Widths {
                min_len,
                max_len,
                min,
                max,
            } => match value.as_array() {
                None => min_len == 0 && value.is_null(),
                Some(list) => {
                    list.len() >= min_len as usize
                        && list.len() <= max_len as usize
                        && list.iter().all(|v| within(v, min.into(), max.into()))
                }
            },
            Self::Set { options } => value.as_array().is_some_and(|list| {
                !list.is_empty()
                    && list
                        .iter()
                        .all(|v| v.as_str().is_some_and(|v| options.contains(&v)))
                    && list.iter().enumerate().all(|(i, v)| !list[..i].contains(v))
            }),
        };
        // serde_json writes a number that is not finite as null.
        (!fine).then(|| format!("{value} is not allowed; allowed: {}", self.allowed()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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

    fn complaint(change: impl FnOnce(&mut serde_json::Value)) -> String {
        let mut value = serde_json::to_value(figure1()).unwrap();
        change(&mut value);
        Config::from_json(&value.to_string())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn every_number_out_of_range_is_named_with_its_range() {
        for field in FIELDS {
            let bad: Vec<serde_json::Value> = match field.kind {
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
    }

    #[test]
    fn combinations_are_checked() {
        assert!(complaint(|v| v["conditions"] = serde_json::json!(["frozen"])).contains("meta"));
        assert!(complaint(|v| v["item_head"] = true.into()).contains("evaluate_on"));
    }
}

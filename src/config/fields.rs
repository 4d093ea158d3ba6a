//! Every knob's description: what the page's editor, the binary's help and the errors say of it.

use serde::Serialize;
use serde_json::Value;

use super::{SCHEMA, word};

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

/// Every knob, in the order of [`Config`](super::Config)'s fields.
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

    /// What is wrong with a field's value, if anything.
    pub(super) fn complaint(&self, value: &Value) -> Option<String> {
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
        };
        let said = match value {
            // A number that is not finite has no form in JSON but this one.
            Value::Null => "null".to_owned(),
            Value::String(text) => format!("\"{text}\""),
            other => word(other),
        };
        (!fine).then(|| format!("{said} is not allowed; allowed: {}", self.allowed()))
    }
}

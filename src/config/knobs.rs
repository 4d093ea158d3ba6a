//! Every knob, declared once: name, type, default, range, label, unit, where its value comes from, what it is
//! of, meaning.
//!
//! The declaration makes the record [`Config`], its defaults and its reading, and [`KNOBS`], from which the
//! page's Lab, links, the command line and errors take their words. Defaults are Figure 1's settings; an
//! experiment says what it has otherwise.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Condition, ConfigError, DataSet, EvaluateOn, Order, Problem, TaskKind};
use crate::formats::version;

/// What kind of value a knob holds, and what the page's editor shows for it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
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
        /// The words, of which the value is one.
        options: &'static [&'static str],
    },
    /// A list of whole numbers.
    Widths {
        /// Shortest list allowed (0: the value may be null).
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
        /// The words that may be in the list, each at most once.
        options: &'static [&'static str],
    },
    /// A list of what changes at a fork (`super::fork::Change`); it may be empty.
    Changes,
}

/// A stretch of a knob's range that is worth exploring by hand: what the page has a slider for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Explored {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Whether equal steps are equal ratios rather than equal differences.
    pub is_log: bool,
}

/// Equal differences.
const fn linear(low: f64, high: f64) -> Explored {
    Explored {
        low,
        high,
        is_log: false,
    }
}

/// Equal ratios.
const fn log(low: f64, high: f64) -> Explored {
    Explored {
        low,
        high,
        is_log: true,
    }
}

/// Where the figures' values of a knob come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The paper states them.
    Paper,
    /// The paper does not; its authors' later public code has them.
    PublicCode,
    /// Neither does: they are ours.
    Ours,
}

/// What a knob's value is of: it says which knobs tell experiments apart, which a sweep can vary, and which
/// can change half-way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Which lanes there are, and the images that all of them see: the same for all points of a sweep, and no
    /// part of which experiment it is.
    Lanes,
    /// How often lanes are measured: no part of which experiment it is.
    Measuring,
    /// What a lane is, or what it meets.
    Setting,
    /// What training alone reads, anew in each step: a setting that a fork can change.
    Step,
    /// What is otherwise half-way.
    Fork,
}

impl Role {
    /// Whether it is of how much is run and on what, not of which experiment it is.
    pub fn is_of_a_run(self) -> bool {
        matches!(self, Self::Lanes | Self::Measuring)
    }
}

/// One knob's declaration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Knob {
    /// Its name in files, in links and on the command line.
    pub name: &'static str,
    /// The group it is shown in.
    pub group: &'static str,
    /// Its short name for people.
    pub label: &'static str,
    /// Its unit; empty for a pure number.
    pub unit: &'static str,
    /// Its type and range.
    pub kind: Kind,
    /// The stretch of its range that is worth exploring; none where single values are what one asks for.
    pub explored: Option<Explored>,
    /// What it does, in a sentence or two.
    pub meaning: &'static str,
    /// Where the figures' values come from.
    pub origin: Origin,
    /// What its value is of.
    pub role: Role,
}

/// Most units of one layer, all together in one shader workgroup.
pub const MAX_UNITS: u32 = 4096;

macro_rules! knobs {
    ($($group:literal: $($name:ident: $type:ty = $default:expr, $kind:expr, $label:literal, $unit:literal,
        $origin:ident, $role:ident, $meaning:literal $(, $explored:expr)?;)*)*) => {
        /// One experiment, whole: a flat record, so that a JSON file, a link and the page's editor name each
        /// knob in the same way. Ranges and units: [`KNOBS`].
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        pub struct Config {
            /// Version of this record: [`version::current`].
            pub schema: u32,
            $($(#[doc = $meaning] pub $name: $type,)*)*
        }

        impl Default for Config {
            fn default() -> Self {
                Self { schema: version::current::<Self>(), $($($name: $default,)*)* }
            }
        }

        impl Config {
            /// Reads a record whose knobs were found to be allowed; what it leaves out has its default.
            pub(super) fn of_record(record: &Map<String, Value>) -> Result<Self, ConfigError> {
                let mut config = Self::default();
                $($(
                    if let Some(value) = record.get(stringify!($name)) {
                        config.$name = <$type>::deserialize(value).map_err(|e| ConfigError {
                            problems: vec![Problem::new(stringify!($name), e.to_string())],
                        })?;
                    }
                )*)*
                Ok(config)
            }
        }

        /// Every knob, in the order of [`Config`]'s.
        pub const KNOBS: &[Knob] = {
            use Kind::{Changes, Choice, Real, Set, Switch, Whole, Widths};
            use Origin::{Ours, Paper, PublicCode};
            use Role::{Fork, Lanes, Measuring, Setting, Step};
            &[$($(Knob {
                name: stringify!($name),
                group: $group,
                label: $label,
                unit: $unit,
                kind: $kind,
                explored: [$(Some($explored),)? None][0],
                meaning: $meaning,
                origin: $origin,
                role: $role,
            },)*)*]
        };
    };
}

// name: type = default, kind and range, label, unit, origin, role, meaning, what is worth exploring.
knobs! {
"Stream":
    data: DataSet = DataSet::Mnist, Choice { options: DataSet::WORDS }, "images", "", Paper, Lanes,
        "MNIST (verified by SHA-256), the project's own procedural digits, other IDX files, or another data \
         set of the catalogue (`metacls info --data-sets`).";
    stream: TaskKind = TaskKind::Rotated, Choice { options: TaskKind::WORDS }, "tasks differ in", "",
        Ours, Setting,
        "What tells tasks apart: rotated, each turns every image by one angle; permuted, each permutes the \
         pixels in one way; classes, each has classes of its own.";
    order: Order = Order::Sequential, Choice { options: Order::WORDS }, "order", "", Ours, Setting,
        "Sequential, one task after the other; mixed, all tasks' images shuffled together, as a control that \
         has no forgetting: a task in the results is then a stretch as long as one.";
    own_heads: bool = false, Switch, "a head for each task", "", Ours, Setting,
        "With stream classes: each task's images are told apart among its own classes only, in training and \
         in evaluation.";
    tasks: u32 = 20, Whole { min: 1, max: 200 }, "tasks", "tasks", Paper, Setting,
        "Number of tasks, learned one after the other where order says so; stream says how they differ.",
        linear(1.0, 40.0);
    degrees_per_task: f64 = 9.0, Real { min: 0.0, max: 360.0 }, "angle interval", "degrees",
        PublicCode, Setting,
        "Task t rotates its images counter-clockwise by an angle drawn uniformly from t to t + 1 times this; \
         used where stream is rotated.",
        linear(0.0, 18.0);
    samples_per_task: u32 = 200, Whole { min: 1, max: 10_000 }, "images per task", "images",
        PublicCode, Setting,
        "Training images of each task, seen once in random order.", linear(10.0, 400.0);
"Look-ahead":
    batch: u32 = 5, Whole { min: 1, max: 16 }, "current samples", "samples", PublicCode, Setting,
        "New samples in each observe step (B); the look-ahead takes one inner step for each.";
    replay: u32 = 5, Whole { min: 0, max: 48 }, "replayed samples", "samples", PublicCode, Setting,
        "Samples drawn from the memory in each observe step (R), with replacement.", linear(0.0, 20.0);
    memory: u32 = 200, Whole { min: 1, max: 100_000 }, "memory", "samples", PublicCode, Setting,
        "Slots of the reservoir that replay draws from.";
    glances: u32 = 1, Whole { min: 1, max: 20 }, "glances", "", PublicCode, Setting,
        "How many times each batch is seen, reshuffled and with fresh replay; the memory is fed once.";
"Network":
    hidden: Vec<u32> = vec![250, 250], Widths { min_len: 1, max_len: 12, min: 1, max: MAX_UNITS },
        "hidden units", "units", Paper, Setting,
        "Units of each hidden layer, bottom-up.";
    pathways: Option<[u32; 2]> = None, Widths { min_len: 0, max_len: 2, min: 1, max: MAX_UNITS },
        "pathways", "units", Paper, Setting,
        "Two pathways side by side on top of the hidden layers, left (L) and right (R); null for none.";
    item_head: bool = false, Switch, "item task", "", Paper, Setting,
        "A second head that names each single training image, beside the category head.";
    unit_length_inputs: bool = true, Switch, "unit-length inputs", "", PublicCode, Setting,
        "Scales every layer's input to unit length.";
    competition: bool = true, Switch, "competition", "", Paper, Step,
        "Subtracts beta times the k-th largest pre-activation from every unit of a layer.";
    k_fraction: f64 = 0.01, Real { min: 0.0, max: 0.5 }, "winners", "share of units", PublicCode, Setting,
        "Which unit sets the strength of inhibition: the k-th largest, k = max(1, floor(this x units)).",
        linear(0.0, 0.2);
"Rates":
    alpha_0: f64 = 0.01, Real { min: 0.0, max: 10.0 }, "initial alpha", "", PublicCode, Setting,
        "Learning rate of every weight matrix before training.", log(0.001, 0.3);
    beta_0: f64 = 0.01, Real { min: -5.0, max: 5.0 }, "initial beta", "", PublicCode, Setting,
        "Inhibition strength of every hidden layer before training.", linear(0.0, 1.0);
    eta_alpha: f64 = 0.0002, Real { min: 0.0, max: 10.0 }, "meta-rate of alpha", "", PublicCode, Step,
        "How fast learning rates are meta-learned.", log(1e-5, 0.01);
    eta_beta: f64 = 0.02, Real { min: 0.0, max: 10.0 }, "meta-rate of beta", "", PublicCode, Step,
        "How fast inhibition strengths are meta-learned.", log(0.001, 1.0);
    sync_update: bool = false, Switch, "one rate for all weights", "", PublicCode, Step,
        "Updates every matrix with eta_w rather than with its own alpha.";
    eta_w: f64 = 0.01, Real { min: 0.0, max: 10.0 }, "eta_w", "", PublicCode, Step,
        "Learning rate of all weights where sync_update is on; not used otherwise.";
    clip_norm: f64 = 2.0, Real { min: 1e-6, max: 1e6 }, "clip norm", "", PublicCode, Step,
        "Bound on the L2 norm of the meta-gradient of all weights, of all alpha and of all beta.";
    second_order: bool = false, Switch, "second order", "", PublicCode, Setting,
        "Takes the meta-gradient exactly, through the inner gradients, rather than holding those constant.";
"Fork":
    fork_at: u32 = 0, Whole { min: 0, max: 199 }, "fork after", "tasks", Ours, Fork,
        "The number of tasks after which the run goes on otherwise, as fork says; 0 for never.";
    fork: Vec<String> = Vec::new(), Changes, "what changes there", "", Ours, Fork,
        "Changes at the fork: learn_alpha=false stops meta-learning of rates, NAME=VALUE sets a knob of \
         training, reset:LAYER, silence:LAYER and swap:LAYER:LAYER intervene.";
"Evaluation":
    evaluation_images: u32 = 500, Whole { min: 1, max: 10_000 }, "images per task", "images",
        PublicCode, Setting,
        "Images of each task that accuracy and activity are measured on.";
    evaluate_every: u32 = 1, Whole { min: 1, max: 200 }, "every", "tasks", Ours, Measuring,
        "Tasks between evaluations on all tasks; there is always one after the last.";
    evaluate_on: EvaluateOn = EvaluateOn::Test, Choice { options: EvaluateOn::WORDS }, "images", "",
        Paper, Setting,
        "The test set's images, or the task's own training images.";
"Lanes":
    conditions: Vec<Condition> = vec![Condition::Baseline, Condition::Meta],
        Set { options: Condition::WORDS }, "conditions", "", Paper, Lanes,
        "What the networks of each seed meta-learn; frozen starts from meta's final values and needs it.";
    first_seed: u32 = 0, Whole { min: 0, max: 1_000_000_000 }, "first seed", "", Ours, Lanes,
        "Seeds count up from here; a seed fixes weights, images, what tells tasks apart, order and replay.";
    seeds: u32 = 40, Whole { min: 1, max: 4096 }, "seeds", "seeds", Paper, Lanes,
        "How many seeds; each is one network under each condition.";
}

/// The knob of that name, if there is one.
pub fn find(name: &str) -> Option<&'static Knob> {
    KNOBS.iter().find(|k| k.name == name)
}

//! Every knob of an experiment: its meaning, unit, range and the paper's value.
//!
//! A [`Config`] is a flat record, so that a JSON file, a link and the page's editor name each knob
//! in the same way. [`FIELDS`] describes the knobs; [`Config::from_value`] rejects what is unknown, of
//! the wrong type or out of range, naming the field and what is allowed there.

mod check;
mod fields;

use serde::{Deserialize, Serialize};

pub use check::{ConfigError, Problem, word};
pub use fields::{FIELDS, Field, FieldKind, MAX_UNITS};

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

impl Config {
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

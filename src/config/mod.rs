//! Every knob of an experiment. [`KNOBS`] declares them, [`Config`] is a value for each; wherever a
//! configuration comes from (a file, a link, the page, another file's inside) it is brought up to the present
//! version and checked when it is read.

mod check;
pub mod fork;
mod knobs;
mod size;

use serde::{Deserialize, Serialize};

pub use check::{ConfigError, Problem, word};
pub use knobs::{Config, Explored, KNOBS, Kind, Knob, MAX_UNITS, Origin, find};

pub use crate::data::DataSet;

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

impl EvaluateOn {
    /// The names used in files and links, in the order of the variants.
    pub const WORDS: &[&str] = &["test", "learned"];
}

impl Condition {
    /// The names used in files, flags and links, in the order of [`Self::ALL`].
    pub const WORDS: &[&str] = &["baseline", "meta", "rates", "sparsity", "frozen"];

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

    /// The last seed.
    pub fn last_seed(&self) -> u32 {
        self.first_seed + self.seeds.saturating_sub(1)
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

//! Every knob of an experiment. [`KNOBS`] declares them, [`Config`] is a value for each; wherever a
//! configuration comes from (a file, a link, the page, another file's inside) it is brought up to the present
//! version and checked when it is read.

mod check;
pub mod fork;
mod knobs;
mod size;
mod values;

use serde::{Deserialize, Serialize};

pub use check::{ConfigError, Problem, word};
pub use knobs::{Config, Explored, KNOBS, Kind, Knob, MAX_UNITS, Origin, Role, find};

pub use crate::data::DataSet;

/// What tells a stream's tasks apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Each rotates its images by an angle of its own.
    Rotated,
    /// Each permutes its images' pixels by a permutation of its own.
    Permuted,
    /// Each has classes of its own.
    Classes,
}

/// In which order a stream's training images come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Task after task.
    Sequential,
    /// All tasks' together, shuffled.
    Mixed,
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

impl TaskKind {
    /// The names used in files and links, in the order of the variants.
    pub const WORDS: &[&str] = &["rotated", "permuted", "classes"];
}

impl Order {
    /// The names used in files and links, in the order of the variants.
    pub const WORDS: &[&str] = &["sequential", "mixed"];

    /// What a run's time is counted in, as axes have it.
    pub fn progress(self) -> &'static str {
        match self {
            Self::Sequential => "tasks learned",
            Self::Mixed => "stretches as long as a task",
        }
    }
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
        Self::WORDS.get(self as usize).copied().unwrap_or_default()
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

    /// How many classes a task has where tasks have classes of their own: as even shares as can be of a data
    /// set's, of which task t has those at the places from t to t + 1 times `classes` / tasks.
    pub fn class_places(&self, task: u32, classes: u32) -> std::ops::Range<u32> {
        let tasks = u64::from(self.tasks.max(1));
        let place = |task: u32| (u64::from(task) * u64::from(classes) / tasks) as u32;
        place(task)..place(task + 1)
    }

    /// The accuracy of guessing a category, of a data set's so many: one in those that there are to choose
    /// from, the mean over tasks where these have heads of their own.
    pub fn chance(&self, classes: u32) -> f64 {
        let of = |classes: u32| 1.0 / f64::from(classes.max(1));
        if !self.own_heads {
            return of(classes);
        }
        let each = (0..self.tasks).map(|t| of(self.class_places(t, classes).len() as u32));
        each.sum::<f64>() / f64::from(self.tasks.max(1))
    }

    /// The conditions that are compared where more would be too many, at most two: baseline and meta, or the
    /// first two. The page does the same of settings that were not run (`www/src/course.ts::compared`).
    pub fn compared(&self) -> Vec<Condition> {
        let is_of_pair = |c: &Condition| matches!(c, Condition::Baseline | Condition::Meta);
        let all = self.conditions.iter().copied();
        let pair: Vec<Condition> = all.clone().filter(is_of_pair).collect();
        match pair.len() {
            2 => pair,
            _ => all.take(2).collect(),
        }
    }

    /// Its highest seed: seeds follow one another from `first_seed` on.
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
    /// The seed that fixes initial weights, images, what tells tasks apart, order and replay.
    pub seed: u32,
    /// What is meta-learned.
    pub condition: Condition,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_conditions_are_compared_at_most() {
        use Condition::{Baseline, Frozen, Meta, Rates};
        let of = |conditions: &[Condition]| {
            let conditions = conditions.to_vec();
            let config = Config {
                conditions,
                ..Config::default()
            };
            config.compared()
        };
        assert_eq!(of(&[Rates, Baseline, Frozen, Meta]), [Baseline, Meta]);
        assert_eq!(of(&[Rates, Meta, Frozen]), [Rates, Meta]);
        assert_eq!(of(&[Meta]), [Meta]);
    }
}

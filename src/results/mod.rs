//! The results file: everything a run measured and what it came from, as JSON.

pub(crate) mod check;
pub mod description;
pub mod engines;
pub mod merge;
pub mod record;
pub mod shard;

use serde::{Deserialize, Serialize};

use crate::config::{Condition, Config, Lane};
use crate::data::DataInfo;
use crate::digest::{self, Digest};
use crate::engine::info::EngineInfo;
use crate::formats::field_path::Flaw;
use crate::formats::version::{self, Upgrade, Versioned};
use crate::model::Lesion;
use crate::results::record::TaskRecord;

pub use engines::EngineChange;

impl Versioned for Results {
    const KIND: &'static str = "results";
    const UPGRADES: &'static [Upgrade] = &[
        // 2: what is not finite any more has diverged; `lost` is said of devices alone.
        |results| {
            version::each(results, "lanes", |lane| {
                version::rename(lane, "lost_at_step", "diverged_at_step");
            });
        },
        // 3: lanes say where they changed engines; those of before never did.
        |_| {},
        // 4: records have digests; those of before have none.
        |_| {},
    ];

    fn checked(self) -> Result<Self, Flaw> {
        check::checked(self)
    }
}

impl Results {
    /// What was measured of a lane; none of a lane that is not there.
    pub fn lane(&self, lane: Lane) -> Option<&LaneResults> {
        // Where it stands if all are there in the configuration's order.
        let conditions = &self.config.conditions;
        let condition = conditions.iter().position(|&c| c == lane.condition)?;
        let seed = lane.seed.checked_sub(self.config.first_seed)? as usize;
        let place = self.lanes.get(seed * conditions.len() + condition);
        let held = place.filter(|held| held.lane() == lane);
        held.or_else(|| self.lanes.iter().find(|held| held.lane() == lane))
    }

    /// Lanes of a condition that came to the end of the stream without diverging.
    pub fn finished(&self, condition: Condition) -> impl Iterator<Item = &LaneResults> {
        let is_it = move |lane: &&LaneResults| {
            let whole = lane.tasks_learned() == Some(self.config.tasks);
            lane.condition == condition && whole && lane.diverged_at_step.is_none()
        };
        self.lanes.iter().filter(is_it)
    }

    /// The run's digest: of its lanes' in the configuration's order; none where a lane has none or was not
    /// measured to its end.
    pub fn digest(&self) -> Option<Digest> {
        let tasks = self.config.tasks;
        let ended = |lane: &LaneResults| lane.digest().filter(|_| lane.has_ended(tasks));
        let lanes: Option<Vec<Digest>> = self.lanes.iter().map(ended).collect();
        lanes.filter(|l| !l.is_empty()).map(digest::of_all)
    }

    /// A smaller copy: rates, losses and correlations to six digits, correlations before and after learning
    /// only, each task's accuracy of the intact network only, and without each task's active fractions.
    /// Counted shares keep twelve digits: all they have.
    #[must_use]
    pub fn compact(&self) -> Self {
        let (round, share) = (six_digits, twelve_digits);
        let mut small = self.clone();
        for lane in &mut small.lanes {
            let last = lane.records.len().saturating_sub(1);
            for (i, record) in lane.records.iter_mut().enumerate() {
                let rates = record.alpha.iter_mut().chain(&mut record.beta);
                rates
                    .chain(&mut record.meta_loss)
                    .for_each(|x| *x = round(*x));
                let Some(e) = &mut record.evaluation else {
                    continue;
                };
                e.active_by_task.clear();
                for a in &mut e.accuracy {
                    a.mean = share(a.mean);
                    if a.lesion != Lesion::Intact {
                        a.by_task.clear();
                    }
                }
                e.active_pooled = share(e.active_pooled);
                e.active.iter_mut().for_each(|x| *x = share(*x));
                if i > 0 && i < last {
                    e.correlation.clear();
                }
                e.correlation
                    .iter_mut()
                    .flatten()
                    .for_each(|x| *x = round(*x));
            }
        }
        small
    }
}

/// A number as compact files have rates, losses and correlations.
pub(crate) fn six_digits(x: f64) -> f64 {
    format!("{x:.5e}").parse().unwrap_or(x)
}

/// A number as compact files have counted shares.
pub(crate) fn twelve_digits(x: f64) -> f64 {
    format!("{x:.11e}").parse().unwrap_or(x)
}

/// A run, complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Version of this record: [`version::current`].
    pub schema: u32,
    /// Version of the code that ran it.
    pub code_version: String,
    /// The experiment that it belongs to, by its id; none of a configuration of one's own, and of files of
    /// version 1.
    #[serde(default)]
    pub experiment: Option<String>,
    /// What was run.
    pub config: Config,
    /// SHA-256 of the first seed's schedule and initial weights: which random draws the code made.
    pub draws: String,
    /// On which images.
    pub data: DataInfo,
    /// On which engine its lanes began; where one went on elsewhere, [`LaneResults::engine_changes`] says so.
    pub engine: EngineInfo,
    /// Names of hidden layers, in the order of `beta` and `active`.
    pub layers: Vec<String>,
    /// Names of weight matrices, in the order of `alpha`.
    pub matrices: Vec<String>,
    /// Names of heads, by index.
    pub heads: Vec<String>,
    /// One entry for each of the configuration's lanes, in its order; of a file, once it was read.
    pub lanes: Vec<LaneResults>,
    /// Seconds spent in observe steps.
    pub training_seconds: f64,
    /// Seconds spent in evaluations.
    pub evaluation_seconds: f64,
}

/// One lane's course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaneResults {
    /// The seed, which fixes all that the lane draws.
    pub seed: u32,
    /// What the lane meta-learns.
    pub condition: Condition,
    /// Before training, then after each task.
    pub records: Vec<TaskRecord>,
    /// The step at which it ceased to be finite, if it did; there are no records after it.
    pub diverged_at_step: Option<u32>,
    /// Where it went on another engine than before; mostly empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub engine_changes: Vec<EngineChange>,
}

impl LaneResults {
    /// Of a lane that was not measured yet.
    pub fn new(lane: Lane) -> Self {
        Self {
            seed: lane.seed,
            condition: lane.condition,
            records: Vec::new(),
            diverged_at_step: None,
            engine_changes: Vec::new(),
        }
    }

    /// Its seed and its condition, by which lanes are told apart.
    pub fn lane(&self) -> Lane {
        Lane {
            seed: self.seed,
            condition: self.condition,
        }
    }

    /// Tasks learned when it was last measured; none where it was not.
    pub fn tasks_learned(&self) -> Option<u32> {
        self.records.last().map(|record| record.tasks_learned)
    }

    /// Whether anything is known of it.
    pub fn is_begun(&self) -> bool {
        !self.records.is_empty() || self.diverged_at_step.is_some()
    }

    /// Whether it is through a stream of so many tasks, or diverged.
    pub fn has_ended(&self, tasks: u32) -> bool {
        self.diverged_at_step.is_some() || self.tasks_learned() == Some(tasks)
    }

    /// Of all its records' digests and, if it diverged, the step; none where a record has none.
    pub fn digest(&self) -> Option<Digest> {
        let records = self.records.iter().map(|record| record.digest);
        let end = self.diverged_at_step.map(|step| Some(Digest(step.into())));
        let all: Option<Vec<Digest>> = records.chain(end).collect();
        all.map(digest::of_all)
    }
}

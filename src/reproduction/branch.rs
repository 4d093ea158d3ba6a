//! A branch beside its trunk: two runs of the same seeds, images and draws under other settings, paired by
//! seed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::measures::{self, Difference, MeasureKind};
use crate::analysis::stats::Estimate;
use crate::config::Condition;
use crate::results::{LaneResults, Results};

/// Why two runs can't be paired.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpaired {
    /// They were made on other images.
    #[error("one run was made on {0}, the other on {1}")]
    Images(String, String),
    /// Their networks have other layers or heads.
    #[error("the two runs are of other networks: {0} and {1}")]
    Networks(String, String),
    /// They begin with other seeds: what is on record of draws is the first seed's.
    #[error(
        "one run begins with seed {0}, the other with seed {1}: whether a seed draws the same in both can be \
         seen only of runs that begin with the same one"
    )]
    FirstSeeds(u32, u32),
    /// Their first seeds met another schedule or began with other weights.
    #[error(
        "the two runs draw otherwise: lanes of one seed do not begin with the same weights or do not meet \
         the same images in the same order"
    )]
    Draws,
    /// No seed came to its end in both under one condition.
    #[error("no seed came to its end in both runs under the same condition")]
    Seeds,
}

/// How a head's accuracy differs after so many tasks, over the seeds that both runs have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccuracyDifference {
    /// Under which condition.
    pub condition: Condition,
    /// Of which head, by its name.
    pub head: String,
    /// After so many tasks.
    pub tasks_learned: u32,
    /// Its mean in the trunk, over the seeds that are paired, 0 to 1.
    pub trunk: Estimate,
    /// Its mean in the branch, over the same seeds, 0 to 1.
    pub branch: Estimate,
    /// Branch less trunk, seed by seed, 0 to 1: with its 95% bootstrap interval.
    pub difference: Estimate,
}

/// What two runs differ in, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    /// The knobs that they have otherwise, in their order: each with the trunk's value and the branch's.
    pub knobs: Vec<(&'static str, [Value; 2])>,
    /// At the end of the stream: branch less trunk.
    pub end: Vec<Difference>,
    /// Accuracy over all tasks, wherever both were evaluated.
    pub course: Vec<AccuracyDifference>,
}

/// Holds a branch beside its trunk.
///
/// # Errors
/// If their lanes can't be paired by seed.
pub fn beside(trunk: &Results, branch: &Results) -> Result<Beside, Unpaired> {
    let both = |of: fn(&Results) -> String| (of(trunk), of(branch));
    if trunk.data.digest != branch.data.digest {
        let (one, other) = both(|r| r.data.name.clone());
        return Err(Unpaired::Images(one, other));
    }
    if (&trunk.layers, &trunk.heads) != (&branch.layers, &branch.heads) {
        let (one, other) = both(|r| [&r.layers[..], &r.heads].concat().join(", "));
        return Err(Unpaired::Networks(one, other));
    }
    let (one, other) = (trunk.config.first_seed, branch.config.first_seed);
    if one != other {
        return Err(Unpaired::FirstSeeds(one, other));
    }
    if trunk.draws != branch.draws {
        return Err(Unpaired::Draws);
    }
    let end = measures::paired(trunk, branch);
    if end.is_empty() {
        return Err(Unpaired::Seeds);
    }
    Ok(Beside {
        knobs: trunk.config.differences(&branch.config),
        end,
        course: course(trunk, branch),
    })
}

/// Accuracy's paired differences by condition, head and tasks learned.
fn course(trunk: &Results, branch: &Results) -> Vec<AccuracyDifference> {
    let mut all = Vec::new();
    for &condition in &branch.config.conditions {
        let pairs = measures::pairs(trunk, branch, condition);
        for (head, name) in MeasureKind::Accuracy.names(branch).iter().enumerate() {
            for tasks_learned in 0..=branch.config.tasks {
                let number = |lane: &LaneResults| {
                    let mut records = lane.records.iter();
                    let record = records.find(|r| r.tasks_learned == tasks_learned)?;
                    measures::accuracy(record)?.get(head).copied()
                };
                let both = pairs.iter();
                let both = both.filter_map(|(then, now)| Some((number(then)?, number(now)?)));
                let (of_trunk, of_branch): (Vec<f64>, Vec<f64>) = both.unzip();
                let difference = Estimate::with_interval(&measures::differences(&pairs, number));
                let sides = Estimate::of(&of_trunk).zip(Estimate::of(&of_branch));
                let Some(((trunk, branch), difference)) = sides.zip(difference) else {
                    continue;
                };
                all.push(AccuracyDifference {
                    condition,
                    head: name.clone(),
                    tasks_learned,
                    trunk,
                    branch,
                    difference,
                });
            }
        }
    }
    all
}

//! The end of the stream, measure by measure: the few numbers that a run comes to under each condition.

use serde::{Deserialize, Serialize};

use super::Likeness;
use crate::analysis::stats::{self, Estimate};
use crate::config::Condition;
use crate::model::Lesion;
use crate::results::record::TaskRecord;
use crate::results::{LaneResults, Results};

/// The significance level, over all measures (Holm), at which two crowds of lanes are told apart.
pub const LEVEL: f64 = 0.05;

/// What a number measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MeasureKind {
    /// Accuracy of a head, with the whole network, over all tasks.
    Accuracy,
    /// Active fraction of a layer.
    Active,
    /// Learning rate of a matrix.
    Alpha,
    /// Inhibition of a layer.
    Beta,
}

impl MeasureKind {
    /// All, in their order.
    pub const ALL: [Self; 4] = [Self::Accuracy, Self::Active, Self::Alpha, Self::Beta];

    /// As tables name it: "active fraction".
    pub fn words(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Active => "active fraction",
            Self::Alpha => "alpha",
            Self::Beta => "beta",
        }
    }

    /// A lane's numbers at the end of the stream: for each head, layer, matrix or layer.
    pub fn of_lane(self, lane: &LaneResults) -> Option<Vec<f64>> {
        let last = lane.records.last()?;
        let evaluation = last.evaluation.as_ref();
        Some(match self {
            Self::Accuracy => accuracy(last)?,
            Self::Active => evaluation?.active.clone(),
            Self::Alpha => last.alpha.clone(),
            Self::Beta => last.beta.clone(),
        })
    }

    /// The names of what there is a number for.
    pub fn names(self, results: &Results) -> &[String] {
        match self {
            Self::Accuracy => &results.heads,
            Self::Active | Self::Beta => &results.layers,
            Self::Alpha => &results.matrices,
        }
    }
}

/// Each head's accuracy over all tasks, of the whole network; none where it was not evaluated.
pub(super) fn accuracy(record: &TaskRecord) -> Option<Vec<f64>> {
    let all = record.evaluation.as_ref()?.accuracy.iter();
    let intact = all.filter(|a| a.lesion == Lesion::Intact);
    Some(intact.map(|a| a.mean).collect())
}

/// How a measure differs between two runs of the same seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Difference {
    /// Under which condition.
    pub condition: Condition,
    /// Accuracy, active fraction, alpha or beta, at the end of the stream.
    pub kind: MeasureKind,
    /// Of which head, layer or matrix.
    pub of: String,
    /// The differences, again less on record, seed by seed: with their 95% bootstrap interval.
    pub difference: Estimate,
    /// p of the sign-flip test that they are as often of either sign, after Holm's correction over all.
    pub p: f64,
}

impl Difference {
    /// Whether the two can't be told apart.
    pub fn likeness(&self) -> Likeness {
        if self.p < LEVEL {
            Likeness::NotTheSame
        } else {
            Likeness::WithinTolerance
        }
    }
}

/// A seed's lane in both of two runs.
pub(super) type Pair<'a> = (&'a LaneResults, &'a LaneResults);

/// The lanes that came to the end of the stream under a condition in both runs, by seed.
pub(super) fn pairs<'a>(
    on_record: &'a Results,
    again: &'a Results,
    condition: Condition,
) -> Vec<Pair<'a>> {
    let then_of = |now: &LaneResults| {
        let mut then = on_record.finished(condition);
        then.find(|then| then.seed == now.seed)
    };
    let all = again.finished(condition);
    all.filter_map(|now| Some((then_of(now)?, now))).collect()
}

/// How a number of lanes differs, pair by pair: again less on record, where both have it.
pub(super) fn differences(
    pairs: &[Pair<'_>],
    number: impl Fn(&LaneResults) -> Option<f64>,
) -> Vec<f64> {
    let all = pairs.iter();
    all.filter_map(|(then, now)| Some(number(now)? - number(then)?))
        .collect()
}

/// Paired differences at the end of the stream, of the seeds that both came to it with.
pub fn paired(on_record: &Results, again: &Results) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut p = Vec::new();
    for &condition in &again.config.conditions {
        let pairs = pairs(on_record, again, condition);
        for kind in MeasureKind::ALL {
            for (i, name) in kind.names(again).iter().enumerate() {
                let number = |lane: &LaneResults| kind.of_lane(lane)?.get(i).copied();
                let differences = differences(&pairs, number);
                let Some(difference) = Estimate::with_interval(&differences) else {
                    continue;
                };
                p.push(stats::sign_flip(&differences));
                all.push(Difference {
                    condition,
                    kind,
                    of: name.clone(),
                    difference,
                    p: 1.0,
                });
            }
        }
    }
    for (difference, p) in all.iter_mut().zip(stats::holm(&p)) {
        difference.p = p;
    }
    all
}

//! What came out of a point: its lanes' numbers at the end of the stream, and the experiment's claims held
//! against it.
//!
//! A claim's own verdict asks whether the paper's settings were used, which a sweep leaves on purpose. So
//! here it is told whether its rule holds *at this point*: [`Standing`]. The rule, its interval and its p are
//! the claim's; Holm's correction goes over the claims of one point, not over points.

use serde::{Deserialize, Serialize};

use crate::analysis::claims::{FEWEST, Outcome};
use crate::analysis::stats::Estimate;
use crate::config::{Condition, Lane};
use crate::digest::{self, Digest};
use crate::experiments::Experiment;
use crate::report::Quantity;
use crate::report::measures::{at_end, of_course};
use crate::results::Results;

/// A number of every seed that came to the stream's end under one condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// What the lanes meta-learned that these numbers are of.
    pub condition: Condition,
    /// What was measured, as long-form rows name it.
    pub metric: String,
    /// What kind of number it is.
    pub quantity: Quantity,
    /// Which seeds have it.
    pub seeds: Vec<u32>,
    /// Their numbers, in the order of `seeds`.
    pub values: Vec<f64>,
}

impl Numbers {
    /// Mean and spread over seeds; none of nothing.
    pub fn estimate(&self) -> Option<Estimate> {
        Estimate::of(&self.values)
    }
}

/// Whether a claim's rule holds at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All its parts hold.
    Holds,
    /// A part does not.
    DoesNotHold,
    /// A part has no number: a condition or a layer is not there, or no seed is through.
    NotMeasured,
    /// One seed is through, which judges nothing.
    OneSeed,
    /// It is shown, not judged.
    Shown,
}

impl Standing {
    /// Of a claim that was held against a point.
    pub fn of(outcome: &Outcome) -> Self {
        if outcome.parts.iter().any(|part| part.n == 0) || outcome.parts.is_empty() {
            Self::NotMeasured
        } else if outcome.number.is_none() {
            Self::Shown
        } else if outcome.parts.iter().any(|part| part.n < FEWEST) {
            Self::OneSeed
        } else if outcome.parts.iter().all(|part| part.holds) {
            Self::Holds
        } else {
            Self::DoesNotHold
        }
    }

    /// As tables say it: "does not hold".
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::NotMeasured => "not measured",
            Self::OneSeed => "one seed",
            Self::Shown => "shown",
        }
    }
}

/// What came out of a point; nothing of one that was not measured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PointSummary {
    /// Its digest: the run's.
    pub digest: Option<Digest>,
    /// Every measure under every condition of which a seed is through.
    pub numbers: Vec<Numbers>,
    /// The experiment's claims, held against it.
    pub outcomes: Vec<Outcome>,
    /// Lanes that were set aside, with the step after which they were not finite any more.
    pub diverged: Vec<(Lane, u32)>,
}

impl PointSummary {
    /// Of a point's run.
    pub fn of(results: &Results, experiment: &Experiment) -> Self {
        let measures: Vec<_> = at_end(results)
            .into_iter()
            .chain(of_course(results))
            .collect();
        let mut numbers = Vec::new();
        for &condition in &results.config.conditions {
            for measure in &measures {
                let found = results
                    .finished(condition)
                    .filter_map(|lane| Some((lane.seed, (measure.of)(lane)?)));
                let (seeds, values): (Vec<u32>, Vec<f64>) = found.unzip();
                if !seeds.is_empty() {
                    numbers.push(Numbers {
                        condition,
                        metric: measure.metric.clone(),
                        quantity: measure.quantity,
                        seeds,
                        values,
                    });
                }
            }
        }
        let diverged = results.lanes.iter();
        Self {
            digest: results.digest(),
            numbers,
            outcomes: experiment.judge(results),
            diverged: diverged
                .filter_map(|lane| Some((lane.lane(), lane.diverged_at_step?)))
                .collect(),
        }
    }

    /// Whether it was measured at all.
    pub fn is_measured(&self) -> bool {
        *self != Self::default()
    }

    /// A measure under a condition, by its name; none where no seed has it.
    pub fn find(&self, condition: Condition, metric: &str) -> Option<&Numbers> {
        let mut all = self.numbers.iter();
        all.find(|n| n.condition == condition && n.metric == metric)
    }
}

/// The sweep's digest: of its points' in their order; none where one has none.
pub fn digest(points: &[PointSummary]) -> Option<Digest> {
    let all: Option<Vec<Digest>> = points.iter().map(|point| point.digest).collect();
    all.filter(|all| !all.is_empty()).map(digest::of_all)
}

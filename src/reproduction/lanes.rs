//! Lane by lane: whether it came out again, and where not, from which task and by how much.

use serde::{Deserialize, Serialize};

use super::Likeness;
use crate::config::Lane;
use crate::engine::info::EngineKind;
use crate::results::record::{Accuracy, TaskRecord};
use crate::results::{LaneResults, Results, six_digits, twelve_digits};

/// How far rates may be apart after the first task where bits differ: of a lane's largest rate of that kind.
pub const RATES_APART: f64 = 0.02;
/// How far accuracies and active fractions may be apart after the first task where bits differ.
pub const SHARES_APART: f64 = 0.03;

/// How far two records of one lane are apart, each the largest of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Apart {
    /// Of alpha, relative to the largest of both.
    pub alpha: f64,
    /// Of beta, likewise.
    pub beta: f64,
    /// Of accuracies, of all heads and lesions.
    pub accuracy: f64,
    /// Of active fractions.
    pub active: f64,
}

impl Apart {
    /// The largest difference of each kind; shares are 0 apart where either was not evaluated.
    pub fn of(a: &TaskRecord, b: &TaskRecord) -> Self {
        let largest = |pairs: &mut dyn Iterator<Item = (f64, f64)>| {
            pairs.map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
        };
        let relative = |x: &[f64], y: &[f64]| {
            let size = x.iter().chain(y).fold(0.0_f64, |m, x| m.max(x.abs()));
            let off = largest(&mut x.iter().copied().zip(y.iter().copied()));
            if size > 0.0 { off / size } else { 0.0 }
        };
        let mut apart = Self {
            alpha: relative(&a.alpha, &b.alpha),
            beta: relative(&a.beta, &b.beta),
            ..Self::default()
        };
        if let (Some(a), Some(b)) = (&a.evaluation, &b.evaluation) {
            let both = a.accuracy.iter().filter_map(|x| {
                let same = |y: &&Accuracy| (x.head, x.lesion) == (y.head, y.lesion);
                Some((x.mean, b.accuracy.iter().find(same)?.mean))
            });
            apart.accuracy = largest(&mut both.into_iter());
            apart.active = largest(&mut a.active.iter().copied().zip(b.active.iter().copied()));
        }
        apart
    }

    /// Whether it is less than rounding may make of a task.
    pub fn is_tolerated(&self) -> bool {
        let rates = self.alpha.max(self.beta);
        rates <= RATES_APART && self.accuracy.max(self.active) <= SHARES_APART
    }
}

/// What came of a lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LaneLikeness {
    /// The same bits in each of so many records.
    SameBits {
        /// Records compared.
        records: u32,
    },
    /// Other bits than promised.
    Departs {
        /// Tasks learned in the first record that differs.
        tasks_learned: u32,
        /// How far it is there.
        apart: Apart,
    },
    /// The numbers that the file has of a record are not those that its digest is of.
    Altered {
        /// Tasks learned in the first such record.
        tasks_learned: u32,
        /// How far the file's numbers are from those made again.
        apart: Apart,
    },
    /// It diverged in one of the two, or at another step.
    Diverged {
        /// The step in the file, if it diverged there.
        on_record: Option<u32>,
        /// The step now.
        again: Option<u32>,
    },
    /// The same bits are not promised: how far the first task's end is, and whether that is tolerated.
    FirstTask {
        /// How far the two records are from each other.
        apart: Apart,
        /// Whether it is close enough.
        tolerated: bool,
    },
    /// The file has nothing of it to compare with.
    NotOnRecord,
}

impl LaneLikeness {
    /// What is to be said of it; none where there was nothing to compare with.
    pub fn likeness(&self) -> Option<Likeness> {
        match self {
            Self::SameBits { .. } => Some(Likeness::SameBits),
            Self::FirstTask {
                tolerated: true, ..
            } => Some(Likeness::WithinTolerance),
            Self::NotOnRecord => None,
            _ => Some(Likeness::NotTheSame),
        }
    }
}

/// A lane, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LaneOutcome {
    /// The lane that was made again.
    pub lane: Lane,
    /// What came of it.
    pub outcome: LaneLikeness,
}

/// Whether a lane was on the CPU engine all the way.
fn on_cpu(results: &Results, lane: &LaneResults) -> bool {
    let changes = lane.engine_changes.iter().map(|change| &change.engine);
    let mut engines = changes.chain([&results.engine]);
    engines.all(|engine| engine.kind == EngineKind::Cpu)
}

/// The lanes that were made again, beside the file's. Of `again` only what is there is compared: lanes that
/// have not begun are left out, and lanes in progress compared as far as they are.
pub fn compare(on_record: &Results, again: &Results) -> Vec<LaneOutcome> {
    let begun = again.lanes.iter().filter(|lane| lane.is_begun());
    begun
        .map(|now| LaneOutcome {
            lane: now.lane(),
            outcome: match on_record.lane(now.lane()) {
                Some(then) if then.is_begun() => of_lane((on_record, then), (again, now)),
                _ => LaneLikeness::NotOnRecord,
            },
        })
        .collect()
}

fn of_lane(
    (on_record, then): (&Results, &LaneResults),
    (again, now): (&Results, &LaneResults),
) -> LaneLikeness {
    let has_digests = then.records.iter().all(|r| r.digest.is_some());
    let promised = on_cpu(on_record, then) && on_cpu(again, now) && has_digests;
    let pairs = || {
        now.records.iter().filter_map(|b| {
            let a = then
                .records
                .iter()
                .find(|a| a.tasks_learned == b.tasks_learned)?;
            Some((a, b))
        })
    };
    let same = |(a, b): &(&TaskRecord, &TaskRecord)| a.digest.is_some() && a.digest == b.digest;
    let all_same = pairs().all(|pair| same(&pair));
    if !all_same && !promised {
        return first_task(then, now);
    }
    for (a, b) in pairs() {
        let tasks_learned = a.tasks_learned;
        let apart = Apart::of(a, b);
        if !same(&(a, b)) {
            return LaneLikeness::Departs {
                tasks_learned,
                apart,
            };
        }
        if !says(a, b) {
            return LaneLikeness::Altered {
                tasks_learned,
                apart,
            };
        }
    }
    // What has not come to that step yet may still diverge there.
    let through = now.has_ended(again.config.tasks);
    let due = then.diverged_at_step.filter(|_| through);
    if now.diverged_at_step != due {
        return LaneLikeness::Diverged {
            on_record: then.diverged_at_step,
            again: now.diverged_at_step,
        };
    }
    match pairs().count() {
        0 if now.diverged_at_step.is_none() => LaneLikeness::NotOnRecord,
        records => LaneLikeness::SameBits {
            records: records as u32,
        },
    }
}

/// Whether a file's record, which may be compact, says the same as the one made again.
fn says(on_record: &TaskRecord, again: &TaskRecord) -> bool {
    let number = |(x, y): (&f64, &f64)| *x == *y || *x == six_digits(*y) || *x == twelve_digits(*y);
    let numbers = |x: &[f64], y: &[f64]| x.len() == y.len() && x.iter().zip(y).all(number);
    // Compact files leave lists out.
    let told = |x: &[f64], y: &[f64]| x.is_empty() || numbers(x, y);
    let alike = |x: &Option<f64>, y: &Option<f64>| match (x, y) {
        (Some(x), Some(y)) => number((x, y)),
        (None, None) => true,
        _ => false,
    };
    let rates = numbers(&on_record.alpha, &again.alpha) && numbers(&on_record.beta, &again.beta);
    if !rates || !alike(&on_record.meta_loss, &again.meta_loss) {
        return false;
    }
    let (x, y) = match (&on_record.evaluation, &again.evaluation) {
        (Some(x), Some(y)) => (x, y),
        (None, None) => return true,
        _ => return false,
    };
    let same_accuracy = |(x, y): (&Accuracy, &Accuracy)| {
        (x.head, x.lesion) == (y.head, y.lesion)
            && number((&x.mean, &y.mean))
            && told(&x.by_task, &y.by_task)
    };
    let same_correlation = || {
        let pairs = x.correlation.iter().zip(&y.correlation);
        x.correlation.is_empty()
            || (x.correlation.len() == y.correlation.len()
                && pairs.into_iter().all(|(x, y)| alike(x, y)))
    };
    let same_by_task = || {
        let mut pairs = x.active_by_task.iter().zip(&y.active_by_task);
        pairs.all(|(x, y)| told(x, y))
    };
    x.accuracy.len() == y.accuracy.len()
        && x.accuracy.iter().zip(&y.accuracy).all(same_accuracy)
        && numbers(&x.active, &y.active)
        && number((&x.active_pooled, &y.active_pooled))
        && same_by_task()
        && same_correlation()
}

/// After the first task that both have; before it there is nothing but draws and their evaluation, which is
/// what counts where a lane has not come further.
fn first_task(then: &LaneResults, now: &LaneResults) -> LaneLikeness {
    let record = |lane: &'_ LaneResults, at: u32| {
        lane.records.iter().find(|r| r.tasks_learned == at).cloned()
    };
    let both = |at| record(then, at).zip(record(now, at));
    match both(1).or_else(|| both(0)) {
        Some((a, b)) => {
            let apart = Apart::of(&a, &b);
            LaneLikeness::FirstTask {
                tolerated: apart.is_tolerated(),
                apart,
            }
        }
        None if then.diverged_at_step.is_some() || now.diverged_at_step.is_some() => {
            LaneLikeness::Diverged {
                on_record: then.diverged_at_step,
                again: now.diverged_at_step,
            }
        }
        None => LaneLikeness::NotOnRecord,
    }
}

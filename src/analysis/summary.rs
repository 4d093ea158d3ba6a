//! Numbers of lanes over a run, and their means over seeds: transfer and forgetting, and the summary that
//! charts show.

use serde::{Deserialize, Serialize};

use super::stats::{self, Estimate};
use crate::config::{Condition, Config, Lane, Order};
use crate::model::Lesion;
use crate::results::record::{Accuracy, Evaluation, TaskRecord};

/// How learning one task bears on others, from the accuracy matrix a(i, j): on task j after i tasks.
///
/// Backward transfer and learning accuracy as in Lopez-Paz & Ranzato (2017), forward transfer as there with
/// the untrained network as its zero, forgetting as in Chaudhry et al. (2018): from the best, not from the
/// first. Backward transfer below 0 is forgetting net of later gains.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transfer {
    /// Mean of a(T, j): accuracy after the last task.
    pub average: f64,
    /// Mean of a(j, j): accuracy on each task just after learning it.
    pub learning: f64,
    /// Mean over j < T of a(T, j) - a(j, j).
    pub backward: f64,
    /// Mean over j > 1 of a(j - 1, j) - a(0, j).
    pub forward: f64,
    /// Mean over j < T of max over i < T of a(i, j), less a(T, j).
    pub forgetting: f64,
}

impl Transfer {
    /// Of one lane's records, for one head, intact; none unless every task was followed by an evaluation on
    /// all tasks, for fewer than two tasks, and where they are learned together, not one after the other.
    pub fn of(config: &Config, records: &[TaskRecord], head: u32) -> Option<Self> {
        if config.order == Order::Mixed {
            return None;
        }
        let tasks = records.last()?.tasks_learned as usize;
        let matrix: Vec<&[f64]> = records
            .iter()
            .enumerate()
            .map(|(i, r)| {
                let all = &r.evaluation.as_ref()?.accuracy;
                let intact = all
                    .iter()
                    .find(|a| (a.head, a.lesion) == (head, Lesion::Intact))?;
                let complete = r.tasks_learned as usize == i && intact.by_task.len() == tasks;
                complete.then_some(&intact.by_task[..])
            })
            .collect::<Option<_>>()?;
        if tasks < 2 || matrix.len() != tasks + 1 {
            return None;
        }
        // a(i, j) with tasks counted from 1, as in the formulas.
        let a = |i: usize, j: usize| matrix[i][j - 1];
        let mean = |values: Vec<f64>| stats::mean(&values);
        Some(Self {
            average: mean((1..=tasks).map(|j| a(tasks, j)).collect()),
            learning: mean((1..=tasks).map(|j| a(j, j)).collect()),
            backward: mean((1..tasks).map(|j| a(tasks, j) - a(j, j)).collect()),
            forward: mean((2..=tasks).map(|j| a(j - 1, j) - a(0, j)).collect()),
            forgetting: mean(
                (1..tasks)
                    .map(|j| (1..tasks).map(|i| a(i, j)).fold(0.0, f64::max) - a(tasks, j))
                    .collect(),
            ),
        })
    }
}

/// Tasks learned when a rate (of alpha, by index) was at its highest, the first time.
pub fn peak_of_alpha(records: &[TaskRecord], matrix: usize) -> Option<u32> {
    let mut best: Option<&TaskRecord> = None;
    for record in records {
        let higher = |best: &TaskRecord| record.alpha.get(matrix) > best.alpha.get(matrix);
        if best.is_none_or(higher) {
            best = Some(record);
        }
    }
    best.map(|r| r.tasks_learned)
}

/// Means over seeds at one point of the stream under one condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SummaryPoint {
    /// Tasks learned when it was measured; 0 before training.
    pub tasks_learned: u32,
    /// Intact accuracy over all tasks, by head; empty where not evaluated.
    pub accuracy: Vec<Estimate>,
    /// Mean over seeds of the intact accuracy on each task, by head, then task; empty where not evaluated.
    pub by_task: Vec<Vec<f64>>,
    /// Accuracy of every head and lesion, in [`Evaluation::accuracy`]'s order; empty where not evaluated.
    pub lesions: Vec<LesionEstimate>,
    /// Active fraction by layer; empty where not evaluated.
    pub active: Vec<Estimate>,
    /// Mean correlation between codes by layer; empty where not measured, or for a layer silent in some lane.
    pub correlation: Vec<Estimate>,
    /// All layers pooled by units; none where not evaluated.
    pub active_pooled: Option<Estimate>,
    /// Learning rate by matrix.
    pub alpha: Vec<Estimate>,
    /// Inhibition by layer.
    pub beta: Vec<Estimate>,
    /// Meta-loss over the task just learned.
    pub meta_loss: Option<Estimate>,
}

/// Accuracy of one head under one lesion, over seeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LesionEstimate {
    /// Index of the head: 0 category, 1 item.
    pub head: u32,
    /// What was left out.
    pub lesion: Lesion,
    /// Accuracy over all tasks.
    pub accuracy: Estimate,
}

/// One condition's course over the stream, over seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConditionSummary {
    /// What the lanes meta-learn that are averaged here.
    pub condition: Condition,
    /// Points in order of `tasks_learned`.
    pub points: Vec<SummaryPoint>,
}

/// Means over seeds, condition by condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Summary {
    /// In the configuration's order.
    pub conditions: Vec<ConditionSummary>,
}

/// How the mean of some values is made: with or without its bootstrap interval.
type Estimator = fn(&[f64]) -> Option<Estimate>;

impl Summary {
    /// Means over the seeds of each condition, of the records that are there.
    pub fn of<'a>(
        conditions: &[Condition],
        lanes: impl Iterator<Item = (Lane, &'a [TaskRecord])> + Clone,
    ) -> Self {
        Self::by(conditions, lanes, Estimate::of)
    }

    /// The same with bootstrap intervals at each condition's last point: they take a moment.
    pub fn with_intervals<'a>(
        conditions: &[Condition],
        lanes: impl Iterator<Item = (Lane, &'a [TaskRecord])> + Clone,
    ) -> Self {
        Self::by(conditions, lanes, Estimate::with_interval)
    }

    fn by<'a>(
        conditions: &[Condition],
        lanes: impl Iterator<Item = (Lane, &'a [TaskRecord])> + Clone,
        at_last: Estimator,
    ) -> Self {
        let conditions = conditions
            .iter()
            .map(|&condition| {
                let records: Vec<&TaskRecord> = lanes
                    .clone()
                    .filter(|(lane, _)| lane.condition == condition)
                    .flat_map(|(_, records)| records)
                    .collect();
                let mut times: Vec<u32> = records.iter().map(|r| r.tasks_learned).collect();
                times.sort_unstable();
                times.dedup();
                let last = times.last().copied();
                let points = times
                    .into_iter()
                    .map(|t| {
                        let at: Vec<&TaskRecord> = records
                            .iter()
                            .copied()
                            .filter(|r| r.tasks_learned == t)
                            .collect();
                        let estimate = if Some(t) == last {
                            at_last
                        } else {
                            Estimate::of
                        };
                        SummaryPoint::of(t, &at, estimate)
                    })
                    .collect();
                ConditionSummary { condition, points }
            })
            .collect();
        Self { conditions }
    }
}

impl SummaryPoint {
    fn of(tasks_learned: u32, records: &[&TaskRecord], estimate: Estimator) -> Self {
        // Element i of a list over all records that have it.
        let each = |lists: &[&[f64]]| -> Vec<Estimate> {
            let len = lists.iter().map(|l| l.len()).min().unwrap_or(0);
            (0..len)
                .filter_map(|i| estimate(&lists.iter().map(|l| l[i]).collect::<Vec<_>>()))
                .collect()
        };
        let evaluations: Vec<&Evaluation> = records
            .iter()
            .filter_map(|r| r.evaluation.as_ref())
            .collect();
        // Old files may have measured fewer lesions in some lanes: what the fullest has, found by name.
        let fullest = evaluations.iter().max_by_key(|e| e.accuracy.len());
        let lesions: Vec<LesionEstimate> = fullest
            .iter()
            .flat_map(|e| &e.accuracy)
            .filter_map(|Accuracy { head, lesion, .. }| {
                let is_it = |a: &&Accuracy| (a.head, a.lesion) == (*head, *lesion);
                let found = evaluations
                    .iter()
                    .filter_map(|e| e.accuracy.iter().find(is_it));
                let values: Vec<f64> = found.map(|a| a.mean).collect();
                Some(LesionEstimate {
                    head: *head,
                    lesion: *lesion,
                    accuracy: estimate(&values)?,
                })
            })
            .collect();
        let intact = |e: &Evaluation, head: usize| -> Option<Vec<f64>> {
            let mut all = e.accuracy.iter();
            all.find(|a| (a.head as usize, a.lesion) == (head, Lesion::Intact))
                .map(|a| a.by_task.clone())
        };
        let heads = lesions.iter().filter(|l| l.lesion == Lesion::Intact);
        let by_task = (0..heads.count())
            .map(|head| {
                let lists: Vec<Vec<f64>> =
                    evaluations.iter().filter_map(|e| intact(e, head)).collect();
                let tasks = lists.iter().map(Vec::len).min().unwrap_or(0);
                let of_task = |t| stats::mean(&lists.iter().map(|l| l[t]).collect::<Vec<_>>());
                (0..tasks).map(of_task).collect()
            })
            .collect();
        let pooled: Vec<f64> = evaluations.iter().map(|e| e.active_pooled).collect();
        let whole: Option<Vec<Vec<f64>>> = evaluations
            .iter()
            .map(|e| e.correlation.iter().copied().collect())
            .collect();
        let whole = whole.unwrap_or_default();
        let correlation = each(&whole.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let losses: Vec<f64> = records.iter().filter_map(|r| r.meta_loss).collect();
        Self {
            tasks_learned,
            accuracy: lesions
                .iter()
                .filter(|l| l.lesion == Lesion::Intact)
                .map(|l| l.accuracy)
                .collect(),
            by_task,
            lesions,
            active: each(
                &evaluations
                    .iter()
                    .map(|e| e.active.as_slice())
                    .collect::<Vec<_>>(),
            ),
            correlation,
            active_pooled: estimate(&pooled),
            alpha: each(
                &records
                    .iter()
                    .map(|r| r.alpha.as_slice())
                    .collect::<Vec<_>>(),
            ),
            beta: each(
                &records
                    .iter()
                    .map(|r| r.beta.as_slice())
                    .collect::<Vec<_>>(),
            ),
            meta_loss: estimate(&losses),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Records of three tasks from an accuracy matrix whose rows are tasks learned.
    fn records(matrix: [[f64; 3]; 4]) -> Vec<TaskRecord> {
        let record = |(i, row): (usize, [f64; 3])| TaskRecord {
            tasks_learned: i as u32,
            alpha: vec![[0.1, 0.3, 0.3, 0.2][i]],
            beta: Vec::new(),
            digest: None,
            meta_loss: None,
            evaluation: Some(Evaluation {
                accuracy: vec![Accuracy {
                    head: 0,
                    lesion: Lesion::Intact,
                    mean: row.iter().sum::<f64>() / 3.0,
                    by_task: row.to_vec(),
                }],
                active: Vec::new(),
                active_by_task: Vec::new(),
                active_pooled: 0.0,
                correlation: Vec::new(),
            }),
        };
        matrix.into_iter().enumerate().map(record).collect()
    }

    #[test]
    fn transfer_by_hand() {
        let all = records([
            [0.1, 0.1, 0.1],
            [0.9, 0.3, 0.2],
            [0.6, 0.8, 0.4],
            [0.5, 0.7, 0.9],
        ]);
        let config = Config::default();
        let t = Transfer::of(&config, &all, 0).unwrap();
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        near(t.average, 0.7);
        near(t.learning, (0.9 + 0.8 + 0.9) / 3.0);
        near(t.backward, ((0.5 - 0.9) + (0.7 - 0.8)) / 2.0);
        near(t.forward, ((0.3 - 0.1) + (0.4 - 0.1)) / 2.0);
        near(t.forgetting, ((0.9 - 0.5) + (0.8 - 0.7)) / 2.0);
        assert_eq!(Transfer::of(&config, &all[..3], 0), None);
        assert_eq!(Transfer::of(&config, &all, 1), None);
        let mixed = Config {
            order: Order::Mixed,
            ..config
        };
        assert_eq!(Transfer::of(&mixed, &all, 0), None);
        assert_eq!(peak_of_alpha(&all, 0), Some(1));
    }
}

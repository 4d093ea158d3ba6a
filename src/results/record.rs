//! What is measured of a lane, before training and after each task.
//!
//! **Accuracy**: share of evaluation images whose largest logit is the label's, with the weights W (not
//! the look-ahead's). **Active fraction**: share of units with h > 0 on the same images.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::lane::Counts;
use crate::model::{Lesion, Model};

/// Accuracy of one head under one lesion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Accuracy {
    /// Index of the head: 0 category, 1 item.
    pub head: u32,
    /// What was left out.
    pub lesion: Lesion,
    /// Mean over all tasks.
    pub mean: f64,
    /// Each task's share of images read correctly.
    pub by_task: Vec<f64>,
}

/// One evaluation of one lane on all tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Evaluation {
    /// For each head and lesion.
    pub accuracy: Vec<Accuracy>,
    /// Active fraction of each hidden layer: mean over all tasks' images.
    pub active: Vec<f64>,
    /// The same by layer, then task.
    pub active_by_task: Vec<Vec<f64>>,
    /// All layers pooled by units.
    pub active_pooled: f64,
    /// For each hidden layer, the mean correlation between its codes of different images, over all tasks'
    /// ([`crate::numeric::codes`]); none where it was silent. Empty in files written before it was measured.
    #[serde(default)]
    pub correlation: Vec<Option<f64>>,
}

/// One lane's state before training (`tasks_learned` 0) or after a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TaskRecord {
    /// Tasks learned so far.
    pub tasks_learned: u32,
    /// Learning rate of each matrix, as it is (not its relu).
    pub alpha: Vec<f64>,
    /// Inhibition strength of each hidden layer.
    pub beta: Vec<f64>,
    /// Mean meta-loss over the observe steps of the task just learned; none before training.
    pub meta_loss: Option<f64>,
    /// Measured accuracy and activity; none where `evaluate_every` skips this task.
    pub evaluation: Option<Evaluation>,
    /// Of W, alpha, beta and what was counted, as [`crate::digest::of_lane`] makes it; none in files written
    /// before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, as = "Option<String>"))]
    pub digest: Option<Digest>,
}

impl Evaluation {
    /// Turns one lane's counts on each task's `images` into shares; `correlation` is taken over.
    pub fn of(
        model: &Model,
        images: u32,
        counts: &[Counts],
        correlation: Vec<Option<f64>>,
    ) -> Self {
        let images = f64::from(images);
        let tasks = counts.len() as f64;
        let mean = |by_task: &[f64]| by_task.iter().sum::<f64>() / tasks;
        let lesions = model.lesions();
        let accuracy = (0..model.heads.len() * lesions.len())
            .map(|i| {
                let by_task: Vec<f64> = counts
                    .iter()
                    .map(|c| f64::from(c.correct[i]) / images)
                    .collect();
                Accuracy {
                    head: (i / lesions.len()) as u32,
                    lesion: lesions[i % lesions.len()],
                    mean: mean(&by_task),
                    by_task,
                }
            })
            .collect();
        let share = |l: usize, units: usize| -> Vec<f64> {
            let all = images * units as f64;
            counts
                .iter()
                .map(|c| f64::from(c.active[l]) / all)
                .collect()
        };
        let active_by_task: Vec<Vec<f64>> = model
            .layers
            .iter()
            .enumerate()
            .map(|(l, layer)| share(l, layer.units))
            .collect();
        let active: Vec<f64> = active_by_task.iter().map(|a| mean(a)).collect();
        let units: usize = model.layers.iter().map(|l| l.units).sum();
        let weighted: f64 = active
            .iter()
            .zip(&model.layers)
            .map(|(a, l)| a * l.units as f64)
            .sum();
        Self {
            accuracy,
            active,
            active_by_task,
            active_pooled: weighted / units as f64,
            correlation,
        }
    }
}

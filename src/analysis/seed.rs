//! One seed's lanes as claims look at them.

use crate::analysis::summary::peak_of_alpha;
use crate::config::{Condition, Lane};
use crate::model::Lesion;
use crate::results::Results;
use crate::results::record::{Evaluation, TaskRecord};

/// One seed's lanes at the end of the stream, as claims look at them.
#[derive(Clone, Copy, Debug)]
pub struct Seed<'a> {
    results: &'a Results,
    seed: u32,
}

impl<'a> Seed<'a> {
    /// The lanes of a run that have this seed.
    pub fn new(results: &'a Results, seed: u32) -> Self {
        Self { results, seed }
    }

    /// Which seed it is.
    pub fn number(&self) -> u32 {
        self.seed
    }

    fn records(&self, condition: Condition) -> Option<&'a [TaskRecord]> {
        let seed = self.seed;
        Some(&self.results.lane(Lane { seed, condition })?.records)
    }

    fn last(&self, condition: Condition) -> Option<&'a TaskRecord> {
        let tasks = self.results.config.tasks;
        let last = self.records(condition)?.last()?;
        (last.tasks_learned == tasks).then_some(last)
    }

    fn evaluation(&self, condition: Condition) -> Option<&'a Evaluation> {
        self.last(condition)?.evaluation.as_ref()
    }

    /// The index of the hidden layer of that name; none in a network that has none.
    fn layer(&self, name: &str) -> Option<usize> {
        self.results.layers.iter().position(|layer| layer == name)
    }

    /// Whether the layer of that name is the topmost.
    pub fn is_top(&self, name: &str) -> bool {
        self.results.layers.last().is_some_and(|top| top == name)
    }

    /// Accuracy over all tasks of a head under a lesion, 0 to 1.
    pub fn accuracy(&self, condition: Condition, head: u32, lesion: Lesion) -> Option<f64> {
        let all = &self.evaluation(condition)?.accuracy;
        let found = all.iter().find(|a| (a.head, a.lesion) == (head, lesion))?;
        Some(found.mean)
    }

    /// Accuracy above chance; see [`Self::accuracy`].
    pub fn above_chance(&self, condition: Condition, head: u32, lesion: Lesion) -> Option<f64> {
        let config = &self.results.config;
        let chance = match head {
            0 => config.chance(self.results.data.classes),
            _ => 1.0 / f64::from(config.items().max(1)),
        };
        Some(self.accuracy(condition, head, lesion)? - chance)
    }

    /// Active fraction of the layer of that name, 0 to 1.
    pub fn active(&self, condition: Condition, layer: &str) -> Option<f64> {
        let active = &self.evaluation(condition)?.active;
        active.get(self.layer(layer)?).copied()
    }

    /// Active fraction at each depth, bottom-up: of pathways side by side, their mean.
    pub fn active_by_depth(&self, condition: Condition) -> Option<Vec<f64>> {
        Some(self.by_depth(&self.evaluation(condition)?.active))
    }

    /// Of layers' numbers, bottom-up, those of each depth: of pathways side by side, their mean.
    fn by_depth(&self, layers: &[f64]) -> Vec<f64> {
        match layers {
            [below @ .., left, right] if self.results.config.pathways.is_some() => {
                [below, &[(left + right) / 2.0]].concat()
            }
            _ => layers.to_vec(),
        }
    }

    /// Active fraction over all layers, pooled by units.
    pub fn pooled(&self, condition: Condition) -> Option<f64> {
        Some(self.evaluation(condition)?.active_pooled)
    }

    /// Mean correlation between a layer's codes of different images, -1 to 1.
    pub fn correlation(&self, condition: Condition, layer: &str) -> Option<f64> {
        *self
            .evaluation(condition)?
            .correlation
            .get(self.layer(layer)?)?
    }

    /// The same before training.
    pub fn untrained_correlation(&self, condition: Condition, layer: &str) -> Option<f64> {
        let first = self
            .records(condition)?
            .first()
            .filter(|r| r.tasks_learned == 0)?;
        let evaluation = first.evaluation.as_ref()?;
        *evaluation.correlation.get(self.layer(layer)?)?
    }

    /// Mean correlation between codes at each depth, bottom-up, as [`Self::correlation`]; none where a layer
    /// was silent.
    pub fn correlation_by_depth(&self, condition: Condition) -> Option<Vec<f64>> {
        let layers: Option<Vec<f64>> = self
            .evaluation(condition)?
            .correlation
            .iter()
            .copied()
            .collect();
        layers.filter(|l| !l.is_empty()).map(|l| self.by_depth(&l))
    }

    /// Learning rate of the matrix that leads to the layer of that name.
    pub fn alpha(&self, condition: Condition, layer: &str) -> Option<f64> {
        // Hidden layers' matrices come first, in the layers' order.
        self.last(condition)?.alpha.get(self.layer(layer)?).copied()
    }

    /// Hidden layers' learning rates at each depth, bottom-up.
    pub fn alpha_by_depth(&self, condition: Condition) -> Option<Vec<f64>> {
        let layers = self.last(condition)?.alpha.get(..self.layers())?;
        Some(self.by_depth(layers))
    }

    /// Tasks learned when the hidden layers' learning rates were at their highest, by depth.
    pub fn peaks_by_depth(&self, condition: Condition) -> Option<Vec<f64>> {
        let peak = |(tasks, _)| f64::from(tasks);
        let layers = self.peaks(condition)?.into_iter().map(peak);
        Some(self.by_depth(&layers.collect::<Vec<_>>()))
    }

    /// How much of its peak a hidden layer's learning rate has kept at the end of the stream, by depth; none
    /// where a rate never was above 0.
    pub fn kept_by_depth(&self, condition: Condition) -> Option<Vec<f64>> {
        let last = &self.last(condition)?.alpha;
        let kept = |((_, peak), &alpha): ((u32, f64), &f64)| (peak > 0.0).then(|| alpha / peak);
        let peaks = self.peaks(condition)?.into_iter();
        let layers: Option<Vec<f64>> = peaks.zip(last).map(kept).collect();
        layers.map(|layers| self.by_depth(&layers))
    }

    /// Of each hidden layer's learning rate, when it peaked (tasks learned) and at what. None unless it was
    /// read after every task.
    fn peaks(&self, condition: Condition) -> Option<Vec<(u32, f64)>> {
        self.last(condition)?;
        let records = self.records(condition)?;
        if records.len() != self.results.config.tasks as usize + 1 {
            return None;
        }
        let peak = |matrix: usize| {
            let tasks = peak_of_alpha(records, matrix)?;
            let there = records.get(tasks as usize)?.alpha.get(matrix)?;
            Some((tasks, *there))
        };
        (0..self.layers()).map(peak).collect()
    }

    fn layers(&self) -> usize {
        self.results.layers.len()
    }
}

//! A run as its figure takes it: lanes that are through, by condition, and what is found in them.

use super::theme::Theme;
use crate::analysis::claims::Outcome;
use crate::config::Condition;
use crate::experiments::panel::Rate;
use crate::model::{Lesion, Model};
use crate::results::description::RunDescription;
use crate::results::record::{Evaluation, TaskRecord};
use crate::results::{LaneResults, Results};

/// A run with the claims held against it.
pub(super) struct Run<'a> {
    results: &'a Results,
    /// Its structure.
    pub described: RunDescription,
    /// Of its experiment's claims.
    pub outcomes: Vec<Outcome>,
    pub theme: Theme,
}

impl<'a> Run<'a> {
    pub fn new(results: &'a Results, outcomes: Vec<Outcome>, theme: Theme) -> Self {
        let model = Model::new(&results.config, &results.data);
        let (config, data) = (&results.config, &results.data);
        Self {
            results,
            described: RunDescription::new(None, config, &model, data, &[]),
            outcomes,
            theme,
        }
    }

    /// Tasks of the stream.
    pub fn tasks(&self) -> u32 {
        self.results.config.tasks
    }

    /// Hidden layers' names.
    pub fn layers(&self) -> Vec<String> {
        self.described.layer_names()
    }

    /// A head's name and chance level; none if there is no such head.
    pub fn head(&self, head: u32) -> Option<(&str, f64)> {
        let head = self.described.heads.get(head as usize)?;
        Some((&head.name, head.chance))
    }

    /// Lanes of a condition that are through.
    pub fn lanes(&self, condition: Condition) -> Vec<&'a LaneResults> {
        let tasks = self.tasks();
        let done = |l: &&LaneResults| l.records.last().is_some_and(|r| r.tasks_learned == tasks);
        let lanes = self.results.lanes.iter();
        let lanes = lanes.filter(|l| l.condition == condition).filter(done);
        lanes.collect()
    }

    /// The conditions of which lanes are through.
    pub fn conditions(&self) -> Vec<Condition> {
        let all = self.results.config.conditions.iter().copied();
        all.filter(|&c| !self.lanes(c).is_empty()).collect()
    }

    /// Those of them that are compared, at most two.
    pub fn pair(&self) -> Vec<Condition> {
        let pair = self.results.config.compared().into_iter();
        pair.filter(|&c| !self.lanes(c).is_empty()).collect()
    }

    /// What `pick` finds at the end of the stream, of every seed.
    pub fn at_end(
        &self,
        condition: Condition,
        pick: impl Fn(&TaskRecord) -> Option<f64>,
    ) -> Vec<f64> {
        let lanes = self.lanes(condition).into_iter();
        lanes.filter_map(|l| pick(l.records.last()?)).collect()
    }

    /// What `pick` finds before training, of every seed.
    pub fn untrained(
        &self,
        condition: Condition,
        pick: impl Fn(&TaskRecord) -> Option<f64>,
    ) -> Vec<f64> {
        let first = |l: &'a LaneResults| l.records.first().filter(|r| r.tasks_learned == 0);
        let lanes = self.lanes(condition).into_iter();
        lanes.filter_map(|l| pick(first(l)?)).collect()
    }

    /// What `pick` finds after each number of tasks, from 0, of every seed.
    pub fn course(
        &self,
        condition: Condition,
        pick: impl Fn(&TaskRecord) -> Option<f64>,
    ) -> Vec<Vec<f64>> {
        let lanes = self.lanes(condition);
        let at = |lane: &LaneResults, t: u32| {
            let mut records = lane.records.iter();
            pick(records.find(|r| r.tasks_learned == t)?)
        };
        let seeds = |t: u32| lanes.iter().filter_map(|lane| at(lane, t)).collect();
        (0..=self.tasks()).map(seeds).collect()
    }

    /// A rate of a layer in a record.
    pub fn rate(&self, record: &TaskRecord, rate: Rate, layer: usize) -> Option<f64> {
        match rate {
            Rate::Alpha => {
                let matrix = self.described.layers.get(layer)?.matrix;
                record.alpha.get(matrix as usize).copied()
            }
            Rate::Beta => record.beta.get(layer).copied(),
        }
    }
}

/// A head's accuracy under a lesion in a record: its mean, and by task.
pub(super) fn accuracy(
    record: &TaskRecord,
    head: u32,
    lesion: Lesion,
) -> Option<&crate::results::record::Accuracy> {
    let all = &record.evaluation.as_ref()?.accuracy;
    all.iter().find(|a| (a.head, a.lesion) == (head, lesion))
}

/// What an evaluation measured of a layer.
pub(super) fn measured<T: Copy>(
    record: &TaskRecord,
    layer: usize,
    pick: fn(&Evaluation) -> &[T],
) -> Option<T> {
    pick(record.evaluation.as_ref()?).get(layer).copied()
}

//! Which engine took a lane through which of its steps.

use serde::{Deserialize, Serialize};

use super::{LaneResults, Results};
use crate::config::Lane;
use crate::engine::info::EngineInfo;

/// The most changes that are told one by one.
const MOST_CHANGES: usize = 8;

/// A lane going on on another engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineChange {
    /// The first step that it took there, a task's first; 0 where it began there, measured before training.
    pub step: u32,
    /// Where.
    pub engine: EngineInfo,
}

impl LaneResults {
    /// Notes on which engine the lane goes on from a task's first step; `first` is where the run's lanes
    /// began. What was noted of that step and later ones is done again, and taken back.
    pub fn goes_on(&mut self, step: u32, engine: &EngineInfo, first: &EngineInfo) {
        if self.diverged_at_step.is_some() {
            return;
        }
        self.engine_changes.retain(|change| change.step < step);
        let before = self.engine_changes.last().map_or(first, |c| &c.engine);
        if !before.is_same(engine) {
            let engine = engine.clone();
            self.engine_changes.push(EngineChange { step, engine });
        }
    }
}

impl Results {
    /// The changes of engines in words, one for each engine and step: "from step 1200 on, seeds 4 to 7 on
    /// ...".
    pub fn engine_changes(&self) -> Vec<String> {
        let mut changes: Vec<(&EngineChange, Vec<Lane>)> = Vec::new();
        for held in &self.lanes {
            for change in &held.engine_changes {
                let same = |(other, _): &&mut (&EngineChange, Vec<Lane>)| {
                    other.step == change.step && other.engine.is_same(&change.engine)
                };
                match changes.iter_mut().find(same) {
                    Some((_, lanes)) => lanes.push(held.lane()),
                    None => changes.push((change, vec![held.lane()])),
                }
            }
        }
        let told = changes.iter().take(MOST_CHANGES).map(|(change, lanes)| {
            let name = change.engine.name();
            let lanes = self.lanes_in_words(lanes);
            match change.step {
                0 => format!("from their beginning {lanes} on {name}"),
                step => format!("from step {step} on {lanes} on {name}"),
            }
        });
        let mut words: Vec<String> = told.collect();
        if changes.len() > MOST_CHANGES {
            words.push(format!("and {} more changes", changes.len() - MOST_CHANGES));
        }
        words
    }

    /// Lanes, in the configuration's order, by their seeds; and by their condition where it is but one.
    fn lanes_in_words(&self, lanes: &[Lane]) -> String {
        let mut seeds: Vec<u32> = lanes.iter().map(|l| l.seed).collect();
        seeds.dedup();
        let (Some(first), Some(last)) = (seeds.first(), seeds.last()) else {
            return String::new();
        };
        let words = match seeds.len() {
            1 => format!("seed {first}"),
            // Seeds come in order, each once.
            n if (last - first) as usize + 1 == n => format!("seeds {first} to {last}"),
            n => format!("{n} seeds between {first} and {last}"),
        };
        let mut conditions: Vec<_> = lanes.iter().map(|l| l.condition).collect();
        conditions.sort_by_key(|c| self.config.conditions.iter().position(|of| of == c));
        conditions.dedup();
        if conditions.len() == self.config.conditions.len() {
            return words;
        }
        let names: Vec<&str> = conditions.iter().map(|c| c.name()).collect();
        format!("{words} under {}", names.join(", "))
    }
}

//! How large a configuration may be: what its knobs allow one by one may together be more than a computer, or
//! a browser's tab of 4 GB, can hold. It is refused before anything is drawn.
//!
//! Bounds are on what is kept: a seed's schedule (a step has its samples' numbers, and lists cost more than
//! what they hold: [`Config::schedule_bytes`], 130 to 350 MB for a million steps), a network's weights
//! (4 bytes each, and an engine has up to four copies) and the numbers that records hold (8 bytes each, and
//! three times that as text). Time is not bounded: a run can be stopped, and what it measured is kept.

use super::{Config, Problem, TaskKind};

/// Most observe steps of a lane.
pub const MOST_STEPS: u64 = 1_000_000;
/// Most weights of a lane's network.
pub const MOST_WEIGHTS: u64 = 1 << 26;
/// Most numbers in all lanes' records together.
pub const MOST_NUMBERS: u64 = 1 << 24;

/// Pixels of an image, as all data sets so far have them.
const INPUTS: u64 = 28 * 28;
/// Categories where the images' own labels say how many: as MNIST has them. The most there may be would add
/// less than a hundredth to the bound.
const CLASSES: u32 = 10;

impl Config {
    /// Observe steps of a lane.
    fn all_steps(&self) -> u64 {
        let batches = u64::from(self.samples_per_task.div_ceil(self.batch.max(1)));
        u64::from(self.tasks) * batches * u64::from(self.glances)
    }

    /// About how many bytes a seed's schedule takes: its steps with their lists, its tasks' images and
    /// permutations.
    pub fn schedule_bytes(&self) -> u64 {
        let samples = u64::from(self.batch) + u64::from(self.replay);
        let images = u64::from(self.samples_per_task) + u64::from(self.evaluation_images);
        // A step's record, and what an allocator adds to its two lists.
        let permutation = match self.stream {
            TaskKind::Permuted => INPUTS,
            TaskKind::Rotated | TaskKind::Classes => 0,
        };
        self.all_steps() * (56 + 32 + 4 * samples)
            + u64::from(self.tasks) * (images + permutation) * 4
    }

    /// Weights of a lane's network.
    fn weights(&self) -> u64 {
        let (mut weights, mut below) = (0, INPUTS);
        for &units in &self.hidden {
            weights += below * u64::from(units);
            below = units.into();
        }
        if let Some([left, right]) = self.pathways {
            let both = u64::from(left) + u64::from(right);
            weights += below * both;
            below = both;
        }
        let classes = self.data.row().classes.unwrap_or(CLASSES);
        weights + below * (u64::from(classes) + self.all_items())
    }

    fn all_items(&self) -> u64 {
        let items = u64::from(self.tasks) * u64::from(self.samples_per_task);
        if self.item_head { items } else { 0 }
    }

    /// Numbers in all lanes' records, each record's own few counted as 16.
    fn numbers(&self) -> u64 {
        let heads = if self.item_head { 2 } else { 1 };
        let (pathways, lesions) = match self.pathways {
            None => (0, 1),
            Some([left, right]) if left > right => (2, 4),
            Some(_) => (2, 3),
        };
        let layers = self.hidden.len() as u64 + pathways;
        let matrices = layers + heads * pathways.max(1);
        let tasks = u64::from(self.tasks);
        let record = 16 + matrices + layers;
        let evaluation = heads * lesions * (tasks + 3) + layers * (tasks + 2);
        let evaluated = 2 + tasks / u64::from(self.evaluate_every.max(1));
        let lanes = u64::from(self.seeds) * self.conditions.len() as u64;
        lanes * ((tasks + 1) * record + evaluated.min(tasks + 1) * evaluation)
    }

    /// What is more than can be held.
    pub(super) fn too_large(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut bound = |field, has: u64, most: u64, what: &str, instead: &str| {
            if has > most {
                let message = format!("{what} {has}; allowed: up to {most} ({instead})");
                problems.push(Problem::new(field, message));
            }
        };
        bound(
            "samples_per_task",
            self.all_steps(),
            MOST_STEPS,
            &format!(
                "{} tasks of {} images in batches of {}, seen {} times: observe steps of a lane are",
                self.tasks, self.samples_per_task, self.batch, self.glances
            ),
            "fewer tasks, images per task or glances, or a larger batch",
        );
        bound(
            "hidden",
            self.weights(),
            MOST_WEIGHTS,
            "weights of a lane's network are",
            "fewer or narrower layers, or fewer items",
        );
        bound(
            "seeds",
            self.numbers(),
            MOST_NUMBERS,
            &format!(
                "{} seeds under {} conditions, measured on {} tasks: numbers in their records are about",
                self.seeds,
                self.conditions.len(),
                self.tasks
            ),
            "fewer seeds, conditions or tasks, or a larger evaluate_every",
        );
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Condition, EvaluateOn};
    use crate::data::digits;
    use crate::experiments;
    use crate::model::Model;

    fn said(change: impl FnOnce(&mut Config)) -> Vec<(String, String)> {
        let mut config = Config::default();
        change(&mut config);
        let problems = config.problems().into_iter();
        problems.map(|p| (p.field, p.message)).collect()
    }

    #[test]
    fn what_is_too_much_is_said_with_its_bound() {
        let steps = said(|c| {
            (c.tasks, c.samples_per_task, c.batch, c.glances) = (200, 10_000, 1, 20);
        });
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].0, "samples_per_task");
        assert!(
            steps[0].1.contains("are 40000000; allowed: up to 1000000"),
            "{steps:?}"
        );
        let wide = said(|c| c.hidden = vec![4096; 12]);
        assert!(wide.iter().all(|(field, _)| field == "hidden") && wide.len() == 1);
        let many =
            said(|c| (c.tasks, c.seeds, c.conditions) = (200, 4096, Condition::ALL.to_vec()));
        assert!(many.iter().all(|(field, _)| field == "seeds") && many.len() == 1);
    }

    #[test]
    fn what_can_be_held_is_allowed() {
        for e in experiments::all() {
            assert!(e.config.too_large().is_empty(), "{}", e.id);
        }
        // 4000 lanes of a million steps each, measured at the beginning and at the end.
        let most = said(|c| {
            (c.tasks, c.samples_per_task, c.batch, c.glances) = (100, 10_000, 1, 1);
            (c.seeds, c.evaluate_every, c.conditions) =
                (2000, 200, vec![Condition::Meta, Condition::Baseline]);
        });
        assert!(most.is_empty(), "{most:?}");
        assert!(said(|c| c.hidden = vec![4096; 4]).is_empty());
        assert!(said(|c| (c.tasks, c.samples_per_task) = (200, 10_000)).is_empty());
    }

    #[test]
    fn schedules_take_what_is_said() {
        let mut config = Config::default();
        assert_eq!(config.schedule_bytes(), 800 * (88 + 40) + 20 * 700 * 4);
        (config.tasks, config.samples_per_task, config.batch) = (100, 10_000, 1);
        (config.glances, config.replay) = (1, 48);
        assert!(config.too_large().is_empty());
        assert!(config.schedule_bytes() < 350 << 20);
    }

    /// Counted ahead is what the network and the stream then have.
    #[test]
    fn sizes_are_those_of_the_network_and_the_stream() {
        for e in experiments::all() {
            let model = Model::new(&e.config, &digits(0, 0, 0).info);
            assert_eq!(e.config.weights(), model.parameters() as u64, "{}", e.id);
            assert_eq!(
                e.config.all_steps(),
                u64::from(e.config.steps()),
                "{}",
                e.id
            );
            let lesions = model.heads.len() * model.lesions().len();
            let tasks = e.config.tasks as usize;
            let evaluation = lesions * (tasks + 3) + model.layers.len() * (tasks + 2);
            let record = 16 + model.matrices.len() + model.layers.len();
            let all = e.config.lanes().len() * (tasks + 1) * (record + evaluation);
            assert_eq!(e.config.numbers(), all as u64, "{}", e.id);
        }
        let learned = Config {
            item_head: true,
            evaluate_on: EvaluateOn::Learned,
            evaluation_images: 10,
            pathways: Some([40, 40]),
            ..Config::default()
        };
        let model = Model::new(&learned, &digits(0, 0, 0).info);
        assert_eq!(learned.weights(), model.parameters() as u64);
    }
}

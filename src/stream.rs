//! The stream of one seed: its tasks, images, angles, order and replay, as a schedule.
//!
//! Every draw comes from a counter-based generator (ChaCha) keyed by the seed, with one stream for each
//! purpose: changing one knob does not move another purpose's draws, and every engine and platform
//! follows the same schedule, bit for bit.

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::config::{Config, EvaluateOn};

/// What random numbers are drawn for; each has a stream of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Initial weights.
    Weights = 1,
    /// The tasks' angles.
    Angles = 2,
    /// Training images of the tasks.
    TrainingImages = 3,
    /// Evaluation images of the tasks.
    EvaluationImages = 4,
    /// The order in which a task's images come.
    RunRequest = 5,
    /// What the reservoir keeps.
    Reservoir = 6,
    /// What is replayed.
    Replay = 7,
    /// The order within a batch at its second and later glances.
    Glances = 8,
    /// Which units of the left pathway the lesion of some of them silences.
    Lesion = 9,
    /// Resampling and sign flips of statistics.
    Statistics = 10,
}

/// The generator of one seed for one purpose.
pub fn random(seed: u32, purpose: Purpose) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed.into());
    rng.set_stream(purpose as u64);
    rng
}

/// Why a stream can't be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// A task asks for more images than there are.
    #[error("each task asks for {wanted} {which} images, but the data set has only {held}")]
    TooFewImages {
        /// "training" or "test".
        which: &'static str,
        /// Images asked for.
        wanted: u32,
        /// Images there are.
        held: u32,
    },
}

/// One task: images under one rotation.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Rotation in degrees, counter-clockwise as seen.
    pub angle: f64,
    /// Training images: indices into the training set.
    pub training: Vec<u32>,
    /// Evaluation images: indices into the test set, or (learned items) into the training set.
    pub evaluation: Vec<u32>,
}

/// What one observe step sees. A *sample* is `task * samples_per_task + i`, the i-th training image of a
/// task; it is the item's label as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The task being learned.
    pub task: u32,
    /// Current samples, in the order of the inner steps.
    pub current: Vec<u32>,
    /// Replayed samples; empty while the memory is.
    pub replay: Vec<u32>,
}

/// One seed's whole schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// Which seed.
    pub seed: u32,
    /// The tasks in order.
    pub tasks: Vec<Task>,
    /// All observe steps in order.
    pub steps: Vec<Step>,
    /// Training images of each task.
    pub samples_per_task: u32,
}

impl Stream {
    /// Draws one seed's stream from data sets of `train` and `test` images.
    ///
    /// # Errors
    /// [`StreamError::TooFewImages`] if a task asks for more images than there are.
    pub fn new(config: &Config, seed: u32, train: u32, test: u32) -> Result<Self, StreamError> {
        let enough = |which, wanted, held| {
            if wanted > held {
                Err(StreamError::TooFewImages {
                    which,
                    wanted,
                    held,
                })
            } else {
                Ok(())
            }
        };
        enough("training", config.samples_per_task, train)?;
        if config.evaluate_on == EvaluateOn::Test {
            enough("test", config.evaluation_images, test)?;
        }
        let mut angles = random(seed, Purpose::Angles);
        let mut training = Deck::new(random(seed, Purpose::TrainingImages), train);
        let mut evaluation = Deck::new(random(seed, Purpose::EvaluationImages), test);
        let tasks: Vec<Task> = (0..config.tasks)
            .map(|t| {
                let within: f64 = angles.random();
                let training = training.deal(config.samples_per_task);
                let evaluation = match config.evaluate_on {
                    EvaluateOn::Test => evaluation.deal(config.evaluation_images),
                    EvaluateOn::Learned => training[..config.evaluation_images as usize].to_vec(),
                };
                Task {
                    angle: (f64::from(t) + within) * config.degrees_per_task,
                    training,
                    evaluation,
                }
            })
            .collect();
        Ok(Self {
            seed,
            tasks,
            steps: steps(config, seed),
            samples_per_task: config.samples_per_task,
        })
    }

    /// The training-set image of a sample.
    pub fn image(&self, sample: u32) -> u32 {
        self.tasks[(sample / self.samples_per_task) as usize].training
            [(sample % self.samples_per_task) as usize]
    }

    /// The task whose rotation a sample has.
    pub fn task_of(&self, sample: u32) -> u32 {
        sample / self.samples_per_task
    }

    /// SHA-256 (hex) over every number of the schedule, to compare platforms by.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for task in &self.tasks {
            hash.update(task.angle.to_bits().to_le_bytes());
            for i in task.training.iter().chain(&task.evaluation) {
                hash.update(i.to_le_bytes());
            }
        }
        for step in &self.steps {
            hash.update(step.task.to_le_bytes());
            for list in [&step.current, &step.replay] {
                hash.update((list.len() as u32).to_le_bytes());
                for i in list {
                    hash.update(i.to_le_bytes());
                }
            }
        }
        crate::data::hex(&hash.finalize())
    }

    /// SHA-256 (hex) over the schedule and initial weights: everything that is drawn before the first step.
    pub fn draws(&self, weights: &[Vec<f32>]) -> String {
        let mut hash = Sha256::new();
        hash.update(self.digest());
        for w in weights.iter().flatten() {
            hash.update(w.to_bits().to_le_bytes());
        }
        crate::data::hex(&hash.finalize())
    }
}

/// All observe steps of one seed: order, memory and replay.
fn steps(config: &Config, seed: u32) -> Vec<Step> {
    let mut order_rng = random(seed, Purpose::RunRequest);
    let mut glance_rng = random(seed, Purpose::Glances);
    let mut replay_rng = random(seed, Purpose::Replay);
    let mut memory = Reservoir::new(config.memory, random(seed, Purpose::Reservoir));
    let mut steps = Vec::with_capacity(config.steps() as usize);
    for task in 0..config.tasks {
        let first = task * config.samples_per_task;
        let mut order: Vec<u32> = (first..first + config.samples_per_task).collect();
        order.shuffle(&mut order_rng);
        for batch in order.chunks(config.batch as usize) {
            let mut current = batch.to_vec();
            for glance in 0..config.glances {
                if glance > 0 {
                    current.shuffle(&mut glance_rng);
                }
                let held = memory.slots.len() as u32;
                let replay = if held == 0 {
                    Vec::new()
                } else {
                    (0..config.replay)
                        .map(|_| memory.slots[replay_rng.random_range(0..held) as usize])
                        .collect()
                };
                steps.push(Step {
                    task,
                    current: current.clone(),
                    replay,
                });
            }
            for &sample in batch {
                memory.see(sample);
            }
        }
    }
    steps
}

/// A reservoir that keeps a uniform choice of everything seen (with the authors' off-by-one: the
/// n-th sample draws from n + 1 values).
struct Reservoir {
    size: u32,
    age: u32,
    slots: Vec<u32>,
    rng: ChaCha8Rng,
}

impl Reservoir {
    fn new(size: u32, rng: ChaCha8Rng) -> Self {
        Self {
            size,
            age: 0,
            slots: Vec::new(),
            rng,
        }
    }

    fn see(&mut self, sample: u32) {
        self.age += 1;
        if (self.slots.len() as u32) < self.size {
            self.slots.push(sample);
            return;
        }
        let slot = self.rng.random_range(0..=self.age);
        if slot < self.size {
            self.slots[slot as usize] = sample;
        }
    }
}

/// Deals indices without replacement; when too few are left for a hand, all are shuffled anew. So one
/// stream repeats no image while the data set lasts, and no task ever does.
struct Deck {
    rng: ChaCha8Rng,
    cards: Vec<u32>,
    dealt: usize,
}

impl Deck {
    fn new(rng: ChaCha8Rng, cards: u32) -> Self {
        Self {
            rng,
            cards: (0..cards).collect(),
            dealt: 0,
        }
    }

    fn deal(&mut self, hand: u32) -> Vec<u32> {
        if self.dealt + hand as usize > self.cards.len() {
            self.dealt = 0;
        }
        let start = self.dealt;
        // Fisher and Yates, as far as this hand goes.
        for i in start..start + hand as usize {
            let j = self.rng.random_range(i as u32..self.cards.len() as u32) as usize;
            self.cards.swap(i, j);
        }
        self.dealt += hand as usize;
        self.cards[start..self.dealt].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments;

    fn stream(change: impl FnOnce(&mut Config)) -> Stream {
        let mut config = experiments::find("figure1").unwrap().config;
        change(&mut config);
        Stream::new(&config, 3, 60_000, 10_000).unwrap()
    }

    #[test]
    fn one_pass_sees_every_sample_once() {
        let s = stream(|_| {});
        assert_eq!(s.steps.len(), 800);
        let mut seen: Vec<u32> = s.steps.iter().flat_map(|s| s.current.clone()).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..4000).collect::<Vec<_>>());
        for step in &s.steps {
            assert!(step.current.iter().all(|&x| s.task_of(x) == step.task));
        }
    }

    #[test]
    fn replay_holds_only_what_was_seen_before_the_step() {
        let s = stream(|c| c.glances = 2);
        let mut seen = std::collections::HashSet::new();
        assert!(s.steps[0].replay.is_empty() && s.steps[1].replay.is_empty());
        for pair in s.steps.chunks(2) {
            for step in pair {
                assert!(step.replay.iter().all(|x| seen.contains(x)));
            }
            let mut again = pair[1].current.clone();
            again.sort_unstable();
            let mut once = pair[0].current.clone();
            once.sort_unstable();
            assert_eq!(once, again);
            seen.extend(once);
        }
        assert!(s.steps[2..].iter().all(|s| s.replay.len() == 5));
    }

    #[test]
    fn the_reservoir_keeps_old_and_new_alike() {
        let s = stream(|_| {});
        // Replay during the last task: its mean task is near the middle of the stream.
        let last = &s.steps[760..];
        let tasks: Vec<f64> = last
            .iter()
            .flat_map(|x| &x.replay)
            .map(|&x| f64::from(s.task_of(x)))
            .collect();
        let mean = tasks.iter().sum::<f64>() / tasks.len() as f64;
        assert!((7.0..12.0).contains(&mean), "{mean}");
    }

    #[test]
    fn angles_lie_in_their_intervals_and_images_are_distinct() {
        let s = stream(|_| {});
        for (t, task) in s.tasks.iter().enumerate() {
            assert!((t as f64 * 9.0..(t + 1) as f64 * 9.0).contains(&task.angle));
            assert_eq!((task.training.len(), task.evaluation.len()), (200, 500));
        }
        let mut all: Vec<u32> = s.tasks.iter().flat_map(|t| t.training.clone()).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4000);
    }

    #[test]
    fn one_knob_does_not_move_another_purposes_draws() {
        let a = stream(|_| {});
        let b = stream(|c| c.replay = 3);
        assert_eq!(a.tasks, b.tasks);
        assert!(
            a.steps
                .iter()
                .zip(&b.steps)
                .all(|(a, b)| a.current == b.current)
        );
        assert_ne!(a.digest(), b.digest());
    }

    #[test]
    fn a_ragged_last_batch_is_kept() {
        let s = stream(|c| c.samples_per_task = 12);
        let sizes: Vec<usize> = s.steps[..3].iter().map(|s| s.current.len()).collect();
        assert_eq!(sizes, [5, 5, 2]);
    }

    #[test]
    fn too_few_images_are_named() {
        let config = experiments::find("figure1").unwrap().config;
        let e = Stream::new(&config, 0, 100, 10_000).unwrap_err();
        assert_eq!(
            e.to_string(),
            "each task asks for 200 training images, but the data set has only 100"
        );
    }
}

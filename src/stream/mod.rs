//! The stream of one seed: its tasks, images, order and replay, as a schedule. What tells tasks apart is a
//! [`View`] each ([`views()`]), which images they have is in [`images`], and in which order these come in
//! [`order`]. docs/streams.md says what each kind of stream is for.
//!
//! Every draw comes from a counter-based generator (ChaCha) keyed by the seed, with one stream for each
//! purpose: changing one knob does not move another purpose's draws, and every engine and platform
//! follows the same schedule, bit for bit.

mod images;
mod order;
#[cfg(test)]
mod tests;
mod views;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

use crate::config::{Config, EvaluateOn};
use crate::data::{ClassSet, Pool};

pub use views::{View, first_views, views};

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
    /// The order in which a task's images come, or all tasks' together.
    Order = 5,
    /// What the reservoir keeps.
    Reservoir = 6,
    /// Which samples of the reservoir each step replays.
    Replay = 7,
    /// The order within a batch at its second and later glances.
    Glances = 8,
    /// Which units of the left pathway the lesion of some of them silences.
    Lesion = 9,
    /// Resampling and sign flips of statistics.
    Statistics = 10,
    /// The tasks' permutations of pixels.
    Permutations = 11,
    /// Which classes a task has.
    Classes = 12,
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
    /// A task asks for more images of one of its classes than there are.
    #[error(
        "a task asks for {wanted} {which} images of class {class}, but the data set has only {held}"
    )]
    TooFewOfClass {
        /// "training" or "test".
        which: &'static str,
        /// The class, counted from 0.
        class: u32,
        /// Images asked for.
        wanted: u32,
        /// Images there are.
        held: u32,
    },
    /// More tasks than classes can be dealt to.
    #[error(
        "{tasks} tasks with at least {each} classes each need more than the data set's {classes}"
    )]
    TooFewClasses {
        /// Tasks asked for.
        tasks: u32,
        /// The least that a task must have: two where it has a head of its own, to tell something apart.
        each: u32,
        /// Classes there are.
        classes: u32,
    },
}

/// One task: images under one view.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// How it shows images, and which classes it has.
    pub view: View,
    /// Training images: indices into the training set.
    pub training: Vec<u32>,
    /// Evaluation images: indices into the test set, or (learned items) into the training set.
    pub evaluation: Vec<u32>,
}

/// What one observe step sees. A *sample* is `task * samples_per_task + i`, the i-th training image of a
/// task; it is the item's label as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The task being learned; in mixed order the stretch, as long as a task, that the step is in.
    pub task: u32,
    /// Current samples, in the order of the inner steps.
    pub current: Vec<u32>,
    /// Replayed samples; empty while the memory is.
    pub replay: Vec<u32>,
}

/// One seed's whole schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Stream {
    /// The seed that all of it is drawn from.
    pub seed: u32,
    /// The tasks in order.
    pub tasks: Vec<Task>,
    /// All observe steps in order.
    pub steps: Vec<Step>,
    /// Training images of each task.
    pub samples_per_task: u32,
    /// Whether each task is answered among its own classes only.
    pub own_heads: bool,
}

impl Stream {
    /// Draws one seed's stream from a data set.
    ///
    /// # Errors
    /// If the data set has too few images, or classes, for what a task asks for.
    pub fn new(config: &Config, seed: u32, pool: &Pool<'_>) -> Result<Self, StreamError> {
        let counts = [pool.train.len() as u32, pool.test.len() as u32];
        let views = views(config, seed, pool.side, pool.classes, counts)?;
        let mut images = images::Images::new(config, seed, pool);
        let tasks = views.into_iter().map(|view| {
            let training = images.training(view.classes)?;
            let evaluation = match config.evaluate_on {
                EvaluateOn::Test => images.evaluation(view.classes)?,
                EvaluateOn::Learned => training[..config.evaluation_images as usize].to_vec(),
            };
            Ok(Task {
                view,
                training,
                evaluation,
            })
        });
        Ok(Self {
            seed,
            tasks: tasks.collect::<Result<_, _>>()?,
            steps: order::steps(config, seed),
            samples_per_task: config.samples_per_task,
            own_heads: config.own_heads,
        })
    }

    /// The training-set image of a sample.
    pub fn image(&self, sample: u32) -> u32 {
        self.tasks[(sample / self.samples_per_task) as usize].training
            [(sample % self.samples_per_task) as usize]
    }

    /// The task that a sample is of: it is shown as that shows it.
    pub fn task_of(&self, sample: u32) -> u32 {
        sample / self.samples_per_task
    }

    /// The classes that a task's images are told apart among; none where it is among all.
    pub fn among(&self, task: u32) -> Option<ClassSet> {
        let task = self.tasks.get(task as usize).filter(|_| self.own_heads)?;
        task.view.classes
    }

    /// SHA-256 (hex) over every number of the schedule, to compare platforms by.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for task in &self.tasks {
            hash.update(task.view.angle.to_bits().to_le_bytes());
            // Only what the kind of stream has: digests of streams without are what they were.
            let permutation = task.view.permutation.iter().flat_map(|p| p.iter().copied());
            let classes = task.view.classes.iter().flat_map(|c| c.words());
            let images = task.training.iter().chain(&task.evaluation).copied();
            for i in permutation.chain(classes).chain(images) {
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

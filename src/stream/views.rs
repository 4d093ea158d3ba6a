//! What tells tasks apart: an angle, a permutation of pixels, or classes. All of it follows from the
//! settings, the seed and the data set's shape, so that who has only a results file knows it too.

use std::sync::Arc;

use rand::RngExt;
use rand::seq::SliceRandom;

use super::{Purpose, StreamError, random};
use crate::config::{Config, EvaluateOn, TaskKind};
use crate::data::{ClassSet, DataInfo, Rotation, Turn};

/// How a task shows images, and which classes it has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Rotation in degrees, counter-clockwise as seen; 0 where tasks differ in something else.
    pub angle: f64,
    /// For each pixel as the task shows it, which pixel of the image it is; none where they stay where they
    /// are.
    pub permutation: Option<Arc<[u32]>>,
    /// The classes that its images are of; none where they are of all.
    pub classes: Option<ClassSet>,
}

impl View {
    /// Made ready for many images of `side` x `side` pixels.
    pub fn turn(&self, side: u32) -> Turn {
        let turn = Turn::new(Rotation::degrees(self.angle), side);
        match &self.permutation {
            Some(permutation) => turn.permuted(permutation),
            None => turn,
        }
    }
}

/// Every task's view in a configuration's first seed, of the data set that is told.
///
/// # Errors
/// See [`views`].
pub fn first_views(config: &Config, data: &DataInfo) -> Result<Vec<View>, StreamError> {
    let counts = [data.train, data.test];
    views(config, config.first_seed, data.side, data.classes, counts)
}

/// Every task's view, of a data set of images of `side` x `side` pixels in so many classes, of which there
/// are `counts` training and test images.
///
/// # Errors
/// If the data set has too few images, or classes, for what a task asks for.
pub fn views(
    config: &Config,
    seed: u32,
    side: u32,
    classes: u32,
    counts: [u32; 2],
) -> Result<Vec<View>, StreamError> {
    enough("training", config.samples_per_task, counts[0])?;
    if config.evaluate_on == EvaluateOn::Test {
        enough("test", config.evaluation_images, counts[1])?;
    }
    match config.stream {
        TaskKind::Rotated => {
            let mut angles = random(seed, Purpose::Angles);
            let angle = |t| {
                let within: f64 = angles.random();
                (f64::from(t) + within) * config.degrees_per_task
            };
            let of = |angle| View {
                angle,
                ..View::default()
            };
            Ok((0..config.tasks).map(angle).map(of).collect())
        }
        TaskKind::Permuted => {
            let mut rng = random(seed, Purpose::Permutations);
            let of = |_| {
                let mut permutation: Vec<u32> = (0..side * side).collect();
                permutation.shuffle(&mut rng);
                View {
                    permutation: Some(permutation.into()),
                    ..View::default()
                }
            };
            Ok((0..config.tasks).map(of).collect())
        }
        TaskKind::Classes => {
            let each = if config.own_heads { 2 } else { 1 };
            if u64::from(config.tasks) * u64::from(each) > u64::from(classes) {
                return Err(StreamError::TooFewClasses {
                    tasks: config.tasks,
                    each,
                    classes,
                });
            }
            let mut order: Vec<u32> = (0..classes).collect();
            order.shuffle(&mut random(seed, Purpose::Classes));
            let of = |task| {
                let places = config.class_places(task, classes);
                let mine = &order[places.start as usize..places.end as usize];
                View {
                    classes: Some(mine.iter().copied().collect()),
                    ..View::default()
                }
            };
            Ok((0..config.tasks).map(of).collect())
        }
    }
}

fn enough(which: &'static str, wanted: u32, held: u32) -> Result<(), StreamError> {
    if wanted > held {
        return Err(StreamError::TooFewImages {
            which,
            wanted,
            held,
        });
    }
    Ok(())
}

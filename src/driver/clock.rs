//! How long a run's work takes: what fills a slice, how fast lanes learn, what is left.

use std::time::Duration;

use super::SLICE;

/// Measured times of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock {
    /// Seconds of a step of the wave in progress.
    step_seconds: Option<f64>,
    /// Seconds of evaluating an image of each of its lanes.
    image_seconds: Option<f64>,
    /// Time spent in training and evaluation before the run was stopped and gone on with.
    before: (Duration, Duration),
    /// Time spent in observe steps, and the lane-steps taken in it.
    training: Duration,
    timed_lane_steps: u64,
    /// Time spent in evaluations, and the lane-images evaluated in it.
    evaluation: Duration,
    timed_lane_images: f64,
    /// Lane-steps and lane-images that need not be done again.
    pub(super) done_lane_steps: u64,
    pub(super) done_lane_images: f64,
}

impl Clock {
    /// Seconds spent so far in training and evaluation, also before the run was stopped.
    pub(super) fn seconds(&self) -> (f64, f64) {
        let (training, evaluation) = self.before;
        (
            (training + self.training).as_secs_f64(),
            (evaluation + self.evaluation).as_secs_f64(),
        )
    }

    /// Takes over the seconds that were spent before the run was stopped.
    pub(super) fn restore(&mut self, training: f64, evaluation: f64) {
        let seconds = |s: f64| Duration::try_from_secs_f64(s).unwrap_or_default();
        self.before.0 = self.before.0.max(seconds(training));
        self.before.1 = self.before.1.max(seconds(evaluation));
    }

    /// Counts steps of the wave's lanes.
    pub(super) fn trained(&mut self, steps: u32, lanes: usize, took: Duration) {
        let each = took.as_secs_f64() / f64::from(steps.max(1));
        // The first step also prepares its passes: it would say too much.
        self.step_seconds = Some(self.step_seconds.map_or(each, |was| 0.7 * was + 0.3 * each));
        self.training += took;
        let lane_steps = u64::from(steps) * lanes as u64;
        self.timed_lane_steps += lane_steps;
        self.done_lane_steps += lane_steps;
    }

    /// Counts images evaluated with each of the wave's lanes.
    pub(super) fn evaluated(&mut self, images: u32, lanes: usize, took: Duration) {
        let each = took.as_secs_f64() / f64::from(images.max(1));
        self.image_seconds = Some(self.image_seconds.map_or(each, |was| 0.5 * (was + each)));
        self.evaluation += took;
        let lane_images = f64::from(images) * lanes as f64;
        self.timed_lane_images += lane_images;
        self.done_lane_images += lane_images;
    }

    /// Steps that fill a slice; one before their time is known.
    pub(super) fn steps_of_a_slice(&self) -> u32 {
        let fit = |seconds: f64| (SLICE / seconds.max(1e-6)) as u32;
        self.step_seconds.map_or(1, fit).max(1)
    }

    /// Images that are evaluated in so many seconds; one before their time is known.
    pub(super) fn images_of(&self, seconds: f64) -> u32 {
        self.image_seconds
            .map_or(1, |each| (seconds / each.max(1e-9)) as u32)
    }

    /// Lane-steps a second; none before it is known.
    pub(super) fn lane_steps_per_second(&self) -> Option<f64> {
        let taken = self.timed_lane_steps as f64;
        (taken > 0.0).then(|| taken / self.training.as_secs_f64().max(1e-9))
    }

    /// Seconds that evaluating so many lane-images takes.
    pub(super) fn evaluation_seconds(&self, lane_images: f64) -> f64 {
        self.evaluation.as_secs_f64() / self.timed_lane_images.max(1.0) * lane_images.max(0.0)
    }
}

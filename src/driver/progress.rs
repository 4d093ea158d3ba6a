//! How far a run is, and how long the rest will take, from what was measured.

use serde::Serialize;

use super::{Driver, Next};

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Progress {
    /// Lane-steps done, in all waves.
    pub lane_steps: u32,
    /// Lane-steps in all.
    pub lane_steps_total: u32,
    /// Observe steps done in the wave in progress.
    pub step: u32,
    /// Observe steps of one lane.
    pub steps: u32,
    /// The task in progress, from 0.
    pub task: u32,
    /// Tasks of the stream.
    pub tasks: u32,
    /// The wave in progress, from 0.
    pub wave: u32,
    /// How many waves.
    pub waves: u32,
    /// Measured speed in lane-steps a second; none before it is known.
    pub lane_steps_per_second: Option<f64>,
    /// Estimated seconds to the end, evaluations counted; none before it is known.
    pub seconds_left: Option<f64>,
}

impl Driver {
    /// How far the run is.
    pub fn progress(&self) -> Progress {
        let steps = self.config.steps();
        let total = steps * self.lanes.len() as u32;
        let step = match self.next {
            Next::Step(step) => step,
            _ => self.learned_tasks * self.config.steps_per_task(),
        };
        let speed = (self.timed_lane_steps > 0)
            .then(|| f64::from(self.timed_lane_steps) / self.training.as_secs_f64().max(1e-9));
        let images = self.images_of_evaluations(self.lanes.len(), self.evaluations());
        let each = self.evaluation.as_secs_f64() / self.timed_lane_images.max(1.0);
        let measuring = each * (images - self.done_lane_images).max(0.0);
        let seconds_left = speed
            .map(|speed| f64::from(total.saturating_sub(self.done_lane_steps)) / speed + measuring);
        Progress {
            lane_steps: self.done_lane_steps,
            lane_steps_total: total,
            step,
            steps,
            task: (step / self.config.steps_per_task()).min(self.config.tasks - 1),
            tasks: self.config.tasks,
            wave: self.wave as u32,
            waves: self.waves.len() as u32,
            lane_steps_per_second: speed,
            seconds_left,
        }
    }
}

//! How far a run is, and how long the rest will take, from what was measured.

use serde::Serialize;

use super::{Driver, Next};

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Progress {
    /// Lane-steps done, in all waves.
    pub lane_steps: u64,
    /// Lane-steps in all.
    pub lane_steps_total: u64,
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
        let steps = self.run.config.steps();
        let total = u64::from(steps) * self.run.lanes.len() as u64;
        let step = match self.next {
            Next::Step(step) => step,
            _ => self.learned_tasks * self.run.config.steps_per_task(),
        };
        let speed = self.clock.lane_steps_per_second();
        let evaluations = self.run.evaluations_to(self.run.config.tasks);
        let images = self.run.lane_images(self.run.lanes.len(), evaluations);
        let measuring = self
            .clock
            .evaluation_seconds(images - self.clock.done_lane_images);
        let left = total.saturating_sub(self.clock.done_lane_steps) as f64;
        let seconds_left = speed.map(|speed| left / speed + measuring);
        Progress {
            lane_steps: self.clock.done_lane_steps,
            lane_steps_total: total,
            step,
            steps,
            task: (step / self.run.config.steps_per_task()).min(self.run.config.tasks - 1),
            tasks: self.run.config.tasks,
            wave: self.wave as u32,
            waves: self.waves.len() as u32,
            lane_steps_per_second: speed,
            seconds_left,
        }
    }
}

//! Going on after a device was lost: from the last task end, with the same numbers.

use super::{Driver, Next, RunError};
use crate::engine::{Device, EngineError};
use crate::results::record::TaskRecord;

impl Driver {
    /// Goes on with another device after one was lost: from the last task end, or from the beginning of the
    /// wave where lanes' values were too large to keep.
    ///
    /// # Errors
    /// If the lanes do not fit this device.
    pub fn resume(&mut self, device: Device) -> Result<(), RunError> {
        self.engine = None;
        self.device = device;
        self.recovered = true;
        let Some(wave) = self.waves.get(self.wave).cloned() else {
            return Ok(());
        };
        if matches!(self.next, Next::Size { .. }) {
            return Ok(());
        }
        let tasks = self.checkpoint.as_ref().map(|c| c.tasks_learned);
        for &lane in &wave {
            let kept = |r: &TaskRecord| tasks.is_some_and(|t| r.tasks_learned <= t);
            self.results[lane].records.retain(kept);
        }
        let before: usize = self.waves[..self.wave].iter().map(Vec::len).sum();
        let steps = tasks.unwrap_or(0) * self.config.steps_per_task();
        self.done_lane_steps = before as u32 * self.config.steps() + wave.len() as u32 * steps;
        let evaluations = (0..=self.config.tasks).filter(|&t| self.is_evaluated(t));
        let done = evaluations.filter(|&t| tasks.is_some_and(|tasks| t <= tasks));
        self.done_lane_images = self.images_of_evaluations(before, self.evaluations())
            + self.images_of_evaluations(wave.len(), done.count());
        self.begin_wave()
    }

    /// Opens the engine that was asked for anew and resumes on it; false if that was tried already since
    /// the last task end, so that it is of no use.
    ///
    /// # Errors
    /// If no device can be had, or the lanes do not fit it.
    pub async fn recover(&mut self) -> Result<bool, RunError> {
        if self.recovered {
            return Ok(false);
        }
        let device = Device::of(self.info.kind, &self.config).await;
        self.resume(device.map_err(EngineError::from)?)?;
        Ok(true)
    }
}

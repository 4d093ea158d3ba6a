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
        let tasks = self.kept.as_ref().map(|c| c.tasks_learned);
        for &lane in &wave {
            let kept = |r: &TaskRecord| tasks.is_some_and(|t| r.tasks_learned <= t);
            self.results[lane].records.retain(kept);
        }
        self.count_done();
        self.begin_wave()
    }

    /// Sets what need not be done again: the lanes that ended, and the wave in progress up to what is kept.
    pub(super) fn count_done(&mut self) {
        let tasks = self.kept.as_ref().map(|kept| kept.tasks_learned);
        let in_waves: usize = self.waves[..self.wave].iter().map(Vec::len).sum();
        let before = self.ended_before + in_waves;
        let wave = self.waves.get(self.wave).map_or(0, Vec::len);
        let steps = tasks.unwrap_or(0) * self.run.config.steps_per_task();
        let lane_steps = |lanes: usize, steps: u32| lanes as u64 * u64::from(steps);
        self.clock.done_lane_steps =
            lane_steps(before, self.run.config.steps()) + lane_steps(wave, steps);
        let whole = self.run.evaluations_to(self.run.config.tasks);
        let done = tasks.map_or(0, |tasks| self.run.evaluations_to(tasks));
        self.clock.done_lane_images =
            self.run.lane_images(before, whole) + self.run.lane_images(wave, done);
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
        let device = Device::of(self.info.kind, &self.run.config).await;
        self.resume(device.map_err(EngineError::from)?)?;
        Ok(true)
    }
}

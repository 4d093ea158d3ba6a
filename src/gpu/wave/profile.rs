//! How long each stage takes, for finding where time goes.

use web_time::Instant;

use super::GpuWave;
use super::submit::Prepared;
use crate::gpu::GpuError;
use crate::gpu::kernels::STAGES;

/// Seconds that the repetitions of a stage take at least,
const SECONDS: f64 = 0.05;
/// unless there are so many.
const MOST: u32 = 64;

/// What a stage takes of an observe step or of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StageTime {
    /// The stage's name: that of its file in `shaders/`.
    pub stage: &'static str,
    /// How many dispatches of it there are in one step, or in one evaluation.
    pub dispatches: u32,
    /// Seconds of all of them.
    pub seconds: f64,
}

/// What every stage takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageTimes {
    /// Of an observe step of all lanes.
    pub step: Vec<StageTime>,
    /// Of an evaluation of as many images as are taken at once, by all lanes.
    pub evaluation: Vec<StageTime>,
}

impl GpuWave {
    /// Seconds that each stage takes in one observe step: its dispatches alone, over and over. The lanes
    /// learn from what does not belong together.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn step_times(&mut self, shape: (u32, u32)) -> Result<Vec<StageTime>, GpuError> {
        self.advance(&[shape], true);
        let prepared = self.prepare(&self.training, self.step(shape, true));
        self.times(&prepared).await
    }

    /// The same of the evaluation of the first task's first images, as many as are evaluated at once. Its
    /// counts are of no use afterwards.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn evaluation_times(&mut self) -> Result<Vec<StageTime>, GpuError> {
        let images = 0..self.evaluation_capacity.min(self.per_task);
        self.evaluate(0, images.clone(), true);
        let prepared = self.prepare(&self.evaluation, self.piece(0, images, true));
        self.times(&prepared).await
    }

    async fn times(&self, prepared: &Prepared) -> Result<Vec<StageTime>, GpuError> {
        self.wait().await?;
        let mut all = Vec::new();
        for stage in STAGES {
            let mine: Vec<usize> = (0..prepared.list.len())
                .filter(|&i| prepared.list[i].stage == *stage)
                .collect();
            if mine.is_empty() {
                continue;
            }
            let mut times = 1;
            let seconds = loop {
                let start = Instant::now();
                self.repeat(prepared, &mine, times);
                self.wait().await?;
                let seconds = start.elapsed().as_secs_f64();
                if seconds >= SECONDS || times >= MOST {
                    break seconds / f64::from(times);
                }
                times *= 2;
            };
            all.push(StageTime {
                stage: stage.name,
                dispatches: mine.len() as u32,
                seconds,
            });
        }
        Ok(all)
    }

    /// Submits some of a list's dispatches, all of one stage, so many times.
    fn repeat(&self, prepared: &Prepared, dispatches: &[usize], times: u32) {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            for _ in 0..times {
                for &i in dispatches {
                    self.encode_one(&mut pass, &prepared.list[i], &prepared.groups[i]);
                }
            }
        }
        self.gpu.queue.submit([encoder.finish()]);
    }
}

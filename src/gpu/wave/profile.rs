//! How long each stage takes, for finding where time goes.

use super::GpuWave;
use crate::gpu::GpuError;
use crate::gpu::kernels::STAGES;
use crate::gpu::passes;

impl GpuWave {
    /// Seconds that each stage takes in one observe step: its dispatches alone, `times` over.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn profile(
        &mut self,
        shape: (u32, u32),
        times: u32,
    ) -> Result<Vec<(&'static str, usize, f64)>, GpuError> {
        let list = passes::observe_step(
            &self.model,
            &self.rule,
            &self.training.at,
            self.lanes,
            shape,
            true,
        );
        let prepared = self.prepare(&self.training, list);
        let mut all = Vec::new();
        for stage in STAGES {
            let mine: Vec<usize> = (0..prepared.list.len())
                .filter(|&i| prepared.list[i].stage == *stage)
                .collect();
            self.advance(&[shape], true);
            self.wait().await?;
            let start = web_time::Instant::now();
            let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(self.gpu.pipeline(stage));
                for _ in 0..times {
                    for &i in &mine {
                        pass.set_bind_group(0, &prepared.groups[i], &[]);
                        let [x, y, z] = prepared.list[i].groups;
                        pass.dispatch_workgroups(x, y, z);
                    }
                }
            }
            self.gpu.queue.submit([encoder.finish()]);
            self.wait().await?;
            all.push((
                stage.name,
                mine.len(),
                start.elapsed().as_secs_f64() / f64::from(times),
            ));
        }
        Ok(all)
    }
}

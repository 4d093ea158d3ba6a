//! What the host writes: lanes, entries of steps, inputs, zeros.

use super::transpose::transpose;
use super::{GpuWave, LaneStart};
use crate::gpu::layout::pad;
use crate::gpu::records::misc;

impl GpuWave {
    /// Puts a lane's values on the GPU; it starts counting steps anew.
    pub fn write_lane(&self, lane: usize, start: &LaneStart) {
        let at = &self.training.at;
        let mut all = vec![0.0f32; at.weights_lane as usize];
        for ((matrix, values), &offset) in self
            .model
            .matrices
            .iter()
            .zip(&start.state.weights)
            .zip(&at.weights)
        {
            let rows = pad(matrix.units as u32) as usize;
            let to = &mut all[offset as usize..];
            transpose(
                values,
                matrix.fan_in,
                to,
                rows,
                [matrix.units, matrix.fan_in],
            );
        }
        let stride = u64::from(at.weights_lane) * 4;
        self.gpu.queue.write_buffer(
            &self.shared.weights,
            lane as u64 * stride,
            bytemuck::cast_slice(&all),
        );
        let used: Vec<f32> = start.state.alpha.iter().map(|a| a.max(0.0)).collect();
        let mut rates = [&start.state.alpha[..], &start.state.beta, &used, &used].concat();
        let first = rates.len();
        rates.resize(at.rates_lane as usize, 0.0);
        rates[first + misc::LEARN_ALPHA] = f32::from(u8::from(start.learn_alpha));
        rates[first + misc::LEARN_BETA] = f32::from(u8::from(start.learn_beta));
        let stride = u64::from(at.rates_lane) * 4;
        self.gpu.queue.write_buffer(
            &self.shared.rates,
            lane as u64 * stride,
            bytemuck::cast_slice(&rates),
        );
    }

    /// Puts the entries of the next steps on the GPU and counts steps from there: for each step, for each
    /// seed, B + R entries (image, task, category, item), current samples first.
    pub fn write_entries(&self, entries: &[[u32; 4]]) {
        debug_assert!(entries.len() as u64 <= self.entry_capacity);
        self.gpu
            .queue
            .write_buffer(&self.training.entries, 0, bytemuck::cast_slice(entries));
        self.gpu
            .queue
            .write_buffer(&self.shared.cursor, 0, bytemuck::cast_slice(&[0u32; 4]));
    }

    /// Writes inputs of the next step or evaluation from the host: `columns` images of each seed.
    pub fn write_inputs(&self, training: bool, seed: u32, column: u32, input: &[f32]) {
        let phase = if training {
            &self.training
        } else {
            &self.evaluation
        };
        let at = u64::from(seed * phase.at.inputs_seed + column * pad(phase.at.inputs)) * 4;
        self.gpu
            .queue
            .write_buffer(&phase.acts, at, bytemuck::cast_slice(input));
    }

    /// Sets all counts and sums of codes to zero.
    pub fn clear_counts(&self) {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        encoder.clear_buffer(&self.shared.counters, 0, None);
        encoder.clear_buffer(&self.shared.codes, 0, None);
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// Starts the sums of the meta-loss anew.
    pub fn clear_losses(&self) {
        let at = &self.training.at;
        for lane in 0..u64::from(self.lanes.lanes) {
            let offset = lane * u64::from(at.rates_lane) + (at.misc() + misc::LOSS_SUM) as u64;
            self.gpu.queue.write_buffer(
                &self.shared.rates,
                offset * 4,
                bytemuck::bytes_of(&0.0f32),
            );
        }
    }
}

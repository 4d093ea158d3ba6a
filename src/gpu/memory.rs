//! The buffers that stages share, on the host: what a twin works on, and what a dispatch that is run by
//! itself starts from and leaves.

use super::device::Gpu;
use super::fault::GpuError;
use super::kernels::{Buffer, PASSES, WAVE};
use super::passes::Dispatch;
use super::records::Pass;
use super::staging::Staging;

/// All buffers, each the [`Buffer`] of its name, as [`super::layout`] lays them.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Memory {
    pub weights: Vec<f32>,
    pub acts: Vec<f32>,
    pub deltas: Vec<f32>,
    pub scalars: Vec<f32>,
    pub rates: Vec<f32>,
    /// (image, task, category, item).
    pub entries: Vec<[u32; 4]>,
    pub table: Vec<[u32; 4]>,
    /// Four bytes to a word.
    pub images: Vec<u32>,
    /// (cos, sin).
    pub rotations: Vec<[f32; 2]>,
    pub permutations: Vec<u32>,
    /// Classes 0 to 31, then 32 to 63, as bits.
    pub answers: Vec<[u32; 2]>,
    pub cursor: Vec<u32>,
    pub counters: Vec<u32>,
    pub codes: Vec<f32>,
    pub silenced: Vec<u32>,
}

impl Memory {
    /// A buffer's content as bytes.
    pub fn bytes(&self, buffer: Buffer) -> &[u8] {
        use bytemuck::cast_slice;
        match buffer {
            Buffer::Weights => cast_slice(&self.weights),
            Buffer::Acts => cast_slice(&self.acts),
            Buffer::Deltas => cast_slice(&self.deltas),
            Buffer::Scalars => cast_slice(&self.scalars),
            Buffer::Rates => cast_slice(&self.rates),
            Buffer::Entries => cast_slice(&self.entries),
            Buffer::Table => cast_slice(&self.table),
            Buffer::Images => cast_slice(&self.images),
            Buffer::Rotations => cast_slice(&self.rotations),
            Buffer::Permutations => cast_slice(&self.permutations),
            Buffer::Answers => cast_slice(&self.answers),
            Buffer::Cursor => cast_slice(&self.cursor),
            Buffer::Counters => cast_slice(&self.counters),
            Buffer::Codes => cast_slice(&self.codes),
            Buffer::Silenced => cast_slice(&self.silenced),
        }
    }

    fn bytes_mut(&mut self, buffer: Buffer) -> &mut [u8] {
        use bytemuck::cast_slice_mut;
        match buffer {
            Buffer::Weights => cast_slice_mut(&mut self.weights),
            Buffer::Acts => cast_slice_mut(&mut self.acts),
            Buffer::Deltas => cast_slice_mut(&mut self.deltas),
            Buffer::Scalars => cast_slice_mut(&mut self.scalars),
            Buffer::Rates => cast_slice_mut(&mut self.rates),
            Buffer::Entries => cast_slice_mut(&mut self.entries),
            Buffer::Table => cast_slice_mut(&mut self.table),
            Buffer::Images => cast_slice_mut(&mut self.images),
            Buffer::Rotations => cast_slice_mut(&mut self.rotations),
            Buffer::Permutations => cast_slice_mut(&mut self.permutations),
            Buffer::Answers => cast_slice_mut(&mut self.answers),
            Buffer::Cursor => cast_slice_mut(&mut self.cursor),
            Buffer::Counters => cast_slice_mut(&mut self.counters),
            Buffer::Codes => cast_slice_mut(&mut self.codes),
            Buffer::Silenced => cast_slice_mut(&mut self.silenced),
        }
    }
}

impl Gpu {
    /// Runs one dispatch by itself: uploads the buffers it binds, and reads them back.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn run_alone(
        &self,
        dispatch: &Dispatch,
        memory: &mut Memory,
    ) -> Result<(), GpuError> {
        let create = |label: &str, bytes: &[u8], usage: wgpu::BufferUsages| {
            let buffer = self.buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: (bytes.len() as u64).max(16),
                usage: usage | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: false,
            });
            self.queue.write_buffer(&buffer, 0, bytes);
            buffer
        };
        let stage = dispatch.stage;
        let mut records = dispatch.passes.clone();
        records.resize(stage.records(), Pass::default());
        let uniform = wgpu::BufferUsages::UNIFORM;
        let passes = create("passes", bytemuck::cast_slice(&records), uniform);
        let wave = create("wave", bytemuck::bytes_of(&dispatch.wave), uniform);
        let buffers: Vec<(u32, Buffer, wgpu::Buffer)> = stage
            .bindings
            .iter()
            .map(|&(binding, name)| {
                let bytes = memory.bytes(name);
                let buffer = create(stage.name, bytes, wgpu::BufferUsages::STORAGE);
                (binding, name, buffer)
            })
            .collect();
        let entry = |binding: u32, buffer| wgpu::BindGroupEntry {
            binding,
            resource: wgpu::Buffer::as_entire_binding(buffer),
        };
        let mut entries = vec![entry(WAVE, &wave)];
        if !dispatch.passes.is_empty() {
            entries.push(entry(PASSES, &passes));
        }
        entries.extend(buffers.iter().map(|(binding, _, b)| entry(*binding, b)));
        let pipeline = self.pipeline(stage);
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(stage.name),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &group, &[]);
            let [x, y, z] = dispatch.groups;
            pass.dispatch_workgroups(x, y, z);
        }
        self.queue.submit([encoder.finish()]);
        let staging = Staging::default();
        for (_, name, buffer) in &buffers {
            let bytes = memory.bytes_mut(*name);
            let words = self
                .read(&staging, buffer, 0, (bytes.len() / 4) as u64)
                .await?;
            bytes.copy_from_slice(bytemuck::cast_slice(&words));
        }
        Ok(())
    }
}

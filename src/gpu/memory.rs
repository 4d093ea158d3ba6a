//! The buffers that stages share, on the host: what a twin works on, and what a dispatch that is run by
//! itself starts from and leaves.

use super::device::{Gpu, GpuError};
use super::kernels::{Pass, Slot};
use super::passes::Dispatch;

/// All buffers, as [`super::layout`] lays them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// [`Slot::Weights`].
    pub weights: Vec<f32>,
    /// [`Slot::Acts`].
    pub acts: Vec<f32>,
    /// [`Slot::Deltas`].
    pub deltas: Vec<f32>,
    /// [`Slot::Scalars`].
    pub scalars: Vec<f32>,
    /// [`Slot::Rates`].
    pub rates: Vec<f32>,
    /// [`Slot::Entries`]: (image, task, category, item).
    pub entries: Vec<[u32; 4]>,
    /// [`Slot::Table`].
    pub table: Vec<[u32; 4]>,
    /// [`Slot::Images`]: four bytes to a word.
    pub images: Vec<u32>,
    /// [`Slot::Rotations`]: cos and sin.
    pub rotations: Vec<[f32; 2]>,
    /// [`Slot::Cursor`].
    pub cursor: Vec<u32>,
    /// [`Slot::Counters`].
    pub counters: Vec<u32>,
    /// [`Slot::Codes`].
    pub codes: Vec<f32>,
    /// [`Slot::Silenced`].
    pub silenced: Vec<u32>,
}

impl Memory {
    /// A buffer's content as bytes.
    pub fn bytes(&self, slot: Slot) -> &[u8] {
        use bytemuck::cast_slice;
        match slot {
            Slot::Weights => cast_slice(&self.weights),
            Slot::Acts => cast_slice(&self.acts),
            Slot::Deltas => cast_slice(&self.deltas),
            Slot::Scalars => cast_slice(&self.scalars),
            Slot::Rates => cast_slice(&self.rates),
            Slot::Entries => cast_slice(&self.entries),
            Slot::Table => cast_slice(&self.table),
            Slot::Images => cast_slice(&self.images),
            Slot::Rotations => cast_slice(&self.rotations),
            Slot::Cursor => cast_slice(&self.cursor),
            Slot::Counters => cast_slice(&self.counters),
            Slot::Codes => cast_slice(&self.codes),
            Slot::Silenced => cast_slice(&self.silenced),
        }
    }

    fn bytes_mut(&mut self, slot: Slot) -> &mut [u8] {
        use bytemuck::cast_slice_mut;
        match slot {
            Slot::Weights => cast_slice_mut(&mut self.weights),
            Slot::Acts => cast_slice_mut(&mut self.acts),
            Slot::Deltas => cast_slice_mut(&mut self.deltas),
            Slot::Scalars => cast_slice_mut(&mut self.scalars),
            Slot::Rates => cast_slice_mut(&mut self.rates),
            Slot::Entries => cast_slice_mut(&mut self.entries),
            Slot::Table => cast_slice_mut(&mut self.table),
            Slot::Images => cast_slice_mut(&mut self.images),
            Slot::Rotations => cast_slice_mut(&mut self.rotations),
            Slot::Cursor => cast_slice_mut(&mut self.cursor),
            Slot::Counters => cast_slice_mut(&mut self.counters),
            Slot::Codes => cast_slice_mut(&mut self.codes),
            Slot::Silenced => cast_slice_mut(&mut self.silenced),
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
            let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: (bytes.len() as u64).max(16),
                usage: usage | wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: false,
            });
            self.queue.write_buffer(&buffer, 0, bytes);
            buffer
        };
        let stage = dispatch.stage;
        let record = bytemuck::bytes_of::<Pass>(&dispatch.pass);
        let pass_buffer = create("pass", record, wgpu::BufferUsages::UNIFORM);
        let buffers: Vec<(u32, Slot, wgpu::Buffer)> = stage
            .bindings
            .iter()
            .map(|&(binding, slot)| {
                let buffer = create(stage.name, memory.bytes(slot), wgpu::BufferUsages::STORAGE);
                (binding, slot, buffer)
            })
            .collect();
        let mut entries = vec![wgpu::BindGroupEntry {
            binding: 0,
            resource: pass_buffer.as_entire_binding(),
        }];
        entries.extend(
            buffers
                .iter()
                .map(|(binding, _, buffer)| wgpu::BindGroupEntry {
                    binding: *binding,
                    resource: buffer.as_entire_binding(),
                }),
        );
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
        for (_, slot, buffer) in &buffers {
            let size = memory.bytes_mut(*slot);
            let words = self.read(buffer, 0, (size.len() / 4) as u64).await?;
            size.copy_from_slice(bytemuck::cast_slice(&words));
        }
        Ok(())
    }
}

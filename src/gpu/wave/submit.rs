//! The submission of steps and evaluations: lists of dispatches, prepared once for each shape.

use std::ops::Range;

use super::GpuWave;
use super::buffers::PhaseBuffers;
use crate::gpu::GpuError;
use crate::gpu::kernels::Pass;
use crate::gpu::passes::{self, Dispatch};

/// Distance of pass records in their uniform buffer: what every adapter can bind.
const PASS_STRIDE: u64 = 256;

const _: () = assert!(size_of::<Pass>() as u64 <= PASS_STRIDE);

/// A list of dispatches with what they bind.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) list: Vec<Dispatch>,
    pub(super) passes: wgpu::Buffer,
    pub(super) groups: Vec<wgpu::BindGroup>,
}

/// The shape of an observe step or (without replay) of an evaluation: what decides its dispatches but for a
/// few numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    /// Current samples, or images of each seed.
    columns: u32,
    /// Replayed samples.
    replay: u32,
    /// Whether its images are read on the GPU rather than written by the host.
    gathered: bool,
}

impl GpuWave {
    /// Submits steps of the given shapes (current, replayed samples). Does not wait.
    pub fn advance(&mut self, shapes: &[(u32, u32)], gathered: bool) {
        let shape_of = |&(columns, replay): &(u32, u32)| Shape {
            columns,
            replay,
            gathered,
        };
        for step in shapes {
            let shape = shape_of(step);
            if !self.steps.contains_key(&shape) {
                let list = passes::observe_step(
                    &self.model,
                    &self.rule,
                    &self.training.at,
                    self.lanes,
                    *step,
                    gathered,
                );
                let prepared = self.prepare(&self.training, list);
                self.steps.insert(shape, prepared);
            }
        }
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            for step in shapes {
                if let Some(prepared) = self.steps.get(&shape_of(step)) {
                    self.encode(&mut pass, prepared);
                }
            }
        }
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// The most images of each seed that [`Self::evaluate`] takes at once.
    pub fn evaluation_capacity(&self) -> u32 {
        self.evaluation_capacity
    }

    /// Submits the evaluation of some images of one task, at most [`Self::evaluation_capacity`]. Does not
    /// wait.
    pub fn evaluate(&mut self, task: u32, images: Range<u32>, gathered: bool) {
        let columns = images
            .end
            .saturating_sub(images.start)
            .min(self.evaluation_capacity);
        let entry_at = task * self.lanes.seeds() * self.per_task + images.start;
        let list = passes::evaluate(
            &self.model,
            &self.rule,
            &self.evaluation.at,
            self.lanes,
            passes::Piece {
                task,
                columns,
                entry_at,
                per_task: self.per_task,
            },
            gathered,
        );
        let shape = Shape {
            columns,
            replay: 0,
            gathered,
        };
        match self.evaluations.get(&shape) {
            // Only the offsets of entries and counters differ from piece to piece.
            Some(prepared) => self.write_passes(&prepared.passes, &list),
            None => {
                let prepared = self.prepare(&self.evaluation, list);
                self.evaluations.insert(shape, prepared);
            }
        }
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        if let Some(prepared) = self.evaluations.get(&shape) {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            self.encode(&mut pass, prepared);
        }
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// Waits until all that was submitted is done.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn wait(&self) -> Result<(), GpuError> {
        self.gpu.wait().await
    }

    fn write_passes(&self, passes: &wgpu::Buffer, list: &[Dispatch]) {
        let mut bytes = vec![0u8; list.len() * PASS_STRIDE as usize];
        for (record, dispatch) in bytes.chunks_exact_mut(PASS_STRIDE as usize).zip(list) {
            record[..size_of::<Pass>()].copy_from_slice(bytemuck::bytes_of(&dispatch.pass));
        }
        self.gpu.queue.write_buffer(passes, 0, &bytes);
    }

    pub(super) fn prepare(&self, phase: &PhaseBuffers, list: Vec<Dispatch>) -> Prepared {
        let passes = self.gpu.buffer(&wgpu::BufferDescriptor {
            label: Some("passes"),
            size: (list.len() as u64).max(1) * PASS_STRIDE,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.write_passes(&passes, &list);
        let groups = list
            .iter()
            .enumerate()
            .map(|(i, dispatch)| {
                let stage = dispatch.stage;
                let mut entries = vec![wgpu::BindGroupEntry {
                    binding: 0,
                    resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                        buffer: &passes,
                        offset: i as u64 * PASS_STRIDE,
                        size: std::num::NonZeroU64::new(size_of::<Pass>() as u64),
                    }),
                }];
                entries.extend(stage.bindings.iter().map(|&(binding, name)| {
                    wgpu::BindGroupEntry {
                        binding,
                        resource: self.buffer(phase, name).as_entire_binding(),
                    }
                }));
                self.gpu
                    .device
                    .create_bind_group(&wgpu::BindGroupDescriptor {
                        label: Some(stage.name),
                        layout: &self.gpu.pipeline(stage).get_bind_group_layout(0),
                        entries: &entries,
                    })
            })
            .collect();
        Prepared {
            list,
            passes,
            groups,
        }
    }

    fn encode(&self, pass: &mut wgpu::ComputePass<'_>, prepared: &Prepared) {
        for (dispatch, group) in prepared.list.iter().zip(&prepared.groups) {
            pass.set_pipeline(self.gpu.pipeline(dispatch.stage));
            pass.set_bind_group(0, group, &[]);
            let [x, y, z] = dispatch.groups;
            pass.dispatch_workgroups(x, y, z);
        }
    }
}

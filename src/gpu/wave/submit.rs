//! The submission of steps and evaluations: lists of dispatches, prepared once for each shape.

use std::ops::Range;

use super::GpuWave;
use super::buffers::PhaseBuffers;
use crate::gpu::GpuError;
use crate::gpu::kernels::{PASSES, WAVE};
use crate::gpu::layout::pad;
use crate::gpu::passes::{self, Dispatch};
use crate::gpu::records::{Pass, Wave};
use crate::model::{Model, Source};

/// Where records may begin in their uniform buffer: what every adapter can bind.
const ALIGNMENT: u64 = 256;

/// Bytes of the matrices that inner steps walk through above which a workgroup is too few for a lane, where
/// the lanes are fewer than a GPU has room for side by side.
const WIDE_LANE: u64 = 32 << 20;
const MANY_LANES: u32 = 32;

/// Elements of the matrices that read the images, which inner steps don't walk through.
fn walked_from(model: &Model) -> u32 {
    let first = model.matrices.iter().filter(|m| m.source == Source::Input);
    first.map(|m| pad(m.units as u32) * m.fan_in as u32).sum()
}

/// Bytes of a dispatch's records of passes.
fn size_of_records(dispatch: &Dispatch) -> u64 {
    (dispatch.stage.records() * size_of::<Pass>()) as u64
}

/// Where the records of each dispatch of a list begin, after the wave's record, and the end of all.
fn offsets(list: &[Dispatch]) -> (Vec<u64>, u64) {
    let mut end = (size_of::<Wave>() as u64).next_multiple_of(ALIGNMENT);
    let begins = list.iter().map(|dispatch| {
        let begin = end;
        end = (begin + size_of_records(dispatch)).next_multiple_of(ALIGNMENT);
        begin
    });
    (begins.collect(), end)
}

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
    /// The dispatches of an observe step of so many current and replayed samples.
    pub(super) fn step(&self, shape: (u32, u32), gathered: bool) -> Vec<Dispatch> {
        let (model, rule, at) = (&self.model, &self.rule, &self.training.at);
        let list = passes::observe_step(model, rule, at, self.lanes, shape, gathered);
        let walked = at.weights_lane - walked_from(model);
        match u64::from(walked) * 4 > WIDE_LANE && self.lanes.lanes < MANY_LANES {
            true => passes::alone(&list),
            false => list,
        }
    }

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
                let list = self.step(*step, gathered);
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

    /// The images of a range that are evaluated at once.
    fn columns_of(&self, images: &Range<u32>) -> u32 {
        images
            .end
            .saturating_sub(images.start)
            .min(self.evaluation_capacity)
    }

    /// The dispatches of the evaluation of some images of one task.
    pub(super) fn piece(&self, task: u32, images: Range<u32>, gathered: bool) -> Vec<Dispatch> {
        let piece = passes::Piece {
            task,
            columns: self.columns_of(&images),
            entry_at: task * self.lanes.seeds() * self.per_task + images.start,
            per_task: self.per_task,
        };
        let (model, rule, at) = (&self.model, &self.rule, &self.evaluation.at);
        passes::evaluate(model, rule, at, self.lanes, piece, gathered)
    }

    /// Submits the evaluation of some images of one task, at most [`Self::evaluation_capacity`]. Does not
    /// wait.
    pub fn evaluate(&mut self, task: u32, images: Range<u32>, gathered: bool) {
        let columns = self.columns_of(&images);
        let list = self.piece(task, images, gathered);
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
        let (begins, size) = offsets(list);
        let mut bytes = vec![0u8; size as usize];
        if let Some(first) = list.first() {
            bytes[..size_of::<Wave>()].copy_from_slice(bytemuck::bytes_of(&first.wave));
        }
        for (begin, dispatch) in begins.into_iter().zip(list) {
            let records: &[u8] = bytemuck::cast_slice(&dispatch.passes);
            bytes[begin as usize..][..records.len()].copy_from_slice(records);
        }
        self.gpu.queue.write_buffer(passes, 0, &bytes);
    }

    pub(super) fn prepare(&self, phase: &PhaseBuffers, list: Vec<Dispatch>) -> Prepared {
        let (begins, size) = offsets(&list);
        let passes = self.gpu.buffer(&wgpu::BufferDescriptor {
            label: Some("passes"),
            size,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.write_passes(&passes, &list);
        let groups = list
            .iter()
            .zip(begins)
            .map(|(dispatch, offset)| {
                let stage = dispatch.stage;
                let records = |binding, offset, size| wgpu::BindGroupEntry {
                    binding,
                    resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                        buffer: &passes,
                        offset,
                        size: std::num::NonZeroU64::new(size),
                    }),
                };
                let mut entries = vec![records(WAVE, 0, size_of::<Wave>() as u64)];
                if stage.records() > 0 {
                    entries.push(records(PASSES, offset, size_of_records(dispatch)));
                }
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
            self.encode_one(pass, dispatch, group);
        }
    }

    pub(super) fn encode_one(
        &self,
        pass: &mut wgpu::ComputePass<'_>,
        dispatch: &Dispatch,
        group: &wgpu::BindGroup,
    ) {
        pass.set_pipeline(self.gpu.pipeline(dispatch.stage));
        pass.set_bind_group(0, group, &[]);
        let [x, y, z] = dispatch.groups;
        pass.dispatch_workgroups(x, y, z);
    }
}

//! A wave's buffers: how large they are, and which stage's name stands for which.

use super::GpuWave;
use crate::gpu::device::Gpu;
use crate::gpu::kernels::Buffer;
use crate::gpu::layout::Layout;
use crate::gpu::passes::Lanes;
use crate::model::Model;

/// Buffers of training or of evaluation, apart from what both share.
#[derive(Debug)]
pub(super) struct PhaseBuffers {
    pub(super) at: Layout,
    pub(super) acts: wgpu::Buffer,
    pub(super) deltas: wgpu::Buffer,
    pub(super) scalars: wgpu::Buffer,
    pub(super) entries: wgpu::Buffer,
}

/// An empty buffer of so many f32 elements.
pub(super) fn make(gpu: &Gpu, label: &str, elements: u64) -> wgpu::Buffer {
    gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: elements.max(4) * 4,
        usage: wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_SRC
            | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

impl PhaseBuffers {
    pub(super) fn new(gpu: &Gpu, at: Layout, lanes: Lanes, entries: u64) -> Self {
        let n = u64::from(lanes.lanes);
        Self {
            acts: make(
                gpu,
                "acts",
                u64::from(at.acts_base) + n * u64::from(at.acts_lane),
            ),
            deltas: make(gpu, "deltas", n * u64::from(at.deltas_lane)),
            scalars: make(gpu, "scalars", n * u64::from(at.scalars_lane)),
            entries: make(gpu, "entries", entries * 4),
            at,
        }
    }
}

/// Bytes of the largest buffer that `seeds` seeds of `per_seed` lanes need.
pub fn largest_need(model: &Model, batch: u32, replay: u32, capacity: u32, lanes: Lanes) -> u64 {
    let n = u64::from(lanes.lanes);
    [
        Layout::training(model, batch, replay, lanes.seeds()),
        Layout::evaluation(model, capacity, lanes.seeds()),
    ]
    .iter()
    .flat_map(|at| {
        [
            n * u64::from(at.weights_lane),
            u64::from(at.acts_base) + n * u64::from(at.acts_lane),
            n * u64::from(at.deltas_lane),
            n * u64::from(at.scalars_lane),
        ]
    })
    .max()
    .unwrap_or(0)
        * 4
}

impl GpuWave {
    /// The buffer of that name in a phase.
    pub(super) fn buffer<'a>(&'a self, phase: &'a PhaseBuffers, name: Buffer) -> &'a wgpu::Buffer {
        match name {
            Buffer::Weights => &self.weights,
            Buffer::Acts => &phase.acts,
            Buffer::Deltas => &phase.deltas,
            Buffer::Scalars => &phase.scalars,
            Buffer::Rates => &self.rates,
            Buffer::Entries => &phase.entries,
            Buffer::Table => &self.table,
            Buffer::Images => &self.images,
            Buffer::Rotations => &self.rotations,
            Buffer::Cursor => &self.cursor,
            Buffer::Counters => &self.counters,
            Buffer::Codes => &self.codes,
            Buffer::Silenced => &self.silenced,
        }
    }
}

//! A wave's buffers: how large they are, and which stage's name stands for which.

use super::{GpuWave, WaveSetup};
use crate::config::TaskKind;
use crate::gpu::device::Gpu;
use crate::gpu::kernels::Buffer;
use crate::gpu::layout::{Layout, pad};
use crate::gpu::passes::{self, Lanes};
use crate::model::Model;

/// Bytes that are set aside for the records of all dispatches, each shape of a step or an evaluation having
/// its own.
const PASSES: u64 = 4 << 20;

/// Buffers of training or of evaluation, apart from what both share.
#[derive(Debug)]
pub(super) struct PhaseBuffers {
    pub(super) at: Layout,
    pub(super) acts: wgpu::Buffer,
    pub(super) deltas: wgpu::Buffer,
    pub(super) scalars: wgpu::Buffer,
    pub(super) entries: wgpu::Buffer,
}

/// Buffers that training and evaluation share.
#[derive(Debug)]
pub(super) struct SharedBuffers {
    pub(super) weights: wgpu::Buffer,
    pub(super) rates: wgpu::Buffer,
    pub(super) table: wgpu::Buffer,
    pub(super) images: wgpu::Buffer,
    pub(super) rotations: wgpu::Buffer,
    pub(super) permutations: wgpu::Buffer,
    pub(super) answers: wgpu::Buffer,
    pub(super) cursor: wgpu::Buffer,
    pub(super) counters: wgpu::Buffer,
    pub(super) codes: wgpu::Buffer,
    pub(super) silenced: wgpu::Buffer,
}

/// An empty buffer of so many f32 elements.
fn make(gpu: &Gpu, label: &str, elements: u64) -> wgpu::Buffer {
    gpu.buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: elements.max(4) * 4,
        usage: wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_SRC
            | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

/// What a wave's buffers depend on.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// The shape of every lane's network.
    pub model: &'a Model,
    /// How many lanes there are, of how many seeds and tasks.
    pub lanes: Lanes,
    /// Current samples of a step.
    pub batch: u32,
    /// Replayed samples of a step.
    pub replay: u32,
    /// Whether the meta-gradient is that of second order.
    pub second_order: bool,
    /// Whether tasks permute pixels.
    pub permuted: bool,
    /// Most steps whose entries are uploaded at once.
    pub block: u32,
    /// The most evaluation images of each seed that are taken at once.
    pub capacity: u32,
    /// Evaluation images of each task.
    pub per_task: u32,
    /// Bytes of all images.
    pub images: u64,
}

impl<'a> Demand<'a> {
    /// Of a wave that is to be made.
    pub(super) fn of(setup: &WaveSetup<'a>, lanes: Lanes) -> Self {
        Self {
            model: setup.model,
            lanes,
            batch: setup.batch,
            replay: setup.replay,
            second_order: setup.rule.knobs.second_order,
            permuted: setup.rule.knobs.stream == TaskKind::Permuted,
            block: setup.block,
            capacity: setup.data.capacity.max(1),
            per_task: setup.data.per_task,
            images: setup.data.images.len() as u64,
        }
    }

    /// Where everything lies in training.
    pub(super) fn training(&self) -> Layout {
        let step = (self.batch, self.replay);
        Layout::training(self.model, step, self.second_order, self.lanes.seeds())
    }

    /// How large its buffers are.
    pub fn sizes(&self) -> Sizes {
        let Self { model, lanes, .. } = *self;
        let (n, seeds) = (u64::from(lanes.lanes), u64::from(lanes.seeds()));
        let [training, evaluation] = [
            self.training(),
            Layout::evaluation(model, self.capacity, lanes.seeds()),
        ];
        let steps = u64::from(self.block) * u64::from(self.batch + self.replay);
        let images = u64::from(lanes.tasks) * u64::from(self.per_task);
        let tasks = n * u64::from(lanes.tasks);
        let seeds_tasks = seeds * u64::from(lanes.tasks);
        let permuted = if self.permuted {
            model.inputs as u64
        } else {
            0
        };
        Sizes {
            training: PhaseSizes::new(&training, n, seeds * steps),
            evaluation: PhaseSizes::new(&evaluation, n, seeds * images.max(self.capacity.into())),
            weights: n * u64::from(training.weights_lane),
            rates: n * u64::from(training.rates_lane),
            table: training.table(model).len() as u64 * 4,
            images: self.images.div_ceil(4),
            rotations: seeds_tasks * 2,
            permutations: seeds_tasks * permuted,
            answers: seeds_tasks * 2,
            cursor: 4,
            counters: tasks * u64::from(passes::counters(model)),
            codes: n * u64::from(evaluation.codes_lane),
            silenced: seeds * u64::from(silenced_width(model)),
            lane: training.weights_lane.into(),
        }
    }
}

/// Units of a seed in the list of those that a lesion silences. Without pathways nothing is silenced, but
/// something must be bound.
pub(super) fn silenced_width(model: &Model) -> u32 {
    let left = model.pathway_layers().map(|[l, _]| model.layers[l].units);
    pad(left.unwrap_or(1) as u32)
}

/// Elements of one phase's buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PhaseSizes {
    acts: u64,
    deltas: u64,
    scalars: u64,
    pub(super) entries: u64,
}

impl PhaseSizes {
    fn new(at: &Layout, lanes: u64, entries: u64) -> Self {
        Self {
            acts: u64::from(at.acts_base) + lanes * u64::from(at.acts_lane),
            deltas: lanes * u64::from(at.deltas_lane),
            scalars: lanes * u64::from(at.scalars_lane),
            entries: entries * 4,
        }
    }

    fn all(&self) -> [u64; 4] {
        [self.acts, self.deltas, self.scalars, self.entries]
    }
}

/// Elements, of four bytes each, of all buffers of a wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    pub(super) training: PhaseSizes,
    pub(super) evaluation: PhaseSizes,
    pub(super) weights: u64,
    pub(super) rates: u64,
    pub(super) table: u64,
    pub(super) images: u64,
    pub(super) rotations: u64,
    pub(super) permutations: u64,
    pub(super) answers: u64,
    pub(super) cursor: u64,
    pub(super) counters: u64,
    pub(super) codes: u64,
    pub(super) silenced: u64,
    /// Weights of one lane.
    lane: u64,
}

impl Sizes {
    fn all(&self) -> Vec<u64> {
        let shared = [
            self.weights,
            self.rates,
            self.table,
            self.images,
            self.rotations,
            self.permutations,
            self.answers,
            self.cursor,
            self.counters,
            self.codes,
            self.silenced,
        ];
        [
            &self.training.all()[..],
            &self.evaluation.all(),
            &shared[..],
        ]
        .concat()
    }

    /// Bytes of the largest.
    pub fn largest(&self) -> u64 {
        self.all().into_iter().max().unwrap_or(0) * 4
    }

    /// Bytes of all together, with the records of dispatches, and with what is read going through a copy: at
    /// most all lanes' weights, besides one lane's, rates, counts and codes.
    pub fn total(&self) -> u64 {
        let elements: u64 = self.all().into_iter().sum();
        let read = self.weights + self.lane + self.rates + self.counters + self.codes;
        (elements + read) * 4 + PASSES
    }
}

impl SharedBuffers {
    pub(super) fn new(gpu: &Gpu, sizes: &Sizes) -> Self {
        Self {
            weights: make(gpu, "weights", sizes.weights),
            rates: make(gpu, "rates", sizes.rates),
            table: make(gpu, "table", sizes.table),
            images: make(gpu, "images", sizes.images),
            rotations: make(gpu, "rotations", sizes.rotations),
            permutations: make(gpu, "permutations", sizes.permutations),
            answers: make(gpu, "answers", sizes.answers),
            cursor: make(gpu, "cursor", sizes.cursor),
            counters: make(gpu, "counters", sizes.counters),
            codes: make(gpu, "codes", sizes.codes),
            silenced: make(gpu, "silenced", sizes.silenced),
        }
    }

    fn all(&self) -> [&wgpu::Buffer; 11] {
        [
            &self.weights,
            &self.rates,
            &self.table,
            &self.images,
            &self.rotations,
            &self.permutations,
            &self.answers,
            &self.cursor,
            &self.counters,
            &self.codes,
            &self.silenced,
        ]
    }
}

impl PhaseBuffers {
    pub(super) fn new(gpu: &Gpu, at: Layout, sizes: &PhaseSizes) -> Self {
        Self {
            acts: make(gpu, "acts", sizes.acts),
            deltas: make(gpu, "deltas", sizes.deltas),
            scalars: make(gpu, "scalars", sizes.scalars),
            entries: make(gpu, "entries", sizes.entries),
            at,
        }
    }
}

impl GpuWave {
    /// Bytes of its buffers: among them the records of dispatches made so far, and what reads go through.
    pub fn bytes(&self) -> u64 {
        let phases = [&self.training, &self.evaluation].into_iter();
        let of_phases = phases.flat_map(|p| [&p.acts, &p.deltas, &p.scalars, &p.entries]);
        let prepared = self.steps.values().chain(self.evaluations.values());
        let passes = prepared.map(|p| &p.passes);
        let all = of_phases.chain(self.shared.all()).chain(passes);
        all.map(wgpu::Buffer::size).sum::<u64>() + self.staging.bytes()
    }

    /// The buffer of that name in a phase.
    pub(super) fn buffer<'a>(&'a self, phase: &'a PhaseBuffers, name: Buffer) -> &'a wgpu::Buffer {
        match name {
            Buffer::Weights => &self.shared.weights,
            Buffer::Acts => &phase.acts,
            Buffer::Deltas => &phase.deltas,
            Buffer::Scalars => &phase.scalars,
            Buffer::Rates => &self.shared.rates,
            Buffer::Entries => &phase.entries,
            Buffer::Table => &self.shared.table,
            Buffer::Images => &self.shared.images,
            Buffer::Rotations => &self.shared.rotations,
            Buffer::Permutations => &self.shared.permutations,
            Buffer::Answers => &self.shared.answers,
            Buffer::Cursor => &self.shared.cursor,
            Buffer::Counters => &self.shared.counters,
            Buffer::Codes => &self.shared.codes,
            Buffer::Silenced => &self.shared.silenced,
        }
    }
}

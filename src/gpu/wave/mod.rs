//! The lanes that train side by side on the GPU: what is written to it (`write`), submitted (`submit`)
//! and read back (`readback`).

mod buffers;
mod profile;
mod readback;
mod submit;
mod transpose;
mod write;

use std::collections::HashMap;
use std::sync::Arc;

use super::device::Gpu;
use super::fault::GpuError;
use super::kernels::MAX_INNER;
use super::layout::Layout;
use super::passes::Lanes;
use super::staging::Staging;
use crate::model::{LaneState, Model, Rule};
use buffers::{PhaseBuffers, SharedBuffers, silenced_width};
use submit::{Prepared, Shape};

pub use buffers::{Demand, Sizes};
pub use profile::{StageTime, StageTimes};

/// A lane at the start: its values and what it learns.
#[derive(Clone, Debug)]
pub struct LaneStart {
    /// Initial values.
    pub state: LaneState<f32>,
    /// Whether alpha is learned.
    pub learn_alpha: bool,
    /// Whether beta is learned.
    pub learn_beta: bool,
}

/// What is put on the GPU once for a wave.
#[derive(Clone, Debug, Default)]
pub struct WaveData {
    /// Images as bytes, four to a word; may be empty if inputs come from the host.
    pub images: Vec<u8>,
    /// cos and sin for each seed and task.
    pub rotations: Vec<[f32; 2]>,
    /// For each seed and task, which pixel of an image each pixel as the task shows it is; empty where pixels
    /// are not permuted.
    pub permutations: Vec<u32>,
    /// For each seed and task, its classes as bits ([`crate::data::ClassSet::words`]); empty where tasks have
    /// no heads of their own.
    pub answers: Vec<[u32; 2]>,
    /// For each task, for each seed, `per_task` entries (image, task, category, item).
    pub evaluation: Vec<[u32; 4]>,
    /// The most evaluation images of each seed that are taken at once.
    pub capacity: u32,
    /// Evaluation images of each task.
    pub per_task: u32,
    /// For each seed, the units of the left pathway that the lesion of some of them leaves out.
    pub silenced: Vec<Vec<usize>>,
}

/// One lane's rates as the GPU holds them.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneRates {
    /// Learning rate of each matrix.
    pub alpha: Vec<f32>,
    /// Inhibition of each layer.
    pub beta: Vec<f32>,
    /// Sum of the meta-loss since the last [`GpuWave::clear_losses`].
    pub loss_sum: f32,
    /// Meta-loss of the last step.
    pub loss: f32,
    /// The step (from 0) after which the lane was not finite any more.
    pub diverged: Option<u32>,
}

/// What a wave is made of.
#[derive(Debug)]
pub struct WaveSetup<'a> {
    /// The shape of every lane's network.
    pub model: &'a Model,
    /// How it learns (what differs between lanes is in [`LaneStart`]).
    pub rule: &'a Rule,
    /// The lanes, those of one seed side by side.
    pub starts: &'a [LaneStart],
    /// Lanes of one seed.
    pub per_seed: u32,
    /// Tasks of a stream.
    pub tasks: u32,
    /// Current samples of a step.
    pub batch: u32,
    /// Replayed samples of a step.
    pub replay: u32,
    /// Most steps whose entries are uploaded at once.
    pub block: u32,
    /// Images and their rotations.
    pub data: &'a WaveData,
}

/// All lanes of a wave.
#[derive(Debug)]
pub struct GpuWave {
    gpu: Arc<Gpu>,
    model: Model,
    rule: Rule,
    lanes: Lanes,
    training: PhaseBuffers,
    evaluation: PhaseBuffers,
    shared: SharedBuffers,
    staging: Staging,
    steps: HashMap<Shape, Prepared>,
    evaluations: HashMap<Shape, Prepared>,
    evaluation_capacity: u32,
    per_task: u32,
    entry_capacity: u64,
}

impl GpuWave {
    /// The GPU that holds its buffers.
    pub fn gpu(&self) -> Arc<Gpu> {
        self.gpu.clone()
    }

    /// Makes the buffers and uploads the lanes.
    ///
    /// # Errors
    /// If the lanes don't fit.
    pub fn new(gpu: Arc<Gpu>, setup: &WaveSetup<'_>) -> Result<Self, GpuError> {
        let WaveSetup {
            model,
            rule,
            starts,
            per_seed,
            tasks,
            batch,
            replay,
            data,
            ..
        } = *setup;
        if batch > MAX_INNER {
            return Err(GpuError::InnerSteps {
                asked: batch,
                most: MAX_INNER,
            });
        }
        let lanes = Lanes {
            lanes: starts.len() as u32,
            per_seed,
            tasks,
        };
        let demand = Demand::of(setup, lanes);
        let sizes = demand.sizes();
        let allowed = gpu.largest_buffer();
        if sizes.largest() > allowed {
            return Err(GpuError::TooLarge {
                needed: sizes.largest() >> 20,
                allowed: allowed >> 20,
            });
        }
        let capacity = demand.capacity;
        let training = PhaseBuffers::new(&gpu, demand.training(), &sizes.training);
        let layout = Layout::evaluation(model, capacity, lanes.seeds());
        let evaluation = PhaseBuffers::new(&gpu, layout, &sizes.evaluation);
        let table = training.at.table(model);
        let mut silenced = vec![0u32; sizes.silenced as usize];
        let width = silenced_width(model) as usize;
        for (seed, units) in silenced.chunks_exact_mut(width).zip(&data.silenced) {
            units.iter().for_each(|&unit| seed[unit] = 1);
        }
        let wave = Self {
            shared: SharedBuffers::new(&gpu, &sizes),
            staging: Staging::default(),
            model: model.clone(),
            rule: rule.clone(),
            lanes,
            training,
            evaluation,
            steps: HashMap::new(),
            evaluations: HashMap::new(),
            evaluation_capacity: capacity,
            per_task: data.per_task,
            entry_capacity: sizes.training.entries / 4,
            gpu,
        };
        let queue = &wave.gpu.queue;
        queue.write_buffer(&wave.shared.table, 0, bytemuck::cast_slice(&table));
        queue.write_buffer(&wave.shared.silenced, 0, bytemuck::cast_slice(&silenced));
        let mut images = data.images.clone();
        images.resize(images.len().next_multiple_of(4), 0);
        queue.write_buffer(&wave.shared.images, 0, &images);
        queue.write_buffer(
            &wave.shared.rotations,
            0,
            bytemuck::cast_slice(&data.rotations),
        );
        let permutations = bytemuck::cast_slice(&data.permutations);
        queue.write_buffer(&wave.shared.permutations, 0, permutations);
        queue.write_buffer(&wave.shared.answers, 0, bytemuck::cast_slice(&data.answers));
        queue.write_buffer(
            &wave.evaluation.entries,
            0,
            bytemuck::cast_slice(&data.evaluation),
        );
        for (lane, start) in starts.iter().enumerate() {
            wave.write_lane(lane, start);
        }
        // Compiled before the first step is asked for.
        for dispatch in wave.step((batch, replay), true) {
            wave.gpu.pipeline(dispatch.stage);
        }
        wave.gpu.check()?;
        Ok(wave)
    }
}

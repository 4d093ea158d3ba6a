//! The lanes that train side by side on the GPU: their buffers, and the submission of passes.

mod readback;

use std::ops::Range;
use std::sync::Arc;

use super::device::{Gpu, GpuError};
use super::kernels::{MAX_INNER, Pass, Slot, misc};
use super::layout::{Layout, pad};
use super::passes::{self, Dispatch, Lanes};
use crate::model::{LaneState, Model, Rule};

/// Distance of pass records in their uniform buffer: what every adapter can bind.
const PASS_STRIDE: u64 = 256;

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
pub struct Pictures {
    /// Images as bytes, four to a word; may be empty if inputs come from the host.
    pub images: Vec<u8>,
    /// cos and sin for each seed and task.
    pub rotations: Vec<[f32; 2]>,
    /// For each task, for each seed, `per_task` entries (image, task, category, item).
    pub evaluation: Vec<[u32; 4]>,
    /// The most evaluation images of each seed that are taken at once.
    pub capacity: u32,
    /// Evaluation images of each task.
    pub per_task: u32,
    /// For each seed, the units of h4_L that the lesion of some of them leaves out.
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

/// A list of dispatches with what they bind.
#[derive(Debug)]
struct Prepared {
    list: Vec<Dispatch>,
    passes: wgpu::Buffer,
    groups: Vec<wgpu::BindGroup>,
}

/// What was prepared for a shape.
fn held<'a, K: PartialEq>(list: &'a [(K, Prepared)], key: &K) -> Option<&'a Prepared> {
    list.iter().find(|(k, _)| k == key).map(|(_, p)| p)
}

/// Buffers of training or of evaluation, apart from what both share.
#[derive(Debug)]
struct PhaseBuffers {
    at: Layout,
    acts: wgpu::Buffer,
    deltas: wgpu::Buffer,
    scalars: wgpu::Buffer,
    entries: wgpu::Buffer,
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
    weights: wgpu::Buffer,
    rates: wgpu::Buffer,
    table: wgpu::Buffer,
    images: wgpu::Buffer,
    rotations: wgpu::Buffer,
    cursor: wgpu::Buffer,
    counters: wgpu::Buffer,
    codes: wgpu::Buffer,
    silenced: wgpu::Buffer,
    // A run has few shapes of steps and evaluations, so a list finds them as fast as a map.
    steps: Vec<((u32, u32, bool), Prepared)>,
    evaluations: Vec<((u32, bool), Prepared)>,
    evaluation_capacity: u32,
    per_task: u32,
    entry_capacity: u64,
}

fn buffer(gpu: &Gpu, label: &str, elements: u64) -> wgpu::Buffer {
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
    fn new(gpu: &Gpu, at: Layout, lanes: Lanes, entries: u64) -> Self {
        let n = u64::from(lanes.lanes);
        Self {
            acts: buffer(
                gpu,
                "acts",
                u64::from(at.acts_base) + n * u64::from(at.acts_lane),
            ),
            deltas: buffer(gpu, "deltas", n * u64::from(at.deltas_lane)),
            scalars: buffer(gpu, "scalars", n * u64::from(at.scalars_lane)),
            entries: buffer(gpu, "entries", entries * 4),
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

/// What a wave is made of.
#[derive(Debug)]
pub struct WaveSetup<'a> {
    /// The network.
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
    pub pictures: &'a Pictures,
}

impl GpuWave {
    /// Makes the buffers and uploads the lanes.
    ///
    /// # Errors
    /// If the lanes don't fit, or the rule is of second order.
    pub fn new(gpu: Arc<Gpu>, setup: &WaveSetup<'_>) -> Result<Self, GpuError> {
        let WaveSetup {
            model,
            rule,
            starts,
            per_seed,
            tasks,
            batch,
            replay,
            block,
            pictures,
        } = *setup;
        if rule.second_order {
            return Err(GpuError::SecondOrder);
        }
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
        let capacity = pictures.capacity.max(1);
        let mut needed = largest_need(model, batch, replay, capacity, lanes);
        needed = needed.max(pictures.images.len() as u64);
        let allowed = gpu.largest_buffer();
        if needed > allowed {
            return Err(GpuError::TooLarge {
                needed: needed >> 20,
                allowed: allowed >> 20,
            });
        }
        let seeds = u64::from(lanes.seeds());
        let entry_capacity = u64::from(block) * seeds * u64::from(batch + replay);
        let training = PhaseBuffers::new(
            &gpu,
            Layout::training(model, batch, replay, lanes.seeds()),
            lanes,
            entry_capacity,
        );
        let evaluation = PhaseBuffers::new(
            &gpu,
            Layout::evaluation(model, capacity, lanes.seeds()),
            lanes,
            (pictures.evaluation.len() as u64).max(seeds * u64::from(capacity)),
        );
        let n = u64::from(lanes.lanes);
        let counters = n * u64::from(tasks) * u64::from(passes::counters(model));
        let table = training.at.table(model);
        let left = model.layers.len().saturating_sub(2);
        let width = pad(model.layers[left].units as u32) as usize;
        let mut silenced = vec![0u32; width * lanes.seeds() as usize];
        for (seed, units) in silenced.chunks_exact_mut(width).zip(&pictures.silenced) {
            units.iter().for_each(|&unit| seed[unit] = 1);
        }
        let wave = Self {
            weights: buffer(&gpu, "weights", n * u64::from(training.at.weights_lane)),
            rates: buffer(&gpu, "rates", n * u64::from(training.at.rates_lane)),
            table: buffer(&gpu, "table", table.len() as u64 * 4),
            images: buffer(&gpu, "images", (pictures.images.len() as u64).div_ceil(4)),
            rotations: buffer(&gpu, "rotations", pictures.rotations.len() as u64 * 2),
            cursor: buffer(&gpu, "cursor", 4),
            counters: buffer(&gpu, "counters", counters),
            codes: buffer(&gpu, "codes", n * u64::from(evaluation.at.codes_lane)),
            silenced: buffer(&gpu, "silenced", silenced.len() as u64),
            model: model.clone(),
            rule: rule.clone(),
            lanes,
            training,
            evaluation,
            steps: Vec::new(),
            evaluations: Vec::new(),
            evaluation_capacity: capacity,
            per_task: pictures.per_task,
            entry_capacity,
            gpu,
        };
        let queue = &wave.gpu.queue;
        queue.write_buffer(&wave.table, 0, bytemuck::cast_slice(&table));
        queue.write_buffer(&wave.silenced, 0, bytemuck::cast_slice(&silenced));
        let mut images = pictures.images.clone();
        images.resize(images.len().next_multiple_of(4), 0);
        queue.write_buffer(&wave.images, 0, &images);
        queue.write_buffer(
            &wave.rotations,
            0,
            bytemuck::cast_slice(&pictures.rotations),
        );
        queue.write_buffer(
            &wave.evaluation.entries,
            0,
            bytemuck::cast_slice(&pictures.evaluation),
        );
        for (lane, start) in starts.iter().enumerate() {
            wave.write_lane(lane, start);
        }
        wave.gpu.check()?;
        Ok(wave)
    }

    /// Puts a lane's values on the GPU; it starts counting steps anew.
    pub fn write_lane(&self, lane: usize, start: &LaneStart) {
        let at = &self.training.at;
        let mut all = vec![0.0f32; at.weights_lane as usize];
        for ((matrix, values), &place) in self
            .model
            .matrices
            .iter()
            .zip(&start.state.weights)
            .zip(&at.weights)
        {
            let rows = pad(matrix.units as u32) as usize;
            for (unit, row) in values.chunks_exact(matrix.fan_in).enumerate() {
                for (input, &w) in row.iter().enumerate() {
                    all[place as usize + input * rows + unit] = w;
                }
            }
        }
        let stride = u64::from(at.weights_lane) * 4;
        self.gpu.queue.write_buffer(
            &self.weights,
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
            &self.rates,
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
            .write_buffer(&self.cursor, 0, bytemuck::cast_slice(&[0u32; 4]));
    }

    /// Submits steps of the given shapes (current, replayed samples). Does not wait.
    pub fn advance(&mut self, shapes: &[(u32, u32)], gathered: bool) {
        for &(batch, replay) in shapes {
            let key = (batch, replay, gathered);
            if held(&self.steps, &key).is_none() {
                let list = passes::observe_step(
                    &self.model,
                    &self.rule,
                    &self.training.at,
                    self.lanes,
                    (batch, replay),
                    gathered,
                );
                let prepared = self.prepare(&self.training, list);
                self.steps.push((key, prepared));
            }
        }
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            for &(batch, replay) in shapes {
                if let Some(prepared) = held(&self.steps, &(batch, replay, gathered)) {
                    self.encode(&mut pass, prepared);
                }
            }
        }
        self.gpu.queue.submit([encoder.finish()]);
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
        encoder.clear_buffer(&self.counters, 0, None);
        encoder.clear_buffer(&self.codes, 0, None);
        self.gpu.queue.submit([encoder.finish()]);
    }

    /// The most images of each seed that [`Self::evaluate`] takes at once.
    pub fn evaluation_capacity(&self) -> u32 {
        self.evaluation_capacity
    }

    /// Submits the evaluation of some images of one task, at most [`Self::evaluation_capacity`]. Does not wait.
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
        let key = (columns, gathered);
        match held(&self.evaluations, &key) {
            // Only the places of entries and counters differ from piece to piece.
            Some(prepared) => self.write_passes(&prepared.passes, &list),
            None => {
                let prepared = self.prepare(&self.evaluation, list);
                self.evaluations.push((key, prepared));
            }
        }
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        if let Some(prepared) = held(&self.evaluations, &key) {
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

    /// Starts the sums of the meta-loss anew.
    pub fn clear_losses(&self) {
        let at = &self.training.at;
        for lane in 0..u64::from(self.lanes.lanes) {
            let place = lane * u64::from(at.rates_lane) + (at.misc() + misc::LOSS_SUM) as u64;
            self.gpu
                .queue
                .write_buffer(&self.rates, place * 4, bytemuck::bytes_of(&0.0f32));
        }
    }

    fn slot<'a>(&'a self, phase: &'a PhaseBuffers, slot: Slot) -> &'a wgpu::Buffer {
        match slot {
            Slot::Weights => &self.weights,
            Slot::Acts => &phase.acts,
            Slot::Deltas => &phase.deltas,
            Slot::Scalars => &phase.scalars,
            Slot::Rates => &self.rates,
            Slot::Entries => &phase.entries,
            Slot::Table => &self.table,
            Slot::Images => &self.images,
            Slot::Rotations => &self.rotations,
            Slot::Cursor => &self.cursor,
            Slot::Counters => &self.counters,
            Slot::Codes => &self.codes,
            Slot::Silenced => &self.silenced,
        }
    }

    fn write_passes(&self, passes: &wgpu::Buffer, list: &[Dispatch]) {
        let mut bytes = vec![0u8; list.len() * PASS_STRIDE as usize];
        for (capacity, dispatch) in bytes.chunks_exact_mut(PASS_STRIDE as usize).zip(list) {
            capacity[..size_of::<Pass>()].copy_from_slice(bytemuck::bytes_of(&dispatch.pass));
        }
        self.gpu.queue.write_buffer(passes, 0, &bytes);
    }

    fn prepare(&self, phase: &PhaseBuffers, list: Vec<Dispatch>) -> Prepared {
        let passes = self.gpu.device.create_buffer(&wgpu::BufferDescriptor {
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
                entries.extend(stage.bindings.iter().map(|&(binding, slot)| {
                    wgpu::BindGroupEntry {
                        binding,
                        resource: self.slot(phase, slot).as_entire_binding(),
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
        for stage in super::kernels::STAGES {
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

//! One interface over the engines: the lanes of one wave, taken through their schedules.
//!
//! A [`Wave`] is what an engine is given; an [`Engine`] trains it and says what it counted. Engines follow
//! one schedule and differ only in rounding.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::config::{Condition, Config, EvaluateOn, Lane};
use crate::data::{Dataset, Images, PIXELS, Rotation, rotate};
use crate::engine_info::{EngineChoice, EngineInfo, EngineKind};
use crate::gpu::{Gpu, GpuError, GpuWave, LaneStart, Pictures, WaveSetup, wave::largest_need};
use crate::metrics::Lesion;
use crate::model::{LaneState, Model, Rule};
use crate::reference::{Reference, Sample};
use crate::stream::Stream;

/// What an engine can't do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The GPU's part.
    #[error(transparent)]
    Gpu(#[from] GpuError),
}

/// A device to make engines on: opened once, used for every wave.
#[derive(Clone, Debug)]
pub enum Device {
    /// A GPU.
    Gpu(Arc<Gpu>),
    /// None is needed.
    Reference,
}

/// What became of the wish for an engine.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The device.
    pub device: Device,
    /// Why it is not the one hoped for, if it isn't.
    pub notice: Option<EngineError>,
}

impl Device {
    /// Opens the engine that was asked for; `Auto` takes the reference where the GPU can't serve.
    ///
    /// # Errors
    /// If the GPU was asked for by name and can't serve.
    pub async fn open(choice: EngineChoice, config: &Config) -> Result<Opened, EngineError> {
        let wanted = match choice {
            EngineChoice::Reference => {
                return Ok(Opened {
                    device: Self::Reference,
                    notice: None,
                });
            }
            _ if config.second_order => Err(GpuError::SecondOrder),
            _ => Gpu::open().await,
        };
        // In a browser everything stays on one thread; natively the GPU may be shared.
        #[cfg_attr(target_arch = "wasm32", allow(clippy::arc_with_non_send_sync))]
        match wanted {
            Ok(gpu) => Ok(Opened {
                device: Self::Gpu(Arc::new(gpu)),
                notice: None,
            }),
            Err(e) if choice == EngineChoice::Auto => Ok(Opened {
                device: Self::Reference,
                notice: Some(e.into()),
            }),
            Err(e) => Err(e.into()),
        }
    }

    /// What it is.
    pub fn info(&self) -> EngineInfo {
        match self {
            Self::Gpu(gpu) => EngineInfo {
                kind: EngineKind::Gpu,
                adapter: gpu.name.clone(),
                backend: gpu.backend.clone(),
                self_test: None,
            },
            Self::Reference => EngineInfo {
                kind: EngineKind::Reference,
                adapter: "CPU, plain loops in float32".into(),
                backend: String::new(),
                self_test: None,
            },
        }
    }

    /// The most seeds, of `per_seed` lanes each, that one wave holds.
    ///
    /// # Errors
    /// If not even one seed fits.
    pub fn seeds_that_fit(
        &self,
        model: &Model,
        config: &Config,
        per_seed: u32,
    ) -> Result<u32, EngineError> {
        let Self::Gpu(gpu) = self else {
            return Ok(u32::MAX);
        };
        let lanes = |seeds: u32| crate::gpu::passes::Lanes {
            lanes: seeds * per_seed,
            per_seed,
            tasks: config.tasks,
        };
        let need = |seeds| {
            let chunk = evaluation_chunk(config, seeds * per_seed);
            largest_need(model, config.batch, config.replay, chunk, lanes(seeds))
        };
        let allowed = gpu.largest_buffer();
        if need(1) > allowed {
            let (needed, allowed) = (need(1) >> 20, allowed >> 20);
            return Err(GpuError::TooLarge { needed, allowed }.into());
        }
        let mut seeds = 1;
        while seeds < config.seeds && need(seeds + 1) <= allowed {
            seeds += 1;
        }
        Ok(seeds)
    }
}

/// Lanes that are trained side by side: all of the same shape, those of one seed next to each other.
#[derive(Clone, Debug)]
pub struct Wave {
    /// The experiment.
    pub config: Arc<Config>,
    /// The network.
    pub model: Arc<Model>,
    /// The images.
    pub data: Arc<Dataset>,
    /// One schedule for each seed.
    pub streams: Vec<Arc<Stream>>,
    /// Lanes: for each seed the same conditions.
    pub lanes: Vec<Lane>,
    /// Their values before training.
    pub starts: Vec<LaneState<f32>>,
}

impl Wave {
    /// Lanes of one seed.
    pub fn per_seed(&self) -> usize {
        self.lanes.len() / self.streams.len().max(1)
    }

    /// Images that accuracy is measured on.
    fn evaluation_images(&self) -> &Images {
        match self.config.evaluate_on {
            EvaluateOn::Test => &self.data.test,
            EvaluateOn::Learned => &self.data.train,
        }
    }

    /// Labels of the `i`-th evaluation image of a task, one for each head.
    fn evaluation_labels(&self, stream: &Stream, task: usize, i: usize) -> [u32; 2] {
        let image = stream.tasks[task].evaluation[i] as usize;
        let item = task as u32 * self.config.samples_per_task + i as u32;
        [self.evaluation_images().labels[image].into(), item]
    }
}

/// One lane's learned rates, and how it fares.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Learning rate of each matrix.
    pub alpha: Vec<f32>,
    /// Inhibition of each layer.
    pub beta: Vec<f32>,
    /// Sum of the meta-loss since [`Engine::begin_task`].
    pub loss_sum: f32,
    /// The step (from 0) after which the lane was not finite any more.
    pub lost: Option<u32>,
}

/// What an evaluation counted on one task of one lane.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Counts {
    /// Correct answers for each head, then each lesion.
    pub correct: Vec<u32>,
    /// Active units of each layer, summed over images.
    pub active: Vec<u32>,
}

/// An engine at work on one wave.
#[derive(Debug)]
pub enum Engine {
    /// On the GPU.
    Gpu(Box<OnGpu>),
    /// In plain loops.
    Reference(Box<OnReference>),
}

impl Engine {
    /// Puts a wave on a device.
    ///
    /// # Errors
    /// If it does not fit there.
    pub fn new(device: &Device, wave: Wave) -> Result<Self, EngineError> {
        Ok(match device {
            Device::Gpu(gpu) => Self::Gpu(Box::new(OnGpu::new(gpu.clone(), wave)?)),
            Device::Reference => Self::Reference(Box::new(OnReference::new(wave))),
        })
    }

    /// Makes ready for the steps of a task.
    pub fn begin_task(&mut self, task: u32) {
        match self {
            Self::Gpu(e) => e.begin_task(task),
            Self::Reference(e) => e.begin_task(task),
        }
    }

    /// Takes all lanes through some steps of the task in progress, counted from the stream's beginning,
    /// and waits for them.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn advance(&mut self, steps: Range<u32>) -> Result<(), EngineError> {
        match self {
            Self::Gpu(e) => e.advance(steps).await,
            Self::Reference(e) => {
                e.advance(steps);
                Ok(())
            }
        }
    }

    /// Reads every lane's rates.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn read(&self) -> Result<Vec<Reading>, EngineError> {
        match self {
            Self::Gpu(e) => Ok(e
                .wave
                .rates()
                .await?
                .into_iter()
                .map(|r| Reading {
                    alpha: r.alpha,
                    beta: r.beta,
                    loss_sum: r.loss_sum,
                    lost: r.lost,
                })
                .collect()),
            Self::Reference(e) => Ok(e.read()),
        }
    }

    /// Begins an evaluation: all counts are zero.
    pub fn begin_evaluation(&mut self) {
        match self {
            Self::Gpu(e) => e.wave.clear_counts(),
            Self::Reference(e) => {
                e.counts = vec![Vec::new(); e.lanes.len()];
            }
        }
    }

    /// Into how many pieces the evaluation of one task is cut.
    pub fn evaluation_pieces(&self) -> u32 {
        match self {
            Self::Gpu(e) => e.wave.chunks(),
            Self::Reference(_) => 1,
        }
    }

    /// Evaluates one piece of one task, and waits for it. Pieces of all tasks are taken in order.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn evaluate(&mut self, task: u32, piece: u32) -> Result<(), EngineError> {
        match self {
            Self::Gpu(e) => {
                e.wave.evaluate(task, piece, true);
                Ok(e.wave.wait().await?)
            }
            Self::Reference(e) => {
                e.evaluate(task as usize);
                Ok(())
            }
        }
    }

    /// What the evaluation counted: for each lane, for each task.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn counts(&self) -> Result<Vec<Vec<Counts>>, EngineError> {
        match self {
            Self::Gpu(e) => e.counts().await,
            Self::Reference(e) => Ok(e.counts.clone()),
        }
    }

    /// Reads one lane's values.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn lane(&self, lane: usize) -> Result<LaneState<f32>, EngineError> {
        match self {
            Self::Gpu(e) => Ok(e.wave.lane(lane as u32).await?),
            Self::Reference(e) => Ok(e.lanes[lane].engine.state()),
        }
    }
}

/// Evaluation images of each seed taken at once: enough for a GPU's width, few enough for a short slice.
fn evaluation_chunk(config: &Config, lanes: u32) -> u32 {
    (1024 / lanes.max(1))
        .clamp(16, 128)
        .min(config.evaluation_images)
}

/// A wave on the GPU.
#[derive(Debug)]
pub struct OnGpu {
    about: Wave,
    wave: GpuWave,
    /// Where each training image lies among the uploaded ones.
    places: HashMap<(bool, u32), u32>,
}

impl OnGpu {
    fn new(gpu: Arc<Gpu>, about: Wave) -> Result<Self, EngineError> {
        let config = &about.config;
        let learned = config.evaluate_on == EvaluateOn::Learned;
        // Only the images that these seeds meet are uploaded.
        let mut places = HashMap::new();
        let mut pictures = Pictures {
            chunk: evaluation_chunk(config, about.lanes.len() as u32),
            per_task: config.evaluation_images,
            ..Pictures::default()
        };
        for stream in &about.streams {
            for task in &stream.tasks {
                let turn = Rotation::degrees(task.angle);
                pictures.rotations.push([turn.cos, turn.sin]);
                let sets = [(true, &task.training), (learned, &task.evaluation)];
                for (train, list) in sets {
                    let set = if train {
                        &about.data.train
                    } else {
                        &about.data.test
                    };
                    for &image in list {
                        let next = places.len() as u32;
                        places.entry((train, image)).or_insert_with(|| {
                            pictures.images.extend_from_slice(set.image(image as usize));
                            next
                        });
                    }
                }
            }
        }
        let chunk = pictures.chunk as usize;
        for task in 0..config.tasks as usize {
            for from in (0..config.evaluation_images as usize).step_by(chunk) {
                for stream in &about.streams {
                    let images = &stream.tasks[task].evaluation;
                    pictures.evaluation.extend((from..from + chunk).map(|i| {
                        // The last chunk may be cut short; what lies past it is not looked at.
                        images.get(i).map_or([0; 4], |&image| {
                            let [category, item] = about.evaluation_labels(stream, task, i);
                            [places[&(learned, image)], task as u32, category, item]
                        })
                    }));
                }
            }
        }
        let starts: Vec<LaneStart> = about
            .lanes
            .iter()
            .zip(&about.starts)
            .map(|(lane, state)| LaneStart {
                state: state.clone(),
                learn_alpha: lane.condition.learns_alpha(),
                learn_beta: lane.condition.learns_beta(),
            })
            .collect();
        let wave = GpuWave::new(
            gpu,
            &WaveSetup {
                model: &about.model,
                // What differs between conditions is in the starts.
                rule: &Rule::of(config, Condition::Meta),
                starts: &starts,
                per_seed: about.per_seed() as u32,
                tasks: config.tasks,
                batch: config.batch,
                replay: config.replay,
                block: config.steps_per_task(),
                pictures: &pictures,
            },
        )?;
        Ok(Self {
            about,
            wave,
            places,
        })
    }

    fn begin_task(&mut self, task: u32) {
        let per_task = self.about.config.steps_per_task();
        let columns = (self.about.config.batch + self.about.config.replay) as usize;
        let mut entries = Vec::new();
        for step in task * per_task..(task + 1) * per_task {
            for stream in &self.about.streams {
                let first = entries.len();
                let now = &stream.steps[step as usize];
                entries.extend(now.current.iter().chain(&now.replay).map(|&sample| {
                    let image = stream.image(sample);
                    let category = self.about.data.train.labels[image as usize];
                    [
                        self.places[&(true, image)],
                        stream.task_of(sample),
                        category.into(),
                        sample,
                    ]
                }));
                entries.resize(first + columns, [0; 4]);
            }
        }
        self.wave.write_entries(&entries);
        self.wave.clear_losses();
    }

    async fn advance(&mut self, steps: Range<u32>) -> Result<(), EngineError> {
        let shapes: Vec<(u32, u32)> = steps
            .map(|s| {
                let step = &self.about.streams[0].steps[s as usize];
                (step.current.len() as u32, step.replay.len() as u32)
            })
            .collect();
        self.wave.advance(&shapes, true);
        Ok(self.wave.wait().await?)
    }

    async fn counts(&self) -> Result<Vec<Vec<Counts>>, EngineError> {
        let model = &self.about.model;
        let answers = model.heads.len() * model.lesions().len();
        let all = self.wave.counts().await?;
        let of_task = answers + model.layers.len();
        Ok(all
            .chunks_exact(of_task * self.about.config.tasks as usize)
            .map(|lane| {
                lane.chunks_exact(of_task)
                    .map(|c| Counts {
                        correct: c[..answers].to_vec(),
                        active: c[answers..].to_vec(),
                    })
                    .collect()
            })
            .collect())
    }
}

/// A wave in plain loops.
#[derive(Debug)]
pub struct OnReference {
    about: Wave,
    lanes: Vec<ReferenceLane>,
    counts: Vec<Vec<Counts>>,
}

#[derive(Debug)]
struct ReferenceLane {
    engine: Reference<f32>,
    stream: Arc<Stream>,
    loss_sum: f32,
    lost: Option<u32>,
}

/// Does the same to every lane, on all cores where there are several.
fn each_lane<R: Send>(
    lanes: &mut [ReferenceLane],
    work: impl Fn(&mut ReferenceLane) -> R + Send + Sync,
) -> Vec<R> {
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        lanes.par_iter_mut().map(work).collect()
    }
    #[cfg(target_arch = "wasm32")]
    {
        lanes.iter_mut().map(work).collect()
    }
}

impl OnReference {
    fn new(about: Wave) -> Self {
        let per_seed = about.per_seed();
        let lanes = about
            .lanes
            .iter()
            .zip(&about.starts)
            .enumerate()
            .map(|(i, (lane, state))| ReferenceLane {
                engine: Reference::new(
                    &about.model,
                    &Rule::of(&about.config, lane.condition),
                    state.clone(),
                ),
                stream: about.streams[i / per_seed].clone(),
                loss_sum: 0.0,
                lost: None,
            })
            .collect();
        Self {
            about,
            lanes,
            counts: Vec::new(),
        }
    }

    fn begin_task(&mut self, _task: u32) {
        for lane in &mut self.lanes {
            lane.loss_sum = 0.0;
        }
    }

    fn advance(&mut self, steps: Range<u32>) {
        let data = &self.about.data;
        let heads = self.about.model.heads.len();
        each_lane(&mut self.lanes, |lane| {
            for s in steps.clone() {
                let step = &lane.stream.steps[s as usize];
                let ready = |list: &[u32]| -> Vec<Ready> {
                    list.iter()
                        .map(|&sample| {
                            let image = lane.stream.image(sample) as usize;
                            let task = lane.stream.task_of(sample) as usize;
                            let mut input = vec![0.0; PIXELS];
                            let turn = Rotation::degrees(lane.stream.tasks[task].angle);
                            rotate(data.train.image(image), turn, &mut input);
                            (input, [data.train.labels[image].into(), sample])
                        })
                        .collect()
                };
                let (current, replay) = (ready(&step.current), ready(&step.replay));
                let loss = lane
                    .engine
                    .observe(&samples(&current, heads), &samples(&replay, heads));
                lane.loss_sum += loss;
                let (alpha, beta) = lane.engine.rates();
                let finite = loss.is_finite() && alpha.iter().chain(beta).all(|x| x.is_finite());
                if !finite {
                    lane.lost.get_or_insert(s);
                }
            }
        });
    }

    fn read(&self) -> Vec<Reading> {
        self.lanes
            .iter()
            .map(|lane| {
                let (alpha, beta) = lane.engine.rates();
                Reading {
                    alpha: alpha.to_vec(),
                    beta: beta.to_vec(),
                    loss_sum: lane.loss_sum,
                    lost: lane.lost,
                }
            })
            .collect()
    }

    fn evaluate(&mut self, task: usize) {
        let about = &self.about;
        let (heads, layers) = (about.model.heads.len(), about.model.layers.len());
        let lesions = about.model.lesions();
        let set = about.evaluation_images();
        let counted = each_lane(&mut self.lanes, |lane| {
            let mut counts = Counts {
                correct: vec![0; heads * lesions.len()],
                active: vec![0; layers],
            };
            let turn = Rotation::degrees(lane.stream.tasks[task].angle);
            let mut input = vec![0.0; PIXELS];
            for (i, &image) in lane.stream.tasks[task].evaluation.iter().enumerate() {
                rotate(set.image(image as usize), turn, &mut input);
                let labels = about.evaluation_labels(&lane.stream, task, i);
                for (l, &lesion) in lesions.iter().enumerate() {
                    let outcome = lane.engine.forward(&input, lesion);
                    for (h, logits) in outcome.logits.iter().enumerate() {
                        if largest(logits) == labels[h] as usize {
                            counts.correct[h * lesions.len() + l] += 1;
                        }
                    }
                    if lesion == Lesion::Intact {
                        for (sum, &n) in counts.active.iter_mut().zip(&outcome.active) {
                            *sum += n;
                        }
                    }
                }
            }
            counts
        });
        for (all, counts) in self.counts.iter_mut().zip(counted) {
            all.push(counts);
        }
    }
}

/// A sample made ready: its rotated image, and its labels.
type Ready = (Vec<f32>, [u32; 2]);

/// Samples as the reference takes them, with a label for each head.
fn samples(list: &[Ready], heads: usize) -> Vec<Sample<'_, f32>> {
    list.iter()
        .map(|(input, labels)| Sample {
            input,
            labels: &labels[..heads],
        })
        .collect()
}

/// The index of the largest number, the first of equals.
fn largest(numbers: &[f32]) -> usize {
    let mut best = 0;
    for (i, x) in numbers.iter().enumerate() {
        if *x > numbers[best] {
            best = i;
        }
    }
    best
}

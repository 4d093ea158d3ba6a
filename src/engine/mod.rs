//! One interface over the engines: the lanes of one wave, taken through their schedules.
//!
//! A [`Wave`] is what an engine is given; an [`Engine`] trains it and says what it counted. Engines follow
//! one schedule and differ only in rounding.

pub mod codes;
pub mod info;
mod on_gpu;
mod on_host;
pub mod self_test;

use std::ops::Range;
use std::sync::Arc;

use crate::config::{Config, EvaluateOn, Lane};
use crate::cpu::Cpu;
use crate::data::{Dataset, Images};
use crate::engine::info::{EngineChoice, EngineInfo, EngineKind};
use crate::gpu::{Gpu, GpuError, wave::largest_need};
use crate::model::{LaneState, Model};
use crate::reference::Reference;
use crate::stream::Stream;

pub use on_gpu::OnGpu;
pub use on_host::{HostLane, OnHost};

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
    /// This computer's cores, by the fast engine.
    Cpu,
    /// The same cores, in plain loops.
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
    /// Opens the engine that was asked for; `Auto` takes the CPU where the GPU can't serve or is none.
    ///
    /// # Errors
    /// If the GPU was asked for by name and can't serve.
    pub async fn open(choice: EngineChoice, config: &Config) -> Result<Opened, EngineError> {
        let wanted = match choice {
            EngineChoice::Cpu | EngineChoice::Reference => {
                let device = match choice {
                    EngineChoice::Cpu => Self::Cpu,
                    _ => Self::Reference,
                };
                let notice = None;
                return Ok(Opened { device, notice });
            }
            _ if config.second_order => Err(GpuError::SecondOrder),
            _ => Gpu::open().await,
        };
        // In a browser everything stays on one thread; natively the GPU may be shared.
        #[cfg_attr(target_arch = "wasm32", allow(clippy::arc_with_non_send_sync))]
        match wanted {
            // The same cores do more without a graphics interface between.
            Ok(gpu) if choice == EngineChoice::Auto && gpu.is_software => Ok(Opened {
                device: Self::Cpu,
                notice: None,
            }),
            Ok(gpu) => Ok(Opened {
                device: Self::Gpu(Arc::new(gpu)),
                notice: None,
            }),
            Err(e) if choice == EngineChoice::Auto => Ok(Opened {
                device: Self::Cpu,
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
            Self::Cpu => EngineInfo {
                kind: EngineKind::Cpu,
                adapter: "CPU, matrix products in float32".into(),
                backend: String::new(),
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
            let capacity = on_gpu::evaluation_capacity(config, seeds * per_seed);
            largest_need(model, config.batch, config.replay, capacity, lanes(seeds))
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
    /// Their values before the first step taken here.
    pub starts: Vec<LaneState<f32>>,
    /// That step, counted from the stream's beginning: not 0 where a run goes on after a device was lost.
    pub first_step: u32,
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
    pub diverged: Option<u32>,
}

/// What an evaluation counted on one task of one lane.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Counts {
    /// Correct answers for each head, then each lesion.
    pub correct: Vec<u32>,
    /// Active units of each layer, summed over images.
    pub active: Vec<u32>,
}

impl Counts {
    /// Adds what was counted on other images of the same task.
    fn add(&mut self, other: &Self) {
        let pairs = self.correct.iter_mut().zip(&other.correct);
        pairs
            .chain(self.active.iter_mut().zip(&other.active))
            .for_each(|(sum, n)| *sum += n);
    }
}

/// An engine at work on one wave.
#[derive(Debug)]
pub enum Engine {
    /// On the GPU.
    Gpu(Box<OnGpu>),
    /// On the CPU.
    Cpu(Box<OnHost<Cpu>>),
    /// In plain loops.
    Reference(Box<OnHost<Reference<f32>>>),
}

impl Engine {
    /// Puts a wave on a device.
    ///
    /// # Errors
    /// If it does not fit there.
    pub fn new(device: &Device, wave: Wave) -> Result<Self, EngineError> {
        Ok(match device {
            Device::Gpu(gpu) => Self::Gpu(Box::new(OnGpu::new(gpu.clone(), wave)?)),
            Device::Cpu => Self::Cpu(Box::new(OnHost::new(wave))),
            Device::Reference => Self::Reference(Box::new(OnHost::new(wave))),
        })
    }

    /// Makes ready for the steps of a task.
    pub fn begin_task(&mut self, task: u32) {
        match self {
            Self::Gpu(e) => e.begin_task(task),
            Self::Cpu(e) => e.begin_task(task),
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
            Self::Cpu(e) => {
                e.advance(steps);
                Ok(())
            }
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
            Self::Gpu(e) => e.read().await,
            Self::Cpu(e) => Ok(e.read()),
            Self::Reference(e) => Ok(e.read()),
        }
    }

    /// Begins an evaluation: all counts are zero.
    pub fn begin_evaluation(&mut self) {
        match self {
            Self::Gpu(e) => e.begin_evaluation(),
            Self::Cpu(e) => e.begin_evaluation(),
            Self::Reference(e) => e.begin_evaluation(),
        }
    }

    /// The most images of one task that [`Self::evaluate`] takes at once.
    pub fn evaluation_capacity(&self) -> u32 {
        match self {
            Self::Gpu(e) => e.evaluation_capacity(),
            Self::Cpu(_) | Self::Reference(_) => u32::MAX,
        }
    }

    /// Evaluates some images of one task of every lane, counted from the task's first, and waits for it.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn evaluate(&mut self, task: u32, images: Range<u32>) -> Result<(), EngineError> {
        match self {
            Self::Gpu(e) => e.evaluate(task, images).await,
            Self::Cpu(e) => {
                e.evaluate(task as usize, images);
                Ok(())
            }
            Self::Reference(e) => {
                e.evaluate(task as usize, images);
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
            Self::Cpu(e) => Ok(e.counts()),
            Self::Reference(e) => Ok(e.counts()),
        }
    }

    /// How alike the evaluation's codes were: for each lane, for each layer, their mean correlation
    /// ([`crate::engine::codes`]); none where fewer than two codes had a spread.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn correlations(&self) -> Result<Vec<Vec<Option<f64>>>, EngineError> {
        match self {
            Self::Gpu(e) => e.correlations().await,
            Self::Cpu(e) => Ok(e.correlations()),
            Self::Reference(e) => Ok(e.correlations()),
        }
    }

    /// Reads one lane's values.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn lane(&self, lane: usize) -> Result<LaneState<f32>, EngineError> {
        match self {
            Self::Gpu(e) => e.lane(lane).await,
            Self::Cpu(e) => Ok(e.lane(lane)),
            Self::Reference(e) => Ok(e.lane(lane)),
        }
    }

    /// Reads every lane's values.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn lanes(&self) -> Result<Vec<LaneState<f32>>, EngineError> {
        match self {
            Self::Gpu(e) => e.lanes().await,
            Self::Cpu(e) => Ok(e.lanes()),
            Self::Reference(e) => Ok(e.lanes()),
        }
    }
}

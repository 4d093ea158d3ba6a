//! One interface over the engines.
//!
//! [`open()`] makes the engine that is wanted ready and tests it: a [`Device`]. On it an [`Engine`] is made
//! for every [`Wave`], lanes that are trained side by side; it takes them through their schedules and says
//! what it counted. Engines follow one schedule and differ only in rounding.

pub mod device;
mod gpu;
mod hints;
mod host;
pub mod info;
pub mod lane_worker;
mod open;
pub mod self_test;
pub mod spread;

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::{Config, EvaluateOn, Lane};
use crate::data::{Dataset, Images};
use crate::digest::{self, Digest};
use crate::gpu::{GpuError, StageTimes};
use crate::lane::Counts;
use crate::model::{LaneState, Model};
use crate::stream::Stream;

pub use device::{Capacity, Device};
pub use gpu::GpuEngine;
pub use hints::Hints;
pub use host::HostEngine;
pub use open::{Notice, OpenError, Opened, Preparing, SELF_TEST_BOUND, open};
pub use spread::{LaneWorkers, SpreadEngine};

/// What an engine can't do, or did wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The GPU failed, or the wave does not fit it.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// A schedule asks for an image that was not put on the GPU.
    #[error("image {image} of the {set} set is wanted but was not uploaded")]
    MissingImage {
        /// "training" or "test".
        set: &'static str,
        /// Its index there.
        image: u32,
    },
    /// A lane worker is gone, with the lanes that it trained.
    #[error("a worker that trained lanes stopped: {0}")]
    LaneWorker(String),
}

/// Lanes that are trained side by side: all of the same shape, those of one seed next to each other.
#[derive(Clone, Debug)]
pub struct Wave {
    /// The settings that its lanes are trained by from `first_step` on: past a fork those after it.
    pub config: Arc<Config>,
    /// The shape of every lane's network.
    pub model: Arc<Model>,
    /// The images that the schedules have indices of.
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
    /// Lanes of each seed.
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

    /// Labels of the `i`-th evaluation image of a task: category, item.
    fn evaluation_labels(&self, stream: &Stream, task: usize, i: usize) -> [u32; 2] {
        let image = stream.tasks[task].evaluation[i] as usize;
        let item = task as u32 * self.config.samples_per_task + i as u32;
        [self.evaluation_images().labels[image].into(), item]
    }
}

/// One lane's learned rates, and how it fares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// An engine at work on one wave.
#[derive(Debug)]
pub enum Engine {
    /// On the GPU, all lanes in every dispatch.
    Gpu(Box<GpuEngine>),
    /// On this computer's cores, lane by lane: the CPU engine and the reference.
    Host(HostEngine),
    /// By the CPU engine, on lane workers that share no memory with each other.
    Spread(SpreadEngine),
}

impl Engine {
    /// Puts a wave on a device.
    ///
    /// # Errors
    /// If it does not fit there.
    pub async fn new(device: &Device, wave: Wave) -> Result<Self, EngineError> {
        Ok(match device {
            Device::Gpu(gpu) => Self::Gpu(Box::new(GpuEngine::new(gpu.clone(), wave).await?)),
            Device::Cpu => Self::Host(HostEngine::cpu(wave)),
            Device::Spread(workers) => Self::Spread(SpreadEngine::new(workers, wave).await?),
            Device::Reference => Self::Host(HostEngine::reference(wave)),
        })
    }

    /// Makes ready for the steps of a task.
    ///
    /// # Errors
    /// If a step asks for an image that is not there.
    pub fn begin_task(&mut self, task: u32) -> Result<(), EngineError> {
        match self {
            Self::Gpu(e) => e.begin_task(task),
            Self::Host(e) => {
                e.begin_task();
                Ok(())
            }
            Self::Spread(e) => {
                e.begin_task();
                Ok(())
            }
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
            Self::Host(e) => {
                e.advance(steps);
                Ok(())
            }
            Self::Spread(e) => e.advance(steps).await,
        }
    }

    /// Seconds that each of the GPU engine's stages takes of a step like one of the stream's and of an
    /// evaluation, by itself and over and over; none of other engines. The lanes learn from what does not
    /// belong together: they are of no use afterwards.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn stage_times(&mut self, step: u32) -> Result<Option<StageTimes>, EngineError> {
        match self {
            Self::Gpu(e) => Ok(Some(e.stage_times(step).await?)),
            Self::Host(_) | Self::Spread(_) => Ok(None),
        }
    }

    /// Reads every lane's rates.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn read(&self) -> Result<Vec<Reading>, EngineError> {
        match self {
            Self::Gpu(e) => e.read().await,
            Self::Host(e) => Ok(e.read()),
            Self::Spread(e) => e.read().await,
        }
    }

    /// Begins an evaluation: all counts are zero.
    pub fn begin_evaluation(&mut self) {
        match self {
            Self::Gpu(e) => e.begin_evaluation(),
            Self::Host(e) => e.begin_evaluation(),
            Self::Spread(e) => e.begin_evaluation(),
        }
    }

    /// The most images of one task that [`Self::evaluate`] takes at once.
    pub fn evaluation_capacity(&self) -> u32 {
        match self {
            Self::Gpu(e) => e.evaluation_capacity(),
            Self::Host(_) | Self::Spread(_) => u32::MAX,
        }
    }

    /// Images in whose multiples an evaluation is to be cut: on cores so that its sums do not depend on the
    /// cuts; on a GPU because fewer take as long.
    pub fn evaluation_piece(&self) -> u32 {
        match self {
            Self::Gpu(_) => crate::gpu::passes::TILE,
            Self::Host(_) | Self::Spread(_) => host::TOGETHER,
        }
    }

    /// Evaluates some images of one task of every lane, counted from the task's first, and waits for it.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn evaluate(&mut self, task: u32, images: Range<u32>) -> Result<(), EngineError> {
        match self {
            Self::Gpu(e) => e.evaluate(task, images).await,
            Self::Host(e) => {
                e.evaluate(task as usize, images);
                Ok(())
            }
            Self::Spread(e) => e.evaluate(task, images).await,
        }
    }

    /// What the evaluation counted: for each lane, for each task.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn counts(&self) -> Result<Vec<Vec<Counts>>, EngineError> {
        match self {
            Self::Gpu(e) => e.counts().await,
            Self::Host(e) => Ok(e.counts()),
            Self::Spread(e) => e.counts().await,
        }
    }

    /// How alike the evaluation's codes were: for each lane, for each layer, their mean correlation
    /// ([`crate::numeric::codes`]); none where fewer than two codes had a spread.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn correlations(&self) -> Result<Vec<Vec<Option<f64>>>, EngineError> {
        match self {
            Self::Gpu(e) => e.correlations().await,
            Self::Host(e) => Ok(e.correlations()),
            Self::Spread(e) => e.correlations().await,
        }
    }

    /// Reads one lane's values; `lane` counts the wave's.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn lane(&self, lane: usize) -> Result<LaneState<f32>, EngineError> {
        match self {
            Self::Gpu(e) => e.lane(lane).await,
            Self::Host(e) => Ok(e.lane(lane)),
            Self::Spread(e) => e.lane(lane).await,
        }
    }

    /// Digests of every lane's values and of what an evaluation counted of it; `counts` is empty where there
    /// was none. `read` are the values where they have been read just now.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn digests(
        &self,
        read: Option<&[LaneState<f32>]>,
        counts: &[Vec<Counts>],
    ) -> Result<Vec<Digest>, EngineError> {
        match (self, read) {
            // Lane workers hash their lanes side by side.
            (Self::Spread(e), _) => e.digests(counts).await,
            (_, Some(states)) => Ok(digest::of_lanes(states, counts)),
            (Self::Gpu(e), None) => e.digests(counts).await,
            (Self::Host(e), None) => Ok(e.digests(counts)),
        }
    }

    /// Reads every lane's values.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn lanes(&self) -> Result<Vec<LaneState<f32>>, EngineError> {
        match self {
            Self::Gpu(e) => e.lanes().await,
            Self::Host(e) => Ok(e.lanes()),
            Self::Spread(e) => e.lanes().await,
        }
    }
}

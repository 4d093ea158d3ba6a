//! A device to make engines on: opened once, used for every wave.

use std::sync::Arc;

use super::EngineError;
use super::gpu::evaluation_capacity;
use super::hints::Hints;
use super::info::{EngineInfo, EngineKind};
use super::spread::LaneWorkers;
use crate::config::{Config, EvaluateOn, TaskKind};
use crate::data::DataInfo;
use crate::gpu::passes::Lanes;
use crate::gpu::wave::Demand;
use crate::gpu::{Gpu, GpuError};
use crate::model::Model;

/// What engines run on.
#[derive(Clone, Debug)]
pub enum Device {
    /// An open GPU, which all of a run's waves share.
    Gpu(Arc<Gpu>),
    /// This computer's cores, by the CPU engine.
    Cpu,
    /// The same, on workers: where threads share no memory.
    Spread(LaneWorkers),
    /// The same cores, in plain loops.
    Reference,
}

impl Device {
    /// Opens the GPU, without a test: [`super::open()`] has both.
    ///
    /// # Errors
    /// If it can't serve.
    pub async fn gpu(hints: &Hints) -> Result<Self, GpuError> {
        let named = hints.adapter.as_deref();
        let gpu = Gpu::open(&hints.patience, named, &hints.tunings).await?;
        // In a browser everything stays on one thread; natively the GPU may be shared.
        #[cfg_attr(target_arch = "wasm32", allow(clippy::arc_with_non_send_sync))]
        Ok(Self::Gpu(Arc::new(gpu)))
    }

    /// What it is, as far as it says so itself; not tested.
    pub fn info(&self) -> EngineInfo {
        let on_host = |kind, adapter: &str| EngineInfo {
            kind,
            adapter: adapter.into(),
            backend: String::new(),
            self_test: None,
        };
        match self {
            Self::Gpu(gpu) => EngineInfo {
                kind: EngineKind::Gpu,
                adapter: gpu.name.clone(),
                backend: gpu.backend.clone(),
                self_test: None,
            },
            // Where its lanes are changes no bit, so it is no other engine.
            Self::Cpu | Self::Spread(_) => {
                on_host(EngineKind::Cpu, "CPU, float32, sums in stated order")
            }
            Self::Reference => on_host(EngineKind::Reference, "CPU, plain loops in float32"),
        }
    }

    /// How many lanes are trained at the same time on this computer's cores.
    pub fn cores(&self) -> u32 {
        match self {
            Self::Spread(workers) => workers.count(),
            #[cfg(not(target_arch = "wasm32"))]
            _ => rayon::current_num_threads() as u32,
            #[cfg(target_arch = "wasm32")]
            _ => 1,
        }
    }

    /// How many lane workers train lanes; 0 where none is needed.
    pub fn workers(&self) -> u32 {
        match self {
            Self::Spread(workers) => workers.count(),
            Self::Gpu(_) | Self::Cpu | Self::Reference => 0,
        }
    }

    /// What one wave holds, at most all of the configuration's; none where the device has no memory of its
    /// own that sets a bound. `per_seed` are the lanes of a seed that train side by side.
    ///
    /// # Errors
    /// If not even one lane fits.
    pub fn capacity(
        &self,
        model: &Model,
        config: &Config,
        data: &DataInfo,
        per_seed: u32,
    ) -> Result<Option<Capacity>, EngineError> {
        let Self::Gpu(gpu) = self else {
            return Ok(None);
        };
        let (largest, total) = (gpu.largest_buffer(), gpu.budget());
        let sizes = |seeds: u32, of_each: u32| {
            let demand = demand(gpu, model, config, data, (seeds, of_each));
            demand.sizes()
        };
        let fits = |seeds, of_each| {
            let sizes = sizes(seeds, of_each);
            sizes.largest() <= largest && sizes.total() <= total
        };
        let Some(lanes) = (1..=per_seed.max(1)).rev().find(|&lanes| fits(1, lanes)) else {
            let one = sizes(1, 1);
            let (needed, allowed) = match one.largest() > largest {
                true => (one.largest(), largest),
                false => (one.total(), total),
            };
            let (needed, allowed) = (needed.div_ceil(1 << 20), allowed >> 20);
            return Err(GpuError::TooLarge { needed, allowed }.into());
        };
        let mut seeds = 1;
        while lanes == per_seed && seeds < config.seeds && fits(seeds + 1, lanes) {
            seeds += 1;
        }
        let [seeds, lanes] = [seeds, lanes].map(|n| n as usize);
        Ok(Some(Capacity { seeds, lanes }))
    }
}

/// What trains side by side: so many seeds, each with so many of its lanes. Where these are fewer than a seed
/// has, it is one seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// How many seeds, at least one.
    pub seeds: usize,
    /// How many lanes of each seed, at least one.
    pub lanes: usize,
}

/// What a wave of so many seeds, with so many lanes each, asks of a GPU's memory. How many images it meets is
/// not known before its schedules are drawn: it is at most all of them.
fn demand<'a>(
    gpu: &Gpu,
    model: &'a Model,
    config: &Config,
    data: &DataInfo,
    (seeds, of_each): (u32, u32),
) -> Demand<'a> {
    let tasks = u64::from(seeds) * u64::from(config.tasks);
    let met = |of_a_task: u32, all: u32| (tasks * u64::from(of_a_task)).min(all.into());
    let images = match config.evaluate_on {
        EvaluateOn::Test => {
            met(config.samples_per_task, data.train) + met(config.evaluation_images, data.test)
        }
        EvaluateOn::Learned => met(config.samples_per_task, data.train),
    };
    Demand {
        model,
        lanes: Lanes {
            lanes: seeds * of_each,
            per_seed: of_each,
            tasks: config.tasks,
        },
        batch: config.batch,
        replay: config.replay,
        second_order: config.second_order,
        permuted: config.stream == TaskKind::Permuted,
        block: config.steps_per_task(),
        capacity: evaluation_capacity(gpu, config, seeds * of_each),
        per_task: config.evaluation_images,
        images: images * data.pixels() as u64,
    }
}

//! A device to make engines on: opened once, used for every wave.

use std::sync::Arc;

use super::EngineError;
use super::gpu::evaluation_capacity;
use super::info::{EngineInfo, EngineKind};
use crate::config::Config;
use crate::gpu::passes::Lanes;
use crate::gpu::wave::largest_need;
use crate::gpu::{Gpu, GpuError};
use crate::model::Model;

/// What engines run on.
#[derive(Clone, Debug)]
pub enum Device {
    /// A GPU.
    Gpu(Arc<Gpu>),
    /// This computer's cores, by the CPU engine.
    Cpu,
    /// The same cores, in plain loops.
    Reference,
}

impl Device {
    /// Opens just the engine of that kind, without a test: [`super::open()`] has both.
    ///
    /// # Errors
    /// If the GPU can't serve.
    pub async fn of(kind: EngineKind, config: &Config) -> Result<Self, GpuError> {
        match kind {
            EngineKind::Cpu => Ok(Self::Cpu),
            EngineKind::Reference => Ok(Self::Reference),
            EngineKind::Gpu if config.second_order => Err(GpuError::SecondOrder),
            // In a browser everything stays on one thread; natively the GPU may be shared.
            #[cfg_attr(target_arch = "wasm32", allow(clippy::arc_with_non_send_sync))]
            EngineKind::Gpu => Ok(Self::Gpu(Arc::new(Gpu::open().await?))),
        }
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
            Self::Cpu => on_host(EngineKind::Cpu, "CPU, matrix products in float32"),
            Self::Reference => on_host(EngineKind::Reference, "CPU, plain loops in float32"),
        }
    }

    /// The most seeds, of `per_seed` lanes each, that one wave holds, at most the configuration's; none where
    /// the device has no memory of its own that sets a bound.
    ///
    /// # Errors
    /// If not even one seed fits.
    pub fn seeds_that_fit(
        &self,
        model: &Model,
        config: &Config,
        per_seed: u32,
    ) -> Result<Option<u32>, EngineError> {
        let Self::Gpu(gpu) = self else {
            return Ok(None);
        };
        let lanes = |seeds: u32| Lanes {
            lanes: seeds * per_seed,
            per_seed,
            tasks: config.tasks,
        };
        let need = |seeds| {
            let capacity = evaluation_capacity(config, seeds * per_seed);
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
        Ok(Some(seeds))
    }
}

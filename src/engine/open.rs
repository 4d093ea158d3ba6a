//! Making the engine that is wanted ready: opened, named, and compared with the reference before it trains.

use super::device::Device;
use super::hints::Hints;
use super::info::{EngineChoice, EngineInfo};
use super::self_test;
use super::spread::Finder;
use crate::gpu::{Gpu, GpuError};

/// The largest relative deviation from the reference in the self-test with which an engine is trusted.
pub const SELF_TEST_BOUND: f64 = 1e-3;

/// An engine that is ready.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What to make engines on.
    pub device: Device,
    /// What it is, and how far it was from the reference.
    pub info: EngineInfo,
    /// Why it is not the one hoped for, if it isn't.
    pub notice: Option<Notice>,
    /// Finds lane workers, should a run come to the CPU engine later.
    pub workers: Option<Finder>,
}

/// Why [`EngineChoice::Auto`] took the CPU.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The GPU can't serve, can't be trusted, or there is none.
    NoGpu(OpenError),
    /// The GPU is a program on the CPU.
    SoftwareGpu,
}

/// What is done to an engine that was opened, before it is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preparing {
    /// Its shaders are compiled, those that every run needs.
    Compiling {
        /// Compiled so far.
        done: usize,
        /// Of so many.
        of: usize,
    },
    /// It is compared with the reference.
    Testing,
}

/// Why an engine is not to be had.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OpenError {
    /// The GPU can't serve.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// Its numbers can't be trusted.
    #[error("the engine {adapter} deviates from the reference by {deviation:.1e} in its self-test")]
    SelfTest {
        /// The engine's name.
        adapter: String,
        /// The relative deviation, above [`SELF_TEST_BOUND`]; infinite if something was not finite.
        deviation: f64,
    },
}

/// Opens the engine that was asked for and tests it; `prepares` is called before each piece of that, once it
/// is open: whoever waits can say so meanwhile.
///
/// [`EngineChoice::Auto`] takes the GPU, but the CPU where there is none, where it does not answer or fails,
/// where its numbers are off, and where it is a program on the CPU: the same cores do more without a graphics
/// interface between.
///
/// # Errors
/// If the GPU was asked for by name and can't serve; if the engine fails its self-test.
pub async fn open(
    choice: EngineChoice,
    hints: &Hints,
    prepares: impl AsyncFn(Preparing),
) -> Result<Opened, OpenError> {
    let notice = match choice {
        EngineChoice::Reference => return tested(Device::Reference, hints, &prepares).await,
        EngineChoice::Cpu => None,
        EngineChoice::Gpu => {
            let device = gpu(hints).await?;
            return tested(device, hints, &prepares).await;
        }
        EngineChoice::Auto if hints.is_software => Some(Notice::SoftwareGpu),
        EngineChoice::Auto => match gpu(hints).await {
            Ok(Device::Gpu(gpu)) if gpu.is_software => Some(Notice::SoftwareGpu),
            Ok(device) => match tested(device, hints, &prepares).await {
                Ok(opened) => return Ok(opened),
                Err(e) => Some(Notice::NoGpu(e)),
            },
            Err(e) => Some(Notice::NoGpu(e.into())),
        },
    };
    let found = match &hints.workers {
        Some(Finder(find)) => find().await,
        None => None,
    };
    let device = found.map_or(Device::Cpu, Device::Spread);
    let opened = tested(device, hints, &prepares).await?;
    Ok(Opened { notice, ..opened })
}

async fn gpu(hints: &Hints) -> Result<Device, GpuError> {
    if let Some(seconds) = hints.silent {
        let asked = "an adapter";
        return Err(GpuError::Silent { asked, seconds });
    }
    Device::gpu(hints).await
}

/// An engine, named and compared with the reference.
async fn tested(
    device: Device,
    hints: &Hints,
    prepares: &impl AsyncFn(Preparing),
) -> Result<Opened, OpenError> {
    let mut info = device.info();
    if let (Device::Gpu(_), Some(name)) = (&device, &hints.adapter) {
        info.adapter.clone_from(name);
    }
    if let Device::Gpu(gpu) = &device {
        let of = Gpu::stages_of_every_run();
        for done in 0..of {
            prepares(Preparing::Compiling { done, of }).await;
            gpu.compile(done).await?;
        }
    }
    prepares(Preparing::Testing).await;
    let deviation = self_test::deviation(&device).await?;
    // It is never NaN: what is not finite is infinitely far off.
    if deviation > SELF_TEST_BOUND {
        let adapter = info.adapter;
        return Err(OpenError::SelfTest { adapter, deviation });
    }
    info.self_test = Some(deviation);
    Ok(Opened {
        device,
        info,
        notice: None,
        workers: hints.workers.clone(),
    })
}

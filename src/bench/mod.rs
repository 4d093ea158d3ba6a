//! How fast an engine is, beside what the device reaches at its best in the same run: for the terminal and
//! the page.

mod operations;

use std::sync::Arc;

use metacls_arithmetic::{Level, Panels, products};
use serde::Serialize;
use web_time::Instant;

use crate::config::Config;
use crate::data::Dataset;
use crate::engine::info::EngineKind;
use crate::engine::{Device, Engine, EngineError, Opened, Wave};
use crate::gpu::kernels::DENSE_TILES;
use crate::gpu::{Gpu, ProductSize, StageTime};
use crate::model::{Model, initial};
use crate::stream::{Stream, StreamError};

/// Seconds that each figure is measured for.
const SECONDS: f64 = 2.0;
/// How often an evaluation and a plain product are measured in turn, and how long the evaluation each time.
const SAMPLES: usize = 10;
const SAMPLE_SECONDS: f64 = 0.1;
/// The most images of each task that are evaluated, and samples that a task has: what is measured is a rate.
const IMAGES: u32 = 100;
/// Tasks of the stream that is learned from, over and over.
const TASKS: u32 = 20;
/// Rows and columns of the plain product that cores are held against.
const SIDE: usize = 1024;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The stream can't be drawn from these images.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The device has no room for one lane, or failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The processor's wide instructions can't be chosen.
    #[error(transparent)]
    Level(#[from] metacls_arithmetic::LevelError),
}

/// What the benchmark found; speeds by the second, of all lanes together.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Found {
    /// The engine that was measured.
    pub engine: EngineKind,
    /// Its device, in words.
    pub adapter: String,
    /// Lanes side by side: seeds times conditions, as far as there was room.
    pub lanes: u32,
    /// Units of the hidden layers.
    pub hidden: Vec<u32>,
    /// Whether the meta-gradient is of second order.
    pub second_order: bool,
    /// Observe steps a second, summed over lanes.
    pub lane_steps: f64,
    /// Images evaluated a second, each counted once for each lane.
    pub lane_images: f64,
    /// Additions and multiplications of one lane's step.
    pub step_operations: f64,
    /// Additions and multiplications of one image with one lane.
    pub image_operations: f64,
    /// Bytes that one lane's step must read and write at least: its weights are read, and read and written.
    pub step_bytes: f64,
    /// Operations a second of a plain matrix product of 1024 x 1024 on every core that trains (in a browser,
    /// on one core times the workers that train); none of a GPU.
    pub plain_product: Option<f64>,
    /// What was found of the GPU besides; none of the other engines.
    pub gpu: Option<FoundOnGpu>,
}

/// What is known of a GPU besides.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FoundOnGpu {
    /// Dispatches of an observe step.
    pub dispatches: u32,
    /// Threads of a workgroup that walks a list of passes.
    pub threads_of_a_walk: u32,
    /// Bytes read and written a second by a plain copy.
    pub copied_bytes: f64,
    /// Operations a second in registers.
    pub operations: f64,
    /// Seconds of a dispatch that does nothing.
    pub dispatch_seconds: f64,
    /// Seconds that a step of all lanes can't fall below: by its bytes, its operations, its dispatches.
    pub floors: [f64; 3],
    /// The largest of them as a share of the step that was measured.
    pub share: f64,
    /// What the stages of a step take, each by itself.
    pub stages: Vec<StageTime>,
    /// Images of each seed that are evaluated at once.
    pub evaluation_images: u32,
    /// Operations a second of the best plain product in WGSL, as large as the largest of that evaluation: of
    /// all lanes (or as many as 128 MiB hold), by those images, rounded up to whole tiles.
    pub plain_product: f64,
    /// Operations a second of the evaluation as a share of that: all of it, competition and counts with it.
    pub evaluation_share: f64,
    /// The same of its products alone, by their part of all its stages' time; 0 where stages were not
    /// measured.
    pub products_share: f64,
    /// What the stages of their evaluation take.
    pub evaluation_stages: Vec<StageTime>,
}

impl Found {
    /// Operations a second that the device reaches at its best; none if that was not measured.
    pub fn best(&self) -> Option<f64> {
        let gpu = self.gpu.as_ref().map(|gpu| gpu.operations);
        self.plain_product.or(gpu)
    }

    /// Seconds of a step of all lanes.
    pub fn step_seconds(&self) -> f64 {
        f64::from(self.lanes) / self.lane_steps
    }
}

/// Settings as they are measured: of a short stream, for only rates are wanted.
pub fn shortened(config: &Config) -> Config {
    let mut config = config.clone();
    config.evaluation_images = config.evaluation_images.min(IMAGES);
    config.samples_per_task = config.samples_per_task.min(IMAGES);
    config.tasks = TASKS;
    config
}

/// Measures an engine with the lanes of some settings side by side, as many as it has room for at once. The
/// settings are [`shortened`].
///
/// `turn` is called between measurements of some seconds: a page's worker lets its event loop turn.
///
/// # Errors
/// If the stream can't be drawn, or the device failed.
pub async fn measure(
    config: &Config,
    data: &Arc<Dataset>,
    opened: &Opened,
    mut turn: impl AsyncFnMut(),
) -> Result<Found, BenchError> {
    let mut config = shortened(config);
    let model = Model::new(&config, &data.info);
    let per_seed = config.conditions.len() as u32;
    if let Some(capacity) = opened
        .device
        .capacity(&model, &config, &data.info, per_seed)?
    {
        config.seeds = config.seeds.min(capacity.seeds as u32);
        config.conditions.truncate(capacity.lanes);
    }
    let config = Arc::new(config);
    let count = config.lanes().len() as u32;
    let lanes = f64::from(count);
    let plain_product = match &opened.device {
        Device::Gpu(_) => None,
        device => Some(plain_product(device.workers())?),
    };
    turn().await;
    let mut engine = at_work(&opened.device, &config, data).await?;
    let per_task = config.steps_per_task();
    let mut next = 0;
    let lane_steps = rate(SECONDS, async || {
        let task = next % config.tasks;
        engine.begin_task(task)?;
        engine
            .advance(task * per_task..(task + 1) * per_task)
            .await?;
        next += 1;
        Ok(lanes * f64::from(per_task))
    })
    .await?;
    turn().await;
    let capacity = engine.evaluation_capacity().min(config.evaluation_images);
    engine.begin_evaluation();
    let mut task = 0;
    let lane_images = rate(SECONDS, async || {
        engine.evaluate(task % config.tasks, 0..capacity).await?;
        task += 1;
        Ok(lanes * f64::from(capacity))
    })
    .await?;
    turn().await;
    let step_operations = operations::of_step(&model, config.batch.into(), config.replay.into());
    let step_bytes = 3.0 * 4.0 * operations::weights(&model);
    let gpu = match &opened.device {
        Device::Gpu(gpu) => {
            let least = [lanes * step_bytes, lanes * step_operations];
            let step = lanes / lane_steps;
            let found = on_gpu(gpu, &mut engine, per_task, least, step).await?;
            turn().await;
            let [units, fan_in] = operations::largest(&model);
            let size = ProductSize {
                lanes: count,
                per_seed: config.conditions.len() as u32,
                units,
                fan_in,
                columns: capacity,
            };
            let of_image = 2.0 * operations::weights(&model);
            Some(evaluation(gpu, &mut engine, found, size, of_image).await?)
        }
        _ => None,
    };
    Ok(Found {
        engine: opened.info.kind,
        adapter: opened.info.adapter.clone(),
        lanes: count,
        hidden: config.hidden.clone(),
        second_order: config.second_order,
        lane_steps,
        lane_images,
        step_operations,
        image_operations: 2.0 * operations::weights(&model),
        step_bytes,
        plain_product,
        gpu,
    })
}

/// A GPU's floors, beside a step of all lanes that must move so many bytes and do so many operations and took
/// so many seconds; and its stages.
async fn on_gpu(
    gpu: &Gpu,
    engine: &mut Engine,
    step: u32,
    [bytes, operations]: [f64; 2],
    seconds: f64,
) -> Result<FoundOnGpu, BenchError> {
    let best = gpu.floors().await.map_err(EngineError::from)?;
    // A whole step: the first of all has nothing to replay.
    let times = engine.stage_times(step).await?;
    let times = times.unwrap_or_default();
    let dispatches = times.step.iter().map(|s| s.dispatches).sum();
    let floors = [
        bytes / best.copied_bytes,
        operations / best.operations,
        f64::from(dispatches) * best.dispatch,
    ];
    Ok(FoundOnGpu {
        dispatches,
        threads_of_a_walk: gpu.walking(),
        copied_bytes: best.copied_bytes,
        operations: best.operations,
        dispatch_seconds: best.dispatch,
        floors,
        share: floors.into_iter().fold(0.0, f64::max) / seconds,
        stages: times.step,
        evaluation_images: 0,
        plain_product: 0.0,
        evaluation_share: 0.0,
        products_share: 0.0,
        evaluation_stages: times.evaluation,
    })
}

/// Adds what an evaluation of all lanes by so many images of each seed at once, each of `of_image`
/// operations, reaches of a plain product of that size. They are measured in turn, and of each its best
/// counts: what else a machine is at takes from both.
async fn evaluation(
    gpu: &Gpu,
    engine: &mut Engine,
    found: FoundOnGpu,
    size: ProductSize,
    of_image: f64,
) -> Result<FoundOnGpu, BenchError> {
    let product = gpu.plain_product(size).await.map_err(EngineError::from)?;
    let once = f64::from(size.lanes) * f64::from(size.columns) * of_image;
    let (mut plain, mut reached) = (0.0_f64, 0.0_f64);
    for _ in 0..SAMPLES {
        let now = product.rate().await.map_err(EngineError::from)?;
        plain = plain.max(now);
        let now = rate(SAMPLE_SECONDS, async || {
            engine.evaluate(0, 0..size.columns).await?;
            Ok(once)
        });
        reached = reached.max(now.await?);
    }
    let share = reached / plain;
    let stages = &found.evaluation_stages;
    let all: f64 = stages.iter().map(|s| s.seconds).sum();
    let products = stages.iter().find(|s| s.stage == DENSE_TILES.name);
    Ok(FoundOnGpu {
        evaluation_images: size.columns,
        plain_product: plain,
        evaluation_share: share,
        products_share: products.map_or(0.0, |p| share * all / p.seconds),
        ..found
    })
}

/// Repeats work of a known size until enough time has passed: units a second.
async fn rate(
    seconds: f64,
    mut work: impl AsyncFnMut() -> Result<f64, BenchError>,
) -> Result<f64, BenchError> {
    work().await?;
    let start = Instant::now();
    let mut done = 0.0;
    while start.elapsed().as_secs_f64() < seconds {
        done += work().await?;
    }
    Ok(done / start.elapsed().as_secs_f64())
}

/// The operands of one plain product.
struct Product {
    a: Panels,
    b: Vec<f32>,
    c: Vec<f32>,
}

impl Product {
    fn new() -> Self {
        let [a, b, c] = [0.5, 0.25, 0.0].map(|x| vec![x; SIDE * SIDE]);
        let a = Panels::new(&a, SIDE, SIDE);
        Self { a, b, c }
    }

    fn multiply(&mut self, level: Level) {
        products::dense(level, &self.a, &self.b, &mut self.c, false);
    }
}

/// Seconds in which `work` is done once: of as often as takes long enough.
fn seconds(mut work: impl FnMut()) -> f64 {
    work();
    let start = Instant::now();
    let mut times = 0.0;
    while start.elapsed().as_secs_f64() < SECONDS {
        work();
        times += 1.0;
    }
    start.elapsed().as_secs_f64() / times
}

/// Operations a second of a large matrix product on each of all cores.
#[cfg(not(target_arch = "wasm32"))]
fn plain_product(_: u32) -> Result<f64, BenchError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let level = Level::chosen()?;
    let mut all: Vec<Product> = (0..cores).map(|_| Product::new()).collect();
    let each = seconds(|| {
        std::thread::scope(|scope| {
            for product in &mut all {
                scope.spawn(|| product.multiply(level));
            }
        });
    });
    Ok(cores as f64 * operations_of_product() / each)
}

/// Operations a second of a large matrix product on one core, times the workers that train.
#[cfg(target_arch = "wasm32")]
fn plain_product(workers: u32) -> Result<f64, BenchError> {
    let level = Level::chosen()?;
    let mut product = Product::new();
    let each = seconds(|| product.multiply(level));
    Ok(f64::from(workers.max(1)) * operations_of_product() / each)
}

fn operations_of_product() -> f64 {
    2.0 * (SIDE as f64).powi(3)
}

/// An engine with all lanes of some settings.
async fn at_work(
    device: &Device,
    config: &Arc<Config>,
    data: &Arc<Dataset>,
) -> Result<Engine, BenchError> {
    let model = Arc::new(Model::new(config, &data.info));
    let seeds = config.first_seed..config.first_seed + config.seeds;
    let wave = Wave {
        streams: seeds
            .map(|seed| Stream::new(config, seed, &data.pool()).map(Arc::new))
            .collect::<Result<_, _>>()?,
        lanes: config.lanes(),
        starts: config
            .lanes()
            .iter()
            .map(|lane| initial(&model, config, lane.seed))
            .collect(),
        model,
        config: config.clone(),
        data: data.clone(),
        first_step: 0,
    };
    Ok(Engine::new(device, wave).await?)
}

//! `metacls bench`: how fast an engine is, beside the plain matrix product that these cores reach in the same
//! run.

use std::sync::Arc;
use std::time::Instant;

use metacls::config::Config;
use metacls::cpu;
use metacls::data::{Dataset, digits};
use metacls::engine::info::EngineChoice;
use metacls::engine::{self, Device, Engine, Hints, Wave};
use metacls::model::{Model, Source, initial};
use metacls::stream::Stream;
use metacls::{experiments, messages};

use super::Failure;
use super::voice::print;

/// Seconds that each figure is measured for.
const SECONDS: f64 = 2.0;

/// Operations (an addition or a multiplication each) of one observe step of one lane by the copy-free
/// look-ahead: every product once, and the inner products of the norms. For Figure 1 about 28 million.
fn step_operations(model: &Model, batch: f64, replay: f64) -> f64 {
    let columns = batch + replay;
    let through = 1.0 + batch * columns;
    model
        .matrices
        .iter()
        .map(|m| {
            let weights = (m.units * m.fan_in) as f64;
            let width = (m.units + m.fan_in) as f64;
            // Forward, backward and update; the first layer is gone through once, and not backward.
            let (products, terms) = match m.source {
                Source::Input => (2.0 * columns, columns),
                Source::Layer(_) => (2.0 * through + batch * columns, batch * columns),
            };
            2.0 * weights * products + terms * terms * width
        })
        .sum()
}

/// Operations of evaluating one image with one lane.
fn image_operations(model: &Model) -> f64 {
    let weights: usize = model.matrices.iter().map(|m| m.units * m.fan_in).sum();
    2.0 * weights as f64
}

/// Repeats work of a known size until enough time has passed: units a second.
fn rate(mut work: impl FnMut() -> Result<f64, Failure>) -> Result<f64, Failure> {
    work()?;
    let start = Instant::now();
    let mut done = 0.0;
    while start.elapsed().as_secs_f64() < SECONDS {
        done += work()?;
    }
    Ok(done / start.elapsed().as_secs_f64())
}

/// Operations a second of a large matrix product on each of all cores.
fn plain_product() -> Result<f64, Failure> {
    const SIDE: usize = 1024;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut all: Vec<_> = (0..cores)
        .map(|_| [0.5, 0.25, 0.0].map(|x| vec![x; SIDE * SIDE]))
        .collect();
    rate(|| {
        std::thread::scope(|scope| {
            for [a, b, c] in &mut all {
                scope.spawn(|| cpu::product::dense(a, SIDE, b, SIDE, c, false));
            }
        });
        Ok(2.0 * (SIDE as f64).powi(3) * cores as f64)
    })
}

fn at_work(device: &Device, config: &Arc<Config>, data: &Arc<Dataset>) -> Result<Engine, Failure> {
    let model = Arc::new(Model::new(config, &data.info));
    let (train, test) = (data.train.len() as u32, data.test.len() as u32);
    let seeds = config.first_seed..config.first_seed + config.seeds;
    let wave = Wave {
        streams: seeds
            .map(|seed| Stream::new(config, seed, train, test).map(Arc::new))
            .collect::<Result<_, _>>()
            .map_err(Failure::failed)?,
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
    pollster::block_on(Engine::new(device, wave)).map_err(|e| Failure::failed(messages::engine(&e)))
}

pub(super) fn bench(name: &str, seeds: u32, choice: EngineChoice) -> Result<(), Failure> {
    let Some(experiment) = experiments::find(name) else {
        return Err(Failure::Usage(format!("there is no preset \"{name}\"")));
    };
    let mut config = experiment.config;
    config.seeds = seeds.max(1);
    // Images don't matter for speed; these are always there.
    let data = Arc::new(digits(0, 8_000, 2_000));
    config.evaluation_images = config.evaluation_images.min(100);
    (config.tasks, config.samples_per_task) = (20, config.samples_per_task.min(100));
    let config = Arc::new(config);
    let opened = pollster::block_on(engine::open(
        choice,
        &config,
        &Hints::default(),
        async || {},
    ))
    .map_err(|e| Failure::failed(messages::open(&e)))?;
    let info = opened.info;
    print(&format!(
        "{name}: {} seeds x {} conditions; {}",
        config.seeds,
        config.conditions.len(),
        info.adapter
    ))?;
    let model = Model::new(&config, &data.info);
    let lanes = config.lanes().len() as f64;
    let plain = plain_product()?;
    let mut engine = at_work(&opened.device, &config, &data)?;
    let fail = |e: engine::EngineError| Failure::failed(messages::engine(&e));
    let per_task = config.steps_per_task();
    let mut next = 0;
    let steps = rate(|| {
        let task = next % config.tasks;
        engine.begin_task(task).map_err(fail)?;
        pollster::block_on(engine.advance(task * per_task..(task + 1) * per_task)).map_err(fail)?;
        next += 1;
        Ok(lanes * f64::from(per_task))
    })?;
    let capacity = engine.evaluation_capacity().min(config.evaluation_images);
    engine.begin_evaluation();
    let mut task = 0;
    let images = rate(|| {
        pollster::block_on(engine.evaluate(task % config.tasks, 0..capacity)).map_err(fail)?;
        task += 1;
        Ok(lanes * f64::from(capacity))
    })?;
    let step = step_operations(&model, config.batch.into(), config.replay.into());
    let image = image_operations(&model);
    let say = |what: &str, speed: f64, operations: f64| {
        let reached = speed * operations;
        print(&format!(
            "{what:<12} {speed:>10.0} a second x {:>7.2} M operations = {:>6.1} G a second, \
             {:>3.0}% of the plain product",
            operations / 1e6,
            reached / 1e9,
            100.0 * reached / plain
        ))
    };
    print(&format!(
        "plain product of 1024 x 1024 on every core: {:.1} G operations a second",
        plain / 1e9
    ))?;
    say("lane-steps", steps, step)?;
    say("lane-images", images, image)
}

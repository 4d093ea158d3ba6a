//! `metacls bench`: how fast an engine is, beside what the cores or the GPU reach at their best in the same
//! run.

use std::sync::Arc;

use metacls::bench::{self, Found};
use metacls::data::digits;
use metacls::engine;
use metacls::gpu::StageTime;
use metacls::{experiments, messages};

use super::Failure;
use super::request::changed;
use super::voice::print;

/// What is measured.
#[derive(Debug, clap::Args)]
pub(super) struct BenchArgs {
    /// A preset.
    #[arg(default_value = experiments::opening().id)]
    experiment: String,
    /// How many seeds side by side.
    #[arg(long, default_value_t = 8, conflicts_with = "lanes")]
    seeds: u32,
    /// How many lanes side by side: as many seeds as have them under the preset's conditions.
    #[arg(long)]
    lanes: Option<u32>,
    /// Change a knob: NAME=VALUE, once for each.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Which engine.
    #[arg(long, value_enum, default_value = "cpu")]
    engine: super::EngineName,
    /// Write one JSON object.
    #[arg(long)]
    json: bool,
}

/// What the benchmark found, and of which preset.
#[derive(serde::Serialize)]
struct Named<'a> {
    experiment: &'a str,
    #[serde(flatten)]
    found: &'a Found,
}

pub(super) fn bench(args: &BenchArgs) -> Result<(), Failure> {
    let name = &args.experiment;
    let Some(experiment) = experiments::find(name) else {
        return Err(Failure::Usage(format!("there is no preset \"{name}\"")));
    };
    let mut config = changed(&experiment.config, &args.set)?;
    let conditions = config.conditions.len().max(1) as u32;
    config.seeds = args
        .lanes
        .map_or(args.seeds, |lanes| lanes.div_ceil(conditions))
        .max(1);
    // Images don't matter for speed; these are always there.
    let data = Arc::new(digits(0, 8_000, 2_000));
    let choice = args.engine.into();
    let opened = pollster::block_on(engine::open(choice, &super::tuning::hints(), async |_| {}))
        .map_err(|e| Failure::failed(messages::open(&e)))?;
    let found = pollster::block_on(bench::measure(&config, &data, &opened, async || {}))
        .map_err(|e| Failure::failed(messages::bench(&e)))?;
    match args.json {
        true => {
            let experiment = name;
            let found = &found;
            let named = Named { experiment, found };
            print(&serde_json::to_string_pretty(&named).map_err(Failure::failed)?)
        }
        false => tell(name, &found),
    }
}

fn tell(experiment: &str, found: &Found) -> Result<(), Failure> {
    print(&format!(
        "{experiment}: {} lanes; {}",
        found.lanes, found.adapter
    ))?;
    if let Some(plain) = found.plain_product {
        print(&format!(
            "plain product of 1024 x 1024 on every core: {:.1} G operations a second",
            plain / 1e9
        ))?;
    }
    if let Some(gpu) = &found.gpu {
        print(&format!(
            "at its best: {:.1} G operations a second, {:.1} GB copied a second, {:.1} us a dispatch",
            gpu.operations / 1e9,
            gpu.copied_bytes / 1e9,
            gpu.dispatch_seconds * 1e6
        ))?;
    }
    let say = |what: &str, speed: f64, operations: f64| {
        let reached = speed * operations;
        print(&format!(
            "{what:<12} {speed:>10.0} a second x {:>7.2} M operations = {:>6.1} G a second, {:>3.0}% of that",
            operations / 1e6,
            reached / 1e9,
            100.0 * reached / found.best().unwrap_or(f64::INFINITY)
        ))
    };
    say("lane-steps", found.lane_steps, found.step_operations)?;
    say("lane-images", found.lane_images, found.image_operations)?;
    let Some(gpu) = &found.gpu else { return Ok(()) };
    let [bytes, operations, dispatches] = gpu.floors.map(|s| s * 1e3);
    print(&format!(
        "a step of all lanes: {:.3} ms; floors: {bytes:.3} by bytes, {operations:.3} by operations, \
         {dispatches:.3} by its {} dispatches; {:.0}% of the nearest",
        1e3 * found.step_seconds(),
        gpu.dispatches,
        100.0 * gpu.share
    ))?;
    tell_stages(&gpu.stages)?;
    let images = gpu.evaluation_images;
    print(&format!(
        "an evaluation of {images} images by all lanes: {:.0}% of a plain product in WGSL as large as its \
         largest ({:.1} G operations a second); its products alone {:.0}%",
        100.0 * gpu.evaluation_share,
        gpu.plain_product / 1e9,
        100.0 * gpu.products_share
    ))?;
    tell_stages(&gpu.evaluation_stages)
}

fn tell_stages(stages: &[StageTime]) -> Result<(), Failure> {
    for stage in stages {
        let (ms, n) = (stage.seconds * 1e3, stage.dispatches);
        print(&format!(
            "  {:<18} {n:>3} dispatches {ms:>9.3} ms",
            stage.stage
        ))?;
    }
    Ok(())
}

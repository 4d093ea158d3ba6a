//! `metacls check`: a results file's run, or a link's, made again and held beside what is on record.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use metacls::config::{Condition, Config};
use metacls::data::Dataset;
use metacls::driver::{Driver, Note};
use metacls::engine;
use metacls::engine::info::{EngineChoice, EngineKind};
use metacls::experiments::link::{self, Link};
use metacls::formats;
use metacls::messages;
use metacls::reproduction::expected::{Expected, ExpectedOutcome, MeasureOutcome, Spread};
use metacls::reproduction::lanes::{self, LaneOutcome};
use metacls::reproduction::measures::Difference;
use metacls::reproduction::{self, Likeness};
use metacls::results::{LaneResults, Results};

use super::progress::Teller;
use super::voice::{print, say};
use super::{EngineName, Failure, ImagesArgs, request, stop};

/// What to check.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// A results file, or a link that says what came out.
    run: String,
    /// Only these of the file's seeds: 7, or 0..4, or 0..=4.
    #[arg(long)]
    seeds: Option<String>,
    /// Only these of the file's conditions, joined by commas; frozen needs meta.
    #[arg(long)]
    conditions: Option<String>,
    /// Only so many tasks from the beginning.
    #[arg(long, value_name = "N")]
    tasks: Option<u32>,
    /// On which engine to run it again; auto takes the CPU's, which gives the same bits everywhere.
    #[arg(long, value_enum, default_value = "auto")]
    engine: EngineName,
    #[command(flatten)]
    images: ImagesArgs,
}

pub(super) fn check(args: &CheckArgs) -> Result<(), Failure> {
    stop::listen();
    if link::is_meant(&args.run) {
        return of_link(args);
    }
    let path = Path::new(&args.run);
    let on_record: Results = formats::read(path).map_err(|e| Failure::Usage(e.to_string()))?;
    of_file(args, &on_record)
}

/// The engine that is asked for.
fn choice(args: &CheckArgs) -> EngineChoice {
    match args.engine.into() {
        EngineChoice::Auto => EngineChoice::Cpu,
        named => named,
    }
}

fn of_link(args: &CheckArgs) -> Result<(), Failure> {
    let Link {
        config, expected, ..
    } = link::read(&args.run).map_err(|e| Failure::Usage(e.to_string()))?;
    let Some(expected) = expected else {
        return Err(Failure::Usage(
            "this link says nothing of what came out: metacls run runs it".into(),
        ));
    };
    if args.seeds.is_some() || args.conditions.is_some() || args.tasks.is_some() {
        return Err(Failure::Usage(
            "a link says what came out of the whole run: --seeds, --conditions and --tasks are for results \
             files"
                .into(),
        ));
    }
    let data = Arc::new(request::data(&args.images, &config)?);
    let again = run_again(args, &config, &data, &mut |_| ControlFlow::Continue(()))?;
    let outcome = expected.compare(&again);
    tell_expected(&expected, &outcome, &again)?;
    match outcome.likeness {
        Some(Likeness::NotTheSame) | None => Err(Failure::Failed(String::new())),
        _ => Ok(()),
    }
}

fn of_file(args: &CheckArgs, on_record: &Results) -> Result<(), Failure> {
    let usage = |words: String| Failure::Usage(format!("{}: {words}", args.run));
    let config = part(args, on_record)?;
    if !on_record.lanes.iter().any(LaneResults::is_begun) {
        return Err(usage("nothing was measured in it".into()));
    }
    let mut data = request::data(&args.images, &config)?;
    if data.info.digest != on_record.data.digest {
        return Err(usage(format!(
            "it was run on {} ({}), and here are {} ({})",
            on_record.data.name, on_record.data.digest, data.info.name, data.info.digest
        )));
    }
    // Of the same images: older programs counted ten classes of any files, whatever their labels.
    data.info.classes = data.info.classes.max(on_record.data.classes);
    let data = Arc::new(data);
    let mut told: Vec<LaneOutcome> = Vec::new();
    let mut tell = |again: &Results| -> ControlFlow<Failure> {
        for outcome in lanes::compare(on_record, again) {
            if let Err(e) = print(&messages::lane_outcome(&outcome)) {
                return ControlFlow::Break(e);
            }
            told.push(outcome);
        }
        ControlFlow::Continue(())
    };
    let again = run_again(args, &config, &data, &mut tell)?;
    let likenesses: Vec<Likeness> = told.iter().filter_map(|l| l.outcome.likeness()).collect();
    let (differences, whole) = reproduction::as_a_whole(&told, on_record, &again);
    let Some(whole) = whole else {
        return Err(usage(
            "it has nothing of these lanes to compare with".into(),
        ));
    };
    // A part of the stream has no end: there are none then.
    tell_differences(&differences)?;
    let count = |v: Likeness| likenesses.iter().filter(|&&of| of == v).count();
    let counts: Vec<String> = [
        Likeness::SameBits,
        Likeness::WithinTolerance,
        Likeness::NotTheSame,
    ]
    .into_iter()
    .filter(|&v| count(v) > 0)
    .map(|v| format!("{} {}", count(v), v.words()))
    .collect();
    print(&format!(
        "{} of {} lanes: {}",
        likenesses.len(),
        on_record.lanes.len(),
        counts.join(", ")
    ))?;
    match whole {
        Likeness::NotTheSame => Err(Failure::Failed(String::new())),
        _ => Ok(()),
    }
}

/// The part of a file's run that is asked for.
fn part(args: &CheckArgs, on_record: &Results) -> Result<Config, Failure> {
    let mut config = on_record.config.clone();
    if let Some(seeds) = &args.seeds {
        (config.first_seed, config.seeds) = request::parse_seeds(seeds)?;
        let (ours, file) = (&config, &on_record.config);
        if ours.first_seed < file.first_seed || ours.last_seed() > file.last_seed() {
            return Err(Failure::Usage(format!(
                "--seeds {seeds}: the file has seeds {} to {}",
                file.first_seed,
                file.last_seed()
            )));
        }
    }
    if let Some(conditions) = &args.conditions {
        let named = |name: &str| {
            let found = Condition::ALL.into_iter().find(|c| c.name() == name.trim());
            found.filter(|c| on_record.config.conditions.contains(c))
        };
        let all: Option<Vec<Condition>> = conditions.split(',').map(named).collect();
        config.conditions = all.ok_or_else(|| {
            let has = on_record.config.conditions.iter().map(|c| c.name());
            let has: Vec<&str> = has.collect();
            Failure::Usage(format!(
                "--conditions {conditions}: the file has {}",
                has.join(", ")
            ))
        })?;
    }
    if args.tasks.is_some_and(|tasks| tasks > config.tasks) {
        return Err(Failure::Usage(format!(
            "--tasks: the file has {}",
            config.tasks
        )));
    }
    Config::from_json(&config.to_json()).map_err(|e| Failure::Usage(e.to_string()))
}

/// Runs a configuration again, some seeds at a time; `tell` is given each part as it comes.
fn run_again(
    args: &CheckArgs,
    config: &Config,
    data: &Arc<Dataset>,
    tell: &mut dyn FnMut(&Results) -> ControlFlow<Failure>,
) -> Result<Results, Failure> {
    let choice = choice(args);
    let opened = pollster::block_on(engine::open(choice, &super::tuning::hints(), async |_| {}))
        .map_err(|e| Failure::failed(messages::open(&e)))?;
    let (device, info) = (opened.device, opened.info);
    say(format_args!("again on {}", info.name()));
    // On cores some seeds at a time, so that the first lanes are told early; a GPU takes them all.
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u32;
    let at_once = match info.kind {
        EngineKind::Gpu => config.seeds,
        _ => cores.div_ceil(config.conditions.len().max(1) as u32).max(1),
    };
    let lane_steps = config.lanes().len() as u64 * u64::from(config.steps());
    let mut teller = Teller::new("check", lane_steps);
    let mut all: Option<Results> = None;
    let mut seed = config.first_seed;
    while seed <= config.last_seed() {
        let some = Config {
            first_seed: seed,
            seeds: at_once.min(config.last_seed() - seed + 1),
            ..config.clone()
        };
        seed += some.seeds;
        let driver = Driver::new(some, data.clone(), device.clone(), info.clone());
        let mut driver = driver.map_err(|e| Failure::failed(messages::run(&e)))?;
        go(&mut driver, args.tasks, &mut teller)?;
        let results = driver.results();
        if let ControlFlow::Break(failure) = tell(&results) {
            return Err(failure);
        }
        match &mut all {
            Some(all) => all.lanes.extend(results.lanes),
            None => all = Some(results),
        }
    }
    teller.end();
    let nothing = || Failure::Usage("there is nothing to run".into());
    let mut all = all.ok_or_else(nothing)?;
    all.config = config.clone();
    Ok(all)
}

/// Takes a run to its end, or to the end of so many tasks.
fn go(driver: &mut Driver, tasks: Option<u32>, teller: &mut Teller) -> Result<(), Failure> {
    loop {
        if stop::asked() {
            return Err(Failure::Stopped("stopped: not all was checked".into()));
        }
        let notes = pollster::block_on(driver.slice(false));
        let notes = notes.map_err(|e| Failure::failed(messages::run(&e)))?;
        teller.tell(&driver.progress());
        let reached =
            |lane: &LaneResults| lane.diverged_at_step.is_some() || lane.tasks_learned() >= tasks;
        let is_far_enough = tasks.is_some()
            && notes.contains(&Note::TaskEnd)
            && driver.results().lanes.iter().all(reached);
        if notes.last() == Some(&Note::Done) || is_far_enough {
            return Ok(());
        }
    }
}

fn spread(of: Option<Spread>) -> String {
    match of {
        Some(Spread { mean, sd: Some(sd) }) => format!("{mean} ({sd})"),
        Some(Spread { mean, sd: None }) => mean.to_string(),
        None => "-".into(),
    }
}

fn tell_expected(
    expected: &Expected,
    outcome: &ExpectedOutcome,
    again: &Results,
) -> Result<(), Failure> {
    print("| measure | claimed: mean (SD) | again | |\n|---|---|---|---|")?;
    for of in &outcome.measures {
        let MeasureOutcome {
            condition, kind, ..
        } = of;
        print(&format!(
            "| {}: {} {} | {} | {} | {} |",
            condition.name(),
            kind.words(),
            of.of,
            spread(of.claimed),
            spread(of.again),
            of.likeness.map_or("-", Likeness::words)
        ))?;
    }
    let digest = |d: Option<metacls::digest::Digest>| d.map_or("none".into(), |d| d.to_string());
    print(&format!(
        "digest claimed {}, again {}",
        digest(expected.digest),
        digest(outcome.digest)
    ))?;
    let adapter = expected.adapter.as_deref().unwrap_or_default();
    print(&format!(
        "claimed by metacls {} on the engine {} {adapter}; again by metacls {} on {}",
        expected.code_version,
        expected.engine.word(),
        again.code_version,
        again.engine.name()
    ))?;
    if !outcome.same_bits_promised {
        print("the same bits are promised between runs of the CPU engine alone")?;
    }
    print(
        outcome
            .likeness
            .map_or("not all of it came to the end", Likeness::words),
    )
}

fn tell_differences(all: &[Difference]) -> Result<(), Failure> {
    let Some(seeds) = all.iter().map(|d| d.difference.n).max() else {
        return Ok(());
    };
    print(&format!(
        "at the end of the stream, again less on record, {seeds} seeds paired:\n\
         | measure | mean [95% interval] | p (sign flips, Holm) | |\n|---|---|---|---|"
    ))?;
    for of in all {
        let interval = of.difference.interval;
        let interval = interval.map_or(String::new(), |[a, b]| format!(" [{a:.4}, {b:.4}]"));
        print(&format!(
            "| {}: {} {} | {:.4}{interval} | {:.3} | {} |",
            of.condition.name(),
            of.kind.words(),
            of.of,
            of.difference.mean,
            of.p,
            of.likeness().words()
        ))?;
    }
    Ok(())
}

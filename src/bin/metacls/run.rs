//! `metacls run`: an experiment from configuration to table and results file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use metacls::config::Config;
use metacls::data::Dataset;
use metacls::driver::{Driver, Note};
use metacls::engine::{self, Hints};
use metacls::messages;

use super::request::{self, Asked};
use super::watch::Watcher;
use super::{Failure, RunArgs, table};

pub(super) fn run(args: &RunArgs) -> Result<(), Failure> {
    let Asked {
        name,
        experiment,
        mut config,
    } = request::asked(args)?;
    if args.dry_run {
        println!("{}", config.to_json());
        return Ok(());
    }
    let data = request::data(args.data.as_deref(), &config)?;
    config.data = data.info.kind;
    pollster::block_on(train(args, &name, experiment, config, data))
}

async fn train(
    args: &RunArgs,
    name: &str,
    experiment: Option<String>,
    config: Config,
    data: Dataset,
) -> Result<(), Failure> {
    let choice = args.engine.into();
    let opened = engine::open(choice, &config, &Hints::default(), async || {})
        .await
        .map_err(|e| Failure::failed(messages::open(&e)))?;
    if let Some(notice) = &opened.notice {
        let words = messages::notice(notice);
        eprintln!("note: {} {}", words.what, words.meaning);
    }
    let info = opened.info;
    eprintln!(
        "{name}: {} seeds ({} to {}) x {} on {}; {}; self-test {:.0e}",
        config.seeds,
        config.first_seed,
        config.first_seed + config.seeds - 1,
        config
            .conditions
            .iter()
            .map(|c| c.name())
            .collect::<Vec<_>>()
            .join(", "),
        data.info.name,
        info.adapter,
        info.self_test.unwrap_or_default(),
    );
    let mut driver = Driver::new(config, Arc::new(data), opened.device, info)
        .map_err(|e| Failure::failed(messages::run(&e)))?
        .of_experiment(experiment);
    let mut watcher = args.watch.is_some().then(|| Watcher::new(&mut driver));
    let bar = ProgressBar::new(driver.progress().lane_steps_total);
    if let Ok(style) = ProgressStyle::with_template(
        "{bar:30} {percent:>3}% {pos}/{len} lane-steps  {elapsed_precise}  {msg}",
    ) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    let failure = loop {
        let notes = match driver.slice(false).await {
            Ok(notes) => notes,
            Err(e) if e.is_loss() => match driver.recover().await {
                Ok(true) => {
                    bar.suspend(|| {
                        eprintln!("{e}; opened it again, going on from the last finished task")
                    });
                    continue;
                }
                Ok(false) => break Some(messages::run(&e)),
                Err(e) => break Some(messages::run(&e)),
            },
            Err(e) => break Some(messages::run(&e)),
        };
        let progress = driver.progress();
        bar.set_position(progress.lane_steps);
        if let (Some(speed), Some(left)) = (progress.lane_steps_per_second, progress.seconds_left) {
            bar.set_message(format!("{speed:.0} lane-steps/s, about {left:.0} s left"));
        }
        for note in &notes {
            if let Some(watcher) = &mut watcher {
                watcher.note(note, &driver).await;
            }
            if let Note::Diverged { lane, step } = note {
                let lane = driver.lanes()[*lane];
                bar.suspend(|| eprintln!("{}", messages::diverged(lane, *step)));
            }
        }
        if notes.last() == Some(&Note::Done) {
            break None;
        }
    };
    bar.finish_and_clear();
    table::print(&driver);
    if let (Some(watcher), Some(path)) = (watcher, &args.watch) {
        watcher.write(path, &driver)?;
    }
    let path = write(&args.out, name, &driver)?;
    let (training, evaluation) = driver.seconds();
    println!("training {training:.1} s, evaluation {evaluation:.1} s; results in {path}");
    failure.map_or(Ok(()), |words| Err(Failure::failed(words)))
}

fn write(folder: &Path, name: &str, driver: &Driver) -> Result<String, Failure> {
    let fail = |e: std::io::Error| Failure::Failed(format!("{}: {e}", folder.display()));
    std::fs::create_dir_all(folder).map_err(fail)?;
    let path = folder.join(format!("{name}.json"));
    let json = serde_json::to_string_pretty(&driver.results()).map_err(Failure::failed)?;
    std::fs::write(&path, json).map_err(fail)?;
    Ok(path.display().to_string())
}

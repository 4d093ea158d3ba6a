//! `metacls run`: an experiment from configuration to table and results file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use comfy_table::Table;
use indicatif::{ProgressBar, ProgressStyle};
use metacls::analysis::stats::Estimate;
use metacls::config::{Condition, Config, DataSet};
use metacls::data::Dataset;
use metacls::driver::{Driver, Note};
use metacls::engine::{self, Hints};
use metacls::experiments::{self, link};
use metacls::messages;
use metacls::results::description::lesion_name;

use super::watch::Watcher;
use super::{Failure, RunArgs};

pub(super) fn run(args: &RunArgs) -> Result<(), Failure> {
    let (name, mut config) = experiment(&args.experiment)?;
    if let Some(seeds) = &args.seeds {
        (config.first_seed, config.seeds) = parse_seeds(seeds)?;
    }
    if let Some(conditions) = &args.conditions {
        config.conditions = conditions
            .iter()
            .map(|c| condition(c))
            .collect::<Result<_, _>>()?;
    }
    let data = data(args.data.as_deref(), &config)?;
    config.data = data.info.kind;
    let problems = config.problems();
    if !problems.is_empty() {
        let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
        return Err(Failure::Usage(all.join("\n       ")));
    }
    if args.dry_run {
        println!("{}", config.to_json());
        return Ok(());
    }
    pollster::block_on(train(args, &name, config, data))
}

async fn train(args: &RunArgs, name: &str, config: Config, data: Dataset) -> Result<(), Failure> {
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
        .map_err(|e| Failure::failed(messages::run(&e)))?;
    let mut watcher = args.watch.is_some().then(|| Watcher::new(&mut driver));
    let bar = ProgressBar::new(driver.progress().lane_steps_total.into());
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
        bar.set_position(progress.lane_steps.into());
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
    print_table(&driver);
    if let (Some(watcher), Some(path)) = (watcher, &args.watch) {
        watcher.write(path, &driver)?;
    }
    let path = write(&args.out, name, &driver)?;
    let (training, evaluation) = driver.seconds();
    println!("training {training:.1} s, evaluation {evaluation:.1} s; results in {path}");
    failure.map_or(Ok(()), |words| Err(Failure::failed(words)))
}

fn experiment(name: &str) -> Result<(String, Config), Failure> {
    if let Some(e) = experiments::find(name) {
        return Ok((e.id.to_owned(), e.config));
    }
    // A link of the page, or its fragment alone.
    let fragment = name.rsplit_once('#').map_or(name, |(_, f)| f);
    if fragment.starts_with("v=") {
        let link = link::read(fragment).map_err(|e| Failure::Usage(e.to_string()))?;
        return Ok((link.preset, link.config));
    }
    let path = Path::new(name);
    if path.extension().is_none_or(|e| e != "json") {
        let known: Vec<&str> = experiments::all().iter().map(|e| e.id).collect();
        return Err(Failure::Usage(format!(
            "there is no preset \"{name}\"; there are {}, or give a configuration file (.json) or a link of the page",
            known.join(", ")
        )));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::Usage(format!("{name}: can't be read ({e})")))?;
    let config = Config::from_json(&text).map_err(|e| Failure::Usage(format!("{name}: {e}")))?;
    Ok((
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        config,
    ))
}

/// "7", "0..4" (without 4) or "0..=4" (with 4), as first seed and count.
fn parse_seeds(text: &str) -> Result<(u32, u32), Failure> {
    let wrong = || {
        Failure::Usage(format!(
            "--seeds {text}: give one seed (7), or a range: 0..4 is 0, 1, 2, 3 and 0..=4 is 0, 1, 2, 3, 4"
        ))
    };
    let number = |t: &str| t.trim().parse::<u32>().map_err(|_| wrong());
    let Some((from, to)) = text.split_once("..") else {
        return Ok((number(text)?, 1));
    };
    let first = number(from)?;
    let end = match to.strip_prefix('=') {
        Some(last) => number(last)?.checked_add(1).ok_or_else(wrong)?,
        None => number(to)?,
    };
    if end <= first {
        return Err(wrong());
    }
    Ok((first, end - first))
}

fn condition(name: &str) -> Result<Condition, Failure> {
    Condition::ALL
        .into_iter()
        .find(|c| c.name() == name.trim())
        .ok_or_else(|| {
            let known: Vec<&str> = Condition::ALL.iter().map(|c| c.name()).collect();
            Failure::Usage(format!(
                "there is no condition \"{name}\"; there are {}",
                known.join(", ")
            ))
        })
}

fn data(choice: Option<&str>, config: &Config) -> Result<Dataset, Failure> {
    let folder = match (choice, config.data) {
        (Some("digits"), _) | (None, DataSet::Digits) => return Ok(Dataset::procedural()),
        (Some(folder), _) => folder.to_owned(),
        (None, DataSet::Mnist | DataSet::Custom) => {
            std::env::var("METACLS_MNIST").map_err(|_| {
                Failure::Usage(
                    "this experiment asks for MNIST: name a folder with its four files by --data DIR or the \
                     environment variable METACLS_MNIST, or give --data digits for procedural digits"
                        .into(),
                )
            })?
        }
    };
    Dataset::from_directory(Path::new(&folder)).map_err(Failure::failed)
}

fn print_table(driver: &Driver) {
    let run = driver.description();
    let say = |e: &Estimate, digits: usize| match e.sd {
        Some(sd) => format!("{:.digits$} ({:.digits$})", e.mean, sd),
        None => format!("{:.digits$}", e.mean),
    };
    let all = |list: &[Estimate], digits: usize| {
        list.iter()
            .map(|e| say(e, digits))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let layers = run.layer_names();
    let matrices: Vec<&str> = run.matrices.iter().map(|m| m.name.as_str()).collect();
    let mut table = Table::new();
    table.set_header([
        "condition".to_owned(),
        "seeds".to_owned(),
        "accuracy".to_owned(),
        format!("active ({})", layers.join(", ")),
        format!("alpha ({})", matrices.join(", ")),
        format!("beta ({})", layers.join(", ")),
    ]);
    let summary = driver.summary();
    for condition in &summary.conditions {
        let Some(point) = condition.points.last() else {
            continue;
        };
        let accuracy: Vec<String> = point
            .lesions
            .iter()
            .map(|l| {
                let digits = if l.head == 1 { 4 } else { 3 };
                let head = &run.heads[l.head as usize].name;
                format!(
                    "{} ({head}, {})",
                    say(&l.accuracy, digits),
                    lesion_name(l.lesion, &layers)
                )
            })
            .collect();
        let seeds = point.alpha.first().map_or(0, |e| e.n);
        table.add_row([
            condition.condition.name().to_owned(),
            seeds.to_string(),
            accuracy.join("\n"),
            all(&point.active, 3),
            all(&point.alpha, 4),
            all(&point.beta, 3),
        ]);
    }
    println!("{table}");
    println!("mean (SD over seeds) after the last task; accuracy is the mean over all tasks");
}

fn write(folder: &Path, name: &str, driver: &Driver) -> Result<String, Failure> {
    let fail = |e: std::io::Error| Failure::Failed(format!("{}: {e}", folder.display()));
    std::fs::create_dir_all(folder).map_err(fail)?;
    let path = folder.join(format!("{name}.json"));
    let json = serde_json::to_string_pretty(&driver.results()).map_err(Failure::failed)?;
    std::fs::write(&path, json).map_err(fail)?;
    Ok(path.display().to_string())
}

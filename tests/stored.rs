//! The stored forty-seed runs belong to the present presets and the present code's draws.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use metacls::analysis::claims::Verdict;
use metacls::config::{Condition, Config, DataSet};
use metacls::data::Pool;
use metacls::experiments::{self, Experiment, answered};
use metacls::inspect::{Watched, WatchedLane};
use metacls::model::{Lesion, Model, initial};
use metacls::report::figure::{self, Theme};
use metacls::reproduction::fork::ForkSummary;
use metacls::results::{LaneResults, Results};
use metacls::stream::Stream;
use metacls::sweep::{Definition, SweepSummary};
use metacls::{formats, report};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The experiments that a run is stored of.
fn figures() -> impl Iterator<Item = Experiment> {
    experiments::all().into_iter().filter(|e| e.stored)
}

fn stored(name: &str) -> (PathBuf, Results) {
    let path = root().join(format!("stored/{name}.json.gz"));
    let results = formats::read::<Results>(&path).unwrap();
    (path, results)
}

#[test]
fn stored_runs_are_of_the_present_presets_and_draws() {
    let mut bytes = 0;
    for figure in figures() {
        let (name, preset) = (figure.id, figure.config);
        let (path, results) = stored(name);
        bytes += std::fs::metadata(path).unwrap().len();
        bytes += std::fs::metadata(units(name)).unwrap().len();
        assert_eq!(results.config, preset, "{name}: run cargo xtask figures");
        assert_eq!(results.data.kind, DataSet::Mnist);
        let pool = Pool {
            train: &[0; 60_000],
            test: &[0; 10_000],
            classes: 10,
            side: 28,
        };
        let stream = Stream::new(&preset, preset.first_seed, &pool).unwrap();
        let model = Model::new(&preset, &results.data);
        let weights = initial(&model, &preset, preset.first_seed).weights;
        let draws = stream.draws(&weights);
        assert_eq!(results.draws, draws, "{name}: run cargo xtask figures");
        assert!(
            results.digest().is_some(),
            "{name}: run cargo xtask figures"
        );
        assert_eq!(results.lanes.len(), preset.lanes().len());
        for lane in &results.lanes {
            assert_eq!(lane.records.len() as u32, preset.tasks + 1, "{name}");
        }
    }
    // A digest for each lane and task is a seventh of it: digests do not pack.
    assert!(bytes < 1_200_000, "{bytes} bytes");
}

fn units(name: &str) -> PathBuf {
    root().join(format!("stored/{name}.units.json.gz"))
}

/// What the page shows unit by unit is of the stored run's first seed.
#[test]
fn the_units_are_of_the_stored_runs() {
    for name in figures().map(|e| e.id) {
        let watched: Watched = formats::read(&units(name)).unwrap();
        let (_, results) = stored(name);
        assert_eq!(watched.draws, results.draws, "run cargo xtask figures");
        // Looking at the first seed does not need the others.
        let first = |config: &Config| Config {
            seeds: 1,
            conditions: Vec::new(),
            ..config.clone()
        };
        assert_eq!(first(&watched.config), first(&results.config));
        assert_eq!(watched.pixels, watched.probe.pixels());
        assert_eq!(watched.strip.len(), 20);
        let model = Model::new(&results.config, &results.data);
        let units: Vec<usize> = model.layers.iter().map(|l| l.units).collect();
        for (lane, held) in watched.lanes.iter().zip(&results.lanes) {
            assert_eq!(lane.lane, held.lane());
            assert_eq!(lane.snapshots.len(), held.records.len());
            for snapshot in &lane.snapshots {
                let seen: Vec<usize> = snapshot.layers.iter().map(|l| l.output.len()).collect();
                assert_eq!(seen, units);
            }
            // What h1's units have learned; none of them nothing.
            let learned = &lane.learned;
            assert_eq!(
                (learned.units.len(), learned.scales.len()),
                (units[0], units[0])
            );
            for unit in &learned.units {
                assert_eq!(unit.len(), 14 * 14);
                assert!(unit.bytes().all(|digit| (b'0'..=b'6').contains(&digit)));
                assert!(
                    unit.contains(['0', '6']),
                    "{name}: a unit without its largest change"
                );
            }
            // The step walked through begins where the stored run stood then.
            let then = held.records.iter().find(|r| r.tasks_learned == 4).unwrap();
            assert_eq!(lane.trace.step, 4 * results.config.steps_per_task());
            for (a, b) in lane.trace.alpha[0].iter().zip(&then.alpha) {
                assert!((a - b).abs() <= 1e-5 * b.abs().max(1e-6), "{name}: {a} {b}");
            }
        }
        // The twins start identical, cell for cell; in the end meta's top layer is the emptier one.
        let lane = |condition| {
            let all: &[WatchedLane] = &watched.lanes;
            let found = all.iter().find(|l| l.lane.condition == condition);
            found.unwrap_or_else(|| panic!("{name}: no {condition:?}"))
        };
        let (baseline, meta) = (lane(Condition::Baseline), lane(Condition::Meta));
        assert_eq!(baseline.snapshots[0], meta.snapshots[0]);
        let top = model.layers.iter().position(|l| l.name.ends_with("_L"));
        let top = top.unwrap_or(model.layers.len() - 1);
        let active = |lane: &WatchedLane| lane.snapshots[20].layers[top].active;
        assert!(2 * active(meta) < active(baseline), "{name}");
    }
}

#[test]
fn every_claim_has_its_verdict() {
    let mut numbers = Vec::new();
    for name in figures().map(|e| e.id) {
        for outcome in report::outcomes(&stored(name).1) {
            let Some(number) = outcome.number else {
                continue;
            };
            numbers.push(number);
            let final_ = [Verdict::Holds, Verdict::DoesNotHold].contains(&outcome.verdict);
            assert!(final_, "claim {number}: {:?}", outcome.verdict);
            println!("claim {number}: {}", outcome.verdict.words());
        }
    }
    numbers.sort_unstable();
    // The paper's nine, and two of its authors' later text.
    assert_eq!(numbers, (1..=11).collect::<Vec<_>>());
}

/// What the tour says of the lesions, held against what was measured: the share of above-chance accuracy that
/// is lost without a pathway.
#[test]
fn the_tour_tells_of_lesions_what_was_measured() {
    let (_, results) = stored("figure3");
    let (category, item) = (1.0 / 10.0, 1.0 / f64::from(results.config.items()));
    let lost = |condition: Condition, head: u32, lesion: Lesion, chance: f64| {
        let mean = |lesion: Lesion| {
            let of = |lane: &LaneResults| {
                let evaluation = lane.records.last().unwrap().evaluation.as_ref().unwrap();
                let mut all = evaluation.accuracy.iter();
                let found = all.find(|a| (a.head, a.lesion) == (head, lesion));
                found.unwrap().mean
            };
            let all: Vec<f64> = results.finished(condition).map(of).collect();
            all.iter().sum::<f64>() / all.len() as f64 - chance
        };
        1.0 - mean(lesion) / mean(Lesion::Intact)
    };
    let shares = |lesion| {
        [Condition::Baseline, Condition::Meta].map(|c| {
            println!("{c:?} {lesion:?} item {:.3}", lost(c, 1, lesion, item));
            [lost(c, 0, lesion, category), lost(c, 1, lesion, item)]
        })
    };
    let [baseline, meta] = shares(Lesion::WithoutL);
    // "More than half of the memory for single images is gone", in both; "the category is still read".
    assert!(baseline[1] > 0.5 && meta[1] > 0.5, "{baseline:?} {meta:?}");
    assert!(
        baseline[0] < 0.05 && meta[0] < 0.05,
        "{baseline:?} {meta:?}"
    );
    // "Only meta loses nothing without the small one."
    let [baseline, meta] = shares(Lesion::WithoutR);
    assert!(baseline[1] > 0.1 && meta[1] <= 0.0, "{baseline:?} {meta:?}");
    // The sentences stand there.
    let steps = experiments::tour::steps();
    let words = steps
        .iter()
        .find(|s| s.experiment == "figure3")
        .unwrap()
        .words;
    for said in [
        "more than half",
        "in baseline, too",
        "Only meta loses nothing",
    ] {
        assert!(words.contains(said), "{words}");
    }
}

#[test]
fn the_pictures_are_of_the_stored_runs() {
    for name in figures().map(|e| e.id) {
        let (_, results) = stored(name);
        for (suffix, theme) in [("", Theme::LIGHT), ("-dark", Theme::DARK)] {
            let path = root().join(format!("docs/{name}{suffix}.svg"));
            let held = std::fs::read_to_string(&path).unwrap_or_default();
            let drawn = figure::svg(&results, theme).unwrap();
            assert!(
                held == drawn,
                "{}: run cargo xtask pictures",
                path.display()
            );
        }
    }
}

/// Every stored sweep is whole, and is what the command that stands beside it makes.
#[test]
fn stored_sweeps_are_what_their_commands_make() {
    let folder = root().join("stored/sweeps");
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let declared = answered::sweeps();
    let mut names: Vec<String> = declared
        .iter()
        .map(|s| format!("{}.json.gz", s.id))
        .collect();
    names.sort();
    assert_eq!(files, names, "src/experiments/answered.rs declares each");
    for story in declared {
        let path = folder.join(format!("{}.json.gz", story.id));
        assert!(
            std::fs::metadata(&path).unwrap().len() < 150_000,
            "{}",
            story.id
        );
        let summary: SweepSummary = formats::read(&path).unwrap();
        assert!(summary.digest().is_some(), "{}", story.id);
        assert!(story.found.len() > 100, "{}: what was found", story.id);
        assert!(
            story
                .command
                .contains(&format!("stored/sweeps/{}.json.gz", story.id)),
            "{}",
            story.command
        );
        let words = story.command.split_whitespace().skip(1);
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_metacls"))
            .args(words)
            .arg("--dry-run")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let planned = formats::parse::<Definition>(story.command, &said).unwrap();
        let planned = Definition {
            config: Config {
                data: summary.definition.config.data,
                ..planned.config
            },
            ..planned
        };
        assert_eq!(
            planned.difference(&summary.definition),
            None,
            "{}",
            story.id
        );
    }
}

/// Every stored fork is declared, and of a branch and its trunk.
#[test]
fn stored_forks_are_declared_and_paired() {
    let folder = root().join("stored/forks");
    let files = std::fs::read_dir(&folder).unwrap();
    let declared = answered::forks();
    assert_eq!(files.count(), declared.len());
    for story in declared {
        let path = folder.join(format!("{}.json.gz", story.id));
        assert!(
            std::fs::metadata(&path).unwrap().len() < 50_000,
            "{}",
            story.id
        );
        let summary: ForkSummary = formats::read(&path).unwrap();
        let trunk = Config {
            fork_at: 0,
            fork: Vec::new(),
            conditions: summary.trunk.config.conditions.clone(),
            seeds: summary.trunk.config.seeds,
            ..summary.branch.config.clone()
        };
        assert_eq!(trunk, summary.trunk.config, "{}", story.id);
        assert!(summary.branch.digest.is_some() && story.found.len() > 100);
        let at = summary.branch.config.fork_at;
        assert!(
            story.command.contains(&format!("--fork-at {at}")),
            "{}",
            story.command
        );
        // Up to the fork the bits are the same; what is stored of the trunk is rounded to six digits.
        let mut before = summary.course.iter().filter(|c| c.tasks_learned <= at);
        assert!(
            before.all(|c| c.difference.mean.abs() < 1e-6),
            "{}",
            story.id
        );
    }
}

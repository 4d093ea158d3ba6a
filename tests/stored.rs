//! The stored forty-seed runs belong to the present presets and the present code's draws.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use metacls::analysis::claims::Verdict;
use metacls::config::{Condition, Config, DataSet};
use metacls::data::Pool;
use metacls::experiments::{self, Experiment};
use metacls::inspect::{Watched, WatchedLane};
use metacls::model::{Model, initial};
use metacls::report::figure::{self, Theme};
use metacls::results::Results;
use metacls::stream::Stream;
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
    assert_eq!(numbers, (1..=9).collect::<Vec<_>>());
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

//! The stored forty-seed runs belong to the present presets and the present code's draws.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use metacls::claims::Verdict;
use metacls::config::DataSet;
use metacls::data::{CLASSES, PIXELS};
use metacls::figures::{self, Theme};
use metacls::model::{Model, initial};
use metacls::results::Results;
use metacls::stream::Stream;
use metacls::{experiments, report};

const FIGURES: [&str; 3] = ["figure1", "figure2", "figure3"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn stored(name: &str) -> (PathBuf, Results) {
    let path = root().join(format!("stored/{name}.json.gz"));
    let results = Results::read(&path).unwrap();
    (path, results)
}

#[test]
fn stored_runs_are_of_the_present_presets_and_draws() {
    let mut bytes = 0;
    for name in FIGURES {
        let (path, results) = stored(name);
        bytes += std::fs::metadata(path).unwrap().len();
        let preset = experiments::find(name).unwrap().config;
        assert_eq!(results.config, preset, "{name}: run cargo xtask figures");
        assert_eq!(results.data.kind, DataSet::Mnist);
        let stream = Stream::new(&preset, preset.first_seed, 60_000, 10_000).unwrap();
        let model = Model::new(&preset, PIXELS, CLASSES);
        let weights = initial(&model, &preset, preset.first_seed).weights;
        let draws = stream.draws(&weights);
        assert_eq!(results.draws, draws, "{name}: run cargo xtask figures");
        assert_eq!(results.lanes.len(), preset.lanes().len());
        for lane in &results.lanes {
            assert_eq!(lane.records.len() as u32, preset.tasks + 1, "{name}");
        }
    }
    assert!(bytes < 1_000_000, "{bytes} bytes");
}

#[test]
fn every_claim_has_its_verdict() {
    let mut numbers = Vec::new();
    for name in FIGURES {
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
    for name in FIGURES {
        let (_, results) = stored(name);
        for (suffix, theme) in [("", Theme::LIGHT), ("-dark", Theme::DARK)] {
            let path = root().join(format!("docs/{name}{suffix}.svg"));
            let held = std::fs::read_to_string(&path).unwrap_or_default();
            let drawn = figures::svg(&results, theme).unwrap();
            assert!(held == drawn, "{}: run cargo xtask figures", path.display());
        }
    }
}

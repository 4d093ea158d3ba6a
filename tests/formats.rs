//! What was once written opens for ever; what a later program wrote is refused by name.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use metacls::config::{Condition, Config};
use metacls::engine::info::EngineKind;
use metacls::formats::version::{self, Versioned};
use metacls::formats::{self, FileError};
use metacls::inspect::Watched;
use metacls::reproduction::fork::ForkSummary;
use metacls::results::Results;
use metacls::sweep::{Definition, Sweep, SweepSummary};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

fn unpacked(name: &str) -> serde_json::Value {
    let bytes = std::fs::read(fixture(name)).unwrap();
    let plain = formats::gzip::unpack(bytes, 1 << 24).unwrap();
    serde_json::from_slice(&plain).unwrap()
}

#[test]
fn a_configuration_of_version_1_opens() {
    let config: Config = formats::read(&fixture("v1/configuration.json")).unwrap();
    assert_eq!(config.hidden, [12, 8]);
    assert_eq!(config.pathways, Some([6, 4]));
    assert_eq!((config.seeds, config.tasks, config.eta_beta), (2, 5, 0.1));
    let again = Config::from_json(&config.to_json()).unwrap();
    assert_eq!(again, config);
}

#[test]
fn results_of_version_1_open() {
    let results: Results = formats::read(&fixture("v1/results.json.gz")).unwrap();
    let old = unpacked("v1/results.json.gz");
    assert_eq!(results.schema, version::current::<Results>());
    assert_eq!(results.lanes.len(), 6);
    let diverged: Vec<Option<u32>> = results.lanes.iter().map(|l| l.diverged_at_step).collect();
    assert_eq!(diverged, [None, None, None, None, Some(11), None]);
    // Every number is as it stood there.
    for (lane, old) in results.lanes.iter().zip(old["lanes"].as_array().unwrap()) {
        for (record, old) in lane.records.iter().zip(old["records"].as_array().unwrap()) {
            assert_eq!(serde_json::to_value(record).unwrap(), *old);
        }
    }
    assert_eq!(results.lanes[2].condition, Condition::Frozen);
}

#[test]
fn results_of_version_3_say_where_lanes_changed_engines() {
    for name in ["v1/results.json.gz", "v2/results.json.gz"] {
        let older: Results = formats::read(&fixture(name)).unwrap();
        assert_eq!(older.schema, version::current::<Results>());
        assert!(older.engine_changes().is_empty());
    }
    let results: Results = formats::read(&fixture("v3/results.json.gz")).unwrap();
    assert_eq!(results.engine.kind, EngineKind::Reference);
    let steps: Vec<u32> = results
        .lanes
        .iter()
        .map(|l| l.engine_changes[0].step)
        .collect();
    assert_eq!(steps, [2, 0, 2, 0]);
    let change = &results.lanes[0].engine_changes[0].engine;
    assert_eq!(
        (change.kind, change.self_test),
        (EngineKind::Cpu, Some(3.5e-7))
    );
    let cpu = "CPU, matrix products in float32";
    assert_eq!(
        results.engine_changes(),
        [
            format!("from step 2 on seeds 0 to 1 under meta on {cpu}"),
            format!("from their beginning seeds 0 to 1 under frozen on {cpu}"),
        ]
    );
    let report = metacls::report::markdown("a run", &results);
    assert!(report.contains(&format!("from step 2 on seeds 0 to 1 under meta on {cpu}")));
    // Changes are held against the schedule and the lane's own records.
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut text = unpacked("v3/results.json.gz");
        change(&mut text["lanes"][0]["engine_changes"]);
        let outcome = formats::parse::<Results>("file", &text.to_string());
        outcome.unwrap_err().to_string()
    };
    for said in [
        refused(&|changes| changes[0]["step"] = 3.into()),
        refused(&|changes| changes[0]["step"] = 8.into()),
        refused(&|changes| {
            let first = changes[0].clone();
            changes.as_array_mut().unwrap().push(first);
        }),
        refused(&|changes| changes[0]["engine"]["adapter"] = "a\u{1b}[2J".into()),
        refused(&|changes| changes[0]["engine"]["self_test"] = (-1).into()),
    ] {
        assert!(said.contains("lanes[0].engine_changes["), "{said}");
    }
}

#[test]
fn results_of_version_4_have_digests() {
    for version in ["v1", "v2", "v3"] {
        let older: Results =
            formats::read(&fixture(&format!("{version}/results.json.gz"))).unwrap();
        assert_eq!(older.digest(), None);
    }
    let results: Results = formats::read(&fixture("v4/results.json.gz")).unwrap();
    assert_eq!(results.lanes.len(), 6);
    let records = || results.lanes.iter().flat_map(|lane| &lane.records);
    assert!(records().all(|record| record.digest.is_some()));
    assert_eq!(results.digest().unwrap().to_string(), "cb1e0635e1e0e8fe");
    // A run that is not whole has none.
    let mut part = results.clone();
    part.lanes[3].records.pop();
    assert_eq!(part.digest(), None);
    part.lanes[3].diverged_at_step = Some(11);
    assert!(part.digest().is_some());
    let mut text = unpacked("v4/results.json.gz");
    for digest in ["123", "0x23456789abcdef", ""] {
        text["lanes"][0]["records"][1]["digest"] = digest.into();
        let refused = formats::parse::<Results>("file", &text.to_string()).unwrap_err();
        assert!(
            refused.to_string().contains("16 hexadecimal digits"),
            "{refused}"
        );
    }
}

#[test]
fn watched_units_of_version_1_open() {
    let watched: Watched = formats::read(&fixture("v1/units.json.gz")).unwrap();
    let old = unpacked("v1/units.json.gz");
    let layer = &watched.lanes[1].snapshots[5].layers[0];
    let then = &old["lanes"][1]["looks"][5]["layers"][0];
    assert_eq!(then["line"], layer.threshold);
    assert_eq!(
        then["drive"],
        serde_json::to_value(&layer.pre_activation).unwrap()
    );
}

/// What is read and written again is read as the same.
#[test]
fn reading_and_writing_lose_nothing() {
    for name in ["v1", "v2", "v3", "v4"].map(|v| format!("{v}/results.json.gz")) {
        let name = name.as_str();
        let results: Results = formats::read(&fixture(name)).unwrap();
        let text = serde_json::to_string(&results).unwrap();
        assert_eq!(formats::parse::<Results>(name, &text), Ok(results));
    }
    for name in ["v1/units.json.gz", "v2/units.json.gz"] {
        let watched: Watched = formats::read(&fixture(name)).unwrap();
        let text = serde_json::to_string(&watched).unwrap();
        assert_eq!(formats::parse::<Watched>(name, &text), Ok(watched));
    }
}

#[test]
fn later_versions_are_refused_by_name() {
    fn refused<T: Versioned + std::fmt::Debug>(text: &str) -> String {
        let error: FileError = formats::parse::<T>("file", text).unwrap_err();
        error.to_string()
    }
    for said in [
        refused::<Results>("{\"schema\": 99}"),
        refused::<Watched>("{\"schema\": 99}"),
        refused::<Config>("{\"schema\": 99, \"a_knob_of_the_future\": 1}"),
    ] {
        assert!(said.contains("version 99"), "{said}");
        assert!(said.contains("newer metacls"), "{said}");
    }
    assert!(refused::<Results>("{}").contains("schema"));
    assert!(refused::<Results>("{\"schema\": 0}").contains("schema"));
    assert!(refused::<Results>("[1]").contains("schema"));
    assert!(refused::<Watched>("7").contains("schema"));
    assert!(refused::<Config>("{\"hiden\": [1]}").contains("unknown field hiden"));
    // A configuration inside another file is checked as one by itself.
    let mut results = unpacked("v1/results.json.gz");
    results["config"]["tasks"] = 0.into();
    assert!(refused::<Results>(&results.to_string()).contains("tasks: 0 is not allowed"));
}

#[test]
fn forks_of_version_1_open() {
    let summary: ForkSummary = formats::read(&fixture("v1/fork-summary.json.gz")).unwrap();
    assert_eq!(summary.branch.config.fork, ["learn_alpha=false"]);
    assert_eq!(summary.branch.config.fork_at, 1);
    let old = unpacked("v1/fork-summary.json.gz");
    let value = serde_json::to_value(&summary).unwrap();
    assert_eq!(value["course"], old["course"]);
    assert_eq!(value["end"], old["end"]);
    // Up to the fork they are one run.
    assert_eq!(summary.course[1].tasks_learned, 1);
    assert_eq!(summary.course[1].difference.mean, 0.0);
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut value = value.clone();
        change(&mut value);
        let read = formats::parse::<ForkSummary>("f", &value.to_string());
        read.unwrap_err().to_string()
    };
    for (said, hint) in [
        (refused(&|v| v["schema"] = 2.into()), "use a newer metacls"),
        (refused(&|v| v["end"][0]["p"] = 2.into()), "end[0].p"),
        (
            refused(&|v| v["course"][0]["tasks_learned"] = 99.into()),
            "course[0].tasks_learned",
        ),
        (
            refused(&|v| v["course"][1] = v["course"][0].clone()),
            "each once",
        ),
        (
            refused(&|v| v["course"][0]["trunk"]["n"] = 99.into()),
            "course[0].trunk.n",
        ),
        (
            refused(&|v| v["end"][0]["condition"] = "frozen".into()),
            "end[0].condition",
        ),
    ] {
        assert!(said.contains(hint), "{hint}: {said}");
    }
}

#[test]
fn sweeps_of_version_1_open() {
    let definition: Definition = formats::read(&fixture("v1/sweep.json")).unwrap();
    assert_eq!(definition.varied, ["alpha_0", "hidden"]);
    assert_eq!(definition.points.len(), 4);
    let sweep = Sweep::new(definition.clone()).unwrap();
    assert_eq!(sweep.said(3), "alpha_0=0.1, hidden=12");
    let summary: SweepSummary = formats::read(&fixture("v1/sweep-summary.json.gz")).unwrap();
    assert_eq!(summary.definition.points, definition.points);
    // One of its points is missing.
    assert_eq!(summary.next(), Some(2));
    let point = summary.points[1].as_ref().unwrap();
    assert_eq!(point.digest.unwrap().to_string(), "3b8e8742ce7cf09b");
    let old = unpacked("v1/sweep-summary.json.gz");
    let value = serde_json::to_value(&summary).unwrap();
    assert_eq!(value["points"], old["points"]);
    let read = |name: &str, kind: &str| {
        let mut later = match name.ends_with("gz") {
            true => unpacked(name),
            false => serde_json::from_slice(&std::fs::read(fixture(name)).unwrap()).unwrap(),
        };
        later["schema"] = 2.into();
        let said = match kind {
            "definition" => formats::parse::<Definition>("f", &later.to_string()).err(),
            _ => formats::parse::<SweepSummary>("f", &later.to_string()).err(),
        };
        said.unwrap().to_string()
    };
    for said in [
        read("v1/sweep.json", "definition"),
        read("v1/sweep-summary.json.gz", "summary"),
    ] {
        assert!(said.contains("use a newer metacls"), "{said}");
    }
}

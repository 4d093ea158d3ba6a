//! Nothing in a results file is believed, and nothing that is told of it depends on the order of its lanes.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::path::Path;

use metacls::config::Condition;
use metacls::formats;
use metacls::inspect::Watched;
use metacls::report::figure::{self, Theme};
use metacls::report::page::StoredRun;
use metacls::results::Results;
use metacls::stream::{Purpose, random};
use metacls::{experiments, report};
use rand::seq::SliceRandom;
use serde_json::{Value, json};

fn unpacked(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = formats::text_of(name, formats::bytes(&path).unwrap());
    serde_json::from_str(&text.unwrap()).unwrap()
}

/// Figure 1's stored run with its first six seeds.
fn six_seeds() -> Value {
    let mut file = unpacked("stored/figure1.json.gz");
    file["config"]["seeds"] = 6.into();
    let lanes = file["lanes"].as_array_mut().unwrap();
    lanes.retain(|lane| lane["seed"].as_u64().unwrap() < 6);
    file
}

fn opened(file: &Value) -> Results {
    formats::parse("file", &file.to_string()).unwrap()
}

fn refused(file: &Value) -> String {
    let read = formats::parse::<Results>("file", &file.to_string());
    read.unwrap_err().to_string()
}

/// Everything that is told of a file: tables and claims, rows and their units, methods, the figure, what the
/// page has.
fn told(file: &Value) -> [String; 7] {
    let results = opened(file);
    [
        report::markdown("figure 1", &results),
        report::csv(&results),
        report::units(&results),
        report::methods(&results, None),
        figure::svg(&results, Theme::LIGHT).unwrap(),
        serde_json::to_string(&StoredRun::of(&results).unwrap()).unwrap(),
        serde_json::to_string(&results.compact()).unwrap(),
    ]
}

#[test]
fn the_order_of_lanes_changes_nothing() {
    let file = six_seeds();
    let as_written = told(&file);
    let shuffled = |work: &mut dyn FnMut(&mut Vec<Value>)| {
        let mut file = file.clone();
        work(file["lanes"].as_array_mut().unwrap());
        told(&file)
    };
    let by_condition = shuffled(&mut |lanes| {
        lanes.sort_by_key(|l| (l["condition"].to_string(), l["seed"].as_u64()));
    });
    assert!(by_condition == as_written, "sorted by condition");
    assert!(shuffled(&mut |lanes| lanes.reverse()) == as_written);
    for seed in 0..4 {
        let mut rng = random(seed, Purpose::Statistics);
        let other = shuffled(&mut |lanes| lanes.shuffle(&mut rng));
        assert!(other == as_written, "shuffle {seed}");
    }
}

#[test]
fn accuracies_in_another_order_are_found_by_name() {
    let file = unpacked("tests/fixtures/v2/results.json.gz");
    let mut turned = file.clone();
    for lane in turned["lanes"].as_array_mut().unwrap().iter_mut().skip(1) {
        for record in lane["records"].as_array_mut().unwrap() {
            let all = record["evaluation"]["accuracy"].as_array_mut().unwrap();
            all.reverse();
        }
    }
    assert!(told(&turned) == told(&file));
}

/// Seeds are paired by their number: a seed without one of its lanes is left out, and no other moves.
#[test]
fn missing_lanes_leave_out_their_seeds_alone() {
    let mut file = six_seeds();
    let gone = [(1, "meta"), (4, "baseline"), (2, "rates")];
    let lanes = file["lanes"].as_array_mut().unwrap();
    lanes.retain(|l| {
        let which =
            |(seed, condition): &(u64, &str)| l["seed"] == *seed && l["condition"] == *condition;
        !gone.iter().any(which)
    });
    lanes.reverse();
    let results = opened(&file);
    // One entry for each of the configuration's lanes, in its order; those left out are empty.
    let lanes: Vec<_> = results.lanes.iter().map(|l| l.lane()).collect();
    assert_eq!(lanes, results.config.lanes());
    let empty = results.lanes.iter().filter(|l| l.records.is_empty());
    assert_eq!(empty.count(), gone.len());
    // Claim 1 is on meta less baseline.
    let part = &report::outcomes(&results)[0].parts[0];
    assert_eq!(part.seeds, [0, 2, 3, 5]);
    let end = |seed: u64, condition: &str| {
        let full = six_seeds();
        let lanes = full["lanes"].as_array().unwrap();
        let is_it = |l: &&Value| l["seed"] == seed && l["condition"] == condition;
        let records = lanes.iter().find(is_it).unwrap()["records"]
            .as_array()
            .unwrap();
        let mean = &records.last().unwrap()["evaluation"]["accuracy"][0]["mean"];
        mean.as_f64().unwrap()
    };
    let by_hand = [0, 2, 3, 5].map(|seed| end(seed, "meta") - end(seed, "baseline"));
    assert_eq!(part.values, by_hand);
    // What the page has stands under its own lane.
    let page = StoredRun::of(&results).unwrap();
    for (lane, records) in page.run.lanes.iter().zip(&page.records) {
        let held = results.lane(*lane).unwrap();
        assert_eq!(records.len(), held.records.len());
        assert_eq!(
            records.last().map(|r| &r.alpha),
            held.records.last().map(|r| &r.alpha)
        );
    }
}

/// Interrupted runs and the page write what they have.
#[test]
fn a_run_that_is_not_through_opens() {
    let mut file = six_seeds();
    for (i, lane) in file["lanes"].as_array_mut().unwrap().iter_mut().enumerate() {
        let records = lane["records"].as_array_mut().unwrap();
        records.truncate([21, 7, 1, 0][(i / 5).min(3)]);
    }
    let results = opened(&file);
    assert_eq!(results.lanes.len(), 30);
    let part = &report::outcomes(&results)[0].parts[0];
    assert_eq!(part.seeds, [0]);
    assert!(StoredRun::of(&results).is_ok());
    file["lanes"] = json!([]);
    let results = opened(&file);
    assert!(results.lanes.iter().all(|l| l.records.is_empty()));
    assert!(StoredRun::of(&results).is_ok());
    report::markdown("nothing", &results);
}

/// A field, written as messages write it, and what stands there instead.
fn spoiled(file: &Value, pointer: &str, value: Value) -> Value {
    let mut file = file.clone();
    let (record, field) = pointer.rsplit_once('/').unwrap();
    match file.pointer_mut(record).unwrap() {
        Value::Array(list) => list[field.parse::<usize>().unwrap()] = value,
        record => record[field] = value,
    }
    file
}

/// A field, what stands there instead, and what is said of it.
const SPOILINGS: &str = r#"
/heads | [] | heads: 0 numbers, the configuration's network has 2 heads
/layers | ["h1"] | layers: 1 numbers
/layers/1 | "h9" | layers[1]: "h9" is not allowed; allowed: "h2"
/matrices | [] | matrices: 0 numbers
/config/hidden | [] | hidden: an empty list is not allowed
/config/hidden | [12] | layers: 4 numbers
/config/seeds | 4000000000 | seeds: 4000000000 is not allowed
/config/seeds | 1 | lanes[3]: seed 1 under baseline is not allowed
/config/tasks | 4 | by_task: 5 numbers, the configuration's stream has 4 tasks
/config/pathways | null | layers: 4 numbers
/lanes/1/seed | 7 | lanes[1]: seed 7 under meta is not allowed
/lanes/1/condition | "baseline" | lanes[1]: seed 0 under baseline is not allowed
/lanes/1/condition | "rates" | a condition of the configuration
/lanes/1/diverged_at_step | 20 | lanes[1].diverged_at_step: 20
/lanes/1/diverged_at_step | 3 | the lane was measured then
/lanes/1/records/2/tasks_learned | 1 | lanes[1].records[2].tasks_learned: 1
/lanes/1/records/2/tasks_learned | 3 | lanes[1].records[3].tasks_learned: 3
/lanes/1/records/5/tasks_learned | 6 | lanes[1].records[5].tasks_learned: 6
/lanes/1/records/0/alpha | [0.1] | lanes[1].records[0].alpha: 1 numbers, the conf
/lanes/1/records/0/alpha/3 | 1e39 | lanes[1].records[0].alpha[3]: 1000000000000
/lanes/1/records/0/beta | [0, 0, 0, 0, 0] | records[0].beta: 5 numbers
/lanes/1/records/1/meta_loss | -1e300 | records[1].meta_loss: -1000
@/active | [0.5] | @.active: 1 numbers, the configuration's network has 4 layers
@/active/2 | 1.25 | @.active[2]: 1.25 is not allowed; allowed: 0 to 1
@/active_by_task | [[0.5]] | @.active_by_task: 1 numbers
@/active_by_task/1 | [0.5] | @.active_by_task[1]: 1 numbers, the configuration's stream has 5 tasks
@/active_by_task/1/0 | -0.5 | @.active_by_task[1][0]: -0.5
@/active_pooled | 2 | @.active_pooled: 2 is not
@/correlation | [null] | @.correlation: 1 numbers
@/correlation/0 | 1.5 | @.correlation[0]: 1.5
@/accuracy | [] | @.accuracy: 0 numbers, the configuration's network has 2 heads
@/accuracy/1/head | 2 | @.accuracy[1].head: 2 is not allowed; allowed: 0 to 1
@/accuracy/1/lesion | "intact" | @.accuracy[1]: head 0, intact is not allowed
@/accuracy/1/mean | 1.01 | @.accuracy[1].mean: 1.01
@/accuracy/1/by_task | [0.5] | @.accuracy[1].by_task: 1 numbers
@/accuracy/1/by_task/4 | -1 | @.accuracy[1].by_task[4]: -1
/data/train | 4000000000 | data.train: 4000000000 is not allowed
/data/train | 7 | data.train: 7 is not allowed; allowed: 20 to
/data/side | 0 | data.side: 0
/data/classes | 100000 | data.classes: 100000
/data/kind | "mnist" | data.kind: "mnist" is not allowed; allowed: "digits"
/data/name | "a\u001b[2Jb" | data.name: "a\u{1b}[2Jb" is not allowed
/engine/self_test | -1 | engine.self_test: -1
/training_seconds | -3 | training_seconds: -3
/evaluation_seconds | 1e300 | evaluation_seconds: 1000
"#;

/// Each line of a table of spoilings: the field's pointer, the value, what is said; `@` is `deep`, a pointer
/// and as messages write it.
fn spoilings(table: &str, deep: [&str; 2]) -> Vec<(String, Value, String)> {
    let lines = table.lines().filter(|line| !line.is_empty());
    let case = |line: &str| {
        let parts: Vec<&str> = line.split(" | ").collect();
        let value = serde_json::from_str(parts[1]).unwrap();
        let [pointer, said] =
            [(parts[0], deep[0]), (parts[2], deep[1])].map(|(p, at)| p.replace('@', at));
        (pointer, value, said)
    };
    lines.map(case).collect()
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let file = unpacked("tests/fixtures/v2/results.json.gz");
    assert_eq!(opened(&file).lanes.len(), 6);
    let deep = [
        "/lanes/3/records/2/evaluation",
        "lanes[3].records[2].evaluation",
    ];
    for (pointer, value, hint) in spoilings(SPOILINGS, deep) {
        let said = refused(&spoiled(&file, &pointer, value));
        assert!(said.contains(&hint), "{pointer}: {said}\n{hint}");
    }
    let long = spoiled(&file, "/code_version", json!("9".repeat(2000)));
    assert!(refused(&long).contains("code_version: "));
    // A lane twice.
    let mut twice = file.clone();
    let lane = twice["lanes"][2].clone();
    twice["lanes"].as_array_mut().unwrap().push(lane);
    let said = refused(&twice);
    assert!(said.contains("lanes[6]: seed 0 under frozen is not allowed; allowed: each lane once"));
    // A lesion of a network without pathways.
    let mut lesion = six_seeds();
    lesion["lanes"][0]["records"][0]["evaluation"]["accuracy"][0]["lesion"] = "without_l".into();
    assert!(refused(&lesion).contains("accuracy[0].lesion: without L is not allowed"));
}

/// Text that is too deep, too long, doubled or beyond a number's range.
#[test]
fn texts_that_are_no_records_are_refused() {
    let said = |text: &str| {
        let read = formats::parse::<Results>("file", text);
        read.unwrap_err().to_string()
    };
    let deep = |n: usize| {
        format!(
            "{{\"schema\": 1, \"lanes\": {}{}}}",
            "[".repeat(n),
            "]".repeat(n)
        )
    };
    assert!(
        said(&deep(100_000)).contains("recursion limit"),
        "{}",
        said(&deep(100_000))
    );
    let text = unpacked("tests/fixtures/v4/results.json.gz").to_string();
    for cut in [1, 10, text.len() / 2, text.len() - 1] {
        assert!(said(&text[..cut]).starts_with("file: "), "{cut}");
    }
    assert!(said(&format!("{text}x")).contains("trailing"));
    assert!(said(&text.replacen('{', "{\"schema\": 4,", 1)).contains("schema is there twice"));
    let twice = text.replacen("\"draws\":", "\"draws\": \"\", \"draws\":", 1);
    assert!(said(&twice).contains("duplicate field"), "{}", said(&twice));
    let huge = text.replacen(
        "\"training_seconds\":",
        "\"training_seconds\":1e999,\"x\":",
        1,
    );
    assert!(
        said(&huge).contains("number out of range"),
        "{}",
        said(&huge)
    );
    let many = format!("{{\"schema\": 2, \"lanes\": [{}0]}}", "0,".repeat(1 << 25));
    assert!(said(&many).contains("more than the"), "{}", said(&many));
    // Something else.
    for (text, hint) in [
        ("", "this is an empty file, not results"),
        ("{\"tasks\": 3}", "this is a configuration, not results"),
        ("<svg></svg>", "this is an SVG picture, not results"),
        ("{\"schema\": 5}", "results of version 5"),
        ("[]", "schema"),
    ] {
        assert!(said(text).contains(hint), "{text}: {}", said(text));
    }
}

const UNITS: &str = r#"
/pixels | [0] | pixels: 1 pixels, the configuration's images has 784 pixels
/strip | [] | strip: 0 numbers, the configuration's stream has 5 tasks
/strip/3 | [] | strip[3]: 0 pixels
/probe/digit | 10 | probe.digit: 10
/probe/angle | 1e300 | probe.angle: 
/lanes/1/seed | 5 | lanes[1]: seed 5 under meta
/lanes/1/condition | "baseline" | lanes[1]: seed 0 under baseline
/lanes/1/snapshots/2/layers | [] | lanes[1].snapshots[2].layers: 0 numbers
/lanes/1/snapshots/2/answer | 10 | lanes[1].snapshots[2].answer: 10
/lanes/1/snapshots/2/confidence | 1.5 | snapshots[2].confidence: 1.5
@/output | [1] | @.output: 1 numbers, the configuration's layer has 12 units
@/pre_activation | [1] | @.pre_activation: 1 numbers
@/active | 4000 | @.active: 4000 is not allowed
@/threshold | 1e60 | @.threshold: 
/lanes/0/trace/step | 20 | lanes[0].trace.step: 20
/lanes/0/trace/inner | [] | lanes[0].trace.inner: 0 numbers
/lanes/0/trace/clip/1 | -1 | lanes[0].trace.clip[1]: -1
/lanes/0/trace/alpha/0 | [] | lanes[0].trace.alpha: 0 numbers
/lanes/0/trace/weights_moved | [] | lanes[0].trace.weights_moved: 0
/lanes/0/trace/unit/unit | 12 | lanes[0].trace.unit.unit: 12
/lanes/0/trace/unit/fast/pixels | [] | trace.unit.fast.pixels: 0 pixels
/lanes/0/trace/current/0/task | 5 | trace.current[0].task: 5
/lanes/0/learned/units/3 | "333" | lanes[0].learned.units[3]: 3 pixels
/lanes/0/learned/scales | [] | lanes[0].learned.scales: 0 numbers
"#;

#[test]
fn watched_units_that_do_not_fit_are_refused_by_name() {
    let file = unpacked("tests/fixtures/v2/units.json.gz");
    let said = |pointer: &str, value: Value| {
        let text = spoiled(&file, pointer, value).to_string();
        let read = formats::parse::<Watched>("file", &text);
        read.unwrap_err().to_string()
    };
    let deep = [
        "/lanes/1/snapshots/2/layers/0",
        "lanes[1].snapshots[2].layers[0]",
    ];
    for (pointer, value, hint) in spoilings(UNITS, deep) {
        let said = said(&pointer, value);
        assert!(said.contains(&hint), "{pointer}: {said}");
    }
    let sevens = said("/lanes/0/learned/units/3", json!("7".repeat(196)));
    assert!(
        sevens.contains("learned.units[3]: something else"),
        "{sevens}"
    );
}

/// A file whose pieces disagree is not compared with others: the order of lanes is the configuration's.
#[test]
fn lanes_are_found_by_seed_and_condition() {
    let results = opened(&six_seeds());
    for lane in results.config.lanes() {
        assert_eq!(results.lane(lane).unwrap().lane(), lane);
    }
    let none = metacls::config::Lane {
        seed: 6,
        condition: Condition::Meta,
    };
    assert_eq!(results.lane(none), None);
    assert_eq!(experiments::of(&results).id, "figure1");
}

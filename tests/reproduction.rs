//! Runs made again: what is the same to the bit is said to be, and nothing else is.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod small;
mod terminal;

use std::path::Path;
use std::process::Output;

use metacls::config::{Condition, Config};
use metacls::digest::Digest;
use metacls::driver::{Driver, Note};
use metacls::engine::Device;
use metacls::engine::info::EngineKind;
use metacls::experiments::shown::Shown;
use metacls::experiments::{self, link};
use metacls::formats;
use metacls::inspect::Probe;
use metacls::reproduction::Likeness::{NotTheSame, SameBits, WithinTolerance};
use metacls::reproduction::expected::Expected;
use metacls::reproduction::lanes::{LaneLikeness, compare};
use metacls::reproduction::measures::paired;
use metacls::reproduction::{Likeness, Unlike, comparable};
use metacls::results::Results;
use terminal::said;

fn metacls(args: &[&str]) -> Output {
    terminal::metacls().args(args).output().unwrap()
}

fn run(device: Device, change: impl Fn(&mut Config)) -> Results {
    let info = device.info();
    let config = small::config(|c| {
        (c.seeds, c.conditions) = (
            3,
            vec![Condition::Meta, Condition::Frozen, Condition::Baseline],
        );
        change(c);
    });
    let mut driver = Driver::new(config, small::images(), device, info).unwrap();
    while pollster::block_on(driver.slice(false)).unwrap().last() != Some(&Note::Done) {}
    driver.results()
}

fn likenesses(on_record: &Results, again: &Results) -> Vec<Option<Likeness>> {
    let lanes = compare(on_record, again);
    lanes.iter().map(|l| l.outcome.likeness()).collect()
}

#[test]
fn a_run_is_itself_whole_in_part_and_compact() {
    let whole = run(Device::Cpu, |_| {});
    let compact = whole.compact();
    let again = run(Device::Cpu, |_| {});
    for on_record in [&whole, &compact] {
        assert_eq!(likenesses(on_record, &again), [Some(SameBits); 9]);
        let part = run(Device::Cpu, |c| {
            (c.first_seed, c.seeds, c.conditions) = (1, 2, vec![Condition::Baseline]);
        });
        assert_eq!(comparable(on_record, &part), Ok(()));
        assert_eq!(likenesses(on_record, &part), [Some(SameBits); 2]);
    }
    // As far as it has come.
    let mut early = again.clone();
    early
        .lanes
        .iter_mut()
        .skip(1)
        .for_each(|l| l.records.clear());
    early.lanes[0].records.truncate(2);
    let outcome = &compare(&whole, &early)[..];
    assert_eq!(outcome.len(), 1);
    assert_eq!(outcome[0].outcome, LaneLikeness::SameBits { records: 2 });
    // Of what the file lacks nothing can be said.
    let mut gap = whole.clone();
    gap.lanes[4].records.clear();
    assert_eq!(likenesses(&gap, &again)[4], None);
}

/// Whatever was changed in a file is found in its lane, and no other lane is suspected.
#[test]
fn what_was_altered_is_found() {
    let whole = run(Device::Cpu, |_| {});
    type Change = fn(&mut Results);
    let changes: [(Change, &str); 8] = [
        (
            |r| r.lanes[2].records[1].digest = Some(Digest(1)),
            "departs after task 1",
        ),
        (
            |r| r.lanes[2].records[0].digest = Some(Digest(1)),
            "departs before training",
        ),
        (
            |r| r.lanes[2].records[3].digest = Some(Digest(1)),
            "departs after 3 tasks",
        ),
        (
            |r| r.lanes[2].records[2].alpha[0] += 1e-3,
            "after 2 tasks are not those",
        ),
        (
            |r| r.lanes[2].records[2].beta[1] -= 1e-3,
            "after 2 tasks are not those",
        ),
        (
            |r| r.lanes[2].records[3].evaluation.as_mut().unwrap().accuracy[0].mean += 0.01,
            "after 3 tasks are not those",
        ),
        (
            |r| r.lanes[2].records[3].evaluation.as_mut().unwrap().active[0] = 0.5,
            "after 3 tasks are not those",
        ),
        (
            |r| {
                r.lanes[2].records.pop();
                r.lanes[2].diverged_at_step = Some(7);
            },
            "diverged at step 7 on record, and again not at all",
        ),
    ];
    for (change, said) in changes {
        for compact in [false, true] {
            let mut altered = if compact {
                whole.compact()
            } else {
                whole.clone()
            };
            change(&mut altered);
            let outcomes = compare(&altered, &whole);
            let words = metacls::messages::lane_outcome(&outcomes[2]);
            assert!(
                words.contains("not the same") && words.contains(said),
                "{words}"
            );
            for (i, other) in outcomes.iter().enumerate().filter(|(i, _)| *i != 2) {
                assert_eq!(other.outcome.likeness(), Some(SameBits), "{i}");
            }
        }
    }
}

/// Another engine, and a file from before there were digests: within tolerance after the first task, and at
/// the end as a crowd.
#[test]
fn where_no_bits_are_promised_rounding_is_tolerated() {
    let cpu = run(Device::Cpu, |_| {});
    let reference = run(Device::Reference, |_| {});
    let mut old = cpu.clone();
    let records = old.lanes.iter_mut().flat_map(|l| &mut l.records);
    records.for_each(|r| {
        r.digest = None;
        r.alpha.iter_mut().for_each(|a| *a *= 1.0 + 1e-4);
    });
    for on_record in [&reference, &old] {
        assert_eq!(likenesses(on_record, &cpu), [Some(WithinTolerance); 9]);
        let differences = paired(on_record, &cpu);
        // One head, two layers, three matrices, two layers.
        assert_eq!(differences.len(), 3 * (1 + 2 + 3 + 2));
        assert!(differences.iter().all(|d| d.likeness() == WithinTolerance));
        assert!(differences.iter().all(|d| d.difference.n == 3));
    }
    let mut wrong = reference.clone();
    wrong.lanes[5].records[1].beta[0] += 0.1;
    assert_eq!(likenesses(&wrong, &cpu)[5], Some(NotTheSame));
    // The same engine twice gives the same bits, though they are not promised.
    let again = run(Device::Reference, |_| {});
    assert_eq!(likenesses(&reference, &again), [Some(SameBits); 9]);
    // A crowd that is elsewhere is told: eight seeds of one sign.
    let (mut many, again) = (
        run(Device::Reference, |c| c.seeds = 12),
        run(Device::Cpu, |c| c.seeds = 12),
    );
    for lane in &mut many.lanes {
        lane.records.last_mut().unwrap().beta[0] += 0.05;
    }
    let told: Vec<_> = paired(&many, &again)
        .into_iter()
        .filter(|d| d.likeness() == NotTheSame)
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(
        told.iter()
            .all(|d| d.of == "h1" && (d.difference.mean + 0.05).abs() < 0.01)
    );
}

#[test]
fn runs_of_different_kinds_are_not_compared() {
    let one = run(Device::Cpu, |_| {});
    let other = run(Device::Cpu, |c| c.eta_beta = 0.2);
    assert_eq!(comparable(&one, &other), Err(Unlike::Config("eta_beta")));
    let mut images = one.clone();
    images.data.digest = "another".into();
    assert!(matches!(comparable(&one, &images), Err(Unlike::Images(..))));
}

fn expected_of(fragment: &str) -> Expected {
    link::read(fragment).unwrap().expected.unwrap()
}

fn claiming(results: &Results) -> String {
    let fragment = link::write(&results.config, Some("quick"), &Shown::default());
    link::with_expected(fragment, &Expected::of(results).unwrap())
}

#[test]
fn a_link_says_what_came_out_and_each_changed_digit_is_found() {
    let whole = run(Device::Cpu, |_| {});
    let fragment = claiming(&whole);
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_=&,.-".contains(&b);
    assert!(fragment.bytes().all(is_plain), "{fragment}");
    assert_eq!(Some(expected_of(&fragment)), Expected::of(&whole));
    let again = run(Device::Cpu, |_| {});
    let outcome = expected_of(&fragment).compare(&again);
    assert_eq!(outcome.likeness, Some(SameBits));
    assert!(
        outcome
            .measures
            .iter()
            .all(|m| m.likeness == Some(SameBits))
    );
    assert_eq!(outcome.measures.len(), 3 * (1 + 2 + 3 + 2));
    // Every digit of what came out, one after the other.
    let from = fragment.find("&digest=").unwrap();
    let mut changed = 0;
    for (i, byte) in fragment.bytes().enumerate().skip(from) {
        if !byte.is_ascii_digit() || fragment[..i].ends_with("&code=") {
            continue;
        }
        let mut bytes = fragment.clone().into_bytes();
        bytes[i] = if byte == b'9' { b'8' } else { byte + 1 };
        let altered = String::from_utf8(bytes).unwrap();
        // A digit may be the code's version, which says nothing of numbers.
        let part = altered[..i].rsplit('&').next().unwrap();
        if part.starts_with("code=") {
            continue;
        }
        // What can't have come out of so many seeds is refused at once.
        let Ok(read) = link::read(&altered) else {
            continue;
        };
        let outcome = read.expected.unwrap().compare(&again);
        assert_eq!(outcome.likeness, Some(NotTheSame), "{altered}");
        changed += 1;
    }
    assert!(changed > 100, "{changed}");
    // Left out is not the same either.
    let less = fragment.rsplit_once('&').unwrap().0;
    assert_eq!(expected_of(less).compare(&again).likeness, Some(NotTheSame));
    // Nothing is said before there is something.
    let mut begun = again.clone();
    begun
        .lanes
        .iter_mut()
        .skip(1)
        .for_each(|l| l.records.clear());
    let outcome = expected_of(&fragment).compare(&begun);
    assert_eq!(outcome.likeness, None);
    assert!(outcome.measures.iter().all(|m| m.likeness.is_none()));
    assert_eq!(Expected::of(&begun), None);
}

#[test]
fn a_link_of_another_engine_is_held_to_a_tolerance() {
    let reference = run(Device::Reference, |_| {});
    let cpu = run(Device::Cpu, |_| {});
    let fragment = claiming(&reference);
    let expected = expected_of(&fragment);
    assert_eq!(expected.engine, EngineKind::Reference);
    let outcome = expected.compare(&cpu);
    assert!(!outcome.same_bits_promised);
    assert_eq!(outcome.likeness, Some(WithinTolerance));
    let mut far = expected.clone();
    far.conditions[0].measures[0][0].mean += 0.5;
    assert_eq!(far.compare(&cpu).likeness, Some(NotTheSame));
    // A GPU's name comes along as far as a link holds it.
    let mut gpu = reference.clone();
    gpu.engine.kind = EngineKind::Gpu;
    gpu.engine.adapter = "ANGLE (Grafikkärtchen, D3D11 vs_5_0) and much more of a name.".into();
    let adapter = expected_of(&claiming(&gpu)).adapter.unwrap();
    assert!(
        adapter.starts_with("ANGLE__Grafikk_rtchen__D3D11"),
        "{adapter}"
    );
}

#[test]
fn links_that_say_it_wrongly_are_refused() {
    for (parts, hint) in [
        ("digest=12", "16 hexadecimal digits"),
        ("engine=tpu", "cpu, gpu or reference"),
        ("engine=cpu", "needs engine, code"),
        ("engine=cpu&code=0.1.0", "needs engine, code"),
        ("engine=cpu&code=0.1.0&meta=3", "seeds_accuracy"),
        ("engine=cpu&code=0.1.0&meta=3_1_1_1_1", "seeds_accuracy"),
        (
            "engine=cpu&code=0.1.0&meta=3_1,2_NaN,1_1,1_1,1",
            "seeds_accuracy",
        ),
        (
            "engine=cpu&code=0.1.0&meta=3_1,2_1,1_1,1_1,1_1,1",
            "seeds_accuracy",
        ),
        (
            "engine=cpu&code=0.1.0&meta=99_1,2_1,1_1,1_1,1",
            "can't be of this",
        ),
        (
            "engine=cpu&code=0.1.0&rates=2_1,2_1,1_1,1_1,1",
            "can't be of this",
        ),
        (
            "engine=cpu&code=&meta=2_1,2_1,1_1,1_1,1",
            "up to 40 letters",
        ),
        ("engine=cpu&engine=cpu", "twice"),
    ] {
        let fragment = format!("v=1&preset=quick&seeds=3&{parts}");
        let said = link::read(&fragment).unwrap_err().to_string();
        assert!(said.contains(hint), "{parts}: {said}");
    }
}

/// Any figure's link is short enough for what people send it through.
#[test]
fn what_came_out_of_a_figure_fits_into_a_link() {
    let shown = Shown {
        at: Some(3),
        lab: true,
        layer: Some("h2".into()),
        unit: Some(249),
        probe: Some(Probe {
            digit: 7,
            angle: 163.5,
        }),
        ..Shown::default()
    };
    for experiment in experiments::all().into_iter().filter(|e| e.stored) {
        let path = format!(
            "{}/stored/{}.json.gz",
            env!("CARGO_MANIFEST_DIR"),
            experiment.id
        );
        let results: Results = formats::read(Path::new(&path)).unwrap();
        let fragment = link::write(&results.config, Some(experiment.id), &shown);
        let link = link::with_expected(fragment, &Expected::of(&results).unwrap());
        println!("{}: {} characters", experiment.id, link.len());
        assert!(link.len() < 1900, "{}: {}", experiment.id, link.len());
        assert_eq!(link::read(&link).unwrap().expected, Expected::of(&results));
    }
}

/// What was written in version 4 comes out again, on whatever processor this is.
#[test]
fn the_terminal_checks_files_and_links() {
    let fixture = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/v4/results.json.gz"
    );
    let whole = metacls(&["check", fixture]);
    assert_eq!(whole.status.code(), Some(0), "{}", said(&whole));
    assert!(
        said(&whole).contains("6 of 6 lanes: 6 the same to the bit"),
        "{}",
        said(&whole)
    );
    let part = [
        "check",
        fixture,
        "--seeds",
        "1",
        "--conditions",
        "baseline",
        "--tasks",
        "2",
    ];
    let part = metacls(&part);
    let words = "seed 1 under baseline: the same to the bit in all 3 measurements";
    assert!(said(&part).contains(words), "{}", said(&part));
    let other = metacls(&["check", fixture, "--engine", "reference"]);
    assert_eq!(other.status.code(), Some(0), "{}", said(&other));
    assert!(
        said(&other).contains("6 of 6 lanes: 6 within tolerance"),
        "{}",
        said(&other)
    );
    assert!(said(&other).contains("2 seeds paired"));

    let folder = tempfile::tempdir().unwrap();
    let altered = folder.path().join("altered.json");
    let mut results: Results = formats::read(Path::new(fixture)).unwrap();
    results.lanes[3].records[2].alpha[1] += 1e-3;
    std::fs::write(&altered, serde_json::to_string(&results).unwrap()).unwrap();
    let altered = metacls(&["check", &altered.display().to_string()]);
    assert_eq!(altered.status.code(), Some(1));
    let words = said(&altered);
    assert!(
        words.contains("seed 1 under meta: not the same: numbers after 2 tasks"),
        "{words}"
    );
    assert!(
        words.contains("6 of 6 lanes: 5 the same to the bit, 1 not the same"),
        "{words}"
    );

    let link = metacls(&["report", "--link", fixture]);
    let link = String::from_utf8(link.stdout).unwrap();
    let proven = metacls(&["check", link.trim()]);
    assert_eq!(proven.status.code(), Some(0), "{}", said(&proven));
    assert!(
        said(&proven).trim_end().contains("\nthe same to the bit"),
        "{}",
        said(&proven)
    );
    let spoiled = link.trim().replacen("&meta=2_0.", "&meta=2_0.9", 1);
    assert_ne!(spoiled, link.trim());
    let spoiled = metacls(&["check", &spoiled]);
    assert_eq!(spoiled.status.code(), Some(1), "{}", said(&spoiled));

    for (args, hint) in [
        (
            &[fixture, "--seeds", "1..4"][..],
            "the file has seeds 0 to 1",
        ),
        (
            &[fixture, "--conditions", "rates"],
            "the file has meta, frozen, baseline",
        ),
        (&[fixture, "--conditions", "frozen"], "frozen starts from"),
        (&[fixture, "--tasks", "4"], "the file has 3"),
        (&["#v=1&preset=quick"], "says nothing of what came out"),
        (&[link.trim(), "--tasks", "1"], "are for results files"),
        (&["no-such-file.json"], "no-such-file.json"),
    ] {
        let output = metacls(&[&["check"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(hint), "{args:?}: {}", said(&output));
    }
}

//! Sweeps as they are asked for and told.
use rand::RngExt;

use super::values::{self, word};
use super::*;
use crate::config::{Condition, Config, DataSet, KNOBS, Kind};
use crate::experiments;
use crate::formats::version::{self, Versioned};
use crate::results::{LaneResults, Results};
use crate::stream::{Purpose, random};

pub(super) fn quick() -> Config {
    experiments::find("quick").unwrap().config
}

fn grid(varied: &[&str]) -> Result<Sweep, SweepError> {
    let varied: Vec<String> = varied.iter().map(|v| (*v).to_owned()).collect();
    points::grid(Some("quick"), &quick(), &varied)
}

fn words(sweep: &Sweep) -> Vec<String> {
    let points = 0..sweep.configs().len();
    points.map(|p| sweep.words(p).join(" ")).collect()
}

#[test]
fn a_grid_has_all_combinations_the_last_knob_changing_first() {
    let sweep = grid(&["alpha_0=0.001,0.01", "hidden=64x2,32+16,8"]).unwrap();
    let expected = [
        "0.001 64x2",
        "0.001 32+16",
        "0.001 8",
        "0.01 64x2",
        "0.01 32+16",
        "0.01 8",
    ];
    assert_eq!(words(&sweep), expected);
    assert_eq!(sweep.configs()[4].hidden, [32, 16]);
    assert_eq!(sweep.configs()[4].alpha_0, 0.01);
    // Nothing else differs from the experiment's own settings.
    let back = Config {
        hidden: quick().hidden,
        alpha_0: quick().alpha_0,
        ..sweep.configs()[4].clone()
    };
    assert_eq!(back, quick());
    assert!(sweep.is_grid());
    assert_eq!(sweep.said(1), "alpha_0=0.001, hidden=32+16");
}

#[test]
fn ranges_have_both_ends_and_equal_steps() {
    let of = |text: &str| words(&grid(&[text]).unwrap());
    assert_eq!(
        of("alpha_0=log:0.001..0.1:5"),
        ["0.001", "0.00316228", "0.01", "0.0316228", "0.1"]
    );
    assert_eq!(
        of("beta_0=linear:-1..1:5"),
        ["-1.0", "-0.5", "0.0", "0.5", "1.0"]
    );
    assert_eq!(of("tasks=linear:20..5:4"), ["20", "15", "10", "5"]);
    assert_eq!(of("pathways=none,40+10"), ["none", "40+10"]);
    assert_eq!(of("competition=true,false"), ["true", "false"]);
}

#[test]
fn what_can_not_be_swept_is_said() {
    for (varied, hint) in [
        (&["alpha_0"][..], "alpha_0: give NAME=VALUES"),
        (
            &["hiden=3"],
            "hiden: there is no such knob; there are data,",
        ),
        (
            &["seeds=1,2"],
            "seeds: it is the same for all points; say it once, by --seeds",
        ),
        (&["first_seed=1,2"], "say it once, by --seeds"),
        (&["conditions=meta"], "say it once, by --conditions"),
        (&["data=digits"], "say it once, by --data"),
        (&["alpha_0="], "alpha_0: there are no values"),
        (
            &["alpha_0=0.1,,0.2"],
            "alpha_0=: allowed: a number, 0 to 10",
        ),
        (
            &["alpha_0=0.1,20"],
            "alpha_0=20: allowed: a number, 0 to 10",
        ),
        (&["alpha_0=NaN"], "allowed: a number"),
        (&["tasks=0"], "tasks=0: allowed: a whole number, 1 to 200"),
        (
            &["hidden=64x13"],
            "hidden=64x13: allowed: 1 to 12 whole numbers",
        ),
        (&["hidden=64x4294967295"], "allowed: 1 to 12"),
        (&["hidden=64x0"], "allowed: 1 to 12"),
        (&["pathways=40"], "allowed: null, or 2 whole numbers"),
        (&["evaluate_on=some"], "allowed: one of test, learned"),
        (&["alpha_0=0.1,0.10"], "alpha_0: 0.1 is there twice"),
        (&["tasks=linear:1..2:5"], "tasks: 1 is there twice"),
        (&["alpha_0=log:0..1:5"], "equal ratios need ends above 0"),
        (&["alpha_0=log:1..1"], "it has no :COUNT"),
        (&["alpha_0=log:1:5"], "it has no .."),
        (&["alpha_0=log:a..1:5"], "its ends are no numbers"),
        (&["alpha_0=log:0.1..1:x"], "its count is no whole number"),
        (&["alpha_0=linear:0.1..1:1"], "its count is less than 2"),
        (&["alpha_0=cubic:0.1..1:3"], "neither log: nor linear:"),
        (&["alpha_0=linear:5..20:3"], "alpha_0=12.5: allowed"),
        (&["hidden=log:1..2:3"], "this knob is no number"),
        (
            &["alpha_0=linear:0..1:4097"],
            "that makes 4097 points; allowed: up to 4096",
        ),
        (
            &["alpha_0=linear:0..1:100", "beta_0=linear:0..1:100"],
            "10000 points",
        ),
        (&["alpha_0=1", "alpha_0=2"], "alpha_0: it is varied twice"),
        (&[], "nothing is varied"),
    ] {
        let said = grid(varied).unwrap_err().to_string();
        assert!(said.contains(hint), "{varied:?}: {said}");
    }
    // What does not go together is told with its point.
    let config = Config {
        evaluate_on: crate::config::EvaluateOn::Learned,
        ..quick()
    };
    let varied = ["samples_per_task=100,20".to_owned()];
    let said = points::grid(None, &config, &varied)
        .unwrap_err()
        .to_string();
    let hint = "point 2 (samples_per_task=20): evaluation_images: 40 is more than the 20";
    assert!(said.contains(hint), "{said}");
}

#[test]
fn a_list_is_read_line_by_line() {
    let read = |csv: &str| points::listed(None, &quick(), csv);
    let sweep = read("alpha_0, hidden\r\n0.1,\"64,32\"\r\n\r\n0.2 ,8x3\r\n").unwrap();
    assert_eq!(words(&sweep), ["0.1 64+32", "0.2 8x3"]);
    assert!(!sweep.is_grid());
    for (csv, hint) in [
        ("", "nothing is varied"),
        ("alpha_0\n", "nothing is varied"),
        ("alfa\n1\n", "line 1: alfa: there is no such knob"),
        ("seeds\n1\n", "line 1: seeds: it is the same"),
        (
            "alpha_0,alpha_0\n1,1\n",
            "line 1: alpha_0: it is varied twice",
        ),
        (
            "alpha_0,beta_0\n1,2\n3\n",
            "line 3: it has 1 cells, the first line names 2 knobs",
        ),
        ("alpha_0\n1\n\n\nx\n", "line 5: alpha_0=x: allowed"),
        ("alpha_0\n1\n2\n1.0\n", "line 4: alpha_0=1.0 is there twice"),
        ("alpha_0,beta_0\n,1\n", "line 2: alpha_0=: allowed"),
    ] {
        let said = read(csv).unwrap_err().to_string();
        assert!(said.contains(hint), "{csv:?}: {said}");
    }
    let many: String = (0..=MOST_POINTS).map(|i| format!("\n{i}")).collect();
    let said = read(&format!("memory{}", many.replacen("\n0", "\n9999", 1)));
    let said = said.unwrap_err().to_string();
    assert!(said.contains("line 4098: that makes 4097 points"), "{said}");
}

/// Any value that a knob may have is written as a word that reads as the same, alone and in a list.
#[test]
fn values_go_out_and_in_unchanged() {
    let mut rng = random(7, Purpose::Statistics);
    let mut tried = 0;
    for _ in 0..2000 {
        let knob = &KNOBS[rng.random_range(0..KNOBS.len())];
        let value = match knob.kind {
            Kind::Whole { min, max } => rng.random_range(min..=max).into(),
            Kind::Real { min, max } => rng.random_range(min..=max).into(),
            Kind::Switch => rng.random::<bool>().into(),
            Kind::Choice { options } => options[rng.random_range(0..options.len())].into(),
            Kind::Widths {
                min_len,
                max_len,
                min,
                max,
            } => {
                let len = if min_len == 0 {
                    max_len
                } else {
                    rng.random_range(1..=max_len)
                };
                let top = max.min(min + 3);
                let list = (0..len).map(|_| rng.random_range(min..=top).into());
                serde_json::Value::Array(list.collect())
            }
            Kind::Changes => {
                let words = ["learn_alpha=false", "reset:h1", "swap:h1:h2", "reset:h1"];
                words[..rng.random_range(0..=words.len())].into()
            }
            Kind::Set { .. } => continue,
        };
        if values::knob(knob.name).is_err() {
            continue;
        }
        tried += 1;
        let said = word(&value);
        let read = (values::value(knob, &said), values::values(knob, &said));
        assert_eq!(read, (Ok(value.clone()), Ok(vec![value])), "{}", knob.name);
    }
    assert!(tried > 1000, "{tried}");
}

/// No text breaks anything, and what is read is a sweep within its bounds that its file gives again.
#[test]
fn any_text_is_a_sweep_or_an_error() {
    let mut rng = random(8, Purpose::Statistics);
    let parts = [
        "alpha_0", "hidden", "tasks", "=", ",", ":", "..", "log", "linear", "0.1", "3", "64x4",
        "+", "-1", "1e400", "\n", "\"", " ", "é", "4096",
    ];
    let mut read = 0;
    for _ in 0..20_000 {
        let mut text =
            ["", "alpha_0=", "tasks=linear:1..", "alpha_0\n"][rng.random_range(0..4)].to_owned();
        for _ in 0..rng.random_range(1..8) {
            text += parts[rng.random_range(0..parts.len())];
        }
        let both = [grid(&[&text]), points::listed(None, &quick(), &text)];
        for sweep in both.into_iter().flatten() {
            read += 1;
            assert!((1..=MOST_POINTS).contains(&sweep.configs().len()));
            assert!(sweep.configs().iter().all(|c| c.problems().is_empty()));
            let again: Definition = version::read(&sweep.definition().to_json()).unwrap();
            assert_eq!(again, *sweep.definition());
        }
    }
    assert!(read > 100, "{read}");
}

#[test]
fn a_definition_is_not_believed() {
    let sweep = grid(&["alpha_0=0.1,0.2"]).unwrap();
    let refused = |change: fn(&mut serde_json::Value)| {
        let mut value = serde_json::to_value(sweep.definition()).unwrap();
        change(&mut value);
        version::read::<Definition>(&value.to_string())
            .unwrap_err()
            .to_string()
    };
    for (said, hint) in [
        (
            refused(|d| d["varied"][0] = "seeds".into()),
            "it is the same for all points",
        ),
        (
            refused(|d| d["varied"] = serde_json::json!([])),
            "nothing is varied",
        ),
        (
            refused(|d| d["points"][1][0] = 0.1.into()),
            "alpha_0=0.1 is there twice",
        ),
        (
            refused(|d| d["points"][1][0] = 11.into()),
            "point 2 (alpha_0=11)",
        ),
        (
            refused(|d| d["points"][1] = serde_json::json!([])),
            "it has 0 cells",
        ),
        (
            refused(|d| d["points"] = serde_json::json!([])),
            "nothing is varied",
        ),
        (
            refused(|d| d["experiment"] = "a\u{1b}".into()),
            "control characters",
        ),
        (refused(|d| d["schema"] = 2.into()), "version 2"),
        (
            refused(|d| d["config"]["tasks"] = 0.into()),
            "tasks: 0 is not allowed",
        ),
    ] {
        assert!(said.contains(hint), "{hint}: {said}");
    }
    assert!(Definition::UPGRADES.is_empty());
}

#[test]
fn two_sweeps_are_told_apart() {
    let one = grid(&["alpha_0=0.1,0.2"]).unwrap();
    let of = |other: Sweep| one.definition().difference(other.definition());
    assert_eq!(of(grid(&["alpha_0=0.1,0.2"]).unwrap()), None);
    let said = |other| of(other).unwrap();
    assert!(said(grid(&["alpha_0=0.1,0.3"]).unwrap()).contains("points"));
    assert!(said(grid(&["beta_0=0.1,0.2"]).unwrap()).contains("what is varied"));
    let config = Config {
        seeds: 7,
        ..quick()
    };
    let varied = ["alpha_0=0.1,0.2".to_owned()];
    let other = points::grid(Some("quick"), &config, &varied).unwrap();
    assert_eq!(said(other.clone()), "seeds");
    assert_ne!(other.definition().short(), one.definition().short());
    let other = points::grid(None, &quick(), &varied).unwrap();
    assert_eq!(said(other), "experiment");
}

/// The stored fixture's lanes as results of some configuration, so that claims have something to hold.
fn results() -> Results {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v4/results.json.gz");
    crate::formats::read(&path).unwrap()
}

pub(super) fn summarised(varied: &[&str]) -> (Sweep, Vec<summary::PointSummary>) {
    let results = results();
    let varied: Vec<String> = varied.iter().map(|v| (*v).to_owned()).collect();
    let config = Config {
        data: DataSet::Digits,
        ..results.config.clone()
    };
    let sweep = points::grid(Some("figure1"), &config, &varied).unwrap();
    let of = |p: usize| {
        // Each point's numbers are other ones.
        let mut results = results.clone();
        for lane in &mut results.lanes {
            if let Some(e) = lane.records.last_mut().and_then(|r| r.evaluation.as_mut()) {
                e.accuracy[0].mean = 0.5 + 0.01 * p as f64;
            }
        }
        summary::PointSummary::of(&results, &sweep.experiment())
    };
    let points = (0..sweep.configs().len()).map(of).collect();
    (sweep, points)
}

#[test]
fn tables_and_rows_have_every_point() {
    let (sweep, points) = summarised(&["alpha_0=0.1,0.2,0.3", "beta_0=0,1"]);
    let table = table::table(&sweep, &points);
    assert_eq!(table.rows.len(), 6);
    assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
    assert_eq!(table.rows[3][..3], ["4", "0.2", "1.0"].map(str::to_owned));
    assert!(
        table.head.contains(&"claim 1".to_owned()),
        "{:?}",
        table.head
    );
    for (csv, columns) in [
        (rows::lanes(&sweep, &points).csv(), 3 + 5),
        (rows::means(&sweep, &points).csv(), 3 + 9),
        (rows::claims(&sweep, &points).csv(), 3 + 15),
    ] {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let head = reader.headers().unwrap().clone();
        assert_eq!(head.len(), columns);
        assert!(csv.starts_with("point,alpha_0,beta_0,"), "{head:?}");
        let mut seen = [0; 6];
        for record in reader.records() {
            let record = record.unwrap();
            let point: usize = record[0].parse().unwrap();
            assert_eq!([&record[1], &record[2]], &sweep.words(point - 1)[..]);
            seen[point - 1] += 1;
        }
        assert!(
            seen[0] > 0 && seen.iter().all(|&n| n == seen[0]),
            "{seen:?}"
        );
    }
    // The first point's mean is that of its lanes.
    let means = rows::means(&sweep, &points).csv();
    let accuracy = table::accuracy();
    let row = means
        .lines()
        .find(|l| l.starts_with("5,") && l.contains(&accuracy));
    assert!(row.unwrap().contains(",0.54"), "{row:?}");
}

#[test]
fn a_claim_is_told_by_its_rule_whatever_the_settings() {
    use crate::analysis::claims::{Outcome, PartOutcome, Verdict};
    let part = |n: u32, holds: bool| PartOutcome {
        what: String::new(),
        rule: "interval above 0".into(),
        effect: None,
        interval: None,
        effect_size: None,
        p: None,
        n,
        holds,
        values: Vec::new(),
        seeds: Vec::new(),
    };
    let of = |number: Option<u32>, parts: Vec<PartOutcome>| {
        summary::Standing::of(&Outcome {
            number,
            sentence: String::new(),
            parts,
            p: None,
            p_holm: None,
            verdict: Verdict::NotThePapersSetting,
        })
    };
    use summary::Standing::{DoesNotHold, Holds, NotMeasured, OneSeed, Shown};
    assert_eq!(of(Some(1), vec![part(1, false)]), OneSeed);
    assert_eq!(of(Some(1), vec![part(3, true), part(3, true)]), Holds);
    assert_eq!(
        of(Some(1), vec![part(3, true), part(3, false)]),
        DoesNotHold
    );
    assert_eq!(
        of(Some(1), vec![part(3, true), part(0, false)]),
        NotMeasured
    );
    assert_eq!(of(Some(1), vec![]), NotMeasured);
    assert_eq!(of(None, vec![part(3, true)]), Shown);
}

#[test]
fn lanes_that_diverged_are_left_out_and_said() {
    let mut results = results();
    let experiment = experiments::find("figure1").unwrap();
    let whole = summary::PointSummary::of(&results, &experiment);
    let lane = results.lanes[0].lane();
    results.lanes[0] = LaneResults {
        diverged_at_step: Some(2),
        ..LaneResults::new(lane)
    };
    let left = summary::PointSummary::of(&results, &experiment);
    assert_eq!(
        left.diverged.last().map(|d| d.1),
        whole.diverged.last().map_or(Some(2), |d| Some(d.1))
    );
    assert!(left.diverged.contains(&(lane, 2)));
    let count = |p: &summary::PointSummary, c: Condition| {
        p.find(c, &table::accuracy()).map_or(0, |n| n.values.len())
    };
    assert_eq!(
        count(&left, lane.condition) + 1,
        count(&whole, lane.condition)
    );
    // The sweep's digest is of all points, in their order.
    let points = [whole.clone(), left.clone()];
    assert_ne!(summary::digest(&points), summary::digest(&[left, whole]));
    assert_eq!(summary::digest(&[]), None);
}

//! Sweeps' summaries: written, read, not believed, and shown.
use super::view::{self, MOST_POINTS_HERE, SweepView};
use super::*;
use crate::config::{Config, DataSet};
use crate::experiments::link;
use crate::formats::{self, version};
use crate::results::{LaneResults, Results};

/// A run with digests.
fn results() -> Results {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v4/results.json.gz");
    formats::read(&path).unwrap()
}

fn sweep(varied: &[&str]) -> Sweep {
    let varied: Vec<String> = varied.iter().map(|v| (*v).to_owned()).collect();
    let config = Config {
        data: DataSet::Mnist,
        ..results().config
    };
    points::grid(Some("figure1"), &config, &varied).unwrap()
}

/// The run as if it were of a point.
fn of_point(sweep: &Sweep, point: usize) -> Results {
    let results = results();
    Results {
        config: Config {
            data: results.config.data,
            ..sweep.configs()[point].clone()
        },
        ..results
    }
}

/// A sweep of two points, the second of which is measured.
fn half() -> (Sweep, SweepSummary) {
    let sweep = sweep(&["eta_w=0.001,0.002"]);
    let mut summary = SweepSummary::begun(&sweep);
    assert_eq!((summary.next(), summary.digest()), (Some(0), None));
    summary.take(&sweep, 1, &of_point(&sweep, 1)).unwrap();
    (sweep, summary)
}

#[test]
fn a_summary_goes_out_and_in_unchanged_whole_or_not() {
    let (sweep, mut summary) = half();
    let again = |s: &SweepSummary| version::read::<SweepSummary>(&s.to_json()).unwrap();
    assert_eq!(
        again(&SweepSummary::begun(&sweep)),
        SweepSummary::begun(&sweep)
    );
    assert_eq!(again(&summary), summary);
    assert_eq!((summary.next(), summary.digest()), (Some(0), None));
    // What was trained on says which images they were.
    assert_eq!(summary.definition.config.data, results().config.data);
    let taken = summary.sweep().unwrap();
    summary.take(&taken, 0, &of_point(&sweep, 0)).unwrap();
    assert_eq!((again(&summary), summary.next()), (summary.clone(), None));
    let full: Vec<_> = (0..2)
        .map(|p| summary::PointSummary::of(&of_point(&sweep, p), &sweep.experiment()))
        .collect();
    assert_eq!(summary.digest(), summary::digest(&full));
    // To six digits it says the same.
    let found = summary.measured();
    assert_eq!(table::table(&taken, &found), table::table(&taken, &full));
    let numbers = |point: &summary::PointSummary| point.numbers[0].clone();
    for (ours, theirs) in found.iter().map(numbers).zip(full.iter().map(numbers)) {
        assert_eq!((ours.seeds, ours.metric), (theirs.seeds, theirs.metric));
        for (x, y) in ours.values.iter().zip(theirs.values) {
            assert!((x - y).abs() <= 5e-6 * y.abs(), "{x} {y}");
        }
    }
    let lines = |text: String| text.lines().count();
    assert_eq!(
        lines(rows::lanes(&taken, &found).csv()),
        lines(rows::lanes(&taken, &full).csv())
    );
    assert_eq!(
        lines(rows::claims(&taken, &found).csv()),
        lines(rows::claims(&taken, &full).csv())
    );
}

#[test]
fn what_is_no_point_of_the_sweep_is_not_taken() {
    let (sweep, mut summary) = half();
    let before = summary.clone();
    let point = of_point(&sweep, 0);
    assert_eq!(summary.take(&sweep, 1, &point), Err(NotTaken::Settings));
    assert_eq!(summary.take(&sweep, 2, &point), Err(NotTaken::Settings));
    let mut other = point.clone();
    other.data.digest = "others".into();
    assert_eq!(summary.take(&sweep, 0, &other), Err(NotTaken::Images));
    let mut torn = point.clone();
    torn.lanes[0] = LaneResults::new(torn.lanes[0].lane());
    assert_eq!(summary.take(&sweep, 0, &torn), Err(NotTaken::NotWhole));
    assert_eq!(summary, before);
    // Another engine that went on with it is told.
    let mut other = point;
    other.engine.adapter = "another".into();
    summary.take(&sweep, 0, &other).unwrap();
    assert_eq!(summary.engines.len(), 2);
}

#[test]
fn a_summary_is_not_believed() {
    let (_, summary) = half();
    let value = serde_json::to_value(&summary).unwrap();
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut value = value.clone();
        change(&mut value);
        let read = version::read::<SweepSummary>(&value.to_string());
        read.unwrap_err().to_string()
    };
    for (said, hint) in [
        (refused(&|v| v["schema"] = 2.into()), "use a newer metacls"),
        (
            refused(&|v| v["definition"]["schema"] = 2.into()),
            "a sweep's definition of version 2",
        ),
        (
            refused(&|v| v["definition"]["varied"][0] = "etaw".into()),
            "there is no such knob",
        ),
        (
            refused(&|v| drop(v["points"].as_array_mut().unwrap().pop())),
            "points",
        ),
        (refused(&|v| v["data"] = serde_json::Value::Null), "data"),
        (
            refused(&|v| v["engines"] = Vec::<u32>::new().into()),
            "data",
        ),
        (
            refused(&|v| v["engines"][0]["adapter"] = "a\u{1b}[2J".into()),
            "adapter",
        ),
        (
            refused(&|v| v["points"][1]["digest"] = serde_json::Value::Null),
            "points[1].digest",
        ),
        (
            refused(&|v| v["points"][1]["numbers"][0]["seeds"][0] = 4000.into()),
            "points[1].numbers[0].seeds[0]",
        ),
        (
            refused(&|v| {
                drop(
                    v["points"][1]["numbers"][0]["values"]
                        .as_array_mut()
                        .unwrap()
                        .pop(),
                )
            }),
            "points[1].numbers[0].values",
        ),
        (
            refused(&|v| v["points"][1]["numbers"][0]["values"][0] = 1e300.into()),
            "points[1].numbers[0].values[0]",
        ),
        (
            refused(&|v| v["points"][1]["numbers"][0]["metric"] = "a\nb".into()),
            "points[1].numbers[0].metric",
        ),
        (
            refused(&|v| {
                let first = v["points"][1]["numbers"][0].clone();
                v["points"][1]["numbers"]
                    .as_array_mut()
                    .unwrap()
                    .push(first);
            }),
            "each once",
        ),
        (
            refused(&|v| v["points"][1]["outcomes"][0]["parts"][0]["n"] = 4000.into()),
            "points[1].outcomes[0].parts[0].n",
        ),
        (
            refused(&|v| v["points"][1]["outcomes"][0]["p"] = 2.into()),
            "points[1].outcomes[0].p",
        ),
        (
            refused(&|v| {
                v["points"][1]["diverged"] =
                    serde_json::json!([[{"seed": 4000, "condition": "meta"}, 3]]);
            }),
            "points[1].diverged[0]",
        ),
    ] {
        assert!(said.contains(hint), "{hint}: {said}");
    }
    // A configuration is no summary, and is called what it is.
    let text = results().config.to_json();
    let said = version::read::<SweepSummary>(&text)
        .unwrap_err()
        .to_string();
    assert!(said.contains("this is a configuration"), "{said}");
}

#[test]
fn what_is_shown_opens_its_points_and_itself() {
    let (sweep, summary) = half();
    let view = SweepView::of(&summary).unwrap();
    assert_eq!(
        (view.measured, view.next, view.points.len()),
        (1, Some(0), 2)
    );
    assert_eq!(view.knobs, ["eta_w"]);
    assert!(view.points[0].digest.is_none() && view.points[1].digest.is_some());
    for (point, config) in view.points.iter().zip(summary.sweep().unwrap().configs()) {
        assert_eq!(link::read(&point.link).unwrap().config, *config);
    }
    let read = link::read(&view.link.unwrap()).unwrap();
    assert_eq!(read.vary, ["eta_w=0.001,0.002"]);
    let again = points::grid(Some(&read.preset), &read.config, &read.vary).unwrap();
    assert_eq!(again.definition().points, sweep.definition().points);
    // A point that is not measured has no marks, and its row no numbers.
    assert!(view.plots.iter().any(|plot| plot.claim.is_some()));
    let crate::report::plot::Shown::Lines { series, .. } = &view.plots[0].shown else {
        panic!("lines");
    };
    let marks = &series[0].marks;
    assert!(marks[0].is_none() && marks[1].is_some_and(|mark| mark.point == 1));
    assert!(view.table.rows[0].contains(&"-".to_owned()));
    // A list that is no grid has no link.
    let csv = "alpha_0,beta_0\n0.1,0\n0.2,1\n";
    let list = points::listed(Some("quick"), &results().config, csv).unwrap();
    assert_eq!(view::link_of(&list), None);
}

#[test]
fn what_is_too_large_for_a_page_is_refused_in_words() {
    let config = results().config;
    let plan = |vary: &str, config: &Config| {
        view::plan(Some("figure1"), config, &[vary.to_owned()]).map(|(sweep, _)| sweep)
    };
    assert!(plan("alpha_0=0.1,0.2", &config).is_ok());
    let most = format!("alpha_0=linear:0..1:{MOST_POINTS_HERE}");
    assert!(plan(&most, &config).is_ok());
    let more = format!("alpha_0=linear:0..1:{}", MOST_POINTS_HERE + 1);
    let said = plan(&more, &config).unwrap_err();
    assert!(said.contains("257 points are more than the 256"), "{said}");
    let long = Config {
        seeds: 4000,
        ..config
    };
    let said = plan("glances=17,18,19,20", &long).unwrap_err();
    assert!(said.contains("steps, more than the 5000000"), "{said}");
    let said = plan("alpha_0", &long).unwrap_err();
    assert!(said.contains("NAME=VALUES"), "{said}");
}

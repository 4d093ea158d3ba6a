//! A results file told: tables and claims as Markdown, and every number as long-form rows.

#[cfg(not(target_arch = "wasm32"))]
pub mod figure;
pub mod page;

use std::fmt::Write as _;

use crate::analysis::claims::Outcome;
use crate::analysis::stats::{Estimate, bootstrap_mean};
use crate::analysis::summary::{Transfer, peak_of_alpha};
use crate::config::Condition;
use crate::experiments;
use crate::model::Lesion;
use crate::results::description::lesion_name;
use crate::results::record::TaskRecord;
use crate::results::{LaneResults, Results};

/// One number of one lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The seed.
    pub seed: u32,
    /// The condition's name.
    pub condition: &'static str,
    /// Tasks learned when it was measured.
    pub tasks_learned: u32,
    /// The task it was measured on, from 1; none if it is not one task's.
    pub on_task: Option<u32>,
    /// What it is: accuracy, active fraction, alpha, beta, meta-loss, ...
    pub metric: String,
    /// The number.
    pub value: f64,
}

/// Every number of a run, one row each.
pub fn rows(results: &Results) -> Vec<Row> {
    results
        .lanes
        .iter()
        .flat_map(|lane| {
            lane.records
                .iter()
                .flat_map(|record| record_rows(results, lane, record))
                .chain(course_rows(results, lane))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Every number of a run as a long-form CSV file: a row for each of [`rows`].
///
/// Written here rather than by the `csv` crate, which reads every field as a number to decide on its quotes:
/// its tables weigh 15 kB in the page's wasm. A test reads it back with that crate.
pub fn csv(results: &Results) -> String {
    let mut text = String::from("seed,condition,tasks_learned,on_task,metric,value\n");
    for row in rows(results) {
        let on_task = row.on_task.map(|t| t.to_string()).unwrap_or_default();
        // Names of layers and heads come from the file; they may be anything there.
        let mut metric = row.metric;
        if metric.contains([',', '"', '\n', '\r']) {
            metric = format!("\"{}\"", metric.replace('"', "\"\""));
        }
        // Writing into memory can't fail. A number's shortest digits that read back as the same, without
        // exponent.
        let _ = writeln!(
            text,
            "{},{},{},{on_task},{metric},{}",
            row.seed, row.condition, row.tasks_learned, row.value
        );
    }
    text
}

fn accuracy_name(results: &Results, head: u32, lesion: Lesion) -> String {
    format!(
        "accuracy {} {}",
        results.heads[head as usize],
        lesion_name(lesion, &results.layers)
    )
}

fn record_rows(results: &Results, lane: &LaneResults, record: &TaskRecord) -> Vec<Row> {
    let row = |metric: String, on_task: Option<usize>, value: f64| Row {
        seed: lane.seed,
        condition: lane.condition.name(),
        tasks_learned: record.tasks_learned,
        on_task: on_task.map(|t| t as u32 + 1),
        metric,
        value,
    };
    let mut rows = Vec::new();
    for (name, &value) in results.matrices.iter().zip(&record.alpha) {
        rows.push(row(format!("alpha {name}"), None, value));
    }
    for (name, &value) in results.layers.iter().zip(&record.beta) {
        rows.push(row(format!("beta {name}"), None, value));
    }
    rows.extend(record.meta_loss.map(|v| row("meta-loss".into(), None, v)));
    let Some(evaluation) = &record.evaluation else {
        return rows;
    };
    for a in &evaluation.accuracy {
        let name = accuracy_name(results, a.head, a.lesion);
        rows.push(row(name.clone(), None, a.mean));
        for (task, &value) in a.by_task.iter().enumerate() {
            rows.push(row(name.clone(), Some(task), value));
        }
    }
    for (l, name) in results.layers.iter().enumerate() {
        let name = format!("active fraction {name}");
        rows.push(row(name.clone(), None, evaluation.active[l]));
        // A compact file leaves them out.
        let by_task = evaluation.active_by_task.get(l).into_iter().flatten();
        for (task, &value) in by_task.enumerate() {
            rows.push(row(name.clone(), Some(task), value));
        }
    }
    for (name, value) in results.layers.iter().zip(&evaluation.correlation) {
        rows.extend(value.map(|v| row(format!("correlation of codes {name}"), None, v)));
    }
    rows.push(row(
        "active fraction pooled".into(),
        None,
        evaluation.active_pooled,
    ));
    rows
}

/// Numbers of a lane's whole course.
fn course_rows(results: &Results, lane: &LaneResults) -> Vec<Row> {
    let Some(last) = lane.records.last() else {
        return Vec::new();
    };
    let row = |metric: String, value: f64| Row {
        seed: lane.seed,
        condition: lane.condition.name(),
        tasks_learned: last.tasks_learned,
        on_task: None,
        metric,
        value,
    };
    let mut rows = Vec::new();
    for (head, name) in results.heads.iter().enumerate() {
        if let Some(t) = Transfer::of(&lane.records, head as u32) {
            for (what, value) in [
                ("learning accuracy", t.learning),
                ("backward transfer", t.backward),
                ("forward transfer", t.forward),
                ("forgetting", t.forgetting),
            ] {
                rows.push(row(format!("{what} {name}"), value));
            }
        }
    }
    for (m, name) in results.matrices.iter().enumerate() {
        if let Some(peak) = peak_of_alpha(&lane.records, m) {
            rows.push(row(format!("peak of alpha {name}"), peak.into()));
        }
    }
    rows
}

/// The claims of the experiment that a run belongs to, held against it.
pub fn outcomes(results: &Results) -> Vec<Outcome> {
    experiments::of(results).judge(results)
}

/// Finds a number in a lane.
type Find = Box<dyn Fn(&LaneResults) -> Option<f64>>;

/// A part of [`Transfer`], by name.
type Pick = (&'static str, fn(&Transfer) -> f64);

/// A number over seeds.
struct Line {
    name: String,
    digits: usize,
    of: Find,
}

/// What is tabled at the end of the stream.
fn lines(results: &Results) -> Vec<Line> {
    fn last(lane: &LaneResults) -> Option<&TaskRecord> {
        lane.records.last()
    }
    let mut lines = Vec::new();
    let mut add = |name: String, digits, of: Find| {
        lines.push(Line { name, digits, of });
    };
    let first = results.lanes.iter().find_map(last);
    let measured = first.and_then(|r| r.evaluation.as_ref());
    for a in measured.map_or(&[][..], |e| &e.accuracy) {
        let (head, lesion) = (a.head, a.lesion);
        let name = accuracy_name(results, head, lesion);
        let of = move |lane: &LaneResults| {
            let all = &last(lane)?.evaluation.as_ref()?.accuracy;
            all.iter()
                .find(|a| (a.head, a.lesion) == (head, lesion))
                .map(|a| a.mean)
        };
        add(name, if head == 0 { 3 } else { 4 }, Box::new(of));
    }
    for (l, name) in results.layers.iter().enumerate() {
        let of = move |lane: &LaneResults| last(lane)?.evaluation.as_ref()?.active.get(l).copied();
        add(format!("active fraction {name}"), 3, Box::new(of));
    }
    let of = |lane: &LaneResults| Some(last(lane)?.evaluation.as_ref()?.active_pooled);
    add("active fraction, all layers".into(), 3, Box::new(of));
    for (l, name) in results.layers.iter().enumerate() {
        let of = move |lane: &LaneResults| *last(lane)?.evaluation.as_ref()?.correlation.get(l)?;
        add(format!("correlation of codes {name}"), 3, Box::new(of));
        let before = move |lane: &LaneResults| {
            let first = lane.records.first()?.evaluation.as_ref()?;
            *first.correlation.get(l)?
        };
        add(
            format!("correlation of codes {name}, untrained"),
            3,
            Box::new(before),
        );
    }
    for (m, name) in results.matrices.iter().enumerate() {
        let of = move |lane: &LaneResults| last(lane)?.alpha.get(m).copied();
        add(format!("alpha {name}"), 4, Box::new(of));
    }
    for (l, name) in results.layers.iter().enumerate() {
        let of = move |lane: &LaneResults| last(lane)?.beta.get(l).copied();
        add(format!("beta {name}"), 3, Box::new(of));
    }
    for (head, name) in results.heads.iter().enumerate() {
        let picks: [Pick; 4] = [
            ("learning accuracy", |t| t.learning),
            ("backward transfer", |t| t.backward),
            ("forward transfer", |t| t.forward),
            ("forgetting", |t| t.forgetting),
        ];
        for (what, pick) in picks {
            let of = move |lane: &LaneResults| {
                Transfer::of(&lane.records, head as u32).map(|t| pick(&t))
            };
            add(format!("{what} ({name})"), 3, Box::new(of));
        }
    }
    for (m, name) in results.matrices.iter().enumerate() {
        let of = move |lane: &LaneResults| peak_of_alpha(&lane.records, m).map(f64::from);
        add(format!("task at which alpha {name} peaks"), 1, Box::new(of));
    }
    lines
}

/// Finished lanes of a condition.
fn finished(results: &Results, condition: Condition) -> Vec<&LaneResults> {
    results
        .lanes
        .iter()
        .filter(|l| l.condition == condition && l.diverged_at_step.is_none())
        .filter(|l| {
            let last = l.records.last();
            last.is_some_and(|r| r.tasks_learned == results.config.tasks)
        })
        .collect()
}

/// The whole report as Markdown.
pub fn markdown(title: &str, results: &Results) -> String {
    let mut text = String::new();
    let conditions: Vec<Condition> = results
        .config
        .conditions
        .iter()
        .copied()
        .filter(|&c| !finished(results, c).is_empty())
        .collect();
    let seeds = results.config.seeds;
    let first = results.config.first_seed;
    // Writing into a String cannot fail.
    let _ = writeln!(text, "# {title}\n");
    let _ = writeln!(
        text,
        "{seeds} seeds ({first} to {}) on {}; engine: {}; metacls {}. \
         Training took {:.0} s, evaluation {:.0} s.\n",
        first + seeds - 1,
        results.data.name,
        results.engine.adapter,
        results.code_version,
        results.training_seconds,
        results.evaluation_seconds,
    );
    let _ = writeln!(text, "## At the end of the stream\n");
    let _ = writeln!(
        text,
        "Mean (SD) [95% bootstrap interval of the mean] over seeds. Backward transfer counts from the \
         accuracy just after learning a task, forward transfer from the untrained network's, forgetting from \
         the best so far.\n"
    );
    let names: Vec<&str> = conditions.iter().map(|c| c.name()).collect();
    let _ = writeln!(text, "| | {} |", names.join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(names.len()));
    for line in lines(results) {
        let cells: Vec<String> = conditions
            .iter()
            .map(|&c| {
                let values: Vec<f64> = finished(results, c)
                    .into_iter()
                    .filter_map(&line.of)
                    .collect();
                cell(&values, line.digits)
            })
            .collect();
        if cells.iter().any(|c| c != "-") {
            let _ = writeln!(text, "| {} | {} |", line.name, cells.join(" | "));
        }
    }
    let outcomes = outcomes(results);
    if !outcomes.is_empty() {
        let _ = write!(text, "\n## Claims\n\n{}", claims_markdown(&outcomes));
    }
    for lane in results
        .lanes
        .iter()
        .filter(|l| l.diverged_at_step.is_some())
    {
        let _ = writeln!(
            text,
            "\nSeed {} under {} was set aside: not finite after step {}.",
            lane.seed,
            lane.condition.name(),
            lane.diverged_at_step.unwrap_or_default()
        );
    }
    text
}

fn cell(values: &[f64], digits: usize) -> String {
    let Some(e) = Estimate::of(values) else {
        return "-".into();
    };
    match e.sd {
        Some(sd) => {
            let [low, high] = bootstrap_mean(values);
            format!(
                "{:.digits$} ({sd:.digits$}) [{low:.digits$}, {high:.digits$}]",
                e.mean
            )
        }
        None => format!("{:.digits$}", e.mean),
    }
}

/// Claims with their parts, a line each.
pub fn claims_markdown(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "| | claim | rule | effect [95% interval] | d | p | verdict |\n|---|---|---|---|---|---|---|\n",
    );
    for outcome in outcomes {
        let number = outcome.number.map_or(String::new(), |n| n.to_string());
        let p = match (outcome.p, outcome.p_holm) {
            (Some(p), Some(holm)) => format!("{} ({} by Holm)", p_words(p), p_words(holm)),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "| {number} | **{}** | | | | {p} | **{}** |",
            outcome.sentence,
            outcome.verdict.words()
        );
        for part in &outcome.parts {
            let d = part
                .effect_size
                .map_or(String::new(), |d| format!("{d:.2}"));
            let p = part.p.map_or(String::new(), p_words);
            let held = match part.holds {
                _ if part.rule.is_empty() || part.n == 0 => "",
                true => "yes",
                false => "no",
            };
            let effect = match (part.effect, part.interval) {
                (Some(effect), Some(interval)) => {
                    let [effect, low, high] = [effect, interval[0], interval[1]].map(effect_words);
                    format!("{effect} [{low}, {high}]")
                }
                _ => "-".into(),
            };
            let _ = writeln!(
                text,
                "| | {} | {} | {effect} | {d} | {p} | {held} |",
                part.what, part.rule,
            );
        }
    }
    text
}

/// Four places; what rounds to nothing has no sign.
fn effect_words(x: f64) -> String {
    let words = format!("{x:.4}");
    match words.strip_prefix('-') {
        Some(zero) if zero == "0.0000" => zero.to_owned(),
        _ => words,
    }
}

fn p_words(p: f64) -> String {
    if p < 1e-4 {
        "< 0.0001".into()
    } else {
        format!("{p:.4}")
    }
}

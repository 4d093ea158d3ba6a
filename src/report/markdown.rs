//! A run's tables and claims as Markdown.

use std::fmt::Write as _;

use super::measures::{at_end, of_course};
use super::{outcomes, stream};
use crate::analysis::claims::{FEWEST, Outcome};
use crate::analysis::stats::{Estimate, bootstrap_mean};
use crate::config::{Condition, Order};
use crate::results::Results;

/// The whole report as Markdown.
pub fn markdown(title: &str, results: &Results) -> String {
    let mut text = String::new();
    let conditions: Vec<Condition> = results
        .config
        .conditions
        .iter()
        .copied()
        .filter(|&c| results.finished(c).next().is_some())
        .collect();
    let seeds = results.config.seeds;
    let first = results.config.first_seed;
    // Writing into a String cannot fail.
    let _ = writeln!(text, "# {title}\n");
    let _ = writeln!(
        text,
        "{seeds} seeds ({first} to {}) on {}; engine: {}; metacls {}. \
         Training took {:.0} s, evaluation {:.0} s.\n",
        results.config.last_seed(),
        results.data.name,
        results.engine.name(),
        results.code_version,
        results.training_seconds,
        results.evaluation_seconds,
    );
    if let Some(digest) = results.digest() {
        let _ = writeln!(
            text,
            "Digest {digest}: of every lane's weights, rates and counts after each task. `metacls check` \
             says whether they come out again.\n"
        );
    }
    if let Some(note) = stream::note(&results.config, results.data.classes) {
        let _ = writeln!(text, "{note}\n");
    }
    let changes = results.engine_changes();
    if !changes.is_empty() {
        let _ = writeln!(
            text,
            "Not all of it on that engine: {}. Engines round differently.\n",
            changes.join("; ")
        );
    }
    let _ = writeln!(text, "## At the end of the stream\n");
    let transfer = match results.config.order {
        Order::Sequential => {
            " Backward transfer counts from the accuracy just after learning a task, forward transfer from \
             the untrained network's, forgetting from the best so far."
        }
        Order::Mixed => "",
    };
    let _ = writeln!(
        text,
        "Mean (SD) [95% bootstrap interval of the mean] over seeds.{transfer}\n"
    );
    let names: Vec<&str> = conditions.iter().map(|c| c.name()).collect();
    let _ = writeln!(text, "| | {} |", names.join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(names.len()));
    for measure in at_end(results).into_iter().chain(of_course(results)) {
        let cells: Vec<String> = conditions
            .iter()
            .map(|&c| {
                let values: Vec<f64> = results.finished(c).filter_map(&measure.of).collect();
                cell(&values, measure.digits)
            })
            .collect();
        if cells.iter().any(|c| c != "-") {
            let _ = writeln!(text, "| {} | {} |", measure.words, cells.join(" | "));
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
                _ if part.rule.is_empty() || part.n < FEWEST => "",
                true => "yes",
                false => "no",
            };
            let effect = match (part.effect, part.interval) {
                (Some(effect), Some(interval)) => {
                    let [effect, low, high] = [effect, interval[0], interval[1]].map(effect_words);
                    format!("{effect} [{low}, {high}]")
                }
                (Some(effect), None) => effect_words(effect),
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

//! A branch beside its trunk, as the page shows it.

use serde::Serialize;

use crate::analysis::stats::Estimate;
use crate::config::{Condition, word};
use crate::data::DataInfo;
use crate::experiments::{self, link, shown::Shown};
use crate::report::plot::{Mark, Plot, Series, Shown as Lines};
use crate::reproduction::branch::AccuracyDifference;
use crate::reproduction::fork::ForkSummary;

/// A fork, as the page shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ForkView {
    /// A name for files.
    pub name: String,
    /// The experiment's title.
    pub title: String,
    /// Tasks after which the branch goes on otherwise; 0 of two runs that differ from their beginning.
    pub fork_at: u32,
    /// What changes there, each as the Lab's field has it.
    pub fork: Vec<String>,
    /// What else they have otherwise, in words.
    pub knobs: Vec<String>,
    /// Seeds that are paired.
    pub seeds: u32,
    /// The images.
    pub data: DataInfo,
    /// What trained trunk and branch.
    pub engines: [String; 2],
    /// Their digests; none of a run that is not whole.
    pub digests: [Option<String>; 2],
    /// The fragments of their links.
    pub links: [String; 2],
    /// The version of the code that wrote its file.
    pub code_version: String,
    /// Accuracy over the stream in both, and its difference, under each condition.
    pub plots: Vec<Plot>,
    /// The names of the table's columns.
    pub head: Vec<String>,
    /// Differences at the end of the stream, a row for each measure.
    pub rows: Vec<Vec<String>>,
}

impl ForkView {
    /// Of a summary, under the experiment that it names, else the one nearest to the branch.
    pub fn of(summary: &ForkSummary) -> Self {
        let (trunk, branch) = (&summary.trunk.config, &summary.branch.config);
        let named = summary.experiment.as_deref().and_then(experiments::find);
        let experiment = named.unwrap_or_else(|| experiments::nearest(branch));
        let sides = [&summary.trunk, &summary.branch];
        let differences = trunk.differences(branch).into_iter();
        let others = differences.filter(|(name, _)| !["fork_at", "fork"].contains(name));
        let knobs = others.map(|(name, values)| {
            let [one, other] = values.each_ref().map(word);
            format!("{name}: {one} in the trunk, {other} in the branch")
        });
        let short = summary.branch.digest.map(|d| d.to_string());
        let short: String = short.unwrap_or_default().chars().take(8).collect();
        let rows = summary.end.iter().map(|of| {
            vec![
                of.condition.name().into(),
                format!("{} {}", of.kind.words(), of.of),
                number(&of.difference),
                format!("{:.4}", of.p),
            ]
        });
        Self {
            name: format!("metacls-fork-{}-{short}", experiment.id),
            title: experiment.title.into(),
            fork_at: branch.fork_at,
            fork: branch.fork.clone(),
            knobs: knobs.collect(),
            seeds: summary
                .end
                .iter()
                .map(|d| d.difference.n)
                .max()
                .unwrap_or(0),
            data: summary.data.clone(),
            engines: sides.map(|side| side.engine.name()),
            digests: sides.map(|side| side.digest.map(|d| d.to_string())),
            links: sides.map(|s| link::write(&s.config, Some(experiment.id), &Shown::default())),
            code_version: summary.code_version.clone(),
            plots: plots(summary),
            head: [
                "condition",
                "measure",
                "branch less trunk [95% interval]",
                "p (sign flips, Holm)",
            ]
            .map(str::to_owned)
            .into(),
            rows: rows.collect(),
        }
    }
}

/// A mean with its interval.
pub fn number(of: &Estimate) -> String {
    let interval = of
        .interval
        .map(|[low, high]| format!(" [{low:.4}, {high:.4}]"));
    format!("{:.4}{}", of.mean, interval.unwrap_or_default())
}

/// For each condition and head the two courses, then their difference.
fn plots(summary: &ForkSummary) -> Vec<Plot> {
    let mut groups: Vec<(Condition, &str)> = Vec::new();
    for of in &summary.course {
        let group = (of.condition, of.head.as_str());
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    let names: Vec<String> = (0..=summary.branch.config.tasks)
        .map(|t| t.to_string())
        .collect();
    let plots = groups.iter().flat_map(|&(condition, head)| {
        let marks = |of: &dyn Fn(&AccuracyDifference) -> Mark| {
            let mut marks = vec![None; names.len()];
            let all = summary.course.iter();
            for one in all.filter(|c| (c.condition, c.head.as_str()) == (condition, head)) {
                if let Some(slot) = marks.get_mut(one.tasks_learned as usize) {
                    *slot = Some(of(one));
                }
            }
            marks
        };
        let course = |name: &str, is_behind, side: fn(&AccuracyDifference) -> &Estimate| Series {
            name: name.into(),
            condition,
            is_behind,
            marks: marks(&|c| {
                let e = side(c);
                let ends = e.sem.map(|sem| [e.mean - sem, e.mean + sem]);
                mark(c, e, ends, false)
            }),
        };
        let difference = Series {
            name: String::new(),
            condition,
            is_behind: false,
            marks: marks(&|c| {
                let ends = c.difference.interval;
                let is_clear = ends.is_some_and(|[low, high]| low > 0.0 || high < 0.0);
                // Up to the fork both are the same; what is stored of a trunk may be rounded.
                let is_after = c.tasks_learned > summary.branch.config.fork_at;
                mark(c, &c.difference, ends, is_clear && is_after)
            }),
        };
        let plot = |title: String, note: &str, measure: &str, series| Plot {
            title,
            note: note.into(),
            claim: None,
            measure: measure.into(),
            label: "tasks learned".into(),
            names: names.clone(),
            shown: Lines::Lines {
                series,
                is_joined: true,
            },
        };
        let of = format!("{head}, {}", condition.name());
        [
            plot(
                format!("Accuracy on all tasks: {of}"),
                "mean and its standard error",
                "share",
                vec![
                    course("trunk", true, |c| &c.trunk),
                    course("branch", false, |c| &c.branch),
                ],
            ),
            plot(
                format!("Branch less trunk: {of}"),
                "95% interval; filled: it leaves out 0",
                "difference",
                vec![difference],
            ),
        ]
    });
    plots.collect()
}

fn mark(of: &AccuracyDifference, e: &Estimate, ends: Option<[f64; 2]>, strong: bool) -> Mark {
    Mark {
        point: of.tasks_learned,
        value: e.mean,
        ends,
        strong,
    }
}

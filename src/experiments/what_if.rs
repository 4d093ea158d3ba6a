//! What-if questions: settings changed in one respect, each with what to look for and without the answer.

use serde::Serialize;

use super::figure2;
use crate::config::Condition::{Baseline, Rates};
use crate::config::{Config, TaskKind};

/// A question that a run answers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct WhatIf {
    /// The question.
    pub title: &'static str,
    /// What is changed, and what to look for in the run.
    pub look_for: &'static str,
    /// The experiment that the settings start from, by its id.
    pub experiment: &'static str,
    /// The settings of the run that answers it, with one seed.
    pub config: Config,
}

/// The questions, in the order in which they are offered; all start from Figure 2, with one seed.
pub fn all() -> Vec<WhatIf> {
    let ask = |title, look_for, change: fn(&mut Config)| {
        let mut config = figure2::config();
        config.seeds = 1;
        change(&mut config);
        WhatIf {
            title,
            look_for,
            experiment: "figure2",
            config,
        }
    };
    vec![
        ask(
            "No competition",
            "No unit is held down by others. Look at the top layer: does it still empty, does it \
             still become the fastest, and what becomes of accuracy?",
            |c| c.competition = false,
        ),
        ask(
            "Speeds alone",
            "Only the learning rates are meta-learned; competition stays as it began. Look at how \
             much of meta’s accuracy is there without its silence.",
            |c| c.conditions = vec![Baseline, Rates],
        ),
        ask(
            "The exact gradient",
            "The meta-gradient goes through the look-ahead’s own gradients (second order). Look at \
             whether the layers part in the same way, and at what a step costs.",
            |c| c.second_order = true,
        ),
        ask(
            "Half the units",
            "125 units in each layer rather than 250. Look at the share of units active, and at how \
             far apart the layers come.",
            |c| c.hidden = c.hidden.iter().map(|units| units / 2).collect(),
        ),
        ask(
            "Twice the tasks",
            "Forty tasks over the same half turn. Look at what the first tasks are worth at the end, \
             and at whether speeds and competition have settled.",
            |c| {
                c.tasks *= 2;
                c.degrees_per_task /= 2.0;
            },
        ),
        ask(
            "New digits, task by task",
            "Five tasks with two upright digits each, rather than twenty angles of all ten. Look at how much \
             of the first digits is left at the end, in meta and in baseline.",
            |c| (c.stream, c.tasks, c.samples_per_task) = (TaskKind::Classes, 5, 800),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments;

    #[test]
    fn every_question_can_be_run_and_changes_something() {
        for one in all() {
            let of = experiments::find(one.experiment).unwrap().config;
            assert!(one.config.problems().is_empty(), "{}", one.title);
            let fields = experiments::link::differences(&one.config, &of);
            assert!(
                fields.iter().any(|(name, _)| *name != "seeds"),
                "{}",
                one.title
            );
            assert!(one.look_for.contains("Look at"), "{}", one.title);
        }
    }
}

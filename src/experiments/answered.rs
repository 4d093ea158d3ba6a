//! Questions that stored sweeps and forks answer, each told in a paragraph.
//!
//! Another one is its summary in `stored/sweeps` or `stored/forks`, named by its id, as its command wrote it,
//! and an entry here.

use serde::Serialize;

/// A question, and where its answer is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Answered {
    /// Its name in files' names: `stored/sweeps/ID.json.gz` or `stored/forks/ID.json.gz`.
    pub id: &'static str,
    /// What stands over it.
    pub title: &'static str,
    /// The question.
    pub question: &'static str,
    /// What was found, in a paragraph, with its numbers.
    pub found: &'static str,
    /// The terminal's command that made it; of a fork the commands, between semicolons.
    pub command: &'static str,
    /// The day on which it was made: year, month, day.
    pub made: &'static str,
}

/// The stored sweeps, in the order in which they are told.
pub fn sweeps() -> Vec<Answered> {
    vec![Answered {
        id: "where-it-starts",
        title: "Where speed and inhibition start",
        question: "Does the hierarchy depend on the learning rate and the inhibition that every layer \
                   starts with?",
        found: "Twelve settings of a small network (four layers of 40 units) on procedural digits, five \
                seeds each. Deeper layers become sparser (claim 3) at 6 of 12, the hierarchy is absent \
                without meta-learning (claim 4) at 9, the top layer learns much faster (claim 5) at 6. \
                Where no layer is inhibited at first claim 3 holds at every learning rate, where all are \
                by 0.6 at none; where all learn fast from the beginning (0.1) claim 5 does not hold. Five \
                seeds are few: among twelve points some hold by chance.",
        command: "metacls sweep quick --vary alpha_0=log:0.001..0.1:4 --vary beta_0=linear:0..0.6:3 --set \
                  hidden=40,40,40,40 --seeds 0..5 --engine cpu --data digits --summary \
                  stored/sweeps/where-it-starts.json.gz",
        made: "2026-11-28",
    }]
}

/// The stored forks, in the order in which they are told.
pub fn forks() -> Vec<Answered> {
    vec![Answered {
        id: "late-rates",
        title: "Learned rates, early or late",
        question: "Are the learned rates needed late, or only early?",
        found: "A small network (four layers of 40 units), five seeds of meta on procedural digits, its \
                learning rates frozen after the first of ten tasks, as they were then; inhibition is \
                learned on. There rates that go on being learned do not help: with frozen ones accuracy at \
                the end is higher by 5.1 points (95% interval 2.6 to 7.6). Five seeds decide nothing: no p \
                is below 0.8 after Holm's correction. docs/forks.md has the same of Figure 2's network \
                with forty seeds, where frozen rates cost accuracy early and nothing at the end.",
        command: "metacls run quick --conditions meta --set hidden=40,40,40,40 --seeds 0..5 --engine cpu \
                  --data digits --out trunk.json; metacls run quick --conditions meta --set \
                  hidden=40,40,40,40 --seeds 0..5 --fork-at 1 --fork learn_alpha=false --engine cpu --data \
                  digits --out branch.json; metacls compare trunk.json branch.json --summary \
                  stored/forks/late-rates.json.gz",
        made: "2026-11-28",
    }]
}

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
        question: "Does the hierarchy depend on the learning rate and the inhibition that every layer starts \
                   with?",
        found: "TODO",
        command: "metacls sweep quick --vary alpha_0=log:0.001..0.1:6 --vary beta_0=linear:0..0.7:8 --set \
                  hidden=40,40,40,40 --seeds 0..10 --engine cpu --data digits --summary \
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
        found: "Figure 2's network, forty seeds of meta on MNIST, with its learning rates frozen after the first \
                of twenty tasks, as they were then; inhibition is learned on. Rates that go on being learned \
                help in the first half of the stream, by 1.4 points of accuracy at most (after 5 tasks, 95% \
                interval 1.2 to 1.5), and at its end make no difference that forty seeds show. What they do \
                shape is the hierarchy: with frozen rates the upper two layers are a little less sparse at the \
                end (h3 by 2.2 and h4 by 1.6 points of active fraction, p = 0.0001 each).",
        command: "metacls run figure2 --conditions meta --fork-at 1 --fork learn_alpha=false --engine cpu --data \
                  path/to/mnist --out branch.json; metacls compare stored/figure2.json.gz branch.json --summary \
                  stored/forks/late-rates.json.gz",
        made: "2026-11-28",
    }]
}

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
        found: "Figure 2's network on MNIST under 25 settings, ten seeds each. The learning rate that all layers \
                begin with (alpha_0) decides, their first inhibition (beta_0) hardly: deeper layers become \
                sparser (claim 3) at all 15 settings up to alpha_0 = 0.01, at 4 of 5 at 0.03 and at none of 5 \
                at 0.1, where every layer learns fast from the beginning. The top layer learns much faster \
                than the others (claim 5) at 24 of 25. What the hierarchy is good for is another matter. \
                Where layers begin slow, meta-learning gains much (39 points of accuracy at 0.001, 6 at 0.01, \
                without inhibition); where they begin at 0.03 or more the baseline is better, by 2 to 10 \
                points at 9 of 10 settings, and the best of all 25 is a baseline (64.4% at alpha_0 = 0.1, \
                against 61.8% for the best with meta-learning). Strong first inhibition (0.6) harms both.",
        command: "metacls sweep figure2 --vary alpha_0=log:0.001..0.1:5 --vary beta_0=0,0.01,0.1,0.3,0.6 \
                  --seeds 1000..1010 --set evaluate_every=20 --engine cpu --data DIR --summary \
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

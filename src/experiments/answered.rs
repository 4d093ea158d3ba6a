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
    /// What is asked, in one sentence with its question mark.
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
    vec![
        Answered {
            id: "where-it-starts",
            title: "Where speed and inhibition start",
            question: "Does the hierarchy depend on the learning rate and the inhibition that every \
                       layer starts with?",
            found: "Figure 2's network on MNIST under 25 settings, ten seeds each. The learning rate \
                    that all layers begin with (alpha_0) decides, their first inhibition (beta_0) \
                    hardly: deeper layers become sparser (claim 3) at all 15 settings up to alpha_0 = \
                    0.01, at 4 of 5 at 0.03 and at none of 5 at 0.1, where every layer learns fast \
                    from the beginning. The top layer learns much faster than the others (claim 5) at \
                    24 of 25. What the hierarchy is good for is another matter. Where layers begin \
                    slow, meta-learning gains much (39 points of accuracy at 0.001, 6 at 0.01, without \
                    inhibition); where they begin at 0.03 or more the baseline is better, by 2 to 10 \
                    points at 9 of 10 settings, and the best of all 25 is a baseline (64.4% at alpha_0 \
                    = 0.1, against 61.8% for the best with meta-learning). Strong first inhibition \
                    (0.6) harms both.",
            command: "metacls sweep figure2 --vary alpha_0=log:0.001..0.1:5 --vary \
                      beta_0=0,0.01,0.1,0.3,0.6 --seeds 1000..1010 --set evaluate_every=20 --engine \
                      cpu --data DIR --summary stored/sweeps/where-it-starts.json.gz",
            made: "2026-11-28",
        },
        Answered {
            id: "depth-and-width",
            title: "Depth and width",
            question: "How do the number of layers and their size change it?",
            found: "Figure 2's settings on MNIST with 2 to 8 hidden layers of 64 to 500 units, ten \
                    seeds each. The hierarchy is there in all of them: deeper layers are sparser \
                    (claim 3) at 20 of 20, the top layer learns much faster (claim 5) at 18 (not with \
                    two layers of 250 or 500 units), and its rate peaks last (claim 10) at 20. That \
                    codes become less alike from layer to layer because of meta-learning (claim 11) \
                    holds from 250 units on, at 128 only with two or three layers, at 64 never. What \
                    it brings falls with depth and grows with width: with two layers of 500 units \
                    meta-learning is 17 points of accuracy above the baseline, with four 10, with \
                    eight 2 below; with eight layers of 64 it is 19 below. The baseline hardly minds \
                    depth (41.5% to 52.4% at all points).",
            command: "metacls sweep depth --vary \
                      hidden=64x2,64x3,64x4,64x6,64x8,128x2,128x3,128x4,128x6,128x8,250x2,\
                      250x3,250x4,250x6,250x8,500x2,500x3,500x4,500x6,500x8 --seeds 1000..1010 --set \
                      evaluate_every=20 --engine cpu --data DIR --summary \
                      stored/sweeps/depth-and-width.json.gz",
            made: "2026-11-28",
        },
        Answered {
            id: "other-streams",
            title: "Other streams",
            question: "Does it need tasks that come one after the other, or rotations?",
            found: "Figure 2's settings on MNIST, ten seeds each: rotated and permuted pixels, each \
                    task after task and all tasks' images in one shuffled order, and five tasks of two \
                    classes each. Deeper layers become sparser in all five streams, and only with \
                    meta-learning (claims 3 and 4); the top layer learns much faster (claim 5) in \
                    four, not with classes. So the hierarchy is no answer to a stream of tasks: in \
                    mixed order, where there is nothing to forget, it is the same as in sequence \
                    (active fractions 44%, 39%, 29% and 12% from h1 to h4, against 45%, 38%, 27% and \
                    12%), and so is what meta-learning gains (6.4 and 5.8 points of accuracy). With \
                    permuted pixels all learn little in the images that there are (18% in baseline, \
                    21% with meta-learning); with classes meta-learning doubles accuracy (27% to 54%).",
            command: "metacls sweep figure2 --points stored/points/streams.csv --seeds 1000..1010 \
                      --engine cpu --data DIR --summary stored/sweeps/other-streams.json.gz",
            made: "2026-11-28",
        },
        Answered {
            id: "other-data",
            title: "Other data",
            question: "Does it survive other images?",
            found: "Figure 2's settings on the page's procedural digits instead of MNIST, rotated and \
                    with permuted pixels, ten seeds each: all five claims hold in both. Meta-learning \
                    is 5.5 points of accuracy above the baseline with rotations (65.4% and 59.9%; on \
                    MNIST 5.8) and 5.4 with permutations (24.8% and 19.4%). Fashion-MNIST, KMNIST and \
                    EMNIST, which could not be had where this was made, have not been tried: with \
                    their files one command or the Lab does it.",
            command: "metacls sweep figure2 --points stored/points/data.csv --seeds 1000..1010 --set \
                      evaluate_every=20 --engine cpu --data digits --summary \
                      stored/sweeps/other-data.json.gz",
            made: "2026-11-28",
        },
    ]
}

/// The stored forks, in the order in which they are told.
pub fn forks() -> Vec<Answered> {
    vec![
        Answered {
            id: "rates-held-early",
            title: "Learned rates, held after the first task",
            question: "Are the learned rates needed early?",
            found: "Figure 2's network, forty seeds of meta on MNIST; from the first of twenty tasks \
                    on its learning rates stay as they were then, inhibition is learned on. Held rates \
                    cost accuracy in the first half of the stream, 1.4 points at most (after five and \
                    six tasks; 95% interval 1.2 to 1.5 after five), and at its end nothing that forty \
                    seeds show (0.0 points, -0.3 to 0.3). What they do cost is the hierarchy's depth: \
                    the upper two layers end less sparse (h3 by 2.2 and h4 by 1.6 points of active \
                    units, p = 0.0001 each).",
            command: "metacls run figure2 --conditions meta --fork-at 1 --fork learn_alpha=false \
                      --engine cpu --data DIR --out branch.json; metacls compare \
                      stored/figure2.json.gz branch.json --summary \
                      stored/forks/rates-held-early.json.gz",
            made: "2026-11-28",
        },
        Answered {
            id: "rates-held-late",
            title: "Learned rates, held after the tenth task",
            question: "Are the learned rates needed late?",
            found: "The same, with rates held after the tenth of twenty tasks. They are not needed: \
                    held, accuracy is never lower, and at the end it is higher by 0.4 points (95% \
                    interval 0.25 to 0.54, p = 0.0001). Rates that go on being learned lose the slower \
                    layers a little speed (h2 and h3 would be faster by 0.010 and 0.008) and go on \
                    raising the top layer's and the readout's. The two forks together: what \
                    meta-learning does to the rates helps early, makes the hierarchy deeper, and in \
                    the second half of the stream costs a little.",
            command: "metacls run figure2 --conditions meta --fork-at 10 --fork learn_alpha=false \
                      --engine cpu --data DIR --out branch.json; metacls compare \
                      stored/figure2.json.gz branch.json --summary \
                      stored/forks/rates-held-late.json.gz",
            made: "2026-11-28",
        },
    ]
}

//! Figure 2: four hidden layers; sparsity and learning rate rise towards the top.

use super::{Experiment, figure1};
use crate::analysis::claims::{Claim, Rule, Seed, part};
use crate::analysis::stats::{mean, slope};
use crate::config::Condition::{Baseline, Meta};
use crate::config::{Condition, Config};

pub(super) fn experiment() -> Experiment {
    Experiment {
        id: "figure2",
        title: "Figure 2",
        summary: "Four hidden layers of 250 units. With meta-learning, deeper layers become sparser and \
                  the top one, like a hippocampus, learns fastest.",
        config: config(),
    }
}

/// How the active fraction changes from layer to layer.
fn hierarchy(seed: &Seed<'_>, condition: Condition) -> Option<f64> {
    seed.active(condition).map(slope)
}

/// The top layer's active fraction or rate less that of layer `l`.
fn top_less(list: Option<&[f64]>, l: usize) -> Option<f64> {
    list.map(|v| v[3] - v[l])
}

/// How much less alike a layer's codes are after learning than before.
fn decorrelated(seed: &Seed<'_>, condition: Condition, layer: usize) -> Option<f64> {
    Some(seed.correlation(condition, layer)? - seed.untrained_correlation(condition, layer)?)
}

/// Claims 3, 4 and 5, and how alike codes are.
pub(super) fn claims() -> Vec<Claim> {
    vec![
        Claim::judged(
            3,
            "With meta-learning deeper layers are sparser, the top one especially.",
            vec![
                part(
                    "slope of the active fraction over depth, meta",
                    Rule::Below(|s| hierarchy(s, Meta)),
                ),
                part(
                    "active fraction, h4 less h1, meta",
                    Rule::Below(|s| top_less(s.active(Meta), 0)),
                ),
                part(
                    "active fraction, h4 less h2, meta",
                    Rule::Below(|s| top_less(s.active(Meta), 1)),
                ),
                part(
                    "active fraction, h4 less h3, meta",
                    Rule::Below(|s| top_less(s.active(Meta), 2)),
                ),
            ],
        ),
        Claim::judged(
            4,
            "Without meta-learning that hierarchy is absent.",
            vec![
                part(
                    "slope over depth, meta less baseline",
                    Rule::Below(|s| Some(hierarchy(s, Meta)? - hierarchy(s, Baseline)?)),
                ),
                part(
                    "baseline's mean slope as a share of meta's",
                    Rule::RatioBelow(
                        |s| hierarchy(s, Baseline),
                        |s| hierarchy(s, Meta),
                        1.0 / 3.0,
                    ),
                ),
            ],
        ),
        Claim::judged(
            5,
            "The top layer learns much faster than the others.",
            vec![
                part(
                    "alpha, h4 less h1, meta",
                    Rule::Above(|s| top_less(s.alpha(Meta), 0)),
                ),
                part(
                    "alpha, h4 less h2, meta",
                    Rule::Above(|s| top_less(s.alpha(Meta), 1)),
                ),
                part(
                    "alpha, h4 less h3, meta",
                    Rule::Above(|s| top_less(s.alpha(Meta), 2)),
                ),
                part(
                    "alpha of h4 over the mean of the others', meta",
                    Rule::RatioAtLeast(
                        |s| s.alpha(Meta).map(|a| a[3]),
                        |s| s.alpha(Meta).map(|a| mean(&a[..3])),
                        2.0,
                    ),
                ),
            ],
        ),
        Claim::shown(
            "How alike a layer's codes of different images are (ours, after the authors' later work).",
            vec![
                part(
                    "mean correlation of h4's codes after learning less before, meta",
                    Rule::Shown(|s| decorrelated(s, Meta, 3)),
                ),
                part(
                    "the same of h1's",
                    Rule::Shown(|s| decorrelated(s, Meta, 0)),
                ),
                part(
                    "mean correlation of h4's codes less h1's after learning, meta",
                    Rule::Shown(|s| Some(s.correlation(Meta, 3)? - s.correlation(Meta, 0)?)),
                ),
                part(
                    "mean correlation of h4's codes after learning, meta less baseline",
                    Rule::Shown(|s| Some(s.correlation(Meta, 3)? - s.correlation(Baseline, 3)?)),
                ),
            ],
        ),
    ]
}

/// Figure 2's settings.
pub(super) fn config() -> Config {
    Config {
        hidden: vec![250; 4],
        eta_beta: 0.05,
        ..figure1::config()
    }
}

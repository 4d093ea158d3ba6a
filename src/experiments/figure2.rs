//! Figure 2: four hidden layers; sparsity and learning rate rise towards the top.

use super::panel::{Panel, Rate, Show, codes_and_matrices, differences};
use super::{CATEGORY, Experiment, figure1, later};
use crate::analysis::claims::{Claim, Rule, part};
use crate::analysis::seed::Seed;
use crate::analysis::stats::{mean, slope};
use crate::config::Condition::{Baseline, Meta};
use crate::config::{Condition, Config};

/// The top layer.
const TOP: &str = "h4";

pub(super) fn experiment() -> Experiment {
    let claims = claims();
    Experiment {
        id: "figure2",
        title: "Figure 2",
        sentence: "Four hidden layers of 250 units. With meta-learning, deeper layers become sparser and \
                  the top one, like a hippocampus, learns fastest.",
        config: config(),
        panels: [
            vec![
                Panel::new("Units active", Show::Profile).noted("untrained open"),
                Panel::new("Learning rate by layer", Show::Bars { rate: Rate::Alpha }),
                Panel::new("Inhibition, meta", Show::Trajectories { rate: Rate::Beta }),
                Panel::new(
                    "Learning rate, meta",
                    Show::Trajectories { rate: Rate::Alpha },
                ),
                Panel::new("Accuracy on all tasks", Show::Course { head: CATEGORY }),
                Panel::new("Accuracy, every seed", Show::Pairs { head: CATEGORY }),
            ],
            differences(&claims),
            codes_and_matrices(None),
        ]
        .concat(),
        claims,
        stored: true,
        opening: true,
    }
}

/// How the active fraction changes from layer to layer.
pub(super) fn hierarchy(seed: &Seed<'_>, condition: Condition) -> Option<f64> {
    seed.active_by_depth(condition).map(|active| slope(&active))
}

/// The top layer's active fraction under meta less that of another; none at another depth than Figure 2's.
fn sparser_than(seed: &Seed<'_>, layer: &str) -> Option<f64> {
    seed.is_top(TOP).then_some(())?;
    Some(seed.active(Meta, TOP)? - seed.active(Meta, layer)?)
}

/// The top layer's rate under meta less that of another; none at another depth.
fn faster_than(seed: &Seed<'_>, layer: &str) -> Option<f64> {
    seed.is_top(TOP).then_some(())?;
    Some(seed.alpha(Meta, TOP)? - seed.alpha(Meta, layer)?)
}

/// The mean rate under meta of the layers below the top one; none at another depth.
fn others(seed: &Seed<'_>) -> Option<f64> {
    seed.is_top(TOP).then_some(())?;
    let rates = ["h1", "h2", "h3"].map(|layer| seed.alpha(Meta, layer));
    let rates: Option<Vec<f64>> = rates.into_iter().collect();
    rates.map(|rates| mean(&rates))
}

/// How much less alike a layer's codes are after learning than before.
fn decorrelated(seed: &Seed<'_>, condition: Condition, layer: &str) -> Option<f64> {
    Some(seed.correlation(condition, layer)? - seed.untrained_correlation(condition, layer)?)
}

/// Claim 4, which holds of any depth.
pub(super) fn absent_in_baseline() -> Claim {
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
    )
}

/// Claims 3, 4 and 5, those of the authors' later text, and how alike codes are.
fn claims() -> Vec<Claim> {
    let mut claims = vec![
        Claim::judged(
            3,
            "With meta-learning deeper layers are sparser, the top one especially.",
            vec![
                part(
                    "slope of the active fraction over depth, meta",
                    Rule::Below(|s| hierarchy(s, Meta)),
                )
                .drawn(""),
                part(
                    "active fraction, h4 less h1, meta",
                    Rule::Below(|s| sparser_than(s, "h1")),
                ),
                part(
                    "active fraction, h4 less h2, meta",
                    Rule::Below(|s| sparser_than(s, "h2")),
                ),
                part(
                    "active fraction, h4 less h3, meta",
                    Rule::Below(|s| sparser_than(s, "h3")),
                ),
            ],
        ),
        absent_in_baseline(),
        Claim::judged(
            5,
            "The top layer learns much faster than the others.",
            vec![
                part(
                    "alpha, h4 less h1, meta",
                    Rule::Above(|s| faster_than(s, "h1")),
                ),
                part(
                    "alpha, h4 less h2, meta",
                    Rule::Above(|s| faster_than(s, "h2")),
                ),
                part(
                    "alpha, h4 less h3, meta",
                    Rule::Above(|s| faster_than(s, "h3")),
                )
                .drawn("h4 less h3"),
                part(
                    "alpha of h4 over the mean of the others', meta",
                    Rule::RatioAtLeast(|s| s.alpha(Meta, TOP), others, 2.0),
                ),
            ],
        ),
    ];
    claims.extend(later::claims());
    claims.push(likeness());
    claims
}

/// How alike codes are.
fn likeness() -> Claim {
    Claim::shown(
        "How alike a layer's codes of different images are (ours, after the authors' later work).",
        vec![
            part(
                "mean correlation of h4's codes after learning less before, meta",
                Rule::Shown(|s| decorrelated(s, Meta, TOP)),
            ),
            part(
                "the same of h1's",
                Rule::Shown(|s| decorrelated(s, Meta, "h1")),
            ),
            part(
                "mean correlation of h4's codes less h1's after learning, meta",
                Rule::Shown(|s| Some(s.correlation(Meta, TOP)? - s.correlation(Meta, "h1")?)),
            ),
            part(
                "mean correlation of h4's codes after learning, meta less baseline",
                Rule::Shown(|s| Some(s.correlation(Meta, TOP)? - s.correlation(Baseline, TOP)?)),
            ),
        ],
    )
}

/// Figure 2's settings.
pub(super) fn config() -> Config {
    Config {
        hidden: vec![250; 4],
        eta_beta: 0.05,
        ..figure1::config()
    }
}

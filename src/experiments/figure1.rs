//! Figure 1: two hidden layers; meta-learning raises accuracy with fewer units active.

use super::panel::{Panel, Rate, Show, codes_and_matrices, differences};
use super::{CATEGORY, Experiment};
use crate::analysis::claims::{Claim, Rule, part};
use crate::analysis::seed::Seed;
use crate::config::Condition::{Baseline, Frozen, Meta, Rates, Sparsity};
use crate::config::{Condition, Config};
use crate::model::Lesion::Intact;

pub(super) fn experiment() -> Experiment {
    let claims = claims();
    Experiment {
        id: "figure1",
        title: "Figure 1",
        sentence: "Two hidden layers of 250 units learn 20 rotations of MNIST. Meta-learned rates and \
                  inhibition raise accuracy while fewer units are active.",
        config: Config {
            conditions: Condition::ALL.to_vec(),
            ..config()
        },
        panels: [
            vec![
                Panel::new("Accuracy on all tasks", Show::Course { head: CATEGORY }),
                Panel::new("Accuracy, every seed", Show::Pairs { head: CATEGORY }),
                Panel::new("Units active", Show::Profile).noted("untrained open"),
                Panel::new("Learning rate by layer", Show::Bars { rate: Rate::Alpha }),
            ],
            differences(&claims),
            codes_and_matrices(None),
        ]
        .concat(),
        claims,
        stored: true,
        opening: false,
    }
}

/// A condition's accuracy less the baseline's.
fn gain(seed: &Seed<'_>, condition: Condition) -> Option<f64> {
    Some(seed.accuracy(condition, CATEGORY, Intact)? - seed.accuracy(Baseline, CATEGORY, Intact)?)
}

/// Claims 1, 2 and 6, and how much of the gain each part of meta brings.
fn claims() -> Vec<Claim> {
    vec![
        Claim::judged(
            1,
            "Meta-learning makes the network more accurate.",
            vec![
                part(
                    "accuracy, meta less baseline",
                    Rule::Above(|s| gain(s, Meta)),
                )
                .drawn(""),
            ],
        ),
        Claim::judged(
            2,
            "It does so with fewer units active.",
            vec![
                part(
                    "active fraction over all layers, meta less baseline",
                    Rule::Below(|s| Some(s.pooled(Meta)? - s.pooled(Baseline)?)),
                )
                .drawn(""),
            ],
        ),
        Claim::judged(
            6,
            "With two hidden layers too the upper one is sparser and learns faster.",
            vec![
                part(
                    "active fraction, h2 less h1, meta",
                    Rule::Below(|s| Some(s.active(Meta, "h2")? - s.active(Meta, "h1")?)),
                ),
                part(
                    "alpha, h2 less h1, meta",
                    Rule::Above(|s| Some(s.alpha(Meta, "h2")? - s.alpha(Meta, "h1")?)),
                ),
            ],
        ),
        Claim::shown(
            "How much of meta's gain in accuracy the parts of it bring by themselves (ours).",
            vec![
                part(
                    "gain of rates alone, as a share of meta's",
                    Rule::ShownRatio(|s| gain(s, Rates), |s| gain(s, Meta)),
                ),
                part(
                    "gain of sparsity alone, as a share of meta's",
                    Rule::ShownRatio(|s| gain(s, Sparsity), |s| gain(s, Meta)),
                ),
                part(
                    "gain of meta's final values from the start (frozen), as a share of meta's",
                    Rule::ShownRatio(|s| gain(s, Frozen), |s| gain(s, Meta)),
                ),
            ],
        ),
    ]
}

/// Figure 1's settings, which the other figures vary.
pub(super) fn config() -> Config {
    Config::default()
}

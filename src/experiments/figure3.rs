//! Figure 3: two pathways on top; a large, sparse, fast one carries the items.
//!
//! The settings are those of the authors' public code. A search for others under which claims 7 to 9 hold
//! more clearly was made with six seeds from 1000 on (never the forty reported), on MNIST, one change at a
//! time: means of meta over seeds, with d = mean / SD where it tells something; "lost" is the share of
//! above-chance item accuracy lost without h4_L (claim 9 asks for 0.4).
//!
//! | setting | slope over depth (7) | L - R active (7) | L - R alpha (8) | lost (9) | item accuracy |
//! |---|---|---|---|---|---|
//! | the preset | -0.068, d -3.4 | -0.060, d -3.9 | 0.092, d 17 | 0.61 | 0.027 |
//! | glances 2 | -0.104, d -3.0 | -0.020, d -0.9 | 0.082, d 3 | 0.45 | 0.044 |
//! | glances 3 | -0.134, d -4.3 | -0.028, d -1.6 | 0.025, d 3 | 0.32 | 0.054 |
//! | eta_beta 0.1 | -0.077, d -6.0 | -0.049, d -5.1 | 0.101, d 42 | 0.61 | 0.027 |
//! | eta_beta 0.4 | -0.078, d -2.4 | -0.053, d -3.1 | 0.090, d 16 | 0.68 | 0.023 |
//! | eta_alpha 0.001 | -0.011, d -1.1 | -0.080, d -7.7 | 0.044, d 18 | 0.60 | 0.019 |
//! | eta_alpha 0.004 | -0.095, d -2.8 | -0.026, d -1.6 | 0.133, d 14 | 0.60 | 0.033 |
//! | alpha_0 0.05 | -0.126, d -3.9 | -0.053, d -2.0 | 0.081, d 6 | 0.71 | 0.018 |
//! | alpha_0 0.10 | -0.112, d -3.6 | -0.061, d -2.7 | 0.097, d 9 | 0.68 | 0.023 |
//! | alpha_0 0.3 | +0.031, d 1.3 | -0.106, d -4.3 | 0.045, d 17 | 0.23 | 0.013 |
//! | replay 10 | -0.079, d -5.6 | -0.040, d -2.7 | 0.106, d 18 | 0.53 | 0.034 |
//! | memory 2000 | -0.091, d -4.1 | -0.058, d -2.8 | 0.080, d 21 | 0.68 | 0.010 |
//! | memory 2000, glances 3 | -0.149, d -6.3 | -0.021, d -1.2 | 0.030, d 1 | 0.59 | 0.044 |
//!
//! None is better in all of it. More glances, or a memory of everything with them, raise item accuracy and
//! the slope but bring the pathways closer together (at three glances claim 9 fails); a lower alpha_0
//! sharpens claims 7 and 9 at the cost of the items; eta_beta 0.1 is the steadiest, with differences no
//! larger. So the public settings stay. Claims 7 and 8 held by sign in every row but one (alpha_0 0.3 has no
//! slope).

use super::panel::{Panel, Rate, Show, codes_and_matrices, differences};
use super::{CATEGORY, Experiment, ITEM, figure1};
use crate::analysis::claims::{Claim, Rule, part};
use crate::analysis::seed::Seed;
use crate::analysis::stats::slope;
use crate::config::Condition::{Baseline, Meta};
use crate::config::{Config, EvaluateOn};
use crate::model::Lesion::{self, Intact, WithoutL, WithoutR, WithoutSomeL};

pub(super) fn experiment() -> Experiment {
    let claims = claims();
    Experiment {
        id: "figure3",
        title: "Figure 3",
        sentence: "Three hidden layers, then two pathways side by side, and two tasks at once: the digit's \
                  category and which single image it is.",
        config: Config {
            hidden: vec![250; 3],
            pathways: Some([1000, 250]),
            item_head: true,
            samples_per_task: 100,
            alpha_0: 0.15,
            eta_alpha: 0.002,
            eta_beta: 0.2,
            evaluation_images: 100,
            evaluate_on: EvaluateOn::Learned,
            ..figure1::config()
        },
        panels: [
            vec![
                Panel::new("Units active", Show::Profile).noted("untrained open"),
                Panel::new("Learning rate by layer", Show::Bars { rate: Rate::Alpha }),
                Panel::new("Lesions, item task", Show::Lesions { head: ITEM }).wide(),
                Panel::new("Lesions, category task", Show::Lesions { head: CATEGORY }).wide(),
                Panel::new(
                    "Category accuracy, every seed",
                    Show::Pairs { head: CATEGORY },
                ),
                Panel::new("Item accuracy, every seed", Show::Pairs { head: ITEM }),
            ],
            differences(&claims),
            codes_and_matrices(Some("category task")),
        ]
        .concat(),
        claims,
        stored: true,
        opening: false,
    }
}

/// The pathways.
const L: &str = "h4_L";
const R: &str = "h4_R";

/// What a lesion costs a head of the meta-learner.
fn cost(seed: &Seed<'_>, head: u32, lesion: Lesion) -> Option<f64> {
    Some(seed.accuracy(Meta, head, Intact)? - seed.accuracy(Meta, head, lesion)?)
}

/// What a lesion costs the baseline in the item task.
fn cost_to_baseline(seed: &Seed<'_>, lesion: Lesion) -> Option<f64> {
    Some(seed.accuracy(Baseline, ITEM, Intact)? - seed.accuracy(Baseline, ITEM, lesion)?)
}

/// Claims 7, 8 and 9, and what the paper does not say of the same lesions.
fn claims() -> Vec<Claim> {
    vec![
        Claim::judged(
            7,
            "With two pathways too deeper layers are sparser, and h4_L is sparser than h4_R.",
            vec![
                part(
                    "slope of the active fraction over h1, h2, h3, mean of L and R, meta",
                    Rule::Below(|s| s.active_by_depth(Meta).map(|active| slope(&active))),
                ),
                part(
                    "active fraction, h4_L less h4_R, meta",
                    Rule::Below(|s| Some(s.active(Meta, L)? - s.active(Meta, R)?)),
                )
                .drawn("L less R"),
            ],
        ),
        Claim::judged(
            8,
            "h4_L learns faster than h4_R.",
            vec![
                part(
                    "alpha, h4_L less h4_R, meta",
                    Rule::Above(|s| Some(s.alpha(Meta, L)? - s.alpha(Meta, R)?)),
                )
                .drawn(""),
            ],
        ),
        Claim::judged(
            9,
            "Lesioning h4_L dramatically impairs the item task.",
            vec![
                part(
                    "share of above-chance item accuracy lost without h4_L, meta",
                    Rule::RatioAtLeast(
                        |s| cost(s, ITEM, WithoutL),
                        |s| s.above_chance(Meta, ITEM, Intact),
                        0.4,
                    ),
                ),
                part(
                    "item accuracy, without h4_R less without h4_L, meta",
                    Rule::Above(|s| {
                        Some(s.accuracy(Meta, ITEM, WithoutR)? - s.accuracy(Meta, ITEM, WithoutL)?)
                    }),
                ),
            ],
        ),
        Claim::shown(
            "What else the lesions cost, and how the two conditions compare (ours).",
            vec![
                part(
                    "category accuracy lost without h4_L, meta",
                    Rule::Shown(|s| cost(s, CATEGORY, WithoutL)),
                ),
                part(
                    "category accuracy lost without h4_R, meta",
                    Rule::Shown(|s| cost(s, CATEGORY, WithoutR)),
                ),
                part(
                    "item accuracy lost without as many random units of h4_L as h4_R has, meta",
                    Rule::Shown(|s| cost(s, ITEM, WithoutSomeL)),
                ),
                part(
                    "item accuracy, without h4_R less without as many random units of h4_L as h4_R has, meta",
                    Rule::Shown(|s| {
                        Some(
                            s.accuracy(Meta, ITEM, WithoutR)?
                                - s.accuracy(Meta, ITEM, WithoutSomeL)?,
                        )
                    }),
                ),
                part(
                    "share of above-chance item accuracy lost without h4_L, baseline",
                    Rule::ShownRatio(
                        |s| cost_to_baseline(s, WithoutL),
                        |s| s.above_chance(Baseline, ITEM, Intact),
                    ),
                ),
                part(
                    "share of above-chance item accuracy lost without h4_R, baseline",
                    Rule::ShownRatio(
                        |s| cost_to_baseline(s, WithoutR),
                        |s| s.above_chance(Baseline, ITEM, Intact),
                    ),
                ),
                part(
                    "share of above-chance item accuracy lost without h4_R, meta",
                    Rule::ShownRatio(
                        |s| cost(s, ITEM, WithoutR),
                        |s| s.above_chance(Meta, ITEM, Intact),
                    ),
                ),
                part(
                    "category accuracy, meta less baseline",
                    Rule::Shown(|s| {
                        Some(
                            s.accuracy(Meta, CATEGORY, Intact)?
                                - s.accuracy(Baseline, CATEGORY, Intact)?,
                        )
                    }),
                ),
                part(
                    "item accuracy, meta less baseline",
                    Rule::Shown(|s| {
                        Some(s.accuracy(Meta, ITEM, Intact)? - s.accuracy(Baseline, ITEM, Intact)?)
                    }),
                ),
            ],
        ),
    ]
}

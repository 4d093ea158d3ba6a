//! Figure 3: two pathways on top; a large, sparse, fast one carries the items.

use super::{Experiment, figure1};
use crate::claims::{Claim, Rule, Seed, part};
use crate::config::Condition::{Baseline, Meta};
use crate::config::{Config, EvaluateOn};
use crate::model::Lesion::{self, Intact, WithoutL, WithoutR, WithoutSomeL};
use crate::stats::slope;

pub(super) fn experiment() -> Experiment {
    Experiment {
        id: "figure3",
        title: "Figure 3",
        summary: "Three hidden layers, then two pathways side by side, and two tasks at once: the digit's \
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
    }
}

/// Places of h4_L and h4_R among the layers.
const L: usize = 3;
const R: usize = 4;

/// What a lesion costs a head (0 category, 1 item) of the meta-learner.
fn cost(seed: &Seed<'_>, head: u32, lesion: Lesion) -> Option<f64> {
    Some(seed.accuracy(Meta, head, Intact)? - seed.accuracy(Meta, head, lesion)?)
}

/// Claims 7, 8 and 9, and what the paper does not say of the same lesions.
pub(super) fn claims() -> Vec<Claim> {
    vec![
        Claim::judged(
            7,
            "With two pathways too deeper layers are sparser, and h4_L is sparser than h4_R.",
            vec![
                part(
                    "slope of the active fraction over h1, h2, h3, mean of L and R, meta",
                    Rule::Below(|s| {
                        s.active(Meta)
                            .map(|a| slope(&[a[0], a[1], a[2], (a[L] + a[R]) / 2.0]))
                    }),
                ),
                part(
                    "active fraction, h4_L less h4_R, meta",
                    Rule::Below(|s| s.active(Meta).map(|a| a[L] - a[R])),
                ),
            ],
        ),
        Claim::judged(
            8,
            "h4_L learns faster than h4_R.",
            vec![part(
                "alpha, h4_L less h4_R, meta",
                Rule::Above(|s| s.alpha(Meta).map(|a| a[L] - a[R])),
            )],
        ),
        Claim::judged(
            9,
            "Lesioning h4_L dramatically impairs the item task.",
            vec![
                part(
                    "share of above-chance item accuracy lost without h4_L, meta",
                    Rule::RatioAtLeast(
                        |s| cost(s, 1, WithoutL),
                        |s| s.above_chance(Meta, 1, Intact),
                        0.4,
                    ),
                ),
                part(
                    "item accuracy, without h4_R less without h4_L, meta",
                    Rule::Above(|s| {
                        Some(s.accuracy(Meta, 1, WithoutR)? - s.accuracy(Meta, 1, WithoutL)?)
                    }),
                ),
            ],
        ),
        Claim::shown(
            "What else the lesions cost, and how the two conditions compare (ours).",
            vec![
                part(
                    "category accuracy lost without h4_L, meta",
                    Rule::Shown(|s| cost(s, 0, WithoutL)),
                ),
                part(
                    "category accuracy lost without h4_R, meta",
                    Rule::Shown(|s| cost(s, 0, WithoutR)),
                ),
                part(
                    "item accuracy lost without 250 random units of h4_L, meta",
                    Rule::Shown(|s| cost(s, 1, WithoutSomeL)),
                ),
                part(
                    "item accuracy, without h4_R less without 250 random units of h4_L, meta",
                    Rule::Shown(|s| {
                        Some(s.accuracy(Meta, 1, WithoutR)? - s.accuracy(Meta, 1, WithoutSomeL)?)
                    }),
                ),
                part(
                    "category accuracy, meta less baseline",
                    Rule::Shown(|s| {
                        Some(s.accuracy(Meta, 0, Intact)? - s.accuracy(Baseline, 0, Intact)?)
                    }),
                ),
                part(
                    "item accuracy, meta less baseline",
                    Rule::Shown(|s| {
                        Some(s.accuracy(Meta, 1, Intact)? - s.accuracy(Baseline, 1, Intact)?)
                    }),
                ),
            ],
        ),
    ]
}

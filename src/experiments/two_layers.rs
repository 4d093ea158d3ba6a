//! Figure 1's network at Figure 2's rates: ours, beside the paper's two.
//!
//! Figures 1 and 2 differ in depth and in how fast inhibition is meta-learned. This one has Figure 1's depth
//! and Figure 2's rates, so that each differs from it in one thing. With five seeds on MNIST (0 to 4) meta
//! gains 0.141 [0.124, 0.162] over baseline, as in Figure 1 (0.133 of forty), while fewer of h2's units are
//! active: 10% against 13%. What claim 6 says of the upper layer does not hang on Figure 1's rates.

use super::panel::{Panel, Rate, Show, codes_and_matrices, differences};
use super::{CATEGORY, Experiment, figure1, figure2};
use crate::analysis::claims::{Claim, Rule, part};
use crate::config::Condition::{Baseline, Meta};
use crate::config::Config;
use crate::model::Lesion::Intact;

pub(super) fn experiment() -> Experiment {
    let claims = claims();
    Experiment {
        id: "two-layers",
        title: "Two layers, Figure 2's rates",
        sentence: "Figure 1's network with Figure 2's rates, which differ in how fast inhibition is \
                   meta-learned: what of Figure 2 is left without its depth.",
        config: Config {
            hidden: figure1::config().hidden,
            ..figure2::config()
        },
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
        stored: false,
        opening: false,
    }
}

fn claims() -> Vec<Claim> {
    vec![
        Claim::shown(
            "What meta-learning brings to two layers at Figure 2's rates (ours).",
            vec![
                part(
                    "accuracy, meta less baseline",
                    Rule::Shown(|s| {
                        let [meta, baseline] =
                            [Meta, Baseline].map(|c| s.accuracy(c, CATEGORY, Intact));
                        Some(meta? - baseline?)
                    }),
                )
                .drawn("Gain in accuracy"),
                part(
                    "active fraction over all layers, meta less baseline",
                    Rule::Shown(|s| Some(s.pooled(Meta)? - s.pooled(Baseline)?)),
                ),
            ],
        ),
        Claim::shown(
            "How the upper layer differs from the lower one (ours).",
            vec![
                part(
                    "active fraction, h2 less h1, meta",
                    Rule::Shown(|s| Some(s.active(Meta, "h2")? - s.active(Meta, "h1")?)),
                )
                .drawn("Units active, h2 less h1"),
                part(
                    "alpha, h2 less h1, meta",
                    Rule::Shown(|s| Some(s.alpha(Meta, "h2")? - s.alpha(Meta, "h1")?)),
                ),
            ],
        ),
    ]
}

//! Figure 2's network at any depth: ours, to ask how the hierarchy hangs on depth and width.
//!
//! Figure 2's claims speak of h1 to h4; these say the same of the lowest and the top layer, whichever those
//! are, so that a sweep over `hidden` can hold them against every depth from two.

use super::figure2::{absent_in_baseline, hierarchy};
use super::later::top_less_bottom;
use super::panel::Show;
use super::{Experiment, figure2, later};
use crate::analysis::claims::{Claim, Rule, part};
use crate::analysis::stats::mean;
use crate::config::Condition::Meta;
use crate::config::Config;

pub(super) fn experiment() -> Experiment {
    let figure2 = figure2::experiment();
    let panels = figure2
        .panels
        .iter()
        .filter(|p| !matches!(p.show, Show::Differences { .. }));
    Experiment {
        id: "depth",
        title: "Any depth",
        sentence: "Figure 2's network with six hidden layers, or as many as one likes: what it says of h4 is \
                   said of the top layer.",
        config: Config {
            hidden: vec![250; 6],
            ..figure2.config.clone()
        },
        panels: panels.cloned().collect(),
        claims: claims(),
        stored: false,
        opening: false,
    }
}

/// The top layer's number and the others'; none of a single layer.
fn top_and_others(layers: &[f64]) -> Option<(f64, &[f64])> {
    match layers {
        [others @ .., top] if !others.is_empty() => Some((*top, others)),
        _ => None,
    }
}

/// Claims 3, 4 and 5 of the top layer, and those of the authors' later text.
fn claims() -> Vec<Claim> {
    let mut claims = vec![
        Claim::judged(
            3,
            "With meta-learning deeper layers are sparser, the top one especially.",
            vec![
                part(
                    "slope of the active fraction over depth, meta",
                    Rule::Below(|s| hierarchy(s, Meta)),
                ),
                part(
                    "active fraction, top layer less the sparsest of the others, meta",
                    Rule::Below(|s| {
                        let active = s.active_by_depth(Meta)?;
                        let (top, others) = top_and_others(&active)?;
                        Some(top - others.iter().copied().fold(f64::INFINITY, f64::min))
                    }),
                ),
            ],
        ),
        absent_in_baseline(),
        Claim::judged(
            5,
            "The top layer learns much faster than the others.",
            vec![
                part(
                    "alpha, top layer less the fastest of the others, meta",
                    Rule::Above(|s| {
                        let alpha = s.alpha_by_depth(Meta)?;
                        let (top, others) = top_and_others(&alpha)?;
                        Some(top - others.iter().copied().fold(f64::NEG_INFINITY, f64::max))
                    }),
                ),
                part(
                    "alpha, top layer less h1, meta",
                    Rule::Above(|s| top_less_bottom(&s.alpha_by_depth(Meta)?)),
                ),
                part(
                    "alpha of the top layer over the mean of the others', meta",
                    Rule::RatioAtLeast(
                        |s| s.alpha_by_depth(Meta)?.last().copied(),
                        |s| Some(mean(top_and_others(&s.alpha_by_depth(Meta)?)?.1)),
                        2.0,
                    ),
                ),
            ],
        ),
    ];
    claims.extend(later::claims());
    claims
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Results;

    /// At four layers it says of Figure 2's stored run what Figure 2 does.
    #[test]
    fn at_four_layers_it_agrees_with_figure_2() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/stored/figure2.json.gz");
        let stored: Results = crate::formats::read(std::path::Path::new(path)).unwrap();
        let figure2 = figure2::experiment();
        let judged =
            |claims: &[Claim]| crate::analysis::claims::judge(claims, &figure2.config, &stored);
        let (here, there) = (judged(&claims()), judged(&figure2.claims));
        for (number, part) in [(3, 0), (4, 0), (4, 1)] {
            let of = |all: &[crate::analysis::claims::Outcome]| {
                let claim = all.iter().find(|c| c.number == Some(number)).unwrap();
                claim.parts[part].effect.unwrap()
            };
            assert_eq!(of(&here), of(&there));
        }
        for number in [3, 4, 5, 10, 11] {
            let of = |all: &[crate::analysis::claims::Outcome]| {
                all.iter()
                    .find(|c| c.number == Some(number))
                    .unwrap()
                    .verdict
            };
            assert_eq!(of(&here), of(&there), "{number}");
        }
    }
}

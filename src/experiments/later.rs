//! What the authors' later text says of the same model, for a single hierarchy of any depth: L. Zhou and
//! A. C. Schapiro, "A gradient of complementary learning systems emerges through meta-learning", bioRxiv
//! 2025, <https://doi.org/10.1101/2025.07.10.664201>. Its abstract gives the sentences; the rules are ours,
//! fixed before they were held against any run.

use crate::analysis::claims::{Claim, Rule, part};
use crate::analysis::seed::Seed;
use crate::analysis::stats::slope;
use crate::config::Condition;
use crate::config::Condition::{Baseline, Meta};

/// The top layer's number less the bottom one's; none of a single layer.
pub(super) fn top_less_bottom(layers: &[f64]) -> Option<f64> {
    match layers {
        [bottom, .., top] => Some(top - bottom),
        _ => None,
    }
}

/// How a number changes from layer to layer; none of a single layer.
fn rise(layers: &[f64]) -> Option<f64> {
    (layers.len() > 1).then(|| slope(layers))
}

/// How the likeness of codes changes from layer to layer.
fn likeness(seed: &Seed<'_>, condition: Condition) -> Option<f64> {
    rise(&seed.correlation_by_depth(condition)?)
}

/// Claims 10 and 11.
pub(super) fn claims() -> Vec<Claim> {
    vec![
        Claim::judged(
            10,
            "Lower layers' learning rates peak early; the top one's peaks late and stays high (the authors' \
             later text).",
            vec![
                part(
                    "slope over depth of the task at which alpha peaks, meta",
                    Rule::Above(|s| rise(&s.peaks_by_depth(Meta)?)),
                ),
                part(
                    "task at which alpha peaks, top layer less h1, meta",
                    Rule::Above(|s| top_less_bottom(&s.peaks_by_depth(Meta)?)),
                ),
                part(
                    "alpha at the end as a share of its peak, top layer less h1, meta",
                    Rule::Above(|s| top_less_bottom(&s.kept_by_depth(Meta)?)),
                ),
            ],
        ),
        Claim::judged(
            11,
            "Higher layers' codes of different images are less alike than lower ones' (the authors' later \
             text).",
            vec![
                part(
                    "slope over depth of the mean correlation of codes, meta",
                    Rule::Below(|s| likeness(s, Meta)),
                ),
                part(
                    "mean correlation of codes, top layer less h1, meta",
                    Rule::Below(|s| top_less_bottom(&s.correlation_by_depth(Meta)?)),
                ),
                part(
                    "slope over depth, meta less baseline",
                    Rule::Below(|s| Some(likeness(s, Meta)? - likeness(s, Baseline)?)),
                ),
            ],
        ),
    ]
}

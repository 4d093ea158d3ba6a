//! Several runs of one experiment joined: other seeds, or other conditions of the same seeds.

use std::collections::HashMap;

use super::{LaneResults, Results};
use crate::config::{Condition, Config, Lane};

/// Why results can't be joined. Files are named by their index.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There are none.
    #[error("there is nothing to join")]
    Nothing,
    /// They are of different runs.
    #[error("the first and number {file} (from 0) differ in {what}")]
    Differs {
        /// Which file differs from the first.
        file: usize,
        /// In what: a knob, or a part of the results.
        what: String,
    },
    /// A lane is in two of them.
    #[error("number {first} and number {second} (from 0) both have a lane of seed {}", lane.seed)]
    Twice {
        /// The one file.
        first: usize,
        /// The other.
        second: usize,
        /// The lane.
        lane: Lane,
    },
    /// Seeds and conditions that belong between them are in none.
    #[error("seed {} under {} is in none of the files", .0.seed, .0.condition.name())]
    Missing(Lane),
    /// Frozen lanes without the meta lanes they start from.
    #[error("frozen lanes start from what meta learned, and no file has meta")]
    Frozen,
}

/// Joins results: what comes out equals the results of one whole run, but for seconds.
///
/// # Errors
/// If they differ in anything but seeds and conditions, have a lane twice, or leave one out.
pub fn merge(all: &[Results]) -> Result<Results, MergeError> {
    let first = all.first().ok_or(MergeError::Nothing)?;
    for (file, other) in all.iter().enumerate().skip(1) {
        if let Some(what) = difference(first, other) {
            return Err(MergeError::Differs { file, what });
        }
    }
    let mut lanes: HashMap<Lane, (usize, &LaneResults)> = HashMap::new();
    for (second, results) in all.iter().enumerate() {
        for lane in &results.lanes {
            if let Some((first, _)) = lanes.insert(lane.lane(), (second, lane)) {
                return Err(MergeError::Twice {
                    first,
                    second,
                    lane: lane.lane(),
                });
            }
        }
    }
    let config = joined(all, first);
    if config.conditions.contains(&Condition::Frozen)
        && !config.conditions.contains(&Condition::Meta)
    {
        return Err(MergeError::Frozen);
    }
    let whole = config.lanes().into_iter().map(|lane| {
        let held = lanes.get(&lane).map(|(_, results)| (*results).clone());
        held.ok_or(MergeError::Missing(lane))
    });
    // Draws are of the first seed's.
    let lowest = all
        .iter()
        .min_by_key(|r| r.config.first_seed)
        .unwrap_or(first);
    Ok(Results {
        lanes: whole.collect::<Result<_, _>>()?,
        draws: lowest.draws.clone(),
        training_seconds: all.iter().map(|r| r.training_seconds).sum(),
        evaluation_seconds: all.iter().map(|r| r.evaluation_seconds).sum(),
        config,
        ..first.clone()
    })
}

/// Seeds and conditions of all.
fn joined(all: &[Results], first: &Results) -> Config {
    let configs = || all.iter().map(|r| &r.config);
    let first_seed = configs().map(|c| c.first_seed).min().unwrap_or_default();
    let end = configs()
        .map(|c| c.first_seed.saturating_add(c.seeds))
        .max()
        .unwrap_or_default();
    let has = |condition: &Condition| configs().any(|c| c.conditions.contains(condition));
    Config {
        first_seed,
        seeds: end - first_seed,
        conditions: Condition::ALL.into_iter().filter(has).collect(),
        ..first.config.clone()
    }
}

/// In what two runs differ that must not.
fn difference(a: &Results, b: &Results) -> Option<String> {
    let seeds_aside = |r: &Results| Config {
        first_seed: 0,
        seeds: 1,
        conditions: vec![Condition::Meta],
        ..r.config.clone()
    };
    if let Some(knob) = seeds_aside(a).first_difference(&seeds_aside(b)) {
        return Some(knob.to_owned());
    }
    let parts = [
        ("their images", a.data.digest != b.data.digest),
        ("their engine", !a.engine.is_same(&b.engine)),
        ("the version of the code", a.code_version != b.code_version),
        ("their experiment", a.experiment != b.experiment),
        (
            "the network's layers",
            (&a.layers, &a.matrices, &a.heads) != (&b.layers, &b.matrices, &b.heads),
        ),
    ];
    let found = parts.iter().find(|(_, differs)| *differs);
    found.map(|(what, _)| (*what).to_owned())
}

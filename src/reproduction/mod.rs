//! A run made again beside what is on record of it: lane by lane where that is a results file, measure by
//! measure where it is what a link says came out.
//!
//! The CPU engine gives the same bits everywhere, so between two of its runs nothing but the same bits will
//! do. Engines that may fuse and reorder sums (a GPU's), and the reference, whose functions are the system's,
//! agree within a tolerance: each lane after its first task, before rounding has grown, and the end of the
//! stream in distribution.

pub mod branch;
pub mod expected;
pub mod fork;
pub mod lanes;
pub mod measures;

use serde::{Deserialize, Serialize};

use lanes::LaneOutcome;
use measures::Difference;

use crate::config::Config;
use crate::results::Results;

/// What is to be said of something that was made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// Every bit is the same.
    SameBits,
    /// Close enough, where the same bits can't be expected.
    WithinTolerance,
    /// Something else came out.
    NotTheSame,
}

impl Likeness {
    /// As `metacls check` says it: "the same to the bit".
    pub fn words(self) -> &'static str {
        match self {
            Self::SameBits => "the same to the bit",
            Self::WithinTolerance => "within tolerance",
            Self::NotTheSame => "not the same",
        }
    }

    /// The worst of some; none of nothing.
    pub fn of_all(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        all.into_iter().max()
    }
}

/// How lanes that are not all the same to the bit differ at the end of the stream, and what is to be said of
/// all: the worst of lanes and differences; none where there was nothing to compare with.
pub fn as_a_whole(
    lanes: &[LaneOutcome],
    on_record: &Results,
    again: &Results,
) -> (Vec<Difference>, Option<Likeness>) {
    let of_lanes = Likeness::of_all(lanes.iter().filter_map(|lane| lane.outcome.likeness()));
    let differences = match of_lanes {
        None | Some(Likeness::SameBits) => Vec::new(),
        _ => measures::paired(on_record, again),
    };
    let of_crowd = differences.iter().map(Difference::likeness);
    let whole = Likeness::of_all(of_lanes.into_iter().chain(of_crowd));
    (differences, whole)
}

/// Two runs that are not of one kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unlike {
    /// Of other configurations: the name of the first knob that differs.
    #[error("the two runs are of other configurations: their {0} differs")]
    Config(&'static str),
    /// On other images.
    #[error("one run was made on {0}, the other on {1}")]
    Images(String, String),
}

/// Whether a run is another's made again, or part of it: the same settings but for seeds and conditions, on
/// the same images.
///
/// # Errors
/// What differs.
pub fn comparable(on_record: &Results, again: &Results) -> Result<(), Unlike> {
    let part = Config {
        first_seed: on_record.config.first_seed,
        seeds: on_record.config.seeds,
        conditions: on_record.config.conditions.clone(),
        ..again.config.clone()
    };
    if let Some(knob) = on_record.config.first_difference(&part) {
        return Err(Unlike::Config(knob));
    }
    if on_record.data.digest != again.data.digest {
        let named = |r: &Results| format!("{} ({})", r.data.name, r.data.digest);
        return Err(Unlike::Images(named(on_record), named(again)));
    }
    Ok(())
}

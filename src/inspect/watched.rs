//! Watched units: what one seed's units did over a whole run, as it is kept beside the results.

use serde::{Deserialize, Serialize};

use super::{Learned, Probe, Snapshot, StepTrace};
use crate::config::{Config, Lane};
use crate::data::DataInfo;
use crate::engine::info::EngineInfo;
use crate::formats::field_path::Flaw;
use crate::formats::version::{self, Upgrade, Versioned};

/// One lane's snapshots over the stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct WatchedLane {
    /// Its seed and its condition, written as the record's own fields.
    #[serde(flatten)]
    pub lane: Lane,
    /// Before training, then after each task.
    pub snapshots: Vec<Snapshot>,
    /// The first step after a fifth of the tasks, walked through: what is learned first still moves.
    pub trace: StepTrace,
    /// What h1's units have learned after the last task.
    pub learned: Learned,
}

/// What was seen so far of a watched lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Its seed and its condition, written as the record's own fields.
    #[serde(flatten)]
    pub lane: Lane,
    /// Before training, then after each task, on the probe.
    pub snapshots: Vec<Snapshot>,
    /// The first step after a fifth of the tasks, walked through; none before it came, or where that failed.
    pub trace: Option<StepTrace>,
    /// What the first layer's units have learned after the last task; none before.
    pub learned: Option<Learned>,
}

/// What one seed's units did on a probe over a whole run, with where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Watched {
    /// Version of this record: [`version::current`].
    pub schema: u32,
    /// Version of the code that ran it.
    pub code_version: String,
    /// What was run.
    pub config: Config,
    /// See [`crate::results::Results::draws`].
    pub draws: String,
    /// On which images.
    pub data: DataInfo,
    /// On which engine the run's lanes began.
    pub engine: EngineInfo,
    /// The image that they are shown on.
    pub probe: Probe,
    /// Its pixels, 0 to 255, row by row.
    pub pixels: Vec<u8>,
    /// The same digit as each task turns it.
    pub strip: Vec<Vec<u8>>,
    /// The watched lanes that are through; none that diverged.
    pub lanes: Vec<WatchedLane>,
}

impl Versioned for Watched {
    const KIND: &'static str = "watched units";
    const FIRST_UNMARKED: bool = true;
    const UPGRADES: &'static [Upgrade] = &[
        // 2: the field's words.
        |watched| {
            version::each(watched, "lanes", |lane| {
                version::rename(lane, "looks", "snapshots");
                version::each(lane, "snapshots", |snapshot| {
                    version::each(snapshot, "layers", |layer| {
                        version::rename(layer, "drive", "pre_activation");
                        version::rename(layer, "line", "threshold");
                    });
                });
            });
        },
    ];

    fn checked(self) -> Result<Self, Flaw> {
        super::check::checked(self)
    }
}

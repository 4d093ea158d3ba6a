//! The results file: everything a run measured and what it came from, as JSON.

use serde::{Deserialize, Serialize};

use crate::config::{Config, Lane};
use crate::data::DataInfo;
use crate::engine_info::EngineInfo;
use crate::metrics::TaskRecord;

/// Version of [`Results`] that this code writes.
pub const SCHEMA: u32 = 1;

/// A run, complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Version of this record; [`SCHEMA`].
    pub schema: u32,
    /// The code's version.
    pub code_version: String,
    /// What was run.
    pub config: Config,
    /// On which images.
    pub data: DataInfo,
    /// On which engine.
    pub engine: EngineInfo,
    /// Names of hidden layers, in the order of `beta` and `active`.
    pub layers: Vec<String>,
    /// Names of weight matrices, in the order of `alpha`.
    pub matrices: Vec<String>,
    /// Names of heads, by index.
    pub heads: Vec<String>,
    /// One entry for each lane.
    pub lanes: Vec<LaneResults>,
    /// Seconds spent in observe steps.
    pub training_seconds: f64,
    /// Seconds spent in evaluations.
    pub evaluation_seconds: f64,
}

/// One lane's course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaneResults {
    /// Which lane.
    #[serde(flatten)]
    pub lane: Lane,
    /// Before training, then after each task.
    pub records: Vec<TaskRecord>,
    /// The step at which it ceased to be finite, if it did; there are no records after it.
    pub lost_at_step: Option<u32>,
}

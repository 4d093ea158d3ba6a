//! The results file: everything a run measured and what it came from, as JSON.

use serde::{Deserialize, Serialize};

use crate::config::{Condition, Config, Lane};
use crate::data::DataInfo;
use crate::engine_info::EngineInfo;
use crate::metrics::TaskRecord;
use crate::model::Lesion;

/// Version of [`Results`] that this code writes.
pub const SCHEMA: u32 = 1;

/// Why a results file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// It can't be read.
    #[error("{file}: can't be read ({reason})")]
    Unreadable {
        /// Its path.
        file: String,
        /// Why.
        reason: String,
    },
    /// It is no results file.
    #[error("{file}: not a results file of metacls ({reason})")]
    Malformed {
        /// Its path.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// It was written by another version.
    #[error(
        "{file}: results of schema {found}, but this program reads schema {SCHEMA}; use the version that wrote it"
    )]
    Schema {
        /// Its path.
        file: String,
        /// Its schema.
        found: u64,
    },
}

/// The most bytes a results file may unpack to.
#[cfg(not(target_arch = "wasm32"))]
const LARGEST: u64 = 1 << 30;

impl Results {
    /// A smaller copy: rates, losses and correlations to six digits, correlations before and after learning only, each
    /// task's accuracy of the intact network only, and without each task's active fractions. Counted shares keep
    /// twelve digits: all they have.
    #[must_use]
    pub fn compact(&self) -> Self {
        let round = |x: f64| format!("{x:.5e}").parse().unwrap_or(x);
        let share = |x: f64| format!("{x:.11e}").parse().unwrap_or(x);
        let mut small = self.clone();
        for lane in &mut small.lanes {
            let last = lane.records.len().saturating_sub(1);
            for (i, record) in lane.records.iter_mut().enumerate() {
                let rates = record.alpha.iter_mut().chain(&mut record.beta);
                rates
                    .chain(&mut record.meta_loss)
                    .for_each(|x| *x = round(*x));
                let Some(e) = &mut record.evaluation else {
                    continue;
                };
                e.active_by_task.clear();
                for a in &mut e.accuracy {
                    a.mean = share(a.mean);
                    if a.lesion != Lesion::Intact {
                        a.by_task.clear();
                    }
                }
                e.active_pooled = share(e.active_pooled);
                e.active.iter_mut().for_each(|x| *x = share(*x));
                if i > 0 && i < last {
                    e.correlation.clear();
                }
                e.correlation
                    .iter_mut()
                    .flatten()
                    .for_each(|x| *x = round(*x));
            }
        }
        small
    }

    /// Refuses what another version wrote.
    ///
    /// # Errors
    /// If `schema` is not [`SCHEMA`].
    pub fn check_schema(file: &str, schema: u64) -> Result<(), ResultsError> {
        if schema == u64::from(SCHEMA) {
            return Ok(());
        }
        Err(ResultsError::Schema {
            file: file.to_owned(),
            found: schema,
        })
    }
}

/// Files and texts; in the page the browser reads both.
#[cfg(not(target_arch = "wasm32"))]
impl Results {
    /// Reads a file, plain or gzip.
    ///
    /// # Errors
    /// If it can't be read, is no results file, or is of another schema.
    pub fn read(path: &std::path::Path) -> Result<Self, ResultsError> {
        let file = path.display().to_string();
        let bytes = std::fs::read(path).and_then(|bytes| crate::packed::unpack(bytes, LARGEST));
        let text = bytes.and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|e| std::io::Error::new(std::io::ErrorKind::InvalidData, e))
        });
        let text = text.map_err(|e| ResultsError::Unreadable {
            file: file.clone(),
            reason: e.to_string(),
        })?;
        Self::from_json(&file, &text)
    }

    /// Reads the text of a results file; `file` names it in errors.
    ///
    /// # Errors
    /// If it is no results file, or is of another schema.
    pub fn from_json(file: &str, text: &str) -> Result<Self, ResultsError> {
        let malformed = |e: serde_json::Error| ResultsError::Malformed {
            file: file.to_owned(),
            reason: e.to_string(),
        };
        let Version { schema } = serde_json::from_str(text).map_err(malformed)?;
        Self::check_schema(file, schema)?;
        serde_json::from_str(text).map_err(malformed)
    }

    /// The file's text.
    ///
    /// # Errors
    /// None that this record can give: it is numbers, words and lists.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }
}

/// What every version of the file holds.
#[derive(Deserialize)]
pub struct Version {
    /// Version of the record.
    pub schema: u64,
}

/// A run, complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Version of this record; [`SCHEMA`].
    pub schema: u32,
    /// The code's version.
    pub code_version: String,
    /// What was run.
    pub config: Config,
    /// SHA-256 of the first seed's schedule and initial weights: which random draws the code made.
    pub draws: String,
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
    /// The lane's seed.
    pub seed: u32,
    /// Its condition.
    pub condition: Condition,
    /// Before training, then after each task.
    pub records: Vec<TaskRecord>,
    /// The step at which it ceased to be finite, if it did; there are no records after it.
    pub lost_at_step: Option<u32>,
}

impl LaneResults {
    /// Which lane.
    pub fn lane(&self) -> Lane {
        Lane {
            seed: self.seed,
            condition: self.condition,
        }
    }
}

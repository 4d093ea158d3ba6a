//! A run's log: its results written line by line, as lanes end, so that whatever stops the run costs none of
//! them.
//!
//! The first line is the results file without its lanes; each further line is one lane, or what was seen of a
//! watched lane's units. A line that was being written when the run stopped is torn, or lacks its line break:
//! it and what follows is left out, and the lane is trained again.

use std::collections::HashSet;

use serde_json::Value;

use crate::formats::version::{self, FormatError, Versioned};
use crate::inspect::Seen;
use crate::results::{LaneResults, Results};

/// How a log's name ends.
pub const ENDING: &str = ".lanes.jsonl";

/// What a log holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// The run, with the lanes that ended; the others have no records.
    pub results: Results,
    /// What was seen of watched lanes that ended.
    pub watched: Vec<Seen>,
    /// Bytes of the log up to its last whole line: what follows is torn.
    pub whole: usize,
}

/// The first line of a run's log.
///
/// # Errors
/// If the record has no form as JSON: of no run.
pub fn head(results: &Results) -> Result<Vec<u8>, serde_json::Error> {
    line(&Results {
        lanes: Vec::new(),
        ..results.clone()
    })
}

/// A lane's line.
///
/// # Errors
/// If the record has no form as JSON: of no run.
pub fn lane(results: &LaneResults) -> Result<Vec<u8>, serde_json::Error> {
    line(results)
}

/// A watched lane's line.
///
/// # Errors
/// If the record has no form as JSON: of no run.
pub fn seen(seen: &Seen) -> Result<Vec<u8>, serde_json::Error> {
    line(&serde_json::json!({ SEEN: seen }))
}

/// The line of the seconds spent so far in training and in evaluation.
///
/// # Errors
/// If the record has no form as JSON: of no run.
pub fn seconds(training: f64, evaluation: f64) -> Result<Vec<u8>, serde_json::Error> {
    line(&serde_json::json!({ SECONDS: [training, evaluation] }))
}

/// The field that tells a watched lane's line from a lane's.
const SEEN: &str = "seen";
/// The field of a line of seconds.
const SECONDS: &str = "seconds";

fn line(record: &impl serde::Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut line = serde_json::to_vec(record)?;
    line.push(b'\n');
    Ok(line)
}

/// Reads a log; none of one whose first line is torn. A lane that is there twice counts as it was first
/// written.
///
/// # Errors
/// If it is of a later version, or of another form than a log.
pub fn read(bytes: &[u8]) -> Result<Option<Log>, FormatError> {
    let mut whole = 0;
    let mut head = None;
    let (mut lanes, mut watched) = (Vec::new(), Vec::new());
    let mut known = HashSet::new();
    let mut seconds = Value::Null;
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        if !line.ends_with(b"\n") {
            break;
        }
        let Ok(mut value) = serde_json::from_slice::<Value>(line) else {
            break;
        };
        match head {
            None => head = Some(value),
            Some(_) => {
                if let Some(seen) = value.get_mut(SEEN) {
                    watched.push(seen.take());
                } else if let Some(spent) = value.get_mut(SECONDS) {
                    seconds = spent.take();
                } else if known.insert(lane_of(&value)) {
                    lanes.push(value);
                }
            }
        }
        whole += line.len();
    }
    let Some(mut head) = head else {
        return Ok(None);
    };
    if !head.is_object() {
        return Err(FormatError::Foreign(Results::KIND));
    }
    head["lanes"] = Value::Array(lanes);
    if let Value::Array(spent) = seconds
        && let [training, evaluation] = &spent[..]
    {
        head["training_seconds"] = training.clone();
        head["evaluation_seconds"] = evaluation.clone();
    }
    let results: Results = version::from_value(head)?;
    let watched: Result<Vec<Seen>, _> = watched.into_iter().map(version::typed).collect();
    Ok(Some(Log {
        results,
        watched: watched.map_err(|e| FormatError::Malformed {
            kind: Results::KIND,
            reason: e.to_string(),
        })?,
        whole,
    }))
}

/// A line's seed and condition, as they stand there; none where one is missing.
fn lane_of(line: &Value) -> [Option<Value>; 2] {
    ["seed", "condition"].map(|field| line.get(field).cloned())
}

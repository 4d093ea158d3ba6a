//! A wave in progress as a file: a run that goes on from it ends with the same bits.
//!
//! All numbers are little-endian: eight bytes `metacls\x01`, the head's length (u32), the head (JSON), each
//! lane's values (f32: weights matrix by matrix, row by row, then alpha, then beta), and the SHA-256 of all
//! that. So what is torn or spoiled is known for it, and its length is known before anything is made of it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::config::Lane;
use crate::formats::field_path::{FieldPath, Flaw};
use crate::formats::version::{self, FormatError, Upgrade, Versioned};
use crate::inspect::{Probe, Seen};
use crate::model::{LaneState, Model};
use crate::results::Results;

/// The first bytes of a checkpoint.
pub const MAGIC: [u8; 8] = *b"metacls\x01";
/// Bytes of the digest at the end.
const DIGEST: usize = 32;
/// The most bytes of a head: one of a thousand lanes has a hundredth of it.
const LARGEST_HEAD: usize = 256 << 20;

/// Why a checkpoint is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It begins with other bytes.
    #[error("no checkpoint of metacls: it begins with other bytes")]
    Foreign,
    /// It ends too early, goes on too long, or its digest is another.
    #[error("the checkpoint is torn or spoiled: its digest is another")]
    Spoiled,
    /// Its head is of no use.
    #[error(transparent)]
    Head(#[from] FormatError),
    /// Its values do not fit its own network.
    #[error("the checkpoint has {found} bytes of values, and its network takes {expected}")]
    Values {
        /// Bytes of values that it has.
        found: u64,
        /// Bytes that its lanes need.
        expected: u64,
    },
}

/// The head: what the run is and measured of the wave, without the lanes' values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Version of this record: [`version::current`].
    pub schema: u32,
    /// The run, with what was measured so far of the lanes in progress.
    pub results: Results,
    /// These lanes, in the order of their values.
    pub lanes: Vec<Lane>,
    /// Tasks that these lanes have learned: 1 or more.
    pub tasks_learned: u32,
    /// The image that watched units are shown on.
    pub probe: Probe,
    /// What was seen of those of its lanes that are watched.
    pub watched: Vec<Seen>,
}

impl Versioned for Head {
    const KIND: &'static str = "a checkpoint";
    const UPGRADES: &'static [Upgrade] = &[];

    fn checked(self) -> Result<Self, Flaw> {
        let results = self.results.checked()?;
        let tasks = results.config.tasks;
        FieldPath::new("tasks_learned").within(
            self.tasks_learned.into(),
            1.0,
            (tasks - 1).into(),
        )?;
        let known: HashSet<Lane> = results.config.lanes().into_iter().collect();
        let mut seen = HashSet::new();
        for (i, lane) in self.lanes.iter().enumerate() {
            if !known.contains(lane) || !seen.insert(*lane) {
                let name = format!("seed {} under {}", lane.seed, lane.condition.name());
                let allowed = "each of the configuration's lanes, once";
                return Err(FieldPath::new("lanes").at(i).refuse(name, allowed));
            }
        }
        Ok(Self { results, ..self })
    }
}

/// A wave in progress, at the end of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// What the run is and measured.
    pub head: Head,
    /// For each of these lanes its values.
    pub states: Vec<LaneState<f32>>,
}

impl Checkpoint {
    /// The file.
    ///
    /// # Errors
    /// If the head has no form as JSON: of no run.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let head = serde_json::to_vec(&self.head)?;
        let lists = |state: &LaneState<f32>| -> usize {
            let weights: usize = state.weights.iter().map(Vec::len).sum();
            weights + state.alpha.len() + state.beta.len()
        };
        let values: usize = self.states.iter().map(lists).sum();
        let mut bytes = Vec::with_capacity(MAGIC.len() + 4 + head.len() + 4 * values + DIGEST);
        bytes.extend(MAGIC);
        bytes.extend((head.len() as u32).to_le_bytes());
        bytes.extend(head);
        for state in &self.states {
            state.put(&mut bytes);
        }
        let digest = Sha256::digest(&bytes);
        bytes.extend(digest);
        Ok(bytes)
    }

    /// Reads a file. Records are held against the configuration, values against its network.
    ///
    /// # Errors
    /// If it is no checkpoint, torn, of a later version, or contradicts itself.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let rest = bytes.strip_prefix(&MAGIC).ok_or(CheckpointError::Foreign)?;
        let body = bytes.len().checked_sub(DIGEST);
        let (body, digest) = bytes.split_at(body.ok_or(CheckpointError::Spoiled)?);
        if Sha256::digest(body).as_slice() != digest {
            return Err(CheckpointError::Spoiled);
        }
        let rest = &rest[..rest.len() - DIGEST];
        let (length, rest) = rest.split_first_chunk().ok_or(CheckpointError::Spoiled)?;
        let length = u32::from_le_bytes(*length) as usize;
        if length > LARGEST_HEAD || length > rest.len() {
            return Err(CheckpointError::Spoiled);
        }
        let (head, values) = rest.split_at(length);
        let malformed = |e: serde_json::Error| FormatError::Malformed {
            kind: Head::KIND,
            reason: e.to_string(),
        };
        let mut head: Value = serde_json::from_slice(head).map_err(malformed)?;
        if let Some(results) = head.get_mut("results") {
            version::upgrade::<Results>(results)?;
        }
        let head: Head = version::from_value(head)?;
        let states = states(&head, values)?;
        Ok(Self { head, states })
    }
}

/// The lanes' values, by the shapes of the network that the head describes.
fn states(head: &Head, values: &[u8]) -> Result<Vec<LaneState<f32>>, CheckpointError> {
    let model = Model::new(&head.results.config, &head.results.data);
    let of_lane = model.parameters() + model.matrices.len() + model.layers.len();
    let lanes = head.lanes.len() as u64;
    let expected = lanes
        .saturating_mul(of_lane as u64)
        .saturating_mul(size_of::<f32>() as u64);
    let found = values.len() as u64;
    if found != expected {
        return Err(CheckpointError::Values { found, expected });
    }
    let mut rest = values;
    let states = (0..lanes).map(|_| LaneState::take(&model, &mut rest));
    states
        .collect::<Option<_>>()
        .ok_or(CheckpointError::Values { found, expected })
}

//! What the page is given to keep while a run is under way, and a run that goes on from it.

use web_time::Instant;

use super::session::RunHandle;
use crate::driver::{Driver, Note};
use crate::kept::checkpoint::Checkpoint;
use crate::kept::log;
use crate::kept::pace::Pace;
use crate::messages::Words;
use crate::protocol::{Event, Keep, KeptRun};

/// Hands to the page what it is to keep.
pub(super) struct Keeper {
    pace: Pace,
    /// Whether anything is kept of the run.
    keeps: bool,
}

impl Keeper {
    /// Begins to keep a run; `kept` is the name of one that goes on, and its log so far.
    pub(super) fn begin(
        handle: &RunHandle,
        driver: &Driver,
        kept: Option<(String, Vec<u8>)>,
    ) -> Self {
        let (id, log) = kept.unzip();
        let log = log.filter(|log| !log.is_empty());
        // A record of numbers and names always has a form as JSON.
        let log = log.unwrap_or_else(|| driver.log_head().unwrap_or_default());
        let lanes = driver.lanes().len() as u32;
        let ended = driver.lanes_ended() as u32;
        handle.post(&Event::Keep(Keep::Begin {
            id,
            log,
            lanes,
            ended,
        }));
        Self {
            pace: Pace::default(),
            keeps: true,
        }
    }

    /// Of a run that is not kept.
    pub(super) fn nothing(handle: &RunHandle) -> Self {
        handle.post(&Event::Keep(Keep::Nothing));
        Self {
            pace: Pace::default(),
            keeps: false,
        }
    }

    /// Keeps what a slice brought.
    pub(super) fn keep(&mut self, handle: &RunHandle, driver: &Driver, notes: &[Note]) {
        if !self.keeps {
            return;
        }
        for note in notes {
            match note {
                Note::WaveEnd { lanes } => {
                    // Lanes without a form are of no run: what was kept before them stays as it is.
                    let Ok(lines) = driver.log_lines(lanes) else {
                        self.keeps = false;
                        return;
                    };
                    let ended = driver.lanes_ended() as u32;
                    handle.post(&Event::Keep(Keep::Lanes { lines, ended }));
                }
                Note::TaskEnd => self.checkpoint(handle, driver),
                Note::Done => handle.post(&Event::Keep(Keep::End)),
                _ => {}
            }
        }
    }

    fn checkpoint(&mut self, handle: &RunHandle, driver: &Driver) {
        if !self.pace.is_due() {
            return;
        }
        let start = Instant::now();
        if let Some(checkpoint) = driver.checkpoint()
            && let Ok(file) = checkpoint.to_bytes()
        {
            let tasks_learned = checkpoint.head.tasks_learned;
            handle.post(&Event::Keep(Keep::Checkpoint {
                file,
                tasks_learned,
            }));
            self.pace.made(start);
        }
    }
}

/// A kept run, read.
pub(super) struct Restored {
    pub(super) id: String,
    pub(super) log: Option<log::Log>,
    /// The log's whole lines.
    pub(super) whole: Vec<u8>,
    pub(super) checkpoint: Option<Checkpoint>,
}

/// Reads a kept run. A checkpoint that is spoiled costs the lanes in progress, and that is said.
///
/// # Errors
/// If its log is of no use, in words.
pub(super) fn read(kept: KeptRun) -> Result<(Restored, Option<String>), Words> {
    let log = log::read(&kept.log.bytes).map_err(|e| Words {
        what: format!("The kept run can't be read: {e}."),
        meaning: "It can't be gone on with.".into(),
        advice: "Export what it holds, or delete it.".into(),
    })?;
    let (checkpoint, notice) = match kept.checkpoint.map(|c| Checkpoint::from_bytes(&c.bytes)) {
        None => (None, None),
        Some(Ok(checkpoint)) => (Some(checkpoint), None),
        Some(Err(e)) => (None, Some(format!("{e}; its lanes begin anew"))),
    };
    let mut whole = kept.log.bytes;
    whole.truncate(log.as_ref().map_or(0, |log| log.whole));
    let id = kept.id;
    Ok((
        Restored {
            id,
            log,
            whole,
            checkpoint,
        },
        notice,
    ))
}

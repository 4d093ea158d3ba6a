//! What a run brought about, as events.

use super::opening::rewind;
use super::session::RunHandle;
use crate::driver::{Driver, Note};
use crate::messages;
use crate::protocol::{Event, Format, Measured};

/// Posts what a slice brought about, where the page wants to know it.
pub(super) fn post_note(handle: &RunHandle, driver: &Driver, note: Note) {
    match note {
        Note::Measured { lane, record } => {
            handle.post(&Event::Checkpoint {
                lane: lane as u32,
                record,
            });
        }
        Note::Diverged { lane, step } => {
            let which = driver.lanes()[lane];
            handle.post(&Event::LaneDiverged {
                lane: lane as u32,
                step,
                reason: messages::diverged(which, step),
            });
        }
        Note::Snapshot {
            lane,
            tasks_learned,
            snapshot,
        } => handle.post(&Event::Snapshot {
            lane: lane as u32,
            tasks_learned: Some(tasks_learned),
            snapshot,
        }),
        Note::Rewound(rewound) => rewind(handle, driver, &rewound),
        Note::TaskEnd | Note::WaveEnd { .. } | Note::Done => {}
    }
}

/// Everything measured so far, for the analyst.
pub(super) fn measured(driver: &Driver, format: Option<Format>) -> Event {
    let results = driver.results();
    Event::Measured(Box::new(Measured { results, format }))
}

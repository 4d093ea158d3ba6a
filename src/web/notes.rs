//! What a run brought about, as events.

use super::session::RunHandle;
use crate::driver::{Driver, Note, Rewound};
use crate::messages;
use crate::protocol::{Event, Export, Measured};

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

/// Tells the page what a run goes on with, and what was kept: it begins anew with that.
pub(super) fn rewind(handle: &RunHandle, driver: &Driver, rewound: &Rewound) {
    handle.engine(driver, Some(messages::rewound(rewound)));
    handle.post(&Event::Started {
        run: driver.description(),
    });
    let probed = handle.session.borrow().probed();
    handle.post(&probed);
    post_what_is_kept(handle, driver);
}

/// Tells what was measured so far, and what was seen of the watched units.
pub(super) fn post_what_is_kept(handle: &RunHandle, driver: &Driver) {
    for (lane, results) in driver.results().lanes.into_iter().enumerate() {
        for record in results.records {
            post_note(handle, driver, Note::Measured { lane, record });
        }
        if let Some(step) = results.diverged_at_step {
            post_note(handle, driver, Note::Diverged { lane, step });
        }
    }
    for (lane, seen) in driver.seen() {
        for (tasks_learned, snapshot) in seen.snapshots.iter().enumerate() {
            let note = Note::Snapshot {
                lane,
                tasks_learned: tasks_learned as u32,
                snapshot: snapshot.clone(),
            };
            post_note(handle, driver, note);
        }
    }
    handle.post(&Event::Summary(driver.summary()));
}

/// Everything measured so far, for the analyst.
pub(super) fn measured(driver: &Driver, export: Option<Export>) -> Event {
    // A record of numbers and names always has a form as JSON.
    let results = serde_json::to_string(&driver.results()).unwrap_or_default();
    Event::Measured(Measured { results, export })
}

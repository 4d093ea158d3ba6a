//! Ctrl-C and the like: the first asks the run to write what it has and end, a second ends at once.

use std::sync::atomic::{AtomicBool, Ordering};

use super::voice::say;

static ASKED: AtomicBool = AtomicBool::new(false);

/// The exit code of a run that was asked to end.
pub(super) const EXIT: u8 = 130;

/// Takes over Ctrl-C, and where there are such things SIGTERM and SIGHUP.
pub(super) fn listen() {
    let heard = || {
        if ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(EXIT.into());
        }
        say("\nending: what was measured is being written (once more ends at once)");
    };
    // Without it the run is merely killed, which costs no more than since the last checkpoint.
    let _ = ctrlc::set_handler(heard);
}

/// Whether the run was asked to end.
pub(super) fn asked() -> bool {
    ASKED.load(Ordering::SeqCst)
}

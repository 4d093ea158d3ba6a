//! How often checkpoints are made.

use std::time::Duration;

use web_time::Instant;

/// How many times the time that a checkpoint took passes before the next: so they take less than a fiftieth.
const REST: u32 = 50;

/// When the last checkpoint was made, and how long that took.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    last: Instant,
    took: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            last: Instant::now(),
            took: Duration::ZERO,
        }
    }
}

impl Pace {
    /// Whether so much time has passed that the next one keeps to its share.
    pub fn is_due(&self) -> bool {
        self.last.elapsed() >= self.took * REST
    }

    /// Notes one that was begun at `start` and is made now. Where there was nothing to make, none is noted:
    /// the first is due at once.
    pub fn made(&mut self, start: Instant) {
        self.took = start.elapsed();
        self.last = Instant::now();
    }
}

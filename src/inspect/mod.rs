//! A lane seen from within: its units on one image ([`snapshot`]), what they have learned ([`picture`]), one
//! observe step walked through ([`trace`]), and the file that keeps all of it ([`watched`]).
//!
//! These are for the eye, in 255ths and in norms. Numbers that are reported come from evaluations.

mod check;
mod picture;
mod probe;
mod snapshot;
mod trace;
mod watched;

pub use picture::{Learned, Picture, receptive};
pub use probe::{Probe, strip};
pub use snapshot::{LayerSnapshot, Snapshot};
pub use trace::{StepTrace, TracedInner, TracedSample, TracedUnit};
pub use watched::{Seen, Watched, WatchedLane};

//! Sweeps: one experiment under many settings, each a *point*, with the experiment's claims held against
//! every one.
//!
//! A point is an ordinary run: its results file is what `metacls run` writes of the same configuration, bit
//! by bit, so whatever tells or checks a run tells and checks a point. [`Sweep`] says which points there are
//! (asked for by [`points`], kept as a [`Definition`]); a [`summary::PointSummary`] is what came out of one;
//! [`table`](mod@table), [`rows`] and [`picture`] tell all of them side by side. A [`SweepSummary`] keeps
//! what is told, small, in a file of its own.

mod check;
mod definition;
mod error;
pub mod picture;
pub mod points;
mod record;
pub mod rows;
pub mod summary;
pub mod table;
mod values;
pub mod view;

pub use definition::{Definition, Sweep};
pub use error::{MOST_POINTS, SweepError};
pub use record::{NotTaken, SweepSummary};

#[cfg(test)]
mod picture_tests;
#[cfg(test)]
mod record_tests;
#[cfg(test)]
mod tests;

//! Conformance vectors: small networks taken through a few observe steps by an independent autodiff program.
//!
//! A file (its fields: tests/vectors/README.md) becomes a [`Vector`]; whatever implements [`Candidate`] can be
//! compared with it by [`check`]. Deviations are relative to a tensor's largest entry.

mod compare;
mod engines;
mod format;

pub use compare::{Candidate, Report, Seen, check};
pub use engines::{OnCpu, OnGpu, OnReference, initial, widened};
pub use format::{Vector, VectorError, VectorStep};

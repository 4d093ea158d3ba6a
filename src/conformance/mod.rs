//! Conformance vectors: small networks taken through a few observe steps by an independent autodiff program.
//!
//! A file (its fields: tests/vectors/README.md) becomes a [`Vector`]; a [`Candidate`] is an engine with the
//! vector's lane, and [`check`] says how far it is from it. Deviations are relative to a tensor's largest
//! entry.

mod candidate;
mod compare;
mod format;

pub use candidate::Candidate;
pub use candidate::Response;
pub use compare::{Report, check};
pub use format::{Vector, VectorError, VectorStep};

//! What runs say: statistics over seeds, summaries, the paper's claims held against results.

pub mod claims;
pub mod seed;
pub mod stats;
pub mod summary;

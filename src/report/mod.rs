//! A results file told: tables and claims as Markdown, every number as long-form rows, the experiment's
//! figure, and what the page shows.

#[cfg(not(target_arch = "wasm32"))]
pub mod figure;
pub mod given;
mod markdown;
mod measures;
pub mod page;
mod rows;

pub use markdown::{claims_markdown, markdown};
pub use rows::{Row, csv, rows};

use crate::analysis::claims::Outcome;
use crate::experiments;
use crate::results::Results;

/// The claims of the experiment that a run belongs to, held against it.
pub fn outcomes(results: &Results) -> Vec<Outcome> {
    experiments::of(results).judge(results)
}

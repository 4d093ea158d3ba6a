//! A results file told: tables and claims as Markdown, every number as long-form rows (CSV, Parquet) with
//! their units, the methods with all settings, the experiment's figure, and what the page shows.

#[cfg(not(target_arch = "wasm32"))]
pub mod columnar;
#[cfg(not(target_arch = "wasm32"))]
pub mod figure;
pub mod fork;
pub mod given;
pub mod long;
mod markdown;
pub(crate) mod measures;
mod methods;
pub mod page;
pub mod plot;
mod quantity;
pub(crate) mod rows;
pub mod stream;

pub use markdown::{claims_markdown, markdown};
pub use methods::methods;
pub use quantity::Quantity;
pub use rows::{Row, csv, long as long_rows, rows, units};

use crate::analysis::claims::Outcome;
use crate::experiments;
use crate::results::Results;

/// The claims of the experiment that a run belongs to, held against it.
pub fn outcomes(results: &Results) -> Vec<Outcome> {
    experiments::of(results).judge(results)
}

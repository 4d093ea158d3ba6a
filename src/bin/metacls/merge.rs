//! `metacls merge`: results of several runs of one experiment joined into one file.

use std::path::{Path, PathBuf};

use metacls::formats;
use metacls::results::Results;
use metacls::results::merge::{MergeError, merge};

use super::voice::say;
use super::{Failure, outputs};

/// What to join.
#[derive(Debug, clap::Args)]
pub(super) struct MergeArgs {
    /// Results files of one experiment: other seeds, or other conditions of the same seeds.
    #[arg(required = true, num_args = 2..)]
    results: Vec<PathBuf>,
    /// The file to write (.json); not one that is there, unless --again.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    again: bool,
}

pub(super) fn run(args: &MergeArgs) -> Result<(), Failure> {
    let usage = |e: &dyn std::fmt::Display| Failure::Usage(e.to_string());
    outputs::try_file(&args.out)?;
    outputs::keep(&args.out, args.again)?;
    let mut all = Vec::new();
    for path in &args.results {
        all.push(formats::read::<Results>(path).map_err(|e| usage(&e))?);
    }
    let merged = merge(&all).map_err(|e| usage(&words(&e, &args.results)))?;
    outputs::write_file(&args.out, &outputs::results_json(&merged)?)?;
    say(format_args!(
        "{} lanes: seeds {} to {}",
        merged.lanes.len(),
        merged.config.first_seed,
        merged.config.last_seed()
    ));
    Ok(())
}

/// The error with the files' names.
fn words(error: &MergeError, files: &[PathBuf]) -> String {
    let name = |i: usize| {
        files
            .get(i)
            .map_or(Path::new(""), PathBuf::as_path)
            .display()
    };
    match error {
        MergeError::Differs { file, what } => {
            format!("{} and {} differ in {what}", name(0), name(*file))
        }
        MergeError::Twice {
            first,
            second,
            lane,
        } => format!(
            "{} and {} both have seed {} under {}",
            name(*first),
            name(*second),
            lane.seed,
            lane.condition.name()
        ),
        MergeError::Missing(_) | MergeError::Nothing | MergeError::Frozen => error.to_string(),
    }
}

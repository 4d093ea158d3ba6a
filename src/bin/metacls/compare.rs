//! `metacls compare`: a run beside another of the same seeds under other settings, a branch beside its trunk.

use std::path::PathBuf;

use metacls::analysis::stats::Estimate;
use metacls::config::word;
use metacls::formats;
use metacls::reproduction::branch::{self, Beside};
use metacls::results::Results;

use super::Failure;
use super::voice::print;

/// What to compare.
#[derive(Debug, clap::Args)]
pub(super) struct CompareArgs {
    /// A results file: the trunk.
    trunk: PathBuf,
    /// A results file of the same seeds, images and network under other settings: the branch.
    branch: PathBuf,
}

pub(super) fn compare(args: &CompareArgs) -> Result<(), Failure> {
    let read =
        |path: &PathBuf| formats::read::<Results>(path).map_err(|e| Failure::Usage(e.to_string()));
    let (trunk, branch) = (read(&args.trunk)?, read(&args.branch)?);
    let beside = branch::beside(&trunk, &branch).map_err(|e| {
        let (one, other) = (args.trunk.display(), args.branch.display());
        Failure::Usage(format!("{one} and {other}: {e}"))
    })?;
    tell(&beside)
}

fn tell(beside: &Beside) -> Result<(), Failure> {
    for (name, values) in &beside.knobs {
        let [one, other] = values.each_ref().map(word);
        print(&format!(
            "{name}: {one} in the trunk, {other} in the branch"
        ))?;
    }
    let seeds = beside.end.iter().map(|d| d.difference.n).max().unwrap_or(0);
    print(&format!(
        "\nBranch less trunk at the end of the stream, {seeds} seeds paired:\n\
         | measure | mean [95% interval] | p (sign flips, Holm) |\n|---|---|---|"
    ))?;
    for of in &beside.end {
        print(&format!(
            "| {}: {} {} | {} | {:.4} |",
            of.condition.name(),
            of.kind.words(),
            of.of,
            number(&of.difference),
            of.p
        ))?;
    }
    print(
        "\nAccuracy over all tasks, branch less trunk:\n\
         | condition | task | tasks learned | mean [95% interval] |\n|---|---|---|---|",
    )?;
    for of in &beside.course {
        print(&format!(
            "| {} | {} | {} | {} |",
            of.condition.name(),
            of.head,
            of.tasks_learned,
            number(&of.difference)
        ))?;
    }
    Ok(())
}

/// A mean with its interval.
fn number(of: &Estimate) -> String {
    let interval = of
        .interval
        .map(|[low, high]| format!(" [{low:.4}, {high:.4}]"));
    format!("{:.4}{}", of.mean, interval.unwrap_or_default())
}

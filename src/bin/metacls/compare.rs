//! `metacls compare`: a run beside another of the same seeds under other settings, a branch beside its trunk.

use std::path::{Path, PathBuf};

use metacls::config::word;
use metacls::formats;
use metacls::report::fork::{ForkView, number};
use metacls::reproduction::branch::{self, AccuracyDifference};
use metacls::reproduction::fork::ForkSummary;
use metacls::reproduction::measures::Difference;
use metacls::results::Results;

use super::outputs::{self, write_gzip};
use super::report::ReportArgs;
use super::voice::print;
use super::{Failure, stem};

/// What to compare.
#[derive(Debug, clap::Args)]
pub(super) struct CompareArgs {
    /// A results file: the trunk.
    trunk: PathBuf,
    /// A results file of the same seeds, images and network under other settings: the branch.
    branch: PathBuf,
    /// Also write a summary into this file: small, told again by `metacls report`, and shown by the page.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
}

pub(super) fn compare(args: &CompareArgs) -> Result<(), Failure> {
    let read =
        |path: &PathBuf| formats::read::<Results>(path).map_err(|e| Failure::Usage(e.to_string()));
    let (trunk, branch) = (read(&args.trunk)?, read(&args.branch)?);
    let beside = branch::beside(&trunk, &branch).map_err(|e| {
        let (one, other) = (args.trunk.display(), args.branch.display());
        Failure::Usage(format!("{one} and {other}: {e}"))
    })?;
    if let Some(path) = &args.summary {
        let summary = ForkSummary::of(&beside, &trunk, &branch);
        outputs::write_record(path, summary.to_json().as_bytes())?;
    }
    for (name, values) in &beside.knobs {
        let [one, other] = values.each_ref().map(word);
        print(&format!(
            "{name}: {one} in the trunk, {other} in the branch"
        ))?;
    }
    tell(&beside.end, &beside.course)
}

/// Tells a fork's summary.
pub(super) fn report(path: &Path, text: &str, args: &ReportArgs) -> Result<(), Failure> {
    let file = path.display().to_string();
    let summary =
        formats::parse::<ForkSummary>(&file, text).map_err(|e| Failure::Usage(e.to_string()))?;
    for (option, is_there) in [
        ("--csv", args.csv.is_some()),
        ("--parquet", args.parquet.is_some()),
        ("--svg", args.svg.is_some()),
        ("--compact", args.compact.is_some()),
        ("--methods", args.methods.is_some()),
        ("--link", args.link),
    ] {
        if is_there {
            let words = format!("{file}: {option} is not of a fork's summary");
            return Err(Failure::Usage(words));
        }
    }
    let view = ForkView::of(&summary);
    if let Some(folder) = &args.page {
        let with = |ending: &str| folder.join(format!("{}.{ending}", stem(path)));
        let json = serde_json::to_vec(&view).map_err(Failure::failed)?;
        write_gzip(&with("fork.gz"), &json)?;
        write_gzip(&with("summary.gz"), summary.to_json().as_bytes())?;
    }
    if args.quiet {
        return Ok(());
    }
    if view.fork_at > 0 {
        let (after, fork) = (view.fork_at, view.fork.join(", "));
        print(&format!("otherwise after {after} tasks: {fork}"))?;
    }
    view.knobs.iter().try_for_each(|knob| print(knob))?;
    tell(&summary.end, &summary.course)
}

fn tell(end: &[Difference], course: &[AccuracyDifference]) -> Result<(), Failure> {
    let seeds = end.iter().map(|d| d.difference.n).max().unwrap_or(0);
    print(&format!(
        "\nBranch less trunk at the end of the stream, {seeds} seeds paired:\n\
         | measure | mean [95% interval] | p (sign flips, Holm) |\n|---|---|---|"
    ))?;
    for of in end {
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
    for of in course {
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

//! `metacls report`: results files told as Markdown, CSV and SVG.

use std::path::{Path, PathBuf};

use metacls::experiments::shown::Shown;
use metacls::experiments::{self, link};
use metacls::formats::kind::Kind;
use metacls::formats::{self, FileError};
use metacls::inspect::Watched;
use metacls::report;
use metacls::report::figure::{self, Theme};
use metacls::report::page::StoredRun;
use metacls::reproduction::expected::Expected;
use metacls::results::Results;

use super::outputs::{self, write_file, write_gzip};
use super::voice::print;
use super::{Failure, compare, stem, sweep_outputs};

/// What to tell.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// Results files, as `metacls run` writes them, or summaries of sweeps and forks (`--summary` of
    /// `metacls sweep` and `compare`); .json or .json.gz.
    #[arg(required = true)]
    results: Vec<PathBuf>,
    /// Also write every number as a long-form CSV file into this folder, named after the results file, and
    /// beside it what its columns and metrics are, with their units.
    #[arg(long, value_name = "DIR")]
    pub(super) csv: Option<PathBuf>,
    /// Also write every number as a Parquet file (Snappy) into this folder, named after the results file: the
    /// same rows as --csv, typed. docs/tables.md has its columns.
    #[arg(long, value_name = "DIR")]
    pub(super) parquet: Option<PathBuf>,
    /// Also write a compact copy (six digits, gzip) into this folder, named after the results file.
    #[arg(long, value_name = "DIR")]
    pub(super) compact: Option<PathBuf>,
    /// Print instead, of each, the fragment of a link that says what came out: behind the page's address it
    /// shows it, `metacls check` runs it again.
    #[arg(long, conflicts_with = "quiet")]
    pub(super) link: bool,
    /// Also write how each was made into this folder, named after the results file: all settings in words,
    /// where its numbers come from, how to make it again.
    #[arg(long, value_name = "DIR")]
    pub(super) methods: Option<PathBuf>,
    /// Print nothing: only write files.
    #[arg(long)]
    pub(super) quiet: bool,
    /// Also write what the page shows of it, and the results themselves, into this folder, named after the
    /// results file.
    #[arg(long, value_name = "DIR")]
    pub(super) page: Option<PathBuf>,
    /// Also draw each figure, light and dark, into this folder.
    #[arg(long, value_name = "DIR")]
    pub(super) svg: Option<PathBuf>,
}

pub(super) fn report(args: &ReportArgs) -> Result<(), Failure> {
    let folders = [
        &args.csv,
        &args.parquet,
        &args.compact,
        &args.methods,
        &args.page,
        &args.svg,
    ];
    folders
        .into_iter()
        .flatten()
        .try_for_each(|folder| outputs::try_folder(folder))?;
    for path in &args.results {
        let file = path.display().to_string();
        let usage = |e: FileError| Failure::Usage(e.to_string());
        let text = formats::bytes(path).and_then(|bytes| formats::text_of(&file, bytes));
        let text = text.map_err(usage)?;
        match Kind::of_text(&text) {
            Kind::SweepSummary => {
                sweep_outputs::report(path, &text, args)?;
                continue;
            }
            Kind::ForkSummary => {
                compare::report(path, &text, args)?;
                continue;
            }
            _ => {}
        }
        let results: Results = formats::parse(&file, &text).map_err(usage)?;
        let name = stem(path);
        if let Some(folder) = &args.csv {
            let path = folder.join(format!("{name}.csv"));
            write_file(&path, report::csv(&results).as_bytes())?;
            let path = folder.join(format!("{name}.units.csv"));
            write_file(&path, report::units(&results).as_bytes())?;
        }
        if let Some(folder) = &args.parquet {
            let path = folder.join(format!("{name}.parquet"));
            let about = about(&results)?;
            outputs::write_parquet(&path, report::long_rows(&results), about)?;
        }
        if let Some(folder) = &args.compact {
            let path = folder.join(format!("{name}.json.gz"));
            let json = serde_json::to_vec(&results.compact()).map_err(Failure::failed)?;
            write_gzip(&path, &json)?;
        }
        if let Some(folder) = &args.methods {
            let path = folder.join(format!("{name}.methods.md"));
            write_file(&path, report::methods(&results, None).as_bytes())?;
        }
        if let Some(folder) = &args.page {
            for_page(path, &results, &folder.join(&name))?;
        }
        if let Some(folder) = &args.svg {
            for (suffix, theme) in [("", Theme::LIGHT), ("-dark", Theme::DARK)] {
                let svg = figure::svg(&results, theme).map_err(Failure::failed)?;
                let path = folder.join(format!("{name}{suffix}.svg"));
                write_file(&path, svg.as_bytes())?;
            }
        }
        if args.link {
            print(&link_of(path, &results)?)?;
        } else if !args.quiet {
            print(&report::markdown(&name, &results))?;
        }
    }
    Ok(())
}

/// What a run's Parquet file says beside its rows: where its numbers come from.
fn about(results: &Results) -> Result<Vec<(&'static str, String)>, Failure> {
    let engine = serde_json::to_string(&results.engine).map_err(Failure::failed)?;
    let data = serde_json::to_string(&results.data).map_err(Failure::failed)?;
    let digest = results.digest().map(|digest| digest.to_string());
    Ok(vec![
        ("metacls.experiment", experiments::of(results).id.to_owned()),
        ("metacls.config", results.config.to_json()),
        ("metacls.data", data),
        ("metacls.engine", engine),
        ("metacls.code_version", results.code_version.clone()),
        ("metacls.draws", results.draws.clone()),
        ("metacls.digest", digest.unwrap_or_default()),
    ])
}

/// The fragment of a link that says what came out of a run.
fn link_of(path: &Path, results: &Results) -> Result<String, Failure> {
    let expected = Expected::of(results).ok_or_else(|| {
        let path = path.display();
        Failure::Usage(format!("{path}: not all of its lanes came to the end"))
    })?;
    let id = experiments::of(results).id;
    let fragment = link::write(&results.config, Some(id), &Shown::default());
    Ok(format!("#{}", link::with_expected(fragment, &expected)))
}

/// Writes what the page has of a stored run: `to` with .page.gz, .results.gz and, where it was kept,
/// .units.gz.
fn for_page(path: &Path, results: &Results, to: &Path) -> Result<(), Failure> {
    let with = |ending: &str| PathBuf::from(format!("{}.{ending}", to.display()));
    let stored = StoredRun::of(results).map_err(Failure::failed)?;
    let json = serde_json::to_vec(&stored).map_err(Failure::failed)?;
    write_gzip(&with("page.gz"), &json)?;
    let file = std::fs::read(path).map_err(Failure::failed)?;
    if formats::gzip::is_packed(&file) {
        write_file(&with("results.gz"), &file)?;
    } else {
        write_gzip(&with("results.gz"), &file)?;
    }
    // What its units did stands beside it.
    let units = path.with_file_name(format!("{}.units.json.gz", stem(path)));
    if units.is_file() {
        let watched: Watched = formats::read(&units).map_err(|e| Failure::Usage(e.to_string()))?;
        let json = serde_json::to_vec(&watched).map_err(Failure::failed)?;
        write_gzip(&with("units.gz"), &json)?;
    }
    Ok(())
}

//! The command line: what can be asked, and how errors are said.

mod bench;
mod check;
mod compare;
mod info;
mod merge;
mod outputs;
mod progress;
mod report;
mod request;
mod run;
mod shards;
mod stop;
mod store;
mod sweep;
mod sweep_folder;
mod sweep_outputs;
mod table;
mod tuning;
mod verify;
mod voice;
mod work;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use metacls::config::{Condition, fork};
use metacls::data::DataSet;
use metacls::engine::info::EngineChoice;
use metacls::results::shard::Shard;
use metacls_arithmetic::Level;

use voice::say;

/// Complementary learning systems that emerge through meta-learning: the experiments without a browser.
///
/// Exit codes: 0 done; 1 failed; 2 wrong usage, a file that can't be used, or nowhere to write; 130 ended by
/// Ctrl-C or SIGTERM, with all that was measured kept.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train and evaluate an experiment; print a table and write a results file.
    Run(RunArgs),
    /// Run an experiment under many settings, and hold its claims against each: a table, CSV, heat maps.
    ///
    /// Each point is an ordinary run, whose results file is kept in the sweep's folder. docs/sweeps.md tells
    /// more.
    Sweep(sweep::SweepArgs),
    /// Compare an engine with conformance vectors, one line for each file.
    ///
    /// Each line: name, largest relative deviation, and ok, FAILED or unsupported. Bounds: reference
    /// 1e-9 (it computes in float64 here), cpu 1e-4, gpu 1e-3.
    Verify {
        /// The folder with the vectors (*.json).
        dir: PathBuf,
        /// Which engine; auto takes the reference.
        #[arg(long, value_enum, default_value = "auto")]
        engine: EngineName,
    },
    /// Measure an engine's speed beside the plain matrix product that these cores reach.
    Bench(bench::BenchArgs),
    /// Tell results files and sweeps' summaries: tables, claims with verdicts, CSV, figures.
    Report(report::ReportArgs),
    /// Run a results file again, or part of it, or what a link says came out, and say lane by lane or measure
    /// by measure whether it is the same.
    ///
    /// Between runs of the CPU engine the same bits are promised; other engines agree within a tolerance.
    /// Exit codes: 0 the same to the bit, or within tolerance where no bits are promised; 1 not the same; 2
    /// bad input.
    Check(check::CheckArgs),
    /// Hold a run beside another of the same seeds under other settings, seed by seed: a branch beside its
    /// trunk.
    Compare(compare::CompareArgs),
    /// Join results files of one experiment: other seeds, or other conditions of the same seeds.
    Merge(merge::MergeArgs),
    /// List presets, engines and GPU adapters.
    Info {
        /// List every knob instead: meaning, range, the figures' values.
        #[arg(long)]
        knobs: bool,
        /// List the data sets that are known instead: classes, images, licence, what can be verified.
        #[arg(long, conflicts_with = "knobs")]
        data_sets: bool,
        /// Print the presets alone, in full, as JSON.
        #[arg(long, conflicts_with_all = ["knobs", "data_sets"])]
        json: bool,
    },
}

// What is trained, on what. (A comment of the documentation would become the command's own.)
#[derive(Debug, clap::Args)]
struct What {
    /// A preset (`metacls info` lists them), a configuration file (.json), a link of the page
    /// ("#v=1&preset=..."), or a results file, whose configuration is run again.
    experiment: String,
    /// Seeds: 7, or 0..4 (which is 0, 1, 2, 3), or 0..=4 (which is 0, 1, 2, 3, 4).
    #[arg(long)]
    seeds: Option<String>,
    // Its help has the conditions' names.
    #[arg(long, help = format!("Conditions, joined by commas: {}", Condition::WORDS.join(", ")))]
    conditions: Option<String>,
    /// Sets any knob, as a link writes it: --set eta_beta=0.1 --set hidden=64,32 (metacls info --knobs lists
    /// them).
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Go on otherwise after so many tasks, as --fork says; up to there the run is what it is without.
    #[arg(long, value_name = "TASKS", requires = "fork")]
    fork_at: Option<u32>,
    // Its help has what may change.
    #[arg(
        long,
        value_name = "CHANGE",
        requires = "fork_at",
        help = format!("What changes at the fork; may be given several times: {}", fork::allowed()),
    )]
    fork: Vec<String>,
    /// Which engine.
    #[arg(long, value_enum, default_value = "auto")]
    engine: EngineName,
    #[command(flatten)]
    images: ImagesArgs,
}

/// What to run.
#[derive(Debug, clap::Args)]
struct RunArgs {
    #[command(flatten)]
    what: What,
    /// Where the results go: a folder, in which they are named by experiment, seeds and a digest of the
    /// configuration, or a file of your own (.json). Beside it stands, until the run is through, what
    /// --resume goes on from.
    #[arg(long, default_value = "results", value_name = "DIR|FILE")]
    out: PathBuf,
    /// Go on with this very run where it was stopped; its numbers are those of a run never stopped.
    #[arg(long, conflicts_with = "again")]
    resume: bool,
    /// Make the run anew, also where its results are there already.
    #[arg(long)]
    again: bool,
    /// Also write what the first seed's units do on one digit, before training and after each task, and one
    /// step walked through, to this file (.json.gz).
    #[arg(long, value_name = "FILE")]
    watch: Option<PathBuf>,
    /// Only this part of the seeds: 3/40 is the third of forty. Its file (.json.gz, in the folder --out) is
    /// named by what it holds; the same command again goes on where it was stopped, makes anew what is
    /// spoiled, and does nothing once the shard is there. metacls merge joins shards.
    #[arg(long, value_name = "NUMBER/COUNT", conflicts_with = "watch")]
    shard: Option<Shard>,
    /// Only check the configuration and print it in full.
    #[arg(long)]
    dry_run: bool,
}

/// Which images.
#[derive(Debug, clap::Args)]
struct ImagesArgs {
    /// A folder with MNIST's (or other) IDX files, or "digits" for procedural digits.
    ///
    /// Which data set lies there is told by SHA-256, else by shape (metacls info --data-sets). Left out: what
    /// the experiment asks for; MNIST is then looked for in the folder that the environment variable
    /// METACLS_MNIST names.
    #[arg(long)]
    data: Option<String>,
    /// Which data set the folder holds, instead of being told by its files; custom reads them as they lie.
    #[arg(long, value_name = "ID", value_parser = ImagesArgs::data_set)]
    data_set: Option<DataSet>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineName {
    /// A GPU where there is one that can do it, else the CPU.
    Auto,
    /// The GPU.
    Gpu,
    /// All cores; the same bits on every processor.
    Cpu,
    /// The method in plain loops.
    Reference,
}

impl From<EngineName> for EngineChoice {
    fn from(name: EngineName) -> Self {
        match name {
            EngineName::Auto => Self::Auto,
            EngineName::Gpu => Self::Gpu,
            EngineName::Cpu => Self::Cpu,
            EngineName::Reference => Self::Reference,
        }
    }
}

/// Why the program ends early.
#[derive(Debug)]
enum Failure {
    /// The command line is wrong: exit code 2.
    Usage(String),
    /// The work failed: exit code 1.
    Failed(String),
    /// The user ended it: exit code 130.
    Stopped(String),
}

impl Failure {
    fn failed(words: impl ToString) -> Self {
        Self::Failed(words.to_string())
    }
}

/// A file's name without its folder and endings: what files made of it are named after.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut stem = name.as_ref();
    for ending in [".gz", ".json"] {
        // Endings are written in any case.
        let at = stem.len().saturating_sub(ending.len());
        match stem.split_at_checked(at) {
            Some((start, end)) if end.eq_ignore_ascii_case(ending) => stem = start,
            _ => {}
        }
    }
    stem.to_owned()
}

/// Runs the program.
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    let outcome = match command {
        _ if let Err(e) = Level::chosen() => Err(Failure::Usage(format!("METACLS_SIMD: {e}"))),
        Command::Run(args) => run::run(&args),
        Command::Sweep(args) => sweep::sweep(&args),
        Command::Verify { dir, engine } => verify::verify(&dir, engine.into()),
        Command::Bench(args) => bench::bench(&args),
        Command::Report(args) => report::report(&args),
        Command::Check(args) => check::check(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Merge(args) => merge::run(&args),
        Command::Info { json: true, .. } => info::catalog(),
        Command::Info { knobs: true, .. } => info::knobs(),
        Command::Info {
            data_sets: true, ..
        } => info::data_sets(),
        Command::Info { .. } => info::info(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(words)) => {
            say(format_args!(
                "error: {words}\n\nFor help, try 'metacls --help'."
            ));
            ExitCode::from(2)
        }
        Err(Failure::Failed(words)) => {
            if !words.is_empty() {
                say(format_args!("error: {words}"));
            }
            ExitCode::from(1)
        }
        Err(Failure::Stopped(words)) => {
            say(words);
            ExitCode::from(stop::EXIT)
        }
    }
}

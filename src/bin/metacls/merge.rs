//! `metacls merge`: results of several runs of one experiment joined into one file, a few held at a time.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use metacls::formats;
use metacls::results::Results;
use metacls::results::merge::{Head, Joined, MergeError, WriteError};
use metacls::results::shard::Content;

use super::voice::say;
use super::{Failure, outputs, shards};

/// What to join.
#[derive(Debug, clap::Args)]
pub(super) struct MergeArgs {
    /// Results files of one experiment, or folders of them: other seeds, or other conditions of the same
    /// seeds.
    #[arg(required_unless_present = "list")]
    results: Vec<PathBuf>,
    /// Also those that this file names, one a line; "-" reads the names from standard input.
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// The file to write (.json, or .json.gz for packed); not one that is there, unless --again.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Replace the file if it is there.
    #[arg(long)]
    again: bool,
}

pub(super) fn run(args: &MergeArgs) -> Result<(), Failure> {
    outputs::try_file(&args.out)?;
    outputs::keep(&args.out, args.again)?;
    let files = files(args)?;
    let refused = |e: &MergeError| Failure::Usage(words(e, &files));
    let heads: Result<Vec<Head>, Failure> = files
        .iter()
        .map(|file| shards::read(file).map(Head::of))
        .collect();
    let joined = Joined::of(heads?).map_err(|e| refused(&e))?;
    let mut content = Content::default();
    let written = outputs::write_streamed(&args.out, |out| {
        let both = Both(BufWriter::new(out), &mut content);
        let open = |file: usize| -> Result<Results, Failure> {
            let path = files.get(file).map_or(Path::new(""), PathBuf::as_path);
            shards::read(path)
        };
        joined.write(both, open).map_err(|e| match e {
            WriteError::Read(failure) => failure,
            WriteError::Merge(e) => refused(&e),
            WriteError::Output(e) => {
                Failure::Failed(format!("{}: can't be written ({e})", args.out.display()))
            }
        })
    })?;
    let config = joined.config();
    let digest = written.digest.map(|d| format!("; digest {d}"));
    say(format_args!(
        "{} files, {} lanes: seeds {} to {}{}; content {}",
        files.len(),
        written.lanes,
        config.first_seed,
        config.last_seed(),
        digest.unwrap_or_default(),
        content.digest()
    ));
    Ok(())
}

/// Writes to a file, and takes its content's digest.
struct Both<'a, W: Write>(BufWriter<W>, &'a mut Content);

impl<W: Write> Write for Both<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        let (taken, _) = bytes.split_at_checked(written).unwrap_or((bytes, &[]));
        self.1.write_all(taken)?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// All files that are named, folders' in the order of their names.
fn files(args: &MergeArgs) -> Result<Vec<PathBuf>, Failure> {
    let mut named = args.results.clone();
    if let Some(list) = &args.list {
        let name = list.display().to_string();
        let text = match name.as_str() {
            "-" => {
                io::read_to_string(io::stdin()).map_err(|e| Failure::Usage(format!("-: {e}")))?
            }
            _ => formats::bytes(list)
                .and_then(|bytes| formats::text_of(&name, bytes))
                .map_err(|e| Failure::Usage(e.to_string()))?,
        };
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        named.extend(lines.map(PathBuf::from));
    }
    // What was joined before is not joined with its parts.
    let out = fs::canonicalize(&args.out).ok();
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path);
            continue;
        }
        let mut held = shards::in_folder(&path)?;
        held.retain(|file| out.is_none() || fs::canonicalize(file).ok() != out);
        if held.is_empty() {
            let path = path.display();
            return Err(Failure::Usage(format!("{path}: no results file is in it")));
        }
        files.extend(held);
    }
    Ok(files)
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
        MergeError::Unfinished { file, lane } => format!(
            "{}: seed {} under {} was not measured to its end",
            name(*file),
            lane.seed,
            lane.condition.name()
        ),
        MergeError::Changed(file) => format!("{}: was changed while it was read", name(*file)),
        MergeError::Missing(_)
        | MergeError::Nothing
        | MergeError::Frozen
        | MergeError::TooLarge(_) => error.to_string(),
    }
}

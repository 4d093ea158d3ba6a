//! A run's shards as files: named by their content, held against their names when they are read, and found
//! again by the command that made them.

use std::fs;
use std::path::{Path, PathBuf};

use metacls::driver::Driver;
use metacls::formats;
use metacls::results::merge::difference;
use metacls::results::shard::{Content, content_of_name};
use metacls::results::{LaneResults, Results};

use super::Failure;
use super::outputs::name_of;
use super::store::Files;
use super::voice::say;

/// Reads a results file, and holds it against the content that its name says, if it says one.
///
/// # Errors
/// Of usage, if it can't be read, is no results file or has another content: by name.
pub(super) fn read(path: &Path) -> Result<Results, Failure> {
    let name = path.display().to_string();
    let text = formats::bytes(path).and_then(|bytes| formats::text_of(&name, bytes));
    let said = content_of_name(&name_of(path));
    let anew = match said {
        Some(_) => "; the command that made it makes it anew",
        None => "",
    };
    let text = text.map_err(|e| Failure::Usage(format!("{e}{anew}")))?;
    if let Some(said) = said {
        let found = Content::of(text.as_bytes());
        if found != said {
            return Err(Failure::Usage(format!(
                "{name}: its content is {found}, not {said} as its name says: it was changed or damaged{anew}"
            )));
        }
    }
    formats::parse(&name, &text).map_err(|e| Failure::Usage(e.to_string()))
}

/// A folder's results files, by name; what runs in progress keep and watched units are none.
///
/// # Errors
/// Of usage, if it can't be read.
pub(super) fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let refused = |e: std::io::Error| Failure::Usage(format!("{}: {e}", folder.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let name = name_of(&path).to_ascii_lowercase();
        let is_one = [".json", ".json.gz"].iter().any(|end| name.ends_with(end));
        let is_other = name.starts_with('.') || name.ends_with(".units.json.gz");
        if is_one && !is_other && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What is there of a shard.
#[derive(Default)]
pub(super) struct Found {
    /// The shard, whole and as its name says.
    pub(super) whole: Option<PathBuf>,
    /// Files of its name that are of no use.
    pub(super) spoiled: Vec<PathBuf>,
}

impl Found {
    /// Looks for a shard's files.
    ///
    /// # Errors
    /// Of usage, if one of that name is another run's.
    pub(super) fn of(files: &Files, driver: &Driver) -> Result<Self, Failure> {
        let mut found = Self::default();
        let here = driver.results_without_lanes();
        for path in files.contents() {
            let results = match read(&path) {
                Ok(results) => results,
                Err(Failure::Usage(words) | Failure::Failed(words) | Failure::Stopped(words)) => {
                    say(words);
                    found.spoiled.push(path);
                    continue;
                }
            };
            let other = match results.config == here.config && results.draws == here.draws {
                true => difference(&here, &results),
                false => Some("its seeds, conditions or draws".to_owned()),
            };
            if let Some(what) = other {
                return Err(Failure::Usage(format!(
                    "{}: is another run's: {what} differ; name another folder by --out, or give --again to \
                     replace it",
                    path.display()
                )));
            }
            let tasks = results.config.tasks;
            let has_ended = |lane: &LaneResults| lane.has_ended(tasks);
            if results.lanes.iter().all(has_ended) {
                found.whole = Some(path);
            } else {
                say(format_args!(
                    "{}: not all of its lanes are there",
                    path.display()
                ));
                found.spoiled.push(path);
            }
        }
        Ok(found)
    }
}

//! Where a run keeps what it measures while it is under way: beside its results file a log of the lanes that
//! ended and a checkpoint of those in progress.
//!
//! Whatever stops the program, the log has every lane that ended (a torn last line is cut off), the
//! checkpoint is whole, and `--resume` goes on from both. A full disk costs neither: what could not be
//! written is tried again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use metacls::driver::Driver;
use metacls::kept::checkpoint::Checkpoint;
use metacls::kept::log::{self, Log};
use metacls::kept::pace::Pace;
use metacls::results::shard::{self, Content};

use super::Failure;
use super::outputs::{
    folder_of, is_packed, name_of, packed, replace, results_json, sweep, sweep_begun, sync_folder,
};
use super::voice::say;

/// A run's files.
#[derive(Clone, Debug)]
pub(super) struct Files {
    /// The results, once the run is through.
    pub(super) results: PathBuf,
    log: PathBuf,
    checkpoint: PathBuf,
    /// Whether the results' name then also says their content.
    by_content: bool,
}

impl Files {
    /// Those that stand beside a results file.
    pub(super) fn beside(results: PathBuf) -> Self {
        Self {
            log: results.with_extension(log::ENDING.trim_start_matches('.')),
            checkpoint: results.with_extension("checkpoint"),
            results,
            by_content: false,
        }
    }

    /// Those of results whose name also says their content, once there is one.
    pub(super) fn named_by_content(results: PathBuf) -> Self {
        Self {
            by_content: true,
            ..Self::beside(results)
        }
    }

    /// The results' name, once their text is known.
    fn results_of(&self, text: &[u8]) -> PathBuf {
        if !self.by_content {
            return self.results.clone();
        }
        let name = shard::named(&name_of(&self.results), Content::of(text));
        self.results.with_file_name(name)
    }

    /// The files that are named as these results and by some content.
    pub(super) fn contents(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(folder_of(&self.results)) else {
            return Vec::new();
        };
        let ours = name_of(&self.results);
        let is_one = |path: &PathBuf| {
            let name = name_of(path);
            shard::content_of_name(&name)
                .is_some_and(|content| shard::named(&ours, content) == name)
        };
        let paths = entries.flatten().map(|entry| entry.path());
        let mut files: Vec<PathBuf> = paths.filter(is_one).collect();
        files.sort();
        files
    }

    /// Whether another program is at this run.
    pub(super) fn are_taken(&self) -> bool {
        let log = File::open(&self.log);
        log.is_ok_and(|log| matches!(log.try_lock(), Err(fs::TryLockError::WouldBlock)))
    }

    /// Whether what is kept of an unfinished run can be used; why not, in words.
    pub(super) fn usable(&self) -> Result<(), Failure> {
        read(self).map(drop)
    }

    /// Removes what is kept of an unfinished run.
    pub(super) fn forget(&self) {
        for path in [&self.log, &self.checkpoint] {
            let _ = fs::remove_file(path);
        }
    }

    /// Removes all of them.
    pub(super) fn remove(&self) {
        let _ = fs::remove_file(&self.results);
        self.forget();
    }

    /// Removes what a program left beside the whole results that was killed before it had tidied up; nothing
    /// while another makes them anew.
    pub(super) fn remove_remnants(&self) {
        if !self.are_taken() {
            self.forget();
            self.remove_temporary();
        }
    }

    fn remove_temporary(&self) {
        if self.by_content {
            sweep_begun(
                &self.results,
                &shard::begin_of_named(&name_of(&self.results)),
            );
        }
        sweep(&self.results);
        sweep(&self.checkpoint);
    }

    /// Whether an unfinished run's are there.
    pub(super) fn are_begun(&self) -> bool {
        let holds = |path: &Path| fs::metadata(path).is_ok_and(|m| m.len() > 0);
        holds(&self.log) || holds(&self.checkpoint)
    }
}

/// What was kept of a run that was stopped.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) log: Option<Log>,
    pub(super) checkpoint: Option<Checkpoint>,
}

/// A run's files while it is under way. No other program writes them meanwhile.
pub(super) struct Store {
    files: Files,
    log: File,
    /// Bytes of the log that are whole and on the disk.
    whole: u64,
    /// Lines that could not be written yet.
    pending: Vec<u8>,
    pace: Pace,
    /// Whether it was said that the disk does not take what is to be written.
    complained: bool,
}

impl Store {
    /// Takes hold of a run's files; with `resume` gives what they hold, else begins them anew.
    ///
    /// # Errors
    /// If another program is at this run, or what is kept can't be used.
    pub(super) fn open(files: Files, resume: bool) -> Result<(Self, Kept), Failure> {
        let fail = |e: io::Error| Failure::Usage(format!("{}: {e}", files.log.display()));
        let mut log = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&files.log)
            .map_err(fail)?;
        match log.try_lock() {
            Err(fs::TryLockError::WouldBlock) => {
                return Err(Failure::Usage(format!(
                    "{}: this very run is under way in another program",
                    files.results.display()
                )));
            }
            // A file system without locks: two programs on one run are then the user's to avoid.
            Err(fs::TryLockError::Error(_)) | Ok(()) => {}
        }
        files.remove_temporary();
        let mut kept = Kept::default();
        if resume {
            kept = read(&files)?;
        } else {
            let _ = fs::remove_file(&files.checkpoint);
        }
        let whole = kept.log.as_ref().map_or(0, |log| log.whole) as u64;
        log.set_len(whole).map_err(fail)?;
        log.seek(SeekFrom::End(0)).map_err(fail)?;
        sync_folder(&folder_of(&files.log));
        let store = Self {
            files,
            log,
            whole,
            pending: Vec::new(),
            pace: Pace::default(),
            complained: false,
        };
        Ok((store, kept))
    }

    /// Writes the log's first line, where it is not there yet.
    pub(super) fn begin(&mut self, driver: &Driver) -> Result<(), Failure> {
        if self.whole == 0 {
            self.pending = driver.log_head().map_err(Failure::failed)?;
        }
        self.flush();
        Ok(())
    }

    /// Keeps lanes that ended.
    pub(super) fn keep(&mut self, driver: &Driver, lanes: &[usize]) -> Result<(), Failure> {
        let lines = driver.log_lines(lanes).map_err(Failure::failed)?;
        self.pending.extend(lines);
        self.flush();
        Ok(())
    }

    /// Writes a checkpoint at a task's end, unless the last one is so short ago that they would take more
    /// than their share of the time.
    pub(super) fn checkpoint(&mut self, driver: &Driver) -> Result<(), Failure> {
        if self.pace.is_due() {
            self.checkpoint_now(driver)?;
        }
        Ok(())
    }

    /// Writes a checkpoint.
    pub(super) fn checkpoint_now(&mut self, driver: &Driver) -> Result<(), Failure> {
        self.flush();
        let start = web_time::Instant::now();
        if let Some(checkpoint) = driver.checkpoint() {
            let bytes = checkpoint.to_bytes().map_err(Failure::failed)?;
            if let Err(e) = replace(&self.files.checkpoint, &bytes) {
                self.complain(&self.files.checkpoint.clone(), &e);
            }
            self.pace.made(start);
        }
        Ok(())
    }

    /// Puts what is pending on the disk, or leaves it pending; the log is whole either way.
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let written = self
            .log
            .write_all(&self.pending)
            .and_then(|()| self.log.sync_data());
        match written {
            Ok(()) => {
                self.whole += self.pending.len() as u64;
                self.pending.clear();
            }
            Err(e) => {
                let _ = self.log.set_len(self.whole);
                let _ = self.log.seek(SeekFrom::End(0));
                self.complain(&self.files.log.clone(), &e);
            }
        }
    }

    fn complain(&mut self, path: &Path, error: &io::Error) {
        if !std::mem::replace(&mut self.complained, true) {
            say(format_args!(
                "warning: {}: can't be written ({error}); the run goes on, and it is tried again",
                path.display()
            ));
        }
    }

    /// Writes the results file and removes what was kept on the way. Where the disk does not take it, the
    /// file goes to the system's temporary folder, and what was kept stays.
    ///
    /// # Errors
    /// If the results are not where they should be; says where they are.
    pub(super) fn finish(mut self, driver: &Driver) -> Result<PathBuf, Failure> {
        let json = results_json(&driver.results())?;
        let path = self.files.results_of(&json);
        let json = if is_packed(&path) {
            packed(&json)?
        } else {
            json
        };
        let Err(e) = replace(&path, &json) else {
            self.files.forget();
            return Ok(path);
        };
        self.flush();
        let mut words = format!("{}: can't be written ({e})", path.display());
        if self.pending.is_empty() {
            words += "; all lanes are kept in ";
            words += &self.files.log.display().to_string();
            words +=
                ": make room and give the same command with --resume, nothing is trained again";
            return Err(Failure::Failed(words));
        }
        let elsewhere = std::env::temp_dir().join(path.file_name().unwrap_or_default());
        match replace(&elsewhere, &json) {
            Ok(()) => words += &format!("; the results are in {} instead", elsewhere.display()),
            Err(e) => words += &format!("; nor can {} ({e})", elsewhere.display()),
        }
        Err(Failure::Failed(words))
    }
}

/// What is kept of a run. A checkpoint that is spoiled costs the lanes in progress, and that is said.
fn read(files: &Files) -> Result<Kept, Failure> {
    let bytes = |path: &Path| match fs::read(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(Failure::Usage(format!("{}: {e}", path.display()))),
        Ok(bytes) => Ok(bytes),
    };
    let refused = |e: &dyn std::fmt::Display| {
        Failure::Usage(format!(
            "{}: {e}. --again begins the run anew",
            files.log.display()
        ))
    };
    let log = log::read(&bytes(&files.log)?).map_err(|e| refused(&e))?;
    let checkpoint = match bytes(&files.checkpoint)? {
        bytes if bytes.is_empty() => None,
        bytes => Checkpoint::from_bytes(&bytes)
            .map_err(|e| {
                say(format_args!(
                    "warning: {}: {e}; its lanes begin anew",
                    files.checkpoint.display()
                ));
            })
            .ok(),
    };
    Ok(Kept { log, checkpoint })
}

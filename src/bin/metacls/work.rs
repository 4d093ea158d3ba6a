//! The work of a run, whichever command it is of: what it is kept in, slice by slice, until it is through or
//! asked to end.

use std::time::Duration;

use metacls::driver::{Driver, Note};
use metacls::engine::Hints;
use metacls::messages;

use super::store::{Files, Kept, Store};
use super::{Failure, stop};

/// Takes hold of a run's files, and takes over what they hold if it is to go on; `tell` is told from where.
///
/// # Errors
/// If another program is at this run, or what is kept can't be used.
pub(super) fn begin(
    files: Files,
    resume: bool,
    driver: &mut Driver,
    tell: &mut dyn FnMut(&str),
) -> Result<Store, Failure> {
    let (mut store, kept) = Store::open(files, resume)?;
    let Kept { log, checkpoint } = kept;
    if log.is_some() || checkpoint.is_some() {
        let before = driver
            .restore(log, checkpoint)
            .map_err(|e| Failure::Usage(format!("{e}. --again begins the run anew")))?;
        if let Some(before) = before {
            let words = messages::elsewhere(&before, driver.engine());
            tell(&format!("note: {words}"));
        }
        let progress = driver.progress();
        tell(&format!(
            "going on at {} of {} lane-steps",
            progress.lane_steps, progress.lane_steps_total
        ));
    }
    store.begin(driver)?;
    Ok(store)
}

/// How the work ended.
pub(super) enum End {
    /// All lanes are through.
    Done,
    /// The user asked for it.
    Stopped,
    /// The device failed for good; why, in words.
    Failed(String),
}

/// Waits a moment before a lost GPU is opened again, but not before the first time.
async fn ready(attempt: u32) -> Option<Hints> {
    std::thread::sleep(Duration::from_secs(attempt.min(1).into()));
    (!stop::asked()).then(super::tuning::hints)
}

/// Who is told of a run under way.
pub(super) trait Listener {
    /// Called after each slice of work.
    fn progress(&mut self, driver: &Driver);
    /// Says that a lane diverged, or what the run goes on with after a fault.
    fn say(&mut self, words: &str);
    /// Lanes that ended, and are kept.
    ///
    /// # Errors
    /// If what is to be made of them can't be.
    fn ended(&mut self, driver: &Driver, lanes: &[usize]) -> Result<(), Failure>;
    /// Whether the run is to end now.
    fn ends(&self) -> bool {
        stop::asked()
    }
}

/// Does the work slice by slice and keeps what it brings; where it ends before it is through, up to its last
/// task's end.
///
/// # Errors
/// If what is measured can't be kept or told.
pub(super) async fn work(
    driver: &mut Driver,
    store: &mut Store,
    listener: &mut impl Listener,
) -> Result<End, Failure> {
    let end = slices(driver, store, listener).await?;
    if !matches!(end, End::Done) {
        store.checkpoint_now(driver)?;
    }
    Ok(end)
}

async fn slices(
    driver: &mut Driver,
    store: &mut Store,
    listener: &mut impl Listener,
) -> Result<End, Failure> {
    loop {
        if listener.ends() {
            return Ok(End::Stopped);
        }
        let notes = match driver.slice(false).await {
            Ok(notes) => notes,
            Err(e) if e.is_recoverable() => match driver.recover(e, ready).await {
                Ok(rewound) => rewound
                    .map(|r| Note::Rewound(Box::new(r)))
                    .into_iter()
                    .collect(),
                Err(e) => return Ok(End::Failed(messages::run(&e).to_string())),
            },
            Err(e) => return Ok(End::Failed(messages::run(&e).to_string())),
        };
        listener.progress(driver);
        for note in &notes {
            match note {
                Note::Diverged { lane, step } => {
                    listener.say(&messages::diverged(driver.lanes()[*lane], *step));
                }
                Note::WaveEnd { lanes } => {
                    store.keep(driver, lanes)?;
                    listener.ended(driver, lanes)?;
                }
                Note::TaskEnd => store.checkpoint(driver)?,
                Note::Rewound(rewound) => listener.say(&messages::rewound(rewound)),
                _ => {}
            }
        }
        if notes.last() == Some(&Note::Done) {
            return Ok(End::Done);
        }
    }
}

/// Bytes that results and log will take, by the number of their numbers.
pub(super) fn expected_size(driver: &Driver) -> u64 {
    /// Of one number in the indented results file, and in the log.
    const EACH: u64 = 36 + 20;
    let run = driver.description();
    let config = &run.config;
    let (tasks, every) = (
        u64::from(config.tasks),
        u64::from(config.evaluate_every.max(1)),
    );
    let [heads, lesions, layers, matrices] = [
        run.heads.len(),
        run.lesions.len(),
        run.layers.len(),
        run.matrices.len(),
    ]
    .map(|n| n as u64);
    let evaluation = heads * lesions * (tasks + 4) + layers * (tasks + 3);
    let records = (tasks + 1) * (matrices + layers + 4) + (tasks / every + 2) * evaluation;
    run.lanes.len() as u64 * records * EACH
}

/// What is kept, and how to go on, in words.
pub(super) fn so_far(driver: &Driver) -> String {
    format!(
        "kept: {} of {} lanes, and those in progress up to their last checkpoint, {} of {} tasks; \
         go on with\n  {}",
        driver.lanes_ended(),
        driver.lanes().len(),
        driver.tasks_kept(),
        driver.config().tasks,
        command_to_resume()
    )
}

/// This command, to go on.
pub(super) fn command_to_resume() -> String {
    let quoted = |word: &String| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_./=,:+-".contains(c);
        if !word.is_empty() && word.chars().all(plain) {
            word.clone()
        } else {
            format!("\"{word}\"")
        }
    };
    let words: Vec<String> = std::env::args().collect();
    let kept = words.iter().filter(|w| *w != "--again" && *w != "--resume");
    let mut command: Vec<String> = kept.map(quoted).collect();
    command.push("--resume".into());
    command.join(" ")
}

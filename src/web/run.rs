//! A run from its beginning to its end, slice by slice.

use web_time::Instant;

use super::notes::{measured, post_note};
use super::opening::{open, recover};
use super::requests::{refuse, serve};
use super::session::{LaneRequest, RunHandle};
use crate::driver::{Driver, Note, Phase, Progress};
use crate::messages;
use crate::protocol::{Event, State, StepUnit};

/// Seconds between snapshots of the units and reports of progress.
const REPORT_EVERY: f64 = 0.25;

/// What a run has said last, so that nothing is said twice.
struct Said {
    words: String,
    /// When progress was last reported.
    progress: Instant,
}

impl Said {
    fn state(&mut self, handle: &RunHandle, state: State, words: String) -> bool {
        if self.words == words {
            return false;
        }
        handle.state(state, words.clone());
        self.words = words;
        true
    }
}

/// One run, from opening the engine until another is begun: training, pauses, and what is asked of its lanes.
pub(super) async fn run(handle: RunHandle) {
    let (mut driver, mut keeper) = match open(&handle).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return,
        Err(words) => {
            handle.fail(words);
            return refuse(&handle).await;
        }
    };
    let start = Instant::now();
    let mut waited = 0.0;
    let mut said = Said {
        words: String::new(),
        progress: Instant::now(),
    };
    let mut ended = false;
    handle.post(&Event::Progress(driver.progress()));
    loop {
        handle.breathe().await;
        if !handle.is_newest() {
            return;
        }
        serve(&handle, &mut driver).await;
        let (paused, step) = {
            let session = handle.session.borrow();
            (session.paused && session.step.is_none(), session.step)
        };
        if ended || paused {
            if !ended {
                let words = format!("Paused at {}.", messages::position(&driver.progress()));
                if said.state(&handle, State::Paused, words) {
                    handle.post(&Event::Progress(driver.progress()));
                }
            }
            let pause = Instant::now();
            handle.sleep().await;
            waited += pause.elapsed().as_secs_f64();
            continue;
        }
        let phase = driver.phase();
        let (state, words) = working(&driver, phase);
        said.state(&handle, state, words);
        let outcome = driver.slice(step == Some(StepUnit::Observe)).await;
        if !handle.is_newest() {
            return;
        }
        match outcome {
            Ok(notes) => {
                let done = notes.last() == Some(&Note::Done);
                keeper.keep(&handle, &driver, &notes);
                report(&handle, &driver, notes, phase, &mut said);
                if done {
                    let seconds = start.elapsed().as_secs_f64() - waited;
                    handle.post(&Event::Done { seconds });
                    let unit = if seconds.round() == 1.0 {
                        "second"
                    } else {
                        "seconds"
                    };
                    handle.state(State::Done, format!("Done in {seconds:.0} {unit}."));
                    ended = true;
                }
            }
            Err(e) => {
                let failed = match e.is_recoverable() {
                    true => recover(&handle, &mut driver, e).await.err(),
                    false => Some(e),
                };
                said.words.clear();
                if let Some(e) = failed {
                    handle.fail(messages::run(&e));
                    ended = true;
                }
            }
        }
    }
}

/// What a run is at, as a state and in words.
fn working(driver: &Driver, phase: Phase) -> (State, String) {
    match phase {
        Phase::Sizing => (
            State::Compiling,
            "Finding how many seeds this device trains side by side.".to_owned(),
        ),
        Phase::Training => (
            State::Training,
            format!("Training, {}.", messages::position(&driver.progress())),
        ),
        Phase::Evaluating => (State::Evaluating, measuring(&driver.progress())),
    }
}

/// What is measured, and after how many tasks.
fn measuring(progress: &Progress) -> String {
    let per_task = (progress.steps / progress.tasks.max(1)).max(1);
    let learned = progress.step / per_task;
    format!(
        "Measuring accuracy and activity on all tasks, after {learned} of {}.",
        progress.tasks
    )
}

/// Reports what a slice of a phase brought about, and ends a step that was asked for.
fn report(handle: &RunHandle, driver: &Driver, notes: Vec<Note>, phase: Phase, said: &mut Said) {
    let done = notes.last() == Some(&Note::Done);
    let task_end = notes.contains(&Note::TaskEnd);
    let training = phase == Phase::Training;
    for note in notes {
        post_note(handle, driver, note);
    }
    if task_end {
        let summary = match done {
            true => driver.summary_with_intervals(),
            false => driver.summary(),
        };
        handle.post(&Event::Summary(summary));
    }
    if done || (task_end && driver.seeds_done() > 0 && driver.phase() == Phase::Evaluating) {
        handle.post(&measured(driver, None));
    }
    let due = said.progress.elapsed().as_secs_f64() > REPORT_EVERY;
    if task_end || done || due {
        handle.post(&Event::Progress(driver.progress()));
        said.progress = Instant::now();
    }
    let mut session = handle.session.borrow_mut();
    if due && training && !task_end {
        session.request(LaneRequest::Snapshot);
    }
    match session.step {
        Some(StepUnit::Observe) if training => {
            session.step = None;
            session.request(LaneRequest::Snapshot);
        }
        // The measurement before the first task is no task.
        Some(StepUnit::Task) if task_end && driver.progress().step > 0 => session.step = None,
        _ => {}
    }
}

//! A run from its beginning to its end, slice by slice.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use futures_channel::oneshot;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::trainer::{Request, Shared};
use crate::data::Dataset;
use crate::driver::{Driver, Note, Phase, RunError};
use crate::engine::Device;
use crate::engine::info::EngineChoice;
use crate::engine::self_test;
use crate::messages::{self, Words};
use crate::protocol::{Event, Format, Measured, State, StepUnit};

/// Deviation from the reference beyond which an engine is not trusted.
const SELF_TEST_BOUND: f64 = 1e-3;

/// How often a lost GPU is asked for again, a second apart.
const RECOVERIES: u32 = 5;

/// Seconds between looks at the units and reports of progress.
const LOOK_EVERY: f64 = 0.25;

/// Lets the worker's event loop turn once.
async fn breathe(shared: &Rc<RefCell<Shared>>) {
    let turn = shared.borrow().breathe.call0(&JsValue::NULL);
    if let Ok(turn) = turn {
        let _ = JsFuture::from(js_sys::Promise::resolve(&turn)).await;
    }
}

/// One run, from opening the engine until another is begun: training, pauses, and what is asked of its lanes.
pub(super) async fn run(shared: Rc<RefCell<Shared>>, run: u32) {
    let is_newest = || shared.borrow().run == run;
    let mut driver = match open(&shared, run).await {
        Ok(Some(driver)) => driver,
        Ok(None) => return,
        Err(words) => {
            if is_newest() {
                shared.borrow().fail(words);
            }
            return;
        }
    };
    let start = web_time::Instant::now();
    let mut waited = 0.0;
    let mut said = None;
    let mut told = web_time::Instant::now();
    let mut ended = false;
    shared.borrow().post(&Event::Progress(driver.progress()));
    loop {
        breathe(&shared).await;
        if !is_newest() {
            return;
        }
        serve(&shared, &mut driver).await;
        let (waits, step) = {
            let shared = shared.borrow();
            (
                ended || (shared.paused && shared.step.is_none()),
                shared.step,
            )
        };
        if waits {
            let (wake, woken) = oneshot::channel();
            {
                let mut shared = shared.borrow_mut();
                if !ended {
                    let words = format!("Paused at {}.", place(&driver));
                    if said.as_ref() != Some(&words) {
                        shared.post(&Event::Progress(driver.progress()));
                        shared.state(State::Paused, words.clone());
                        said = Some(words);
                    }
                }
                shared.wake = Some(wake);
            }
            let pause = web_time::Instant::now();
            let _ = woken.await;
            waited += pause.elapsed().as_secs_f64();
            if !is_newest() {
                return;
            }
            continue;
        }
        let training = driver.phase() == Phase::Training;
        let (state, words) = match driver.phase() {
            Phase::Sizing => (
                State::Compiling,
                "Finding how many seeds this device trains side by side.".to_owned(),
            ),
            Phase::Training => (State::Training, format!("Training, {}.", place(&driver))),
            Phase::Evaluating => (
                State::Evaluating,
                "Measuring accuracy and activity on all tasks.".to_owned(),
            ),
        };
        if said.as_ref() != Some(&words) {
            shared.borrow().state(state, words.clone());
            said = Some(words);
        }
        let outcome = driver.slice(step == Some(StepUnit::Observe)).await;
        if !is_newest() {
            return;
        }
        let notes = match outcome {
            Ok(notes) => notes,
            Err(e) => {
                let failed = match e.is_loss() {
                    true => recover(&shared, &mut driver, e).await.err(),
                    false => Some(e),
                };
                if !is_newest() {
                    return;
                }
                said = None;
                if let Some(e) = failed {
                    shared.borrow().fail(messages::run(&e));
                    ended = true;
                }
                continue;
            }
        };
        let done = notes.last() == Some(&Note::Done);
        let task_end = notes.contains(&Note::TaskEnd);
        let mut shared = shared.borrow_mut();
        for note in notes {
            tell(&shared, &driver, note);
        }
        if task_end {
            let summary = match done {
                true => driver.summary_with_intervals(),
                false => driver.summary(),
            };
            shared.post(&Event::Summary(summary));
        }
        if done || (task_end && driver.seeds_done() > 0 && driver.phase() == Phase::Evaluating) {
            shared.post(&measured(&driver, None));
        }
        let due = told.elapsed().as_secs_f64() > LOOK_EVERY;
        if task_end || done || due {
            shared.post(&Event::Progress(driver.progress()));
            told = web_time::Instant::now();
        }
        if due && training && !task_end {
            shared.request(Request::Snapshot);
        }
        match shared.step {
            Some(StepUnit::Observe) if training => {
                shared.step = None;
                shared.request(Request::Snapshot);
            }
            // The measurement before the first task is no task.
            Some(StepUnit::Task) if task_end && driver.progress().step > 0 => shared.step = None,
            _ => {}
        }
        if done {
            let seconds = start.elapsed().as_secs_f64() - waited;
            shared.post(&Event::Done { seconds });
            shared.state(State::Done, format!("Done in {seconds:.0} seconds."));
            ended = true;
        }
    }
}

/// Does what was asked of the lanes.
async fn serve(shared: &Rc<RefCell<Shared>>, driver: &mut Driver) {
    let (requests, probe) = {
        let mut shared = shared.borrow_mut();
        (std::mem::take(&mut shared.requests), shared.probe)
    };
    for request in requests {
        match request {
            Request::Export(format) => {
                shared.borrow().post(&measured(driver, Some(format)));
            }
            Request::Snapshot => {
                driver.watch(&probe, watched(driver));
                // What can't be seen now (a lost device) is seen when the run goes on.
                for (lane, snapshot) in driver.snapshot().await.unwrap_or_default() {
                    shared.borrow().post(&Event::Snapshot {
                        lane: lane as u32,
                        tasks_learned: None,
                        snapshot,
                    });
                }
            }
            Request::Trace { lane } => {
                if let Ok(Some(trace)) = driver.trace(lane as usize).await {
                    let trace = Box::new(trace);
                    shared.borrow().post(&Event::Traced { lane, trace });
                }
            }
            Request::Receptive { lane, unit } => {
                let seen = driver.receptive(lane as usize, unit as usize).await;
                if let Ok(Some([weights, learned])) = seen {
                    shared.borrow().post(&Event::Receptive {
                        lane,
                        unit,
                        weights,
                        learned,
                    });
                }
            }
        }
    }
}

/// The lanes that the page shows: at most two.
fn watched(driver: &Driver) -> Vec<usize> {
    let mut lanes = driver.twins();
    lanes.truncate(2);
    lanes
}

/// Everything measured so far, for the analyst.
fn measured(driver: &Driver, format: Option<Format>) -> Event {
    let results = driver.results();
    Event::Measured(Box::new(Measured { results, format }))
}

/// Opens a lost GPU again and goes on from the last finished task; a browser may need some time for that.
async fn recover(
    shared: &Rc<RefCell<Shared>>,
    driver: &mut Driver,
    lost: RunError,
) -> Result<(), RunError> {
    shared.borrow().state(
        State::Compiling,
        "The GPU was lost; waiting for it to come back.",
    );
    let mut outcome = Ok(false);
    for _ in 0..RECOVERIES {
        let start = web_time::Instant::now();
        while start.elapsed().as_secs_f64() < 1.0 {
            breathe(shared).await;
        }
        outcome = driver.recover().await;
        if outcome.is_ok() {
            break;
        }
    }
    if !outcome? {
        return Err(lost);
    }
    let shared = shared.borrow();
    let results = driver.results();
    shared.post(&Event::Engine {
        info: results.engine,
        notice: Some(format!(
            "The GPU was lost ({lost}) and opened again; the run goes on from {}, with the same numbers.",
            place(driver)
        )),
    });
    // The page begins anew with what was kept.
    shared.post(&Event::Started {
        run: driver.run_info(),
    });
    for (lane, results) in results.lanes.into_iter().enumerate() {
        for record in results.records {
            tell(&shared, driver, Note::Measured { lane, record });
        }
    }
    shared.post(&Event::Summary(driver.summary()));
    Ok(())
}

/// Where a run is, in words.
fn place(driver: &Driver) -> String {
    let p = driver.progress();
    let tasks = driver.run_info().config.tasks;
    let wave = if p.waves > 1 {
        format!(", wave {} of {}", (p.wave + 1).min(p.waves), p.waves)
    } else {
        String::new()
    };
    format!("task {} of {tasks}{wave}", p.task + 1)
}

fn tell(shared: &Shared, driver: &Driver, note: Note) {
    match note {
        Note::Measured { lane, record } => {
            shared.post(&Event::Checkpoint {
                lane: lane as u32,
                record,
            });
        }
        Note::Diverged { lane, step } => {
            let which = driver.lanes()[lane];
            shared.post(&Event::LaneDiverged {
                lane: lane as u32,
                step,
                reason: format!(
                    "Seed {} under {} holds numbers that are not finite after step {step}; it is set aside, \
                     the others go on.",
                    which.seed,
                    which.condition.name()
                ),
            });
        }
        Note::Snapshot {
            lane,
            tasks_learned,
            snapshot,
        } => shared.post(&Event::Snapshot {
            lane: lane as u32,
            tasks_learned: Some(tasks_learned),
            snapshot,
        }),
        Note::TaskEnd | Note::Done => {}
    }
}

/// Opens the engine, tests it and plans the run. None if another run was begun meanwhile.
async fn open(shared: &Rc<RefCell<Shared>>, run: u32) -> Result<Option<Driver>, Words> {
    let Some((config, mut choice)) = shared.borrow().asked.clone() else {
        return Ok(None);
    };
    // The same cores do more without a graphics interface between.
    let avoided = choice == EngineChoice::Auto && shared.borrow().is_software;
    if avoided {
        choice = EngineChoice::Cpu;
    }
    if shared.borrow().data.is_none() {
        shared
            .borrow()
            .state(State::Loading, "Writing procedural digits.");
        breathe(shared).await;
        let digits = Arc::new(Dataset::procedural());
        let mut shared = shared.borrow_mut();
        shared.post(&Event::Data {
            info: digits.info.clone(),
            origin: None,
        });
        shared.data = Some(digits);
    }
    shared
        .borrow()
        .state(State::Compiling, "Making the engine ready.");
    breathe(shared).await;
    let opened = Device::open(choice, &config)
        .await
        .map_err(|e| messages::engine(&e))?;
    let mut info = opened.device.info();
    if let (Device::Gpu(_), Some(adapter)) = (&opened.device, &shared.borrow().adapter) {
        info.adapter.clone_from(adapter);
    }
    shared.borrow().state(
        State::SelfTesting,
        "Comparing the engine with the reference.",
    );
    breathe(shared).await;
    info.self_test = self_test::deviation(&opened.device)
        .await
        .map_err(|e| messages::engine(&e))?;
    if shared.borrow().run != run {
        return Ok(None);
    }
    let off = info.self_test.unwrap_or(f64::INFINITY);
    if off > SELF_TEST_BOUND {
        return Err(Words {
            what: format!(
                "The engine {} failed its self-test (deviation {off:.1e}).",
                info.adapter
            ),
            meaning: "Its numbers can't be trusted, so nothing is trained on it.".into(),
            advice: "Choose the reference engine, or update the browser or the graphics driver."
                .into(),
        });
    }
    let notice = opened.notice.map(|e| messages::engine(&e).to_string());
    let notice = notice.or(avoided.then(|| {
        "This browser's GPU is a program on the CPU, so the CPU engine is used: it is faster. Choose the GPU \
         engine to use it all the same."
            .to_owned()
    }));
    shared.borrow().post(&Event::Engine {
        info: info.clone(),
        notice,
    });
    let Some(data) = shared.borrow().data.clone() else {
        return Ok(None);
    };
    let mut config = config;
    config.data = data.info.kind;
    let mut driver =
        Driver::new(config, data, opened.device, info).map_err(|e| messages::run(&e))?;
    let mut shared = shared.borrow_mut();
    let run = driver.run_info();
    driver.watch(&shared.probe, watched(&driver));
    shared.angles.clone_from(&run.angles);
    shared.post(&Event::Started { run });
    shared.probed();
    Ok(Some(driver))
}

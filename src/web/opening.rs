//! How a run gets its engine, and gets it again after a GPU was lost.

use std::sync::Arc;

use super::keeper::{self, Keeper, Restored};
use super::lane_workers;
use super::notes::{post_what_is_kept, rewind};
use super::session::RunHandle;
use crate::data::Dataset;
use crate::driver::{Driver, RunError};
use crate::engine::info::EngineKind;
use crate::engine::{self, Preparing};
use crate::inspect::Probe;
use crate::messages::{self, Words};
use crate::protocol::{Event, RunRequest, State};

/// Opens a lost GPU again, or takes the lane workers that are left, and goes on from the last finished task.
/// A browser may need some time for a GPU.
pub(super) async fn recover(
    handle: &RunHandle,
    driver: &mut Driver,
    error: RunError,
) -> Result<(), RunError> {
    if error.is_lane_worker() {
        handle.state(
            State::Compiling,
            "A worker stopped; the others take its lanes.",
        );
        let left = lane_workers::find(handle, false).await;
        handle.session.borrow_mut().short_of_workers = None;
        if handle.is_newest() {
            let rewound = driver.go_on_with(left, error)?;
            rewind(handle, driver, &rewound);
        }
        return Ok(());
    }
    handle.state(
        State::Compiling,
        "The GPU was lost; waiting for it to come back.",
    );
    let choice = driver.choice();
    let ready = async |_| {
        handle.rest(1.0).await;
        let hints = handle.hints(choice).await;
        handle.is_newest().then_some(hints)
    };
    if let Some(rewound) = driver.recover(error, ready).await? {
        rewind(handle, driver, &rewound);
    }
    Ok(())
}

/// What a run that goes on was asked for when it was begun.
fn asked_of(kept: &Restored) -> Option<RunRequest> {
    let log = kept.log.as_ref().map(|log| &log.results);
    let results = log.or_else(|| kept.checkpoint.as_ref().map(|c| &c.head.results))?;
    Some(RunRequest {
        config: results.config.clone(),
        experiment: results.experiment.clone(),
        // Its lanes go on with the arithmetic that they began with.
        engine: results.engine.kind.into(),
        paused: false,
        unkept: false,
    })
}

/// Opens the engine, tests it and plans the run, or takes over one that goes on. None if another run was
/// begun meanwhile.
pub(super) async fn open(handle: &RunHandle) -> Result<Option<(Driver, Keeper)>, Words> {
    let kept = handle.session.borrow_mut().kept.take();
    let (restored, torn) = kept.map(keeper::read).transpose()?.unzip();
    if let Some(restored) = &restored {
        let asked = asked_of(restored).ok_or_else(|| Words {
            what: "The kept run can't be gone on with: nothing of it can be read.".into(),
            meaning: "It was stopped while its first line was written.".into(),
            advice: "Delete it, and run it again.".into(),
        })?;
        handle.session.borrow_mut().asked = Some(asked);
    }
    let Some(RunRequest {
        mut config,
        experiment,
        engine: choice,
        unkept,
        ..
    }) = handle.session.borrow().asked.clone()
    else {
        return Ok(None);
    };
    let data = images(handle).await;
    handle.state(State::Compiling, "Making the engine ready.");
    handle.breathe().await;
    let hints = handle.hints(choice).await;
    let prepares = async |what| {
        match what {
            Preparing::Compiling { done, of } => handle.state(
                State::Compiling,
                format!("Compiling shaders, {} of {of}.", done + 1),
            ),
            Preparing::Testing => handle.state(
                State::SelfTesting,
                "Comparing the engine with the reference.",
            ),
        }
        handle.breathe().await;
    };
    let opened = engine::open(choice, &hints, prepares)
        .await
        .map_err(|e| messages::open(&e))?;
    if !handle.is_newest() {
        return Ok(None);
    }
    if restored.is_none() {
        config.data = data.info.kind;
    }
    let (driver, notice) = Driver::begin(config, data, opened, choice)
        .await
        .map_err(|e| messages::run(&e))?;
    let mut driver = driver.of_experiment(experiment);
    driver.collect_units(Probe::default());
    let mut elsewhere = None;
    let kept = match restored {
        Some(Restored {
            id,
            log,
            whole,
            checkpoint,
        }) => {
            let outcome = driver.restore(log, checkpoint);
            let before = outcome.map_err(|e| messages::restore(&e))?;
            elsewhere = before.map(|before| messages::elsewhere(&before, driver.engine()));
            Some((id, whole))
        }
        None => None,
    };
    let goes_on = kept.is_some();
    let notice = notice.map(|n| messages::notice(&n).to_string());
    let short = handle.session.borrow_mut().short_of_workers.take();
    let short = short.filter(|_| driver.engine().kind == EngineKind::Cpu);
    let said = torn
        .flatten()
        .or(elsewhere)
        .or(notice)
        .into_iter()
        .chain(short);
    let said: Vec<String> = said.collect();
    handle.engine(&driver, (!said.is_empty()).then(|| said.join("\n")));
    let run = driver.description();
    let probed = {
        let mut session = handle.session.borrow_mut();
        driver.watch(&session.probe, driver.pair());
        session.views = driver.views().to_vec();
        session.probed()
    };
    handle.post(&Event::Started { run });
    handle.post(&probed);
    if goes_on {
        post_what_is_kept(handle, &driver);
    }
    let keeper = match unkept {
        true => Keeper::nothing(handle),
        false => Keeper::begin(handle, &driver, kept),
    };
    Ok(Some((driver, keeper)))
}

/// The images in use; procedural digits where none came yet.
async fn images(handle: &RunHandle) -> Arc<Dataset> {
    let held = handle.session.borrow().data.clone();
    if let Some(data) = held {
        return data;
    }
    handle.state(State::Loading, "Writing procedural digits.");
    handle.breathe().await;
    let digits = Arc::new(Dataset::procedural());
    let mut session = handle.session.borrow_mut();
    session.post(&Event::Data {
        info: digits.info.clone(),
        origin: None,
    });
    session.data = Some(digits.clone());
    digits
}

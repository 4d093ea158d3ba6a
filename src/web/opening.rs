//! How a run gets its engine, and gets it again after a GPU was lost.

use std::sync::Arc;

use web_time::Instant;

use super::notes::post_note;
use super::requests::watched;
use super::session::RunHandle;
use crate::data::Dataset;
use crate::driver::{Driver, Note, RunError};
use crate::engine::{self, Hints};
use crate::messages::{self, Words};
use crate::protocol::{Event, RunRequest, State};

/// How often a lost GPU is asked for again, a second apart.
const RECOVERIES: u32 = 5;

/// Opens a lost GPU again and goes on from the last finished task; a browser may need some time for that.
pub(super) async fn recover(
    handle: &RunHandle,
    driver: &mut Driver,
    lost: RunError,
) -> Result<(), RunError> {
    handle.state(
        State::Compiling,
        "The GPU was lost; waiting for it to come back.",
    );
    let mut outcome = Ok(false);
    for _ in 0..RECOVERIES {
        let start = Instant::now();
        while start.elapsed().as_secs_f64() < 1.0 {
            handle.breathe().await;
        }
        if !handle.is_newest() {
            return Ok(());
        }
        outcome = driver.recover().await;
        if outcome.is_ok() {
            break;
        }
    }
    if !outcome? {
        return Err(lost);
    }
    let results = driver.results();
    let position = messages::position(&driver.progress());
    handle.engine(
        results.engine,
        Some(format!(
            "The GPU was lost ({lost}) and opened again; the run goes on from {position}, \
             with the same numbers."
        )),
    );
    // The page begins anew with what was kept.
    handle.post(&Event::Started {
        run: driver.description(),
    });
    for (lane, results) in results.lanes.into_iter().enumerate() {
        for record in results.records {
            post_note(handle, driver, Note::Measured { lane, record });
        }
    }
    handle.post(&Event::Summary(driver.summary()));
    Ok(())
}

/// Opens the engine, tests it and plans the run. None if another run was begun meanwhile.
pub(super) async fn open(handle: &RunHandle) -> Result<Option<Driver>, Words> {
    let Some(RunRequest {
        mut config,
        experiment,
        engine: choice,
        ..
    }) = handle.session.borrow().asked.clone()
    else {
        return Ok(None);
    };
    let data = images(handle).await;
    handle.state(State::Compiling, "Making the engine ready.");
    handle.breathe().await;
    let hints = Hints {
        adapter: handle.session.borrow().adapter.clone(),
        is_software: handle.session.borrow().is_software,
    };
    let before_test = async || {
        handle.state(
            State::SelfTesting,
            "Comparing the engine with the reference.",
        );
        handle.breathe().await;
    };
    let opened = engine::open(choice, &config, &hints, before_test)
        .await
        .map_err(|e| messages::open(&e))?;
    if !handle.is_newest() {
        return Ok(None);
    }
    let info = opened.info;
    let notice = opened.notice.map(|n| messages::notice(&n).to_string());
    handle.engine(info.clone(), notice);
    config.data = data.info.kind;
    let mut driver = Driver::new(config, data, opened.device, info)
        .map_err(|e| messages::run(&e))?
        .of_experiment(experiment);
    let run = driver.description();
    let probed = {
        let mut session = handle.session.borrow_mut();
        driver.watch(&session.probe, watched(&driver));
        session.angles.clone_from(&run.angles);
        session.probed()
    };
    handle.post(&Event::Started { run });
    handle.post(&probed);
    Ok(Some(driver))
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

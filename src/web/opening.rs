//! How a run gets its engine, and gets it again after a GPU was lost.

use std::sync::Arc;

use web_time::Instant;

use super::notes::post_note;
use super::requests::watched;
use super::session::RunHandle;
use crate::data::Dataset;
use crate::driver::{Driver, Note, RunError};
use crate::engine::info::EngineChoice;
use crate::engine::{Device, self_test};
use crate::messages::{self, Words};
use crate::protocol::{Event, RunRequest, State};

/// Deviation from the reference beyond which an engine is not trusted.
const SELF_TEST_BOUND: f64 = 1e-3;

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
            "The GPU was lost ({lost}) and opened again; the run goes on from {position}, with the same numbers."
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
        engine: mut choice,
        ..
    }) = handle.session.borrow().asked.clone()
    else {
        return Ok(None);
    };
    // The same cores do more without a graphics interface between.
    let avoided = choice == EngineChoice::Auto && handle.session.borrow().is_software;
    if avoided {
        choice = EngineChoice::Cpu;
    }
    let data = images(handle).await;
    handle.state(State::Compiling, "Making the engine ready.");
    handle.breathe().await;
    let opened = Device::open(choice, &config)
        .await
        .map_err(|e| messages::engine(&e))?;
    let mut info = opened.device.info();
    if let (Device::Gpu(_), Some(adapter)) = (&opened.device, &handle.session.borrow().adapter) {
        info.adapter.clone_from(adapter);
    }
    handle.state(
        State::SelfTesting,
        "Comparing the engine with the reference.",
    );
    handle.breathe().await;
    info.self_test = self_test::deviation(&opened.device)
        .await
        .map_err(|e| messages::engine(&e))?;
    if !handle.is_newest() {
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

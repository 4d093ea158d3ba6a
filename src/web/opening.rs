//! How a run gets its engine, and gets it again after a GPU was lost.

use std::sync::Arc;

use super::notes::post_note;
use super::requests::watched;
use super::session::RunHandle;
use crate::data::Dataset;
use crate::driver::{Driver, Note, Rewound, RunError};
use crate::engine;
use crate::messages::{self, Words};
use crate::protocol::{Event, RunRequest, State};

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
    let choice = driver.choice();
    let ready = async |_| {
        handle.rest(1.0).await;
        let hints = handle.hints(choice).await;
        handle.is_newest().then_some(hints)
    };
    if let Some(rewound) = driver.recover(lost, ready).await? {
        rewind(handle, driver, &rewound);
    }
    Ok(())
}

/// Tells the page what a run goes on with, and what was kept: it begins anew with that.
pub(super) fn rewind(handle: &RunHandle, driver: &Driver, rewound: &Rewound) {
    handle.engine(driver.engine().clone(), Some(messages::rewound(rewound)));
    handle.post(&Event::Started {
        run: driver.description(),
    });
    for (lane, results) in driver.results().lanes.into_iter().enumerate() {
        for record in results.records {
            post_note(handle, driver, Note::Measured { lane, record });
        }
        if let Some(step) = results.diverged_at_step {
            post_note(handle, driver, Note::Diverged { lane, step });
        }
    }
    handle.post(&Event::Summary(driver.summary()));
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
    let hints = handle.hints(choice).await;
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
    config.data = data.info.kind;
    let (driver, notice) = Driver::begin(config, data, opened, choice)
        .await
        .map_err(|e| messages::run(&e))?;
    let mut driver = driver.of_experiment(experiment);
    let notice = notice.map(|n| messages::notice(&n).to_string());
    handle.engine(driver.engine().clone(), notice);
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

//! The trainer: images, engines, and one run at a time.
//!
//! A run goes through [`run::run`], slice by slice; between slices the worker's event loop hands in commands,
//! which only set what the next turn looks at. What needs the lanes themselves is put down as a
//! [`LaneRequest`], which the run's loop serves, also while it is paused and after its end.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::page::Page;
use super::session::{LaneRequest, RunHandle, Session};
use super::{bench, run};
use crate::config::DataSet;
use crate::data::Dataset;
use crate::messages;
use crate::protocol::{Command, Event, Origin, RunRequest};

/// The trainer's end of the wire.
#[wasm_bindgen]
pub struct Trainer {
    session: Rc<RefCell<Session>>,
}

#[wasm_bindgen]
impl Trainer {
    /// A trainer that hands events to `page` and asks it for what a program can't do alone.
    #[wasm_bindgen(constructor)]
    pub fn new(page: Page) -> Self {
        console_error_panic_hook::set_once();
        Self {
            session: Rc::new(RefCell::new(Session::new(page))),
        }
    }

    /// Takes a [`Command`].
    pub fn handle(&self, command: JsValue) {
        let command = match super::message(command) {
            Ok(command) => command,
            Err(words) => return self.session.borrow().fail(words),
        };
        match command {
            Command::UseDigits => self.use_data(Dataset::procedural(), None),
            Command::UseFiles { files, origin, set } => {
                let files = files.into_iter().map(|f| (f.name, f.bytes)).collect();
                let refused = |reason| Event::DataRefused { reason, origin };
                match Dataset::from_files(files, set) {
                    // The reader's own may be any; all others are there as MNIST.
                    Ok(data) if origin != Origin::Dropped && data.info.kind != DataSet::Mnist => {
                        let reason = "by its SHA-256 it is not MNIST".to_owned();
                        self.session.borrow().post(&refused(reason));
                    }
                    Ok(data) => self.use_data(data, Some(origin)),
                    Err(e) => self.session.borrow().post(&refused(e.to_string())),
                }
            }
            Command::Run(request) => self.run(*request),
            Command::GoOn(kept) => {
                self.session.borrow_mut().kept = Some(*kept);
                self.begin(false);
            }
            Command::Pause => {
                let mut session = self.session.borrow_mut();
                session.paused = true;
                session.step = None;
            }
            Command::Resume => {
                let mut session = self.session.borrow_mut();
                session.paused = false;
                session.wake();
            }
            Command::Step { unit } => {
                let mut session = self.session.borrow_mut();
                session.paused = true;
                session.step = Some(unit);
                session.wake();
            }
            Command::Reset => {
                if self.session.borrow().asked.is_some() {
                    self.begin(true);
                }
            }
            Command::Export(export) => self.request(LaneRequest::Export(export)),
            Command::Watch { probe } if !probe.is_there() => {
                let why = super::not_understood(&"it watches a digit that is not there");
                self.session.borrow().post(&Event::Failed(why));
            }
            Command::Watch { probe } => {
                let mut session = self.session.borrow_mut();
                session.probe = probe;
                let probed = session.probed();
                session.post(&probed);
                session.request(LaneRequest::Snapshot);
            }
            Command::Receptive { lane, unit } => {
                self.request(LaneRequest::Receptive { lane, unit });
            }
            Command::Trace { lane } => self.request(LaneRequest::Trace { lane }),
            Command::Bench { config, engine } => {
                let handle = RunHandle::newest(&self.session);
                spawn_local(async move { bench::bench(handle, *config, engine).await });
            }
        }
    }
}

impl Trainer {
    fn use_data(&self, data: Dataset, origin: Option<Origin>) {
        let mut session = self.session.borrow_mut();
        session.post(&Event::Data {
            info: data.info.clone(),
            origin,
        });
        session.data = Some(Arc::new(data));
    }

    fn run(&self, request: RunRequest) {
        // What can't be drawn from the images is found before the present run is given up.
        let data = self.session.borrow().data.clone();
        if let Some(Err(e)) = data.map(|data| crate::driver::draws(&request.config, &data)) {
            let session = self.session.borrow();
            let words = messages::run(&e);
            match session.asked {
                // The run that is there stays as it is, paused or through.
                Some(_) => session.post(&Event::Failed(words)),
                None => session.fail(words),
            }
            return;
        }
        let paused = request.paused;
        self.session.borrow_mut().asked = Some(request);
        self.begin(paused);
    }

    fn request(&self, request: LaneRequest) {
        self.session.borrow_mut().request(request);
    }

    fn begin(&self, paused: bool) {
        let handle = RunHandle::begin(&self.session, paused);
        spawn_local(async move { run::run(handle).await });
    }
}

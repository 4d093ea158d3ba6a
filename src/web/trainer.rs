//! The trainer: images, engines, and one run at a time.
//!
//! A run goes through [`run`], slice by slice; between slices the worker's event loop hands in commands, which only set
//! what the next turn looks at. What needs the lanes themselves is put down as a [`Request`], which the run's loop serves,
//! also while it is paused and after its end.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use futures_channel::oneshot;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::run;
use crate::config::Config;
use crate::data::Dataset;
use crate::engine::info::EngineChoice;
use crate::inspect::{self, Probe};
use crate::messages::{self, Words};
use crate::protocol::{Command, Event, Format, Origin, State, StepUnit};

/// The trainer's end of the wire.
#[wasm_bindgen]
pub struct Trainer {
    shared: Rc<RefCell<Shared>>,
}

pub(super) struct Shared {
    pub(super) post: js_sys::Function,
    pub(super) breathe: js_sys::Function,
    pub(super) adapter: Option<String>,
    pub(super) is_software: bool,
    pub(super) data: Option<Arc<Dataset>>,
    /// Counts runs: a loop whose number is not the newest ends.
    pub(super) run: u32,
    pub(super) asked: Option<(Config, EngineChoice)>,
    pub(super) paused: bool,
    pub(super) step: Option<StepUnit>,
    pub(super) probe: Probe,
    /// The run's angles, for the probe's strip.
    pub(super) angles: Vec<f64>,
    pub(super) requests: Vec<Request>,
    pub(super) wake: Option<oneshot::Sender<()>>,
}

/// What is asked of a run's lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// Everything measured so far, as a file.
    Export(Format),
    /// A look at the watched lanes.
    Snapshot,
    /// The weights of a unit of h1.
    Receptive { lane: u32, unit: u32 },
    /// A walk through a lane's next step.
    Trace { lane: u32 },
}

impl Shared {
    pub(super) fn post(&self, event: &Event) {
        super::post(&self.post, event);
    }

    pub(super) fn state(&self, state: State, words: impl Into<String>) {
        self.post(&Event::State {
            state,
            words: words.into(),
        });
    }

    pub(super) fn fail(&self, words: Words) {
        self.state(State::Failed, words.what.clone());
        self.post(&Event::Failed(words));
    }

    pub(super) fn wake(&mut self) {
        if let Some(wake) = self.wake.take() {
            let _ = wake.send(());
        }
    }

    pub(super) fn request(&mut self, request: Request) {
        if !self.requests.contains(&request) {
            self.requests.push(request);
        }
        self.wake();
    }

    pub(super) fn probed(&self) {
        self.post(&Event::Probed {
            probe: self.probe,
            pixels: self.probe.pixels(),
            strip: inspect::strip(self.probe.digit, &self.angles),
        });
    }
}

#[wasm_bindgen]
impl Trainer {
    /// A trainer that hands events to `post` and lets the worker's event loop turn by awaiting what
    /// `breathe` returns.
    #[wasm_bindgen(constructor)]
    pub fn new(post: js_sys::Function, breathe: js_sys::Function) -> Self {
        console_error_panic_hook::set_once();
        let shared = Shared {
            post,
            breathe,
            adapter: None,
            is_software: false,
            data: None,
            run: 0,
            asked: None,
            paused: false,
            step: None,
            probe: Probe::default(),
            angles: Vec::new(),
            requests: Vec::new(),
            wake: None,
        };
        Self {
            shared: Rc::new(RefCell::new(shared)),
        }
    }

    /// Names the adapter as the browser does, and says whether it is a program on the CPU; wgpu can't see
    /// that there.
    pub fn name_adapter(&self, name: String, is_software: bool) {
        let mut shared = self.shared.borrow_mut();
        shared.adapter = (!name.trim().is_empty()).then(|| name.trim().to_owned());
        shared.is_software = is_software;
    }

    /// Takes a [`Command`].
    pub fn handle(&self, command: JsValue) {
        let command = match super::message(command) {
            Ok(command) => command,
            Err(words) => return self.shared.borrow().fail(words),
        };
        match command {
            Command::UseDigits => self.use_data(Dataset::procedural(), None),
            Command::UseFiles { files, origin } => {
                let files: Vec<(String, Vec<u8>)> =
                    files.into_iter().map(|f| (f.name, f.bytes)).collect();
                match Dataset::from_files(&files) {
                    Ok(data) => self.use_data(data, Some(origin)),
                    Err(e) => {
                        self.shared.borrow().post(&Event::DataRefused {
                            reason: e.to_string(),
                        });
                    }
                }
            }
            Command::Run(order) => {
                // What can't be drawn from the images is found before the present run is given up.
                let data = self.shared.borrow().data.clone();
                if let Some(Err(e)) = data.map(|data| crate::driver::draws(&order.config, &data)) {
                    self.shared.borrow().fail(messages::run(&e));
                    return;
                }
                self.shared.borrow_mut().asked = Some((order.config, order.engine));
                self.begin(order.paused);
            }
            Command::Pause => {
                let mut shared = self.shared.borrow_mut();
                shared.paused = true;
                shared.step = None;
            }
            Command::Resume => {
                let mut shared = self.shared.borrow_mut();
                shared.paused = false;
                shared.wake();
            }
            Command::Step { unit } => {
                let mut shared = self.shared.borrow_mut();
                shared.paused = true;
                shared.step = Some(unit);
                shared.wake();
            }
            Command::Reset => {
                if self.shared.borrow().asked.is_some() {
                    self.begin(true);
                }
            }
            Command::Export { format } => {
                self.shared.borrow_mut().request(Request::Export(format));
            }
            Command::Watch { probe } => {
                let mut shared = self.shared.borrow_mut();
                shared.probe = probe;
                shared.probed();
                shared.request(Request::Snapshot);
            }
            Command::Receptive { lane, unit } => {
                let request = Request::Receptive { lane, unit };
                self.shared.borrow_mut().request(request);
            }
            Command::Trace { lane } => {
                self.shared.borrow_mut().request(Request::Trace { lane });
            }
        }
    }
}

impl Trainer {
    fn use_data(&self, data: Dataset, origin: Option<Origin>) {
        let mut shared = self.shared.borrow_mut();
        shared.post(&Event::Data {
            info: data.info.clone(),
            origin,
        });
        shared.data = Some(Arc::new(data));
    }

    fn begin(&self, paused: bool) {
        let run = {
            let mut shared = self.shared.borrow_mut();
            shared.run += 1;
            shared.paused = paused;
            shared.step = None;
            shared.requests.clear();
            // A loop that waits must see that it is not the newest any more.
            shared.wake();
            shared.run
        };
        let shared = self.shared.clone();
        spawn_local(async move { run::run(shared, run).await });
    }
}

//! The wasm shell: turns [`Command`]s into work and work into [`Event`]s. The only file that knows JavaScript.
//!
//! A [`Session`] lives in a dedicated worker. One run at a time goes through [`drive`], slice by slice;
//! between slices the worker's event loop hands in commands, which only set what the next turn looks at. What
//! needs the lanes themselves is put down as a [`Request`], which the run's loop serves, also while it is paused
//! and after its end.

mod drive;
mod json;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use futures_channel::oneshot;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::config::{Config, ConfigError};
use crate::data::Dataset;
use crate::engine_info::EngineChoice;
use crate::look::{self, Probe};
use crate::protocol::{Command, Event, File, Format, Origin, State, StepUnit};
use crate::stored::StoredRun;
use crate::words::{self, Words};
use crate::{experiments, link};

/// The worker's end of the wire.
#[wasm_bindgen]
pub struct Session {
    shared: Rc<RefCell<Shared>>,
}

struct Shared {
    post: js_sys::Function,
    breathe: js_sys::Function,
    adapter: Option<String>,
    is_software: bool,
    data: Option<Arc<Dataset>>,
    /// Counts runs: a loop whose number is not the newest ends.
    run: u32,
    asked: Option<(Config, EngineChoice)>,
    paused: bool,
    step: Option<StepUnit>,
    probe: Probe,
    /// The run's angles, for the probe's strip.
    angles: Vec<f64>,
    requests: Vec<Request>,
    wake: Option<oneshot::Sender<()>>,
}

/// What is asked of a run's lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    /// Everything measured so far, as a file.
    Export(Format),
    /// A look at the watched lanes.
    Look,
    /// The weights of a unit of h1.
    Receptive { lane: u32, unit: u32 },
    /// A walk through a lane's next step.
    Trace { lane: u32 },
}

impl Shared {
    fn post(&self, event: &Event) {
        if let Ok(value) = json::record(event) {
            // Nobody is left to be told if posting fails.
            let _ = self.post.call1(&JsValue::NULL, &value);
        }
    }

    fn state(&self, state: State, words: impl Into<String>) {
        self.post(&Event::State {
            state,
            words: words.into(),
        });
    }

    fn fail(&self, words: Words) {
        let Words {
            what,
            meaning,
            advice,
        } = words;
        self.state(State::Failed, what.clone());
        self.post(&Event::Failed {
            what,
            meaning,
            advice,
        });
    }

    fn wake(&mut self) {
        if let Some(wake) = self.wake.take() {
            let _ = wake.send(());
        }
    }

    fn request(&mut self, request: Request) {
        if !self.requests.contains(&request) {
            self.requests.push(request);
        }
        self.wake();
    }

    fn probed(&self) {
        self.post(&Event::Probed {
            probe: self.probe,
            pixels: self.probe.pixels(),
            strip: look::strip(self.probe.digit, &self.angles),
        });
    }
}

#[wasm_bindgen]
impl Session {
    /// A session that hands events to `post` and lets the worker's event loop turn by awaiting what
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
        let command: Command = match serde_wasm_bindgen::from_value(command) {
            Ok(command) => command,
            Err(e) => {
                self.shared.borrow().fail(Words {
                    what: format!("A message to the worker was not understood: {e}"),
                    meaning: "The page and its worker are of different versions.".into(),
                    advice: "Reload the page.".into(),
                });
                return;
            }
        };
        match command {
            Command::Hello => {
                let shared = self.shared.borrow();
                shared.post(&Event::Catalog {
                    version: env!("CARGO_PKG_VERSION").into(),
                    experiments: experiments::all(),
                    fields: crate::config::FIELDS.to_vec(),
                });
                shared.state(State::Ready, "Ready.");
            }
            Command::Check { config } => {
                let problems = config_of(&config).err().map_or(Vec::new(), |e| e.problems);
                self.shared
                    .borrow()
                    .post(&Event::Checked { config, problems });
            }
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
            Command::Run {
                config,
                engine,
                paused,
            } => match config_of(&config) {
                Ok(config) => {
                    // What can't be drawn from the images is found before the present run is given up.
                    let data = self.shared.borrow().data.clone();
                    if let Some(Err(e)) = data.map(|data| crate::driver::draws(&config, &data)) {
                        self.shared.borrow().fail(words::run(&e));
                        return;
                    }
                    self.shared.borrow_mut().asked = Some((config, engine));
                    self.begin(paused);
                }
                Err(e) => self.shared.borrow().fail(Words {
                    what: e.to_string(),
                    meaning: "The run was not started.".into(),
                    advice: "Change the fields named above to what is allowed.".into(),
                }),
            },
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
            Command::Open { file } => self.show(&file),
            Command::Convert { file, format } => {
                let event = match json::results(&file.name, &file.bytes) {
                    Ok(results) => drive::export(&results, format),
                    Err(e) => Event::DataRefused {
                        reason: e.to_string(),
                    },
                };
                self.shared.borrow().post(&event);
            }
            Command::Watch { probe } => {
                let mut shared = self.shared.borrow_mut();
                shared.probe = probe;
                shared.probed();
                shared.request(Request::Look);
            }
            Command::Receptive { lane, unit } => {
                let request = Request::Receptive { lane, unit };
                self.shared.borrow_mut().request(request);
            }
            Command::Trace { lane } => {
                self.shared.borrow_mut().request(Request::Trace { lane });
            }
            Command::WriteLink { config, at } => {
                if let Ok(config) = config_of(&config) {
                    let fragment = link::write(&config, at);
                    self.shared.borrow().post(&Event::Link { fragment });
                }
            }
            Command::ReadLink { fragment } => {
                let read = link::read(&fragment, json::number);
                self.shared.borrow().post(&Event::LinkRead {
                    preset: link::preset_of(&fragment).into(),
                    problem: read.as_ref().err().map(ToString::to_string),
                    link: read.ok(),
                });
            }
        }
    }
}

/// Reads and checks a configuration's text.
fn config_of(text: &str) -> Result<Config, ConfigError> {
    let value: serde_json::Value = json::read(text).map_err(ConfigError::whole)?;
    Config::from_value(&value)
}

impl Session {
    fn use_data(&self, data: Dataset, origin: Option<Origin>) {
        let mut shared = self.shared.borrow_mut();
        shared.post(&Event::Data {
            info: data.info.clone(),
            origin,
        });
        shared.data = Some(Arc::new(data));
    }

    /// Shows a results file.
    fn show(&self, file: &File) {
        let read = json::results(&file.name, &file.bytes)
            .map_err(|e| e.to_string())
            .and_then(|results| StoredRun::of(&results).map_err(|e| e.to_string()));
        let shared = self.shared.borrow();
        match read {
            Ok(run) => shared.post(&Event::Opened(Box::new(run))),
            Err(reason) => shared.post(&Event::DataRefused { reason }),
        }
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
        spawn_local(async move { drive::drive(shared, run).await });
    }
}

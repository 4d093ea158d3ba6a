//! The wasm shell: turns [`Command`]s into work and work into [`Event`]s. The only file that knows JavaScript.
//!
//! A [`Session`] lives in a dedicated worker. One run at a time goes through [`drive`], slice by slice;
//! between slices the worker's event loop hands in commands, which only set what the next turn looks at.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use futures_channel::oneshot;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::config::Config;
use crate::data::Dataset;
use crate::driver::{Driver, Note, Phase, RunError};
use crate::engine::Device;
use crate::engine_info::EngineChoice;
use crate::experiments;
use crate::protocol::{Command, Event, Origin, State, StepUnit};
use crate::self_test;
use crate::words::{self, Words};

/// Deviation from the reference beyond which an engine is not trusted.
const SELF_TEST_BOUND: f64 = 1e-3;

/// How often a lost GPU is asked for again, a second apart.
const RECOVERIES: u32 = 5;

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
    /// Taken out while a slice is at work.
    driver: Option<Driver>,
    /// Counts runs: a loop whose number is not the newest ends.
    run: u32,
    asked: Option<(Config, EngineChoice)>,
    paused: bool,
    step: Option<StepUnit>,
    export: bool,
    wake: Option<oneshot::Sender<()>>,
}

impl Shared {
    fn post(&self, event: &Event) {
        let serializer = serde_wasm_bindgen::Serializer::json_compatible();
        if let Ok(value) = event.serialize(&serializer) {
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

    fn export(&mut self) {
        match &self.driver {
            Some(driver) => {
                let results = driver.results();
                let file_name = format!("metacls-seed{}.json", results.config.first_seed);
                let json = serde_json::to_string_pretty(&results).unwrap_or_default();
                self.post(&Event::Results { file_name, json });
                self.export = false;
            }
            // A slice is at work: the loop answers after it.
            None => self.export = self.asked.is_some(),
        }
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
            driver: None,
            run: 0,
            asked: None,
            paused: false,
            step: None,
            export: false,
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
                let problems = Config::from_json(&config)
                    .err()
                    .map_or(Vec::new(), |e| e.problems);
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
            } => match Config::from_json(&config) {
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
            Command::Export => self.shared.borrow_mut().export(),
        }
    }
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

    fn begin(&self, paused: bool) {
        let run = {
            let mut shared = self.shared.borrow_mut();
            shared.run += 1;
            shared.paused = paused;
            shared.step = None;
            shared.export = false;
            shared.driver = None;
            // A loop that waits must see that it is not the newest any more.
            shared.wake();
            shared.run
        };
        let shared = self.shared.clone();
        spawn_local(async move { drive(shared, run).await });
    }
}

/// Lets the worker's event loop turn once.
async fn breathe(shared: &Rc<RefCell<Shared>>) {
    let turn = shared.borrow().breathe.call0(&JsValue::NULL);
    if let Ok(turn) = turn {
        let _ = JsFuture::from(js_sys::Promise::resolve(&turn)).await;
    }
}

/// One run, from opening the engine to its end.
async fn drive(shared: Rc<RefCell<Shared>>, run: u32) {
    let is_newest = |shared: &Rc<RefCell<Shared>>| shared.borrow().run == run;
    let mut driver = match open(&shared, run).await {
        Ok(Some(driver)) => driver,
        Ok(None) => return,
        Err(words) => {
            if is_newest(&shared) {
                shared.borrow().fail(words);
            }
            return;
        }
    };
    let start = web_time::Instant::now();
    let mut waited = 0.0;
    let mut said = None;
    let mut told = web_time::Instant::now();
    shared.borrow().post(&Event::Progress(driver.progress()));
    loop {
        breathe(&shared).await;
        if !is_newest(&shared) {
            return;
        }
        let (waits, step) = {
            let shared = shared.borrow();
            (shared.paused && shared.step.is_none(), shared.step)
        };
        if waits {
            let (wake, woken) = oneshot::channel();
            {
                let mut shared = shared.borrow_mut();
                shared.post(&Event::Progress(driver.progress()));
                shared.state(State::Paused, format!("Paused at {}.", place(&driver)));
                shared.driver = Some(driver);
                if shared.export {
                    shared.export();
                }
                shared.wake = Some(wake);
            }
            said = None;
            let pause = web_time::Instant::now();
            let _ = woken.await;
            waited += pause.elapsed().as_secs_f64();
            if !is_newest(&shared) {
                return;
            }
            match shared.borrow_mut().driver.take() {
                Some(held) => driver = held,
                None => return,
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
        if !is_newest(&shared) {
            return;
        }
        let notes = match outcome {
            Ok(notes) => notes,
            Err(e) => {
                let failed = match e.is_loss() {
                    true => recover(&shared, &mut driver, e).await.err(),
                    false => Some(e),
                };
                if !is_newest(&shared) {
                    return;
                }
                let Some(e) = failed else {
                    said = None;
                    continue;
                };
                let mut shared = shared.borrow_mut();
                shared.driver = Some(driver);
                if shared.export {
                    shared.export();
                }
                shared.fail(words::run(&e));
                return;
            }
        };
        let done = notes.last() == Some(&Note::Done);
        let task_end = notes.contains(&Note::TaskEnd);
        {
            let mut shared = shared.borrow_mut();
            for note in notes {
                tell(&shared, &driver, note);
            }
            if task_end {
                shared.post(&Event::Summary(driver.summary()));
            }
            if task_end || done || told.elapsed().as_secs_f64() > 0.25 {
                shared.post(&Event::Progress(driver.progress()));
                told = web_time::Instant::now();
            }
            match shared.step {
                Some(StepUnit::Observe) if training => shared.step = None,
                // The measurement before the first task is no task.
                Some(StepUnit::Task) if task_end && driver.progress().step > 0 => {
                    shared.step = None
                }
                _ => {}
            }
            if done {
                let seconds = start.elapsed().as_secs_f64() - waited;
                shared.driver = Some(driver);
                if shared.export {
                    shared.export();
                }
                shared.post(&Event::Done { seconds });
                shared.state(State::Done, format!("Done in {seconds:.0} seconds."));
                return;
            }
            if shared.export {
                shared.driver = Some(driver);
                shared.export();
                match shared.driver.take() {
                    Some(held) => driver = held,
                    None => return,
                }
            }
        }
    }
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
        Note::Lost { lane, step } => {
            let which = driver.lanes()[lane];
            shared.post(&Event::LaneLost {
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
        // The page is not shown these yet.
        Note::Looked { .. } | Note::TaskEnd | Note::Done => {}
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
        .map_err(|e| words::engine(&e))?;
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
        .map_err(|e| words::engine(&e))?;
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
    let notice = opened.notice.map(|e| words::engine(&e).to_string());
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
    let driver = Driver::new(config, data, opened.device, info).map_err(|e| words::run(&e))?;
    shared.borrow().post(&Event::Started {
        run: driver.run_info(),
    });
    Ok(Some(driver))
}

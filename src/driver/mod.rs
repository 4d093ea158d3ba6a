//! Takes all lanes of an experiment through the stream: in waves, in short slices, with pauses.
//!
//! The driver asks for no time of its own: whoever holds it calls [`Driver::slice`] again and again and
//! handles the [`Note`]s it gives. So pausing is not calling, and a page stays responsive.
//!
//! Where there are several seeds it first tries how many of them the device takes through a step within a
//! slice ([`plan`]). After each task it keeps every lane's values, so that a run whose device was lost goes
//! on from there on another ([`Driver::recover`]), and one that was stopped from what was written of it
//! ([`Driver::checkpoint`], [`Driver::restore`]). None of these changes a number: lanes know nothing of each
//! other, and a lane's arithmetic does not depend on where it lies.

mod clock;
mod inspection;
mod plan;
mod progress;
mod recovery;
mod restore;
mod run;
mod units;
mod work;

pub use progress::Progress;
pub use recovery::{Now, Rewound};
pub use restore::RestoreError;
pub use run::draws;

use std::collections::BTreeMap;
use std::sync::Arc;

use clock::Clock;
use inspection::Watched;
use run::Run;
use units::Units;

use crate::analysis::summary::Summary;
use crate::config::{Config, Lane};
use crate::data::Dataset;
use crate::engine::info::{EngineChoice, EngineInfo};
use crate::engine::spread::Finder;
use crate::engine::{Capacity, Device, Engine, EngineError, OpenError};
use crate::formats::version;
use crate::gpu::GpuError;
use crate::inspect::Snapshot;
use crate::model::LaneState;
use crate::results::description::RunDescription;
use crate::results::record::TaskRecord;
use crate::results::{LaneResults, Results};
use crate::stream::StreamError;

/// How long one slice of work should take, in seconds.
pub const SLICE: f64 = 0.05;

/// Why a run can't begin or go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// The data set is too small.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The engine's device failed, or it has no room for one lane.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No engine is to be had to go on with.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl RunError {
    /// The GPU's fault, if it is one.
    pub fn gpu(&self) -> Option<&GpuError> {
        match self {
            Self::Engine(EngineError::Gpu(e)) | Self::Open(OpenError::Gpu(e)) => Some(e),
            _ => None,
        }
    }

    /// Whether a lane worker is gone: the others go on.
    pub fn is_lane_worker(&self) -> bool {
        matches!(self, Self::Engine(EngineError::LaneWorker(_)))
    }

    /// Whether a device or a lane worker went away, so that the run can go on with another.
    pub fn is_recoverable(&self) -> bool {
        matches!(self.gpu(), Some(GpuError::Lost(_))) || self.is_lane_worker()
    }

    /// Whether there was too little memory, so that the run can go on with fewer lanes side by side.
    pub fn is_out_of_memory(&self) -> bool {
        matches!(
            self.gpu(),
            Some(GpuError::OutOfMemory(_) | GpuError::TooLarge { .. })
        )
    }
}

/// What a slice brought about.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A lane was measured.
    Measured {
        /// Index into [`Driver::lanes`].
        lane: usize,
        /// What was measured.
        record: TaskRecord,
    },
    /// A watched lane's units on the probe, at a task end.
    Snapshot {
        /// Index into [`Driver::lanes`].
        lane: usize,
        /// Tasks that the lane has learned; 0 before training.
        tasks_learned: u32,
        /// What was seen.
        snapshot: Snapshot,
    },
    /// A lane holds numbers that are not finite any more and was set aside.
    Diverged {
        /// Index into [`Driver::lanes`].
        lane: usize,
        /// The step at which it was found.
        step: u32,
    },
    /// All lanes of a wave are through a task (or measured before the first).
    TaskEnd,
    /// All lanes of a wave are through, or diverged.
    WaveEnd {
        /// Indices into [`Driver::lanes`].
        lanes: Vec<usize>,
    },
    /// The wave in progress goes on from its last task's end, or from its beginning: what was measured since
    /// is measured again, with the same numbers but on another engine.
    Rewound(Box<Rewound>),
    /// All lanes are through.
    Done,
}

/// What kind of work comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Trying how many seeds fit into a step.
    Sizing,
    /// Learning.
    Training,
    /// Measuring.
    Evaluating,
}

/// What the wave in progress does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Try how long a step of so many seeds takes.
    Size { seeds: usize },
    /// Evaluate a task's images from this one on.
    Evaluate { task: u32, image: u32 },
    /// Record what was measured.
    Record,
    /// Take this step.
    Step(u32),
}

/// Where a wave can go on: its lanes' values after so many tasks.
#[derive(Debug)]
struct Kept {
    tasks_learned: u32,
    states: Vec<LaneState<f32>>,
}

/// A run in progress.
#[derive(Debug)]
pub struct Driver {
    run: Run,
    device: Device,
    /// What the device is, and where the run's lanes began.
    info: EngineInfo,
    first: EngineInfo,
    /// Which engine was asked for.
    choice: EngineChoice,
    /// Finds workers, should the run come to the CPU engine.
    finder: Option<Finder>,
    /// What the device holds, as far as is known.
    capacity: Capacity,
    /// Lanes of each wave, as indices into the run's.
    waves: Vec<Vec<usize>>,
    /// The wave in progress, and the engine that it is on.
    wave: usize,
    engine: Option<Engine>,
    /// What the wave does next, and how many tasks it has learned.
    next: Next,
    learned_tasks: u32,
    kept: Option<Kept>,
    /// The same of waves that were in progress when they were made smaller, by their first lane.
    set_aside: BTreeMap<usize, Kept>,
    /// For each lane whether it is left to these waves, and how many lanes are not: what a run that was
    /// stopped had done.
    rest: Vec<bool>,
    ended_before: usize,
    /// Whether a device was lost since the last task end: a second time in a row there may be too much on it.
    recovered: bool,
    /// What was measured of each lane.
    results: Vec<LaneResults>,
    /// Final alpha and beta of lanes that are through: frozen ones start from meta's.
    learned: Vec<Option<(Vec<f32>, Vec<f32>)>>,
    watched: Watched,
    units: Option<Units>,
    clock: Clock,
}

impl Driver {
    /// Plans a run: lanes into waves that fit the device.
    ///
    /// # Errors
    /// If the data set is too small or the network does not fit.
    pub fn new(
        config: Config,
        data: Arc<Dataset>,
        device: Device,
        info: EngineInfo,
    ) -> Result<Self, RunError> {
        let run = Run::new(config, data)?;
        let results = run.lanes.iter().map(|&lane| LaneResults::new(lane));
        let mut driver = Self {
            results: results.collect(),
            learned: vec![None; run.lanes.len()],
            rest: vec![true; run.lanes.len()],
            ended_before: 0,
            run,
            device,
            choice: info.kind.into(),
            finder: None,
            first: info.clone(),
            info,
            capacity: Capacity { seeds: 1, lanes: 1 },
            waves: Vec::new(),
            wave: 0,
            engine: None,
            next: Next::Size { seeds: 1 },
            learned_tasks: 0,
            kept: None,
            set_aside: BTreeMap::new(),
            recovered: false,
            watched: Watched::default(),
            units: None,
            clock: Clock::default(),
        };
        driver.capacity = driver.capacity_of_device()?;
        driver.waves = driver.waves_of(driver.capacity);
        if !driver.sizes() {
            driver.begin_wave();
        }
        Ok(driver)
    }

    /// Says which engine was asked for, if not just the one at hand: with [`EngineChoice::Auto`] the CPU
    /// goes on where the GPU can't.
    #[must_use]
    pub fn chosen(mut self, choice: EngineChoice) -> Self {
        self.choice = choice;
        self
    }

    /// Says which experiment the run belongs to, by its id.
    #[must_use]
    pub fn of_experiment(mut self, id: Option<String>) -> Self {
        self.run.experiment = id;
        self
    }

    /// Begins the wave in progress, or goes on with it from what is kept of it. Nothing is put on the device
    /// yet.
    fn begin_wave(&mut self) {
        self.engine = None;
        let first = self.waves.get(self.wave).and_then(|wave| wave.first());
        if let Some(kept) = first.and_then(|lane| self.set_aside.remove(lane)) {
            self.kept = Some(kept);
        }
        self.learned_tasks = self.kept.as_ref().map_or(0, |k| k.tasks_learned);
        self.next = match self.kept {
            Some(_) => Next::Step(self.learned_tasks * self.run.config.steps_per_task()),
            None => Next::Evaluate { task: 0, image: 0 },
        };
        let step = self.learned_tasks * self.run.config.steps_per_task();
        for &lane in self.waves.get(self.wave).into_iter().flatten() {
            self.results[lane].goes_on(step, &self.info, &self.first);
        }
    }

    /// Puts the wave in progress on the device, where it is not there yet, so that its lanes can be looked
    /// at. [`Self::slice`] does so too.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn prepare(&mut self) -> Result<(), RunError> {
        if self.engine.is_some() || matches!(self.next, Next::Size { .. }) {
            return Ok(());
        }
        let Some(wave) = self.waves.get(self.wave) else {
            return Ok(());
        };
        let kept = self.kept.as_ref();
        let first_step = self.learned_tasks * self.run.config.steps_per_task();
        let states = kept.map(|k| &k.states[..]);
        let mut engine = self.engine_for(wave, states, first_step).await?;
        if matches!(self.next, Next::Evaluate { .. }) {
            engine.begin_evaluation();
        }
        self.engine = Some(engine);
        Ok(())
    }

    /// What charts and tables label the run's numbers by: settings, layers, heads, lanes, tasks.
    pub fn description(&self) -> RunDescription {
        self.run.description()
    }

    /// Its settings.
    pub fn config(&self) -> &Config {
        &self.run.config
    }

    /// The lanes, in the order of [`Note`]'s indices.
    pub fn lanes(&self) -> &[Lane] {
        &self.run.lanes
    }

    /// Whether all lanes are through.
    pub fn is_done(&self) -> bool {
        self.wave >= self.waves.len()
    }

    /// What kind of work comes next.
    pub fn phase(&self) -> Phase {
        match self.next {
            Next::Size { .. } => Phase::Sizing,
            Next::Step(_) => Phase::Training,
            Next::Evaluate { .. } | Next::Record => Phase::Evaluating,
        }
    }

    /// The engine that was asked for.
    pub fn choice(&self) -> EngineChoice {
        self.choice
    }

    /// The engine at work.
    pub fn engine(&self) -> &EngineInfo {
        &self.info
    }

    /// How many workers train lanes; 0 where none is needed.
    pub fn workers(&self) -> u32 {
        self.device.workers()
    }

    /// Seconds spent so far in training and evaluation.
    pub fn seconds(&self) -> (f64, f64) {
        self.clock.seconds()
    }

    /// Does about [`SLICE`] seconds of work, or at most one observe step if `one_step`. Where the device has
    /// too little memory, the wave in progress is halved and goes on from what is kept of it.
    ///
    /// # Errors
    /// If the device failed. What was measured before stays in [`Self::results`].
    pub async fn slice(&mut self, one_step: bool) -> Result<Vec<Note>, RunError> {
        match self.work_a_slice(one_step).await {
            Err(e) if e.is_out_of_memory() => {
                let rewound = self.relieve(e).await?;
                Ok(vec![Note::Rewound(Box::new(rewound))])
            }
            outcome => outcome,
        }
    }

    async fn work_a_slice(&mut self, one_step: bool) -> Result<Vec<Note>, RunError> {
        if self.is_done() {
            return Ok(vec![Note::Done]);
        }
        if let Next::Size { seeds } = self.next {
            self.size(seeds).await?;
            return Ok(Vec::new());
        }
        self.prepare().await?;
        let Some(mut engine) = self.engine.take() else {
            return Ok(Vec::new());
        };
        let outcome = self.work(&mut engine, one_step).await;
        self.engine = Some(engine);
        let mut notes = outcome?;
        if notes.last() == Some(&Note::TaskEnd) && self.run.forks_after(self.learned_tasks) {
            self.fork();
        }
        let finished =
            notes.last() == Some(&Note::TaskEnd) && self.learned_tasks == self.run.config.tasks;
        if finished {
            let lanes = self.waves.get(self.wave).cloned().unwrap_or_default();
            notes.push(Note::WaveEnd { lanes });
            self.wave += 1;
            self.kept = None;
            self.begin_wave();
            if self.is_done() {
                notes.push(Note::Done);
            }
        }
        Ok(notes)
    }

    /// Has the wave in progress go on otherwise, from its lanes' values as the fork changes them: they are
    /// put on the device anew. From here on what is kept is of the branch.
    fn fork(&mut self) {
        let wave = self.waves.get(self.wave).into_iter().flatten();
        let states = self.kept.iter_mut().flat_map(|kept| &mut kept.states);
        for (&lane, state) in wave.zip(states) {
            self.run.intervene(self.run.lanes[lane], state);
        }
        self.engine = None;
    }

    async fn work(&mut self, engine: &mut Engine, one_step: bool) -> Result<Vec<Note>, RunError> {
        match self.next {
            // Done by `slice`, which has the whole driver.
            Next::Size { .. } => Ok(Vec::new()),
            Next::Evaluate { task, image } => {
                self.evaluate(engine, task, image).await?;
                Ok(Vec::new())
            }
            Next::Record => self.record(engine).await,
            Next::Step(step) => {
                self.train(engine, step, one_step).await?;
                Ok(Vec::new())
            }
        }
    }

    /// Means over seeds of what was measured so far.
    pub fn summary(&self) -> Summary {
        let lanes = self
            .results
            .iter()
            .map(|r| (r.lane(), r.records.as_slice()));
        Summary::of(&self.run.config.conditions, lanes)
    }

    /// The same with bootstrap intervals at the end of the stream: they take a moment.
    pub fn summary_with_intervals(&self) -> Summary {
        let lanes = self
            .results
            .iter()
            .map(|r| (r.lane(), r.records.as_slice()));
        Summary::with_intervals(&self.run.config.conditions, lanes)
    }

    /// Lanes that are through, or diverged.
    pub fn lanes_ended(&self) -> usize {
        (0..self.run.lanes.len())
            .filter(|&lane| self.has_ended(lane))
            .count()
    }

    /// Seeds whose lanes are all through.
    pub fn seeds_done(&self) -> usize {
        let waves = &self.waves[..self.wave.min(self.waves.len())];
        let lanes: usize = waves.iter().map(Vec::len).sum();
        (self.ended_before + lanes) / self.run.config.conditions.len().max(1)
    }

    /// Everything measured so far.
    pub fn results(&self) -> Results {
        Results {
            lanes: self.results.clone(),
            ..self.results_without_lanes()
        }
    }

    /// What the run is, in a results file's form.
    pub fn results_without_lanes(&self) -> Results {
        let (training_seconds, evaluation_seconds) = self.seconds();
        let Run { model, config, .. } = &self.run;
        Results {
            schema: version::current::<Results>(),
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            draws: self.run.draws.clone(),
            experiment: self.run.experiment.clone(),
            config: (**config).clone(),
            data: self.run.data.info.clone(),
            engine: self.first.clone(),
            layers: model.layers.iter().map(|l| l.name.clone()).collect(),
            matrices: model.matrices.iter().map(|m| m.name.clone()).collect(),
            heads: model.heads.iter().map(|h| h.name.to_owned()).collect(),
            lanes: Vec::new(),
            training_seconds,
            evaluation_seconds,
        }
    }
}

//! Takes all lanes of an experiment through the stream: in waves, in short slices, with pauses.
//!
//! The driver asks for no time of its own: whoever holds it calls [`Driver::slice`] again and again and
//! handles the [`Note`]s it gives. So pausing is not calling, and a page stays responsive.
//!
//! Where there are several seeds it first tries how many of them the device takes through a step within a
//! slice ([`plan`]). After each task it keeps every lane's values, so that a run whose device was lost goes
//! on from there on another ([`Driver::recover`]). Neither changes a number: lanes know nothing of each
//! other, and a lane's arithmetic does not depend on where it lies.

mod inspection;
mod plan;
mod progress;
mod recovery;

pub use progress::Progress;

use std::sync::Arc;
use std::time::Duration;

use web_time::Instant;

use crate::analysis::summary::Summary;
use crate::config::{Condition, Config, Lane};
use crate::data::Dataset;
use crate::engine::info::EngineInfo;
use crate::engine::{Device, Engine, EngineError};
use crate::formats::version;
use crate::gpu::GpuError;
use crate::inspect::Snapshot;
use crate::model::{LaneState, Model, initial};
use crate::numeric::widen;
use crate::results::description::RunDescription;
use crate::results::record::{Evaluation, TaskRecord};
use crate::results::{LaneResults, Results};
use crate::stream::{Stream, StreamError};

/// How long one slice of work should take, in seconds.
pub const SLICE: f64 = 0.05;

/// The most bytes of lanes' values that are kept at task ends. Beyond it a wave whose device was lost
/// begins again from its first step.
const CHECKPOINT_BYTES: usize = 256 << 20;

/// Why a run can't begin or go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The data set is too small.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// The engine's part.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl RunError {
    /// Whether the device went away, so that the run can go on with another.
    pub fn is_loss(&self) -> bool {
        matches!(self, Self::Engine(EngineError::Gpu(GpuError::Lost(_))))
    }
}

/// What a slice brought about.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A lane was measured.
    Measured {
        /// Index of the lane.
        lane: usize,
        /// What was measured.
        record: TaskRecord,
    },
    /// A watched lane was looked at, at a task end.
    Snapshot {
        /// Index of the lane.
        lane: usize,
        /// Tasks learned.
        tasks_learned: u32,
        /// What was seen.
        snapshot: Snapshot,
    },
    /// A lane holds numbers that are not finite any more and was set aside.
    Diverged {
        /// Index of the lane.
        lane: usize,
        /// The step at which it was found.
        step: u32,
    },
    /// All lanes of a wave are through a task (or measured before the first).
    TaskEnd,
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
struct Checkpoint {
    tasks_learned: u32,
    states: Vec<LaneState<f32>>,
}

/// Which lanes are looked at, on what.
#[derive(Clone, Debug)]
struct Watch {
    image: Vec<f32>,
    lanes: Vec<usize>,
}

/// A run in progress.
#[derive(Debug)]
pub struct Driver {
    /// See [`RunDescription::experiment`].
    experiment: Option<String>,
    config: Arc<Config>,
    model: Arc<Model>,
    data: Arc<Dataset>,
    device: Device,
    info: EngineInfo,
    /// Lanes of each wave, as indices into `lanes`.
    waves: Vec<Vec<usize>>,
    lanes: Vec<Lane>,
    results: Vec<LaneResults>,
    /// Final rates of meta lanes, which frozen ones start from.
    learned: Vec<Option<(Vec<f32>, Vec<f32>)>>,
    wave: usize,
    engine: Option<Engine>,
    next: Next,
    learned_tasks: u32,
    checkpoint: Option<Checkpoint>,
    watch: Option<Watch>,
    /// Watched lanes' values at their end.
    ends: Vec<(usize, LaneState<f32>)>,
    /// Whether a device was lost since the last task end: a second time in a row is not tried again.
    recovered: bool,
    angles: Vec<f64>,
    /// See [`Results::draws`].
    draws: String,
    /// Seconds of a step of the wave, and of evaluating an image of each of its lanes.
    step_seconds: Option<f64>,
    image_seconds: Option<f64>,
    training: Duration,
    evaluation: Duration,
    /// Lane-steps and lane-images that the times above were spent on.
    timed_lane_steps: u32,
    timed_lane_images: f64,
    /// The same that need not be done again.
    done_lane_steps: u32,
    done_lane_images: f64,
}

/// Whether a data set is large enough for an experiment.
///
/// # Errors
/// If it is too small.
pub fn draws(config: &Config, data: &Dataset) -> Result<(), RunError> {
    let (train, test) = (data.train.len() as u32, data.test.len() as u32);
    Ok(Stream::new(config, config.first_seed, train, test).map(|_| ())?)
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
        let model = Model::new(&config, &data.info);
        let lanes = config.lanes();
        // Too small a data set is found before anything is trained.
        let (train, test) = (data.train.len() as u32, data.test.len() as u32);
        let first = Stream::new(&config, config.first_seed, train, test)?;
        let mut driver = Self {
            experiment: None,
            results: lanes
                .iter()
                .map(|&lane| LaneResults {
                    seed: lane.seed,
                    condition: lane.condition,
                    records: Vec::new(),
                    diverged_at_step: None,
                })
                .collect(),
            learned: vec![None; lanes.len()],
            angles: first.tasks.iter().map(|t| t.angle).collect(),
            draws: first.draws(&initial(&model, &config, config.first_seed).weights),
            config: Arc::new(config),
            model: Arc::new(model),
            data,
            device,
            info,
            waves: Vec::new(),
            lanes,
            wave: 0,
            engine: None,
            next: Next::Size { seeds: 1 },
            learned_tasks: 0,
            checkpoint: None,
            watch: None,
            ends: Vec::new(),
            recovered: false,
            step_seconds: None,
            image_seconds: None,
            training: Duration::ZERO,
            evaluation: Duration::ZERO,
            timed_lane_steps: 0,
            timed_lane_images: 0.0,
            done_lane_steps: 0,
            done_lane_images: 0.0,
        };
        let most = driver.seeds_that_fit()?;
        driver.waves = driver.waves_of(most);
        if driver.config.seeds == 1 {
            driver.begin_wave()?;
        }
        Ok(driver)
    }

    /// Says which experiment the run belongs to, by its id.
    #[must_use]
    pub fn of_experiment(mut self, id: Option<String>) -> Self {
        self.experiment = id;
        self
    }

    /// Puts the wave in progress on the device: at its checkpoint if there is one, else at its beginning.
    fn begin_wave(&mut self) -> Result<(), RunError> {
        self.engine = None;
        let Some(wave) = self.waves.get(self.wave) else {
            return Ok(());
        };
        let checkpoint = self.checkpoint.as_ref();
        self.learned_tasks = checkpoint.map_or(0, |c| c.tasks_learned);
        let first_step = self.learned_tasks * self.config.steps_per_task();
        let mut engine = self.engine_for(wave, checkpoint.map(|c| &c.states[..]), first_step)?;
        self.next = if checkpoint.is_some() {
            Next::Step(first_step)
        } else {
            engine.begin_evaluation();
            Next::Evaluate { task: 0, image: 0 }
        };
        self.engine = Some(engine);
        Ok(())
    }

    /// Lane-images of so many evaluations of so many lanes.
    fn images_of_evaluations(&self, lanes: usize, evaluations: usize) -> f64 {
        let images = self.config.tasks * self.config.evaluation_images;
        lanes as f64 * evaluations as f64 * f64::from(images)
    }

    /// Evaluations of a lane from before its training to its end.
    fn evaluations(&self) -> usize {
        (0..=self.config.tasks)
            .filter(|&t| self.is_evaluated(t))
            .count()
    }

    /// What runs.
    pub fn description(&self) -> RunDescription {
        let experiment = self.experiment.clone();
        RunDescription::new(
            experiment,
            &self.config,
            &self.model,
            &self.data.info,
            self.angles.clone(),
        )
    }

    /// What is run.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The lanes, in the order of [`Note`]'s indices.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
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

    /// Seconds spent so far in training and evaluation.
    pub fn seconds(&self) -> (f64, f64) {
        (self.training.as_secs_f64(), self.evaluation.as_secs_f64())
    }

    fn is_evaluated(&self, tasks_learned: u32) -> bool {
        tasks_learned == self.config.tasks
            || tasks_learned.is_multiple_of(self.config.evaluate_every)
    }

    /// Does about [`SLICE`] seconds of work, or at most one observe step if `one_step`.
    ///
    /// # Errors
    /// If the device failed. What was measured before stays in [`Self::results`].
    pub async fn slice(&mut self, one_step: bool) -> Result<Vec<Note>, RunError> {
        if self.is_done() {
            return Ok(vec![Note::Done]);
        }
        if let Next::Size { seeds } = self.next {
            self.size(seeds).await?;
            return Ok(Vec::new());
        }
        let Some(mut engine) = self.engine.take() else {
            // The device went away between waves.
            self.begin_wave()?;
            return Ok(Vec::new());
        };
        let outcome = self.work(&mut engine, one_step).await;
        self.engine = Some(engine);
        let mut notes = outcome?;
        let finished =
            notes.last() == Some(&Note::TaskEnd) && self.learned_tasks == self.config.tasks;
        if finished {
            self.wave += 1;
            self.checkpoint = None;
            if self.is_done() {
                self.engine = None;
                notes.push(Note::Done);
            } else {
                self.begin_wave()?;
            }
        }
        Ok(notes)
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

    /// Evaluates images in pieces until the slice is full.
    async fn evaluate(
        &mut self,
        engine: &mut Engine,
        mut task: u32,
        mut image: u32,
    ) -> Result<(), RunError> {
        let start = Instant::now();
        let lanes = self.waves[self.wave].len() as f64;
        while task < self.config.tasks {
            let left = SLICE - start.elapsed().as_secs_f64();
            let fit = match self.image_seconds {
                Some(seconds) => (left / seconds.max(1e-9)) as u32,
                None => 1,
            };
            if fit == 0 && image + task > 0 && left < SLICE / 2.0 {
                break;
            }
            // Powers of two: every size has its passes prepared once.
            let fit = 1 << fit.clamp(1, 1 << 20).ilog2();
            let to = self
                .config
                .evaluation_images
                .min(image + engine.evaluation_capacity().min(fit));
            let piece = Instant::now();
            engine.evaluate(task, image..to).await?;
            let each = piece.elapsed().as_secs_f64() / f64::from(to - image);
            self.image_seconds = Some(self.image_seconds.map_or(each, |was| 0.5 * (was + each)));
            self.timed_lane_images += lanes * f64::from(to - image);
            self.done_lane_images += lanes * f64::from(to - image);
            image = to;
            if image == self.config.evaluation_images {
                (task, image) = (task + 1, 0);
            }
        }
        self.next = if task == self.config.tasks {
            Next::Record
        } else {
            Next::Evaluate { task, image }
        };
        self.evaluation += start.elapsed();
        Ok(())
    }

    /// Takes as many steps of the task in progress as fill a slice.
    async fn train(
        &mut self,
        engine: &mut Engine,
        step: u32,
        one_step: bool,
    ) -> Result<(), RunError> {
        let start = Instant::now();
        let per_task = self.config.steps_per_task();
        let task = step / per_task;
        if step.is_multiple_of(per_task) {
            engine.begin_task(task)?;
        }
        let end = (task + 1) * per_task;
        let fit = match self.step_seconds {
            Some(seconds) if !one_step => (SLICE / seconds.max(1e-6)) as u32,
            _ => 1,
        };
        let to = (step + fit.max(1)).min(end);
        engine.advance(step..to).await?;
        let took = start.elapsed();
        self.training += took;
        let each = took.as_secs_f64() / f64::from(to - step);
        // The first step also prepares its passes: it would say too much.
        self.step_seconds = Some(self.step_seconds.map_or(each, |was| 0.7 * was + 0.3 * each));
        let lanes = self.waves[self.wave].len() as u32;
        self.timed_lane_steps += (to - step) * lanes;
        self.done_lane_steps += (to - step) * lanes;
        self.next = if to < end {
            Next::Step(to)
        } else {
            self.learned_tasks = task + 1;
            if self.is_evaluated(self.learned_tasks) {
                engine.begin_evaluation();
                Next::Evaluate { task: 0, image: 0 }
            } else {
                Next::Record
            }
        };
        Ok(())
    }

    /// Records every lane of the wave, and keeps their values.
    async fn record(&mut self, engine: &Engine) -> Result<Vec<Note>, RunError> {
        let evaluated = self.is_evaluated(self.learned_tasks);
        let readings = engine.read().await?;
        let counts = if evaluated {
            Some((engine.counts().await?, engine.correlations().await?))
        } else {
            None
        };
        let lanes = self.waves[self.wave].len();
        let last = self.learned_tasks == self.config.tasks;
        let checkpoint = if !last && lanes * self.model.parameters() * 4 <= CHECKPOINT_BYTES {
            Some(Checkpoint {
                tasks_learned: self.learned_tasks,
                states: engine.lanes().await?,
            })
        } else {
            None
        };
        let snapshots = self.take_snapshots(engine, last).await?;
        // Nothing can fail from here on: a record is told once.
        let mut notes: Vec<Note> = snapshots
            .into_iter()
            .map(|(lane, snapshot)| Note::Snapshot {
                lane,
                tasks_learned: self.learned_tasks,
                snapshot,
            })
            .collect();
        for (i, reading) in readings.iter().enumerate() {
            let lane = self.waves[self.wave][i];
            if self.results[lane].diverged_at_step.is_some() {
                continue;
            }
            if let Some(step) = reading.diverged {
                // A frozen lane would start from what this one can't learn any more.
                for lane in [Some(lane), self.frozen_from(lane)].into_iter().flatten() {
                    self.results[lane].diverged_at_step = Some(step);
                    notes.push(Note::Diverged { lane, step });
                }
                continue;
            }
            let steps = f64::from(self.config.steps_per_task());
            let record = TaskRecord {
                tasks_learned: self.learned_tasks,
                alpha: widen(&reading.alpha),
                beta: widen(&reading.beta),
                meta_loss: (self.learned_tasks > 0).then(|| f64::from(reading.loss_sum) / steps),
                evaluation: counts.as_ref().map(|(counts, alike)| {
                    let images = self.config.evaluation_images;
                    Evaluation::of(&self.model, images, &counts[i], alike[i].clone())
                }),
            };
            if last {
                self.learned[lane] = Some((reading.alpha.clone(), reading.beta.clone()));
            }
            self.results[lane].records.push(record.clone());
            notes.push(Note::Measured { lane, record });
        }
        notes.push(Note::TaskEnd);
        self.checkpoint = checkpoint;
        self.recovered = false;
        self.next = Next::Step(self.learned_tasks * self.config.steps_per_task());
        Ok(notes)
    }

    /// The frozen lane that starts from a meta lane's final values.
    fn frozen_from(&self, lane: usize) -> Option<usize> {
        let Lane { seed, condition } = self.lanes[lane];
        let condition = (condition == Condition::Meta).then_some(Condition::Frozen)?;
        self.lanes
            .iter()
            .position(|l| *l == Lane { seed, condition })
    }

    /// Means over seeds of what was measured so far.
    pub fn summary(&self) -> Summary {
        let lanes = self
            .results
            .iter()
            .map(|r| (r.lane(), r.records.as_slice()));
        Summary::of(&self.config.conditions, lanes)
    }

    /// The same with bootstrap intervals at the end of the stream: they take a moment.
    pub fn summary_with_intervals(&self) -> Summary {
        let lanes = self
            .results
            .iter()
            .map(|r| (r.lane(), r.records.as_slice()));
        Summary::with_intervals(&self.config.conditions, lanes)
    }

    /// Seeds whose lanes are all through.
    pub fn seeds_done(&self) -> usize {
        let waves = &self.waves[..self.wave.min(self.waves.len())];
        let lanes: usize = waves.iter().map(Vec::len).sum();
        lanes / self.config.conditions.len().max(1)
    }

    /// Everything measured so far.
    pub fn results(&self) -> Results {
        let (training_seconds, evaluation_seconds) = self.seconds();
        Results {
            schema: version::current::<Results>(),
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            draws: self.draws.clone(),
            experiment: self.experiment.clone(),
            config: (*self.config).clone(),
            data: self.data.info.clone(),
            engine: self.info.clone(),
            layers: self.model.layers.iter().map(|l| l.name.clone()).collect(),
            matrices: self.model.matrices.iter().map(|m| m.name.clone()).collect(),
            heads: self.model.heads.iter().map(|h| h.name.to_owned()).collect(),
            lanes: self.results.clone(),
            training_seconds,
            evaluation_seconds,
        }
    }
}

//! Takes all lanes of an experiment through the stream: in waves, in short slices, with pauses.
//!
//! The driver asks for no time of its own: whoever holds it calls [`Driver::slice`] again and again and
//! handles the [`Note`]s it gives. So pausing is not calling, and a page stays responsive.

use std::sync::Arc;
use std::time::Duration;

use web_time::Instant;

use crate::config::{Condition, Config, EvaluateOn, Lane};
use crate::data::{CLASSES, Dataset, PIXELS};
use crate::engine::{Counts, Device, Engine, EngineError, Wave};
use crate::engine_info::EngineInfo;
use crate::metrics::{Accuracy, Evaluation, Lesion, Summary, TaskRecord};
use crate::model::{LaneState, Model, initial};
use crate::protocol::{Progress, RunInfo};
use crate::results::{LaneResults, Results, SCHEMA};
use crate::stream::{Stream, StreamError};

/// How long one slice of work should take, in seconds.
pub const SLICE: f64 = 0.05;

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
    /// A lane was set aside.
    Lost {
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

/// What the wave in progress does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// Evaluate a piece of a task, after so many tasks learned.
    Evaluate { task: u32, piece: u32 },
    /// Record what was measured.
    Record,
    /// Take this step.
    Step(u32),
}

/// A run in progress.
#[derive(Debug)]
pub struct Driver {
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
    angles: Vec<f64>,
    step_seconds: Option<f64>,
    training: Duration,
    evaluation: Duration,
    trained_lane_steps: u32,
    evaluated_pieces: u32,
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
        let model = Model::new(&config, PIXELS, CLASSES);
        let lanes = config.lanes();
        // Too small a data set is found before anything is trained.
        let first = Stream::new(
            &config,
            config.first_seed,
            data.train.len() as u32,
            data.test.len() as u32,
        )?;
        let frozen = |lane: &Lane| lane.condition == Condition::Frozen;
        let per_seed = config
            .conditions
            .iter()
            .filter(|c| **c != Condition::Frozen)
            .count();
        let most = device.seeds_that_fit(&model, &config, per_seed as u32)? as usize;
        let seeds: Vec<u32> = (0..config.seeds).map(|i| config.first_seed + i).collect();
        let waves = |keep: &dyn Fn(&Lane) -> bool| -> Vec<Vec<usize>> {
            seeds
                .chunks(most.max(1))
                .map(|seeds| {
                    (0..lanes.len())
                        .filter(|&i| seeds.contains(&lanes[i].seed) && keep(&lanes[i]))
                        .collect::<Vec<_>>()
                })
                .filter(|wave| !wave.is_empty())
                .collect()
        };
        let mut all = waves(&|l| !frozen(l));
        all.extend(waves(&frozen));
        let mut driver = Self {
            results: lanes
                .iter()
                .map(|&lane| LaneResults {
                    lane,
                    records: Vec::new(),
                    lost_at_step: None,
                })
                .collect(),
            learned: vec![None; lanes.len()],
            angles: first.tasks.iter().map(|t| t.angle).collect(),
            config: Arc::new(config),
            model: Arc::new(model),
            data,
            device,
            info,
            waves: all,
            lanes,
            wave: 0,
            engine: None,
            next: Next::Evaluate { task: 0, piece: 0 },
            learned_tasks: 0,
            step_seconds: None,
            training: Duration::ZERO,
            evaluation: Duration::ZERO,
            trained_lane_steps: 0,
            evaluated_pieces: 0,
        };
        driver.begin_wave()?;
        Ok(driver)
    }

    fn begin_wave(&mut self) -> Result<(), RunError> {
        self.engine = None;
        self.next = Next::Evaluate { task: 0, piece: 0 };
        self.learned_tasks = 0;
        let Some(wave) = self.waves.get(self.wave) else {
            return Ok(());
        };
        let lanes: Vec<Lane> = wave.iter().map(|&i| self.lanes[i]).collect();
        let mut seeds: Vec<u32> = lanes.iter().map(|l| l.seed).collect();
        seeds.dedup();
        let (train, test) = (self.data.train.len() as u32, self.data.test.len() as u32);
        let streams = seeds
            .iter()
            .map(|&seed| Stream::new(&self.config, seed, train, test).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        let mut starts: Vec<LaneState<f32>> = Vec::new();
        for (i, lane) in lanes.iter().enumerate() {
            let mut state = match starts.last() {
                Some(last) if lanes[i - 1].seed == lane.seed => last.clone(),
                _ => initial(&self.model, &self.config, lane.seed),
            };
            if lane.condition == Condition::Frozen {
                let meta = Lane {
                    condition: Condition::Meta,
                    ..*lane
                };
                let learned = self.lanes.iter().position(|l| *l == meta);
                if let Some((alpha, beta)) = learned.and_then(|i| self.learned[i].clone()) {
                    (state.alpha, state.beta) = (alpha, beta);
                }
            }
            starts.push(state);
        }
        let wave = Wave {
            config: self.config.clone(),
            model: self.model.clone(),
            data: self.data.clone(),
            streams,
            lanes,
            starts,
        };
        let mut engine = Engine::new(&self.device, wave)?;
        engine.begin_evaluation();
        self.engine = Some(engine);
        Ok(())
    }

    /// What runs.
    pub fn run_info(&self) -> RunInfo {
        let names = |m: usize| self.model.matrices[m].name.clone();
        RunInfo {
            config: (*self.config).clone(),
            layers: self.model.layers.iter().map(|l| l.name.clone()).collect(),
            matrices: (0..self.model.matrices.len()).map(names).collect(),
            layer_matrix: self.model.layers.iter().map(|l| l.matrix as u32).collect(),
            heads: self.model.heads.iter().map(|h| h.name.to_owned()).collect(),
            chance: self
                .model
                .heads
                .iter()
                .map(|h| 1.0 / h.classes as f64)
                .collect(),
            lanes: self.lanes.clone(),
            steps: self.config.steps(),
            angles: self.angles.clone(),
        }
    }

    /// The lanes, in the order of [`Note`]'s indices.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// Whether all lanes are through.
    pub fn is_done(&self) -> bool {
        self.engine.is_none()
    }

    /// Whether the next thing to do is to learn rather than to measure.
    pub fn is_training(&self) -> bool {
        matches!(self.next, Next::Step(_))
    }

    /// Seconds spent so far in training and evaluation.
    pub fn seconds(&self) -> (f64, f64) {
        (self.training.as_secs_f64(), self.evaluation.as_secs_f64())
    }

    /// How far the run is.
    pub fn progress(&self) -> Progress {
        let steps = self.config.steps();
        let total = steps * self.lanes.len() as u32;
        let step = match self.next {
            Next::Step(step) => step,
            _ => self.learned_tasks * self.config.steps_per_task(),
        };
        let speed = (self.trained_lane_steps > 0)
            .then(|| f64::from(self.trained_lane_steps) / self.training.as_secs_f64().max(1e-9));
        let pieces = self.engine.as_ref().map_or(1, Engine::evaluation_pieces);
        let evaluations = 1
            + (1..=self.config.tasks)
                .filter(|&t| self.is_evaluated(t))
                .count();
        let all_pieces = evaluations as u32 * self.config.tasks * pieces * self.waves.len() as u32;
        let each = self.evaluation.as_secs_f64() / f64::from(self.evaluated_pieces.max(1));
        let measuring = each * f64::from(all_pieces.saturating_sub(self.evaluated_pieces));
        let seconds_left = speed.map(|speed| {
            f64::from(total.saturating_sub(self.trained_lane_steps)) / speed + measuring
        });
        Progress {
            lane_steps: self.trained_lane_steps,
            lane_steps_total: total,
            step,
            steps,
            task: (step / self.config.steps_per_task()).min(self.config.tasks - 1),
            wave: self.wave as u32,
            waves: self.waves.len() as u32,
            lane_steps_per_second: speed,
            seconds_left,
        }
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
        let Some(mut engine) = self.engine.take() else {
            return Ok(vec![Note::Done]);
        };
        let outcome = self.work(&mut engine, one_step).await;
        self.engine = Some(engine);
        let mut notes = outcome?;
        let finished =
            notes.last() == Some(&Note::TaskEnd) && self.learned_tasks == self.config.tasks;
        if finished {
            self.wave += 1;
            self.begin_wave()?;
            if self.is_done() {
                notes.push(Note::Done);
            }
        }
        Ok(notes)
    }

    async fn work(&mut self, engine: &mut Engine, one_step: bool) -> Result<Vec<Note>, RunError> {
        let start = Instant::now();
        let per_task = self.config.steps_per_task();
        match self.next {
            Next::Evaluate { task, piece } => {
                let (mut task, mut piece) = (task, piece);
                loop {
                    engine.evaluate(task, piece).await?;
                    self.evaluated_pieces += 1;
                    piece += 1;
                    if piece == engine.evaluation_pieces() {
                        (task, piece) = (task + 1, 0);
                    }
                    if task == self.config.tasks || start.elapsed().as_secs_f64() > SLICE {
                        break;
                    }
                }
                self.next = if task == self.config.tasks {
                    Next::Record
                } else {
                    Next::Evaluate { task, piece }
                };
                self.evaluation += start.elapsed();
                Ok(Vec::new())
            }
            Next::Record => {
                let notes = self.record(engine).await?;
                self.next = Next::Step(self.learned_tasks * per_task);
                Ok(notes)
            }
            Next::Step(step) => {
                let task = step / per_task;
                if step % per_task == 0 {
                    engine.begin_task(task);
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
                self.step_seconds =
                    Some(self.step_seconds.map_or(each, |was| 0.7 * was + 0.3 * each));
                let lanes = self.waves[self.wave].len() as u32;
                self.trained_lane_steps += (to - step) * lanes;
                if to < end {
                    self.next = Next::Step(to);
                    return Ok(Vec::new());
                }
                self.learned_tasks = task + 1;
                if self.is_evaluated(self.learned_tasks) {
                    engine.begin_evaluation();
                    self.next = Next::Evaluate { task: 0, piece: 0 };
                    Ok(Vec::new())
                } else {
                    let notes = self.record(engine).await?;
                    self.next = Next::Step(to);
                    Ok(notes)
                }
            }
        }
    }

    /// Records every lane of the wave.
    async fn record(&mut self, engine: &Engine) -> Result<Vec<Note>, RunError> {
        let evaluated = self.learned_tasks == 0 || self.is_evaluated(self.learned_tasks);
        let readings = engine.read().await?;
        let counts = if evaluated {
            Some(engine.counts().await?)
        } else {
            None
        };
        let mut notes = Vec::new();
        for (i, reading) in readings.iter().enumerate() {
            let lane = self.waves[self.wave][i];
            if self.results[lane].lost_at_step.is_some() {
                continue;
            }
            if let Some(step) = reading.lost {
                self.results[lane].lost_at_step = Some(step);
                notes.push(Note::Lost { lane, step });
                continue;
            }
            let widen = |v: &[f32]| v.iter().map(|&x| f64::from(x)).collect();
            let steps = f64::from(self.config.steps_per_task());
            let record = TaskRecord {
                tasks_learned: self.learned_tasks,
                alpha: widen(&reading.alpha),
                beta: widen(&reading.beta),
                meta_loss: (self.learned_tasks > 0).then(|| f64::from(reading.loss_sum) / steps),
                evaluation: counts.as_ref().map(|c| self.evaluation_of(&c[i])),
            };
            if self.learned_tasks == self.config.tasks {
                self.learned[lane] = Some((reading.alpha.clone(), reading.beta.clone()));
            }
            self.results[lane].records.push(record.clone());
            notes.push(Note::Measured { lane, record });
        }
        notes.push(Note::TaskEnd);
        Ok(notes)
    }

    /// Turns counts into shares.
    fn evaluation_of(&self, counts: &[Counts]) -> Evaluation {
        let images = f64::from(self.config.evaluation_images);
        let tasks = counts.len() as f64;
        let lesions = self.model.lesions();
        let accuracy = (0..self.model.heads.len())
            .flat_map(|head| {
                lesions
                    .iter()
                    .enumerate()
                    .map(move |(l, &lesion)| (head, l, lesion))
            })
            .map(|(head, l, lesion)| {
                let by_task: Vec<f64> = counts
                    .iter()
                    .map(|c| f64::from(c.correct[head * lesions.len() + l]) / images)
                    .collect();
                Accuracy {
                    head: head as u32,
                    lesion,
                    mean: by_task.iter().sum::<f64>() / tasks,
                    by_task,
                }
            })
            .collect();
        let active_by_task: Vec<Vec<f64>> = self
            .model
            .layers
            .iter()
            .enumerate()
            .map(|(l, layer)| {
                let each = images * layer.units as f64;
                counts
                    .iter()
                    .map(|c| f64::from(c.active[l]) / each)
                    .collect()
            })
            .collect();
        let active: Vec<f64> = active_by_task
            .iter()
            .map(|a| a.iter().sum::<f64>() / tasks)
            .collect();
        let units: usize = self.model.layers.iter().map(|l| l.units).sum();
        let weighted: f64 = active
            .iter()
            .zip(&self.model.layers)
            .map(|(a, l)| a * l.units as f64)
            .sum();
        Evaluation {
            accuracy,
            active,
            active_by_task,
            active_pooled: weighted / units as f64,
        }
    }

    /// Means over seeds of what was measured so far.
    pub fn summary(&self) -> Summary {
        let lanes = self.results.iter().map(|r| (r.lane, r.records.as_slice()));
        Summary::of(&self.config.conditions, lanes)
    }

    /// Everything measured so far.
    pub fn results(&self) -> Results {
        let run = self.run_info();
        let (training_seconds, evaluation_seconds) = self.seconds();
        Results {
            schema: SCHEMA,
            code_version: env!("CARGO_PKG_VERSION").to_owned(),
            config: run.config,
            data: self.data.info.clone(),
            engine: self.info.clone(),
            layers: run.layers,
            matrices: run.matrices,
            heads: run.heads,
            lanes: self.results.clone(),
            training_seconds,
            evaluation_seconds,
        }
    }

    /// Which images accuracy is measured on, and whether lesions are.
    pub fn measures(&self) -> (EvaluateOn, &'static [Lesion]) {
        (self.config.evaluate_on, self.model.lesions())
    }
}

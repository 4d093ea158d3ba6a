//! Going on after a fault: after a device was lost on another, after it ran out of memory with fewer lanes
//! side by side. From the last task end, with the same numbers; on another engine with its own, which the
//! results say.

use std::sync::Arc;

use super::{Driver, Kept, Next, RunError};
use crate::config::Config;
use crate::data::Dataset;
use crate::engine::info::{EngineChoice, EngineInfo, EngineKind};
use crate::engine::spread::Finder;
use crate::engine::{self, Capacity, EngineError, Hints, Notice, OpenError, Opened};
use crate::gpu::GpuError;
use crate::results::record::TaskRecord;

/// How often a lost device is asked for again: a browser may need some time for it.
const REOPENINGS: u32 = 5;

/// What a run goes on with after a fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Rewound {
    /// What failed: the device, its memory, or a lane worker.
    pub why: RunError,
    /// What it goes on with.
    pub now: Now,
    /// The step from which the wave in progress goes on.
    pub step: u32,
}

/// What a run goes on with.
#[derive(Clone, Debug, PartialEq)]
pub enum Now {
    /// The same engine, opened again.
    Same(EngineInfo),
    /// Another engine: its numbers are rounded otherwise.
    Other(EngineInfo),
    /// The same device with waves of at most so many lanes.
    Lanes(usize),
    /// The same engine on so many workers; 0 where it is where the driver is.
    Workers(u32),
}

/// The CPU engine, on workers where these are found.
async fn cores(workers: Option<Finder>) -> Result<Opened, OpenError> {
    let hints = Hints {
        workers,
        ..Hints::default()
    };
    engine::open(EngineChoice::Cpu, &hints, async |_| {}).await
}

impl Driver {
    /// Plans a run on an engine that was opened by choice. Where not even one lane fits the GPU and that was
    /// not asked for by name, the CPU is opened instead; why is said then.
    ///
    /// # Errors
    /// If the data set is too small, or the network does not fit and the GPU was asked for by name.
    pub async fn begin(
        config: Config,
        data: Arc<Dataset>,
        opened: Opened,
        choice: EngineChoice,
    ) -> Result<(Self, Option<Notice>), RunError> {
        let Opened {
            device,
            info,
            mut notice,
            workers,
        } = opened;
        let planned = Self::new(config.clone(), data.clone(), device, info);
        let mut driver = match planned {
            Err(RunError::Engine(EngineError::Gpu(e @ GpuError::TooLarge { .. })))
                if choice == EngineChoice::Auto =>
            {
                let cpu = cores(workers.clone()).await?;
                notice = Some(Notice::NoGpu(e.into()));
                Self::new(config, data, cpu.device, cpu.info)?
            }
            planned => planned?,
        };
        driver.finder = workers;
        Ok((driver.chosen(choice), notice))
    }

    /// Goes on with an engine after one failed: from the last task end, or from the beginning of the wave
    /// where lanes' values were too large to keep.
    ///
    /// # Errors
    /// If not even one lane fits the device.
    pub fn resume(&mut self, device: engine::Device, info: EngineInfo) -> Result<(), RunError> {
        let other_kind = self.info.kind != info.kind;
        self.rewind();
        (self.device, self.info) = (device, info);
        self.capacity = self.capacity_of_device()?;
        if matches!(self.next, Next::Size { .. }) {
            self.next = Next::Size { seeds: 1 };
            self.waves = self.waves_of(self.capacity);
            return Ok(());
        }
        self.cut_waves(self.capacity);
        if other_kind {
            self.deal_again();
        }
        self.begin_wave();
        self.count_done();
        Ok(())
    }

    /// Goes on on the lane workers that are left after one was lost, with the same numbers.
    ///
    /// # Errors
    /// None that the run did not have at its beginning: the same network, on the same kind of device.
    pub fn go_on_with(
        &mut self,
        workers: Option<engine::LaneWorkers>,
        lost: RunError,
    ) -> Result<Rewound, RunError> {
        let device = workers.map_or(engine::Device::Cpu, engine::Device::Spread);
        let now = Now::Workers(device.workers());
        self.resume(device, self.info.clone())?;
        Ok(self.rewound(lost, now))
    }

    /// Takes back what the wave in progress measured since what is kept of it.
    fn rewind(&mut self) {
        self.engine = None;
        let tasks = self.kept.as_ref().map(|c| c.tasks_learned);
        let from = tasks.unwrap_or(0) * self.run.config.steps_per_task();
        for lane in self.waves.get(self.wave).cloned().unwrap_or_default() {
            let kept = |r: &TaskRecord| tasks.is_some_and(|t| r.tasks_learned <= t);
            // What diverges comes to it again.
            let frozen = self.frozen_from(lane);
            let results = &mut self.results[lane];
            results.records.retain(kept);
            if results.diverged_at_step.is_some_and(|step| step >= from) {
                results.diverged_at_step = None;
                if let Some(frozen) = frozen {
                    self.results[frozen].diverged_at_step = None;
                }
            }
        }
    }

    /// Cuts the wave in progress and those after it into such for which there is room. What is kept of one
    /// goes with its lanes.
    pub(super) fn cut_waves(&mut self, capacity: Capacity) {
        let later = self.waves.split_off(self.wave.min(self.waves.len()));
        if let (Some(kept), Some(first)) = (self.kept.take(), later.first().and_then(|w| w.first()))
        {
            self.set_aside.insert(*first, kept);
        }
        for wave in later {
            let kept = wave.first().and_then(|lane| self.set_aside.remove(lane));
            let (tasks, mut states) = match kept {
                Some(kept) => (Some(kept.tasks_learned), kept.states.into_iter()),
                None => (None, Vec::new().into_iter()),
            };
            // Pieces have the wave's lanes in its order.
            for piece in self.cut(&wave, capacity) {
                if let (Some(tasks_learned), Some(&first)) = (tasks, piece.first()) {
                    let states = states.by_ref().take(piece.len()).collect();
                    let kept = Kept {
                        tasks_learned,
                        states,
                    };
                    self.set_aside.insert(first, kept);
                }
                self.waves.push(piece);
            }
        }
    }

    /// Deals the lanes of waves that were not begun into waves anew, as the device at hand has them.
    fn deal_again(&mut self) {
        let later = self.waves.split_off(self.wave.min(self.waves.len()));
        let (begun, rest): (Vec<_>, Vec<_>) = later.into_iter().partition(|wave| {
            let first = wave.first();
            first.is_some_and(|lane| self.set_aside.contains_key(lane))
        });
        self.rest.fill(false);
        rest.iter()
            .flatten()
            .for_each(|&lane| self.rest[lane] = true);
        self.waves.extend(begun);
        let rest = self.waves_of(self.capacity);
        self.waves.extend(rest);
    }

    /// Sets what need not be done again: the lanes that ended, and those in progress up to what is kept.
    pub(super) fn count_done(&mut self) {
        let in_waves: usize = self.waves[..self.wave].iter().map(Vec::len).sum();
        let before = self.ended_before + in_waves;
        let per_task = self.run.config.steps_per_task();
        let mut steps = before as u64 * u64::from(self.run.config.steps());
        let whole = self.run.evaluations_to(self.run.config.tasks);
        let mut images = self.run.lane_images(before, whole);
        for kept in self.kept.iter().chain(self.set_aside.values()) {
            let lanes = kept.states.len();
            steps += lanes as u64 * u64::from(kept.tasks_learned * per_task);
            let done = self.run.evaluations_to(kept.tasks_learned);
            images += self.run.lane_images(lanes, done);
        }
        self.clock.done_lane_steps = steps;
        self.clock.done_lane_images = images;
    }

    /// Half of what is side by side: half the seeds, or of one seed half the conditions; none of one lane.
    fn half(&self) -> Option<Capacity> {
        let (seeds, lanes) = match self.next {
            Next::Size { seeds } => (seeds, self.capacity.lanes),
            _ => {
                let wave = self.waves.get(self.wave).map_or(&[][..], Vec::as_slice);
                let mut seeds: Vec<u32> = wave.iter().map(|&l| self.run.lanes[l].seed).collect();
                seeds.dedup();
                (seeds.len(), wave.len() / seeds.len().max(1))
            }
        };
        match (seeds, lanes) {
            (0 | 1, 0 | 1) => None,
            (0 | 1, lanes) => Some(Capacity {
                seeds: 1,
                lanes: lanes.div_ceil(2),
            }),
            (seeds, lanes) => Some(Capacity {
                seeds: seeds.div_ceil(2),
                lanes,
            }),
        }
    }

    /// Goes on with waves for which there is room: those of before are cut.
    fn shrink(&mut self, capacity: Capacity) {
        self.rewind();
        self.capacity = capacity;
        if matches!(self.next, Next::Size { .. }) {
            // Half of what did not fit is tried.
            self.next = Next::Size {
                seeds: capacity.seeds,
            };
            self.waves = self.waves_of(capacity);
            return;
        }
        self.cut_waves(capacity);
        self.begin_wave();
        self.count_done();
    }

    /// Goes on where there was too little memory: with half as many lanes side by side, and where that was
    /// one, on the CPU, unless the GPU was asked for by name.
    ///
    /// # Errors
    /// If there is nothing to go on with.
    pub(super) async fn relieve(&mut self, why: RunError) -> Result<Rewound, RunError> {
        let Some(capacity) = self.half() else {
            return self.fall_back(why).await;
        };
        self.shrink(capacity);
        let now = Now::Lanes(capacity.seeds * capacity.lanes);
        Ok(self.rewound(why, now))
    }

    fn rewound(&self, why: RunError, now: Now) -> Rewound {
        let step = self.learned_tasks * self.run.config.steps_per_task();
        Rewound { why, now, step }
    }

    /// Goes on on the CPU after a fault of the GPU, unless that was asked for by name.
    ///
    /// # Errors
    /// The fault itself, if it was; if the CPU engine fails its self-test.
    pub async fn fall_back(&mut self, why: RunError) -> Result<Rewound, RunError> {
        if self.choice != EngineChoice::Auto || self.info.kind != EngineKind::Gpu {
            self.engine = None;
            return Err(why);
        }
        let opened = cores(self.finder.clone()).await?;
        self.resume(opened.device, opened.info)?;
        let now = Now::Other(self.info.clone());
        Ok(self.rewound(why, now))
    }

    /// Opens the engine that was asked for anew after it was lost, tests it, and goes on with it. `ready`
    /// waits a moment before each try (counted from 0) and says what is then known of the adapter; none to
    /// give up, which gives none.
    ///
    /// A device that is lost twice before the next task end may have had too much to do: the second time the
    /// wave is halved too.
    ///
    /// # Errors
    /// If no engine can be had, or not even one lane fits it.
    pub async fn recover(
        &mut self,
        lost: RunError,
        ready: impl AsyncFn(u32) -> Option<Hints>,
    ) -> Result<Option<Rewound>, RunError> {
        let half = self.half();
        let again = std::mem::replace(&mut self.recovered, true);
        if again && half.is_none() {
            return self.fall_back(lost).await.map(Some);
        }
        let mut opened = Err(lost.clone());
        for attempt in 0..REOPENINGS {
            let Some(hints) = ready(attempt).await else {
                return Ok(None);
            };
            let outcome = engine::open(self.choice, &hints, async |_| {}).await;
            // The CPU only where the GPU does not come back.
            let is_back = match &outcome {
                Ok(opened) => !matches!(opened.notice, Some(Notice::NoGpu(_))),
                Err(_) => false,
            };
            opened = outcome.map_err(RunError::from);
            if is_back {
                break;
            }
        }
        let Opened { device, info, .. } = opened?;
        let is_same = info.is_same(&self.info);
        self.resume(device, info.clone())?;
        if let (true, Some(half)) = (again && is_same, half) {
            self.shrink(half);
        }
        let now = match is_same {
            true => Now::Same(info),
            false => Now::Other(info),
        };
        Ok(Some(self.rewound(lost, now)))
    }
}

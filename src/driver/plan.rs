//! Which lanes train side by side: as many seeds as fit the device's memory, and a step of which fits a
//! slice.

use std::sync::Arc;

use web_time::Instant;

use super::{Driver, Next, RunError, SLICE};
use crate::config::{Condition, Lane};
use crate::engine::{Capacity, Engine, Wave};
use crate::model::{LaneState, Model, initial};

/// The most bytes of lanes' values that are kept at task ends. Beyond it a wave that was stopped, or whose
/// device was lost, begins again from its first step.
pub(super) const KEPT_BYTES: usize = if cfg!(target_arch = "wasm32") {
    256 << 20
} else {
    1 << 30
};
/// The most bytes of a wave's schedules, one for each seed.
const SCHEDULE_BYTES: u64 = 1 << 30;
/// Lanes for each core: enough that all cores end at nearly the same time, few enough that the lanes in
/// progress are a small part of a long run.
const LANES_A_CORE: u32 = 8;
/// By how much more seeds are tried next while a step of those tried fits a slice.
const GROWTH: usize = 4;

/// The most seeds side by side on this computer's cores: some lanes for each core, but no more than are kept
/// at task ends, unless cores would idle.
fn seeds_on_cores(model: &Model, per_seed: u32, cores: u32) -> u32 {
    let seed_bytes = model.parameters() * size_of::<f32>() * per_seed as usize;
    let kept = (KEPT_BYTES / seed_bytes.max(1)) as u32;
    let busy = (cores * LANES_A_CORE).div_ceil(per_seed);
    busy.min(kept).max(cores.div_ceil(per_seed)).max(1)
}

impl Driver {
    /// What the device holds of this run.
    pub(super) fn capacity_of_device(&self) -> Result<Capacity, RunError> {
        let conditions = self.run.config.conditions.iter();
        let per_seed = conditions.filter(|c| **c != Condition::Frozen).count();
        let per_seed = per_seed.max(1) as u32;
        let (model, config) = (&self.run.model, &self.run.config);
        let held = self
            .device
            .capacity(model, config, &self.run.data.info, per_seed)?;
        let capacity = held.unwrap_or_else(|| Capacity {
            seeds: seeds_on_cores(model, per_seed, self.device.cores()) as usize,
            lanes: per_seed as usize,
        });
        // Each seed's schedule is held beside its lanes.
        let schedules = (SCHEDULE_BYTES / config.schedule_bytes().max(1)) as usize;
        let seeds = capacity
            .seeds
            .min(config.seeds as usize)
            .min(schedules)
            .max(1);
        Ok(Capacity { seeds, ..capacity })
    }

    /// Whether it is still to be tried how many seeds go side by side.
    pub(super) fn sizes(&self) -> bool {
        matches!(self.next, Next::Size { .. }) && self.run.config.seeds > 1 && !self.is_done()
    }

    /// All lanes that have not ended before, in waves for which there is room, as even as can be; lanes that
    /// start from others' final values come last.
    pub(super) fn waves_of(&self, capacity: Capacity) -> Vec<Vec<usize>> {
        let waves = |frozen: bool| {
            let is_left = |&i: &usize| {
                self.rest[i] && (self.run.lanes[i].condition == Condition::Frozen) == frozen
            };
            let left: Vec<usize> = (0..self.run.lanes.len()).filter(is_left).collect();
            self.cut(&left, capacity)
        };
        [waves(false), waves(true)].concat()
    }

    /// Cuts lanes, in the run's order, into waves for which there is room: each seed of a wave with the same
    /// conditions.
    pub(super) fn cut(&self, lanes: &[usize], capacity: Capacity) -> Vec<Vec<usize>> {
        let lane = |&i: &usize| self.run.lanes[i];
        let seeds: Vec<&[usize]> = lanes
            .chunk_by(|a, b| lane(a).seed == lane(b).seed)
            .collect();
        let conditions =
            |seed: &[usize]| -> Vec<Condition> { seed.iter().map(|i| lane(i).condition).collect() };
        let even = |len: usize, most: usize| len.div_ceil(len.div_ceil(most.max(1)).max(1)).max(1);
        let alike = seeds.chunk_by(|a, b| conditions(a) == conditions(b));
        alike
            .flat_map(|seeds| {
                let of_each = seeds.first().map_or(0, |lanes| lanes.len());
                if of_each > capacity.lanes {
                    let parts = seeds.iter().flat_map(|lanes| {
                        lanes
                            .chunks(even(lanes.len(), capacity.lanes))
                            .map(<[usize]>::to_vec)
                    });
                    return parts.collect::<Vec<_>>();
                }
                let waves = seeds.chunks(even(seeds.len(), capacity.seeds));
                waves.map(|seeds| seeds.concat()).collect()
            })
            .collect()
    }

    /// Takes a few steps of so many seeds, throws them away, and tries more seeds next or settles the waves.
    pub(super) async fn size(&mut self, seeds: usize) -> Result<(), RunError> {
        let (most, lanes) = (self.capacity.seeds, self.capacity.lanes);
        let Some(wave) = self.waves_of(Capacity { seeds, lanes }).into_iter().next() else {
            self.begin_wave();
            return Ok(());
        };
        let mut engine = self.engine_for(&wave, None, 0).await?;
        engine.begin_task(0)?;
        // The first steps also prepare their passes.
        let steps = self.run.config.steps_per_task().min(4);
        let prepared = steps / 2;
        engine.advance(0..prepared).await?;
        let start = Instant::now();
        engine.advance(prepared..steps).await?;
        let each = start.elapsed().as_secs_f64() / f64::from(steps - prepared);
        if each <= SLICE && seeds < most {
            let seeds = (seeds * GROWTH).min(most);
            self.next = Next::Size { seeds };
            return Ok(());
        }
        let fit = if each <= SLICE {
            seeds
        } else {
            // What the first seed costs alone is not known to grow slower than the number of seeds.
            ((seeds as f64 * SLICE / each) as usize).max(1)
        };
        let seeds = fit.min(most);
        self.waves = self.waves_of(Capacity { seeds, lanes });
        self.begin_wave();
        Ok(())
    }

    /// Puts some lanes on the device, at their initial values or at `states`, `first_step` being next.
    pub(super) async fn engine_for(
        &self,
        lanes: &[usize],
        states: Option<&[LaneState<f32>]>,
        first_step: u32,
    ) -> Result<Engine, RunError> {
        let lanes: Vec<Lane> = lanes.iter().map(|&i| self.run.lanes[i]).collect();
        let mut seeds: Vec<u32> = lanes.iter().map(|l| l.seed).collect();
        seeds.dedup();
        let streams = seeds
            .iter()
            .map(|&seed| self.run.stream(seed).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        let starts = match states {
            Some(states) => states.to_vec(),
            None => self.initial_states(&lanes),
        };
        let wave = Wave {
            config: self.run.config_from(first_step),
            model: self.run.model.clone(),
            data: self.run.data.clone(),
            streams,
            lanes,
            starts,
            first_step,
        };
        Ok(Engine::new(&self.device, wave).await?)
    }

    /// Initial values: those of one seed are the same, but frozen lanes take over what meta learned.
    fn initial_states(&self, lanes: &[Lane]) -> Vec<LaneState<f32>> {
        let mut states: Vec<LaneState<f32>> = Vec::new();
        for (i, lane) in lanes.iter().enumerate() {
            let mut state = match states.last() {
                Some(last) if lanes[i - 1].seed == lane.seed => last.clone(),
                _ => initial(&self.run.model, &self.run.config, lane.seed),
            };
            if lane.condition == Condition::Frozen {
                let meta = Lane {
                    condition: Condition::Meta,
                    ..*lane
                };
                let learned = self.run.lanes.iter().position(|l| *l == meta);
                if let Some((alpha, beta)) = learned.and_then(|i| self.learned[i].clone()) {
                    (state.alpha, state.beta) = (alpha, beta);
                }
            }
            states.push(state);
        }
        states
    }
}

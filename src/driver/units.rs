//! What the units of the first seed's lanes do over the whole run, on one image: kept beside the results.

use super::{Driver, RunError};
use crate::engine::Engine;
use crate::inspect::{Learned, Probe, Seen, Snapshot, StepTrace, Watched};
use crate::kept;
use crate::model::{LaneState, initial};

/// Watched units as they are collected.
#[derive(Clone, Debug)]
pub(super) struct Units {
    probe: Probe,
    /// Its pixels, 0 to 1, row by row.
    image: Vec<f32>,
    /// Indices of the lanes.
    lanes: Vec<usize>,
    /// For each of these what was seen so far.
    seen: Vec<Seen>,
}

/// What is seen of a lane at a task's end: its units, the step that comes next, what it has learned.
type Sight = (Snapshot, Option<StepTrace>, Option<Learned>);

impl Units {
    /// The image that they are shown on.
    pub(super) fn probe(&self) -> Probe {
        self.probe
    }

    /// For each watched lane of a wave what was seen up to so many tasks.
    pub(super) fn seen_to(&self, wave: &[usize], tasks_learned: u32) -> Vec<Seen> {
        let pairs = self.lanes.iter().zip(&self.seen);
        let of_wave = pairs.filter(|(lane, _)| wave.contains(lane));
        let mut seen: Vec<Seen> = of_wave.map(|(_, seen)| seen.clone()).collect();
        for lane in &mut seen {
            let kept = tasks_learned as usize + 1;
            if lane.snapshots.len() > kept {
                lane.snapshots.truncate(kept);
                lane.learned = None;
            }
        }
        seen
    }

    /// Takes over what was seen before the run was stopped.
    pub(super) fn restore(&mut self, seen: Vec<Seen>) {
        for held in seen {
            if let Some(lane) = self.seen.iter_mut().find(|s| s.lane == held.lane) {
                *lane = held;
            }
        }
    }
}

impl Driver {
    /// Collects from now on what the pair that the page shows ([`Self::pair`]) does on a probe, for
    /// [`Self::watched_units`].
    pub fn collect_units(&mut self, probe: Probe) {
        let lanes = self.pair();
        let seen = lanes.iter().map(|&lane| Seen {
            lane: self.run.lanes[lane],
            snapshots: Vec::new(),
            trace: None,
            learned: None,
        });
        self.units = Some(Units {
            probe,
            image: probe.image(),
            seen: seen.collect(),
            lanes,
        });
    }

    /// What was collected, as a file; without the lanes that diverged or are not through, and those of a run
    /// too short to walk through the step after a fifth of its tasks. None where nothing is collected.
    pub fn watched_units(&self) -> Option<Watched> {
        let units = self.units.as_ref()?;
        let results = self.results_without_lanes();
        Some(kept::units::watched(
            &results,
            &self.run.views,
            units.probe,
            &units.seen,
        ))
    }

    /// What was seen so far of the watched lanes, by their indices.
    pub fn seen(&self) -> impl Iterator<Item = (usize, &Seen)> {
        let units = self.units.iter();
        units.flat_map(|units| units.lanes.iter().copied().zip(&units.seen))
    }

    /// Of lanes that ended what was seen of their units.
    pub fn seen_of(&self, lanes: &[usize]) -> Vec<Seen> {
        let Some(units) = &self.units else {
            return Vec::new();
        };
        let ended = |seen: &&Seen| lanes.iter().any(|&lane| self.run.lanes[lane] == seen.lane);
        units.seen.iter().filter(ended).cloned().collect()
    }

    /// Collects what the wave's watched lanes do, at a task's end. Lanes that diverged are left out.
    pub(super) async fn collect(&mut self, engine: &Engine) -> Result<(), RunError> {
        let Some(units) = &self.units else {
            return Ok(());
        };
        let wave = self.waves.get(self.wave).map_or(&[][..], Vec::as_slice);
        let mut collected = Vec::new();
        for (i, &lane) in units.lanes.iter().enumerate() {
            let place = wave.iter().position(|&w| w == lane);
            if let Some(place) = place.filter(|_| self.results[lane].diverged_at_step.is_none()) {
                collected.push((i, self.see(units, lane, engine.lane(place).await?)?));
            }
        }
        let tasks_learned = self.learned_tasks as usize;
        for (i, (snapshot, trace, learned)) in collected {
            if let Some(seen) = self.units.as_mut().and_then(|u| u.seen.get_mut(i)) {
                // A run that goes on after a loss comes by a task twice.
                seen.snapshots.truncate(tasks_learned);
                // A lane on its way to divergence is watched no further.
                if seen.snapshots.len() == tasks_learned && snapshot.is_finite() {
                    seen.snapshots.push(snapshot);
                    let finite = trace.filter(StepTrace::is_finite);
                    seen.trace = finite.or(seen.trace.take());
                    seen.learned = learned;
                }
            }
        }
        Ok(())
    }

    /// One lane's units now, the step that comes next where it is to be walked through, and at its end what
    /// it has learned.
    fn see(&self, units: &Units, lane: usize, state: LaneState<f32>) -> Result<Sight, RunError> {
        let (model, config) = (&self.run.model, &self.run.config);
        let which = self.run.lanes[lane];
        let learned = if self.learned_tasks == config.tasks {
            let before = initial(model, config, which.seed);
            Learned::between(self.run.data.info.side, &before, &state)
        } else {
            None
        };
        let step = self.learned_tasks * config.steps_per_task();
        let trained_by = self.run.config_from(step.saturating_sub(1));
        let snapshot = Snapshot::at(model, &trained_by, state.clone(), &units.image).coarse();
        // Where the run forks the step that comes next is of other values.
        let goes_on =
            self.learned_tasks < config.tasks && !self.run.forks_after(self.learned_tasks);
        let walked = self.learned_tasks == config.tasks / 5 && goes_on;
        let trace = if walked {
            let stream = self.run.stream(which.seed)?;
            let config = self.run.config_from(step);
            let what = (&*config, which.condition);
            let data = &self.run.data;
            StepTrace::of(what, model, data, &stream, state, step)
        } else {
            None
        };
        Ok((snapshot, trace, learned))
    }
}

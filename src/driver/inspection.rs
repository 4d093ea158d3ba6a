//! What a run's lanes do within: units on a probe, what they have learned, one step walked through.

use std::sync::Arc;

use super::{Driver, Next, RunError};
use crate::config::{Config, Lane};
use crate::engine::Engine;
use crate::inspect::StepTrace;
use crate::inspect::{self, Learned, Picture, Probe, Snapshot};
use crate::model::{LaneState, initial};
use crate::stream::View;

/// Which lanes are watched, on what, and what became of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Watched {
    /// The image, 0 to 1, row by row.
    image: Vec<f32>,
    /// Indices of the watched lanes among all of the run's.
    lanes: Vec<usize>,
    /// Their values at their end.
    ends: Vec<(usize, LaneState<f32>)>,
}

impl Driver {
    /// What tells the first seed's tasks apart.
    pub fn views(&self) -> &[View] {
        &self.run.views
    }

    /// Takes snapshots of lanes (by index) on a probe from now on, at every task end.
    pub fn watch(&mut self, probe: &Probe, lanes: Vec<usize>) {
        let image = probe.image();
        self.watched.image = image;
        self.watched.lanes = lanes;
    }

    /// Snapshots of the watched lanes: as they are, or as they were at their end.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn snapshots(&self) -> Result<Vec<(usize, Snapshot)>, RunError> {
        let mut snapshots = Vec::new();
        let Watched { image, lanes, .. } = &self.watched;
        for &lane in lanes {
            if let Some(state) = self.lane_state(lane).await? {
                snapshots.push((
                    lane,
                    Snapshot::at(&self.run.model, &self.config_now(), state, image),
                ));
            }
        }
        Ok(snapshots)
    }

    /// Reads one lane's values, in the wave in progress or (of a watched one) at its end; none of others.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn lane_state(&self, lane: usize) -> Result<Option<LaneState<f32>>, RunError> {
        if let Some((_, state)) = self.watched.ends.iter().find(|(l, _)| *l == lane) {
            return Ok(Some(state.clone()));
        }
        let wave = self.waves.get(self.wave).map_or(&[][..], Vec::as_slice);
        match (&self.engine, wave.iter().position(|&l| l == lane)) {
            (Some(engine), Some(i)) => Ok(Some(engine.lane(i).await?)),
            _ => Ok(None),
        }
    }

    /// The settings that the wave's lanes, as they are, were trained by last; at their beginning, by which
    /// they will be.
    fn config_now(&self) -> Arc<Config> {
        let step = match self.next {
            Next::Step(step) => step,
            _ => (self.learned_tasks * self.run.config.steps_per_task()).saturating_sub(1),
        };
        self.run.config_from(step)
    }

    /// The lanes that are shown side by side, at most two: the first seed's, of the conditions that are
    /// compared ([`Config::compared`]).
    pub fn pair(&self) -> Vec<usize> {
        let first = self.run.lanes.first().map(|lane| lane.seed);
        let compared = self.run.config.compared();
        let lanes = self.run.lanes.iter().enumerate();
        lanes
            .filter(|(_, lane)| Some(lane.seed) == first && compared.contains(&lane.condition))
            .map(|(i, _)| i)
            .collect()
    }

    /// A lane's values before training and now; none of a lane that is not at hand.
    async fn before_and_now(&self, lane: usize) -> Result<Option<[LaneState<f32>; 2]>, RunError> {
        let (Some(now), Some(which)) = (self.lane_state(lane).await?, self.run.lanes.get(lane))
        else {
            return Ok(None);
        };
        Ok(Some([
            initial(&self.run.model, &self.run.config, which.seed),
            now,
        ]))
    }

    /// A unit of h1 of a lane that is at hand: its weights, and what they have learned.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn receptive(
        &self,
        lane: usize,
        unit: usize,
    ) -> Result<Option<[Picture; 2]>, RunError> {
        let states = self.before_and_now(lane).await?;
        Ok(states.and_then(|[before, now]| {
            inspect::receptive(self.run.model.inputs, &before, &now, unit)
        }))
    }

    /// What all units of h1 of a lane that is at hand have learned.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn learned(&self, lane: usize) -> Result<Option<Learned>, RunError> {
        let states = self.before_and_now(lane).await?;
        Ok(states
            .and_then(|[before, now]| Learned::between(self.run.data.info.side, &before, &now)))
    }

    /// Walks through a lane's next step, or through its last one where it is through; none of a lane that is
    /// not at hand.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn trace(&self, lane: usize) -> Result<Option<StepTrace>, RunError> {
        let Some(state) = self.lane_state(lane).await? else {
            return Ok(None);
        };
        let Some(&Lane { seed, condition }) = self.run.lanes.get(lane) else {
            return Ok(None);
        };
        let stream = self.run.stream(seed)?;
        let is_through = self.watched.ends.iter().any(|(l, _)| *l == lane);
        let next = match self.next {
            Next::Step(step) => step,
            _ => self.learned_tasks * self.run.config.steps_per_task(),
        };
        let last = self.run.config.steps() - 1;
        let step = if is_through { last } else { next.min(last) };
        let config = self.run.config_from(step);
        let what = (&*config, condition);
        Ok(StepTrace::of(
            what,
            &self.run.model,
            &self.run.data,
            &stream,
            state,
            step,
        ))
    }

    /// Takes snapshots of the watched lanes of the wave in progress, and at the end keeps their values.
    pub(super) async fn take_snapshots(
        &mut self,
        engine: &Engine,
        last: bool,
    ) -> Result<Vec<(usize, Snapshot)>, RunError> {
        let mut snapshots = Vec::new();
        let config = self.config_now();
        let Watched { image, lanes, ends } = &mut self.watched;
        let wave = self.waves.get(self.wave).map_or(&[][..], Vec::as_slice);
        for (i, &lane) in wave.iter().enumerate() {
            if lanes.contains(&lane) && self.results[lane].diverged_at_step.is_none() {
                let state = engine.lane(i).await?;
                if last {
                    ends.push((lane, state.clone()));
                }
                snapshots.push((lane, Snapshot::at(&self.run.model, &config, state, image)));
            }
        }
        Ok(snapshots)
    }
}

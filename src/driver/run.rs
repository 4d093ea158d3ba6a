//! What a run is, whatever becomes of it: settings, images, network, lanes, and what its first seed draws.

use std::sync::Arc;

use super::RunError;
use crate::config::fork::Change;
use crate::config::{Config, Lane};
use crate::data::Dataset;
use crate::model::{LaneState, Model, initial, initial_weights};
use crate::results::description::RunDescription;
use crate::stream::{Stream, StreamError};

/// A run's fixed facts.
#[derive(Debug)]
pub(super) struct Run {
    /// The experiment that it belongs to, by its id.
    pub(super) experiment: Option<String>,
    pub(super) config: Arc<Config>,
    /// The same as training has it after the fork.
    forked: Arc<Config>,
    pub(super) model: Arc<Model>,
    pub(super) data: Arc<Dataset>,
    pub(super) lanes: Vec<Lane>,
    /// The first seed's angle of each task, in degrees.
    angles: Vec<f64>,
    /// See [`crate::results::Results::draws`].
    pub(super) draws: String,
}

/// Whether a data set is large enough for an experiment.
///
/// # Errors
/// If it is too small.
pub fn draws(config: &Config, data: &Dataset) -> Result<(), RunError> {
    Ok(stream(config, data, config.first_seed).map(|_| ())?)
}

fn stream(config: &Config, data: &Dataset, seed: u32) -> Result<Stream, StreamError> {
    let (train, test) = (data.train.len() as u32, data.test.len() as u32);
    Stream::new(config, seed, train, test)
}

impl Run {
    /// # Errors
    /// If the data set is too small: found before anything is trained.
    pub(super) fn new(config: Config, data: Arc<Dataset>) -> Result<Self, StreamError> {
        let model = Model::new(&config, &data.info);
        let first = stream(&config, &data, config.first_seed)?;
        Ok(Self {
            experiment: None,
            lanes: config.lanes(),
            angles: first.tasks.iter().map(|t| t.angle).collect(),
            draws: first.draws(&initial(&model, &config, config.first_seed).weights),
            forked: Arc::new(config.after_fork()),
            config: Arc::new(config),
            model: Arc::new(model),
            data,
        })
    }

    pub(super) fn description(&self) -> RunDescription {
        RunDescription::new(
            self.experiment.clone(),
            &self.config,
            &self.model,
            &self.data.info,
            self.angles.clone(),
        )
    }

    /// A seed's schedule.
    ///
    /// # Errors
    /// If the data set is too small.
    pub(super) fn stream(&self, seed: u32) -> Result<Stream, StreamError> {
        stream(&self.config, &self.data, seed)
    }

    /// The settings of what is trained from a step on.
    pub(super) fn config_from(&self, step: u32) -> Arc<Config> {
        let tasks_learned = step / self.config.steps_per_task().max(1);
        match self.config.is_forked(tasks_learned) {
            true => self.forked.clone(),
            false => self.config.clone(),
        }
    }

    /// Whether the run goes on otherwise once so many tasks are learned.
    pub(super) fn forks_after(&self, tasks_learned: u32) -> bool {
        tasks_learned == self.config.fork_at && self.config.is_forked(tasks_learned)
    }

    /// Changes a lane's values as the fork has it.
    pub(super) fn intervene(&self, lane: Lane, state: &mut LaneState<f32>) {
        let place = |name: &str| self.model.layers.iter().position(|l| l.name == name);
        let matrix = |layer: Option<usize>| {
            layer
                .and_then(|l| self.model.layers.get(l))
                .map(|l| l.matrix)
        };
        for change in self.config.changes() {
            match change {
                Change::Knob { .. } => {}
                Change::Reset(layer) => {
                    let mut drawn = initial_weights(&self.model, lane.seed);
                    let matrix = matrix(place(&layer));
                    let pair =
                        matrix.and_then(|m| Some((state.weights.get_mut(m)?, drawn.get_mut(m)?)));
                    if let Some((weights, drawn)) = pair {
                        std::mem::swap(weights, drawn);
                    }
                }
                Change::Silence(layer) => {
                    let weights = matrix(place(&layer)).and_then(|m| state.weights.get_mut(m));
                    if let Some(weights) = weights {
                        weights.fill(0.0);
                    }
                }
                Change::Swap(one, other) => {
                    if let (Some(one), Some(other)) = (place(&one), place(&other)) {
                        state.beta.swap(one, other);
                        if let (Some(one), Some(other)) = (matrix(Some(one)), matrix(Some(other))) {
                            state.alpha.swap(one, other);
                        }
                    }
                }
            }
        }
    }

    /// Whether all tasks are evaluated after so many.
    pub(super) fn is_evaluated(&self, tasks_learned: u32) -> bool {
        tasks_learned == self.config.tasks
            || tasks_learned.is_multiple_of(self.config.evaluate_every)
    }

    /// Evaluations of a lane from before its training up to so many tasks learned.
    pub(super) fn evaluations_to(&self, tasks_learned: u32) -> usize {
        let all = (0..=tasks_learned).filter(|&t| self.is_evaluated(t));
        all.count()
    }

    /// Lane-images of so many evaluations of so many lanes.
    pub(super) fn lane_images(&self, lanes: usize, evaluations: usize) -> f64 {
        let images = self.config.tasks * self.config.evaluation_images;
        lanes as f64 * evaluations as f64 * f64::from(images)
    }
}

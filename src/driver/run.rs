//! What a run is, whatever becomes of it: settings, images, network, lanes, and what its first seed draws.

use std::sync::Arc;

use super::RunError;
use crate::config::fork::Change;
use crate::config::{Config, Lane};
use crate::data::Dataset;
use crate::model::{LaneState, Model, initial, initial_weights};
use crate::results::description::RunDescription;
use crate::stream::{Stream, StreamError, View};

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
    /// What tells the first seed's tasks apart.
    pub(super) views: Vec<View>,
    /// See [`crate::results::Results::draws`].
    pub(super) draws: String,
}

/// Whether a data set has images enough, and classes, for an experiment.
///
/// # Errors
/// If it has too few.
pub fn draws(config: &Config, data: &Dataset) -> Result<(), RunError> {
    Ok(Stream::new(config, config.first_seed, &data.pool()).map(|_| ())?)
}

impl Run {
    /// # Errors
    /// If the data set is too small: found before anything is trained.
    pub(super) fn new(config: Config, data: Arc<Dataset>) -> Result<Self, StreamError> {
        let model = Model::new(&config, &data.info);
        let first = Stream::new(&config, config.first_seed, &data.pool())?;
        Ok(Self {
            experiment: None,
            lanes: config.lanes(),
            views: first.tasks.iter().map(|t| t.view.clone()).collect(),
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
            &self.views,
        )
    }

    /// A seed's schedule.
    ///
    /// # Errors
    /// If the data set is too small.
    pub(super) fn stream(&self, seed: u32) -> Result<Stream, StreamError> {
        Stream::new(&self.config, seed, &self.data.pool())
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

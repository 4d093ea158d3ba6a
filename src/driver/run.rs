//! What a run is, whatever becomes of it: settings, images, network, lanes, and what its first seed draws.

use std::sync::Arc;

use super::RunError;
use crate::config::{Config, Lane};
use crate::data::Dataset;
use crate::model::{Model, initial};
use crate::results::description::RunDescription;
use crate::stream::{Stream, StreamError};

/// A run's fixed facts.
#[derive(Debug)]
pub(super) struct Run {
    /// The experiment that it belongs to, by its id.
    pub(super) experiment: Option<String>,
    pub(super) config: Arc<Config>,
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

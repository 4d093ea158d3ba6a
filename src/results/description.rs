//! What a run is: the facts that label everything measured in it.

use serde::Serialize;

use crate::config::{Config, Lane};
use crate::model::Model;

/// A run's fixed facts: what charts need to label what follows.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunInfo {
    /// The configuration.
    pub config: Config,
    /// Hidden layers' names in beta's order (h1, h2, ..., or h4_L, h4_R).
    pub layers: Vec<String>,
    /// Their units.
    pub units: Vec<u32>,
    /// Weight matrices' names in alpha's order.
    pub matrices: Vec<String>,
    /// For each hidden layer, the index of its weight matrix in alpha's order.
    pub layer_matrix: Vec<u32>,
    /// Heads' names: category, and item where there is one.
    pub heads: Vec<String>,
    /// Chance level of each head.
    pub chance: Vec<f64>,
    /// The lanes.
    pub lanes: Vec<Lane>,
    /// Observe steps of each lane.
    pub steps: u32,
    /// The first seed's angle of each task, in degrees.
    pub angles: Vec<f64>,
}

impl RunInfo {
    /// Of a configuration whose first seed's tasks have these angles.
    pub fn new(config: &Config, model: &Model, angles: Vec<f64>) -> Self {
        let heads = model.heads.iter();
        Self {
            layers: model.layers.iter().map(|l| l.name.clone()).collect(),
            units: model.layers.iter().map(|l| l.units as u32).collect(),
            matrices: model.matrices.iter().map(|m| m.name.clone()).collect(),
            layer_matrix: model.layers.iter().map(|l| l.matrix as u32).collect(),
            heads: heads.clone().map(|h| h.name.to_owned()).collect(),
            chance: heads.map(|h| 1.0 / h.classes as f64).collect(),
            lanes: config.lanes(),
            steps: config.steps(),
            config: config.clone(),
            angles,
        }
    }
}

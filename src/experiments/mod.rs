//! The experiments: one file for each figure, and this registry of them.

pub mod knobs;
pub mod link;

mod figure1;
mod figure2;
mod figure3;
mod quick;

use serde::Serialize;

use crate::analysis::claims::Claim;
use crate::config::Config;

/// A named configuration with its story.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Experiment {
    /// The name used on the command line and in links.
    pub id: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// What it shows, in a sentence or two.
    pub summary: &'static str,
    /// Its settings.
    pub config: Config,
}

/// All experiments, in the order in which they are offered.
pub fn all() -> Vec<Experiment> {
    vec![
        figure1::experiment(),
        figure2::experiment(),
        figure3::experiment(),
        quick::experiment(),
    ]
}

/// The experiment of that name, if there is one.
pub fn find(id: &str) -> Option<Experiment> {
    all().into_iter().find(|e| e.id == id)
}

/// The figure that a configuration has the shape of: whose claims can be asked of it.
pub fn of_shape(config: &Config) -> Option<Experiment> {
    let shape = |c: &Config| (c.hidden.len(), c.pathways.is_some(), c.item_head);
    all()
        .into_iter()
        .find(|e| shape(&e.config) == shape(config) && !e.claims().is_empty())
}

impl Experiment {
    /// The paper's claims that this experiment is about, and what we show beside them.
    pub fn claims(&self) -> Vec<Claim> {
        match self.id {
            "figure1" => figure1::claims(),
            "figure2" => figure2::claims(),
            "figure3" => figure3::claims(),
            _ => Vec::new(),
        }
    }
}

//! Figure 2: four hidden layers; sparsity and learning rate rise towards the top.

use super::{Experiment, figure1};
use crate::config::Config;

pub(super) fn experiment() -> Experiment {
    Experiment {
        id: "figure2",
        title: "Figure 2",
        summary: "Four hidden layers of 250 units. With meta-learning, deeper layers become sparser and \
                  the top one, like a hippocampus, learns fastest.",
        config: config(),
    }
}

/// Figure 2's settings.
pub(super) fn config() -> Config {
    Config {
        hidden: vec![250; 4],
        eta_beta: 0.05,
        ..figure1::config()
    }
}

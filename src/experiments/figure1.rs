//! Figure 1: two hidden layers; meta-learning raises accuracy with fewer units active.

use super::Experiment;
use crate::config::{Condition, Config, DataSet, EvaluateOn, SCHEMA};

pub(super) fn experiment() -> Experiment {
    Experiment {
        id: "figure1",
        title: "Figure 1",
        summary: "Two hidden layers of 250 units learn 20 rotations of MNIST. Meta-learned rates and \
                  inhibition raise accuracy while fewer units are active.",
        config: Config {
            conditions: Condition::ALL.to_vec(),
            ..config()
        },
    }
}

/// Figure 1's settings, which the other figures vary.
pub(super) fn config() -> Config {
    Config {
        schema: SCHEMA,
        data: DataSet::Mnist,
        tasks: 20,
        degrees_per_task: 9.0,
        samples_per_task: 200,
        batch: 5,
        replay: 5,
        memory: 200,
        glances: 1,
        hidden: vec![250, 250],
        pathways: None,
        item_head: false,
        unit_length_inputs: true,
        competition: true,
        k_fraction: 0.01,
        alpha_0: 0.01,
        beta_0: 0.01,
        eta_alpha: 0.0002,
        eta_beta: 0.02,
        sync_update: false,
        eta_w: 0.01,
        clip_norm: 2.0,
        second_order: false,
        evaluation_images: 500,
        evaluate_every: 1,
        evaluate_on: EvaluateOn::Test,
        conditions: vec![Condition::Baseline, Condition::Meta],
        first_seed: 0,
        seeds: 40,
    }
}

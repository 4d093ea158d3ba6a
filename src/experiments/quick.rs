//! A network of Figure 2's shape, small enough for a software GPU.

use super::{Experiment, figure2};
use crate::config::{Config, DataSet};

pub(super) fn experiment() -> Experiment {
    Experiment {
        id: "quick",
        title: "Quick",
        sentence: "Figure 2's shape, small: four narrow layers and few images, done within a minute on any \
                  computer, with the hierarchies in sight.",
        config: Config {
            data: DataSet::Digits,
            hidden: vec![100; 4],
            tasks: 10,
            samples_per_task: 100,
            // Half the samples: twice the meta-rates bring the hierarchies out in time.
            eta_alpha: 0.0004,
            eta_beta: 0.1,
            degrees_per_task: 18.0,
            evaluation_images: 40,
            seeds: 1,
            ..figure2::config()
        },
        stored: false,
        opening: false,
        ..figure2::experiment()
    }
}

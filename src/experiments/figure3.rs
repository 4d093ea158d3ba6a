//! Figure 3: two pathways on top; a large, sparse, fast one carries the items.

use super::{Experiment, figure1};
use crate::config::{Config, EvaluateOn};

pub(super) fn experiment() -> Experiment {
    Experiment {
        id: "figure3",
        title: "Figure 3",
        summary: "Three hidden layers, then two pathways side by side, and two tasks at once: the digit's \
                  category and which single image it is.",
        config: Config {
            hidden: vec![250; 3],
            pathways: Some([1000, 250]),
            item_head: true,
            samples_per_task: 100,
            alpha_0: 0.15,
            eta_alpha: 0.002,
            eta_beta: 0.2,
            evaluation_images: 100,
            evaluate_on: EvaluateOn::Learned,
            ..figure1::config()
        },
    }
}

//! A small run, for tests that take runs from their beginning to their end.

use std::sync::Arc;

use metacls::config::Config;
use metacls::data::{Dataset, digits};
use metacls::experiments;

/// Quick made smaller: two layers, three tasks of 13 images, two seeds under two conditions.
pub fn config(change: impl Fn(&mut Config)) -> Config {
    let mut config = experiments::find("quick").unwrap().config;
    config.hidden = vec![21, 18];
    (
        config.tasks,
        config.samples_per_task,
        config.evaluation_images,
    ) = (3, 13, 30);
    config.seeds = 2;
    change(&mut config);
    config
}

/// Images enough for it.
pub fn images() -> Arc<Dataset> {
    Arc::new(digits(1, 400, 120))
}

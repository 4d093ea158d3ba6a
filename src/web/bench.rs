//! How fast this machine is: measured beside any run that stands still, on an engine of its own.

use std::sync::Arc;

use super::session::RunHandle;
use crate::bench::{self, Found};
use crate::config::Config;
use crate::data::Dataset;
use crate::engine;
use crate::engine::info::EngineChoice;
use crate::messages::{self, Words};
use crate::protocol::Event;

/// Measures, and posts what was found.
pub(super) async fn bench(handle: RunHandle, config: Config, choice: EngineChoice) {
    let event = match measure(&handle, &config, choice).await {
        Ok(found) => Event::Bench(Box::new(found)),
        Err(words) => Event::BenchFailed(words),
    };
    handle.session.borrow().post(&event);
}

async fn measure(
    handle: &RunHandle,
    config: &Config,
    choice: EngineChoice,
) -> Result<Found, Words> {
    handle.breathe().await;
    let held = handle.session.borrow().data.clone();
    let data = held.unwrap_or_else(|| Arc::new(Dataset::procedural()));
    let hints = handle.hints(choice).await;
    let turn = async || handle.breathe().await;
    let opened = engine::open(choice, &hints, async |_| turn().await)
        .await
        .map_err(|e| messages::open(&e))?;
    let found = bench::measure(config, &data, &opened, turn).await;
    found.map_err(|e| messages::bench(&e))
}

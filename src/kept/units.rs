//! Watched units as a file of their own, made of what was collected on the way.

use crate::formats::version;
use crate::inspect::{Probe, Seen, Watched, WatchedLane, strip};
use crate::results::Results;
use crate::stream::View;

/// What was seen of lanes that ended, as a file; `views` tell the first seed's tasks apart. Without the
/// lanes that diverged or are not through, and those of a run too short to walk through the step after a
/// fifth of its tasks.
pub fn watched(results: &Results, views: &[View], probe: Probe, seen: &[Seen]) -> Watched {
    let whole = seen.iter().filter_map(|seen| {
        Some(WatchedLane {
            lane: seen.lane,
            snapshots: seen.snapshots.clone(),
            trace: seen.trace.clone()?,
            learned: seen.learned.clone()?,
        })
    });
    Watched {
        schema: version::current::<Watched>(),
        code_version: results.code_version.clone(),
        config: results.config.clone(),
        draws: results.draws.clone(),
        data: results.data.clone(),
        engine: results.engine.clone(),
        probe,
        pixels: probe.pixels(),
        strip: strip(probe.digit, views),
        lanes: whole.collect(),
    }
}

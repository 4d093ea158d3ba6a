//! `metacls run --watch`: what the first seed's units do on one digit, kept beside the results.

use std::path::Path;

use metacls::driver::{Driver, Note};
use metacls::formats::version;
use metacls::inspect::StepTrace;
use metacls::inspect::{Learned, Probe, Snapshot, Watched, WatchedLane, strip};

use super::{Failure, write_gzip};

/// Collects what is seen.
pub(super) struct Watcher {
    probe: Probe,
    lanes: Vec<(usize, Seen)>,
}

/// What was seen of a lane so far.
#[derive(Default)]
struct Seen {
    snapshots: Vec<Snapshot>,
    trace: Option<StepTrace>,
    learned: Option<Learned>,
}

impl Watcher {
    /// Watches the first seed's lanes: the pair that the page shows where there are both, else all.
    pub(super) fn new(driver: &mut Driver) -> Self {
        let probe = Probe::default();
        let pair = driver.pair();
        let lanes = pair.iter().map(|&i| (i, Seen::default())).collect();
        driver.watch(&probe, pair);
        Self { probe, lanes }
    }

    /// Keeps what a note says, and after a fifth of the tasks walks through the step that comes next.
    pub(super) async fn note(&mut self, note: &Note, driver: &Driver) {
        if let Note::Snapshot {
            lane,
            tasks_learned,
            snapshot,
        } = note
        {
            let Some((_, seen)) = self.lanes.iter_mut().find(|(i, _)| i == lane) else {
                return;
            };
            // A run that went on after its GPU was lost may report a task twice.
            seen.snapshots.truncate(*tasks_learned as usize);
            seen.snapshots.push(snapshot.coarse());
            if *tasks_learned == driver.config().tasks / 5 {
                // A device lost just now costs this walk; the run itself goes on.
                seen.trace = driver.trace(*lane).await.ok().flatten();
            }
            if *tasks_learned == driver.config().tasks {
                seen.learned = driver.learned(*lane).await.ok().flatten();
            }
        }
    }

    /// Writes the file.
    pub(super) fn write(self, path: &Path, driver: &Driver) -> Result<(), Failure> {
        let results = driver.results();
        let mut lanes = Vec::new();
        for (i, seen) in self.lanes {
            let lane = driver.lanes()[i];
            match (seen.trace, seen.learned) {
                (Some(trace), Some(learned)) => lanes.push(WatchedLane {
                    lane,
                    snapshots: seen.snapshots,
                    trace,
                    learned,
                }),
                _ => eprintln!(
                    "{}: seed {} under {} is left out: it diverged on the way, or its run is too short to \
                     walk through the step after a fifth of its tasks",
                    path.display(),
                    lane.seed,
                    lane.condition.name()
                ),
            }
        }
        let watched = Watched {
            schema: version::current::<Watched>(),
            code_version: results.code_version,
            config: results.config,
            draws: results.draws,
            data: results.data,
            engine: results.engine,
            probe: self.probe,
            pixels: self.probe.pixels(),
            strip: strip(self.probe.digit, &driver.description().angles),
            lanes,
        };
        let json = serde_json::to_vec(&watched).map_err(Failure::failed)?;
        write_gzip(path, &json)
    }
}

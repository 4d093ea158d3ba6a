//! `metacls run --watch`: what the first seed's units do on one digit, kept beside the results.

use std::path::Path;

use metacls::driver::{Driver, Note};
use metacls::look::{Look, Probe, Watched, WatchedLane, strip};
use metacls::trace::StepTrace;

use super::{Failure, write_gzip};

/// Collects what is seen.
pub(super) struct Watcher {
    probe: Probe,
    lanes: Vec<Seen>,
}

/// What was seen of a lane so far.
#[derive(Default)]
struct Seen {
    looks: Vec<Look>,
    trace: Option<StepTrace>,
}

impl Watcher {
    /// Has the first seed's lanes looked at.
    pub(super) fn new(driver: &mut Driver) -> Self {
        let probe = Probe::default();
        let first = driver.lanes()[0].seed;
        let lanes = driver.lanes().iter().take_while(|lane| lane.seed == first);
        let lanes: Vec<Seen> = lanes.map(|_| Seen::default()).collect();
        driver.watch(&probe, (0..lanes.len()).collect());
        Self { probe, lanes }
    }

    /// Keeps what a note says, and after a fifth of the tasks walks through the step that comes next.
    pub(super) async fn note(&mut self, note: &Note, driver: &Driver) {
        if let Note::Looked {
            lane,
            tasks_learned,
            look,
        } = note
        {
            let seen = &mut self.lanes[*lane];
            // A run that went on after its GPU was lost may tell a task twice.
            seen.looks.truncate(*tasks_learned as usize);
            seen.looks.push(look.coarse());
            if *tasks_learned == driver.config().tasks / 5 {
                // A device lost just now costs this walk; the run itself goes on.
                seen.trace = driver.trace(*lane).await.ok().flatten();
            }
        }
    }

    /// Writes the file.
    pub(super) fn write(self, path: &Path, driver: &Driver) -> Result<(), Failure> {
        let results = driver.results();
        let lanes = driver.lanes().iter().zip(self.lanes);
        let watched = Watched {
            code_version: results.code_version,
            config: results.config,
            draws: results.draws,
            data: results.data,
            engine: results.engine,
            probe: self.probe,
            pixels: self.probe.pixels(),
            strip: strip(self.probe.digit, &driver.run_info().angles),
            lanes: lanes
                .filter_map(|(&lane, seen)| {
                    Some(WatchedLane {
                        lane,
                        looks: seen.looks,
                        trace: seen.trace?,
                    })
                })
                .collect(),
        };
        let json = serde_json::to_vec(&watched).map_err(Failure::failed)?;
        write_gzip(path, &json)
    }
}

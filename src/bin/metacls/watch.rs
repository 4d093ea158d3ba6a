//! `metacls run --watch`: what the first seed's units do on one digit, kept beside the results.

use std::path::Path;

use metacls::driver::{Driver, Note};
use metacls::look::{Probe, Watched, WatchedLane, strip};

use super::{Failure, write_gzip};

/// Collects what is seen.
pub(super) struct Watcher {
    probe: Probe,
    lanes: Vec<WatchedLane>,
}

impl Watcher {
    /// Has the first seed's lanes looked at.
    pub(super) fn new(driver: &mut Driver) -> Self {
        let probe = Probe::default();
        let first = driver.lanes()[0].seed;
        let lanes: Vec<_> = driver
            .lanes()
            .iter()
            .take_while(|lane| lane.seed == first)
            .map(|&lane| WatchedLane {
                lane,
                looks: Vec::new(),
            })
            .collect();
        driver.watch(&probe, (0..lanes.len()).collect());
        Self { probe, lanes }
    }

    /// Keeps what a note says.
    pub(super) fn note(&mut self, note: &Note) {
        if let Note::Looked {
            lane,
            tasks_learned,
            look,
        } = note
        {
            // A run that went on after its GPU was lost may tell a task twice.
            let looks = &mut self.lanes[*lane].looks;
            looks.truncate(*tasks_learned as usize);
            looks.push(look.clone());
        }
    }

    /// Writes the file.
    pub(super) fn write(self, path: &Path, driver: &Driver) -> Result<(), Failure> {
        let results = driver.results();
        let watched = Watched {
            code_version: results.code_version,
            config: results.config,
            draws: results.draws,
            data: results.data,
            engine: results.engine,
            probe: self.probe,
            pixels: self.probe.pixels(),
            strip: strip(self.probe.digit, &driver.run_info().angles),
            lanes: self.lanes,
        };
        let json = serde_json::to_vec(&watched).map_err(Failure::failed)?;
        write_gzip(path, &json)
    }
}

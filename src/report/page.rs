//! A whole run made ready for the page: its records with everything that is computed from them.

use serde::Serialize;

use crate::analysis::claims::Outcome;
use crate::analysis::summary::Summary;
use crate::data::DataInfo;
use crate::engine::info::EngineInfo;
use crate::experiments::shown::Shown;
use crate::experiments::{self, link};
use crate::inspect;
use crate::model::Model;
use crate::report;
use crate::reproduction::expected::Expected;
use crate::results::Results;
use crate::results::description::RunDescription;
use crate::results::record::TaskRecord;
use crate::stream::{StreamError, first_views};

/// A run that is over, as the page shows it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StoredRun {
    /// What was run.
    pub run: RunDescription,
    /// On which images.
    pub data: DataInfo,
    /// On which engine its lanes began.
    pub engine: EngineInfo,
    /// Which lanes went on on another, and from which step, in words; mostly none.
    pub engine_changes: Vec<String>,
    /// The version of the code that ran it.
    pub code_version: String,
    /// SHA-256 of the first seed's draws.
    pub draws: String,
    /// A digit as each task of the first seed shows it: see [`inspect::strip`].
    pub strip: Vec<Vec<u8>>,
    /// For each lane of `run`, what was measured, without each task's shares and digests: the page shows
    /// their means, and holds others beside the results file itself.
    pub records: Vec<Vec<TaskRecord>>,
    /// What a link can say came out; none of a run that is not whole.
    pub expected: Option<Expected>,
    /// The fragment of a link of its settings, without `#`.
    pub link: String,
    /// Means over seeds.
    pub summary: Summary,
    /// The claims of the figure it has the shape of.
    pub claims: Vec<Outcome>,
}

fn shown(records: &[TaskRecord]) -> Vec<TaskRecord> {
    let mut records = records.to_vec();
    records.iter_mut().for_each(|r| r.digest = None);
    for e in records.iter_mut().filter_map(|r| r.evaluation.as_mut()) {
        e.active_by_task.clear();
        e.accuracy.iter_mut().for_each(|a| a.by_task.clear());
    }
    records
}

impl StoredRun {
    /// Of a results file.
    ///
    /// # Errors
    /// If the file's data set has too little for its configuration: it was not made by this program.
    pub fn of(results: &Results) -> Result<Self, StreamError> {
        let config = &results.config;
        let model = Model::new(config, &results.data);
        let views = first_views(config, &results.data)?;
        let lanes = results.lanes.iter().map(|l| (l.lane(), &l.records[..]));
        let experiment = experiments::of(results).id;
        let summary = Summary::with_intervals(&config.conditions, lanes);
        Ok(Self {
            strip: inspect::strip(inspect::Probe::default().digit, &views),
            run: RunDescription::new(
                Some(experiment.into()),
                config,
                &model,
                &results.data,
                &views,
            ),
            data: results.data.clone(),
            engine: results.engine.clone(),
            engine_changes: results.engine_changes(),
            code_version: results.code_version.clone(),
            draws: results.draws.clone(),
            records: results.lanes.iter().map(|l| shown(&l.records)).collect(),
            expected: Expected::of(results),
            link: link::write(config, Some(experiment), &Shown::default()),
            summary,
            claims: report::outcomes(results),
        })
    }
}

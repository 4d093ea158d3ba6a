//! A sweep's summary: a small file of what came out of its points, from which tables, rows and pictures are
//! told again without training.
//!
//! It holds every lane's numbers at the stream's end to six digits, each claim as it was judged of the full
//! numbers, and the points' digests. A point may be missing: of a sweep that was stopped the file holds those
//! that are done, and whoever has it goes on with the others.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::definition::{Definition, Sweep};
use super::summary::{self, PointSummary};
use crate::config::Config;
use crate::data::DataInfo;
use crate::digest::Digest;
use crate::engine::info::EngineInfo;
use crate::formats::version;
use crate::results::{Results, six_digits};

/// A sweep's summary, as its file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepSummary {
    /// Version of this record: [`crate::formats::version::current`].
    pub schema: u32,
    /// Version of the code that wrote it.
    pub code_version: String,
    /// What was swept; its configuration names the data set of [`Self::data`].
    #[serde(deserialize_with = "of_any_version")]
    pub definition: Definition,
    /// The images of all points; none before the first.
    pub data: Option<DataInfo>,
    /// The engines that trained them, in the order in which they came: more than one where a device was lost.
    pub engines: Vec<EngineInfo>,
    /// For each of the definition's points what came out of it; none of one that is not measured.
    pub points: Vec<Option<PointSummary>>,
}

/// Why a point's results can't be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// There is no such point, or the results are of other settings.
    #[error("these results are of other settings than the sweep's point")]
    Settings,
    /// They were made on other images than the points before.
    #[error(
        "these results were made on other images than the sweep's points before: choose those again, or \
         begin the sweep anew"
    )]
    Images,
    /// A lane is not through.
    #[error("not all of its lanes came to the end")]
    NotWhole,
}

/// A definition within another record, of any version.
fn of_any_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Definition, D::Error> {
    let value = Value::deserialize(deserializer)?;
    version::from_value(value).map_err(serde::de::Error::custom)
}

impl SweepSummary {
    /// Of a sweep of which nothing is measured yet.
    pub fn begun(sweep: &Sweep) -> Self {
        Self {
            schema: version::current::<Self>(),
            code_version: env!("CARGO_PKG_VERSION").into(),
            definition: sweep.definition().clone(),
            data: None,
            engines: Vec::new(),
            points: vec![None; sweep.configs().len()],
        }
    }

    /// The sweep. What was read is checked: it always is one.
    ///
    /// # Errors
    /// If the definition was changed since.
    pub fn sweep(&self) -> Result<Sweep, super::SweepError> {
        Sweep::new(self.definition.clone())
    }

    /// Takes in what came out of a point, to six digits.
    ///
    /// # Errors
    /// If the results are not whole, or of other settings or images.
    pub fn take(&mut self, sweep: &Sweep, point: usize, results: &Results) -> Result<(), NotTaken> {
        let config = sweep.configs().get(point).ok_or(NotTaken::Settings)?;
        let of_data = |config: &Config| Config {
            data: results.config.data,
            ..config.clone()
        };
        if results.config != of_data(config) {
            return Err(NotTaken::Settings);
        }
        if self
            .data
            .as_ref()
            .is_some_and(|data| data.digest != results.data.digest)
        {
            return Err(NotTaken::Images);
        }
        let found = PointSummary::of(results, &sweep.experiment());
        if found.digest.is_none() {
            return Err(NotTaken::NotWhole);
        }
        self.data = Some(results.data.clone());
        self.definition.config = of_data(&self.definition.config);
        let changes = results.lanes.iter().flat_map(|lane| &lane.engine_changes);
        let changed = changes.map(|change| &change.engine);
        for engine in std::iter::once(&results.engine).chain(changed) {
            self.add_engine(engine);
        }
        self.put(point, found);
        Ok(())
    }

    /// Notes an engine that trained some of it.
    pub fn add_engine(&mut self, engine: &EngineInfo) {
        if !self.engines.iter().any(|known| known.is_same(engine)) {
            self.engines.push(engine.clone());
        }
    }

    /// Puts in what came out of a point, to six digits.
    pub fn put(&mut self, point: usize, found: PointSummary) {
        if let Some(slot) = self.points.get_mut(point) {
            *slot = Some(compact(found));
        }
    }

    /// What came out of every point; of those that are missing nothing.
    pub fn measured(&self) -> Vec<PointSummary> {
        self.points
            .iter()
            .map(|p| p.clone().unwrap_or_default())
            .collect()
    }

    /// The first point that is not measured; none where all are.
    pub fn next(&self) -> Option<usize> {
        self.points.iter().position(Option::is_none)
    }

    /// The sweep's digest; none where a point is missing.
    pub fn digest(&self) -> Option<Digest> {
        summary::digest(&self.measured())
    }

    /// The record as JSON.
    pub fn to_json(&self) -> String {
        // Finite numbers, words and lists always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// To six digits, and without what the claims' parts have of each seed.
fn compact(mut point: PointSummary) -> PointSummary {
    for numbers in &mut point.numbers {
        numbers.values.iter_mut().for_each(|x| *x = six_digits(*x));
    }
    for outcome in &mut point.outcomes {
        let of_all = [&mut outcome.p, &mut outcome.p_holm];
        of_all
            .into_iter()
            .flatten()
            .for_each(|x| *x = six_digits(*x));
        for part in &mut outcome.parts {
            part.values.clear();
            part.seeds.clear();
            let of_part = [&mut part.effect, &mut part.effect_size, &mut part.p];
            of_part
                .into_iter()
                .flatten()
                .for_each(|x| *x = six_digits(*x));
            part.interval
                .iter_mut()
                .flatten()
                .for_each(|x| *x = six_digits(*x));
        }
    }
    point
}

//! A fork's summary: a small file of how a branch differs from its trunk, told again without either's
//! results.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::branch::{AccuracyDifference, Beside};
use super::measures::Difference;
use crate::analysis::stats::Estimate;
use crate::config::{Condition, Config};
use crate::data::DataInfo;
use crate::digest::Digest;
use crate::engine::info::EngineInfo;
use crate::formats::field_path::{FieldPath, Flaw};
use crate::formats::version::{self, Upgrade, Versioned};
use crate::results::{Results, check, six_digits};

/// A fork's summary, as its file has it. Numbers have six digits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForkSummary {
    /// Version of this record: [`crate::formats::version::current`].
    pub schema: u32,
    /// Version of the code that wrote it.
    pub code_version: String,
    /// The experiment that the branch belongs to, by its id.
    pub experiment: Option<String>,
    /// The images of both.
    pub data: DataInfo,
    /// The run without the fork.
    pub trunk: Side,
    /// The run with it.
    pub branch: Side,
    /// At the end of the stream: branch less trunk, seed by seed.
    pub end: Vec<Difference>,
    /// Accuracy over all tasks, wherever both were evaluated.
    pub course: Vec<AccuracyDifference>,
}

/// One of the two runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Its settings; it may have more seeds and conditions than are paired.
    pub config: Config,
    /// What trained it.
    pub engine: EngineInfo,
    /// Its digest; none of a run that is not whole.
    pub digest: Option<Digest>,
}

impl Side {
    fn of(results: &Results) -> Self {
        Self {
            config: results.config.clone(),
            engine: results.engine.clone(),
            digest: results.digest(),
        }
    }
}

impl Versioned for ForkSummary {
    const KIND: &'static str = "a fork's summary";
    const UPGRADES: &'static [Upgrade] = &[];

    fn checked(self) -> Result<Self, Flaw> {
        checked(&self)?;
        Ok(self)
    }
}

impl ForkSummary {
    /// Of a branch beside its trunk ([`super::branch::beside`]).
    pub fn of(beside: &Beside, trunk: &Results, branch: &Results) -> Self {
        let mut summary = Self {
            schema: version::current::<Self>(),
            code_version: env!("CARGO_PKG_VERSION").into(),
            experiment: branch.experiment.clone(),
            data: branch.data.clone(),
            trunk: Side::of(trunk),
            branch: Side::of(branch),
            end: beside.end.clone(),
            course: beside.course.clone(),
        };
        for of in &mut summary.end {
            of.p = six_digits(of.p);
            compact(&mut of.difference);
        }
        for of in &mut summary.course {
            for estimate in [&mut of.trunk, &mut of.branch, &mut of.difference] {
                compact(estimate);
            }
        }
        summary
    }

    /// The record as JSON.
    pub fn to_json(&self) -> String {
        // Finite numbers, words and lists always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn compact(estimate: &mut Estimate) {
    estimate.mean = six_digits(estimate.mean);
    for spread in [&mut estimate.sd, &mut estimate.sem].into_iter().flatten() {
        *spread = six_digits(*spread);
    }
    for end in estimate.interval.iter_mut().flatten() {
        *end = six_digits(*end);
    }
}

/// The most measures and points of a course: many more than any network has.
const MOST: usize = 1 << 16;

fn checked(summary: &ForkSummary) -> Result<(), Flaw> {
    check::text("code_version", &summary.code_version)?;
    check::text(
        "experiment",
        summary.experiment.as_deref().unwrap_or_default(),
    )?;
    for side in [&summary.trunk, &summary.branch] {
        check::source(&side.config, "", &summary.data, &side.engine)?;
    }
    let is_there = |place: &FieldPath<'_>, condition: Condition| {
        let sides = [&summary.trunk, &summary.branch];
        if sides
            .iter()
            .all(|s| s.config.conditions.contains(&condition))
        {
            return Ok(());
        }
        let field = place.field("condition");
        Err(field.refuse(condition.name(), "a condition of both runs"))
    };
    let seeds = summary.trunk.config.seeds.min(summary.branch.config.seeds);
    let end = FieldPath::new("end");
    end.within(summary.end.len() as f64, 0.0, MOST as f64)?;
    for (i, of) in summary.end.iter().enumerate() {
        let here = end.at(i);
        is_there(&here, of.condition)?;
        check::text_at(&here.field("of"), &of.of)?;
        here.field("p").within(of.p, 0.0, 1.0)?;
        estimate(&here.field("difference"), &of.difference, seeds)?;
    }
    let course = FieldPath::new("course");
    course.within(summary.course.len() as f64, 0.0, MOST as f64)?;
    let tasks = summary.trunk.config.tasks.min(summary.branch.config.tasks);
    let mut seen = BTreeSet::new();
    for (i, of) in summary.course.iter().enumerate() {
        let here = course.at(i);
        is_there(&here, of.condition)?;
        check::text_at(&here.field("head"), &of.head)?;
        let learned = here.field("tasks_learned");
        learned.within(of.tasks_learned.into(), 0.0, tasks.into())?;
        if !seen.insert((of.condition, of.head.as_str(), of.tasks_learned)) {
            return Err(learned.refuse(of.tasks_learned, "each once"));
        }
        for (name, of) in [
            ("trunk", &of.trunk),
            ("branch", &of.branch),
            ("difference", &of.difference),
        ] {
            estimate(&here.field(name), of, seeds)?;
        }
    }
    Ok(())
}

fn estimate(place: &FieldPath<'_>, of: &Estimate, seeds: u32) -> Result<(), Flaw> {
    let bound = check::LARGEST;
    place.field("mean").within(of.mean, -bound, bound)?;
    for (name, spread) in [("sd", of.sd), ("sem", of.sem)] {
        spread.map_or(Ok(()), |x| place.field(name).within(x, 0.0, bound))?;
    }
    place.field("n").within(of.n.into(), 1.0, seeds.into())?;
    let ends: Vec<f64> = of.interval.into_iter().flatten().collect();
    place.field("interval").all_within(&ends, -bound, bound)
}

//! A sweep's summary held against its definition, when it is read.

use std::collections::{BTreeSet, HashSet};

use super::definition::Sweep;
use super::record::SweepSummary;
use super::summary::{Numbers, PointSummary};
use crate::analysis::claims::{Outcome, PartOutcome};
use crate::config::{Condition, Config, Lane};
use crate::formats::field_path::{FieldPath, Flaw};
use crate::formats::version::{Upgrade, Versioned};
use crate::results::check;

/// The most measures of a point under one condition, claims of it and parts of one: many more than any
/// network or experiment has.
const MOST: usize = 1024;

impl Versioned for SweepSummary {
    const KIND: &'static str = "a sweep's summary";
    const UPGRADES: &'static [Upgrade] = &[];

    fn checked(self) -> Result<Self, Flaw> {
        summary(&self)?;
        Ok(self)
    }
}

/// Holds a summary against its definition.
///
/// # Errors
/// The first field that does not fit.
fn summary(summary: &SweepSummary) -> Result<(), Flaw> {
    check::text("code_version", &summary.code_version)?;
    let config = &summary.definition.config;
    let place = FieldPath::new("points");
    let expected = summary.definition.points.len();
    place.count(summary.points.len(), expected, ("sweep", "points"))?;
    let is_begun = summary.points.iter().any(Option::is_some);
    let engines = FieldPath::new("engines");
    if is_begun && (summary.data.is_none() || summary.engines.is_empty()) {
        let allowed = "images and engines of the points that are measured";
        return Err(FieldPath::new("data").refuse("nothing", allowed));
    }
    // Each engine trained some of it.
    engines.within(summary.engines.len() as f64, 0.0, MOST as f64)?;
    let sweep = summary.sweep();
    let configs = sweep.iter().flat_map(Sweep::configs);
    let measured = configs
        .zip(&summary.points)
        .filter(|(_, found)| found.is_some());
    for (config, _) in measured {
        for (data, engine) in summary.data.iter().zip(&summary.engines) {
            check::source(config, "", data, engine)?;
        }
    }
    for engine in &summary.engines {
        check::engine_info(&engines, engine)?;
    }
    let lanes: HashSet<Lane> = config.lanes().into_iter().collect();
    for (i, found) in summary.points.iter().enumerate() {
        if let Some(found) = found {
            point(&place.at(i), found, config, &lanes)?;
        }
    }
    Ok(())
}

fn point(
    place: &FieldPath<'_>,
    point: &PointSummary,
    config: &Config,
    lanes: &HashSet<Lane>,
) -> Result<(), Flaw> {
    let field = place.field("digest");
    if point.digest.is_none() {
        return Err(field.refuse("nothing", "the digest of a run that is whole"));
    }
    let field = place.field("numbers");
    let mut seen = BTreeSet::new();
    for (i, numbers) in point.numbers.iter().enumerate() {
        let here = field.at(i);
        if !seen.insert((numbers.condition, numbers.metric.as_str())) || seen.len() > 8 * MOST {
            let metric = here.field("metric");
            return Err(metric.refuse(numbers.metric.escape_debug(), "each once"));
        }
        of_lanes(&here, numbers, config)?;
    }
    let field = place.field("outcomes");
    field.within(point.outcomes.len() as f64, 0.0, MOST as f64)?;
    for (i, outcome) in point.outcomes.iter().enumerate() {
        claim(&field.at(i), outcome, config)?;
    }
    let field = place.field("diverged");
    field.within(point.diverged.len() as f64, 0.0, lanes.len() as f64)?;
    for (i, (lane, step)) in point.diverged.iter().enumerate() {
        let here = field.at(i);
        if !lanes.contains(lane) {
            return Err(here.refuse(lane.seed, "a lane of the sweep"));
        }
        // How many steps a point has may be what is varied.
        here.within(f64::from(*step), 0.0, 1e6)?;
    }
    Ok(())
}

/// A measure's numbers: one for each seed, seeds rising.
fn of_lanes(place: &FieldPath<'_>, numbers: &Numbers, config: &Config) -> Result<(), Flaw> {
    check::text_at(&place.field("metric"), &numbers.metric)?;
    condition(place, numbers.condition, config)?;
    let seeds = place.field("seeds");
    let values = place.field("values");
    values.count(
        numbers.values.len(),
        numbers.seeds.len(),
        ("point", "seeds"),
    )?;
    let (first, last) = (config.first_seed, config.last_seed());
    let mut before = None;
    for (i, &seed) in numbers.seeds.iter().enumerate() {
        seeds.at(i).within(seed.into(), first.into(), last.into())?;
        if before.is_some_and(|before| before >= seed) {
            return Err(seeds.at(i).refuse(seed, "seeds in rising order, each once"));
        }
        before = Some(seed);
    }
    if numbers.seeds.is_empty() {
        return Err(seeds.refuse("nothing", "a seed at least"));
    }
    values.all_within(&numbers.values, -check::LARGEST, check::LARGEST)
}

fn condition(place: &FieldPath<'_>, condition: Condition, config: &Config) -> Result<(), Flaw> {
    if config.conditions.contains(&condition) {
        return Ok(());
    }
    let field = place.field("condition");
    Err(field.refuse(condition.name(), "a condition of the sweep"))
}

fn claim(place: &FieldPath<'_>, outcome: &Outcome, config: &Config) -> Result<(), Flaw> {
    check::text_at(&place.field("sentence"), &outcome.sentence)?;
    for (name, p) in [("p", outcome.p), ("p_holm", outcome.p_holm)] {
        share(&place.field(name), p)?;
    }
    let parts = place.field("parts");
    parts.within(outcome.parts.len() as f64, 0.0, MOST as f64)?;
    let mut all = outcome.parts.iter().enumerate();
    all.try_for_each(|(i, one)| part(&parts.at(i), one, config))
}

fn part(place: &FieldPath<'_>, part: &PartOutcome, config: &Config) -> Result<(), Flaw> {
    check::text_at(&place.field("what"), &part.what)?;
    check::text_at(&place.field("rule"), &part.rule)?;
    let number = |name, x: Option<f64>| {
        let bound = check::LARGEST;
        x.map_or(Ok(()), |x| place.field(name).within(x, -bound, bound))
    };
    number("effect", part.effect)?;
    number("effect_size", part.effect_size)?;
    for end in part.interval.into_iter().flatten() {
        number("interval", Some(end))?;
    }
    share(&place.field("p"), part.p)?;
    let n = place.field("n");
    n.within(part.n.into(), 0.0, config.seeds.into())?;
    // The file has means alone: each seed's numbers stand under `numbers`.
    for (name, count) in [("values", part.values.len()), ("seeds", part.seeds.len())] {
        place
            .field(name)
            .count(count, 0, ("summary", "seeds of a part"))?;
    }
    Ok(())
}

fn share(place: &FieldPath<'_>, p: Option<f64>) -> Result<(), Flaw> {
    p.map_or(Ok(()), |p| place.within(p, 0.0, 1.0))
}

//! Results held against the configuration that they are of, when they are read: every length, every number,
//! every lane. What passes can be indexed by the network's layers, matrices, heads and tasks.
//!
//! Lanes come out in the configuration's order, one entry for each: those that a file leaves out have no
//! records yet. So nothing that is computed of a file depends on the order in which it was written.

use std::collections::HashMap;

use super::record::{Accuracy, Evaluation, TaskRecord};
use super::{LaneResults, Results};
use crate::config::{Config, EvaluateOn, Lane};
use crate::data::DataInfo;
use crate::engine::info::EngineInfo;
use crate::formats::field_path::{FieldPath, Flaw};
use crate::model::{Lesion, Model};

/// Whose a number is, and what it is there for: as messages say it.
pub(crate) const LAYERS: (&str, &str) = ("network", "layers");
pub(crate) const MATRICES: (&str, &str) = ("network", "matrices");
const HEADS: (&str, &str) = ("network", "heads");
const TASKS: (&str, &str) = ("stream", "tasks");

/// The most images of a data set: as many bytes as 28 x 28 pixels of each would have are more than is read.
const MOST_IMAGES: u32 = 1 << 22;
/// The most pixels of an image's side.
const MOST_SIDE: u32 = 1024;
/// The most characters of a name or a digest.
const LONGEST: usize = 1000;
/// Lanes compute in float32: no number of theirs is larger.
pub(crate) const LARGEST: f64 = f32::MAX as f64;
/// What rounding may add to a share.
const SLACK: f64 = 1e-9;

/// Holds results against their configuration, and puts their lanes in its order.
///
/// # Errors
/// The first field that does not fit.
pub(super) fn checked(mut results: Results) -> Result<Results, Flaw> {
    text("code_version", &results.code_version)?;
    if let Some(experiment) = &results.experiment {
        text("experiment", experiment)?;
    }
    source(
        &results.config,
        &results.draws,
        &results.data,
        &results.engine,
    )?;
    let model = Model::new(&results.config, &results.data);
    let layers: Vec<&str> = model.layers.iter().map(|l| l.name.as_str()).collect();
    names(&FieldPath::new("layers"), &results.layers, &layers, LAYERS)?;
    let matrices: Vec<&str> = model.matrices.iter().map(|m| m.name.as_str()).collect();
    names(
        &FieldPath::new("matrices"),
        &results.matrices,
        &matrices,
        MATRICES,
    )?;
    let heads: Vec<&str> = model.heads.iter().map(|h| h.name).collect();
    names(&FieldPath::new("heads"), &results.heads, &heads, HEADS)?;
    for (field, seconds) in [
        ("training_seconds", results.training_seconds),
        ("evaluation_seconds", results.evaluation_seconds),
    ] {
        FieldPath::new(field).within(seconds, 0.0, LARGEST)?;
    }
    let shape = Shape {
        config: &results.config,
        model: &model,
    };
    let lanes = std::mem::take(&mut results.lanes);
    results.lanes = shape.lanes(lanes)?;
    Ok(results)
}

/// Checks where a file's numbers come from: images, engine, draws.
pub(crate) fn source(
    config: &Config,
    draws: &str,
    data: &DataInfo,
    engine: &EngineInfo,
) -> Result<(), Flaw> {
    text("draws", draws)?;
    let place = FieldPath::new("data");
    text("data.name", &data.name)?;
    text("data.digest", &data.digest)?;
    if data.kind != config.data {
        let word = |kind| serde_json::to_value(kind).unwrap_or_default().to_string();
        let allowed = format!("{}, as in config.data", word(config.data));
        return Err(place.field("kind").refuse(word(data.kind), allowed));
    }
    // Schedules are drawn from so many: no task has more.
    let tested = match config.evaluate_on {
        EvaluateOn::Test => config.evaluation_images,
        EvaluateOn::Learned => 0,
    };
    // A label is a byte.
    for (field, x, low, high) in [
        ("train", data.train, config.samples_per_task, MOST_IMAGES),
        ("test", data.test, tested, MOST_IMAGES),
        ("side", data.side, 1, MOST_SIDE),
        ("classes", data.classes, 1, 256),
    ] {
        let place = place.field(field);
        place.within(f64::from(x), f64::from(low), f64::from(high))?;
    }
    engine_info(&FieldPath::new("engine"), engine)
}

/// Checks what an engine says of itself.
pub(crate) fn engine_info(place: &FieldPath<'_>, engine: &EngineInfo) -> Result<(), Flaw> {
    text_at(&place.field("adapter"), &engine.adapter)?;
    text_at(&place.field("backend"), &engine.backend)?;
    engine.self_test.map_or(Ok(()), |deviation| {
        place.field("self_test").within(deviation, 0.0, LARGEST)
    })
}

/// A name: short, and without what moves a terminal's cursor.
pub(crate) fn text(field: &'static str, text: &str) -> Result<(), Flaw> {
    text_at(&FieldPath::new(field), text)
}

/// The same of a text that stands deeper.
pub(crate) fn text_at(place: &FieldPath<'_>, text: &str) -> Result<(), Flaw> {
    if text.chars().count() <= LONGEST && !text.contains(char::is_control) {
        return Ok(());
    }
    let start: String = text.escape_debug().take(40).collect();
    let allowed = format!("up to {LONGEST} characters, none of them control characters");
    Err(place.refuse(format!("\"{start}\""), allowed))
}

fn names(
    place: &FieldPath<'_>,
    found: &[String],
    expected: &[&str],
    of: (&'static str, &'static str),
) -> Result<(), Flaw> {
    place.count(found.len(), expected.len(), of)?;
    let mut pairs = found.iter().zip(expected).enumerate();
    let other = pairs.find(|(_, (found, expected))| found != *expected);
    other.map_or(Ok(()), |(i, (found, expected))| {
        let found: String = found.escape_debug().take(40).collect();
        Err(place
            .at(i)
            .refuse(format!("\"{found}\""), format!("\"{expected}\"")))
    })
}

/// What a lane's numbers are held against.
pub(crate) struct Shape<'a> {
    pub config: &'a Config,
    pub model: &'a Model,
}

impl Shape<'_> {
    /// Alpha has a number for each matrix, beta one for each layer.
    pub fn rates(&self, place: &FieldPath<'_>, alpha: &[f64], beta: &[f64]) -> Result<(), Flaw> {
        for (field, rates, of, expected) in [
            ("alpha", alpha, MATRICES, self.model.matrices.len()),
            ("beta", beta, LAYERS, self.model.layers.len()),
        ] {
            let place = place.field(field);
            place.count(rates.len(), expected, of)?;
            place.all_within(rates, -LARGEST, LARGEST)?;
        }
        Ok(())
    }

    /// Checks each lane; gives one for each of the configuration's, in its order.
    fn lanes(&self, found: Vec<LaneResults>) -> Result<Vec<LaneResults>, Flaw> {
        let lanes = self.config.lanes();
        let places: HashMap<Lane, usize> = lanes.iter().copied().zip(0..).collect();
        let mut ordered: Vec<Option<LaneResults>> = vec![None; lanes.len()];
        let all = FieldPath::new("lanes");
        for (i, mut lane) in found.into_iter().enumerate() {
            let place = all.at(i);
            let which = || format!("seed {} under {}", lane.seed, lane.condition.name());
            let at = places.get(&lane.lane()).and_then(|&at| ordered.get_mut(at));
            let Some(at) = at else {
                let allowed = "a seed and a condition of the configuration";
                return Err(place.refuse(which(), allowed));
            };
            if at.is_some() {
                return Err(place.refuse(which(), "each lane once"));
            }
            self.lane(&place, &mut lane)?;
            *at = Some(lane);
        }
        let each = lanes.into_iter().zip(ordered);
        Ok(each
            .map(|(lane, held)| held.unwrap_or_else(|| LaneResults::new(lane)))
            .collect())
    }

    fn lane(&self, place: &FieldPath<'_>, lane: &mut LaneResults) -> Result<(), Flaw> {
        let records = place.field("records");
        let mut before = None;
        for (i, record) in lane.records.iter_mut().enumerate() {
            let place = records.at(i);
            let learned = record.tasks_learned;
            if before.is_some_and(|before| learned <= before) || learned > self.config.tasks {
                let allowed = format!(
                    "more than in the record before it, up to the configuration's {} tasks",
                    self.config.tasks
                );
                return Err(place.field("tasks_learned").refuse(learned, allowed));
            }
            before = Some(learned);
            self.record(&place, record)?;
        }
        self.engine_changes(&place.field("engine_changes"), lane, before.unwrap_or(0))?;
        let Some(step) = lane.diverged_at_step else {
            return Ok(());
        };
        let place = place.field("diverged_at_step");
        place.below(step, self.config.steps() as usize)?;
        // What is not finite any more is not measured.
        let measured = before.map_or(0, |tasks| tasks * self.config.steps_per_task());
        if step < measured {
            let allowed = format!("{measured} or later: the lane was measured then");
            return Err(place.refuse(step, allowed));
        }
        Ok(())
    }

    /// Engines change at a task's first step, one after the other, up to where the lane was measured.
    fn engine_changes(
        &self,
        place: &FieldPath<'_>,
        lane: &LaneResults,
        learned: u32,
    ) -> Result<(), Flaw> {
        let per_task = self.config.steps_per_task();
        let mut next = 0;
        for (i, change) in lane.engine_changes.iter().enumerate() {
            let place = place.at(i);
            let step = place.field("step");
            step.within(change.step.into(), next.into(), (learned * per_task).into())?;
            if !change.step.is_multiple_of(per_task) {
                let allowed = format!("a task's first step, a multiple of {per_task}");
                return Err(step.refuse(change.step, allowed));
            }
            next = change.step + 1;
            engine_info(&place.field("engine"), &change.engine)?;
        }
        Ok(())
    }

    fn record(&self, place: &FieldPath<'_>, record: &mut TaskRecord) -> Result<(), Flaw> {
        self.rates(place, &record.alpha, &record.beta)?;
        if let Some(loss) = record.meta_loss {
            place.field("meta_loss").within(loss, -LARGEST, LARGEST)?;
        }
        match &mut record.evaluation {
            Some(evaluation) => self.evaluation(&place.field("evaluation"), evaluation),
            None => Ok(()),
        }
    }

    fn evaluation(&self, place: &FieldPath<'_>, e: &mut Evaluation) -> Result<(), Flaw> {
        self.accuracy(&place.field("accuracy"), &mut e.accuracy)?;
        let (layers, tasks) = (self.model.layers.len(), self.config.tasks as usize);
        let active = place.field("active");
        active.count(e.active.len(), layers, LAYERS)?;
        shares(&active, &e.active)?;
        // Compact files leave out each task's shares, and most correlations.
        let by_task = place.field("active_by_task");
        if !e.active_by_task.is_empty() {
            by_task.count(e.active_by_task.len(), layers, LAYERS)?;
        }
        for (l, list) in e.active_by_task.iter().enumerate() {
            let place = by_task.at(l);
            place.count(list.len(), tasks, TASKS)?;
            shares(&place, list)?;
        }
        share(&place.field("active_pooled"), e.active_pooled)?;
        let correlation = place.field("correlation");
        if !e.correlation.is_empty() {
            correlation.count(e.correlation.len(), layers, LAYERS)?;
        }
        let mut measured = (0..).zip(e.correlation.iter().copied());
        measured.try_for_each(|(l, c)| {
            // Sums of many products: rounding may show.
            let place = correlation.at(l);
            c.map_or(Ok(()), |c| place.within(c, -1.0 - 1e-5, 1.0 + 1e-5))
        })
    }

    /// Checks accuracies, and puts them in the order of heads, then lesions. There may be fewer than the
    /// network has, as older programs measured fewer, but each head's intact one is there.
    fn accuracy(&self, place: &FieldPath<'_>, all: &mut [Accuracy]) -> Result<(), Flaw> {
        let lesions = self.model.lesions();
        let heads = self.model.heads.len();
        let mut seen = Vec::with_capacity(heads * lesions.len());
        for (i, a) in all.iter().enumerate() {
            let place = place.at(i);
            place.field("head").below(a.head, heads)?;
            let which = (a.head, a.lesion);
            if !lesions.contains(&a.lesion) {
                let allowed = "a lesion of the configuration's network";
                return Err(place.field("lesion").refuse(a.lesion.name(), allowed));
            }
            if seen.contains(&which) {
                let found = format!("head {}, {}", a.head, a.lesion.name());
                return Err(place.refuse(found, "each head and lesion once"));
            }
            seen.push(which);
            share(&place.field("mean"), a.mean)?;
            let by_task = place.field("by_task");
            if !a.by_task.is_empty() {
                by_task.count(a.by_task.len(), self.config.tasks as usize, TASKS)?;
            }
            shares(&by_task, &a.by_task)?;
        }
        let intact = all.iter().filter(|a| a.lesion == Lesion::Intact);
        place.count(intact.count(), heads, HEADS)?;
        let order = |a: &Accuracy| (a.head, lesions.iter().position(|l| *l == a.lesion));
        all.sort_by_key(order);
        Ok(())
    }
}

fn share(place: &FieldPath<'_>, x: f64) -> Result<(), Flaw> {
    place
        .within(x, 0.0, 1.0 + SLACK)
        .map_err(|_| place.refuse(x, "0 to 1"))
}

fn shares(place: &FieldPath<'_>, list: &[f64]) -> Result<(), Flaw> {
    let mut numbers = list.iter().enumerate();
    numbers.try_for_each(|(i, &x)| share(&place.at(i), x))
}

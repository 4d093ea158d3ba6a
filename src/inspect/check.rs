//! Watched units held against the configuration that they are of, when they are read.

use super::{LayerSnapshot, Learned, Picture, Snapshot, StepTrace, TracedSample, Watched};
use crate::data::{DIGITS, digits};
use crate::formats::field_path::{FieldPath, Flaw};
use crate::model::Model;
use crate::results::check::{LARGEST, LAYERS, MATRICES, Shape, source, text};

const TASKS: (&str, &str) = ("stream", "tasks");
const UNITS: (&str, &str) = ("layer", "units");
const PIXELS: (&str, &str) = ("images", "pixels");

/// Holds a file of watched units against its configuration.
///
/// # Errors
/// The first field that does not fit.
pub(super) fn checked(watched: Watched) -> Result<Watched, Flaw> {
    text("code_version", &watched.code_version)?;
    let config = &watched.config;
    source(config, &watched.draws, &watched.data, &watched.engine)?;
    let probe = FieldPath::new("probe");
    probe.field("digit").below(watched.probe.digit, DIGITS)?;
    probe
        .field("angle")
        .within(watched.probe.angle, -LARGEST, LARGEST)?;
    // The probe is one of our own digits, whatever the network learns.
    let own = digits(0, 0, 0).info.pixels();
    FieldPath::new("pixels").count(watched.pixels.len(), own, PIXELS)?;
    let strip = FieldPath::new("strip");
    strip.count(watched.strip.len(), config.tasks as usize, TASKS)?;
    for (t, turned) in watched.strip.iter().enumerate() {
        strip.at(t).count(turned.len(), own, PIXELS)?;
    }
    let model = Model::new(config, &watched.data);
    let held = Held {
        shape: Shape {
            config,
            model: &model,
        },
        side: watched.data.side as usize,
    };
    let (lanes, known) = (FieldPath::new("lanes"), config.lanes());
    for (i, lane) in watched.lanes.iter().enumerate() {
        let place = lanes.at(i);
        let again = watched.lanes.iter().take(i).any(|l| l.lane == lane.lane);
        if again || !known.contains(&lane.lane) {
            let found = format!(
                "seed {} under {}",
                lane.lane.seed,
                lane.lane.condition.name()
            );
            return Err(place.refuse(found, "each of the configuration's lanes, once"));
        }
        let snapshots = place.field("snapshots");
        // Before training, then after each task.
        if lane.snapshots.len() > config.tasks as usize + 1 {
            let allowed = format!("0 to {}", config.tasks + 1);
            return Err(snapshots.refuse(format!("{} of them", lane.snapshots.len()), allowed));
        }
        for (t, snapshot) in lane.snapshots.iter().enumerate() {
            held.snapshot(&snapshots.at(t), snapshot)?;
        }
        held.trace(&place.field("trace"), &lane.trace)?;
        held.learned(&place.field("learned"), &lane.learned)?;
    }
    Ok(watched)
}

/// What a lane's pictures and numbers are held against.
struct Held<'a> {
    shape: Shape<'a>,
    /// Pixels of an image's side.
    side: usize,
}

impl Held<'_> {
    fn snapshot(&self, place: &FieldPath<'_>, snapshot: &Snapshot) -> Result<(), Flaw> {
        let model = self.shape.model;
        let layers = place.field("layers");
        layers.count(snapshot.layers.len(), model.layers.len(), LAYERS)?;
        for ((l, seen), layer) in snapshot.layers.iter().enumerate().zip(&model.layers) {
            self.layer(&layers.at(l), seen, layer.units)?;
        }
        place.field("answer").below(
            snapshot.answer,
            model.heads.first().map_or(0, |h| h.classes),
        )?;
        place
            .field("confidence")
            .within(snapshot.confidence, 0.0, 1.0)
    }

    fn layer(&self, place: &FieldPath<'_>, seen: &LayerSnapshot, units: usize) -> Result<(), Flaw> {
        let output = place.field("output");
        output.count(seen.output.len(), units, UNITS)?;
        let before = place.field("pre_activation");
        before.count(seen.pre_activation.len(), units, UNITS)?;
        for (field, x) in [
            ("low", seen.low),
            ("high", seen.high),
            ("threshold", seen.threshold),
        ] {
            place.field(field).within(x, -LARGEST, LARGEST)?;
        }
        let shown = seen.output.iter().filter(|&&h| h > 0).count();
        if seen.active as usize != shown {
            let allowed = format!("{shown}, as in output");
            return Err(place.field("active").refuse(seen.active, allowed));
        }
        Ok(())
    }

    fn picture(&self, place: &FieldPath<'_>, picture: &Picture) -> Result<(), Flaw> {
        let pixels = self.side * self.side;
        place
            .field("pixels")
            .count(picture.pixels.len(), pixels, PIXELS)?;
        place.field("scale").within(picture.scale, 0.0, LARGEST)
    }

    fn samples(
        &self,
        place: &FieldPath<'_>,
        samples: &[TracedSample],
        most: u32,
    ) -> Result<(), Flaw> {
        let (config, model) = (self.shape.config, self.shape.model);
        if samples.len() > most as usize {
            let allowed = format!("0 to {most}");
            return Err(place.refuse(format!("{} of them", samples.len()), allowed));
        }
        for (i, sample) in samples.iter().enumerate() {
            let place = place.at(i);
            let pixels = self.side * self.side;
            place
                .field("pixels")
                .count(sample.pixels.len(), pixels, PIXELS)?;
            place
                .field("task")
                .below(sample.task, config.tasks as usize)?;
            let labels = [("category", Some(sample.category)), ("item", sample.item)];
            for ((field, label), head) in labels.into_iter().zip(&model.heads) {
                label.map_or(Ok(()), |l| place.field(field).below(l, head.classes))?;
            }
        }
        Ok(())
    }

    fn trace(&self, place: &FieldPath<'_>, trace: &StepTrace) -> Result<(), Flaw> {
        let (config, model) = (self.shape.config, self.shape.model);
        place
            .field("step")
            .below(trace.step, config.steps() as usize)?;
        place
            .field("task")
            .below(trace.task, config.tasks as usize)?;
        self.samples(&place.field("current"), &trace.current, config.batch)?;
        self.samples(&place.field("replay"), &trace.replay, config.replay)?;
        for (field, x) in [
            ("loss_before", trace.loss_before),
            ("meta_loss", trace.meta_loss),
        ] {
            place.field(field).within(x, -LARGEST, LARGEST)?;
        }
        let numbers = |place: &FieldPath<'_>, list: &[f64], expected: usize, of| {
            place.count(list.len(), expected, of)?;
            place.all_within(list, -LARGEST, LARGEST)
        };
        let inner = place.field("inner");
        inner.count(
            trace.inner.len(),
            trace.current.len(),
            ("step", "current samples"),
        )?;
        let matrices = model.matrices.len();
        for (i, step) in trace.inner.iter().enumerate() {
            let place = inner.at(i);
            place.field("loss").within(step.loss, -LARGEST, LARGEST)?;
            place
                .field("meta_loss")
                .within(step.meta_loss, -LARGEST, LARGEST)?;
            numbers(&place.field("moved"), &step.moved, matrices, MATRICES)?;
        }
        for (field, list) in [
            ("weights", &trace.weights),
            ("weights_gradient", &trace.weights_gradient),
            ("alpha_gradient", &trace.alpha_gradient),
            ("weights_moved", &trace.weights_moved),
        ] {
            numbers(&place.field(field), list, matrices, MATRICES)?;
        }
        let (beta, layers) = (&trace.beta_gradient, model.layers.len());
        numbers(&place.field("beta_gradient"), beta, layers, LAYERS)?;
        place.field("clip").all_within(&trace.clip, 0.0, 1.0)?;
        for (alpha, beta) in trace.alpha.iter().zip(&trace.beta) {
            self.shape.rates(place, alpha, beta)?;
        }
        let unit = place.field("unit");
        let first = model.layers.first().map_or(0, |l| l.units);
        unit.field("unit").below(trace.unit.unit, first)?;
        self.picture(&unit.field("before"), &trace.unit.before)?;
        self.picture(&unit.field("fast"), &trace.unit.fast)?;
        self.picture(&unit.field("update"), &trace.unit.update)
    }

    fn learned(&self, place: &FieldPath<'_>, learned: &Learned) -> Result<(), Flaw> {
        let first = self.shape.model.layers.first().map_or(0, |l| l.units);
        let units = place.field("units");
        units.count(learned.units.len(), first, UNITS)?;
        let half = self.side / 2;
        for (i, digits) in learned.units.iter().enumerate() {
            let place = units.at(i);
            place.count(digits.len(), half * half, PIXELS)?;
            if !digits.bytes().all(|d| (b'0'..=b'6').contains(&d)) {
                return Err(place.refuse("something else", "digits from 0 to 6"));
            }
        }
        let scales = place.field("scales");
        scales.count(learned.scales.len(), first, UNITS)?;
        scales.all_within(&learned.scales, 0.0, LARGEST)
    }
}

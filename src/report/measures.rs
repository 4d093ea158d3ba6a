//! Numbers that a lane comes to: at the end of the stream, and over its whole course.

use super::quantity::Quantity;
use crate::analysis::summary::{Transfer, peak_of_alpha};
use crate::model::{Lesion, Model};
use crate::results::description::lesion_name;
use crate::results::record::{Evaluation, TaskRecord};
use crate::results::{LaneResults, Results};

/// Finds a number in a lane; none where it was not measured.
type Find = Box<dyn Fn(&LaneResults) -> Option<f64>>;

/// A number of a lane.
pub(crate) struct Measure {
    /// What it is, as rows name it.
    pub metric: String,
    /// What it is, as tables name it.
    pub words: String,
    /// What kind of number it is.
    pub quantity: Quantity,
    /// Digits after the point in tables.
    pub digits: usize,
    /// Its number in a lane; none where it was not measured.
    pub of: Find,
}

impl Measure {
    /// A number that rows and tables name alike.
    fn new(
        quantity: Quantity,
        name: String,
        digits: usize,
        of: impl Fn(&LaneResults) -> Option<f64> + 'static,
    ) -> Self {
        Self {
            metric: name.clone(),
            words: name,
            quantity,
            digits,
            of: Box::new(of),
        }
    }

    /// The same, named otherwise in tables.
    fn in_words(self, words: String) -> Self {
        Self { words, ..self }
    }
}

/// How rows and tables name an accuracy.
pub(crate) fn accuracy_name(results: &Results, head: u32, lesion: Lesion) -> String {
    let name = results.heads.get(head as usize).map(String::as_str);
    let lesion = lesion_name(lesion, &results.layers);
    Quantity::Accuracy.of(&format!("{} {lesion}", name.unwrap_or_default()))
}

fn last(lane: &LaneResults) -> Option<&TaskRecord> {
    lane.records.last()
}

fn evaluation(record: &TaskRecord) -> Option<&Evaluation> {
    record.evaluation.as_ref()
}

/// What tables have of the end of the stream, and of codes before training.
pub(crate) fn at_end(results: &Results) -> Vec<Measure> {
    let mut all = Vec::new();
    let model = Model::new(&results.config, &results.data);
    let lesions = model.lesions();
    let heads = 0..model.heads.len() as u32;
    for (head, lesion) in heads.flat_map(|h| lesions.iter().map(move |&l| (h, l))) {
        let of = move |lane: &LaneResults| {
            let mut all = evaluation(last(lane)?)?.accuracy.iter();
            all.find(|a| (a.head, a.lesion) == (head, lesion))
                .map(|a| a.mean)
        };
        let digits = if head == 0 { 3 } else { 4 };
        all.push(Measure::new(
            Quantity::Accuracy,
            accuracy_name(results, head, lesion),
            digits,
            of,
        ));
    }
    for (l, name) in results.layers.iter().enumerate() {
        let of = move |lane: &LaneResults| evaluation(last(lane)?)?.active.get(l).copied();
        all.push(Measure::new(
            Quantity::Active,
            Quantity::Active.of(name),
            3,
            of,
        ));
    }
    let of = |lane: &LaneResults| Some(evaluation(last(lane)?)?.active_pooled);
    all.push(Measure::new(
        Quantity::Active,
        "active fraction, all layers".into(),
        3,
        of,
    ));
    for (l, name) in results.layers.iter().enumerate() {
        let of = move |lane: &LaneResults| *evaluation(last(lane)?)?.correlation.get(l)?;
        let name = Quantity::Correlation.of(name);
        all.push(Measure::new(Quantity::Correlation, name.clone(), 3, of));
        let before = move |lane: &LaneResults| {
            let first = lane.records.first()?;
            *evaluation(first)?.correlation.get(l)?
        };
        all.push(Measure::new(
            Quantity::Correlation,
            format!("{name}, untrained"),
            3,
            before,
        ));
    }
    for (m, name) in results.matrices.iter().enumerate() {
        let of = move |lane: &LaneResults| last(lane)?.alpha.get(m).copied();
        all.push(Measure::new(
            Quantity::Alpha,
            Quantity::Alpha.of(name),
            4,
            of,
        ));
    }
    for (l, name) in results.layers.iter().enumerate() {
        let of = move |lane: &LaneResults| last(lane)?.beta.get(l).copied();
        all.push(Measure::new(Quantity::Beta, Quantity::Beta.of(name), 3, of));
    }
    all
}

/// A part of [`Transfer`].
type Pick = (Quantity, fn(&Transfer) -> f64);

/// What is known of a whole course: transfer and forgetting, and when rates were at their highest.
pub(crate) fn of_course(results: &Results) -> Vec<Measure> {
    const PICKS: [Pick; 4] = [
        (Quantity::Learning, |t| t.learning),
        (Quantity::Backward, |t| t.backward),
        (Quantity::Forward, |t| t.forward),
        (Quantity::Forgetting, |t| t.forgetting),
    ];
    let mut all = Vec::new();
    for (head, name) in (0..).zip(&results.heads) {
        for (quantity, pick) in PICKS {
            let config = results.config.clone();
            let of = move |lane: &LaneResults| {
                Transfer::of(&config, &lane.records, head).map(|t| pick(&t))
            };
            let measure = Measure::new(quantity, quantity.of(name), 3, of);
            all.push(measure.in_words(format!("{} ({name})", quantity.words())));
        }
    }
    for (m, name) in results.matrices.iter().enumerate() {
        // A rate that is not learned has no peak.
        let of = move |lane: &LaneResults| {
            let learned = lane.condition.learns_alpha();
            let peak = learned.then(|| peak_of_alpha(&lane.records, m))?;
            peak.map(f64::from)
        };
        let measure = Measure::new(Quantity::Peak, Quantity::Peak.of(name), 1, of);
        all.push(measure.in_words(format!("task at which alpha {name} peaks")));
    }
    all
}

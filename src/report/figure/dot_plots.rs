//! Panels with places along the axis below: every seed a point, means with their standard error.

use plotters::prelude::*;

use super::chart::{
    ACCURACY, Below, Chart, axes, axis, dotted, jitter, line_under_title, mean, nothing,
};
use super::run::{Run, accuracy, measured};
use super::{Area, Drawn, drawing};
use crate::analysis::stats::{self, Estimate};
use crate::config::Condition;
use crate::experiments::panel::Rate;
use crate::model::Lesion;
use crate::results::LaneResults;

/// What is drawn of one condition.
struct Group {
    name: String,
    color: RGBColor,
    /// For each place, one value for each seed.
    values: Vec<Vec<f64>>,
}

/// A panel of groups side by side at each place.
struct DotPlot<'a> {
    y_words: &'a str,
    names: Vec<String>,
    groups: Vec<Group>,
    /// Chance, dotted.
    line: Option<f64>,
    /// The untrained network's mean at each place, as an open circle.
    untrained: Vec<f64>,
}

/// How far apart groups stand, in places.
const APART: f64 = 0.34;

impl DotPlot<'_> {
    /// Draws axes, chance, untrained means, then each group's seeds with their mean.
    fn draw(&self, run: &Run<'_>, area: &Area<'_>, note: &str) -> Drawn {
        let named = self.groups.iter().map(|g| (g.name.clone(), g.color));
        line_under_title(&run.theme, area, note, &named.collect::<Vec<_>>())?;
        let values = self.groups.iter().flat_map(|g| g.values.iter().flatten());
        if values.clone().next().is_none() {
            return nothing(&run.theme, area);
        }
        let values = values.chain(&self.untrained).copied();
        let y = axis(values.chain(self.line));
        let mut chart = axes(
            &run.theme,
            area,
            &Below::Names(&self.names),
            y,
            self.y_words,
        )?;
        if let Some(line) = self.line {
            dotted(
                &run.theme,
                &mut chart,
                line,
                -0.5..self.names.len() as f64 - 0.5,
            )?;
        }
        let circle =
            |(place, y): (usize, &f64)| Circle::new((place as f64, *y), 4, run.theme.text.mix(0.6));
        let circles = self.untrained.iter().enumerate().map(circle);
        chart.draw_series(circles).map_err(drawing)?;
        for (g, group) in self.groups.iter().enumerate() {
            let side = (g as f64 - (self.groups.len() as f64 - 1.0) / 2.0) * APART;
            for (place, values) in group.values.iter().enumerate() {
                seeds(run, &mut chart, place as f64 + side, values, group.color)?;
            }
        }
        Ok(())
    }
}

/// Where the i-th seed of a swarm stands.
fn beside(x: f64, i: usize) -> f64 {
    x + 0.18 * jitter(i)
}

/// A swarm of seeds with their mean.
fn seeds(
    run: &Run<'_>,
    chart: &mut Chart<'_, '_>,
    x: f64,
    values: &[f64],
    color: RGBColor,
) -> Drawn {
    let dot = |(i, &y): (usize, &f64)| Circle::new((beside(x, i), y), 2, color.mix(0.35).filled());
    chart
        .draw_series(values.iter().enumerate().map(dot))
        .map_err(drawing)?;
    Estimate::of(values).map_or(Ok(()), |e| mean(&run.theme, chart, x, &e))
}

/// The compared conditions' values, by place.
fn groups(run: &Run<'_>, values: impl Fn(Condition) -> Vec<Vec<f64>>) -> Vec<Group> {
    let group = |condition: Condition| Group {
        name: condition.name().to_owned(),
        color: run.theme.condition(condition),
        values: values(condition),
    };
    run.pair().into_iter().map(group).collect()
}

/// Active fraction of each layer, beside the untrained network's.
pub(super) fn profile(run: &Run<'_>, area: &Area<'_>, note: &str) -> Drawn {
    let layers = 0..run.described.layers.len();
    let active = |l: usize| move |r: &_| measured(r, l, |e| &e.active);
    let at_end = |c: Condition| layers.clone().map(|l| run.at_end(c, active(l))).collect();
    // All conditions of a seed begin with the same network.
    let first = run.pair().first().copied();
    let untrained = first.map_or(Vec::new(), |c| {
        let seeds = layers.clone().map(|l| run.untrained(c, active(l)));
        seeds.map(|s| stats::mean(&s)).collect()
    });
    DotPlot {
        y_words: "units active, share",
        names: run.layers(),
        groups: groups(run, at_end),
        line: None,
        untrained,
    }
    .draw(run, area, note)
}

/// A rate of each layer.
pub(super) fn rate(run: &Run<'_>, area: &Area<'_>, note: &str, rate: Rate) -> Drawn {
    let layers = 0..run.described.layers.len();
    let values = |c: Condition| {
        let layers = layers.clone();
        layers
            .map(|l| run.at_end(c, |r| run.rate(r, rate, l)))
            .collect()
    };
    DotPlot {
        y_words: rate.axis(),
        names: run.layers(),
        groups: groups(run, values),
        line: None,
        untrained: Vec::new(),
    }
    .draw(run, area, note)
}

/// What each lesion leaves of a head's accuracy.
pub(super) fn lesions(run: &Run<'_>, area: &Area<'_>, note: &str, head: u32) -> Drawn {
    let lesions = &run.described.lesions;
    let values = |c: Condition| {
        let of = |lesion: Lesion| run.at_end(c, |r| accuracy(r, head, lesion).map(|a| a.mean));
        lesions.iter().map(|l| of(l.lesion)).collect()
    };
    DotPlot {
        y_words: ACCURACY,
        names: lesions.iter().map(|l| l.name.clone()).collect(),
        groups: groups(run, values),
        line: run.head(head).map(|(_, chance)| chance),
        untrained: Vec::new(),
    }
    .draw(run, area, note)
}

/// A head's accuracy under each condition; a seed's are joined where there are two.
pub(super) fn pairs(run: &Run<'_>, area: &Area<'_>, note: &str, head: u32) -> Drawn {
    line_under_title(&run.theme, area, note, &[])?;
    let conditions = run.conditions();
    let of = |c: Condition| run.at_end(c, |r| accuracy(r, head, Lesion::Intact).map(|a| a.mean));
    let values: Vec<Vec<f64>> = conditions.iter().map(|&c| of(c)).collect();
    if values.iter().all(Vec::is_empty) {
        return nothing(&run.theme, area);
    }
    let chance = run.head(head).map(|(_, chance)| chance);
    let names: Vec<String> = conditions.iter().map(|c| c.name().to_owned()).collect();
    let y = axis(values.iter().flatten().copied().chain(chance));
    let mut chart = axes(&run.theme, area, &Below::Names(&names), y, ACCURACY)?;
    if let Some(chance) = chance {
        dotted(
            &run.theme,
            &mut chart,
            chance,
            -0.5..names.len() as f64 - 0.5,
        )?;
    }
    if let [before, after] = conditions[..] {
        let of =
            |lane: &LaneResults| Some(accuracy(lane.records.last()?, head, Lesion::Intact)?.mean);
        let line = |(i, lane): (usize, &LaneResults)| {
            let others = run.lanes(after);
            let (j, other) = (0..).zip(others).find(|(_, l)| l.seed == lane.seed)?;
            let ends = [(beside(0.0, i), of(lane)?), (beside(1.0, j), of(other)?)];
            Some(PathElement::new(ends, run.theme.text.mix(0.15)))
        };
        let lanes = run.lanes(before).into_iter().enumerate();
        chart.draw_series(lanes.filter_map(line)).map_err(drawing)?;
    }
    for ((place, values), condition) in values.iter().enumerate().zip(conditions) {
        let color = run.theme.condition(condition);
        seeds(run, &mut chart, place as f64, values, color)?;
    }
    Ok(())
}

/// How alike codes of different images are in each layer, before learning (open) and after (filled).
pub(super) fn codes(run: &Run<'_>, area: &Area<'_>, note: &str) -> Drawn {
    let layers = 0..run.described.layers.len();
    let alike = |l: usize| move |r: &_| measured(r, l, |e| &e.correlation).flatten();
    let pair = run.pair();
    let named = pair
        .iter()
        .map(|&c| (c.name().to_owned(), run.theme.condition(c)));
    line_under_title(&run.theme, area, note, &named.collect::<Vec<_>>())?;
    let mut marks = Vec::new();
    for (g, &c) in pair.iter().enumerate() {
        let side = (g as f64 - (pair.len() as f64 - 1.0) / 2.0) * APART;
        for l in layers.clone() {
            let before = Estimate::of(&run.untrained(c, alike(l)));
            let after = Estimate::of(&run.at_end(c, alike(l)));
            let ends = before.zip(after).map(|(b, a)| (b.mean, a.mean));
            marks.extend(ends.map(|ends| (l as f64 + side, ends, run.theme.condition(c))));
        }
    }
    if marks.is_empty() {
        return nothing(&run.theme, area);
    }
    let y = axis(
        marks
            .iter()
            .flat_map(|(_, (before, after), _)| [*before, *after]),
    );
    let names = run.layers();
    let words = "mean correlation, -1 to 1";
    let mut chart = axes(&run.theme, area, &Below::Names(&names), y, words)?;
    for (x, (before, after), color) in marks {
        let line = PathElement::new([(x, before), (x, after)], color.stroke_width(2));
        chart.draw_series([line]).map_err(drawing)?;
        let ends = [
            Circle::new((x, before), 4, color.stroke_width(1)),
            Circle::new((x, after), 4, color.filled()),
        ];
        chart.draw_series(ends).map_err(drawing)?;
    }
    Ok(())
}

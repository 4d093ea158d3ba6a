//! Panels over the stream: means with a band of one standard error, named at their ends.

use plotters::prelude::*;

use super::chart::{ACCURACY, Below, axes, axis, dotted, line_under_title, names_at_ends, nothing};
use super::run::{Run, accuracy as accuracy_of};
use super::{Area, Drawn, drawing};
use crate::analysis::stats::Estimate;
use crate::config::Condition;
use crate::experiments::panel::Rate;
use crate::model::Lesion;

/// A line over the stream.
struct Line {
    name: String,
    color: RGBColor,
    /// Tasks learned, and the mean over seeds then.
    points: Vec<(f64, Estimate)>,
}

impl Line {
    /// Of every seed's values after each number of tasks.
    fn new(name: String, color: RGBColor, values: &[Vec<f64>]) -> Self {
        let points = (0..)
            .zip(values)
            .filter_map(|(t, v)| Some((f64::from(t), Estimate::of(v)?)));
        let points = points.collect();
        Self {
            name,
            color,
            points,
        }
    }
}

/// A head's accuracy under every condition.
pub(super) fn accuracy(run: &Run<'_>, area: &Area<'_>, note: &str, head: u32) -> Drawn {
    let line = |condition: Condition| {
        let values = run.course(condition, |r| {
            accuracy_of(r, head, Lesion::Intact).map(|a| a.mean)
        });
        let color = run.theme.condition(condition);
        Line::new(condition.name().to_owned(), color, &values)
    };
    let lines: Vec<Line> = run.conditions().into_iter().map(line).collect();
    let chance = run.head(head).map(|(_, chance)| chance);
    draw(run, area, note, ACCURACY, &lines, chance)
}

/// A rate of each layer under meta.
pub(super) fn rate(run: &Run<'_>, area: &Area<'_>, note: &str, rate: Rate) -> Drawn {
    let layers = run.layers();
    let count = layers.len();
    let line = |(l, name): (usize, String)| {
        let values = run.course(Condition::Meta, |r| run.rate(r, rate, l));
        Line::new(name, run.theme.layer(l, count), &values)
    };
    let lines: Vec<Line> = layers.into_iter().enumerate().map(line).collect();
    draw(run, area, note, rate.axis(), &lines, None)
}

fn draw(
    run: &Run<'_>,
    area: &Area<'_>,
    note: &str,
    y_words: &str,
    lines: &[Line],
    chance: Option<f64>,
) -> Drawn {
    line_under_title(&run.theme, area, note, &[])?;
    if lines.iter().all(|line| line.points.is_empty()) {
        return nothing(&run.theme, area);
    }
    let ends_of = |e: &Estimate| {
        let spread = e.sem.unwrap_or(0.0);
        (e.mean - spread, e.mean + spread)
    };
    let points = lines.iter().flat_map(|line| &line.points);
    let all = points.flat_map(|(_, e)| [ends_of(e).0, ends_of(e).1]);
    let y = axis(all.chain(chance));
    let tasks = run.tasks();
    let below = Below::Tasks(tasks, run.described.config.order.progress());
    let mut chart = axes(&run.theme, area, &below, y.clone(), y_words)?;
    if let Some(chance) = chance {
        dotted(&run.theme, &mut chart, chance, 0.0..f64::from(tasks))?;
    }
    let mut ends = Vec::new();
    for Line {
        name,
        color,
        points,
    } in lines
    {
        let up = points.iter().map(|(t, e)| (*t, ends_of(e).1));
        let down = points.iter().rev().map(|(t, e)| (*t, ends_of(e).0));
        let band = Polygon::new(up.chain(down).collect::<Vec<_>>(), color.mix(0.2));
        chart.draw_series([band]).map_err(drawing)?;
        let means = points.iter().map(|(t, e)| (*t, e.mean));
        let line = LineSeries::new(means, color.stroke_width(2));
        chart.draw_series(line).map_err(drawing)?;
        ends.extend(points.last().map(|(_, e)| (e.mean, name.clone(), *color)));
    }
    names_at_ends(&run.theme, &mut chart, f64::from(tasks) * 1.02, &y, ends)
}

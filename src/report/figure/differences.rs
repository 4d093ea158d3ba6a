//! A part of a claim, seed by seed.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::chart::{GAP, SIZE, TOP, axis, jitter, line_under_title, nothing, number, wrapped};
use super::run::Run;
use super::{Area, Drawn, PANEL, drawing};
use crate::analysis::claims::PartOutcome;
use crate::config::Condition;

/// Pixels between lines of text.
const LINE: u32 = 16;

/// A claim's part: a swarm of seeds along the axis below, with its mean, its interval and zero.
pub(super) fn swarm(
    run: &Run<'_>,
    area: &Area<'_>,
    note: &str,
    part: Option<&PartOutcome>,
) -> Drawn {
    line_under_title(&run.theme, area, note, &[])?;
    let found = part.and_then(|p| Some((p, p.effect?)));
    let Some((part, effect)) = found.filter(|(p, ..)| !p.values.is_empty()) else {
        return nothing(&run.theme, area);
    };
    let (theme, color) = (&run.theme, run.theme.condition(Condition::Meta));
    let x = axis(part.values.iter().copied());
    // What is measured stands below, on as many lines as it takes.
    let words = wrapped(&part.what, 47);
    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP)
        .margin_right(16)
        .margin_left(16)
        .margin_bottom(LINE * words.len() as u32 + GAP)
        .x_label_area_size(24)
        .build_cartesian_2d(x, -1.0..1.0)
        .map_err(drawing)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .light_line_style(TRANSPARENT)
        .bold_line_style(theme.grid)
        .axis_style(theme.grid)
        .label_style(theme.font(SIZE))
        .x_labels(5)
        .x_label_formatter(&|x| number(*x))
        .draw()
        .map_err(drawing)?;
    let zero = PathElement::new([(0.0, -1.0), (0.0, 1.0)], theme.text.stroke_width(1));
    chart.draw_series([zero]).map_err(drawing)?;
    let dot =
        |(i, &x): (usize, &f64)| Circle::new((x, 0.2 + jitter(i)), 3, color.mix(0.4).filled());
    let dots = part.values.iter().enumerate().map(dot);
    chart.draw_series(dots).map_err(drawing)?;
    // One seed has none.
    let interval = part.interval.map(|[low, high]| {
        PathElement::new([(low, -0.7), (high, -0.7)], theme.text.stroke_width(3))
    });
    chart.draw_series(interval).map_err(drawing)?;
    let mean = Circle::new((effect, -0.7), 5, theme.text.filled());
    chart.draw_series([mean]).map_err(drawing)?;
    for (line, i) in words.iter().rev().zip(1..) {
        let place = (PANEL.0 as i32 / 2, (PANEL.1 - GAP) as i32 - LINE as i32 * i);
        let style = theme.font(SIZE).pos(Pos::new(HPos::Center, VPos::Top));
        area.draw(&Text::new(line.clone(), place, style))
            .map_err(drawing)?;
    }
    Ok(())
}

//! What all panels share: the line under the title, axes, means.

use std::ops::Range;

use plotters::chart::ChartContext;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::theme::Theme;
use super::{Area, Drawn, FigureError, PANEL, drawing};
use crate::analysis::stats::Estimate;

pub(super) type Chart<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Pixels above the axes: title and the line under it.
pub(super) const TOP: u32 = 48;
/// Pixels below the axes.
pub(super) const BOTTOM: u32 = 40;
/// Pixels between rows of panels.
pub(super) const GAP: u32 = 10;
/// Pixels left of them.
pub(super) const LEFT: u32 = 60;
/// Pixels between a panel's left edge and what is written along the upright axis.
pub(super) const MARGIN: u32 = 4;
/// Size of what is written, in pixels (the crate's lines of that height: letters are a fifth smaller).
pub(super) const SIZE: f64 = 14.0;

/// Pixels of an axis from bottom to top.
pub(super) const HEIGHT: u32 = PANEL.1 - TOP - BOTTOM - GAP;

/// What stands along the upright axis of accuracies.
pub(super) const ACCURACY: &str = "accuracy, share of images";

/// About how wide a text is, in pixels.
pub(super) fn width(text: &str, size: f64) -> i32 {
    (text.chars().count() as f64 * size * 0.45) as i32
}

/// Lines of at most so many characters.
pub(super) fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The line under a title: the panel's note, then names in their colours.
pub(super) fn line_under_title(
    theme: &Theme,
    area: &Area<'_>,
    note: &str,
    names: &[(String, RGBColor)],
) -> Drawn {
    let mut x = 24;
    let note = (!note.is_empty()).then(|| (note.to_owned(), theme.text));
    for (name, color) in note.iter().chain(names) {
        let style = theme.font_in(SIZE, *color);
        area.draw(&Text::new(name.clone(), (x, 27), style))
            .map_err(drawing)?;
        x += width(name, SIZE) + 12;
    }
    Ok(())
}

/// What stands where nothing was measured.
pub(super) fn nothing(theme: &Theme, area: &Area<'_>) -> Drawn {
    let style = theme.font(SIZE);
    area.draw(&Text::new("not measured in this run", (24, 60), style))
        .map_err(drawing)
}

/// The axis that holds all values, and 0, with a little above.
pub(super) fn axis(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (low, high) = values.fold((0.0, 0.0), |(low, high): (f64, f64), v| {
        (low.min(v), high.max(v))
    });
    let margin = 0.06 * (high - low).max(1e-9);
    let low = if low < 0.0 { low - margin } else { 0.0 };
    low..high + margin
}

/// What stands along the axis below.
pub(super) enum Below<'a> {
    /// Places with names, at 0, 1, 2, ...
    Names(&'a [String]),
    /// The same, with what they are under them.
    Places(&'a [String], &'a str),
    /// The stream of so many tasks and what it is counted in, with place for names at the lines' ends.
    Tasks(u32, &'static str),
}

/// Axes with their labels; `y_words` says what stands on the upright one.
pub(super) fn axes<'a, 'b>(
    theme: &Theme,
    area: &'a Area<'b>,
    below: &Below<'_>,
    y: Range<f64>,
    y_words: &str,
) -> Result<Chart<'a, 'b>, FigureError> {
    let x = match below {
        Below::Names(names) | Below::Places(names, _) => -0.5..names.len() as f64 - 0.5,
        Below::Tasks(tasks, _) => 0.0..f64::from(*tasks) * 1.25,
    };
    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP)
        .margin_bottom(GAP)
        .margin_right(8)
        .margin_left(MARGIN)
        .x_label_area_size(BOTTOM)
        .y_label_area_size(LEFT)
        .build_cartesian_2d(x, y)
        .map_err(drawing)?;
    let label = |at: &f64| match below {
        Below::Names(names) | Below::Places(names, _) => {
            let whole = (at - at.round()).abs() < 1e-6 && *at >= 0.0;
            let name = names.get(at.round().max(0.0) as usize).filter(|_| whole);
            name.cloned().unwrap_or_default()
        }
        Below::Tasks(tasks, _) if *at <= f64::from(*tasks) => format!("{at:.0}"),
        Below::Tasks(..) => String::new(),
    };
    // Names that are too long for their places are written smaller.
    let size = match below {
        Below::Names(names) | Below::Places(names, _) => {
            let place = f64::from(chart.plotting_area().dim_in_pixel().0) / names.len() as f64;
            let longest = names.iter().map(|name| width(name, SIZE)).max();
            SIZE.min(SIZE * (place - 3.0) / f64::from(longest.unwrap_or(1).max(1)))
        }
        Below::Tasks(..) => SIZE,
    };
    let mut mesh = chart.configure_mesh();
    mesh.disable_x_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(theme.grid)
        .axis_style(theme.grid)
        .label_style(theme.font(SIZE))
        .axis_desc_style(theme.font(SIZE))
        .y_labels(5)
        .y_desc(y_words)
        .y_label_formatter(&|y| number(*y))
        .x_label_style(theme.font(size))
        .x_label_formatter(&label);
    match below {
        Below::Names(names) => mesh.x_labels(2 * names.len() + 1),
        Below::Places(names, what) => mesh.x_labels(2 * names.len() + 1).x_desc(*what),
        Below::Tasks(_, what) => mesh.x_labels(6).x_desc(*what),
    };
    mesh.draw().map_err(drawing)?;
    Ok(chart)
}

/// A number beside an axis: as few digits as it has.
pub(super) fn number(x: f64) -> String {
    // Ticks are sums of steps, with their rounding.
    let rounded = (x * 1e6).round() / 1e6;
    // What rounds to nothing has no sign.
    format!("{}", rounded + 0.0)
}

/// A dotted line across: chance.
pub(super) fn dotted(theme: &Theme, chart: &mut Chart<'_, '_>, y: f64, x: Range<f64>) -> Drawn {
    let ends = [(x.start, y), (x.end, y)];
    let dashed = DashedLineSeries::new(ends, 3, 3, theme.text.stroke_width(1));
    chart.draw_series(dashed).map_err(drawing).map(|_| ())
}

/// A mean as a bar across with its standard error upright.
pub(super) fn mean(theme: &Theme, chart: &mut Chart<'_, '_>, x: f64, e: &Estimate) -> Drawn {
    let spread = e.sem.unwrap_or(0.0);
    let text = theme.text;
    let bar = [(x - 0.13, e.mean), (x + 0.13, e.mean)];
    let error = [(x, e.mean - spread), (x, e.mean + spread)];
    let elements = [
        PathElement::new(bar, text.stroke_width(2)),
        PathElement::new(error, text.stroke_width(1)),
    ];
    chart.draw_series(elements).map_err(drawing).map(|_| ())
}

/// Names at the right ends of lines, a line's height apart.
pub(super) fn names_at_ends(
    theme: &Theme,
    chart: &mut Chart<'_, '_>,
    x: f64,
    y: &Range<f64>,
    mut ends: Vec<(f64, String, RGBColor)>,
) -> Drawn {
    let height = (y.end - y.start) / f64::from(HEIGHT) * SIZE;
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut at: Vec<f64> = Vec::new();
    for (end, ..) in &ends {
        let floor = at.last().map_or(f64::NEG_INFINITY, |below| below + height);
        at.push(end.max(floor));
    }
    // What was pushed over the top comes down again.
    let mut ceiling = y.end;
    for place in at.iter_mut().rev() {
        *place = place.min(ceiling);
        ceiling = *place - height;
    }
    for ((_, name, color), y) in ends.into_iter().zip(at) {
        let style = theme.font_in(SIZE, color);
        let style = style.pos(Pos::new(HPos::Left, VPos::Center));
        let label = Text::new(name, (x, y), style);
        chart.draw_series([label]).map_err(drawing)?;
    }
    Ok(())
}

/// A little to the side, always the same for the same seed: -0.5 to 0.5.
pub(super) fn jitter(seed: usize) -> f64 {
    (seed * 7 % 13) as f64 / 12.0 - 0.5
}

//! Numbers of several runs side by side, as small plots: over one setting as points with their spread, over
//! two as a map of cells.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::chart::{
    BOTTOM, Below, GAP, LEFT, MARGIN, SIZE, TOP, axes, axis, dotted, line_under_title, nothing,
};
use super::{Area, COLUMNS, Drawn, FigureError, PANEL, Theme, drawing};
use crate::config::Condition;
use crate::report::plot::{MOST_PLOTS, Mark, Plot, Series, Shown};

/// Sizes of a plot's title: a long one is written smaller, and cut where the smallest has no room for it.
const TITLE: f64 = 17.0;
const SMALL_TITLE: f64 = 9.5;
/// What a letter takes across, beside its size.
const LETTER: f64 = 0.45;

/// Plots as one SVG document, four to a row.
///
/// # Errors
/// If there are none or more than [`MOST_PLOTS`].
pub fn plots(all: &[Plot], theme: Theme) -> Result<String, FigureError> {
    if all.is_empty() {
        return Err(FigureError::Empty);
    }
    if all.len() > MOST_PLOTS {
        return Err(FigureError::TooMany(all.len()));
    }
    let count = all.len() as u32;
    let size = (
        PANEL.0 * count.min(COLUMNS),
        PANEL.1 * count.div_ceil(COLUMNS),
    );
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
        for (i, plot) in (0..).zip(all) {
            let corner = (PANEL.0 * (i % COLUMNS), PANEL.1 * (i / COLUMNS));
            let area = root.clone().shrink(corner, PANEL);
            let (title, size) = titled(&plot.title, f64::from(PANEL.0) - 16.0);
            area.draw(&Text::new(title, (8, 6), theme.font(size)))
                .map_err(drawing)?;
            match &plot.shown {
                Shown::Lines { series, is_joined } => {
                    lines(&theme, &area, plot, series, *is_joined)?
                }
                Shown::Map { label, rows, cells } => {
                    map(&theme, &area, plot, (label, rows), cells)?;
                }
            }
        }
        root.present().map_err(drawing)?;
    }
    Ok(text)
}

/// A title as it has room, and its size.
fn titled(title: &str, room: f64) -> (String, f64) {
    let fitting = room / title.chars().count().max(1) as f64 / LETTER;
    let size = fitting.clamp(SMALL_TITLE, TITLE);
    if fitting >= SMALL_TITLE {
        return (title.to_owned(), size);
    }
    let most = (room / size / LETTER) as usize;
    let cut: String = title.chars().take(most.saturating_sub(1)).collect();
    (format!("{}…", cut.trim_end()), size)
}

/// Decimals of the numbers in a map's cells, all alike: the largest has three digits, none has more than
/// three decimals, and whole numbers have none.
fn decimals(values: impl Iterator<Item = f64> + Clone) -> usize {
    if values.clone().all(|x| x.fract() == 0.0) {
        return 0;
    }
    let largest = values.map(f64::abs).fold(0.0, f64::max);
    (2.0 - largest.log10().floor()).clamp(0.0, 3.0) as usize
}

/// A number with so many decimals; what rounds to nothing has no sign.
fn written(x: f64, decimals: usize) -> String {
    let scale = 10_f64.powi(decimals as i32);
    format!("{:.decimals$}", (x * scale).round() / scale + 0.0)
}

fn lines(theme: &Theme, area: &Area<'_>, plot: &Plot, series: &[Series], is_joined: bool) -> Drawn {
    let color = |s: &Series| theme.condition(s.condition);
    let named = series.iter().filter(|s| !s.name.is_empty());
    let named: Vec<_> = named.map(|s| (s.name.clone(), color(s))).collect();
    line_under_title(theme, area, &plot.note, &named)?;
    let marks = || series.iter().flat_map(|s| s.marks.iter().flatten());
    if marks().next().is_none() {
        return nothing(theme, area);
    }
    let ends = marks().flat_map(|m| m.ends.unwrap_or([m.value; 2]));
    let y = axis(ends.chain(marks().map(|m| m.value)));
    let has_zero = y.start < 0.0;
    let below = Below::Places(&plot.names, &plot.label);
    let mut chart = axes(theme, area, &below, y, &plot.measure)?;
    if has_zero {
        dotted(theme, &mut chart, 0.0, -0.5..plot.names.len() as f64 - 0.5)?;
    }
    for (s, series) in (0..).zip(series) {
        let color = color(series);
        let count = f64::from(named.len().max(1) as u32);
        let side = (f64::from(s) - (count - 1.0) / 2.0) * 0.12;
        let at: Vec<(f64, Mark)> = (0..)
            .zip(&series.marks)
            .filter_map(|(x, mark)| Some((f64::from(x) + side, (*mark)?)))
            .collect();
        if is_joined {
            let way = at.iter().map(|(x, m)| (*x, m.value));
            let way = LineSeries::new(way, color.mix(0.5).stroke_width(1));
            chart.draw_series(way).map_err(drawing)?;
        }
        let spread = |(x, m): &(f64, Mark)| {
            let [low, high] = m.ends?;
            Some(PathElement::new(
                [(*x, low), (*x, high)],
                color.stroke_width(1),
            ))
        };
        let spreads = at.iter().filter_map(spread);
        chart.draw_series(spreads).map_err(drawing)?;
        for (x, mark) in &at {
            let place = (*x, mark.value);
            let style = match mark.strong {
                true => color.filled(),
                false => color.stroke_width(1),
            };
            let dot = Circle::new(place, 4, style);
            chart.draw_series([dot]).map_err(drawing)?;
        }
    }
    Ok(())
}

/// How deep a number is coloured, beside the largest: of two digits, and never nothing.
fn depth(value: f64, largest: f64) -> f64 {
    let share = if largest > 0.0 {
        value.abs() / largest
    } else {
        0.0
    };
    (6.0 + 64.0 * share.min(1.0)).round() / 100.0
}

fn map(
    theme: &Theme,
    area: &Area<'_>,
    plot: &Plot,
    (label, rows): (&str, &[String]),
    cells: &[Vec<Option<Mark>>],
) -> Drawn {
    line_under_title(theme, area, &plot.note, &[])?;
    let marks = || cells.iter().flatten().flatten();
    if marks().next().is_none() {
        return nothing(theme, area);
    }
    let largest = marks().map(|m| m.value.abs()).fold(0.0, f64::max);
    let (columns, high) = (plot.names.len() as f64, rows.len() as f64);
    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP)
        .margin_bottom(GAP)
        .margin_right(8)
        .margin_left(MARGIN)
        .x_label_area_size(BOTTOM)
        .y_label_area_size(LEFT + 16)
        .build_cartesian_2d(-0.5..columns - 0.5, -0.5..high - 0.5)
        .map_err(drawing)?;
    let (wide, tall) = chart.plotting_area().dim_in_pixel();
    let cell = (f64::from(wide) / columns, f64::from(tall) / high);
    let fitting = |names: &[String], place: f64| {
        let longest = names.iter().map(|n| n.chars().count()).max().unwrap_or(1);
        SIZE.min(place / longest.max(1) as f64 / LETTER)
    };
    let below = fitting(&plot.names, cell.0 - 3.0);
    let beside = fitting(rows, f64::from(LEFT) - 12.0).min(cell.1);
    let name = |names: &[String], at: f64| {
        let whole = (at - at.round()).abs() < 1e-6 && at >= 0.0;
        let name = names.get(at.round().max(0.0) as usize);
        name.filter(|_| whole).cloned().unwrap_or_default()
    };
    chart
        .configure_mesh()
        .disable_mesh()
        .axis_style(theme.grid)
        .axis_desc_style(theme.font(SIZE))
        .x_labels(2 * plot.names.len() + 1)
        .y_labels(2 * rows.len() + 1)
        .x_label_style(theme.font(below))
        .y_label_style(theme.font(beside))
        .x_label_formatter(&|at| name(&plot.names, *at))
        .y_label_formatter(&|at| name(rows, *at))
        .x_desc(&plot.label)
        .y_desc(label)
        .draw()
        .map_err(drawing)?;
    // Numbers are written where they have room.
    let digits = LETTER * 6.0;
    let places = decimals(marks().map(|m| m.value));
    let size = SIZE.min((cell.0 - 4.0) / digits).min(cell.1 - 2.0);
    for (y, row) in (0..).zip(cells) {
        for (x, mark) in (0..).zip(row) {
            let Some(mark) = mark else { continue };
            let (x, y) = (f64::from(x), f64::from(y));
            let color = match mark.value < 0.0 {
                true => theme.condition(Condition::Frozen),
                false => theme.condition(Condition::Meta),
            };
            let corners = |by: f64| [(x - by, y - by), (x + by, y + by)];
            let ground = color.mix(depth(mark.value, largest)).filled();
            let frame = theme.text.stroke_width(2);
            let filled = Rectangle::new(corners(0.5), ground);
            chart.draw_series([filled]).map_err(drawing)?;
            if mark.strong {
                let framed = Rectangle::new(corners(0.45), frame);
                chart.draw_series([framed]).map_err(drawing)?;
            }
            if size >= 7.0 {
                let style = theme.font(size).pos(Pos::new(HPos::Center, VPos::Center));
                let words = Text::new(written(mark.value, places), (x, y), style);
                chart.draw_series([words]).map_err(drawing)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maps_numbers_are_written_alike() {
        let of = |values: &[f64]| {
            let places = decimals(values.iter().copied());
            let all: Vec<String> = values.iter().map(|&x| written(x, places)).collect();
            all.join(" ")
        };
        assert_eq!(of(&[0.64, 0.6418, 0.0]), "0.640 0.642 0.000");
        assert_eq!(of(&[-0.0002, 0.17, -0.19]), "0.000 0.170 -0.190");
        assert_eq!(of(&[3.0, 12.0]), "3 12");
        assert_eq!(of(&[15.53, 4.0]), "15.5 4.0");
        assert_eq!(of(&[1234.5]), "1235");
    }

    #[test]
    fn a_long_title_is_smaller_then_cut() {
        assert_eq!(titled("accuracy", 284.0), ("accuracy".into(), TITLE));
        for letters in 38..=66 {
            let (whole, size) = titled(&"a".repeat(letters), 284.0);
            assert!(whole.len() == letters && (SMALL_TITLE..TITLE).contains(&size));
        }
        let (cut, size) = titled(&"a ".repeat(50), 284.0);
        assert!(cut.ends_with("a…") && size == SMALL_TITLE, "{cut}");
        assert!(cut.chars().count() as f64 * size * LETTER <= 284.0);
    }
}

//! Accuracy matrices.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::chart::{BOTTOM, GAP, HEIGHT, LEFT, MARGIN, SIZE, TOP, line_under_title, nothing};
use super::run::{Run, accuracy};
use super::{Area, Drawn, PANEL, drawing};
use crate::analysis::stats;
use crate::config::Condition;
use crate::model::Lesion;

/// Accuracy of the first head after each task on each task: the mean over seeds, deeper in colour the higher.
pub(super) fn matrix(run: &Run<'_>, area: &Area<'_>, note: &str, condition: Condition) -> Drawn {
    line_under_title(&run.theme, area, note, &[])?;
    let (theme, tasks) = (&run.theme, run.tasks());
    let cell = |t: usize, on: usize, value: f64| {
        let (x, y) = (t as f64, on as f64 + 1.0);
        let corners = [(x - 0.5, y - 0.5), (x + 0.5, y + 0.5)];
        let color = theme.condition(condition);
        Rectangle::new(corners, color.mix(depth(value)).filled())
    };
    let mut cells = Vec::new();
    for on in 0..tasks as usize {
        let values = run.course(condition, |r| {
            let by_task = &accuracy(r, 0, Lesion::Intact)?.by_task;
            by_task.get(on).copied()
        });
        let values = values
            .iter()
            .enumerate()
            .filter(|(_, seeds)| !seeds.is_empty());
        cells.extend(values.map(|(t, seeds)| cell(t, on, stats::mean(seeds))));
    }
    if cells.is_empty() {
        return nothing(&run.theme, area);
    }
    let tasks = f64::from(tasks);
    let mut chart = ChartBuilder::on(area)
        .margin_top(TOP)
        .margin_bottom(GAP)
        .margin_right(44)
        .margin_left(MARGIN)
        .x_label_area_size(BOTTOM)
        .y_label_area_size(LEFT)
        .build_cartesian_2d(-0.5..tasks + 0.5, 0.5..tasks + 0.5)
        .map_err(drawing)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .axis_style(theme.grid)
        .label_style(theme.font(SIZE))
        .axis_desc_style(theme.font(SIZE))
        .x_labels(6)
        .y_labels(6)
        .x_label_formatter(&|at| format!("{at:.0}"))
        .y_label_formatter(&|at| format!("{at:.0}"))
        .x_desc(run.described.config.order.progress())
        .y_desc("on task")
        .draw()
        .map_err(drawing)?;
    chart.draw_series(cells).map_err(drawing)?;
    scale(run, area, condition)
}

/// How deep a share is coloured: of two digits, and never nothing, so that the matrix shows where it ends.
fn depth(share: f64) -> f64 {
    (4.0 + 96.0 * share).round() / 100.0
}

/// What a matrix's colours mean, from 0 to 1, at its right.
fn scale(run: &Run<'_>, area: &Area<'_>, condition: Condition) -> Drawn {
    const STEPS: i32 = 20;
    let (left, top, height) = (PANEL.0 as i32 - 36, TOP as i32, HEIGHT as i32);
    for i in 0..STEPS {
        let y = |step: i32| top + height * step / STEPS;
        let share = 1.0 - f64::from(i) / f64::from(STEPS - 1);
        let color = run.theme.condition(condition).mix(depth(share));
        let corners = [(left, y(i)), (left + 10, y(i + 1))];
        area.draw(&Rectangle::new(corners, color.filled()))
            .map_err(drawing)?;
    }
    for (y, words) in [(top, "1"), (top + height, "0")] {
        let style = run.theme.font(SIZE);
        let style = style.pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(words, (left + 14, y), style))
            .map_err(drawing)?;
    }
    Ok(())
}

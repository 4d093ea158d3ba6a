//! An experiment's figure as SVG, the panels that the page shows under the same letters: every seed a point,
//! means with their standard error, at the end of the stream; under them a caption that says which run it is.
//!
//! Text stays text, the ground stays clear, and colours are given for light or for dark surroundings.

mod caption;
mod chart;
mod course;
mod differences;
mod dot_plots;
mod matrix;
mod plots;
mod run;
mod theme;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::experiments;
use crate::experiments::panel::{Panel, Show};
use crate::report::plot::MOST_PLOTS;
use crate::results::Results;
pub use plots::plots;
use run::Run;
pub use theme::Theme;

/// Why a figure could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// No lane reached the end of the stream.
    #[error("no lane reached the end of the stream: there is nothing to draw")]
    Empty,
    /// More plots than one document has.
    #[error(
        "{0} plots are more than the {MOST_PLOTS} of one picture: vary fewer knobs; tables have all of it"
    )]
    TooMany(usize),
    /// The plotting crate's part.
    #[error("the figure could not be drawn: {0}")]
    Drawing(String),
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), FigureError>;

fn drawing(error: impl std::fmt::Display) -> FigureError {
    FigureError::Drawing(error.to_string())
}

/// Panels in a row; wide ones count twice.
const COLUMNS: u32 = 4;
/// A panel's width and height in pixels.
const PANEL: (u32, u32) = (300, 310);

/// Where panels stand: of each, its column, row and how many columns it takes.
fn grid(panels: &[Panel]) -> Vec<(u32, u32, u32)> {
    let (mut column, mut row) = (0, 0);
    let place = |panel: &Panel| {
        let span = if panel.wide { 2 } else { 1 };
        if column + span > COLUMNS {
            (column, row) = (0, row + 1);
        }
        column += span;
        (column - span, row, span)
    };
    panels.iter().map(place).collect()
}

/// A run's figure as an SVG document: the panels of the experiment that it belongs to.
///
/// # Errors
/// If there is nothing to draw.
pub fn svg(results: &Results, theme: Theme) -> Result<String, FigureError> {
    let experiment = experiments::of(results);
    let run = Run::new(results, experiment.judge(results), theme);
    if run.conditions().is_empty() {
        return Err(FigureError::Empty);
    }
    let places = grid(&experiment.panels);
    let columns = places.iter().map(|(column, _, span)| column + span).max();
    let rows = places.last().map_or(0, |(_, row, _)| row + 1);
    let (wide, high) = (PANEL.0 * columns.unwrap_or(1), PANEL.1 * rows);
    let lines = caption::lines(results, &experiment, wide);
    let size = (wide, high + caption::height(&lines));
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
        let panels = experiment.panels.iter().zip(places);
        for ((panel, (column, row, span)), letter) in panels.zip('a'..) {
            let (x, y) = ((PANEL.0 * column) as i32, (PANEL.1 * row) as i32);
            let area = root.clone().shrink((x, y), (PANEL.0 * span, PANEL.1));
            draw(&run, panel, letter, &area)?;
        }
        let under = root.clone().shrink((0, high as i32), (wide, size.1 - high));
        caption::draw(&run.theme, &under, &lines)?;
        root.present().map_err(drawing)?;
    }
    Ok(text)
}

fn draw(run: &Run<'_>, panel: &Panel, letter: char, area: &Area<'_>) -> Drawn {
    let title = format!("{letter}  {}", panel.title);
    let style = run.theme.font(17.0);
    area.draw(&Text::new(title, (8, 6), style))
        .map_err(drawing)?;
    let note = panel.note.as_deref().unwrap_or_default();
    match panel.show {
        Show::Course { head } => course::accuracy(run, area, note, head),
        Show::Trajectories { rate } => course::rate(run, area, note, rate),
        Show::Profile => dot_plots::profile(run, area, note),
        Show::Bars { rate } => dot_plots::rate(run, area, note, rate),
        Show::Pairs { head } => dot_plots::pairs(run, area, note, head),
        Show::Lesions { head } => dot_plots::lesions(run, area, note, head),
        Show::Codes => dot_plots::codes(run, area, note),
        Show::Differences { claim, part } => {
            let outcome = run.outcomes.get(claim as usize);
            let part = outcome.and_then(|o| o.parts.get(part as usize));
            differences::swarm(run, area, note, part)
        }
        Show::Matrix { condition } => matrix::matrix(run, area, note, condition),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_stand_in_rows_of_four() {
        let panel = |wide| Panel {
            wide,
            ..Panel::new("", Show::Profile)
        };
        let panels = [false, false, false, true, true, false].map(panel);
        let places = [
            (0, 0, 1),
            (1, 0, 1),
            (2, 0, 1),
            (0, 1, 2),
            (2, 1, 2),
            (0, 2, 1),
        ];
        assert_eq!(grid(&panels), places);
    }
}

//! What stands under a figure: which run it shows, and what its marks are.

use plotters::prelude::*;

use super::chart::{width, wrapped};
use super::theme::Theme;
use super::{Area, Drawn, drawing};
use crate::experiments::Experiment;
use crate::results::Results;

/// Size of what is written, in pixels.
const SIZE: f64 = 13.0;
/// Pixels between lines, and around all of them.
const LINE: u32 = 16;
const MARGIN: u32 = 8;

/// Whose run it is: the experiment, what of it was changed, seeds, conditions, images.
fn run_words(results: &Results, experiment: &Experiment) -> String {
    let config = &results.config;
    let varied = experiment.varied(config);
    let title = match varied.is_empty() {
        true => experiment.title.to_owned(),
        false => format!("{} with other {}", experiment.title, varied.join(", ")),
    };
    let seeds = match config.seeds {
        1 => format!("seed {}", config.first_seed),
        _ => format!("seeds {} to {}", config.first_seed, config.last_seed()),
    };
    let names = |c: &crate::config::Condition| c.name();
    let conditions: Vec<&str> = config.conditions.iter().map(names).collect();
    let lanes = config.lanes().len();
    let whole = |l: &&crate::results::LaneResults| l.tasks_learned() == Some(config.tasks);
    let through = results.lanes.iter().filter(whole).count();
    let so_far = match through == lanes {
        true => String::new(),
        false => format!(" ({through} of {lanes} networks are through)"),
    };
    format!(
        "{title}: {seeds} under {}, on {}{so_far}.",
        conditions.join(", "),
        results.data.name
    )
}

/// The caption's lines in a figure so many pixels wide.
pub(super) fn lines(results: &Results, experiment: &Experiment, wide: u32) -> Vec<String> {
    const MARKS: &str = "Points are seeds; bars across and bands means with their standard error, in a \
                         claim's panel with the 95% interval. Accuracy is the share of evaluation images \
                         read correctly, mean over all tasks.";
    let words = format!("{} {MARKS}", run_words(results, experiment));
    let letter = f64::from(width(&words, SIZE)) / words.chars().count().max(1) as f64;
    wrapped(&words, (f64::from(wide - 2 * MARGIN) / letter) as usize)
}

/// How high so many lines are, in pixels.
pub(super) fn height(lines: &[String]) -> u32 {
    LINE * lines.len() as u32 + MARGIN
}

/// Writes them at the top of what is left of the figure.
pub(super) fn draw(theme: &Theme, area: &Area<'_>, lines: &[String]) -> Drawn {
    for (line, y) in lines.iter().zip((0..).step_by(LINE as usize)) {
        let place = (MARGIN as i32, y);
        area.draw(&Text::new(line.clone(), place, theme.font(SIZE)))
            .map_err(drawing)?;
    }
    Ok(())
}

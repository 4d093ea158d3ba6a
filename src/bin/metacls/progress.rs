//! How far a run is, as it is told on standard error: a bar on a terminal, elsewhere a line now and then.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use metacls::driver::Progress;

use super::voice::say;

/// Seconds to the first line, and between lines.
const LINES: (u64, u64) = (3, 30);

/// What tells how far a run is.
pub(super) enum Teller {
    /// Where standard error is a terminal: a bar with speed and seconds left.
    Bar(ProgressBar),
    /// Lines: of which run, and when the next is due.
    Lines { name: String, due: Instant },
}

impl Teller {
    pub(super) fn new(name: &str, lane_steps: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Lines {
                name: name.to_owned(),
                due: Instant::now() + Duration::from_secs(LINES.0),
            };
        }
        let bar = ProgressBar::new(lane_steps);
        if let Ok(style) = ProgressStyle::with_template(
            "{bar:30} {percent:>3}% {pos}/{len} lane-steps  {elapsed_precise}  {msg}",
        ) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Self::Bar(bar)
    }

    /// Tells it, where it is due.
    pub(super) fn tell(&mut self, progress: &Progress) {
        let (done, all) = (progress.lane_steps, progress.lane_steps_total);
        let pace = progress.lane_steps_per_second.zip(progress.seconds_left);
        self.tell_of(done, all, pace);
    }

    /// The same of so many lane-steps done of all, with lane-steps a second and seconds left where they are
    /// known.
    pub(super) fn tell_of(&mut self, done: u64, all: u64, pace: Option<(f64, f64)>) {
        let pace = match pace {
            Some((speed, left)) => {
                format!("{speed:.0} lane-steps/s, about {left:.0} s left")
            }
            None => String::new(),
        };
        match self {
            Self::Bar(bar) => {
                bar.set_position(done);
                bar.set_message(pace);
            }
            Self::Lines { name, due } if Instant::now() >= *due => {
                let percent = 100 * done / all.max(1);
                say(format_args!(
                    "{name}: {percent}% {done}/{all} lane-steps  {pace}"
                ));
                *due = Instant::now() + Duration::from_secs(LINES.1);
            }
            Self::Lines { .. } => {}
        }
    }

    /// Says something else in between.
    pub(super) fn say(&self, words: &str) {
        match self {
            Self::Bar(bar) => bar.suspend(|| say(words)),
            Self::Lines { .. } => say(words),
        }
    }

    /// Takes the bar off the screen; lines stay.
    pub(super) fn end(self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

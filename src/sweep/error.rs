//! What is wrong with a sweep that was asked for, or with what a file says of one.

use crate::config::KNOBS;

/// The most points of a sweep.
pub const MOST_POINTS: usize = 4096;

/// Why there is no such sweep.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SweepError {
    /// What is varied is not said as NAME=VALUES.
    #[error("{0}: give NAME=VALUES, as in alpha_0=0.001,0.01 or alpha_0=log:0.001..0.1:5")]
    Form(String),
    /// Nothing is varied.
    #[error("nothing is varied: give --vary NAME=VALUES, or a list of points by --points FILE")]
    Nothing,
    /// There is no such knob.
    #[error("{0}: there is no such knob; there are {known} (metacls info --knobs)", known = names())]
    Unknown(String),
    /// A knob is varied twice.
    #[error("{0}: it is varied twice")]
    KnobTwice(&'static str),
    /// A knob that is the same for all points.
    #[error("{0}: it is the same for all points; say it once, by --{by}", by = option(.0))]
    OfAll(&'static str),
    /// No values are given.
    #[error("{0}: there are no values")]
    Empty(&'static str),
    /// A value that the knob can't have.
    #[error("{knob}={word}: allowed: {allowed}")]
    Value {
        /// Name of the knob that can't have it.
        knob: &'static str,
        /// What was given.
        word: String,
        /// What is allowed, in words.
        allowed: String,
    },
    /// A range that is none.
    #[error(
        "{knob}={range}: {reason}; a range is log:FIRST..LAST:COUNT or linear:FIRST..LAST:COUNT, of numbers"
    )]
    Range {
        /// Name of the knob that it is to give values.
        knob: &'static str,
        /// What was given.
        range: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The same value twice.
    #[error("{knob}: {word} is there twice")]
    ValueTwice {
        /// Name of the knob that was given it twice.
        knob: &'static str,
        /// The value, in words.
        word: String,
    },
    /// The same point twice.
    #[error("{0} is there twice")]
    PointTwice(String),
    /// More points than a sweep may have.
    #[error("that makes {0} points; allowed: up to {most}", most = MOST_POINTS)]
    TooMany(u64),
    /// A point whose settings do not go together.
    #[error("point {number} ({settings}): {problems}")]
    Point {
        /// Its number, from 1.
        number: usize,
        /// Its settings, in words.
        settings: String,
        /// What is wrong with them.
        problems: String,
    },
    /// A list of points whose line of a number, from 1, is wrong.
    #[error("line {line}: {reason}")]
    Line {
        /// The line's number, from 1; 0 where it is not known.
        line: u64,
        /// What is wrong there.
        reason: Box<SweepError>,
    },
    /// A line with more or fewer cells than the first.
    #[error("it has {found} cells, the first line names {expected} knobs")]
    Cells {
        /// How many it has.
        found: u64,
        /// How many it should have.
        expected: u64,
    },
    /// No CSV at all.
    #[error("not a list of points as CSV: {0}")]
    Csv(String),
}

impl SweepError {
    /// The same, of a line of a list.
    pub(super) fn in_line(self, line: u64) -> Self {
        Self::Line {
            line,
            reason: Box::new(self),
        }
    }
}

fn names() -> String {
    let known: Vec<&str> = KNOBS.iter().map(|k| k.name).collect();
    known.join(", ")
}

/// The option that says a knob of all points.
fn option(knob: &str) -> &str {
    match knob {
        "first_seed" => "seeds",
        knob => knob,
    }
}

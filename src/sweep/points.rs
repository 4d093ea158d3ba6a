//! Which points a sweep has, as they are asked for: a grid of values, or a list.

use std::collections::BTreeSet;

use serde_json::Value;

use super::definition::{Definition, Sweep, said};
use super::error::{MOST_POINTS, SweepError};
use super::values;
use crate::config::{Config, Knob};
use crate::formats::version;

/// All combinations of some knobs' values, each given as NAME=VALUES, the last knob's changing first.
///
/// # Errors
/// If a knob or a value can't be varied so, they are too many, or a point's settings do not go together.
pub fn grid(
    experiment: Option<&str>,
    config: &Config,
    varied: &[String],
) -> Result<Sweep, SweepError> {
    let mut knobs: Vec<&'static Knob> = Vec::new();
    let mut points: Vec<Vec<Value>> = vec![Vec::new()];
    for text in varied {
        let (name, given) = text
            .split_once('=')
            .ok_or_else(|| SweepError::Form(text.clone()))?;
        let knob = values::knob(name.trim())?;
        if knobs.contains(&knob) {
            return Err(SweepError::KnobTwice(knob.name));
        }
        knobs.push(knob);
        let given = values::values(knob, given)?;
        let many = points.len() as u64 * given.len() as u64;
        if many > MOST_POINTS as u64 {
            return Err(SweepError::TooMany(many));
        }
        let with = |point: &Vec<Value>| {
            let point = point.clone();
            let with = given
                .iter()
                .map(move |v| [&point[..], std::slice::from_ref(v)].concat());
            with.collect::<Vec<_>>()
        };
        points = points.iter().flat_map(with).collect();
    }
    sweep(experiment, config, &knobs, points)
}

/// The points of a list as CSV: the first line names knobs, each further line is a point.
///
/// # Errors
/// If a line can't be read as that (which line is said), they are too many, or a point's settings do not go
/// together.
pub fn listed(experiment: Option<&str>, config: &Config, csv: &str) -> Result<Sweep, SweepError> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(csv.as_bytes());
    let mut knobs: Vec<&'static Knob> = Vec::new();
    for name in reader.headers().map_err(|e| unreadable(csv, &e))? {
        let knob = values::knob(name).map_err(|e| e.in_line(1))?;
        if knobs.contains(&knob) {
            return Err(SweepError::KnobTwice(knob.name).in_line(1));
        }
        knobs.push(knob);
    }
    let mut points = Vec::new();
    let mut seen = BTreeSet::new();
    for record in reader.records() {
        let record = record.map_err(|e| unreadable(csv, &e))?;
        let line = record.position().map_or(0, |start| line_of(csv, start));
        let cells = knobs.iter().zip(record.iter());
        let point = cells
            .map(|(knob, cell)| values::value(knob, cell))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|e| e.in_line(line))?;
        if !seen.insert(Value::from(point.clone()).to_string()) {
            return Err(SweepError::PointTwice(said(&knobs, &point)).in_line(line));
        }
        points.push(point);
        if points.len() > MOST_POINTS {
            return Err(SweepError::TooMany(points.len() as u64).in_line(line));
        }
    }
    sweep(experiment, config, &knobs, points)
}

/// The line of a record, from 1: the reader counts from before the empty lines above it.
fn line_of(csv: &str, start: &csv::Position) -> u64 {
    let rest = csv
        .as_bytes()
        .get(start.byte() as usize..)
        .unwrap_or_default();
    let ends = rest.iter().take_while(|b| b"\r\n".contains(b));
    start.line() + ends.filter(|&&b| b == b'\n').count() as u64
}

fn unreadable(csv: &str, error: &csv::Error) -> SweepError {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => SweepError::Cells {
            found: *len,
            expected: *expected_len,
        }
        .in_line(pos.as_ref().map_or(0, |start| line_of(csv, start))),
        _ => SweepError::Csv(error.to_string()),
    }
}

fn sweep(
    experiment: Option<&str>,
    config: &Config,
    knobs: &[&'static Knob],
    points: Vec<Vec<Value>>,
) -> Result<Sweep, SweepError> {
    Sweep::new(Definition {
        schema: version::current::<Definition>(),
        experiment: experiment.map(str::to_owned),
        config: config.clone(),
        varied: knobs.iter().map(|knob| knob.name.to_owned()).collect(),
        points,
    })
}

//! A sweep as plots: over one knob as lines, over two as heat maps, over more as small multiples of those. A
//! list that is no grid is drawn point by point.

use std::collections::BTreeSet;

use super::definition::Sweep;
use super::summary::{PointSummary, Standing};
use super::table::{ACTIVE, accuracy, claims};
use crate::analysis::claims::PartOutcome;
use crate::config::Condition;
#[cfg(not(target_arch = "wasm32"))]
use crate::report::figure::{self, FigureError, Theme};
use crate::report::plot::{Mark, Plot, Series, Shown};

/// Where points stand: along one axis, or in rows and columns, once for each combination of what else is
/// varied.
struct Layout {
    /// What stands along the axis below, and the places' names.
    columns: (String, Vec<String>),
    /// The same of rows, where there are any.
    rows: Option<(String, Vec<String>)>,
    /// Of each multiple: its settings in words, and for each row the points of its columns.
    multiples: Vec<(String, Vec<Vec<Option<usize>>>)>,
}

/// Characters that a point's words have at most where they name its place.
const MOST_WORDS: usize = 24;

/// Characters that stand below a plot in an SVG document, where names are not turned: points with longer
/// names are numbered.
#[cfg(not(target_arch = "wasm32"))]
const MOST_BELOW: usize = 48;

/// What a list's points are called: by as few of the knobs, the first ones, as tell them apart, unless that
/// is one number or too long; else by their numbers.
fn places(sweep: &Sweep) -> (String, Vec<String>) {
    let points = 0..sweep.configs().len();
    let words: Vec<Vec<String>> = points.clone().map(|point| sweep.words(point)).collect();
    for (count, _) in (1..).zip(sweep.knobs()) {
        let names: Vec<String> = words
            .iter()
            .map(|w| w.get(..count).unwrap_or(w).join(", "))
            .collect();
        let is_fit = names
            .iter()
            .all(|n| n.len() <= MOST_WORDS && n.parse::<f64>().is_err());
        let all: BTreeSet<&String> = names.iter().collect();
        if is_fit && all.len() == names.len() {
            let knobs: Vec<&str> = sweep.knobs().iter().take(count).map(|k| k.name).collect();
            return (knobs.join(", "), names);
        }
    }
    (
        "point".into(),
        points.map(|p| (p + 1).to_string()).collect(),
    )
}

impl Layout {
    fn of(sweep: &Sweep) -> Self {
        let names: Vec<String> = sweep.knobs().iter().map(|k| k.name.to_owned()).collect();
        let count = sweep.configs().len();
        let mut axes = names.into_iter().zip(sweep.axes()).rev();
        let columns = axes.next();
        let (true, Some(columns)) = (sweep.is_grid(), columns) else {
            return Self {
                columns: places(sweep),
                rows: None,
                multiples: vec![(String::new(), vec![(0..count).map(Some).collect()])],
            };
        };
        let rows = axes.next();
        let row_names = rows.as_ref().map_or(&[][..], |(_, names)| names);
        let fixed = sweep.knobs().len() - if rows.is_some() { 2 } else { 1 };
        let mut multiples: Vec<(String, Vec<Vec<Option<usize>>>)> = Vec::new();
        for point in 0..count {
            let words = sweep.words(point);
            let said = sweep.knobs().iter().zip(&words).take(fixed);
            let said: Vec<String> = said.map(|(k, w)| format!("{} {w}", k.name)).collect();
            let said = said.join(", ");
            if multiples.iter().all(|(other, _)| *other != said) {
                let empty = vec![vec![None; columns.1.len()]; row_names.len().max(1)];
                multiples.push((said.clone(), empty));
            }
            let place = |names: &[String], word: Option<&String>| {
                names.iter().position(|name| Some(name) == word)
            };
            let x = place(&columns.1, words.last());
            let y = if rows.is_some() {
                place(row_names, words.get(fixed))
            } else {
                Some(0)
            };
            let of = multiples.iter_mut().find(|(other, _)| *other == said);
            let cell = of.zip(y).and_then(|((_, cells), y)| cells.get_mut(y));
            if let Some(cell) = cell.zip(x).and_then(|(row, x)| row.get_mut(x)) {
                *cell = Some(point);
            }
        }
        Self {
            columns,
            rows,
            multiples,
        }
    }
}

/// What is found of a point: a number, its spread, and whether it stands out.
type Found = (f64, Option<[f64; 2]>, bool);

/// Finds it; none where it was not measured.
type Find<'a> = Box<dyn Fn(&PointSummary) -> Option<Found> + 'a>;

/// One number of every point.
struct Drawn<'a> {
    name: String,
    condition: Condition,
    of: Find<'a>,
}

impl Drawn<'_> {
    /// The marks of a row of points.
    fn marks(&self, points: &[PointSummary], row: &[Option<usize>]) -> Vec<Option<Mark>> {
        let mark = |point: &Option<usize>| {
            let at = (*point)?;
            let (value, ends, strong) = (self.of)(points.get(at)?)?;
            Some(Mark {
                point: at as u32,
                value,
                ends,
                strong,
            })
        };
        row.iter().map(mark).collect()
    }
}

/// Something to draw of every point.
struct Measure<'a> {
    title: String,
    words: &'a str,
    /// The claim's number, of a part of one.
    claim: Option<u32>,
    /// Of each condition or of the claim.
    series: Vec<Drawn<'a>>,
    /// What a filled mark or a framed cell means.
    note: &'a str,
}

/// A mean with its standard error.
fn mean(point: &PointSummary, condition: Condition, metric: &str) -> Option<Found> {
    let e = point.find(condition, metric)?.estimate()?;
    let ends = e.sem.map(|sem| [e.mean - sem, e.mean + sem]);
    Some((e.mean, ends, false))
}

/// An effect with its interval.
fn effect(part: &PartOutcome, standing: Standing) -> Option<Found> {
    Some((part.effect?, part.interval, standing == Standing::Holds))
}

/// What is drawn: accuracy and active units under each condition, then each part of each claim.
fn measures<'a>(
    conditions: &[Condition],
    points: &'a [PointSummary],
    is_map: bool,
) -> Vec<Measure<'a>> {
    let mut all = Vec::new();
    for (title, metric) in [
        ("Accuracy", accuracy()),
        ("Units active", ACTIVE.to_owned()),
    ] {
        let series = conditions.iter().map(|&condition| {
            let metric = metric.clone();
            Drawn {
                name: condition.name().to_owned(),
                condition,
                of: Box::new(move |point: &PointSummary| mean(point, condition, &metric)),
            }
        });
        if is_map {
            // A map shows one number a cell.
            all.extend(series.map(|one| Measure {
                title: format!("{title}, {}", one.name),
                words: "share",
                claim: None,
                series: vec![one],
                note: "mean over seeds",
            }));
        } else {
            all.push(Measure {
                title: title.into(),
                words: "share",
                claim: None,
                series: series.collect(),
                note: "",
            });
        }
    }
    let claims = claims(points);
    for (c, claim) in claims.iter().enumerate() {
        let Some(number) = claim.number else { continue };
        for (p, part) in claim.parts.iter().enumerate() {
            let of = move |point: &PointSummary| {
                let outcome = point.outcomes.get(c)?;
                effect(outcome.parts.get(p)?, Standing::of(outcome))
            };
            all.push(Measure {
                title: format!("Claim {number}: {}", part.what),
                words: "effect",
                claim: Some(number),
                series: vec![Drawn {
                    name: String::new(),
                    condition: Condition::Meta,
                    of: Box::new(of),
                }],
                note: if is_map {
                    "framed: the claim holds"
                } else {
                    "95% interval; filled: the claim holds"
                },
            });
        }
    }
    all
}

/// A measure's series over a row of points.
fn lines(measure: &Measure<'_>, points: &[PointSummary], row: &[Option<usize>]) -> Vec<Series> {
    let all = measure.series.iter().map(|series| Series {
        name: series.name.clone(),
        condition: series.condition,
        is_behind: false,
        marks: series.marks(points, row),
    });
    all.collect()
}

/// A plot for each measure; where more is varied than axes show, for each combination of the rest.
pub fn plots(sweep: &Sweep, points: &[PointSummary]) -> Vec<Plot> {
    let layout = Layout::of(sweep);
    let conditions = &sweep.definition().config.conditions;
    let measures = measures(conditions, points, layout.rows.is_some());
    let names = &layout.columns.1;
    let mut plots = Vec::new();
    for measure in &measures {
        for (settings, cells) in &layout.multiples {
            let shown = match (&layout.rows, measure.series.first()) {
                (Some((label, rows)), Some(series)) => Shown::Map {
                    label: label.clone(),
                    rows: rows.clone(),
                    cells: cells.iter().map(|row| series.marks(points, row)).collect(),
                },
                _ => Shown::Lines {
                    series: lines(measure, points, cells.first().map_or(&[], Vec::as_slice)),
                    is_joined: names.iter().all(|name| name.parse::<f64>().is_ok())
                        && sweep.is_grid(),
                },
            };
            let note = [measure.note, settings]
                .into_iter()
                .filter(|n| !n.is_empty());
            plots.push(Plot {
                title: measure.title.clone(),
                note: note.collect::<Vec<_>>().join("; "),
                claim: measure.claim,
                measure: measure.words.to_owned(),
                label: layout.columns.0.clone(),
                names: names.clone(),
                shown,
            });
        }
    }
    plots
}

/// A sweep's plots as an SVG document.
///
/// # Errors
/// If they are more than one document has.
#[cfg(not(target_arch = "wasm32"))]
pub fn svg(sweep: &Sweep, points: &[PointSummary], theme: Theme) -> Result<String, FigureError> {
    let mut plots = plots(sweep, points);
    for plot in &mut plots {
        let length: usize = plot.names.iter().map(|name| name.chars().count()).sum();
        if matches!(plot.shown, Shown::Lines { .. }) && length > MOST_BELOW {
            plot.label = format!("point ({})", plot.label);
            plot.names = (1..=plot.names.len()).map(|p| p.to_string()).collect();
        }
    }
    figure::plots(&plots, theme)
}

//! A sweep as long-form tables: every lane's numbers, their means over seeds, the claims. Each row begins
//! with its point's number and the values of what is varied. `docs/tables.md` has every column.

use std::borrow::Cow;

use serde_json::Value;

use super::definition::Sweep;
use super::summary::{PointSummary, Standing};
use crate::analysis::claims::FEWEST;
use crate::analysis::stats::Estimate;
use crate::config::{Kind, Knob};
use crate::report::long::{Cell, Column, Holds, Long};

/// A point's number, from 1, and its values.
fn point_cells(sweep: &Sweep, point: usize) -> Vec<Cell> {
    let values = sweep.values(point).iter().zip(sweep.words(point));
    let values = values
        .zip(sweep.knobs())
        .map(|((value, word), knob)| value_cell(knob, value, word));
    let number = u32::try_from(point + 1).unwrap_or(u32::MAX);
    std::iter::once(Cell::Whole(number)).chain(values).collect()
}

/// What a knob's values are written as.
fn holds(knob: &Knob) -> Holds {
    match knob.kind {
        Kind::Whole { .. } => Holds::Whole,
        Kind::Real { .. } => Holds::Number,
        Kind::Switch
        | Kind::Choice { .. }
        | Kind::Widths { .. }
        | Kind::Set { .. }
        | Kind::Changes => Holds::Text,
    }
}

fn value_cell(knob: &Knob, value: &Value, word: String) -> Cell {
    let whole = || value.as_u64().and_then(|n| u32::try_from(n).ok());
    match holds(knob) {
        Holds::Whole => whole().map_or(Cell::Empty, Cell::Whole),
        Holds::Number => value.as_f64().map_or(Cell::Empty, |x| Cell::Said(x, word)),
        Holds::Text => Cell::text(word),
    }
}

/// The columns of a table: the point's own, then these.
fn columns(sweep: &Sweep, own: &[Column]) -> Vec<Column> {
    let knobs = sweep.knobs().iter().map(|knob| Column {
        name: Cow::Borrowed(knob.name),
        holds: holds(knob),
        may_be_empty: false,
    });
    let point = Column::new("point", Holds::Whole);
    let all = std::iter::once(point).chain(knobs);
    all.chain(own.iter().cloned()).collect()
}

/// Every lane's numbers at the end of the stream: point, what is varied, seed, condition, metric, value,
/// unit.
pub fn lanes<'a>(sweep: &'a Sweep, points: &'a [PointSummary]) -> Long<'a> {
    const OWN: [Column; 5] = [
        Column::new("seed", Holds::Whole),
        Column::new("condition", Holds::Text),
        Column::new("metric", Holds::Text),
        Column::new("value", Holds::Number),
        Column::new("unit", Holds::Text),
    ];
    let rows = points.iter().enumerate().flat_map(|(p, point)| {
        let cells = point_cells(sweep, p);
        let of = point.numbers.iter().flat_map(move |numbers| {
            let cells = cells.clone();
            let each = numbers.seeds.iter().zip(&numbers.values);
            each.map(move |(&seed, &value)| {
                let mut row = cells.clone();
                row.extend([
                    Cell::Whole(seed),
                    Cell::text(numbers.condition.name()),
                    Cell::text(numbers.metric.clone()),
                    Cell::Number(value),
                    Cell::text(numbers.quantity.unit()),
                ]);
                row
            })
        });
        of.collect::<Vec<_>>()
    });
    Long {
        columns: columns(sweep, &OWN),
        rows: Box::new(rows),
    }
}

/// Means over seeds: point, what is varied, condition, metric, seeds counted, mean, SD, SEM, the mean's 95%
/// bootstrap interval, unit.
pub fn means<'a>(sweep: &'a Sweep, points: &'a [PointSummary]) -> Long<'a> {
    const OWN: [Column; 9] = [
        Column::new("condition", Holds::Text),
        Column::new("metric", Holds::Text),
        Column::new("n", Holds::Whole),
        Column::new("mean", Holds::Number),
        Column::sparse("sd", Holds::Number),
        Column::sparse("sem", Holds::Number),
        Column::sparse("low", Holds::Number),
        Column::sparse("high", Holds::Number),
        Column::new("unit", Holds::Text),
    ];
    let rows = points.iter().enumerate().flat_map(|(p, point)| {
        let cells = point_cells(sweep, p);
        let of = point.numbers.iter().filter_map(move |numbers| {
            let e = Estimate::with_interval(&numbers.values)?;
            let [low, high] = e.interval.map_or([None; 2], |ends| ends.map(Some));
            let mut row = cells.clone();
            row.push(Cell::text(numbers.condition.name()));
            row.push(Cell::text(numbers.metric.clone()));
            row.push(Cell::Whole(e.n));
            row.extend([Some(e.mean), e.sd, e.sem, low, high].map(Cell::from));
            row.push(Cell::text(numbers.quantity.unit()));
            Some(row)
        });
        of.collect::<Vec<_>>()
    });
    Long {
        columns: columns(sweep, &OWN),
        rows: Box::new(rows),
    }
}

/// The experiment's claims at each point, a row for each part: point, what is varied, the claim's number and
/// sentence, the part, its rule, effect with its 95% interval, d, p, seeds counted, whether it holds, what is
/// told of the claim here, the claim's p and the same by Holm, the verdict beside the paper.
pub fn claims<'a>(sweep: &'a Sweep, points: &'a [PointSummary]) -> Long<'a> {
    const OWN: [Column; 15] = [
        Column::sparse("claim", Holds::Whole),
        Column::new("sentence", Holds::Text),
        Column::new("part", Holds::Text),
        Column::sparse("rule", Holds::Text),
        Column::sparse("effect", Holds::Number),
        Column::sparse("low", Holds::Number),
        Column::sparse("high", Holds::Number),
        Column::sparse("d", Holds::Number),
        Column::sparse("p", Holds::Number),
        Column::new("n", Holds::Whole),
        Column::sparse("part_holds", Holds::Text),
        Column::new("claim_here", Holds::Text),
        Column::sparse("claim_p", Holds::Number),
        Column::sparse("claim_p_holm", Holds::Number),
        Column::new("verdict", Holds::Text),
    ];
    let rows = points.iter().enumerate().flat_map(|(p, point)| {
        let cells = point_cells(sweep, p);
        let of = point.outcomes.iter().flat_map(move |outcome| {
            let cells = cells.clone();
            outcome.parts.iter().map(move |part| {
                let [low, high] = part.interval.map_or([None; 2], |ends| ends.map(Some));
                let is_judged = part.n >= FEWEST && !part.rule.is_empty();
                let holds = if part.holds { "yes" } else { "no" };
                let mut row = cells.clone();
                row.push(outcome.number.into());
                row.push(Cell::text(outcome.sentence.clone()));
                row.push(Cell::text(part.what.clone()));
                row.push(Cell::text_if_any(part.rule.clone()));
                row.extend([part.effect, low, high, part.effect_size, part.p].map(Cell::from));
                row.push(Cell::Whole(part.n));
                row.push(Cell::text_if_any(if is_judged { holds } else { "" }));
                row.push(Cell::text(Standing::of(outcome).words()));
                row.extend([outcome.p, outcome.p_holm].map(Cell::from));
                row.push(Cell::text(outcome.verdict.words()));
                row
            })
        });
        of.collect::<Vec<_>>()
    });
    Long {
        columns: columns(sweep, &OWN),
        rows: Box::new(rows),
    }
}

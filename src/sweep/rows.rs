//! A sweep as long-form CSV (RFC 4180): every lane's numbers, their means over seeds, the claims. Each row
//! begins with its point's number and the values of what is varied. `docs/sweeps.md` has every column.

use super::definition::Sweep;
use super::summary::{PointSummary, Standing};
use crate::analysis::claims::FEWEST;
use crate::analysis::stats::Estimate;
use crate::report::rows::written;

/// A point's number, from 1, and its values.
fn point_cells(sweep: &Sweep, point: usize) -> Vec<String> {
    let mut cells = vec![(point + 1).to_string()];
    cells.extend(sweep.words(point));
    cells
}

fn head(sweep: &Sweep, columns: &[&str]) -> Vec<String> {
    let knobs = sweep.knobs().iter().map(|knob| knob.name);
    let all = std::iter::once("point").chain(knobs);
    all.chain(columns.iter().copied())
        .map(str::to_owned)
        .collect()
}

/// A number with the fewest digits that read back as the same; empty where there is none.
fn cell(x: Option<f64>) -> String {
    x.map(|x| x.to_string()).unwrap_or_default()
}

/// Every lane's numbers at the end of the stream: point, what is varied, seed, condition, metric, value,
/// unit.
pub fn lanes(sweep: &Sweep, points: &[PointSummary]) -> String {
    let head = head(sweep, &["seed", "condition", "metric", "value", "unit"]);
    let rows = points.iter().enumerate().flat_map(|(p, point)| {
        let cells = point_cells(sweep, p);
        let of = point.numbers.iter().flat_map(move |numbers| {
            let cells = cells.clone();
            let each = numbers.seeds.iter().zip(&numbers.values);
            each.map(move |(seed, value)| {
                let mut row = cells.clone();
                row.push(seed.to_string());
                row.push(numbers.condition.name().to_owned());
                row.push(numbers.metric.clone());
                row.push(value.to_string());
                row.push(numbers.quantity.unit().to_owned());
                row
            })
        });
        of.collect::<Vec<_>>()
    });
    written(std::iter::once(head).chain(rows))
}

/// Means over seeds: point, what is varied, condition, metric, seeds counted, mean, SD, SEM, the mean's 95%
/// bootstrap interval, unit.
pub fn means(sweep: &Sweep, points: &[PointSummary]) -> String {
    let columns = [
        "condition",
        "metric",
        "n",
        "mean",
        "sd",
        "sem",
        "low",
        "high",
        "unit",
    ];
    let rows = points.iter().enumerate().flat_map(|(p, point)| {
        let cells = point_cells(sweep, p);
        let of = point.numbers.iter().filter_map(move |numbers| {
            let e = Estimate::with_interval(&numbers.values)?;
            let mut row = cells.clone();
            row.push(numbers.condition.name().to_owned());
            row.push(numbers.metric.clone());
            row.push(e.n.to_string());
            let [low, high] = e.interval.map_or([None; 2], |ends| ends.map(Some));
            row.extend([Some(e.mean), e.sd, e.sem, low, high].map(cell));
            row.push(numbers.quantity.unit().to_owned());
            Some(row)
        });
        of.collect::<Vec<_>>()
    });
    written(std::iter::once(head(sweep, &columns)).chain(rows))
}

/// The experiment's claims at each point, a row for each part: point, what is varied, the claim's number and
/// sentence, the part, its rule, effect with its 95% interval, d, p, seeds counted, whether it holds, what is
/// told of the claim here, the claim's p and the same by Holm, the verdict beside the paper.
pub fn claims(sweep: &Sweep, points: &[PointSummary]) -> String {
    let columns = [
        "claim",
        "sentence",
        "part",
        "rule",
        "effect",
        "low",
        "high",
        "d",
        "p",
        "n",
        "part_holds",
        "claim_here",
        "claim_p",
        "claim_p_holm",
        "verdict",
    ];
    let rows = points.iter().enumerate().flat_map(|(p, point)| {
        let cells = point_cells(sweep, p);
        let of = point.outcomes.iter().flat_map(move |outcome| {
            let cells = cells.clone();
            outcome.parts.iter().map(move |part| {
                let mut row = cells.clone();
                row.push(outcome.number.map(|n| n.to_string()).unwrap_or_default());
                row.extend([&outcome.sentence, &part.what, &part.rule].map(String::clone));
                let [low, high] = part.interval.map_or([None; 2], |ends| ends.map(Some));
                row.extend([part.effect, low, high, part.effect_size, part.p].map(cell));
                row.push(part.n.to_string());
                let is_judged = part.n >= FEWEST && !part.rule.is_empty();
                let holds = if part.holds { "yes" } else { "no" };
                row.push(if is_judged { holds } else { "" }.to_owned());
                row.push(Standing::of(outcome).words().to_owned());
                row.extend([outcome.p, outcome.p_holm].map(cell));
                row.push(outcome.verdict.words().to_owned());
                row
            })
        });
        of.collect::<Vec<_>>()
    });
    written(std::iter::once(head(sweep, &columns)).chain(rows))
}

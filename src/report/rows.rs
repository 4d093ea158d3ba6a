//! Every number of a run as long-form rows: one for each seed, condition, task and metric.

use super::long::{Cell, Column, Holds, Long, written};
use super::measures::{Measure, accuracy_name, of_course};
use super::quantity::Quantity;
use crate::results::record::TaskRecord;
use crate::results::{LaneResults, Results};

/// One number of one lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which seed; with `condition` it says which lane.
    pub seed: u32,
    /// The condition's name, as files and links have it.
    pub condition: &'static str,
    /// Tasks learned when it was measured.
    pub tasks_learned: u32,
    /// The task it was measured on, from 1; none if it is not one task's.
    pub on_task: Option<u32>,
    /// What it is: accuracy, active fraction, alpha, beta, meta-loss, ...
    pub metric: String,
    /// The number, in its quantity's unit.
    pub value: f64,
    /// What kind of number it is.
    pub quantity: Quantity,
}

/// Every number of a run, one row each, made as they are asked for.
fn each(results: &Results) -> impl Iterator<Item = Row> {
    let measures = of_course(results);
    results.lanes.iter().flat_map(move |lane| {
        lane.records
            .iter()
            .flat_map(|record| record_rows(results, lane, record))
            .chain(course_rows(&measures, lane))
            .collect::<Vec<_>>()
    })
}

/// Every number of a run, one row each.
pub fn rows(results: &Results) -> Vec<Row> {
    each(results).collect()
}

/// The columns of every number of a run, with what each holds.
const COLUMNS: [(Column, &str); 7] = [
    (
        Column::new("seed", Holds::Whole),
        "which seed; \"mean\" in the file of a chart: the mean over seeds",
    ),
    (
        Column::new("condition", Holds::Text),
        "what the network meta-learned",
    ),
    (
        Column::new("tasks_learned", Holds::Whole),
        "tasks learned when it was measured",
    ),
    (
        Column::sparse("on_task", Holds::Whole),
        "the task it was measured on, from 1; empty where it is not one task's",
    ),
    (
        Column::new("metric", Holds::Text),
        "what was measured: one of the names below",
    ),
    (Column::new("value", Holds::Number), "the number"),
    (Column::new("unit", Holds::Text), "its unit"),
];

/// The unit of a column's numbers.
fn unit_of(column: &str) -> &'static str {
    match column {
        "tasks_learned" => "tasks",
        "value" => "see unit",
        _ => "",
    }
}

/// Every number of a run as a long-form table: a row for each of [`rows`].
pub fn long(results: &Results) -> Long<'_> {
    let cells = |row: Row| {
        vec![
            Cell::Whole(row.seed),
            Cell::text(row.condition),
            Cell::Whole(row.tasks_learned),
            row.on_task.into(),
            Cell::text(row.metric),
            Cell::Number(row.value),
            Cell::text(row.quantity.unit()),
        ]
    };
    Long {
        columns: COLUMNS.map(|(column, _)| column).to_vec(),
        rows: Box::new(each(results).map(cells)),
    }
}

/// The same as CSV (RFC 4180).
pub fn csv(results: &Results) -> String {
    long(results).csv()
}

/// What stands in that file, as another: each column, then each metric in the order in which they come, with
/// its unit and its meaning.
pub fn units(results: &Results) -> String {
    let mut metrics: Vec<(String, Quantity)> = Vec::new();
    for row in each(results) {
        if metrics.iter().all(|(name, _)| *name != row.metric) {
            metrics.push((row.metric, row.quantity));
        }
    }
    let columns = COLUMNS.map(|(column, meaning)| {
        let unit = unit_of(&column.name);
        (column.name.into_owned(), unit, meaning)
    });
    let metrics = metrics
        .into_iter()
        .map(|(name, quantity)| (name, quantity.unit(), quantity.meaning()));
    let head = ("name".to_owned(), "unit", "meaning");
    let all = std::iter::once(head).chain(columns).chain(metrics);
    written(all.map(|(name, unit, meaning)| vec![name, unit.to_owned(), meaning.to_owned()]))
}

fn record_rows(results: &Results, lane: &LaneResults, record: &TaskRecord) -> Vec<Row> {
    use Quantity::{Accuracy, Active, Alpha, Beta, Correlation, MetaLoss};
    let row = |quantity, metric: String, on_task: Option<usize>, value: f64| Row {
        seed: lane.seed,
        condition: lane.condition.name(),
        tasks_learned: record.tasks_learned,
        on_task: on_task.map(|t| t as u32 + 1),
        metric,
        value,
        quantity,
    };
    let mut rows = Vec::new();
    for (name, &value) in results.matrices.iter().zip(&record.alpha) {
        rows.push(row(Alpha, Alpha.of(name), None, value));
    }
    for (name, &value) in results.layers.iter().zip(&record.beta) {
        rows.push(row(Beta, Beta.of(name), None, value));
    }
    let loss = record.meta_loss;
    rows.extend(loss.map(|v| row(MetaLoss, MetaLoss.words().into(), None, v)));
    let Some(evaluation) = &record.evaluation else {
        return rows;
    };
    for a in &evaluation.accuracy {
        let name = accuracy_name(results, a.head, a.lesion);
        rows.push(row(Accuracy, name.clone(), None, a.mean));
        for (task, &value) in a.by_task.iter().enumerate() {
            rows.push(row(Accuracy, name.clone(), Some(task), value));
        }
    }
    for (l, name) in results.layers.iter().enumerate() {
        let name = Active.of(name);
        let all = evaluation.active.get(l);
        rows.extend(all.map(|&value| row(Active, name.clone(), None, value)));
        // A compact file leaves them out.
        let by_task = evaluation.active_by_task.get(l).into_iter().flatten();
        for (task, &value) in by_task.enumerate() {
            rows.push(row(Active, name.clone(), Some(task), value));
        }
    }
    for (name, value) in results.layers.iter().zip(&evaluation.correlation) {
        rows.extend(value.map(|v| row(Correlation, Correlation.of(name), None, v)));
    }
    rows.push(row(
        Active,
        Active.of("pooled"),
        None,
        evaluation.active_pooled,
    ));
    rows
}

/// Numbers of a lane's whole course.
fn course_rows(measures: &[Measure], lane: &LaneResults) -> Vec<Row> {
    let Some(last) = lane.records.last() else {
        return Vec::new();
    };
    let row = |measure: &Measure| {
        Some(Row {
            seed: lane.seed,
            condition: lane.condition.name(),
            tasks_learned: last.tasks_learned,
            on_task: None,
            metric: measure.metric.clone(),
            value: (measure.of)(lane)?,
            quantity: measure.quantity,
        })
    };
    measures.iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_file_is_as_rfc_4180_has_it() {
        let records = [
            ["name", "value"],
            ["accuracy, \"all\"", "0.25"],
            ["two\nlines", ""],
        ];
        let text = written(records.into_iter().map(|r| r.to_vec()));
        assert_eq!(
            text,
            "name,value\r\n\"accuracy, \"\"all\"\"\",0.25\r\n\"two\nlines\",\r\n"
        );
    }
}

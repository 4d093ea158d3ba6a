//! Every number of a run as long-form rows: one for each seed, condition, task and metric.

use super::measures::{Measure, accuracy_name, of_course};
use crate::results::record::TaskRecord;
use crate::results::{LaneResults, Results};

/// One number of one lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The seed.
    pub seed: u32,
    /// The condition's name.
    pub condition: &'static str,
    /// Tasks learned when it was measured.
    pub tasks_learned: u32,
    /// The task it was measured on, from 1; none if it is not one task's.
    pub on_task: Option<u32>,
    /// What it is: accuracy, active fraction, alpha, beta, meta-loss, ...
    pub metric: String,
    /// The number.
    pub value: f64,
}

/// Every number of a run, one row each.
pub fn rows(results: &Results) -> Vec<Row> {
    let measures = of_course(results);
    results
        .lanes
        .iter()
        .flat_map(|lane| {
            lane.records
                .iter()
                .flat_map(|record| record_rows(results, lane, record))
                .chain(course_rows(&measures, lane))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Every number of a run as a long-form CSV file: a row for each of [`rows`].
///
/// Numbers have the fewest digits that read back as the same, without exponent.
pub fn csv(results: &Results) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = [
        "seed",
        "condition",
        "tasks_learned",
        "on_task",
        "metric",
        "value",
    ];
    // Writing into memory can't fail, and all rows are as long as the first.
    let _ = writer.write_record(head);
    for row in rows(results) {
        let _ = writer.write_record([
            &row.seed.to_string(),
            row.condition,
            &row.tasks_learned.to_string(),
            &row.on_task.map(|t| t.to_string()).unwrap_or_default(),
            &row.metric,
            &row.value.to_string(),
        ]);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn record_rows(results: &Results, lane: &LaneResults, record: &TaskRecord) -> Vec<Row> {
    let row = |metric: String, on_task: Option<usize>, value: f64| Row {
        seed: lane.seed,
        condition: lane.condition.name(),
        tasks_learned: record.tasks_learned,
        on_task: on_task.map(|t| t as u32 + 1),
        metric,
        value,
    };
    let mut rows = Vec::new();
    for (name, &value) in results.matrices.iter().zip(&record.alpha) {
        rows.push(row(format!("alpha {name}"), None, value));
    }
    for (name, &value) in results.layers.iter().zip(&record.beta) {
        rows.push(row(format!("beta {name}"), None, value));
    }
    rows.extend(record.meta_loss.map(|v| row("meta-loss".into(), None, v)));
    let Some(evaluation) = &record.evaluation else {
        return rows;
    };
    for a in &evaluation.accuracy {
        let name = accuracy_name(results, a.head, a.lesion);
        rows.push(row(name.clone(), None, a.mean));
        for (task, &value) in a.by_task.iter().enumerate() {
            rows.push(row(name.clone(), Some(task), value));
        }
    }
    for (l, name) in results.layers.iter().enumerate() {
        let name = format!("active fraction {name}");
        let all = evaluation.active.get(l);
        rows.extend(all.map(|&value| row(name.clone(), None, value)));
        // A compact file leaves them out.
        let by_task = evaluation.active_by_task.get(l).into_iter().flatten();
        for (task, &value) in by_task.enumerate() {
            rows.push(row(name.clone(), Some(task), value));
        }
    }
    for (name, value) in results.layers.iter().zip(&evaluation.correlation) {
        rows.extend(value.map(|v| row(format!("correlation of codes {name}"), None, v)));
    }
    rows.push(row(
        "active fraction pooled".into(),
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
        })
    };
    measures.iter().filter_map(row).collect()
}

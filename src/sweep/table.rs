//! A sweep as a table: a row for each point.

use serde::Serialize;

use super::definition::Sweep;
use super::summary::{PointSummary, Standing};
use crate::analysis::claims::Outcome;
use crate::config::Condition;
use crate::model::Lesion;
use crate::results::description::lesion_name;

/// The first head's accuracy, as rows name it: its network intact.
pub(super) fn accuracy() -> String {
    let none: [&str; 0] = [];
    format!("accuracy category {}", lesion_name(Lesion::Intact, &none))
}

/// Units active, as rows name it.
pub(super) const ACTIVE: &str = "active fraction, all layers";

/// The claims that points are held against, as the first one that was measured has them.
pub(super) fn claims(points: &[PointSummary]) -> &[Outcome] {
    let mut all = points.iter().map(|point| point.outcomes.as_slice());
    all.find(|claims| !claims.is_empty()).unwrap_or_default()
}

/// What a table has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "SweepTable"))]
pub struct Table {
    /// The columns' names.
    pub head: Vec<String>,
    /// A row for each point.
    pub rows: Vec<Vec<String>>,
    /// What stands under it: the claims' sentences, what was set aside.
    pub notes: Vec<String>,
}

/// Point, what is varied, accuracy and active units under each condition (mean over seeds, and SD), each
/// claim with whether it holds here, the digest.
pub fn table(sweep: &Sweep, points: &[PointSummary]) -> Table {
    let conditions = &sweep.definition().config.conditions;
    let claims = claims(points);
    let judged: Vec<usize> = (0..claims.len())
        .filter(|&c| claims.get(c).is_some_and(|claim| claim.number.is_some()))
        .collect();
    let mut head = vec!["point".to_owned()];
    head.extend(sweep.knobs().iter().map(|knob| knob.name.to_owned()));
    for what in ["accuracy", "active"] {
        head.extend(conditions.iter().map(|c| format!("{what}, {}", c.name())));
    }
    let number = |c: usize| {
        claims
            .get(c)
            .and_then(|claim| claim.number)
            .unwrap_or_default()
    };
    head.extend(judged.iter().map(|&c| format!("claim {}", number(c))));
    head.push("digest".into());
    let accuracy = accuracy();
    let rows = points.iter().enumerate().map(|(p, point)| {
        let mut row = vec![(p + 1).to_string()];
        row.extend(sweep.words(p));
        for metric in [accuracy.as_str(), ACTIVE] {
            row.extend(conditions.iter().map(|&c| mean_words(point, c, metric)));
        }
        row.extend(judged.iter().map(|&c| {
            let standing = point.outcomes.get(c).map(Standing::of);
            standing.map_or(String::new(), |s| s.words().to_owned())
        }));
        row.push(point.digest.map(|d| d.to_string()).unwrap_or_default());
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let mut notes = vec!["mean (SD over seeds) after the last task".to_owned()];
    for &c in &judged {
        let count = points.iter().filter(|point| {
            let standing = point.outcomes.get(c).map(Standing::of);
            standing == Some(Standing::Holds)
        });
        let sentence = claims.get(c).map_or("", |claim| &claim.sentence);
        let all = points.iter().filter(|point| point.is_measured()).count();
        let holds = count.count();
        notes.push(format!(
            "claim {}: {sentence} Holds at {holds} of {all}.",
            number(c)
        ));
    }
    for (p, point) in points.iter().enumerate() {
        if !point.diverged.is_empty() {
            let (point, lanes) = (p + 1, point.diverged.len());
            notes.push(format!(
                "point {point}: lanes set aside because they were not finite any more: {lanes}"
            ));
        }
    }
    Table { head, rows, notes }
}

fn mean_words(point: &PointSummary, condition: Condition, metric: &str) -> String {
    let found = point.find(condition, metric);
    match found.and_then(|numbers| numbers.estimate()) {
        Some(e) => match e.sd {
            Some(sd) => format!("{:.3} ({sd:.3})", e.mean),
            None => format!("{:.3}", e.mean),
        },
        None => "-".into(),
    }
}

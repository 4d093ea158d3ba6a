//! The table that `metacls run` prints at a run's end.

use comfy_table::Table;
use metacls::analysis::stats::Estimate;
use metacls::driver::Driver;
use metacls::report::stream;
use metacls::results::description::lesion_name;

use super::Failure;
use super::voice::print;

/// Prints means (SD over seeds) after the last task, condition by condition.
pub(super) fn print_table(driver: &Driver) -> Result<(), Failure> {
    let run = driver.description();
    let say = |e: &Estimate, digits: usize| match e.sd {
        Some(sd) => format!("{:.digits$} ({:.digits$})", e.mean, sd),
        None => format!("{:.digits$}", e.mean),
    };
    let all = |list: &[Estimate], digits: usize| {
        list.iter()
            .map(|e| say(e, digits))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let layers = run.layer_names();
    let matrices: Vec<&str> = run.matrices.iter().map(|m| m.name.as_str()).collect();
    let mut table = Table::new();
    table.set_header([
        "condition".to_owned(),
        "seeds".to_owned(),
        "accuracy".to_owned(),
        format!("active ({})", layers.join(", ")),
        format!("alpha ({})", matrices.join(", ")),
        format!("beta ({})", layers.join(", ")),
    ]);
    let summary = driver.summary();
    for condition in &summary.conditions {
        let Some(point) = condition.points.last() else {
            continue;
        };
        let accuracy: Vec<String> = point
            .lesions
            .iter()
            .map(|l| {
                let digits = if l.head == 1 { 4 } else { 3 };
                let head = &run.heads[l.head as usize].name;
                format!(
                    "{} ({head}, {})",
                    say(&l.accuracy, digits),
                    lesion_name(l.lesion, &layers)
                )
            })
            .collect();
        let seeds = point.alpha.first().map_or(0, |e| e.n);
        table.add_row([
            condition.condition.name().to_owned(),
            seeds.to_string(),
            accuracy.join("\n"),
            all(&point.active, 3),
            all(&point.alpha, 4),
            all(&point.beta, 3),
        ]);
    }
    print(&table.to_string())?;
    print("mean (SD over seeds) after the last task; accuracy is the mean over all tasks")?;
    let classes = run.heads.first().map_or(0, |head| head.classes);
    match stream::note(&run.config, classes) {
        Some(note) => print(&note),
        None => Ok(()),
    }
}

//! A run's stream in words: what tells its tasks apart, in which order they come, and what that makes of
//! what is measured.

use crate::config::{Config, Order, TaskKind};
use crate::results::Results;

/// The stream as the methods section of a paper has it.
pub(super) fn paragraph(results: &Results) -> String {
    let (config, data) = (&results.config, &results.data);
    let (order, seen) = match config.order {
        Order::Sequential => ("one after the other", "seen in random order"),
        Order::Mixed => (
            "together",
            "seen once all of them were shuffled into one order",
        ),
    };
    let apart = match config.stream {
        TaskKind::Rotated => format!(
            "task t = 0, 1, ... turned its images counter-clockwise by one angle, drawn uniformly from t to \
             t + 1 times {} degrees.",
            config.degrees_per_task
        ),
        TaskKind::Permuted => {
            "each task permuted its images' pixels by one permutation of its own, drawn \
                               uniformly."
                .into()
        }
        TaskKind::Classes => format!(
            "each task had categories of its own, all of them dealt out in a random order as evenly as they \
             go, and as many images of each of these as could be; {}.",
            match config.own_heads {
                true =>
                    "its images were told apart among its own categories only, in training and in evaluation",
                false => "images were told apart among all categories",
            }
        ),
    };
    let mut text = format!(
        "{} were learned {order}, each of {} ({}: {} training and {} test images of {} x {} pixels in {} \
         categories) {seen}; {apart}",
        counted(config.tasks, "task"),
        counted(config.samples_per_task, "training image"),
        data.name,
        data.train,
        data.test,
        data.side,
        data.side,
        data.classes,
    );
    if config.order == Order::Mixed {
        text += " ";
        text += MIXED;
    }
    text
}

/// What tasks in time are where all are learned together.
const MIXED: &str = "After so many tasks means after so many stretches of that order, each as long as a \
                     task; no task is learned before another, so there is no transfer and no forgetting to \
                     measure.";

/// What a seed draws to tell tasks apart.
pub(super) fn drawn(stream: TaskKind) -> &'static str {
    match stream {
        TaskKind::Rotated => "angles",
        TaskKind::Permuted => "permutations",
        TaskKind::Classes => "the tasks' classes",
    }
}

/// What who reads a run's numbers must know of its stream; none where tasks are rotated and come one after
/// the other.
pub fn note(config: &Config, classes: u32) -> Option<String> {
    let mut notes: Vec<String> = Vec::new();
    match (config.stream, config.own_heads) {
        (TaskKind::Rotated, _) => {}
        (TaskKind::Permuted, _) => notes.push("Each task permutes the images' pixels.".into()),
        (TaskKind::Classes, false) => {
            notes.push("Each task has classes of its own, told apart among all.".into());
        }
        (TaskKind::Classes, true) => notes.push(format!(
            "Each task has classes of its own, told apart among these only: chance is {:.3}.",
            config.chance(classes)
        )),
    }
    if config.order == Order::Mixed {
        notes.push(format!("All tasks were learned together. {MIXED}"));
    }
    (!notes.is_empty()).then(|| notes.join(" "))
}

/// So many of a thing, in words.
pub(super) fn counted(count: u32, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(change: impl FnOnce(&mut Config)) -> Option<String> {
        let mut config = Config {
            tasks: 5,
            ..Config::default()
        };
        change(&mut config);
        note(&config, 10)
    }

    #[test]
    fn what_is_not_as_in_the_figures_is_noted() {
        assert_eq!(noted(|_| {}), None);
        let permuted = noted(|c| c.stream = TaskKind::Permuted).unwrap();
        assert_eq!(permuted, "Each task permutes the images' pixels.");
        let own = noted(|c| (c.stream, c.own_heads) = (TaskKind::Classes, true)).unwrap();
        assert!(
            own.ends_with("told apart among these only: chance is 0.500."),
            "{own}"
        );
        let mixed = noted(|c| (c.stream, c.order) = (TaskKind::Classes, Order::Mixed)).unwrap();
        assert!(
            mixed.contains("told apart among all. All tasks were learned together."),
            "{mixed}"
        );
        assert!(
            mixed.contains("stretches of that order, each as long as a task"),
            "{mixed}"
        );
    }
}

//! Streams from outside: run, reported, run again and refused, as their user meets them.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod terminal;

use std::path::Path;
use std::process::Output;

use metacls::config::{Config, Order, TaskKind};
use metacls::formats;
use metacls::report::page::StoredRun;
use metacls::results::Results;
use terminal::said;

fn metacls(args: &[&str]) -> Output {
    terminal::metacls().args(args).output().unwrap()
}

/// Runs quick, made small, on another stream, and gives what the terminal said.
fn run(out: &Path, set: &[&str]) -> String {
    let file = out.display().to_string();
    let small = [
        "hidden=24,16",
        "tasks=4",
        "samples_per_task=20",
        "evaluation_images=20",
    ];
    let mut args = vec![
        "run", "quick", "--seeds", "0..2", "--engine", "cpu", "--data", "digits",
    ];
    for pair in small.iter().chain(set) {
        args.extend(["--set", pair]);
    }
    args.extend(["--out", &file]);
    let output = metacls(&args);
    assert!(output.status.success(), "{}", said(&output));
    said(&output)
}

/// What a report has of a results file: Markdown and rows.
fn reported(file: &Path) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().display().to_string();
    let output = metacls(&["report", &file.display().to_string(), "--csv", &csv]);
    assert!(output.status.success(), "{}", said(&output));
    let rows = std::fs::read_dir(folder.path()).unwrap();
    let rows = rows.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap_or_default());
    (said(&output), rows.collect())
}

#[test]
fn a_stream_is_told_and_comes_out_again() {
    let folder = tempfile::tempdir().unwrap();
    let own = ["stream=classes", "own_heads=true"];
    let streams: [(&str, &[&str], &str); 3] = [
        (
            "permuted",
            &["stream=permuted"],
            "permutes the images' pixels",
        ),
        ("shared", &["stream=classes"], "told apart among all"),
        ("own", &own, "chance is 0.417"),
    ];
    for (name, set, words) in streams {
        let file = folder.path().join(format!("{name}.json"));
        let terminal = run(&file, set);
        assert!(terminal.contains(words), "{terminal}");
        let (markdown, rows) = reported(&file);
        assert!(markdown.contains(words), "{markdown}");
        assert!(
            markdown.contains("backward transfer (category)"),
            "{markdown}"
        );
        assert!(rows.contains("backward transfer category"), "{name}");
        let file = file.display().to_string();
        let check = metacls(&["check", &file, "--data", "digits", "--engine", "cpu"]);
        assert!(check.status.success(), "{}", said(&check));
        assert!(
            said(&check).contains("the same to the bit"),
            "{}",
            said(&check)
        );
    }
}

#[test]
fn where_all_tasks_are_learned_together_there_is_no_transfer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mixed.json");
    let terminal = run(&file, &["order=mixed", "stream=classes"]);
    assert!(
        terminal.contains("All tasks were learned together"),
        "{terminal}"
    );
    let (markdown, rows) = reported(&file);
    assert!(markdown.contains("stretches of that order"), "{markdown}");
    assert!(markdown.contains("accuracy category intact"), "{markdown}");
    for absent in [
        "ackward transfer",
        "orward transfer",
        "learning accuracy",
        "forgetting (",
    ] {
        assert!(!markdown.contains(absent), "{absent}: {markdown}");
    }
    // The file that says what metrics are has only those that are there.
    assert!(!rows.contains("backward transfer category"), "{rows}");
}

#[test]
fn what_can_not_be_is_refused_by_name() {
    let refused = |set: &[&str]| {
        let mut args = vec![
            "run",
            "quick",
            "--seeds",
            "0..1",
            "--data",
            "digits",
            "--dry-run",
        ];
        for pair in set {
            args.extend(["--set", pair]);
        }
        let output = metacls(&args);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        said(&output)
    };
    let said = refused(&["own_heads=true"]);
    assert!(
        said.contains("own_heads: ") && said.contains("stream must be classes"),
        "{said}"
    );
    let said = refused(&["stream=classes", "tasks=11"]);
    assert!(
        said.contains("tasks: ") && said.contains("allowed: 1 to 10"),
        "{said}"
    );
    let said = refused(&["stream=upside_down"]);
    assert!(said.contains("rotated, permuted, classes"), "{said}");
}

/// A results file has no labels: what the page shows of a stream follows from its settings and seed alone.
#[test]
fn the_page_shows_each_task_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |set: &[&str]| {
        let file = folder.path().join("run.json");
        let _ = std::fs::remove_file(&file);
        run(&file, set);
        let results: Results = formats::read(&file).unwrap();
        StoredRun::of(&results).unwrap()
    };
    let rotated = shown(&[]);
    assert!(rotated.run.tasks.iter().all(|t| t.caption.ends_with('°')));
    let permuted = shown(&["stream=permuted"]);
    assert!(permuted.run.tasks.iter().all(|t| t.caption == "permuted"));
    let ink = |pixels: &[u8]| {
        let mut ink = pixels.to_vec();
        ink.sort_unstable();
        ink
    };
    let [first, second, ..] = &permuted.strip[..] else {
        panic!("no strip")
    };
    assert_ne!(first, second);
    assert_eq!(ink(first), ink(second));
    let classes = shown(&["stream=classes", "order=mixed"]);
    let said: Vec<&str> = classes
        .run
        .tasks
        .iter()
        .map(|t| t.caption.as_str())
        .collect();
    assert!(said.iter().all(|c| c.starts_with("classes ")), "{said:?}");
    let config = Config {
        stream: TaskKind::Classes,
        order: Order::Mixed,
        ..rotated.run.config.clone()
    };
    assert_eq!(classes.run.config, config);
}

//! Files of the catalogue's shapes, at their true sizes, through the terminal: what they are taken for, how
//! many classes there are, what chance is, and which words stand in the results.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod terminal;

use std::path::Path;
use std::process::Output;

use metacls::config::DataSet;
use metacls::results::Results;
use metacls::results::description::RunDescription;
use terminal::said;

fn metacls(args: &[&str]) -> Output {
    terminal::metacls().args(args).output().unwrap()
}

/// A set's four files, of its names and sizes: squares whose place says their class, transposed as it has
/// them.
fn write(folder: &Path, set: DataSet) {
    let row = set.row();
    let (files, counts) = (row.files.unwrap(), row.counts.unwrap());
    let classes = row.classes.unwrap() as usize;
    for (i, name) in files.iter().enumerate() {
        let n = counts[i / 2];
        let mut bytes = vec![0, 0, 8, if i % 2 == 0 { 3 } else { 1 }];
        bytes.extend(n.to_be_bytes());
        if i % 2 == 1 {
            bytes.extend((0..n as usize).map(|i| row.first_label + (i % classes) as u8));
        } else {
            bytes.extend([0, 0, 0, 28, 0, 0, 0, 28]);
            let kinds: Vec<Vec<u8>> = (0..classes).map(|c| square(c, row.is_transposed)).collect();
            bytes.reserve(n as usize * 784);
            (0..n as usize).for_each(|i| bytes.extend(&kinds[i % classes]));
        }
        std::fs::write(folder.join(name), bytes).unwrap();
    }
}

fn square(class: usize, is_transposed: bool) -> Vec<u8> {
    let (top, left) = (4 + class / 8 * 3, 4 + class % 8 * 2);
    let mut image = vec![0; 784];
    for (row, column) in (top..top + 5).flat_map(|r| (left..left + 3).map(move |c| (r, c))) {
        let at = if is_transposed {
            column * 28 + row
        } else {
            row * 28 + column
        };
        image[at] = 255;
    }
    image
}

/// A small run on a folder, and its results.
fn run(folder: &Path, more: &[&str]) -> Result<Results, String> {
    let asked = folder.join("asked.json");
    let mut config = metacls::experiments::find("quick").unwrap().config;
    config.data = DataSet::Mnist;
    config.hidden = vec![21, 18];
    (config.tasks, config.samples_per_task) = (2, 10);
    (config.evaluation_images, config.seeds) = (20, 1);
    std::fs::write(&asked, config.to_json()).unwrap();
    let (asked, data, out) = (asked.display(), folder.display(), folder.join("out.json"));
    let (asked, data) = (asked.to_string(), data.to_string());
    let out_path = out.display().to_string();
    let mut args = vec![
        "run", &asked, "--engine", "cpu", "--data", &data, "--out", &out_path, "--again",
    ];
    args.extend(more);
    let output = metacls(&args);
    if !output.status.success() {
        return Err(said(&output));
    }
    Ok(metacls::formats::version::read(&std::fs::read_to_string(out).unwrap()).unwrap())
}

#[test]
fn true_sizes_are_recognised_and_heads_follow_the_classes() {
    for (set, words) in [
        (
            DataSet::Kmnist,
            "custom IDX files of the shape of KMNIST (content not verified",
        ),
        (
            DataSet::EmnistLetters,
            "of the shape of EMNIST letters (content not verified",
        ),
        (
            DataSet::EmnistBalanced,
            "of the shape of EMNIST balanced (content not verified",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), set);
        let results = run(folder.path(), &[]).unwrap();
        let (row, data) = (set.row(), &results.data);
        assert_eq!([data.train, data.test], row.counts.unwrap());
        assert_eq!(Some(data.classes), row.classes);
        assert!(data.name.contains(words), "{}", data.name);
        assert_eq!(
            (data.kind, results.config.data),
            (DataSet::Custom, DataSet::Custom)
        );
        let model = metacls::model::Model::new(&results.config, data);
        let run = RunDescription::new(None, &results.config, &model, data, &[]);
        assert_eq!(Some(run.heads[0].classes), row.classes);
        let chance = 1.0 / f64::from(data.classes);
        assert_eq!(run.heads[0].chance, chance);
        // Named by its id it is the same; by another's it is refused, in words.
        let named = run_as(folder.path(), set).unwrap();
        assert_eq!(named.data.digest, data.digest);
        assert_eq!(named.lanes[0].records, results.lanes[0].records);
        assert!(named.data.name.contains(&format!("read as {}", row.title)));
        let refused = run_as(folder.path(), DataSet::Mnist).unwrap_err();
        assert!(refused.contains("these files are not MNIST"), "{refused}");
        let lying = run_as(folder.path(), DataSet::Custom).unwrap();
        assert_eq!(lying.data.digest == data.digest, !row.is_transposed);
    }
}

fn run_as(folder: &Path, set: DataSet) -> Result<Results, String> {
    run(folder, &["--data-set", set.word()])
}

#[test]
fn the_catalogue_is_listed_and_unknown_names_are_refused() {
    let listed = said(&metacls(&["info", "--data-sets"]));
    for set in DataSet::ALL {
        assert!(listed.contains(&format!("{}: {}", set.word(), set.row().title)));
    }
    assert!(listed.contains("t10k-images-idx3-ubyte: 0fa7898d509279e4"));
    assert!(listed.contains("emnist-letters-test-labels-idx1-ubyte: not on record"));
    let output = metacls(&["run", "quick", "--data-set", "letters"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("there is no such data set"));
    for args in [
        &["run", "quick", "--data-set", "kmnist"][..],
        &["run", "quick", "--data-set", "kmnist", "--data", "digits"],
        &["run", "quick", "--data-set", "digits", "--data", "docs"],
    ] {
        let output = metacls(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(said(&output).contains("--data"), "{}", said(&output));
    }
}

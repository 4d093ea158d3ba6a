//! The binary as its user meets it: exit codes, words, files, and the same run twice.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod terminal;

use std::path::Path;
use std::process::Output;
use terminal::said;

fn metacls(args: &[&str]) -> Output {
    terminal::metacls().args(args).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A run of a second: preset quick, made small.
fn small_config(folder: &Path) -> String {
    let mut config = metacls::experiments::find("quick").unwrap().config;
    config.hidden = vec![24, 16];
    (
        config.tasks,
        config.samples_per_task,
        config.evaluation_images,
    ) = (3, 20, 20);
    let path = folder.join("small.json");
    std::fs::write(&path, config.to_json()).unwrap();
    path.display().to_string()
}

fn lanes(file: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(file).unwrap();
    let mut results: serde_json::Value = serde_json::from_str(&text).unwrap();
    results["lanes"].take()
}

#[test]
fn the_same_command_twice_gives_the_same_numbers_bit_for_bit() {
    let folder = tempfile::tempdir().unwrap();
    let config = small_config(folder.path());
    let engines: &[&str] = if std::env::var_os("REQUIRE_GPU").is_some() {
        &["reference", "gpu"]
    } else {
        println!("skipped on the GPU: set REQUIRE_GPU=1 to include it");
        &["reference"]
    };
    for engine in engines {
        let run = |name: &str| {
            let out = folder.path().join(format!("{engine}-{name}.json"));
            let output = metacls(&[
                "run",
                &config,
                "--seeds",
                "3..=4",
                "--engine",
                engine,
                "--data",
                "digits",
                "--out",
                &out.display().to_string(),
            ]);
            assert_eq!(code(&output), 0, "{}", said(&output));
            assert!(said(&output).contains("accuracy"), "{}", said(&output));
            lanes(&out)
        };
        let first = run("first");
        assert_eq!(first.as_array().unwrap().len(), 4);
        assert_eq!(first[0]["seed"], 3);
        assert_eq!(first, run("second"), "{engine}");
    }
}

#[test]
fn verify_tells_good_files_from_bad_ones() {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");
    let good = metacls(&["verify", vectors, "--engine", "reference"]);
    assert_eq!(code(&good), 0, "{}", said(&good));
    assert_eq!(said(&good).matches(" ok").count(), 22, "{}", said(&good));

    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(format!("{vectors}/two_hidden.json")).unwrap();
    let mut wrong: serde_json::Value = serde_json::from_str(&text).unwrap();
    // One number of what should come out is changed by a millionth.
    let alpha = &mut wrong["after"][0]["alpha"][0];
    *alpha = (alpha.as_f64().unwrap() * 1.000_001).into();
    std::fs::write(folder.path().join("wrong.json"), wrong.to_string()).unwrap();
    std::fs::write(folder.path().join("cut.json"), &text[..text.len() / 2]).unwrap();
    std::fs::copy(
        format!("{vectors}/baseline.json"),
        folder.path().join("good.json"),
    )
    .unwrap();
    let bad = metacls(&[
        "verify",
        &folder.path().display().to_string(),
        "--engine",
        "reference",
    ]);
    assert_eq!(code(&bad), 1, "{}", said(&bad));
    assert_eq!(said(&bad).matches("FAILED").count(), 2, "{}", said(&bad));
    assert!(said(&bad).contains("2 of 3 files failed"), "{}", said(&bad));
}

#[test]
fn what_is_wrong_with_a_command_is_said_with_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let empty_folder = tempfile::tempdir().unwrap();
    let empty = empty_folder.path().display().to_string();
    let broken = folder.path().join("broken.json");
    std::fs::write(&broken, "{\"hidden\": 7}").unwrap();
    let out_of_range = folder.path().join("range.json");
    let mut config: serde_json::Value =
        serde_json::to_value(metacls::experiments::find("quick").unwrap().config).unwrap();
    config["batch"] = 99.into();
    std::fs::write(&out_of_range, config.to_string()).unwrap();
    let (broken, out_of_range) = (
        broken.display().to_string(),
        out_of_range.display().to_string(),
    );
    let cases: &[(&[&str], &str)] = &[
        (&["run", "figure9"], "figure1"),
        (&["run", "quick", "--seeds", "5..5"], "0..4"),
        (&["run", "quick", "--seeds", "one"], "0..4"),
        (&["run", "quick", "--conditions", "sleep"], "baseline"),
        (&["run", "quick", "--conditions", "frozen"], "meta"),
        (&["run", "quick", "--engine", "abacus"], "reference"),
        (&["run", "figure1"], "METACLS_MNIST"),
        (&["run", &broken], "hidden"),
        (&["run", &out_of_range], "1 to 16"),
        (&["run", "/no/such/file.json"], "can't be read"),
        (&["verify", "/no/such/folder"], "can't be read"),
        (&["verify", &empty], "no .json files"),
        (&["dance"], "unrecognized"),
    ];
    for (args, hint) in cases {
        let output = metacls(args);
        assert_eq!(code(&output), 2, "{args:?}: {}", said(&output));
        assert!(said(&output).contains(hint), "{args:?}: {}", said(&output));
        assert!(
            !said(&output).contains("panicked"),
            "{args:?}: {}",
            said(&output)
        );
    }
}

#[test]
fn help_and_info_are_there() {
    for args in [
        &["--help"][..],
        &["run", "--help"],
        &["verify", "--help"],
        &["info"],
    ] {
        let output = metacls(args);
        assert_eq!(code(&output), 0, "{args:?}: {}", said(&output));
    }
    assert!(said(&metacls(&["info"])).contains("reference"));
    let catalog = metacls(&["info", "--json"]);
    let catalog: serde_json::Value = serde_json::from_slice(&catalog.stdout).unwrap();
    let offered = metacls::experiments::catalog();
    assert_eq!(catalog, serde_json::to_value(&offered).unwrap());
    assert_eq!(
        catalog["experiments"][0]["panels"][0]["show"]["kind"],
        "course"
    );
    assert!(said(&metacls(&["run", "--help"])).contains("--seeds"));
}

#[test]
fn a_report_tells_tables_claims_rows_and_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = metacls::experiments::find("figure1").unwrap().config;
    config.hidden = vec![24, 16];
    (
        config.tasks,
        config.samples_per_task,
        config.evaluation_images,
    ) = (3, 20, 23);
    // A prime: no share lies just between two printed numbers, where the last bit would decide.
    config.seeds = 3;
    config.data = metacls::config::DataSet::Digits;
    let path = folder.path().join("small.json");
    std::fs::write(&path, config.to_json()).unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let run = metacls(&[
        "run",
        &at("small.json"),
        "--engine",
        "cpu",
        "--out",
        &at("out/small.json"),
    ]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let report = metacls(&[
        "report",
        &at("out/small.json"),
        "--csv",
        &at("told"),
        "--svg",
        &at("told"),
        "--compact",
        &at("told"),
        "--methods",
        &at("told"),
    ]);
    assert_eq!(code(&report), 0, "{}", said(&report));
    let text = said(&report);
    assert!(
        text.contains("| | baseline | meta | rates | sparsity | frozen |"),
        "{text}"
    );
    assert!(text.contains("not the paper's setting"), "{text}");
    // The compact copy says the same to the digits that are printed.
    let again = metacls(&["report", &at("told/small.json.gz")]);
    assert_eq!(
        String::from_utf8_lossy(&again.stdout),
        String::from_utf8_lossy(&report.stdout)
    );

    // Rows hold the file's numbers.
    let results =
        metacls::formats::read::<metacls::results::Results>(&folder.path().join("out/small.json"))
            .unwrap();
    let mut reader = csv::Reader::from_path(folder.path().join("told/small.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), metacls::report::rows(&results).len());
    let last = results.lanes[1].records.last().unwrap();
    let found = rows.iter().find(|r| {
        (&r[0], &r[1], &r[2], &r[3], &r[4]) == ("0", "meta", "3", "", "accuracy category intact")
    });
    let value: f64 = found.unwrap()[5].parse().unwrap();
    assert_eq!(value, last.evaluation.as_ref().unwrap().accuracy[0].mean);
    // Each has its unit, which the file beside it explains; lines end as RFC 4180 has it.
    let text = std::fs::read_to_string(folder.path().join("told/small.csv")).unwrap();
    assert!(text.starts_with("seed,condition,tasks_learned,on_task,metric,value,unit\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let mut units = csv::Reader::from_path(folder.path().join("told/small.units.csv")).unwrap();
    let units: Vec<csv::StringRecord> = units.records().map(Result::unwrap).collect();
    for row in &rows {
        let mut of = units.iter().filter(|u| u[0] == row[4]);
        assert!(
            of.next()
                .is_some_and(|u| u[1] == row[6] && !u[2].is_empty())
        );
        assert!(of.next().is_none());
    }
    for column in reader.headers().unwrap() {
        assert!(units.iter().any(|u| &u[0] == column), "{column}");
    }
    let methods = std::fs::read_to_string(folder.path().join("told/small.methods.md")).unwrap();
    for part in [
        "## All settings",
        "(`eta_beta`)",
        "## Provenance",
        "Link: <#v=1&preset=",
    ] {
        assert!(methods.contains(part), "{part}");
    }
    // A rate that is not learned has no peak.
    let mut peaks = rows.iter().filter(|r| r[4].starts_with("peak of alpha"));
    assert!(peaks.all(|r| ["meta", "rates"].contains(&&r[1])));
    for picture in ["small.svg", "small-dark.svg"] {
        let svg = std::fs::read_to_string(folder.path().join("told").join(picture)).unwrap();
        assert!(
            svg.contains("Accuracy on all tasks") && svg.contains("frozen"),
            "{picture}"
        );
    }

    // Files that are none.
    std::fs::write(folder.path().join("no.json"), "{}").unwrap();
    std::fs::write(folder.path().join("new.json"), "{\"schema\": 99}").unwrap();
    for (file, hint) in [
        ("no.json", "not results of metacls"),
        ("new.json", "results of version 99"),
        ("gone.json", "can't be read"),
    ] {
        let output = metacls(&["report", &at(file)]);
        assert_eq!(code(&output), 2, "{}", said(&output));
        assert!(said(&output).contains(hint), "{}", said(&output));
    }
}

#[test]
fn commands_have_the_names_that_the_readme_gives() {
    let help = said(&metacls(&["--help"]));
    for command in ["run", "report", "verify", "bench", "info"] {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command}: {help}"
        );
        assert_eq!(code(&metacls(&[command, "--help"])), 0, "{command}");
    }
}

#[test]
fn bench_says_what_was_measured_of_how_many_lanes() {
    let wanted = [
        "--lanes",
        "4",
        "--set",
        "conditions=baseline,meta",
        "--set",
        "hidden=24,16",
    ];
    let bench = |engine| {
        metacls(
            &[
                &["bench", "figure1", "--json", "--engine", engine],
                &wanted[..],
            ]
            .concat(),
        )
    };
    let mut engines = vec!["cpu"];
    if std::env::var_os("REQUIRE_GPU").is_some() {
        engines.push("gpu");
    } else {
        println!("skipped on the GPU: set REQUIRE_GPU=1 to include it");
    }
    for engine in engines {
        let output = bench(engine);
        assert_eq!(code(&output), 0, "{}", said(&output));
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let number = |at: &str| {
            found
                .pointer(at)
                .and_then(serde_json::Value::as_f64)
                .unwrap()
        };
        assert_eq!((number("/lanes"), &found["engine"]), (4.0, &engine.into()));
        assert!(number("/lane_steps") > 0.0 && number("/lane_images") > 0.0);
        // 784 x 24 + 24 x 16 + 16 x 10 weights.
        assert_eq!(number("/image_operations"), 2.0 * 19_360.0);
        if engine == "cpu" {
            assert!(number("/plain_product") > 0.0 && found["gpu"].is_null());
            continue;
        }
        assert_eq!(number("/gpu/dispatches"), 9.0);
        assert!(number("/gpu/floors/0") > 0.0 && number("/gpu/share") < 1.0);
        let stages = found["gpu"]["evaluation_stages"].as_array().unwrap();
        assert!(stages.iter().any(|s| s["stage"] == "dense_tiles"));
    }
}

#[test]
fn any_knob_is_set_by_its_name() {
    let print = |more: &[&str]| metacls(&[&["run", "figure1", "--dry-run"], more].concat());
    let changed = print(&[
        "--set",
        "hidden=64,32",
        "--set",
        "pathways=40,10",
        "--set",
        "eta_beta=0.1",
    ]);
    let config =
        metacls::config::Config::from_json(&String::from_utf8_lossy(&changed.stdout)).unwrap();
    assert_eq!(config.hidden, [64, 32]);
    assert_eq!((config.pathways, config.eta_beta), (Some([40, 10]), 0.1));
    for (wrong, hint) in [
        (
            &["--set", "eta_betta=1"][..],
            "there is no such knob; there are data, stream",
        ),
        (
            &["--set", "eta_beta=x"],
            "eta_beta=x: allowed: a number, 0 to 10",
        ),
        (&["--set", "tasks=0"], "tasks: 0 is not allowed"),
        (&["--set", "tasks"], "give NAME=VALUE"),
        (
            &["--conditions", "meta,meat"],
            "conditions: meta,meat is not allowed",
        ),
        (&["--conditions", "frozen"], "list meta too"),
        (&["--seeds", "4..4"], "--seeds 4..4"),
    ] {
        let output = print(wrong);
        assert_eq!(code(&output), 2, "{}", said(&output));
        assert!(said(&output).contains(hint), "{wrong:?}: {}", said(&output));
    }
    let listed = said(&metacls(&["info", "--knobs"]));
    for knob in metacls::config::KNOBS {
        assert!(listed.contains(&format!("  {}: ", knob.name)), "{listed}");
    }
    assert!(
        listed.contains("0.02 (Figure 2: 0.05; Figure 3: 0.2"),
        "{listed}"
    );
}

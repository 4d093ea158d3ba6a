//! What the terminal is given: files in the forms that people have, and what may not be asked.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use metacls::config::Config;
use metacls::experiments;

/// Exit code, standard output, standard error.
fn metacls(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_metacls"))
        .args(args)
        .env_remove("METACLS_MNIST")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().unwrap();
    (code, text(&output.stdout), text(&output.stderr))
}

fn root(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    path.display().to_string()
}

/// The configuration that would be run.
fn planned(what: &str) -> Config {
    let (code, printed, said) = metacls(&["run", what, "--dry-run"]);
    assert_eq!(code, 0, "{what}: {said}");
    Config::from_json(&printed).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }
}

fn utf16(text: &str, mark: [u8; 2], write: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(write);
    mark.into_iter().chain(units).collect()
}

#[test]
fn configurations_are_read_as_people_have_them() {
    let folder = Folder::new();
    let config = experiments::find("figure2").unwrap().config;
    let text = config.to_json();
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    let windows = text.replace('\n', "\r\n");
    for (name, bytes) in [
        ("bom.json", marked.clone()),
        ("le.json", utf16(&text, [0xff, 0xfe], u16::to_le_bytes)),
        ("be.json", utf16(&text, [0xfe, 0xff], u16::to_be_bytes)),
        ("CFG.JSON", text.clone().into_bytes()),
        ("Cfg.Json.GZ", gzip(text.as_bytes())),
        ("packed.json", gzip(&marked)),
        ("plain.gz", text.clone().into_bytes()),
        ("no ending", windows.into_bytes()),
    ] {
        assert_eq!(planned(&folder.put(name, &bytes)), config, "{name}");
    }
}

#[test]
fn results_and_units_are_run_again_with_their_configuration() {
    let figure1 = experiments::find("figure1").unwrap().config;
    assert_eq!(planned(&root("stored/figure1.json.gz")), figure1);
    let units = planned(&root("stored/figure3.units.json.gz"));
    assert_eq!(
        units.pathways,
        experiments::find("figure3").unwrap().config.pathways
    );
    assert_eq!(
        planned(&root("tests/fixtures/v2/results.json.gz")).hidden,
        [12, 8]
    );

    // What came of a run names its experiment, and so does what comes of running it again.
    let folder = Folder::new();
    let link =
        "#v=1&preset=quick&tasks=2&samples_per_task=20&hidden=24,16&evaluation_images=20&seeds=1";
    let out = |name: &str| folder.0.path().join(name).display().to_string();
    let run = |what: &str, to: &str| {
        let (code, _, said) = metacls(&["run", what, "--engine", "cpu", "--out", &out(to)]);
        assert_eq!(code, 0, "{said}");
        let files = std::fs::read_dir(out(to)).unwrap();
        let mut files = files.map(|file| file.unwrap().path());
        let path = files
            .find(|p| p.extension().is_some_and(|e| e == "json"))
            .unwrap();
        let text = std::fs::read(&path).unwrap();
        let file: serde_json::Value = serde_json::from_slice(&text).unwrap();
        (
            path,
            file["experiment"].clone(),
            file["config"].clone(),
            file["lanes"].clone(),
        )
    };
    let first = run(link, "a");
    assert_eq!(first.1, "quick");
    let again = run(&first.0.display().to_string(), "b");
    assert_eq!(again.0.file_name(), first.0.file_name());
    assert_eq!(
        (&again.1, &again.2, &again.3),
        (&first.1, &first.2, &first.3)
    );
    // What a file calls its experiment is no path.
    let text = std::fs::read_to_string(&again.0).unwrap();
    let evil = text.replacen("\"quick\"", "\"../../evil\"", 1);
    let evil = run(&folder.put("given.json", evil.as_bytes()), "d").0;
    let name = evil.file_name().unwrap().to_string_lossy();
    assert!(name.starts_with("given-seeds"), "{name}");
    // A file that was written by Windows' editor.
    let marked = folder.put("quick.json", &[b"\xef\xbb\xbf", text.as_bytes()].concat());
    let (_, _, config, lanes) = run(&marked, "c");
    assert_eq!((config, lanes), (again.2, again.3));
    let (code, told, said) = metacls(&["report", &marked]);
    assert_eq!(code, 0, "{said}");
    assert!(told.contains("# quick\n"), "{told}");
}

#[test]
fn files_of_other_kinds_are_told_by_what_they_are() {
    let folder = Folder::new();
    let idx = b"\0\0\x08\x03\0\0\0\x01\0\0\0\x1c\0\0\0\x1c";
    let vector = std::fs::read(root("tests/vectors/two_hidden.json")).unwrap();
    for (name, bytes, hint) in [
        ("a.json", &b""[..], "this is an empty file"),
        ("b.json.gz", &gzip(idx), "this is an IDX file"),
        ("train-images-idx3-ubyte", idx, "this is an IDX file"),
        ("zip-named.gz", b"PK\x03\x04xxxx", "this is a zip archive"),
        (
            "figure1.svg",
            b"<svg xmlns=\"\"/>",
            "this is an SVG picture",
        ),
        ("picture.png", b"\x89PNG\r\n\x1a\n", "this is a PNG picture"),
        ("two_hidden.json", &vector, "this is a conformance vector"),
        (
            "rows.csv",
            b"seed,condition,tasks_learned\n",
            "this is a CSV file of metacls",
        ),
        (
            "new.json",
            b"{\"schema\": 99, \"lanes\": [], \"draws\": \"\"}",
            "version 99",
        ),
        ("bytes.json", b"\x80\x81\x82", "it is no text"),
        ("cut.json.gz", &gzip(&vector)[..300], "damaged"),
        ("list.json", b"[1, 2]", "a configuration"),
    ] {
        let path = folder.put(name, bytes);
        for command in ["run", "report"] {
            let (code, _, said) = metacls(&[command, &path]);
            assert_eq!(code, 2, "{command} {name}: {said}");
            assert!(said.contains(&path), "{command} {name}: {said}");
            let other = command == "report" && name == "list.json";
            assert!(other || said.contains(hint), "{command} {name}: {said}");
        }
    }
    let config = folder.put("config.json", b"{\"tasks\": 3}");
    let (code, _, said) = metacls(&["report", &config]);
    assert_eq!(code, 2);
    assert!(
        said.contains("this is a configuration, not results"),
        "{said}"
    );
    let (_, told, said) = metacls(&["verify", &folder.0.path().display().to_string()]);
    assert!(
        told.contains("FAILED: ") && told.contains("this is a configuration"),
        "{told}{said}"
    );
    for (name, hint) in [
        ("gone.json", "can't be read"),
        ("GONE.JSON.GZ", "can't be read"),
        ("gone", "there is no preset"),
    ] {
        let (code, _, said) = metacls(&["run", name]);
        assert_eq!((code, said.contains(hint)), (2, true), "{said}");
    }
    let (code, _, said) = metacls(&["run", &folder.0.path().display().to_string()]);
    assert_eq!((code, said.contains("can't be read")), (2, true), "{said}");
}

#[test]
fn seeds_say_what_is_allowed() {
    let allowed = "allowed: the first from 0 to 1000000000, up to 4096 of them";
    for seeds in [
        "4294967295..4294967297",
        "4294967295",
        "99999999999999999999",
        "0..=18446744073709551615",
        "0..5000",
        "7..3",
        "2000000000..2000000001",
        "-1",
        "1.5",
        "",
    ] {
        let flag = format!("--seeds={seeds}");
        let (code, _, said) = metacls(&["run", "quick", &flag, "--dry-run"]);
        assert_eq!(code, 2, "{seeds}: {said}");
        assert!(said.contains(allowed), "{seeds}: {said}");
    }
    let (code, printed, _) = metacls(&[
        "run",
        "quick",
        "--seeds",
        "999999999..=1000000000",
        "--dry-run",
    ]);
    assert_eq!(code, 0);
    let config = Config::from_json(&printed).unwrap();
    assert_eq!((config.first_seed, config.seeds), (999_999_999, 2));
}

#[test]
fn a_dry_run_needs_no_images() {
    for what in [
        "figure1",
        "#v=1&preset=figure2&seeds=3",
        "v=1&preset=figure3&data=custom",
    ] {
        planned(what);
    }
    let (code, printed, _) = metacls(&["run", "figure1", "--data", "/no/such/folder", "--dry-run"]);
    assert_eq!(code, 0);
    assert_eq!(
        Config::from_json(&printed).unwrap(),
        experiments::find("figure1").unwrap().config
    );
}

#[test]
fn what_no_computer_would_hold_is_refused_before_anything_is_drawn() {
    let folder = Folder::new();
    let large = "{\"data\": \"digits\", \"tasks\": 200, \"samples_per_task\": 10000, \
                 \"batch\": 1, \"glances\": 20}";
    let file = folder.put("large.json", large.as_bytes());
    let link =
        "#v=1&preset=figure1&data=digits&tasks=200&samples_per_task=10000&batch=1&glances=20";
    let set = |more: &[&'static str]| [&["run", "quick"], more].concat();
    for (args, hint) in [
        (vec!["run", &file], "40000000; allowed: up to 1000000"),
        (vec!["run", link], "observe steps of a lane are 40000000"),
        (
            set(&[
                "--set",
                "tasks=200",
                "--set",
                "samples_per_task=10000",
                "--set",
                "glances=3",
            ]),
            "samples_per_task: ",
        ),
        (
            set(&["--set", "hidden=4096,4096,4096,4096,4096,4096"]),
            "hidden: weights of a lane's network",
        ),
        (
            set(&["--set", "tasks=200", "--seeds", "0..4096"]),
            "seeds: 4096 seeds under 2 conditions",
        ),
    ] {
        let (code, _, said) = metacls(&args);
        assert_eq!(code, 2, "{args:?}: {said}");
        assert!(said.contains(hint), "{args:?}: {said}");
    }
}

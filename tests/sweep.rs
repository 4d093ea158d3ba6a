//! Sweeps in the terminal: every point is the run that it would be alone, stopped and resumed or not; what
//! does not fit is refused by name.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use metacls::config::Config;
use metacls::formats;
use metacls::results::Results;
use metacls::sweep::{Definition, Sweep, SweepSummary};

/// Exit code and all that was said.
fn metacls(args: &[&str]) -> (i32, String) {
    let output = command(args).output().unwrap();
    let said = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy);
    (output.status.code().unwrap(), said.concat())
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metacls"));
    command.args(args).env_remove("METACLS_MNIST");
    command
}

/// A sweep of six points of three seeds, each done in a moment.
struct Small {
    folder: tempfile::TempDir,
}

const ALPHA: &str = "alpha_0=log:0.01..0.1:3";

impl Small {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command's words; `vary` is its first knob.
    fn words(&self, vary: &str, out: &str, more: &[&str]) -> Vec<String> {
        let out = self.path(out).display().to_string();
        let mut words = vec![
            "sweep",
            "quick",
            "--vary",
            vary,
            "--vary",
            "hidden=24+16,12",
        ];
        for set in ["tasks=4", "samples_per_task=20", "evaluation_images=20"] {
            words.extend(["--set", set]);
        }
        words.extend([
            "--seeds", "3..6", "--engine", "cpu", "--data", "digits", "--out", &out,
        ]);
        words.extend(more);
        words.into_iter().map(str::to_owned).collect()
    }

    fn run(&self, vary: &str, out: &str, more: &[&str]) -> (i32, String) {
        let words = self.words(vary, out, more);
        metacls(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn points(&self, out: &str) -> Vec<PathBuf> {
        let folder = self.path(out).join("points");
        let entries = std::fs::read_dir(folder).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
        files.sort();
        files
    }

    /// The digest that the sweep's last line says.
    fn digest(said: &str) -> String {
        let found = said.lines().find(|line| line.starts_with("digest "));
        found.unwrap_or_else(|| panic!("{said}"))[7..23].to_owned()
    }
}

fn results(path: &Path) -> Results {
    formats::read(path).unwrap()
}

#[test]
fn a_point_is_the_run_that_it_would_be_alone() {
    let small = Small::new();
    let (code, said) = small.run(ALPHA, "all", &[]);
    assert_eq!(code, 0, "{said}");
    let digest = Small::digest(&said);
    let definition: Definition = formats::read(&small.path("all").join("sweep.json")).unwrap();
    let sweep = Sweep::new(definition).unwrap();
    let points = small.points("all");
    assert_eq!((points.len(), sweep.configs().len()), (6, 6));
    for (p, (path, config)) in points.iter().zip(sweep.configs()).enumerate() {
        let of_sweep = results(path);
        assert_eq!(of_sweep.config, *config);
        assert!(
            said.contains(&of_sweep.digest().unwrap().to_string()),
            "{said}"
        );
        let file = small.path("config.json");
        std::fs::write(&file, config.to_json()).unwrap();
        let alone = small.path(&format!("alone-{p}.json"));
        let [file, alone] = [file, alone].map(|path| path.display().to_string());
        let (code, said) = metacls(&["run", &file, "--engine", "cpu", "--out", &alone]);
        assert_eq!(code, 0, "{said}");
        let alone = results(Path::new(&alone));
        assert_eq!(alone.lanes, of_sweep.lanes, "{}", sweep.said(p));
        assert_eq!(alone.digest(), of_sweep.digest());
    }
    // Points differ.
    let digests: Vec<_> = points.iter().map(|p| results(p).digest()).collect();
    assert!((1..6).all(|i| !digests[..i].contains(&digests[i])));
    // The same command again trains nothing and says the same; one thread more or less changes nothing. What
    // a program left that was killed between a point's results and its tidying up goes.
    let before: Vec<_> = points.iter().map(|p| std::fs::read(p).unwrap()).collect();
    let first = points[0].file_name().unwrap().to_string_lossy();
    let remnants = [
        points[0].with_extension(metacls::kept::log::ENDING.trim_start_matches('.')),
        points[0].with_extension("checkpoint"),
        points[0].with_file_name(format!(".{first}.a.tmp")),
    ];
    for path in &remnants {
        std::fs::write(path, "torn").unwrap();
    }
    let (code, again) = small.run(ALPHA, "all", &[]);
    assert_eq!(
        (code, Small::digest(&again)),
        (0, digest.clone()),
        "{again}"
    );
    let after: Vec<_> = points.iter().map(|p| std::fs::read(p).unwrap()).collect();
    assert_eq!(before, after);
    assert_eq!(small.points("all"), points);
    let words = small.words(ALPHA, "one", &[]);
    let output = Command::new(env!("CARGO_BIN_EXE_metacls"))
        .args(&words)
        .env("RAYON_NUM_THREADS", "7")
        .output()
        .unwrap();
    assert_eq!(
        Small::digest(&String::from_utf8(output.stdout).unwrap()),
        digest
    );
}

#[test]
fn a_sweep_that_was_killed_goes_on_with_the_same_bits() {
    let small = Small::new();
    let (code, said) = small.run(ALPHA, "whole", &[]);
    assert_eq!(code, 0, "{said}");
    let digest = Small::digest(&said);
    // Killed after ever longer, until it gets through.
    let mut stops = 0;
    for attempt in 1..60 {
        let more: &[&str] = if attempt == 1 { &[] } else { &["--resume"] };
        let mut child = command(&[])
            .args(small.words(ALPHA, "killed", more))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(60 + 25 * attempt));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        stops += 1;
    }
    assert!(stops >= 2, "{stops}");
    let (code, said) = small.run(ALPHA, "killed", &["--resume"]);
    assert_eq!((code, Small::digest(&said)), (0, digest), "{said}");
    assert_eq!(small.points("killed").len(), 6);
    for (ours, theirs) in small.points("killed").iter().zip(small.points("whole")) {
        assert_eq!(results(ours).lanes, results(&theirs).lanes);
    }
}

#[cfg(unix)]
#[test]
fn a_sweep_that_was_asked_to_end_says_how_to_go_on() {
    let small = Small::new();
    // Long enough to be met at work.
    let words = [
        small.words(ALPHA, "asked", &[]),
        vec!["--set".into(), "glances=20".into()],
    ]
    .concat();
    let mut child = command(&[])
        .args(&words)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while std::fs::read_dir(small.path("asked").join("points")).map_or(0, Iterator::count) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let id = child.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    assert!(
        said.contains("of 6 points") && said.contains("--resume"),
        "{said}"
    );
    let again: Vec<&str> = words.iter().map(String::as_str).collect();
    let (code, said) = metacls(&again);
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("was begun and stopped; --resume goes on"),
        "{said}"
    );
    let (code, said) = metacls(&[&again[..], &["--resume"]].concat());
    assert_eq!(code, 0, "{said}");
    let (code, anew) = metacls(&[&again[..], &["--again"]].concat());
    assert_eq!(
        (code, Small::digest(&anew)),
        (0, Small::digest(&said)),
        "{anew}"
    );
}

#[test]
fn what_is_in_the_folder_is_not_believed() {
    let small = Small::new();
    let (code, said) = small.run(ALPHA, "all", &[]);
    assert_eq!(code, 0, "{said}");
    let digest = Small::digest(&said);
    // A torn file, a file of fewer lanes and one that is gone are made anew.
    let points = small.points("all");
    let bytes = std::fs::read(&points[1]).unwrap();
    std::fs::write(&points[1], &bytes[..bytes.len() / 2]).unwrap();
    let mut fewer = results(&points[2]);
    fewer.lanes.pop();
    std::fs::write(&points[2], serde_json::to_vec(&fewer).unwrap()).unwrap();
    std::fs::remove_file(&points[4]).unwrap();
    let (code, said) = small.run(ALPHA, "all", &["--resume"]);
    assert_eq!((code, Small::digest(&said)), (0, digest.clone()), "{said}");
    assert_eq!(said.matches("it is made anew").count(), 2, "{said}");
    // Another sweep is refused by what differs.
    for (vary, more, hint) in [
        ("alpha_0=0.01,0.1", &[][..], "its list of points differs"),
        ("beta_0=0.01,0.1", &[], "its list of what is varied differs"),
        (ALPHA, &["--set", "glances=2"], "its glances differs"),
        (
            ALPHA,
            &["--set", "glances=2", "--again"],
            "its glances differs",
        ),
    ] {
        let (code, said) = small.run(vary, "all", more);
        assert_eq!(code, 2, "{said}");
        assert!(
            said.contains("holds another sweep") && said.contains(hint),
            "{said}"
        );
    }
    // A point of another engine, and of other settings.
    let (code, said) = small.run(ALPHA, "all", &["--engine", "reference"]);
    assert!(
        code == 2 && said.contains("cannot be used multiple times"),
        "{said}"
    );
    std::fs::copy(&points[0], &points[3]).unwrap();
    let (code, said) = small.run(ALPHA, "all", &[]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("its configuration differs"), "{said}");
    let (code, said) = small.run(ALPHA, "all", &["--again"]);
    assert_eq!((code, Small::digest(&said)), (0, digest), "{said}");
    let mut other = results(&points[3]);
    other.data.digest = "another".into();
    std::fs::write(&points[3], serde_json::to_vec(&other).unwrap()).unwrap();
    let (code, said) = small.run(ALPHA, "all", &[]);
    assert!(code == 2 && said.contains("its images differs"), "{said}");
    // What is no sweep's definition is not replaced.
    std::fs::write(small.path("all").join("sweep.json"), "{\"tasks\": 3}").unwrap();
    let (code, said) = small.run(ALPHA, "all", &["--again"]);
    assert!(
        code == 2 && said.contains("this is a configuration"),
        "{said}"
    );
}

#[test]
fn a_summary_tells_the_sweep_again_and_makes_it_again() {
    let small = Small::new();
    let file = small.path("small.json.gz").display().to_string();
    let (code, said) = small.run(ALPHA, "all", &["--summary", &file]);
    assert_eq!(code, 0, "{said}");
    let digest = Small::digest(&said);
    let summary: SweepSummary = formats::read(Path::new(&file)).unwrap();
    assert_eq!(summary.digest().unwrap().to_string(), digest);
    assert!(std::fs::metadata(&file).unwrap().len() < 40_000);
    let out = small.path("told").display().to_string();
    let (code, told) = metacls(&[
        "report", &file, "--csv", &out, "--svg", &out, "--page", &out,
    ]);
    assert_eq!(code, 0, "{told}");
    // The same table, and the same digest.
    let rows = |said: &str| {
        let rows = said
            .lines()
            .filter(|l| l.starts_with('|') || l.starts_with('+'));
        rows.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(rows(&told), rows(&said));
    assert_eq!(Small::digest(&told), digest);
    for name in [
        "csv",
        "means.csv",
        "claims.csv",
        "svg",
        "sweep.gz",
        "summary.gz",
    ] {
        let path = small.path("told").join(format!("small.{name}"));
        assert!(path.exists(), "{}", path.display());
    }
    let (code, link) = metacls(&["report", &file, "--link"]);
    assert_eq!(code, 0, "{link}");
    assert!(
        link.contains("&vary=alpha_0=0.01,0.0316228,0.1&vary=hidden=24+16,12"),
        "{link}"
    );
    // The summary, the folder's definition and the link are the very sweep.
    let definition = small.path("all").join("sweep.json").display().to_string();
    for what in [&file, &definition, &link.trim().to_owned()] {
        let all = small.path("all").display().to_string();
        let words = ["--engine", "cpu", "--data", "digits", "--out", &all];
        let (code, again) = metacls(&[&["sweep", what][..], &words].concat());
        assert_eq!(
            (code, Small::digest(&again)),
            (0, digest.clone()),
            "{again}"
        );
        // No run is made of it by mistake.
        let (code, refused) = metacls(&["run", what, "--dry-run"]);
        assert_eq!(code, 2, "{refused}");
        assert!(refused.contains("this is a sweep"), "{refused}");
    }
    for option in ["--compact", "--methods"] {
        let (code, refused) = metacls(&["report", &file, option, &out]);
        assert!(
            code == 2 && refused.contains("a sweep's summary"),
            "{refused}"
        );
    }
}

#[test]
fn bad_input_ends_with_exit_code_2_before_anything_is_made() {
    let small = Small::new();
    let file = |name: &str, text: &str| {
        let path = small.path(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (bad, pdf) = (
        file("bad.csv", "alpha_0\n0.1\nfast\n"),
        file("a.csv", "%PDF-1.7"),
    );
    let out = small.path("out").display().to_string();
    for (words, hint) in [
        (vec!["quick"], "nothing is varied"),
        (
            vec!["quick", "--vary", "alpha0=1"],
            "--vary alpha0: there is no such knob",
        ),
        (
            vec!["quick", "--vary", "alpha_0=11"],
            "allowed: a number, 0 to 10",
        ),
        (
            vec!["quick", "--vary", "alpha_0=linear:0..1:5000"],
            "allowed: up to 4096",
        ),
        (
            vec!["quick", "--vary", "alpha_0=1", "--points", &bad],
            "cannot be used with",
        ),
        (
            vec!["quick", "--points", &bad],
            "line 3: alpha_0=fast: allowed",
        ),
        (vec!["quick", "--points", &pdf], "this is a PDF document"),
        (
            vec!["quick", "--points", "none.csv"],
            "none.csv: can't be read",
        ),
        (vec!["figure9", "--vary", "alpha_0=1"], "there is no preset"),
        (
            vec!["figure1", "--vary", "alpha_0=1"],
            "this experiment asks for MNIST",
        ),
    ] {
        let words = [&["sweep", "--out", &out][..], &words].concat();
        let (code, said) = metacls(&words);
        assert_eq!(code, 2, "{words:?}: {said}");
        assert!(said.contains(hint), "{words:?}: {said}");
    }
    assert!(!small.path("out").exists());
}

#[test]
fn a_sweep_is_told_as_table_rows_and_pictures() {
    let small = Small::new();
    let (code, printed) = small.run(ALPHA, "all", &["--dry-run"]);
    assert_eq!(code, 0, "{printed}");
    let planned: Definition = formats::parse("printed", &printed).unwrap();
    assert_eq!(planned.points.len(), 6);
    assert!(!small.path("all").exists());
    // The same points as a list.
    let lines: Vec<String> = planned
        .points
        .iter()
        .map(|p| {
            format!(
                "{},{}",
                p[0],
                ["24+16", "12"][usize::from(p[1].as_array().unwrap().len() == 1)]
            )
        })
        .collect();
    let list = small.path("points.csv");
    std::fs::write(&list, format!("alpha_0,hidden\n{}\n", lines.join("\n"))).unwrap();
    let [csv, svg, list] =
        ["csv", "svg", "points.csv"].map(|n| small.path(n).display().to_string());
    let out = ["--csv", &csv, "--svg", &svg];
    let (code, said) = small.run(ALPHA, "all", &out);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains("claim 3") && said.contains("points in"),
        "{said}"
    );
    let mut words = small.words(ALPHA, "all", &[]);
    words.drain(2..6);
    words.extend(["--points".to_owned(), list]);
    let (code, again) = metacls(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(
        (code, Small::digest(&again)),
        (0, Small::digest(&said)),
        "{again}"
    );
    for name in [
        "quick-sweep.csv",
        "quick-sweep.means.csv",
        "quick-sweep.claims.csv",
    ] {
        let text = std::fs::read_to_string(Path::new(&csv).join(name)).unwrap();
        assert!(text.starts_with("point,alpha_0,hidden,"), "{text}");
        assert!(text.contains("\r\n6,0.1,12,"), "{name}");
    }
    for name in ["quick-sweep.svg", "quick-sweep-dark.svg"] {
        let text = std::fs::read_to_string(Path::new(&svg).join(name)).unwrap();
        assert!(
            text.starts_with("<svg") && text.contains("alpha_0"),
            "{name}"
        );
    }
    // A point is a results file as any other.
    let point = small.points("all")[5].display().to_string();
    let (code, said) = metacls(&["check", &point, "--seeds", "4"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("the same to the bit"), "{said}");
}

/// Nothing but the knobs that are varied differs between the points' configurations.
#[test]
fn points_differ_in_what_is_varied_alone() {
    let small = Small::new();
    let (_, printed) = small.run(ALPHA, "all", &["--dry-run"]);
    let sweep = Sweep::new(formats::parse("printed", &printed).unwrap()).unwrap();
    let shared = &sweep.definition().config;
    assert_eq!((shared.first_seed, shared.seeds, shared.tasks), (3, 3, 4));
    for config in sweep.configs() {
        let back = Config {
            alpha_0: shared.alpha_0,
            hidden: shared.hidden.clone(),
            ..config.clone()
        };
        assert_eq!(back, *shared);
    }
}

//! The terminal keeps what it measures: killed at random moments, interrupted, on a full disk, unheard; and
//! it never replaces what is there.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

mod terminal;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use metacls::formats;
use metacls::results::Results;
use terminal::{metacls, said};

/// A run of 40 seeds that takes a second or so.
const FORTY: &str =
    "v=1&preset=quick&tasks=4&samples_per_task=60&hidden=40,30&evaluation_images=40&seeds=40";
/// The same with more to do.
const LONGER: &str =
    "v=1&preset=quick&tasks=8&samples_per_task=100&hidden=80,60&evaluation_images=40&seeds=40";
/// A run of a fifth of a second.
const SMALL: &str =
    "v=1&preset=quick&tasks=3&samples_per_task=20&hidden=24,16&evaluation_images=20";

fn run(link: &str, out: &Path, more: &[&str]) -> Command {
    let mut command = metacls();
    command.args(["run", link, "--engine", "cpu", "--out"]);
    command.arg(out).args(more);
    command
}

fn output(command: &mut Command) -> Output {
    command.output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn start(mut command: Command) -> Child {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The folder's files that are no temporary ones, by their names' end.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|p| p.to_string_lossy().ends_with(end))
        .collect();
    files.sort();
    files
}

fn only(folder: &Path) -> PathBuf {
    let all = files(folder, "");
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].extension().is_some_and(|e| e == "json"), "{all:?}");
    all[0].clone()
}

/// A results file's text without its two times.
fn timeless(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|l| !l.contains("_seconds\":"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The same results file, whatever it is called.
fn assert_same(ours: &Path, theirs: &Path, at: &str) {
    assert!(timeless(ours) == timeless(theirs), "{at}: files differ");
}

/// Moments that look random and are the same each time (SplitMix64's finish).
fn moment(i: u64, below: Duration) -> Duration {
    let mut z = (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    below.mul_f64((z >> 11) as f64 / (1_u64 << 53) as f64)
}

#[test]
fn killed_at_twenty_moments_a_run_goes_on_to_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, out) = (folder.path().join("whole"), folder.path().join("out"));
    let begun = Instant::now();
    let undisturbed = output(&mut run(FORTY, &whole, &[]));
    let took = begun.elapsed();
    assert_eq!(code(&undisturbed), Some(0), "{}", said(&undisturbed));
    let (mut kills, mut runs, mut kept) = (0, 0, 0);
    let mut i = 0;
    while kills < 20 {
        let mut child = start(run(FORTY, &out, &["--resume"]));
        std::thread::sleep(moment(i, took.mul_f64(1.1)));
        i += 1;
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            kills += 1;
        }
        if out.is_dir() {
            kept += usize::from(!files(&out, ".checkpoint").is_empty());
            // Results are whole or not there.
            if let Some(results) = files(&out, ".json").first() {
                assert_same(results, &only(&whole), &format!("after kill {kills}"));
                runs += 1;
                std::fs::remove_dir_all(&out).unwrap();
            }
        }
    }
    let last = output(&mut run(FORTY, &out, &["--resume"]));
    assert_eq!(code(&last), Some(0), "{}", said(&last));
    assert_same(&only(&out), &only(&whole), "at the end");
    assert!(kept > 3, "a checkpoint was there after {kept} kills");
    println!("20 kills, {runs} runs ended between them, a checkpoint was there {kept} times");
}

#[test]
fn an_interrupted_run_says_how_to_go_on_and_does() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, out) = (folder.path().join("whole"), folder.path().join("out"));
    assert_eq!(code(&output(&mut run(LONGER, &whole, &[]))), Some(0));
    let written = || {
        let file = out
            .is_dir()
            .then(|| files(&out, ".checkpoint").pop())
            .flatten()?;
        std::fs::metadata(file).ok()?.modified().ok()
    };
    for (i, signal) in ["INT", "TERM", "INT"].into_iter().enumerate() {
        let before = written();
        let child = run(LONGER, &out, [["--resume"].as_slice(), &["--again"]][i / 2])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let began = Instant::now();
        while written().is_none() || written() == before {
            assert!(began.elapsed() < Duration::from_secs(30), "no checkpoint");
            std::thread::sleep(Duration::from_millis(2));
        }
        let sent = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), Some(130), "{}", said(&output));
        assert!(said(&output).contains("--resume"), "{}", said(&output));
        assert!(said(&output).contains("kept: "), "{}", said(&output));
        assert!(!said(&output).contains("--again"), "{}", said(&output));
    }
    // The plain command tells of it, and spoils nothing.
    let plain = output(&mut run(LONGER, &out, &[]));
    assert_eq!(code(&plain), Some(2), "{}", said(&plain));
    assert!(
        said(&plain).contains("--resume goes on"),
        "{}",
        said(&plain)
    );
    let on = output(&mut run(LONGER, &out, &["--resume"]));
    assert_eq!(code(&on), Some(0), "{}", said(&on));
    assert!(said(&on).contains("going on at"), "{}", said(&on));
    assert_same(&only(&out), &only(&whole), "after all");
}

/// On another kind of engine a run goes on only if that is asked for, and its results say from where.
#[test]
fn a_run_goes_on_on_another_engine_that_is_asked_for_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let on = |engine: &str, more: &[&str]| {
        let mut command = metacls();
        command.args(["run", FORTY, "--engine", engine, "--out"]);
        command.arg(out).args(more);
        command
    };
    let mut child = start(on("reference", &[]));
    let began = Instant::now();
    while files(out, ".checkpoint").is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "no checkpoint");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it was too quick");
    let auto = output(on("auto", &["--resume"]).env("VK_DRIVER_FILES", "/none"));
    assert_eq!(code(&auto), Some(2), "{}", said(&auto));
    assert!(said(&auto).contains("by name"), "{}", said(&auto));
    let cpu = output(&mut on("cpu", &["--resume"]));
    assert_eq!(code(&cpu), Some(0), "{}", said(&cpu));
    assert!(said(&cpu).contains("rounds differently"), "{}", said(&cpu));
    let results: Results = formats::read(&only(out)).unwrap();
    assert_eq!(results.engine.adapter, "CPU, plain loops in float32");
    let words = results.engine_changes().join("; ");
    assert!(words.contains("on CPU, float32"), "{words}");
    let report = output(metacls().arg("report").arg(only(out)));
    assert!(said(&report).contains(&words), "{}", said(&report));
}

#[test]
fn what_is_there_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let first = output(&mut run(SMALL, out, &["--seeds", "0..2"]));
    assert_eq!(code(&first), Some(0), "{}", said(&first));
    let path = only(out);
    let before = std::fs::read(&path).unwrap();
    let again = output(&mut run(SMALL, out, &["--seeds", "0..2"]));
    assert_eq!(code(&again), Some(0), "{}", said(&again));
    assert!(
        said(&again).contains("is there already"),
        "{}",
        said(&again)
    );
    assert!(std::fs::read(&path).unwrap() == before);
    // Other seeds, another knob, another engine: files of their own.
    for more in [
        &["--seeds", "2..4"][..],
        &["--seeds", "0..2", "--set", "eta_beta=0.3"],
        &["--seeds", "0..2", "--conditions", "meta"],
    ] {
        assert_eq!(code(&output(&mut run(SMALL, out, more))), Some(0));
    }
    assert_eq!(files(out, ".json").len(), 4);
    let anew = output(&mut run(SMALL, out, &["--seeds", "0..2", "--again"]));
    assert_eq!(code(&anew), Some(0), "{}", said(&anew));
    assert_eq!(files(out, "").len(), 4);
    // A file of one's own name is of one run.
    let named = out.join("mine.json");
    assert_eq!(code(&output(&mut run(SMALL, &named, &[]))), Some(0));
    let other = output(&mut run(SMALL, &named, &["--seeds", "7"]));
    assert_eq!(code(&other), Some(2), "{}", said(&other));
    assert!(
        said(&other).contains("holds another run"),
        "{}",
        said(&other)
    );
    let foreign = out.join("foreign.json");
    std::fs::write(&foreign, "{\"a\": 1}").unwrap();
    let other = output(&mut run(SMALL, &foreign, &[]));
    assert_eq!(code(&other), Some(2), "{}", said(&other));
    assert_eq!(std::fs::read_to_string(&foreign).unwrap(), "{\"a\": 1}");
}

#[test]
fn merged_files_equal_those_of_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let make = |name: &str, more: &[&str]| {
        let made = output(&mut run(SMALL, &at(name), more));
        assert_eq!(code(&made), Some(0), "{}", said(&made));
    };
    let all = ["--conditions", "baseline,meta,rates"];
    make("whole.json", &[&["--seeds", "0..5"], &all[..]].concat());
    make("a.json", &[&["--seeds", "3..5"], &all[..]].concat());
    make("b.json", &[&["--seeds", "0..3"], &all[..]].concat());
    make("c.json", &["--seeds", "0..5", "--conditions", "rates"]);
    make(
        "d.json",
        &["--seeds", "0..5", "--conditions", "baseline,meta"],
    );
    make(
        "e.json",
        &["--seeds", "7", "--conditions", "baseline,meta,rates"],
    );
    make(
        "f.json",
        &[&["--seeds", "5..7", "--set", "batch=2"], &all[..]].concat(),
    );
    let merge = |files: &[&str], out: &str| {
        let mut command = metacls();
        command.arg("merge").args(files.iter().map(|f| at(f)));
        output(command.arg("--out").arg(at(out)))
    };
    for (files, out) in [
        (["a.json", "b.json"], "ab.json"),
        (["c.json", "d.json"], "cd.json"),
    ] {
        let merged = merge(&files, out);
        assert_eq!(code(&merged), Some(0), "{}", said(&merged));
        assert_same(&at(out), &at("whole.json"), out);
    }
    for (files, hint) in [
        (&["a.json", "a.json"][..], "both have seed 3 under baseline"),
        (&["a.json", "ab.json"], "both have seed 3"),
        (&["b.json", "f.json"], "differ in batch"),
        (
            &["ab.json", "e.json"],
            "seed 5 under baseline is in none of the files",
        ),
        (&["a.json", "c.json"], "both have seed 3 under rates"),
        (&["a.json", "gone.json"], "gone.json"),
    ] {
        let refused = merge(files, "no.json");
        assert_eq!(code(&refused), Some(2), "{}", said(&refused));
        assert!(said(&refused).contains(hint), "{hint}: {}", said(&refused));
        assert!(!at("no.json").exists());
    }
    let there = merge(&["a.json", "b.json"], "cd.json");
    assert_eq!(code(&there), Some(2), "{}", said(&there));
    assert!(
        said(&there).contains("is there already"),
        "{}",
        said(&there)
    );
}

#[test]
fn outputs_are_tried_before_the_first_step() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "here").unwrap();
    let below = file.join("x");
    let good = folder.path().join("good");
    let report = |flag: &str| {
        let mut command = metacls();
        let stored = concat!(env!("CARGO_MANIFEST_DIR"), "/stored/figure1.json.gz");
        command.args(["report", stored, flag]);
        output(command.arg(&below))
    };
    let watch = ["--watch", &below.join("w.json.gz").display().to_string()].map(str::to_owned);
    let watch = watch.each_ref().map(String::as_str);
    for refused in [
        output(&mut run(SMALL, &below, &[])),
        output(&mut run(SMALL, &file, &[])),
        output(&mut run(SMALL, &good, &watch)),
        output(&mut run(SMALL, &good, &["--watch", "/"])),
        report("--csv"),
        report("--svg"),
        report("--compact"),
        report("--page"),
    ] {
        assert_eq!(code(&refused), Some(2), "{}", said(&refused));
        assert!(refused.stdout.is_empty(), "{}", said(&refused));
    }
    assert!(!good.exists() || files(&good, "").is_empty());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "here");
}

/// A disk that takes no more is told by a limit on the size of files: no more rights are needed for it.
#[test]
fn a_full_disk_costs_no_lane_that_ended() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.json");
    assert_eq!(code(&output(&mut run(FORTY, &whole, &[]))), Some(0));
    let size = std::fs::metadata(&whole).unwrap().len();
    let temporary = folder.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    let mut resumed = 0;
    for share in [0.002, 0.02, 0.1, 0.3, 0.6, 0.9] {
        let out = folder.path().join("out");
        let limited = Command::new("sh")
            .arg("-c")
            .arg(format!(
                "trap '' XFSZ; ulimit -f {}; exec \"$@\"",
                (size as f64 * share / 512.0) as u64
            ))
            .arg("sh")
            .arg(env!("CARGO_BIN_EXE_metacls"))
            .args(["run", FORTY, "--engine", "cpu", "--out"])
            .arg(&out)
            .env("TMPDIR", &temporary)
            .output()
            .unwrap();
        assert_eq!(code(&limited), Some(1), "{share}: {}", said(&limited));
        assert!(
            said(&limited).contains("can't be written"),
            "{}",
            said(&limited)
        );
        assert!(files(&out, ".json").is_empty(), "{share}: nothing is torn");
        let on = output(&mut run(FORTY, &out, &["--resume"]));
        assert_eq!(code(&on), Some(0), "{share}: {}", said(&on));
        assert_same(&only(&out), &whole, &format!("a disk of {share}"));
        resumed += usize::from(said(&on).contains("going on at"));
        std::fs::remove_dir_all(&out).unwrap();
    }
    assert!(resumed > 2, "{resumed}");
}

#[test]
fn a_closed_pipe_ends_quietly_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let shell = |command: &str| {
        Command::new("bash")
            .args(["-c", &format!("{command}; echo ${{PIPESTATUS[0]}}")])
            .env("M", env!("CARGO_BIN_EXE_metacls"))
            .env("L", SMALL)
            .env(
                "R",
                concat!(env!("CARGO_MANIFEST_DIR"), "/stored/figure1.json.gz"),
            )
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    for command in [
        "$M run \"$L\" --engine cpu --out o | true",
        "$M run \"$L\" --engine cpu --out p 2>&1 | true",
        "$M info | head -1",
        "$M info --knobs | true",
        "$M info --json | head -1",
        "$M run quick --dry-run | head -1",
        "$M report \"$R\" --csv c | head -1",
        "$M --help | true",
        "$M run \"$L\" --engine cpu --out q 2>&- >&-",
    ] {
        let output = shell(command);
        let code = String::from_utf8_lossy(&output.stdout);
        assert!(
            code.trim_end().ends_with('0'),
            "{command}: {}",
            said(&output)
        );
    }
    for out in ["o", "p", "q"] {
        let results: Results = formats::read(&only(&folder.path().join(out))).unwrap();
        assert_eq!(results.lanes.len(), 2);
    }
    assert!(folder.path().join("c/figure1.csv").is_file());
}

#[test]
fn two_programs_do_not_write_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path();
    let mut first = start(run(FORTY, out, &[]));
    let began = Instant::now();
    while files(out, ".lanes.jsonl").is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = output(&mut run(FORTY, out, &["--resume"]));
    // The first may be through by then.
    let under_way = said(&second).contains("under way in another program");
    assert!(
        under_way || said(&second).contains("is there already"),
        "{}",
        said(&second)
    );
    assert!(first.wait().unwrap().success());
    only(out);
}

#[test]
fn a_long_run_tells_a_log_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{LONGER}00");
    let mut child = run(&long, folder.path(), &[])
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(folder.path().join("err")).unwrap())
        .spawn()
        .unwrap();
    let began = Instant::now();
    loop {
        let text = std::fs::read_to_string(folder.path().join("err")).unwrap();
        if text.contains("lane-steps/s, about") {
            assert!(!text.contains('\u{1b}'), "{text}");
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{text}");
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

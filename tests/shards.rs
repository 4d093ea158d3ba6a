//! A run in shards: made again, stopped, spoiled, raced for; and joined in memory that does not grow.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

mod terminal;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use metacls::formats;
use metacls::results::Results;
use metacls::results::merge::{Head, Joined, MergeError};
use metacls::results::shard::{self, Content};
use terminal::{metacls, said};

/// A run of a fifth of a second.
const SMALL: &str =
    "v=1&preset=quick&tasks=3&samples_per_task=20&hidden=24,16&evaluation_images=20";
/// A run of a second or more.
const LONGER: &str =
    "v=1&preset=quick&tasks=8&samples_per_task=100&hidden=80,60&evaluation_images=40";

fn run(link: &str, out: &Path, more: &[&str]) -> Command {
    let mut command = metacls();
    command.args(["run", link, "--engine", "cpu", "--out"]);
    command.arg(out).args(more);
    command
}

fn shard(link: &str, out: &Path, which: &str, more: &[&str]) -> Command {
    run(
        link,
        out,
        &[&["--seeds", "0..10", "--shard", which], more].concat(),
    )
}

fn merge(inputs: &[&Path], out: &Path) -> Output {
    let mut command = metacls();
    command.arg("merge").args(inputs).arg("--out").arg(out);
    command.output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

/// Ended well; what it said.
fn done(mut command: Command) -> String {
    let output = command.output().unwrap();
    let said = said(&output);
    assert_eq!(code(&output), Some(0), "{said}");
    said
}

fn refused(output: &Output, hint: &str) {
    let said = said(output);
    assert_eq!(code(output), Some(2), "{said}");
    assert!(said.contains(hint), "{hint}: {said}");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

/// The shard whose first seed this is.
fn of_seed(folder: &Path, seed: u32) -> PathBuf {
    let begins = format!("quick-seeds-{seed}-");
    let is_it = |p: &&PathBuf| {
        p.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with(&begins)
    };
    let all = files(folder);
    let mut found = all.iter().filter(is_it);
    let one = found.next().unwrap().clone();
    assert_eq!(found.next(), None);
    one
}

fn unpacked(path: &Path) -> String {
    formats::text_of("file", formats::bytes(path).unwrap()).unwrap()
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A results file's text without its two lines of seconds.
fn timeless(path: &Path) -> String {
    without_seconds(&unpacked(path))
}

fn without_seconds(text: &str) -> String {
    let lines = text.lines().filter(|l| !l.contains("_seconds\":"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn shards_are_made_once_and_anew_where_spoiled() {
    let folder = tempfile::tempdir().unwrap();
    let (out, whole) = (
        folder.path().join("shards"),
        folder.path().join("whole.json"),
    );
    done(run(SMALL, &whole, &["--seeds", "0..10"]));
    for number in 1..=4 {
        done(shard(SMALL, &out, &format!("{number}/4"), &[]));
    }
    let made = files(&out);
    assert_eq!(made.len(), 4, "{made:?}");
    // Ten seeds in four: 3, 3, 2, 2.
    let named = |seeds: &str| made.iter().any(|p| p.to_string_lossy().contains(seeds));
    for seeds in ["seeds-0-2-", "seeds-3-5-", "seeds-6-7-", "seeds-8-9-"] {
        assert!(named(seeds), "{seeds}: {made:?}");
    }
    let joined = folder.path().join("joined.json");
    let merged = merge(&[&out], &joined);
    assert_eq!(code(&merged), Some(0), "{}", said(&merged));
    assert!(timeless(&joined) == timeless(&whole));
    let content = Content::of(unpacked(&whole).as_bytes()).to_string();
    assert!(
        said(&merged).contains(&format!("content {content}")),
        "{}",
        said(&merged)
    );
    let digest = formats::read::<Results>(&whole).unwrap().digest().unwrap();
    assert!(said(&merged).contains(&format!("digest {digest}")));

    // Again: it is there, and nothing is written.
    let second = of_seed(&out, 3);
    let times = |path: &Path| std::fs::metadata(path).unwrap().modified().unwrap();
    let before = times(&second);
    let again = done(shard(SMALL, &out, "2/4", &[]));
    assert!(again.contains("this shard is there already"), "{again}");
    assert_eq!(times(&second), before);

    // Torn, changed, of another length, empty: each is refused by name when joined, and made anew.
    let (bytes, text) = (std::fs::read(&second).unwrap(), unpacked(&second));
    let changed = text.replacen("\"alpha\": [\n", "\"alpha\": [ \n", 1);
    assert_ne!(changed, text);
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 4;
    for (what, spoiled) in [
        ("torn", bytes[..bytes.len() / 2].to_vec()),
        ("changed", packed(&changed)),
        ("flipped", flipped),
        ("empty", Vec::new()),
    ] {
        std::fs::write(&second, &spoiled).unwrap();
        let name = second.display().to_string();
        refused(&merge(&[&out], &folder.path().join("no.json")), &name);
        assert!(!folder.path().join("no.json").exists());
        let anew = done(shard(SMALL, &out, "2/4", &[]));
        assert!(
            anew.contains(&name) && anew.contains("it is made anew"),
            "{what}: {anew}"
        );
        assert_eq!(files(&out), made, "{what}");
        assert!(timeless(&second) == without_seconds(&text), "{what}");
    }

    // Under a name that is not its content's: it is no shard of this name, and goes.
    let path = second.display().to_string();
    let content = shard::content_of_name(&path).unwrap().to_string();
    std::fs::rename(&second, path.replace(&content, &"0".repeat(16))).unwrap();
    refused(
        &merge(&[&out], &folder.path().join("no.json")),
        "its content is",
    );
    done(shard(SMALL, &out, "2/4", &[]));
    assert_eq!(files(&out), made);
    let anew = done(shard(SMALL, &out, "2/4", &["--again"]));
    assert!(!anew.contains("already"), "{anew}");
    assert_eq!(files(&out), made);
}

#[test]
fn another_runs_file_and_what_is_no_shard_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("shards");
    done(shard(SMALL, &out, "1/5", &[]));
    done(shard(SMALL, &out, "1/5", &["--set", "eta_beta=0.3"]));
    let both = files(&out);
    assert_eq!(both.len(), 2, "{both:?}");
    refused(
        &merge(&[&out], &folder.path().join("no.json")),
        "differ in eta_beta",
    );
    // The other's content under this one's name.
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let (one, other) = (name(&both[0]), name(&both[1]));
    let ending = |name: &str| name[name.len() - "-0123456789abcdef.json.gz".len()..].to_owned();
    let posing = one.replace(&ending(&one), &ending(&other));
    std::fs::remove_file(&both[0]).unwrap();
    std::fs::rename(&both[1], out.join(&posing)).unwrap();
    let refusals = [[].as_slice(), &["--set", "eta_beta=0.3"]].map(|more| {
        let output = shard(SMALL, &out, "1/5", more).output().unwrap();
        (code(&output), said(&output))
    });
    let is_refused = |(code, said): &(Option<i32>, String)| {
        *code == Some(2) && said.contains("is another run's") && said.contains(&posing)
    };
    assert!(refusals.iter().any(is_refused), "{refusals:?}");

    for (which, hint) in [
        (
            "0/4",
            "there is no shard 0 of 4: they are numbered from 1 to 4",
        ),
        ("5/4", "there is no shard 5 of 4"),
        ("4", "is no shard: give NUMBER/COUNT"),
        (
            "1/11",
            "11 shards of 10 seeds: some would be empty; give at most 10",
        ),
    ] {
        refused(&shard(SMALL, &out, which, &[]).output().unwrap(), hint);
    }
    let named = shard(SMALL, &out.join("mine.json"), "1/5", &[]).output();
    refused(
        &named.unwrap(),
        "a shard is named by what it holds; name a folder",
    );
    // The whole may have more seeds than a run, but no shard may.
    let of = |seeds: &str, which: &str| {
        let mut command = metacls();
        command.args([
            "run",
            "quick",
            "--dry-run",
            "--seeds",
            seeds,
            "--shard",
            which,
        ]);
        command.output().unwrap()
    };
    let planned = of("0..1000000", "10000/10000");
    assert_eq!(code(&planned), Some(0));
    assert!(said(&planned).contains("\"first_seed\": 999900,\n  \"seeds\": 100\n"));
    refused(&of("0..1000000", "1/10"), "seeds: 100000 is not allowed");
    refused(&of("9..3", "1/10"), "--seeds 9..3");
}

#[test]
fn a_shard_that_was_killed_goes_on_by_the_same_command() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, out) = (folder.path().join("whole"), folder.path().join("out"));
    done(shard(LONGER, &whole, "2/2", &[]));
    let mut child = shard(LONGER, &out, "2/2", &[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let is_kept = || {
        let is_one = |p: &PathBuf| p.extension().is_some_and(|e| e == "checkpoint");
        out.is_dir() && files(&out).iter().any(is_one)
    };
    let begun = Instant::now();
    while !is_kept() && begun.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "it had ended");
    // What is joined is what ended, not what is kept on the way.
    refused(
        &merge(&[&out], &folder.path().join("no.json")),
        "no results file is in it",
    );
    let on = done(shard(LONGER, &out, "2/2", &[]));
    assert!(on.contains("going on at "), "{on}");
    let names = |folder: &Path| -> Vec<_> {
        let all = files(folder).into_iter();
        all.map(|p| p.file_name().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&out), names(&whole));

    // What was kept of it is damaged: it is begun anew, with a word.
    let name = names(&whole)[0].to_string_lossy().into_owned();
    let kept = name[..name.len() - "-0123456789abcdef.json.gz".len()].to_owned();
    std::fs::remove_file(out.join(&name)).unwrap();
    std::fs::write(
        out.join(format!("{kept}.json.lanes.jsonl")),
        "{\"schema\": 99}\n",
    )
    .unwrap();
    let anew = done(shard(LONGER, &out, "2/2", &[]));
    assert!(anew.contains("it is begun anew"), "{anew}");
    assert_eq!(names(&out), names(&whole));
}

#[test]
fn two_programs_at_one_shard_end_with_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let start = || -> Child {
        let mut command = shard(LONGER, &out, "1/3", &[]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    };
    let mut all = [start(), start(), start()];
    let mut said = String::new();
    for child in &mut all {
        assert_eq!(child.wait().unwrap().code(), Some(0));
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
    }
    assert_eq!(files(&out).len(), 1, "{said}");
    assert!(
        said.contains("waiting for it") || said.contains("there already"),
        "{said}"
    );
}

/// Figure 1's stored run as so many files of one seed under five conditions, named by their content.
fn figure1_in(folder: &Path, count: u32) {
    std::fs::create_dir_all(folder).unwrap();
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("stored/figure1.json.gz");
    let stored: Results = formats::read(&stored).unwrap();
    for seed in 0..count {
        let of = |lane: &&metacls::results::LaneResults| lane.seed == seed % stored.config.seeds;
        let mut one = Results {
            lanes: stored.lanes.iter().filter(of).cloned().collect(),
            ..stored.clone()
        };
        (one.config.first_seed, one.config.seeds) = (seed, 1);
        one.lanes.iter_mut().for_each(|lane| lane.seed = seed);
        let text = serde_json::to_vec(&one).unwrap();
        let name = shard::named(&format!("figure1-{seed:04}.json"), Content::of(&text));
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// Joins a folder's files; the most memory that it took, in kB.
fn joined_in(folder: &Path, out: &Path) -> u64 {
    let mut child = metacls()
        .args(["merge", "--list", "-", "--out"])
        .arg(out)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // More names than a shell's line would take, in any order.
    let mut names = files(folder);
    names.reverse();
    let names: Vec<String> = names.iter().map(|p| p.display().to_string()).collect();
    let mut to = child.stdin.take().unwrap();
    to.write_all(names.join("\n").as_bytes()).unwrap();
    drop(to);
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let held = line.and_then(|l| l.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(held.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(child.wait().unwrap().code(), Some(0));
    most
}

#[test]
#[cfg(target_os = "linux")]
fn four_hundred_shards_are_joined_in_the_memory_of_forty() {
    /// What allocators and the files' heads may add, in kB; ten times the lanes, held, would be 40,000.
    const MARGIN: u64 = 4_000;
    let folder = tempfile::tempdir().unwrap();
    let memory = [40, 400].map(|count| {
        let shards = folder.path().join(count.to_string());
        figure1_in(&shards, count);
        let out = folder.path().join(format!("{count}.json"));
        let most = joined_in(&shards, &out);
        let joined: Results = formats::read(&out).unwrap();
        assert_eq!(joined.config.seeds, count);
        assert_eq!(joined.lanes.len(), 5 * count as usize);
        most
    });
    println!("40 shards: {} kB, 400 shards: {} kB", memory[0], memory[1]);
    assert!(memory[0] > 1000, "{memory:?}");
    assert!(memory[1] < memory[0] + MARGIN, "{memory:?}");
}

#[test]
fn what_does_not_make_one_run_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let shards = folder.path().join("shards");
    figure1_in(&shards, 6);
    let all = files(&shards);
    let no = folder.path().join("no.json");
    let of = |which: &[usize]| -> Vec<&Path> { which.iter().map(|&i| all[i].as_path()).collect() };
    refused(
        &merge(&of(&[0, 1, 3]), &no),
        "seed 2 under baseline is in none of the files",
    );
    refused(
        &merge(&of(&[0, 1, 2, 1]), &no),
        "both have seed 1 under baseline",
    );
    // A lane that has no end, in a file that says nothing of its content.
    let mut file: serde_json::Value = serde_json::from_str(&unpacked(&all[2])).unwrap();
    file["lanes"][1]["records"]
        .as_array_mut()
        .unwrap()
        .truncate(20);
    let short = folder.path().join("short.json");
    std::fs::write(&short, file.to_string()).unwrap();
    let hint = "short.json: seed 2 under meta was not measured to its end";
    refused(&merge(&[&all[0], &all[1], &short], &no), hint);
    // On another engine.
    let mut file: serde_json::Value = serde_json::from_str(&unpacked(&all[2])).unwrap();
    file["engine"]["adapter"] = "another".into();
    let other = folder.path().join("other.json");
    std::fs::write(&other, file.to_string()).unwrap();
    refused(&merge(&[&all[1], &other], &no), "differ in their engine");
    assert!(!no.exists());
    // More than one file holds.
    let mut large: Results = formats::read(&all[0]).unwrap();
    large.lanes.clear();
    large.config.seeds = 1800;
    let mut next = large.clone();
    (next.config.first_seed, next.config.seeds) = (1800, 100);
    let joined = Joined::of(vec![Head::of(large.clone()), Head::of(next)]);
    let too_large = matches!(joined.err(), Some(MergeError::TooLarge(_)));
    assert!(too_large);
    assert!(Joined::of(vec![Head::of(large)]).is_ok());
    // The joined file is not joined with its parts, and names that are packed are.
    let out = shards.join("all.json.gz");
    let again = |more: &[&str]| {
        let mut command = metacls();
        command
            .arg("merge")
            .arg(&shards)
            .arg("--out")
            .arg(&out)
            .args(more);
        command.output().unwrap()
    };
    assert_eq!(code(&again(&[])), Some(0));
    assert!(formats::gzip::is_packed(&std::fs::read(&out).unwrap()));
    let second = again(&["--again"]);
    assert_eq!(code(&second), Some(0), "{}", said(&second));
    let joined: Results = formats::read(&out).unwrap();
    assert_eq!(joined.lanes.len(), 30);
    assert!(joined.digest().is_some());
}

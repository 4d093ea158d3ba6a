//! The targets of `fuzz` on stable: seeds, and seeds changed at random, from a counter-based stream, so that
//! a failure comes again. `cargo xtask fuzz` gives them more time; with coverage they run in a workflow of
//! their own.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../fuzz/targets.rs"]
mod targets;

use std::path::Path;
use std::time::{Duration, Instant};

use metacls::stream::{Purpose, random};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

/// Everything here keeps less than this at any time: one input is at most a few hundred KB.
const MOST_MEMORY: usize = 1 << 30;
/// No input takes longer, in tests' optimisation on a busy machine.
const MOST_TIME: Duration = Duration::from_secs(20);

#[global_allocator]
static MEMORY: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, MOST_MEMORY);

/// The files that a target begins with: its own, and those of other tests.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(root.join("fuzz/seeds").join(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "fuzz/seeds/{target} has no files");
    let read = |file: &std::path::PathBuf| std::fs::read(file).unwrap();
    files.iter().map(read).collect()
}

/// Numbers at the edges of what is counted.
const EDGES: [&str; 14] = [
    "0",
    "1",
    "-1",
    "2",
    "20",
    "255",
    "4096",
    "65536",
    "4294967295",
    "4294967296",
    "1e39",
    "-0.5",
    "1e308",
    "18446744073709551615",
];

/// Changes bytes: flips, cuts, doubles, puts in, splices.
fn bytes_changed(rng: &mut ChaCha8Rng, mut data: Vec<u8>, other: &[u8]) -> Vec<u8> {
    for _ in 0..rng.random_range(1..6) {
        let at = rng.random_range(0..=data.len());
        let end = (at + rng.random_range(0..20)).min(data.len());
        match rng.random_range(0..8) {
            0 if at < data.len() => data[at] ^= 1 << rng.random_range(0..8),
            1 if at < data.len() => data[at] = rng.random(),
            2 => data.truncate(at),
            3 => drop(data.drain(at..end)),
            4 => drop(data.splice(at..at, data[at..end].to_vec())),
            5 => {
                let edge = EDGES[rng.random_range(0..EDGES.len())];
                drop(data.splice(at..end, edge.bytes()));
            }
            6 if !other.is_empty() => {
                let from = rng.random_range(0..other.len());
                let to = (from + rng.random_range(1..200)).min(other.len());
                drop(data.splice(at..end, other[from..to].iter().copied()));
            }
            _ => drop(
                data.splice(
                    at..at,
                    (0..rng.random_range(1..5))
                        .map(|_| rng.random::<u8>())
                        .collect::<Vec<_>>(),
                ),
            ),
        }
    }
    data
}

/// How many values a JSON value holds, itself counted.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum(),
        _ => 0,
    }
}

/// The n-th value within a JSON value.
fn nth(value: &mut Value, mut n: usize) -> &mut Value {
    if n == 0 {
        return value;
    }
    n -= 1;
    let inside: Vec<&mut Value> = match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => panic!("it is counted before"),
    };
    for value in inside {
        let held = size(value);
        if n < held {
            return nth(value, n);
        }
        n -= held;
    }
    panic!("it is counted before");
}

/// Changes a few values of a record: numbers to edges, lists and fields cut, doubled, moved, exchanged.
fn values_changed(rng: &mut ChaCha8Rng, record: &mut Value) {
    for _ in 0..rng.random_range(1..4) {
        let held = size(record);
        let at = rng.random_range(0..held);
        let copy = nth(record, rng.random_range(0..held)).clone();
        let value = nth(record, at);
        match (value, rng.random_range(0..6)) {
            (value, 0) => {
                let edge = EDGES[rng.random_range(0..EDGES.len())];
                *value = serde_json::from_str(edge).unwrap();
            }
            (value, 1) if size(&copy) < 500 => *value = copy,
            (Value::Array(list), 2) => drop(list.pop()),
            (Value::Array(list), 3) if !list.is_empty() => {
                list.rotate_left(1);
            }
            (Value::Array(list), _) if !list.is_empty() && list.len() < 100 => {
                list.push(list[rng.random_range(0..list.len())].clone());
            }
            (Value::Object(fields), 2) => {
                let name = fields
                    .keys()
                    .nth(rng.random_range(0..fields.len().max(1)))
                    .cloned();
                name.map(|name| fields.remove(&name));
            }
            (Value::Number(number), _) => {
                let near = number
                    .as_i64()
                    .map(|n| Value::from(n.wrapping_add(rng.random_range(-2..=2))));
                let other = number
                    .as_f64()
                    .map(|x| Value::from(x * rng.random_range(-2.0..2.0)));
                if let Some(other) = near.or(other) {
                    *nth(record, at) = other;
                }
            }
            (value, 5) => *value = Value::Null,
            _ => {}
        }
    }
}

/// An input: a seed with something changed.
fn input(rng: &mut ChaCha8Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let seed = &seeds[rng.random_range(0..seeds.len())];
    let other = &seeds[rng.random_range(0..seeds.len())];
    match serde_json::from_slice::<Value>(seed) {
        Ok(mut record) if rng.random_range(0..4) > 0 => {
            values_changed(rng, &mut record);
            record.to_string().into_bytes()
        }
        _ => bytes_changed(rng, seed.clone(), other),
    }
}

/// Runs one input, and says which it was if it failed or took too long.
fn once(name: &str, target: targets::Target, number: u32, data: &[u8]) {
    let start = Instant::now();
    let failed = std::panic::catch_unwind(|| target(data)).is_err();
    let took = start.elapsed();
    if failed || took > MOST_TIME {
        let path = std::env::temp_dir().join(format!("metacls-fuzz-{name}-{number}"));
        std::fs::write(&path, data).unwrap();
        let path = path.display();
        panic!("{name}, input {number} ({path}): failed {failed}, took {took:?}");
    }
}

/// Every target on its seeds and on inputs made of them: a few hundred, or as many as METACLS_FUZZ_SECONDS
/// hold, of the one that METACLS_FUZZ names. METACLS_FUZZ_FIRST is the first input's number.
#[test]
fn nothing_from_outside_breaks_anything() {
    let variable = |name: &str| std::env::var(name).ok();
    let number = |name: &str| variable(name).map(|text| text.parse::<u32>().unwrap());
    let seconds = number("METACLS_FUZZ_SECONDS").map(|s| Duration::from_secs(s.into()));
    let first = number("METACLS_FUZZ_FIRST").unwrap_or(0);
    for (name, target) in targets::ALL {
        if variable("METACLS_FUZZ").is_some_and(|only| only != name) {
            continue;
        }
        let seeds = seeds(name);
        for (i, seed) in (0..).zip(&seeds) {
            once(name, target, i, seed);
        }
        let start = Instant::now();
        let mut done = 0;
        while seconds.map_or(done < 300, |most| start.elapsed() < most) {
            let mut rng = random(first + done, Purpose::Statistics);
            once(name, target, first + done, &input(&mut rng, &seeds));
            done += 1;
        }
        let rate = f64::from(done) / start.elapsed().as_secs_f64();
        println!(
            "{name}: {} seeds, {done} inputs, {rate:.0} a second",
            seeds.len()
        );
    }
}

/// Inputs that once failed.
#[test]
fn what_once_failed_does_not_any_more() {
    for (name, target) in targets::ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz/failed")
            .join(name);
        let Ok(files) = std::fs::read_dir(folder) else {
            continue;
        };
        for file in files {
            once(
                name,
                target,
                0,
                &std::fs::read(file.unwrap().path()).unwrap(),
            );
        }
    }
}

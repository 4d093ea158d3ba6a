//! What is fuzzed: whatever comes from outside. A target takes any bytes and panics where an invariant does
//! not hold: a value or a typed error, nothing larger than its bound, and what is read, written and read
//! again is the same.
//!
//! A module of its own, used by cargo-fuzz (`fuzz_targets`) and by a test on stable
//! (`tests/fuzz_targets.rs`). Another format is a function here, its line in `ALL`, a file in `fuzz_targets`
//! with its entry in Cargo.toml, and a folder of small files in `seeds`.

#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::io::Write;

use metacls::config::Config;
use metacls::conformance::{Candidate, Vector, check};
use metacls::data::Dataset;
use metacls::experiments::{held, link};
use metacls::formats::version::Versioned;
use metacls::formats::{self, gzip, kind::Kind};
use metacls::inspect::Watched;
use metacls::kept::checkpoint::Checkpoint;
use metacls::kept::log;
use metacls::model::Model;
use metacls::protocol::{Command, Measured, Request};
use metacls::report;
use metacls::report::fork::ForkView;
use metacls::report::given;
use metacls::report::page::StoredRun;
use metacls::reproduction::fork::ForkSummary;
use metacls::results::Results;
use metacls::sweep::view::{self, SweepView};
use metacls::sweep::{Definition, Sweep, SweepSummary, picture, points, rows};
use sha2::{Digest, Sha256};

/// A target: it takes any bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its file in `fuzz_targets` and its folder in `seeds`.
pub const ALL: [(&str, Target); 13] = [
    ("link", link),
    ("configuration", configuration),
    ("results", results),
    ("watched", watched),
    ("log", log),
    ("checkpoint", checkpoint),
    ("vector", vector),
    ("sweep", sweep),
    ("sweep_summary", sweep_summary),
    ("fork_summary", fork_summary),
    ("idx", idx),
    ("gzip", gzip),
    ("wire", wire),
];

/// A link as it was sent. What is read has a fragment that reads as the same.
pub fn link(data: &[u8]) {
    let Ok(sent) = str::from_utf8(data) else {
        return;
    };
    let _ = link::is_meant(sent);
    let preset = link::preset_of(sent);
    assert!(metacls::experiments::find(preset).is_some());
    if let Ok(read) = link::read(sent) {
        let mut written = link::write(&read.config, Some(&read.preset), &read.shown);
        if let Some(expected) = &read.expected {
            written = link::with_expected(written, expected);
        }
        written = link::with_vary(written, &read.vary);
        if let Ok((sweep, _)) = view::plan(Some(&read.preset), &read.config, &read.vary) {
            sweep.configs().iter().for_each(held_by_any_computer);
        }
        assert_eq!(link::read(&written).unwrap(), read);
        assert!(read.config.problems().is_empty());
        held_by_any_computer(&read.config);
    }
}

/// A configuration, and any file that holds one.
pub fn configuration(data: &[u8]) {
    let Ok(text) = formats::text_of("file", data.to_vec()) else {
        return;
    };
    let _ = held::read(&text);
    let _ = given::record("file", data.to_vec());
    if let Ok(config) = Config::from_json(&text) {
        assert_eq!(Config::from_json(&config.to_json()).unwrap(), config);
        held_by_any_computer(&config);
    }
}

/// What is allowed can be counted and described at once.
fn held_by_any_computer(config: &Config) {
    assert!(config.lanes().len() <= 5 * 4096);
    assert!(config.steps() <= 1_000_000);
    let data = metacls::data::digits(0, 0, 0).info;
    assert!(Model::new(config, &data).parameters() <= 1 << 26);
}

/// Reads a record, writes it, and reads that again: the same.
fn round_trip<T>(data: &[u8]) -> Option<T>
where
    T: Versioned + serde::Serialize + PartialEq + std::fmt::Debug,
{
    let read: T = formats::open("file", data.to_vec()).ok()?;
    let written = serde_json::to_vec(&read).unwrap();
    let again: T = formats::open("again", written).unwrap();
    assert_eq!(again, read);
    Some(read)
}

/// A results file, and everything that is told of it.
pub fn results(data: &[u8]) {
    let _ = Kind::of(data);
    let Some(results) = round_trip::<Results>(data) else {
        return;
    };
    let compact = serde_json::to_vec(&results.compact()).unwrap();
    let compact: Results = formats::open("compact", compact).unwrap();
    assert_eq!(compact.compact(), compact);
    // Statistics take a while: of small runs, and of every few.
    let is_small = results.lanes.len() <= 8 && results.config.steps() <= 1000;
    if is_small && results.data.train <= 100_000 && results.data.test <= 100_000 {
        StoredRun::of(&results).unwrap();
        report::csv(&results);
        report::units(&results);
        report::methods(&results, None);
        if data.len().is_multiple_of(8) {
            report::markdown("fuzzed", &results);
            let _ = report::figure::svg(&results, report::figure::Theme::LIGHT);
        }
    }
}

/// A file of watched units.
pub fn watched(data: &[u8]) {
    round_trip::<Watched>(data);
}

/// A sweep's definition: its points are checked, and go out as a link where they are a grid.
pub fn sweep(data: &[u8]) {
    if let Some(definition) = round_trip::<Definition>(data) {
        let sweep = Sweep::new(definition).unwrap();
        sweep.configs().iter().for_each(held_by_any_computer);
        if sweep.configs().len() <= 100
            && let Some(fragment) = view::link_of(&sweep)
        {
            let read = link::read(&fragment).unwrap();
            let again = points::grid(Some(&read.preset), &read.config, &read.vary).unwrap();
            assert_eq!(again.configs(), sweep.configs());
        }
    }
}

/// A sweep's summary, and everything that is told of it.
pub fn sweep_summary(data: &[u8]) {
    let Some(summary) = round_trip::<SweepSummary>(data) else {
        return;
    };
    // Intervals take a while: of small sweeps, and of every few.
    let numbers = summary.points.iter().flatten().map(|p| p.numbers.len());
    if numbers.sum::<usize>() <= 1000 && summary.points.len() <= 100 {
        let (sweep, found) = (summary.sweep().unwrap(), summary.measured());
        let view = SweepView::of(&summary).unwrap();
        assert_eq!(view.points.len(), summary.points.len());
        rows::lanes(&sweep, &found);
        rows::claims(&sweep, &found);
        if data.len().is_multiple_of(8) {
            rows::means(&sweep, &found);
            let _ = picture::svg(&sweep, &found, report::figure::Theme::LIGHT);
        }
    }
}

/// A fork's summary, and everything that is told of it.
pub fn fork_summary(data: &[u8]) {
    if let Some(summary) = round_trip::<ForkSummary>(data) {
        let view = ForkView::of(&summary);
        assert_eq!(view.rows.len(), summary.end.len());
    }
}

/// A run's log: what was whole of it is read as the same when it stands alone.
pub fn log(data: &[u8]) {
    if let Ok(Some(read)) = log::read(data) {
        let again = log::read(&data[..read.whole]);
        assert_eq!(again, Ok(Some(read)));
    }
}

/// A checkpoint, as it is and with the digest that its bytes should have.
pub fn checkpoint(data: &[u8]) {
    let sealed = [data, &Sha256::digest(data)].concat();
    for bytes in [data, &sealed] {
        if let Ok(read) = Checkpoint::from_bytes(bytes) {
            let again = Checkpoint::from_bytes(&read.to_bytes().unwrap()).unwrap();
            assert_eq!(again.head, read.head);
            // Values are any bits, also those that equal nothing.
            assert_eq!(again.to_bytes().unwrap(), read.to_bytes().unwrap());
        }
    }
}

/// A conformance vector, and an engine held against it.
pub fn vector(data: &[u8]) {
    let Ok(text) = formats::text_of("file", data.to_vec()) else {
        return;
    };
    if let Ok(vector) = Vector::from_json("file", &text) {
        for mut engine in [Candidate::oracle(&vector), Candidate::cpu(&vector)] {
            pollster::block_on(check(&vector, &mut engine)).unwrap();
        }
    }
}

/// Divides an input into files.
const DIVIDER: &[u8] = b"-file-";

/// The images' files, as they are dropped on the page: the input's parts.
pub fn idx(data: &[u8]) {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(DIVIDER.len()).position(|w| w == DIVIDER) {
        files.push((format!("file {}", files.len()), rest[..at].to_vec()));
        rest = &rest[at + DIVIDER.len()..];
    }
    files.push((format!("file {}", files.len()), rest.to_vec()));
    // A packed file unpacks to 1000 times its size at most.
    let given = data.len() * 1100;
    if let Ok(data) = Dataset::from_files(files, None) {
        assert!(data.train.pixels.len() + data.test.pixels.len() <= given);
        assert_eq!(data.info.train as usize, data.train.len());
        assert_eq!(data.info.test as usize, data.test.len());
        for images in [&data.train, &data.test] {
            assert_eq!(images.pixels.len(), images.len() * data.info.pixels());
            let classes = data.info.classes;
            assert!(images.labels.iter().all(|&l| u32::from(l) < classes));
        }
    }
}

/// gzip data: never more than is asked for, and what is packed comes out again.
pub fn gzip(data: &[u8]) {
    const MOST: u64 = 1 << 16;
    let head = gzip::head(data, 100);
    if let Ok(plain) = gzip::unpack(data.to_vec(), MOST) {
        assert!(plain.len() as u64 <= MOST || !gzip::is_packed(data));
        let start = &plain[..plain.len().min(100)];
        assert_eq!(head.unwrap(), start);
    }
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(data).unwrap();
    let packed = packed.finish().unwrap();
    if data.len() as u64 <= MOST {
        assert_eq!(gzip::unpack(packed, MOST).unwrap(), data);
    } else {
        assert!(gzip::unpack(packed, MOST).is_err());
    }
}

/// What the page asks of the worker, as a type and its fields (`web::message`), and what its trainer gives to
/// its analyst.
pub fn wire(data: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<Request>(data) {
        match request {
            Request::PlanSweep(asked) | Request::BeginSweep(asked) => {
                if let Ok(config) = Config::from_json(&asked.config) {
                    let _ = view::plan(asked.experiment.as_deref(), &config, &asked.vary);
                }
            }
            Request::ConvertSweep { file, .. } => sweep_summary(&file.bytes),
            Request::Check { config } => configuration(config.as_bytes()),
            Request::ReadLink { fragment } => link(fragment.as_bytes()),
            Request::Open { file }
            | Request::Convert { file, .. }
            | Request::Everything { file, .. } => results(&file.bytes),
            Request::WriteLink {
                config,
                experiment,
                shown,
                ..
            } => {
                if let Ok(config) = Config::from_json(&config) {
                    link::write(&config, experiment.as_deref(), &shown);
                }
            }
            _ => {}
        }
    }
    if let Ok(Command::Run(asked)) = serde_json::from_slice::<Command>(data) {
        held_by_any_computer(&asked.config);
    }
    if let Ok(measured) = serde_json::from_slice::<Measured>(data) {
        results(measured.results.as_bytes());
    }
}

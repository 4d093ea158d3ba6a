//! Several runs of one experiment joined: other seeds, or other conditions of the same seeds.
//!
//! What files are is looked at first ([`Joined::of`], of their heads alone); then their lanes are written in
//! order, and of the files only those whose seeds are being written are held ([`Joined::write`]). So it does
//! not matter for memory how many there are.

use std::cell::{Cell, RefCell};
use std::io;

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::{LaneResults, Results};
use crate::config::{Condition, Config, Lane, Problem};
use crate::data::DataInfo;
use crate::digest::{Digest, Several};
use crate::engine::info::EngineInfo;

/// Why results can't be joined. Files are named by their index.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There are none.
    #[error("there is nothing to join")]
    Nothing,
    /// They are of different runs.
    #[error("the first and number {file} (from 0) differ in {what}")]
    Differs {
        /// Which file differs from the first.
        file: usize,
        /// In what: a knob, or a part of the results.
        what: String,
    },
    /// A lane is in two of them.
    #[error("number {first} and number {second} (from 0) both have a lane of seed {}", lane.seed)]
    Twice {
        /// The one file.
        first: usize,
        /// The other.
        second: usize,
        /// The first lane found in both.
        lane: Lane,
    },
    /// Seeds and conditions that belong between them are in none.
    #[error("seed {} under {} is in none of the files", .0.seed, .0.condition.name())]
    Missing(Lane),
    /// A lane was not measured to its end.
    #[error("number {file} (from 0) has no end of seed {} under {}", lane.seed, lane.condition.name())]
    Unfinished {
        /// Whose it is.
        file: usize,
        /// The first of the file's lanes that has no end.
        lane: Lane,
    },
    /// Frozen lanes without the meta lanes they start from.
    #[error("frozen lanes start from what meta learned, and no file has meta")]
    Frozen,
    /// One file would have more than is read of a file.
    #[error(
        "joined they are more than one results file holds ({0}): join fewer seeds at a time, and tell the \
         files together"
    )]
    TooLarge(Problem),
    /// A file is not what it was when it was first read.
    #[error("number {0} (from 0) was changed while it was read")]
    Changed(usize),
}

/// What a file is, without its lanes.
#[derive(Clone, Debug)]
pub struct Head {
    /// The file, without lanes.
    results: Results,
    /// The first lane that has not come to its end.
    unfinished: Option<Lane>,
}

impl Head {
    /// Of a file; its lanes are let go.
    pub fn of(mut results: Results) -> Self {
        let tasks = results.config.tasks;
        let lanes = std::mem::take(&mut results.lanes);
        let unfinished = lanes.iter().find(|lane| !lane.has_ended(tasks));
        Self {
            unfinished: unfinished.map(LaneResults::lane),
            results,
        }
    }

    fn config(&self) -> &Config {
        &self.results.config
    }

    fn has(&self, condition: Condition) -> bool {
        self.config().conditions.contains(&condition)
    }
}

/// Files that belong together, and what they are together.
#[derive(Debug)]
pub struct Joined {
    /// The whole, without its lanes.
    whole: Results,
    heads: Vec<Head>,
    /// Files by their first seed.
    order: Vec<usize>,
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// How many lanes.
    pub lanes: usize,
    /// The run's digest ([`Results::digest`]).
    pub digest: Option<Digest>,
}

/// Why the whole could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError<E> {
    /// A file could not be read again.
    #[error("{0}")]
    Read(E),
    /// It is not what it was.
    #[error("{0}")]
    Merge(MergeError),
    /// The whole could not be written.
    #[error("{0}")]
    Output(serde_json::Error),
}

impl Joined {
    /// Holds files against one another.
    ///
    /// # Errors
    /// If they differ in anything but seeds and conditions, have a lane twice, leave one out or do not have
    /// it whole, or are together more than a results file holds.
    pub fn of(heads: Vec<Head>) -> Result<Self, MergeError> {
        let first = heads.first().ok_or(MergeError::Nothing)?;
        for (file, head) in heads.iter().enumerate() {
            if let Some(what) = difference(&first.results, &head.results) {
                return Err(MergeError::Differs { file, what });
            }
            if let Some(lane) = head.unfinished {
                return Err(MergeError::Unfinished { file, lane });
            }
        }
        let mut order: Vec<usize> = (0..heads.len()).collect();
        order.sort_by_key(|&file| heads.get(file).map(|h| h.config().first_seed));
        let config = joined(&heads, first);
        let by_condition = config.conditions.iter();
        let found: Vec<MergeError> = by_condition
            .filter_map(|&condition| covers(&heads, &order, &config, condition).err())
            .collect();
        // Of the same seed whatever is there twice, rather than what is missing.
        let twice = |e: &&MergeError| matches!(e, MergeError::Twice { .. });
        if let Some(error) = found.iter().find(twice).or(found.first()) {
            return Err(error.clone());
        }
        if config.conditions.contains(&Condition::Frozen)
            && !config.conditions.contains(&Condition::Meta)
        {
            return Err(MergeError::Frozen);
        }
        if let Some(problem) = config.problems().into_iter().next() {
            return Err(MergeError::TooLarge(problem));
        }
        // Draws are of the first seed's.
        let lowest = order.first().and_then(|&file| heads.get(file));
        let seconds = |of: fn(&Results) -> f64| {
            let files = order.iter().filter_map(|&file| heads.get(file));
            files.map(|head| of(&head.results)).sum()
        };
        let whole = Results {
            draws: lowest.unwrap_or(first).results.draws.clone(),
            training_seconds: seconds(|r| r.training_seconds),
            evaluation_seconds: seconds(|r| r.evaluation_seconds),
            config,
            ..first.results.clone()
        };
        Ok(Self {
            whole,
            heads,
            order,
        })
    }

    /// What all of them are together: its seeds and conditions.
    pub fn config(&self) -> &Config {
        &self.whole.config
    }

    /// Writes the whole as an indented results file: but for its seconds the bytes that one run of all seeds
    /// writes. `open` reads a file again, by its index.
    ///
    /// # Errors
    /// If a file can't be read, or is not what it was, or nothing can be written.
    pub fn write<E>(
        &self,
        mut out: impl io::Write,
        open: impl FnMut(usize) -> Result<Results, E>,
    ) -> Result<Written, WriteError<E>> {
        let mut lanes = Lanes {
            joined: self,
            open,
            held: Vec::new(),
            opened: 0,
            places: (self.whole.config.first_seed, 0),
        };
        let failed = Cell::new(None);
        let (mut count, mut digests) = (0, Some(Several::default()));
        let each = std::iter::from_fn(|| match lanes.next_lane() {
            Ok(lane) => {
                count += usize::from(lane.is_some());
                if let Some(lane) = &lane {
                    match (lane.digest(), &mut digests) {
                        (Some(digest), Some(several)) => several.take(digest),
                        _ => digests = None,
                    }
                }
                lane
            }
            Err(e) => {
                failed.set(Some(e));
                None
            }
        });
        let streamed = Streamed {
            lanes: RefCell::new(each),
            failed: &failed,
        };
        let written = serde_json::to_writer_pretty(&mut out, &Whole::of(&self.whole, streamed));
        if let Some(error) = failed.take() {
            return Err(error);
        }
        let mut last = || out.write_all(b"\n").and_then(|()| out.flush());
        let ended = written.and_then(|()| last().map_err(serde_json::Error::io));
        ended.map_err(WriteError::Output)?;
        Ok(Written {
            lanes: count,
            digest: digests.map(Several::digest),
        })
    }
}

/// Whether each seed is in one file that has this condition.
fn covers(
    heads: &[Head],
    order: &[usize],
    config: &Config,
    condition: Condition,
) -> Result<(), MergeError> {
    let lane = |seed| Lane { seed, condition };
    let mut next = config.first_seed;
    let mut before: Option<usize> = None;
    let mut missing = None;
    for &file in order {
        let Some(head) = heads.get(file).filter(|head| head.has(condition)) else {
            continue;
        };
        let (first, end) = (head.config().first_seed, end(head.config()));
        match before {
            Some(other) if first < next => {
                return Err(MergeError::Twice {
                    first: other.min(file),
                    second: other.max(file),
                    lane: lane(first),
                });
            }
            _ if first > next => missing = missing.or(Some(next)),
            _ => {}
        }
        (next, before) = (end, Some(file));
    }
    if next < end(config) {
        missing = missing.or(Some(next));
    }
    missing.map_or(Ok(()), |seed| Err(MergeError::Missing(lane(seed))))
}

/// The seed after the last.
fn end(config: &Config) -> u32 {
    config.first_seed.saturating_add(config.seeds)
}

/// Seeds and conditions of all.
fn joined(heads: &[Head], first: &Head) -> Config {
    let configs = || heads.iter().map(Head::config);
    let first_seed = configs().map(|c| c.first_seed).min().unwrap_or_default();
    let end = configs().map(end).max().unwrap_or_default();
    let has = |condition: &Condition| heads.iter().any(|head| head.has(*condition));
    let own = &first.config().conditions;
    let conditions = match configs().all(|c| c.conditions == *own) {
        true => own.clone(),
        false => Condition::ALL.into_iter().filter(has).collect(),
    };
    Config {
        first_seed,
        seeds: end - first_seed,
        conditions,
        ..first.config().clone()
    }
}

/// The lanes of all files in their order, some files held at a time.
struct Lanes<'a, F> {
    joined: &'a Joined,
    open: F,
    /// Files whose seeds are being written.
    held: Vec<Results>,
    /// How many of the order were opened.
    opened: usize,
    /// The next lane's seed, and its condition's place.
    places: (u32, usize),
}

impl<F, E> Lanes<'_, F>
where
    F: FnMut(usize) -> Result<Results, E>,
{
    /// The next lane; none after the last.
    fn next_lane(&mut self) -> Result<Option<LaneResults>, WriteError<E>> {
        let config = &self.joined.whole.config;
        let (seed, place) = self.places;
        if seed >= end(config) {
            return Ok(None);
        }
        let Some(&condition) = config.conditions.get(place) else {
            self.places = (seed + 1, 0);
            return self.next_lane();
        };
        if place == 0 {
            self.hold(seed)?;
        }
        self.places.1 += 1;
        let lane = Lane { seed, condition };
        let mut all = self.held.iter();
        let found = all.find_map(|results| results.lane(lane));
        let missing = || WriteError::Merge(MergeError::Missing(lane));
        found.cloned().map(Some).ok_or_else(missing)
    }

    /// Holds the files that have this seed, and no others.
    fn hold(&mut self, seed: u32) -> Result<(), WriteError<E>> {
        self.held.retain(|results| end(&results.config) > seed);
        while let Some(&file) = self.joined.order.get(self.opened) {
            let Some(head) = self.joined.heads.get(file) else {
                break;
            };
            if head.config().first_seed > seed {
                break;
            }
            self.opened += 1;
            let results = (self.open)(file).map_err(WriteError::Read)?;
            let (tasks, is_whole) = (results.config.tasks, head.config() == &results.config);
            let is_same = is_whole && difference(&head.results, &results).is_none();
            if !is_same || !results.lanes.iter().all(|lane| lane.has_ended(tasks)) {
                return Err(WriteError::Merge(MergeError::Changed(file)));
            }
            self.held.push(results);
        }
        Ok(())
    }
}

/// A results file whose lanes are written as they come.
#[derive(Serialize)]
struct Whole<'a, L> {
    schema: u32,
    code_version: &'a str,
    experiment: &'a Option<String>,
    config: &'a Config,
    draws: &'a str,
    data: &'a DataInfo,
    engine: &'a EngineInfo,
    layers: &'a [String],
    matrices: &'a [String],
    heads: &'a [String],
    lanes: L,
    training_seconds: f64,
    evaluation_seconds: f64,
}

impl<'a, L> Whole<'a, L> {
    /// Every field of results but their lanes: a new one is missed here, and not left out.
    fn of(results: &'a Results, lanes: L) -> Self {
        let Results {
            schema,
            code_version,
            experiment,
            config,
            draws,
            data,
            engine,
            layers,
            matrices,
            heads,
            lanes: _,
            training_seconds,
            evaluation_seconds,
        } = results;
        Self {
            schema: *schema,
            code_version,
            experiment,
            config,
            draws,
            data,
            engine,
            layers,
            matrices,
            heads,
            lanes,
            training_seconds: *training_seconds,
            evaluation_seconds: *evaluation_seconds,
        }
    }
}

/// Lanes that are written as they come, until one can't be had.
struct Streamed<'a, I, E> {
    lanes: RefCell<I>,
    failed: &'a Cell<Option<WriteError<E>>>,
}

impl<I: Iterator<Item = LaneResults>, E> Serialize for Streamed<'_, I, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ended = serializer.collect_seq(&mut *self.lanes.borrow_mut())?;
        // What failed is told by whoever asked; here it is enough that nothing more is written.
        let failed = self.failed.take();
        let has_failed = failed.is_some();
        self.failed.set(failed);
        if has_failed {
            return Err(S::Error::custom("a lane can't be had"));
        }
        Ok(ended)
    }
}

/// In what two runs differ that must not, if they are to be joined: anything but seeds and conditions.
pub fn difference(a: &Results, b: &Results) -> Option<String> {
    let seeds_aside = |r: &Results| Config {
        first_seed: 0,
        seeds: 1,
        conditions: vec![Condition::Meta],
        ..r.config.clone()
    };
    if let Some(knob) = seeds_aside(a).first_difference(&seeds_aside(b)) {
        return Some(knob.to_owned());
    }
    let parts = [
        ("their images", a.data.digest != b.data.digest),
        ("their engine", !a.engine.is_same(&b.engine)),
        ("the version of the code", a.code_version != b.code_version),
        ("their experiment", a.experiment != b.experiment),
        (
            "the network's layers",
            (&a.layers, &a.matrices, &a.heads) != (&b.layers, &b.matrices, &b.heads),
        ),
    ];
    let found = parts.iter().find(|(_, differs)| *differs);
    found.map(|(what, _)| (*what).to_owned())
}

//! A wave whose lanes are spread over workers ([`super::lane_worker`]), each of which trains some of them:
//! the CPU engine where threads share no memory. Lanes know nothing of each other, so the numbers are the
//! same, to the bit.

use std::cell::Cell;
use std::future::Future;
use std::ops::Range;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

use super::lane_worker::{Answer, Command, Part, Request, met};
use super::{EngineError, Reading, Wave};
use crate::data::Images;
use crate::digest::Digest;
use crate::lane::Counts;
use crate::model::LaneState;
use crate::stream::Stream;

/// What comes of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reply {
    /// The lane worker's answer.
    Answer(Answer),
    /// The lane worker is gone, with all its lanes; why, in words.
    Gone(String),
}

/// A reply that is waited for. The request is on its way whether or not it is.
pub type Awaited = Pin<Box<dyn Future<Output = Reply>>>;

/// Sends a request to the worker of a number. Requests to one lane worker are done in their order.
pub type Send = Rc<dyn Fn(u32, Request) -> Awaited>;

/// Lane workers that are ready.
#[derive(Clone)]
pub struct LaneWorkers {
    send: Send,
    numbers: Vec<u32>,
}

impl std::fmt::Debug for LaneWorkers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LaneWorkers({:?})", self.numbers)
    }
}

impl LaneWorkers {
    /// Those of some numbers; none where there are fewer than two, for one has nothing before the caller.
    pub fn new(send: Send, numbers: Vec<u32>) -> Option<Self> {
        (numbers.len() > 1).then_some(Self { send, numbers })
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        self.numbers.len() as u32
    }
}

/// Lane workers that are looked for.
pub type Sought = Pin<Box<dyn Future<Output = Option<LaneWorkers>>>>;

/// Finds workers when the CPU engine is to be opened; none where there are not two.
#[derive(Clone)]
pub struct Finder(pub Rc<dyn Fn() -> Sought>);

impl std::fmt::Debug for Finder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Finder")
    }
}

/// Numbers of waves: each wave has one of its own, so that what is said of one given up concerns no other.
static WAVES: AtomicU32 = AtomicU32::new(0);

/// A wave on workers.
#[derive(Debug)]
pub struct SpreadEngine {
    wave: Wave,
    number: u32,
    workers: LaneWorkers,
    /// For each lane worker that is used its number and its lanes, which follow each other.
    parts: Vec<(u32, Range<usize>)>,
    /// What the next steps or images are to be told.
    begins_task: Cell<bool>,
    begins_evaluation: Cell<bool>,
}

/// The pixels of a set's images of these indices.
fn pixels(images: &Images, which: &[u32]) -> Vec<u8> {
    let pixels = which.iter().flat_map(|&i| images.image(i as usize));
    pixels.copied().collect()
}

impl SpreadEngine {
    /// Gives each lane worker its lanes: as many to each as can be, those of a seed together.
    pub(super) async fn new(workers: &LaneWorkers, wave: Wave) -> Result<Self, EngineError> {
        let (lanes, count) = (wave.lanes.len(), workers.numbers.len());
        let bounds = |i: usize| i * lanes / count;
        let parts = workers.numbers.iter().enumerate();
        let parts = parts
            .map(|(i, &worker)| (worker, bounds(i)..bounds(i + 1)))
            .filter(|(_, lanes)| !lanes.is_empty());
        let engine = Self {
            number: WAVES.fetch_add(1, Ordering::Relaxed),
            workers: workers.clone(),
            parts: parts.collect(),
            wave,
            begins_task: Cell::new(false),
            begins_evaluation: Cell::new(false),
        };
        let begin = |lanes: Range<usize>| Command::Begin(Box::new(engine.part(lanes)));
        engine.all(begin).await?;
        Ok(engine)
    }

    /// What a lane worker is given of the wave.
    fn part(&self, lanes: Range<usize>) -> Part {
        let wave = &self.wave;
        let per_seed = wave.per_seed();
        let seeds = lanes.start / per_seed..lanes.end.div_ceil(per_seed);
        let streams: Vec<&Stream> = wave.streams[seeds].iter().map(AsRef::as_ref).collect();
        let [train, test] = met(&wave.config, streams);
        let mut starts = Vec::new();
        wave.starts[lanes.clone()]
            .iter()
            .for_each(|state| state.put(&mut starts));
        Part {
            config: (*wave.config).clone(),
            info: wave.data.info.clone(),
            lanes: wave.lanes[lanes].to_vec(),
            first_step: wave.first_step,
            starts,
            train: pixels(&wave.data.train, &train),
            train_labels: wave.data.train.labels.clone(),
            test: pixels(&wave.data.test, &test),
            test_labels: wave.data.test.labels.clone(),
        }
    }

    fn send(&self, worker: u32, command: Command) -> Awaited {
        let wave = self.number;
        (self.workers.send)(worker, Request { wave, command })
    }

    /// Tells every worker what is to be done with its lanes, and waits for all: what they answer, in the
    /// order of the lanes.
    async fn all(
        &self,
        command: impl Fn(Range<usize>) -> Command,
    ) -> Result<Vec<Answer>, EngineError> {
        let parts = self.parts.iter();
        let sent: Vec<Awaited> = parts
            .map(|(worker, lanes)| self.send(*worker, command(lanes.clone())))
            .collect();
        let mut answers = Vec::with_capacity(sent.len());
        for reply in sent {
            answers.push(answered(reply.await)?);
        }
        Ok(answers)
    }

    /// The same where each answers with a list, of which all make one.
    async fn joined<T>(
        &self,
        command: impl Fn(Range<usize>) -> Command,
        list: impl Fn(Answer) -> Option<Vec<T>>,
    ) -> Result<Vec<T>, EngineError> {
        let mut joined = Vec::with_capacity(self.wave.lanes.len());
        for answer in self.all(command).await? {
            joined.extend(list(answer).ok_or_else(unasked)?);
        }
        match joined.len() == self.wave.lanes.len() {
            true => Ok(joined),
            false => Err(unasked()),
        }
    }

    pub(super) fn begin_task(&self) {
        self.begins_task.set(true);
    }

    pub(super) async fn advance(&self, steps: Range<u32>) -> Result<(), EngineError> {
        let command = Command::Advance {
            begins: self.begins_task.take(),
            from: steps.start,
            to: steps.end,
        };
        self.all(|_| command.clone()).await.map(|_| ())
    }

    pub(super) async fn read(&self) -> Result<Vec<Reading>, EngineError> {
        let list = |answer| match answer {
            Answer::Readings(readings) => Some(readings),
            _ => None,
        };
        self.joined(|_| Command::Read, list).await
    }

    pub(super) fn begin_evaluation(&self) {
        self.begins_evaluation.set(true);
    }

    pub(super) async fn evaluate(&self, task: u32, images: Range<u32>) -> Result<(), EngineError> {
        let command = Command::Evaluate {
            begins: self.begins_evaluation.take(),
            task,
            from: images.start,
            to: images.end,
        };
        self.all(|_| command.clone()).await.map(|_| ())
    }

    pub(super) async fn counts(&self) -> Result<Vec<Vec<Counts>>, EngineError> {
        let list = |answer| match answer {
            Answer::Counts(counts) => Some(counts),
            _ => None,
        };
        self.joined(|_| Command::Counts, list).await
    }

    pub(super) async fn correlations(&self) -> Result<Vec<Vec<Option<f64>>>, EngineError> {
        let list = |answer| match answer {
            Answer::Correlations(correlations) => Some(correlations),
            _ => None,
        };
        self.joined(|_| Command::Correlations, list).await
    }

    pub(super) async fn digests(&self, counts: &[Vec<Counts>]) -> Result<Vec<Digest>, EngineError> {
        let list = |answer| match answer {
            Answer::Digests(digests) => Some(digests),
            _ => None,
        };
        let command =
            |lanes| Command::Digests(counts.get(lanes).map(<[_]>::to_vec).unwrap_or_default());
        self.joined(command, list).await
    }

    /// Lanes' values out of a lane worker's answer; none where it is another.
    fn states(&self, answer: Answer) -> Option<Vec<LaneState<f32>>> {
        let Answer::States(bytes) = answer else {
            return None;
        };
        let (mut bytes, mut states) = (&bytes[..], Vec::new());
        while !bytes.is_empty() {
            states.push(LaneState::take(&self.wave.model, &mut bytes)?);
        }
        Some(states)
    }

    pub(super) async fn lane(&self, lane: usize) -> Result<LaneState<f32>, EngineError> {
        let part = self.parts.iter().find(|(_, lanes)| lanes.contains(&lane));
        let (worker, lanes) = part.ok_or_else(unasked)?;
        let command = Command::States(Some((lane - lanes.start) as u32));
        let states = self.states(answered(self.send(*worker, command).await)?);
        states
            .and_then(|s| s.into_iter().next())
            .ok_or_else(unasked)
    }

    pub(super) async fn lanes(&self) -> Result<Vec<LaneState<f32>>, EngineError> {
        let list = |answer| self.states(answer);
        self.joined(|_| Command::States(None), list).await
    }
}

impl Drop for SpreadEngine {
    /// Lane workers let their lanes go: nobody waits for it.
    fn drop(&mut self) {
        for (worker, _) in &self.parts {
            drop(self.send(*worker, Command::End));
        }
    }
}

fn answered(reply: Reply) -> Result<Answer, EngineError> {
    match reply {
        Reply::Answer(answer) => Ok(answer),
        Reply::Gone(reason) => Err(EngineError::LaneWorker(reason)),
    }
}

/// A lane worker answered what was not asked: it is of no use any more.
fn unasked() -> EngineError {
    EngineError::LaneWorker("it answered what it was not asked".into())
}

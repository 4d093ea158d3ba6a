//! A lane worker: it trains some of a wave's lanes elsewhere, as it is told by requests. What has the wave as
//! a whole is [`super::spread`]; in the page each lane worker is a worker of its own, with its own memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::host::HostEngine;
use super::{Reading, Wave};
use crate::config::{Config, EvaluateOn, Lane};
use crate::data::{DataInfo, Dataset, Images, Pool};
use crate::digest::Digest;
use crate::lane::Counts;
use crate::model::{LaneState, Model};
use crate::stream::Stream;

/// An command, and the wave that it is about: a lane worker may have lanes of two, of which one was given up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The wave's number, which no other wave of the same program has.
    pub wave: u32,
    /// What is to be done.
    pub command: Command,
}

/// What a lane worker is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// To take lanes over.
    Begin(Box<Part>),
    /// To take all its lanes through steps `from..to`; `begins` where a task does with them.
    Advance {
        /// Whether the task's meta-loss begins at 0.
        begins: bool,
        /// The first, counted from the stream's beginning.
        from: u32,
        /// The one after the last.
        to: u32,
    },
    /// To say its lanes' rates.
    Read,
    /// To evaluate images `from..to` of a task; `begins` where all counts begin at 0 with them.
    Evaluate {
        /// Whether an evaluation begins.
        begins: bool,
        /// The task, counted from 0.
        task: u32,
        /// The first image, counted from the task's first.
        from: u32,
        /// The one after the last.
        to: u32,
    },
    /// To say what the evaluation counted.
    Counts,
    /// To say how alike its codes were.
    Correlations,
    /// To give lanes' values, by their places among its own; all of them where none is named.
    States(Option<u32>),
    /// To say digests of its lanes and of these counts, empty where there was no evaluation.
    Digests(Vec<Vec<Counts>>),
    /// To let its lanes go.
    End,
}

/// Lanes that a lane worker takes over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    /// The settings that all lanes of the wave share.
    pub config: Config,
    /// What the images are of which it gets a part.
    pub info: DataInfo,
    /// Its lanes, those of one seed next to each other.
    pub lanes: Vec<Lane>,
    /// The first step, counted from the stream's beginning.
    pub first_step: u32,
    /// Their values before it, lane by lane ([`LaneState::put`]).
    #[serde(with = "serde_bytes")]
    pub starts: Vec<u8>,
    /// Pixels of the training images that the lanes' schedules meet, in the order of the images' indices.
    #[serde(with = "serde_bytes")]
    pub train: Vec<u8>,
    /// The labels of all training images, which streams are drawn from.
    #[serde(with = "serde_bytes")]
    pub train_labels: Vec<u8>,
    /// Pixels of the test images that they meet.
    #[serde(with = "serde_bytes")]
    pub test: Vec<u8>,
    /// The labels of all test images.
    #[serde(with = "serde_bytes")]
    pub test_labels: Vec<u8>,
}

/// What a lane worker answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// Nothing to tell: lanes were taken over, trained, evaluated or let go.
    Done(()),
    /// Its lanes' rates.
    Readings(Vec<Reading>),
    /// For each lane, for each task.
    Counts(Vec<Vec<Counts>>),
    /// For each lane, for each layer.
    Correlations(Vec<Vec<Option<f64>>>),
    /// Lanes' values, one after the other ([`LaneState::put`]).
    States(serde_bytes::ByteBuf),
    /// Lane by lane.
    Digests(Vec<Digest>),
}

/// What a lane worker can't do; with requests of [`super::spread`] it does not come to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaneWorkerError {
    /// It has no lanes of that wave.
    #[error("a worker was asked about lanes that it does not have")]
    NoSuchLanes,
    /// The images, the values and the schedules do not belong together.
    #[error("a worker was given lanes whose images, values and schedules do not belong together")]
    Unfit,
}

/// Images of the training and of the test set that schedules meet, by their indices, in ascending order.
pub(super) fn met<'a>(
    config: &Config,
    streams: impl IntoIterator<Item = &'a Stream>,
) -> [Vec<u32>; 2] {
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for task in streams.into_iter().flat_map(|stream| &stream.tasks) {
        train.extend(&task.training);
        match config.evaluate_on {
            EvaluateOn::Test => test.extend(&task.evaluation),
            EvaluateOn::Learned => train.extend(&task.evaluation),
        }
    }
    for list in [&mut train, &mut test] {
        list.sort_unstable();
        list.dedup();
    }
    [train, test]
}

/// A stream whose images are counted among those that are met; none where one is not among them.
fn recounted(mut stream: Stream, [train, test]: &[Vec<u32>; 2], on: EvaluateOn) -> Option<Stream> {
    let recount = |list: &mut [u32], among: &[u32]| -> Option<()> {
        for image in list {
            *image = u32::try_from(among.binary_search(image).ok()?).ok()?;
        }
        Some(())
    };
    for task in &mut stream.tasks {
        recount(&mut task.training, train)?;
        let evaluated = match on {
            EvaluateOn::Test => test,
            EvaluateOn::Learned => train,
        };
        recount(&mut task.evaluation, evaluated)?;
    }
    Some(stream)
}

/// Images of a set that are met, with their labels out of all.
fn images(side: u32, pixels: Vec<u8>, labels: &[u8], met: &[u32]) -> Option<Images> {
    let label = |&image: &u32| labels.get(image as usize).copied();
    let labels: Vec<u8> = met.iter().map(label).collect::<Option<_>>()?;
    let whole = pixels.len() == labels.len() * (side * side) as usize;
    whole.then_some(Images {
        side,
        pixels,
        labels,
    })
}

impl Part {
    /// The wave that it describes; none where its parts do not belong together.
    fn wave(self) -> Option<Wave> {
        let Self { config, info, .. } = self;
        let model = Model::new(&config, &info);
        let mut seeds: Vec<u32> = self.lanes.iter().map(|lane| lane.seed).collect();
        seeds.dedup();
        let pool = Pool {
            train: &self.train_labels,
            test: &self.test_labels,
            classes: info.classes,
            side: info.side,
        };
        let streams = seeds
            .iter()
            .map(|&seed| Stream::new(&config, seed, &pool).ok())
            .collect::<Option<Vec<_>>>()?;
        let met = met(&config, &streams);
        let [train, test] = &met;
        let data = Dataset {
            train: images(info.side, self.train, &self.train_labels, train)?,
            test: images(info.side, self.test, &self.test_labels, test)?,
            info,
        };
        let streams = streams
            .into_iter()
            .map(|stream| recounted(stream, &met, config.evaluate_on).map(Arc::new))
            .collect::<Option<Vec<_>>>()?;
        // A part may cut a seed's lanes: a stream for each lane fits any.
        let of_lane = |lane: &Lane| streams.iter().find(|s| s.seed == lane.seed).cloned();
        let mut values = &self.starts[..];
        Some(Wave {
            streams: self.lanes.iter().map(of_lane).collect::<Option<_>>()?,
            starts: self
                .lanes
                .iter()
                .map(|_| LaneState::take(&model, &mut values))
                .collect::<Option<_>>()?,
            config: Arc::new(config),
            model: Arc::new(model),
            data: Arc::new(data),
            lanes: self.lanes,
            first_step: self.first_step,
        })
    }
}

/// A lane worker: its lanes, by the number of the wave that they are of.
#[derive(Debug, Default)]
pub struct LaneWorker {
    waves: BTreeMap<u32, HostEngine>,
}

impl LaneWorker {
    /// Does what a request says.
    ///
    /// # Errors
    /// If the request is of no sense: see [`LaneWorkerError`].
    pub fn take(&mut self, Request { wave, command }: Request) -> Result<Answer, LaneWorkerError> {
        match command {
            Command::Begin(part) => {
                let lanes = part.wave().ok_or(LaneWorkerError::Unfit)?;
                self.waves.insert(wave, HostEngine::cpu(lanes));
                return Ok(Answer::Done(()));
            }
            Command::End => {
                self.waves.remove(&wave);
                return Ok(Answer::Done(()));
            }
            _ => {}
        }
        let engine = self
            .waves
            .get_mut(&wave)
            .ok_or(LaneWorkerError::NoSuchLanes)?;
        Ok(match command {
            Command::Begin(_) | Command::End => Answer::Done(()),
            Command::Advance { begins, from, to } => {
                if begins {
                    engine.begin_task();
                }
                engine.advance(from..to);
                Answer::Done(())
            }
            Command::Read => Answer::Readings(engine.read()),
            Command::Evaluate {
                begins,
                task,
                from,
                to,
            } => {
                if begins {
                    engine.begin_evaluation();
                }
                engine.evaluate(task as usize, from..to);
                Answer::Done(())
            }
            Command::Counts => Answer::Counts(engine.counts()),
            Command::Correlations => Answer::Correlations(engine.correlations()),
            Command::States(which) => {
                let states = match which {
                    Some(lane) => vec![engine.lane(lane as usize)],
                    None => engine.lanes(),
                };
                let mut bytes = Vec::new();
                states.iter().for_each(|state| state.put(&mut bytes));
                Answer::States(bytes.into())
            }
            Command::Digests(counts) => Answer::Digests(engine.digests(&counts)),
        })
    }
}

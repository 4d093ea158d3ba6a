//! A wave on this computer's cores, by the CPU engine or by the reference: lanes side by side.

use std::ops::Range;
use std::sync::Arc;

use super::{Reading, Wave};
use crate::cpu::Cpu;
use crate::data::{ClassSet, Turn};
use crate::digest::{self, Digest};
use crate::lane::{Counts, HostLane, Sample, Seen};
use crate::model::{LaneState, Model, Rule};
use crate::numeric::argmax;
use crate::numeric::codes::CodeSum;
use crate::numeric::cores::each_mut;
use crate::reference::Reference;
use crate::stream::Stream;

/// Images that are evaluated at once: enough for a matrix product's width, few enough for the cache and for
/// a slice in a browser.
pub(super) const TOGETHER: u32 = 64;

/// What some images added to a lane's evaluation.
#[derive(Clone, Debug, Default)]
struct Tally {
    /// What was counted of their task.
    counts: Counts,
    /// For each layer, the sum of its codes.
    codes: Vec<CodeSum>,
}

/// A wave on this computer's cores.
#[derive(Debug)]
pub struct HostEngine {
    wave: Wave,
    lanes: Vec<Lane>,
    /// For each seed, how each task shows images.
    turns: Vec<Arc<Vec<Turn>>>,
    /// For each lane, for each task.
    counts: Vec<Vec<Counts>>,
    /// For each lane, for each layer.
    codes: Vec<Vec<CodeSum>>,
}

#[derive(Debug)]
struct Lane {
    engine: Box<dyn HostLane<f32>>,
    stream: Arc<Stream>,
    turns: Arc<Vec<Turn>>,
    loss_sum: f32,
    diverged: Option<u32>,
}

impl HostEngine {
    pub(super) fn cpu(wave: Wave) -> Self {
        let model = wave.model.clone();
        Self::new(wave, |rule, state| Box::new(Cpu::new(&model, rule, state)))
    }

    pub(super) fn reference(wave: Wave) -> Self {
        let model = wave.model.clone();
        Self::new(wave, |rule, state| {
            Box::new(Reference::new(&model, rule, state.clone()))
        })
    }

    fn new(wave: Wave, engine: impl Fn(&Rule, &LaneState<f32>) -> Box<dyn HostLane<f32>>) -> Self {
        let per_seed = wave.per_seed();
        let turns: Vec<Arc<Vec<Turn>>> = wave
            .streams
            .iter()
            .map(|stream| {
                let turns = stream
                    .tasks
                    .iter()
                    .map(|t| t.view.turn(wave.data.info.side));
                Arc::new(turns.collect())
            })
            .collect();
        let lanes = wave
            .lanes
            .iter()
            .zip(&wave.starts)
            .enumerate()
            .map(|(i, (lane, state))| {
                let mut engine = engine(&Rule::of(&wave.config, lane.condition), state);
                engine.silence(wave.model.silenced(lane.seed));
                Lane {
                    engine,
                    stream: wave.streams[i / per_seed].clone(),
                    turns: turns[i / per_seed].clone(),
                    loss_sum: 0.0,
                    diverged: None,
                }
            })
            .collect();
        Self {
            wave,
            lanes,
            turns,
            counts: Vec::new(),
            codes: Vec::new(),
        }
    }

    pub(super) fn begin_task(&mut self) {
        for lane in &mut self.lanes {
            lane.loss_sum = 0.0;
        }
    }

    pub(super) fn advance(&mut self, steps: Range<u32>) {
        let data = &self.wave.data;
        let (heads, inputs) = (self.wave.model.heads.len(), self.wave.model.inputs);
        each_mut(&mut self.lanes, |lane| {
            for s in steps.clone() {
                let step = &lane.stream.steps[s as usize];
                let ready = |list: &[u32]| -> Vec<Ready> {
                    list.iter()
                        .map(|&sample| {
                            let image = lane.stream.image(sample) as usize;
                            let task = lane.stream.task_of(sample);
                            let mut input = vec![0.0; inputs];
                            lane.turns[task as usize].apply(data.train.image(image), &mut input);
                            let labels = [data.train.labels[image].into(), sample];
                            (input, labels, lane.stream.among(task))
                        })
                        .collect()
                };
                let (current, replay) = (ready(&step.current), ready(&step.replay));
                let loss = lane
                    .engine
                    .observe(&samples(&current, heads), &samples(&replay, heads));
                lane.loss_sum += loss;
                let (alpha, beta) = lane.engine.rates();
                let finite = loss.is_finite() && alpha.iter().chain(beta).all(|x| x.is_finite());
                if !finite {
                    lane.diverged.get_or_insert(s);
                }
            }
        });
    }

    pub(super) fn read(&self) -> Vec<Reading> {
        self.lanes
            .iter()
            .map(|lane| {
                let (alpha, beta) = lane.engine.rates();
                Reading {
                    alpha: alpha.to_vec(),
                    beta: beta.to_vec(),
                    loss_sum: lane.loss_sum,
                    diverged: lane.diverged,
                }
            })
            .collect()
    }

    pub(super) fn evaluate(&mut self, task: usize, images: Range<u32>) {
        let wave = &self.wave;
        let set = wave.evaluation_images();
        let (per_seed, pixels) = (wave.per_seed(), wave.model.inputs);
        let (none, lesions) = (self.nothing(), wave.model.lesions());
        // One piece of work: some images of one seed, through all its lanes.
        let mut pieces: Vec<(usize, Range<u32>)> = Vec::new();
        for seed in 0..wave.streams.len() {
            for from in images.clone().step_by(TOGETHER as usize) {
                pieces.push((seed, from..(from + TOGETHER).min(images.end)));
            }
        }
        let (lanes, turns) = (&self.lanes, &self.turns);
        let counted = each_mut(&mut pieces, |(seed, images)| {
            let stream = &wave.streams[*seed];
            let turn = &turns[*seed][task];
            let among = stream.among(task as u32);
            let mut inputs = vec![0.0; images.len() * pixels];
            let mut labels = Vec::new();
            for (i, input) in images.clone().zip(inputs.chunks_exact_mut(pixels)) {
                let image = stream.tasks[task].evaluation[i as usize];
                turn.apply(set.image(image as usize), input);
                labels.push(wave.evaluation_labels(stream, task, i as usize));
            }
            lanes[*seed * per_seed..][..per_seed]
                .iter()
                .map(|lane| {
                    let mut tally = none.clone();
                    lane.engine.evaluate(&inputs, lesions, &mut |seen| {
                        tally.add(seen, (&labels, among), &wave.model);
                    });
                    tally
                })
                .collect::<Vec<_>>()
        });
        for ((seed, _), counted) in pieces.iter().zip(counted) {
            for (i, tally) in counted.iter().enumerate() {
                let lane = seed * per_seed + i;
                self.counts[lane][task].add(&tally.counts);
                for (sum, part) in self.codes[lane].iter_mut().zip(&tally.codes) {
                    sum.add(part);
                }
            }
        }
    }

    fn nothing(&self) -> Tally {
        let model = &self.wave.model;
        Tally {
            counts: Counts {
                correct: vec![0; model.heads.len() * model.lesions().len()],
                active: vec![0; model.layers.len()],
            },
            codes: vec![CodeSum::default(); model.layers.len()],
        }
    }

    pub(super) fn begin_evaluation(&mut self) {
        let Tally { counts, codes } = self.nothing();
        let tasks = self.wave.config.tasks as usize;
        self.counts = vec![vec![counts; tasks]; self.lanes.len()];
        self.codes = vec![codes; self.lanes.len()];
    }

    pub(super) fn counts(&self) -> Vec<Vec<Counts>> {
        self.counts.clone()
    }

    pub(super) fn correlations(&self) -> Vec<Vec<Option<f64>>> {
        let of_lane = |codes: &Vec<CodeSum>| codes.iter().map(CodeSum::correlation).collect();
        self.codes.iter().map(of_lane).collect()
    }

    pub(super) fn lane(&self, lane: usize) -> LaneState<f32> {
        self.lanes[lane].engine.state()
    }

    pub(super) fn digests(&self, counts: &[Vec<Counts>]) -> Vec<Digest> {
        let mut lanes: Vec<(usize, &Lane)> = self.lanes.iter().enumerate().collect();
        each_mut(&mut lanes, |(i, lane)| {
            digest::of_lane(&lane.engine.state(), digest::counts_of(counts, *i))
        })
    }

    pub(super) fn lanes(&self) -> Vec<LaneState<f32>> {
        self.lanes.iter().map(|lane| lane.engine.state()).collect()
    }
}

impl Tally {
    /// Adds what was seen of some images, whose labels are given from the first of the piece on; the first
    /// head's are told apart among some classes, or all.
    fn add(
        &mut self,
        seen: Seen<'_, f32>,
        (labels, among): (&[[u32; 2]], Option<ClassSet>),
        model: &Model,
    ) {
        match seen {
            Seen::Outputs { layer, outputs } => {
                self.counts.active[layer] += outputs.iter().filter(|&&h| h > 0.0).count() as u32;
                self.codes[layer].add_codes(outputs, model.layers[layer].units);
            }
            Seen::Logits {
                first,
                head,
                lesion,
                logits,
            } => {
                let answer = |logits: &[f32]| match among.filter(|_| head == 0) {
                    Some(set) => set.argmax(logits),
                    None => argmax(logits),
                };
                let hits = logits
                    .chunks_exact(model.heads[head].classes)
                    .zip(&labels[first..])
                    .filter(|(logits, labels)| answer(logits) == labels[head] as usize);
                self.counts.correct[head * model.lesions().len() + lesion] += hits.count() as u32;
            }
        }
    }
}

/// A sample made ready: its image as its task shows it, its labels, and the classes that it is told apart
/// among.
type Ready = (Vec<f32>, [u32; 2], Option<ClassSet>);

/// Samples as lanes take them, with a label for each head.
fn samples(list: &[Ready], heads: usize) -> Vec<Sample<'_, f32>> {
    list.iter()
        .map(|(input, labels, among)| Sample {
            input,
            labels: &labels[..heads],
            among: *among,
        })
        .collect()
}

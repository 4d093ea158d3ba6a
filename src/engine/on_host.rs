//! A wave on the CPU: each lane by itself, on all cores where there are several.

use std::ops::Range;
use std::sync::Arc;

use super::{Counts, Reading, Wave};
use crate::data::{PIXELS, Rotation, rotate};
use crate::model::Lesion;
use crate::model::{LaneState, Rule};
use crate::reference::{Reference, Sample};
use crate::stream::Stream;

/// A wave in plain loops.
#[derive(Debug)]
pub struct OnReference {
    about: Wave,
    lanes: Vec<ReferenceLane>,
    counts: Vec<Vec<Counts>>,
}

#[derive(Debug)]
struct ReferenceLane {
    engine: Reference<f32>,
    stream: Arc<Stream>,
    loss_sum: f32,
    lost: Option<u32>,
}

/// Does the same to every lane, on all cores where there are several.
fn each_lane<R: Send>(
    lanes: &mut [ReferenceLane],
    work: impl Fn(&mut ReferenceLane) -> R + Send + Sync,
) -> Vec<R> {
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        lanes.par_iter_mut().map(work).collect()
    }
    #[cfg(target_arch = "wasm32")]
    {
        lanes.iter_mut().map(work).collect()
    }
}

impl OnReference {
    pub(super) fn new(about: Wave) -> Self {
        let per_seed = about.per_seed();
        let lanes = about
            .lanes
            .iter()
            .zip(&about.starts)
            .enumerate()
            .map(|(i, (lane, state))| ReferenceLane {
                engine: Reference::new(
                    &about.model,
                    &Rule::of(&about.config, lane.condition),
                    state.clone(),
                ),
                stream: about.streams[i / per_seed].clone(),
                loss_sum: 0.0,
                lost: None,
            })
            .collect();
        Self {
            about,
            lanes,
            counts: Vec::new(),
        }
    }

    pub(super) fn begin_task(&mut self, _task: u32) {
        for lane in &mut self.lanes {
            lane.loss_sum = 0.0;
        }
    }

    pub(super) fn advance(&mut self, steps: Range<u32>) {
        let data = &self.about.data;
        let heads = self.about.model.heads.len();
        each_lane(&mut self.lanes, |lane| {
            for s in steps.clone() {
                let step = &lane.stream.steps[s as usize];
                let ready = |list: &[u32]| -> Vec<Ready> {
                    list.iter()
                        .map(|&sample| {
                            let image = lane.stream.image(sample) as usize;
                            let task = lane.stream.task_of(sample) as usize;
                            let mut input = vec![0.0; PIXELS];
                            let turn = Rotation::degrees(lane.stream.tasks[task].angle);
                            rotate(data.train.image(image), turn, &mut input);
                            (input, [data.train.labels[image].into(), sample])
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
                    lane.lost.get_or_insert(s);
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
                    lost: lane.lost,
                }
            })
            .collect()
    }

    pub(super) fn evaluate(&mut self, task: usize, images: Range<u32>) {
        let about = &self.about;
        let (heads, layers) = (about.model.heads.len(), about.model.layers.len());
        let lesions = about.model.lesions();
        let set = about.evaluation_images();
        let counted = each_lane(&mut self.lanes, |lane| {
            let mut counts = Counts {
                correct: vec![0; heads * lesions.len()],
                active: vec![0; layers],
            };
            let turn = Rotation::degrees(lane.stream.tasks[task].angle);
            let mut input = vec![0.0; PIXELS];
            for i in images.start as usize..images.end as usize {
                let image = lane.stream.tasks[task].evaluation[i];
                rotate(set.image(image as usize), turn, &mut input);
                let labels = about.evaluation_labels(&lane.stream, task, i);
                for (l, &lesion) in lesions.iter().enumerate() {
                    let outcome = lane.engine.forward(&input, lesion);
                    for (h, logits) in outcome.logits.iter().enumerate() {
                        if largest(logits) == labels[h] as usize {
                            counts.correct[h * lesions.len() + l] += 1;
                        }
                    }
                    if lesion == Lesion::Intact {
                        for (sum, &n) in counts.active.iter_mut().zip(&outcome.active) {
                            *sum += n;
                        }
                    }
                }
            }
            counts
        });
        for (all, counts) in self.counts.iter_mut().zip(counted) {
            all[task].add(&counts);
        }
    }

    pub(super) fn begin_evaluation(&mut self) {
        let none = Counts {
            correct: vec![0; self.about.model.heads.len() * self.about.model.lesions().len()],
            active: vec![0; self.about.model.layers.len()],
        };
        let tasks = self.about.config.tasks as usize;
        self.counts = vec![vec![none; tasks]; self.lanes.len()];
    }

    pub(super) fn counts(&self) -> Vec<Vec<Counts>> {
        self.counts.clone()
    }

    pub(super) fn lanes(&self) -> Vec<LaneState<f32>> {
        self.lanes.iter().map(|lane| lane.engine.state()).collect()
    }
}

/// A sample made ready: its rotated image, and its labels.
type Ready = (Vec<f32>, [u32; 2]);

/// Samples as the reference takes them, with a label for each head.
fn samples(list: &[Ready], heads: usize) -> Vec<Sample<'_, f32>> {
    list.iter()
        .map(|(input, labels)| Sample {
            input,
            labels: &labels[..heads],
        })
        .collect()
}

/// The index of the largest number, the first of equals.
fn largest(numbers: &[f32]) -> usize {
    let mut best = 0;
    for (i, x) in numbers.iter().enumerate() {
        if *x > numbers[best] {
            best = i;
        }
    }
    best
}

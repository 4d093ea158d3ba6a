//! A wave on the GPU: which images it uploads, and what it reads back.

use std::ops::Range;
use std::sync::Arc;

use super::{Counts, EngineError, Reading, Wave};
use crate::config::{Condition, Config, EvaluateOn};
use crate::data::Rotation;
use crate::gpu::{Gpu, GpuWave, LaneStart, Pictures, WaveSetup};
use crate::model::{LaneState, Rule};

/// The most evaluation images of each seed that are taken at once: enough for a GPU's width.
pub(super) fn evaluation_capacity(config: &Config, lanes: u32) -> u32 {
    (1024 / lanes.max(1))
        .clamp(16, 128)
        .min(config.evaluation_images)
}

const TRAINING: &str = "training";
const TEST: &str = "test";

/// Where an image of a set lies among the uploaded ones.
fn place(uploaded_at: &[Option<u32>], set: &'static str, image: u32) -> Result<u32, EngineError> {
    let at = uploaded_at.get(image as usize).copied().flatten();
    at.ok_or(EngineError::MissingImage { set, image })
}

/// A wave on the GPU.
#[derive(Debug)]
pub struct GpuEngine {
    about: Wave,
    wave: GpuWave,
    /// For each training image, where it lies among the uploaded ones, if it does.
    uploaded_at: Vec<Option<u32>>,
}

impl GpuEngine {
    pub(super) fn new(gpu: Arc<Gpu>, about: Wave) -> Result<Self, EngineError> {
        let config = &about.config;
        let learned = config.evaluate_on == EvaluateOn::Learned;
        // Only the images that these seeds meet are uploaded.
        let mut uploaded_at = vec![None; about.data.train.len()];
        let mut test_places = vec![None; about.data.test.len()];
        let mut uploaded = 0;
        let mut pictures = Pictures {
            capacity: evaluation_capacity(config, about.lanes.len() as u32),
            per_task: config.evaluation_images,
            silenced: about
                .streams
                .iter()
                .map(|s| about.model.silenced(s.seed))
                .collect(),
            ..Pictures::default()
        };
        for stream in &about.streams {
            for task in &stream.tasks {
                let turn = Rotation::degrees(task.angle);
                pictures.rotations.push([turn.cos, turn.sin]);
                let sets = [(true, &task.training), (learned, &task.evaluation)];
                for (train, list) in sets {
                    let (set, uploaded_at) = if train {
                        (&about.data.train, &mut uploaded_at)
                    } else {
                        (&about.data.test, &mut test_places)
                    };
                    for &image in list {
                        uploaded_at[image as usize].get_or_insert_with(|| {
                            pictures.images.extend_from_slice(set.image(image as usize));
                            uploaded += 1;
                            uploaded - 1
                        });
                    }
                }
            }
        }
        let (evaluated, evaluated_set) = if learned {
            (&uploaded_at, TRAINING)
        } else {
            (&test_places, TEST)
        };
        for task in 0..config.tasks as usize {
            for stream in &about.streams {
                let images = stream.tasks[task].evaluation.iter().enumerate();
                for (i, &image) in images {
                    let [category, item] = about.evaluation_labels(stream, task, i);
                    let index = place(evaluated, evaluated_set, image)?;
                    pictures
                        .evaluation
                        .push([index, task as u32, category, item]);
                }
            }
        }
        let starts: Vec<LaneStart> = about
            .lanes
            .iter()
            .zip(&about.starts)
            .map(|(lane, state)| LaneStart {
                state: state.clone(),
                learn_alpha: lane.condition.learns_alpha(),
                learn_beta: lane.condition.learns_beta(),
            })
            .collect();
        let wave = GpuWave::new(
            gpu,
            &WaveSetup {
                model: &about.model,
                // What differs between conditions is in the starts.
                rule: &Rule::of(config, Condition::Meta),
                starts: &starts,
                per_seed: about.per_seed() as u32,
                tasks: config.tasks,
                batch: config.batch,
                replay: config.replay,
                block: config.steps_per_task(),
                pictures: &pictures,
            },
        )?;
        Ok(Self {
            about,
            wave,
            uploaded_at,
        })
    }

    pub(super) fn begin_task(&mut self, task: u32) -> Result<(), EngineError> {
        let per_task = self.about.config.steps_per_task();
        let columns = (self.about.config.batch + self.about.config.replay) as usize;
        let mut entries = Vec::new();
        for step in task * per_task..(task + 1) * per_task {
            for stream in &self.about.streams {
                let first = entries.len();
                let now = &stream.steps[step as usize];
                for &sample in now.current.iter().chain(&now.replay) {
                    let image = stream.image(sample);
                    let index = place(&self.uploaded_at, TRAINING, image)?;
                    let category = self.about.data.train.labels[image as usize];
                    entries.push([index, stream.task_of(sample), category.into(), sample]);
                }
                entries.resize(first + columns, [0; 4]);
            }
        }
        self.wave.write_entries(&entries);
        self.wave.clear_losses();
        Ok(())
    }

    pub(super) async fn advance(&mut self, steps: Range<u32>) -> Result<(), EngineError> {
        let shapes: Vec<(u32, u32)> = steps
            .map(|s| {
                let step = &self.about.streams[0].steps[s as usize];
                (step.current.len() as u32, step.replay.len() as u32)
            })
            .collect();
        self.wave.advance(&shapes, true);
        Ok(self.wave.wait().await?)
    }

    pub(super) async fn read(&self) -> Result<Vec<Reading>, EngineError> {
        let rates = self.wave.rates().await?;
        Ok(rates
            .into_iter()
            .map(|r| Reading {
                alpha: r.alpha,
                beta: r.beta,
                loss_sum: r.loss_sum,
                // The GPU counts steps from where its lanes were put there.
                diverged: r.diverged.map(|step| step + self.about.first_step),
            })
            .collect())
    }

    pub(super) fn begin_evaluation(&mut self) {
        self.wave.clear_counts();
    }

    pub(super) fn evaluation_capacity(&self) -> u32 {
        self.wave.evaluation_capacity()
    }

    pub(super) async fn evaluate(
        &mut self,
        task: u32,
        images: Range<u32>,
    ) -> Result<(), EngineError> {
        self.wave.evaluate(task, images, true);
        Ok(self.wave.wait().await?)
    }

    pub(super) async fn correlations(&self) -> Result<Vec<Vec<Option<f64>>>, EngineError> {
        Ok(self.wave.correlations().await?)
    }

    pub(super) async fn lane(&self, lane: usize) -> Result<LaneState<f32>, EngineError> {
        Ok(self.wave.lane(lane as u32).await?)
    }

    pub(super) async fn lanes(&self) -> Result<Vec<LaneState<f32>>, EngineError> {
        Ok(self.wave.all_lanes().await?)
    }

    pub(super) async fn counts(&self) -> Result<Vec<Vec<Counts>>, EngineError> {
        let model = &self.about.model;
        let answers = model.heads.len() * model.lesions().len();
        let all = self.wave.counts().await?;
        let of_task = answers + model.layers.len();
        Ok(all
            .chunks_exact(of_task * self.about.config.tasks as usize)
            .map(|lane| {
                lane.chunks_exact(of_task)
                    .map(|c| Counts {
                        correct: c[..answers].to_vec(),
                        active: c[answers..].to_vec(),
                    })
                    .collect()
            })
            .collect())
    }
}

//! A wave on the GPU: which images it uploads, and what it reads back.

use std::ops::Range;
use std::sync::Arc;

use super::{EngineError, Reading, Wave};
use crate::config::{Condition, Config, EvaluateOn};
use crate::data::{ClassSet, Images, Rotation};
use crate::digest::{self, Digest};
use crate::gpu::{Gpu, GpuWave, LaneStart, StageTimes, WaveData, WaveSetup};
use crate::lane::Counts;
use crate::model::{LaneState, Rule};

/// The most evaluation images of each seed that are taken at once: enough for a GPU's width, which of one
/// that is a program is a processor's.
pub(super) fn evaluation_capacity(gpu: &Gpu, config: &Config, lanes: u32) -> u32 {
    let (columns, least, most) = match gpu.is_software {
        true => (1 << 10, 16, 128),
        false => (1 << 14, 16, 512),
    };
    let images: u32 = columns / lanes.max(1);
    images.clamp(least, most).min(config.evaluation_images)
}

/// The images of one set that lie on the GPU, each once: only those that a wave's seeds meet.
#[derive(Debug)]
struct Uploaded {
    /// "training" or "test".
    set: &'static str,
    /// For each image of the set, where it lies among all that are uploaded, if it does.
    at: Vec<Option<u32>>,
}

impl Uploaded {
    fn none_of(set: &'static str, images: &Images) -> Self {
        let at = vec![None; images.len()];
        Self { set, at }
    }

    /// Adds those of the wanted images that are not there yet to all that are uploaded, `bytes`.
    fn add(&mut self, images: &Images, wanted: &[u32], bytes: &mut Vec<u8>) {
        for &image in wanted {
            let pixels = images.image(image as usize);
            self.at[image as usize].get_or_insert_with(|| {
                let next = bytes.len() / pixels.len();
                bytes.extend_from_slice(pixels);
                next as u32
            });
        }
    }

    fn index(&self, image: u32) -> Result<u32, EngineError> {
        let at = self.at.get(image as usize).copied().flatten();
        let set = self.set;
        at.ok_or(EngineError::MissingImage { set, image })
    }
}

/// A wave on the GPU.
#[derive(Debug)]
pub struct GpuEngine {
    wave: Wave,
    on_gpu: GpuWave,
    training: Uploaded,
}

impl GpuEngine {
    pub(super) async fn new(gpu: Arc<Gpu>, wave: Wave) -> Result<Self, EngineError> {
        let config = &wave.config;
        let silenced = wave.streams.iter().map(|s| wave.model.silenced(s.seed));
        let mut data = WaveData {
            capacity: evaluation_capacity(&gpu, config, wave.lanes.len() as u32),
            per_task: config.evaluation_images,
            silenced: silenced.collect(),
            ..WaveData::default()
        };
        let (train, test) = (&wave.data.train, &wave.data.test);
        let mut training = Uploaded::none_of("training", train);
        let mut testing = Uploaded::none_of("test", test);
        for task in wave.streams.iter().flat_map(|s| &s.tasks) {
            let turn = Rotation::degrees(task.view.angle);
            data.rotations.push([turn.cos, turn.sin]);
            let permutation = task.view.permutation.iter();
            data.permutations
                .extend(permutation.flat_map(|p| p.iter().copied()));
            let own = task.view.classes.filter(|_| config.own_heads);
            data.answers.extend(own.map(ClassSet::words));
            training.add(train, &task.training, &mut data.images);
            match config.evaluate_on {
                EvaluateOn::Learned => training.add(train, &task.evaluation, &mut data.images),
                EvaluateOn::Test => testing.add(test, &task.evaluation, &mut data.images),
            }
        }
        let evaluated = match config.evaluate_on {
            EvaluateOn::Learned => &training,
            EvaluateOn::Test => &testing,
        };
        for task in 0..config.tasks as usize {
            for stream in &wave.streams {
                for (i, &image) in stream.tasks[task].evaluation.iter().enumerate() {
                    let [category, item] = wave.evaluation_labels(stream, task, i);
                    let index = evaluated.index(image)?;
                    data.evaluation.push([index, task as u32, category, item]);
                }
            }
        }
        let lanes = wave.lanes.iter().zip(&wave.starts);
        let starts: Vec<LaneStart> = lanes
            .map(|(lane, state)| LaneStart {
                state: state.clone(),
                learn_alpha: lane.condition.learns_alpha(),
                learn_beta: lane.condition.learns_beta(),
            })
            .collect();
        let setup = WaveSetup {
            model: &wave.model,
            // What differs between conditions is in the starts.
            rule: &Rule::of(config, Condition::Meta),
            starts: &starts,
            per_seed: wave.per_seed() as u32,
            tasks: config.tasks,
            batch: config.batch,
            replay: config.replay,
            block: config.steps_per_task(),
            data: &data,
        };
        let watch = gpu.watch();
        let on_gpu = GpuWave::new(gpu.clone(), &setup)?;
        watch.end().await?;
        Ok(Self {
            on_gpu,
            wave,
            training,
        })
    }

    pub(super) fn begin_task(&mut self, task: u32) -> Result<(), EngineError> {
        let per_task = self.wave.config.steps_per_task();
        let columns = (self.wave.config.batch + self.wave.config.replay) as usize;
        let mut entries = Vec::new();
        for step in task * per_task..(task + 1) * per_task {
            for stream in &self.wave.streams {
                let first = entries.len();
                let now = &stream.steps[step as usize];
                for &sample in now.current.iter().chain(&now.replay) {
                    let image = stream.image(sample);
                    let index = self.training.index(image)?;
                    let category = self.wave.data.train.labels[image as usize];
                    entries.push([index, stream.task_of(sample), category.into(), sample]);
                }
                entries.resize(first + columns, [0; 4]);
            }
        }
        self.on_gpu.write_entries(&entries);
        self.on_gpu.clear_losses();
        Ok(())
    }

    /// Current and replayed samples of a step of the stream.
    fn shape(&self, step: u32) -> (u32, u32) {
        let step = &self.wave.streams[0].steps[step as usize];
        (step.current.len() as u32, step.replay.len() as u32)
    }

    pub(super) async fn stage_times(&mut self, step: u32) -> Result<StageTimes, EngineError> {
        let shape = self.shape(step);
        Ok(StageTimes {
            step: self.on_gpu.step_times(shape).await?,
            evaluation: self.on_gpu.evaluation_times().await?,
        })
    }

    pub(super) async fn advance(&mut self, steps: Range<u32>) -> Result<(), EngineError> {
        let shapes: Vec<(u32, u32)> = steps.map(|s| self.shape(s)).collect();
        let gpu = self.on_gpu.gpu();
        let watch = gpu.watch();
        self.on_gpu.advance(&shapes, true);
        Ok(watch.end().await?)
    }

    pub(super) async fn read(&self) -> Result<Vec<Reading>, EngineError> {
        let rates = self.on_gpu.rates().await?;
        Ok(rates
            .into_iter()
            .map(|r| Reading {
                alpha: r.alpha,
                beta: r.beta,
                loss_sum: r.loss_sum,
                // The GPU counts steps from where its lanes were put there.
                diverged: r.diverged.map(|step| step + self.wave.first_step),
            })
            .collect())
    }

    pub(super) fn begin_evaluation(&mut self) {
        self.on_gpu.clear_counts();
    }

    pub(super) fn evaluation_capacity(&self) -> u32 {
        self.on_gpu.evaluation_capacity()
    }

    pub(super) async fn evaluate(
        &mut self,
        task: u32,
        images: Range<u32>,
    ) -> Result<(), EngineError> {
        let gpu = self.on_gpu.gpu();
        let watch = gpu.watch();
        self.on_gpu.evaluate(task, images, true);
        Ok(watch.end().await?)
    }

    pub(super) async fn correlations(&self) -> Result<Vec<Vec<Option<f64>>>, EngineError> {
        Ok(self.on_gpu.correlations().await?)
    }

    pub(super) async fn lane(&self, lane: usize) -> Result<LaneState<f32>, EngineError> {
        Ok(self.on_gpu.lane(lane as u32).await?)
    }

    pub(super) async fn digests(&self, counts: &[Vec<Counts>]) -> Result<Vec<Digest>, EngineError> {
        let of = |lane, state| digest::of_lane(&state, digest::counts_of(counts, lane));
        Ok(self.on_gpu.each_lane(of).await?)
    }

    pub(super) async fn lanes(&self) -> Result<Vec<LaneState<f32>>, EngineError> {
        Ok(self.on_gpu.all_lanes().await?)
    }

    pub(super) async fn counts(&self) -> Result<Vec<Vec<Counts>>, EngineError> {
        let model = &self.wave.model;
        let answers = model.heads.len() * model.lesions().len();
        let all = self.on_gpu.counts().await?;
        let of_task = answers + model.layers.len();
        Ok(all
            .chunks_exact(of_task * self.wave.config.tasks as usize)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits;

    #[test]
    fn a_missing_image_is_an_error_not_another_image() {
        let images = digits(0, 5, 0).train;
        let mut uploaded = Uploaded::none_of("training", &images);
        let mut bytes = Vec::new();
        uploaded.add(&images, &[3, 1, 3], &mut bytes);
        assert_eq!(bytes, [images.image(3), images.image(1)].concat());
        assert_eq!((uploaded.index(3), uploaded.index(1)), (Ok(0), Ok(1)));
        for image in [0, 5, 900] {
            let set = "training";
            assert_eq!(
                uploaded.index(image),
                Err(EngineError::MissingImage { set, image })
            );
        }
    }
}

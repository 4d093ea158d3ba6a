//! The work of a slice: observe steps, images evaluated, lanes recorded.

use web_time::Instant;

use super::plan::KEPT_BYTES;
use super::{Driver, Kept, Next, Note, RunError, SLICE};
use crate::config::{Condition, Lane};
use crate::engine::Engine;
use crate::numeric::widen;
use crate::results::record::{Evaluation, TaskRecord};

impl Driver {
    /// Evaluates images in pieces until the slice is full.
    pub(super) async fn evaluate(
        &mut self,
        engine: &mut Engine,
        mut task: u32,
        mut image: u32,
    ) -> Result<(), RunError> {
        let start = Instant::now();
        let lanes = self.waves[self.wave].len();
        let images = self.run.config.evaluation_images;
        while task < self.run.config.tasks {
            let left = SLICE - start.elapsed().as_secs_f64();
            let fit = self.clock.images_of(left);
            if fit == 0 && image + task > 0 && left < SLICE / 2.0 {
                break;
            }
            // Powers of two: every size has its passes prepared once.
            let fit: u32 = 1 << fit.clamp(1, 1 << 20).ilog2();
            let fit = fit.next_multiple_of(engine.evaluation_piece());
            let to = images.min(image + engine.evaluation_capacity().min(fit));
            let piece = Instant::now();
            engine.evaluate(task, image..to).await?;
            self.clock.evaluated(to - image, lanes, piece.elapsed());
            image = to;
            if image == images {
                (task, image) = (task + 1, 0);
            }
        }
        self.next = if task == self.run.config.tasks {
            Next::Record
        } else {
            Next::Evaluate { task, image }
        };
        Ok(())
    }

    /// Takes as many steps of the task in progress as fill a slice, or one.
    pub(super) async fn train(
        &mut self,
        engine: &mut Engine,
        step: u32,
        one_step: bool,
    ) -> Result<(), RunError> {
        let start = Instant::now();
        let per_task = self.run.config.steps_per_task();
        let task = step / per_task;
        if step.is_multiple_of(per_task) {
            engine.begin_task(task)?;
        }
        let end = (task + 1) * per_task;
        let fit = if one_step {
            1
        } else {
            self.clock.steps_of_a_slice()
        };
        let to = step.saturating_add(fit).min(end);
        engine.advance(step..to).await?;
        let lanes = self.waves[self.wave].len();
        self.clock.trained(to - step, lanes, start.elapsed());
        self.next = if to < end {
            Next::Step(to)
        } else {
            self.learned_tasks = task + 1;
            if self.run.is_evaluated(self.learned_tasks) {
                engine.begin_evaluation();
                Next::Evaluate { task: 0, image: 0 }
            } else {
                Next::Record
            }
        };
        Ok(())
    }

    /// Records every lane of the wave, and keeps their values.
    pub(super) async fn record(&mut self, engine: &Engine) -> Result<Vec<Note>, RunError> {
        let readings = engine.read().await?;
        let counted = if self.run.is_evaluated(self.learned_tasks) {
            Some((engine.counts().await?, engine.correlations().await?))
        } else {
            None
        };
        let lanes = self.waves[self.wave].len();
        let last = self.learned_tasks == self.run.config.tasks;
        let bytes = lanes * self.run.model.parameters() * size_of::<f32>();
        let forks = self.run.forks_after(self.learned_tasks);
        let kept = if !last && self.learned_tasks > 0 && (forks || bytes <= KEPT_BYTES) {
            Some(Kept {
                tasks_learned: self.learned_tasks,
                states: engine.lanes().await?,
            })
        } else {
            None
        };
        let counts = counted.as_ref().map_or(&[][..], |(counts, _)| counts);
        let read = kept.as_ref().map(|kept| &kept.states[..]);
        let digests = engine.digests(read, counts).await?;
        let snapshots = self.take_snapshots(engine, last).await?;
        self.collect(engine).await?;
        // Nothing can fail from here on: a record is reported once.
        let mut notes: Vec<Note> = snapshots
            .into_iter()
            .map(|(lane, snapshot)| Note::Snapshot {
                lane,
                tasks_learned: self.learned_tasks,
                snapshot,
            })
            .collect();
        let steps = f64::from(self.run.config.steps_per_task());
        for (i, reading) in readings.iter().enumerate() {
            let lane = self.waves[self.wave][i];
            if self.results[lane].diverged_at_step.is_some() {
                continue;
            }
            if let Some(step) = reading.diverged {
                // A frozen lane would start from what this one can't learn any more.
                for lane in [Some(lane), self.frozen_from(lane)].into_iter().flatten() {
                    self.results[lane].diverged_at_step = Some(step);
                    notes.push(Note::Diverged { lane, step });
                }
                continue;
            }
            let record = TaskRecord {
                tasks_learned: self.learned_tasks,
                alpha: widen(&reading.alpha),
                beta: widen(&reading.beta),
                // A sum may be too large for float32 where none of its terms is.
                meta_loss: (self.learned_tasks > 0)
                    .then(|| f64::from(reading.loss_sum) / steps)
                    .filter(|loss| loss.is_finite()),
                evaluation: counted.as_ref().map(|(counts, correlations)| {
                    let images = self.run.config.evaluation_images;
                    Evaluation::of(&self.run.model, images, &counts[i], correlations[i].clone())
                }),
                digest: digests.get(i).copied(),
            };
            if last {
                self.learned[lane] = Some((reading.alpha.clone(), reading.beta.clone()));
            }
            self.results[lane].records.push(record.clone());
            notes.push(Note::Measured { lane, record });
        }
        notes.push(Note::TaskEnd);
        self.kept = kept;
        self.recovered = false;
        self.next = Next::Step(self.learned_tasks * self.run.config.steps_per_task());
        Ok(notes)
    }

    /// The frozen lane that starts from a meta lane's final values.
    pub(super) fn frozen_from(&self, lane: usize) -> Option<usize> {
        let Lane { seed, condition } = self.run.lanes[lane];
        let condition = (condition == Condition::Meta).then_some(Condition::Frozen)?;
        self.run
            .lanes
            .iter()
            .position(|l| *l == Lane { seed, condition })
    }
}

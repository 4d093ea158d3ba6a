//! One observe step walked through: what it sees, what each inner step changes, and what comes of it.
//!
//! The reference takes it in float32 from a lane's present values. Its numbers are norms: a matrix's change
//! is the L2 norm over all its weights.

use serde::{Deserialize, Serialize};

use crate::config::{Condition, Config};
use crate::data::{ClassSet, Dataset};
use crate::inspect::Picture;
use crate::lane::{HostLane, Sample};
use crate::model::{LaneState, Model, Rule};
use crate::numeric::{argmax, widen};
use crate::reference::Reference;
use crate::stream::Stream;

/// One sample that the step sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TracedSample {
    /// Its pixels as the network gets them, 0 to 255, row by row.
    pub pixels: Vec<u8>,
    /// Its task, from 0.
    pub task: u32,
    /// Its category label, from 0.
    pub category: u32,
    /// Its item label, where there is an item task.
    pub item: Option<u32>,
}

/// One inner step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TracedInner {
    /// The current sample's cross-entropy before it, summed over heads.
    pub loss: f64,
    /// The meta-loss after it: the mean cross-entropy of all samples with the fast weights.
    pub meta_loss: f64,
    /// For each matrix, how far the fast weights are from W.
    pub moved: Vec<f64>,
}

/// One unit of h1 through a step: its weights as images, which see the digits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TracedUnit {
    /// Which: the one whose fast weights moved farthest.
    pub unit: u32,
    /// Its weights W before the step.
    pub before: Picture,
    /// How far its fast weights are from W after the last inner step.
    pub fast: Picture,
    /// How far W moves in the update.
    pub update: Picture,
}

/// A whole step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct StepTrace {
    /// The step, counted from 0 over the whole stream.
    pub step: u32,
    /// The task being learned, from 0.
    pub task: u32,
    /// Current samples, in the order of the inner steps.
    pub current: Vec<TracedSample>,
    /// Replayed samples; empty while the memory is.
    pub replay: Vec<TracedSample>,
    /// Mean cross-entropy of all samples with W, before the look-ahead.
    pub loss_before: f64,
    /// One inner step for each current sample, in their order.
    pub inner: Vec<TracedInner>,
    /// The meta-loss: the mean of the inner steps'.
    pub meta_loss: f64,
    /// For each matrix, the norm of W.
    pub weights: Vec<f64>,
    /// For each matrix, the norm of the meta-gradient of W.
    pub weights_gradient: Vec<f64>,
    /// For each matrix, the meta-gradient of alpha.
    pub alpha_gradient: Vec<f64>,
    /// For each layer, the meta-gradient of beta.
    pub beta_gradient: Vec<f64>,
    /// What clipping leaves of the gradients of W, alpha and beta: 1 is all.
    pub clip: [f64; 3],
    /// For each matrix, how far W moves.
    pub weights_moved: Vec<f64>,
    /// For each matrix its alpha, before the update and after it.
    pub alpha: [Vec<f64>; 2],
    /// For each layer its beta, before the update and after it.
    pub beta: [Vec<f64>; 2],
    /// One unit of h1, seen closer.
    pub unit: TracedUnit,
}

impl StepTrace {
    /// Whether all its numbers are finite, as files need them: a lane's that diverges may not be.
    pub fn is_finite(&self) -> bool {
        let lists = [
            &self.weights,
            &self.weights_gradient,
            &self.alpha_gradient,
            &self.beta_gradient,
            &self.weights_moved,
        ];
        let pictures = [&self.unit.before, &self.unit.fast, &self.unit.update];
        let inner = self.inner.iter();
        let inner = inner.flat_map(|i| i.moved.iter().chain([&i.loss, &i.meta_loss]));
        lists
            .into_iter()
            .chain(&self.alpha)
            .chain(&self.beta)
            .flatten()
            .chain(&self.clip)
            .chain([&self.loss_before, &self.meta_loss])
            .chain(inner)
            .chain(pictures.map(|p| &p.scale))
            .all(|x| x.is_finite())
    }
}

fn norm<'a>(values: impl Iterator<Item = &'a f32>) -> f64 {
    values
        .map(|&x| f64::from(x) * f64::from(x))
        .sum::<f64>()
        .sqrt()
}

fn distance(a: &[Vec<f32>], b: &[Vec<f32>]) -> Vec<f64> {
    let apart = |(a, b): (&Vec<f32>, &Vec<f32>)| {
        let squares = a.iter().zip(b).map(|(x, y)| f64::from(x - y).powi(2));
        squares.sum::<f64>().sqrt()
    };
    a.iter().zip(b).map(apart).collect()
}

/// One unit's weights out of a matrix (`[fan_in x units]`), less another matrix's where there is one.
fn unit_weights(of: &[f32], less: Option<&[f32]>, unit: usize, units: usize) -> Vec<f32> {
    let mine = |matrix: &[f32]| -> Vec<f32> {
        let all = matrix.iter().skip(unit).step_by(units);
        all.copied().collect()
    };
    match less {
        None => mine(of),
        Some(less) => mine(of)
            .iter()
            .zip(mine(less))
            .map(|(a, b)| a - b)
            .collect(),
    }
}

impl TracedUnit {
    /// From the first matrix before a step, after its last inner step, and after its update: `[fan_in x
    /// units]`.
    fn of(before: &[f32], fast: &[f32], after: &[f32], units: usize) -> Self {
        let moved = |unit| norm(unit_weights(fast, Some(before), unit, units).iter());
        let far: Vec<f64> = (0..units).map(moved).collect();
        let unit = argmax(&far);
        let picture = |of, less| Picture::of(&unit_weights(of, less, unit, units));
        Self {
            unit: unit as u32,
            before: picture(before, None),
            fast: picture(fast, Some(before)),
            update: picture(after, Some(before)),
        }
    }
}

/// A sample made ready: its image as its task shows it, its labels, the classes that it is told apart among,
/// and what is told of it.
type Ready = (Vec<f32>, [u32; 2], Option<ClassSet>, TracedSample);

impl StepTrace {
    /// Takes a lane's step `step` of its seed's stream; none if there is no such step.
    pub fn of(
        (config, condition): (&Config, Condition),
        model: &Model,
        data: &Dataset,
        stream: &Stream,
        state: LaneState<f32>,
        step: u32,
    ) -> Option<Self> {
        let seen = stream.steps.get(step as usize)?;
        let ready = |list: &[u32]| -> Vec<Ready> {
            list.iter()
                .map(|&sample| {
                    let image = stream.image(sample) as usize;
                    let task = stream.task_of(sample);
                    let mut input = vec![0.0; data.info.pixels()];
                    let turn = stream.tasks[task as usize].view.turn(data.info.side);
                    turn.apply(data.train.image(image), &mut input);
                    let category = u32::from(data.train.labels[image]);
                    let traced = TracedSample {
                        pixels: input.iter().map(|&x| (x * 255.0) as u8).collect(),
                        task,
                        category,
                        item: config.item_head.then_some(sample),
                    };
                    (input, [category, sample], stream.among(task), traced)
                })
                .collect()
        };
        let (current, replay) = (ready(&seen.current), ready(&seen.replay));
        fn samples(list: &[Ready], heads: usize) -> Vec<Sample<'_, f32>> {
            list.iter()
                .map(|(input, labels, among, _)| Sample {
                    input,
                    labels: &labels[..heads],
                    among: *among,
                })
                .collect()
        }
        let heads = model.heads.len();
        let (now, before) = (samples(&current, heads), samples(&replay, heads));
        let rule = Rule::of(config, condition);
        let mut lane = Reference::new(model, &rule, state.clone());
        let start = lane.weights().to_vec();
        let mut inner = Vec::new();
        let mut fast = start[0].clone();
        let gradient = lane.meta_gradient_watched(&now, &before, &mut |seen| {
            inner.push(TracedInner {
                loss: seen.loss.into(),
                meta_loss: seen.meta_loss.into(),
                moved: distance(seen.fast, &start),
            });
            fast.clone_from(&seen.fast[0]);
        });
        let clip = lane.clip(&gradient);
        let all: Vec<Sample<'_, f32>> = before.iter().chain(&now).copied().collect();
        let loss_before = lane.mean_loss(&all).into();
        lane.observe(&now, &before);
        let after = lane.state();
        Some(Self {
            step,
            task: seen.task,
            current: current.into_iter().map(|(.., t)| t).collect(),
            replay: replay.into_iter().map(|(.., t)| t).collect(),
            loss_before,
            inner,
            meta_loss: gradient.loss.into(),
            weights: start.iter().map(|w| norm(w.iter())).collect(),
            weights_gradient: gradient.weights.iter().map(|g| norm(g.iter())).collect(),
            alpha_gradient: widen(&gradient.alpha),
            beta_gradient: widen(&gradient.beta),
            clip: [clip.weights.into(), clip.alpha.into(), clip.beta.into()],
            weights_moved: distance(lane.weights(), &start),
            alpha: [widen(&state.alpha), widen(&after.alpha)],
            beta: [widen(&state.beta), widen(&after.beta)],
            unit: TracedUnit::of(
                &start[0],
                &fast,
                &lane.weights()[0],
                model.matrices[0].units,
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits;
    use crate::experiments;
    use crate::model::initial;

    #[test]
    fn a_trace_tells_the_step_that_is_taken() {
        let mut config = experiments::find("quick").unwrap().config;
        config.hidden = vec![20, 15];
        config.tasks = 3;
        let data = digits(3, 400, 120);
        let stream = Stream::new(&config, 5, &data.pool()).unwrap();
        let model = Model::new(&config, &data.info);
        let state = initial(&model, &config, 5);
        let of = |condition, step| {
            StepTrace::of(
                (&config, condition),
                &model,
                &data,
                &stream,
                state.clone(),
                step,
            )
        };
        let t = of(Condition::Meta, 7).unwrap();
        assert_eq!((t.current.len(), t.replay.len(), t.inner.len()), (5, 5, 5));
        let mean = t.inner.iter().map(|i| i.meta_loss).sum::<f64>() / 5.0;
        assert!((mean - t.meta_loss).abs() < 1e-5, "{mean} {}", t.meta_loss);
        // The update is what the rule says of the gradients shown.
        for m in 0..3 {
            let alpha = t.alpha[0][m] - config.eta_alpha * t.clip[1] * t.alpha_gradient[m];
            assert!((alpha - t.alpha[1][m]).abs() < 1e-6);
            let moved = t.alpha[1][m] * t.clip[0] * t.weights_gradient[m];
            assert!((moved - t.weights_moved[m]).abs() < 1e-5 * moved.max(0.1));
            assert!(t.inner.windows(2).all(|w| w[1].moved[m] != w[0].moved[m]));
        }
        for l in 0..2 {
            let beta = t.beta[0][l] - config.eta_beta * t.clip[2] * t.beta_gradient[l];
            assert!((beta - t.beta[1][l]).abs() < 1e-6);
        }
        // The unit seen closer: no other's fast weights moved farther.
        let whole = t.inner[4].moved[0];
        let seen = &t.unit;
        assert!((seen.unit as usize) < 20 && seen.fast.scale > 0.0);
        assert!(seen.fast.scale <= whole && seen.update.scale <= t.weights_moved[0]);
        assert!(whole * whole <= 20.0 * model.inputs as f64 * seen.fast.scale.powi(2));
        let still = of(Condition::Baseline, 7).unwrap();
        assert_eq!(still.alpha[0], still.alpha[1]);
        assert_eq!(still.inner, t.inner);
        assert_eq!(of(Condition::Meta, 60), None);
        // The very first step has nothing to replay.
        assert!(of(Condition::Meta, 0).unwrap().replay.is_empty());
    }
}

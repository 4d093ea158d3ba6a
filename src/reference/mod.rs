//! The reference: the method as the textbook has it, in plain loops, over float32 or float64. The oracle.
//!
//! Nothing here is clever: the look-ahead's weights F are copies, every gradient is a full matrix.
//! [`network`] is one network's forward and backward pass, [`second_order`] the way back through the inner
//! steps, and this file is one observe step. Formulas: Zhou & Schapiro as given in the README, "The method".
//!
//! Matrices are kept by inputs, `[fan_in x units]`, so that `z += w u` runs along memory; inputs that are
//! exactly 0 are passed over. [`LaneState`] has them by units, `[units x fan_in]`, as everybody else does.

#[cfg(test)]
mod finite_differences;
pub mod network;
mod second_order;

use crate::lane::{HostLane, Sample, Seen};
use crate::model::{LaneState, Lesion, Model, Rule, transposed};
use crate::numeric::{Real, dot};
use network::{Labels, Network, Trace};

/// What a network makes of one image, with its weights W.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome<T> {
    /// For each head: `[classes]`.
    pub logits: Vec<Vec<T>>,
    /// Units with h > 0 of each layer.
    pub active: Vec<u32>,
    /// Each layer's outputs h, not scaled: `[units]`.
    pub outputs: Vec<Vec<T>>,
    /// Each layer's pre-activation z, before competition: `[units]`.
    pub pre_activation: Vec<Vec<T>>,
    /// Each layer's c, the k-th largest pre-activation; 0 without competition.
    pub kth_largest: Vec<T>,
}

/// The meta-gradient of one observe step, before clipping.
#[derive(Clone, Debug, PartialEq)]
pub struct MetaGradient<T> {
    /// The meta-loss L.
    pub loss: T,
    /// dL/dW of each matrix, by inputs: `[fan_in x units]`.
    pub weights: Vec<Vec<T>>,
    /// dL/dalpha of each matrix; 0 where alpha <= 0.
    pub alpha: Vec<T>,
    /// dL/dbeta of each layer.
    pub beta: Vec<T>,
}

/// One inner step of the look-ahead, for who watches.
#[derive(Debug)]
pub struct Inner<'a, T> {
    /// The current sample's cross-entropy, summed over heads, before the step.
    pub loss: T,
    /// The mean cross-entropy of all samples after it: L_j.
    pub meta_loss: T,
    /// The fast weights after it, each matrix by inputs: `[fan_in x units]`.
    pub fast: &'a [Vec<T>],
}

/// How much each group of a meta-gradient is scaled so that none is longer than the bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clip<T> {
    /// The factor of all weights' gradients, at most 1.
    pub weights: T,
    /// The factor of all alphas' gradients, at most 1.
    pub alpha: T,
    /// The factor of all betas' gradients, at most 1.
    pub beta: T,
}

/// One lane, trained by the textbook's formulas.
#[derive(Clone, Debug)]
pub struct Reference<T> {
    network: Network,
    rule: Rule,
    /// Each matrix by inputs: `[fan_in x units]`.
    weights: Vec<Vec<T>>,
    alpha: Vec<T>,
    beta: Vec<T>,
}

impl<T: Real> Reference<T> {
    /// A lane with its values before training.
    pub fn new(model: &Model, rule: &Rule, state: LaneState<T>) -> Self {
        let weights = model
            .matrices
            .iter()
            .zip(&state.weights)
            .map(|(m, w)| transposed(w, m.units, m.fan_in))
            .collect();
        Self {
            network: Network::new(model, rule),
            rule: rule.clone(),
            weights,
            alpha: state.alpha,
            beta: state.beta,
        }
    }

    /// W: each matrix by inputs, `[fan_in x units]`.
    pub fn weights(&self) -> &[Vec<T>] {
        &self.weights
    }

    /// The mean cross-entropy of some samples with W, summed over heads; 0 of none.
    pub fn mean_loss(&self, samples: &[Sample<'_, T>]) -> T {
        let loss = |sample: &Sample<'_, T>| {
            let input = self.network.scaled(sample.input);
            let trace = self
                .network
                .forward(&self.weights, &self.beta, &input, Lesion::Intact);
            self.network
                .backward(&self.weights, &trace, &Labels::of(sample))
                .loss
        };
        samples.iter().map(loss).sum::<T>() / T::of(samples.len().max(1) as f64)
    }

    /// What the network makes of an image with W, with or without a pathway.
    pub fn forward(&self, input: &[T], lesion: Lesion) -> Outcome<T> {
        let trace = self.network.forward(
            &self.weights,
            &self.beta,
            &self.network.scaled(input),
            lesion,
        );
        Outcome {
            active: trace
                .layers
                .iter()
                .map(|l| l.h.iter().filter(|h| **h > T::zero()).count() as u32)
                .collect(),
            kth_largest: trace.layers.iter().map(|l| l.kth_largest).collect(),
            outputs: trace.layers.iter().map(|l| l.h.clone()).collect(),
            pre_activation: trace.layers.into_iter().map(|l| l.z).collect(),
            logits: trace.logits,
        }
    }

    /// The meta-gradient of an observe step at W, alpha, beta; first or second order as the rule says.
    pub fn meta_gradient(
        &self,
        current: &[Sample<'_, T>],
        replay: &[Sample<'_, T>],
    ) -> MetaGradient<T> {
        self.meta_gradient_watched(current, replay, &mut |_| ())
    }

    /// How a meta-gradient is clipped: each group by itself.
    pub fn clip(&self, gradient: &MetaGradient<T>) -> Clip<T> {
        let bound = T::of(self.rule.knobs.clip_norm);
        let clip = |square: T| T::one().min(bound / (square.sqrt() + T::of(1e-6)));
        let square = |v: &[T]| dot(v, v);
        Clip {
            weights: clip(gradient.weights.iter().map(|g| square(g)).sum()),
            alpha: clip(square(&gradient.alpha)),
            beta: clip(square(&gradient.beta)),
        }
    }

    /// The same as [`Self::meta_gradient`], showing each inner step.
    pub fn meta_gradient_watched(
        &self,
        current: &[Sample<'_, T>],
        replay: &[Sample<'_, T>],
        watch: &mut dyn FnMut(Inner<'_, T>),
    ) -> MetaGradient<T> {
        fn scaled<'a, T: Real>(
            network: &Network,
            samples: &[Sample<'a, T>],
        ) -> Vec<(Vec<T>, Labels<'a>)> {
            let samples = samples.iter();
            samples
                .map(|s| (network.scaled(s.input), Labels::of(s)))
                .collect()
        }
        let current = scaled(&self.network, current);
        let batch = [scaled(&self.network, replay), current.clone()].concat();
        let rates: Vec<T> = self.alpha.iter().map(|a| a.max(T::zero())).collect();
        let zeros = || -> Vec<Vec<T>> {
            self.weights
                .iter()
                .map(|w| vec![T::zero(); w.len()])
                .collect()
        };
        let steps = T::of(current.len() as f64);
        let share = T::one() / (steps * T::of(batch.len() as f64));

        let mut loss = T::zero();
        let mut d_weights = zeros();
        let mut d_alpha = vec![T::zero(); self.alpha.len()];
        let mut d_beta = vec![T::zero(); self.beta.len()];
        let mut fast = self.weights.clone();
        let mut inner_sum = zeros();
        let mut inner_steps = Vec::new();
        for (input, labels) in &current {
            // The inner step: one sample's gradient, every matrix with its own rate.
            let trace = self
                .network
                .forward(&fast, &self.beta, input, Lesion::Intact);
            let back = self.network.backward(&fast, &trace, labels);
            if self.rule.knobs.second_order {
                inner_steps.push(second_order::InnerStep {
                    fast: fast.clone(),
                    trace: trace.clone(),
                    back: back.clone(),
                    after: Vec::new(),
                });
            }
            for (m, &rate) in rates.iter().enumerate() {
                self.network
                    .add_gradient(m, &trace, &back, -rate, &mut fast[m]);
                self.network
                    .add_gradient(m, &trace, &back, T::one(), &mut inner_sum[m]);
            }
            // The meta-loss with the fast weights, on replayed and current samples.
            let mut after = zeros();
            let before = loss;
            for (input, labels) in &batch {
                let trace: Trace<T> =
                    self.network
                        .forward(&fast, &self.beta, input, Lesion::Intact);
                let back = self.network.backward(&fast, &trace, labels);
                loss += back.loss * share;
                for (m, after) in after.iter_mut().enumerate() {
                    self.network.add_gradient(m, &trace, &back, share, after);
                }
                for ((d, layer), delta) in d_beta.iter_mut().zip(&trace.layers).zip(&back.layers) {
                    let sum: T = delta.delta.iter().copied().sum();
                    *d -= share * sum * layer.kth_largest;
                }
            }
            watch(Inner {
                loss: back.loss,
                meta_loss: (loss - before) * steps,
                fast: &fast,
            });
            if let Some(step) = inner_steps.last_mut() {
                step.after = after;
            } else {
                for (m, after) in after.iter().enumerate() {
                    d_alpha[m] -= dot(after, &inner_sum[m]);
                    d_weights[m]
                        .iter_mut()
                        .zip(after)
                        .for_each(|(d, &g)| *d += g);
                }
            }
        }
        if self.rule.knobs.second_order {
            second_order::back_through(
                &self.network,
                &rates,
                &inner_steps,
                (&mut d_weights, &mut d_alpha, &mut d_beta),
            );
        }
        for (d, &alpha) in d_alpha.iter_mut().zip(&self.alpha) {
            if alpha <= T::zero() {
                *d = T::zero();
            }
        }
        MetaGradient {
            loss,
            weights: d_weights,
            alpha: d_alpha,
            beta: d_beta,
        }
    }
}

impl<T: Real> HostLane<T> for Reference<T> {
    fn silence(&mut self, units: Vec<usize>) {
        self.network.silenced = units;
    }

    fn observe(&mut self, current: &[Sample<'_, T>], replay: &[Sample<'_, T>]) -> T {
        let mut gradient = self.meta_gradient(current, replay);
        let clip = self.clip(&gradient);
        if self.rule.learn_alpha {
            let eta = T::of(self.rule.knobs.eta_alpha) * clip.alpha;
            self.alpha
                .iter_mut()
                .zip(&gradient.alpha)
                .for_each(|(a, &g)| *a -= eta * g);
        }
        if self.rule.learn_beta {
            let eta = T::of(self.rule.knobs.eta_beta) * clip.beta;
            self.beta
                .iter_mut()
                .zip(&gradient.beta)
                .for_each(|(b, &g)| *b -= eta * g);
        }
        // The weights are updated last, with the alpha just updated.
        for ((w, g), &alpha) in self
            .weights
            .iter_mut()
            .zip(&mut gradient.weights)
            .zip(&self.alpha)
        {
            let rate = if self.rule.knobs.sync_update {
                T::of(self.rule.knobs.eta_w)
            } else {
                alpha.max(T::zero())
            };
            let rate = rate * clip.weights;
            w.iter_mut()
                .zip(g.iter())
                .for_each(|(w, &g)| *w -= rate * g);
        }
        gradient.loss
    }

    fn rates(&self) -> (&[T], &[T]) {
        (&self.alpha, &self.beta)
    }

    fn state(&self) -> LaneState<T> {
        let matrices = self.network.model.matrices.iter();
        LaneState {
            weights: matrices
                .zip(&self.weights)
                .map(|(m, w)| transposed(w, m.fan_in, m.units))
                .collect(),
            alpha: self.alpha.clone(),
            beta: self.beta.clone(),
        }
    }

    /// Image by image, each lesion by a whole forward pass.
    fn evaluate(&self, images: &[T], lesions: &[Lesion], see: &mut dyn FnMut(Seen<'_, T>)) {
        let images = images.chunks_exact(self.network.model.inputs);
        for (first, image) in images.enumerate() {
            for (lesion, &left_out) in lesions.iter().enumerate() {
                let outcome = self.forward(image, left_out);
                for (head, logits) in outcome.logits.iter().enumerate() {
                    see(Seen::Logits {
                        first,
                        head,
                        lesion,
                        logits,
                    });
                }
                if left_out == Lesion::Intact {
                    for (layer, outputs) in outcome.outputs.iter().enumerate() {
                        see(Seen::Outputs { layer, outputs });
                    }
                }
            }
        }
    }
}

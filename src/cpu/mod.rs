//! The fast engine without a GPU: the look-ahead without its copies, matrix products by the `gemm` crate,
//! one lane on one core.
//!
//! The stages and their order are the GPU's ([`crate::gpu::passes`]): B + 1 sweeps a step, of which sweep s
//! takes all samples through the look-ahead after s inner steps, and its column s is the next inner step.
//! [`stages`] are those of a sweep, [`product`] the matrix products, [`second_order`] the way back
//! through the inner steps. The widest instructions of the processor are found at run time.

mod evaluation;
pub mod product;
mod second_order;
mod stages;
mod vector;
mod workspace;

use std::sync::Arc;

use crate::lane::{HostLane, Sample, Seen};
use crate::model::{LaneState, Lesion, Model, Rule, Source, Target, transposed};
use second_order::Terms;
use stages::{At, Competition, Term};
use workspace::Workspace;

/// One lane.
#[derive(Clone, Debug)]
pub struct Cpu {
    model: Arc<Model>,
    rule: Rule,
    /// Each matrix by inputs: `[fan_in][units]`.
    weights: Vec<Vec<f32>>,
    alpha: Vec<f32>,
    beta: Vec<f32>,
    /// Units of h4_L that the lesion of some of them leaves out.
    silenced: Vec<usize>,
    workspace: Workspace,
    arch: pulp::Arch,
}

/// An image as the first layer gets it.
fn scale_input(unit_length: bool, image: &[f32], input: &mut [f32]) {
    let scale = if unit_length {
        1.0 / vector::dot(image, image).sqrt().max(stages::SILENT)
    } else {
        1.0
    };
    for (to, x) in input.iter_mut().zip(image) {
        *to = x * scale;
    }
}

impl Cpu {
    /// A lane with its values before training.
    pub fn new(model: &Arc<Model>, rule: &Rule, state: &LaneState<f32>) -> Self {
        let weights = model
            .matrices
            .iter()
            .zip(&state.weights)
            .map(|(m, w)| transposed(w, m.units, m.fan_in))
            .collect();
        Self {
            model: model.clone(),
            rule: rule.clone(),
            weights,
            alpha: state.alpha.clone(),
            beta: state.beta.clone(),
            silenced: Vec::new(),
            workspace: Workspace::default(),
            arch: pulp::Arch::new(),
        }
    }

    /// u_i . u for every input column and every current sample.
    #[inline(always)]
    fn overlap(&mut self) {
        let Workspace {
            inner,
            inputs,
            input_dots,
            ..
        } = &mut self.workspace;
        let width = self.model.inputs;
        for (u, dots) in inputs
            .chunks_exact(width)
            .zip(input_dots.chunks_exact_mut(*inner))
        {
            for (dot, v) in dots.iter_mut().zip(inputs.chunks_exact(width)) {
                *dot = vector::dot(u, v);
            }
        }
    }

    /// A matrix's rate in the look-ahead.
    fn rate(&self, matrix: usize) -> f32 {
        self.alpha[matrix].max(0.0)
    }

    /// Overlaps at the source of a matrix, of this sweep's columns.
    fn source_dots<'a>(
        workspace: &'a Workspace,
        model: &Model,
        at: At,
        matrix: usize,
    ) -> &'a [f32] {
        match model.matrices[matrix].source {
            Source::Input => &workspace.input_dots,
            Source::Layer(l) => &workspace.layers[l].act_dots[at.first() * at.inner..],
        }
    }

    /// A layer's competition.
    fn competition(&self, l: usize) -> Competition {
        Competition {
            k: self.rule.competition.then(|| self.model.layers[l].k),
            beta: self.beta[l],
            unit_length: self.rule.unit_length_inputs,
        }
    }

    fn layer_forward(&mut self, model: &Model, at: At, l: usize) {
        let layer = &model.layers[l];
        let units = layer.units;
        let how = self.competition(l);
        let rate = self.rate(layer.matrix);
        let first = at.first() * units;
        let (below, here) = self.workspace.layers.split_at_mut(l);
        let workspace = &mut here[0];
        let z = &mut workspace.acts[first..first + at.present * units];
        let dots = match layer.source {
            Source::Input => {
                z.copy_from_slice(&workspace.pre_activation[..at.present * units]);
                &self.workspace.input_dots[..]
            }
            Source::Layer(s) => {
                let fan_in = model.layers[s].units;
                let u = &below[s].acts[at.first() * fan_in..][..at.present * fan_in];
                product::dense(&self.weights[layer.matrix], units, u, fan_in, z, false);
                &below[s].act_dots[at.first() * at.inner..]
            }
        };
        self.arch.dispatch(
            #[inline(always)]
            || {
                stages::compete(
                    at,
                    units,
                    how,
                    (rate, dots),
                    &workspace.deltas,
                    &mut workspace.acts,
                    (&mut workspace.norm, &mut workspace.kth_largest),
                    &mut workspace.act_dots,
                );
            },
        );
    }

    fn head(&mut self, model: &Model, at: At, h: usize, labels: &[u32]) {
        let classes = model.heads[h].classes;
        let first = at.first() * classes;
        let mut head = std::mem::take(&mut self.workspace.heads[h]);
        let mut terms: Vec<Term<'_>> = Vec::new();
        for (i, m) in model.into_head(h).enumerate() {
            let fan_in = model.matrices[m].fan_in;
            if let Source::Layer(s) = model.matrices[m].source {
                let u =
                    &self.workspace.layers[s].acts[at.first() * fan_in..][..at.present * fan_in];
                let z = &mut head.deltas[first..first + at.present * classes];
                product::dense(&self.weights[m], classes, u, fan_in, z, i > 0);
            }
            terms.push((
                self.rate(m),
                Self::source_dots(&self.workspace, model, at, m),
            ));
        }
        self.arch.dispatch(
            #[inline(always)]
            || {
                stages::softmax(
                    at,
                    classes,
                    &terms,
                    labels,
                    &mut head.deltas,
                    &mut head.loss,
                    &mut head.delta_dots,
                );
            },
        );
        self.workspace.heads[h] = head;
    }

    fn layer_backward(&mut self, model: &Model, at: At, l: usize) {
        let units = model.layers[l].units;
        let first = at.first() * units;
        let mut workspace = std::mem::take(&mut self.workspace.layers[l]);
        let mut terms: Vec<Term<'_>> = Vec::new();
        for (i, m) in model.readers(l).enumerate() {
            let above = model.matrices[m].units;
            let (deltas, dots) = match model.matrices[m].target {
                Target::Layer(t) => {
                    let workspace = &self.workspace.layers[t];
                    (&workspace.deltas, &workspace.delta_dots)
                }
                Target::Head(h) => {
                    let workspace = &self.workspace.heads[h];
                    (&workspace.deltas, &workspace.delta_dots)
                }
            };
            product::dense_back(
                &self.weights[m],
                above,
                &deltas[at.first() * above..][..at.present * above],
                units,
                &mut workspace.deltas[first..first + at.present * units],
                i > 0,
            );
            terms.push((self.rate(m), &dots[at.first() * at.inner..]));
        }
        let unit_length = self.rule.unit_length_inputs;
        let keeps = self.rule.second_order && at.sweep < at.inner;
        self.arch.dispatch(
            #[inline(always)]
            || {
                stages::compete_back(
                    at,
                    units,
                    unit_length,
                    &terms,
                    &workspace.acts,
                    (&workspace.norm, &workspace.kth_largest),
                    &mut workspace.deltas,
                    &mut workspace.beta_gradient,
                    &mut workspace.delta_dots,
                    keeps.then_some(&mut workspace.inner_e[..]),
                );
            },
        );
        self.workspace.layers[l] = workspace;
    }

    /// All norms, the meta-update of alpha and beta, and the weights' update.
    fn finish(&mut self, model: &Model) -> f32 {
        let (inner, columns) = (self.workspace.inner, self.workspace.columns);
        let arch = self.arch;
        for workspace in &mut self.workspace.layers {
            if !workspace.collapsed.is_empty() {
                let (deltas, sum) = (&workspace.deltas, &mut workspace.collapsed);
                arch.dispatch(
                    #[inline(always)]
                    || stages::collapse(inner, deltas, sum),
                );
            }
        }
        let share = 1.0 / (inner * columns) as f32;
        let meta = |v: &[f32]| v[columns..].iter().sum::<f32>();
        let loss = share
            * self
                .workspace
                .heads
                .iter()
                .map(|h| meta(&h.loss))
                .sum::<f32>();
        let mut d_beta: Vec<f32> = self
            .workspace
            .layers
            .iter()
            .map(|l| -share * meta(&l.beta_gradient))
            .collect();
        let (mut d_alpha, extra) = if self.rule.second_order {
            let walked = second_order::walk(self, model);
            for (d, more) in d_beta.iter_mut().zip(walked.beta) {
                *d += more;
            }
            (walked.alpha, Some(walked.terms))
        } else {
            let of = |m| self.alpha_gradient(model, m) * -share;
            ((0..model.matrices.len()).map(of).collect(), None)
        };
        for (d, &alpha) in d_alpha.iter_mut().zip(&self.alpha) {
            if alpha <= 0.0 {
                *d = 0.0;
            }
        }
        let mut overlaps = std::mem::take(&mut self.workspace.overlaps);
        let weight_square: f32 = (0..model.matrices.len())
            .map(|m| {
                let terms = self.terms(model, m, extra.as_deref());
                terms.square(&mut overlaps)
            })
            .sum::<f32>()
            * share
            * share;
        self.workspace.overlaps = overlaps;
        self.meta_update(&d_alpha, &d_beta);
        let scale = share * self.clip(weight_square);
        let mut weights = std::mem::take(&mut self.weights);
        for (m, weights) in weights.iter_mut().enumerate() {
            let rate = if self.rule.sync_update {
                self.rule.eta_w as f32
            } else {
                self.rate(m)
            };
            let terms = self.terms(model, m, extra.as_deref());
            product::update(
                weights,
                model.matrices[m].units,
                terms.deltas(),
                terms.inputs(),
                model.matrices[m].fan_in,
                rate * scale,
            );
        }
        self.weights = weights;
        loss
    }

    fn clip(&self, square: f32) -> f32 {
        (self.rule.clip_norm as f32 / (square.sqrt() + 1e-6)).min(1.0)
    }

    fn meta_update(&mut self, d_alpha: &[f32], d_beta: &[f32]) {
        if self.rule.learn_alpha {
            let step = self.rule.eta_alpha as f32 * self.clip(vector::dot(d_alpha, d_alpha));
            vector::add_scaled(&mut self.alpha, -step, d_alpha);
        }
        if self.rule.learn_beta {
            let step = self.rule.eta_beta as f32 * self.clip(vector::dot(d_beta, d_beta));
            vector::add_scaled(&mut self.beta, -step, d_beta);
        }
    }

    /// sum_j sum_{i<=j} sum_n (Delta_n . delta_i)(u_n . u_i), in first order.
    fn alpha_gradient(&self, model: &Model, matrix: usize) -> f32 {
        let (inner, columns) = (self.workspace.inner, self.workspace.columns);
        let mut sum = 0.0;
        for sweep in 1..=inner {
            let at = At {
                sweep,
                columns,
                present: columns,
                inner,
            };
            let sources = Self::source_dots(&self.workspace, model, at, matrix);
            let targets = match model.matrices[matrix].target {
                Target::Layer(l) => &self.workspace.layers[l].delta_dots,
                Target::Head(h) => &self.workspace.heads[h].delta_dots,
            };
            let targets = &targets[at.first() * inner..];
            for column in 0..columns {
                let row = column * inner;
                sum += vector::dot(&sources[row..row + sweep], &targets[row..row + sweep]);
            }
        }
        sum
    }

    /// The rank-one terms of a matrix's meta-gradient (times the number of columns and sweeps), those of the
    /// second order included.
    fn terms<'a>(&'a self, model: &Model, matrix: usize, extra: Option<&'a [Terms]>) -> Rank<'a> {
        if let Some(extra) = extra {
            return Rank::of(&extra[matrix]);
        }
        let columns = self.workspace.columns;
        let m = &model.matrices[matrix];
        let inputs = match m.source {
            Source::Input => &self.workspace.inputs[..],
            Source::Layer(l) => &self.workspace.layers[l].acts[columns * m.fan_in..],
        };
        let deltas = match m.target {
            Target::Layer(l) if m.source == Source::Input => {
                &self.workspace.layers[l].collapsed[..]
            }
            Target::Layer(l) => &self.workspace.layers[l].deltas[columns * m.units..],
            Target::Head(h) => &self.workspace.heads[h].deltas[columns * m.units..],
        };
        Rank {
            deltas,
            inputs,
            units: m.units,
            fan_in: m.fan_in,
        }
    }
}

impl HostLane<f32> for Cpu {
    fn silence(&mut self, units: Vec<usize>) {
        self.silenced = units;
    }

    fn observe(&mut self, current: &[Sample<'_, f32>], replay: &[Sample<'_, f32>]) -> f32 {
        let (inner, columns) = (current.len(), current.len() + replay.len());
        let model = self.model.clone();
        self.workspace.fit(&model, inner, columns);
        let samples: Vec<&Sample<'_, f32>> = current.iter().chain(replay).collect();
        for (sample, input) in samples
            .iter()
            .zip(self.workspace.inputs.chunks_exact_mut(model.inputs))
        {
            scale_input(self.rule.unit_length_inputs, sample.input, input);
        }
        let labels: Vec<Vec<u32>> = (0..model.heads.len())
            .map(|h| samples.iter().map(|s| s.labels[h]).collect())
            .collect();
        let arch = self.arch;
        arch.dispatch(|| self.overlap());
        for (l, layer) in model.layers.iter().enumerate() {
            if layer.source == Source::Input {
                let Workspace { inputs, layers, .. } = &mut self.workspace;
                let weights = &self.weights[layer.matrix];
                product::dense(
                    weights,
                    layer.units,
                    inputs,
                    model.inputs,
                    &mut layers[l].pre_activation,
                    false,
                );
            }
        }
        for sweep in 0..=inner {
            let at = At {
                sweep,
                columns,
                present: if sweep == 0 { 1 } else { columns },
                inner,
            };
            for l in 0..model.layers.len() {
                self.layer_forward(&model, at, l);
            }
            for (h, labels) in labels.iter().enumerate() {
                self.head(&model, at, h, labels);
            }
            for l in (0..model.layers.len()).rev() {
                self.layer_backward(&model, at, l);
            }
        }
        self.finish(&model)
    }

    fn rates(&self) -> (&[f32], &[f32]) {
        (&self.alpha, &self.beta)
    }

    fn state(&self) -> LaneState<f32> {
        let matrices = self.model.matrices.iter();
        LaneState {
            weights: matrices
                .zip(&self.weights)
                .map(|(m, w)| transposed(w, m.fan_in, m.units))
                .collect(),
            alpha: self.alpha.clone(),
            beta: self.beta.clone(),
        }
    }

    fn evaluate(&self, images: &[f32], lesions: &[Lesion], see: &mut dyn FnMut(Seen<'_, f32>)) {
        self.evaluate_together(images, lesions, see);
    }
}

/// A sum of rank-one terms delta_q u_q^T.
#[derive(Clone, Copy, Debug)]
struct Rank<'a> {
    /// `[q][units]`.
    deltas: &'a [f32],
    /// `[q][fan_in]`.
    inputs: &'a [f32],
    units: usize,
    fan_in: usize,
}

impl<'a> Rank<'a> {
    fn of(terms: &'a Terms) -> Self {
        Self {
            deltas: &terms.deltas,
            inputs: &terms.inputs,
            units: terms.units,
            fan_in: terms.fan_in,
        }
    }

    fn deltas(&self) -> &'a [f32] {
        self.deltas
    }

    fn inputs(&self) -> &'a [f32] {
        self.inputs
    }

    /// |sum_q delta_q u_q^T|^2 = sum_{q,r} (delta_q . delta_r)(u_q . u_r).
    fn square(&self, overlaps: &mut [Vec<f32>; 2]) -> f32 {
        let [deltas, inputs] = overlaps;
        let terms = self.deltas.len() / self.units;
        deltas.resize(deltas.len().max(terms * terms), 0.0);
        inputs.resize(inputs.len().max(terms * terms), 0.0);
        product::gram(self.deltas, self.units, deltas);
        product::gram(self.inputs, self.fan_in, inputs);
        vector::dot(&deltas[..terms * terms], &inputs[..terms * terms])
    }
}

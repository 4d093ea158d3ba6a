//! The end of an observe step: all norms, the meta-update of alpha and beta, and the weights' update.

use metacls_arithmetic::{Level, padded, products, sums};

use super::Cpu;
use super::second_order::{self, Terms};
use super::stages::{self, At};
use crate::model::{Model, Source, Target};

impl Cpu {
    /// All norms, the meta-update of alpha and beta, and the weights' update.
    pub(super) fn finish(&mut self, model: &Model) -> f32 {
        let (inner, columns) = (self.workspace.inner, self.workspace.columns);
        let level = self.level;
        for workspace in &mut self.workspace.layers {
            if !workspace.collapsed.is_empty() {
                let (deltas, sum) = (&workspace.deltas, &mut workspace.collapsed);
                level.dispatch(
                    #[inline(always)]
                    || stages::collapse(inner, deltas, sum),
                );
            }
        }
        let share = 1.0 / (inner * columns) as f32;
        let meta = |v: &[f32]| sums::sum(&v[columns..]);
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
        let (mut d_alpha, extra) = if self.rule.knobs.second_order {
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
                terms.square(level, &mut overlaps)
            })
            .sum::<f32>()
            * share
            * share;
        self.workspace.overlaps = overlaps;
        self.meta_update(&d_alpha, &d_beta);
        let scale = share * self.clip(weight_square);
        let mut weights = std::mem::take(&mut self.weights);
        for (m, weights) in weights.iter_mut().enumerate() {
            let rate = if self.rule.knobs.sync_update {
                self.rule.knobs.eta_w as f32
            } else {
                self.rate(m)
            };
            let terms = self.terms(model, m, extra.as_deref());
            let (deltas, inputs) = (terms.deltas(), terms.inputs());
            products::update(level, weights, deltas, inputs, rate * scale);
        }
        self.weights = weights;
        loss
    }

    fn clip(&self, square: f32) -> f32 {
        (self.rule.knobs.clip_norm as f32 / (square.sqrt() + 1e-6)).min(1.0)
    }

    fn meta_update(&mut self, d_alpha: &[f32], d_beta: &[f32]) {
        if self.rule.learn_alpha {
            let step = self.rule.knobs.eta_alpha as f32 * self.clip(sums::dot(d_alpha, d_alpha));
            sums::add_scaled(&mut self.alpha, -step, d_alpha);
        }
        if self.rule.learn_beta {
            let step = self.rule.knobs.eta_beta as f32 * self.clip(sums::dot(d_beta, d_beta));
            sums::add_scaled(&mut self.beta, -step, d_beta);
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
                sum += sums::dot(&sources[row..row + sweep], &targets[row..row + sweep]);
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
            Source::Layer(l) => &self.workspace.layers[l].acts[columns * padded(m.fan_in)..],
        };
        let deltas = match m.target {
            Target::Layer(l) if m.source == Source::Input => {
                &self.workspace.layers[l].collapsed[..]
            }
            Target::Layer(l) => &self.workspace.layers[l].deltas[columns * padded(m.units)..],
            Target::Head(h) => &self.workspace.heads[h].deltas[columns * padded(m.units)..],
        };
        Rank {
            deltas,
            inputs,
            units: m.units,
            fan_in: m.fan_in,
        }
    }
}

/// A sum of rank-one terms delta_q u_q^T.
#[derive(Clone, Copy, Debug)]
struct Rank<'a> {
    /// `[q][padded units]`.
    deltas: &'a [f32],
    /// `[q][padded fan_in]`.
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
    fn square(&self, level: Level, overlaps: &mut [Vec<f32>; 2]) -> f32 {
        let [deltas, inputs] = overlaps;
        let terms = self.deltas.len() / padded(self.units);
        deltas.resize(deltas.len().max(terms * terms), 0.0);
        inputs.resize(inputs.len().max(terms * terms), 0.0);
        products::gram(level, self.deltas, self.units, deltas);
        products::gram(level, self.inputs, self.fan_in, inputs);
        sums::dot(&deltas[..terms * terms], &inputs[..terms * terms])
    }
}

//! The exact meta-gradient without copies: backwards through the inner steps with the adjoint A of the fast
//! weights, a sum of rank-one terms (`reference/second_order.rs` is the
//! same in full matrices).
//!
//! A is kept multiplied by N = B (B + R), so that the meta-loss's own terms are those that the first order
//! has as well. Names with a prime in the formulas end in `_along` here: derivatives along V = rate x A.

use metacls_arithmetic::sums::{add_scaled, dot, sum};
use metacls_arithmetic::{padded, products};

use super::stages::SILENT;
use super::{Cpu, Model};
use crate::model::{Source, Target};

/// A sum of rank-one terms delta_q u_q^T.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// `[q][padded units]`.
    pub deltas: Vec<f32>,
    /// `[q][padded fan_in]`.
    pub inputs: Vec<f32>,
    pub units: usize,
    pub fan_in: usize,
}

impl Terms {
    fn push(&mut self, scale: f32, deltas: &[f32], inputs: &[f32]) {
        self.deltas.extend(deltas.iter().map(|d| scale * d));
        self.inputs.extend_from_slice(inputs);
    }

    /// (sum_q delta_q u_q^T) u.
    fn times(&self, u: &[f32]) -> Vec<f32> {
        weighted(&self.inputs, u, &self.deltas, padded(self.units))
    }

    /// (sum_q delta_q u_q^T)^T delta.
    fn times_back(&self, delta: &[f32]) -> Vec<f32> {
        weighted(&self.deltas, delta, &self.inputs, padded(self.fan_in))
    }
}

/// sum_q (a_q . x) b_q.
fn weighted(a: &[f32], x: &[f32], b: &[f32], width: usize) -> Vec<f32> {
    let mut sum = vec![0.0; width];
    for (a, b) in a.chunks_exact(x.len()).zip(b.chunks_exact(width)) {
        add_scaled(&mut sum, dot(a, x), b);
    }
    sum
}

/// What the way back gives.
#[derive(Debug)]
pub(super) struct Walked {
    /// dL/dalpha of each matrix (also where alpha <= 0).
    pub alpha: Vec<f32>,
    /// What is added to the first-order dL/dbeta.
    pub beta: Vec<f32>,
    /// N dL/dW of each matrix.
    pub terms: Vec<Terms>,
}

/// Goes backwards through the inner steps of the step whose sweeps `cpu.workspace` holds.
pub(super) fn walk(cpu: &Cpu, model: &Model) -> Walked {
    cpu.level.dispatch(
        #[inline(always)]
        || Walk { cpu, model }.all(),
    )
}

struct Walk<'a> {
    cpu: &'a Cpu,
    model: &'a Model,
}

impl Walk<'_> {
    fn slot(&self, step: usize) -> usize {
        step * self.cpu.workspace.columns + step
    }

    /// Inner step j's input to a matrix.
    fn input(&self, matrix: usize, step: usize) -> &[f32] {
        let m = &self.model.matrices[matrix];
        match m.source {
            Source::Input => {
                &self.cpu.workspace.inputs[step * padded(m.fan_in)..][..padded(m.fan_in)]
            }
            Source::Layer(l) => self.output(l, step),
        }
    }

    fn output(&self, layer: usize, step: usize) -> &[f32] {
        let units = padded(self.model.layers[layer].units);
        &self.cpu.workspace.layers[layer].acts[self.slot(step) * units..][..units]
    }

    /// Inner step j's gradient at a matrix's product.
    fn delta(&self, matrix: usize, step: usize) -> &[f32] {
        let m = &self.model.matrices[matrix];
        let deltas = match m.target {
            Target::Layer(l) => &self.cpu.workspace.layers[l].deltas,
            Target::Head(h) => &self.cpu.workspace.heads[h].deltas,
        };
        &deltas[self.slot(step) * padded(m.units)..][..padded(m.units)]
    }

    /// F u with the fast weights before inner step j.
    fn fast(&self, matrix: usize, step: usize, u: &[f32]) -> Vec<f32> {
        let m = &self.model.matrices[matrix];
        let mut z = vec![0.0; padded(m.units)];
        products::dense(self.cpu.level, &self.cpu.weights[matrix], u, &mut z, false);
        let rate = self.cpu.rate(matrix);
        for i in 0..step {
            let overlap = dot(self.input(matrix, i), u);
            add_scaled(&mut z, -rate * overlap, self.delta(matrix, i));
        }
        z
    }

    /// F^T delta with the fast weights before inner step j.
    fn fast_back(&self, matrix: usize, step: usize, delta: &[f32]) -> Vec<f32> {
        let m = &self.model.matrices[matrix];
        let mut e = vec![0.0; padded(m.fan_in)];
        products::dense_back(
            self.cpu.level,
            &self.cpu.weights[matrix],
            delta,
            &mut e,
            false,
        );
        let rate = self.cpu.rate(matrix);
        for i in 0..step {
            let overlap = dot(self.delta(matrix, i), delta);
            add_scaled(&mut e, -rate * overlap, self.input(matrix, i));
        }
        e
    }

    fn all(&self) -> Walked {
        let (model, workspace) = (self.model, &self.cpu.workspace);
        let n = (workspace.inner * workspace.columns) as f32;
        let mut terms: Vec<Terms> = model
            .matrices
            .iter()
            .map(|m| Terms {
                deltas: Vec::new(),
                inputs: Vec::new(),
                units: m.units,
                fan_in: m.fan_in,
            })
            .collect();
        let mut alpha = vec![0.0; model.matrices.len()];
        let mut beta = vec![0.0; model.layers.len()];
        for step in (0..workspace.inner).rev() {
            self.add_meta_terms(step + 1, &mut terms);
            let products: Vec<Vec<f32>> = (0..model.matrices.len())
                .map(|m| terms[m].times(self.input(m, step)))
                .collect();
            for (m, product) in products.iter().enumerate() {
                alpha[m] -= dot(self.delta(m, step), product) / n;
            }
            let along = self.along(step, &terms, &products, n);
            for (l, d) in beta.iter_mut().enumerate() {
                let kth_largest = workspace.layers[l].kth_largest[self.slot(step)];
                *d += kth_largest * sum(&along.deltas[l]);
            }
            for (m, terms) in terms.iter_mut().enumerate() {
                let delta_along = match model.matrices[m].target {
                    Target::Layer(l) => &along.deltas[l],
                    Target::Head(h) => &along.heads[h],
                };
                terms.push(-n, delta_along, self.input(m, step));
                if let Source::Layer(l) = model.matrices[m].source {
                    terms.push(-n, self.delta(m, step), &along.outputs[l]);
                }
            }
        }
        Walked { alpha, beta, terms }
    }

    /// N / B times the meta-loss's gradient after so many inner steps: one term for each column.
    fn add_meta_terms(&self, sweep: usize, terms: &mut [Terms]) {
        let workspace = &self.cpu.workspace;
        for (terms, m) in terms.iter_mut().zip(&self.model.matrices) {
            let slots = sweep * workspace.columns..(sweep + 1) * workspace.columns;
            let deltas = match m.target {
                Target::Layer(l) => &workspace.layers[l].deltas,
                Target::Head(h) => &workspace.heads[h].deltas,
            };
            let inputs = match m.source {
                Source::Input => &workspace.inputs[..],
                Source::Layer(l) => {
                    &workspace.layers[l].acts
                        [slots.start * padded(m.fan_in)..slots.end * padded(m.fan_in)]
                }
            };
            terms.push(
                1.0,
                &deltas[slots.start * padded(m.units)..slots.end * padded(m.units)],
                inputs,
            );
        }
    }

    fn along(&self, step: usize, terms: &[Terms], products: &[Vec<f32>], n: f32) -> Along {
        let (model, workspace) = (self.model, &self.cpu.workspace);
        let slot = self.slot(step);
        let unit_length = self.cpu.rule.knobs.unit_length_inputs;
        let mut outputs: Vec<Vec<f32>> = Vec::new();
        let mut norms = Vec::new();
        let pre_activation = |m: usize, outputs: &[Vec<f32>]| {
            let mut z = match model.matrices[m].source {
                Source::Input => vec![0.0; padded(model.matrices[m].units)],
                Source::Layer(l) => self.fast(m, step, &outputs[l]),
            };
            add_scaled(&mut z, self.cpu.rate(m) / n, &products[m]);
            z
        };
        for (l, layer) in model.layers.iter().enumerate() {
            let u = self.output(l, step);
            let norm_was = workspace.layers[l].norm[slot];
            let mut h = pre_activation(layer.matrix, &outputs);
            for (h, &u) in h.iter_mut().zip(u) {
                // A silent layer's u is zero everywhere.
                if u <= 0.0 {
                    *h = 0.0;
                }
            }
            let norm = dot(u, &h);
            if unit_length && norm_was > SILENT {
                for (h, &u) in h.iter_mut().zip(u) {
                    *h = (*h - u * norm) / norm_was;
                }
            }
            norms.push(norm);
            outputs.push(h);
        }
        let heads: Vec<Vec<f32>> = (0..model.heads.len())
            .map(|h| {
                let classes = padded(model.heads[h].classes);
                let mut z = vec![0.0; classes];
                for m in model.into_head(h) {
                    add_scaled(&mut z, 1.0, &pre_activation(m, &outputs));
                }
                let delta = &workspace.heads[h].deltas[slot * classes..][..classes];
                // p is delta, but 1 more at the label: the only entry below 0.
                let p: Vec<f32> = delta
                    .iter()
                    .map(|&d| if d < 0.0 { d + 1.0 } else { d })
                    .collect();
                let mean = dot(&p, &z);
                p.iter().zip(&z).map(|(p, z)| p * (z - mean)).collect()
            })
            .collect();
        let mut deltas: Vec<Vec<f32>> = vec![Vec::new(); model.layers.len()];
        for l in (0..model.layers.len()).rev() {
            let u = self.output(l, step);
            let norm_was = workspace.layers[l].norm[slot];
            let units = u.len();
            let mut e = vec![0.0; units];
            if norm_was > SILENT {
                for m in model.readers(l) {
                    let delta_along = match model.matrices[m].target {
                        Target::Layer(t) => &deltas[t],
                        Target::Head(h) => &heads[h],
                    };
                    add_scaled(&mut e, 1.0, &self.fast_back(m, step, delta_along));
                    let through = terms[m].times_back(self.delta(m, step));
                    add_scaled(&mut e, self.cpu.rate(m) / n, &through);
                }
                for (e, &u) in e.iter_mut().zip(u) {
                    if u <= 0.0 {
                        *e = 0.0;
                    }
                }
                if unit_length {
                    let plain = &workspace.layers[l].inner_output_gradient[step * units..][..units];
                    let delta = &workspace.layers[l].deltas[slot * units..][..units];
                    let u_e = dot(u, plain);
                    let moved = dot(&outputs[l], plain) + dot(u, &e);
                    for i in 0..units {
                        if u[i] > 0.0 {
                            e[i] =
                                (e[i] - outputs[l][i] * u_e - u[i] * moved - delta[i] * norms[l])
                                    / norm_was;
                        }
                    }
                }
            }
            deltas[l] = e;
        }
        Along {
            outputs,
            deltas,
            heads,
        }
    }
}

/// Derivatives along V of what an inner step computed.
struct Along {
    /// Of each layer's output.
    outputs: Vec<Vec<f32>>,
    /// Of the gradient at each layer's pre-activation.
    deltas: Vec<Vec<f32>>,
    /// Of the gradient at each head's logits.
    heads: Vec<Vec<f32>>,
}

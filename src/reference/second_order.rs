//! The exact meta-gradient: backwards through the inner steps with the adjoint A of the fast weights.
//!
//! A inner step is F <- F - a g(F); its adjoint is A <- A - H (a A) with H the Hessian of that sample's
//! loss, and H V is the derivative of the gradient along V: one forward and one backward pass carried
//! along (marked ' in the names). c stays a constant, so it carries nothing.

use super::network::{Back, Network, Trace, add_outer};
use crate::model::{Source, Target};
use crate::numeric::{Real, dot};

/// What an inner step leaves behind.
#[derive(Clone, Debug)]
pub(super) struct InnerStep<T> {
    /// The fast weights before it.
    pub fast: Vec<Vec<T>>,
    /// Its sample's forward pass with them.
    pub trace: Trace<T>,
    /// Its backward pass.
    pub back: Back<T>,
    /// The mean's share of the meta-loss's gradient at the weights after it: G_j / B.
    pub after: Vec<Vec<T>>,
}

/// Fills the gradients of the weights (zero before) and of alpha (zero before), and adds to beta's.
pub(super) fn back_through<T: Real>(
    network: &Network,
    rates: &[T],
    steps: &[InnerStep<T>],
    (adjoint, d_alpha, d_beta): (&mut [Vec<T>], &mut [T], &mut [T]),
) {
    let model = &network.model;
    for step in steps.iter().rev() {
        for (a, after) in adjoint.iter_mut().zip(&step.after) {
            a.iter_mut().zip(after).for_each(|(a, &g)| *a += g);
        }
        // A u of every matrix; V u is rate times that.
        let products: Vec<Vec<T>> = (0..model.matrices.len())
            .map(|m| {
                let mut z = vec![T::zero(); model.matrices[m].units];
                network.add_product(&adjoint[m], network.input_of(&step.trace, m), &mut z);
                z
            })
            .collect();
        for (m, product) in products.iter().enumerate() {
            d_alpha[m] -= dot(network.target(&step.back, m), product);
        }
        let along = Along::new(network, rates, step, adjoint, &products);
        for ((d, delta), layer) in d_beta.iter_mut().zip(&along.deltas).zip(&step.trace.layers) {
            let sum: T = delta.iter().copied().sum();
            *d += sum * layer.kth_largest;
        }
        for (m, a) in adjoint.iter_mut().enumerate() {
            let u = network.input_of(&step.trace, m);
            let delta = network.target(&step.back, m);
            match model.matrices[m].target {
                Target::Layer(l) => add_outer(u, &along.deltas[l], -T::one(), a),
                Target::Head(h) => add_outer(u, &along.heads[h], -T::one(), a),
            }
            if let Source::Layer(l) = model.matrices[m].source {
                add_outer(&along.outputs[l], delta, -T::one(), a);
            }
        }
    }
}

/// Derivatives along V = rate x A of what an inner step computed.
struct Along<T> {
    /// u' of each layer.
    outputs: Vec<Vec<T>>,
    /// delta' of each layer.
    deltas: Vec<Vec<T>>,
    /// delta' of each head.
    heads: Vec<Vec<T>>,
}

impl<T: Real> Along<T> {
    fn new(
        network: &Network,
        rates: &[T],
        step: &InnerStep<T>,
        adjoint: &[Vec<T>],
        products: &[Vec<T>],
    ) -> Self {
        let model = &network.model;
        let mut outputs: Vec<Vec<T>> = Vec::new();
        let mut norms = Vec::new();
        // z' = V u + F u' of one matrix, added.
        let add_pre_activation = |m: usize, outputs: &[Vec<T>], z: &mut [T]| {
            z.iter_mut()
                .zip(&products[m])
                .for_each(|(z, &p)| *z += rates[m] * p);
            if let Source::Layer(l) = model.matrices[m].source {
                network.add_product(&step.fast[m], &outputs[l], z);
            }
        };
        for (layer, was) in model.layers.iter().zip(&step.trace.layers) {
            let mut h = vec![T::zero(); layer.units];
            add_pre_activation(layer.matrix, &outputs, &mut h);
            for (h, &was) in h.iter_mut().zip(&was.h) {
                if was <= T::zero() {
                    *h = T::zero();
                }
            }
            if !Network::passes(was) {
                h.fill(T::zero());
            }
            let norm = dot(&was.u, &h);
            if network.unit_length() && Network::passes(was) {
                for (h, &u) in h.iter_mut().zip(&was.u) {
                    *h = (*h - u * norm) / was.norm;
                }
            }
            norms.push(norm);
            outputs.push(h);
        }
        let heads: Vec<Vec<T>> = step
            .back
            .p
            .iter()
            .enumerate()
            .map(|(h, p)| {
                let mut z = vec![T::zero(); p.len()];
                for m in model.into_head(h) {
                    add_pre_activation(m, &outputs, &mut z);
                }
                let mean = dot(p, &z);
                p.iter().zip(&z).map(|(&p, &z)| p * (z - mean)).collect()
            })
            .collect();
        let mut deltas: Vec<Vec<T>> = vec![Vec::new(); model.layers.len()];
        for l in (0..model.layers.len()).rev() {
            let was = &step.trace.layers[l];
            let back = &step.back.layers[l];
            let mut e = vec![T::zero(); was.u.len()];
            if Network::passes(was) {
                for m in model.readers(l) {
                    let delta = match model.matrices[m].target {
                        Target::Layer(t) => &deltas[t],
                        Target::Head(h) => &heads[h],
                    };
                    network.add_transposed(&step.fast[m], delta, &was.u, &mut e);
                    let mut through = vec![T::zero(); e.len()];
                    let above = network.target(&step.back, m);
                    network.add_transposed(&adjoint[m], above, &was.u, &mut through);
                    e.iter_mut()
                        .zip(&through)
                        .for_each(|(e, &t)| *e += rates[m] * t);
                }
                if network.unit_length() {
                    let u_e = dot(&was.u, &back.output);
                    let moved = dot(&outputs[l], &back.output) + dot(&was.u, &e);
                    for i in 0..e.len() {
                        if was.h[i] > T::zero() {
                            e[i] = (e[i]
                                - outputs[l][i] * u_e
                                - was.u[i] * moved
                                - back.delta[i] * norms[l])
                                / was.norm;
                        }
                    }
                }
            }
            deltas[l] = e;
        }
        Self {
            outputs,
            deltas,
            heads,
        }
    }
}

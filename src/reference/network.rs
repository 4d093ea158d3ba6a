//! One network's forward and backward pass on one sample, with whatever weights it is given.

use crate::data::ClassSet;
use crate::lane::Sample;
use crate::model::{Lesion, Model, Rule, Source, Target};
use crate::numeric::{Real, dot, kth_largest};

/// Norms at or below this are silence: no output forward, no gradient back.
const SILENT: f64 = 1e-12;

/// A network's shape and what its layers do, without its values.
#[derive(Clone, Debug)]
pub struct Network {
    /// Shapes and order of its tensors.
    pub model: Model,
    /// Units of the left pathway that the lesion of some of them leaves out.
    pub(super) silenced: Vec<usize>,
    unit_length: bool,
    competition: bool,
}

/// What a sample is.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    /// For each head its class.
    pub of_heads: &'a [u32],
    /// See [`Sample::among`].
    pub among: Option<ClassSet>,
}

impl<'a> Labels<'a> {
    pub(super) fn of<T>(sample: &Sample<'a, T>) -> Self {
        Self {
            of_heads: sample.labels,
            among: sample.among,
        }
    }
}

/// One hidden layer on one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerTrace<T> {
    /// The pre-activation W u: `[units]`.
    pub z: Vec<T>,
    /// c, the k-th largest pre-activation; 0 without competition.
    pub kth_largest: T,
    /// relu(z - beta c): `[units]`.
    pub h: Vec<T>,
    /// |h|, the L2 norm.
    pub norm: T,
    /// The next layer's input: h scaled to norm 1, or h: `[units]`.
    pub u: Vec<T>,
}

/// A forward pass on one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace<T> {
    /// The scaled image: `[inputs]`.
    pub input: Vec<T>,
    /// Hidden layers.
    pub layers: Vec<LayerTrace<T>>,
    /// Logits of each head: `[classes]`.
    pub logits: Vec<Vec<T>>,
}

/// One hidden layer's gradients on one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerBack<T> {
    /// At its output u, where h > 0 (0 elsewhere: it would not pass): `[units]`.
    pub output: Vec<T>,
    /// At its pre-activation: `[units]`.
    pub delta: Vec<T>,
}

/// A backward pass on one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Back<T> {
    /// Cross-entropy, summed over heads.
    pub loss: T,
    /// Hidden layers.
    pub layers: Vec<LayerBack<T>>,
    /// Softmax of each head: `[classes]`; 0 for classes that it does not range over.
    pub p: Vec<Vec<T>>,
    /// Gradient at each head's logits, p - onehot: `[classes]`; 0 for classes that softmax does not range
    /// over.
    pub heads: Vec<Vec<T>>,
}

impl Network {
    pub(super) fn new(model: &Model, rule: &Rule) -> Self {
        Self {
            model: model.clone(),
            silenced: Vec::new(),
            unit_length: rule.knobs.unit_length_inputs,
            competition: rule.knobs.competition,
        }
    }

    /// An image as the first layer gets it.
    pub(super) fn scaled<T: Real>(&self, x: &[T]) -> Vec<T> {
        if !self.unit_length {
            return x.to_vec();
        }
        let norm = dot(x, x).sqrt().max(T::of(SILENT));
        x.iter().map(|&x| x / norm).collect()
    }

    fn source<'a, T>(&self, trace: &'a Trace<T>, matrix: usize) -> &'a [T] {
        match self.model.matrices[matrix].source {
            Source::Input => &trace.input,
            Source::Layer(l) => &trace.layers[l].u,
        }
    }

    /// Adds W u to z. W: `[fan_in x units]`.
    pub(super) fn add_product<T: Real>(&self, w: &[T], u: &[T], z: &mut [T]) {
        for (row, &u) in w.chunks_exact(z.len()).zip(u) {
            if u != T::zero() {
                z.iter_mut().zip(row).for_each(|(z, &w)| *z += w * u);
            }
        }
    }

    /// Forward through weights (by inputs) and inhibition, leaving out a lesioned pathway's products.
    pub(super) fn forward<T: Real>(
        &self,
        weights: &[Vec<T>],
        beta: &[T],
        input: &[T],
        lesion: Lesion,
    ) -> Trace<T> {
        let mut trace = Trace {
            input: input.to_vec(),
            layers: Vec::new(),
            logits: Vec::new(),
        };
        for (layer, &beta) in self.model.layers.iter().zip(beta) {
            let mut z = vec![T::zero(); layer.units];
            self.add_product(
                &weights[layer.matrix],
                self.source(&trace, layer.matrix),
                &mut z,
            );
            let kth_largest = if self.competition {
                kth_largest(&z, layer.k)
            } else {
                T::zero()
            };
            // Written so that NaN stays NaN: `max` would turn it into silence, and hide that a lane has
            // diverged.
            let relu = |x: T| if x <= T::zero() { T::zero() } else { x };
            let h: Vec<T> = z.iter().map(|&z| relu(z - beta * kth_largest)).collect();
            let norm = dot(&h, &h).sqrt();
            let u = if norm <= T::of(SILENT) {
                vec![T::zero(); layer.units]
            } else if self.unit_length {
                h.iter().map(|&h| h / norm).collect()
            } else {
                h.clone()
            };
            trace.layers.push(LayerTrace {
                z,
                kth_largest,
                h,
                norm,
                u,
            });
        }
        let left = self.model.pathway_layers().map(|[l, _]| Source::Layer(l));
        for (h, head) in self.model.heads.iter().enumerate() {
            let mut z = vec![T::zero(); head.classes];
            for (i, m) in self.model.into_head(h).enumerate() {
                if lesion.left_out() == Some(i) {
                    continue;
                }
                let mut u = self.source(&trace, m).to_vec();
                if lesion == Lesion::WithoutSomeL && left == Some(self.model.matrices[m].source) {
                    self.silenced.iter().for_each(|&unit| u[unit] = T::zero());
                }
                self.add_product(&weights[m], &u, &mut z);
            }
            trace.logits.push(z);
        }
        trace
    }

    /// Whether a layer passes gradients: a silent one does not.
    pub(super) fn passes<T: Real>(layer: &LayerTrace<T>) -> bool {
        layer.norm > T::of(SILENT)
    }

    /// Adds (W^T delta) at the inputs whose u is not 0. W: `[fan_in x units]`.
    pub(super) fn add_transposed<T: Real>(&self, w: &[T], delta: &[T], u: &[T], e: &mut [T]) {
        for ((row, e), &u) in w.chunks_exact(delta.len()).zip(e).zip(u) {
            if u != T::zero() {
                *e += dot(row, delta);
            }
        }
    }

    /// Whether outputs are scaled to norm 1.
    pub(super) fn unit_length(&self) -> bool {
        self.unit_length
    }

    /// Backward from the labels' cross-entropy; c is a constant.
    pub(super) fn backward<T: Real>(
        &self,
        weights: &[Vec<T>],
        trace: &Trace<T>,
        labels: &Labels<'_>,
    ) -> Back<T> {
        let mut loss = T::zero();
        let mut p = Vec::new();
        let mut heads = Vec::new();
        for (head, (logits, &label)) in trace.logits.iter().zip(labels.of_heads).enumerate() {
            let among = labels.among.filter(|_| head == 0);
            let answers = |class: usize| among.is_none_or(|set| set.contains(class as u32));
            let mine = logits.iter().enumerate().filter(|(c, _)| answers(*c));
            let top = mine.map(|(_, &z)| z).fold(T::neg_infinity(), T::max);
            let raise = |(class, &z): (usize, &T)| match answers(class) {
                true => (z - top).exp(),
                false => T::zero(),
            };
            let raised: Vec<T> = logits.iter().enumerate().map(raise).collect();
            let mass: T = raised.iter().copied().sum();
            loss += mass.ln() - (logits[label as usize] - top);
            let share: Vec<T> = raised.iter().map(|&r| r / mass).collect();
            let mut delta = share.clone();
            delta[label as usize] -= T::one();
            p.push(share);
            heads.push(delta);
        }
        let mut back = Back {
            loss,
            layers: vec![
                LayerBack {
                    output: Vec::new(),
                    delta: Vec::new()
                };
                trace.layers.len()
            ],
            p,
            heads,
        };
        for l in (0..trace.layers.len()).rev() {
            let layer = &trace.layers[l];
            let mut e = vec![T::zero(); layer.u.len()];
            if Self::passes(layer) {
                for m in self.model.readers(l) {
                    self.add_transposed(&weights[m], self.target(&back, m), &layer.u, &mut e);
                }
            }
            let delta = if self.unit_length && Self::passes(layer) {
                let along = dot(&layer.u, &e);
                // Where h is 0 so are u and e, and nothing passes.
                e.iter()
                    .zip(&layer.u)
                    .map(|(&e, &u)| (e - u * along) / layer.norm)
                    .collect()
            } else {
                e.clone()
            };
            back.layers[l] = LayerBack { output: e, delta };
        }
        back
    }

    /// The gradient at a matrix's product.
    pub(super) fn target<'a, T>(&self, back: &'a Back<T>, matrix: usize) -> &'a [T] {
        match self.model.matrices[matrix].target {
            Target::Layer(l) => &back.layers[l].delta,
            Target::Head(h) => &back.heads[h],
        }
    }

    /// Adds `scale` times a matrix's gradient, delta u^T: `[fan_in x units]`.
    pub(super) fn add_gradient<T: Real>(
        &self,
        matrix: usize,
        trace: &Trace<T>,
        back: &Back<T>,
        scale: T,
        into: &mut [T],
    ) {
        add_outer(
            self.source(trace, matrix),
            self.target(back, matrix),
            scale,
            into,
        );
    }

    /// A matrix's input on this sample.
    pub(super) fn input_of<'a, T>(&self, trace: &'a Trace<T>, matrix: usize) -> &'a [T] {
        self.source(trace, matrix)
    }
}

/// Adds scale x delta u^T: `[u x delta]`.
pub(super) fn add_outer<T: Real>(u: &[T], delta: &[T], scale: T, into: &mut [T]) {
    for (row, &u) in into.chunks_exact_mut(delta.len()).zip(u) {
        let u = u * scale;
        if u != T::zero() {
            row.iter_mut().zip(delta).for_each(|(g, &d)| *g += u * d);
        }
    }
}

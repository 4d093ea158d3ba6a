//! What a lane makes of images, with W, many at once.

use super::{Cpu, product, scale_input, stages};
use crate::lane::Seen;
use crate::model::{Lesion, Source};

/// Workspace for evaluating some images, and what came of it.
#[derive(Clone, Debug, Default)]
struct Forward {
    /// Scaled images: `[images][inputs]`.
    inputs: Vec<f32>,
    /// Outputs of each layer: `[images][units]`.
    acts: Vec<Vec<f32>>,
    /// What each matrix adds to its head's logits: `[images][classes]`; empty for hidden layers' matrices.
    products: Vec<Vec<f32>>,
    /// The left pathway's outputs without the silenced units: `[images][units]`.
    silenced: Vec<f32>,
}

impl Cpu {
    /// See [`HostLane::evaluate`](crate::lane::HostLane::evaluate): all images at once.
    pub(super) fn evaluate_together(
        &self,
        images: &[f32],
        lesions: &[Lesion],
        see: &mut dyn FnMut(Seen<'_, f32>),
    ) {
        let mut seen = Forward::default();
        self.forward(images, &mut seen);
        for (layer, outputs) in seen.acts.iter().enumerate() {
            see(Seen::Outputs { layer, outputs });
        }
        let mut logits = Vec::new();
        for head in 0..self.model.heads.len() {
            for (lesion, &left_out) in lesions.iter().enumerate() {
                self.logits(&mut seen, head, left_out, &mut logits);
                see(Seen::Logits {
                    first: 0,
                    head,
                    lesion,
                    logits: &logits,
                });
            }
        }
    }

    /// Takes images (`[images][inputs]`, not scaled) through the network.
    fn forward(&self, images: &[f32], seen: &mut Forward) {
        let model = &self.model;
        let unit_length = self.rule.knobs.unit_length_inputs;
        seen.inputs.resize(images.len(), 0.0);
        for (image, input) in images
            .chunks_exact(model.inputs)
            .zip(seen.inputs.chunks_exact_mut(model.inputs))
        {
            scale_input(unit_length, image, input);
        }
        let images = images.len() / model.inputs;
        seen.acts.resize(model.layers.len(), Vec::new());
        seen.products.resize(model.matrices.len(), Vec::new());
        for (l, layer) in model.layers.iter().enumerate() {
            let (below, here) = seen.acts.split_at_mut(l);
            let z = &mut here[0];
            z.resize(images * layer.units, 0.0);
            let (u, fan_in) = match layer.source {
                Source::Input => (&seen.inputs[..], model.inputs),
                Source::Layer(s) => (&below[s][..], model.layers[s].units),
            };
            let weights = &self.weights[layer.matrix];
            product::dense(weights, layer.units, u, fan_in, z, false);
            let how = self.competition(l);
            self.arch.dispatch(
                #[inline(always)]
                || {
                    for z in z.chunks_exact_mut(layer.units) {
                        stages::compete_column(z, how);
                    }
                },
            );
        }
        for h in 0..model.heads.len() {
            for m in model.into_head(h) {
                let matrix = &model.matrices[m];
                if let Source::Layer(s) = matrix.source {
                    let z = &mut seen.products[m];
                    z.resize(images * matrix.units, 0.0);
                    let u = &seen.acts[s];
                    product::dense(&self.weights[m], matrix.units, u, matrix.fan_in, z, false);
                }
            }
        }
    }

    /// A head's logits for all images, leaving out what a lesion silences: `[images][classes]`.
    fn logits(&self, seen: &mut Forward, head: usize, lesion: Lesion, logits: &mut Vec<f32>) {
        logits.clear();
        for (i, m) in self.model.into_head(head).enumerate() {
            if lesion.left_out() == Some(i) {
                continue;
            }
            if let (0, Lesion::WithoutSomeL, Source::Layer(l)) =
                (i, lesion, self.model.matrices[m].source)
            {
                self.without_some(seen, l, m, logits);
            } else if logits.is_empty() {
                logits.extend_from_slice(&seen.products[m]);
            } else {
                logits
                    .iter_mut()
                    .zip(&seen.products[m])
                    .for_each(|(z, p)| *z += p);
            }
        }
    }

    /// What a matrix makes of its layer's outputs without the silenced units.
    fn without_some(&self, seen: &mut Forward, layer: usize, m: usize, logits: &mut Vec<f32>) {
        let matrix = &self.model.matrices[m];
        let Forward { acts, silenced, .. } = seen;
        silenced.clone_from(&acts[layer]);
        for u in silenced.chunks_exact_mut(matrix.fan_in) {
            self.silenced.iter().for_each(|&unit| u[unit] = 0.0);
        }
        let images = silenced.len() / matrix.fan_in;
        logits.resize(images * matrix.units, 0.0);
        let weights = &self.weights[m];
        product::dense(
            weights,
            matrix.units,
            silenced,
            matrix.fan_in,
            logits,
            false,
        );
    }
}

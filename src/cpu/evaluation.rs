//! What a lane makes of images, with W, many at once.

use metacls_arithmetic::{padded, products};

use super::{Cpu, scale_input, stages};
use crate::lane::Seen;
use crate::model::{Lesion, Source};

/// Workspace for evaluating some images, and what came of it; vectors are padded.
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
        let mut outputs = Vec::new();
        for (layer, acts) in seen.acts.iter().enumerate() {
            without_padding(acts, self.model.layers[layer].units, &mut outputs);
            see(Seen::Outputs {
                layer,
                outputs: &outputs,
            });
        }
        let (mut wide, mut logits) = (Vec::new(), Vec::new());
        for head in 0..self.model.heads.len() {
            for (lesion, &left_out) in lesions.iter().enumerate() {
                self.logits(&mut seen, head, left_out, &mut wide);
                without_padding(&wide, self.model.heads[head].classes, &mut logits);
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
        let (count, width) = (images.len() / model.inputs, padded(model.inputs));
        seen.inputs.resize(count * width, 0.0);
        for (image, input) in images
            .chunks_exact(model.inputs)
            .zip(seen.inputs.chunks_exact_mut(width))
        {
            scale_input(unit_length, image, input);
        }
        let images = count;
        seen.acts.resize(model.layers.len(), Vec::new());
        seen.products.resize(model.matrices.len(), Vec::new());
        for (l, layer) in model.layers.iter().enumerate() {
            let (below, here) = seen.acts.split_at_mut(l);
            let z = &mut here[0];
            z.resize(images * padded(layer.units), 0.0);
            let u = match layer.source {
                Source::Input => &seen.inputs[..],
                Source::Layer(s) => &below[s][..],
            };
            products::dense(self.level, &self.weights[layer.matrix], u, z, false);
            let how = self.competition(l);
            let level = self.level;
            level.dispatch(
                #[inline(always)]
                || {
                    for z in z.chunks_exact_mut(padded(layer.units)) {
                        stages::compete_column(level, &mut z[..layer.units], how);
                    }
                },
            );
        }
        for h in 0..model.heads.len() {
            for m in model.into_head(h) {
                let matrix = &model.matrices[m];
                if let Source::Layer(s) = matrix.source {
                    let z = &mut seen.products[m];
                    z.resize(images * padded(matrix.units), 0.0);
                    products::dense(self.level, &self.weights[m], &seen.acts[s], z, false);
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
        let width = padded(matrix.fan_in);
        for u in silenced.chunks_exact_mut(width) {
            self.silenced.iter().for_each(|&unit| u[unit] = 0.0);
        }
        let images = silenced.len() / width;
        logits.resize(images * padded(matrix.units), 0.0);
        products::dense(self.level, &self.weights[m], silenced, logits, false);
    }
}

/// Vectors without their padding.
fn without_padding(vectors: &[f32], length: usize, to: &mut Vec<f32>) {
    to.clear();
    for vector in vectors.chunks_exact(padded(length)) {
        to.extend_from_slice(&vector[..length]);
    }
}

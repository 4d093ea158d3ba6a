//! The CPU engine: the look-ahead without its copies, one lane on one core. Its sums have the orders that
//! [`metacls_arithmetic`] states, so that every processor gives the same bits.
//!
//! The stages and their order are the GPU's ([`crate::gpu::passes`]): B + 1 sweeps a step, of which sweep s
//! takes all samples through the look-ahead after s inner steps, and its column s is the next inner step.
//! [`stages`] are those of a sweep, [`update`] ends a step, [`second_order`] is the way back through the
//! inner steps, [`evaluation`] what is made of images. The widest instructions of the processor are found at
//! run time.

mod evaluation;
mod second_order;
mod stages;
mod update;
mod workspace;

use std::sync::Arc;

use metacls_arithmetic::{Level, Panels, padded, products, sums};

use crate::data::ClassSet;
use crate::lane::{HostLane, Sample, Seen};
use crate::model::{LaneState, Lesion, Model, Rule, Source, Target};
use stages::{At, Competition, Term};
use workspace::Workspace;

/// One lane on the CPU engine: what it has learned, in float32, and room for a step's numbers.
#[derive(Clone, Debug)]
pub struct Cpu {
    model: Arc<Model>,
    rule: Rule,
    weights: Vec<Panels>,
    alpha: Vec<f32>,
    beta: Vec<f32>,
    /// Units of the left pathway that the lesion of some of them leaves out.
    silenced: Vec<usize>,
    workspace: Workspace,
    level: Level,
}

/// An image as the first layer gets it.
fn scale_input(unit_length: bool, image: &[f32], input: &mut [f32]) {
    let scale = if unit_length {
        1.0 / sums::dot(image, image).sqrt().max(stages::SILENT)
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
            .map(|(m, w)| Panels::new(w, m.units, m.fan_in))
            .collect();
        Self {
            model: model.clone(),
            rule: rule.clone(),
            weights,
            alpha: state.alpha.clone(),
            beta: state.beta.clone(),
            silenced: Vec::new(),
            workspace: Workspace::default(),
            level: Level::chosen().unwrap_or_else(|_| Level::widest()),
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
        let width = padded(self.model.inputs);
        for (u, dots) in inputs
            .chunks_exact(width)
            .zip(input_dots.chunks_exact_mut(*inner))
        {
            for (dot, v) in dots.iter_mut().zip(inputs.chunks_exact(width)) {
                *dot = sums::dot(u, v);
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

    /// What a layer's competition does with the present beta.
    fn competition(&self, l: usize) -> Competition {
        Competition {
            k: self.rule.knobs.competition.then(|| self.model.layers[l].k),
            beta: self.beta[l],
            unit_length: self.rule.knobs.unit_length_inputs,
        }
    }

    fn layer_forward(&mut self, model: &Model, at: At, l: usize) {
        let layer = &model.layers[l];
        let units = padded(layer.units);
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
                let fan_in = padded(model.layers[s].units);
                let u = &below[s].acts[at.first() * fan_in..][..at.present * fan_in];
                products::dense(self.level, &self.weights[layer.matrix], u, z, false);
                &below[s].act_dots[at.first() * at.inner..]
            }
        };
        stages::compete(
            self.level,
            at,
            layer.units,
            how,
            (rate, dots),
            &workspace.deltas,
            &mut workspace.acts,
            (&mut workspace.norm, &mut workspace.kth_largest),
            &mut workspace.act_dots,
        );
    }

    fn head(&mut self, model: &Model, at: At, h: usize, labels: &[(u32, Option<ClassSet>)]) {
        let classes = model.heads[h].classes;
        let width = padded(classes);
        let first = at.first() * width;
        let mut head = std::mem::take(&mut self.workspace.heads[h]);
        let mut terms: Vec<Term<'_>> = Vec::new();
        for (i, m) in model.into_head(h).enumerate() {
            let fan_in = padded(model.matrices[m].fan_in);
            if let Source::Layer(s) = model.matrices[m].source {
                let u =
                    &self.workspace.layers[s].acts[at.first() * fan_in..][..at.present * fan_in];
                let z = &mut head.deltas[first..first + at.present * width];
                products::dense(self.level, &self.weights[m], u, z, i > 0);
            }
            terms.push((
                self.rate(m),
                Self::source_dots(&self.workspace, model, at, m),
            ));
        }
        stages::softmax(
            self.level,
            at,
            classes,
            &terms,
            labels,
            &mut head.deltas,
            &mut head.loss,
            &mut head.delta_dots,
        );
        self.workspace.heads[h] = head;
    }

    fn layer_backward(&mut self, model: &Model, at: At, l: usize) {
        let units = padded(model.layers[l].units);
        let first = at.first() * units;
        let mut workspace = std::mem::take(&mut self.workspace.layers[l]);
        let mut terms: Vec<Term<'_>> = Vec::new();
        for (i, m) in model.readers(l).enumerate() {
            let above = padded(model.matrices[m].units);
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
            products::dense_back(
                self.level,
                &self.weights[m],
                &deltas[at.first() * above..][..at.present * above],
                &mut workspace.deltas[first..first + at.present * units],
                i > 0,
            );
            terms.push((self.rate(m), &dots[at.first() * at.inner..]));
        }
        let unit_length = self.rule.knobs.unit_length_inputs;
        let keeps = self.rule.knobs.second_order && at.sweep < at.inner;
        stages::compete_back(
            self.level,
            at,
            model.layers[l].units,
            unit_length,
            &terms,
            &workspace.acts,
            (&workspace.norm, &workspace.kth_largest),
            &mut workspace.deltas,
            &mut workspace.beta_gradient,
            &mut workspace.delta_dots,
            keeps.then_some(&mut workspace.inner_output_gradient[..]),
        );
        self.workspace.layers[l] = workspace;
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
            .zip(self.workspace.inputs.chunks_exact_mut(padded(model.inputs)))
        {
            scale_input(self.rule.knobs.unit_length_inputs, sample.input, input);
        }
        // Only the first head may leave classes out.
        let label = |s: &Sample<'_, f32>, h: usize| (s.labels[h], s.among.filter(|_| h == 0));
        let labels: Vec<Vec<_>> = (0..model.heads.len())
            .map(|h| samples.iter().map(|s| label(s, h)).collect())
            .collect();
        let level = self.level;
        level.dispatch(
            #[inline(always)]
            || self.overlap(),
        );
        for (l, layer) in model.layers.iter().enumerate() {
            if layer.source == Source::Input {
                let Workspace { inputs, layers, .. } = &mut self.workspace;
                let weights = &self.weights[layer.matrix];
                let z = &mut layers[l].pre_activation;
                products::dense(level, weights, inputs, z, false);
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
        LaneState {
            weights: self.weights.iter().map(Panels::entries).collect(),
            alpha: self.alpha.clone(),
            beta: self.beta.clone(),
        }
    }

    fn evaluate(&self, images: &[f32], lesions: &[Lesion], see: &mut dyn FnMut(Seen<'_, f32>)) {
        self.evaluate_together(images, lesions, see);
    }
}

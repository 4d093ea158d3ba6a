//! What one lane keeps while an observe step runs. A *slot* is one column (one sample) at one sweep; slots
//! follow each other sweep by sweep. Inner step i is column i of sweep i. Vectors are padded with zeros to
//! multiples of sixteen ([`metacls_arithmetic`]).

use metacls_arithmetic::padded;

use crate::model::Model;

/// What a step computes at one hidden layer.
#[derive(Clone, Debug, Default)]
pub struct LayerWorkspace {
    /// The first layer's pre-activation under W, the same in all sweeps: `[columns][units]`; empty elsewhere.
    pub pre_activation: Vec<f32>,
    /// Outputs u: `[slots][units]`.
    pub acts: Vec<f32>,
    /// Gradients at the pre-activation: `[slots][units]`.
    pub deltas: Vec<f32>,
    /// |h| by slot.
    pub norm: Vec<f32>,
    /// c by slot.
    pub kth_largest: Vec<f32>,
    /// c x sum of delta by slot.
    pub beta_gradient: Vec<f32>,
    /// Overlaps of its outputs with the inner steps': `[slots][inner]`.
    pub act_dots: Vec<f32>,
    /// Overlaps of its deltas with the inner steps': `[slots][inner]`.
    pub delta_dots: Vec<f32>,
    /// Gradients at the output of the inner steps' slots, where h > 0: `[inner][units]`. Second order only.
    pub inner_output_gradient: Vec<f32>,
    /// The first layer's deltas summed over the meta sweeps: `[columns][units]`; empty elsewhere.
    pub collapsed: Vec<f32>,
}

/// What a step computes at one head's logits.
#[derive(Clone, Debug, Default)]
pub struct HeadWorkspace {
    /// p - onehot(label): `[slots][classes]`.
    pub deltas: Vec<f32>,
    /// Cross-entropy by slot.
    pub loss: Vec<f32>,
    /// Overlaps of its deltas with the inner steps': `[slots][inner]`.
    pub delta_dots: Vec<f32>,
}

/// One lane's workspace for a step of a certain shape.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// B: inner steps.
    pub inner: usize,
    /// B + R.
    pub columns: usize,
    /// Scaled images: `[columns][inputs]`.
    pub inputs: Vec<f32>,
    /// Their overlaps with the current samples: `[columns][inner]`.
    pub input_dots: Vec<f32>,
    /// For each hidden layer, in beta's order.
    pub layers: Vec<LayerWorkspace>,
    /// For each head: category, then item.
    pub heads: Vec<HeadWorkspace>,
    /// Two squares of overlaps, for the norms.
    pub overlaps: [Vec<f32>; 2],
}

impl Workspace {
    /// Makes buffers for B inner steps over B + R columns. What was there before means nothing any more.
    pub fn fit(&mut self, model: &Model, inner: usize, columns: usize) {
        if (self.inner, self.columns) == (inner, columns) && self.layers.len() == model.layers.len()
        {
            return;
        }
        let slots = (inner + 1) * columns;
        (self.inner, self.columns) = (inner, columns);
        let zeros = |n: usize| vec![0.0; n];
        self.inputs = zeros(columns * padded(model.inputs));
        self.input_dots = zeros(columns * inner);
        self.layers = model
            .layers
            .iter()
            .map(|layer| {
                let units = padded(layer.units);
                let first = layer.source == crate::model::Source::Input;
                LayerWorkspace {
                    pre_activation: zeros(if first { columns * units } else { 0 }),
                    acts: zeros(slots * units),
                    deltas: zeros(slots * units),
                    norm: zeros(slots),
                    kth_largest: zeros(slots),
                    beta_gradient: zeros(slots),
                    act_dots: zeros(slots * inner),
                    delta_dots: zeros(slots * inner),
                    inner_output_gradient: zeros(inner * units),
                    collapsed: zeros(if first { columns * units } else { 0 }),
                }
            })
            .collect();
        self.heads = model
            .heads
            .iter()
            .map(|head| HeadWorkspace {
                deltas: zeros(slots * padded(head.classes)),
                loss: zeros(slots),
                delta_dots: zeros(slots * inner),
            })
            .collect();
        let terms = inner * columns + 2 * inner;
        self.overlaps = [zeros(terms * terms), zeros(terms * terms)];
    }
}

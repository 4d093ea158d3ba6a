//! Where everything lies in the GPU's buffers, in f32 elements.
//!
//! Lanes are the outermost index. Widths are rounded up to a multiple of 4, so that stages may read four
//! elements at once; padding holds anything and is never read into a sum.

use crate::model::{Lesion, Model, Source, Target};

/// A width rounded up to a multiple of 4.
pub const fn pad(n: u32) -> u32 {
    n.next_multiple_of(4)
}

/// One hidden layer's offsets within a lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerOffsets {
    /// Its width, not padded.
    pub units: u32,
    /// Its outputs, sweep by sweep, in acts.
    pub acts: u32,
    /// Its pre-activation before the look-ahead's correction: kept for all sweeps by the first layer only;
    /// elsewhere it is where the outputs are.
    pub pre_activation: Option<u32>,
    /// Its deltas, sweep by sweep.
    pub deltas: u32,
    /// |h| by slot.
    pub norm: u32,
    /// c by slot.
    pub kth_largest: u32,
    /// Mean of a code by slot; evaluation only.
    pub centre: u32,
    /// What scales a centred code to norm 1, by slot; evaluation only.
    pub spread: u32,
    /// Its sum of codes, then their number, in codes.
    pub codes: u32,
    /// beta's gradient by slot.
    pub beta_gradient: u32,
    /// u . e by slot.
    pub along: u32,
    /// Overlaps of its outputs with the inner steps'.
    pub act_dots: u32,
    /// Overlaps of its deltas with the inner steps'.
    pub delta_dots: u32,
}

/// One head's offsets within a lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeadOffsets {
    /// Its classes, not padded.
    pub units: u32,
    /// Logits, sweep by sweep, in acts; for evaluation one region for each inbound matrix, then one for the
    /// first of them without the silenced units.
    pub logits: Vec<u32>,
    /// Its deltas, sweep by sweep.
    pub deltas: u32,
    /// Cross-entropy by slot.
    pub loss: u32,
    /// Overlaps of its deltas with the inner steps'.
    pub delta_dots: u32,
}

/// All offsets of one lane, and the lanes' strides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Columns of one sweep: B + R in training.
    pub columns: u32,
    /// Inner steps of a whole step: B; 0 in evaluation.
    pub inner: u32,
    /// The first slot of the terms that second order adds to the gradient.
    pub extra_at: u32,
    /// Width of the input.
    pub inputs: u32,
    /// Elements from one seed's inputs to the next's; they lie at the beginning of acts.
    pub inputs_seed: u32,
    /// Where the first lane's acts begin.
    pub acts_base: u32,
    /// Hidden layers, in beta's order.
    pub layers: Vec<LayerOffsets>,
    /// Heads: category, then item.
    pub heads: Vec<HeadOffsets>,
    /// Each matrix within a lane's weights.
    pub weights: Vec<u32>,
    /// Each matrix's partial sums of |dW|^2 in scalars.
    pub partials: Vec<u32>,
    /// The left pathway's outputs without the silenced units, in acts; evaluation only, where that lesion is
    /// measured.
    pub silenced: Option<u32>,
    /// Overlaps of the inputs with the current samples.
    pub input_dots: u32,
    /// Elements of a lane in weights.
    pub weights_lane: u32,
    /// Elements of a lane in acts.
    pub acts_lane: u32,
    /// Elements of a lane in deltas.
    pub deltas_lane: u32,
    /// Elements of a lane in scalars.
    pub scalars_lane: u32,
    /// Elements of a lane in rates.
    pub rates_lane: u32,
    /// Elements of a lane in codes.
    pub codes_lane: u32,
    /// Weight matrices of the network.
    pub matrices: u32,
}

/// Hands out offsets one after the other.
#[derive(Default)]
struct Offsets(u32);

impl Offsets {
    fn take(&mut self, n: u32) -> u32 {
        let at = self.0;
        self.0 += pad(n);
        at
    }
}

impl Layout {
    /// Offsets for training: B current and R replayed samples, `seeds` seeds; second order has room for two
    /// more terms of the gradient for each inner step.
    pub fn training(
        model: &Model,
        (batch, replay): (u32, u32),
        second_order: bool,
        seeds: u32,
    ) -> Self {
        let extra = if second_order { 2 * batch } else { 0 };
        Self::new(model, batch + replay, batch, extra, seeds)
    }

    /// Offsets for evaluating `columns` images of each seed at once.
    pub fn evaluation(model: &Model, columns: u32, seeds: u32) -> Self {
        Self::new(model, columns, 0, 0, seeds)
    }

    fn new(model: &Model, columns: u32, inner: u32, extra: u32, seeds: u32) -> Self {
        let training = inner > 0;
        let sweeps = if training { inner + 1 } else { 1 };
        let extra_at = sweeps * columns;
        let slots = extra_at + extra;
        let dots = slots * inner;
        let (mut weights, mut acts, mut deltas, mut scalars, mut codes) = (
            Offsets::default(),
            Offsets::default(),
            Offsets::default(),
            Offsets::default(),
            Offsets::default(),
        );
        let inputs = model.inputs as u32;
        let inputs_seed = pad(inputs) * columns;
        let acts_base = inputs_seed * seeds;
        let input_dots = scalars.take(columns * inner);
        let layers = model
            .layers
            .iter()
            .map(|layer| {
                let units = layer.units as u32;
                let size = pad(units) * slots;
                let first = layer.source == Source::Input;
                LayerOffsets {
                    units,
                    acts: acts.take(size),
                    pre_activation: (first && training).then(|| acts.take(pad(units) * columns)),
                    deltas: if training { deltas.take(size) } else { 0 },
                    norm: scalars.take(slots),
                    kth_largest: scalars.take(slots),
                    centre: if training { 0 } else { scalars.take(slots) },
                    spread: if training { 0 } else { scalars.take(slots) },
                    codes: codes.take(units + 1),
                    beta_gradient: if training { scalars.take(slots) } else { 0 },
                    along: if training { scalars.take(slots) } else { 0 },
                    act_dots: scalars.take(dots),
                    delta_dots: scalars.take(dots),
                }
            })
            .collect();
        let some = !training && model.lesions().contains(&Lesion::WithoutSomeL);
        let left = model.pathway_layers().filter(|_| some);
        let silenced = left.map(|[l, _]| acts.take(pad(model.layers[l].units as u32) * columns));
        let heads = model
            .heads
            .iter()
            .enumerate()
            .map(|(h, head)| {
                let units = head.classes as u32;
                let regions = if training {
                    1
                } else {
                    model.into_head(h).count() + usize::from(some)
                };
                HeadOffsets {
                    units,
                    logits: (0..regions)
                        .map(|_| acts.take(pad(units) * slots))
                        .collect(),
                    deltas: if training {
                        deltas.take(pad(units) * slots)
                    } else {
                        0
                    },
                    loss: if training { scalars.take(slots) } else { 0 },
                    delta_dots: scalars.take(dots),
                }
            })
            .collect();
        let terms = inner * columns + extra;
        let groups = (terms * terms).div_ceil(super::kernels::THREADS);
        let partials = model
            .matrices
            .iter()
            .map(|_| if training { scalars.take(groups) } else { 0 })
            .collect();
        let weight_offsets = model
            .matrices
            .iter()
            .map(|m| weights.take(pad(m.units as u32) * m.fan_in as u32))
            .collect();
        let matrices = model.matrices.len() as u32;
        let rates = 3 * matrices + model.layers.len() as u32 + super::records::misc::COUNT as u32;
        Self {
            columns,
            inner,
            extra_at,
            inputs,
            inputs_seed,
            acts_base,
            layers,
            heads,
            weights: weight_offsets,
            partials,
            silenced,
            input_dots,
            weights_lane: weights.0,
            acts_lane: acts.0,
            deltas_lane: deltas.0.max(4),
            scalars_lane: scalars.0.max(4),
            rates_lane: pad(rates),
            codes_lane: codes.0,
            matrices,
        }
    }

    /// Where relu(alpha) of a matrix lies within a lane's rates.
    pub fn used(&self, matrix: usize) -> u32 {
        self.matrices + self.layers.len() as u32 + matrix as u32
    }

    /// Where the weights' next rate of a matrix lies within a lane's rates.
    pub fn next(&self, matrix: usize) -> u32 {
        self.used(matrix) + self.matrices
    }

    /// Where what is counted begins within a lane's rates.
    pub fn misc(&self) -> usize {
        self.next(0) as usize + self.matrices as usize
    }

    /// Where stage meta_update finds its scalars: matrices, then layers, then heads.
    pub fn table(&self, model: &Model) -> Vec<[u32; 4]> {
        let dots_of_sweep = self.columns * self.inner;
        let mut rows: Vec<[u32; 4]> = model
            .matrices
            .iter()
            .enumerate()
            .map(|(m, matrix)| {
                let (source, stride) = match matrix.source {
                    Source::Input => (self.input_dots, 0),
                    Source::Layer(l) => (self.layers[l].act_dots, dots_of_sweep),
                };
                let target = match matrix.target {
                    Target::Layer(l) => self.layers[l].delta_dots,
                    Target::Head(h) => self.heads[h].delta_dots,
                };
                [source, stride, target, self.partials[m]]
            })
            .collect();
        rows.extend(self.layers.iter().map(|l| [l.beta_gradient, 0, 0, 0]));
        rows.extend(self.heads.iter().map(|h| [h.loss, 0, 0, 0]));
        rows
    }
}

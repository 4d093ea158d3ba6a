//! One observe step: forward and backward through every sweep, the meta-update, the weights' update.

use super::{Dispatch, Lanes, Writer};
use crate::gpu::kernels::{self as k, Pass, THREADS};
use crate::gpu::layout::{Layout, pad};
use crate::model::{Model, Rule, Source, Target};

impl Writer<'_> {
    /// Overlaps at the target of a matrix, at a sweep.
    fn target_dots(&self, matrix: usize, sweep: u32) -> u32 {
        let dots = match self.model.matrices[matrix].target {
            Target::Layer(l) => self.at.layers[l].delta_dots,
            Target::Head(h) => self.at.heads[h].delta_dots,
        };
        dots + sweep * self.at.columns * self.at.inner
    }

    /// One head: its logits, then their cross-entropy and gradient.
    fn head(&mut self, h: usize, sweep: u32, columns: u32) {
        let offsets = self.at.heads[h].clone();
        let matrices: Vec<usize> = self.model.into_head(h).collect();
        for (i, &m) in matrices.iter().enumerate() {
            self.dense(m, sweep, columns, offsets.logits[0], i > 0);
        }
        let units_pad = pad(offsets.units);
        let slot = sweep * self.at.columns;
        let pass = Pass {
            columns,
            inner: sweep,
            units: offsets.units,
            units_pad,
            pre_activation_at: self.at.acts_base + offsets.logits[0],
            target_at: offsets.deltas + slot * units_pad,
            deltas_at: offsets.deltas,
            loss_at: offsets.loss + slot,
            dots_at: offsets.delta_dots + slot * self.at.inner,
            head: h as u32,
            ..self.common
        };
        let dots: Vec<(u32, usize)> = matrices
            .iter()
            .map(|&m| (self.source_dots(m, sweep), m))
            .collect();
        let pass = self.terms(&dots, pass);
        self.push(&k::SOFTMAX, [columns, 1, self.lanes.lanes], pass);
    }

    /// One layer backward: gather from the matrices that read it, then through the competition.
    fn layer_backward(&mut self, l: usize, sweep: u32, columns: u32) {
        let offsets = self.at.layers[l].clone();
        let slot = sweep * self.at.columns;
        let here = offsets.deltas + slot * pad(offsets.units);
        let readers: Vec<usize> = self.model.readers(l).collect();
        for (i, &m) in readers.iter().enumerate() {
            let units = self.model.matrices[m].units as u32;
            let above = match self.model.matrices[m].target {
                Target::Layer(t) => self.at.layers[t].deltas,
                Target::Head(h) => self.at.heads[h].deltas,
            };
            let mut pass = Pass {
                columns,
                units,
                units_pad: pad(units),
                fan_in: offsets.units,
                fan_in_pad: pad(offsets.units),
                weights_at: self.at.weights[m],
                source_at: above + slot * pad(units),
                target_at: here,
                ..self.common
            };
            if i > 0 {
                pass.flags |= k::FLAG_ADD;
            }
            let groups = [
                pad(offsets.units).div_ceil(4 * THREADS),
                columns.div_ceil(4),
                self.lanes.lanes,
            ];
            self.push(&k::DENSE_BACK, groups, pass);
        }
        let pass = Pass {
            output_at: self.at.acts_base + offsets.acts + slot * pad(offsets.units),
            target_at: here,
            dots_at: offsets.delta_dots + slot * self.at.inner,
            ..self.layer(l, sweep, columns)
        };
        let dots: Vec<(u32, usize)> = readers
            .iter()
            .map(|&m| (self.target_dots(m, sweep), m))
            .collect();
        let pass = self.terms(&dots, pass);
        self.push(&k::COMPETE_BACK, [columns, 1, self.lanes.lanes], pass);
    }

    /// All matrices' norms, the meta-update of alpha and beta, and the weights' update.
    fn finish(&mut self, sweeps: u32, columns: u32) {
        let lanes = self.lanes.lanes;
        for l in 0..self.model.layers.len() {
            if self.model.layers[l].source == Source::Input {
                let pass = Pass {
                    sweeps,
                    ..self.layer(l, 0, columns)
                };
                let groups = [self.at.layers[l].units.div_ceil(THREADS), columns, lanes];
                self.push(&k::COLLAPSE, groups, pass);
            }
        }
        let sums: Vec<Pass> = (0..self.model.matrices.len())
            .map(|m| {
                let matrix = &self.model.matrices[m];
                let units = matrix.units as u32;
                let deltas = match matrix.target {
                    Target::Layer(l) => self.at.layers[l].deltas,
                    Target::Head(h) => self.at.heads[h].deltas,
                };
                // The first layer's were collapsed into sweep 0; elsewhere the meta sweeps count from 1.
                let collapsed = matrix.source == Source::Input;
                let first = if collapsed { 0 } else { 1 };
                let pass = Pass {
                    columns,
                    sweeps: if collapsed { 1 } else { sweeps },
                    units,
                    units_pad: pad(units),
                    weights_at: self.at.weights[m],
                    target_at: deltas + first * self.at.columns * pad(units),
                    target_sweep: self.at.columns,
                    partial_at: self.at.partials[m],
                    update_rate_at: self.at.next(m),
                    ..self.common
                };
                self.source(m, first, pass)
            })
            .collect();
        for pass in &sums {
            let count = pass.sweeps * columns;
            self.push(
                &k::GRAM,
                [(count * count).div_ceil(THREADS), 1, lanes],
                *pass,
            );
        }
        let pass = Pass {
            sweeps,
            columns,
            ..self.common
        };
        self.push(&k::META_UPDATE, [1, 1, lanes], pass);
        for pass in &sums {
            let groups = [
                pass.units_pad.div_ceil(4 * THREADS),
                pass.fan_in_pad / 4,
                lanes,
            ];
            self.push(&k::UPDATE, groups, *pass);
        }
    }
}

/// One observe step with `batch` current and `replay` replayed samples, current ones in the first columns.
/// `gathered` false leaves out the reading of images: the inputs were written by the host.
pub fn observe_step(
    model: &Model,
    rule: &Rule,
    at: &Layout,
    lanes: Lanes,
    (batch, replay): (u32, u32),
    gathered: bool,
) -> Vec<Dispatch> {
    let columns = batch + replay;
    let mut w = Writer::new(model, rule, at, lanes);
    w.common.entry_step = lanes.seeds() * at.columns;
    w.inputs(columns, gathered);
    let overlap = Pass {
        columns,
        inner: batch,
        dots_at: at.input_dots,
        ..w.common
    };
    let overlap = w.source(0, 0, overlap);
    w.push(&k::OVERLAP, [columns, 1, lanes.lanes], overlap);
    for l in 0..model.layers.len() {
        if let Some(pre_activation) = at.layers[l].pre_activation {
            w.dense(model.layers[l].matrix, 0, columns, pre_activation, false);
        }
    }
    for sweep in 0..=batch {
        let columns = if sweep == 0 { 1 } else { columns };
        for l in 0..model.layers.len() {
            w.layer_forward(l, sweep, columns);
        }
        for h in 0..model.heads.len() {
            w.head(h, sweep, columns);
        }
        for l in (0..model.layers.len()).rev() {
            w.layer_backward(l, sweep, columns);
        }
    }
    w.finish(batch, columns);
    w.list
}

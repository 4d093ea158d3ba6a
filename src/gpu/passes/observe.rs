//! One observe step: the inner steps, all meta sweeps, the meta-update, the weights' update.

use super::{Dispatch, Lanes, Writer};
use crate::gpu::kernels::{self as k, THREADS};
use crate::gpu::layout::{Layout, pad};
use crate::gpu::records::{self, Gradient, Matrix, Node, Pass, work};
use crate::model::{Model, Rule, Source, Target};

/// The most workgroups along x of a stage whose workgroups are numbered through: half of what every device
/// takes.
const WIDE: u32 = 1 << 15;

impl Writer<'_> {
    /// Overlaps at the target of a matrix, and slots from one sweep to the next in them.
    pub(super) fn target_dots(&self, matrix: usize) -> (u32, u32) {
        let dots = match self.model.matrices[matrix].target {
            Target::Layer(l) => self.at.layers[l].delta_dots,
            Target::Head(h) => self.at.heads[h].delta_dots,
        };
        (dots, self.at.columns)
    }

    /// Where the deltas at a matrix's target lie.
    pub(super) fn deltas(&self, matrix: usize) -> u32 {
        match self.model.matrices[matrix].target {
            Target::Layer(l) => self.at.layers[l].deltas,
            Target::Head(h) => self.at.heads[h].deltas,
        }
    }

    /// One head: its logits, then their cross-entropy and gradient.
    fn head(&self, h: usize, list: &mut Vec<Pass>) {
        let offsets = &self.at.heads[h];
        let matrices: Vec<usize> = self.model.into_head(h).collect();
        for (i, &m) in matrices.iter().enumerate() {
            list.push(self.product(m, offsets.logits[0], true, i > 0));
        }
        let pass = Pass {
            work: work::SOFTMAX,
            units: offsets.units,
            units_pad: pad(offsets.units),
            head: h as u32,
            node: Node {
                pre_activation_at: self.at.acts_base + offsets.logits[0],
                deltas_at: offsets.deltas,
                loss_at: offsets.loss,
                dots_at: offsets.delta_dots,
                ..Node::default()
            },
            ..self.pass()
        };
        let dots: Vec<_> = matrices.iter().map(|&m| (self.source_dots(m), m)).collect();
        list.push(self.terms(&dots, pass));
    }

    /// W^T delta at a layer, summed over the matrices that read it.
    pub(super) fn layer_gradient(&self, l: usize, list: &mut Vec<Pass>) {
        let offsets = &self.at.layers[l];
        for (i, m) in self.model.readers(l).enumerate() {
            let units = self.model.matrices[m].units as u32;
            list.push(Pass {
                work: work::DENSE_BACK,
                units,
                units_pad: pad(units),
                fan_in: offsets.units,
                fan_in_pad: pad(offsets.units),
                source: records::Source {
                    at: self.deltas(m),
                    ..records::Source::default()
                },
                matrix: Matrix {
                    weights_at: self.at.weights[m],
                    target_at: offsets.deltas,
                    adds: u32::from(i > 0),
                    ..Matrix::default()
                },
                ..self.pass()
            });
        }
    }

    /// The look-ahead's corrections at a layer on the way back.
    pub(super) fn terms_above(&self, l: usize, pass: Pass) -> Pass {
        let readers = self.model.readers(l);
        let dots: Vec<_> = readers.map(|m| (self.target_dots(m), m)).collect();
        self.terms(&dots, pass)
    }

    /// One layer backward: gather from the matrices that read it, then through the competition.
    fn layer_backward(&self, l: usize, list: &mut Vec<Pass>) {
        self.layer_gradient(l, list);
        let mut pass = self.layer(l);
        pass.work = work::COMPETE_BACK;
        pass.node.dots_at = self.at.layers[l].delta_dots;
        list.push(self.terms_above(l, pass));
    }

    /// What takes a column through the network and back, record by record.
    fn walk(&self) -> Vec<Pass> {
        let mut list = Vec::new();
        for l in 0..self.model.layers.len() {
            list.extend(self.layer_product(l));
            list.push(self.competition(l));
        }
        for h in 0..self.model.heads.len() {
            self.head(h, &mut list);
        }
        for l in (0..self.model.layers.len()).rev() {
            self.layer_backward(l, &mut list);
        }
        list
    }

    /// The sum of rank-one terms that is a matrix's gradient: one for each column of each meta sweep, or one
    /// for each column where the first layer's are collapsed into sweep 0.
    fn gradient(&self, matrix: usize) -> Pass {
        let m = &self.model.matrices[matrix];
        let units = m.units as u32;
        let collapsed = m.source == Source::Input;
        // Meta sweeps count from 1.
        let (first_sweep, sweeps, extra) = match collapsed {
            true => (0, 1, 0),
            false => (1, self.wave.inner, self.wave.extra),
        };
        self.source(
            matrix,
            Pass {
                units,
                units_pad: pad(units),
                matrix: Matrix {
                    weights_at: self.at.weights[matrix],
                    target_at: self.deltas(matrix),
                    target_sweep: self.at.columns,
                    adds: 0,
                },
                gradient: Gradient {
                    first_sweep,
                    sweeps,
                    extra,
                    partial_at: self.at.partials[matrix],
                    rate_at: self.at.next(matrix),
                    ..Gradient::default()
                },
                ..self.pass()
            },
        )
    }

    /// All matrices' norms, the meta-update of alpha and beta, and the weights' update.
    fn finish(&mut self) {
        let (columns, lanes) = (self.wave.columns, self.lanes.lanes);
        let first = (0..self.model.layers.len())
            .filter(|&l| self.model.layers[l].source == Source::Input)
            .map(|l| self.layer(l));
        let first: Vec<Pass> = first.collect();
        let widest = first.iter().map(|p| p.units).max().unwrap_or(0);
        let rows = first.len() as u32 * columns;
        self.push_list(&k::COLLAPSE, [widest.div_ceil(THREADS), rows, lanes], first);
        let mut sums: Vec<Pass> = (0..self.model.matrices.len())
            .map(|m| self.gradient(m))
            .collect();
        let pairs = sums.iter().map(|p| p.gradient.terms(columns).pow(2)).max();
        let groups = pairs.unwrap_or(0).div_ceil(THREADS);
        self.push_list(&k::GRAM, [groups, sums.len() as u32, lanes], sums.clone());
        self.push_whole(&k::META_UPDATE, [1, 1, lanes]);
        let mut groups = 0;
        for pass in &mut sums {
            pass.gradient.group_at = groups;
            groups += pass.units_pad.div_ceil(4 * THREADS) * (pass.fan_in_pad / 4);
        }
        let groups = [groups.min(WIDE), groups.div_ceil(WIDE), lanes];
        self.push_list(&k::UPDATE, groups, sums);
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
    w.wave.entry_step = lanes.seeds() * at.columns;
    w.wave.columns = columns;
    w.wave.inner = batch;
    if rule.knobs.second_order {
        w.wave.extra = 2 * batch;
    }
    w.inputs(gathered);
    w.push_whole(&k::OVERLAP, [columns, 1, lanes.lanes]);
    for l in 0..model.layers.len() {
        if let Some(pre_activation) = at.layers[l].pre_activation {
            let pass = w.product(model.layers[l].matrix, pre_activation, false, false);
            w.dense(columns, pass);
        }
    }
    let walk = w.walk();
    w.push_list(&k::INNER_STEPS, [1, 1, lanes.lanes], walk.clone());
    // All columns of all meta sweeps, but those that the inner steps have been through.
    let left = batch * columns - (batch - 1);
    w.push_list(&k::META_SWEEPS, [left.div_ceil(4), 1, lanes.lanes], walk);
    if rule.knobs.second_order {
        let back = w.second_order();
        w.push_list(&k::SECOND_ORDER, [1, 1, lanes.lanes], back);
    }
    w.finish();
    w.list
}

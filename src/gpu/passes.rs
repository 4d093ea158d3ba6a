//! The ordered list of dispatches of one observe step and of one evaluation: plain data.
//!
//! An observe step makes B + 1 sweeps. Sweep 0 takes only the first current sample through W. Sweep s
//! takes all B + R samples through the look-ahead after s inner steps; its column s is the (s+1)-th
//! current sample under just the weights that the next inner step starts from, so the inner steps
//! cost no sweeps of their own.

use super::kernels::{self as k, Pass, Stage, THREADS};
use super::layout::{Layout, pad};
use crate::model::Lesion;
use crate::model::{Model, Rule, Source, Target};

/// One dispatch.
#[derive(Clone, Copy, Debug)]
pub struct Dispatch {
    /// The stage.
    pub stage: &'static Stage,
    /// What it works on.
    pub pass: Pass,
    /// Workgroups.
    pub groups: [u32; 3],
}

/// How lanes share seeds in one wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lanes {
    /// Lanes in all.
    pub lanes: u32,
    /// Neighbouring lanes of one seed.
    pub per_seed: u32,
    /// Tasks of a stream.
    pub tasks: u32,
}

impl Lanes {
    /// Seeds of the wave.
    pub fn seeds(&self) -> u32 {
        self.lanes / self.per_seed
    }
}

/// Writes the list.
struct Writer<'a> {
    model: &'a Model,
    at: &'a Layout,
    lanes: Lanes,
    common: Pass,
    list: Vec<Dispatch>,
}

impl<'a> Writer<'a> {
    fn new(model: &'a Model, rule: &Rule, at: &'a Layout, lanes: Lanes) -> Self {
        let mut flags = 0;
        if rule.unit_length_inputs {
            flags |= k::FLAG_UNIT_LENGTH;
        }
        if rule.competition {
            flags |= k::FLAG_COMPETITION;
        }
        if rule.sync_update {
            flags |= k::FLAG_SYNC;
        }
        let common = Pass {
            column_slots: at.columns,
            inner_slots: at.inner,
            weights_lane: at.weights_lane,
            acts_lane: at.acts_lane,
            deltas_lane: at.deltas_lane,
            scalars_lane: at.scalars_lane,
            rates_lane: at.rates_lane,
            codes_lane: at.codes_lane,
            lanes_per_seed: lanes.per_seed,
            tasks: lanes.tasks,
            matrices: at.matrices,
            layers: at.layers.len() as u32,
            heads: at.heads.len() as u32,
            flags,
            eta_alpha: rule.eta_alpha as f32,
            eta_beta: rule.eta_beta as f32,
            eta_w: rule.eta_w as f32,
            clip_norm: rule.clip_norm as f32,
            ..Pass::default()
        };
        Self {
            model,
            at,
            lanes,
            common,
            list: Vec::new(),
        }
    }

    fn push(&mut self, stage: &'static Stage, groups: [u32; 3], pass: Pass) {
        self.list.push(Dispatch {
            stage,
            pass,
            groups,
        });
    }

    /// Reads the images and scales them; `gathered` false leaves out the reading (the inputs are
    /// already there).
    fn inputs(&mut self, columns: u32, gathered: bool) {
        let seeds = self.lanes.seeds();
        let pass = Pass {
            columns,
            fan_in: self.at.inputs,
            fan_in_pad: pad(self.at.inputs),
            source_stride: self.at.inputs_seed,
            ..self.common
        };
        if gathered {
            self.push(
                &k::GATHER,
                [self.at.inputs.div_ceil(THREADS), columns, seeds],
                pass,
            );
        }
        if self.common.flags & k::FLAG_UNIT_LENGTH != 0 {
            self.push(&k::UNIT_LENGTH, [columns, 1, seeds], pass);
        }
    }

    /// The fields that say what a matrix reads at a sweep.
    fn source(&self, matrix: usize, sweep: u32, pass: Pass) -> Pass {
        let m = &self.model.matrices[matrix];
        let fan_in = m.fan_in as u32;
        let pass = Pass {
            fan_in,
            fan_in_pad: pad(fan_in),
            ..pass
        };
        match m.source {
            Source::Input => Pass {
                source_at: 0,
                source_stride: self.at.inputs_seed,
                source_group: self.lanes.per_seed,
                source_sweep: 0,
                ..pass
            },
            Source::Layer(l) => Pass {
                source_at: self.at.acts_base
                    + self.at.layers[l].acts
                    + sweep * self.at.columns * pad(fan_in),
                source_stride: self.at.acts_lane,
                source_group: 1,
                source_sweep: self.at.columns,
                ..pass
            },
        }
    }

    fn dense(&mut self, matrix: usize, sweep: u32, columns: u32, target_at: u32, add: bool) {
        let units = self.model.matrices[matrix].units as u32;
        let mut pass = Pass {
            columns,
            units,
            units_pad: pad(units),
            weights_at: self.at.weights[matrix],
            target_at: self.at.acts_base + target_at,
            ..self.common
        };
        if add {
            pass.flags |= k::FLAG_ADD;
        }
        let pass = self.source(matrix, sweep, pass);
        let groups = [
            pad(units).div_ceil(4 * THREADS),
            columns.div_ceil(4),
            self.lanes.lanes,
        ];
        self.push(&k::DENSE, groups, pass);
    }

    /// A matrix's product with what lies at a place of its own rather than in its source.
    fn dense_from(&mut self, matrix: usize, source_at: u32, columns: u32, target_at: u32) {
        self.dense(matrix, 0, columns, target_at, false);
        if let Some(last) = self.list.last_mut() {
            last.pass.source_at = self.at.acts_base + source_at;
        }
    }

    /// Overlaps at the source of a matrix, at a sweep.
    fn source_dots(&self, matrix: usize, sweep: u32) -> u32 {
        match self.model.matrices[matrix].source {
            Source::Input => self.at.input_dots,
            Source::Layer(l) => {
                self.at.layers[l].act_dots + sweep * self.at.columns * self.at.inner
            }
        }
    }

    /// Overlaps at the target of a matrix, at a sweep.
    fn target_dots(&self, matrix: usize, sweep: u32) -> u32 {
        let dots = match self.model.matrices[matrix].target {
            Target::Layer(l) => self.at.layers[l].delta_dots,
            Target::Head(h) => self.at.heads[h].delta_dots,
        };
        dots + sweep * self.at.columns * self.at.inner
    }

    /// The look-ahead's corrections at a node: one term for each matrix, at most two.
    fn terms(&self, dots: &[(u32, usize)], pass: Pass) -> Pass {
        let term = |i: usize| dots.get(i).map_or((0, 0), |&(d, m)| (d, self.at.used(m)));
        Pass {
            terms: dots.len() as u32,
            term_dots_0: term(0).0,
            term_rate_0: term(0).1,
            term_dots_1: term(1).0,
            term_rate_1: term(1).1,
            ..pass
        }
    }

    /// The fields of one layer at a sweep.
    fn layer(&self, l: usize, sweep: u32, columns: u32) -> Pass {
        let offsets = &self.at.layers[l];
        let units_pad = pad(offsets.units);
        let slot = sweep * self.at.columns;
        Pass {
            columns,
            inner: sweep,
            units: offsets.units,
            units_pad,
            acts_at: self.at.acts_base + offsets.acts,
            deltas_at: offsets.deltas,
            norm_at: offsets.norm + slot,
            kth_largest_at: offsets.kth_largest + slot,
            beta_gradient_at: offsets.beta_gradient + slot,
            centre_at: offsets.centre + slot,
            spread_at: offsets.spread + slot,
            codes_at: offsets.codes,
            beta_at: self.at.matrices + l as u32,
            k: self.model.layers[l].k as u32,
            ..self.common
        }
    }

    /// One layer forward: its pre-activation, then competition.
    fn layer_forward(&mut self, l: usize, sweep: u32, columns: u32) {
        let offsets = self.at.layers[l].clone();
        let units_pad = pad(offsets.units);
        let here = offsets.acts + sweep * self.at.columns * units_pad;
        let matrix = self.model.layers[l].matrix;
        if offsets.pre_activation.is_none() {
            self.dense(matrix, sweep, columns, here, false);
        }
        let pass = Pass {
            pre_activation_at: self.at.acts_base + offsets.pre_activation.unwrap_or(here),
            target_at: self.at.acts_base + here,
            dots_at: offsets.act_dots + sweep * self.at.columns * self.at.inner,
            ..self.layer(l, sweep, columns)
        };
        let pass = self.terms(&[(self.source_dots(matrix, sweep), matrix)], pass);
        self.push(&k::COMPETE, [columns, 1, self.lanes.lanes], pass);
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
            entry_step: self.lanes.seeds() * self.at.columns,
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
            pre_activation_at: self.at.acts_base + offsets.acts + slot * pad(offsets.units),
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
                    term_rate_0: self.at.next(m),
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

/// The counters of one task of one lane: correct answers for each head and lesion, then active units
/// for each layer.
pub fn counters(model: &Model) -> u32 {
    (model.heads.len() * model.lesions().len() + model.layers.len()) as u32
}

/// What of an evaluation is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The task.
    pub task: u32,
    /// Images of each seed.
    pub columns: u32,
    /// Entry of the first seed's first image.
    pub entry_at: u32,
    /// Entries from one seed to the next: images of each task.
    pub per_task: u32,
}

/// Evaluates a piece of one task, into that task's counters.
pub fn evaluate(
    model: &Model,
    rule: &Rule,
    at: &Layout,
    lanes: Lanes,
    piece: Piece,
    gathered: bool,
) -> Vec<Dispatch> {
    let Piece {
        task,
        columns,
        entry_at,
        per_task: images,
    } = piece;
    let mut w = Writer::new(model, rule, at, lanes);
    w.common.entry_at = entry_at;
    // There is one sweep, so this stride is the entries' alone.
    w.common.column_slots = images;
    let per_task = counters(model);
    w.common.counters_lane = per_task * lanes.tasks;
    let counter_at = task * per_task;
    w.inputs(columns, gathered);
    for l in 0..model.layers.len() {
        w.layer_forward(l, 0, columns);
    }
    let groups = [columns, 1, lanes.lanes];
    let lesions = model.lesions();
    if let Some(silenced) = at.silenced {
        let left = model.layers.len() - 2;
        let pass = Pass {
            target_at: at.acts_base + silenced,
            ..w.layer(left, 0, columns)
        };
        let groups = [pass.units.div_ceil(THREADS), columns, lanes.lanes];
        w.push(&k::SILENCE, groups, pass);
    }
    for (h, head) in at.heads.iter().enumerate() {
        let matrices: Vec<usize> = model.into_head(h).collect();
        for (&m, &logits) in matrices.iter().zip(&head.logits) {
            w.dense(m, 0, columns, logits, false);
        }
        if let (Some(silenced), Some(&logits)) = (at.silenced, head.logits.last()) {
            w.dense_from(matrices[0], silenced, columns, logits);
        }
        for (i, lesion) in lesions.iter().enumerate() {
            let all = &head.logits[..];
            let kept = match lesion {
                Lesion::Intact => &all[..matrices.len()],
                Lesion::WithoutL => &all[1..2],
                Lesion::WithoutR => &all[..1],
                Lesion::WithoutSomeL => &all[1..],
            };
            let pass = Pass {
                columns,
                units: head.units,
                units_pad: pad(head.units),
                terms: kept.len() as u32,
                source_at: at.acts_base + kept.first().copied().unwrap_or_default(),
                pre_activation_at: at.acts_base + kept.get(1).copied().unwrap_or_default(),
                head: h as u32,
                counter_at: counter_at + (h * lesions.len() + i) as u32,
                ..w.common
            };
            w.push(&k::SCORE, groups, pass);
        }
    }
    for l in 0..model.layers.len() {
        let counter_at = counter_at + (model.heads.len() * lesions.len() + l) as u32;
        let pass = Pass {
            counter_at,
            ..w.layer(l, 0, columns)
        };
        w.push(&k::COUNT, groups, pass);
        w.push(&k::STANDARDIZE, groups, pass);
        let units = [(pass.units + 1).div_ceil(THREADS), 1, lanes.lanes];
        w.push(&k::POOL, units, pass);
    }
    w.list
}

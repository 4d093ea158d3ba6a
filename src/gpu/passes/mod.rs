//! The ordered list of dispatches of one observe step ([`observe_step`]) and of one evaluation
//! ([`evaluate()`]): plain data.
//!
//! An observe step makes B + 1 sweeps. Sweep 0 takes only the first current sample through W. Sweep s
//! takes all B + R samples through the look-ahead after s inner steps; its column s is the (s+1)-th
//! current sample under just the weights that the next inner step starts from, so the inner steps
//! cost no sweeps of their own.

mod evaluate;
mod observe;

pub use evaluate::{Piece, counters, evaluate};
pub use observe::observe_step;

use super::kernels::{self as k, Pass, Stage, THREADS};
use super::layout::{Layout, pad};
use crate::model::{Model, Rule, Source};

/// One dispatch of a stage's shader.
#[derive(Clone, Copy, Debug)]
pub struct Dispatch {
    /// The stage.
    pub stage: &'static Stage,
    /// What it works on.
    pub pass: Pass,
    /// Workgroups along x, y and z.
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

/// Writes the list, dispatch by dispatch.
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
        if rule.knobs.unit_length_inputs {
            flags |= k::FLAG_UNIT_LENGTH;
        }
        if rule.knobs.competition {
            flags |= k::FLAG_COMPETITION;
        }
        if rule.knobs.sync_update {
            flags |= k::FLAG_SYNC;
        }
        let common = Pass {
            column_slots: at.columns,
            entry_seed: at.columns,
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
            eta_alpha: rule.knobs.eta_alpha as f32,
            eta_beta: rule.knobs.eta_beta as f32,
            eta_w: rule.knobs.eta_w as f32,
            clip_norm: rule.knobs.clip_norm as f32,
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
            image_side: self.model.image_side() as u32,
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

    /// Overlaps at the source of a matrix, at a sweep.
    fn source_dots(&self, matrix: usize, sweep: u32) -> u32 {
        match self.model.matrices[matrix].source {
            Source::Input => self.at.input_dots,
            Source::Layer(l) => {
                self.at.layers[l].act_dots + sweep * self.at.columns * self.at.inner
            }
        }
    }

    /// The look-ahead's corrections at a node: one term for each matrix, at most two.
    fn terms(&self, dots: &[(u32, usize)], pass: Pass) -> Pass {
        let term = |i: usize| dots.get(i).map_or((0, 0), |&(d, m)| (d, self.at.used(m)));
        Pass {
            terms: dots.len() as u32,
            term_dots_at_0: term(0).0,
            term_rate_at_0: term(0).1,
            term_dots_at_1: term(1).0,
            term_rate_at_1: term(1).1,
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
}

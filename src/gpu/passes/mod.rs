//! The ordered list of dispatches of one observe step ([`observe_step`]) and of one evaluation
//! ([`evaluate()`]): plain data.
//!
//! An observe step makes B + 1 sweeps. Sweep s takes samples through the look-ahead after s inner steps; its
//! column s is the (s+1)-th current sample under just the weights that the next inner step starts from. Only
//! these B columns wait for each other: they come first (stage inner_steps), and then all others of sweeps 1
//! to B at once (stage meta_sweeps).

mod alone;
mod evaluate;
mod observe;
mod second_order;

pub use alone::alone;
pub use evaluate::{Piece, TILE, counters, evaluate};
pub use observe::observe_step;

use super::kernels::{self as k, Pass, Stage, THREADS, work};
use super::layout::{Layout, pad};
use crate::config::TaskKind;
use crate::model::{Model, Rule, Source};

/// One dispatch of a stage's shader.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// Which pipeline runs, and what it binds.
    pub stage: &'static Stage,
    /// What it works on: one record, or a list of them.
    pub passes: Vec<Pass>,
    /// Workgroups along x, y and z.
    pub groups: [u32; 3],
}

/// How lanes share seeds in one wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lanes {
    /// Lanes of all seeds together.
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
        if rule.knobs.stream == TaskKind::Permuted {
            flags |= k::FLAG_PERMUTED;
        }
        if rule.knobs.own_heads {
            flags |= k::FLAG_OWN_HEADS;
        }
        let common = Pass {
            column_slots: at.columns,
            entry_seed: at.columns,
            inner_slots: at.inner,
            extra_at: at.extra_at,
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
        let passes = vec![pass];
        self.list.push(Dispatch {
            stage,
            passes,
            groups,
        });
    }

    /// A stage that works through a list.
    fn push_list(&mut self, stage: &'static Stage, groups: [u32; 3], mut passes: Vec<Pass>) {
        let count = passes.len() as u32;
        if let Some(first) = passes.first_mut() {
            first.passes = count;
            self.list.push(Dispatch {
                stage,
                passes,
                groups,
            });
        }
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
            self.push(&k::GATHER, [columns, 1, seeds], pass);
        } else if self.common.flags & k::FLAG_UNIT_LENGTH != 0 {
            self.push(&k::UNIT_LENGTH, [columns, 1, seeds], pass);
        }
    }

    /// The fields that say what a matrix reads.
    fn source(&self, matrix: usize, pass: Pass) -> Pass {
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
                source_at: self.at.acts_base + self.at.layers[l].acts,
                source_stride: self.at.acts_lane,
                source_group: 1,
                source_sweep: self.at.columns,
                ..pass
            },
        }
    }

    /// A matrix's product, to what lies from `target_at` on: one slot a column, or sweep by sweep.
    fn product(&self, matrix: usize, target_at: u32, in_sweeps: bool, add: bool) -> Pass {
        let units = self.model.matrices[matrix].units as u32;
        let pass = Pass {
            work: work::DENSE,
            units,
            units_pad: pad(units),
            weights_at: self.at.weights[matrix],
            target_at: self.at.acts_base + target_at,
            target_sweep: if in_sweeps { self.at.columns } else { 0 },
            flags: self.common.flags | if add { k::FLAG_ADD } else { 0 },
            ..self.common
        };
        self.source(matrix, pass)
    }

    /// A matrix's product by itself.
    fn dense(&mut self, columns: u32, pass: Pass) {
        let lanes = self.lanes.lanes;
        self.push(&k::DENSE, dense_groups(pass.units, columns, lanes), pass);
    }

    /// A matrix's product for many columns, in tiles of 256 units and 16 columns, or of 32 and 128.
    fn dense_tiles(&mut self, columns: u32, pass: Pass) {
        let (units, of_columns) = match pad(pass.units) {
            0..=32 => (32, 128),
            _ => (256, 16),
        };
        let groups = [
            pad(pass.units).div_ceil(units),
            columns.div_ceil(of_columns),
            self.lanes.lanes,
        ];
        self.push(&k::DENSE_TILES, groups, pass);
    }

    /// Overlaps at the source of a matrix, and slots from one sweep to the next in them.
    fn source_dots(&self, matrix: usize) -> (u32, u32) {
        match self.model.matrices[matrix].source {
            Source::Input => (self.at.input_dots, 0),
            Source::Layer(l) => (self.at.layers[l].act_dots, self.at.columns),
        }
    }

    /// The look-ahead's corrections at a node: one term for each matrix, at most two, whose overlaps are laid
    /// out alike.
    fn terms(&self, dots: &[((u32, u32), usize)], pass: Pass) -> Pass {
        let term = |i: usize| {
            dots.get(i)
                .map_or((0, 0), |&((d, _), m)| (d, self.at.used(m)))
        };
        Pass {
            terms: dots.len() as u32,
            term_sweep: dots.first().map_or(0, |&((_, sweep), _)| sweep),
            term_dots_at_0: term(0).0,
            term_rate_at_0: term(0).1,
            term_dots_at_1: term(1).0,
            term_rate_at_1: term(1).1,
            ..pass
        }
    }

    /// The fields of one layer.
    fn layer(&self, l: usize) -> Pass {
        let offsets = &self.at.layers[l];
        Pass {
            units: offsets.units,
            units_pad: pad(offsets.units),
            acts_at: self.at.acts_base + offsets.acts,
            deltas_at: offsets.deltas,
            norm_at: offsets.norm,
            kth_largest_at: offsets.kth_largest,
            beta_gradient_at: offsets.beta_gradient,
            along_at: offsets.along,
            centre_at: offsets.centre,
            spread_at: offsets.spread,
            codes_at: offsets.codes,
            beta_at: self.at.matrices + l as u32,
            k: self.model.layers[l].k as u32,
            ..self.common
        }
    }

    /// A layer's product, where it is not made for all sweeps at once.
    fn layer_product(&self, l: usize) -> Option<Pass> {
        let offsets = &self.at.layers[l];
        let matrix = self.model.layers[l].matrix;
        let kept = offsets.pre_activation;
        (kept.is_none()).then(|| self.product(matrix, offsets.acts, true, false))
    }

    /// A layer's competition.
    fn competition(&self, l: usize) -> Pass {
        let offsets = &self.at.layers[l];
        let matrix = self.model.layers[l].matrix;
        let kept = offsets.pre_activation;
        let pass = Pass {
            work: work::COMPETE,
            pre_activation_at: self.at.acts_base + kept.unwrap_or(offsets.acts),
            pre_activation_sweep: if kept.is_some() { 0 } else { self.at.columns },
            dots_at: offsets.act_dots,
            ..self.layer(l)
        };
        self.terms(&[(self.source_dots(matrix), matrix)], pass)
    }
}

/// Workgroups of stages dense and dense_back alone: 256 units (or inputs) of four columns of a lane each.
fn dense_groups(units: u32, columns: u32, lanes: u32) -> [u32; 3] {
    [pad(units).div_ceil(4 * THREADS), columns.div_ceil(4), lanes]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn the_deepest_network_fits_into_the_lists() {
        let model = Model::of_shape(784, &[4; 12], Some([4, 4]), 10, 7, 0.1);
        let knobs = Config {
            second_order: true,
            ..Config::default()
        };
        let rule = Rule {
            learn_alpha: true,
            learn_beta: true,
            knobs,
        };
        let at = Layout::training(&model, (2, 1), true, 1);
        let lanes = Lanes {
            lanes: 1,
            per_seed: 1,
            tasks: 1,
        };
        for dispatch in observe_step(&model, &rule, &at, lanes, (2, 1), true) {
            let (name, records) = (dispatch.stage.name, dispatch.passes.len());
            assert!(records <= dispatch.stage.records(), "{name}: {records}");
        }
    }
}

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

use super::kernels::{self as k, Stage, THREADS};
use super::layout::{Layout, pad};
use super::records::{self, Matrix, Node, Pass, Terms, Wave, work};
use crate::config::TaskKind;
use crate::model::{Model, Rule, Source};

/// One dispatch of a stage's shader.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// Which pipeline runs, and what it binds.
    pub stage: &'static Stage,
    /// What it shares with all dispatches of its list.
    pub wave: Wave,
    /// What it works on: nothing of its own, one record, or a list of them.
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
    wave: Wave,
    list: Vec<Dispatch>,
}

impl<'a> Writer<'a> {
    fn new(model: &'a Model, rule: &Rule, at: &'a Layout, lanes: Lanes) -> Self {
        let mut flags = 0;
        if rule.knobs.unit_length_inputs {
            flags |= records::FLAG_UNIT_LENGTH;
        }
        if rule.knobs.competition {
            flags |= records::FLAG_COMPETITION;
        }
        if rule.knobs.sync_update {
            flags |= records::FLAG_SYNC;
        }
        if rule.knobs.stream == TaskKind::Permuted {
            flags |= records::FLAG_PERMUTED;
        }
        if rule.knobs.own_heads {
            flags |= records::FLAG_OWN_HEADS;
        }
        let wave = Wave {
            column_slots: at.columns,
            inner_slots: at.inner,
            extra_at: at.extra_at,
            flags,
            lanes_per_seed: lanes.per_seed,
            weights_lane: at.weights_lane,
            acts_lane: at.acts_lane,
            deltas_lane: at.deltas_lane,
            scalars_lane: at.scalars_lane,
            rates_lane: at.rates_lane,
            codes_lane: at.codes_lane,
            image_side: model.image_side() as u32,
            inputs: at.inputs,
            inputs_pad: pad(at.inputs),
            inputs_seed: at.inputs_seed,
            input_dots_at: at.input_dots,
            tasks: lanes.tasks,
            entry_seed: at.columns,
            matrices: at.matrices,
            layers: at.layers.len() as u32,
            heads: at.heads.len() as u32,
            eta_alpha: rule.knobs.eta_alpha as f32,
            eta_beta: rule.knobs.eta_beta as f32,
            eta_w: rule.knobs.eta_w as f32,
            clip_norm: rule.knobs.clip_norm as f32,
            ..Wave::default()
        };
        Self {
            model,
            at,
            lanes,
            wave,
            list: Vec::new(),
        }
    }

    fn dispatch(&mut self, stage: &'static Stage, groups: [u32; 3], passes: Vec<Pass>) {
        self.list.push(Dispatch {
            stage,
            wave: self.wave,
            passes,
            groups,
        });
    }

    /// A stage that the wave's record tells all.
    fn push_whole(&mut self, stage: &'static Stage, groups: [u32; 3]) {
        self.dispatch(stage, groups, Vec::new());
    }

    /// A stage that works on one record.
    fn push(&mut self, stage: &'static Stage, groups: [u32; 3], pass: Pass) {
        self.dispatch(stage, groups, vec![pass]);
    }

    /// A stage that works through a list.
    fn push_list(&mut self, stage: &'static Stage, groups: [u32; 3], mut passes: Vec<Pass>) {
        let count = passes.len() as u32;
        if let Some(first) = passes.first_mut() {
            first.passes = count;
            self.dispatch(stage, groups, passes);
        }
    }

    /// A record that says no more than that it is about all columns.
    fn pass(&self) -> Pass {
        Pass::of_columns(self.wave.columns)
    }

    /// The inputs, which a seed's lanes share.
    fn images(&self) -> records::Source {
        records::Source {
            at: 0,
            stride: self.at.inputs_seed,
            group: self.lanes.per_seed,
            sweep: 0,
        }
    }

    /// Reads the images and scales them; `gathered` false leaves out the reading (the inputs are
    /// already there).
    fn inputs(&mut self, gathered: bool) {
        let (columns, seeds) = (self.wave.columns, self.lanes.seeds());
        if gathered {
            self.push_whole(&k::GATHER, [columns, 1, seeds]);
        } else if self.wave.flags & records::FLAG_UNIT_LENGTH != 0 {
            self.push_whole(&k::UNIT_LENGTH, [columns, 1, seeds]);
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
        let source = match m.source {
            Source::Input => self.images(),
            Source::Layer(l) => records::Source {
                at: self.at.acts_base + self.at.layers[l].acts,
                stride: self.at.acts_lane,
                group: 1,
                sweep: self.at.columns,
            },
        };
        Pass { source, ..pass }
    }

    /// A matrix's product, to what lies from `target_at` on: one slot a column, or sweep by sweep.
    fn product(&self, matrix: usize, target_at: u32, in_sweeps: bool, adds: bool) -> Pass {
        let units = self.model.matrices[matrix].units as u32;
        let pass = Pass {
            work: work::DENSE,
            units,
            units_pad: pad(units),
            matrix: Matrix {
                weights_at: self.at.weights[matrix],
                target_at: self.at.acts_base + target_at,
                target_sweep: if in_sweeps { self.at.columns } else { 0 },
                adds: adds.into(),
            },
            ..self.pass()
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
        let terms = Terms {
            dots_at: [term(0).0, term(1).0],
            rate_at: [term(0).1, term(1).1],
            count: dots.len() as u32,
            sweep: dots.first().map_or(0, |&((_, sweep), _)| sweep),
            ..Terms::default()
        };
        Pass { terms, ..pass }
    }

    /// The fields of one layer.
    fn layer(&self, l: usize) -> Pass {
        let offsets = &self.at.layers[l];
        Pass {
            units: offsets.units,
            units_pad: pad(offsets.units),
            node: Node {
                acts_at: self.at.acts_base + offsets.acts,
                deltas_at: offsets.deltas,
                norm_at: offsets.norm,
                kth_largest_at: offsets.kth_largest,
                k: self.model.layers[l].k as u32,
                beta_at: self.at.matrices + l as u32,
                beta_gradient_at: offsets.beta_gradient,
                along_at: offsets.along,
                ..Node::default()
            },
            ..self.pass()
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
        let layer = self.layer(l);
        let pass = Pass {
            work: work::COMPETE,
            node: Node {
                pre_activation_at: self.at.acts_base + kept.unwrap_or(offsets.acts),
                pre_activation_sweep: if kept.is_some() { 0 } else { self.at.columns },
                dots_at: offsets.act_dots,
                ..layer.node
            },
            ..layer
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
    fn the_deepest_network_fits_into_the_lists_and_a_list_has_one_wave() {
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
        let list = observe_step(&model, &rule, &at, lanes, (2, 1), true);
        for dispatch in &list {
            let (name, records) = (dispatch.stage.name, dispatch.passes.len());
            assert!(records <= dispatch.stage.records(), "{name}: {records}");
            // It is written once for all.
            assert_eq!(dispatch.wave, list[0].wave, "{name}");
        }
    }
}

//! Networks and steps that stages are tried on, with memory of which nothing may be read that was not
//! written.

use metacls::config::{Config, TaskKind};
use metacls::data::ClassSet;
use metacls::gpu::layout::{Layout, pad};
use metacls::gpu::memory::Memory;
use metacls::gpu::passes::{self, Lanes};
use metacls::gpu::records::misc;
use metacls::model::{LaneState, Model, Rule};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// One network and step to go through.
pub struct Case {
    /// Pixels of an image's side.
    pub side: usize,
    /// Classes of the first head.
    pub classes: u32,
    pub hidden: &'static [usize],
    pub pathways: Option<[usize; 2]>,
    pub items: usize,
    pub k_fraction: f64,
    pub batch: u32,
    pub replay: u32,
    pub seeds: u32,
    pub per_seed: u32,
    pub change: fn(&mut Rule),
}

const PLAIN: Case = Case {
    side: 28,
    classes: 10,
    hidden: &[21, 18],
    pathways: None,
    items: 0,
    k_fraction: 0.1,
    batch: 5,
    replay: 5,
    seeds: 2,
    per_seed: 2,
    change: |_| {},
};

pub const TASKS: u32 = 3;
pub const IMAGES: u32 = 9;
pub const STEPS: u32 = 2;

impl Case {
    pub fn model(&self) -> Model {
        Model::of_shape(
            self.side * self.side,
            self.hidden,
            self.pathways,
            self.classes as usize,
            self.items,
            self.k_fraction,
        )
    }

    pub fn rule(&self) -> Rule {
        let mut rule = Rule {
            learn_alpha: true,
            learn_beta: true,
            knobs: Config {
                eta_alpha: 0.003,
                eta_beta: 0.2,
                eta_w: 0.02,
                ..Config::default()
            },
        };
        (self.change)(&mut rule);
        rule
    }

    pub fn lanes(&self) -> Lanes {
        Lanes {
            lanes: self.seeds * self.per_seed,
            per_seed: self.per_seed,
            tasks: TASKS,
        }
    }

    pub fn training(&self) -> Layout {
        let second_order = self.rule().knobs.second_order;
        Layout::training(
            &self.model(),
            (self.batch, self.replay),
            second_order,
            self.seeds,
        )
    }

    /// Lanes with random values, whose padding, and all that no stage has written yet, is NaN.
    pub fn memory(&self, at: &Layout, states: &[LaneState<f32>], rng: &mut ChaCha8Rng) -> Memory {
        let model = self.model();
        let n = states.len();
        let poison = |len: u32| vec![f32::NAN; len as usize];
        let mut memory = Memory {
            weights: poison(at.weights_lane * n as u32),
            acts: poison(at.acts_base + at.acts_lane * n as u32),
            deltas: poison(at.deltas_lane * n as u32),
            scalars: poison(at.scalars_lane * n as u32),
            rates: poison(at.rates_lane * n as u32),
            entries: (0..STEPS * self.seeds * at.columns)
                .map(|_| {
                    let (image, task) = (rng.random_range(0..IMAGES), rng.random_range(0..TASKS));
                    let class = rng.random_range(0..self.classes);
                    let item = rng.random_range(0..self.items.max(1) as u32);
                    // A class of the task's own, where it has a head of its own.
                    let own = class - class % TASKS + task;
                    let class = match self.rule().knobs.own_heads {
                        true if own < self.classes => own,
                        true => task,
                        false => class,
                    };
                    [image, task, class, item]
                })
                .collect(),
            table: at.table(&model),
            // Every other byte is ink, or nearly half of every image would be grey noise.
            images: (0..IMAGES as usize * (self.side * self.side).div_ceil(4))
                .map(|_| rng.random::<u32>() & 0xff00_ff00)
                .collect(),
            rotations: (0..self.seeds * TASKS)
                .map(|_| {
                    let angle: f32 = rng.random_range(0.0..3.0);
                    [angle.cos(), angle.sin()]
                })
                .collect(),
            permutations: (0..self.seeds * TASKS)
                .flat_map(|_| {
                    let mut pixels: Vec<u32> = (0..(self.side * self.side) as u32).collect();
                    pixels.shuffle(rng);
                    pixels
                })
                .collect(),
            // Every third class, from the task's number on; and one more, which differs from seed to seed.
            answers: (0..self.seeds * TASKS)
                .map(|i| {
                    let more = (7 * i + 1) % self.classes;
                    let own = (0..self.classes).filter(|c| c % TASKS == i % TASKS || *c == more);
                    own.collect::<ClassSet>().words()
                })
                .collect(),
            // The second step of the block: the first one's entries must not be read.
            cursor: vec![1, 0, 0, 0],
            silenced: {
                let layers = &at.layers;
                let left = &layers[layers.len().saturating_sub(2)];
                (0..self.seeds * pad(left.units))
                    .map(|_| rng.random_range(0..2))
                    .collect()
            },
            codes: vec![0.25; (at.codes_lane * n as u32) as usize],
            counters: vec![7; (passes::counters(&model) * TASKS * n as u32) as usize],
        };
        for (lane, state) in states.iter().enumerate() {
            for ((matrix, values), &offset) in
                model.matrices.iter().zip(&state.weights).zip(&at.weights)
            {
                let rows = pad(matrix.units as u32) as usize;
                let first = lane * at.weights_lane as usize + offset as usize;
                for (i, &w) in values.iter().enumerate() {
                    let (unit, input) = (i / matrix.fan_in, i % matrix.fan_in);
                    memory.weights[first + input * rows + unit] = w;
                }
            }
            let used: Vec<f32> = state.alpha.iter().map(|a| a.max(0.0)).collect();
            let rates = [&state.alpha[..], &state.beta, &used, &used].concat();
            let first = lane * at.rates_lane as usize;
            memory.rates[first..first + rates.len()].copy_from_slice(&rates);
            let counted = &mut memory.rates[first + rates.len()..][..misc::COUNT];
            counted.fill(0.0);
            counted[misc::LEARN_ALPHA] = 1.0;
            counted[misc::LEARN_BETA] = 1.0;
        }
        memory
    }

    pub fn states(&self, rng: &mut ChaCha8Rng) -> Vec<LaneState<f32>> {
        let model = self.model();
        (0..self.seeds * self.per_seed)
            .map(|_| LaneState {
                weights: model
                    .matrices
                    .iter()
                    .map(|m| {
                        let wide = (6.0 / m.fan_in as f32).sqrt();
                        (0..m.units * m.fan_in)
                            .map(|_| rng.random_range(-wide..wide))
                            .collect()
                    })
                    .collect(),
                alpha: model
                    .matrices
                    .iter()
                    .map(|_| rng.random_range(-0.02..0.1))
                    .collect(),
                beta: model
                    .layers
                    .iter()
                    .map(|_| rng.random_range(0.0..0.5))
                    .collect(),
            })
            .collect()
    }
}

/// Networks of odd sizes, under every switch.
pub fn cases() -> Vec<Case> {
    vec![
        Case { ..PLAIN },
        Case {
            hidden: &[67, 9],
            pathways: Some([130, 33]),
            items: 71,
            k_fraction: 0.5,
            batch: 3,
            replay: 2,
            per_seed: 1,
            ..PLAIN
        },
        Case {
            hidden: &[1],
            batch: 1,
            replay: 0,
            seeds: 1,
            change: |r| r.knobs.sync_update = true,
            ..PLAIN
        },
        Case {
            hidden: &[130, 64, 5],
            k_fraction: 0.3,
            batch: 2,
            replay: 7,
            seeds: 1,
            change: |r| {
                r.knobs.unit_length_inputs = false;
                r.knobs.clip_norm = 0.01;
            },
            ..PLAIN
        },
        Case {
            seeds: 1,
            change: |r| r.knobs.second_order = true,
            ..PLAIN
        },
        Case {
            hidden: &[66, 19],
            pathways: Some([30, 9]),
            items: 13,
            batch: 4,
            replay: 1,
            per_seed: 1,
            change: |r| r.knobs.second_order = true,
            ..PLAIN
        },
        Case {
            hidden: &[20, 11],
            batch: 3,
            replay: 0,
            seeds: 1,
            change: |r| {
                r.knobs.second_order = true;
                r.knobs.unit_length_inputs = false;
            },
            ..PLAIN
        },
        Case {
            // Images whose pixels fill no whole words.
            side: 9,
            hidden: &[30, 31],
            batch: 4,
            replay: 1,
            change: |r| {
                r.knobs.competition = false;
                r.knobs.stream = TaskKind::Permuted;
            },
            ..PLAIN
        },
        Case {
            change: |r| {
                r.knobs.stream = TaskKind::Classes;
                r.knobs.own_heads = true;
            },
            ..PLAIN
        },
        Case {
            // Classes in both words, and two products to a head.
            classes: 47,
            hidden: &[33, 20],
            pathways: Some([24, 9]),
            batch: 3,
            replay: 4,
            seeds: 1,
            change: |r| {
                (r.knobs.second_order, r.knobs.own_heads) = (true, true);
                r.knobs.stream = TaskKind::Classes;
            },
            ..PLAIN
        },
    ]
}

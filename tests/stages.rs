//! Every stage alone on the GPU, dispatch by dispatch, against its twin: random inputs, odd sizes, and
//! everything that no stage should read filled with NaN.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapter;

use adapter::gpu;
use metacls::config::Config;
use metacls::gpu::kernels::{Buffer, COMPETE, Pass, STAGES, misc};
use metacls::gpu::layout::{Layout, pad};
use metacls::gpu::memory::Memory;
use metacls::gpu::passes::{self, Dispatch, Lanes, Piece};
use metacls::gpu::{Gpu, twins};
use metacls::lane::{HostLane, Sample};
use metacls::model::{LaneState, Model, Rule};
use metacls::reference::Reference;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One network and step to go through.
struct Case {
    /// Pixels of an image's side.
    side: usize,
    hidden: &'static [usize],
    pathways: Option<[usize; 2]>,
    items: usize,
    k_fraction: f64,
    batch: u32,
    replay: u32,
    seeds: u32,
    per_seed: u32,
    change: fn(&mut Rule),
}

const PLAIN: Case = Case {
    side: 28,
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

const TASKS: u32 = 3;
const IMAGES: u32 = 9;
const STEPS: u32 = 2;

impl Case {
    fn model(&self) -> Model {
        Model::of_shape(
            self.side * self.side,
            self.hidden,
            self.pathways,
            10,
            self.items,
            self.k_fraction,
        )
    }

    fn rule(&self) -> Rule {
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

    fn lanes(&self) -> Lanes {
        Lanes {
            lanes: self.seeds * self.per_seed,
            per_seed: self.per_seed,
            tasks: TASKS,
        }
    }

    /// Lanes with random values, whose padding, and all that no stage has written yet, is NaN.
    fn memory(&self, at: &Layout, states: &[LaneState<f32>], rng: &mut ChaCha8Rng) -> Memory {
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
                    [
                        rng.random_range(0..IMAGES),
                        rng.random_range(0..TASKS),
                        rng.random_range(0..10),
                        rng.random_range(0..self.items.max(1) as u32),
                    ]
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

    fn states(&self, rng: &mut ChaCha8Rng) -> Vec<LaneState<f32>> {
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

/// Compares what a dispatch and its twin changed, buffer by buffer. Elements that the twin leaves NaN are
/// padding: the stage may put anything there.
fn compare(
    dispatch: &Dispatch,
    before: &Memory,
    ours: &Memory,
    twin: &Memory,
) -> Result<f64, String> {
    let mut worst = 0.0_f64;
    for &(_, name) in dispatch.stage.bindings {
        let [before, ours, twin] = [before, ours, twin].map(|m| m.bytes(name));
        if matches!(
            name,
            Buffer::Cursor
                | Buffer::Counters
                | Buffer::Entries
                | Buffer::Table
                | Buffer::Images
                | Buffer::Silenced
        ) {
            if ours != twin {
                return Err(format!("{name:?} differs"));
            }
            continue;
        }
        let [before, ours, twin]: [&[f32]; 3] = [before, ours, twin].map(bytemuck::cast_slice);
        let changed: Vec<usize> = (0..twin.len())
            .filter(|&i| !twin[i].is_nan())
            .filter(|&i| {
                [ours[i], twin[i]]
                    .iter()
                    .any(|x| x.to_bits() != before[i].to_bits())
            })
            .collect();
        let scale = changed
            .iter()
            .fold(f32::MIN_POSITIVE, |m, &i| m.max(twin[i].abs()));
        for i in changed {
            let off = f64::from((ours[i] - twin[i]).abs() / scale);
            // A NaN of the stage's fails too.
            if off.is_nan() || off > 3e-5 {
                return Err(format!(
                    "{name:?}[{i}] is {} but its twin {}",
                    ours[i], twin[i]
                ));
            }
            worst = worst.max(off);
        }
    }
    Ok(worst)
}

/// Takes the twins through a list; before each, runs its stage on the GPU from the same memory.
fn through(gpu: &Gpu, list: &[Dispatch], memory: &mut Memory, met: &mut Vec<&'static str>) {
    for (i, dispatch) in list.iter().enumerate() {
        let name = dispatch.stage.name;
        let before = memory.clone();
        let mut ours = memory.clone();
        pollster::block_on(gpu.run_alone(dispatch, &mut ours)).unwrap();
        assert!(twins::run(dispatch, memory), "{name} has no twin");
        if let Err(e) = compare(dispatch, &before, &ours, memory) {
            panic!("dispatch {i}, {name}: {e}");
        }
        met.push(name);
    }
}

fn cases() -> Vec<Case> {
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
            // Images whose pixels fill no whole words.
            side: 9,
            hidden: &[30, 31],
            batch: 4,
            replay: 1,
            change: |r| r.knobs.competition = false,
            ..PLAIN
        },
    ]
}

#[test]
fn every_stage_alone_agrees_with_its_twin() {
    let Some(gpu) = gpu() else { return };
    let mut met = Vec::new();
    for (number, case) in cases().iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(number as u64);
        let (model, rule) = (case.model(), case.rule());
        let states = case.states(&mut rng);
        let at = Layout::training(&model, case.batch, case.replay, case.seeds);
        let mut memory = case.memory(&at, &states, &mut rng);
        let shape = (case.batch, case.replay);
        let list = passes::observe_step(&model, &rule, &at, case.lanes(), shape, true);
        through(&gpu, &list, &mut memory, &mut met);
        let numbers = memory.rates.chunks(at.rates_lane as usize);
        for (lane, rates) in numbers.enumerate() {
            assert!(
                rates[..at.misc()].iter().all(|x| x.is_finite()),
                "case {number}, lane {lane}: {rates:?}"
            );
        }

        let at = Layout::evaluation(&model, 6, case.seeds);
        let mut memory = case.memory(&at, &states, &mut rng);
        memory.cursor[0] = 0;
        // Images 1 to 5 of each seed's six.
        let piece = Piece {
            task: 1,
            columns: 5,
            entry_at: 1,
            per_task: 6,
        };
        let list = passes::evaluate(&model, &rule, &at, case.lanes(), piece, true);
        through(&gpu, &list, &mut memory, &mut met);
        assert!(
            memory.counters.iter().any(|&c| c > 7),
            "nothing was counted"
        );
    }
    for stage in STAGES {
        assert!(met.contains(&stage.name), "{} was never met", stage.name);
    }
    println!("{} dispatches of {} stages agree", met.len(), STAGES.len());
}

/// The twins themselves, taken through a whole step, give what the textbook gives.
#[test]
fn twins_agree_with_the_reference() {
    for (number, case) in cases().iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(100 + number as u64);
        let (model, rule) = (case.model(), case.rule());
        let states = case.states(&mut rng);
        let at = Layout::training(&model, case.batch, case.replay, case.seeds);
        let mut memory = case.memory(&at, &states, &mut rng);
        let shape = (case.batch, case.replay);
        let list = passes::observe_step(&model, &rule, &at, case.lanes(), shape, true);
        let mut images = Vec::new();
        for dispatch in &list {
            assert!(twins::run(dispatch, &mut memory));
            if dispatch.stage.name == "gather" {
                images = memory.acts.clone();
            }
        }
        for (lane, state) in states.into_iter().enumerate() {
            let seed = lane / case.per_seed as usize;
            let columns = (case.batch + case.replay) as usize;
            let entry = |c: usize| memory.entries[(case.seeds as usize + seed) * columns + c];
            let ready: Vec<(Vec<f64>, [u32; 2])> = (0..columns)
                .map(|c| {
                    let from = seed * at.inputs_seed as usize + c * pad(at.inputs) as usize;
                    let image = &images[from..from + model.inputs];
                    let [_, _, category, item] = entry(c);
                    (
                        image.iter().map(|&x| f64::from(x)).collect(),
                        [category, item],
                    )
                })
                .collect();
            let samples: Vec<Sample<'_, f64>> = ready
                .iter()
                .map(|(input, labels)| Sample {
                    input,
                    labels: &labels[..model.heads.len()],
                })
                .collect();
            let mut oracle = Reference::new(&model, &rule, state.widen());
            let (current, replay) = samples.split_at(case.batch as usize);
            let loss = oracle.observe(current, replay);
            let truth = oracle.state();
            let near = |what: &str, ours: f32, theirs: f64| {
                assert!(
                    (f64::from(ours) - theirs).abs() < 2e-6 * (1.0 + theirs.abs()),
                    "case {number}, lane {lane}, {what}: {ours} {theirs}"
                );
            };
            let rates = &memory.rates[lane * at.rates_lane as usize..];
            near("loss", rates[at.misc() + misc::LOSS], loss);
            for (ours, theirs) in rates.iter().zip(truth.alpha.iter().chain(&truth.beta)) {
                near("rates", *ours, *theirs);
            }
            for ((matrix, values), &offset) in
                model.matrices.iter().zip(&truth.weights).zip(&at.weights)
            {
                let rows = pad(matrix.units as u32) as usize;
                let first = lane * at.weights_lane as usize + offset as usize;
                for (i, &w) in values.iter().enumerate() {
                    let (unit, input) = (i / matrix.fan_in, i % matrix.fan_in);
                    near(&matrix.name, memory.weights[first + input * rows + unit], w);
                }
            }
        }
    }
}

/// How a column of pre-activations is drawn.
type Draw = Box<dyn FnMut(&mut ChaCha8Rng) -> f32>;

/// The k-th largest is exact: duplicates, ties, signs, any k up to half the units, widths up to 4096.
#[test]
fn competition_finds_the_exact_kth_largest() {
    let Some(gpu) = gpu() else { return };
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for units in [1_u32, 2, 63, 64, 65, 250, 1000, 4095, 4096] {
        let mut ks = vec![
            1,
            (units / 100).max(1),
            (units / 10).max(1),
            (units / 2).max(1),
        ];
        ks.dedup();
        for k in ks {
            let kinds: Vec<Draw> = vec![
                Box::new(|r| r.random_range(-1.0..1.0)),
                // Few different values, both zeros among them.
                Box::new(|r| [-0.5, -0.0, 0.0, 0.25, 0.5][r.random_range(0..5)]),
                Box::new(|_| 0.125),
                Box::new(|r| -r.random_range(0.5..2.0)),
                Box::new(|_| 0.0),
                // From very small to very large.
                Box::new(|r| r.random_range(-1.0_f32..1.0) * 10_f32.powi(r.random_range(-15..15))),
            ];
            for (kind, mut draw) in kinds.into_iter().enumerate() {
                let columns = 3;
                let slots = pad(units) * columns;
                let pass = Pass {
                    columns,
                    column_slots: columns,
                    inner_slots: 1,
                    units,
                    units_pad: pad(units),
                    acts_lane: slots,
                    deltas_lane: 4,
                    scalars_lane: 32,
                    rates_lane: 4,
                    lanes_per_seed: 1,
                    norm_at: 8,
                    kth_largest_at: 16,
                    k,
                    flags: 3,
                    ..Pass::default()
                };
                let dispatch = Dispatch {
                    stage: &COMPETE,
                    pass,
                    groups: [columns, 1, 2],
                };
                let mut memory = Memory {
                    acts: vec![f32::NAN; 2 * slots as usize],
                    deltas: vec![f32::NAN; 8],
                    scalars: vec![f32::NAN; 64],
                    rates: vec![
                        0.3,
                        f32::NAN,
                        f32::NAN,
                        f32::NAN,
                        0.7,
                        f32::NAN,
                        f32::NAN,
                        f32::NAN,
                    ],
                    ..Memory::default()
                };
                for column in memory.acts.chunks_mut(pad(units) as usize) {
                    column[..units as usize].fill_with(|| draw(&mut rng));
                }
                let before = memory.clone();
                let mut ours = memory.clone();
                pollster::block_on(gpu.run_alone(&dispatch, &mut ours)).unwrap();
                assert!(twins::run(&dispatch, &mut memory));
                for scalar in [16, 17, 18, 48, 49, 50] {
                    assert_eq!(
                        ours.scalars[scalar], memory.scalars[scalar],
                        "{units} units, k = {k}, kind {kind}"
                    );
                }
                if let Err(e) = compare(&dispatch, &before, &ours, &memory) {
                    panic!("{units} units, k = {k}, kind {kind}: {e}");
                }
            }
        }
    }
}

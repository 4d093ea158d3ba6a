//! Every stage alone on the GPU, dispatch by dispatch, against its twin: random inputs, odd sizes, and
//! everything that no stage should read filled with NaN.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapter;
mod stage_cases;

use adapter::gpu;
use metacls::data::ClassSet;
use metacls::gpu::kernels::{Buffer, COMPETE, STAGES, Shape};
use metacls::gpu::layout::{Layout, pad};
use metacls::gpu::memory::Memory;
use metacls::gpu::passes::{self, Dispatch, Piece};
use metacls::gpu::records::{FLAG_COMPETITION, FLAG_UNIT_LENGTH, Node, Part, Pass, Wave, misc};
use metacls::gpu::{Gpu, twins};
use metacls::lane::{HostLane, Sample};
use metacls::reference::Reference;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use stage_cases::{TASKS, cases};

/// Compares what a dispatch and its twin changed, buffer by buffer. Elements that the twin leaves NaN are
/// padding: the stage may put anything there.
fn compare(
    dispatch: &Dispatch,
    before: &Memory,
    ours: &Memory,
    twin: &Memory,
) -> Result<f64, String> {
    let mut worst = 0.0_f64;
    // What walks through a list makes many stages' errors one after the other.
    let tolerance = match dispatch.stage.shape {
        Shape::Walk { .. } => 3e-4,
        Shape::Whole | Shape::Alone | Shape::Columns(_) | Shape::List | Shape::Block => 3e-5,
    };
    for &(_, name) in dispatch.stage.bindings {
        let [before, ours, twin] = [before, ours, twin].map(|m| m.bytes(name));
        if matches!(
            name,
            Buffer::Cursor
                | Buffer::Counters
                | Buffer::Entries
                | Buffer::Table
                | Buffer::Images
                | Buffer::Permutations
                | Buffer::Answers
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
            // What cancels to less is rounding.
            .fold(1e-3, |m: f32, &i| m.max(twin[i].abs()));
        for i in changed {
            let off = f64::from((ours[i] - twin[i]).abs() / scale);
            // A NaN of the stage's fails too.
            if off.is_nan() || off > tolerance {
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

#[test]
fn every_stage_alone_agrees_with_its_twin() {
    let Some(gpu) = gpu() else { return };
    let mut met = Vec::new();
    for (number, case) in cases().iter().enumerate() {
        let mut rng = ChaCha8Rng::seed_from_u64(number as u64);
        let (model, rule) = (case.model(), case.rule());
        let states = case.states(&mut rng);
        let at = case.training();
        let mut memory = case.memory(&at, &states, &mut rng);
        let start = memory.clone();
        let shape = (case.batch, case.replay);
        let list = passes::observe_step(&model, &rule, &at, case.lanes(), shape, true);
        through(&gpu, &list, &mut memory, &mut met);
        // The same with every stage in dispatches of its own, and with the inputs from the host.
        let mut again = start;
        let mut list = passes::alone(&list);
        through(&gpu, &list[..1], &mut again, &mut met);
        let scaled = passes::observe_step(&model, &rule, &at, case.lanes(), shape, false);
        list.splice(
            ..1,
            scaled
                .into_iter()
                .take_while(|d| d.stage.name == "unit_length"),
        );
        through(&gpu, &list, &mut again, &mut met);
        for (ours, alone) in memory.rates.iter().zip(&again.rates) {
            assert!(
                (ours - alone).abs() < 1e-6 || ours.is_nan() && alone.is_nan(),
                "{ours} {alone}"
            );
        }
        let numbers = memory.rates.chunks(at.rates_lane as usize);
        for (lane, rates) in numbers.enumerate() {
            assert!(
                rates[..at.misc()].iter().all(|x| x.is_finite()),
                "case {number}, lane {lane}: {rates:?}"
            );
        }

        let at = Layout::evaluation(&model, 140, case.seeds);
        let mut memory = case.memory(&at, &states, &mut rng);
        memory.cursor[0] = 0;
        // Images 1 to 133 of each seed's 140: one tile of columns and a part of the next.
        let piece = Piece {
            task: 1,
            columns: 133,
            entry_at: 1,
            per_task: 140,
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
        let at = case.training();
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
            type Ready = (Vec<f64>, [u32; 2], Option<ClassSet>);
            let own = |task: u32| {
                let [low, high] = memory.answers[(seed as u32 * TASKS + task) as usize];
                let bits = u64::from(high) << 32 | u64::from(low);
                (0..64).filter(|c| bits >> c & 1 == 1).collect()
            };
            let ready: Vec<Ready> = (0..columns)
                .map(|c| {
                    let from = seed * at.inputs_seed as usize + c * pad(at.inputs) as usize;
                    let image = &images[from..from + model.inputs];
                    let [_, task, category, item] = entry(c);
                    (
                        image.iter().map(|&x| f64::from(x)).collect(),
                        [category, item],
                        rule.knobs.own_heads.then(|| own(task)),
                    )
                })
                .collect();
            let samples: Vec<Sample<'_, f64>> = ready
                .iter()
                .map(|(input, labels, among)| Sample {
                    input,
                    labels: &labels[..model.heads.len()],
                    among: *among,
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
                let wave = Wave {
                    columns,
                    column_slots: columns,
                    inner_slots: 1,
                    flags: FLAG_UNIT_LENGTH | FLAG_COMPETITION,
                    lanes_per_seed: 1,
                    acts_lane: slots,
                    deltas_lane: 4,
                    scalars_lane: 32,
                    rates_lane: 4,
                    ..Wave::default()
                };
                let pass = Pass {
                    units,
                    units_pad: pad(units),
                    part: Part {
                        columns,
                        ..Part::default()
                    },
                    node: Node {
                        norm_at: 8,
                        kth_largest_at: 16,
                        k,
                        ..Node::default()
                    },
                    ..Pass::default()
                };
                let dispatch = Dispatch {
                    stage: &COMPETE,
                    wave,
                    passes: vec![pass],
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

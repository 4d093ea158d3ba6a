//! The engines side by side: the GPU at the paper's sizes against the float64 reference in mid-training, and
//! all three over small runs, whole and interrupted.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapter;
mod small;

use std::sync::Arc;

use metacls::analysis::stats::Estimate;
use metacls::config::{Condition, Config};
use metacls::data::{Dataset, Rotation, digits, rotate};
use metacls::driver::{Driver, Note, Now};
use metacls::engine::{Device, Engine, Hints, Reading, Wave};
use metacls::experiments;
use metacls::gpu::{Gpu, GpuWave, LaneStart, WaveData, WaveSetup};
use metacls::lane::{HostLane, Sample};
use metacls::model::{LaneState, Model, Rule, initial};
use metacls::numeric::deviation;
use metacls::reference::Reference;
use metacls::results::Results;
use metacls::results::record::TaskRecord;
use metacls::stream::{Step, Stream};

fn gpu() -> Option<Arc<Gpu>> {
    adapter::gpu().map(Arc::new)
}

type Ready = (Vec<f32>, Vec<u32>);

fn ready(data: &Dataset, stream: &Stream, samples: &[u32], heads: usize) -> Vec<Ready> {
    samples
        .iter()
        .map(|&sample| {
            let image = stream.image(sample) as usize;
            let turn = Rotation::degrees(stream.tasks[stream.task_of(sample) as usize].view.angle);
            let mut input = vec![0.0; data.info.pixels()];
            rotate(data.train.image(image), data.info.side, turn, &mut input);
            let labels = [data.train.labels[image].into(), sample];
            (input, labels[..heads].to_vec())
        })
        .collect()
}

/// One step from each of `states` states, `apart` steps from one another on the reference's course.
fn mid_training(name: &str, states: usize, apart: usize, change: impl Fn(&mut Config)) {
    let Some(gpu) = gpu() else { return };
    let mut config = experiments::find(name).unwrap().config;
    change(&mut config);
    let data = digits(7, 4_000, 1_000);
    let stream = Stream::new(&config, 0, &data.pool()).unwrap();
    let model = Model::new(&config, &data.info);
    let rule = Rule::of(&config, Condition::Meta);
    let heads = model.heads.len();
    let start = |state: &LaneState<f32>| LaneStart {
        state: state.clone(),
        learn_alpha: true,
        learn_beta: true,
    };
    let mut course = Reference::new(&model, &rule, initial(&model, &config, 0));
    let mut wave = GpuWave::new(
        gpu,
        &WaveSetup {
            model: &model,
            rule: &rule,
            starts: &[start(&course.state())],
            per_seed: 1,
            tasks: 1,
            batch: config.batch,
            replay: config.replay,
            block: 1,
            data: &WaveData {
                capacity: 1,
                per_task: 1,
                ..Default::default()
            },
        },
    )
    .unwrap();
    let split = |step: &Step| {
        (
            ready(&data, &stream, &step.current, heads),
            ready(&data, &stream, &step.replay, heads),
        )
    };
    let mut worst = 0.0_f64;
    for (i, step) in stream.steps.iter().enumerate().take(states * apart) {
        let (current, replay) = split(step);
        if i % apart == apart - 1 {
            let state = course.state();
            wave.write_lane(0, &start(&state));
            let mut entries = Vec::new();
            for (column, (input, labels)) in current.iter().chain(&replay).enumerate() {
                wave.write_inputs(true, 0, column as u32, input);
                entries.push([0, 0, labels[0], labels.get(1).copied().unwrap_or(0)]);
            }
            wave.write_entries(&entries);
            wave.advance(&[(current.len() as u32, replay.len() as u32)], false);
            let ours = pollster::block_on(wave.lane(0)).unwrap().widen();
            let loss = pollster::block_on(wave.rates()).unwrap()[0].loss;
            let widened: Vec<(Vec<f64>, &[u32])> = current
                .iter()
                .chain(&replay)
                .map(|(x, l)| (x.iter().map(|&x| f64::from(x)).collect(), l.as_slice()))
                .collect();
            let all: Vec<Sample<'_, f64>> = widened
                .iter()
                .map(|(input, labels)| Sample {
                    input,
                    labels,
                    among: None,
                })
                .collect();
            let mut oracle = Reference::new(&model, &rule, state.widen());
            let true_loss = oracle.observe(&all[..current.len()], &all[current.len()..]);
            let truth = oracle.state();
            let mut off = deviation(&[loss.into()], &[true_loss])
                .max(deviation(&ours.alpha, &truth.alpha))
                .max(deviation(&ours.beta, &truth.beta));
            for (a, b) in ours.weights.iter().zip(&truth.weights) {
                off = off.max(deviation(a, b));
            }
            assert!(off < 1e-3, "{name}, step {i}: {off:.1e}");
            worst = worst.max(off);
        }
        let samples = |list: &'_ [Ready]| -> Vec<(Vec<f32>, Vec<u32>)> { list.to_vec() };
        let (current, replay) = (samples(&current), samples(&replay));
        let current: Vec<Sample<'_, f32>> = current
            .iter()
            .map(|(input, labels)| Sample {
                input,
                labels,
                among: None,
            })
            .collect();
        let replay: Vec<Sample<'_, f32>> = replay
            .iter()
            .map(|(input, labels)| Sample {
                input,
                labels,
                among: None,
            })
            .collect();
        course.observe(&current, &replay);
    }
    println!("{name}: largest deviation over {states} states {worst:.1e}");
}

#[test]
fn twenty_states_of_figure_1() {
    mid_training("figure1", 20, 8, |_| {});
}

#[test]
fn four_states_of_figure_2() {
    mid_training("figure2", 4, 10, |_| {});
}

#[test]
fn two_states_of_figure_3() {
    mid_training("figure3", 2, 8, |_| {});
}

fn small_driver(device: Device, change: impl Fn(&mut Config)) -> Driver {
    let info = device.info();
    Driver::new(small::config(change), small::images(), device, info).unwrap()
}

fn finish(driver: &mut Driver) -> Results {
    while pollster::block_on(driver.slice(false)).unwrap().last() != Some(&Note::Done) {}
    driver.results()
}

fn small_run(device: Device, change: impl Fn(&mut Config)) -> Results {
    finish(&mut small_driver(device, change))
}

#[test]
fn the_same_seed_twice_is_the_same_bit_for_bit() {
    let Some(gpu) = gpu() else { return };
    let run = || small_run(Device::Gpu(gpu.clone()), |_| {}).lanes;
    assert_eq!(run(), run());
}

async fn at_once(_: u32) -> Option<Hints> {
    Some(Hints::default())
}

/// A lost device costs the steps since the last task end, and changes no number: wherever it is lost.
#[test]
fn a_run_goes_on_after_its_device_was_lost() {
    let Some(first) = gpu() else { return };
    let all = |c: &mut Config| c.conditions = Condition::ALL.to_vec();
    let whole = small_run(Device::Gpu(first), all);
    for slices in [1, 2, 5, 9, 14, 20] {
        let Some(gpu) = gpu() else { return };
        let mut driver = small_driver(Device::Gpu(gpu.clone()), all);
        for _ in 0..slices {
            pollster::block_on(driver.slice(true)).unwrap();
        }
        gpu.lose();
        let error = loop {
            match pollster::block_on(driver.slice(true)) {
                Ok(notes) => assert_ne!(notes.last(), Some(&Note::Done)),
                Err(e) => break e,
            }
        };
        assert!(error.is_recoverable(), "{error}");
        let rewound = pollster::block_on(driver.recover(error, at_once)).unwrap();
        assert!(matches!(rewound.unwrap().now, Now::Same(_)));
        assert_eq!(
            finish(&mut driver).lanes,
            whole.lanes,
            "lost after {slices} slices"
        );
        let progress = driver.progress();
        assert_eq!(progress.lane_steps, progress.lane_steps_total);
    }
}

/// How seeds are dealt into waves changes no number.
#[test]
fn engines_give_the_same_in_one_wave_as_seed_by_seed() {
    let Some(gpu) = gpu() else { return };
    for device in [Device::Gpu(gpu), Device::Cpu, Device::Reference] {
        let together = small_run(device.clone(), |c| c.seeds = 3);
        for seed in 0..3 {
            let alone = small_run(device.clone(), |c| (c.first_seed, c.seeds) = (seed, 1));
            let lanes = &together.lanes[2 * seed as usize..][..2];
            assert_eq!(alone.lanes, lanes, "{:?}, seed {seed}", device.info().kind);
        }
    }
}

fn agree(ours: &Results, theirs: &Results) {
    for (a, b) in ours.lanes.iter().zip(&theirs.lanes) {
        assert_eq!((a.lane(), a.records.len()), (b.lane(), b.records.len()));
        for (x, y) in a.records.iter().zip(&b.records) {
            let rates = |r: &TaskRecord| [&r.alpha[..], &r.beta].concat();
            for (p, q) in rates(x).iter().zip(&rates(y)) {
                let t = x.tasks_learned;
                assert!((p - q).abs() < 1e-3, "{:?} after {t}: {p} {q}", a.lane());
            }
            let measured = |r: &TaskRecord| {
                let e = r.evaluation.as_ref().unwrap();
                let accuracy = e.accuracy.iter().map(|a| a.mean);
                let alike = e.correlation.iter().flatten().copied();
                accuracy
                    .chain(e.active.clone())
                    .chain(alike)
                    .collect::<Vec<_>>()
            };
            let (x, y) = (measured(x), measured(y));
            assert_eq!(x.len(), y.len());
            for (p, q) in x.iter().zip(&y) {
                assert!((p - q).abs() < 0.03, "{:?}: {x:?} {y:?}", a.lane());
            }
        }
    }
}

/// Ragged last batches, odd widths, several seeds, all conditions: whole small runs agree.
#[test]
fn engines_agree_over_a_short_run() {
    let Some(gpu) = gpu() else { return };
    let all = |c: &mut Config| c.conditions = Condition::ALL.to_vec();
    let truth = small_run(Device::Reference, all);
    assert_eq!(truth.lanes.len(), 10);
    assert!(truth.lanes.iter().all(|l| l.records.len() == 4));
    agree(&small_run(Device::Gpu(gpu), all), &truth);
    agree(&small_run(Device::Cpu, all), &truth);
}

/// The digits with labels of so many classes, dealt in turn: nothing to be learned, but every class is met.
fn relabelled(classes: u8) -> Arc<Dataset> {
    let mut data = (*small::images()).clone();
    for images in [&mut data.train, &mut data.test] {
        let turn = (0..classes).cycle();
        images.labels.iter_mut().zip(turn).for_each(|(l, c)| *l = c);
    }
    data.info.classes = classes.into();
    Arc::new(data)
}

/// Heads as wide as data sets may have classes: on both sides of the widths that vectors, tiles and
/// workgroups are cut at.
#[test]
fn engines_agree_whatever_the_number_of_classes() {
    let Some(gpu) = gpu() else { return };
    for classes in [2, 16, 17, 26, 47, 62] {
        let data = relabelled(classes);
        let run = |device: Device| {
            let config = small::config(|c| c.alpha_0 = 0.1);
            let info = device.info();
            let mut driver = Driver::new(config, data.clone(), device, info).unwrap();
            finish(&mut driver)
        };
        let truth = run(Device::Reference);
        assert_eq!(truth.data.classes, u32::from(classes));
        agree(&run(Device::Gpu(gpu.clone())), &truth);
        agree(&run(Device::Cpu), &truth);
    }
}

/// Two pathways, two heads, all lesions.
#[test]
fn engines_agree_over_a_short_run_with_pathways() {
    let Some(gpu) = gpu() else { return };
    let dual = |c: &mut Config| {
        c.pathways = Some([37, 11]);
        c.item_head = true;
        c.evaluate_on = metacls::config::EvaluateOn::Learned;
        c.evaluation_images = 13;
        c.alpha_0 = 0.1;
    };
    let truth = small_run(Device::Reference, dual);
    let last = truth.lanes[0].records.last().unwrap();
    assert_eq!(last.evaluation.as_ref().unwrap().accuracy.len(), 8);
    agree(&small_run(Device::Gpu(gpu), dual), &truth);
    agree(&small_run(Device::Cpu, dual), &truth);
}

/// Every kind of stream, in both orders, with heads of their own and without: whole small runs agree.
#[test]
fn engines_agree_on_every_stream() {
    let Some(gpu) = gpu() else { return };
    use metacls::config::Order::{Mixed, Sequential};
    use metacls::config::TaskKind::{Classes, Permuted, Rotated};
    let streams = [
        (Permuted, Sequential, false),
        (Classes, Sequential, false),
        (Classes, Sequential, true),
        (Rotated, Mixed, false),
        (Permuted, Mixed, false),
        (Classes, Mixed, false),
        (Classes, Mixed, true),
    ];
    let mut met = Vec::new();
    for (stream, order, own_heads) in streams {
        let of = |c: &mut Config| {
            (c.stream, c.order, c.own_heads) = (stream, order, own_heads);
            c.alpha_0 = 0.1;
        };
        let truth = small_run(Device::Reference, of);
        agree(&small_run(Device::Gpu(gpu.clone()), of), &truth);
        agree(&small_run(Device::Cpu, of), &truth);
        let meta = truth.lanes.iter().find(|l| l.condition == Condition::Meta);
        met.push(meta.unwrap().records.last().unwrap().alpha.clone());
    }
    // Each of them is another stream.
    for (i, one) in met.iter().enumerate() {
        assert!(met[..i].iter().all(|other| other != one), "{i}");
    }
}

/// Heads of their own over classes on both sides of the words that they are told in, in both orders. Rates
/// are low: among larger ones a unit on its threshold may fall to either side of it, and engines part.
#[test]
fn engines_agree_on_heads_of_their_own_whatever_the_number_of_classes() {
    let Some(gpu) = gpu() else { return };
    for (classes, second_order) in [(33, false), (62, true)] {
        let data = relabelled(classes);
        let run = |device: Device| {
            let config = small::config(|c| {
                c.data = metacls::config::DataSet::Custom;
                c.stream = metacls::config::TaskKind::Classes;
                (c.own_heads, c.second_order, c.tasks) = (true, second_order, 4);
                (c.samples_per_task, c.evaluation_images) = (20, 12);
            });
            let info = device.info();
            let mut driver = Driver::new(config, data.clone(), device, info).unwrap();
            finish(&mut driver)
        };
        let truth = run(Device::Reference);
        agree(&run(Device::Gpu(gpu.clone())), &truth);
        agree(&run(Device::Cpu), &truth);
    }
}

/// Second order: the fast engine's run beside the reference's.
#[test]
fn cpu_and_reference_agree_over_a_second_order_run() {
    let second = |c: &mut Config| c.second_order = true;
    agree(
        &small_run(Device::Cpu, second),
        &small_run(Device::Reference, second),
    );
}

/// Over a whole run rounding grows, and lanes may part; what they do as a crowd stays the same.
#[test]
fn cpu_and_gpu_agree_in_distribution_over_a_whole_run() {
    let Some(gpu) = gpu() else { return };
    const SEEDS: u32 = 6;
    let whole = |c: &mut Config| {
        c.seeds = SEEDS;
        (c.tasks, c.samples_per_task) = (10, 30);
    };
    let (ours, theirs) = (
        small_run(Device::Gpu(gpu), whole),
        small_run(Device::Cpu, whole),
    );
    for condition in [Condition::Baseline, Condition::Meta] {
        // Everything measured at the end, by lane: lists of the same numbers.
        let ends = |results: &Results| -> Vec<Vec<f64>> {
            let lanes = results.lanes.iter();
            lanes
                .filter(|l| l.condition == condition)
                .map(|l| {
                    let last = l.records.last().unwrap();
                    let e = last.evaluation.as_ref().unwrap();
                    let accuracy = e.accuracy.iter().map(|a| a.mean).collect();
                    [
                        accuracy,
                        e.active.clone(),
                        last.alpha.clone(),
                        last.beta.clone(),
                    ]
                    .concat()
                })
                .collect()
        };
        let (a, b) = (ends(&ours), ends(&theirs));
        assert_eq!((a.len(), b.len()), (SEEDS as usize, SEEDS as usize));
        for i in 0..a[0].len() {
            let of = |lanes: &[Vec<f64>]| {
                Estimate::of(&lanes.iter().map(|l| l[i]).collect::<Vec<_>>()).unwrap()
            };
            let (a, b) = (of(&a), of(&b));
            // The standard error of a difference between two independent crowds; these are even paired.
            let error = (a.sem.unwrap().powi(2) + b.sem.unwrap().powi(2)).sqrt();
            let off = (a.mean - b.mean).abs();
            assert!(
                off <= error + 1e-6,
                "{condition:?}, number {i}: {a:?} {b:?}"
            );
        }
    }
}

/// Takes a wave of two lanes, the second of them broken or not, through a task.
fn wave_of_two(device: &Device, broken: bool) -> Vec<Reading> {
    let config = small::config(|c| (c.tasks, c.seeds) = (1, 1));
    let data = small::images();
    let model = Model::new(&config, &data.info);
    let mut starts = vec![initial(&model, &config, 0); 2];
    if broken {
        // Every unit of the second layer is driven by infinities of either sign.
        starts[1].weights[1]
            .iter_mut()
            .step_by(2)
            .for_each(|w| *w = f32::INFINITY);
    }
    let lanes = config.lanes();
    let stream = Arc::new(Stream::new(&config, 0, &data.pool()).unwrap());
    let wave = Wave {
        model: Arc::new(model),
        data,
        streams: vec![stream],
        lanes,
        starts,
        first_step: 0,
        config: Arc::new(config),
    };
    let mut engine = pollster::block_on(Engine::new(device, wave)).unwrap();
    engine.begin_task(0).unwrap();
    pollster::block_on(engine.advance(0..3)).unwrap();
    pollster::block_on(engine.read()).unwrap()
}

#[test]
fn a_lane_that_is_not_finite_is_named_and_the_others_go_on() {
    let Some(gpu) = gpu() else { return };
    for device in [Device::Reference, Device::Cpu, Device::Gpu(gpu)] {
        let (well, ill) = (wave_of_two(&device, false), wave_of_two(&device, true));
        assert_eq!(well[0], ill[0]);
        assert_eq!(
            (well[1].diverged, ill[1].diverged),
            (None, Some(0)),
            "{:?}",
            device.info().kind
        );
    }
}

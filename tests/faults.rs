//! Faults of the GPU, each in its place: memory, errors of this program, losses, another adapter, another
//! kind of engine. What was measured is kept, and what can go on does.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapter;
mod small;

use std::sync::Arc;

use metacls::config::{Condition, Config};
use metacls::data::digits;
use metacls::driver::{Driver, Note, Now, RestoreError, Rewound, RunError};
use metacls::engine::info::{EngineChoice, EngineInfo, EngineKind};
use metacls::engine::{Device, EngineError, Hints};
use metacls::formats::version;
use metacls::gpu::passes::Lanes;
use metacls::gpu::wave::{Demand, Sizes};
use metacls::gpu::{Gpu, GpuError, GpuWave, LaneStart, Refusal, WaveData, WaveSetup};
use metacls::kept::checkpoint::Checkpoint;
use metacls::kept::log;
use metacls::messages;
use metacls::model::{Model, Rule, initial};
use metacls::results::Results;

fn gpu() -> Option<Arc<Gpu>> {
    adapter::gpu().map(Arc::new)
}

fn config(change: impl Fn(&mut Config)) -> Config {
    small::config(|c| {
        c.seeds = 4;
        c.conditions = vec![Condition::Baseline, Condition::Rates, Condition::Meta];
        change(c);
    })
}

fn driver(device: &Device, info: EngineInfo, change: impl Fn(&mut Config)) -> Driver {
    Driver::new(config(change), small::images(), device.clone(), info).unwrap()
}

fn on(device: &Device, change: impl Fn(&mut Config)) -> Driver {
    driver(device, device.info(), change)
}

/// Takes a run to its end; gives what it went back to on the way.
fn finish(driver: &mut Driver) -> Result<Vec<Rewound>, RunError> {
    let mut rewound = Vec::new();
    loop {
        for note in pollster::block_on(driver.slice(false))? {
            match note {
                Note::Rewound(r) => rewound.push(*r),
                Note::Done => return Ok(rewound),
                _ => {}
            }
        }
    }
}

/// Goes on until a task has ended.
fn to_a_task_end(driver: &mut Driver, tasks: u32) {
    let mut ended = 0;
    while ended <= tasks {
        let notes = pollster::block_on(driver.slice(false)).unwrap();
        ended += u32::from(notes.contains(&Note::TaskEnd));
    }
}

async fn at_once(_: u32) -> Option<Hints> {
    Some(Hints::default())
}

fn lanes_now(rewound: &[Rewound]) -> Vec<usize> {
    let lanes = rewound.iter().map(|r| match r.now {
        Now::Lanes(lanes) => lanes,
        _ => 0,
    });
    lanes.collect()
}

/// What a wave of the test's network asks of a GPU's memory: so many lanes, so many of each seed.
fn demand<'a>(model: &'a Model, config: &Config, (lanes, per_seed): (u32, u32)) -> Demand<'a> {
    let each = config.samples_per_task + config.evaluation_images;
    Demand {
        model,
        lanes: Lanes {
            lanes,
            per_seed,
            tasks: config.tasks,
        },
        batch: config.batch,
        second_order: false,
        permuted: false,
        replay: config.replay,
        block: config.steps_per_task(),
        capacity: config.evaluation_images,
        per_task: config.evaluation_images,
        images: u64::from(config.tasks * each) * model.inputs as u64,
    }
}

fn sizes_of_one_lane(model: &Model, config: &Config) -> Sizes {
    demand(model, config, (1, 1)).sizes()
}

/// Refuses whatever is larger than the largest buffer of a wave of one lane.
fn leave_room_for_one_lane(gpu: &Gpu) {
    let config = config(|_| {});
    let model = Model::new(&config, &digits(0, 0, 0).info);
    let one = sizes_of_one_lane(&model, &config);
    gpu.refuse(Some(Refusal::Above(one.largest())));
}

#[test]
fn with_too_little_memory_waves_are_halved_down_to_one_lane_with_the_same_numbers() {
    let Some(gpu) = gpu() else { return };
    let device = Device::Gpu(gpu.clone());
    let all = |c: &mut Config| c.conditions = Condition::ALL.to_vec();
    let mut whole = on(&device, all);
    assert!(finish(&mut whole).unwrap().is_empty());
    let whole = whole.results();
    // Before the first step, and after a task.
    for tasks in [None, Some(0), Some(1)] {
        let mut small = on(&device, all);
        if let Some(tasks) = tasks {
            to_a_task_end(&mut small, tasks);
            // What is on the device already stays there; a copy of all lanes is refused.
        }
        leave_room_for_one_lane(&gpu);
        let rewound = finish(&mut small).unwrap();
        gpu.refuse(None);
        let lanes = lanes_now(&rewound);
        assert!(lanes.is_sorted_by(|a, b| a > b), "{lanes:?}");
        assert_eq!(lanes.last(), Some(&1), "{lanes:?}");
        assert!(rewound.iter().all(|r| r.why.is_out_of_memory()));
        assert_eq!(small.results().lanes, whole.lanes, "after {tasks:?}");
        let progress = small.progress();
        assert_eq!(progress.lane_steps, progress.lane_steps_total);
    }
}

#[test]
fn a_single_buffer_that_finds_no_memory_halves_the_wave_wherever_it_is() {
    let Some(gpu) = gpu() else { return };
    let device = Device::Gpu(gpu.clone());
    let one = |c: &mut Config| (c.seeds, c.tasks) = (1, 2);
    let mut whole = on(&device, one);
    finish(&mut whole).unwrap();
    for after in [0, 3, 16, 17, 18, 20, 23, 26, 30] {
        let mut again = on(&device, one);
        gpu.refuse(Some(Refusal::After(after)));
        let rewound = finish(&mut again).unwrap();
        gpu.refuse(None);
        assert_eq!(lanes_now(&rewound), [2], "after {after}");
        assert_eq!(
            again.results().lanes,
            whole.results().lanes,
            "after {after}"
        );
    }
}

#[test]
fn where_not_even_one_lane_fits_the_cpu_goes_on_and_the_results_say_from_where() {
    let Some(gpu) = gpu() else { return };
    let device = Device::Gpu(gpu.clone());
    let mut auto = on(&device, |_| {}).chosen(EngineChoice::Auto);
    to_a_task_end(&mut auto, 1);
    gpu.refuse(Some(Refusal::Above(16)));
    let rewound = finish(&mut auto).unwrap();
    gpu.refuse(None);
    let last = rewound.last().unwrap();
    let Now::Other(engine) = &last.now else {
        panic!("{last:?}")
    };
    assert_eq!(engine.kind, EngineKind::Cpu);
    assert!(messages::rewound(last).contains("on CPU"), "{last:?}");
    let results = auto.results();
    assert_eq!(results.engine, device.info());
    let per_task = results.config.steps_per_task();
    let moved = results
        .lanes
        .iter()
        .filter(|l| !l.engine_changes.is_empty());
    for lane in moved.clone() {
        assert_eq!(lane.engine_changes.len(), 1);
        let change = &lane.engine_changes[0];
        assert_eq!(change.engine.kind, EngineKind::Cpu);
        assert!(change.engine.self_test.is_some());
        assert!([0, per_task].contains(&change.step), "{}", change.step);
        assert_eq!(lane.records.len(), 4);
    }
    assert!(moved.clone().any(|l| l.engine_changes[0].step == per_task));
    // What the file says is read as it was written, and told in words.
    let text = serde_json::to_string(&results).unwrap();
    assert_eq!(version::read::<Results>(&text).unwrap(), results);
    let words = results.engine_changes().join("; ");
    assert!(
        words.contains(&format!("from step {per_task} on ")),
        "{words}"
    );
    assert!(words.contains("CPU, float32"), "{words}");
    // Who asks for the GPU by name gets it or an error; what was measured is there.
    let mut strict = on(&device, |_| {});
    to_a_task_end(&mut strict, 1);
    gpu.refuse(Some(Refusal::Above(16)));
    let error = finish(&mut strict).unwrap_err();
    gpu.refuse(None);
    assert!(error.is_out_of_memory(), "{error}");
    assert!(strict.checkpoint().is_some());
    assert!(finish(&mut strict).is_ok());
}

#[test]
fn an_error_of_this_program_is_told_with_its_message_and_not_gone_on_from() {
    let Some(gpu) = gpu() else { return };
    let mut run = on(&Device::Gpu(gpu.clone()), |_| {}).chosen(EngineChoice::Auto);
    to_a_task_end(&mut run, 1);
    let before = run.results().lanes;
    gpu.misuse();
    let error = finish(&mut run).unwrap_err();
    let Some(GpuError::Invalid(message)) = error.gpu() else {
        panic!("{error}")
    };
    assert!(message.contains("create_buffer"), "{message}");
    assert!(!error.is_recoverable() && !error.is_out_of_memory());
    let words = messages::run(&error);
    assert!(words.advice.contains("tell us"), "{words}");
    assert!(words.meaning.contains("error of this program"), "{words}");
    assert!(words.what.contains("create_buffer"), "{words}");
    assert_eq!(run.results().lanes, before);
}

/// A loss while memory is short, a loss between waves, one while sizes are tried, two in a row.
#[test]
fn a_device_lost_twice_in_a_row_is_given_half() {
    let Some(first) = gpu() else { return };
    let mut whole = on(&Device::Gpu(first.clone()), |_| {});
    finish(&mut whole).unwrap();
    let lost = || RunError::from(EngineError::Gpu(GpuError::Lost("as a test has it".into())));
    let mut run = on(&Device::Gpu(first), |_| {});
    to_a_task_end(&mut run, 1);
    let mut lanes = Vec::new();
    let error = loop {
        match pollster::block_on(run.recover(lost(), at_once)) {
            Ok(rewound) => assert!(matches!(rewound.unwrap().now, Now::Same(_))),
            Err(e) => break e,
        }
        pollster::block_on(run.prepare()).unwrap();
        lanes.push(run.checkpoint().unwrap().states.len());
        assert!(lanes.len() < 9, "{lanes:?}");
    };
    // The GPU was asked for by name: with one lane there is nothing left to try.
    assert_eq!(error, lost());
    assert!(lanes.is_sorted_by(|a, b| a > b), "{lanes:?}");
    assert_eq!(lanes.last(), Some(&1));
    finish(&mut run).unwrap();
    assert_eq!(run.results().lanes, whole.results().lanes);
    // While sizes are tried nothing has begun.
    let Some(gpu) = gpu() else { return };
    let mut sizing = on(&Device::Gpu(gpu.clone()), |_| {});
    gpu.lose();
    let error = pollster::block_on(sizing.slice(false)).unwrap_err();
    assert!(error.is_recoverable(), "{error}");
    pollster::block_on(sizing.recover(error, at_once)).unwrap();
    finish(&mut sizing).unwrap();
    assert_eq!(sizing.results().lanes, whole.results().lanes);
}

/// Nobody is there any more to go on for: a run that was reset while its device is waited for.
#[test]
fn who_gives_up_waiting_is_told_nothing() {
    let Some(gpu) = gpu() else { return };
    let mut run = on(&Device::Gpu(gpu), |_| {});
    let lost = EngineError::Gpu(GpuError::Lost("gone".into()));
    let outcome = pollster::block_on(run.recover(lost.into(), async |_| None));
    assert_eq!(outcome, Ok(None));
}

#[test]
fn another_adapter_is_named_from_its_step_on() {
    let (first, second) = (Device::Cpu, Device::Cpu);
    let named = |name: &str| EngineInfo {
        adapter: name.into(),
        ..Device::Cpu.info()
    };
    let mut whole = on(&first, |_| {});
    finish(&mut whole).unwrap();
    let mut run = driver(&first, named("one"), |c| c.evaluate_every = 3);
    to_a_task_end(&mut run, 1);
    run.resume(second.clone(), named("one")).unwrap();
    to_a_task_end(&mut run, 0);
    run.resume(second.clone(), named("two")).unwrap();
    // Again, before a step is taken on it: that was never used.
    run.resume(second, named("three")).unwrap();
    finish(&mut run).unwrap();
    let results = run.results();
    assert_eq!(results.engine.adapter, "one");
    let per_task = results.config.steps_per_task();
    for lane in &results.lanes {
        let changes = lane.engine_changes.iter();
        let changes: Vec<_> = changes
            .map(|c| (c.step, c.engine.adapter.as_str()))
            .collect();
        assert!(
            [&[(2 * per_task, "three")][..], &[(0, "three")]].contains(&&changes[..]),
            "{changes:?}"
        );
    }
    let words = results.engine_changes();
    assert_eq!(
        words[0],
        format!("from step {} on seeds 0 to 3 on three", 2 * per_task)
    );
    // A lesser kind of evidence that nothing else changed.
    let ends = |r: &Results| -> Vec<_> {
        let ends = r.lanes.iter().map(|l| l.records.last().cloned());
        ends.collect()
    };
    assert_eq!(ends(&results), ends(&whole.results()));
}

/// A run that was stopped goes on on another adapter, and on another kind of engine if that is asked for.
#[test]
fn a_stopped_run_goes_on_elsewhere_if_a_careful_user_would_have_it_so() {
    let begun = |info: EngineInfo| {
        let mut run = driver(&Device::Cpu, info, |_| {});
        to_a_task_end(&mut run, 1);
        let checkpoint = run.checkpoint().unwrap().to_bytes().unwrap();
        (run.log_head().unwrap(), checkpoint)
    };
    let other = EngineInfo {
        adapter: "another".into(),
        ..Device::Cpu.info()
    };
    let kept = begun(other.clone());
    let restored = |device: &Device, choice: EngineChoice| {
        let mut run = on(device, |_| {}).chosen(choice);
        let checkpoint = Checkpoint::from_bytes(&kept.1).unwrap();
        let outcome = run.restore(log::read(&kept.0).unwrap(), Some(checkpoint));
        (run, outcome)
    };
    let (_, refused) = restored(&Device::Reference, EngineChoice::Auto);
    assert!(
        matches!(refused, Err(RestoreError::Engine { .. })),
        "{refused:?}"
    );
    for (device, choice) in [
        (Device::Cpu, EngineChoice::Auto),
        (Device::Cpu, EngineChoice::Cpu),
        (Device::Reference, EngineChoice::Reference),
    ] {
        let (mut run, outcome) = restored(&device, choice);
        assert_eq!(outcome, Ok(Some(other.clone())));
        finish(&mut run).unwrap();
        let results = run.results();
        assert_eq!(results.engine, other);
        let per_task = results.config.steps_per_task();
        assert_eq!(results.lanes[0].engine_changes[0].step, per_task);
        assert!(results.lanes.iter().all(|l| {
            l.engine_changes.len() == 1 && l.engine_changes[0].engine.is_same(&device.info())
        }));
        let text = serde_json::to_string(&results).unwrap();
        assert_eq!(version::read::<Results>(&text).unwrap(), results);
    }
    let kept = begun(Device::Cpu.info());
    let mut same = on(&Device::Cpu, |_| {});
    let checkpoint = Checkpoint::from_bytes(&kept.1).unwrap();
    let outcome = same.restore(log::read(&kept.0).unwrap(), Some(checkpoint));
    assert_eq!(outcome, Ok(None));
}

/// A piece of a seed that was halved is stopped: the rest of the seed is planned with its own conditions.
#[test]
fn a_halved_seed_can_be_stopped_and_gone_on_with() {
    let Some(gpu) = gpu() else { return };
    let device = Device::Gpu(gpu.clone());
    let mut whole = on(&device, |_| {});
    finish(&mut whole).unwrap();
    for stop in 0..4 {
        let mut run = on(&device, |_| {});
        leave_room_for_one_lane(&gpu);
        let (mut log, mut checkpoint) = (run.log_head().unwrap(), None);
        let mut ends = 0;
        while ends <= stop {
            for note in pollster::block_on(run.slice(false)).unwrap() {
                match note {
                    Note::TaskEnd => checkpoint = run.checkpoint().or(checkpoint),
                    Note::WaveEnd { lanes } => {
                        log.extend(run.log_lines(&lanes).unwrap());
                        ends += 1;
                    }
                    _ => {}
                }
            }
        }
        gpu.refuse(None);
        let mut again = on(&device, |_| {});
        again.restore(log::read(&log).unwrap(), checkpoint).unwrap();
        finish(&mut again).unwrap();
        assert_eq!(again.results().lanes, whole.results().lanes, "{stop}");
    }
}

/// The room that is planned with is what waves then take: all buffers, and not much more than they have.
#[test]
fn the_budget_counts_every_buffer() {
    let Some(gpu) = gpu() else { return };
    let data = digits(1, 400, 120);
    let config = config(|c| c.seeds = 4096);
    let model = Model::new(&config, &data.info);
    let lane = LaneStart {
        state: initial(&model, &config, 0),
        learn_alpha: true,
        learn_beta: true,
    };
    let starts = vec![lane; 6];
    let images = WaveData {
        images: vec![7; 129 * model.inputs],
        rotations: vec![[1.0, 0.0]; 2 * config.tasks as usize],
        evaluation: vec![[0; 4]; 2 * (config.tasks * config.evaluation_images) as usize],
        capacity: config.evaluation_images,
        per_task: config.evaluation_images,
        ..WaveData::default()
    };
    let setup = WaveSetup {
        model: &model,
        rule: &Rule::of(&config, Condition::Meta),
        starts: &starts,
        per_seed: 3,
        tasks: config.tasks,
        batch: config.batch,
        replay: config.replay,
        block: config.steps_per_task(),
        data: &images,
    };
    let mut wave = GpuWave::new(gpu.clone(), &setup).unwrap();
    let one = sizes_of_one_lane(&model, &config);
    assert!(one.largest() < one.total());
    let counted = demand(&model, &config, (6, 3)).sizes();
    let bare = wave.bytes();
    wave.advance(&[(5, 5), (3, 5), (5, 0)], true);
    wave.evaluate(0, 0..30, true);
    wave.evaluate(0, 0..16, true);
    pollster::block_on(wave.wait()).unwrap();
    assert!(wave.bytes() > bare);
    // Beside the buffers there are set aside copies of what is read and the records of dispatches.
    let weights = 6 * 4 * model.parameters() as u64;
    assert!(counted.total() >= wave.bytes() + weights, "{counted:?}");
    assert!(
        counted.total() < bare + 3 * weights + (5 << 20),
        "{counted:?}"
    );
    // What was read once is read again through the same buffers.
    let before = wave.bytes();
    let read_all = || {
        let lanes = pollster::block_on(wave.all_lanes()).unwrap();
        assert_eq!(lanes[4], pollster::block_on(wave.lane(4)).unwrap());
        (lanes, pollster::block_on(wave.counts()).unwrap())
    };
    let first = read_all();
    let once = wave.bytes();
    assert!(once > before + weights && counted.total() >= once, "{once}");
    for _ in 0..3 {
        assert_eq!(read_all(), first);
        assert_eq!(wave.bytes(), once);
    }

    let device = Device::Gpu(gpu.clone());
    let capacity = device
        .capacity(&model, &config, &data.info, 3)
        .unwrap()
        .unwrap();
    assert_eq!(capacity.lanes, 3);
    let fits = |seeds: usize| {
        let demand = Demand {
            images: 520 * model.inputs as u64,
            capacity: (1024 / (3 * seeds as u32)).clamp(16, 30),
            ..demand(&model, &config, (3 * seeds as u32, 3))
        };
        let sizes = demand.sizes();
        sizes.total() <= gpu.budget() && sizes.largest() <= gpu.largest_buffer()
    };
    let seeds = capacity.seeds;
    assert!(
        seeds == 4096 || (fits(seeds) && !fits(seeds + 1)),
        "{capacity:?}"
    );
    // Of a network of a gigabyte there is room for some of a seed's lanes, or for none.
    let wide = Config {
        hidden: vec![4096, 4096, 4096, 4096],
        ..config.clone()
    };
    let model = Model::new(&wide, &data.info);
    match device.capacity(&model, &wide, &data.info, 9) {
        Ok(Some(capacity)) => assert!(capacity.seeds == 1 && capacity.lanes < 9, "{capacity:?}"),
        Ok(None) => panic!("a GPU's room is bounded"),
        Err(e) => assert!(matches!(e, EngineError::Gpu(GpuError::TooLarge { .. }))),
    }
}

//! The CPU engine's lanes on workers: the same bits with any number of them, and with one that is gone.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

mod small;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::ready;
use std::rc::Rc;

use metacls::config::{Condition, Config, EvaluateOn, Order, TaskKind};
use metacls::driver::{Driver, Note, Now, RunError};
use metacls::engine::info::{EngineChoice, EngineInfo, EngineKind};
use metacls::engine::lane_worker::{Command, LaneWorker, LaneWorkerError, Request};
use metacls::engine::spread::{Finder, Reply};
use metacls::engine::{Device, EngineError, LaneWorkers, Opened};
use metacls::gpu::GpuError;

/// Lane workers in this thread, told in JSON as they are in a page; the second is gone after so many
/// requests.
fn workers(count: u32, gone_after: u32) -> Option<LaneWorkers> {
    let all: RefCell<BTreeMap<u32, LaneWorker>> = RefCell::default();
    let requests = Cell::new(0);
    let send = move |number: u32, request: Request| {
        requests.set(requests.get() + u32::from(number == 1));
        if number == 1 && requests.get() > gone_after {
            return Box::pin(ready(Reply::Gone("the test ended it".into()))) as _;
        }
        let request = serde_json::to_string(&request).unwrap();
        let mut all = all.borrow_mut();
        let worker = all.entry(number).or_default();
        let answer = worker
            .take(serde_json::from_str(&request).unwrap())
            .unwrap();
        let answer = serde_json::to_string(&Reply::Answer(answer)).unwrap();
        Box::pin(ready(serde_json::from_str(&answer).unwrap())) as _
    };
    LaneWorkers::new(Rc::new(send), (0..count).collect())
}

fn on(device: &Device, change: impl Fn(&mut Config)) -> Driver {
    let config = small::config(|c| {
        c.seeds = 3;
        c.conditions = vec![Condition::Meta, Condition::Frozen, Condition::Baseline];
        change(c);
    });
    Driver::new(config, small::images(), device.clone(), device.info()).unwrap()
}

fn finish(driver: &mut Driver) -> Result<(), RunError> {
    while pollster::block_on(driver.slice(true))?.last() != Some(&Note::Done) {}
    Ok(())
}

#[test]
fn any_number_of_hands_gives_the_same_bits() {
    let two_pathways = |c: &mut Config| {
        (c.pathways, c.item_head) = (Some([19, 5]), true);
        (c.evaluate_on, c.evaluation_images) = (EvaluateOn::Learned, 13);
    };
    let own_heads = |c: &mut Config| (c.stream, c.own_heads) = (TaskKind::Classes, true);
    let mixed = |c: &mut Config| (c.stream, c.order) = (TaskKind::Permuted, Order::Mixed);
    for change in [
        &(|_: &mut Config| {}) as &dyn Fn(&mut Config),
        &two_pathways,
        &own_heads,
        &mixed,
    ] {
        let mut alone = on(&Device::Cpu, change);
        finish(&mut alone).unwrap();
        for count in [2, 3, 7] {
            let device = Device::Spread(workers(count, u32::MAX).unwrap());
            let mut spread = on(&device, change);
            finish(&mut spread).unwrap();
            assert_eq!(spread.results().lanes, alone.results().lanes, "{count}");
        }
    }
}

#[test]
fn a_hand_that_is_gone_costs_nothing_but_time() {
    let mut alone = on(&Device::Cpu, |_| {});
    finish(&mut alone).unwrap();
    for gone_after in [0, 3, 7, 20] {
        for left in [0, 2] {
            let mut run = on(&Device::Spread(workers(3, gone_after).unwrap()), |_| {});
            let lost = finish(&mut run).unwrap_err();
            assert!(lost.is_recoverable() && lost.is_lane_worker(), "{lost}");
            assert!(matches!(
                &lost,
                RunError::Engine(EngineError::LaneWorker(_))
            ));
            let rewound = run.go_on_with(workers(left, u32::MAX), lost).unwrap();
            assert_eq!(rewound.now, Now::Workers(left));
            finish(&mut run).unwrap();
            assert_eq!(run.results().lanes, alone.results().lanes);
        }
    }
}

#[test]
fn where_a_gpu_failed_all_hands_go_on() {
    let finder = Finder(Rc::new(|| Box::pin(ready(workers(3, u32::MAX)))));
    let opened = Opened {
        device: Device::Reference,
        info: EngineInfo {
            kind: EngineKind::Gpu,
            ..Device::Reference.info()
        },
        notice: None,
        workers: Some(finder),
    };
    let config = small::config(|_| {});
    let begun = Driver::begin(config, small::images(), opened, EngineChoice::Auto);
    let (mut run, _) = pollster::block_on(begun).unwrap();
    pollster::block_on(run.slice(false)).unwrap();
    let lost = RunError::Engine(GpuError::Lost("the test ended it".into()).into());
    let rewound = pollster::block_on(run.fall_back(lost)).unwrap();
    assert!(matches!(rewound.now, Now::Other(_)));
    assert_eq!((run.engine().kind, run.workers()), (EngineKind::Cpu, 3));
    finish(&mut run).unwrap();
}

#[test]
fn letters_of_no_sense_are_refused() {
    let mut worker = LaneWorker::default();
    let request = |command| Request { wave: 1, command };
    let refused = worker.take(request(Command::Read)).unwrap_err();
    assert_eq!(refused, LaneWorkerError::NoSuchLanes);
    assert!(worker.take(request(Command::End)).is_ok());
}

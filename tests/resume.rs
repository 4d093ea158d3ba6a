//! Runs that are stopped go on with the same bits: in the library at every task's end, in the terminal after
//! SIGKILL at random moments, Ctrl-C, a full disk and a closed pipe.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapter;
mod small;

use std::sync::Arc;

use metacls::config::{Condition, Config, EvaluateOn};
use metacls::driver::{Driver, Note, RestoreError};
use metacls::engine::Device;
use metacls::engine::info::EngineChoice;
use metacls::inspect::Probe;
use metacls::kept::checkpoint::{Checkpoint, CheckpointError};
use metacls::kept::log;
use metacls::results::Results;

fn config(change: impl Fn(&mut Config)) -> Config {
    small::config(|c| {
        c.tasks = 5;
        c.conditions = Condition::ALL.to_vec();
        change(c);
    })
}

fn driver(config: &Config, device: &Device) -> Driver {
    let (device, info) = (device.clone(), device.info());
    let mut driver = Driver::new(config.clone(), small::images(), device, info).unwrap();
    driver.collect_units(Probe::default());
    driver
}

/// What a run's shell keeps: the log, and the last checkpoint.
#[derive(Clone, Default)]
struct Disk {
    log: Vec<u8>,
    checkpoint: Vec<u8>,
}

impl Disk {
    fn of(driver: &Driver) -> Self {
        Self {
            log: driver.log_head().unwrap(),
            checkpoint: Vec::new(),
        }
    }

    /// Keeps what a slice brought, and says whether it was the last.
    fn keep(&mut self, driver: &Driver, notes: &[Note]) -> bool {
        for note in notes {
            match note {
                Note::WaveEnd { lanes } => {
                    self.log.extend(driver.log_lines(lanes).unwrap());
                }
                Note::TaskEnd => {
                    if let Some(checkpoint) = driver.checkpoint() {
                        self.checkpoint = checkpoint.to_bytes().unwrap();
                    }
                }
                _ => {}
            }
        }
        notes.last() == Some(&Note::Done)
    }

    fn restore(&self, driver: &mut Driver) -> Result<(), RestoreError> {
        let log = log::read(&self.log).unwrap();
        let checkpoint = (!self.checkpoint.is_empty())
            .then(|| Checkpoint::from_bytes(&self.checkpoint).unwrap());
        driver.restore(log, checkpoint).map(|_| ())
    }
}

/// A run from what is kept, and all that it keeps on the way.
fn whole(driver: &mut Driver, mut disk: Disk) -> Vec<Disk> {
    let mut disks = vec![disk.clone()];
    loop {
        let notes = pollster::block_on(driver.slice(false)).unwrap();
        let before = (disk.log.len(), disk.checkpoint.clone());
        let done = disk.keep(driver, &notes);
        if before != (disk.log.len(), disk.checkpoint.clone()) {
            disks.push(disk.clone());
        }
        if done {
            return disks;
        }
    }
}

fn lanes(results: &Results) -> String {
    serde_json::to_string(&results.lanes).unwrap()
}

/// Texts are equal, or what is around the first difference is said.
fn same(ours: &str, theirs: &str, at: &str) {
    let mut pairs = ours.bytes().zip(theirs.bytes());
    if let Some(i) = pairs.position(|(a, b)| a != b) {
        let around = |text: &str| text[i.saturating_sub(200)..text.len().min(i + 60)].to_owned();
        panic!("{at}:\n{}\n{}", around(ours), around(theirs));
    }
    assert_eq!(ours.len(), theirs.len(), "{at}");
}

fn stopped_anywhere(device: &Device, change: impl Fn(&mut Config)) -> Results {
    let config = config(change);
    let mut first = driver(&config, device);
    let kept = Disk::of(&first);
    let disks = whole(&mut first, kept);
    assert!(disks.len() > 5, "{}", disks.len());
    for (i, disk) in disks.iter().enumerate() {
        // The log's last line may be torn, the checkpoint may be a later one's or an earlier one's.
        for torn in [&[0][..], &[1, 700]][i % 2].iter().copied() {
            let mut disk = disk.clone();
            disk.log.truncate(disk.log.len().saturating_sub(torn));
            let mut again = driver(&config, device);
            disk.restore(&mut again).unwrap();
            while pollster::block_on(again.slice(false)).unwrap().last() != Some(&Note::Done) {}
            let at = format!("stopped at {i}, {torn} bytes torn");
            same(&lanes(&again.results()), &lanes(&first.results()), &at);
            let units = |driver: &Driver| {
                serde_json::to_string(&driver.watched_units().unwrap().lanes).unwrap()
            };
            same(&units(&again), &units(&first), &at);
            let progress = again.progress();
            assert_eq!(progress.lane_steps, progress.lane_steps_total, "{at}");
        }
    }
    first.results()
}

#[test]
fn a_run_goes_on_from_every_task_end_with_the_same_bits() {
    stopped_anywhere(&Device::Cpu, |_| {});
    stopped_anywhere(&Device::Reference, |c| {
        c.conditions = vec![Condition::Meta, Condition::Frozen];
    });
    stopped_anywhere(&Device::Cpu, |c| {
        c.fork_at = 2;
        c.fork = ["learn_alpha=false", "swap:h1:h2", "reset:h1"]
            .map(str::to_owned)
            .into();
    });
    stopped_anywhere(&Device::Cpu, |c| {
        c.hidden = vec![20];
        c.pathways = Some([12, 6]);
        c.item_head = true;
        c.evaluate_on = EvaluateOn::Learned;
        c.evaluation_images = c.samples_per_task;
        c.evaluate_every = 2;
    });
}

#[test]
fn a_run_on_the_gpu_goes_on_with_the_same_bits() {
    let Some(gpu) = adapter::gpu() else { return };
    stopped_anywhere(&Device::Gpu(Arc::new(gpu)), |c| c.tasks = 3);
}

/// Lanes that diverge are set aside, frozen ones with their meta; and stay so.
#[test]
fn lanes_that_diverged_stay_so() {
    let results = stopped_anywhere(&Device::Cpu, |c| {
        c.hidden = vec![21, 18, 12, 9];
        c.unit_length_inputs = false;
        c.competition = false;
        c.alpha_0 = 1.0;
        (c.eta_alpha, c.eta_beta, c.clip_norm) = (10.0, 10.0, 1e6);
        c.seeds = 3;
        c.tasks = 3;
    });
    let diverged = |condition: Condition| {
        let lanes = results.lanes.iter().filter(|l| l.condition == condition);
        lanes.filter(|l| l.diverged_at_step.is_some()).count()
    };
    assert!(diverged(Condition::Meta) > 0);
    assert!(diverged(Condition::Frozen) >= diverged(Condition::Meta));
}

#[test]
fn what_belongs_to_another_run_is_refused_by_name() {
    let config = config(|_| {});
    let mut first = driver(&config, &Device::Cpu);
    let kept = Disk::of(&first);
    let disks = whole(&mut first, kept);
    let disk = &disks[4];
    let refused = |config: &Config, device: &Device| {
        let mut other = driver(config, device).chosen(EngineChoice::Auto);
        let error = disk.restore(&mut other).unwrap_err();
        error.to_string()
    };
    let mut other = config.clone();
    other.eta_beta *= 2.0;
    assert!(refused(&other, &Device::Cpu).contains("its eta_beta differs"));
    other = config.clone();
    other.seeds += 1;
    assert!(refused(&other, &Device::Cpu).contains("its seeds differs"));
    assert!(refused(&config, &Device::Reference).contains("plain loops"));
}

#[test]
fn a_spoiled_checkpoint_is_known_for_it() {
    let config = config(|c| c.seeds = 1);
    let mut first = driver(&config, &Device::Cpu);
    let kept = Disk::of(&first);
    let disks = whole(&mut first, kept);
    let good = &disks[2].checkpoint;
    let read = Checkpoint::from_bytes;
    assert!(read(good).unwrap().to_bytes().unwrap() == *good);
    assert_eq!(read(b""), Err(CheckpointError::Foreign));
    assert_eq!(read(b"{}"), Err(CheckpointError::Foreign));
    for end in [8, 11, 12, 40, 100, good.len() / 2, good.len() - 1] {
        assert_eq!(read(&good[..end]), Err(CheckpointError::Spoiled), "{end}");
    }
    for at in [9, 13, 200, good.len() / 2, good.len() - 40, good.len() - 1] {
        let mut bad = good.clone();
        bad[at] ^= 4;
        assert_eq!(read(&bad), Err(CheckpointError::Spoiled), "{at}");
    }
    // Whole, but it contradicts itself.
    let mut less = read(good).unwrap();
    less.states.pop();
    let error = read(&less.to_bytes().unwrap()).unwrap_err();
    assert!(matches!(error, CheckpointError::Values { .. }), "{error}");
    let mut newer = read(good).unwrap();
    newer.head.schema = 99;
    let error = read(&newer.to_bytes().unwrap()).unwrap_err();
    assert!(error.to_string().contains("version 99"), "{error}");
}

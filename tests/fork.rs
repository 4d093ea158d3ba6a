//! Branches of a run: its trunk's bits up to the fork, and from there on what the fork says.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapter;
mod small;

use std::process::Command;

use metacls::config::{Condition, Config};
use metacls::driver::{Driver, Note};
use metacls::engine::Device;
use metacls::results::LaneResults;
use metacls::results::record::TaskRecord;

/// After so many of five tasks.
const FORK: u32 = 2;

fn run(device: &Device, fork: &[&str], change: impl Fn(&mut Config)) -> Vec<LaneResults> {
    let config = small::config(|c| {
        c.tasks = 5;
        c.conditions = vec![Condition::Baseline, Condition::Meta];
        if !fork.is_empty() {
            c.fork_at = FORK;
            c.fork = fork.iter().map(|&word| word.to_owned()).collect();
        }
        change(c);
    });
    assert_eq!(config.problems(), []);
    let (device, info) = (device.clone(), device.info());
    let mut driver = Driver::new(config, small::images(), device, info).unwrap();
    while pollster::block_on(driver.slice(false)).unwrap().last() != Some(&Note::Done) {}
    driver.results().lanes
}

/// What a lane was after so many tasks.
fn after(lane: &LaneResults, tasks: u32) -> &TaskRecord {
    let mut records = lane.records.iter();
    records.find(|r| r.tasks_learned == tasks).unwrap()
}

fn meta(lanes: &[LaneResults]) -> &LaneResults {
    lanes
        .iter()
        .find(|l| l.condition == Condition::Meta)
        .unwrap()
}

fn devices() -> Vec<Device> {
    let mut devices = vec![Device::Cpu, Device::Reference];
    devices.extend(adapter::gpu().map(|gpu| Device::Gpu(std::sync::Arc::new(gpu))));
    devices
}

#[test]
fn a_branch_is_its_trunk_up_to_the_fork_and_another_run_after_it() {
    for device in devices() {
        let trunk = run(&device, &[], |_| {});
        for fork in [
            "learn_alpha=false",
            "competition=false",
            "reset:h2",
            "silence:h1",
            "swap:h1:h2",
        ] {
            let branch = run(&device, &[fork], |_| {});
            for (trunk, branch) in trunk.iter().zip(&branch) {
                for tasks in 0..=FORK {
                    assert_eq!(after(trunk, tasks), after(branch, tasks), "{fork}");
                }
            }
            let [trunk, branch] = [&trunk, &branch].map(|lanes| after(meta(lanes), FORK + 1));
            assert_ne!(trunk.digest, branch.digest, "{fork}");
        }
    }
}

#[test]
fn rates_stand_still_where_they_are_not_learned_any_more() {
    for device in devices() {
        let lanes = run(&device, &["learn_alpha=false"], |_| {});
        let lane = meta(&lanes);
        assert_ne!(after(lane, 0).alpha, after(lane, FORK).alpha);
        assert_eq!(after(lane, FORK).alpha, after(lane, 5).alpha);
        assert_ne!(after(lane, FORK).beta, after(lane, 5).beta);
        let both = run(&device, &["learn_alpha=false", "learn_beta=false"], |_| {});
        let lane = meta(&both);
        assert_eq!(after(lane, FORK).alpha, after(lane, 5).alpha);
        assert_eq!(after(lane, FORK).beta, after(lane, 5).beta);
    }
}

#[test]
fn two_layers_exchange_their_rates() {
    for device in devices() {
        let fork = ["swap:h1:h2", "learn_alpha=false", "learn_beta=false"];
        let lanes = run(&device, &fork, |_| {});
        let [before, now] = [FORK, 5].map(|tasks| after(meta(&lanes), tasks));
        assert_ne!(before.alpha[0], before.alpha[1]);
        assert_eq!([before.alpha[1], before.alpha[0]], now.alpha[..2]);
        assert_eq!(before.alpha[2..], now.alpha[2..]);
        assert_eq!([before.beta[1], before.beta[0]], now.beta[..2]);
    }
}

#[test]
fn a_silenced_layer_stays_silent() {
    for device in devices() {
        let lanes = run(&device, &["silence:h2"], |_| {});
        let active = |tasks| {
            after(meta(&lanes), tasks)
                .evaluation
                .clone()
                .unwrap()
                .active
        };
        assert!(active(FORK).iter().all(|&share| share > 0.0));
        for tasks in FORK + 1..=5 {
            assert_eq!(active(tasks)[1], 0.0);
            assert!(active(tasks)[0] > 0.0);
        }
    }
}

#[test]
fn a_layer_begins_again_with_what_the_seed_drew() {
    // Nothing is learned after the fork but by weights' own rates, which are 0: the last values are the
    // fork's.
    let fork = ["reset:h1", "reset:h2", "sync_update=true", "eta_w=0"];
    let still = |c: &mut Config| {
        c.alpha_0 = 0.0;
        c.conditions = vec![Condition::Baseline];
        c.sync_update = true;
        c.eta_w = 0.01;
    };
    let lanes = run(&Device::Cpu, &fork, still);
    let heads_too = run(&Device::Cpu, &["sync_update=true", "eta_w=0"], still);
    let active =
        |lanes: &[LaneResults], tasks| after(&lanes[0], tasks).evaluation.clone().unwrap().active;
    // What the layers' units do is as before training again, and is not where nothing was reset.
    assert_eq!(active(&lanes, 5), active(&lanes, 0));
    assert_ne!(active(&heads_too, 5), active(&heads_too, 0));
}

/// The terminal's exit code, standard output, standard error.
fn metacls(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_metacls"))
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().unwrap();
    (code, text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_terminal_forks_and_holds_a_branch_beside_its_trunk() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str| folder.path().join(name).display().to_string();
    let small = [
        "--engine", "cpu", "--data", "digits", "--seeds", "0..3", "--set", "tasks=3",
    ];
    let less = [
        "--set",
        "samples_per_task=20",
        "--set",
        "evaluation_images=50",
    ];
    let run = |out: &str, more: &[&str]| {
        metacls(&[&["run", "quick", "--out", out][..], &small, &less, more].concat())
    };
    let (trunk, branch, wide) = (of("trunk.json"), of("branch.json"), of("wide.json"));
    assert_eq!(run(&trunk, &[]).0, 0);
    let fork = [
        "--fork-at",
        "1",
        "--fork",
        "learn_alpha=false",
        "--fork",
        "reset:h1",
    ];
    assert_eq!(run(&branch, &fork).0, 0);
    assert_eq!(run(&wide, &["--set", "hidden=20,10"]).0, 0);
    let (code, printed, said) = metacls(&["compare", &trunk, &branch]);
    assert_eq!(code, 0, "{said}");
    assert!(
        printed.contains("fork_at: 0 in the trunk, 1 in the branch"),
        "{printed}"
    );
    assert!(printed.contains("3 seeds paired"), "{printed}");
    // Up to the fork nothing differs; after it something does.
    assert!(
        printed.contains("| meta | category | 1 | 0.0000 [0.0000, 0.0000] |"),
        "{printed}"
    );
    assert!(
        !printed.contains("| meta | category | 3 | 0.0000 [0.0000, 0.0000] |"),
        "{printed}"
    );
    // A summary is told again; what it has no numbers for is refused by name.
    let summary = of("summary.json.gz");
    let (code, _, said) = metacls(&["compare", &trunk, &branch, "--summary", &summary]);
    assert_eq!(code, 0, "{said}");
    let (code, again, said) = metacls(&["report", &summary]);
    assert_eq!(code, 0, "{said}");
    assert!(again.contains("3 seeds paired"), "{again}");
    for option in ["--csv", "--parquet", "--svg", "--compact", "--methods"] {
        let (code, _, said) = metacls(&["report", &summary, option, &of("out")]);
        assert_eq!(code, 2, "{option}: {said}");
        assert!(said.contains(option), "{said}");
    }
    let later = of("later.json");
    let mut of_later = small;
    of_later[5] = "1..3";
    let asked = [&["run", "quick", "--out", &later][..], &of_later, &less].concat();
    assert_eq!(metacls(&asked).0, 0);
    let (code, _, said) = metacls(&["compare", &trunk, &later]);
    assert_eq!(code, 2);
    assert!(
        said.contains("begins with seed 0, the other with seed 1"),
        "{said}"
    );
    let (code, _, said) = metacls(&["compare", &trunk, &wide]);
    assert_eq!(code, 2);
    assert!(
        said.contains("other networks") || said.contains("draw otherwise"),
        "{said}"
    );
    for wrong in [
        &["--fork-at", "1"][..],
        &["--fork", "reset:h1"],
        &["--fork-at", "3", "--fork", "reset:h1"],
        &["--fork-at", "1", "--fork", "reset:h9"],
        &["--fork-at", "1", "--fork", "tasks=2"],
    ] {
        let (code, _, said) = run(&of("wrong.json"), wrong);
        assert_eq!(code, 2, "{wrong:?}: {said}");
    }
}

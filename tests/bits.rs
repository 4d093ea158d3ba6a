//! The CPU engine gives the same bits whatever instructions, threads and waves it is given.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod same_bits;

use std::process::Command;

use metacls::config::Config;
use metacls_arithmetic::Level;
use same_bits::{DIGESTS, configs, digests, images, lanes};

/// Only named by the test below, which asks for it in a process of its own.
#[test]
#[ignore = "prints digests for another test"]
fn print_digests() {
    print!("{}", pollster::block_on(digests()));
}

/// Digests with the levels and threads that a process of its own is told of.
fn elsewhere(level: &str, threads: &str) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "print_digests", "--nocapture"])
        .env("METACLS_SIMD", level)
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .unwrap();
    let words = String::from_utf8(output.stdout).unwrap();
    let is_digest =
        |line: &&str| line.len() > 17 && line[..16].chars().all(|c| c.is_ascii_hexdigit());
    words
        .lines()
        .filter(is_digest)
        .map(|line| format!("{line}\n"))
        .collect()
}

/// For an emulator, under which a process can't start another: `cargo xtask test` says which level.
#[test]
#[ignore = "one level in this process, for another processor"]
fn this_level_gives_the_digests_on_record() {
    let level = Level::chosen().unwrap();
    let found = pollster::block_on(digests());
    assert_eq!(found, DIGESTS, "{}", level.name());
}

#[test]
fn every_level_gives_the_digests_on_record() {
    if std::env::var_os("METACLS_BLESS").is_some() {
        std::fs::write("tests/same_bits/digests.txt", elsewhere("scalar", "1")).unwrap();
        return;
    }
    assert_eq!(DIGESTS.lines().count(), 33);
    for (i, level) in Level::all().iter().enumerate() {
        let threads = ["1", "2", "7"][i % 3];
        assert_eq!(
            elsewhere(level.name(), threads),
            DIGESTS,
            "{} on {threads}",
            level.name()
        );
    }
}

#[test]
fn lanes_do_not_depend_on_their_neighbours() {
    let data = images();
    for (name, config) in configs() {
        if config.seeds == 1 {
            continue;
        }
        let together = pollster::block_on(lanes(&config, &data));
        let mut apart = Vec::new();
        for seed in config.first_seed..config.first_seed + config.seeds {
            let alone = Config {
                seeds: 1,
                first_seed: seed,
                ..config.clone()
            };
            apart.extend(pollster::block_on(lanes(&alone, &data)));
        }
        assert_eq!(together, apart, "{name}");
    }
}

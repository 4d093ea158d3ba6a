//! The CPU engine's bits on other processors than this one: what `tests/bits.rs` compares here, on 64-bit
//! ARM by an emulator.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use metacls_arithmetic::Level;

use crate::catalog::Catalog;
use crate::phases::{self, Phase};
use crate::setup::{self, Emulator};
use crate::shell::{binary, cargo, run, target};

/// Links without a linker of its own, and runs without a library of the other system.
const TARGET: &str = "aarch64-unknown-linux-musl";

/// The engine's level there; the kernels are compared at every level.
const LEVEL: &str = "neon";

/// Both phases alone.
pub fn bits() -> Result<()> {
    run(cargo().args(["build", "--locked", "--package", "metacls"]))?;
    phases::run(&PHASES)
}

/// What `cargo xtask test` does of it.
pub const PHASES: [Phase; 2] = [
    ("the same bits on 64-bit ARM", emulated),
    ("stored runs again, in part", stored),
];

/// `cargo test` of a package's test of bits, for the other processor.
fn tests(package: &str, libraries: &Path) -> Command {
    let mut command = cargo();
    command
        .env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUSTFLAGS",
            format!("-Lnative={}", libraries.display()),
        )
        .args(["test", "--locked", "--package", package])
        .args(["--target", TARGET, "--test", "bits"])
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld")
        .env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUNNER",
            setup::EMULATOR,
        );
    command
}

/// One lane of each stored run again, at every level that this processor has and on the other processor: its
/// first task must be what is on record, to the bit.
fn stored() -> Result<()> {
    let Some(mnist) = std::env::var_os("METACLS_MNIST") else {
        println!("skipped: the stored runs are of MNIST, and METACLS_MNIST names no folder of it");
        return Ok(());
    };
    let here = binary("debug");
    let emulated = match setup::emulator(TARGET)? {
        Emulator::Ready => true,
        Emulator::None(why) => {
            println!("not on {TARGET}: {why}");
            false
        }
    };
    let mut checks = Vec::new();
    for figure in Catalog::of(&mut Command::new(&here))?.stored() {
        let mut add = |machine: &str, mut command: Command, level: &str| {
            command
                .arg("check")
                .arg(figure.results())
                .args(["--engine", "cpu", "--seeds", "0", "--conditions", "meta"])
                .args(["--tasks", "1", "--data"])
                .arg(&mnist)
                .env("METACLS_SIMD", level);
            checks.push((format!("{}, {machine}, {level}", figure.id), command));
        };
        for level in Level::all() {
            add("here", Command::new(&here), level.name());
        }
        if emulated {
            let mut command = Command::new(setup::EMULATOR);
            command.arg(target().join(TARGET).join("debug/metacls"));
            add(TARGET, command, LEVEL);
        }
    }
    // Figures come by size, and an emulator takes longest: what takes long begins first.
    checks.reverse();
    phases::side_by_side(checks)
}

/// A folder with the library that loads others, empty: what uses it asks for it by name, and musl has it in
/// its one library of all.
fn libraries() -> Result<PathBuf> {
    let folder = target().join(TARGET).join("libraries");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("libdl.a"), "!<arch>\n")?;
    Ok(folder)
}

/// Kernels against the plain loops, and the thirty configurations against the digests on record.
fn emulated() -> Result<()> {
    if let Emulator::None(why) = setup::emulator(TARGET)? {
        println!("skipped: {why}");
        return Ok(());
    }
    let libraries = libraries()?;
    run(&mut tests("metacls-arithmetic", &libraries))?;
    run(tests("metacls", &libraries)
        .args(["--", "--ignored", "--exact"])
        .arg("this_level_gives_the_digests_on_record")
        .env("METACLS_SIMD", LEVEL))
}

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

/// Asks for stored runs under the emulator too.
const ALL: &str = "METACLS_BITS_ALL";

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

/// One lane of each stored run again, at every level that this processor has: its first task must be what
/// is on record, to the bit. On the other processor too where [`ALL`] asks for it: that takes minutes for
/// Figure 1 and longer for the others.
fn stored() -> Result<()> {
    let Some(mnist) = std::env::var_os("METACLS_MNIST") else {
        println!("skipped: the stored runs are of MNIST, and METACLS_MNIST names no folder of it");
        return Ok(());
    };
    let everything = std::env::var_os(ALL).is_some();
    if !everything {
        println!("not on {TARGET}, which takes long: {ALL}=1 does that too");
    }
    let here = binary("debug");
    let there = target().join(TARGET).join("debug/metacls");
    for figure in Catalog::of(&mut Command::new(&here))?.stored() {
        let check = |mut command: Command| {
            run(command
                .arg("check")
                .arg(figure.results())
                .args(["--engine", "cpu", "--seeds", "0", "--conditions", "meta"])
                .args(["--tasks", "1", "--data"])
                .arg(&mnist))
        };
        for level in Level::all() {
            println!("{}, {}:", figure.id, level.name());
            let mut command = Command::new(&here);
            command.env("METACLS_SIMD", level.name());
            check(command)?;
        }
        if !everything {
            continue;
        }
        if let Emulator::Ready = setup::emulator(TARGET)? {
            println!("{}, {TARGET}:", figure.id);
            let mut command = Command::new(setup::EMULATOR);
            command.arg(&there);
            check(command)?;
        }
    }
    Ok(())
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

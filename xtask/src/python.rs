//! What others' programs in Python do with ours: HyperQueue runs shards, pandas and its like read tables.
//! Wheels are pinned, by their hashes too, and live in a virtual environment under target/python.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::phases::{self, Phase};
use crate::setup::{self, Python};
use crate::shell::{binary, cargo, root, run, target};

/// Says that a Python, or wheels, that can't be had are a failure.
const REQUIRED: &str = "REQUIRE_PYTHON";

/// The terminal's program is to be built before.
pub const PHASES: [Phase; 2] = [
    ("shards by HyperQueue", hyperqueue),
    ("tables in Python", tables),
];

/// Both phases alone.
pub fn python() -> Result<()> {
    run(cargo().args(["build", "--locked", "--workspace", "--bins"]))?;
    phases::run(&PHASES)
}

/// Four workers, one of them killed, shards spoiled: the joined file is a single run's.
fn hyperqueue() -> Result<()> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return skipped("HyperQueue's wheel is for Linux on x86-64");
    }
    script("hyperqueue", "hyperqueue_run.py", "hyperqueue")
}

/// docs/r-and-python.md as it stands: its panel, and its numbers beside the terminal's.
fn tables() -> Result<()> {
    script("tables", "tables_run.py", "tables")
}

/// Runs a script of tests/python with the wheels of a list there, in a folder of its own.
fn script(list: &str, name: &str, folder: &str) -> Result<()> {
    let python = match environment(list)? {
        Python::Ready(python) => python,
        Python::None(why) => return skipped(&why),
    };
    run(Command::new(python)
        .current_dir(root())
        .arg(scripts().join(name))
        .arg(binary("debug"))
        .arg(target().join("tmp").join(folder))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("MPLBACKEND", "svg")
        .env("TQDM_DISABLE", "1"))
}

fn scripts() -> PathBuf {
    root().join("tests/python")
}

/// Says why nothing is done; an error where somebody insists on it.
fn skipped(why: &str) -> Result<()> {
    if std::env::var_os(REQUIRED).is_some() {
        bail!("{why}; {REQUIRED} is set, so nothing is skipped");
    }
    println!("skipped: {why}");
    Ok(())
}

/// The environment's Python, with a list's wheels installed; made and filled where the list changed since.
fn environment(list: &str) -> Result<Python> {
    let own = target().join("python");
    let python = match cfg!(windows) {
        true => own.join("Scripts/python.exe"),
        false => own.join("bin/python"),
    };
    let file = scripts().join(format!("{list}.txt"));
    let held = std::fs::read(&file).with_context(|| format!("{} can't be read", file.display()))?;
    let wanted: String = Sha256::digest(&held)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let stamp = own.join(format!("{list}.sha256"));
    if python.is_file() && std::fs::read_to_string(&stamp).is_ok_and(|has| has == wanted) {
        return Ok(Python::Ready(python));
    }
    if !python.is_file() {
        match setup::python()? {
            Python::Ready(there) => run(Command::new(there).args(["-m", "venv"]).arg(&own))?,
            none @ Python::None(_) => return Ok(none),
        }
    }
    println!("installing the wheels of {}", file.display());
    if let Some(why) = install(&python, &file)? {
        return Ok(Python::None(why));
    }
    std::fs::write(&stamp, wanted)
        .with_context(|| format!("{} can't be written", stamp.display()))?;
    Ok(Python::Ready(python))
}

/// Installs a list's wheels; why not, where they can't be had.
///
/// # Errors
/// If a wheel is not the one whose hash is in the list.
fn install(python: &Path, file: &Path) -> Result<Option<String>> {
    let mut command = Command::new(python);
    command
        .args(["-m", "pip", "install", "--quiet", "--no-compile"])
        .args(["--disable-pip-version-check", "--require-hashes"])
        .args(["--only-binary", ":all:", "--requirement"])
        .arg(file);
    let output = command.output().context("pip could not be started")?;
    if output.status.success() {
        return Ok(None);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("DO NOT MATCH THE HASHES") {
        bail!("{said}");
    }
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    Ok(Some(format!(
        "the wheels of {} can't be had here ({})",
        file.display(),
        last.unwrap_or("pip says nothing").trim()
    )))
}

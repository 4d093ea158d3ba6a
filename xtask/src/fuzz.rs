//! Fuzzing: the targets of `fuzz`, with coverage where cargo-fuzz and a nightly toolchain are there, else on
//! stable by the test that also runs them in CI.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell::{cargo, root, run};

/// Most MB that an input may make a target take, and most seconds; most bytes of an input.
const LIMITS: [&str; 3] = ["-rss_limit_mb=4096", "-timeout=60", "-max_len=200000"];

/// Fuzzes one target, or each of them, for so many seconds.
pub fn fuzz(target: Option<&str>, seconds: u32) -> Result<()> {
    let known = targets()?;
    let chosen = match target {
        None => known,
        Some(name) if known.iter().any(|t| t == name) => vec![name.to_owned()],
        Some(name) => bail!("there is no target {name}; there are {}", known.join(", ")),
    };
    let with_coverage = has_cargo_fuzz();
    if !with_coverage {
        println!("cargo-fuzz or a nightly toolchain is missing: without coverage, on stable");
    }
    for name in chosen {
        if with_coverage {
            let [found, seeds] = ["corpus", "seeds"].map(|f| format!("fuzz/{f}/{name}"));
            std::fs::create_dir_all(root().join(&found))?;
            run(nightly()
                .args(["fuzz", "run", &name, &found, &seeds, "--"])
                .args(LIMITS)
                .arg(format!("-max_total_time={seconds}")))?;
        } else {
            run(cargo()
                .args(["test", "--locked", "--quiet", "--test", "fuzz_targets"])
                .args(["--", "--nocapture"])
                .env("METACLS_FUZZ", &name)
                .env("METACLS_FUZZ_SECONDS", seconds.to_string())
                .env("METACLS_FUZZ_FIRST", first().to_string()))?;
        }
    }
    Ok(())
}

/// The targets: each has a folder of seeds.
fn targets() -> Result<Vec<String>> {
    let folder = root().join("fuzz/seeds");
    let entries = std::fs::read_dir(&folder).context("fuzz/seeds can't be read")?;
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Inputs that were not tried before: numbered from the time, in seconds, on.
fn first() -> u32 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs() as u32 / 2)
}

/// cargo of the nightly toolchain, at the project's root.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command
        .args(["run", "nightly", "cargo"])
        .current_dir(root());
    command
}

fn has_cargo_fuzz() -> bool {
    nightly()
        .args(["fuzz", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

//! Running other programs, and where things are.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The project's root. As cargo says it of what it runs: several checkouts may share a folder of built
/// things, and with it this program.
pub fn root() -> PathBuf {
    let said = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = said
        .filter(|path| path.ends_with("xtask"))
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    here.parent().map_or(here.clone(), PathBuf::from)
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The binary that cargo built in a profile's folder.
pub fn binary(folder: &str) -> PathBuf {
    let path = target().join(folder).join("metacls");
    path.with_extension(std::env::consts::EXE_EXTENSION)
}

/// The same, where it has been built.
pub fn built(folder: &str) -> Option<PathBuf> {
    Some(binary(folder)).filter(|path| path.is_file())
}

/// cargo, as it was called.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// npm or npx, in www.
pub fn node(program: &str) -> Command {
    let name = if cfg!(windows) {
        format!("{program}.cmd")
    } else {
        program.to_owned()
    };
    let mut command = Command::new(name);
    command
        .current_dir(root().join("www"))
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command
}

/// Runs a program to its end.
pub fn run(command: &mut Command) -> Result<()> {
    let words = format!("{command:?}");
    let status = command
        .status()
        .with_context(|| format!("could not start {words}"))?;
    if !status.success() {
        bail!("{words} ended with {status}");
    }
    Ok(())
}

/// Whether a program can be started.
pub fn exists(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

//! The page: npm's packages, the wasm, Vite.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::shell::{cargo, node, root, run};
use crate::{setup, wasm};

/// The stored figures.
pub const FIGURES: [&str; 3] = ["figure1", "figure2", "figure3"];

/// Builds it into www/dist. Where the tests have built the binary it is taken as it is: built by itself it has other
/// features, and all that it depends on would be compiled once more.
pub fn build(binary: Option<&Path>) -> Result<()> {
    setup::npm()?;
    wasm::build()?;
    stored(binary)?;
    run(node("npm").args(["run", "--silent", "build"]))
}

/// The binary: the one given, or built and run.
fn metacls(binary: Option<&Path>) -> Command {
    if let Some(binary) = binary {
        return Command::new(binary);
    }
    let mut build = cargo();
    build.args(["run", "--quiet", "--profile", "test"]);
    build.args(["--package", "metacls", "--"]);
    build
}

/// Makes what the page shows: the catalog of experiments, and their stored runs.
fn stored(binary: Option<&Path>) -> Result<()> {
    let folder = root().join("www/src/stored");
    std::fs::create_dir_all(&folder)?;
    let catalog = metacls(binary).args(["info", "--json"]).output()?;
    ensure!(
        catalog.status.success(),
        "metacls info --json: {}",
        String::from_utf8_lossy(&catalog.stderr)
    );
    std::fs::write(folder.join("catalog.json"), catalog.stdout)?;
    run(metacls(binary)
        .args(["report", "--quiet", "--page"])
        .arg(&folder)
        .args(FIGURES.map(|figure| root().join(format!("stored/{figure}.json.gz")))))?;
    for figure in FIGURES {
        std::fs::copy(
            root().join(format!("stored/{figure}.json.gz")),
            folder.join(format!("{figure}.results.gz")),
        )?;
    }
    Ok(())
}

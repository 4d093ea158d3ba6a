//! The page: npm's packages, the wasm, Vite.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::catalog::{Catalog, Experiment};
use crate::shell::{cargo, node, root, run};
use crate::{setup, wasm};

/// Where the page has what is made of the experiments.
const STORED: &str = "www/src/stored";

/// Builds it into www/dist, and says what experiments it shows. Where the tests have built the binary it is
/// taken as it is: built by itself it has other features, and all that it depends on would be compiled once
/// more.
pub fn build(binary: Option<&Path>) -> Result<Catalog> {
    setup::npm()?;
    wasm::build()?;
    let catalog = stored(binary)?;
    run(node("npm").args(["run", "--silent", "build"]))?;
    Ok(catalog)
}

/// The binary: the one given, or built and run.
pub fn metacls(binary: Option<&Path>) -> Command {
    if let Some(binary) = binary {
        return Command::new(binary);
    }
    let mut build = cargo();
    build.args(["run", "--quiet", "--profile", "test"]);
    build.args(["--package", "metacls", "--"]);
    build
}

/// Makes what the page has of the experiments: the catalog, and what it shows of the stored runs.
fn stored(binary: Option<&Path>) -> Result<Catalog> {
    let folder = root().join(STORED);
    // What an earlier build left is not the page's any more.
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder)?;
    }
    let catalog = catalog(binary)?;
    run(metacls(binary)
        .args(["report", "--quiet", "--page"])
        .arg(&folder)
        .args(catalog.stored().map(Experiment::results))
        .args(catalog.summaries()))?;
    Ok(catalog)
}

/// Makes the catalog alone.
pub fn catalog(binary: Option<&Path>) -> Result<Catalog> {
    let folder = root().join(STORED);
    let catalog = Catalog::of(&mut metacls(binary))?;
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("catalog.json"), &catalog.json)?;
    Ok(catalog)
}

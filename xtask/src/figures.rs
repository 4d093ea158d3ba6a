//! The paper's figures at forty seeds: run, stored, drawn.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::catalog::Catalog;
use crate::page;
use crate::shell::{binary, cargo, root, run, target};

/// Runs the experiments that a run is stored of on MNIST and writes stored/ and the pictures in docs/.
pub fn figures(from: Option<PathBuf>) -> Result<()> {
    let mnist = from.context(
        "the figures are made on MNIST: name a folder with its four files by --from DIR or METACLS_MNIST",
    )?;
    let out = target().join("figures");
    // Built once: a run of minutes must not find other code half-way.
    run(cargo().args(["build", "--release", "--package", "metacls"]))?;
    let built = binary("release");
    let kept = out
        .join("metacls")
        .with_extension(std::env::consts::EXE_EXTENSION);
    std::fs::create_dir_all(&out)?;
    std::fs::copy(&built, &kept)?;
    let metacls = || Command::new(&kept);
    for figure in Catalog::of(&mut metacls())?.stored() {
        let results = out.join(format!("{}.json", figure.id));
        run(metacls()
            .args(["run", &figure.id, "--again", "--engine", "cpu", "--data"])
            .arg(&mnist)
            .arg("--out")
            .arg(&results)
            // What the page shows unit by unit.
            .arg("--watch")
            .arg(figure.units()))?;
        run(metacls()
            .arg("report")
            .arg(&results)
            .arg("--compact")
            .arg(root().join("stored")))?;
    }
    draw(metacls)
}

/// Draws the pictures in docs/ of the stored runs.
pub fn pictures() -> Result<()> {
    draw(|| page::metacls(None))
}

/// Pictures are of what is stored, to its last digit.
fn draw(metacls: impl Fn() -> Command) -> Result<()> {
    for figure in Catalog::of(&mut metacls())?.stored() {
        run(metacls()
            .args(["report", "--quiet"])
            .arg(figure.results())
            .arg("--svg")
            .arg(root().join("docs")))?;
    }
    Ok(())
}

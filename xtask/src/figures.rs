//! The paper's figures at forty seeds: run, stored, drawn.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::page::FIGURES;
use crate::shell::{binary, cargo, root, run, target};

/// Runs the figures' presets on MNIST and writes stored/ and the pictures in docs/.
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
    for figure in FIGURES {
        let mut train = metacls();
        train
            .args(["run", figure, "--engine", "cpu", "--data"])
            .arg(&mnist)
            .arg("--out")
            .arg(&out);
        // What the page shows unit by unit.
        train
            .arg("--watch")
            .arg(root().join(format!("stored/{figure}.units.json.gz")));
        run(&mut train)?;
        let file = out.join(format!("{figure}.json"));
        run(metacls()
            .arg("report")
            .arg(&file)
            .arg("--compact")
            .arg(root().join("stored")))?;
        // Pictures are of what is stored, to its last digit.
        run(metacls()
            .arg("report")
            .arg(root().join("stored").join(format!("{figure}.json.gz")))
            .arg("--svg")
            .arg(root().join("docs")))?;
    }
    Ok(())
}

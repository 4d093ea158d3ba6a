//! The page: npm's packages, the wasm, Vite.

use anyhow::Result;

use crate::shell::{cargo, node, root, run};
use crate::{setup, wasm};

/// Builds it into www/dist.
pub fn build() -> Result<()> {
    setup::npm()?;
    wasm::build()?;
    stored()?;
    run(node("npm").args(["run", "--silent", "build"]))
}

/// Makes what the page shows of the stored runs.
fn stored() -> Result<()> {
    let folder = root().join("www/src/stored");
    // The profile of the tests, which build the same binary.
    run(cargo()
        .args([
            "run",
            "--quiet",
            "--profile",
            "test",
            "--package",
            "metacls",
        ])
        .args(["--", "report", "--quiet", "--page"])
        .arg(&folder)
        .args(
            ["figure1", "figure2", "figure3"]
                .map(|figure| root().join(format!("stored/{figure}.json.gz"))),
        ))?;
    std::fs::copy(
        root().join("stored/opening.json.gz"),
        folder.join("opening.gz"),
    )?;
    Ok(())
}

//! The page: npm's packages, the wasm, Vite.

use anyhow::Result;

use crate::shell::{cargo, node, root, run};
use crate::{setup, wasm};

/// The stored figures.
pub const FIGURES: [&str; 3] = ["figure1", "figure2", "figure3"];

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
        .args(FIGURES.map(|figure| root().join(format!("stored/{figure}.json.gz")))))?;
    for figure in FIGURES {
        for (held, name) in [("json", "results"), ("units.json", "units")] {
            std::fs::copy(
                root().join(format!("stored/{figure}.{held}.gz")),
                folder.join(format!("{figure}.{name}.gz")),
            )?;
        }
    }
    Ok(())
}

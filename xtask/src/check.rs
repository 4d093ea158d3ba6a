//! A quick look before a commit: what takes seconds once everything has been built.

use anyhow::Result;

use crate::phases::{self, Phase};
use crate::shell::{built, cargo, node, root, run};
use crate::{page, setup, tidy};

const PHASES: [Phase; 7] = [
    ("format", format),
    ("documents, modules, sizes", tidy::tidy),
    ("the page: lint and format", lint),
    ("the page: types", types),
    ("the page: unit tests", unit),
    ("clippy", clippy),
    ("the library's tests, shaders among them", library),
];

/// Runs every part; fails if any did.
pub fn check() -> Result<()> {
    phases::run(&PHASES)
}

fn format() -> Result<()> {
    run(cargo().args(["fmt", "--all", "--check"]))
}

/// What Biome would have otherwise in the page, and whether it is formatted.
pub fn lint() -> Result<()> {
    setup::npm()?;
    run(node("npm").args(["run", "--silent", "lint"]))
}

fn types() -> Result<()> {
    setup::npm()?;
    let www = root().join("www/src");
    if !www.join("wasm/trainer.js").is_file() || !www.join("stored/catalog.json").is_file() {
        println!("the page's wasm has never been built here: that comes first, and takes minutes");
        page::build(None)?;
    }
    run(node("npm").args(["run", "--silent", "check"]))
}

/// The page's pure functions, tested in Node; some take the catalog, so that is made first.
pub fn unit() -> Result<()> {
    setup::npm()?;
    page::catalog(built("debug").as_deref())?;
    run(node("npm").args(["run", "--silent", "unit"]))
}

fn clippy() -> Result<()> {
    run(cargo()
        .args([
            "clippy",
            "--locked",
            "--quiet",
            "--workspace",
            "--all-targets",
        ])
        .args(["--", "-D", "warnings"]))
}

fn library() -> Result<()> {
    run(cargo().args(["test", "--locked", "--quiet", "--lib"]))
}

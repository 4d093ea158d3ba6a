//! The page: npm's packages, the wasm, Vite.

use anyhow::Result;

use crate::shell::{node, run};
use crate::{setup, wasm};

/// Builds it into www/dist.
pub fn build() -> Result<()> {
    setup::npm()?;
    wasm::build()?;
    run(node("npm").args(["run", "--silent", "build"]))
}

//! The page's wasm: compiled, bound to JavaScript, made small.

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::shell::{cargo, node, root, run};
use crate::{setup, shell};

/// What Rust's wasm uses beyond the first version, which wasm-opt must be told.
const FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Functions stay as the compiler cut them: large ones, joined from many, have hundreds of locals, whose names no packer
/// finds alike. The packed wasm is a tenth smaller so.
const PASSES: [&str; 3] = [
    "-O2",
    "--skip-pass=inlining-optimizing",
    "--skip-pass=ssa-nomerge",
];

/// Builds it into www/src/wasm.
pub fn build() -> Result<()> {
    setup::wasm_target()?;
    let target = "wasm32-unknown-unknown";
    run(cargo()
        .args([
            "build",
            "--profile",
            "wasm",
            "--lib",
            "--package",
            "metacls",
        ])
        .args(["--target", target]))?;
    let out = root().join("www/src/wasm");
    Bindgen::new()
        .input_path(shell::target().join(target).join("wasm/metacls.wasm"))
        .web(true)?
        .typescript(true)
        .omit_default_module_path(false)
        .generate(&out)
        .context("wasm-bindgen failed")?;
    let wasm = out.join("metacls_bg.wasm");
    if root().join("www/node_modules/.bin/wasm-opt").exists() {
        run(node("npx")
            .arg("wasm-opt")
            .args(PASSES)
            .args(FEATURES)
            .arg(&wasm)
            .arg("-o")
            .arg(&wasm))?;
    }
    let size = std::fs::metadata(&wasm)?.len();
    println!("wasm: {} kB", size / 1000);
    Ok(())
}

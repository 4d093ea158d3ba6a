//! The page's wasm: compiled, bound to JavaScript, made small.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::shell::{cargo, node, root, run};
use crate::{setup, shell};

/// The page's programs: each a build with the feature of its name.
const PROGRAMS: [&str; 2] = ["analyst", "trainer"];

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

/// Functions stay as the compiler cut them: large ones, joined from many, have hundreds of locals, whose
/// names no packer finds alike. The packed wasm is a tenth smaller so. And they lie in the order of their
/// names: what was made of one generic function lies together, within the packer's window.
const PASSES: [&str; 5] = [
    "--reorder-functions-by-name",
    "-O2",
    "--skip-pass=inlining-optimizing",
    "--skip-pass=reorder-functions",
    "--skip-pass=ssa-nomerge",
];

/// Builds both programs into www/src/wasm.
pub fn build() -> Result<()> {
    setup::wasm_target()?;
    let out = root().join("www/src/wasm");
    if out.exists() {
        std::fs::remove_dir_all(&out).context("www/src/wasm can't be emptied")?;
    }
    for program in PROGRAMS {
        let wasm = compile(program, &out)?;
        let packed = pack(&wasm)?;
        println!("{program}: {} kB packed", packed / 1000);
    }
    Ok(())
}

/// Builds one program, bound to JavaScript. Gives the wasm's path.
fn compile(program: &str, out: &Path) -> Result<PathBuf> {
    let target = "wasm32-unknown-unknown";
    run(cargo()
        .args([
            "build",
            "--locked",
            "--profile",
            "wasm",
            "--lib",
            "--package",
            "metacls",
        ])
        .args(["--no-default-features", "--features", program])
        .args(["--target", target]))?;
    Bindgen::new()
        .input_path(shell::target().join(target).join("wasm/metacls.wasm"))
        .out_name(program)
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .generate(out)
        .context("wasm-bindgen failed")?;
    let wasm = out.join(format!("{program}_bg.wasm"));
    if root().join("www/node_modules/.bin/wasm-opt").exists() {
        run(node("npx")
            .arg("wasm-opt")
            .args(PASSES)
            .args(FEATURES)
            .arg(&wasm)
            .arg("-o")
            .arg(&wasm))?;
    }
    Ok(wasm)
}

/// Packs a program as the page loads it: no host need pack it, and better than hosts do. Gives the packed
/// size.
fn pack(wasm: &Path) -> Result<u64> {
    let bytes = std::fs::read(wasm)?;
    let path = wasm.with_extension("wasm.gz");
    let mut packed = Vec::new();
    zopfli::compress(
        zopfli::Options::default(),
        zopfli::Format::Gzip,
        bytes.as_slice(),
        &mut packed,
    )
    .context("the wasm can't be packed")?;
    std::fs::write(&path, &packed)?;
    Ok(packed.len() as u64)
}

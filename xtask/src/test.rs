//! Every test, phase by phase; a phase that fails does not hide the others.

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::shell::{binary, cargo, node, run, target};
use crate::{page, setup};

/// How Chromium is started for tests: without a screen, with its software GPU.
const CHROMIUM_ARGS: [&str; 10] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
];

/// A phase's name and what it does.
type Phase = (&'static str, fn() -> Result<()>);

/// Runs all tests; fails if any did.
pub fn test(skip_browser: bool) -> Result<()> {
    setup::wasm_target()?;
    if !skip_browser {
        setup::browser_and_gpu()?;
    }
    let mut phases: Vec<Phase> = vec![("Rust and shaders", native)];
    if !skip_browser {
        phases.push(("wasm in a browser", wasm));
        phases.push(("the page in a browser", in_page));
    }
    let mut failed = 0;
    let count = phases.len();
    for (name, phase) in phases {
        println!("\n=== {name}");
        let start = Instant::now();
        let outcome = phase();
        let seconds = start.elapsed().as_secs();
        match outcome {
            Ok(()) => println!("=== {name}: passed, {seconds} s"),
            Err(e) => {
                failed += 1;
                println!("=== {name}: FAILED, {seconds} s: {e:#}");
            }
        }
    }
    println!("\n{} passed, {failed} failed", count - failed);
    if failed > 0 {
        bail!("{failed} of {count} phases failed");
    }
    Ok(())
}

fn native() -> Result<()> {
    let mut command = cargo();
    command.args(["test", "--workspace"]);
    if let Some(driver) = setup::lavapipe() {
        command
            .env("VK_DRIVER_FILES", &driver)
            .env("VK_ICD_FILENAMES", &driver);
    }
    run(&mut command)
}

fn wasm() -> Result<()> {
    let args: Vec<String> = CHROMIUM_ARGS.iter().map(|a| format!("\"{a}\"")).collect();
    let binary = setup::chromium().context("there is no Chromium")?;
    let json = format!(
        "{{\"goog:chromeOptions\": {{\"binary\": {:?}, \"args\": [{}]}}}}",
        binary.display().to_string(),
        args.join(", ")
    );
    let driver_json = target().join("webdriver.json");
    std::fs::write(&driver_json, json)?;
    let this = std::env::current_exe()?;
    run(cargo()
        .args([
            "test",
            "--package",
            "metacls",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(["--test", "wasm"])
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            format!("{} wasm-test-runner", this.display()),
        )
        .env("CHROMEDRIVER", which("chromedriver")?)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &driver_json)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300"))
}

fn which(program: &str) -> Result<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .flat_map(|folder| [folder.join(program), folder.join(format!("{program}.exe"))])
        .find(|p| p.is_file())
        .with_context(|| format!("{program} is not on the PATH"))
}

fn in_page() -> Result<()> {
    // Built with the tests of the first phase; some tests compare the page's numbers with it.
    let binary = binary("debug");
    page::build(binary.is_file().then_some(binary.as_path()))?;
    run(node("npm").args(["run", "--silent", "check"]))?;
    let mut tests = node("npx");
    tests.args(["playwright", "test"]);
    tests.env("METACLS", &binary);
    if let Some(driver) = setup::lavapipe() {
        tests
            .env("VK_DRIVER_FILES", &driver)
            .env("VK_ICD_FILENAMES", &driver);
    }
    if let Some(chromium) = setup::chromium() {
        tests.env("CHROMIUM", chromium);
    }
    run(&mut tests)
}

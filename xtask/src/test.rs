//! Every test, phase by phase.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::phases::{self, Phase};
use crate::shell::{binary, built, cargo, node, run, target};
use crate::{bits, browsers, check, page, python, setup};

/// How Chromium is started for tests, as the page's tests start it too.
#[derive(Deserialize)]
struct Chromium {
    always: Vec<String>,
    gpu: Vec<String>,
}

/// Runs all tests; fails if any did.
pub fn test(skip_browser: bool) -> Result<()> {
    setup::wasm_target()?;
    if !skip_browser {
        setup::browser_and_gpu()?;
    }
    let mut phases: Vec<Phase> = vec![
        ("Rust and shaders", native),
        ("the page's functions", check::unit),
    ];
    phases.extend(bits::PHASES);
    // With the program that the first phase has built.
    phases.extend(python::PHASES);
    if !skip_browser {
        phases.push(("wasm in a browser", wasm));
        phases.push(("the page in Chromium", in_page));
        // Of the page that the phase before has built.
        phases.extend(browsers::PHASES);
    }
    phases::run(&phases)
}

fn native() -> Result<()> {
    let mut command = cargo();
    command.args(["test", "--locked", "--workspace"]);
    if let Some(driver) = setup::lavapipe() {
        command
            .env("VK_DRIVER_FILES", &driver)
            .env("VK_ICD_FILENAMES", &driver);
    }
    run(&mut command)
}

fn wasm() -> Result<()> {
    let chromium: Chromium = serde_json::from_str(include_str!("../../www/chromium.json"))
        .context("www/chromium.json can't be read")?;
    let options = serde_json::json!({ "goog:chromeOptions": {
        "binary": setup::chromium().context("there is no Chromium")?,
        "args": ([chromium.always, chromium.gpu].concat()),
    } });
    let driver_json = target().join("webdriver.json");
    std::fs::write(&driver_json, options.to_string())?;
    let this = std::env::current_exe()?;
    let driver = setup::program(&["chromedriver", "chromedriver.exe"])
        .context("chromedriver is not on the PATH")?;
    run(cargo()
        .args([
            "test",
            "--locked",
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
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &driver_json)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300"))
}

fn in_page() -> Result<()> {
    // Built with the tests of the first phase; some tests compare the page's numbers with it.
    page::build(built("debug").as_deref())?;
    run(node("npm").args(["run", "--silent", "check"]))?;
    let mut tests = node("npx");
    tests.args(["playwright", "test"]);
    tests.env("METACLS", binary("debug"));
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

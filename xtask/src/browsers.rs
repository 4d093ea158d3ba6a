//! The page in other browsers than Chromium: Firefox, and WebKit as GNOME's browsers have it.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::page;
use crate::phases::{self, Phase};
use crate::setup::{self, Browser};
use crate::shell::{binary, built, cargo, node, run};

/// Says that a browser that can't be had is a failure.
const REQUIRED: &str = "REQUIRE_BROWSERS";

/// The page is to be built before.
pub const PHASES: [Phase; 2] = [
    ("the page in Firefox", firefox),
    ("the page in WebKit", webkit),
];

/// Both phases alone.
pub fn browsers() -> Result<()> {
    run(cargo().args(["build", "--locked", "--package", "metacls"]))?;
    page::build(built("debug").as_deref())?;
    phases::run(&PHASES)
}

fn firefox() -> Result<()> {
    match found(setup::firefox()?)? {
        Some(program) => tests("firefox", "FIREFOX", program),
        None => Ok(()),
    }
}

fn webkit() -> Result<()> {
    match found(setup::webkit()?)? {
        Some(driver) => tests("webkit", "WEBKIT_DRIVER", driver),
        None => Ok(()),
    }
}

/// The browser; none, with a word, where it is not there and nobody insists on it.
fn found(browser: Browser) -> Result<Option<PathBuf>> {
    match browser {
        Browser::Ready(program) => Ok(Some(program)),
        Browser::None(why) if std::env::var_os(REQUIRED).is_some() => {
            bail!("{why}; {REQUIRED} is set, so nothing is skipped")
        }
        Browser::None(why) => {
            println!("skipped: {why}");
            Ok(None)
        }
    }
}

/// The tests of www/browsers in one browser; the page's numbers are compared with the binary's.
fn tests(project: &str, variable: &str, program: PathBuf) -> Result<()> {
    run(node("npx")
        .args(["playwright", "test", "--config", "browsers.config.ts"])
        .args(["--project", project])
        .env("METACLS", binary("debug"))
        .env(variable, program))
}

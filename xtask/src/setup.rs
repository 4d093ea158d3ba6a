//! What has to be there: the wasm target, npm's packages, a browser, a software GPU.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell::{exists, node, root, run};

/// Debian's packages for the tests.
const PACKAGES: [&str; 5] = [
    "chromium",
    "chromium-driver",
    "mesa-vulkan-drivers",
    "libvulkan1",
    "fonts-dejavu-core",
];

/// Adds the wasm target where rustup is there and has not.
pub fn wasm_target() -> Result<()> {
    rust_target("wasm32-unknown-unknown")
}

/// Adds a target where rustup is there and has not.
fn rust_target(target: &str) -> Result<()> {
    let listed = Command::new("rustup")
        .args(["target", "list", "--installed"])
        .output();
    let Ok(listed) = listed else {
        // Without rustup, cargo itself will say what is missing.
        return Ok(());
    };
    if String::from_utf8_lossy(&listed.stdout).contains(target) {
        return Ok(());
    }
    run(Command::new("rustup").args(["target", "add", target]))
}

/// Runs programs of 64-bit ARM, Linux, on another processor.
pub const EMULATOR: &str = "qemu-aarch64";

/// Debian's package of it.
const EMULATORS: &str = "qemu-user";

/// Whether programs of another processor can be run here.
pub enum Emulator {
    /// They can.
    Ready,
    /// They can't, and why, and what to do.
    None(String),
}

/// Has an emulator and its target at hand: as root on Debian, installs them.
pub fn emulator(target: &str) -> Result<Emulator> {
    if !cfg!(target_os = "linux") || cfg!(target_arch = "aarch64") {
        let here = format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH);
        return Ok(Emulator::None(format!(
            "{EMULATOR} is for Linux on other processors, and this is {here}"
        )));
    }
    if !exists(EMULATOR) {
        if !is_debian() {
            return Ok(Emulator::None(format!("{EMULATOR} is not on the PATH")));
        }
        if !is_root() {
            let words = format!("for {EMULATOR}, sudo apt-get install {EMULATORS}");
            return Ok(Emulator::None(words));
        }
        install(&[EMULATORS])?;
    }
    rust_target(target)?;
    Ok(Emulator::Ready)
}

fn is_debian() -> bool {
    PathBuf::from("/etc/debian_version").exists() && exists("apt-get")
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|o| String::from_utf8_lossy(&o.stdout).trim() == "0")
}

/// Installs packages of Debian.
fn install(packages: &[&str]) -> Result<()> {
    println!("installing {}", packages.join(", "));
    run(Command::new("apt-get").args(["update", "-q"]))?;
    run(Command::new("apt-get")
        .args(["install", "-y", "-q", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive"))
}

/// Installs npm's packages where the lock file changed since.
pub fn npm() -> Result<()> {
    let www = root().join("www");
    let lock = std::fs::read(www.join("package-lock.json"))
        .context("www/package-lock.json can't be read")?;
    let stamp = www.join("node_modules/.xtask-lock");
    if std::fs::read(&stamp).is_ok_and(|held| held == lock) {
        return Ok(());
    }
    if !exists(if cfg!(windows) { "npm.cmd" } else { "npm" }) {
        bail!("npm was not found: install Node.js 20 or newer (nodejs.org), then try again");
    }
    run(node("npm").args(["ci", "--no-audit", "--no-fund"]))?;
    std::fs::write(&stamp, lock).context("node_modules can't be written")
}

/// Chromium's program, if there is one.
pub fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let usual = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    ];
    named
        .into_iter()
        .chain(usual.map(PathBuf::from))
        .find(|p| p.is_file())
}

/// A browser that the tests want.
pub enum Browser {
    /// Its program, or its driver's.
    Ready(PathBuf),
    /// It is not there, why, and what to do.
    None(String),
}

/// The first of these programs that is there: by its place, or by its name on the PATH.
pub fn program(places: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    places
        .iter()
        .flat_map(|place| folders.iter().map(move |folder| folder.join(place)))
        .find(|p| p.is_file())
}

/// Has a browser at hand: as root on Debian, installs what is missing of it.
fn browser(found: impl Fn() -> Option<PathBuf>, packages: &[&str], words: &str) -> Result<Browser> {
    if let Some(program) = found() {
        return Ok(Browser::Ready(program));
    }
    if is_debian() && is_root() {
        install(packages)?;
        return match found() {
            Some(program) => Ok(Browser::Ready(program)),
            None => bail!("{} gave no such program: {words}", packages.join(" and ")),
        };
    }
    let how = if is_debian() {
        format!(
            "for the tests in it, sudo apt-get install {}",
            packages.join(" ")
        )
    } else {
        words.to_owned()
    };
    Ok(Browser::None(how))
}

/// Firefox, for the tests in it.
pub fn firefox() -> Result<Browser> {
    let places = [
        "firefox-esr",
        "firefox",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
        "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
    ];
    let words = "there is no Firefox: install it, or name it by FIREFOX=...";
    let named = std::env::var_os("FIREFOX").map(PathBuf::from);
    let found = || named.clone().or_else(|| program(&places));
    browser(found, &["firefox-esr"], words)
}

/// The driver of WebKit, which starts a browser of its own on a screen that nobody sees.
pub fn webkit() -> Result<Browser> {
    let found = || program(&["WebKitWebDriver"]).filter(|_| program(&["Xvfb"]).is_some());
    let words = "WebKitWebDriver and Xvfb are not on the PATH; they are for Linux";
    browser(found, &["webkit2gtk-driver", "xvfb"], words)
}

/// A Python that can make virtual environments.
pub enum Python {
    /// Its program.
    Ready(PathBuf),
    /// It is not there, why, and what to do.
    None(String),
}

/// Debian's packages of it.
const PYTHON: [&str; 2] = ["python3", "python3-venv"];

/// Has a Python at hand that can make virtual environments: as root on Debian, installs what is missing.
pub fn python() -> Result<Python> {
    // As old as the pinned wheels allow.
    const CAN: &str = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))";
    let found = || {
        let named = program(&["python3", "python3.exe", "python.exe"])?;
        let mut command = Command::new(&named);
        let output = command.args(["-c", CAN]).output();
        output.is_ok_and(|o| o.status.success()).then_some(named)
    };
    if let Some(program) = found() {
        return Ok(Python::Ready(program));
    }
    let words = "there is no Python 3.11 or newer with venv";
    if is_debian() && is_root() {
        install(&PYTHON)?;
        return Ok(found().map_or_else(|| Python::None(words.to_owned()), Python::Ready));
    }
    Ok(Python::None(match is_debian() {
        true => format!("{words}: sudo apt-get install {}", PYTHON.join(" ")),
        false => words.to_owned(),
    }))
}

/// The description of Mesa's software Vulkan driver, if it is installed.
pub fn lavapipe() -> Option<PathBuf> {
    let folder = std::fs::read_dir("/usr/share/vulkan/icd.d").ok()?;
    folder.filter_map(|e| e.ok().map(|e| e.path())).find(|p| {
        p.file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with("lvp_icd"))
    })
}

/// Has a browser, its driver and a software GPU at hand: as root on Debian, installs them.
pub fn browser_and_gpu() -> Result<()> {
    let linux = cfg!(target_os = "linux");
    let complete =
        chromium().is_some() && exists("chromedriver") && (!linux || lavapipe().is_some());
    if complete {
        return Ok(());
    }
    if is_debian() && is_root() {
        return install(&PACKAGES);
    }
    if is_debian() {
        bail!(
            "for the tests, install: sudo apt-get install {}",
            PACKAGES.join(" ")
        );
    }
    if chromium().is_none() || !exists("chromedriver") {
        bail!(
            "for the tests, install Chrome or Chromium with its chromedriver on the PATH, and name it by \
             CHROMIUM=... if it is in no usual place; or leave the browser out: \
             cargo xtask test --skip-browser"
        );
    }
    Ok(())
}

//! The shaders as they are compiled in: without comments and indentation, which are a third of what the page would load.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=shaders");
    let out = env::var_os("OUT_DIR").map(PathBuf::from);
    let out = out.ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    strip(Path::new("shaders"), &out.join("shaders"))
}

/// Copies a folder of shaders, line by line what is code. Line numbers in a compiler's messages stay those of the files.
fn strip(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (from, to) = {
            let entry = entry?;
            (entry.path(), to.join(entry.file_name()))
        };
        if from.is_dir() {
            strip(&from, &to)?;
            continue;
        }
        let text = fs::read_to_string(&from)?;
        let code = |line: &str| {
            line.split("//")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
                + "\n"
        };
        fs::write(&to, text.lines().map(code).collect::<String>())?;
    }
    Ok(())
}

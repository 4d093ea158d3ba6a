//! The shaders as they are compiled in: without comments and indentation, a third of their packed size.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=shaders");
    let out = env::var_os("OUT_DIR").map(PathBuf::from);
    let out = out.ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    strip(Path::new("shaders"), &out.join("shaders"))
}

/// Copies a folder of shaders, line by line what is code. Line numbers in a compiler's messages stay those of
/// the files.
fn strip(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            strip(&from, &to)?;
            continue;
        }
        let mut code = String::new();
        for line in fs::read_to_string(&from)?.lines() {
            code += line.split_once("//").map_or(line, |(code, _)| code).trim();
            code += "\n";
        }
        fs::write(&to, code)?;
    }
    Ok(())
}

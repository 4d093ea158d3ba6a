//! MNIST's files beside the page: verified by SHA-256, never in the repository.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};

use crate::shell::root;

/// The SHA-256 of each file's unpacked content, and its name.
const FILES: &str = include_str!("../../src/data/mnist.sha256");

/// No file of MNIST is larger than this once unpacked.
const LARGEST: u64 = 64 << 20;

/// Copies them into www/public/mnist, and into www/dist/mnist where the page has been built.
pub fn mnist(from: Option<PathBuf>) -> Result<()> {
    let Some(from) = from else {
        bail!("name the folder with MNIST's four files: cargo xtask mnist --from DIR");
    };
    let mut packed = Vec::new();
    for (sha256, name) in FILES.lines().filter_map(|line| line.split_once("  ")) {
        let path = [from.join(name), from.join(format!("{name}.gz"))]
            .into_iter()
            .find(|p| p.is_file())
            .with_context(|| format!("{} has no {name}, with or without .gz", from.display()))?;
        let bytes =
            std::fs::read(&path).with_context(|| format!("{} can't be read", path.display()))?;
        let plain = if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut plain = Vec::new();
            MultiGzDecoder::new(bytes.as_slice())
                .take(LARGEST)
                .read_to_end(&mut plain)
                .with_context(|| format!("{} is damaged", path.display()))?;
            plain
        } else {
            bytes
        };
        let found: String = Sha256::digest(&plain)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        if found != sha256 {
            bail!(
                "{} is not MNIST's: its SHA-256 is {found}, not {sha256}",
                path.display()
            );
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&plain)?;
        packed.push((format!("{name}.gz"), encoder.finish()?));
    }
    let names: Vec<String> = packed.iter().map(|(name, _)| format!("{name:?}")).collect();
    let list = format!("{{\"files\":[{}]}}\n", names.join(","));
    let mut folders = vec![root().join("www/public")];
    if root().join("www/dist").is_dir() {
        folders.push(root().join("www/dist"));
    }
    for folder in folders {
        std::fs::create_dir_all(folder.join("mnist"))?;
        for (name, bytes) in &packed {
            std::fs::write(folder.join("mnist").join(name), bytes)?;
        }
        std::fs::write(folder.join("mnist/files.json"), &list)?;
        println!("MNIST, verified, is in {}", folder.join("mnist").display());
    }
    Ok(())
}

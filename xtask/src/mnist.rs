//! MNIST's files beside the page: verified by SHA-256, never in the repository.

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};

use crate::shell::root;

/// The files with the SHA-256 of their unpacked content.
const FILES: [(&str, &str); 4] = [
    (
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    (
        "train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    (
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    (
        "t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
];

/// No file of MNIST is larger than this once unpacked.
const LARGEST: u64 = 64 << 20;

/// Copies them into www/public/mnist, and into www/dist/mnist where the page has been built.
pub fn mnist(from: Option<PathBuf>) -> Result<()> {
    let Some(from) = from else {
        bail!("name the folder with MNIST's four files: cargo xtask mnist --from DIR");
    };
    let mut packed = Vec::new();
    for (name, sha256) in FILES {
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
    let list = "{\"files\":[\"train-images-idx3-ubyte.gz\",\"train-labels-idx1-ubyte.gz\",\
                \"t10k-images-idx3-ubyte.gz\",\"t10k-labels-idx1-ubyte.gz\"]}\n";
    let mut folders = vec![root().join("www/public")];
    if root().join("www/dist").is_dir() {
        folders.push(root().join("www/dist"));
    }
    for folder in folders {
        std::fs::create_dir_all(folder.join("mnist"))?;
        for (name, bytes) in &packed {
            std::fs::write(folder.join("mnist").join(name), bytes)?;
        }
        std::fs::write(folder.join("mnist/files.json"), list)?;
        println!("MNIST, verified, is in {}", folder.join("mnist").display());
    }
    Ok(())
}

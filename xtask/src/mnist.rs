//! MNIST's files beside the page: verified by SHA-256, never in the repository.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use sha2::{Digest, Sha256};

use crate::mirror::{self, Mirror};
use crate::shell::root;

/// The SHA-256 of each file's unpacked content, and its name.
const FILES: &str = include_str!("../../src/data/mnist.sha256");

/// No file of MNIST is larger than this once unpacked.
const LARGEST: u64 = 64 << 20;

/// The environment's folder with the four files, where none is named.
const FOLDER: &str = "METACLS_MNIST";

/// Where the files come from.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder with the four files, plain or gzip [else that of METACLS_MNIST].
    #[arg(long, value_name = "DIR", conflicts_with = "fetch")]
    from: Option<PathBuf>,
    /// Fetch the files from a mirror; those that the cache has are not fetched again.
    #[arg(long)]
    fetch: bool,
    /// With --fetch, the mirror: what stands before the files' names in their addresses.
    #[arg(long, value_name = "URL", env = "METACLS_MNIST_MIRROR", default_value = mirror::PINNED)]
    mirror: String,
    /// With --fetch, the folder that keeps the files [default: target/mnist].
    #[arg(long, value_name = "DIR", env = "METACLS_MNIST_CACHE")]
    cache: Option<PathBuf>,
}

/// A file of MNIST's.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its name, unpacked.
    pub name: &'a str,
    /// The SHA-256 of its unpacked content, in hexadecimal digits.
    pub sha256: &'a str,
}

/// MNIST's four files.
fn files() -> impl Iterator<Item = File<'static>> {
    let lines = FILES.lines().filter_map(|line| line.split_once("  "));
    lines.map(|(sha256, name)| File { name, sha256 })
}

/// Puts the files beside the page: out of a folder, or out of the cache once they have been fetched into it.
pub fn mnist(args: Args) -> Result<()> {
    if !args.fetch {
        let from = args.from.or_else(|| Some(std::env::var_os(FOLDER)?.into()));
        let Some(from) = from else {
            bail!(
                "name the folder with MNIST's four files: cargo xtask mnist --from DIR; \
                 or have them fetched: cargo xtask mnist --fetch"
            );
        };
        return beside(&from);
    }
    let cache = args.cache.unwrap_or_else(|| root().join("target/mnist"));
    let files: Vec<File> = files().collect();
    Mirror::new(&args.mirror).fetch(&files, &cache).context(
        "MNIST could not be fetched. The page does without and offers it to its readers; \
             try again later, or name a folder that has the files: cargo xtask mnist --from DIR",
    )?;
    beside(&cache)
}

/// Copies them into www/public/mnist, and into www/dist/mnist where the page has been built.
fn beside(from: &Path) -> Result<()> {
    let mut packed = Vec::new();
    for file in files() {
        let name = file.name;
        let path = [from.join(name), from.join(format!("{name}.gz"))]
            .into_iter()
            .find(|p| p.is_file())
            .with_context(|| format!("{} has no {name}, with or without .gz", from.display()))?;
        let plain = verified(read(&path)?, &file).with_context(|| path.display().to_string())?;
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

/// Whether all of them lie beside the page that was built there.
pub fn is_beside(site: &Path) -> bool {
    files().all(|file| site.join(format!("mnist/{}.gz", file.name)).is_file())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} can't be read", path.display()))
}

/// A file's unpacked content, of bytes that are packed or not. Fails if it is not that file's.
pub fn verified(bytes: Vec<u8>, file: &File) -> Result<Vec<u8>> {
    let plain = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        MultiGzDecoder::new(bytes.as_slice())
            .take(LARGEST)
            .read_to_end(&mut plain)
            .context("it is damaged")?;
        plain
    } else {
        bytes
    };
    let found: String = Sha256::digest(&plain)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    if found != file.sha256 {
        let File { name, sha256 } = file;
        bail!("it is not MNIST's {name}: its SHA-256 is {found}, not {sha256}");
    }
    Ok(plain)
}

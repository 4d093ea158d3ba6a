//! The static site: www/dist as any host serves it, and what it weighs.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::{Compression, write::GzEncoder};

use crate::shell::root;
use crate::{mnist, page};

/// Builds the site and prints its sizes.
pub fn dist() -> Result<()> {
    let catalog = page::build(None)?;
    let opening = catalog.opening()?;
    let site = root().join("www/dist");
    // GitHub Pages must not take it for a Jekyll site.
    std::fs::write(site.join(".nojekyll"), "")?;
    let html = std::fs::read_to_string(site.join("index.html"))?;
    if html.contains("=\"/") {
        bail!("index.html has an absolute path: it would only work at a host's root");
    }
    let mut first = packed(&site.join("index.html"))?;
    println!("\n{:>9}  first view", "gzip");
    println!("{first:>9}  index.html");
    for file in assets(&site)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let size = packed(&file)?;
        if is_early(&html, opening, &name) {
            first += size;
            println!("{size:>9}  {name}");
        }
    }
    println!("{first:>9}  bytes in all\n\n{:>9}  later", "gzip");
    let mut all = first;
    for file in assets(&site)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if !is_early(&html, opening, &name) {
            let size = packed(&file)?;
            all += size;
            println!("{size:>9}  {name}");
        }
    }
    println!("{all:>9}  bytes in all, kept for use offline once the first view is there");
    let images = if mnist::is_beside(&site) {
        "with MNIST beside the page"
    } else {
        "without MNIST, which the page offers to fetch (cargo xtask mnist puts it beside the page)"
    };
    println!("\nthe site is in {}, {images}", site.display());
    Ok(())
}

/// Whether the first view takes it: the opening experiment with its units, then the charts. The worker, its
/// wasm and the other experiments come when they are asked for.
fn is_early(html: &str, opening: &str, name: &str) -> bool {
    let run = name.strip_prefix(opening);
    let is_opening =
        run.is_some_and(|rest| rest.starts_with(".page") || rest.starts_with(".units"));
    html.contains(name) || is_opening || name.starts_with("charts") || name.starts_with("panels")
}

/// The built files, by name.
fn assets(site: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(site.join("assets"))
        .context("www/dist has no assets")?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    Ok(files)
}

/// Bytes that a host sends, which packs what is not packed.
fn packed(file: &Path) -> Result<usize> {
    let bytes = std::fs::read(file)?;
    if file.extension().is_some_and(|e| e == "gz") {
        return Ok(bytes.len());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes)?;
    Ok(encoder.finish()?.len())
}

//! A small static server for www/dist, on this machine only.

use std::fs::File;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use tiny_http::{Header, Request, Response, Server};

use crate::shell::root;

/// How to serve.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The port; the next free one if it is taken.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Don't open a browser.
    #[arg(long)]
    no_open: bool,
}

/// Serves until interrupted.
pub fn serve(args: &Args) -> Result<()> {
    let dist = root().join("www/dist");
    if !dist.join("index.html").is_file() {
        bail!("www/dist has no page yet: run cargo xtask build first");
    }
    let server = (args.port..=args.port.saturating_add(20))
        .find_map(|port| Server::http(("127.0.0.1", port)).ok())
        .with_context(|| {
            format!(
                "no port from {} on is free; name another by --port",
                args.port
            )
        })?;
    let port = server.server_addr().to_ip().map_or(args.port, |a| a.port());
    let address = format!("http://localhost:{port}/");
    println!("metacls is at {address} (stop with Ctrl-C)");
    if !args.no_open && opener::open(&address).is_err() {
        println!("no browser could be opened: open that address in one");
    }
    for request in server.incoming_requests() {
        // A reader who went away is no reason to stop.
        let _ = answer(&dist, request);
    }
    Ok(())
}

fn answer(dist: &Path, request: Request) -> Result<()> {
    let Some(path) = resolve(dist, request.url()) else {
        return Ok(request.respond(Response::from_string("not found").with_status_code(404))?);
    };
    let mut response = Response::from_file(File::open(&path)?);
    for (name, value) in [
        ("Content-Type", mime(&path)),
        ("Cache-Control", caching(dist, &path)),
        // A sandboxed frame of another page is of no origin, and reads what any may read.
        ("Access-Control-Allow-Origin", "*"),
    ] {
        let header =
            Header::from_bytes(name, value).map_err(|()| anyhow!("a header could not be made"))?;
        response.add_header(header);
    }
    Ok(request.respond(response)?)
}

/// How long browsers may keep a file. What lies in assets has a name that changes with its content; all else
/// is asked for again, above all index.html and the service worker.
fn caching(dist: &Path, path: &Path) -> &'static str {
    if path.starts_with(dist.join("assets")) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

/// The file an address stands for, if it lies within the folder.
fn resolve(dist: &Path, url: &str) -> Option<PathBuf> {
    let path = url.split(['?', '#']).next()?.trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    let relative = Path::new(path);
    if !relative
        .components()
        .all(|c| matches!(c, Component::Normal(_)))
    {
        return None;
    }
    let file = dist.join(relative);
    file.is_file().then_some(file)
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|e| e.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_by_its_content_is_kept_unasked() {
        let dist = Path::new("dist");
        assert!(caching(dist, Path::new("dist/assets/index-1.js")).contains("immutable"));
        for path in ["index.html", "service-worker.js", "mnist/assets/x"] {
            assert_eq!(caching(dist, &dist.join(path)), "no-cache", "{path}");
        }
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(resolve(here, "/Cargo.toml?x=1").is_some());
        for url in [
            "/../Cargo.toml",
            "/src/../../Cargo.toml",
            "//etc/passwd",
            "/none",
            "/src",
        ] {
            assert!(resolve(here, url).is_none(), "{url}");
        }
    }
}

//! Builds, serves and tests metacls.
//!
//! `cargo xtask demo` and `cargo xtask test` do all the set-up that they need; the other commands are their
//! parts.

mod bits;
mod browsers;
mod catalog;
mod check;
mod deny;
mod dist;
mod figures;
mod fuzz;
mod gpu_report;
mod mirror;
mod mnist;
mod page;
mod phases;
mod python;
mod serve;
mod setup;
mod shell;
mod test;
mod tidy;
mod wasm;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Builds, serves and tests metacls.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    job: Job,
}

#[derive(Debug, Subcommand)]
enum Job {
    /// Set up, build, serve and open the page.
    Demo(serve::Args),
    /// A quick look before a commit: format, lints, types, unit tests.
    Check,
    /// Compare the licences and sources of all dependencies with deny.toml.
    Deny,
    /// Lint the page's TypeScript and look whether it is formatted.
    Lint,
    /// Set up and run every test: Rust, shaders, wasm, and the page in a headless browser.
    Test {
        /// Leave out what needs a browser.
        #[arg(long)]
        skip_browser: bool,
    },
    /// Compare the CPU engine's bits on 64-bit ARM, and a part of the stored runs at every level.
    Bits,
    /// Build the page and test it in Firefox and WebKit.
    Browsers,
    /// Run shards by HyperQueue, and read tables in Python, with pinned wheels under target/python.
    Python,
    /// Fuzz what reads files, links and messages: with coverage by cargo-fuzz, else on stable.
    Fuzz {
        /// A target, by its folder in fuzz/seeds; all of them, one after the other, where it is left out.
        target: Option<String>,
        /// Seconds for each.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Build the page into www/dist.
    Build,
    /// Build the static site that any host serves, into www/dist, and print its sizes.
    Dist,
    /// Build the wasm into www/src/wasm.
    Wasm,
    /// Serve www/dist.
    Serve(serve::Args),
    /// Put MNIST's files, verified, beside the page.
    Mnist(mnist::Args),
    /// Run the paper's figures at forty seeds on MNIST; write stored/ and the pictures in docs/.
    Figures {
        /// The folder with MNIST's four files, plain or gzip.
        #[arg(long, env = "METACLS_MNIST")]
        from: Option<PathBuf>,
    },
    /// Measure this machine's GPU: vectors, equal bits, figures whole, speeds beside its floors.
    GpuReport(gpu_report::Args),
    /// Draw the pictures in docs/ of the stored runs anew.
    Pictures,
    /// Runs wasm tests in a browser (called by cargo).
    #[command(hide = true)]
    WasmTestRunner {
        /// The arguments that cargo gives.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().job {
        Job::Demo(args) => {
            page::build(None)?;
            serve::serve(&args)
        }
        Job::Check => check::check(),
        Job::Lint => check::lint(),
        Job::Deny => deny::deny(),
        Job::Test { skip_browser } => test::test(skip_browser),
        Job::Bits => bits::bits(),
        Job::Browsers => browsers::browsers(),
        Job::Python => python::python(),
        Job::Fuzz { target, seconds } => fuzz::fuzz(target.as_deref(), seconds),
        Job::Build => page::build(None).map(|_| ()),
        Job::Dist => dist::dist(),
        Job::Wasm => wasm::build(),
        Job::Serve(args) => serve::serve(&args),
        Job::Figures { from } => figures::figures(from),
        Job::Pictures => figures::pictures(),
        Job::GpuReport(args) => gpu_report::report(&args),
        Job::Mnist(args) => mnist::mnist(args),
        Job::WasmTestRunner { args } => {
            let all = std::iter::once("wasm-bindgen-test-runner".to_owned()).chain(args);
            wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(all)
        }
    }
}

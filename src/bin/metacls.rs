//! The experiments without a browser: `metacls run`, `metacls report`, `metacls info` and their like.
// A closed pipe must not end a run: what is said goes through `terminal::voice`.
#![warn(clippy::print_stdout, clippy::print_stderr)]

#[cfg(not(target_arch = "wasm32"))]
#[path = "metacls/mod.rs"]
mod terminal;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    terminal::main()
}

#[cfg(target_arch = "wasm32")]
fn main() {}

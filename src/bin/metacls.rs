//! The experiments without a browser: `metacls run`, `metacls verify`, `metacls info`.

#[cfg(not(target_arch = "wasm32"))]
#[path = "metacls/mod.rs"]
mod terminal;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    terminal::main()
}

#[cfg(target_arch = "wasm32")]
fn main() {}

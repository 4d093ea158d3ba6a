//! The binary, for tests that meet it as its user does.

use std::process::{Command, Output, Stdio};

/// It, on whatever is given by arguments: neither MNIST nor anything to read is at hand.
pub fn metacls() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metacls"));
    command.env_remove("METACLS_MNIST").stdin(Stdio::null());
    command
}

/// All that it said, which never is a panic's words.
pub fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy);
    let text = text.concat();
    assert!(!text.contains("panicked"), "{text}");
    text
}

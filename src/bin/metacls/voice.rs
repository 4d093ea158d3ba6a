//! What the program says. Whoever listens may have gone (`| head`, a closed terminal): that is no failure,
//! and must not cost a run that is under way.

use std::io::Write;

use super::Failure;

/// Prints a line to standard output.
///
/// # Errors
/// If it can't be written, but not if nobody reads it.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::Failed(format!(
            "standard output can't be written ({e})"
        ))),
        _ => Ok(()),
    }
}

/// Says a line on standard error; what nobody hears is lost.
pub(super) fn say(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

//! Phases one after the other; one that fails does not hide the others.

use std::time::Instant;

use anyhow::{Result, bail};

/// A phase's name and what it does.
pub type Phase = (&'static str, fn() -> Result<()>);

/// Runs all phases, says how each ended and how long it took, and fails if any did.
pub fn run(phases: &[Phase]) -> Result<()> {
    let mut outcomes = Vec::new();
    let mut failed = 0;
    for (name, phase) in phases {
        println!("\n=== {name}");
        let start = Instant::now();
        let outcome = phase();
        let seconds = start.elapsed().as_secs_f64();
        let words = match outcome {
            Ok(()) => format!("{name}: passed, {seconds:.1} s"),
            Err(e) => {
                failed += 1;
                format!("{name}: FAILED, {seconds:.1} s: {e:#}")
            }
        };
        println!("=== {words}");
        outcomes.push(words);
    }
    println!("\n{}", outcomes.join("\n"));
    if failed > 0 {
        bail!("{failed} of {} phases failed", phases.len());
    }
    Ok(())
}

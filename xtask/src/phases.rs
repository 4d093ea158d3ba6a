//! Phases one after the other; one that fails does not hide the others.

use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

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

/// Runs programs that take one core each, as many at a time as there are cores, in this order; what each says
/// comes when it has ended. Fails if any did, once all have ended.
pub fn side_by_side(programs: Vec<(String, Command)>) -> Result<()> {
    let at_a_time = std::thread::available_parallelism().map_or(1, usize::from);
    let all = programs.len();
    let queue = Mutex::new(programs.into_iter());
    let next = || queue.lock().ok()?.next();
    let failed: Result<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..at_a_time.min(all))
            .map(|_| {
                scope.spawn(|| -> Result<usize> {
                    let mut failed = 0;
                    while let Some((name, mut command)) = next() {
                        failed += usize::from(!alone(&name, &mut command)?);
                    }
                    Ok(failed)
                })
            })
            .collect();
        let mut failed = 0;
        for thread in threads {
            failed += thread.join().map_err(|_| anyhow!("a thread panicked"))??;
        }
        Ok(failed)
    });
    match failed? {
        0 => Ok(()),
        failed => bail!("{failed} of {all} failed"),
    }
}

/// Runs one program to its end, then prints what it said; whether it succeeded.
fn alone(name: &str, command: &mut Command) -> Result<bool> {
    let start = Instant::now();
    let output = command
        .output()
        .with_context(|| format!("could not start {command:?}"))?;
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{name}: {}, {seconds:.1} s\n{}{}",
        output.status, said[0], said[1]
    );
    Ok(output.status.success())
}

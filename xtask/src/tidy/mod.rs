//! What the house asks of its files: documents name what exists, modules form no circle, lines and files are
//! short.

mod documents;
mod modules;

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell::root;

/// Most characters of a line of source.
const LINE: usize = 110;
/// Most lines of a file of source, unless ARCHITECTURE.md says why it has more.
const LINES: usize = 500;
/// What counts as source.
const SOURCES: [&str; 4] = [".rs", ".ts", ".wgsl", ".css"];
/// Written by programs.
const GENERATED: [&str; 2] = ["src/engine/self_test/expected.rs", "www/src/protocol.ts"];
/// The section of ARCHITECTURE.md that lists longer files, each with its reason.
const LONGER: &str = "## Files over 500 lines";

/// Fails if anything is untidy, and says all of it.
pub fn tidy() -> Result<()> {
    let problems = problems()?;
    if !problems.is_empty() {
        bail!("\n  {}", problems.join("\n  "));
    }
    Ok(())
}

fn problems() -> Result<Vec<String>> {
    let files = tracked()?;
    let mut problems = documents::problems(&files)?;
    problems.extend(modules::problems(&files)?);
    problems.extend(sizes(&files)?);
    Ok(problems)
}

/// The files that git knows and that are there, new ones that it does not ignore among them.
fn tracked() -> Result<BTreeSet<String>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .context("git could not be started")?;
    if !output.status.success() {
        bail!("git ls-files ended with {}", output.status);
    }
    let list = String::from_utf8(output.stdout).context("a file's name is not UTF-8")?;
    let there = list.lines().filter(|file| root().join(file).is_file());
    Ok(there.map(str::to_owned).collect())
}

fn read(file: &str) -> Result<String> {
    std::fs::read_to_string(root().join(file)).with_context(|| format!("{file} can't be read"))
}

/// Long lines, and long files without a reason.
fn sizes(files: &BTreeSet<String>) -> Result<Vec<String>> {
    let architecture = read("ARCHITECTURE.md")?;
    let longer = architecture.split_once(LONGER).map_or("", |(_, rest)| rest);
    let longer = longer.split("\n## ").next().unwrap_or_default();
    let mut problems = Vec::new();
    for file in files {
        if !SOURCES.iter().any(|end| file.ends_with(end)) || GENERATED.contains(&file.as_str()) {
            continue;
        }
        let text = read(file)?;
        for (i, line) in text.lines().enumerate() {
            let length = line.chars().count();
            if length > LINE {
                problems.push(format!("{file}:{}: {length} characters", i + 1));
            }
        }
        let (lines, has_reason) = (text.lines().count(), longer.contains(&format!("`{file}`")));
        if lines > LINES && !has_reason {
            problems.push(format!(
                "{file}: {lines} lines, and ARCHITECTURE.md gives no reason"
            ));
        }
        if lines <= LINES && has_reason {
            problems.push(format!(
                "{file}: only {lines} lines now; ARCHITECTURE.md need not excuse it"
            ));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_is_tidy() {
        assert_eq!(super::problems().unwrap(), [""; 0]);
    }
}

//! Licences and sources of everything that is depended on, by deny.toml: what `cargo deny check licenses
//! sources` looks at, without the minutes in which cargo-deny is built.

use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::shell::{cargo, root};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[derive(Deserialize)]
struct Rules {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

/// Looks at every package of Cargo.lock, whatever the platform; fails if one may not be depended on.
pub fn deny() -> Result<()> {
    let rules =
        std::fs::read_to_string(root().join("deny.toml")).context("deny.toml can't be read")?;
    let rules: Rules = toml::from_str(&rules).context("deny.toml is damaged")?;
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--locked"])
        .stderr(Stdio::inherit())
        .output()
        .context("cargo metadata could not be started")?;
    if !output.status.success() {
        bail!("cargo metadata ended with {}", output.status);
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context("cargo metadata's answer can't be read")?;
    let refused: Vec<String> = metadata
        .packages
        .iter()
        .filter_map(|p| problem(p, &rules))
        .collect();
    if !refused.is_empty() {
        bail!("{}", refused.join("\n"));
    }
    println!(
        "{} packages, licences and sources as deny.toml allows",
        metadata.packages.len()
    );
    Ok(())
}

/// What is wrong with a package, if anything is.
fn problem(package: &Package, rules: &Rules) -> Option<String> {
    let Package {
        name,
        version,
        license,
        source,
    } = package;
    if source.as_deref().is_some_and(|source| source != CRATES_IO) {
        return Some(format!(
            "{name} {version} comes from {}",
            source.as_deref()?
        ));
    }
    let Some(license) = license else {
        return Some(format!("{name} {version} names no licence"));
    };
    let allowed = allows(&rules.licenses.allow, license);
    (!allowed)
        .then(|| format!("{name} {version} is licensed {license}, which deny.toml doesn't allow"))
}

/// Whether an SPDX expression, in today's form or that with slashes, can be met by licences of the list.
fn allows(list: &[String], expression: &str) -> bool {
    spdx::Expression::parse_mode(expression, spdx::ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|one| list.iter().any(|name| *name == one.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_by_the_list() {
        let list = ["MIT", "ISC"].map(String::from);
        for met in [
            "MIT",
            "MIT OR GPL-3.0-only",
            "MIT/Apache-2.0",
            "(MIT OR Zlib) AND ISC",
        ] {
            assert!(allows(&list, met), "{met}");
        }
        for not in [
            "Zlib",
            "MIT AND Zlib",
            "MIT WITH LLVM-exception",
            "no licence",
            "",
        ] {
            assert!(!allows(&list, not), "{not}");
        }
    }
}

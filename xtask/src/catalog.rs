//! The registry of experiments, as the binary prints it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::shell::root;

/// What building needs to know of an experiment.
#[derive(Debug, Deserialize)]
pub struct Experiment {
    /// The name in files' names.
    pub id: String,
    /// Whether a run of it is stored.
    pub stored: bool,
    /// Whether the page opens on it.
    pub opening: bool,
}

/// What building needs to know of a stored sweep or fork.
#[derive(Debug, Deserialize)]
struct Answered {
    /// The name in files' names.
    id: String,
}

/// What is read of it.
#[derive(Deserialize)]
struct Read {
    experiments: Vec<Experiment>,
    sweeps: Vec<Answered>,
    forks: Vec<Answered>,
}

/// The registry.
pub struct Catalog {
    /// As the page takes it.
    pub json: String,
    experiments: Vec<Experiment>,
    sweeps: Vec<Answered>,
    forks: Vec<Answered>,
}

impl Catalog {
    /// Asks the binary; `metacls` starts it.
    pub fn of(metacls: &mut Command) -> Result<Self> {
        let command = metacls.args(["info", "--json"]).stderr(Stdio::inherit());
        let words = format!("{command:?}");
        let output = command
            .output()
            .with_context(|| format!("could not start {words}"))?;
        if !output.status.success() {
            bail!("{words} ended with {}", output.status);
        }
        let json = String::from_utf8(output.stdout)?;
        let read: Read =
            serde_json::from_str(&json).with_context(|| format!("{words} printed no catalog"))?;
        let Read {
            experiments,
            sweeps,
            forks,
        } = read;
        Ok(Self {
            json,
            experiments,
            sweeps,
            forks,
        })
    }

    /// The summaries of stored sweeps and forks.
    pub fn summaries(&self) -> impl Iterator<Item = PathBuf> {
        let file = |kind: &str, id: &str| root().join(format!("stored/{kind}/{id}.json.gz"));
        let sweeps = self.sweeps.iter().map(move |s| file("sweeps", &s.id));
        sweeps.chain(self.forks.iter().map(move |f| file("forks", &f.id)))
    }

    /// The experiments that runs are stored of.
    pub fn stored(&self) -> impl Iterator<Item = &Experiment> {
        self.experiments.iter().filter(|e| e.stored)
    }

    /// The id of the experiment that the page opens on.
    pub fn opening(&self) -> Result<&str> {
        let found = self.experiments.iter().find(|e| e.opening);
        let found = found.context("the catalog has no experiment that the page opens on")?;
        Ok(&found.id)
    }
}

impl Experiment {
    /// Its stored run.
    pub fn results(&self) -> PathBuf {
        root().join(format!("stored/{}.json.gz", self.id))
    }

    /// What the units of the run's first seed did.
    pub fn units(&self) -> PathBuf {
        root().join(format!("stored/{}.units.json.gz", self.id))
    }
}

//! What `metacls run` is asked: an experiment by name, file or link, with what the command line changes of
//! it.

use std::path::Path;

use metacls::config::{self, Config, DataSet};
use metacls::data::Dataset;
use metacls::experiments::{self, link};

use super::{Failure, RunArgs};

/// What is to be run.
pub(super) struct Asked {
    /// What its results file is named after.
    pub(super) name: String,
    /// The experiment that it belongs to, by its id; none of a configuration file.
    pub(super) experiment: Option<String>,
    /// Its settings, checked.
    pub(super) config: Config,
}

/// Reads what is asked.
pub(super) fn asked(args: &RunArgs) -> Result<Asked, Failure> {
    let mut asked = experiment(&args.experiment)?;
    let config = &mut asked.config;
    // A flat record of numbers, words and lists always has a form as a value.
    let mut value = serde_json::to_value(&*config).unwrap_or_default();
    let mut set = |name: &str, word: &str| -> Result<(), Failure> {
        let knob = config::find(name).ok_or_else(|| {
            let known: Vec<&str> = config::KNOBS.iter().map(|k| k.name).collect();
            Failure::Usage(format!(
                "--set {name}: there is no such knob; there are {} (metacls info --knobs)",
                known.join(", ")
            ))
        })?;
        value[name] = knob.parse(word.trim()).ok_or_else(|| {
            let allowed = knob.kind.allowed();
            Failure::Usage(format!("--set {name}={word}: allowed: {allowed}"))
        })?;
        Ok(())
    };
    for change in &args.set {
        let (name, word) = change
            .split_once('=')
            .ok_or_else(|| Failure::Usage(format!("--set {change}: give NAME=VALUE")))?;
        set(name.trim(), word)?;
    }
    if let Some(conditions) = &args.conditions {
        set("conditions", conditions)?;
    }
    if args.data.as_deref() == Some("digits") {
        set("data", "digits")?;
    }
    if let Some(seeds) = &args.seeds {
        let (first, count) = parse_seeds(seeds)?;
        set("first_seed", &first.to_string())?;
        set("seeds", &count.to_string())?;
    }
    *config = Config::from_value(value).map_err(|e| {
        let all: Vec<String> = e.problems.iter().map(ToString::to_string).collect();
        Failure::Usage(all.join("\n       "))
    })?;
    Ok(asked)
}

fn experiment(name: &str) -> Result<Asked, Failure> {
    if let Some(e) = experiments::find(name) {
        return Ok(Asked {
            name: e.id.to_owned(),
            experiment: Some(e.id.to_owned()),
            config: e.config,
        });
    }
    // A link of the page, or its fragment alone.
    if link::is_meant(name) {
        let link = link::read(name).map_err(|e| Failure::Usage(e.to_string()))?;
        return Ok(Asked {
            name: link.preset.clone(),
            experiment: Some(link.preset),
            config: link.config,
        });
    }
    let path = Path::new(name);
    if path.extension().is_none_or(|e| e != "json") {
        let known: Vec<&str> = experiments::all().iter().map(|e| e.id).collect();
        return Err(Failure::Usage(format!(
            "there is no preset \"{name}\"; there are {}, or give a configuration file (.json) \
             or a link of the page",
            known.join(", ")
        )));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::Usage(format!("{name}: can't be read ({e})")))?;
    let config = Config::from_json(&text).map_err(|e| Failure::Usage(format!("{name}: {e}")))?;
    Ok(Asked {
        name: path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        experiment: None,
        config,
    })
}

/// "7", "0..4" (without 4) or "0..=4" (with 4), as first seed and count.
fn parse_seeds(text: &str) -> Result<(u32, u32), Failure> {
    let wrong = || {
        Failure::Usage(format!(
            "--seeds {text}: give one seed (7), or a range: 0..4 is 0, 1, 2, 3 and 0..=4 is 0, 1, 2, 3, 4"
        ))
    };
    let number = |t: &str| t.trim().parse::<u32>().map_err(|_| wrong());
    let Some((from, to)) = text.split_once("..") else {
        return Ok((number(text)?, 1));
    };
    let first = number(from)?;
    let end = match to.strip_prefix('=') {
        Some(last) => number(last)?.checked_add(1).ok_or_else(wrong)?,
        None => number(to)?,
    };
    if end <= first {
        return Err(wrong());
    }
    Ok((first, end - first))
}

/// The images that are asked for.
pub(super) fn data(choice: Option<&str>, config: &Config) -> Result<Dataset, Failure> {
    let folder = match (choice, config.data) {
        (Some("digits"), _) | (None, DataSet::Digits) => return Ok(Dataset::procedural()),
        (Some(folder), _) => folder.to_owned(),
        (None, DataSet::Mnist | DataSet::Custom) => {
            std::env::var("METACLS_MNIST").map_err(|_| {
                Failure::Usage(
                    "this experiment asks for MNIST: name a folder with its four files by --data DIR or the \
                     environment variable METACLS_MNIST, or give --data digits for procedural digits"
                        .into(),
                )
            })?
        }
    };
    Dataset::from_directory(Path::new(&folder)).map_err(Failure::failed)
}

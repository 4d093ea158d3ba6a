//! What `metacls run` is asked: an experiment by name, file or link, with what the command line changes of
//! it.

use std::path::Path;

use metacls::config::{self, Config};
use metacls::data::{DataSet, Dataset};
use metacls::experiments::held::{self, Held};
use metacls::experiments::{self, link};
use metacls::formats;
use metacls::formats::kind::Kind;
use metacls::results::shard::Shard;
use metacls::sweep::{Definition, SweepSummary};

use super::{Failure, ImagesArgs, What, stem};

/// What is to be run.
pub(super) struct Asked {
    /// What its results file is named after.
    pub(super) name: String,
    /// The experiment that it belongs to, by its id; none of a configuration file.
    pub(super) experiment: Option<String>,
    /// Its settings, checked; of a sweep those that all points share.
    pub(super) config: Config,
    /// What is varied of them, where that was asked with it.
    pub(super) swept: Swept,
}

/// What a link or a file that was given says is varied.
pub(super) enum Swept {
    /// Nothing: it is a run.
    Nothing,
    /// A link's values.
    Vary(Vec<String>),
    /// A sweep's points.
    Points(Box<Definition>),
}

impl Asked {
    /// The same of a run alone.
    ///
    /// # Errors
    /// Of usage, if it is a sweep.
    pub(super) fn of_a_run(self) -> Result<Self, Failure> {
        match self.swept {
            Swept::Nothing => Ok(self),
            Swept::Vary(_) | Swept::Points(_) => Err(Failure::Usage(
                "this is a sweep, many runs: give it to metacls sweep".into(),
            )),
        }
    }
}

/// Reads what is asked; of a shard, its seeds alone: the whole may have more of them than one run may.
pub(super) fn asked(args: &What, shard: Option<Shard>) -> Result<Asked, Failure> {
    let mut asked = experiment(&args.experiment)?;
    let mut changes = args.set.clone();
    if let Some(conditions) = &args.conditions {
        changes.push(format!("conditions={conditions}"));
    }
    if args.images.data.as_deref() == Some("digits") {
        changes.push("data=digits".into());
    } else if let Some(set) = args.images.data_set {
        changes.push(format!("data={}", set.word()));
    }
    if let Some(tasks) = args.fork_at {
        changes.push(format!("fork_at={tasks}"));
        changes.push(format!("fork={}", args.fork.join(",")));
    }
    let seeds = match (&args.seeds, shard) {
        (Some(seeds), None) => {
            let (first, count) = parse_seeds(seeds)?;
            Some((first.into(), count.into()))
        }
        (None, None) => None,
        (seeds, Some(shard)) => {
            let own = (asked.config.first_seed.into(), asked.config.seeds.into());
            let (first, count) = seeds.as_deref().map_or(Some(own), range).ok_or_else(|| {
                let text = seeds.as_deref().unwrap_or_default();
                Failure::Usage(format!("--seeds {text}: {SEEDS}"))
            })?;
            let part = shard.seeds(first, count);
            Some(part.map_err(|e| Failure::Usage(format!("--shard {shard}: {e}")))?)
        }
    };
    if let Some((first, count)) = seeds {
        changes.push(format!("first_seed={first}"));
        changes.push(format!("seeds={count}"));
    }
    asked.config = changed(&asked.config, &changes)?;
    Ok(asked)
}

/// Settings with some knobs changed, each given as NAME=VALUE.
pub(super) fn changed(config: &Config, changes: &[String]) -> Result<Config, Failure> {
    // A flat record of numbers, words and lists always has a form as a value.
    let mut value = serde_json::to_value(config).unwrap_or_default();
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
    for change in changes {
        let (name, word) = change
            .split_once('=')
            .ok_or_else(|| Failure::Usage(format!("--set {change}: give NAME=VALUE")))?;
        set(name.trim(), word)?;
    }
    Config::from_value(value).map_err(|e| {
        let all: Vec<String> = e.problems.iter().map(ToString::to_string).collect();
        Failure::Usage(all.join("\n       "))
    })
}

fn experiment(name: &str) -> Result<Asked, Failure> {
    if let Some(e) = experiments::find(name) {
        return Ok(Asked {
            name: e.id.to_owned(),
            experiment: Some(e.id.to_owned()),
            config: e.config,
            swept: Swept::Nothing,
        });
    }
    // A link of the page, or its fragment alone.
    if link::is_meant(name) {
        let link = link::read(name).map_err(|e| Failure::Usage(e.to_string()))?;
        return Ok(Asked {
            name: link.preset.clone(),
            experiment: Some(link.preset),
            config: link.config,
            swept: match link.vary.is_empty() {
                true => Swept::Nothing,
                false => Swept::Vary(link.vary),
            },
        });
    }
    let path = Path::new(name);
    if !path.exists() && !is_named_as_file(name) {
        let known: Vec<&str> = experiments::all().iter().map(|e| e.id).collect();
        return Err(Failure::Usage(format!(
            "there is no preset \"{name}\"; there are {}, or give a configuration file (.json), a results \
             file, or a link of the page",
            known.join(", ")
        )));
    }
    let text = formats::bytes(path).and_then(|bytes| formats::text_of(name, bytes));
    let text = text.map_err(|e| Failure::Usage(e.to_string()))?;
    if let Some(definition) = definition(name, &text)? {
        let of = definition.experiment.as_deref().and_then(experiments::find);
        return Ok(Asked {
            name: of.map_or_else(|| stem(path), |e| e.id.to_owned()),
            experiment: definition.experiment.clone(),
            config: definition.config.clone(),
            swept: Swept::Points(Box::new(definition)),
        });
    }
    let Held { experiment, config } =
        held::read(&text).map_err(|e| Failure::Usage(format!("{name}: {e}")))?;
    Ok(Asked {
        // Results are named as those that they come from were; nothing but a known name is taken of a file.
        name: experiment
            .as_deref()
            .and_then(experiments::find)
            .map_or_else(|| stem(path), |e| e.id.to_owned()),
        experiment,
        config,
        swept: Swept::Nothing,
    })
}

/// The sweep that a file holds, if it is a sweep's definition or summary.
fn definition(name: &str, text: &str) -> Result<Option<Definition>, Failure> {
    let usage = |e: formats::FileError| Failure::Usage(e.to_string());
    match Kind::of_text(text) {
        Kind::SweepDefinition => formats::parse(name, text).map(Some).map_err(usage),
        Kind::SweepSummary => {
            let summary: SweepSummary = formats::parse(name, text).map_err(usage)?;
            Ok(Some(summary.definition))
        }
        _ => Ok(None),
    }
}

/// Whether a name is meant as a file's, though there is none.
fn is_named_as_file(name: &str) -> bool {
    let small = name.to_ascii_lowercase();
    [".json", ".gz"].iter().any(|end| small.ends_with(end))
}

/// The forms that seeds have.
const SEEDS: &str = "give one seed (7), or a range: 0..4 is 0, 1, 2, 3 and 0..=4 is 0, 1, 2, 3, 4";

/// "7", "0..4" (without 4) or "0..=4" (with 4), as first and count; none of anything else, or of none.
fn range(text: &str) -> Option<(u64, u64)> {
    let number = |t: &str| t.trim().parse::<u64>().ok();
    let (first, end) = match text.split_once("..") {
        None => {
            let only = number(text)?;
            (only, only.saturating_add(1))
        }
        Some((from, to)) => match to.strip_prefix('=') {
            Some(last) => (number(from)?, number(last)?.saturating_add(1)),
            None => (number(from)?, number(to)?),
        },
    };
    let count = end.checked_sub(first).filter(|&count| count > 0)?;
    Some((first, count))
}

/// A range of seeds that one run may have ([`range`]).
pub(super) fn parse_seeds(text: &str) -> Result<(u32, u32), Failure> {
    let wrong = || {
        let bounds = |name| match config::find(name).map(|knob| knob.kind) {
            Some(config::Kind::Whole { max, .. }) => max,
            _ => u32::MAX,
        };
        Failure::Usage(format!(
            "--seeds {text}: {SEEDS}; allowed: the first from 0 to {}, up to {} of them",
            bounds("first_seed"),
            bounds("seeds")
        ))
    };
    let (first, count) = range(text).ok_or_else(wrong)?;
    match (u32::try_from(first), u32::try_from(count)) {
        (Ok(first), Ok(count)) if is_allowed("first_seed", first) && is_allowed("seeds", count) => {
            Ok((first, count))
        }
        _ => Err(wrong()),
    }
}

/// Whether a knob may have that value.
fn is_allowed(name: &str, value: u32) -> bool {
    let range =
        |kind| matches!(kind, config::Kind::Whole { min, max } if (min..=max).contains(&value));
    config::find(name).is_some_and(|knob| range(knob.kind))
}

impl ImagesArgs {
    /// The catalogue's data set of that word ([`DataSet::word`]), or in words what there is.
    pub(super) fn data_set(id: &str) -> Result<DataSet, String> {
        let mut all = DataSet::ALL.iter().copied();
        let unknown = || {
            format!(
                "there is no such data set; there are {}",
                DataSet::WORDS.join(", ")
            )
        };
        all.find(|set| set.word() == id).ok_or_else(unknown)
    }
}

/// The images that are asked for.
pub(super) fn data(args: &ImagesArgs, config: &Config) -> Result<Dataset, Failure> {
    let asked = args.data_set.unwrap_or(config.data);
    let folder = match (args.data.as_deref(), asked) {
        (Some("digits"), set) if args.data_set.is_some_and(|set| set != DataSet::Digits) => {
            return Err(Failure::Usage(format!(
                "--data digits are the program's own, not {}: leave out one of --data and --data-set",
                set.row().title
            )));
        }
        (Some("digits"), _) | (None, DataSet::Digits) => return Ok(Dataset::procedural()),
        (Some(_), DataSet::Digits) if args.data_set.is_some() => {
            return Err(Failure::Usage(
                "--data-set digits: the program writes them itself; leave out --data".into(),
            ));
        }
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
        (None, set) => {
            return Err(Failure::Usage(format!(
                "this experiment asks for {}: name a folder with its four files by --data DIR, or give \
                 --data digits for procedural digits",
                set.row().title
            )));
        }
    };
    // What a set without a whole list of SHA-256 is, only whoever asks can say. Of MNIST the files themselves
    // tell, and custom in a configuration stands for all that could not be verified.
    let wanted = args.data_set.or_else(|| {
        (!matches!(asked, DataSet::Mnist | DataSet::Digits | DataSet::Custom)).then_some(asked)
    });
    Dataset::from_directory(Path::new(&folder), wanted).map_err(Failure::failed)
}

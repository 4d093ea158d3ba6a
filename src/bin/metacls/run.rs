//! `metacls run`: an experiment from configuration to results file and table.
//!
//! Outputs are tried before the first step, what is measured is kept at once ([`store`]), and the results are
//! on the disk before anything is printed of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use metacls::config::Config;
use metacls::data::Dataset;
use metacls::driver::Driver;
use metacls::engine;
use metacls::engine::info::EngineKind;
use metacls::formats;
use metacls::inspect::Probe;
use metacls::messages;
use metacls::results::Results;
use sha2::{Digest, Sha256};

use super::progress::Teller;
use super::request::{self, Asked};
use super::shards::Found;
use super::store::Files;
use super::voice::{print, say};
use super::work::{self, End, Listener, expected_size, so_far};
use super::{Failure, RunArgs, outputs, stop, table};

pub(super) fn run(args: &RunArgs) -> Result<(), Failure> {
    let Asked {
        name,
        experiment,
        mut config,
        ..
    } = request::asked(&args.what, args.shard)?.of_a_run()?;
    if args.dry_run {
        return print(&config.to_json());
    }
    stop::listen();
    let out = Out::new(args)?;
    outputs::try_folder(&out.folder)?;
    if let Some(path) = &args.watch {
        outputs::try_file(path)?;
    }
    let data = request::data(&args.what.images, &config)?;
    config.data = data.info.kind;
    pollster::block_on(train(args, &out, &name, experiment, config, data))
}

/// Where the results go: a folder, or a file of a name of its own.
struct Out {
    folder: PathBuf,
    file: Option<PathBuf>,
    is_shard: bool,
}

impl Out {
    fn new(args: &RunArgs) -> Result<Self, Failure> {
        let is_shard = args.shard.is_some();
        let ending = args.out.extension();
        if !ending.is_some_and(|e| e.eq_ignore_ascii_case("json")) {
            return Ok(Self {
                folder: args.out.clone(),
                file: None,
                is_shard,
            });
        }
        if is_shard {
            return Err(Failure::Usage(format!(
                "--out {}: a shard is named by what it holds; name a folder",
                args.out.display()
            )));
        }
        Ok(Self {
            folder: outputs::folder_of(&args.out),
            file: Some(args.out.clone()),
            is_shard,
        })
    }

    /// A run's files: named by experiment, seeds, and a digest of what it is, so that two runs never share a
    /// name.
    fn files(&self, name: &str, driver: &Driver, kind: EngineKind) -> Files {
        let config = driver.config();
        let (first, last) = (config.first_seed, config.last_seed());
        let run = driver.results_without_lanes();
        let kind = format!("{kind:?}");
        let what = [config.to_json(), run.data.digest, run.draws, kind].join("\n");
        let digest = Sha256::digest(what);
        let short: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
        let named = || {
            self.folder
                .join(format!("{name}-seeds-{first}-{last}-{short}.json"))
        };
        if self.is_shard {
            return Files::named_by_content(named().with_extension("json.gz"));
        }
        Files::beside(self.file.clone().unwrap_or_else(named))
    }
}

async fn train(
    args: &RunArgs,
    out: &Out,
    name: &str,
    experiment: Option<String>,
    config: Config,
    data: Dataset,
) -> Result<(), Failure> {
    let choice = args.what.engine.into();
    let opened = engine::open(choice, &super::tuning::hints(), async |_| {})
        .await
        .map_err(|e| Failure::failed(messages::open(&e)))?;
    let (mut driver, notice) = Driver::begin(config, Arc::new(data), opened, choice)
        .await
        .map_err(|e| Failure::failed(messages::run(&e)))?;
    driver = driver.of_experiment(experiment);
    if let Some(notice) = &notice {
        let words = messages::notice(notice);
        say(format_args!("note: {} {}", words.what, words.meaning));
    }
    let info = driver.engine().clone();
    let (config, images) = (driver.config(), driver.results_without_lanes().data);
    let conditions: Vec<&str> = config.conditions.iter().map(|c| c.name()).collect();
    let title = format!(
        "{name}: {} seeds ({} to {}) x {} on {}; {}; self-test {:.0e}",
        config.seeds,
        config.first_seed,
        config.last_seed(),
        conditions.join(", "),
        images.name,
        info.adapter,
        info.self_test.unwrap_or_default(),
    );
    if args.watch.is_some() {
        driver.collect_units(Probe::default());
    }
    let mut files = out.files(name, &driver, info.kind);
    let mut spoiled = Vec::new();
    if args.shard.is_some() {
        let Some(found) = shard_there(args, &files, &driver)? else {
            return Ok(());
        };
        spoiled = found;
    } else if args.resume && !files.are_begun() {
        // It may have begun on an engine of another kind.
        let others = [EngineKind::Gpu, EngineKind::Cpu, EngineKind::Reference];
        let mut begun = others
            .map(|kind| out.files(name, &driver, kind))
            .into_iter();
        files = begun.find(Files::are_begun).unwrap_or(files);
    }
    if args.shard.is_none() && !args.again && is_there(&files.results, &driver)? {
        files.remove_remnants();
        say(format_args!(
            "this run is there already: {} (--again makes it anew)",
            files.results.display()
        ));
        return Ok(());
    }
    if let Some(path) = &args.watch {
        outputs::keep(path, args.again || args.resume)?;
    }
    outputs::try_room(&out.folder, expected_size(&driver))?;
    let resume = args.resume || (args.shard.is_some() && !args.again);
    if files.are_begun() && !resume && !args.again {
        return Err(Failure::Usage(format!(
            "{}: this run was begun and stopped; --resume goes on with it, --again begins it anew",
            files.results.display()
        )));
    }
    let mut store = work::begin(files, resume, &mut driver, &mut |words| say(words))?;
    say(title);
    let teller = Teller::new(name, driver.progress().lane_steps_total);
    let mut told = RunListener { args, teller };
    let ended = work::work(&mut driver, &mut store, &mut told).await;
    told.teller.end();
    match ended? {
        End::Done => {}
        End::Stopped => return Err(Failure::Stopped(so_far(&driver))),
        End::Failed(words) => {
            return Err(Failure::Failed(format!("{words}\n{}", so_far(&driver))));
        }
    }
    let path = store.finish(&driver)?;
    for old in spoiled.iter().filter(|old| **old != path) {
        let _ = std::fs::remove_file(old);
    }
    table::print_table(&driver)?;
    let (training, evaluation) = driver.seconds();
    let digest = driver.results().digest();
    let digest = digest.map_or_else(String::new, |d| format!("digest {d}; "));
    print(&format!(
        "training {training:.1} s, evaluation {evaluation:.1} s; {digest}results in {}",
        path.display()
    ))
}

/// Looks for a shard, and waits where another program is making it. None if it is there; else the files of
/// its name that are to go once it is.
///
/// # Errors
/// If a file of its name is another run's, or the wait is ended.
fn shard_there(
    args: &RunArgs,
    files: &Files,
    driver: &Driver,
) -> Result<Option<Vec<PathBuf>>, Failure> {
    let mut is_told = false;
    loop {
        if args.again {
            return Ok(Some(files.contents()));
        }
        // First, for whoever makes it may be through by now.
        let is_taken = files.are_taken();
        let found = Found::of(files, driver)?;
        if let Some(whole) = found.whole {
            files.remove_remnants();
            let whole = whole.display();
            say(format_args!("this shard is there already: {whole}"));
            return Ok(None);
        }
        if !is_taken {
            if !found.spoiled.is_empty() {
                say("it is made anew");
            } else if let Err(Failure::Usage(words) | Failure::Failed(words)) = files.usable() {
                say(format_args!("{words}; it is begun anew"));
                files.forget();
            }
            return Ok(Some(found.spoiled));
        }
        if !std::mem::replace(&mut is_told, true) {
            say("this very shard is under way in another program: waiting for it");
        }
        if stop::asked() {
            return Err(Failure::Stopped("ended: nothing was begun".into()));
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
}

/// What is told of the run, and what is made of its lanes.
struct RunListener<'a> {
    args: &'a RunArgs,
    teller: Teller,
}

impl Listener for RunListener<'_> {
    fn progress(&mut self, driver: &Driver) {
        self.teller.tell(&driver.progress());
    }

    fn say(&mut self, words: &str) {
        self.teller.say(words);
    }

    fn ended(&mut self, driver: &Driver, lanes: &[usize]) -> Result<(), Failure> {
        watched(self.args, driver, lanes, &self.teller)
    }
}

/// Writes the watched units, once their lanes have ended.
fn watched(
    args: &RunArgs,
    driver: &Driver,
    lanes: &[usize],
    teller: &Teller,
) -> Result<(), Failure> {
    let seen = driver.seen_of(lanes);
    let (Some(path), Some(watched)) = (&args.watch, driver.watched_units()) else {
        return Ok(());
    };
    if seen.is_empty() {
        return Ok(());
    }
    for lane in seen.iter().map(|s| s.lane) {
        if !watched.lanes.iter().any(|w| w.lane == lane) {
            teller.say(&format!(
                "{}: seed {} under {} is left out: it diverged on the way, or its run is too short to \
                 walk through the step after a fifth of its tasks",
                path.display(),
                lane.seed,
                lane.condition.name()
            ));
        }
    }
    let json = serde_json::to_vec(&watched).map_err(Failure::failed)?;
    outputs::write_gzip(path, &json)
}

/// Whether this very run is in a results file.
fn is_there(path: &Path, driver: &Driver) -> Result<bool, Failure> {
    if !path.exists() {
        return Ok(false);
    }
    let there = formats::read::<Results>(path).map_err(|e| {
        Failure::Usage(format!(
            "{e}; it would be replaced: name another file, or give --again"
        ))
    })?;
    let here = driver.results_without_lanes();
    let same = there.config == here.config
        && there.data.digest == here.data.digest
        && there.draws == here.draws
        && there.engine.kind == here.engine.kind;
    if same {
        return Ok(true);
    }
    Err(Failure::Usage(format!(
        "{}: holds another run; name another file, or give --again to replace it",
        path.display()
    )))
}

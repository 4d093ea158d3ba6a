//! `metacls sweep`: an experiment under many settings, point by point, each kept as a run of its own.
//!
//! A sweep's folder has its definition (`sweep.json`) and, under `points`, one results file for each point,
//! named by its number and a digest of its configuration; beside it stands, until the point is through, what
//! `--resume` goes on from. Points that are done are read, checked and not trained again; one whose file is
//! torn is made anew.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use metacls::config::Config;
use metacls::data::Dataset;
use metacls::driver::{self, Driver};
use metacls::engine::info::{EngineChoice, EngineInfo, EngineKind};
use metacls::engine::{self, Device, Opened};
use metacls::experiments::Experiment;
use metacls::formats;
use metacls::messages;
use metacls::results::Results;
use metacls::sweep::summary::PointSummary;
use metacls::sweep::{Definition, Sweep, SweepError, points};

use super::outputs;
use super::progress::Teller;
use super::request::{self, Asked, Swept};
use super::sweep_folder::Folder;
use super::sweep_outputs;
use super::voice::{print, say};
use super::work::{self, End, Listener, command_to_resume, expected_size};
use super::{Failure, What, stop};

/// What to sweep.
#[derive(Debug, clap::Args)]
pub(super) struct SweepArgs {
    #[command(flatten)]
    what: What,
    /// Varies a knob: values between commas (alpha_0=0.001,0.01 or hidden=64x4,250x2+40), or so many from the
    /// first to the last at equal ratios or differences (alpha_0=log:0.001..0.1:5, tasks=linear:5..20:4).
    /// Given several times: all combinations.
    /// Left out where EXPERIMENT is a link of a sweep, a sweep.json or a sweep's summary: that very sweep.
    #[arg(long, value_name = "NAME=VALUES")]
    vary: Vec<String>,
    /// A list of points as CSV instead: the first line names knobs, each further line is a point.
    #[arg(long, value_name = "FILE", conflicts_with = "vary")]
    points: Option<PathBuf>,
    /// The sweep's folder; left out, one under results, named by experiment and a digest of the sweep.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Go on with this very sweep where it was stopped; its numbers are those of one never stopped.
    #[arg(long, conflicts_with = "again")]
    resume: bool,
    /// Make all of its points anew.
    #[arg(long)]
    again: bool,
    /// Also write every lane's numbers, their means over seeds and the claims as long-form CSV files into
    /// this folder.
    #[arg(long, value_name = "DIR")]
    csv: Option<PathBuf>,
    /// Also write the same as Parquet files (Snappy) into this folder.
    #[arg(long, value_name = "DIR")]
    parquet: Option<PathBuf>,
    /// Also draw it, light and dark, into this folder: lines over one knob, heat maps over two, small
    /// multiples over more.
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,
    /// Also write a summary into this file: small, told again by `metacls report`, and shown by the page.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Only check the sweep and print its definition.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn sweep(args: &SweepArgs) -> Result<(), Failure> {
    let mut asked = request::asked(&args.what, None)?;
    let planned = plan(args, &asked)?;
    if args.dry_run {
        return print(planned.definition().to_json().trim_end());
    }
    stop::listen();
    let data = request::data(&args.what.images, &asked.config)?;
    asked.config.data = data.info.kind;
    let sweep = plan(args, &asked)?;
    for (point, config) in sweep.configs().iter().enumerate() {
        driver::draws(config, &data).map_err(|e| {
            let (number, said) = (point + 1, sweep.said(point));
            Failure::Failed(format!("point {number} ({said}): {}", messages::run(&e)))
        })?;
    }
    let name = format!("{}-sweep", asked.name);
    let folder = args.out.clone().unwrap_or_else(|| {
        let short = sweep.definition().short();
        Path::new("results").join(format!("{name}-{short}"))
    });
    let outputs = [&args.csv, &args.parquet, &args.svg].map(Option::as_ref);
    for folder in [Some(&folder)].into_iter().chain(outputs) {
        folder.map_or(Ok(()), |folder| outputs::try_folder(folder))?;
    }
    args.summary.as_deref().map_or(Ok(()), outputs::try_file)?;
    let held = Folder::take(folder, &sweep, args.again)?;
    let found = trained(args, &sweep, &held, &name, Arc::new(data))?;
    tell(args, &sweep, &held, &name, &found)
}

/// The points of `--points`, else of `--vary`, else of the link or the sweep that was given.
fn plan(args: &SweepArgs, asked: &Asked) -> Result<Sweep, Failure> {
    let Asked {
        experiment,
        config,
        swept,
        ..
    } = asked;
    let experiment = experiment.as_deref();
    let Some(path) = &args.points else {
        let refused = |e: SweepError| Failure::Usage(format!("--vary {e}"));
        let vary = match swept {
            _ if !args.vary.is_empty() => &args.vary,
            Swept::Points(definition) => {
                let definition = Definition {
                    config: config.clone(),
                    ..definition.as_ref().clone()
                };
                return Sweep::new(definition).map_err(|e| Failure::Usage(e.to_string()));
            }
            Swept::Vary(vary) => vary,
            Swept::Nothing => return Err(Failure::Usage(SweepError::Nothing.to_string())),
        };
        return points::grid(experiment, config, vary).map_err(refused);
    };
    let name = path.display().to_string();
    let text = formats::bytes(path).and_then(|bytes| formats::text_of(&name, bytes));
    let text = text.map_err(|e| Failure::Usage(e.to_string()))?;
    points::listed(experiment, config, &text).map_err(|e| Failure::Usage(format!("{name}: {e}")))
}

/// The engine that points are trained on, for each of several threads.
enum PointEngine {
    /// This computer's cores, which all threads share: by the CPU engine or the reference.
    Cores(EngineInfo),
    /// A device of its own, for one thread.
    Device(Opened),
}

/// What all threads share.
struct Shared<'a> {
    sweep: &'a Sweep,
    experiment: Experiment,
    held: &'a Folder,
    data: Arc<Dataset>,
    choice: EngineChoice,
    /// The next point that nobody has begun.
    next: AtomicUsize,
    /// Whether a thread failed: the others end.
    failed: AtomicBool,
    teller: Mutex<Sums>,
    found: Mutex<Vec<Option<PointSummary>>>,
}

/// How far all points together are.
struct Sums {
    teller: Teller,
    /// Lane-steps done of each point, and how many of them before this program began.
    done: Vec<u64>,
    before: u64,
    all: u64,
    start: Instant,
}

impl Sums {
    fn tell(&mut self) {
        let done: u64 = self.done.iter().sum();
        let here = done.saturating_sub(self.before) as f64;
        let speed = here / self.start.elapsed().as_secs_f64().max(1e-9);
        let left = self.all.saturating_sub(done) as f64;
        let pace = (here > 0.0).then(|| (speed, left / speed));
        self.teller.tell_of(done, self.all, pace);
    }
}

/// Nothing that a thread holds is left half done by a panic: it goes on with what is there.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A point, as those who train it tell of it.
struct PointListener<'a> {
    shared: &'a Shared<'a>,
    point: usize,
}

impl Listener for PointListener<'_> {
    fn progress(&mut self, driver: &Driver) {
        let mut sums = lock(&self.shared.teller);
        if let Some(done) = sums.done.get_mut(self.point) {
            *done = driver.progress().lane_steps;
        }
        sums.tell();
    }

    fn say(&mut self, words: &str) {
        let point = self.point + 1;
        let sums = lock(&self.shared.teller);
        sums.teller.say(&format!("point {point}: {words}"));
    }

    fn ended(&mut self, _: &Driver, _: &[usize]) -> Result<(), Failure> {
        Ok(())
    }

    fn ends(&self) -> bool {
        stop::asked() || self.shared.failed.load(Ordering::SeqCst)
    }
}

/// Trains all points that are not there yet, and gives all.
fn trained(
    args: &SweepArgs,
    sweep: &Sweep,
    held: &Folder,
    name: &str,
    data: Arc<Dataset>,
) -> Result<Vec<PointSummary>, Failure> {
    let files = || {
        (0..)
            .zip(sweep.configs())
            .map(|(p, config)| held.files(p, config))
    };
    let is_begun = files().any(|f| f.results.exists() || f.are_begun());
    let is_whole = files().all(|f| f.results.exists());
    if is_begun && !is_whole && !args.resume {
        return Err(Failure::Usage(format!(
            "{}: this sweep was begun and stopped; --resume goes on with it, --again begins it anew",
            held.path.display()
        )));
    }
    let choice: EngineChoice = args.what.engine.into();
    let opened = pollster::block_on(engine::open(choice, &super::tuning::hints(), async |_| {}))
        .map_err(|e| Failure::failed(messages::open(&e)))?;
    if let Some(notice) = &opened.notice {
        let words = messages::notice(notice);
        say(format_args!("note: {} {}", words.what, words.meaning));
    }
    let config = &sweep.definition().config;
    let count = sweep.configs().len();
    say(format_args!(
        "{name}: {count} points of {} lanes on {}; {}; in {}",
        config.lanes().len(),
        data.info.name,
        opened.info.adapter,
        held.path.display()
    ));
    let of = |config: &Config| u64::from(config.steps()) * config.lanes().len() as u64;
    let all = sweep.configs().iter().map(of).sum();
    let shared = Shared {
        experiment: sweep.experiment(),
        sweep,
        held,
        data,
        choice,
        next: AtomicUsize::new(0),
        failed: AtomicBool::new(false),
        teller: Mutex::new(Sums {
            teller: Teller::new(name, all),
            done: vec![0; count],
            before: 0,
            all,
            start: Instant::now(),
        }),
        found: Mutex::new(vec![None; count]),
    };
    let ended = match &opened.device {
        device @ (Device::Cpu | Device::Reference) => {
            let threads = side_by_side(device, config).min(count);
            let ends = on_threads(&shared, threads, &opened.info);
            ends.into_iter().collect()
        }
        Device::Gpu(_) | Device::Spread(_) => through(&shared, &PointEngine::Device(opened)),
    };
    let Shared { teller, found, .. } = shared;
    let sums = teller.into_inner().unwrap_or_else(PoisonError::into_inner);
    sums.teller.end();
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let done = found.iter().flatten().count();
    let so_far = || {
        format!(
            "kept: {done} of {count} points, and those in progress up to their last checkpoint; go on \
             with\n  {}",
            command_to_resume()
        )
    };
    match ended {
        Ok(()) => {}
        Err(Failure::Failed(words)) => {
            return Err(Failure::Failed(format!("{words}\n{}", so_far())));
        }
        Err(other) => return Err(other),
    }
    let whole: Option<Vec<PointSummary>> = found.into_iter().collect();
    whole.ok_or_else(|| Failure::Stopped(so_far()))
}

/// How many points are trained at the same time on this computer's cores: so many that each core has some
/// lanes.
fn side_by_side(device: &Device, config: &Config) -> usize {
    const LANES_A_CORE: usize = 4;
    let lanes = config.lanes().len().max(1);
    (device.cores() as usize * LANES_A_CORE).div_ceil(lanes)
}

/// The same work on several threads; what each ended with. The lanes' arithmetic is shared by all cores
/// whichever thread asks for it.
fn on_threads(
    shared: &Shared<'_>,
    threads: usize,
    engine: &EngineInfo,
) -> Vec<Result<(), Failure>> {
    std::thread::scope(|scope| {
        let work = || through(shared, &PointEngine::Cores(engine.clone()));
        let begun = (0..threads.max(1)).map(|_| scope.spawn(work));
        let begun: Vec<_> = begun.collect();
        let gone = |_| {
            Err(Failure::Failed(
                "a thread that trained points stopped".into(),
            ))
        };
        let ends = begun
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(gone));
        ends.collect()
    })
}

/// Takes points that nobody has begun, one after the other, until there are none or the sweep is to end.
fn through(shared: &Shared<'_>, place: &PointEngine) -> Result<(), Failure> {
    loop {
        let point = shared.next.fetch_add(1, Ordering::SeqCst);
        let Some(config) = shared.sweep.configs().get(point) else {
            return Ok(());
        };
        match pollster::block_on(one(shared, place, point, config)) {
            Ok(Some(found)) => {
                if let Some(slot) = lock(&shared.found).get_mut(point) {
                    *slot = Some(found);
                }
            }
            Ok(None) => return Ok(()),
            Err(e) => {
                shared.failed.store(true, Ordering::SeqCst);
                return Err(e);
            }
        }
    }
}

/// Reads a point or trains it; none where it was stopped.
async fn one(
    shared: &Shared<'_>,
    place: &PointEngine,
    point: usize,
    config: &Config,
) -> Result<Option<PointSummary>, Failure> {
    let mut listener = PointListener { shared, point };
    if listener.ends() {
        return Ok(None);
    }
    let opened = match place {
        PointEngine::Cores(info) => Opened {
            device: match info.kind {
                EngineKind::Reference => Device::Reference,
                EngineKind::Cpu | EngineKind::Gpu => Device::Cpu,
            },
            info: info.clone(),
            notice: None,
            workers: None,
        },
        PointEngine::Device(opened) => opened.clone(),
    };
    let (data, choice) = (shared.data.clone(), shared.choice);
    let (driver, _) = Driver::begin(config.clone(), data, opened, choice)
        .await
        .map_err(|e| Failure::failed(messages::run(&e)))?;
    let id = shared.sweep.definition().experiment.clone();
    let mut driver = driver.of_experiment(id);
    let files = shared.held.files(point, config);
    if let Some(results) = there(&files.results, &driver, &mut listener)? {
        files.remove_remnants();
        let mut sums = lock(&shared.teller);
        let steps = driver.progress().lane_steps_total;
        sums.before += steps;
        if let Some(done) = sums.done.get_mut(point) {
            *done = steps;
        }
        return Ok(Some(PointSummary::of(&results, &shared.experiment)));
    }
    outputs::try_room(&shared.held.path, expected_size(&driver))?;
    let mut store = work::begin(files, true, &mut driver, &mut |words| listener.say(words))?;
    lock(&shared.teller).before += driver.progress().lane_steps;
    match work::work(&mut driver, &mut store, &mut listener).await? {
        End::Done => {}
        End::Stopped => return Ok(None),
        End::Failed(words) => {
            let (number, said) = (point + 1, shared.sweep.said(point));
            return Err(Failure::Failed(format!("point {number} ({said}): {words}")));
        }
    }
    store.finish(&driver)?;
    let found = PointSummary::of(&driver.results(), &shared.experiment);
    Ok(Some(found))
}

/// A point's results, where they are there whole; of a file that is torn, or not whole, that is said.
///
/// # Errors
/// If the file holds what was made of other images, by another engine or by other draws.
fn there(
    path: &Path,
    driver: &Driver,
    listener: &mut PointListener<'_>,
) -> Result<Option<Results>, Failure> {
    if !path.exists() {
        return Ok(None);
    }
    let results = match formats::read::<Results>(path) {
        Ok(results) => results,
        Err(e) => {
            listener.say(&format!("{e}; it is made anew"));
            return Ok(None);
        }
    };
    let here = driver.results_without_lanes();
    let other = [
        ("configuration", results.config != here.config),
        ("images", results.data.digest != here.data.digest),
        ("random draws", results.draws != here.draws),
        (
            "engine (--engine names one)",
            results.engine.kind != here.engine.kind,
        ),
    ];
    if let Some((what, _)) = other.iter().find(|(_, differs)| *differs) {
        return Err(Failure::Usage(format!(
            "{}: holds another run: its {what} differs; name another folder by --out, or give --again to \
             make the sweep anew",
            path.display()
        )));
    }
    if results.digest().is_none() {
        let path = path.display();
        listener.say(&format!(
            "{path}: not all of its lanes are there; it is made anew"
        ));
        return Ok(None);
    }
    Ok(Some(results))
}

/// Tells all points: files first, then the table.
fn tell(
    args: &SweepArgs,
    sweep: &Sweep,
    held: &Folder,
    name: &str,
    found: &[PointSummary],
) -> Result<(), Failure> {
    sweep_outputs::tables(
        args.csv.as_deref(),
        args.parquet.as_deref(),
        name,
        sweep,
        found,
    )?;
    if let Some(folder) = &args.svg {
        sweep_outputs::svg(folder, name, sweep, found)?;
    }
    if let Some(path) = &args.summary {
        sweep_outputs::write_summary(path, sweep, held)?;
    }
    let place = format!("points in {}", held.path.display());
    sweep_outputs::print_table(sweep, found, &place)
}

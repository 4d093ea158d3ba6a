//! A sweep as the page shows it: made of its summary, whole or as far as it is, with everything that is told
//! of its points.

use serde::Serialize;

use super::definition::Sweep;
use super::points;
use super::record::SweepSummary;
use super::table::{self, Table};
use super::{SweepError, picture};
use crate::config::{self, Config, Role, word};
use crate::data::DataInfo;
use crate::experiments::link;
use crate::experiments::shown::Shown;
use crate::report::plot::{MOST_PLOTS, Plot};

/// A sweep, as the page shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SweepView {
    /// A name for files.
    pub name: String,
    /// The experiment whose claims are held against its points: its title.
    pub title: String,
    /// The experiment that it names, by its id.
    pub experiment: Option<String>,
    /// What is varied, by the knobs' names.
    pub knobs: Vec<String>,
    /// What all points have otherwise than the experiment, each as `name=value`.
    pub shared: Vec<String>,
    /// How many seeds under which conditions, in words.
    pub lanes: String,
    /// All its points, measured or not, in the definition's order.
    pub points: Vec<SweepPoint>,
    /// How many of them are measured.
    pub measured: u32,
    /// The first that is not, from 0; none where all are.
    pub next: Option<u32>,
    /// A row for each point.
    pub table: Table,
    /// Its plots; none where they are more than are drawn.
    pub plots: Vec<Plot>,
    /// What of it is not drawn, and why, in words.
    pub not_drawn: Option<String>,
    /// The images; none before the first point.
    pub data: Option<DataInfo>,
    /// The engines that trained it.
    pub engines: Vec<String>,
    /// The version of the code that wrote its file.
    pub code_version: String,
    /// Its digest; none where a point is missing.
    pub digest: Option<String>,
    /// The fragment of its link; none of points that are no grid.
    pub link: Option<String>,
}

/// A point, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SweepPoint {
    /// In words: `alpha_0=0.01, hidden=64x4`.
    pub said: String,
    /// The fragment of the link that opens it as a run.
    pub link: String,
    /// Its digest; none where it is not measured.
    pub digest: Option<String>,
}

impl SweepView {
    /// Of a summary.
    ///
    /// # Errors
    /// If its definition is none.
    pub fn of(summary: &SweepSummary) -> Result<Self, SweepError> {
        let sweep = summary.sweep()?;
        let experiment = sweep.experiment();
        let found = summary.measured();
        let definition = sweep.definition();
        let config = &definition.config;
        let shared = config.differences(&experiment.config).into_iter();
        // Lanes and images are told apart.
        let shared = shared.filter(|(name, _)| {
            let is_varied = definition.varied.iter().any(|varied| varied == name);
            !is_varied && config::find(name).is_some_and(|knob| knob.role != Role::Lanes)
        });
        let of_point = |(p, config)| SweepPoint {
            said: sweep.said(p),
            link: link::write(config, Some(experiment.id), &Shown::default()),
            digest: found.get(p).and_then(|f| f.digest).map(|d| d.to_string()),
        };
        let conditions: Vec<&str> = config.conditions.iter().map(|c| c.name()).collect();
        let (first, last) = (config.first_seed, config.last_seed());
        let seeds = match config.seeds {
            1 => format!("seed {first}"),
            n => format!("{n} seeds ({first} to {last})"),
        };
        let plots = picture::plots(&sweep, &found);
        let is_drawn = plots.len() <= MOST_PLOTS;
        let not_drawn = (!is_drawn).then(|| {
            let count = plots.len();
            format!(
                "{count} plots are more than the {MOST_PLOTS} that are drawn: the table and the files have \
                 all of it"
            )
        });
        Ok(Self {
            name: name_of(&sweep),
            title: experiment.title.into(),
            experiment: definition.experiment.clone(),
            knobs: definition.varied.clone(),
            shared: shared
                .map(|(name, [ours, _])| format!("{name}={}", word(&ours)))
                .collect(),
            lanes: format!("{seeds} under {}", conditions.join(", ")),
            points: (0..).zip(sweep.configs()).map(of_point).collect(),
            measured: found.iter().filter(|point| point.is_measured()).count() as u32,
            next: summary.next().map(|p| p as u32),
            table: table::table(&sweep, &found),
            plots: if is_drawn { plots } else { Vec::new() },
            not_drawn,
            data: summary.data.clone(),
            engines: summary.engines.iter().map(|engine| engine.name()).collect(),
            code_version: summary.code_version.clone(),
            digest: summary.digest().map(|d| d.to_string()),
            link: link_of(&sweep),
        })
    }
}

/// A sweep's name for files.
pub fn name_of(sweep: &Sweep) -> String {
    let short = sweep.definition().short();
    format!("metacls-sweep-{}-{short}", sweep.experiment().id)
}

/// The fragment of a sweep's link, if it is a grid in the order in which grids are made.
pub fn link_of(sweep: &Sweep) -> Option<String> {
    let definition = sweep.definition();
    let axes = definition.varied.iter().zip(sweep.axes());
    let vary: Vec<String> = axes
        .map(|(name, words)| format!("{name}={}", words.join(",")))
        .collect();
    let experiment = definition.experiment.as_deref();
    let again = points::grid(experiment, &definition.config, &vary).ok()?;
    if again.definition().points != definition.points {
        return None;
    }
    let plain = link::write(&definition.config, experiment, &Shown::default());
    let fragment = link::with_vary(plain, &vary);
    // What has no form within a link has none.
    link::read(&fragment).ok().map(|_| fragment)
}

/// The most points of a sweep on the page.
pub const MOST_POINTS_HERE: usize = 256;
/// The most steps of all lanes of all points together on the page: on two cores several hours.
pub const MOST_STEPS_HERE: u64 = 5_000_000;

/// A sweep that is asked for on the page.
///
/// # Errors
/// If it can't be, or is too large for a page: in words.
pub fn plan(
    experiment: Option<&str>,
    config: &Config,
    vary: &[String],
) -> Result<(Sweep, String), String> {
    let sweep = points::grid(experiment, config, vary).map_err(|e| e.to_string())?;
    let count = sweep.configs().len();
    let lanes = config.lanes().len() as u64;
    let steps = sweep
        .configs()
        .iter()
        .map(|c| u64::from(c.steps()) * lanes)
        .sum::<u64>();
    let command = "the terminal's command makes it without a page, on all cores";
    if count > MOST_POINTS_HERE {
        return Err(format!(
            "{count} points are more than the {MOST_POINTS_HERE} that a page sweeps: give fewer values, or \
             {command}"
        ));
    }
    if steps > MOST_STEPS_HERE {
        return Err(format!(
            "{count} points of {lanes} lanes are {steps} steps, more than the {MOST_STEPS_HERE} that a page \
             sweeps: give fewer points, seeds or tasks, or {command}"
        ));
    }
    let words = format!("{count} points, each a run of {lanes} lanes; {steps} steps in all.");
    Ok((sweep, words))
}

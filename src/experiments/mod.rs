//! The experiments: one file for each, which says all of it, and this registry of them.
//!
//! Tabs and panels of the page, pictures, stored files, links and the command line go through [`all`];
//! nothing else names an experiment. Another one is a file here and its place in the list.

pub mod answered;
pub mod held;
pub mod knobs;
pub mod link;
pub mod panel;
pub mod sent;
pub mod shown;
pub mod tour;
pub mod what_if;

mod depth;
mod figure1;
mod figure2;
mod figure3;
mod later;
mod quick;
mod two_layers;

use serde::Serialize;

use crate::analysis::claims::{self, Claim, Outcome};
use crate::config::{self, Config};
use crate::results::Results;
use panel::Panel;

/// The first head: which digit it is.
const CATEGORY: u32 = 0;
/// The second head, where there is one: which single image it is.
const ITEM: u32 = 1;

/// All experiments, in the order in which they are offered.
pub fn all() -> Vec<Experiment> {
    vec![
        figure1::experiment(),
        figure2::experiment(),
        figure3::experiment(),
        quick::experiment(),
        two_layers::experiment(),
        depth::experiment(),
    ]
}

/// What there is to see and to run, and the tour through it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Catalog {
    /// The experiments, in the order in which they are offered.
    pub experiments: Vec<Experiment>,
    /// The tour's steps in their order, [`tour::COUNT`] of them.
    pub tour: Vec<tour::Step>,
    /// What-if questions.
    pub what_if: Vec<what_if::WhatIf>,
    /// Questions that stored sweeps answer.
    pub sweeps: Vec<answered::Answered>,
    /// Questions that stored forks answer.
    pub forks: Vec<answered::Answered>,
}

/// Everything that is offered.
pub fn catalog() -> Catalog {
    Catalog {
        experiments: all(),
        tour: tour::steps(),
        what_if: what_if::all(),
        sweeps: answered::sweeps(),
        forks: answered::forks(),
    }
}

/// A named configuration with its story: what is shown of it, and what is claimed.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Experiment {
    /// The name used on the command line, in links and in files' names.
    pub id: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// What it shows, in a sentence or two.
    pub sentence: &'static str,
    /// Its settings.
    pub config: Config,
    /// The paper's claims that it is about, and what we show beside them.
    #[serde(skip)]
    #[cfg_attr(test, ts(skip))]
    pub claims: Vec<Claim>,
    /// Its figure's panels; their letters (a, b, c, ...) are by their order.
    pub panels: Vec<Panel>,
    /// Whether a run of it is stored, in `stored/` by its id: it is a tab of the page, and has a picture in
    /// `docs/`.
    pub stored: bool,
    /// Whether it is what the page opens on; one of the stored ones is.
    pub opening: bool,
}

impl Experiment {
    /// Its claims, held against a run.
    pub fn judge(&self, results: &Results) -> Vec<Outcome> {
        claims::judge(&self.claims, &self.config, results)
    }

    /// The knobs that make of it another experiment in this configuration, by name.
    pub fn varied(&self, config: &Config) -> Vec<&'static str> {
        let all = link::differences(config, &self.config).into_iter();
        let names = all.map(|(name, _)| name);
        let of_a_run = |name: &str| config::find(name).is_some_and(|knob| knob.role.is_of_a_run());
        names.filter(|name| !of_a_run(name)).collect()
    }
}

/// The experiment of that id, if there is one.
pub fn find(id: &str) -> Option<Experiment> {
    all().into_iter().find(|e| e.id == id)
}

/// The experiment that the page opens on.
pub fn opening() -> Experiment {
    let found = all().into_iter().find(|e| e.opening);
    found.unwrap_or_else(figure1::experiment)
}

/// The experiment that a run belongs to: the one that it names, or the nearest to its settings where it names
/// none.
pub fn of(results: &Results) -> Experiment {
    let named = results.experiment.as_deref().and_then(find);
    named.unwrap_or_else(|| nearest(&results.config))
}

/// The experiment whose settings are nearest to a configuration: the first of those from which it differs in
/// the fewest knobs. Which images, which seeds and conditions and how often they are evaluated count only
/// among equals: a short run of Figure 1 on other images is still Figure 1's.
///
/// Files and links that do not say what they belong to are told apart by this.
pub fn nearest(config: &Config) -> Experiment {
    let distance = |e: &Experiment| {
        let differing = link::differences(config, &e.config);
        (e.varied(config).len(), differing.len())
    };
    all()
        .into_iter()
        .min_by_key(distance)
        .unwrap_or_else(opening)
}

#[cfg(test)]
mod tests {
    use super::panel::Show;
    use super::*;
    use crate::config::{Condition, DataSet};

    #[test]
    fn the_registry_is_consistent() {
        let all = all();
        assert_eq!(all.iter().filter(|e| e.opening).count(), 1);
        for (i, e) in all.iter().enumerate() {
            assert!(
                all[..i].iter().all(|other| other.id != e.id),
                "{} twice",
                e.id
            );
            // It is part of links, file names and selectors.
            assert!(
                e.id.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            );
            assert!(!e.opening || e.stored, "{}", e.id);
            let value = serde_json::to_value(&e.config).unwrap();
            assert_eq!(Config::from_value(value).unwrap(), e.config, "{}", e.id);
            assert!(!e.panels.is_empty() && e.panels.len() <= 26, "{}", e.id);
        }
    }

    /// What panels name is there: claims' parts with a number for each seed, heads, conditions.
    #[test]
    fn panels_show_what_is_there() {
        for e in all() {
            let heads = if e.config.item_head { 2 } else { 1 };
            for panel in &e.panels {
                match panel.show {
                    Show::Course { head } | Show::Pairs { head } | Show::Lesions { head } => {
                        assert!(head < heads, "{}: {}", e.id, panel.title);
                    }
                    Show::Differences { claim, part } => {
                        let part = e.claims[claim as usize].parts[part as usize];
                        assert!(part.rule.is_of_each_seed(), "{}: {}", e.id, part.what);
                    }
                    Show::Matrix { condition } => {
                        assert!(e.config.conditions.contains(&condition), "{}", e.id);
                    }
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn a_run_belongs_to_the_nearest_experiment() {
        for e in all() {
            assert_eq!(nearest(&e.config).id, e.id);
            // The same figure with few seeds, on other images, evaluated now and then.
            let some = Config {
                seeds: 2,
                first_seed: 7,
                conditions: vec![Condition::Baseline, Condition::Meta],
                evaluate_every: 5,
                data: DataSet::Digits,
                ..e.config.clone()
            };
            assert_eq!(nearest(&some).id, e.id);
            let other = Config {
                glances: 2,
                ..e.config
            };
            assert_eq!(nearest(&other).id, e.id);
        }
    }
}

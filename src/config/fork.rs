//! A fork: what of a run is otherwise from a task's end on.
//!
//! A fork is part of the configuration (`fork_at`, `fork`), so that a branch is a run like any other: of a
//! link, with digests, kept, checked, and the same bits every time. Up to the fork it is its trunk, the same
//! configuration without one, bit for bit.

use serde_json::Value;

use super::knobs::{self, Config, KNOBS, Role};

/// Most changes at one fork.
pub(super) const MOST: usize = 8;

/// One change at a fork.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// `NAME=VALUE`: another value of a knob of [`Role::Step`] from here on. `learn_alpha=false` and
    /// `learn_beta=false` stand for a meta-rate of 0.
    Knob {
        /// The knob's name, of [`Role::Step`]: of `learn_alpha` it is `eta_alpha`.
        name: &'static str,
        /// Its value, allowed.
        value: Value,
    },
    /// `reset:LAYER`: the layer's weights are again what the seed drew.
    Reset(String),
    /// `silence:LAYER`: the layer's weights are 0 from here on, so that it is silent and learns nothing.
    Silence(String),
    /// `swap:LAYER:LAYER`: the two layers' learning rates are exchanged, and their inhibition strengths.
    Swap(String, String),
}

/// Words for a meta-rate of 0, and the meta-rate that each is of.
const STOPS: [(&str, &str); 2] = [
    ("learn_alpha=false", "eta_alpha"),
    ("learn_beta=false", "eta_beta"),
];

/// A change that the page offers.
#[derive(Clone, Copy, Debug)]
pub struct Offered {
    /// What changes; layers' names follow it.
    pub words: &'static str,
    /// As the knob `fork` has it: `LAYER` stands for a layer's name.
    pub pattern: &'static str,
}

/// The changes that the page offers, each with a pattern that [`Change::parse`] reads.
pub const OFFERED: [Offered; 6] = {
    const fn offered(words: &'static str, pattern: &'static str) -> Offered {
        Offered { words, pattern }
    }
    [
        offered("learning rates stay as they are", STOPS[0].0),
        offered("inhibition stays as it is", STOPS[1].0),
        offered("no competition any more", "competition=false"),
        offered("weights are drawn anew in", "reset:LAYER"),
        offered("silent from here on:", "silence:LAYER"),
        offered("rates and inhibition exchanged between", "swap:LAYER:LAYER"),
    ]
};

/// What a change may be, in words.
pub fn allowed() -> String {
    let stops = STOPS.map(|(word, _)| word).join(", ");
    let steps = KNOBS.iter().filter(|knob| knob.role == Role::Step);
    let steps: Vec<&str> = steps.map(|knob| knob.name).collect();
    let patterns = OFFERED.iter().map(|offered| offered.pattern);
    let of_layers: Vec<&str> = patterns.filter(|p| p.contains("LAYER")).collect();
    let (steps, of_layers) = (steps.join(", "), of_layers.join(", "));
    format!("up to {MOST} of {stops}, NAME=VALUE of {steps}, {of_layers}")
}

impl Change {
    /// What a word says; none where it says nothing that is allowed.
    pub fn parse(word: &str) -> Option<Self> {
        if let Some((name, value)) = word.split_once('=') {
            let stopped = STOPS.iter().find(|(said, _)| *said == word);
            let (name, value) = stopped.map_or((name, value), |&(_, rate)| (rate, "0"));
            let knob = knobs::find(name).filter(|knob| knob.role == Role::Step)?;
            let value = knob.parse(value)?;
            let is_fine = knob.kind.complaint(&value).is_none();
            return is_fine.then_some(Self::Knob {
                name: knob.name,
                value,
            });
        }
        let mut parts = word.split(':');
        let (what, mut layer) = (parts.next()?, || {
            parts.next().filter(|l| !l.is_empty()).map(str::to_owned)
        });
        let change = match what {
            "reset" => Self::Reset(layer()?),
            "silence" => Self::Silence(layer()?),
            "swap" => Self::Swap(layer()?, layer()?),
            _ => return None,
        };
        layer().is_none().then_some(change)
    }

    /// The layers that it names.
    pub fn layers(&self) -> Vec<&str> {
        match self {
            Self::Knob { .. } => Vec::new(),
            Self::Reset(layer) | Self::Silence(layer) => vec![layer],
            Self::Swap(one, other) => vec![one, other],
        }
    }
}

impl Config {
    /// The changes at the fork, in their order.
    pub fn changes(&self) -> Vec<Change> {
        // Words that say nothing do not come in: see `from_value`.
        self.fork.iter().filter_map(|w| Change::parse(w)).collect()
    }

    /// Whether the run is otherwise once it has learned so many tasks.
    pub fn is_forked(&self, tasks_learned: u32) -> bool {
        self.fork_at > 0 && !self.fork.is_empty() && tasks_learned >= self.fork_at
    }

    /// The knobs as they are after the fork.
    #[must_use]
    pub fn after_fork(&self) -> Self {
        let mut record = serde_json::to_value(self).unwrap_or_default();
        for change in self.changes() {
            if let (Change::Knob { name, value }, Some(record)) = (change, record.as_object_mut()) {
                record.insert(name.to_owned(), value);
            }
        }
        Self::from_value(record).unwrap_or_else(|_| self.clone())
    }

    /// What is wrong with the fork, if anything: the knob, and what is allowed.
    pub(super) fn fork_complaint(&self) -> Option<(&'static str, String)> {
        match (self.fork_at, self.fork.is_empty()) {
            (0, true) => return None,
            (0, false) => {
                let last = self.tasks.saturating_sub(1);
                let words = format!("fork says what changes, but not when; allowed: 1 to {last}");
                return Some(("fork_at", words));
            }
            (_, true) => {
                let words = format!("nothing changes at fork_at; allowed: {}", allowed());
                return Some(("fork", words));
            }
            (_, false) => {}
        }
        if self.fork_at >= self.tasks {
            return Some((
                "fork_at",
                format!(
                    "{} is not before the last of {} tasks; allowed: 0 (no fork) to {}",
                    self.fork_at,
                    self.tasks,
                    self.tasks - 1
                ),
            ));
        }
        let layers = self.layer_names();
        let changes = self.changes();
        let named = changes.iter().flat_map(Change::layers);
        let unknown = named
            .into_iter()
            .find(|name| !layers.iter().any(|l| l == name));
        unknown.map(|name| {
            let allowed = layers.join(", ");
            (
                "fork",
                format!("there is no layer {name}; allowed: {allowed}"),
            )
        })
    }

    /// The hidden layers' names, bottom-up, as [`crate::model::Model`] has them.
    fn layer_names(&self) -> Vec<String> {
        let depth = self.hidden.len();
        let mut names: Vec<String> = (1..=depth).map(|i| format!("h{i}")).collect();
        if self.pathways.is_some() {
            names.extend(["L", "R"].map(|side| format!("h{}_{side}", depth + 1)));
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments;
    use crate::model::Model;

    #[test]
    fn words_say_changes_or_nothing() {
        let knob = |name, value: Value| Some(Change::Knob { name, value });
        assert_eq!(
            Change::parse("learn_alpha=false"),
            knob("eta_alpha", 0.0.into())
        );
        assert_eq!(
            Change::parse("competition=false"),
            knob("competition", false.into())
        );
        assert_eq!(Change::parse("reset:h2"), Some(Change::Reset("h2".into())));
        let swap = Change::Swap("h1".into(), "h4".into());
        assert_eq!(Change::parse("swap:h1:h4"), Some(swap));
        for nothing in [
            "",
            "reset",
            "reset:",
            "reset:h1:h2",
            "swap:h1",
            "hidden=3",
            "eta_alpha=-1",
            "eta_alpha=x",
            "learn_alpha=true",
            "silence h4",
            "tasks=3",
        ] {
            assert_eq!(Change::parse(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn what_the_page_offers_is_a_change() {
        for Offered { pattern, .. } in OFFERED {
            let word = pattern.replacen("LAYER", "h1", 1).replace("LAYER", "h2");
            assert!(Change::parse(&word).is_some(), "{word}");
        }
    }

    #[test]
    fn layers_are_called_what_the_model_calls_them() {
        for e in experiments::all() {
            let info = crate::data::digits(0, 10, 10).info;
            let model = Model::new(&e.config, &info);
            let names: Vec<String> = model.layers.iter().map(|l| l.name.clone()).collect();
            assert_eq!(e.config.layer_names(), names, "{}", e.id);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let of = |fork_at, fork: &[&str]| {
            let config = Config {
                fork_at,
                fork: fork.iter().map(|&w| w.to_owned()).collect(),
                ..Config::default()
            };
            config.problems().first().map(|p| p.field.clone())
        };
        assert_eq!(of(10, &["learn_alpha=false", "swap:h1:h2"]), None);
        assert_eq!(of(0, &[]), None);
        assert_eq!(of(0, &["learn_alpha=false"]).as_deref(), Some("fork_at"));
        assert_eq!(of(3, &[]).as_deref(), Some("fork"));
        assert_eq!(of(20, &["reset:h1"]).as_deref(), Some("fork_at"));
        assert_eq!(of(3, &["reset:h9"]).as_deref(), Some("fork"));
        assert_eq!(of(3, &["reset the net"]).as_deref(), Some("fork"));
    }

    #[test]
    fn knobs_change_at_the_fork_and_nothing_else_does() {
        let config = Config {
            fork_at: 3,
            fork: vec!["learn_beta=false".into(), "clip_norm=1".into()],
            ..Config::default()
        };
        let after = config.after_fork();
        let expected = Config {
            eta_beta: 0.0,
            clip_norm: 1.0,
            ..config.clone()
        };
        assert_eq!(after, expected);
        assert_eq!(
            [2, 3, 4].map(|tasks| config.is_forked(tasks)),
            [false, true, true]
        );
        assert!(!Config::default().is_forked(3));
    }
}

//! What a sweep is: an experiment's settings, the knobs that are varied, and a value for each at every point.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::error::{MOST_POINTS, SweepError};
use super::values;
use crate::config::{Config, Knob};
use crate::experiments::{self, Experiment};
use crate::formats::field_path::{FieldPath, Flaw};
use crate::formats::version::{Upgrade, Versioned};
use crate::results::check;

/// A sweep as its file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Definition {
    /// Version of this record: [`crate::formats::version::current`].
    pub schema: u32,
    /// The experiment whose claims are held against each point, by its id; none of a configuration of one's
    /// own.
    pub experiment: Option<String>,
    /// The settings that all points share; what is varied has its own value at each.
    pub config: Config,
    /// Names of the knobs that are varied.
    pub varied: Vec<String>,
    /// For each point a value for each of them, in their order.
    pub points: Vec<Vec<Value>>,
}

impl Versioned for Definition {
    const KIND: &'static str = "a sweep's definition";
    const UPGRADES: &'static [Upgrade] = &[];

    fn checked(self) -> Result<Self, Flaw> {
        check::text("experiment", self.experiment.as_deref().unwrap_or_default())?;
        let sweep = Sweep::new(self).map_err(|e| {
            let allowed = "points of knobs that can be varied, each once";
            FieldPath::new("points").refuse(e, allowed)
        })?;
        Ok(sweep.definition)
    }
}

impl Definition {
    /// In what another one differs, in words; none where it is the same.
    pub fn difference(&self, other: &Self) -> Option<String> {
        if self.experiment != other.experiment {
            return Some("experiment".into());
        }
        if let Some(knob) = self.config.first_difference(&other.config) {
            return Some(knob.into());
        }
        if self.varied != other.varied {
            return Some("list of what is varied".into());
        }
        (self.points != other.points).then(|| "list of points".into())
    }

    /// The record as JSON.
    pub fn to_json(&self) -> String {
        // Numbers, words and lists always have a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Eight hexadecimal digits of what it is: part of files' names.
    pub fn short(&self) -> String {
        let digest = Sha256::digest(self.to_json());
        digest.iter().take(4).map(|b| format!("{b:02x}")).collect()
    }
}

/// A sweep, checked: every point has a usable configuration.
#[derive(Clone, Debug)]
pub struct Sweep {
    definition: Definition,
    knobs: Vec<&'static Knob>,
    configs: Vec<Config>,
}

impl Sweep {
    /// Holds a definition against the knobs, and makes every point's configuration.
    ///
    /// # Errors
    /// If nothing is varied, a knob or a value can't be varied so, a point is there twice, they are too many,
    /// or a point's settings do not go together.
    pub fn new(definition: Definition) -> Result<Self, SweepError> {
        let Definition {
            config,
            varied,
            points,
            ..
        } = &definition;
        let mut knobs: Vec<&'static Knob> = Vec::new();
        for name in varied {
            let knob = values::knob(name)?;
            if knobs.contains(&knob) {
                return Err(SweepError::KnobTwice(knob.name));
            }
            knobs.push(knob);
        }
        if knobs.is_empty() || points.is_empty() {
            return Err(SweepError::Nothing);
        }
        if points.len() > MOST_POINTS {
            return Err(SweepError::TooMany(points.len() as u64));
        }
        // A flat record of numbers, words and lists always has a form as a value.
        let mut base = serde_json::to_value(config).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut configs = Vec::with_capacity(points.len());
        for (number, point) in (1..).zip(points) {
            if point.len() != knobs.len() {
                return Err(SweepError::Cells {
                    found: point.len() as u64,
                    expected: knobs.len() as u64,
                });
            }
            for (knob, value) in knobs.iter().zip(point) {
                base[knob.name] = value.clone();
            }
            let settings = || said(&knobs, point);
            if !seen.insert(Value::from(point.clone()).to_string()) {
                return Err(SweepError::PointTwice(settings()));
            }
            let config = Config::from_value(base.clone()).map_err(|e| SweepError::Point {
                number,
                settings: settings(),
                problems: e
                    .problems
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; "),
            })?;
            configs.push(config);
        }
        Ok(Self {
            definition,
            knobs,
            configs,
        })
    }

    /// The record that it was made of.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The knobs that are varied.
    pub fn knobs(&self) -> &[&'static Knob] {
        &self.knobs
    }

    /// Every point's configuration.
    pub fn configs(&self) -> &[Config] {
        &self.configs
    }

    /// A point's values, one for each of [`Self::knobs`]; none where there is no such point.
    pub fn values(&self, point: usize) -> &[Value] {
        self.definition.points.get(point).map_or(&[], Vec::as_slice)
    }

    /// A point's values in words, one for each of [`Self::knobs`]; none where there is no such point.
    pub fn words(&self, point: usize) -> Vec<String> {
        let values = self.definition.points.get(point);
        values.into_iter().flatten().map(values::word).collect()
    }

    /// A point in words: `alpha_0=0.01, hidden=64x4`.
    pub fn said(&self, point: usize) -> String {
        let values = self.definition.points.get(point);
        said(&self.knobs, values.map_or(&[], Vec::as_slice))
    }

    /// The experiment whose claims are held against each point: the named one, or the nearest to the shared
    /// settings.
    pub fn experiment(&self) -> Experiment {
        let named = self.definition.experiment.as_deref();
        let named = named.and_then(experiments::find);
        named.unwrap_or_else(|| experiments::nearest(&self.definition.config))
    }

    /// For each varied knob its values in words, in the order in which they come.
    pub fn axes(&self) -> Vec<Vec<String>> {
        let mut axes: Vec<Vec<String>> = vec![Vec::new(); self.knobs.len()];
        for point in 0..self.configs.len() {
            for (axis, word) in axes.iter_mut().zip(self.words(point)) {
                if !axis.contains(&word) {
                    axis.push(word);
                }
            }
        }
        axes
    }

    /// Whether there is a point for every combination of values.
    pub fn is_grid(&self) -> bool {
        let sizes = self.axes().into_iter().map(|axis| axis.len() as u64);
        // No point is there twice.
        sizes.fold(1, u64::saturating_mul) == self.configs.len() as u64
    }
}

/// A point in words.
pub(super) fn said(knobs: &[&'static Knob], point: &[Value]) -> String {
    let parts = knobs.iter().zip(point);
    let parts = parts.map(|(knob, value)| format!("{}={}", knob.name, values::word(value)));
    parts.collect::<Vec<_>>().join(", ")
}

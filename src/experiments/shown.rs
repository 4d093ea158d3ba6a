//! What of a run a link shows: the parts of the fragment that follow the settings.
//!
//! `at=12` tasks learned (none: the end), `tab=lab`, `cut=L` a lesion, `layer=h4_L` and `unit=17` what is
//! looked at closer, `probe=7,63` the input (a digit and its rotation in degrees), `embed=1` one figure
//! within another page, `tour=3` a step of the tour. A view that shows nothing of a kind has no part of it,
//! so a view has exactly one fragment.

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::inspect::Probe;
use crate::model::{Lesion, Model};

/// Degrees that a probe can be turned by.
const TURNS: std::ops::RangeInclusive<f64> = 0.0..=180.0;

/// What of a run is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default)]
pub struct Shown {
    /// The point of the stream: tasks learned; none for the end.
    pub at: Option<u32>,
    /// Whether it is shown in the Lab, though its experiment has a page of its own.
    pub lab: bool,
    /// What is cut; none of the intact network.
    pub cut: Option<Lesion>,
    /// The layer looked at closer, by its name; none for what the page chooses.
    pub layer: Option<String>,
    /// The unit of that layer, from 0; none for the layer as a whole.
    pub unit: Option<u32>,
    /// The input that units are shown on; none for what the page chooses.
    pub probe: Option<Probe>,
    /// Whether only the figure and its controls are shown, within another page.
    pub embed: bool,
    /// The step of the tour that is open, from 1; none outside it.
    pub tour: Option<u32>,
}

/// A part that says nothing that can be shown: the part, and what is allowed.
type Refused = (String, String);

/// A lesion as a link names it.
fn word(lesion: Lesion) -> String {
    let name = lesion.name();
    name.strip_prefix("without ")
        .unwrap_or(name)
        .replace(' ', "_")
}

impl Shown {
    /// The parts that a link carries: names and values.
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let flag = |is: bool, word: &str| is.then(|| word.to_owned());
        let probe = |p: Probe| format!("{},{}", p.digit, p.angle);
        let all = [
            ("at", self.at.map(|at| at.to_string())),
            ("tab", flag(self.lab, "lab")),
            ("cut", self.cut.map(word)),
            ("layer", self.layer.clone()),
            ("unit", self.unit.map(|unit| unit.to_string())),
            ("probe", self.probe.map(probe)),
            ("embed", flag(self.embed, "1")),
            ("tour", self.tour.map(|step| step.to_string())),
        ];
        let there = all.into_iter().filter_map(|(name, v)| Some((name, v?)));
        there.collect()
    }

    /// Takes a part; false of one that is not about what is shown.
    ///
    /// # Errors
    /// What is allowed, of a value that is not.
    pub fn take(&mut self, name: &str, text: &str) -> Result<bool, String> {
        let number = |what: &str| text.parse::<u32>().map_err(|_| what.to_owned());
        match name {
            "at" => self.at = Some(number("a whole number of tasks")?),
            "tab" => self.lab = text == "lab" || Err("lab")?,
            "cut" => {
                let all = [Lesion::WithoutL, Lesion::WithoutR, Lesion::WithoutSomeL];
                let found = all.into_iter().find(|&l| word(l) == text);
                self.cut = Some(found.ok_or_else(|| all.map(word).join(", "))?);
            }
            "layer" => self.layer = Some(text.to_owned()),
            "unit" => self.unit = Some(number("a unit of the layer, from 0")?),
            "probe" => self.probe = Some(probe(text).ok_or("a digit, a comma, 0 to 180 degrees")?),
            "embed" => self.embed = text == "1" || Err("1")?,
            "tour" => self.tour = Some(number("a step of the tour")?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether a run of these settings has all that is to be shown.
    ///
    /// # Errors
    /// The first part that it has not, and what there is.
    pub fn check(&self, config: &Config) -> Result<(), Refused> {
        let wrong = |part: String, allowed: String| Err((part, allowed));
        if let Some(at) = self.at.filter(|&at| at > config.tasks) {
            return wrong(format!("at={at}"), format!("0 to {}", config.tasks));
        }
        let model = shape(config);
        if let Some(cut) = self.cut.filter(|cut| !model.lesions().contains(cut)) {
            let cuts = model.lesions().iter().filter(|&&l| l != Lesion::Intact);
            let known: Vec<String> = cuts.map(|&l| word(l)).collect();
            let allowed = if known.is_empty() {
                "none, for this network has no pathways".to_owned()
            } else {
                known.join(", ")
            };
            return wrong(format!("cut={}", word(cut)), allowed);
        }
        let Some(name) = &self.layer else {
            return match self.unit {
                Some(unit) => wrong(format!("unit={unit}"), "only after a layer".into()),
                None => Ok(()),
            };
        };
        let Some(layer) = model.layers.iter().find(|l| l.name == *name) else {
            let names: Vec<&str> = model.layers.iter().map(|l| l.name.as_str()).collect();
            return wrong(format!("layer={name}"), names.join(", "));
        };
        match self.unit {
            Some(unit) if unit as usize >= layer.units => {
                wrong(format!("unit={unit}"), format!("0 to {}", layer.units - 1))
            }
            _ => Ok(()),
        }
    }
}

/// The hidden layers and lesions of a configuration's network; they do not depend on its images.
fn shape(config: &Config) -> Model {
    let wide = |units: &u32| *units as usize;
    let hidden: Vec<usize> = config.hidden.iter().map(wide).collect();
    let pathways = config.pathways.as_ref().map(|p| p.each_ref().map(wide));
    Model::of_shape(1, &hidden, pathways, 1, 0, config.k_fraction)
}

fn probe(text: &str) -> Option<Probe> {
    let (digit, angle) = text.split_once(',')?;
    let probe = Probe {
        digit: digit.parse().ok()?,
        angle: angle.parse().ok().filter(|angle| TURNS.contains(angle))?,
    };
    // Written as it would be again: a view has one fragment.
    let is_plain = format!("{},{}", probe.digit, probe.angle) == text;
    (is_plain && probe.is_there()).then_some(probe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments;

    fn read(parts: &str, experiment: &str) -> Result<Shown, String> {
        let mut shown = Shown::default();
        for (name, text) in parts.split('&').filter_map(|part| part.split_once('=')) {
            if !shown.take(name, text)? {
                return Err(format!("unknown {name}"));
            }
        }
        let config = experiments::find(experiment).unwrap().config;
        let said = |(part, allowed)| format!("{part}: {allowed}");
        shown.check(&config).map_err(said)?;
        Ok(shown)
    }

    #[test]
    fn a_view_goes_out_and_in_unchanged() {
        let shown = Shown {
            at: Some(0),
            lab: true,
            cut: Some(Lesion::WithoutSomeL),
            layer: Some("h4_R".into()),
            unit: Some(249),
            probe: Some(Probe {
                digit: 3,
                angle: 22.5,
            }),
            embed: true,
            tour: Some(1),
        };
        let parts: Vec<String> = shown
            .parts()
            .iter()
            .map(|(name, v)| format!("{name}={v}"))
            .collect();
        let text = parts.join("&");
        assert_eq!(
            text,
            "at=0&tab=lab&cut=some_of_L&layer=h4_R&unit=249&probe=3,22.5&embed=1&tour=1"
        );
        assert_eq!(read(&text, "figure3"), Ok(shown));
        assert_eq!(Shown::default().parts(), []);
    }

    #[test]
    fn what_the_run_has_not_is_named() {
        for (parts, experiment, said) in [
            ("at=21", "figure1", "at=21: 0 to 20"),
            ("cut=L", "figure1", "cut=L: none, for"),
            ("cut=x", "figure3", "L, R, some_of_L"),
            ("layer=h9", "figure2", "layer=h9: h1, h2"),
            ("layer=h1&unit=1000000", "figure2", "unit=1000000: 0 to "),
            ("unit=1", "figure2", "unit=1: only after a layer"),
            ("probe=10,3", "figure2", "a digit"),
            ("probe=1,NaN", "figure2", "a digit"),
            ("probe=1,181", "figure2", "a digit"),
            ("probe=01,3", "figure2", "a digit"),
            ("embed=0", "figure2", "1"),
        ] {
            let found = read(parts, experiment).unwrap_err();
            assert!(found.starts_with(said), "{parts}: {found}");
        }
    }
}

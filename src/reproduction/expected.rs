//! What came out of a run, in the few numbers that a link carries, and whether it came out again.
//!
//! In a link each is a part of its own: `digest=cb1e0635e1e0e8fe`, `engine=cpu`, `code=0.1.0` (and
//! `adapter=NVIDIA_H100` of a GPU's), then a part for each condition, by its name:
//! `meta=40_0.8731,0.0123_...` has the number of seeds that came to the end, then accuracies by head, active
//! fractions by layer, alpha by matrix and beta by layer; each a mean and, of two seeds or more, a standard
//! deviation over seeds.

use serde::{Deserialize, Serialize};

use super::Likeness;
use super::lanes::SHARES_APART;
use super::measures::MeasureKind;
use crate::analysis::stats::Estimate;
use crate::config::{Condition, Config};
use crate::data::DataInfo;
use crate::digest::Digest;
use crate::engine::info::EngineKind;
use crate::model::Model;
use crate::results::{LaneResults, Results};

/// Significant digits of a mean, and of a standard deviation.
const DIGITS: [usize; 2] = [4, 3];
/// The most characters of an adapter's name.
const NAME: usize = 40;
/// The most numbers of a list: as many as a network has matrices.
const MOST: usize = 64;
/// Standard errors of a difference that are tolerated between two runs that may differ by rounding.
const ERRORS: f64 = 2.0;
/// What rates may be apart in any case, of their size.
const RATES_APART: f64 = 0.05;
/// How much further a single seed's numbers may be apart: it has no spread to be held against.
const ALONE: f64 = 4.0;

/// A mean over seeds with its standard deviation, rounded as a link has them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Spread {
    /// The mean, to four significant digits.
    pub mean: f64,
    /// The standard deviation (n - 1), to three; none of one seed.
    pub sd: Option<f64>,
}

/// What came out under one condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExpectedCondition {
    /// What the lanes meta-learned that are averaged here.
    pub condition: Condition,
    /// Seeds that came to the end of the stream.
    pub seeds: u32,
    /// For each kind of measure in [`MeasureKind::ALL`]'s order, the numbers of each head, layer or matrix.
    pub measures: Vec<Vec<Spread>>,
}

/// What came out of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Expected {
    /// The run's digest; none where its records had none.
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub digest: Option<Digest>,
    /// On which engine; of a run on several, the one that promises least.
    pub engine: EngineKind,
    /// The GPU's name, as far as a link holds it; none of the others.
    pub adapter: Option<String>,
    /// Version of the code that ran it, as far as a link holds it.
    pub code_version: String,
    /// Under each condition.
    pub conditions: Vec<ExpectedCondition>,
}

/// Rounds to significant digits.
fn rounded(x: f64, digits: usize) -> f64 {
    format!("{x:.*e}", digits - 1).parse().unwrap_or(x)
}

impl Spread {
    fn of(estimate: &Estimate) -> Self {
        Self {
            mean: rounded(estimate.mean, DIGITS[0]),
            sd: estimate.sd.map(|sd| rounded(sd, DIGITS[1])),
        }
    }
}

impl Expected {
    /// What came out of a run; none of one that is not whole.
    pub fn of(results: &Results) -> Option<Self> {
        let ended = |lane: &LaneResults| lane.has_ended(results.config.tasks);
        if results.lanes.is_empty() || !results.lanes.iter().all(ended) {
            return None;
        }
        let conditions = &results.config.conditions;
        Some(Self {
            digest: results.digest(),
            engine: engine_of(results),
            adapter: (results.engine.kind == EngineKind::Gpu)
                .then(|| plain(&results.engine.adapter)),
            code_version: plain(&results.code_version),
            conditions: conditions
                .iter()
                .map(|&c| of_condition(results, c))
                .collect(),
        })
    }

    /// The parts that a link carries: names and values.
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let mut parts: Vec<(&'static str, String)> = Vec::new();
        parts.extend(self.digest.map(|d| ("digest", d.to_string())));
        parts.push(("engine", self.engine.word().to_owned()));
        parts.extend(self.adapter.as_ref().map(|a| ("adapter", a.clone())));
        parts.push(("code", self.code_version.clone()));
        for of in &self.conditions {
            let list = |spreads: &Vec<Spread>| {
                let words = spreads.iter().map(|s| match s.sd {
                    Some(sd) => format!("{},{sd}", s.mean),
                    None => s.mean.to_string(),
                });
                words.collect::<Vec<_>>().join(",")
            };
            let lists: Vec<String> = of.measures.iter().map(list).collect();
            let value = format!("{}_{}", of.seeds, lists.join("_"));
            parts.push((of.condition.name(), value));
        }
        parts
    }
}

/// What a part of a link may be about: gathers them, and says at the end whether they make a whole.
#[derive(Debug, Default)]
pub struct Reading {
    digest: Option<Digest>,
    engine: Option<EngineKind>,
    adapter: Option<String>,
    code_version: Option<String>,
    conditions: Vec<ExpectedCondition>,
}

impl Reading {
    /// Takes a part; false of one that is not about what came out.
    ///
    /// # Errors
    /// What is allowed, of a value that is not.
    pub fn take(&mut self, name: &str, value: &str) -> Result<bool, &'static str> {
        match name {
            "digest" => {
                let digest = value.parse().map_err(|_| "16 hexadecimal digits")?;
                self.digest = Some(digest);
            }
            "engine" => {
                let mut all = EngineKind::ALL.into_iter();
                let found = all.find(|k| k.word() == value);
                self.engine = Some(found.ok_or("cpu, gpu or reference")?);
            }
            "adapter" | "code" => {
                if value.is_empty() || plain(value) != value {
                    return Err("up to 40 letters, digits, dots, hyphens and underscores");
                }
                let held = if name == "code" {
                    &mut self.code_version
                } else {
                    &mut self.adapter
                };
                *held = Some(value.to_owned());
            }
            _ => match Condition::ALL.into_iter().find(|c| c.name() == name) {
                Some(condition) => {
                    let read = read_condition(condition, value);
                    let allowed = "seeds_accuracy_activity_alpha_beta, numbers joined by commas";
                    self.conditions.push(read.ok_or(allowed)?);
                }
                None => return Ok(false),
            },
        }
        Ok(true)
    }

    /// What came out, as far as a link says it; none where it says nothing.
    ///
    /// # Errors
    /// What is missing.
    pub fn finish(self) -> Result<Option<Expected>, &'static str> {
        match (self.engine, self.code_version) {
            (Some(engine), Some(code_version)) if !self.conditions.is_empty() => {
                Ok(Some(Expected {
                    digest: self.digest,
                    engine,
                    adapter: self.adapter,
                    code_version,
                    conditions: self.conditions,
                }))
            }
            (None, None) if self.conditions.is_empty() && self.digest.is_none() => Ok(None),
            _ => Err("what came out needs engine, code and a part for each condition"),
        }
    }
}

/// A name of the characters that a link has.
fn plain(name: &str) -> String {
    let kept = |c: char| {
        if c.is_ascii_alphanumeric() || ".-".contains(c) {
            c
        } else {
            '_'
        }
    };
    // A link's last full stop would be taken for a sentence's.
    let short: String = name.chars().map(kept).take(NAME).collect();
    short.trim_end_matches('.').to_owned()
}

/// The engine that promises least of those that took any lane anywhere.
fn engine_of(results: &Results) -> EngineKind {
    let changes = results.lanes.iter().flat_map(|lane| &lane.engine_changes);
    let all = changes.map(|c| c.engine.kind).chain([results.engine.kind]);
    let mut others = all.filter(|&kind| kind != EngineKind::Cpu);
    others.next().unwrap_or(EngineKind::Cpu)
}

fn of_condition(results: &Results, condition: Condition) -> ExpectedCondition {
    let measures = MeasureKind::ALL.iter().map(|kind| {
        let lanes = results.finished(condition);
        let lists: Vec<Vec<f64>> = lanes.filter_map(|lane| kind.of_lane(lane)).collect();
        let numbers = lists.iter().map(Vec::len).min().unwrap_or(0);
        let of = |i: usize| Estimate::of(&lists.iter().map(|l| l[i]).collect::<Vec<_>>());
        (0..numbers)
            .filter_map(of)
            .map(|e| Spread::of(&e))
            .collect()
    });
    ExpectedCondition {
        condition,
        measures: measures.collect(),
        seeds: results.finished(condition).count() as u32,
    }
}

fn read_condition(condition: Condition, value: &str) -> Option<ExpectedCondition> {
    let (seeds, rest) = value.split_once('_')?;
    let seeds: u32 = seeds.parse().ok()?;
    let lists: Vec<&str> = rest.split('_').collect();
    if lists.len() != MeasureKind::ALL.len() {
        return None;
    }
    let measures = lists.into_iter().map(|list| {
        if list.is_empty() {
            return Some(Vec::new());
        }
        let number = |text: &str| text.parse().ok().filter(|x: &f64| x.is_finite());
        let numbers: Vec<f64> = list.split(',').map(number).collect::<Option<_>>()?;
        let each = if seeds > 1 { 2 } else { 1 };
        if !numbers.len().is_multiple_of(each) || numbers.len() > each * MOST {
            return None;
        }
        let spread = |pair: &[f64]| {
            Some(Spread {
                mean: *pair.first()?,
                sd: pair.get(1).copied(),
            })
        };
        numbers.chunks(each).map(spread).collect()
    });
    Some(ExpectedCondition {
        condition,
        seeds,
        measures: measures.collect::<Option<_>>()?,
    })
}

/// One number that was claimed, and what came out again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct MeasureOutcome {
    /// Under which condition.
    pub condition: Condition,
    /// Accuracy, active fraction, alpha or beta, at the end of the stream.
    pub kind: MeasureKind,
    /// Of which head, layer or matrix.
    pub of: String,
    /// What is claimed of it; none where the link leaves out what this run has.
    pub claimed: Option<Spread>,
    /// What came out; none as long as not all seeds of the condition are through.
    pub again: Option<Spread>,
    /// What is to be said of it; none as long as nothing came out.
    pub likeness: Option<Likeness>,
}

/// What was claimed beside what came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExpectedOutcome {
    /// Whether the same bits are promised: both by the CPU engine.
    pub same_bits_promised: bool,
    /// The run's digest now; none as long as it is not whole.
    #[cfg_attr(test, ts(as = "Option<String>"))]
    pub digest: Option<Digest>,
    /// Number by number.
    pub measures: Vec<MeasureOutcome>,
    /// The worst of all, of digests too where the same bits are promised; none as long as the run is not
    /// whole.
    pub likeness: Option<Likeness>,
}

impl Expected {
    /// Holds a run beside what is claimed; of one in progress as far as it is.
    pub fn compare(&self, again: &Results) -> ExpectedOutcome {
        let promised = (self.engine, engine_of(again)) == (EngineKind::Cpu, EngineKind::Cpu);
        let ours = Self::of(again);
        let digest = ours.as_ref().and_then(|ours| ours.digest);
        let same_digest = digest.is_some() && digest == self.digest;
        let mut measures = Vec::new();
        for &condition in &again.config.conditions {
            let claimed = self.conditions.iter().find(|c| c.condition == condition);
            // Before the run is whole, what all seeds claimed have come to can be told.
            let now = of_condition(again, condition);
            let is_through = match claimed {
                Some(claimed) => now.seeds == claimed.seeds || ours.is_some(),
                None => ours.is_some(),
            };
            let seeds = now.seeds;
            let seeds_differ = claimed.is_some_and(|c| c.seeds != seeds);
            for (k, kind) in MeasureKind::ALL.into_iter().enumerate() {
                for (i, name) in kind.names(again).iter().enumerate() {
                    let of = |c: &ExpectedCondition| c.measures.get(k)?.get(i).copied();
                    let claimed = claimed.and_then(of);
                    let again = of(&now).filter(|_| is_through);
                    let likeness = again.map(|now| match claimed {
                        Some(then) if !seeds_differ => {
                            tell(kind, then, now, seeds, promised, same_digest)
                        }
                        _ => Likeness::NotTheSame,
                    });
                    measures.push(MeasureOutcome {
                        condition,
                        kind,
                        of: name.clone(),
                        claimed,
                        again,
                        likeness,
                    });
                }
            }
        }
        let is_whole = ours.is_some();
        let of_digest = match (promised, same_digest) {
            (_, true) => Likeness::SameBits,
            (true, false) => Likeness::NotTheSame,
            (false, false) => Likeness::WithinTolerance,
        };
        let told = measures
            .iter()
            .filter_map(|m| m.likeness)
            .chain([of_digest]);
        let beyond = self
            .conditions
            .iter()
            .any(|c| !again.config.conditions.contains(&c.condition));
        let worst = if beyond {
            Some(Likeness::NotTheSame)
        } else {
            Likeness::of_all(told)
        };
        ExpectedOutcome {
            same_bits_promised: promised,
            digest,
            likeness: worst.filter(|_| is_whole),
            measures,
        }
    }

    /// What is claimed, number by number, before anything came out of a configuration.
    pub fn claimed(&self, config: &Config) -> Vec<MeasureOutcome> {
        // What layers, matrices and heads are called does not depend on the images.
        let any = DataInfo {
            kind: config.data,
            name: String::new(),
            digest: String::new(),
            train: 0,
            test: 0,
            side: 1,
            classes: 1,
        };
        let model = Model::new(config, &any);
        let names = |kind: MeasureKind| -> Vec<String> {
            match kind {
                MeasureKind::Accuracy => model.heads.iter().map(|h| h.name.to_owned()).collect(),
                MeasureKind::Active | MeasureKind::Beta => {
                    model.layers.iter().map(|l| l.name.clone()).collect()
                }
                MeasureKind::Alpha => model.matrices.iter().map(|m| m.name.clone()).collect(),
            }
        };
        let mut all = Vec::new();
        for of in &self.conditions {
            for (kind, list) in MeasureKind::ALL.into_iter().zip(&of.measures) {
                for (name, &spread) in names(kind).into_iter().zip(list) {
                    all.push(MeasureOutcome {
                        condition: of.condition,
                        kind,
                        of: name,
                        claimed: Some(spread),
                        again: None,
                        likeness: None,
                    });
                }
            }
        }
        all
    }
}

/// What is to be said of a number.
fn tell(
    kind: MeasureKind,
    then: Spread,
    now: Spread,
    seeds: u32,
    promised: bool,
    same_digest: bool,
) -> Likeness {
    if then == now {
        // To these digits; it may be that only the digest is another.
        return if same_digest {
            Likeness::SameBits
        } else {
            Likeness::WithinTolerance
        };
    }
    if promised {
        return Likeness::NotTheSame;
    }
    let floor = match kind {
        MeasureKind::Accuracy | MeasureKind::Active => SHARES_APART,
        MeasureKind::Alpha | MeasureKind::Beta => RATES_APART * then.mean.abs().max(now.mean.abs()),
    };
    let tolerated = match (then.sd, now.sd) {
        (Some(a), Some(b)) => {
            floor.max(ERRORS * ((a * a + b * b) / f64::from(seeds.max(1))).sqrt())
        }
        _ => ALONE * floor,
    };
    if (then.mean - now.mean).abs() <= tolerated {
        Likeness::WithinTolerance
    } else {
        Likeness::NotTheSame
    }
}

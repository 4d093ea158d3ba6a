//! The paper's claims, each with a rule fixed before the run, held against a run's results.
//!
//! A claim is one or more *parts*; it holds if all of them do. Seeds are the unit: every part is a number for
//! each seed (paired over conditions), or a ratio of two such numbers' means. Intervals are 95% percentile
//! bootstrap intervals over seeds; p is the two-sided sign-flip test's. A claim's p is the largest of its
//! parts' (all must hold), and Holm's correction goes over the claims of one results file.

use serde::Serialize;

use crate::analysis::stats::{self, Estimate};
use crate::config::{Condition, Config, DataSet};
use crate::model::Lesion;
use crate::results::Results;
use crate::results::record::{Evaluation, TaskRecord};

/// One seed's lanes at the end of the stream, as claims look at them.
#[derive(Clone, Copy, Debug)]
pub struct Seed<'a> {
    results: &'a Results,
    seed: u32,
}

impl<'a> Seed<'a> {
    fn last(&self, condition: Condition) -> Option<&'a TaskRecord> {
        let lane = self
            .results
            .lanes
            .iter()
            .find(|l| l.seed == self.seed && l.condition == condition)?;
        let tasks = self.results.config.tasks;
        lane.records.last().filter(|r| r.tasks_learned == tasks)
    }

    fn evaluation(&self, condition: Condition) -> Option<&'a Evaluation> {
        self.last(condition)?.evaluation.as_ref()
    }

    /// Accuracy over all tasks of a head (0 category, 1 item) under a lesion.
    pub fn accuracy(&self, condition: Condition, head: u32, lesion: Lesion) -> Option<f64> {
        let all = &self.evaluation(condition)?.accuracy;
        let found = all.iter().find(|a| (a.head, a.lesion) == (head, lesion))?;
        Some(found.mean)
    }

    /// Accuracy above chance; see [`Self::accuracy`].
    pub fn above_chance(&self, condition: Condition, head: u32, lesion: Lesion) -> Option<f64> {
        let config = &self.results.config;
        let classes = if head == 0 { 10 } else { config.items() };
        Some(self.accuracy(condition, head, lesion)? - 1.0 / f64::from(classes.max(1)))
    }

    /// Active fraction of each hidden layer.
    pub fn active(&self, condition: Condition) -> Option<&'a [f64]> {
        Some(&self.evaluation(condition)?.active)
    }

    /// Active fraction over all layers, pooled by units.
    pub fn pooled(&self, condition: Condition) -> Option<f64> {
        Some(self.evaluation(condition)?.active_pooled)
    }

    /// Mean correlation between a layer's codes of different images.
    pub fn correlation(&self, condition: Condition, layer: usize) -> Option<f64> {
        *self.evaluation(condition)?.correlation.get(layer)?
    }

    /// The same before training.
    pub fn untrained_correlation(&self, condition: Condition, layer: usize) -> Option<f64> {
        let lanes = &self.results.lanes;
        let lane = lanes
            .iter()
            .find(|l| l.seed == self.seed && l.condition == condition)?;
        let first = lane.records.first().filter(|r| r.tasks_learned == 0)?;
        *first.evaluation.as_ref()?.correlation.get(layer)?
    }

    /// Learning rates of the hidden layers' matrices.
    pub fn alpha(&self, condition: Condition) -> Option<&'a [f64]> {
        let alpha = &self.last(condition)?.alpha;
        alpha.get(..self.results.layers.len())
    }
}

/// A number for each seed; none where its lanes are not all there.
pub type Measure = fn(&Seed<'_>) -> Option<f64>;

/// What a part's number must be.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// The interval of the mean lies above 0.
    Above(Measure),
    /// The interval of the mean lies below 0.
    Below(Measure),
    /// The ratio of two means is at least this.
    RatioAtLeast(Measure, Measure, f64),
    /// The ratio of two means is less than this.
    RatioBelow(Measure, Measure, f64),
    /// Nothing: it is shown, not judged.
    Shown(Measure),
    /// Nothing: a ratio of two means is shown, not judged.
    ShownRatio(Measure, Measure),
}

/// A part of a claim as it is stated.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// What is measured, in words.
    pub what: &'static str,
    /// What it must be.
    pub rule: Rule,
}

/// A claim as it is stated, before any run.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its number; ours, which the paper does not make, have none.
    pub number: Option<u32>,
    /// The sentence.
    pub sentence: &'static str,
    /// What must hold, all of it.
    pub parts: Vec<Part>,
}

/// What came of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All parts hold.
    Holds,
    /// A part does not.
    DoesNotHold,
    /// Fewer seeds than planned: so far all parts hold.
    ProvisionallyHolds,
    /// Fewer seeds than planned: so far a part does not hold.
    ProvisionallyNot,
    /// The run was not made with the paper's settings.
    NotThePapersSetting,
    /// Conditions are missing, or no seed is through.
    NotMeasured,
    /// Ours: shown, not judged.
    Shown,
}

impl Verdict {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::ProvisionallyHolds => "provisional: holds so far",
            Self::ProvisionallyNot => "provisional: does not hold so far",
            Self::NotThePapersSetting => "not the paper's setting",
            Self::NotMeasured => "not measured",
            Self::Shown => "shown, not judged",
        }
    }
}

/// What came of a part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PartOutcome {
    /// What is measured.
    pub what: String,
    /// What it must be, in words; empty if it is only shown.
    pub rule: String,
    /// The mean over seeds, or the ratio of two means.
    pub effect: f64,
    /// Its 95% interval.
    pub interval: [f64; 2],
    /// Cohen's d_z; none for ratios, and without a spread.
    pub effect_size: Option<f64>,
    /// The sign-flip test's p; none for ratios.
    pub p: Option<f64>,
    /// Seeds counted.
    pub n: u32,
    /// Whether it is as it must be.
    pub holds: bool,
    /// Each seed's number, in the order of seeds; empty for ratios.
    pub values: Vec<f64>,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Outcome {
    /// Its number; none for ours.
    pub number: Option<u32>,
    /// The sentence.
    pub sentence: String,
    /// Its parts.
    pub parts: Vec<PartOutcome>,
    /// The largest p of its parts; none where no part has one.
    pub p: Option<f64>,
    /// The same after Holm's correction over the claims judged.
    pub p_holm: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
}

impl Claim {
    /// One of the paper's claims.
    pub fn judged(number: u32, sentence: &'static str, parts: Vec<Part>) -> Self {
        Self {
            number: Some(number),
            sentence,
            parts,
        }
    }

    /// What we show beside them.
    pub fn shown(sentence: &'static str, parts: Vec<Part>) -> Self {
        Self {
            number: None,
            sentence,
            parts,
        }
    }
}

/// A part of a claim: what is measured, and what it must be.
pub fn part(what: &'static str, rule: Rule) -> Part {
    Part { what, rule }
}

impl Part {
    /// Holds the part against all seeds; none if no seed has what it needs.
    fn judge(&self, seeds: &[Seed<'_>]) -> Option<PartOutcome> {
        let of = |measure: Measure| seeds.iter().filter_map(measure).collect::<Vec<f64>>();
        let outcome = |rule: String, effect, interval, n: usize, holds| PartOutcome {
            what: self.what.to_owned(),
            rule,
            effect,
            interval,
            effect_size: None,
            p: None,
            n: n as u32,
            holds,
            values: Vec::new(),
        };
        match self.rule {
            Rule::Above(measure) | Rule::Below(measure) | Rule::Shown(measure) => {
                let values = of(measure);
                let estimate = Estimate::of(&values)?;
                let interval = stats::bootstrap_mean(&values);
                let (rule, holds) = match self.rule {
                    Rule::Above(_) => ("interval above 0", interval[0] > 0.0),
                    Rule::Below(_) => ("interval below 0", interval[1] < 0.0),
                    _ => ("", true),
                };
                Some(PartOutcome {
                    effect_size: estimate.effect_size(),
                    p: Some(stats::sign_flip(&values)),
                    values: values.clone(),
                    ..outcome(rule.into(), estimate.mean, interval, values.len(), holds)
                })
            }
            Rule::RatioAtLeast(over, under, _)
            | Rule::RatioBelow(over, under, _)
            | Rule::ShownRatio(over, under) => {
                let pairs: Vec<(f64, f64)> = seeds
                    .iter()
                    .filter_map(|s| Some((over(s)?, under(s)?)))
                    .collect();
                if pairs.is_empty() {
                    return None;
                }
                let ratio = |drawn: &[usize]| {
                    let sum = |pick: fn(&(f64, f64)) -> f64| -> f64 {
                        drawn.iter().map(|&i| pick(&pairs[i])).sum()
                    };
                    sum(|p| p.0) / sum(|p| p.1)
                };
                let effect = ratio(&(0..pairs.len()).collect::<Vec<_>>());
                let interval = stats::bootstrap(pairs.len(), ratio);
                let (rule, holds) = match self.rule {
                    Rule::RatioAtLeast(.., bound) => {
                        (format!("at least {bound:.2}"), effect >= bound)
                    }
                    Rule::RatioBelow(.., bound) => (format!("below {bound:.2}"), effect < bound),
                    _ => (String::new(), true),
                };
                Some(outcome(rule, effect, interval, pairs.len(), holds))
            }
        }
    }
}

/// Whether a run was made with a preset's settings: seeds, conditions and how often it was evaluated may differ.
fn is_setting_of(config: &Config, preset: &Config) -> bool {
    let same = Config {
        seeds: preset.seeds,
        first_seed: preset.first_seed,
        conditions: preset.conditions.clone(),
        evaluate_every: preset.evaluate_every,
        ..config.clone()
    };
    same == *preset && config.data == DataSet::Mnist
}

/// Holds an experiment's claims against a run: `preset` is the experiment's own settings.
pub fn judge(claims: &[Claim], preset: &Config, results: &Results) -> Vec<Outcome> {
    let mut numbers: Vec<u32> = results.lanes.iter().map(|l| l.seed).collect();
    numbers.dedup();
    let seeds: Vec<Seed<'_>> = numbers
        .into_iter()
        .map(|seed| Seed { results, seed })
        .collect();
    let papers = is_setting_of(&results.config, preset);
    let mut outcomes: Vec<Outcome> = claims
        .iter()
        .map(|claim| {
            let judged: Vec<Option<PartOutcome>> =
                claim.parts.iter().map(|p| p.judge(&seeds)).collect();
            let complete = judged.iter().all(Option::is_some);
            let parts: Vec<PartOutcome> = judged.into_iter().flatten().collect();
            let fewest = parts.iter().map(|p| p.n).min().unwrap_or(0);
            let holds = parts.iter().all(|p| p.holds);
            let verdict = match (claim.number, complete && fewest > 0, papers) {
                (_, false, _) => Verdict::NotMeasured,
                (None, ..) => Verdict::Shown,
                (_, _, false) => Verdict::NotThePapersSetting,
                _ if fewest < preset.seeds && holds => Verdict::ProvisionallyHolds,
                _ if fewest < preset.seeds => Verdict::ProvisionallyNot,
                _ if holds => Verdict::Holds,
                _ => Verdict::DoesNotHold,
            };
            Outcome {
                number: claim.number,
                sentence: claim.sentence.to_owned(),
                p: parts.iter().filter_map(|p| p.p).reduce(f64::max),
                p_holm: None,
                parts,
                verdict,
            }
        })
        .collect();
    let judged: Vec<usize> = (0..outcomes.len())
        .filter(|&i| outcomes[i].number.is_some() && outcomes[i].p.is_some())
        .collect();
    let p: Vec<f64> = judged.iter().filter_map(|&i| outcomes[i].p).collect();
    for (i, adjusted) in judged.into_iter().zip(stats::holm(&p)) {
        outcomes[i].p_holm = Some(adjusted);
    }
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Lane;
    use crate::data::DataInfo;
    use crate::engine::info::{EngineInfo, EngineKind};
    use crate::experiments;
    use crate::formats::version;
    use crate::results::LaneResults;
    use crate::results::record::Accuracy;

    /// A run of Figure 1 as it might come out: meta is better by `gain`, in every second seed by a bit more.
    fn run(seeds: u32, gain: f64) -> Results {
        let experiment = experiments::find("figure1").unwrap();
        let config = Config {
            seeds,
            ..experiment.config
        };
        let lanes = config.lanes();
        let lane = |lane: Lane| {
            let meta = f64::from(u8::from(lane.condition == Condition::Meta));
            let mean = 0.45 + meta * (gain + 0.001 * f64::from(lane.seed % 2));
            let active = vec![0.44 - 0.15 * meta, 0.42 - 0.3 * meta];
            LaneResults {
                seed: lane.seed,
                condition: lane.condition,
                records: vec![TaskRecord {
                    tasks_learned: config.tasks,
                    alpha: vec![0.01, 0.01 + 0.01 * meta, 0.04],
                    beta: vec![0.1, 0.4],
                    meta_loss: Some(1.0),
                    evaluation: Some(Evaluation {
                        accuracy: vec![Accuracy {
                            head: 0,
                            lesion: Lesion::Intact,
                            mean,
                            by_task: vec![mean; 20],
                        }],
                        active_pooled: active.iter().sum::<f64>() / 2.0,
                        correlation: Vec::new(),
                        active_by_task: Vec::new(),
                        active,
                    }),
                }],
                diverged_at_step: None,
            }
        };
        Results {
            schema: version::current::<Results>(),
            code_version: String::new(),
            draws: String::new(),
            experiment: Some("figure1".into()),
            lanes: lanes.into_iter().map(lane).collect(),
            config,
            data: DataInfo {
                kind: DataSet::Mnist,
                name: String::new(),
                train: 60_000,
                test: 10_000,
                side: 28,
                classes: 10,
                digest: String::new(),
            },
            engine: EngineInfo {
                kind: EngineKind::Cpu,
                adapter: String::new(),
                backend: String::new(),
                self_test: None,
            },
            layers: vec!["h1".into(), "h2".into()],
            matrices: vec!["hidden1".into(), "hidden2".into(), "category".into()],
            heads: vec!["category".into()],
            training_seconds: 0.0,
            evaluation_seconds: 0.0,
        }
    }

    fn verdicts(results: &Results) -> Vec<Verdict> {
        let experiment = experiments::find("figure1").unwrap();
        let outcomes = judge(&experiment.claims(), &experiment.config, results);
        outcomes.iter().map(|o| o.verdict).collect()
    }

    #[test]
    fn verdicts_follow_the_rules() {
        assert_eq!(verdicts(&run(40, 0.1))[..3], [Verdict::Holds; 3]);
        let worse = verdicts(&run(40, -0.1));
        assert_eq!(worse[..2], [Verdict::DoesNotHold, Verdict::Holds]);
        let few = verdicts(&run(5, 0.1));
        assert_eq!(few[0], Verdict::ProvisionallyHolds);
        let mut other = run(40, 0.1);
        other.config.hidden = vec![100, 100];
        assert_eq!(verdicts(&other)[0], Verdict::NotThePapersSetting);
        let mut other = run(40, 0.1);
        other.config.data = DataSet::Digits;
        assert_eq!(verdicts(&other)[0], Verdict::NotThePapersSetting);
        let mut half = run(40, 0.1);
        half.lanes.retain(|l| l.condition == Condition::Meta);
        assert_eq!(verdicts(&half)[0], Verdict::NotMeasured);
        assert_eq!(verdicts(&half)[2], Verdict::Holds);
    }

    #[test]
    fn no_difference_does_not_hold_and_its_p_is_large() {
        let mut none = run(40, 0.0);
        for (i, lane) in none.lanes.iter_mut().enumerate() {
            let e = lane.records[0].evaluation.as_mut().unwrap();
            e.accuracy[0].mean = 0.45 + f64::from(u8::from(i % 7 < 3)) * 0.01;
        }
        let experiment = experiments::find("figure1").unwrap();
        let outcomes = judge(&experiment.claims(), &experiment.config, &none);
        assert_eq!(outcomes[0].verdict, Verdict::DoesNotHold);
        assert!(outcomes[0].p.unwrap() > 0.05);
        assert!(outcomes[0].p_holm >= outcomes[0].p);
    }
}

//! The paper's claims, each with a rule fixed before the run, held against a run's results.
//!
//! A claim is one or more *parts*; it holds if all of them do. Seeds are the unit: every part is a number for
//! each seed (paired over conditions), or a ratio of two such numbers' means. Intervals are 95% percentile
//! bootstrap intervals over seeds; p is the two-sided sign-flip test's. A claim's p is the largest of its
//! parts' (all must hold), and Holm's correction goes over the claims of one results file. One seed judges
//! nothing: it has its effects, and neither interval nor p.

use serde::{Deserialize, Serialize};

use crate::analysis::seed::Seed;
use crate::analysis::stats::{self, Estimate};
use crate::config::{Config, DataSet};
use crate::results::Results;

/// Fewer seeds than these judge nothing.
pub const FEWEST: u32 = 2;

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

impl Rule {
    /// Whether there is a number for each seed; none of a ratio of means.
    pub fn is_of_each_seed(&self) -> bool {
        matches!(self, Self::Above(_) | Self::Below(_) | Self::Shown(_))
    }
}

/// A part of a claim as it is stated.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// What is measured, in words.
    pub what: &'static str,
    /// What its number over all seeds must be for the part to hold, if anything.
    pub rule: Rule,
    /// If it is also a panel of the figure: a few words that tell it from the claim's other parts, where
    /// there are any.
    pub drawn: Option<&'static str>,
}

/// A claim as it is stated, before any run.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its number; ours, which the paper does not make, have none.
    pub number: Option<u32>,
    /// What is claimed, in one sentence with its full stop.
    pub sentence: &'static str,
    /// What must hold, all of it.
    pub parts: Vec<Part>,
}

/// What came of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// One seed is through, which judges nothing.
    OneSeed,
    /// The run was not made with the paper's settings.
    NotThePapersSetting,
    /// Conditions are missing, or no seed is through.
    NotMeasured,
    /// Ours: shown, not judged.
    Shown,
}

impl Verdict {
    /// As tables say it, without a full stop: "provisional: holds so far".
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::ProvisionallyHolds => "provisional: holds so far",
            Self::ProvisionallyNot => "provisional: does not hold so far",
            Self::OneSeed => "one seed judges nothing",
            Self::NotThePapersSetting => "not the paper's setting",
            Self::NotMeasured => "not measured",
            Self::Shown => "shown, not judged",
        }
    }
}

/// What came of a part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct PartOutcome {
    /// What is measured, in words: [`Part::what`].
    pub what: String,
    /// What it must be, in words; empty if it is only shown.
    pub rule: String,
    /// The mean over seeds, or the ratio of two means; none where it is not measured, and of a ratio whose
    /// denominator can't be told from 0.
    pub effect: Option<f64>,
    /// Its 95% interval, where there is an effect and more than one seed.
    pub interval: Option<[f64; 2]>,
    /// Cohen's d_z; none for ratios, and without a spread.
    pub effect_size: Option<f64>,
    /// The sign-flip test's p; none for ratios, and of one seed.
    pub p: Option<f64>,
    /// Seeds counted; 0 where it is not measured.
    pub n: u32,
    /// Whether it is as it must be: never of one seed; always, where nothing must be.
    pub holds: bool,
    /// Each seed's number, in the order of seeds; empty for ratios, and where it is not measured.
    pub values: Vec<f64>,
    /// Which seeds they are of: a seed that is not through, or was set aside, has none.
    pub seeds: Vec<u32>,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Outcome {
    /// Its number; none for ours.
    pub number: Option<u32>,
    /// What is claimed, in one sentence with its full stop.
    pub sentence: String,
    /// All its parts, as the claim states them.
    pub parts: Vec<PartOutcome>,
    /// The largest p of its parts; none where no part has one.
    pub p: Option<f64>,
    /// The same after Holm's correction over the claims judged.
    pub p_holm: Option<f64>,
    /// What is to be said of all its parts together: provisional while planned seeds are missing.
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
    Part {
        what,
        rule,
        drawn: None,
    }
}

impl Part {
    /// The same, also drawn seed by seed as a panel of the figure; `what` tells it from the claim's other
    /// parts, empty where that is not needed.
    #[must_use]
    pub fn drawn(self, what: &'static str) -> Self {
        Self {
            drawn: Some(what),
            ..self
        }
    }

    /// Holds the part against all seeds.
    fn judge(&self, seeds: &[Seed<'_>]) -> PartOutcome {
        match self.rule {
            Rule::Above(measure) | Rule::Below(measure) | Rule::Shown(measure) => {
                let number = |s: &Seed<'_>| Some((s.number(), measure(s)?));
                let (numbers, values) = seeds.iter().filter_map(number).unzip();
                self.of_values(numbers, values)
            }
            Rule::RatioAtLeast(over, under, _)
            | Rule::RatioBelow(over, under, _)
            | Rule::ShownRatio(over, under) => {
                let pair = |s: &Seed<'_>| Some((over(s)?, under(s)?));
                let pairs: Vec<(f64, f64)> = seeds.iter().filter_map(pair).collect();
                self.of_pairs(&pairs)
            }
        }
    }

    /// What the rule asks for, in words.
    fn rule_words(&self) -> String {
        match self.rule {
            Rule::Above(_) => "interval above 0".into(),
            Rule::Below(_) => "interval below 0".into(),
            Rule::RatioAtLeast(.., bound) => format!("at least {bound:.2}"),
            Rule::RatioBelow(.., bound) => format!("below {bound:.2}"),
            Rule::Shown(_) | Rule::ShownRatio(..) => String::new(),
        }
    }

    /// Of `n` seeds without an effect: what must be something does not hold.
    fn without_effect(&self, n: usize) -> PartOutcome {
        PartOutcome {
            what: self.what.to_owned(),
            rule: self.rule_words(),
            effect: None,
            interval: None,
            effect_size: None,
            p: None,
            n: n as u32,
            holds: matches!(self.rule, Rule::Shown(_) | Rule::ShownRatio(..)),
            values: Vec::new(),
            seeds: Vec::new(),
        }
    }

    /// Of a number for each of some seeds.
    fn of_values(&self, seeds: Vec<u32>, values: Vec<f64>) -> PartOutcome {
        let bare = self.without_effect(values.len());
        let Some(estimate) = Estimate::of(&values) else {
            return bare;
        };
        let judges = bare.n >= FEWEST;
        let interval = judges.then(|| stats::bootstrap_mean(&values));
        PartOutcome {
            effect: Some(estimate.mean),
            interval,
            effect_size: estimate.effect_size(),
            p: judges.then(|| stats::sign_flip(&values)),
            holds: match (self.rule, interval) {
                (Rule::Above(_), Some([low, _])) => low > 0.0,
                (Rule::Below(_), Some([_, high])) => high < 0.0,
                _ => bare.holds,
            },
            values,
            seeds,
            ..bare
        }
    }

    /// Of a numerator and a denominator for each seed.
    fn of_pairs(&self, pairs: &[(f64, f64)]) -> PartOutcome {
        let bare = self.without_effect(pairs.len());
        let under: Vec<f64> = pairs.iter().map(|p| p.1).collect();
        if !is_told_from_zero(&under) {
            return bare;
        }
        let ratio = |drawn: &[usize]| {
            let sum = |pick: fn(&(f64, f64)) -> f64| -> f64 {
                drawn.iter().filter_map(|&i| pairs.get(i)).map(pick).sum()
            };
            sum(|p| p.0) / sum(|p| p.1)
        };
        let effect = ratio(&(0..pairs.len()).collect::<Vec<_>>());
        let judges = bare.n >= FEWEST;
        PartOutcome {
            effect: Some(effect),
            interval: judges.then(|| stats::bootstrap(pairs.len(), ratio)),
            holds: match self.rule {
                Rule::RatioAtLeast(.., bound) if judges => effect >= bound,
                Rule::RatioBelow(.., bound) if judges => effect < bound,
                _ => bare.holds,
            },
            ..bare
        }
    }
}

/// Whether a ratio may be taken with such denominators: their mean's 95% interval must leave out 0, or the
/// ratio has no bounds (Fieller 1954); and a mean below a billionth is rounding noise, whatever it is the
/// mean of: shares and rates are counted in thousandths.
fn is_told_from_zero(denominators: &[f64]) -> bool {
    const NOISE: f64 = 1e-9;
    if denominators.is_empty() {
        return false;
    }
    let [low, high] = stats::bootstrap_mean(denominators);
    low > NOISE || high < -NOISE
}

/// Whether a run was made with a preset's settings: seeds, conditions and how often it was evaluated may
/// differ.
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
    // A file's lanes may be in any order.
    let mut numbers: Vec<u32> = results.lanes.iter().map(|l| l.seed).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let seeds: Vec<Seed<'_>> = numbers
        .into_iter()
        .map(|seed| Seed::new(results, seed))
        .collect();
    let papers = is_setting_of(&results.config, preset);
    let mut outcomes: Vec<Outcome> = claims
        .iter()
        .map(|claim| {
            let parts: Vec<PartOutcome> = claim.parts.iter().map(|p| p.judge(&seeds)).collect();
            let fewest = parts.iter().map(|p| p.n).min().unwrap_or(0);
            let holds = parts.iter().all(|p| p.holds);
            let verdict = match (claim.number, fewest > 0, papers) {
                (_, false, _) => Verdict::NotMeasured,
                (None, ..) => Verdict::Shown,
                (_, _, false) => Verdict::NotThePapersSetting,
                _ if fewest < FEWEST => Verdict::OneSeed,
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
    use crate::config::{Condition, Lane};
    use crate::data::DataInfo;
    use crate::engine::info::{EngineInfo, EngineKind};
    use crate::experiments;
    use crate::formats::version;
    use crate::model::{Lesion, Model};
    use crate::results::LaneResults;
    use crate::results::record::{Accuracy, Evaluation, TaskRecord};

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
                    digest: None,
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
                engine_changes: Vec::new(),
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
        let outcomes = experiment.judge(results);
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
    fn one_seed_judges_nothing() {
        let experiment = experiments::find("figure1").unwrap();
        for outcome in experiment.judge(&run(1, 0.1)) {
            assert_eq!((outcome.p, outcome.p_holm), (None, None));
            for part in &outcome.parts {
                assert_eq!((part.interval, part.p), (None, None), "{}", part.what);
                assert_eq!(part.holds, outcome.number.is_none(), "{}", part.what);
            }
        }
        let one = &experiment.judge(&run(1, 0.1))[0];
        assert_eq!(one.verdict, Verdict::OneSeed);
        assert!((one.parts[0].effect.unwrap() - 0.1).abs() < 1e-9);
        let two = &experiment.judge(&run(2, 0.1))[0];
        assert_eq!(two.verdict, Verdict::ProvisionallyHolds);
        assert!(two.parts[0].interval.is_some() && two.p.is_some());
        // What other settings make of it is said first.
        let mut other = run(1, 0.1);
        other.config.hidden = vec![100, 100];
        assert_eq!(verdicts(&other)[0], Verdict::NotThePapersSetting);
    }

    #[test]
    fn no_difference_does_not_hold_and_its_p_is_large() {
        let mut none = run(40, 0.0);
        for (i, lane) in none.lanes.iter_mut().enumerate() {
            let e = lane.records[0].evaluation.as_mut().unwrap();
            e.accuracy[0].mean = 0.45 + f64::from(u8::from(i % 7 < 3)) * 0.01;
        }
        let experiment = experiments::find("figure1").unwrap();
        let outcomes = experiment.judge(&none);
        assert_eq!(outcomes[0].verdict, Verdict::DoesNotHold);
        assert!(outcomes[0].p.unwrap() > 0.05);
        assert!(outcomes[0].p_holm >= outcomes[0].p);
    }

    /// Networks of every shape, held against every experiment's claims: parts keep their places, nothing
    /// panics, and what is not the paper's network gets no verdict.
    #[test]
    fn other_networks_are_judged_without_a_verdict() {
        let shapes = [
            (vec![64, 32], None, false),
            (vec![16], None, true),
            (vec![20; 5], None, false),
            (vec![64, 32], Some([40, 10]), true),
            (vec![250; 3], Some([40, 40]), true),
        ];
        for (hidden, pathways, item_head) in shapes {
            let mut other = run(2, 0.1);
            other.config.hidden = hidden;
            (other.config.pathways, other.config.item_head) = (pathways, item_head);
            let model = Model::new(&other.config, &other.data);
            other.layers = model.layers.iter().map(|l| l.name.clone()).collect();
            // Once with numbers for all layers, once with too few.
            for counted in [other.layers.len(), 0] {
                for lane in &mut other.lanes {
                    let record = &mut lane.records[0];
                    record.alpha = vec![0.01; counted];
                    let evaluation = record.evaluation.as_mut().unwrap();
                    evaluation.active = vec![0.3; counted];
                    evaluation.correlation = vec![Some(0.5); counted];
                }
                for experiment in experiments::all() {
                    let outcomes = experiment.judge(&other);
                    assert_eq!(outcomes.len(), experiment.claims.len());
                    for (outcome, claim) in outcomes.iter().zip(&experiment.claims) {
                        assert_eq!(outcome.parts.len(), claim.parts.len());
                        let none = [
                            Verdict::NotMeasured,
                            Verdict::NotThePapersSetting,
                            Verdict::Shown,
                        ];
                        assert!(none.contains(&outcome.verdict), "{}", claim.sentence);
                    }
                }
            }
        }
    }

    #[test]
    fn lanes_may_stand_in_any_order() {
        let sorted = run(20, 0.1);
        let mut other = sorted.clone();
        other.lanes.sort_by_key(|l| l.condition);
        let experiment = experiments::of(&sorted);
        assert_eq!(experiment.judge(&sorted), experiment.judge(&other));
    }

    /// Where meta gains nothing, a share of its gain is no number.
    #[test]
    fn a_ratio_over_noise_has_no_effect() {
        let mut none = run(5, 0.0);
        for lane in &mut none.lanes {
            let evaluation = lane.records[0].evaluation.as_mut().unwrap();
            // A last bit of rounding.
            let bit = f64::from(u8::from(lane.condition == Condition::Meta)) * f64::EPSILON;
            evaluation.accuracy[0].mean = 0.45 + bit;
        }
        let outcomes = experiments::of(&none).judge(&none);
        let shares = &outcomes.last().unwrap().parts;
        for share in shares {
            assert_eq!((share.effect, share.interval, share.n), (None, None, 5));
        }
        assert!(!is_told_from_zero(&[0.2, -0.1, 0.1, -0.2]));
        assert!(!is_told_from_zero(&[]));
        assert!(is_told_from_zero(&[0.2, 0.1, 0.3]) && is_told_from_zero(&[-0.2]));
    }
}

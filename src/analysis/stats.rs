//! Statistics over seeds: means and their spread, bootstrap intervals, sign-flip tests, Holm's correction.
//!
//! Random draws come from a counter-based generator with a fixed key, so that the same values always give
//! the same interval and the same p.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::stream::{Purpose, random};

/// Resamples of a bootstrap interval.
const RESAMPLES: usize = 10_000;
/// The most values of which a sign-flip test goes through all signs: 2^16.
const EXACT: usize = 16;
/// Sign flips drawn where there are more.
const FLIPS: u32 = 100_000;

/// A mean with its spread.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Estimate {
    /// Arithmetic mean of the values, in their unit.
    pub mean: f64,
    /// Standard deviation (n - 1); none for a single value.
    pub sd: Option<f64>,
    /// Standard error of the mean; none for a single value.
    pub sem: Option<f64>,
    /// Values counted.
    pub n: u32,
    /// The mean's 95% bootstrap interval, where it was asked for.
    #[serde(default)]
    pub interval: Option<[f64; 2]>,
}

impl Estimate {
    /// The mean of `values` with its spread; none of nothing.
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let n = values.len() as f64;
        let mean = mean(values);
        let sd = (values.len() > 1)
            .then(|| (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt());
        Some(Self {
            mean,
            sd,
            sem: sd.map(|sd| sd / n.sqrt()),
            n: values.len() as u32,
            interval: None,
        })
    }

    /// The same with its bootstrap interval, of two values or more.
    pub fn with_interval(values: &[f64]) -> Option<Self> {
        let interval = (values.len() > 1).then(|| bootstrap_mean(values));
        Self::of(values).map(|e| Self { interval, ..e })
    }

    /// Cohen's d of one sample (of paired differences: d_z): mean over SD; none without a spread.
    pub fn effect_size(&self) -> Option<f64> {
        self.sd.filter(|&sd| sd > 0.0).map(|sd| self.mean / sd)
    }
}

/// The mean; 0 of nothing.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / (values.len() as f64).max(1.0)
}

/// The slope of the least-squares line of `y` over 1, 2, 3, ...; 0 for fewer than two points.
pub fn slope(y: &[f64]) -> f64 {
    let middle = (y.len() as f64 + 1.0) / 2.0;
    let x = |i: usize| i as f64 + 1.0 - middle;
    let across: f64 = (0..y.len()).map(|i| x(i) * x(i)).sum();
    let along: f64 = y.iter().enumerate().map(|(i, y)| x(i) * y).sum();
    if across > 0.0 { along / across } else { 0.0 }
}

/// The q-quantile (0..=1) of sorted values, interpolated between neighbours (type 7: the default of R and
/// NumPy).
pub fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len().saturating_sub(1)) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    let (Some(&a), Some(&b)) = (sorted.get(below), sorted.get(above)) else {
        return f64::NAN;
    };
    a + (b - a) * (at - at.floor())
}

/// The 95% percentile bootstrap interval of a statistic of the seeds: it is given the indices resampled.
/// Resamples of which it can't be taken (a ratio whose denominator is 0) are left out.
pub fn bootstrap(n: usize, statistic: impl Fn(&[usize]) -> f64) -> [f64; 2] {
    let mut rng = random(0, Purpose::Statistics);
    let mut drawn = vec![0; n];
    let mut values: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            drawn.fill_with(|| rng.random_range(0..n));
            statistic(&drawn)
        })
        .filter(|value| value.is_finite())
        .collect();
    values.sort_by(f64::total_cmp);
    [quantile(&values, 0.025), quantile(&values, 0.975)]
}

/// The 95% percentile bootstrap interval of the mean.
pub fn bootstrap_mean(values: &[f64]) -> [f64; 2] {
    bootstrap(values.len(), |drawn| {
        drawn.iter().map(|&i| values[i]).sum::<f64>() / drawn.len() as f64
    })
}

/// Two-sided sign-flip permutation test of paired differences: how often a mean at least as far from 0 comes
/// up when every difference is as likely to be of either sign. Exact up to 16 values; beyond, from 100,000
/// draws (the observed one counted, so that it is never 0).
pub fn sign_flip(differences: &[f64]) -> f64 {
    let observed = differences.iter().sum::<f64>().abs();
    // Sums that differ by rounding alone are equal.
    let slack = 1e-12 * differences.iter().map(|d| d.abs()).sum::<f64>();
    let extreme = |sum: f64| sum.abs() >= observed - slack;
    if differences.len() <= EXACT {
        let all = 1_u32 << differences.len();
        let hits = (0..all)
            .filter(|signs| {
                extreme(
                    differences
                        .iter()
                        .enumerate()
                        .map(|(i, d)| if signs >> i & 1 == 1 { -d } else { *d })
                        .sum(),
                )
            })
            .count();
        return hits as f64 / f64::from(all);
    }
    let mut rng = random(1, Purpose::Statistics);
    let hits = (0..FLIPS)
        .filter(|_| {
            extreme(
                differences
                    .iter()
                    .map(|d| if rng.random::<bool>() { -d } else { *d })
                    .sum(),
            )
        })
        .count();
    (hits as f64 + 1.0) / f64::from(FLIPS + 1)
}

/// Holm's step-down correction: adjusted p in the order given.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut adjusted = vec![1.0; p.len()];
    let mut floor = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        floor = floor.max(p[i] * (p.len() - rank) as f64).min(1.0);
        adjusted[i] = floor;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Darwin's maize: heights of crossed less self-fertilised plants, in eighths of an inch.
    const MAIZE: [f64; 15] = [
        49.0, -67.0, 8.0, 16.0, 6.0, 23.0, 28.0, 41.0, 14.0, 29.0, 56.0, 24.0, 75.0, 60.0, -48.0,
    ];

    #[test]
    fn fishers_randomisation_of_darwins_maize() {
        // Fisher, The Design of Experiments (1935), section 21: 863 of 32,768 sums are as large or larger.
        assert_eq!(sign_flip(&MAIZE), 2.0 * 863.0 / 32_768.0);
        let e = Estimate::of(&MAIZE).unwrap();
        // The same section: mean 20.933, t = 2.148 with 14 degrees of freedom.
        assert!((e.mean - 20.933).abs() < 1e-3);
        assert!((e.mean / e.sem.unwrap() - 2.148).abs() < 1e-3);
    }

    #[test]
    fn drawn_flips_come_near_the_exact_ones() {
        // Seventeen values, two of them nothing: the exact p is Fisher's.
        let more = [&MAIZE[..], &[0.0, 0.0]].concat();
        assert!((sign_flip(&more) - 2.0 * 863.0 / 32_768.0).abs() < 3e-3);
        assert_eq!(sign_flip(&more), sign_flip(&more));
        assert!(sign_flip(&[1.0; 40]) < 1.1e-5);
        assert_eq!(sign_flip(&[1.0, 1.0, 1.0]), 0.25);
    }

    #[test]
    fn holm_by_hand() {
        // Holm (1979): the smallest times m, the next times m - 1, never falling.
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(near(
            &holm(&[0.01, 0.04, 0.03, 0.005]),
            &[0.03, 0.06, 0.06, 0.02]
        ));
        assert!(near(&holm(&[0.6, 0.7]), &[1.0, 1.0]));
    }

    #[test]
    fn slopes_quantiles_and_effects() {
        assert!((slope(&[1.0, 3.0, 5.0]) - 2.0).abs() < 1e-12);
        // By hand: (-1.5 x 0.4 - 0.5 x 0.39 + 0.5 x 0.27 + 1.5 x 0.11) / 5.
        assert!((slope(&[0.4, 0.39, 0.27, 0.11]) + 0.099).abs() < 1e-12);
        assert_eq!(slope(&[7.0]), 0.0);
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.5);
        // By hand: 3.9 places up, 4 + 0.9 x 6.
        assert!((quantile(&[1.0, 2.0, 3.0, 4.0, 10.0], 0.975) - 9.4).abs() < 1e-12);
        let d = Estimate::of(&[1.0, 2.0, 3.0]).unwrap().effect_size();
        assert!((d.unwrap() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn the_bootstrap_covers_about_as_it_says() {
        // Normal theory for the mean of the maize: 20.93 -+ 1.96 x SD (biased) / sqrt(15).
        let [low, high] = bootstrap_mean(&MAIZE);
        let spread = 1.96 * 37.74 * (14.0_f64 / 15.0).sqrt() / 15.0_f64.sqrt();
        assert!((low - (20.93 - spread)).abs() < 2.0, "{low}");
        assert!((high - (20.93 + spread)).abs() < 2.0, "{high}");
        assert_eq!(bootstrap_mean(&[3.0]), [3.0, 3.0]);
    }
}

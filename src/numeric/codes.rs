//! How alike a layer's codes of different images are.
//!
//! A *code* is what a layer's units put out for one image. Two codes' likeness is their Pearson correlation
//! over units; a layer's is the mean over all pairs of different images. With every code centred and scaled
//! to norm 1, z_i, that is (|sum_i z_i|^2 - n) / (n (n - 1)): one running sum for each unit is enough. A code
//! without spread (a silent layer's) has no correlation and is left out.

use serde::{Deserialize, Serialize};

/// A code whose squared spread is at most this has none.
pub const NO_SPREAD: f32 = 1e-20;

/// Units of a number in a [`CodeSum`]: 2^-22.
///
/// The sums are whole numbers, so that they do not depend on which images were taken together; no
/// entry of a code of norm 1 is larger than 1.
const SCALE: f32 = 4_194_304.0;

/// The most codes that are added before their sum is widened: their sum in 32 bits can't overflow.
const TOGETHER: usize = 256;

/// The sum of a layer's codes, each centred and of norm 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSum {
    /// For each unit, in units of 2^-22.
    sum: Vec<i64>,
    /// Codes counted.
    codes: u64,
}

impl CodeSum {
    /// Adds codes of a layer of `units` units: `[codes][units]`.
    pub fn add_codes(&mut self, codes: &[f32], units: usize) {
        self.sum.resize(units, 0);
        let mut narrow = vec![0_i32; units];
        for some in codes.chunks(TOGETHER * units) {
            narrow.fill(0);
            for code in some.chunks_exact(units) {
                if let Some((mean, scale)) = standard(code) {
                    let scale = scale * SCALE;
                    for (sum, &h) in narrow.iter_mut().zip(code) {
                        *sum += ((h - mean) * scale) as i32;
                    }
                    self.codes += 1;
                }
            }
            for (sum, &part) in self.sum.iter_mut().zip(&narrow) {
                *sum += i64::from(part);
            }
        }
    }

    /// Adds codes counted elsewhere.
    pub fn add(&mut self, other: &Self) {
        self.sum.resize(other.sum.len().max(self.sum.len()), 0);
        for (sum, part) in self.sum.iter_mut().zip(&other.sum) {
            *sum += part;
        }
        self.codes += other.codes;
    }

    /// The mean correlation, -1 to 1, over all pairs; none of fewer than two codes.
    pub fn correlation(&self) -> Option<f64> {
        let scale = f64::from(SCALE);
        correlation(self.sum.iter().map(|&s| s as f64 / scale), self.codes)
    }
}

/// Mean of a code, and what scales it to norm 1 once centred; none for a code without spread.
fn standard(code: &[f32]) -> Option<(f32, f32)> {
    let mut sums = [0.0_f32; 8];
    let mut squares = [0.0_f32; 8];
    let whole = code.chunks_exact(8);
    let rest = whole.remainder();
    for part in whole {
        for i in 0..8 {
            sums[i] += part[i];
        }
    }
    let mean = (sums.iter().sum::<f32>() + rest.iter().sum::<f32>()) / code.len() as f32;
    for part in code.chunks_exact(8) {
        for i in 0..8 {
            squares[i] += (part[i] - mean) * (part[i] - mean);
        }
    }
    let rest: f32 = rest.iter().map(|h| (h - mean) * (h - mean)).sum();
    let square = squares.iter().sum::<f32>() + rest;
    (square > NO_SPREAD).then(|| (mean, 1.0 / square.sqrt()))
}

/// The mean correlation from the sum over so many codes; none of fewer than two.
pub fn correlation(sum: impl Iterator<Item = f64>, codes: u64) -> Option<f64> {
    let n = codes as f64;
    let square: f64 = sum.map(|s| s * s).sum();
    (codes > 1).then(|| ((square - n) / (n * (n - 1.0))).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pearson's correlation in its textbook form.
    fn pearson(a: &[f32], b: &[f32]) -> f64 {
        let mean = |v: &[f32]| v.iter().map(|&x| f64::from(x)).sum::<f64>() / v.len() as f64;
        let (ma, mb) = (mean(a), mean(b));
        let over = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            let pairs = a.iter().zip(b);
            pairs
                .map(|(&a, &b)| f(f64::from(a) - ma, f64::from(b) - mb))
                .sum()
        };
        over(&|a, b| a * b) / (over(&|a, _| a * a) * over(&|_, b| b * b)).sqrt()
    }

    #[test]
    fn the_sum_gives_the_mean_over_pairs() {
        let units = 37;
        let codes: Vec<f32> = (0..600 * units)
            .map(|i| {
                ((i * 7919 % 1013) as f32 / 1013.0 - 0.6).max(0.0) + (i % units) as f32 * 0.004
            })
            .collect();
        let all: Vec<&[f32]> = codes.chunks_exact(units).collect();
        let mut pairs = Vec::new();
        for (i, a) in all.iter().enumerate() {
            pairs.extend(all[..i].iter().map(|b| pearson(a, b)));
        }
        let truth = pairs.iter().sum::<f64>() / pairs.len() as f64;
        let mut whole = CodeSum::default();
        whole.add_codes(&codes, units);
        let found = whole.correlation().unwrap();
        assert!((found - truth).abs() < 1e-6, "{found} {truth}");
        // In two parts, however they are cut, it is the same to the bit.
        let (a, b) = codes.split_at(301 * units);
        let mut parts = [CodeSum::default(), CodeSum::default()];
        parts[0].add_codes(a, units);
        parts[1].add_codes(b, units);
        let [mut sum, rest] = parts;
        sum.add(&rest);
        assert_eq!(sum, whole);
    }

    #[test]
    fn silent_codes_are_left_out() {
        let mut sum = CodeSum::default();
        sum.add_codes(&[0.0, 0.0, 0.0, 1.0, 0.0, 0.0], 3);
        assert_eq!(sum.correlation(), None);
        sum.add_codes(&[2.0, 0.0, 0.0], 3);
        assert!((sum.correlation().unwrap() - 1.0).abs() < 1e-5);
        sum.add_codes(&[f32::NAN, 0.0, 0.0], 3);
        assert!((sum.correlation().unwrap() - 1.0).abs() < 1e-5);
    }
}

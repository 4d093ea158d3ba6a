//! A unit's weights from the image, and what it has learned, as images.

use serde::{Deserialize, Serialize};

use crate::model::LaneState;

/// One unit's weights from the image, or what changes of them, as an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Picture {
    /// For each pixel its weight, row by row: 1 for the most negative, 128 for none, 255 for the most
    /// positive.
    pub pixels: Vec<u8>,
    /// What 255 stands for; 0 where all weights are.
    pub scale: f64,
}

impl Picture {
    /// Of one unit's weights.
    pub fn of(weights: &[f32]) -> Self {
        let scale = weights.iter().fold(0.0_f32, |m, w| m.max(w.abs()));
        let whole = scale.max(f32::MIN_POSITIVE);
        let byte = |w: &f32| (128.0 + 127.0 * w / whole).round() as u8;
        Self {
            pixels: weights.iter().map(byte).collect(),
            scale: scale.into(),
        }
    }
}

/// The weights of a unit of h1, which reads `inputs` pixels, and what it has learned: their change since
/// before training. None where there is no such unit.
pub fn receptive(
    inputs: usize,
    before: &LaneState<f32>,
    now: &LaneState<f32>,
    unit: usize,
) -> Option<[Picture; 2]> {
    let of = |state: &LaneState<f32>| -> Option<Vec<f32>> {
        let first = state.weights.first()?;
        Some(first.chunks_exact(inputs).nth(unit)?.to_vec())
    };
    let (before, now) = (of(before)?, of(now)?);
    let change: Vec<f32> = now.iter().zip(&before).map(|(a, b)| a - b).collect();
    Some([Picture::of(&now), Picture::of(&change)])
}

/// What h1's units have learned: the change of their weights over a run, coarse enough to be kept with it.
/// (The weights themselves are mostly the noise they began with.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Learned {
    /// For each unit the means over 2 x 2 pixels as digits, row by row (14 x 14 of MNIST's): 0 for the most
    /// negative change, 3 for none, 6 for the most positive.
    pub units: Vec<String>,
    /// For each unit, what 6 stands for: the largest of its means, to four decimals.
    pub scales: Vec<f64>,
}

impl Learned {
    /// Between two states of one lane, whose images are of `side` x `side` pixels; none where its network has
    /// no h1.
    pub fn between(side: u32, before: &LaneState<f32>, after: &LaneState<f32>) -> Option<Self> {
        let side = side as usize;
        let pixels = side * side;
        let (before, after) = (before.weights.first()?, after.weights.first()?);
        let (mut units, mut scales) = (Vec::new(), Vec::new());
        for (before, after) in before.chunks_exact(pixels).zip(after.chunks_exact(pixels)) {
            let change: Vec<f32> = after.iter().zip(before).map(|(a, b)| a - b).collect();
            let means = halved(&change, side);
            let scale = means.iter().fold(0.0_f32, |m, w| m.max(w.abs()));
            let whole = scale.max(f32::MIN_POSITIVE);
            let digit = |w: &f32| char::from(b'0' + (3.0 + 3.0 * w / whole).round() as u8);
            units.push(means.iter().map(digit).collect());
            scales.push((f64::from(scale) * 1e4).round() / 1e4);
        }
        Some(Self { units, scales })
    }
}

/// Means over 2 x 2 pixels of an image of that side.
fn halved(pixels: &[f32], side: usize) -> Vec<f32> {
    let half = side / 2;
    (0..half * half)
        .map(|i| {
            let at = 2 * (i / half) * side + 2 * (i % half);
            let four = [at, at + 1, at + side, at + side + 1];
            four.map(|p| pixels[p]).iter().sum::<f32>() / 4.0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 28;
    const PIXELS: usize = SIDE * SIDE;

    #[test]
    fn what_was_learned_tells_the_largest_change_and_its_sign() {
        let before = LaneState {
            weights: vec![vec![0.25; 2 * PIXELS]],
            alpha: Vec::new(),
            beta: Vec::new(),
        };
        let mut after = before.clone();
        // The second unit's pixels (2..4, 4..6) change by -0.5, its last one by 1, a quarter of its block.
        for p in [2 * SIDE + 4, 2 * SIDE + 5, 3 * SIDE + 4, 3 * SIDE + 5] {
            after.weights[0][PIXELS + p] -= 0.5;
        }
        after.weights[0][2 * PIXELS - 1] += 1.0;
        let seen = Learned::between(SIDE as u32, &before, &after).unwrap();
        assert_eq!(seen.units[0], "3".repeat(14 * 14));
        assert_eq!(seen.scales, [0.0, 0.5]);
        let unit = seen.units[1].as_bytes();
        // Half of 3 is rounded away from zero.
        assert_eq!(
            (unit[14 + 2], unit[14 * 14 - 1], unit[0]),
            (b'0', b'5', b'3')
        );
    }
}

//! What a lane's units do on one image: the living network, one look at a time.
//!
//! A look is for the eye: outputs and drives are told in 255ths. Numbers that are reported come from evaluations.

use serde::{Deserialize, Serialize};

use crate::config::{Condition, Config, Lane};
use crate::data::{CLASSES, DataInfo, PIXELS, Rotation, SIDE, Turn, digits};
use crate::engine_info::EngineInfo;
use crate::model::{LaneState, Lesion, Model, Rule};
use crate::reference::Reference;
use crate::trace::StepTrace;

/// The image that units are looked at on: one of the project's own digits, which no network is trained on where
/// MNIST is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Probe {
    /// Which digit: 0 to 9.
    pub digit: u32,
    /// Its rotation in degrees, counter-clockwise as seen.
    pub angle: f64,
}

impl Default for Probe {
    fn default() -> Self {
        Self {
            digit: 7,
            angle: 63.0,
        }
    }
}

impl Probe {
    /// Its pixels, 0 to 1, row by row.
    pub fn image(&self) -> Vec<f32> {
        // The test set's first ten are one of each.
        let all = digits(0, 0, CLASSES).test;
        let mut image = vec![0.0; PIXELS];
        let digit = self.digit as usize % CLASSES;
        Turn::new(Rotation::degrees(self.angle)).apply(all.image(digit), &mut image);
        image
    }

    /// Its pixels, 0 to 255.
    pub fn pixels(&self) -> Vec<u8> {
        self.image().iter().map(|&x| (x * 255.0) as u8).collect()
    }
}

/// The probe's digit as each task turns it.
pub fn strip(digit: u32, angles: &[f64]) -> Vec<Vec<u8>> {
    let turned = |&angle: &f64| Probe { digit, angle }.pixels();
    angles.iter().map(turned).collect()
}

/// One unit's weights from the image, or what changes of them, as an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Picture {
    /// For each pixel its weight, row by row: 1 for the most negative, 128 for none, 255 for the most positive.
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

/// The weights of a unit of h1, and what it has learned: their change since before training. None where there is no such
/// unit.
pub fn receptive(
    before: &LaneState<f32>,
    now: &LaneState<f32>,
    unit: usize,
) -> Option<[Picture; 2]> {
    let of = |state: &LaneState<f32>| -> Option<Vec<f32>> {
        let first = state.weights.first()?;
        Some(first.chunks_exact(PIXELS).nth(unit)?.to_vec())
    };
    let (before, now) = (of(before)?, of(now)?);
    let change: Vec<f32> = now.iter().zip(&before).map(|(a, b)| a - b).collect();
    Some([Picture::of(&now), Picture::of(&change)])
}

/// What h1's units have learned: the change of their weights over a run, coarse enough to be kept with it. (The weights
/// themselves are mostly the noise they began with.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Learned {
    /// For each unit 14 x 14 digits, means over 2 x 2 pixels, row by row: 0 for the most negative change, 3 for none, 6
    /// for the most positive.
    pub units: Vec<String>,
    /// For each unit, what 6 stands for: the largest of its means, to four decimals.
    pub scales: Vec<f64>,
}

impl Learned {
    /// Between two states of one lane; none where its network has no h1.
    pub fn between(before: &LaneState<f32>, after: &LaneState<f32>) -> Option<Self> {
        let (before, after) = (before.weights.first()?, after.weights.first()?);
        let (mut units, mut scales) = (Vec::new(), Vec::new());
        for (before, after) in before.chunks_exact(PIXELS).zip(after.chunks_exact(PIXELS)) {
            let change: Vec<f32> = after.iter().zip(before).map(|(a, b)| a - b).collect();
            let means = halved(&change);
            let scale = means.iter().fold(0.0_f32, |m, w| m.max(w.abs()));
            let whole = scale.max(f32::MIN_POSITIVE);
            let digit = |w: &f32| char::from(b'0' + (3.0 + 3.0 * w / whole).round() as u8);
            units.push(means.iter().map(digit).collect());
            scales.push((f64::from(scale) * 1e4).round() / 1e4);
        }
        Some(Self { units, scales })
    }
}

/// Means over 2 x 2 pixels.
fn halved(pixels: &[f32]) -> Vec<f32> {
    let half = SIDE / 2;
    (0..half * half)
        .map(|i| {
            let at = 2 * (i / half) * SIDE + 2 * (i % half);
            let four = [at, at + 1, at + SIDE, at + SIDE + 1];
            four.map(|p| pixels[p]).iter().sum::<f32>() / 4.0
        })
        .collect()
}

/// One hidden layer on one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LayerLook {
    /// For each unit its output h as a share of the layer's largest: 0 is silent, 1 to 255 active.
    pub output: Vec<u8>,
    /// For each unit its drive z before competition, from `low` (0) to `high` (255).
    pub drive: Vec<u8>,
    /// The smallest drive.
    pub low: f64,
    /// The largest drive.
    pub high: f64,
    /// The line that competition draws, beta times c: what lies above it is active (if it is above 0).
    pub line: f64,
    /// Units with h > 0.
    pub active: u32,
}

/// A lane's network on one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Look {
    /// Hidden layers.
    pub layers: Vec<LayerLook>,
    /// The category it reads: 0 to 9.
    pub answer: u32,
    /// How sure it is of that: the category's softmax, 0 to 1.
    pub confidence: f64,
}

impl LayerLook {
    fn of(drive: &[f32], output: &[f32], line: f32) -> Self {
        let low = drive.iter().copied().fold(f32::INFINITY, f32::min);
        let high = drive.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let top = output.iter().copied().fold(0.0, f32::max);
        let share = |h: f32| {
            if h > 0.0 {
                (255.0 * h / top).max(1.0) as u8
            } else {
                0
            }
        };
        let wide = (high - low).max(f32::MIN_POSITIVE);
        Self {
            output: output.iter().map(|&h| share(h)).collect(),
            drive: drive
                .iter()
                .map(|&z| (255.0 * (z - low) / wide).round() as u8)
                .collect(),
            low: low.into(),
            high: high.into(),
            line: line.into(),
            active: output.iter().filter(|&&h| h > 0.0).count() as u32,
        }
    }
}

impl Look {
    /// A copy that takes less room in a file: drives and outputs in 51 steps instead of 255.
    #[must_use]
    pub fn coarse(&self) -> Self {
        const STEP: u8 = 5;
        let near = |byte: u8| (byte / STEP + u8::from(byte % STEP > STEP / 2)) * STEP;
        let mut look = self.clone();
        for layer in &mut look.layers {
            layer.drive.iter_mut().for_each(|d| *d = near(*d));
            // What is active stays so.
            let active = layer.output.iter_mut().filter(|h| **h > 0);
            active.for_each(|h| *h = near(*h).max(1));
        }
        look
    }

    /// At a network's image (0 to 1).
    pub fn at(model: &Model, config: &Config, state: LaneState<f32>, image: &[f32]) -> Self {
        let beta = state.beta.clone();
        let rule = Rule::of(config, Condition::Baseline);
        let seen = Reference::new(model, &rule, state).forward(image, Lesion::Intact);
        let layers = seen.drive.iter().zip(&seen.outputs);
        let lines = beta.iter().zip(&seen.level).map(|(beta, c)| beta * c);
        let category = &seen.logits[0];
        let mut answer = 0;
        for (class, z) in category.iter().enumerate() {
            if *z > category[answer] {
                answer = class;
            }
        }
        let top = category[answer];
        let mass: f32 = category.iter().map(|z| (z - top).exp()).sum();
        Self {
            layers: layers
                .zip(lines)
                .map(|((z, h), line)| LayerLook::of(z, h, line))
                .collect(),
            answer: answer as u32,
            confidence: f64::from(1.0 / mass),
        }
    }
}

/// One lane's looks over the stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct WatchedLane {
    /// Which lane.
    #[serde(flatten)]
    pub lane: Lane,
    /// Before training, then after each task.
    pub looks: Vec<Look>,
    /// The first step after a fifth of the tasks, walked through: what is learned first still moves.
    pub trace: StepTrace,
    /// What h1's units have learned after the last task.
    pub learned: Learned,
}

/// What one seed's units did on a probe over a whole run, with where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Watched {
    /// The code's version.
    pub code_version: String,
    /// What was run.
    pub config: Config,
    /// See [`crate::results::Results::draws`].
    pub draws: String,
    /// On which images.
    pub data: DataInfo,
    /// On which engine.
    pub engine: EngineInfo,
    /// The image looked at.
    pub probe: Probe,
    /// Its pixels, 0 to 255, row by row.
    pub pixels: Vec<u8>,
    /// The same digit as each task turns it.
    pub strip: Vec<Vec<u8>>,
    /// Each watched lane.
    pub lanes: Vec<WatchedLane>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments;
    use crate::model::initial;

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
        let seen = Learned::between(&before, &after).unwrap();
        assert_eq!(seen.units[0], "3".repeat(14 * 14));
        assert_eq!(seen.scales, [0.0, 0.5]);
        let unit = seen.units[1].as_bytes();
        // Half of 3 is rounded away from zero.
        assert_eq!(
            (unit[14 + 2], unit[14 * 14 - 1], unit[0]),
            (b'0', b'5', b'3')
        );
    }

    #[test]
    fn a_look_shows_what_competes() {
        let config = experiments::find("figure2").unwrap().config;
        let model = Model::new(&config, PIXELS, CLASSES);
        let mut state = initial(&model, &config, 3);
        state.beta = vec![0.0, 0.2, 0.5, 1.1];
        let image = Probe::default().image();
        let look = Look::at(&model, &config, state, &image);
        for (l, layer) in look.layers.iter().enumerate() {
            let shown = layer.output.iter().filter(|&&h| h > 0).count();
            assert_eq!(shown as u32, layer.active);
            let z = |q: u8| layer.low + f64::from(q) / 255.0 * (layer.high - layer.low);
            let step = (layer.high - layer.low) / 255.0;
            for (&q, &h) in layer.drive.iter().zip(&layer.output) {
                // Away from the line by more than a step of the scale it is clear who is active.
                if (z(q) - layer.line).abs() > step {
                    assert_eq!(h > 0, z(q) > layer.line, "layer {l}");
                }
            }
        }
        // beta above 1: c itself stays below the line, and only those above 1.1 c are active.
        assert!(look.layers[3].active < model.layers[3].k as u32);
        assert!(look.layers[1].active > look.layers[2].active);
        assert!((0.1..=1.0).contains(&look.confidence) && look.answer < 10);
    }

    #[test]
    fn the_probe_is_turned_as_tasks_are() {
        let upright = Probe {
            digit: 1,
            angle: 0.0,
        };
        let lying = Probe {
            digit: 1,
            angle: 90.0,
        };
        let extent = |pixels: &[u8], along: fn(usize) -> usize| {
            let inked: Vec<usize> = (0..PIXELS).filter(|&i| pixels[i] > 60).map(along).collect();
            inked.iter().max().unwrap() - inked.iter().min().unwrap()
        };
        let tall = |p: &Probe| extent(&p.pixels(), |i| i / 28) > extent(&p.pixels(), |i| i % 28);
        assert!(tall(&upright) && !tall(&lying));
        assert_eq!(strip(1, &[0.0, 90.0]), [upright.pixels(), lying.pixels()]);
    }
}

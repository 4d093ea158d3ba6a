//! What a lane's units do on one image.

use serde::{Deserialize, Serialize};

use crate::config::{Condition, Config};
use crate::model::{LaneState, Lesion, Model, Rule};
use crate::numeric::argmax;
use crate::reference::Reference;

/// One hidden layer on one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LayerSnapshot {
    /// For each unit its output h as a share of the layer's largest: 0 is silent, 1 to 255 active.
    pub output: Vec<u8>,
    /// For each unit its pre-activation z before competition, from `low` (0) to `high` (255).
    pub pre_activation: Vec<u8>,
    /// The smallest pre-activation.
    pub low: f64,
    /// The largest pre-activation.
    pub high: f64,
    /// The threshold that competition sets, beta times c: what lies above it is active (if it is above 0).
    pub threshold: f64,
    /// Units with h > 0.
    pub active: u32,
}

/// A lane's network on one image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Snapshot {
    /// For each hidden layer, in beta's order.
    pub layers: Vec<LayerSnapshot>,
    /// The category it reads: 0 to 9.
    pub answer: u32,
    /// How sure it is of that: the category's softmax, 0 to 1.
    pub confidence: f64,
}

impl LayerSnapshot {
    fn of(pre_activation: &[f32], output: &[f32], threshold: f32) -> Self {
        let low = pre_activation.iter().copied().fold(f32::INFINITY, f32::min);
        let high = pre_activation
            .iter()
            .copied()
            .fold(f32::NEG_INFINITY, f32::max);
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
            pre_activation: pre_activation
                .iter()
                .map(|&z| (255.0 * (z - low) / wide).round() as u8)
                .collect(),
            low: low.into(),
            high: high.into(),
            threshold: threshold.into(),
            active: output.iter().filter(|&&h| h > 0.0).count() as u32,
        }
    }
}

impl Snapshot {
    /// Whether all its numbers are finite, as files need them: a lane's that diverges may not be.
    pub fn is_finite(&self) -> bool {
        let of_layer =
            |l: &LayerSnapshot| [l.low, l.high, l.threshold].iter().all(|x| x.is_finite());
        self.confidence.is_finite() && self.layers.iter().all(of_layer)
    }

    /// A smaller copy for a file: pre-activations and outputs in 51 steps instead of 255.
    #[must_use]
    pub fn coarse(&self) -> Self {
        const STEP: u8 = 5;
        let near = |byte: u8| (byte / STEP + u8::from(byte % STEP > STEP / 2)) * STEP;
        let mut snapshot = self.clone();
        for layer in &mut snapshot.layers {
            layer.pre_activation.iter_mut().for_each(|d| *d = near(*d));
            // What is active stays so.
            let active = layer.output.iter_mut().filter(|h| **h > 0);
            active.for_each(|h| *h = near(*h).max(1));
        }
        snapshot
    }

    /// At a network's image (0 to 1).
    pub fn at(model: &Model, config: &Config, state: LaneState<f32>, image: &[f32]) -> Self {
        let beta = state.beta.clone();
        let rule = Rule::of(config, Condition::Baseline);
        let seen = Reference::new(model, &rule, state).forward(image, Lesion::Intact);
        let layers = seen.pre_activation.iter().zip(&seen.outputs);
        let thresholds = beta.iter().zip(&seen.kth_largest).map(|(beta, c)| beta * c);
        let category = &seen.logits[0];
        let answer = argmax(category);
        let top = category[answer];
        let mass: f32 = category.iter().map(|z| (z - top).exp()).sum();
        Self {
            layers: layers
                .zip(thresholds)
                .map(|((z, h), threshold)| LayerSnapshot::of(z, h, threshold))
                .collect(),
            answer: answer as u32,
            confidence: f64::from(1.0 / mass),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits;
    use crate::experiments;
    use crate::inspect::Probe;
    use crate::model::initial;

    #[test]
    fn a_look_shows_what_competes() {
        let config = experiments::find("figure2").unwrap().config;
        let model = Model::new(&config, &digits(0, 0, 0).info);
        let mut state = initial(&model, &config, 3);
        state.beta = vec![0.0, 0.2, 0.5, 1.1];
        let image = Probe::default().image();
        let snapshot = Snapshot::at(&model, &config, state, &image);
        for (l, layer) in snapshot.layers.iter().enumerate() {
            let shown = layer.output.iter().filter(|&&h| h > 0).count();
            assert_eq!(shown as u32, layer.active);
            let z = |q: u8| layer.low + f64::from(q) / 255.0 * (layer.high - layer.low);
            let step = (layer.high - layer.low) / 255.0;
            for (&q, &h) in layer.pre_activation.iter().zip(&layer.output) {
                // Away from the line by more than a step of the scale it is clear who is active.
                if (z(q) - layer.threshold).abs() > step {
                    assert_eq!(h > 0, z(q) > layer.threshold, "layer {l}");
                }
            }
        }
        // beta above 1: c itself stays below the line, and only those above 1.1 c are active.
        assert!(snapshot.layers[3].active < model.layers[3].k as u32);
        assert!(snapshot.layers[1].active > snapshot.layers[2].active);
        assert!((0.1..=1.0).contains(&snapshot.confidence) && snapshot.answer < 10);
    }
}

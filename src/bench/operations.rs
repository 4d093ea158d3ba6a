//! What a step and an image take at least, counted from the network.

use crate::model::{Model, Source};

/// Weights of all matrices.
pub(super) fn weights(model: &Model) -> f64 {
    let matrices = model.matrices.iter();
    matrices.map(|m| m.units * m.fan_in).sum::<usize>() as f64
}

/// Units and inputs of the largest matrix; of none 0.
pub(super) fn largest(model: &Model) -> [u32; 2] {
    let largest = model.matrices.iter().max_by_key(|m| m.units * m.fan_in);
    largest.map_or([0; 2], |m| [m.units as u32, m.fan_in as u32])
}

/// Operations (an addition or a multiplication each) of one observe step of one lane by the copy-free
/// look-ahead: every product once, and the inner products of the norms. For Figure 1 about 28 million.
pub(super) fn of_step(model: &Model, batch: f64, replay: f64) -> f64 {
    let columns = batch + replay;
    let through = 1.0 + batch * columns;
    model
        .matrices
        .iter()
        .map(|m| {
            let weights = (m.units * m.fan_in) as f64;
            let width = (m.units + m.fan_in) as f64;
            // Forward, backward and update; the first layer is gone through once, and not backward.
            let (products, terms) = match m.source {
                Source::Input => (2.0 * columns, columns),
                Source::Layer(_) => (2.0 * through + batch * columns, batch * columns),
            };
            2.0 * weights * products + terms * terms * width
        })
        .sum()
}

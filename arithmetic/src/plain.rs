//! What every way of summing gives, as loops over single numbers: the definition that the kernels are
//! compared with. Matrices lie row by row, vectors without padding.

use crate::{SIXTEEN, Sixteen};

/// Sixteen partial sums joined.
pub fn joined(mut partial: Sixteen) -> f32 {
    for half in [8, 4, 2, 1] {
        for j in 0..half {
            partial[j] += partial[j + half];
        }
    }
    partial[0]
}

/// The inner product along two vectors.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut partial = [0.0; SIXTEEN];
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        partial[i % SIXTEEN] += a * b;
    }
    joined(partial)
}

/// The sum along a vector.
pub fn sum(a: &[f32]) -> f32 {
    let mut partial = [0.0; SIXTEEN];
    for (i, a) in a.iter().enumerate() {
        partial[i % SIXTEEN] += a;
    }
    joined(partial)
}

/// z = W u, or z += W u: weights `[units][fan_in]`.
pub fn dense(weights: &[f32], u: &[f32], z: &mut [f32], add: bool) {
    for (z, weights) in z.iter_mut().zip(weights.chunks_exact(u.len())) {
        let mut sum = if add { *z } else { 0.0 };
        for (w, u) in weights.iter().zip(u) {
            sum += w * u;
        }
        *z = sum;
    }
}

/// e = W^T delta, or e += W^T delta: weights `[units][fan_in]`.
pub fn dense_back(weights: &[f32], delta: &[f32], e: &mut [f32], add: bool) {
    let fan_in = e.len();
    for (j, e) in e.iter_mut().enumerate() {
        let column: Vec<f32> = weights.iter().skip(j).step_by(fan_in).copied().collect();
        let product = dot(&column, delta);
        *e = if add { *e + product } else { product };
    }
}

/// W -= rate x sum_q delta_q u_q^T, the sum in order: weights `[units][fan_in]`.
pub fn update(weights: &mut [f32], deltas: &[&[f32]], inputs: &[&[f32]], rate: f32) {
    let fan_in = inputs.first().map_or(1, |u| u.len());
    for (unit, weights) in weights.chunks_exact_mut(fan_in).enumerate() {
        for (j, w) in weights.iter_mut().enumerate() {
            let mut sum = 0.0;
            for (delta, u) in deltas.iter().zip(inputs) {
                sum += delta[unit] * u[j];
            }
            *w -= rate * sum;
        }
    }
}

//! Matrix products behind slices whose lengths are checked: the only unsafe code here. Natively by the `gemm`
//! crate's float32 part; in the page's wasm by two small kernels of ours, because that crate is 40 kB there.
//!
//! Everything is kept by columns of neighbouring elements: weights as `[fan_in][units]`, samples as
//! `[sample][units]`.
#![allow(unsafe_code)]

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod wasm;

#[cfg(not(target_arch = "wasm32"))]
use native::{combine, overlaps};
#[cfg(target_arch = "wasm32")]
use wasm::{combine, overlaps};

/// Factors of a linear combination: for output row `i` and term `k`, `of[i * row + k * term]`.
#[derive(Clone, Copy)]
struct Factors<'a> {
    of: &'a [f32],
    row: usize,
    term: usize,
}

/// z = W u, or z += W u, for every sample: weights `[fan_in][units]`, inputs `[n][fan_in]`, z `[n][units]`.
pub fn dense(
    weights: &[f32],
    units: usize,
    inputs: &[f32],
    fan_in: usize,
    z: &mut [f32],
    add: bool,
) {
    let samples = inputs.len() / fan_in.max(1);
    let factors = Factors {
        of: inputs,
        row: fan_in,
        term: 1,
    };
    combine(z, (samples, units), factors, weights, fan_in, add, 1.0);
}

/// e = W^T delta, or e += W^T delta: weights `[fan_in][units]`, deltas `[n][units]`, e `[n][fan_in]`.
pub fn dense_back(
    weights: &[f32],
    units: usize,
    deltas: &[f32],
    fan_in: usize,
    e: &mut [f32],
    add: bool,
) {
    let samples = deltas.len() / units.max(1);
    overlaps(e, deltas, samples, weights, fan_in, units, add);
}

/// W -= rate x sum_q delta_q u_q^T: weights `[fan_in][units]`, deltas `[q][units]`, inputs `[q][fan_in]`.
pub fn update(
    weights: &mut [f32],
    units: usize,
    deltas: &[f32],
    inputs: &[f32],
    fan_in: usize,
    rate: f32,
) {
    let terms = deltas.len() / units.max(1);
    let factors = Factors {
        of: inputs,
        row: 1,
        term: fan_in,
    };
    combine(
        weights,
        (fan_in, units),
        factors,
        deltas,
        terms,
        true,
        -rate,
    );
}

/// All inner products of some vectors with each other: vectors `[n][width]`, products `[n][n]`.
pub fn gram(vectors: &[f32], width: usize, products: &mut [f32]) {
    let n = vectors.len() / width.max(1);
    overlaps(products, vectors, n, vectors, n, width, false);
}

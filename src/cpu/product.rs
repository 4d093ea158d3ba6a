//! Matrix products by the `gemm` crate's float32 part, behind slices whose lengths are checked: the only unsafe code here.
//!
//! Everything is kept by columns of neighbouring elements: weights as [fan_in][units], samples as
//! [sample][units].
#![allow(unsafe_code)]

/// A matrix in a slice: rows, columns, and the distance of neighbours along each.
#[derive(Clone, Copy)]
struct View<'a> {
    of: &'a [f32],
    row: usize,
    column: usize,
}

/// target = keep x target + scale x left right, of shape [rows x columns], over `depth` products each.
fn product(
    target: &mut [f32],
    (rows, columns, depth): (usize, usize, usize),
    left: View<'_>,
    right: View<'_>,
    keep: bool,
    scale: f32,
) {
    if rows == 0 || columns == 0 {
        return;
    }
    let spans = |v: View<'_>, rows: usize, columns: usize| {
        rows == 0 || columns == 0 || (rows - 1) * v.row + (columns - 1) * v.column < v.of.len()
    };
    // Target: columns follow each other, `rows` apart.
    assert!(
        target.len() >= rows * columns && spans(left, rows, depth) && spans(right, depth, columns),
        "a product of [{rows} x {depth}] and [{depth} x {columns}] reaches past its slices"
    );
    // SAFETY: by the assertion every element that gemm reads or writes lies within the three slices;
    // `target` is borrowed mutably, so that it overlaps with neither of the others.
    unsafe {
        gemm_f32::gemm::f32::get_gemm_fn()(
            rows,
            columns,
            depth,
            target.as_mut_ptr(),
            rows as isize,
            1,
            keep,
            left.of.as_ptr(),
            left.column as isize,
            left.row as isize,
            right.of.as_ptr(),
            right.column as isize,
            right.row as isize,
            if keep { 1.0 } else { 0.0 },
            scale,
            false,
            false,
            false,
            gemm_common::Parallelism::None,
        );
    }
}

/// z = W u, or z += W u, for every sample: weights [fan_in][units], inputs [n][fan_in], z [n][units].
pub fn dense(
    weights: &[f32],
    units: usize,
    inputs: &[f32],
    fan_in: usize,
    z: &mut [f32],
    add: bool,
) {
    let samples = inputs.len() / fan_in.max(1);
    let w = View {
        of: weights,
        row: 1,
        column: units,
    };
    let u = View {
        of: inputs,
        row: 1,
        column: fan_in,
    };
    product(z, (units, samples, fan_in), w, u, add, 1.0);
}

/// e = W^T delta, or e += W^T delta: weights [fan_in][units], deltas [n][units], e [n][fan_in].
pub fn dense_back(
    weights: &[f32],
    units: usize,
    deltas: &[f32],
    fan_in: usize,
    e: &mut [f32],
    add: bool,
) {
    let samples = deltas.len() / units.max(1);
    let transposed = View {
        of: weights,
        row: units,
        column: 1,
    };
    let d = View {
        of: deltas,
        row: 1,
        column: units,
    };
    product(e, (fan_in, samples, units), transposed, d, add, 1.0);
}

/// W -= rate x sum_q delta_q u_q^T: weights [fan_in][units], deltas [q][units], inputs [q][fan_in].
pub fn update(
    weights: &mut [f32],
    units: usize,
    deltas: &[f32],
    inputs: &[f32],
    fan_in: usize,
    rate: f32,
) {
    let terms = deltas.len() / units.max(1);
    let d = View {
        of: deltas,
        row: 1,
        column: units,
    };
    let transposed = View {
        of: inputs,
        row: fan_in,
        column: 1,
    };
    product(weights, (units, fan_in, terms), d, transposed, true, -rate);
}

/// All inner products of some vectors with each other: vectors [n][width], overlaps [n][n].
pub fn gram(vectors: &[f32], width: usize, overlaps: &mut [f32]) {
    let n = vectors.len() / width.max(1);
    let rows = View {
        of: vectors,
        row: width,
        column: 1,
    };
    let columns = View {
        of: vectors,
        row: 1,
        column: width,
    };
    product(overlaps, (n, n, width), rows, columns, false, 1.0);
}

//! The products by the `gemm` crate's float32 part.

use super::Factors;

/// A matrix in a slice: rows, columns, and the distance of neighbours along each.
#[derive(Clone, Copy)]
struct View<'a> {
    of: &'a [f32],
    row: usize,
    column: usize,
}

/// target = keep x target + scale x left right, of shape `[rows x columns]`, over `depth` products each.
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

/// out_i = keep x out_i + scale x sum_k factors(i, k) terms_k, for `rows` rows of `width`.
pub(super) fn combine(
    out: &mut [f32],
    (rows, width): (usize, usize),
    factors: Factors<'_>,
    terms: &[f32],
    depth: usize,
    keep: bool,
    scale: f32,
) {
    let terms = View {
        of: terms,
        row: 1,
        column: width,
    };
    let factors = View {
        of: factors.of,
        row: factors.term,
        column: factors.row,
    };
    product(out, (width, rows, depth), terms, factors, keep, scale);
}

/// `out[i][j]` = (keep x `out[i][j]`) + a_i . b_j, for vectors of one width.
pub(super) fn overlaps(
    out: &mut [f32],
    a: &[f32],
    a_count: usize,
    b: &[f32],
    b_count: usize,
    width: usize,
    keep: bool,
) {
    let b = View {
        of: b,
        row: width,
        column: 1,
    };
    let a = View {
        of: a,
        row: 1,
        column: width,
    };
    product(out, (b_count, a_count, width), b, a, keep, 1.0);
}

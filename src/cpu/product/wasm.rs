//! The products in the browser: two kernels of 128-bit vectors, with tiles that stay in registers and nothing
//! packed, since a step's products are skinny.
//!
//! Sums have names and tiles are written out by macros: optimised for size, as the page's wasm is, the
//! compiler keeps neither arrays of vectors in registers nor small functions inline, and the products become
//! five times slower.

use core::arch::wasm32::{
    f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat, v128, v128_load, v128_load32_splat,
    v128_store,
};

use super::Factors;

/// Elements of a tile's width in [`combine`]: two vectors.
const WIDE: usize = 8;

/// Makes sure that `count` strided rows of `width` elements lie within a slice.
fn check(held: usize, count: usize, stride: usize, width: usize) {
    assert!(
        count == 0 || width == 0 || (count - 1) * stride + width <= held,
        "a product reaches past its slices"
    );
}

/// A function for some rows of [`combine`], with the rows' sums named: all of `width` for `depth` terms each.
macro_rules! rows {
    ($name:ident: $($i:literal $low:ident $high:ident),*) => {
        /// # Safety
        /// The rows of `out`, their factors and all terms lie where they are said to.
        #[target_feature(enable = "simd128")]
        unsafe fn $name(
            out: *mut f32,
            (factors, row, term): (*const f32, usize, usize),
            terms: *const f32,
            (width, depth): (usize, usize),
            (keep, scale): (bool, f32),
        ) {
            // SAFETY: by the caller's word; every offset is below the rows' and terms' ends.
            unsafe {
                let scales = f32x4_splat(scale);
                let whole = width - width % WIDE;
                let mut at = 0;
                while at < whole {
                    $(let (mut $low, mut $high) = (f32x4_splat(0.0), f32x4_splat(0.0));)*
                    let (mut from, mut factor) = (terms.add(at), factors);
                    for _ in 0..depth {
                        let low = v128_load(from.cast());
                        let high = v128_load(from.add(4).cast());
                        $(
                            let f = v128_load32_splat(factor.add($i * row).cast());
                            $low = f32x4_add($low, f32x4_mul(f, low));
                            $high = f32x4_add($high, f32x4_mul(f, high));
                        )*
                        from = from.add(width);
                        factor = factor.add(term);
                    }
                    $(
                        let to: *mut v128 = out.add($i * width + at).cast();
                        let (mut low, mut high) = (f32x4_mul(scales, $low), f32x4_mul(scales, $high));
                        if keep {
                            low = f32x4_add(v128_load(to), low);
                            high = f32x4_add(v128_load(to.add(1)), high);
                        }
                        v128_store(to, low);
                        v128_store(to.add(1), high);
                    )*
                    at += WIDE;
                }
                while at < width {
                    $(
                        let mut sum = 0.0;
                        for k in 0..depth {
                            sum += *factors.add($i * row + k * term) * *terms.add(k * width + at);
                        }
                        let to = out.add($i * width + at);
                        *to = scale * sum + if keep { *to } else { 0.0 };
                    )*
                    at += 1;
                }
            }
        }
    };
}

rows!(four_rows: 0 a0 a1, 1 b0 b1, 2 c0 c1, 3 d0 d1);
rows!(one_row: 0 a0 a1);

/// out_i = keep x out_i + scale x sum_k factors(i, k) terms_k, for `rows` rows of `width`. A browser that
/// lacks these instructions refuses the whole module; code that runs has them.
#[target_feature(enable = "simd128")]
pub(super) fn combine(
    out: &mut [f32],
    (rows, width): (usize, usize),
    factors: Factors<'_>,
    terms: &[f32],
    depth: usize,
    keep: bool,
    scale: f32,
) {
    check(out.len(), rows, width, width);
    check(terms.len(), depth, width, width);
    if rows > 0 && depth > 0 {
        check(
            factors.of.len(),
            1,
            0,
            (rows - 1) * factors.row + (depth - 1) * factors.term + 1,
        );
    }
    let mut at = 0;
    while at < rows {
        let of = if at + 4 <= rows { four_rows } else { one_row };
        let shape = (width, depth);
        // SAFETY: by the checks above, rows `at` on (four only where there are four), their factors and all
        // terms lie within the slices; `out` is borrowed mutably, so that it overlaps with neither of the
        // others.
        unsafe {
            let from = (
                factors.of.as_ptr().add(at * factors.row),
                factors.row,
                factors.term,
            );
            of(
                out.as_mut_ptr().add(at * width),
                from,
                terms.as_ptr(),
                shape,
                (keep, scale),
            );
        }
        at += if at + 4 <= rows { 4 } else { 1 };
    }
}

/// The sum of a vector's elements.
macro_rules! sum_of {
    ($v:ident) => {
        (f32x4_extract_lane::<0>($v) + f32x4_extract_lane::<2>($v))
            + (f32x4_extract_lane::<1>($v) + f32x4_extract_lane::<3>($v))
    };
}

/// The inner products of two vectors with four others, all of one width.
///
/// # Safety
/// All six are `width` long.
#[target_feature(enable = "simd128")]
unsafe fn two_by_four(
    [a0, a1]: [*const f32; 2],
    [b0, b1, b2, b3]: [*const f32; 4],
    width: usize,
) -> [[f32; 4]; 2] {
    // SAFETY: by the caller's word; every offset is below `width`.
    unsafe {
        let zero = f32x4_splat(0.0);
        let (mut s00, mut s01, mut s02, mut s03) = (zero, zero, zero, zero);
        let (mut s10, mut s11, mut s12, mut s13) = (zero, zero, zero, zero);
        let whole = width - width % 4;
        let mut at = 0;
        while at < whole {
            let (x, y) = (v128_load(a0.add(at).cast()), v128_load(a1.add(at).cast()));
            let (p, q) = (v128_load(b0.add(at).cast()), v128_load(b1.add(at).cast()));
            s00 = f32x4_add(s00, f32x4_mul(x, p));
            s10 = f32x4_add(s10, f32x4_mul(y, p));
            s01 = f32x4_add(s01, f32x4_mul(x, q));
            s11 = f32x4_add(s11, f32x4_mul(y, q));
            let (p, q) = (v128_load(b2.add(at).cast()), v128_load(b3.add(at).cast()));
            s02 = f32x4_add(s02, f32x4_mul(x, p));
            s12 = f32x4_add(s12, f32x4_mul(y, p));
            s03 = f32x4_add(s03, f32x4_mul(x, q));
            s13 = f32x4_add(s13, f32x4_mul(y, q));
            at += 4;
        }
        let mut sums = [
            [sum_of!(s00), sum_of!(s01), sum_of!(s02), sum_of!(s03)],
            [sum_of!(s10), sum_of!(s11), sum_of!(s12), sum_of!(s13)],
        ];
        while at < width {
            let (x, y) = (*a0.add(at), *a1.add(at));
            for (j, b) in [b0, b1, b2, b3].into_iter().enumerate() {
                sums[0][j] += x * *b.add(at);
                sums[1][j] += y * *b.add(at);
            }
            at += 1;
        }
        sums
    }
}

/// `out[i][j]` = (keep x `out[i][j]`) + a_i . b_j, for vectors of one width.
#[target_feature(enable = "simd128")]
pub(super) fn overlaps(
    out: &mut [f32],
    a: &[f32],
    a_count: usize,
    b: &[f32],
    b_count: usize,
    width: usize,
    keep: bool,
) {
    check(out.len(), a_count, b_count, b_count);
    check(a.len(), a_count, width, width);
    check(b.len(), b_count, width, width);
    for i in (0..a_count).step_by(2) {
        for j in (0..b_count).step_by(4) {
            // Past the end the last vector stands in; what comes of it is not kept.
            // SAFETY: by the checks above, every vector that is named lies within its slice.
            let sums = unsafe {
                let left = |k: usize| a.as_ptr().add((i + k).min(a_count - 1) * width);
                let right = |k: usize| b.as_ptr().add((j + k).min(b_count - 1) * width);
                two_by_four(
                    [left(0), left(1)],
                    [right(0), right(1), right(2), right(3)],
                    width,
                )
            };
            for (k, sums) in sums.iter().enumerate().take(a_count - i) {
                for (l, sum) in sums.iter().enumerate().take(b_count - j) {
                    let out = &mut out[(i + k) * b_count + j + l];
                    *out = sum + if keep { *out } else { 0.0 };
                }
            }
        }
    }
}

//! Sums along and across vectors, as loops that the compiler makes wide where they are inlined into what
//! [`crate::Level::dispatch`] does.

use crate::{SIXTEEN, Sixteen};

/// Sixteen partial sums joined: j takes in j + 8, then j + 4, j + 2, j + 1.
#[inline(always)]
pub fn joined(partial: &Sixteen) -> f32 {
    let mut eight = [0.0; 8];
    for j in 0..8 {
        eight[j] = partial[j] + partial[j + 8];
    }
    let mut four = [0.0; 4];
    for j in 0..4 {
        four[j] = eight[j] + eight[j + 4];
    }
    (four[0] + four[2]) + (four[1] + four[3])
}

/// The inner product along two vectors of one length.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut partial = [0.0; SIXTEEN];
    let (a, a_rest) = a.as_chunks::<SIXTEEN>();
    let (b, b_rest) = b.as_chunks::<SIXTEEN>();
    for (a, b) in a.iter().zip(b) {
        for i in 0..SIXTEEN {
            partial[i] += a[i] * b[i];
        }
    }
    for (partial, (a, b)) in partial.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *partial += a * b;
    }
    joined(&partial)
}

/// The sum along a vector.
#[inline(always)]
pub fn sum(a: &[f32]) -> f32 {
    let mut partial = [0.0; SIXTEEN];
    let (a, rest) = a.as_chunks::<SIXTEEN>();
    for a in a {
        for i in 0..SIXTEEN {
            partial[i] += a[i];
        }
    }
    for (partial, a) in partial.iter_mut().zip(rest) {
        *partial += a;
    }
    joined(&partial)
}

/// x += factor y.
#[inline(always)]
pub fn add_scaled(x: &mut [f32], factor: f32, y: &[f32]) {
    for (x, &y) in x.iter_mut().zip(y) {
        *x += factor * y;
    }
}

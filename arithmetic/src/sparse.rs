//! Inputs that are 0 in every vector of a few: an image's border, units that are silent. They are left out
//! of products, where that changes no bit.

use crate::wide::{Wide, wide};
use crate::{SIXTEEN, padded};

/// Where leaving out is worth while: at most so many of twenty inputs are left.
const WORTH: usize = 17;

/// Which inputs are not 0 in all of some vectors (one after the other, each padded); none if they are so
/// many that leaving out the others is not worth while. NaN is not 0.
#[inline(always)]
pub(crate) fn present<S: Wide>(simd: S, vectors: &[f32], fan_in: usize) -> Option<Vec<u32>> {
    let mut any = vec![[0_u32; SIXTEEN]; padded(fan_in) / SIXTEEN];
    for vector in vectors.chunks_exact(padded(fan_in)) {
        let vector: &[S::u32s] = bytemuck::cast_slice(vector);
        let any: &mut [S::u32s] = bytemuck::cast_slice_mut(&mut any);
        for (any, &bits) in any.iter_mut().zip(vector) {
            *any = simd.or_u32s(*any, bits);
        }
    }
    let any = &any.as_flattened()[..fan_in];
    let count: u32 = any.iter().map(|&bits| u32::from(bits != 0)).sum();
    let count = count as usize;
    if count * 20 > fan_in * WORTH {
        return None;
    }
    let mut list = Vec::with_capacity(count);
    for (j, &bits) in any.iter().enumerate() {
        if bits != 0 {
            list.push(j as u32);
        }
    }
    Some(list)
}

/// Whether all of some numbers, a whole number of sixteens, are finite.
#[inline(always)]
pub(crate) fn are_finite<S: Wide>(simd: S, numbers: &[f32]) -> bool {
    let zero = simd.splat_f32s(0.0);
    let mut nothing = [zero; 4];
    for (i, &x) in wide::<S>(numbers).iter().enumerate() {
        nothing[i % 4] = simd.add_f32s(nothing[i % 4], simd.mul_f32s(x, zero));
    }
    bytemuck::cast_slice::<_, f32>(&nothing)
        .iter()
        .all(|&x| x == 0.0)
}

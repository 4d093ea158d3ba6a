//! The k-th largest of some numbers.

use crate::level::Kernel;
use crate::wide::{Wide, wide, wide_mut};
use crate::{Level, SIXTEEN, Sixteen};

/// The k-th largest, duplicates counted; k from 1 to the length. Up to sixteen, NaN counts as less than all.
pub fn kth_largest(level: Level, values: &[f32], k: usize) -> f32 {
    if k > SIXTEEN || k > values.len() {
        let mut sorted = values.to_vec();
        let at = k.clamp(1, sorted.len()) - 1;
        let (_, kth, _) = sorted.select_nth_unstable_by(at, |a, b| b.total_cmp(a));
        return *kth;
    }
    level.run(Largest { values, k })
}

struct Largest<'a> {
    values: &'a [f32],
    k: usize,
}

impl Kernel for Largest<'_> {
    type Output = f32;

    /// The largest values of sixteen classes are found first: k values reach the k-th largest of those. Few
    /// are above it, and these are compared one by one.
    #[inline(always)]
    fn with<S: Wide>(self, simd: S) -> f32 {
        let (sixteens, rest) = self.values.as_chunks::<SIXTEEN>();
        let mut largest: Sixteen = [f32::NEG_INFINITY; SIXTEEN];
        for first in 0..SIXTEEN / S::F32_LANES {
            let mut most = simd.splat_f32s(f32::NEG_INFINITY);
            for sixteen in sixteens {
                let some = wide::<S>(sixteen)[first];
                most = simd.select_f32s(simd.greater_than_f32s(some, most), some, most);
            }
            wide_mut::<S>(&mut largest)[first] = most;
        }
        for (largest, &value) in largest.iter_mut().zip(rest) {
            *largest = if value > *largest { value } else { *largest };
        }
        let mut top = [f32::NEG_INFINITY; SIXTEEN];
        insert(&mut top[..self.k], &largest);
        let bound = top[self.k - 1];
        top.fill(bound);
        let bounds = simd.splat_f32s(bound);
        for sixteen in sixteens {
            for some in wide::<S>(sixteen) {
                let above = simd.greater_than_f32s(*some, bounds);
                if simd.first_true_m32s(above) < S::F32_LANES {
                    insert(
                        &mut top[..self.k],
                        bytemuck::cast_slice(std::slice::from_ref(some)),
                    );
                }
            }
        }
        insert(&mut top[..self.k], rest);
        top[self.k - 1]
    }
}

/// Puts values into a list in descending order, whose last ones fall out.
#[inline(always)]
fn insert(top: &mut [f32], values: &[f32]) {
    let last = top.len() - 1;
    for &value in values {
        if value > top[last] {
            let mut at = last;
            while at > 0 && top[at - 1] < value {
                top[at] = top[at - 1];
                at -= 1;
            }
            top[at] = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kth_largest_counts_duplicates() {
        Level::all().into_iter().for_each(at);
    }

    fn at(level: Level) {
        let values: Vec<f32> = (0..300).map(|i| ((i * 37) % 23) as f32 - 11.0).collect();
        let mut sorted = values.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        for k in [1, 2, 3, 15, 16, 17, 150, 300] {
            assert_eq!(kth_largest(level, &values, k), sorted[k - 1], "{k}");
        }
        // All lengths and places: the largest may be side by side, far apart, or in the rest.
        for length in 1..100 {
            for turn in 0..length {
                let mut values: Vec<f32> = (0..length).map(|i| (i * i % 41) as f32).collect();
                values.rotate_left(turn);
                let mut sorted = values.clone();
                sorted.sort_by(|a, b| b.total_cmp(a));
                for k in 1..=length.min(16) {
                    assert_eq!(
                        kth_largest(level, &values, k),
                        sorted[k - 1],
                        "{length} {turn} {k}"
                    );
                }
            }
        }
        assert_eq!(kth_largest(level, &[-2.0, -1.0], 2), -2.0);
    }
}

//! Arithmetic on lists of numbers where speed does not matter: the reference, the shaders' twins,
//! comparisons, pictures. (The CPU engine has its own: the crate `metacls_arithmetic`.)

pub mod codes;
pub mod cores;

use num_traits::{Float, FromPrimitive, NumAssign};

/// A number: f32 or f64.
pub trait Real:
    Float + NumAssign + FromPrimitive + std::iter::Sum + std::fmt::Debug + Send + Sync + 'static
{
    /// The nearest number to a float64.
    fn of(x: f64) -> Self;
}

impl Real for f32 {
    fn of(x: f64) -> Self {
        x as Self
    }
}

impl Real for f64 {
    fn of(x: f64) -> Self {
        x
    }
}

/// The inner product, in eight running sums (which the compiler makes one vector of). Their order is part of
/// what the reference computes, to the bit.
pub fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut sums = [T::zero(); 8];
    let (whole_a, whole_b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: T = whole_a
        .remainder()
        .iter()
        .zip(whole_b.remainder())
        .map(|(&x, &y)| x * y)
        .sum();
    for (x, y) in whole_a.zip(whole_b) {
        for i in 0..8 {
            sums[i] += x[i] * y[i];
        }
    }
    sums.into_iter().sum::<T>() + rest
}

/// The inner product of float32 vectors in float64.
pub fn dot_wide(a: &[f32], b: &[f32]) -> f64 {
    let products = a.iter().zip(b);
    products.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

/// The k-th entry in descending order, duplicates counted; k from 1, held within the number of entries.
///
/// # Panics
/// If there are no entries.
pub fn kth_largest<T: Real>(values: &[T], k: usize) -> T {
    let mut sorted = values.to_vec();
    let at = k.clamp(1, sorted.len()) - 1;
    // NaN compares as equal: a lane that is not finite is found and named elsewhere.
    let (_, kth, _) = sorted.select_nth_unstable_by(at, |a, b| {
        b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal)
    });
    *kth
}

/// The index of the largest number, the first of equals; 0 of none.
pub fn argmax<T: PartialOrd>(values: &[T]) -> usize {
    let mut best = 0;
    for (i, x) in values.iter().enumerate() {
        if *x > values[best] {
            best = i;
        }
    }
    best
}

/// Numbers in float64.
pub fn widen<T: Real>(values: &[T]) -> Vec<f64> {
    let wide = |x: &T| x.to_f64().unwrap_or(f64::NAN);
    values.iter().map(wide).collect()
}

/// The nearest numbers of another precision.
pub fn cast<T: Real>(values: &[f64]) -> Vec<T> {
    values.iter().map(|&x| T::of(x)).collect()
}

/// The largest difference of two lists, relative to the largest entry of the second; infinite where they
/// differ in number or something is not finite.
pub fn deviation(ours: &[f64], theirs: &[f64]) -> f64 {
    if ours.len() != theirs.len() {
        return f64::INFINITY;
    }
    let largest = theirs.iter().fold(f64::MIN_POSITIVE, |m, x| m.max(x.abs()));
    let off = ours
        .iter()
        .zip(theirs)
        .map(|(a, b)| (a - b).abs() / largest);
    off.fold(0.0, |worst: f64, off| {
        if off.is_finite() {
            worst.max(off)
        } else {
            f64::INFINITY
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_reach_the_last_element() {
        for n in [0, 1, 7, 8, 9, 40] {
            let v: Vec<f32> = (0..n).map(|i| i as f32).collect();
            let truth: f32 = v.iter().map(|x| x * x).sum();
            assert_eq!(dot(&v, &v), truth);
            assert_eq!(dot_wide(&v, &v), f64::from(truth));
        }
    }

    #[test]
    fn the_kth_largest_counts_duplicates() {
        let values = [0.5, -1.0, 2.0, 2.0, 0.0];
        let sorted = [2.0, 2.0, 0.5, 0.0, -1.0];
        for (i, &x) in sorted.iter().enumerate() {
            assert_eq!(kth_largest(&values, i + 1), x);
        }
        assert_eq!(kth_largest(&values, 9), -1.0);
    }

    #[test]
    fn the_first_of_equals_is_the_largest() {
        assert_eq!(argmax(&[1.0, 3.0, 3.0, -1.0]), 1);
        assert_eq!(argmax::<f32>(&[]), 0);
    }

    #[test]
    fn what_is_not_finite_does_not_pass_for_small() {
        assert_eq!(deviation(&[1.0, 2.1], &[1.0, 2.0]), (2.1 - 2.0) / 2.0);
        assert_eq!(deviation(&[f64::NAN], &[1.0]), f64::INFINITY);
        assert_eq!(deviation(&[1.0], &[f64::NAN]), f64::INFINITY);
        assert_eq!(deviation(&[1.0], &[1.0, 1.0]), f64::INFINITY);
        assert_eq!(deviation(&[0.0], &[0.0]), 0.0);
    }
}

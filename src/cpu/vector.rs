//! Loops over one vector, written so that the compiler makes wide instructions of them where they are inlined
//! into a dispatched closure (`pulp`).

/// The inner product, in sixteen running sums.
#[inline(always)]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    let (a, a_rest) = a.as_chunks::<16>();
    let (b, b_rest) = b.as_chunks::<16>();
    for (a, b) in a.iter().zip(b) {
        for i in 0..16 {
            sums[i] += a[i] * b[i];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

/// x += factor y.
#[inline(always)]
pub fn add_scaled(x: &mut [f32], factor: f32, y: &[f32]) {
    for (x, &y) in x.iter_mut().zip(y) {
        *x += factor * y;
    }
}

/// The k-th largest, duplicates counted; k from 1 to the length.
#[inline(always)]
pub fn kth_largest(values: &[f32], k: usize) -> f32 {
    const FEW: usize = 16;
    if k > FEW || k > values.len() {
        let mut sorted = values.to_vec();
        let at = k.clamp(1, sorted.len()) - 1;
        let (_, kth, _) = sorted.select_nth_unstable_by(at, |a, b| b.total_cmp(a));
        return *kth;
    }
    // The k largest so far in descending order; most values fall short of the last.
    let mut top = [f32::NEG_INFINITY; FEW];
    for &value in values {
        if value > top[k - 1] {
            let mut at = k - 1;
            while at > 0 && top[at - 1] < value {
                top[at] = top[at - 1];
                at -= 1;
            }
            top[at] = value;
        }
    }
    top[k - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kth_largest_counts_duplicates() {
        let values: Vec<f32> = (0..300).map(|i| ((i * 37) % 23) as f32 - 11.0).collect();
        let mut sorted = values.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        for k in [1, 2, 3, 15, 16, 17, 150, 300] {
            assert_eq!(kth_largest(&values, k), sorted[k - 1], "{k}");
        }
        assert_eq!(kth_largest(&[-2.0, -1.0], 2), -2.0);
    }

    #[test]
    fn sums_reach_the_last_element() {
        for n in [0, 1, 15, 16, 17, 40] {
            let v: Vec<f32> = (0..n).map(|i| i as f32).collect();
            let truth: f32 = v.iter().map(|x| x * x).sum();
            assert_eq!(dot(&v, &v), truth);
        }
    }
}

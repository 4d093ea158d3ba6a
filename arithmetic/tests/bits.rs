//! Every kernel at every level that this machine has, or (as a module of the wasm tests) that a browser has,
//! gives the bits of the plain loops.
#![allow(clippy::unwrap_used)]

use metacls_arithmetic::{Level, Panels, padded, plain, products, sums};

/// Numbers of many sizes and both signs; some are 0, and some so small that a flush to zero would show.
fn numbers(count: usize, salt: u64) -> Vec<f32> {
    let mut state = salt.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(salt | 1);
            let bits = (state >> 33) as u32;
            let sign = if bits & 1 == 0 { 1.0 } else { -1.0 };
            let size = [1.0, 1e-3, 7.0, 0.0, 1e-20, 3e-39][(bits >> 1) as usize % 6];
            sign * size * (1.0 + (bits >> 9) as f32 / 8_388_608.0)
        })
        .collect()
}

/// Vectors with their padding.
fn with_padding(vectors: &[f32], width: usize) -> Vec<f32> {
    let row = |v: &[f32]| [v, &vec![0.0; padded(width) - width]].concat();
    vectors.chunks_exact(width).flat_map(row).collect()
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|x| x.to_bits()).collect()
}

/// The vectors without their padding.
fn without(vectors: &[f32], width: usize) -> Vec<u32> {
    let rows = vectors.chunks_exact(padded(width));
    bits(&rows.flat_map(|v| v[..width].to_vec()).collect::<Vec<_>>())
}

const SHAPES: [(usize, usize, usize); 9] = [
    (1, 1, 1),
    (10, 250, 10),
    (16, 16, 5),
    (17, 31, 3),
    (33, 100, 7),
    (250, 784, 11),
    (24, 7, 64),
    (2, 3, 14),
    (48, 1, 23),
];

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn products_are_the_plain_ones_at_every_level() {
    for (units, fan_in, n) in SHAPES {
        let weights = numbers(units * fan_in, 1);
        let inputs = numbers(n * fan_in, 2);
        let deltas = numbers(n * units, 3);
        let panels = Panels::new(&weights, units, fan_in);
        assert_eq!(bits(&panels.entries()), bits(&weights));
        let (wide_inputs, wide_deltas) =
            (with_padding(&inputs, fan_in), with_padding(&deltas, units));
        for level in Level::all() {
            let name = format!("{} {units} x {fan_in}, {n}", level.name());
            for add in [false, true] {
                let before = numbers(n * units, 4);
                let mut z = before.clone();
                let mut ours = with_padding(&before, units);
                for (z, u) in z.chunks_exact_mut(units).zip(inputs.chunks_exact(fan_in)) {
                    plain::dense(&weights, u, z, add);
                }
                products::dense(level, &panels, &wide_inputs, &mut ours, add);
                assert_eq!(without(&ours, units), bits(&z), "dense, {name}, {add}");
                let before = numbers(n * fan_in, 5);
                let mut e = before.clone();
                let mut ours = with_padding(&before, fan_in);
                for (e, d) in e.chunks_exact_mut(fan_in).zip(deltas.chunks_exact(units)) {
                    plain::dense_back(&weights, d, e, add);
                }
                products::dense_back(level, &panels, &wide_deltas, &mut ours, add);
                assert_eq!(without(&ours, fan_in), bits(&e), "back, {name}, {add}");
            }
            let mut updated = weights.clone();
            let mut ours = panels.clone();
            let rows = |v: &'static [f32], width| v.chunks_exact(width).collect::<Vec<_>>();
            let (d, u) = (deltas.clone().leak(), inputs.clone().leak());
            plain::update(&mut updated, &rows(d, units), &rows(u, fan_in), 0.37);
            products::update(level, &mut ours, &wide_deltas, &wide_inputs, 0.37);
            assert_eq!(bits(&ours.entries()), bits(&updated), "update, {name}");
            // Units past the last still have weight 0.
            assert_eq!(
                ours,
                Panels::new(&updated, units, fan_in),
                "padding, {name}"
            );
            let mut square = vec![0.0; n * n];
            products::gram(level, &wide_inputs, fan_in, &mut square);
            for (i, a) in inputs.chunks_exact(fan_in).enumerate() {
                for (j, b) in inputs.chunks_exact(fan_in).enumerate() {
                    let (is, ought) = (square[i * n + j], plain::dot(a, b));
                    assert_eq!(is.to_bits(), ought.to_bits(), "gram, {name}");
                }
            }
        }
    }
}

/// Inputs that are 0 in all vectors are left out, but not where a weight is not finite.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn leaving_out_zeros_changes_no_bit() {
    let (units, fan_in, n) = (70, 90, 13);
    for bad in [0.0, f32::INFINITY, f32::NAN] {
        let mut weights = numbers(units * fan_in, 1);
        weights[3 * fan_in + 4] += bad;
        let mut inputs = numbers(n * fan_in, 2);
        for u in inputs.chunks_exact_mut(fan_in) {
            for j in (0..fan_in).filter(|j| j % 3 == 1) {
                u[j] = if j % 2 == 0 { 0.0 } else { -0.0 };
            }
        }
        let deltas = numbers(n * units, 3);
        let mut z = vec![0.0; n * units];
        for (z, u) in z.chunks_exact_mut(units).zip(inputs.chunks_exact(fan_in)) {
            plain::dense(&weights, u, z, false);
        }
        let mut updated = weights.clone();
        let rows = |v: &'static [f32], width| v.chunks_exact(width).collect::<Vec<_>>();
        let (d, u) = (deltas.clone().leak(), inputs.clone().leak());
        plain::update(&mut updated, &rows(d, units), &rows(u, fan_in), 0.37);
        for level in Level::all() {
            let name = format!("{bad} {}", level.name());
            let mut panels = Panels::new(&weights, units, fan_in);
            let inputs = with_padding(&inputs, fan_in);
            let mut ours = vec![0.0; n * padded(units)];
            products::dense(level, &panels, &inputs, &mut ours, false);
            assert_eq!(
                same_nan(without(&ours, units)),
                same_nan(bits(&z)),
                "{name}"
            );
            let deltas = with_padding(&deltas, units);
            products::update(level, &mut panels, &deltas, &inputs, 0.37);
            let (ours, ought) = (bits(&panels.entries()), bits(&updated));
            assert_eq!(same_nan(ours), same_nan(ought), "{name}");
        }
    }
}

/// Which NaN it is differs between processors.
fn same_nan(bits: Vec<u32>) -> Vec<u32> {
    let one = |b: u32| {
        if f32::from_bits(b).is_nan() {
            0x7FC0_0000
        } else {
            b
        }
    };
    bits.into_iter().map(one).collect()
}

/// A lane that diverged and was read from a checkpoint, which holds no padding, goes on as it would have.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn no_number_gets_into_the_padding() {
    let (units, fan_in, n) = (70, 90, 3);
    for level in Level::all() {
        let mut panels = Panels::new(&numbers(units * fan_in, 1), units, fan_in);
        let mut inputs = with_padding(&numbers(n * fan_in, 2), fan_in);
        (inputs[5], inputs[17]) = (f32::NAN, f32::INFINITY);
        let deltas = with_padding(&numbers(n * units, 3), units);
        products::update(level, &mut panels, &deltas, &inputs, 0.37);
        let again = Panels::new(&panels.entries(), units, fan_in);
        let ones = vec![1.0; padded(fan_in)];
        let (mut is, mut ought) = (vec![0.0; padded(units)], vec![0.0; padded(units)]);
        products::dense(level, &panels, &ones, &mut is, false);
        products::dense(level, &again, &ones, &mut ought, false);
        assert_eq!(
            same_nan(bits(&is)),
            same_nan(bits(&ought)),
            "{}",
            level.name()
        );
        assert_eq!(is[units..], [0.0; 10], "{}", level.name());
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn overlaps_and_scaled_sums_are_the_plain_ones_at_every_level() {
    for (width, n, count) in [
        (1, 1, 1),
        (16, 10, 5),
        (31, 3, 2),
        (250, 10, 4),
        (100, 17, 7),
    ] {
        let (x, others) = (numbers(n * width, 1), numbers(2 * count * width, 2));
        let factors = numbers(n * count, 3);
        let wide_others = with_padding(&others, width);
        let spaced = products::Spaced {
            numbers: &wide_others,
            every: 2 * padded(width),
            count,
        };
        let other = |i: usize| &others[2 * i * width..][..width];
        for level in Level::all() {
            let name = format!("{} {width} {n} {count}", level.name());
            let mut wide_x = with_padding(&x, width);
            let mut found = vec![0.0; n * (count + 1)];
            products::overlaps(level, &wide_x, width, spaced, &mut found, count + 1);
            products::add_scaled(level, &mut wide_x, width, &factors, spaced);
            for (r, x) in x.chunks_exact(width).enumerate() {
                let mut x = x.to_vec();
                for i in 0..count {
                    let ought = plain::dot(&x, other(i));
                    assert_eq!(
                        found[r * (count + 1) + i].to_bits(),
                        ought.to_bits(),
                        "{name}"
                    );
                }
                for i in 0..count {
                    for (x, y) in x.iter_mut().zip(other(i)) {
                        *x += factors[r * count + i] * y;
                    }
                }
                assert_eq!(
                    without(&wide_x[r * padded(width)..][..padded(width)], width),
                    bits(&x)
                );
            }
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn sums_are_the_plain_ones_at_every_level() {
    for n in [0, 1, 7, 15, 16, 17, 31, 32, 250, 1000] {
        let (a, b) = (numbers(n, 6), numbers(n, 7));
        for level in Level::all() {
            let (dot, sum) = level.dispatch(
                #[inline(always)]
                || (sums::dot(&a, &b), sums::sum(&a)),
            );
            assert_eq!(dot.to_bits(), plain::dot(&a, &b).to_bits(), "{n}");
            assert_eq!(sum.to_bits(), plain::sum(&a).to_bits(), "{n}");
        }
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn levels_have_names() {
    for level in Level::all() {
        assert_eq!(Level::named(level.name()).unwrap().name(), level.name());
    }
    let error = Level::named("mmx").unwrap_err();
    let all: Vec<_> = Level::all().iter().map(Level::name).collect();
    assert!(!all.is_empty() && error.had == all, "{error}");
}

//! The matrix products, natively and (as a module of the wasm tests) in a browser, against plain loops in
//! float64.

use metacls::cpu::product::{dense, dense_back, gram, update};

fn values(n: usize, seed: u32) -> Vec<f32> {
    let mut x = seed;
    let mut next = || {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (x >> 8) as f32 / 16_777_216.0 - 0.5
    };
    (0..n).map(|_| next()).collect()
}

fn close(ours: &[f32], truth: &[f64], what: &str) {
    for (a, b) in ours.iter().zip(truth) {
        assert!((f64::from(*a) - b).abs() < 1e-5, "{what}: {a} {b}");
    }
}

/// A matrix in float64, row by row, by its entries.
fn matrix(rows: usize, columns: usize, at: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    (0..rows * columns)
        .map(|i| at(i / columns, i % columns))
        .collect()
}

/// Every product against plain loops in float64, in widths around the kernels' tiles.
fn all_products(units: usize, fan_in: usize, samples: usize) {
    let what = format!("{units} units, {fan_in} inputs, {samples} samples");
    let (w, u) = (values(units * fan_in, 1), values(samples * fan_in, 2));
    let d = values(samples * units, 3);
    let wide = |x: f32| f64::from(x);
    let weight = |f: usize, i: usize| wide(w[f * units + i]);
    let input = |n: usize, f: usize| wide(u[n * fan_in + f]);
    let delta = |n: usize, i: usize| wide(d[n * units + i]);
    for add in [false, true] {
        let held = |x: f32| if add { wide(x) } else { 0.0 };
        let start = values(samples * units, 4);
        let mut z = start.clone();
        dense(&w, units, &u, fan_in, &mut z, add);
        let truth = matrix(samples, units, |n, i| {
            let sum: f64 = (0..fan_in).map(|f| weight(f, i) * input(n, f)).sum();
            sum + held(start[n * units + i])
        });
        close(&z, &truth, &what);
        let start = values(samples * fan_in, 5);
        let mut e = start.clone();
        dense_back(&w, units, &d, fan_in, &mut e, add);
        let truth = matrix(samples, fan_in, |n, f| {
            let sum: f64 = (0..units).map(|i| weight(f, i) * delta(n, i)).sum();
            sum + held(start[n * fan_in + f])
        });
        close(&e, &truth, &what);
    }
    let mut updated = w.clone();
    update(&mut updated, units, &d, &u, fan_in, 0.3);
    let truth = matrix(fan_in, units, |f, i| {
        let sum: f64 = (0..samples).map(|q| delta(q, i) * input(q, f)).sum();
        weight(f, i) - wide(0.3) * sum
    });
    close(&updated, &truth, &what);
    let mut products = vec![f32::NAN; samples * samples];
    gram(&u, fan_in, &mut products);
    let truth = matrix(samples, samples, |a, b| {
        (0..fan_in).map(|f| input(a, f) * input(b, f)).sum()
    });
    close(&products, &truth, &what);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn products_are_those_of_plain_loops() {
    for units in [1, 3, 4, 7, 8, 9, 17, 250] {
        for fan_in in [1, 2, 5, 8, 13] {
            for samples in [1, 2, 3, 4, 5, 10] {
                all_products(units, fan_in, samples);
            }
        }
    }
}

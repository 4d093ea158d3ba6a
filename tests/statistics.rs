//! Statistics against an independent package: see golden/statistics.py.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use metacls::analysis::stats::{Estimate, holm, quantile, sign_flip, slope};
use serde_json::Value;

fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().unwrap();
    list.iter().map(|x| x.as_f64().unwrap()).collect()
}

fn near(what: &str, ours: f64, theirs: &Value) {
    let theirs = theirs.as_f64().unwrap();
    assert!((ours - theirs).abs() < 1e-9, "{what}: {ours} {theirs}");
}

#[test]
fn statistics_agree_with_scipy_and_statsmodels() {
    let golden: Value = serde_json::from_str(include_str!("golden/statistics.json")).unwrap();
    println!("held against {}", golden["made_by"]);
    let samples = golden["samples"].as_array().unwrap();
    assert_eq!(samples.len(), 7);
    for sample in samples {
        let values = numbers(&sample["values"]);
        let ours = Estimate::of(&values).unwrap();
        near("mean", ours.mean, &sample["mean"]);
        near("sd", ours.sd.unwrap(), &sample["sd"]);
        near("sem", ours.sem.unwrap(), &sample["sem"]);
        near("slope", slope(&values), &sample["slope"]);
        near("sign flip", sign_flip(&values), &sample["sign_flip"]);
        let mut sorted = values;
        sorted.sort_by(f64::total_cmp);
        for pair in sample["quantiles"].as_array().unwrap() {
            let q = pair[0].as_f64().unwrap();
            near("quantile", quantile(&sorted, q), &pair[1]);
        }
    }
    for case in golden["holm"].as_array().unwrap() {
        let adjusted = numbers(&case["adjusted"]);
        let ours = holm(&numbers(&case["p"]));
        assert_eq!(ours.len(), adjusted.len());
        for (a, b) in ours.iter().zip(&adjusted) {
            assert!((a - b).abs() < 1e-12, "{ours:?} {adjusted:?}");
        }
    }
}

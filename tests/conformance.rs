//! Every engine against every conformance vector.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapter;

use std::sync::Arc;

use metacls::conformance::{Candidate, Report, Vector, check};

fn vectors() -> Vec<Vector> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 22, "vector files are missing");
    files
        .iter()
        .map(|p| {
            Vector::from_json(
                &p.display().to_string(),
                &std::fs::read_to_string(p).unwrap(),
            )
            .unwrap()
        })
        .collect()
}

fn judge(engine: &str, bound: f64, reports: &[(String, Report)]) {
    for (name, report) in reports {
        println!(
            "{engine} {name}: {:.1e} ({})",
            report.deviation, report.location
        );
    }
    let failed: Vec<_> = reports
        .iter()
        .filter(|(_, r)| r.deviation > bound)
        .collect();
    assert!(failed.is_empty(), "{engine}: beyond {bound:e}: {failed:#?}");
}

fn reports<'a>(
    vectors: impl IntoIterator<Item = &'a Vector>,
    engine: impl Fn(&'a Vector) -> Candidate<'a>,
) -> Vec<(String, Report)> {
    let report = |v: &'a Vector| pollster::block_on(check(v, &mut engine(v))).unwrap();
    vectors
        .into_iter()
        .map(|v| (v.name.clone(), report(v)))
        .collect()
}

#[test]
fn reference_in_float64() {
    judge(
        "reference f64",
        1e-9,
        &reports(&vectors(), Candidate::oracle),
    );
}

#[test]
fn reference_in_float32() {
    judge(
        "reference f32",
        1e-4,
        &reports(&vectors(), Candidate::reference),
    );
}

#[test]
fn cpu_in_both_orders() {
    judge("cpu", 1e-4, &reports(&vectors(), Candidate::cpu));
}

#[test]
fn gpu_in_both_orders() {
    let Some(gpu) = adapter::gpu().map(Arc::new) else {
        return;
    };
    println!("on {} ({})", gpu.name, gpu.backend);
    let vectors = vectors();
    let reports = reports(&vectors, |v| Candidate::gpu(gpu.clone(), v).unwrap());
    judge("gpu", 1e-3, &reports);
}

/// The vectors can tell: every plausible mistake puts at least one file beyond even the GPU's bound.
#[test]
fn a_broken_engine_is_found() {
    type Mistake = (&'static str, fn(&mut Vector));
    let mistakes: &[Mistake] = &[
        ("clips at another norm", |v| v.rule.knobs.clip_norm *= 1.5),
        ("alpha learns 2% too fast", |v| {
            v.rule.knobs.eta_alpha *= 1.02
        }),
        ("beta learns 2% too fast", |v| v.rule.knobs.eta_beta *= 1.02),
        ("the other order", |v| {
            v.rule.knobs.second_order = !v.rule.knobs.second_order;
        }),
        ("no scaling to unit length", |v| {
            v.rule.knobs.unit_length_inputs = false
        }),
        ("no competition", |v| v.rule.knobs.competition = false),
        ("the next largest pre-activation", |v| {
            let layer = &mut v.model.layers[0];
            layer.k = (layer.k + 1).min(layer.units);
        }),
        ("the variant of the update", |v| {
            v.rule.knobs.sync_update = !v.rule.knobs.sync_update
        }),
        ("alpha is not learned", |v| v.rule.learn_alpha = false),
        ("beta is not learned", |v| v.rule.learn_beta = false),
        ("inner steps in another order", |v| {
            v.steps.iter_mut().for_each(|s| s.current.reverse());
        }),
        ("duplicates in the replay dropped", |v| {
            for step in &mut v.steps {
                step.replay.sort_unstable();
                step.replay.dedup();
            }
        }),
    ];
    for (mistake, make) in mistakes {
        let worst = vectors()
            .into_iter()
            .map(|mut v| {
                make(&mut v);
                let mut engine = Candidate::oracle(&v);
                let report = pollster::block_on(check(&v, &mut engine)).unwrap();
                report.deviation
            })
            .fold(0.0, f64::max);
        assert!(worst > 1e-3, "{mistake}: nothing beyond {worst:.1e}");
        println!("{mistake}: {worst:.1e}");
    }
}

//! The self-test: an engine against the float64 reference on a small network, before it trains.
//!
//! What the reference gives is recorded ([`expected`]) rather than computed again: so the reference itself is tested in
//! a browser, and no second copy of it, in float64, need be loaded there. Weights are compared by signed sums over every
//! sixteenth of a matrix.

mod expected;

use std::sync::Arc;

use rand::RngExt;

use crate::config::Condition;
use crate::conformance::{Candidate, OnCpu, OnGpu, OnReference, Vector, VectorStep, widened};
use crate::engine::{Device, EngineError};
use crate::experiments;
use crate::model::{LaneState, Model, Rule, initial};
use crate::stream::{Purpose, random};
use expected::{RATES, SUMS};

/// Samples of the self-test.
const SAMPLES: usize = 12;

/// The self-test's network and steps: Figure 3's kind, with two pathways and two heads, so that every stage takes
/// part; widths that are no multiple of 4; first without replay, then with a duplicate in it.
fn trial() -> Option<Vector> {
    let config = experiments::find("figure3")?.config;
    let model = Model::of_shape(30, &[19, 14], Some([13, 7]), 5, SAMPLES, 0.2);
    let rule = Rule::of(&config, Condition::Meta);
    let state = LaneState {
        beta: vec![0.2; model.layers.len()],
        ..widened(&initial(&model, &config, 0))
    };
    let mut rng = random(0, Purpose::TrainingImages);
    let images = (0..SAMPLES)
        .map(|_| (0..30).map(|_| f64::from(rng.random::<f32>())).collect())
        .collect();
    let labels = (0..SAMPLES as u32).map(|i| vec![i % 5, i]).collect();
    let step = |current: [usize; 3], replay: &[usize]| VectorStep {
        current: current.to_vec(),
        replay: replay.to_vec(),
    };
    let steps = vec![
        step([0, 1, 2], &[]),
        step([3, 4, 5], &[1, 1]),
        step([6, 7, 8], &[0, 4]),
        step([9, 10, 11], &[7, 2]),
    ];
    Some(Vector::without_outcome(
        model,
        rule,
        state,
        (images, labels),
        steps,
    ))
}

/// Sums that tell one matrix.
const PARTS: usize = 16;

/// A matrix told by [`PARTS`] sums, each over every sixteenth weight, with signs that follow no pattern of the matrix.
fn sums(weights: &[f64]) -> [f64; PARTS] {
    let mut sums = [0.0; PARTS];
    for (i, w) in weights.iter().enumerate() {
        let mixed = (i as u32).wrapping_mul(0x9e37_79b9);
        let sign = if mixed.count_ones().is_multiple_of(2) {
            1.0
        } else {
            -1.0
        };
        sums[i % PARTS] += sign * w;
    }
    sums
}

/// Meta-loss, alpha and beta after a step, in one list.
fn rates(loss: f64, state: &LaneState<f64>) -> Vec<f64> {
    [&[loss], &state.alpha[..], &state.beta].concat()
}

/// The largest deviation in a list, relative to the list's largest number.
fn off(ours: &[f64], theirs: &[f32]) -> f64 {
    let theirs = theirs.iter().map(|&x| f64::from(x));
    let largest = theirs
        .clone()
        .fold(f64::MIN_POSITIVE, |m, x| m.max(x.abs()));
    let off = ours
        .iter()
        .zip(theirs)
        .map(|(a, b)| (a - b).abs() / largest);
    // What is not finite must not pass for small.
    off.fold(0.0, |worst: f64, off| {
        if off.is_finite() {
            worst.max(off)
        } else {
            f64::INFINITY
        }
    })
}

/// How far an engine's course (meta-loss and values after each step) is from the recorded one.
fn compare(model: &Model, course: &[(f64, LaneState<f64>)]) -> f64 {
    let mut worst = 0.0_f64;
    for ((loss, state), expected) in course.iter().zip(&RATES) {
        let ours = rates(*loss, state);
        let (alpha, beta) = (1, 1 + model.matrices.len());
        for part in [0..alpha, alpha..beta, beta..ours.len()] {
            worst = worst.max(off(&ours[part.clone()], &expected[part]));
        }
    }
    let last = course
        .last()
        .into_iter()
        .flat_map(|(_, state)| &state.weights);
    last.zip(&SUMS).fold(worst, |worst, (w, expected)| {
        worst.max(off(&sums(w), expected))
    })
}

/// The largest relative deviation of an engine from the float64 reference after a few observe steps: of meta-loss,
/// alpha, beta and weights. None if there is nothing to test on.
///
/// # Errors
/// If the device failed.
pub async fn deviation(device: &Device) -> Result<Option<f64>, EngineError> {
    let Some(vector) = trial() else {
        return Ok(None);
    };
    let course = match device {
        Device::Gpu(gpu) => {
            let mut engine = OnGpu::new(Arc::clone(gpu), &vector)?;
            let mut course = Vec::new();
            for step in &vector.steps {
                course.push((engine.observe(step).await?, engine.state().await?));
            }
            course
        }
        Device::Cpu => on_host(&vector, OnCpu::new(&vector)),
        Device::Reference => on_host(&vector, OnReference::<f32>::new(&vector)),
    };
    Ok(Some(compare(&vector.model, &course)))
}

/// A host engine's course.
fn on_host(
    vector: &Vector,
    mut engine: impl Candidate<Error = std::convert::Infallible>,
) -> Vec<(f64, LaneState<f64>)> {
    let mut take = |step| {
        let Ok(loss) = engine.observe(step);
        let Ok(state) = engine.state();
        (loss, state)
    };
    vector.steps.iter().map(&mut take).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn truth() -> (Vector, Vec<(f64, LaneState<f64>)>) {
        let vector = trial().unwrap();
        let course = on_host(&vector, OnReference::<f64>::new(&vector));
        (vector, course)
    }

    #[test]
    fn what_is_recorded_is_what_the_reference_gives() {
        let (vector, course) = truth();
        if std::env::var_os("METACLS_BLESS").is_some() {
            let list = |numbers: &[f64]| {
                let numbers = numbers.iter().map(|&x| format!("{:?}", x as f32));
                format!("[{}]", numbers.collect::<Vec<_>>().join(", "))
            };
            let mut text = String::from(
                "//! Written by the float64 reference: METACLS_BLESS=1 cargo test --lib what_is_recorded && cargo fmt\n\n",
            );
            let width = rates(0.0, &course[0].1).len();
            let steps: Vec<String> = course.iter().map(|(l, s)| list(&rates(*l, s))).collect();
            let (n, steps) = (steps.len(), steps.join(", "));
            let _ = writeln!(text, "/// Meta-loss, alpha and beta after each step.");
            let _ = writeln!(
                text,
                "pub const RATES: [[f32; {width}]; {n}] = [{steps}];\n"
            );
            let last = &course.last().unwrap().1.weights;
            let all: Vec<String> = last.iter().map(|w| list(&sums(w))).collect();
            let (n, all) = (all.len(), all.join(", "));
            let _ = writeln!(text, "/// Each matrix after the last step, told by sums.");
            let _ = writeln!(text, "pub const SUMS: [[f32; {PARTS}]; {n}] = [{all}];");
            let path = concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/src/engine/self_test/expected.rs"
            );
            std::fs::write(path, text).unwrap();
            return;
        }
        let off = compare(&vector.model, &course);
        assert!(off < 1e-6, "{off}");
        assert_eq!(
            (course.len(), vector.model.matrices.len()),
            (RATES.len(), SUMS.len())
        );
    }

    /// One weight off by a hundredth of the largest, anywhere, or one rate, is seen.
    #[test]
    fn a_single_wrong_number_is_seen() {
        let (vector, course) = truth();
        let last = course.len() - 1;
        let seen = |change: &dyn Fn(&mut LaneState<f64>)| {
            let mut course = course.clone();
            change(&mut course[last].1);
            compare(&vector.model, &course)
        };
        for m in 0..vector.model.matrices.len() {
            let held = &course[last].1.weights[m];
            let largest = held.iter().fold(0.0_f64, |l, w| l.max(w.abs()));
            for i in 0..held.len() {
                let off = seen(&|state| state.weights[m][i] += 0.01 * largest);
                assert!(off > 1e-3, "weight {i} of matrix {m}: {off}");
            }
            assert!(seen(&|state| state.alpha[m] *= 1.02) > 1e-3);
            assert_eq!(seen(&|state| state.weights[m][0] = f64::NAN), f64::INFINITY);
        }
        assert!(seen(&|state| state.beta[0] *= 1.02) > 1e-3);
    }
}

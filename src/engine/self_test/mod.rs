//! The self-test: an engine against the float64 reference on a small network, before it trains.
//!
//! What the reference gives is recorded ([`expected`]) rather than computed again: so the reference itself is
//! tested in a browser, and no second copy of it, in float64, need be loaded there. Weights are compared by
//! signed sums over every sixteenth of a matrix.

mod expected;

use std::sync::Arc;

use rand::RngExt;

use super::device::Device;
use crate::config::Config;
use crate::conformance::{Candidate, Vector, VectorStep};
use crate::gpu::GpuError;
use crate::model::{LaneState, Model, Rule, initial_weights};
use crate::numeric;
use crate::stream::{Purpose, random};
use expected::{RATES, SUMS};

/// Samples of the self-test.
const SAMPLES: usize = 12;

/// The self-test's network and steps: Figure 3's kind, with two pathways and two heads, so that every stage
/// takes part; widths that are no multiple of 4; first without replay, then with a duplicate in it.
fn trial() -> Vector {
    let model = Model::of_shape(30, &[19, 14], Some([13, 7]), 5, SAMPLES, 0.2);
    // Figure 3's rates.
    let rule = Rule {
        learn_alpha: true,
        learn_beta: true,
        knobs: Config {
            eta_alpha: 0.002,
            eta_beta: 0.2,
            ..Config::default()
        },
    };
    let state = LaneState {
        weights: initial_weights(&model, 0),
        alpha: vec![0.15_f32; model.matrices.len()],
        beta: vec![0.2; model.layers.len()],
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
    Vector::without_outcome(model, rule, state.widen(), (images, labels), steps)
}

/// Sums that stand for one matrix.
const PARTS: usize = 16;

/// A matrix by [`PARTS`] sums, each over every sixteenth weight, with signs that follow no pattern of the
/// matrix.
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

/// How far an engine's course (meta-loss and values after each step) is from the recorded one.
fn compare(model: &Model, course: &[(f64, LaneState<f64>)]) -> f64 {
    let off = |ours: &[f64], theirs: &[f32]| numeric::deviation(ours, &numeric::widen(theirs));
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

/// Meta-loss and the lane's values after each step.
type Course = Vec<(f64, LaneState<f64>)>;

async fn course(vector: &Vector, mut engine: Candidate<'_>) -> Result<Course, GpuError> {
    let mut course = Vec::new();
    for step in &vector.steps {
        let loss = engine.observe(step).await?;
        course.push((loss, engine.state().await?));
    }
    Ok(course)
}

/// The largest relative deviation of an engine from the float64 reference after a few observe steps: of
/// meta-loss, alpha, beta and weights; infinite if something is not finite.
///
/// # Errors
/// If the device failed.
pub async fn deviation(device: &Device) -> Result<f64, GpuError> {
    let vector = trial();
    let engine = match device {
        Device::Gpu(gpu) => Candidate::gpu(Arc::clone(gpu), &vector)?,
        // Lane workers have this very program.
        Device::Cpu | Device::Spread(_) => Candidate::cpu(&vector),
        Device::Reference => Candidate::reference(&vector),
    };
    Ok(compare(&vector.model, &course(&vector, engine).await?))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn truth() -> (Vector, Course) {
        let vector = trial();
        let course = pollster::block_on(course(&vector, Candidate::oracle(&vector))).unwrap();
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
                "//! Written by the float64 reference: \
                 METACLS_BLESS=1 cargo test --lib what_is_recorded && cargo fmt\n\n",
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
            let _ = writeln!(text, "/// Each matrix after the last step, by sums.");
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

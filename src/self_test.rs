//! The self-test: an engine against the float64 reference on a small network, before it trains.

use std::sync::Arc;

use rand::RngExt;

use crate::config::Condition;
use crate::engine::{Device, EngineError};
use crate::experiments;
use crate::model::{LaneState, Model, Rule, initial};
use crate::stream::{Purpose, random};
use crate::vectors::{Candidate, OnCpu, OnGpu, OnReference, Vector, VectorStep, widened};

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

/// The largest relative deviation of an engine from the float64 reference after a few observe steps:
/// of meta-loss, alpha, beta and weights. None if there is nothing to test on.
///
/// # Errors
/// If the device failed.
pub async fn deviation(device: &Device) -> Result<Option<f64>, EngineError> {
    let Some(vector) = trial() else {
        return Ok(None);
    };
    let mut oracle = OnReference::<f64>::new(&vector);
    let steps: Vec<VectorStep> = vector.steps.clone();
    let mut ours = Vec::new();
    match device {
        Device::Gpu(gpu) => {
            let mut engine = OnGpu::new(Arc::clone(gpu), &vector)?;
            for step in &steps {
                ours.push((engine.observe(step).await?, engine.state().await?));
            }
        }
        Device::Cpu => {
            let mut engine = OnCpu::new(&vector);
            for step in &steps {
                let Ok(loss) = engine.observe(step);
                let Ok(state) = engine.state();
                ours.push((loss, state));
            }
        }
        Device::Reference => {
            let mut engine = OnReference::<f32>::new(&vector);
            for step in &steps {
                let Ok(loss) = engine.observe(step);
                let Ok(state) = engine.state();
                ours.push((loss, state));
            }
        }
    }
    let mut worst = 0.0_f64;
    for (step, (loss, state)) in steps.iter().zip(&ours) {
        let Ok(true_loss) = oracle.observe(step);
        let Ok(truth) = oracle.state();
        let mut compare = |ours: &[f64], theirs: &[f64]| {
            let largest = theirs.iter().fold(f64::MIN_POSITIVE, |m, x| m.max(x.abs()));
            for (a, b) in ours.iter().zip(theirs) {
                let off = (a - b).abs() / largest;
                worst = if off.is_finite() {
                    worst.max(off)
                } else {
                    f64::INFINITY
                };
            }
        };
        compare(&[*loss], &[true_loss]);
        compare(&state.alpha, &truth.alpha);
        compare(&state.beta, &truth.beta);
        for (a, b) in state.weights.iter().zip(&truth.weights) {
            compare(a, b);
        }
    }
    Ok(Some(worst))
}

//! The self-test: an engine against the float64 reference on a small network, before it trains.

use std::sync::Arc;

use crate::engine::{Device, EngineError};
use crate::vectors::{Candidate, OnCpu, OnGpu, OnReference, Vector, VectorStep};

/// The network of the self-test: two pathways and two heads, so that every stage takes part.
const VECTOR: &str = include_str!("../tests/vectors/dual_two_pathway.json");

/// The largest relative deviation of an engine from the float64 reference after a few observe steps:
/// of meta-loss, alpha, beta and weights. None if the vector could not be read.
///
/// # Errors
/// If the device failed.
pub async fn deviation(device: &Device) -> Result<Option<f64>, EngineError> {
    let Ok(vector) = Vector::from_json("self-test", VECTOR) else {
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

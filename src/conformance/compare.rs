//! An engine taken through a conformance vector, and how far it is from it.

use super::candidate::Candidate;
use super::format::Vector;
use crate::gpu::GpuError;
use crate::model::Lesion;
use crate::numeric::deviation;
use crate::reference::Reference;

/// How far an engine is from a vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The largest relative deviation; infinite if something was not a number.
    pub deviation: f64,
    /// Where that is, in words: "step 3: alpha".
    pub location: String,
}

impl Report {
    fn note(&mut self, location: &str, deviation: f64) {
        if deviation > self.deviation || self.location.is_empty() {
            self.deviation = deviation;
            location.clone_into(&mut self.location);
        }
    }

    /// Compares a tensor: the largest difference, relative to the largest entry.
    fn tensor(&mut self, location: &str, ours: &[f64], theirs: &[f64]) {
        self.note(location, deviation(ours, theirs));
    }
}

/// Takes an engine through a vector.
///
/// In float32 a unit whose |z - beta c| is below 1e-4 of the largest |z| may count as active or not.
///
/// # Errors
/// If the engine failed.
pub async fn check(vector: &Vector, engine: &mut Candidate<'_>) -> Result<Report, GpuError> {
    let single = engine.is_single();
    let mut report = Report {
        deviation: 0.0,
        location: String::new(),
    };
    for (i, (step, after)) in vector.steps.iter().zip(&vector.after).enumerate() {
        let loss = engine.observe(step).await?;
        report.tensor(&format!("step {i}: meta_loss"), &[loss], &[after.meta_loss]);
        let state = engine.state().await?;
        report.tensor(&format!("step {i}: alpha"), &state.alpha, &after.alpha);
        report.tensor(&format!("step {i}: beta"), &state.beta, &after.beta);
        for (m, weights) in after.weights.iter().flatten().enumerate() {
            let name = &vector.model.matrices[m].name;
            report.tensor(
                &format!("step {i}: {name}"),
                &state.weights[m],
                &weights.concat(),
            );
        }
    }
    // The reference in float64 says which units are near their threshold.
    let state = engine.state().await?;
    let oracle = Reference::new(&vector.model, &vector.rule, state.clone());
    let lesions = [
        (Lesion::Intact, Some(&vector.last.logits)),
        (Lesion::WithoutL, vector.last.lesion_l.as_ref()),
        (Lesion::WithoutR, vector.last.lesion_r.as_ref()),
    ];
    for (lesion, theirs) in lesions {
        let Some(theirs) = theirs else { continue };
        let mut ours: Vec<Vec<f64>> = vec![Vec::new(); theirs.len()];
        for image in 0..vector.images.len() {
            let seen = engine.respond(image, lesion).await?;
            for (all, logits) in ours.iter_mut().zip(&seen.logits) {
                all.extend(logits);
            }
            if lesion != Lesion::Intact {
                continue;
            }
            let outcome = oracle.forward(&vector.images[image], lesion);
            for (l, layer) in vector.model.layers.iter().enumerate() {
                let z = &outcome.pre_activation[l];
                let top = z.iter().fold(0.0_f64, |m, z| m.max(z.abs()));
                let threshold = state.beta[l] * outcome.kth_largest[l];
                let near = z
                    .iter()
                    .filter(|z| single && (*z - threshold).abs() < 1e-4 * top)
                    .count();
                let wanted = vector.last.active_fraction[l][image] * layer.units as f64;
                let off = (f64::from(seen.active[l]) - wanted).abs() - near as f64;
                if off > 0.5 {
                    let location = format!("image {image}: active units of {}", layer.name);
                    report.note(&location, off / layer.units as f64);
                }
            }
        }
        for ((head, ours), theirs) in vector.model.heads.iter().zip(&ours).zip(theirs) {
            let location = format!("final: {} logits, {}", head.name, lesion.name());
            report.tensor(&location, ours, &theirs.concat());
        }
    }
    Ok(report)
}

//! An engine taken through a conformance vector, and how far it is from it.

use super::format::{Vector, VectorStep};
use crate::model::{LaneState, Lesion};
use crate::reference::Reference;

/// What an engine makes of one image, with W.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Logits of each head.
    pub logits: Vec<Vec<f64>>,
    /// Units with h > 0 of each layer.
    pub active: Vec<u32>,
}

/// An engine to be checked, holding the vector's initial values.
pub trait Candidate {
    /// What it says when it fails.
    type Error;

    /// Takes one observe step and gives the meta-loss before the update.
    ///
    /// # Errors
    /// If the engine failed.
    fn observe(&mut self, step: &VectorStep) -> Result<f64, Self::Error>;

    /// The lane's values.
    ///
    /// # Errors
    /// If the engine failed.
    fn state(&mut self) -> Result<LaneState<f64>, Self::Error>;

    /// What it makes of the image of that index.
    ///
    /// # Errors
    /// If the engine failed.
    fn see(&mut self, image: usize, lesion: Lesion) -> Result<Seen, Self::Error>;
}

/// How far an engine is from a vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The largest relative deviation; infinite if something was not a number.
    pub deviation: f64,
    /// Where it is.
    pub location: String,
}

impl Report {
    fn note(&mut self, location: &str, deviation: f64) {
        let deviation = if deviation.is_finite() {
            deviation
        } else {
            f64::INFINITY
        };
        if deviation > self.deviation || self.location.is_empty() {
            self.deviation = deviation;
            location.clone_into(&mut self.location);
        }
    }

    /// Compares a tensor: the largest difference, relative to the largest entry.
    fn tensor(&mut self, location: &str, ours: &[f64], theirs: &[f64]) {
        let largest = theirs.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
        let difference =
            ours.iter()
                .zip(theirs)
                .map(|(a, b)| (a - b).abs())
                .fold(
                    0.0,
                    |m: f64, d| if d.is_nan() { f64::INFINITY } else { m.max(d) },
                );
        if ours.len() != theirs.len() {
            self.note(location, f64::INFINITY);
        } else if difference == 0.0 {
            self.note(location, 0.0);
        } else {
            self.note(location, difference / largest.max(f64::MIN_POSITIVE));
        }
    }
}

/// Takes an engine through a vector.
///
/// `single` says that the engine computes in float32: then a unit whose |z - beta c| is below 1e-4 of the
/// largest |z| may count as active or not.
///
/// # Errors
/// If the engine failed.
pub fn check<C: Candidate>(
    vector: &Vector,
    engine: &mut C,
    single: bool,
) -> Result<Report, C::Error> {
    let mut report = Report {
        deviation: 0.0,
        location: String::new(),
    };
    for (i, (step, after)) in vector.steps.iter().zip(&vector.after).enumerate() {
        let loss = engine.observe(step)?;
        report.tensor(&format!("step {i}: meta_loss"), &[loss], &[after.meta_loss]);
        let state = engine.state()?;
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
    let state = engine.state()?;
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
            let seen = engine.see(image, lesion)?;
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

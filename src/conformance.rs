//! Conformance vectors: small networks taken through a few observe steps by an independent autodiff program.
//!
//! A file (its fields: tests/vectors/README.md) becomes a [`Vector`]; whatever implements [`Candidate`] can be
//! compared with it by [`check`]. Deviations are relative to a tensor's largest entry.

use serde::Deserialize;

use crate::model::Lesion;
use crate::model::{LaneState, Model, Rule, Target};

/// Why a file is no conformance vector.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// Its JSON has another form.
    #[error("{file}: not a conformance vector: {reason}")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
}

/// The part that says what network it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    inputs: usize,
    hidden: Vec<usize>,
    pathways: Option<[usize; 2]>,
    classes: usize,
    items: usize,
    unit_length_inputs: bool,
    competition: bool,
    k_fraction: f64,
    second_order: bool,
    sync_update: bool,
    clip_norm: f64,
    eta_alpha: f64,
    eta_beta: f64,
    eta_w: f64,
    learn_alpha: bool,
    learn_beta: bool,
}

/// Rows of one matrix.
type Rows = Vec<Vec<f64>>;

#[derive(Clone, Debug, Deserialize)]
struct Values {
    weights: Vec<Rows>,
    alpha: Vec<f64>,
    beta: Vec<f64>,
}

/// One observe step: indices of samples.
#[derive(Clone, Debug, Deserialize)]
pub struct VectorStep {
    /// Current samples in inner order.
    pub current: Vec<usize>,
    /// Replayed samples.
    pub replay: Vec<usize>,
}

#[derive(Clone, Debug, Deserialize)]
struct After {
    meta_loss: f64,
    alpha: Vec<f64>,
    beta: Vec<f64>,
    weights: Option<Vec<Rows>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Final {
    logits: Vec<Rows>,
    active_fraction: Rows,
    #[serde(rename = "lesion_L")]
    lesion_l: Option<Vec<Rows>>,
    #[serde(rename = "lesion_R")]
    lesion_r: Option<Vec<Rows>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Text {
    name: String,
    config: Shape,
    matrices: Vec<String>,
    images: Rows,
    labels: Vec<u32>,
    item_labels: Option<Vec<u32>>,
    initial: Values,
    steps: Vec<VectorStep>,
    after: Vec<After>,
    #[serde(rename = "final")]
    last: Final,
}

/// One conformance vector.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Its name.
    pub name: String,
    /// The network.
    pub model: Model,
    /// How it learns.
    pub rule: Rule,
    /// Its values before the first step.
    pub initial: LaneState<f64>,
    /// All samples' images.
    pub images: Vec<Vec<f64>>,
    /// For each sample, its label for each head.
    pub labels: Vec<Vec<u32>>,
    /// The steps.
    pub steps: Vec<VectorStep>,
    after: Vec<After>,
    last: Final,
}

impl Vector {
    /// Reads a vector from its JSON text; `file` names it in errors.
    ///
    /// # Errors
    /// If a field is missing or unknown, or shapes disagree.
    pub fn from_json(file: &str, text: &str) -> Result<Self, VectorError> {
        let malformed = |reason: String| VectorError::Malformed {
            file: file.to_owned(),
            reason,
        };
        let text: Text = serde_json::from_str(text).map_err(|e| malformed(e.to_string()))?;
        let c = &text.config;
        let widths = c.hidden.iter().chain(c.pathways.iter().flatten());
        if c.hidden.is_empty() || c.inputs == 0 || c.classes == 0 || widths.clone().any(|&n| n == 0)
        {
            return Err(malformed(
                "a layer has no units, or there is no layer".into(),
            ));
        }
        if !(0.0..=1.0).contains(&c.k_fraction) {
            return Err(malformed(format!(
                "k_fraction {} is not within 0 to 1",
                c.k_fraction
            )));
        }
        let model = Model::of_shape(
            c.inputs,
            &c.hidden,
            c.pathways,
            c.classes,
            c.items,
            c.k_fraction,
        );
        let names: Vec<&str> = model.matrices.iter().map(|m| m.name.as_str()).collect();
        if names != text.matrices {
            return Err(malformed(format!(
                "matrices {:?}, expected {names:?}",
                text.matrices
            )));
        }
        let check_weights = |what: &str, weights: &[Rows]| -> Result<(), VectorError> {
            let fits = weights.len() == model.matrices.len()
                && weights
                    .iter()
                    .zip(&model.matrices)
                    .all(|(w, m)| w.len() == m.units && w.iter().all(|row| row.len() == m.fan_in));
            if fits {
                Ok(())
            } else {
                Err(malformed(format!("{what}: weights of other shapes")))
            }
        };
        let check_rates = |what: &str, alpha: &[f64], beta: &[f64]| {
            if alpha.len() == model.matrices.len() && beta.len() == model.layers.len() {
                Ok(())
            } else {
                Err(malformed(format!("{what}: wrong number of alpha or beta")))
            }
        };
        check_weights("initial", &text.initial.weights)?;
        check_rates("initial", &text.initial.alpha, &text.initial.beta)?;
        if text.after.len() != text.steps.len() {
            return Err(malformed("steps and after differ in length".into()));
        }
        for after in &text.after {
            check_rates("after", &after.alpha, &after.beta)?;
            if let Some(weights) = &after.weights {
                check_weights("after", weights)?;
            }
        }
        let n = text.images.len();
        if text.images.iter().any(|i| i.len() != c.inputs) || text.labels.len() != n {
            return Err(malformed("images or labels of other shapes".into()));
        }
        let items = text.item_labels.as_deref().unwrap_or_default();
        if (c.items > 0) != text.item_labels.is_some() || (c.items > 0 && items.len() != n) {
            return Err(malformed("item_labels and items disagree".into()));
        }
        let labels: Vec<Vec<u32>> = (0..n)
            .map(|i| {
                text.labels[i..=i]
                    .iter()
                    .chain(items.get(i))
                    .copied()
                    .collect()
            })
            .collect();
        let known = labels.iter().all(|l| {
            l.iter()
                .zip(&model.heads)
                .all(|(&label, head)| (label as usize) < head.classes)
        });
        if !known {
            return Err(malformed("a label is not below its head's classes".into()));
        }
        for step in &text.steps {
            if step.current.is_empty()
                || step
                    .current
                    .iter()
                    .chain(&step.replay)
                    .any(|&sample| sample >= n)
            {
                return Err(malformed(
                    "a step has no current sample, or one that isn't there".into(),
                ));
            }
        }
        let of_images = |heads: &[Rows]| {
            heads.len() == model.heads.len()
                && heads.iter().zip(&model.heads).all(|(rows, head)| {
                    rows.len() == n && rows.iter().all(|r| r.len() == head.classes)
                })
        };
        let lesions = [&text.last.lesion_l, &text.last.lesion_r];
        if !of_images(&text.last.logits)
            || lesions
                .iter()
                .any(|l| l.as_deref().is_some_and(|l| !of_images(l)))
            || text.last.active_fraction.len() != model.layers.len()
            || text.last.active_fraction.iter().any(|a| a.len() != n)
        {
            return Err(malformed(
                "final: logits or active fractions of other shapes".into(),
            ));
        }
        Ok(Self {
            name: text.name.clone(),
            rule: Rule {
                learn_alpha: c.learn_alpha,
                learn_beta: c.learn_beta,
                eta_alpha: c.eta_alpha,
                eta_beta: c.eta_beta,
                eta_w: c.eta_w,
                sync_update: c.sync_update,
                second_order: c.second_order,
                clip_norm: c.clip_norm,
                unit_length_inputs: c.unit_length_inputs,
                competition: c.competition,
            },
            model,
            initial: LaneState {
                weights: text.initial.weights.iter().map(|w| w.concat()).collect(),
                alpha: text.initial.alpha.clone(),
                beta: text.initial.beta.clone(),
            },
            images: text.images,
            labels,
            steps: text.steps,
            after: text.after,
            last: text.last,
        })
    }

    /// A network and steps whose outcome no file says: for comparing engines with each other. Images of
    /// `inputs` numbers, a label for each head.
    pub fn without_outcome(
        model: Model,
        rule: Rule,
        initial: LaneState<f64>,
        (images, labels): (Vec<Vec<f64>>, Vec<Vec<u32>>),
        steps: Vec<VectorStep>,
    ) -> Self {
        Self {
            name: String::new(),
            model,
            rule,
            initial,
            images,
            labels,
            steps,
            after: Vec::new(),
            last: Final::default(),
        }
    }

    /// A step's current and replayed samples, of images in an engine's precision.
    fn samples<'a, T>(
        &'a self,
        images: &'a [Vec<T>],
        step: &VectorStep,
    ) -> [Vec<crate::reference::Sample<'a, T>>; 2] {
        [&step.current, &step.replay].map(|list| {
            list.iter()
                .map(|&i| crate::reference::Sample {
                    input: &images[i],
                    labels: &self.labels[i],
                })
                .collect()
        })
    }

    /// Current and replayed samples that the largest step has.
    pub fn largest_step(&self) -> (usize, usize) {
        let most = |f: fn(&VectorStep) -> usize| self.steps.iter().map(f).max().unwrap_or(0);
        (most(|s| s.current.len()), most(|s| s.replay.len()))
    }
}

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
    let oracle = crate::reference::Reference::new(&vector.model, &vector.rule, state.clone());
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

/// The reference as a candidate.
#[derive(Debug)]
pub struct OnReference<'a, T> {
    vector: &'a Vector,
    images: Vec<Vec<T>>,
    engine: crate::reference::Reference<T>,
}

/// Numbers of another precision.
fn cast<T: crate::reference::Real>(numbers: &[f64]) -> Vec<T> {
    numbers.iter().map(|&x| T::of(x)).collect()
}

/// Numbers in float64.
fn widen<T: crate::reference::Real>(numbers: &[T]) -> Vec<f64> {
    numbers
        .iter()
        .map(|x| x.to_f64().unwrap_or(f64::NAN))
        .collect()
}

/// A vector's initial values in float32 or float64.
pub fn initial<T: crate::reference::Real>(vector: &Vector) -> LaneState<T> {
    LaneState {
        weights: vector.initial.weights.iter().map(|w| cast(w)).collect(),
        alpha: cast(&vector.initial.alpha),
        beta: cast(&vector.initial.beta),
    }
}

/// A lane's values in float64.
pub fn widened<T: crate::reference::Real>(state: &LaneState<T>) -> LaneState<f64> {
    LaneState {
        weights: state.weights.iter().map(|w| widen(w)).collect(),
        alpha: widen(&state.alpha),
        beta: widen(&state.beta),
    }
}

impl<'a, T: crate::reference::Real> OnReference<'a, T> {
    /// The reference with a vector's initial values.
    pub fn new(vector: &'a Vector) -> Self {
        Self {
            vector,
            images: vector.images.iter().map(|i| cast(i)).collect(),
            engine: crate::reference::Reference::new(&vector.model, &vector.rule, initial(vector)),
        }
    }
}

impl<T: crate::reference::Real> Candidate for OnReference<'_, T> {
    type Error = std::convert::Infallible;

    fn observe(&mut self, step: &VectorStep) -> Result<f64, Self::Error> {
        let [current, replay] = self.vector.samples(&self.images, step);
        Ok(self
            .engine
            .observe(&current, &replay)
            .to_f64()
            .unwrap_or(f64::NAN))
    }

    fn state(&mut self) -> Result<LaneState<f64>, Self::Error> {
        let state = self.engine.state();
        Ok(widened(&state))
    }

    fn see(&mut self, image: usize, lesion: Lesion) -> Result<Seen, Self::Error> {
        let outcome = self.engine.forward(&self.images[image], lesion);
        Ok(Seen {
            logits: outcome.logits.iter().map(|l| widen(l)).collect(),
            active: outcome.active,
        })
    }
}

/// The fast engine without a GPU as a candidate.
#[derive(Debug)]
pub struct OnCpu<'a> {
    vector: &'a Vector,
    images: Vec<Vec<f32>>,
    engine: crate::cpu::Cpu,
}

impl<'a> OnCpu<'a> {
    /// A lane with a vector's initial values.
    pub fn new(vector: &'a Vector) -> Self {
        let model = std::sync::Arc::new(vector.model.clone());
        Self {
            vector,
            images: vector.images.iter().map(|x| cast(x)).collect(),
            engine: crate::cpu::Cpu::new(&model, &vector.rule, &initial(vector)),
        }
    }
}

impl Candidate for OnCpu<'_> {
    type Error = std::convert::Infallible;

    fn observe(&mut self, step: &VectorStep) -> Result<f64, Self::Error> {
        let [current, replay] = self.vector.samples(&self.images, step);
        Ok(self.engine.observe(&current, &replay).into())
    }

    fn state(&mut self) -> Result<LaneState<f64>, Self::Error> {
        let state = self.engine.state();
        Ok(widened(&state))
    }

    fn see(&mut self, image: usize, lesion: Lesion) -> Result<Seen, Self::Error> {
        let mut seen = crate::cpu::evaluation::Seen::default();
        self.engine.forward(&self.images[image], &mut seen);
        let mut logits_of = |head| {
            let mut logits = Vec::new();
            self.engine.logits(&mut seen, head, lesion, &mut logits);
            widen(&logits)
        };
        let logits = (0..self.vector.model.heads.len())
            .map(&mut logits_of)
            .collect();
        Ok(Seen {
            logits,
            active: seen
                .acts
                .iter()
                .map(|u| u.iter().filter(|u| **u > 0.0).count() as u32)
                .collect(),
        })
    }
}

/// The GPU as a candidate: one lane, inputs written by the host.
#[derive(Debug)]
pub struct OnGpu<'a> {
    vector: &'a Vector,
    wave: crate::gpu::GpuWave,
}

impl<'a> OnGpu<'a> {
    /// A GPU with a vector's initial values.
    ///
    /// # Errors
    /// If the network does not fit, or is of second order.
    pub fn new(
        gpu: std::sync::Arc<crate::gpu::Gpu>,
        vector: &'a Vector,
    ) -> Result<Self, crate::gpu::GpuError> {
        let (batch, replay) = vector.largest_step();
        let start = crate::gpu::LaneStart {
            state: initial(vector),
            learn_alpha: vector.rule.learn_alpha,
            learn_beta: vector.rule.learn_beta,
        };
        let wave = crate::gpu::GpuWave::new(
            gpu,
            &crate::gpu::WaveSetup {
                model: &vector.model,
                rule: &vector.rule,
                starts: &[start],
                per_seed: 1,
                tasks: 1,
                batch: batch as u32,
                replay: replay as u32,
                block: 1,
                pictures: &crate::gpu::Pictures {
                    capacity: 1,
                    per_task: 1,
                    ..Default::default()
                },
            },
        )?;
        Ok(Self { vector, wave })
    }

    /// Takes one observe step; see [`Candidate::observe`].
    ///
    /// # Errors
    /// If the device failed.
    pub async fn observe(&mut self, step: &VectorStep) -> Result<f64, crate::gpu::GpuError> {
        let mut entries = Vec::new();
        for (column, &i) in step.current.iter().chain(&step.replay).enumerate() {
            self.wave
                .write_inputs(true, 0, column as u32, &cast::<f32>(&self.vector.images[i]));
            let labels = &self.vector.labels[i];
            entries.push([0, 0, labels[0], labels.get(1).copied().unwrap_or_default()]);
        }
        let (batch, replay) = self.vector.largest_step();
        entries.resize(batch + replay, [0; 4]);
        self.wave.write_entries(&entries);
        self.wave.advance(
            &[(step.current.len() as u32, step.replay.len() as u32)],
            false,
        );
        Ok(self.wave.rates().await?[0].loss.into())
    }

    /// The lane's values.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn state(&self) -> Result<LaneState<f64>, crate::gpu::GpuError> {
        let state = self.wave.lane(0).await?;
        Ok(widened(&state))
    }

    /// What it makes of an image; see [`Candidate::see`].
    ///
    /// # Errors
    /// If the device failed.
    pub async fn see(
        &mut self,
        image: usize,
        lesion: Lesion,
    ) -> Result<Seen, crate::gpu::GpuError> {
        self.wave
            .write_inputs(false, 0, 0, &cast::<f32>(&self.vector.images[image]));
        self.wave.evaluate(0, 0..1, false);
        let (products, outputs) = self.wave.evaluated(0, 0).await?;
        let model = &self.vector.model;
        let logits = products
            .iter()
            .enumerate()
            .map(|(h, products)| {
                let mut sum = vec![0.0; model.heads[h].classes];
                for (i, product) in products.iter().enumerate() {
                    let left_out = match lesion {
                        Lesion::Intact | Lesion::WithoutSomeL => false,
                        Lesion::WithoutL => i == 0,
                        Lesion::WithoutR => i == 1,
                    };
                    if !left_out {
                        sum.iter_mut()
                            .zip(product)
                            .for_each(|(s, &p)| *s += f64::from(p));
                    }
                }
                debug_assert!(
                    model
                        .into_head(h)
                        .all(|m| model.matrices[m].target == Target::Head(h))
                );
                sum
            })
            .collect();
        let active = outputs
            .iter()
            .map(|u| u.iter().filter(|u| **u > 0.0).count() as u32)
            .collect();
        Ok(Seen { logits, active })
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Candidate for OnGpu<'_> {
    type Error = crate::gpu::GpuError;

    fn observe(&mut self, step: &VectorStep) -> Result<f64, Self::Error> {
        pollster::block_on(OnGpu::observe(self, step))
    }

    fn state(&mut self) -> Result<LaneState<f64>, Self::Error> {
        pollster::block_on(OnGpu::state(self))
    }

    fn see(&mut self, image: usize, lesion: Lesion) -> Result<Seen, Self::Error> {
        pollster::block_on(OnGpu::see(self, image, lesion))
    }
}

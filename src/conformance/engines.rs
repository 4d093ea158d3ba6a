//! The engines as candidates for the comparison.

use super::compare::{Candidate, Seen};
use super::format::{Vector, VectorStep};
use std::convert::Infallible;

use crate::gpu::{Gpu, GpuError, GpuWave, LaneStart, Pictures, WaveSetup};
use crate::model::{LaneState, Lesion, Target};
use crate::reference::{Real, Reference};

/// The reference as a candidate.
#[derive(Debug)]
pub struct OnReference<'a, T> {
    vector: &'a Vector,
    images: Vec<Vec<T>>,
    engine: Reference<T>,
}

/// Numbers of another precision.
fn cast<T: Real>(numbers: &[f64]) -> Vec<T> {
    numbers.iter().map(|&x| T::of(x)).collect()
}

/// Numbers in float64.
fn widen<T: Real>(numbers: &[T]) -> Vec<f64> {
    numbers
        .iter()
        .map(|x| x.to_f64().unwrap_or(f64::NAN))
        .collect()
}

/// A vector's initial values in float32 or float64.
pub fn initial<T: Real>(vector: &Vector) -> LaneState<T> {
    LaneState {
        weights: vector.initial.weights.iter().map(|w| cast(w)).collect(),
        alpha: cast(&vector.initial.alpha),
        beta: cast(&vector.initial.beta),
    }
}

/// A lane's values in float64.
pub fn widened<T: Real>(state: &LaneState<T>) -> LaneState<f64> {
    LaneState {
        weights: state.weights.iter().map(|w| widen(w)).collect(),
        alpha: widen(&state.alpha),
        beta: widen(&state.beta),
    }
}

impl<'a, T: Real> OnReference<'a, T> {
    /// The reference with a vector's initial values.
    pub fn new(vector: &'a Vector) -> Self {
        Self {
            vector,
            images: vector.images.iter().map(|i| cast(i)).collect(),
            engine: Reference::new(&vector.model, &vector.rule, initial(vector)),
        }
    }
}

impl<T: Real> Candidate for OnReference<'_, T> {
    type Error = Infallible;

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
    type Error = Infallible;

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
    wave: GpuWave,
}

impl<'a> OnGpu<'a> {
    /// A GPU with a vector's initial values.
    ///
    /// # Errors
    /// If the network does not fit, or is of second order.
    pub fn new(gpu: std::sync::Arc<Gpu>, vector: &'a Vector) -> Result<Self, GpuError> {
        let (batch, replay) = vector.largest_step();
        let start = LaneStart {
            state: initial(vector),
            learn_alpha: vector.rule.learn_alpha,
            learn_beta: vector.rule.learn_beta,
        };
        let wave = GpuWave::new(
            gpu,
            &WaveSetup {
                model: &vector.model,
                rule: &vector.rule,
                starts: &[start],
                per_seed: 1,
                tasks: 1,
                batch: batch as u32,
                replay: replay as u32,
                block: 1,
                pictures: &Pictures {
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
    pub async fn observe(&mut self, step: &VectorStep) -> Result<f64, GpuError> {
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
    pub async fn state(&self) -> Result<LaneState<f64>, GpuError> {
        let state = self.wave.lane(0).await?;
        Ok(widened(&state))
    }

    /// What it makes of an image; see [`Candidate::see`].
    ///
    /// # Errors
    /// If the device failed.
    pub async fn see(&mut self, image: usize, lesion: Lesion) -> Result<Seen, GpuError> {
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
    type Error = GpuError;

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

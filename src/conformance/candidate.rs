//! An engine that is to be checked, with one lane at a vector's initial values.
//!
//! Vectors have images of any size, given as numbers: what an engine at work on a wave
//! ([`crate::engine::Engine`]) makes of a data set's bytes is left out here, and lanes are fed with samples
//! directly.

use std::sync::Arc;

use super::format::{Vector, VectorStep};
use crate::cpu::Cpu;
use crate::gpu::{Gpu, GpuError, GpuWave, LaneStart, WaveData, WaveSetup};
use crate::lane::{HostLane, Seen};
use crate::model::{LaneState, Lesion};
use crate::numeric::{Real, cast, widen};
use crate::reference::Reference;

/// What an engine makes of one image, with W.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// Logits of each head: `[classes]`.
    pub logits: Vec<Vec<f64>>,
    /// Units with h > 0 of each layer, with the network intact.
    pub active: Vec<u32>,
}

/// One lane with a vector's initial values, on an engine.
#[derive(Debug)]
pub struct Candidate<'a> {
    vector: &'a Vector,
    on: On,
}

#[derive(Debug)]
enum On {
    Gpu(Box<GpuWave>),
    Single(OnHost<f32>),
    Double(OnHost<f64>),
}

/// A lane on this computer's cores, with the vector's images in its precision.
#[derive(Debug)]
struct OnHost<T> {
    lane: Box<dyn HostLane<T>>,
    images: Vec<Vec<T>>,
}

impl<'a> Candidate<'a> {
    /// The reference in float64: the oracle.
    pub fn oracle(vector: &'a Vector) -> Self {
        let lane = Reference::<f64>::new(&vector.model, &vector.rule, vector.initial.clone());
        let on = On::Double(OnHost::new(vector, Box::new(lane)));
        Self { vector, on }
    }

    /// The reference in float32.
    pub fn reference(vector: &'a Vector) -> Self {
        let lane = Reference::<f32>::new(&vector.model, &vector.rule, vector.initial.cast());
        let on = On::Single(OnHost::new(vector, Box::new(lane)));
        Self { vector, on }
    }

    /// The CPU engine.
    pub fn cpu(vector: &'a Vector) -> Self {
        let model = Arc::new(vector.model.clone());
        let lane = Cpu::new(&model, &vector.rule, &vector.initial.cast());
        let on = On::Single(OnHost::new(vector, Box::new(lane)));
        Self { vector, on }
    }

    /// The GPU engine, its inputs written by the host.
    ///
    /// # Errors
    /// If the network does not fit.
    pub fn gpu(gpu: Arc<Gpu>, vector: &'a Vector) -> Result<Self, GpuError> {
        let (batch, replay) = vector.largest_step();
        let start = LaneStart {
            state: vector.initial.cast(),
            learn_alpha: vector.rule.learn_alpha,
            learn_beta: vector.rule.learn_beta,
        };
        let setup = WaveSetup {
            model: &vector.model,
            rule: &vector.rule,
            starts: &[start],
            per_seed: 1,
            tasks: 1,
            batch: batch as u32,
            replay: replay as u32,
            block: 1,
            data: &WaveData {
                capacity: 1,
                per_task: 1,
                ..WaveData::default()
            },
        };
        let on = On::Gpu(Box::new(GpuWave::new(gpu, &setup)?));
        Ok(Self { vector, on })
    }

    /// Whether it computes in float32.
    pub fn is_single(&self) -> bool {
        !matches!(self.on, On::Double(_))
    }

    /// Takes one observe step and gives the meta-loss before the update.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn observe(&mut self, step: &VectorStep) -> Result<f64, GpuError> {
        let vector = self.vector;
        match &mut self.on {
            On::Gpu(wave) => observe_on_gpu(wave, vector, step).await,
            On::Single(host) => Ok(host.observe(vector, step)),
            On::Double(host) => Ok(host.observe(vector, step)),
        }
    }

    /// The lane's values.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn state(&self) -> Result<LaneState<f64>, GpuError> {
        match &self.on {
            On::Gpu(wave) => Ok(wave.lane(0).await?.widen()),
            On::Single(host) => Ok(host.lane.state().widen()),
            On::Double(host) => Ok(host.lane.state()),
        }
    }

    /// What it makes of the image of that index.
    ///
    /// # Errors
    /// If the device failed.
    pub async fn respond(&mut self, image: usize, lesion: Lesion) -> Result<Response, GpuError> {
        match &mut self.on {
            On::Gpu(wave) => respond_on_gpu(wave, self.vector, image, lesion).await,
            On::Single(host) => Ok(host.respond(self.vector, image, lesion)),
            On::Double(host) => Ok(host.respond(self.vector, image, lesion)),
        }
    }
}

fn active<T: Real>(outputs: &[T]) -> u32 {
    outputs.iter().filter(|&&h| h > T::zero()).count() as u32
}

impl<T: Real> OnHost<T> {
    fn new(vector: &Vector, lane: Box<dyn HostLane<T>>) -> Self {
        let images = vector.images.iter().map(|x| cast(x)).collect();
        Self { lane, images }
    }

    fn observe(&mut self, vector: &Vector, step: &VectorStep) -> f64 {
        let [current, replay] = vector.samples(&self.images, step);
        let loss = self.lane.observe(&current, &replay);
        loss.to_f64().unwrap_or(f64::NAN)
    }

    fn respond(&self, vector: &Vector, image: usize, lesion: Lesion) -> Response {
        let mut response = Response {
            logits: vec![Vec::new(); vector.model.heads.len()],
            active: vec![0; vector.model.layers.len()],
        };
        // Layers are shown with the network intact.
        let lesions = [Lesion::Intact, lesion];
        let mut take = |seen: Seen<'_, T>| match seen {
            Seen::Outputs { layer, outputs } => response.active[layer] = active(outputs),
            Seen::Logits {
                head,
                lesion: 1,
                logits,
                ..
            } => response.logits[head] = widen(logits),
            Seen::Logits { .. } => {}
        };
        self.lane.evaluate(&self.images[image], &lesions, &mut take);
        response
    }
}

async fn observe_on_gpu(
    wave: &mut GpuWave,
    vector: &Vector,
    step: &VectorStep,
) -> Result<f64, GpuError> {
    let mut entries = Vec::new();
    for (column, &i) in step.current.iter().chain(&step.replay).enumerate() {
        wave.write_inputs(true, 0, column as u32, &cast::<f32>(&vector.images[i]));
        let labels = &vector.labels[i];
        entries.push([0, 0, labels[0], labels.get(1).copied().unwrap_or_default()]);
    }
    let (batch, replay) = vector.largest_step();
    entries.resize(batch + replay, [0; 4]);
    wave.write_entries(&entries);
    let shape = (step.current.len() as u32, step.replay.len() as u32);
    wave.advance(&[shape], false);
    Ok(wave.rates().await?[0].loss.into())
}

async fn respond_on_gpu(
    wave: &mut GpuWave,
    vector: &Vector,
    image: usize,
    lesion: Lesion,
) -> Result<Response, GpuError> {
    wave.write_inputs(false, 0, 0, &cast::<f32>(&vector.images[image]));
    wave.evaluate(0, 0..1, false);
    let (products, outputs) = wave.evaluated(0, 0).await?;
    let left_out = lesion.left_out();
    let sum = |products: &Vec<Vec<f32>>| {
        let mut sum = vec![0.0; products[0].len()];
        for (i, product) in products.iter().enumerate() {
            if Some(i) != left_out {
                sum.iter_mut()
                    .zip(product)
                    .for_each(|(s, &p)| *s += f64::from(p));
            }
        }
        sum
    };
    Ok(Response {
        logits: products.iter().map(sum).collect(),
        active: outputs.iter().map(|u| active(u)).collect(),
    })
}

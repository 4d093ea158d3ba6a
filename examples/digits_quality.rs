//! How well a two-layer network trained on our procedural digits reads MNIST's test set:
//! `METACLS_MNIST=DIR cargo run --release --example digits_quality`.
#![allow(clippy::unwrap_used)]

use metacls::data::{Dataset, Images};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

const HIDDEN: usize = 256;
const EPOCHS: usize = 8;

struct Network {
    /// By inputs: `[pixels x HIDDEN]`.
    first: Vec<f32>,
    /// By hidden units: `[HIDDEN x 10]`.
    second: Vec<f32>,
}

impl Network {
    fn forward(&self, image: &[u8]) -> (Vec<f32>, [f32; 10]) {
        let mut h = vec![0.0; HIDDEN];
        for (row, &p) in self.first.chunks_exact(HIDDEN).zip(image) {
            if p > 0 {
                let x = f32::from(p) / 255.0;
                h.iter_mut().zip(row).for_each(|(h, w)| *h += w * x);
            }
        }
        h.iter_mut().for_each(|h| *h = h.max(0.0));
        let mut z = [0.0; 10];
        for (row, &h) in self.second.chunks_exact(10).zip(&h) {
            z.iter_mut().zip(row).for_each(|(z, w)| *z += w * h);
        }
        (h, z)
    }

    fn learn(&mut self, image: &[u8], label: usize, rate: f32) {
        let (h, z) = self.forward(image);
        let top = z.iter().copied().fold(f32::MIN, f32::max);
        let mass: f32 = z.iter().map(|z| (z - top).exp()).sum();
        let mut delta = z.map(|z| (z - top).exp() / mass);
        delta[label] -= 1.0;
        let mut below = vec![0.0; HIDDEN];
        for ((row, &h), below) in self.second.chunks_exact_mut(10).zip(&h).zip(&mut below) {
            if h > 0.0 {
                *below = row.iter().zip(&delta).map(|(w, d)| w * d).sum();
                row.iter_mut()
                    .zip(&delta)
                    .for_each(|(w, d)| *w -= rate * h * d);
            }
        }
        for (row, &p) in self.first.chunks_exact_mut(HIDDEN).zip(image) {
            if p > 0 {
                let x = rate * f32::from(p) / 255.0;
                row.iter_mut().zip(&below).for_each(|(w, d)| *w -= x * d);
            }
        }
    }

    fn accuracy(&self, images: &Images) -> f64 {
        let right = (0..images.len()).filter(|&i| {
            let z = self.forward(images.image(i)).1;
            let best = (0..10).max_by(|&a, &b| z[a].total_cmp(&z[b])).unwrap();
            best == usize::from(images.labels[i])
        });
        right.count() as f64 / images.len() as f64
    }
}

fn main() {
    let folder = std::env::var("METACLS_MNIST").unwrap();
    let mnist = Dataset::from_directory(folder.as_ref(), None).unwrap();
    let ours = Dataset::procedural();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut draw = |n: usize, scale: f32| -> Vec<f32> {
        (0..n)
            .map(|_| (rng.random::<f32>() - 0.5) * scale)
            .collect()
    };
    let mut network = Network {
        first: draw(ours.info.pixels() * HIDDEN, 0.12),
        second: draw(HIDDEN * 10, 0.2),
    };
    let mut order: Vec<usize> = (0..ours.train.len()).collect();
    for epoch in 0..EPOCHS {
        order.shuffle(&mut rng);
        let rate = 0.02 * (1.0 - epoch as f32 / EPOCHS as f32);
        for &i in &order {
            network.learn(ours.train.image(i), ours.train.labels[i].into(), rate);
        }
        println!(
            "epoch {epoch}: our test digits {:.3}, MNIST's test set {:.3}",
            network.accuracy(&ours.test),
            network.accuracy(&mnist.test)
        );
    }
}

//! In which order a stream's training images come, and what is replayed beside them.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::{Purpose, Step, random};
use crate::config::{Config, Order};

/// All observe steps of one seed: order, memory and replay.
pub(super) fn steps(config: &Config, seed: u32) -> Vec<Step> {
    let mut order_rng = random(seed, Purpose::Order);
    let mut glance_rng = random(seed, Purpose::Glances);
    let mut replay_rng = random(seed, Purpose::Replay);
    let mut memory = Reservoir::new(config.memory, random(seed, Purpose::Reservoir));
    let mut steps = Vec::with_capacity(config.steps() as usize);
    let samples = config.samples_per_task.max(1) as usize;
    let mut all: Vec<u32> = (0..config.tasks * config.samples_per_task).collect();
    match config.order {
        Order::Sequential => {
            let tasks = all.chunks_mut(samples);
            tasks.for_each(|task| task.shuffle(&mut order_rng));
        }
        Order::Mixed => all.shuffle(&mut order_rng),
    }
    for (task, order) in (0..).zip(all.chunks(samples)) {
        for batch in order.chunks(config.batch as usize) {
            let mut current = batch.to_vec();
            for glance in 0..config.glances {
                if glance > 0 {
                    current.shuffle(&mut glance_rng);
                }
                let held = memory.slots.len() as u32;
                let replay = if held == 0 {
                    Vec::new()
                } else {
                    (0..config.replay)
                        .map(|_| memory.slots[replay_rng.random_range(0..held) as usize])
                        .collect()
                };
                steps.push(Step {
                    task,
                    current: current.clone(),
                    replay,
                });
            }
            for &sample in batch {
                memory.see(sample);
            }
        }
    }
    steps
}

/// A reservoir that keeps a uniform choice of everything seen (with the authors' off-by-one: the
/// n-th sample draws from n + 1 values).
struct Reservoir {
    size: u32,
    age: u32,
    slots: Vec<u32>,
    rng: ChaCha8Rng,
}

impl Reservoir {
    fn new(size: u32, rng: ChaCha8Rng) -> Self {
        Self {
            size,
            age: 0,
            slots: Vec::new(),
            rng,
        }
    }

    fn see(&mut self, sample: u32) {
        self.age += 1;
        if (self.slots.len() as u32) < self.size {
            self.slots.push(sample);
            return;
        }
        let slot = self.rng.random_range(0..=self.age);
        if slot < self.size {
            self.slots[slot as usize] = sample;
        }
    }
}

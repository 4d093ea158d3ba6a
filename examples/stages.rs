//! Seconds of each GPU stage in one observe step: `cargo run --release --example stages [widths...]`.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use metacls::config::Condition;
use metacls::data::digits;
use metacls::gpu::{Gpu, GpuWave, LaneStart, Patience, WaveData, WaveSetup};
use metacls::model::{Model, Rule, initial};

fn main() {
    let widths: Vec<u32> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let mut config = metacls::experiments::find("figure2").unwrap().config;
    if !widths.is_empty() {
        config.hidden = widths;
    }
    let model = Model::new(&config, &digits(0, 0, 0).info);
    let state = initial(&model, &config, 0);
    let starts = vec![
        LaneStart {
            state,
            learn_alpha: true,
            learn_beta: true
        };
        2
    ];
    let gpu = Arc::new(pollster::block_on(Gpu::open(&Patience::default())).unwrap());
    println!("{}", gpu.name);
    let data = WaveData {
        images: vec![100; model.inputs],
        rotations: vec![[1.0, 0.0]; 20],
        capacity: 1,
        per_task: 1,
        evaluation: vec![[0; 4]; 2],
        silenced: Vec::new(),
    };
    let mut wave = GpuWave::new(
        gpu,
        &WaveSetup {
            model: &model,
            rule: &Rule::of(&config, Condition::Meta),
            starts: &starts,
            per_seed: 2,
            tasks: 20,
            batch: 5,
            replay: 5,
            block: 40,
            data: &data,
        },
    )
    .unwrap();
    let rows = pollster::block_on(wave.profile((5, 5), 20)).unwrap();
    let total: f64 = rows.iter().map(|r| r.2).sum();
    for (name, count, seconds) in rows {
        println!(
            "{name:<14} {count:>3} dispatches {:8.3} ms  {:4.1}%  {:6.1} us each",
            seconds * 1e3,
            seconds / total * 100.0,
            seconds * 1e6 / count.max(1) as f64
        );
    }
    println!("all            {:.3} ms", total * 1e3);
}

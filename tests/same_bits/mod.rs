//! Thirty-three small runs by the CPU engine, and the digest of each: the same on every processor.

use std::sync::Arc;

use metacls::config::{Condition, Config, EvaluateOn, Lane, Order, TaskKind};
use metacls::data::{Dataset, digits};
use metacls::digest::{Digest, of_all, of_lane};
use metacls::engine::{Device, Engine, Wave};
use metacls::experiments;
use metacls::model::{Model, initial};
use metacls::stream::Stream;

/// A preset, made short.
fn short(preset: &str, change: impl Fn(&mut Config)) -> Config {
    let mut config = experiments::find(preset).unwrap().config;
    config.seeds = 1;
    (config.tasks, config.samples_per_task) = (2, 10);
    config.evaluation_images = 10;
    change(&mut config);
    config
}

/// Quick, made short, with small layers of odd widths.
fn small(change: impl Fn(&mut Config)) -> Config {
    short("quick", |config| {
        config.hidden = vec![21, 18];
        (config.samples_per_task, config.evaluation_images) = (13, 70);
        config.evaluate_on = EvaluateOn::Test;
        config.conditions = vec![Condition::Baseline, Condition::Meta];
        change(config);
    })
}

/// All presets' shapes, odd widths, k = 1 and large, second order, two heads, two pathways, synchronous
/// update, clip on and off, and 1 to 40 lanes.
pub fn configs() -> Vec<(&'static str, Config)> {
    vec![
        ("figure1", short("figure1", |_| {})),
        ("figure2", short("figure2", |_| {})),
        ("figure3", short("figure3", |c| c.samples_per_task = 10)),
        ("quick", short("quick", |_| {})),
        ("two layers", short("two-layers", |_| {})),
        (
            "figure1, second order",
            short("figure1", |c| c.second_order = true),
        ),
        (
            "figure1, four conditions",
            short("figure1", |c| c.conditions = all()),
        ),
        (
            "figure3, second order",
            short("figure3", |c| {
                (c.samples_per_task, c.second_order) = (10, true)
            }),
        ),
        ("small", small(|_| {})),
        ("one unit", small(|c| c.hidden = vec![1])),
        ("widths 1, 17, 3", small(|c| c.hidden = vec![1, 17, 3])),
        ("widths 15, 16, 17", small(|c| c.hidden = vec![15, 16, 17])),
        ("widths 33, 250, 7", small(|c| c.hidden = vec![33, 250, 7])),
        ("seven layers", small(|c| c.hidden = vec![12; 7])),
        (
            "k = 1",
            small(|c| (c.k_fraction, c.hidden) = (0.0, vec![230, 210])),
        ),
        (
            "k = half",
            small(|c| (c.k_fraction, c.hidden) = (0.5, vec![40, 39])),
        ),
        ("second order", small(|c| c.second_order = true)),
        (
            "second order, not scaled",
            small(|c| (c.second_order, c.unit_length_inputs) = (true, false)),
        ),
        ("item head", small(|c| c.item_head = true)),
        ("pathways", small(|c| c.pathways = Some([19, 5]))),
        (
            "pathways, both heads",
            small(|c| (c.pathways, c.item_head) = (Some([40, 10]), true)),
        ),
        (
            "pathways, second order",
            small(|c| (c.pathways, c.second_order) = (Some([9, 9]), true)),
        ),
        ("synchronous update", small(|c| c.sync_update = true)),
        ("a tight clip", small(|c| c.clip_norm = 1e-3)),
        ("no clip", small(|c| c.clip_norm = 1e6)),
        ("no competition", small(|c| c.competition = false)),
        (
            "batch 1, no replay",
            small(|c| (c.batch, c.replay) = (1, 0)),
        ),
        (
            "batch 16, replay 48",
            small(|c| (c.batch, c.replay, c.samples_per_task) = (16, 48, 40)),
        ),
        (
            "three glances",
            small(|c| (c.glances, c.evaluate_on) = (3, EvaluateOn::Learned)),
        ),
        ("forty lanes", small(|c| (c.seeds, c.first_seed) = (20, 7))),
        ("permuted", small(|c| c.stream = TaskKind::Permuted)),
        (
            "classes, mixed",
            small(|c| {
                (c.stream, c.order) = (TaskKind::Classes, Order::Mixed);
                c.evaluation_images = 50;
            }),
        ),
        (
            "own heads, second order",
            small(|c| {
                (c.stream, c.own_heads, c.second_order) = (TaskKind::Classes, true, true);
                c.evaluation_images = 50;
            }),
        ),
    ]
}

fn all() -> Vec<Condition> {
    use Condition::{Baseline, Meta, Rates, Sparsity};
    vec![Baseline, Rates, Sparsity, Meta]
}

pub fn images() -> Arc<Dataset> {
    Arc::new(digits(1, 400, 120))
}

/// Trains these seeds of a configuration side by side and gives each lane's digest.
pub async fn lanes(config: &Config, data: &Arc<Dataset>) -> Vec<Digest> {
    let config = Arc::new(Config {
        evaluation_images: config.evaluation_images.min(match config.evaluate_on {
            EvaluateOn::Learned => config.samples_per_task,
            EvaluateOn::Test => u32::MAX,
        }),
        ..config.clone()
    });
    let model = Arc::new(Model::new(&config, &data.info));
    let lanes: Vec<Lane> = config.lanes();
    let seeds = config.first_seed..config.first_seed + config.seeds;
    let stream = |seed| Stream::new(&config, seed, &data.pool());
    let wave = Wave {
        streams: seeds.map(|seed| Arc::new(stream(seed).unwrap())).collect(),
        starts: lanes
            .iter()
            .map(|lane| initial(&model, &config, lane.seed))
            .collect(),
        lanes,
        model,
        config: config.clone(),
        data: data.clone(),
        first_step: 0,
    };
    let mut engine = Engine::new(&Device::Cpu, wave).await.unwrap();
    let per_task = config.steps_per_task();
    for task in 0..config.tasks {
        engine.begin_task(task).unwrap();
        let steps = task * per_task..(task + 1) * per_task;
        engine.advance(steps).await.unwrap();
    }
    engine.begin_evaluation();
    for task in 0..config.tasks {
        engine
            .evaluate(task, 0..config.evaluation_images)
            .await
            .unwrap();
    }
    let (states, counts) = (
        engine.lanes().await.unwrap(),
        engine.counts().await.unwrap(),
    );
    states
        .iter()
        .zip(&counts)
        .map(|(state, counts)| of_lane(state, counts))
        .collect()
}

/// Every configuration's digest, a line each.
pub async fn digests() -> String {
    let data = images();
    let mut text = String::new();
    for (name, config) in configs() {
        let digest = of_all(lanes(&config, &data).await);
        text += &format!("{digest} {name}\n");
    }
    text
}

/// What they are.
pub const DIGESTS: &str = include_str!("digests.txt");

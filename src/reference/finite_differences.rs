//! The meta-gradient against finite differences of the meta-loss, with every c held at its value at the
//! base point: c is a constant of the method, so a difference that let it move would measure something else.
//!
//! In first order the inner gradients are constants too and are held; in second order they follow. In
//! float64 with central differences of 1e-6 the truncation error is about 1e-12 times the third
//! derivative and rounding about 1e-10, so 1e-6 of the gradient's largest entry leaves enough for
//! curvature; no pre-activation lies so near its threshold that a unit turns on or off (the draw is fixed).

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::network::{Labels, LayerTrace, Trace};
use super::{MetaGradient, Reference, Sample};
use crate::config::{Condition, Config};
use crate::data::ClassSet;
use crate::model::{LaneState, Lesion, Model, Rule};
use crate::numeric::dot;

/// An image, its labels, and the classes that the first of these is told apart among.
type Labelled = (Vec<f64>, Vec<u32>, Option<ClassSet>);

fn labels((_, of_heads, among): &Labelled) -> Labels<'_> {
    Labels {
        of_heads,
        among: *among,
    }
}

/// A forward pass whose k-th largest are given rather than found.
fn forward_held(
    lane: &Reference<f64>,
    weights: &[Vec<f64>],
    input: &[f64],
    kth_largest: &[f64],
) -> Trace<f64> {
    let network = &lane.network;
    let mut trace = Trace {
        input: network.scaled(input),
        layers: Vec::new(),
        logits: Vec::new(),
    };
    for (l, layer) in network.model.layers.iter().enumerate() {
        let mut z = vec![0.0; layer.units];
        let u = network.input_of(&trace, layer.matrix).to_vec();
        network.add_product(&weights[layer.matrix], &u, &mut z);
        let h: Vec<f64> = z
            .iter()
            .map(|z| (z - lane.beta[l] * kth_largest[l]).max(0.0))
            .collect();
        let norm = dot(&h, &h).sqrt();
        trace.layers.push(LayerTrace {
            u: h.iter().map(|h| h / norm).collect(),
            kth_largest: kth_largest[l],
            z,
            h,
            norm,
        });
    }
    for (h, head) in network.model.heads.iter().enumerate() {
        let mut z = vec![0.0; head.classes];
        for m in network.model.into_head(h) {
            let u = network.input_of(&trace, m).to_vec();
            network.add_product(&weights[m], &u, &mut z);
        }
        trace.logits.push(z);
    }
    trace
}

/// What is held from the base point: the k-th largest of every inner step's pass and of every meta pass after
/// it, and (in first order) the inner gradients.
struct Held {
    inner: Vec<Vec<f64>>,
    meta: Vec<Vec<Vec<f64>>>,
    gradients: Option<Vec<Vec<Vec<f64>>>>,
}

fn kth_largest(lane: &Reference<f64>, weights: &[Vec<f64>], input: &[f64]) -> Vec<f64> {
    let input = lane.network.scaled(input);
    let trace = lane
        .network
        .forward(weights, &lane.beta, &input, Lesion::Intact);
    trace.layers.iter().map(|l| l.kth_largest).collect()
}

/// The meta-loss, as the textbook has it; `held` none finds what is to be held.
fn meta_loss(
    lane: &Reference<f64>,
    current: &[Labelled],
    batch: &[Labelled],
    held: Option<&Held>,
) -> (f64, Held) {
    let mut found = Held {
        inner: Vec::new(),
        meta: Vec::new(),
        gradients: Some(Vec::new()),
    };
    let mut fast = lane.weights.clone();
    let mut loss = 0.0;
    for (j, sample) in current.iter().enumerate() {
        let input = &sample.0;
        let inner = held.map_or_else(|| kth_largest(lane, &fast, input), |h| h.inner[j].clone());
        let trace = forward_held(lane, &fast, input, &inner);
        let back = lane.network.backward(&fast, &trace, &labels(sample));
        let gradients: Vec<Vec<f64>> = (0..fast.len())
            .map(|m| {
                let mut g = vec![0.0; fast[m].len()];
                lane.network.add_gradient(m, &trace, &back, 1.0, &mut g);
                g
            })
            .collect();
        let kept = held.and_then(|h| h.gradients.as_ref()).map(|g| &g[j]);
        for (m, fast) in fast.iter_mut().enumerate() {
            let rate = lane.alpha[m].max(0.0);
            let g = &kept.unwrap_or(&gradients)[m];
            fast.iter_mut().zip(g).for_each(|(f, g)| *f -= rate * g);
        }
        let mut after = Vec::new();
        for (i, sample) in batch.iter().enumerate() {
            let input = &sample.0;
            let kth_largest =
                held.map_or_else(|| kth_largest(lane, &fast, input), |h| h.meta[j][i].clone());
            let trace = forward_held(lane, &fast, input, &kth_largest);
            loss += lane.network.backward(&fast, &trace, &labels(sample)).loss;
            after.push(kth_largest);
        }
        found.inner.push(inner);
        found.meta.push(after);
        found
            .gradients
            .iter_mut()
            .for_each(|g| g.push(gradients.clone()));
    }
    (loss / (current.len() * batch.len()) as f64, found)
}

fn lane(config: &Config, rng: &mut ChaCha8Rng) -> Reference<f64> {
    let model = Model::of_shape(
        12,
        &config
            .hidden
            .iter()
            .map(|&n| n as usize)
            .collect::<Vec<_>>(),
        config.pathways.map(|p| p.map(|n| n as usize)),
        4,
        config.items() as usize,
        config.k_fraction,
    );
    let weights = |m: &crate::model::Matrix| {
        (0..m.units * m.fan_in)
            .map(|_| rng.random_range(-0.6..0.8))
            .collect()
    };
    let state = LaneState {
        weights: model.matrices.iter().map(weights).collect(),
        alpha: (0..model.matrices.len())
            .map(|i| 0.05 + 0.03 * i as f64)
            .collect(),
        beta: (0..model.layers.len())
            .map(|i| 0.1 + 0.07 * i as f64)
            .collect(),
    };
    Reference::new(&model, &Rule::of(config, Condition::Meta), state)
}

/// `own_heads`: every sample is told apart among two or three classes of its own.
fn against_finite_differences(second_order: bool, pathways: bool, own_heads: bool, seed: u64) {
    let mut config = crate::experiments::find("figure1").unwrap().config;
    config.hidden = vec![9, 8];
    config.k_fraction = 0.3;
    config.second_order = second_order;
    if pathways {
        config.pathways = Some([7, 6]);
        (config.item_head, config.tasks, config.samples_per_task) = (true, 1, 3);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let base = lane(&config, &mut rng);
    let heads = base.network.model.heads.clone();
    let mut draw = |n: usize| -> Vec<Labelled> {
        (0..n)
            .map(|_| {
                let input = (0..12).map(|_| rng.random_range(0.0..1.0)).collect();
                let labels = heads.iter().map(|h| rng.random_range(0..h.classes as u32));
                let labels: Vec<u32> = labels.collect();
                // Drawn only where it is asked for: the other cases' draws stay as they are.
                let among = own_heads.then(|| {
                    let other = rng.random_range(0..4);
                    [labels[0], (labels[0] + 1) % 4, other]
                        .into_iter()
                        .collect()
                });
                (input, labels, among)
            })
            .collect()
    };
    let (current, replay) = (draw(3), draw(2));
    let batch = [replay.clone(), current.clone()].concat();
    fn samples(list: &[Labelled]) -> Vec<Sample<'_, f64>> {
        list.iter()
            .map(|(input, labels, among)| Sample {
                input,
                labels,
                among: *among,
            })
            .collect()
    }
    let MetaGradient {
        loss,
        weights,
        alpha,
        beta,
    } = base.meta_gradient(&samples(&current), &samples(&replay));

    let (base_loss, mut held) = meta_loss(&base, &current, &batch, None);
    assert!((loss - base_loss).abs() < 1e-12, "{loss} {base_loss}");
    if second_order {
        held.gradients = None;
    }
    let step = 1e-6;
    let slope = |change: &dyn Fn(&mut Reference<f64>, f64)| {
        let at = |by: f64| {
            let mut lane = base.clone();
            change(&mut lane, by);
            meta_loss(&lane, &current, &batch, Some(&held)).0
        };
        (at(step) - at(-step)) / (2.0 * step)
    };
    let near = |what: &str, ours: f64, theirs: f64, largest: f64| {
        let off = (ours - theirs).abs() / largest;
        assert!(
            off < 1e-6,
            "{what}: {ours} but by differences {theirs} ({off:.1e})"
        );
    };
    let largest = |v: &[f64]| v.iter().fold(f64::MIN_POSITIVE, |m, x| m.max(x.abs()));
    for m in 0..alpha.len() {
        near(
            "dalpha",
            alpha[m],
            slope(&|l, by| l.alpha[m] += by),
            largest(&alpha),
        );
    }
    for l in 0..beta.len() {
        near(
            "dbeta",
            beta[l],
            slope(&|lane, by| lane.beta[l] += by),
            largest(&beta),
        );
    }
    for (m, gradient) in weights.iter().enumerate() {
        for _ in 0..12 {
            let i = rng.random_range(0..gradient.len());
            let ours = gradient[i];
            near(
                "dW",
                ours,
                slope(&|l, by| l.weights[m][i] += by),
                largest(gradient),
            );
        }
    }
}

#[test]
fn first_order() {
    against_finite_differences(false, false, false, 1);
    against_finite_differences(false, true, false, 2);
}

#[test]
fn second_order() {
    against_finite_differences(true, false, false, 3);
    against_finite_differences(true, true, false, 4);
}

#[test]
fn with_heads_of_their_own() {
    against_finite_differences(false, false, true, 5);
    against_finite_differences(false, true, true, 6);
    against_finite_differences(true, false, true, 7);
    against_finite_differences(true, true, true, 8);
}

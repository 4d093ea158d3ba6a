//! Every stage's twin: the same work on the same flat buffers, one number after the other.
//!
//! A twin has its stage's name. It sums in f64 and keeps f32, so it is nearer the truth than its stage, and
//! reads nothing from padding. A fault is found by taking the twins' memory up to a dispatch and running
//! that dispatch on the GPU ([`super::memory`]).

use super::kernels::{self as k, Pass, misc};
use super::memory::Memory;
use super::passes::Dispatch;
use crate::numeric::{dot_wide, kth_largest};

/// Lengths at or below this are silence.
const SILENT: f64 = 1e-12;

/// Does a dispatch's work on the host. False if its stage has no twin.
#[must_use]
pub fn run(dispatch: &Dispatch, memory: &mut Memory) -> bool {
    let p = Twin {
        p: dispatch.pass,
        lanes: dispatch.groups[2],
    };
    match dispatch.stage.name {
        "gather" => p.gather(memory),
        "unit_length" => p.unit_length(memory),
        "overlap" => p.overlap(memory),
        "dense" => p.dense(memory),
        "compete" => p.compete(memory),
        "softmax" => p.softmax(memory),
        "dense_back" => p.dense_back(memory),
        "compete_back" => p.compete_back(memory),
        "collapse" => p.collapse(memory),
        "gram" => p.gram(memory),
        "meta_update" => p.meta_update(memory),
        "update" => p.update(memory),
        "silence" => p.silence(memory),
        "count" => p.count(memory),
        "standardize" => p.standardize(memory),
        "pool" => p.pool(memory),
        "score" => p.score(memory),
        _ => return false,
    }
    true
}

/// A run of elements.
fn span(at: u32, len: u32) -> std::ops::Range<usize> {
    at as usize..(at + len) as usize
}

struct Twin {
    p: Pass,
    lanes: u32,
}

impl Twin {
    fn has(&self, flag: u32) -> bool {
        self.p.flags & flag != 0
    }

    /// Where a column of the source begins.
    fn source(&self, lane: u32, sweep: u32, column: u32) -> usize {
        let p = &self.p;
        (p.source_at
            + lane / p.source_group * p.source_stride
            + (sweep * p.source_sweep + column) * p.fan_in_pad) as usize
    }

    /// Inner step i's slot: column i of sweep i.
    fn inner_slot(&self, i: u32) -> u32 {
        (i * self.p.column_slots + i) * self.p.units_pad
    }

    /// The look-ahead's coefficient of every inner step taken so far, for one column.
    fn coefficients(&self, m: &Memory, lane: u32, column: u32) -> Vec<f64> {
        let p = &self.p;
        let terms = [
            (p.term_dots_0, p.term_rate_0),
            (p.term_dots_1, p.term_rate_1),
        ];
        (0..p.inner)
            .map(|i| {
                let scalar = lane * p.scalars_lane + column * p.inner_slots + i;
                terms[..p.terms as usize]
                    .iter()
                    .map(|&(dots, rate)| {
                        let rate = m.rates[(lane * p.rates_lane + rate) as usize];
                        f64::from(rate) * f64::from(m.scalars[(dots + scalar) as usize])
                    })
                    .sum()
            })
            .collect()
    }

    /// values - sum_i coefficient_i x inner step i's vector, which lies in `vectors` from `at` on.
    fn corrected(
        &self,
        values: &[f32],
        coefficients: &[f64],
        vectors: &[f32],
        at: u32,
    ) -> Vec<f64> {
        values
            .iter()
            .enumerate()
            .map(|(unit, &value)| {
                let mut value = f64::from(value);
                for (i, c) in coefficients.iter().enumerate() {
                    let place = at + self.inner_slot(i as u32) + unit as u32;
                    value -= c * f64::from(vectors[place as usize]);
                }
                value
            })
            .collect()
    }

    /// A column's overlaps with the inner steps' vectors.
    fn store_overlaps(
        &self,
        (lane, column): (u32, u32),
        here: &[f32],
        vectors: &[f32],
        at: u32,
        scalars: &mut [f32],
    ) {
        let p = &self.p;
        for i in 0..p.inner {
            let theirs = &vectors[span(at + self.inner_slot(i), p.units)];
            let to = p.dots_at + lane * p.scalars_lane + column * p.inner_slots + i;
            scalars[to as usize] = dot_wide(here, theirs) as f32;
        }
    }

    fn each(&self, mut work: impl FnMut(u32, u32)) {
        for lane in 0..self.lanes {
            for column in 0..self.p.columns {
                work(lane, column);
            }
        }
    }

    /// Reads images, rotated: bilinear, zero outside, about (13.5, 13.5).
    fn gather(&self, m: &mut Memory) {
        let p = &self.p;
        let grey = |image: u32, y: i64, x: i64| -> f64 {
            if !(0..28).contains(&y) || !(0..28).contains(&x) {
                return 0.0;
            }
            let at = image * 784 + (y * 28 + x) as u32;
            f64::from(m.images[(at / 4) as usize] >> (at % 4 * 8) & 255) / 255.0
        };
        let mut all = Vec::new();
        self.each(|seed, column| {
            let at = p.entry_at + m.cursor[0] * p.entry_step + seed * p.column_slots + column;
            let [image, task, ..] = m.entries[at as usize];
            let [cos, sin] = m.rotations[(seed * p.tasks + task) as usize].map(f64::from);
            for place in 0..p.fan_in {
                let (dy, dx) = (f64::from(place / 28) - 13.5, f64::from(place % 28) - 13.5);
                let (x, y) = (13.5 + cos * dx - sin * dy, 13.5 + sin * dx + cos * dy);
                let (left, top) = (x.floor(), y.floor());
                let (fx, fy) = (x - left, y - top);
                let (ix, iy) = (left as i64, top as i64);
                let upper = grey(image, iy, ix) * (1.0 - fx) + grey(image, iy, ix + 1) * fx;
                let lower = grey(image, iy + 1, ix) * (1.0 - fx) + grey(image, iy + 1, ix + 1) * fx;
                let to = p.target_at + seed * p.source_stride + column * p.fan_in_pad + place;
                all.push((to as usize, (upper * (1.0 - fy) + lower * fy) as f32));
            }
        });
        for (to, value) in all {
            m.acts[to] = value;
        }
    }

    /// u = x / max(|x|, 1e-12).
    fn unit_length(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|seed, column| {
            let at = p.target_at + seed * p.source_stride + column * p.fan_in_pad;
            let x = &mut m.acts[span(at, p.fan_in)];
            let norm = dot_wide(x, x).sqrt().max(SILENT);
            for x in x {
                *x = (f64::from(*x) / norm) as f32;
            }
        });
    }

    /// u_i . u for every input column and every current sample.
    fn overlap(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            let row = |c: u32| span(self.source(lane, 0, c) as u32, p.fan_in);
            for i in 0..p.inner {
                let to = p.dots_at + lane * p.scalars_lane + column * p.inner_slots + i;
                m.scalars[to as usize] = dot_wide(&m.acts[row(column)], &m.acts[row(i)]) as f32;
            }
        });
    }

    /// z = W u, or z += W u.
    fn dense(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            let u: Vec<f32> = m.acts[span(self.source(lane, 0, column) as u32, p.fan_in)].to_vec();
            for unit in 0..p.units {
                let w = p.weights_at + lane * p.weights_lane + unit;
                let to = (p.target_at + lane * p.acts_lane + column * p.units_pad + unit) as usize;
                let mut z = if self.has(k::FLAG_ADD) {
                    f64::from(m.acts[to])
                } else {
                    0.0
                };
                for (input, &u) in u.iter().enumerate() {
                    let w = m.weights[w as usize + input * p.units_pad as usize];
                    z += f64::from(w) * f64::from(u);
                }
                m.acts[to] = z as f32;
            }
        });
    }

    /// The look-ahead's correction, competition, scaling to unit length, overlaps.
    fn compete(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            let pre_activation = p.pre_activation_at + lane * p.acts_lane + column * p.units_pad;
            let coefficients = self.coefficients(m, lane, column);
            let at = p.deltas_at + lane * p.deltas_lane;
            let z: Vec<f32> = self
                .corrected(
                    &m.acts[span(pre_activation, p.units)],
                    &coefficients,
                    &m.deltas,
                    at,
                )
                .iter()
                .map(|&z| z as f32)
                .collect();
            let competing = self.has(k::FLAG_COMPETITION);
            let kth_largest = if competing {
                kth_largest(&z, p.k as usize)
            } else {
                0.0
            };
            let beta = m.rates[(lane * p.rates_lane + p.beta_at) as usize];
            let h: Vec<f32> = z
                .iter()
                .map(|&z| {
                    let h = if competing { z - beta * kth_largest } else { z };
                    // Not max: NaN must stay NaN.
                    if h <= 0.0 { 0.0 } else { h }
                })
                .collect();
            let norm = dot_wide(&h, &h).sqrt();
            let scale = match (norm <= SILENT, self.has(k::FLAG_UNIT_LENGTH)) {
                (true, _) => 0.0,
                (false, true) => 1.0 / norm,
                (false, false) => 1.0,
            };
            let scalar = (lane * p.scalars_lane + column) as usize;
            m.scalars[p.norm_at as usize + scalar] = norm as f32;
            m.scalars[p.kth_largest_at as usize + scalar] = kth_largest;
            let u: Vec<f32> = h.iter().map(|&h| (f64::from(h) * scale) as f32).collect();
            let to = p.target_at + lane * p.acts_lane + column * p.units_pad;
            m.acts[span(to, p.units)].copy_from_slice(&u);
            let inner = p.acts_at + lane * p.acts_lane;
            self.store_overlaps((lane, column), &u, &m.acts, inner, &mut m.scalars);
        });
    }

    /// Logits under the look-ahead, cross-entropy, delta = p - onehot(label), overlaps.
    fn softmax(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            let from = p.pre_activation_at + lane * p.acts_lane + column * p.units_pad;
            let seed = lane / p.lanes_per_seed;
            let at = p.entry_at + m.cursor[0] * p.entry_step + seed * p.column_slots + column;
            let label = m.entries[at as usize][2 + p.head as usize] as usize;
            let inner = p.deltas_at + lane * p.deltas_lane;
            let coefficients = self.coefficients(m, lane, column);
            let z = self.corrected(
                &m.acts[span(from, p.units)],
                &coefficients,
                &m.deltas,
                inner,
            );
            let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mass: f64 = z.iter().map(|z| (z - largest).exp()).sum();
            m.scalars[(p.loss_at + lane * p.scalars_lane + column) as usize] =
                (mass.ln() - (z[label] - largest)) as f32;
            let delta: Vec<f32> = z
                .iter()
                .enumerate()
                .map(|(unit, z)| {
                    ((z - largest).exp() / mass - f64::from(u8::from(unit == label))) as f32
                })
                .collect();
            let to = p.target_at + lane * p.deltas_lane + column * p.units_pad;
            m.deltas[span(to, p.units)].copy_from_slice(&delta);
            self.store_overlaps((lane, column), &delta, &m.deltas, inner, &mut m.scalars);
        });
    }

    /// e = W^T delta, or e += W^T delta.
    fn dense_back(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            let from = p.source_at + lane * p.deltas_lane + column * p.units_pad;
            let delta = m.deltas[span(from, p.units)].to_vec();
            for input in 0..p.fan_in {
                let row = p.weights_at + lane * p.weights_lane + input * p.units_pad;
                let to = p.target_at + lane * p.deltas_lane + column * p.fan_in_pad + input;
                let to = &mut m.deltas[to as usize];
                let e = dot_wide(&m.weights[span(row, p.units)], &delta);
                let before = if self.has(k::FLAG_ADD) {
                    f64::from(*to)
                } else {
                    0.0
                };
                *to = (before + e) as f32;
            }
        });
    }

    /// The look-ahead's correction, back through the scaling and the competition, overlaps.
    fn compete_back(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            let u_at = p.pre_activation_at + lane * p.acts_lane + column * p.units_pad;
            let to = p.target_at + lane * p.deltas_lane + column * p.units_pad;
            let u = m.acts[span(u_at, p.units)].to_vec();
            let coefficients = self.coefficients(m, lane, column);
            let e = self.corrected(
                &m.deltas[span(to, p.units)],
                &coefficients,
                &m.acts,
                p.acts_at + lane * p.acts_lane,
            );
            let scalar = (lane * p.scalars_lane + column) as usize;
            let norm = f64::from(m.scalars[p.norm_at as usize + scalar]);
            let along: f64 = e.iter().zip(&u).map(|(e, &u)| e * f64::from(u)).sum();
            let delta: Vec<f32> = e
                .iter()
                .zip(&u)
                .map(|(e, &u)| {
                    if u <= 0.0 || norm <= SILENT {
                        0.0
                    } else if self.has(k::FLAG_UNIT_LENGTH) {
                        ((e - f64::from(u) * along) / norm) as f32
                    } else {
                        *e as f32
                    }
                })
                .collect();
            let total: f64 = delta.iter().map(|&d| f64::from(d)).sum();
            let kth_largest = f64::from(m.scalars[p.kth_largest_at as usize + scalar]);
            m.scalars[p.beta_gradient_at as usize + scalar] = (total * kth_largest) as f32;
            m.deltas[span(to, p.units)].copy_from_slice(&delta);
            let inner = p.deltas_at + lane * p.deltas_lane;
            self.store_overlaps((lane, column), &delta, &m.deltas, inner, &mut m.scalars);
        });
    }

    /// The first layer's deltas summed over the meta sweeps, into sweep 0's place.
    fn collapse(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            for unit in 0..p.units {
                let at = p.deltas_at + lane * p.deltas_lane + column * p.units_pad + unit;
                let sweep = |s: u32| m.deltas[(at + s * p.column_slots * p.units_pad) as usize];
                let sum: f64 = (1..=p.sweeps).map(|s| f64::from(sweep(s))).sum();
                m.deltas[at as usize] = sum as f32;
            }
        });
    }

    /// All (column, sweep)'s inputs and deltas of one lane.
    fn pairs(&self, m: &Memory, lane: u32) -> Vec<(Vec<f32>, Vec<f32>)> {
        let p = &self.p;
        (0..p.sweeps * p.columns)
            .map(|q| {
                let (sweep, column) = (q / p.columns, q % p.columns);
                let u = self.source(lane, sweep, column) as u32;
                let d = p.target_at
                    + lane * p.deltas_lane
                    + (sweep * p.target_sweep + column) * p.units_pad;
                (
                    m.acts[span(u, p.fan_in)].to_vec(),
                    m.deltas[span(d, p.units)].to_vec(),
                )
            })
            .collect()
    }

    /// Partial sums of |sum_q delta_q u_q^T|^2, in the order of the stage's workgroups.
    fn gram(&self, m: &mut Memory) {
        let p = &self.p;
        let count = p.sweeps * p.columns;
        for lane in 0..self.lanes {
            let pairs = self.pairs(m, lane);
            let mut parts = vec![0.0; (count * count).div_ceil(k::THREADS) as usize];
            for pair in 0..count * count {
                let (q, r) = (pair / count, pair % count);
                if q > r {
                    continue;
                }
                let ((uq, dq), (ur, dr)) = (&pairs[q as usize], &pairs[r as usize]);
                let twice = if q == r { 1.0 } else { 2.0 };
                parts[(pair / k::THREADS) as usize] += twice * dot_wide(uq, ur) * dot_wide(dq, dr);
            }
            let to = p.partial_at + lane * p.scalars_lane;
            for (to, sum) in m.scalars[to as usize..].iter_mut().zip(parts) {
                *to = sum as f32;
            }
        }
    }

    /// Meta-gradients of alpha and beta, clipping, their update, and the weights' next rate.
    fn meta_update(&self, m: &mut Memory) {
        let p = &self.p;
        let (matrices, layers) = (p.matrices as usize, p.layers as usize);
        let share = 1.0 / f64::from(p.sweeps * p.columns);
        let clip = |square: f64| (f64::from(p.clip_norm) / (square.sqrt() + 1e-6)).min(1.0);
        for lane in 0..self.lanes {
            let scalars = &m.scalars[span(lane * p.scalars_lane, p.scalars_lane)];
            let rates = &mut m.rates[span(lane * p.rates_lane, p.rates_lane)];
            let slots = |at: u32| -> f64 {
                (1..=p.sweeps)
                    .flat_map(|s| (0..p.columns).map(move |c| at + s * p.column_slots + c))
                    .map(|place| f64::from(scalars[place as usize]))
                    .sum()
            };
            let mut weight_square = 0.0;
            let mut alpha_gradient = Vec::new();
            for (row, &alpha) in m.table[..matrices].iter().zip(&*rates) {
                let [source, stride, target, partial] = *row;
                let count = if stride == 0 {
                    p.columns
                } else {
                    p.sweeps * p.columns
                };
                let groups = (count * count).div_ceil(k::THREADS);
                weight_square += scalars[span(partial, groups)]
                    .iter()
                    .map(|&x| f64::from(x))
                    .sum::<f64>();
                let mut sum = 0.0;
                for sweep in 1..=p.sweeps {
                    for column in 0..p.columns {
                        for i in 0..sweep.min(p.inner_slots) {
                            let slot = column * p.inner_slots + i;
                            let s = scalars[(source + sweep * stride + slot) as usize];
                            let t = target + sweep * p.column_slots * p.inner_slots + slot;
                            sum += f64::from(s) * f64::from(scalars[t as usize]);
                        }
                    }
                }
                alpha_gradient.push(if alpha <= 0.0 { 0.0 } else { -share * sum });
            }
            let beta_gradient: Vec<f64> = m.table[matrices..matrices + layers]
                .iter()
                .map(|row| -share * slots(row[0]))
                .collect();
            let loss: f64 = m.table[matrices + layers..][..p.heads as usize]
                .iter()
                .map(|row| share * slots(row[0]))
                .sum();
            let square = |g: &[f64]| g.iter().map(|g| g * g).sum::<f64>();
            let misc_at = 3 * matrices + layers;
            if rates[misc_at + misc::LEARN_BETA] > 0.0 {
                let step_size = f64::from(p.eta_beta) * clip(square(&beta_gradient));
                for (beta, g) in rates[matrices..matrices + layers]
                    .iter_mut()
                    .zip(&beta_gradient)
                {
                    *beta = (f64::from(*beta) - step_size * g) as f32;
                }
            }
            let scale = share * clip(weight_square * share * share);
            for (i, g) in alpha_gradient.iter().enumerate() {
                if rates[misc_at + misc::LEARN_ALPHA] > 0.0 {
                    let step_size = f64::from(p.eta_alpha) * clip(square(&alpha_gradient));
                    rates[i] = (f64::from(rates[i]) - step_size * g) as f32;
                }
                let used = rates[i].max(0.0);
                rates[matrices + layers + i] = used;
                let rate = if self.has(k::FLAG_SYNC) {
                    p.eta_w
                } else {
                    used
                };
                rates[2 * matrices + layers + i] = (scale * f64::from(rate)) as f32;
            }
            let finite = loss.is_finite()
                && weight_square.is_finite()
                && rates[..matrices + layers].iter().all(|x| x.is_finite());
            rates[misc_at + misc::STEP] += 1.0;
            if !finite && rates[misc_at + misc::DIVERGED] == 0.0 {
                rates[misc_at + misc::DIVERGED] = rates[misc_at + misc::STEP];
            }
            rates[misc_at + misc::LOSS] = loss as f32;
            rates[misc_at + misc::LOSS_SUM] += loss as f32;
        }
        m.cursor[0] += 1;
    }

    /// W -= rate sum_q delta_q u_q^T.
    fn update(&self, m: &mut Memory) {
        let p = &self.p;
        for lane in 0..self.lanes {
            let rate = f64::from(m.rates[(lane * p.rates_lane + p.term_rate_0) as usize]);
            let pairs = self.pairs(m, lane);
            for input in 0..p.fan_in as usize {
                for unit in 0..p.units as usize {
                    let sum: f64 = pairs
                        .iter()
                        .map(|(u, d)| f64::from(d[unit]) * f64::from(u[input]))
                        .sum();
                    let at = (p.weights_at + lane * p.weights_lane) as usize
                        + input * p.units_pad as usize
                        + unit;
                    m.weights[at] = (f64::from(m.weights[at]) - rate * sum) as f32;
                }
            }
        }
    }

    /// A layer's outputs with some units left out.
    fn silence(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            for unit in 0..p.units {
                let place = lane * p.acts_lane + column * p.units_pad + unit;
                let silenced = m.silenced[(lane / p.lanes_per_seed * p.units_pad + unit) as usize];
                let u = m.acts[(p.acts_at + place) as usize];
                m.acts[(p.target_at + place) as usize] = if silenced == 0 { u } else { 0.0 };
            }
        });
    }

    /// Units with h > 0, over all columns.
    fn count(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            let at = p.acts_at + lane * p.acts_lane + column * p.units_pad;
            let busy = m.acts[span(at, p.units)].iter().filter(|&&h| h > 0.0);
            m.counters[(p.counter_at + lane * p.counters_lane) as usize] += busy.count() as u32;
        });
    }

    /// Mean and spread of each code.
    fn standardize(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            let at = p.acts_at + lane * p.acts_lane + column * p.units_pad;
            let code: Vec<f64> = m.acts[span(at, p.units)]
                .iter()
                .map(|&h| h.into())
                .collect();
            let mean = code.iter().sum::<f64>() / f64::from(p.units);
            let square: f64 = code.iter().map(|h| (h - mean) * (h - mean)).sum();
            let spread = if square > crate::numeric::codes::NO_SPREAD.into() {
                1.0 / square.sqrt()
            } else {
                0.0
            };
            let slot = lane * p.scalars_lane + column;
            m.scalars[(p.centre_at + slot) as usize] = mean as f32;
            m.scalars[(p.spread_at + slot) as usize] = spread as f32;
        });
    }

    /// The sum of a layer's codes, each centred and at unit length, and after it their number.
    fn pool(&self, m: &mut Memory) {
        let p = &self.p;
        for lane in 0..self.lanes {
            let slot = lane * p.scalars_lane;
            let first = p.codes_at + lane * p.codes_lane;
            let spread = |column: u32| m.scalars[(p.spread_at + slot + column) as usize];
            let counted: Vec<u32> = (0..p.columns).filter(|&c| spread(c) > 0.0).collect();
            for unit in 0..p.units {
                let sum: f64 = counted
                    .iter()
                    .map(|&column| {
                        let at = p.acts_at + lane * p.acts_lane + column * p.units_pad + unit;
                        let centre = m.scalars[(p.centre_at + slot + column) as usize];
                        f64::from(m.acts[at as usize] - centre) * f64::from(spread(column))
                    })
                    .sum();
                m.codes[(first + unit) as usize] += sum as f32;
            }
            m.codes[(first + p.units) as usize] += counted.len() as f32;
        }
    }

    /// Columns whose largest logit, the first of equals, is the label's.
    fn score(&self, m: &mut Memory) {
        let p = &self.p;
        self.each(|lane, column| {
            let offset = lane * p.acts_lane + column * p.units_pad;
            let at = p.entry_at + lane / p.lanes_per_seed * p.column_slots + column;
            let label = m.entries[at as usize][2 + p.head as usize];
            let logit = |unit: u32| {
                let mut z = m.acts[(p.source_at + offset + unit) as usize];
                if p.terms > 1 {
                    z += m.acts[(p.pre_activation_at + offset + unit) as usize];
                }
                z
            };
            let mut winner = 0;
            for unit in 1..p.units {
                if logit(unit) > logit(winner) {
                    winner = unit;
                }
            }
            if winner == label {
                m.counters[(p.counter_at + lane * p.counters_lane) as usize] += 1;
            }
        });
    }
}

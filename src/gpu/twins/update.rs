//! The meta-gradients' norms, the meta-update of alpha and beta, and the weights' update.

use super::{Twin, span};
use crate::gpu::kernels::THREADS;
use crate::gpu::memory::Memory;
use crate::gpu::records::{FLAG_SYNC, misc};
use crate::numeric::dot_wide;

impl Twin {
    /// All (column, sweep)'s inputs and deltas of one lane.
    pub(super) fn pairs(&self, m: &Memory, lane: u32) -> Vec<(Vec<f32>, Vec<f32>)> {
        let (w, p) = (&self.wave, &self.p);
        let meta = (0..p.gradient.sweeps)
            .flat_map(|sweep| (0..w.columns).map(move |c| (p.gradient.first_sweep + sweep, c)));
        // The terms of second order lie where another sweep would.
        let extra = (0..p.gradient.extra).map(|q| (w.inner_slots + 1, q));
        meta.chain(extra)
            .map(|(sweep, column)| {
                let u = self.source(lane, sweep, column) as u32;
                let d = p.matrix.target_at
                    + lane * w.deltas_lane
                    + (sweep * p.matrix.target_sweep + column) * p.units_pad;
                (
                    m.acts[span(u, p.fan_in)].to_vec(),
                    m.deltas[span(d, p.units)].to_vec(),
                )
            })
            .collect()
    }

    /// Partial sums of |sum_q delta_q u_q^T|^2, in the order of the stage's workgroups.
    pub(super) fn gram(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        let count = p.gradient.terms(w.columns);
        for lane in 0..self.lanes {
            let pairs = self.pairs(m, lane);
            let mut parts = vec![0.0; (count * count).div_ceil(THREADS) as usize];
            for pair in 0..count * count {
                let (q, r) = (pair / count, pair % count);
                if q > r {
                    continue;
                }
                let ((uq, dq), (ur, dr)) = (&pairs[q as usize], &pairs[r as usize]);
                let twice = if q == r { 1.0 } else { 2.0 };
                parts[(pair / THREADS) as usize] += twice * dot_wide(uq, ur) * dot_wide(dq, dr);
            }
            let to = p.gradient.partial_at + lane * w.scalars_lane;
            for (to, sum) in m.scalars[to as usize..].iter_mut().zip(parts) {
                *to = sum as f32;
            }
        }
    }

    /// Meta-gradients of alpha and beta, clipping, their update, and the weights' next rate.
    pub(super) fn meta_update(&self, m: &mut Memory) {
        let w = &self.wave;
        let (matrices, layers) = (w.matrices as usize, w.layers as usize);
        let share = 1.0 / f64::from(w.inner * w.columns);
        let clip = |square: f64| (f64::from(w.clip_norm) / (square.sqrt() + 1e-6)).min(1.0);
        for lane in 0..self.lanes {
            let scalars = &m.scalars[span(lane * w.scalars_lane, w.scalars_lane)];
            let rates = &mut m.rates[span(lane * w.rates_lane, w.rates_lane)];
            let slots = |at: u32| -> f64 {
                (1..=w.inner)
                    .flat_map(|s| (0..w.columns).map(move |c| at + s * w.column_slots + c))
                    .map(|slot| f64::from(scalars[slot as usize]))
                    .sum()
            };
            let mut weight_square = 0.0;
            let mut alpha_gradient = Vec::new();
            for (row, &alpha) in m.table[..matrices].iter().zip(&*rates) {
                let [source, stride, target, partial] = *row;
                let count = if stride == 0 {
                    w.columns
                } else {
                    w.inner * w.columns + w.extra
                };
                let groups = (count * count).div_ceil(THREADS);
                weight_square += scalars[span(partial, groups)]
                    .iter()
                    .map(|&x| f64::from(x))
                    .sum::<f64>();
                let mut sum = 0.0;
                for sweep in 1..=w.inner {
                    for column in 0..w.columns {
                        for i in 0..sweep.min(w.inner_slots) {
                            let slot = column * w.inner_slots + i;
                            let s = scalars[(source + sweep * stride + slot) as usize];
                            let t = target + sweep * w.column_slots * w.inner_slots + slot;
                            sum += f64::from(s) * f64::from(scalars[t as usize]);
                        }
                    }
                }
                let terms = if stride == 0 { w.extra / 2 } else { w.extra };
                for q in 0..terms {
                    for i in 0..q % (w.extra / 2) {
                        let own = if stride == 0 { 0 } else { w.extra_at };
                        let s = scalars[(source + (own + q) * w.inner_slots + i) as usize];
                        let t = scalars[(target + (w.extra_at + q) * w.inner_slots + i) as usize];
                        sum += f64::from(s) * f64::from(t);
                    }
                }
                alpha_gradient.push(if alpha <= 0.0 { 0.0 } else { -share * sum });
            }
            let beta_gradient: Vec<f64> = m.table[matrices..matrices + layers]
                .iter()
                .map(|row| {
                    let extra = scalars[span(row[0] + w.extra_at, w.extra / 2)].iter();
                    let extra: f64 = extra.map(|&x| f64::from(x)).sum();
                    -share * (slots(row[0]) + extra)
                })
                .collect();
            let loss: f64 = m.table[matrices + layers..][..w.heads as usize]
                .iter()
                .map(|row| share * slots(row[0]))
                .sum();
            let square = |g: &[f64]| g.iter().map(|g| g * g).sum::<f64>();
            let misc_at = 3 * matrices + layers;
            if rates[misc_at + misc::LEARN_BETA] > 0.0 {
                let step_size = f64::from(w.eta_beta) * clip(square(&beta_gradient));
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
                    let step_size = f64::from(w.eta_alpha) * clip(square(&alpha_gradient));
                    rates[i] = (f64::from(rates[i]) - step_size * g) as f32;
                }
                let used = rates[i].max(0.0);
                rates[matrices + layers + i] = used;
                let rate = if self.has(FLAG_SYNC) { w.eta_w } else { used };
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
    pub(super) fn update(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        for lane in 0..self.lanes {
            let rate = f64::from(m.rates[(lane * w.rates_lane + p.gradient.rate_at) as usize]);
            let pairs = self.pairs(m, lane);
            for input in 0..p.fan_in as usize {
                for unit in 0..p.units as usize {
                    let sum: f64 = pairs
                        .iter()
                        .map(|(u, d)| f64::from(d[unit]) * f64::from(u[input]))
                        .sum();
                    let at = (p.matrix.weights_at + lane * w.weights_lane) as usize
                        + input * p.units_pad as usize
                        + unit;
                    m.weights[at] = (f64::from(m.weights[at]) - rate * sum) as f32;
                }
            }
        }
    }
}

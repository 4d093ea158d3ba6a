//! The way back through the inner steps: derivatives along V = a A, and the terms that they add to the
//! adjoint.

use super::{SILENT, Twin, span};
use crate::gpu::memory::Memory;
use crate::gpu::records as r;
use crate::numeric::dot_wide;

impl Twin {
    /// The inner step's slot, then the two slots of what is added: first inputs u (deltas X), then u' (Y).
    fn slots(&self) -> [u32; 3] {
        let (w, step) = (&self.wave, self.p.part.taken);
        let own = step * w.column_slots + step;
        [own, w.extra_at + step, w.extra_at + w.inner + step]
    }

    /// N = B (B + R).
    fn n(&self) -> f64 {
        f64::from(self.wave.inner * self.wave.columns)
    }

    /// Sum over matrices of rate x the overlap of a slot with inner step i.
    fn overlap_of(&self, m: &Memory, lane: u32, slot: u32, i: u32) -> f64 {
        let (w, p) = (&self.wave, &self.p);
        let scalar = lane * w.scalars_lane + slot * w.inner_slots + i;
        let terms = [
            (p.terms.dots_at[0], p.terms.rate_at[0]),
            (p.terms.dots_at[1], p.terms.rate_at[1]),
        ];
        let of = |&(dots, rate): &(u32, u32)| {
            let rate = m.rates[(lane * w.rates_lane + rate) as usize];
            f64::from(rate) * f64::from(m.scalars[(dots + scalar) as usize])
        };
        terms[..p.terms.count as usize].iter().map(of).sum()
    }

    /// The adjoint's share of z' (forward) or of E, and the look-ahead's correction.
    pub(super) fn terms(&self, m: &mut Memory, forward: bool) {
        let (w, p) = (&self.wave, &self.p);
        let (step, [_, first, second]) = (p.part.taken, self.slots());
        let (scale, along) = match forward {
            true => (1.0 / self.n(), second),
            false => (-1.0, first),
        };
        let reads_images = p.terms.sweep == 0;
        for lane in 0..self.lanes {
            // Slot, and coefficient of the vector there.
            let mut all: Vec<(u32, f64)> = Vec::new();
            for sweep in step + 1..=w.inner {
                for column in 0..w.columns {
                    let overlap = self.overlap_of(m, lane, sweep * p.terms.sweep + column, step);
                    all.push((sweep * w.column_slots + column, scale * overlap));
                }
            }
            for i in step + 1..w.inner {
                let own = if reads_images { 0 } else { w.extra_at };
                all.push((
                    w.extra_at + i,
                    scale * self.overlap_of(m, lane, own + i, step),
                ));
                let slot = w.extra_at + w.inner + i;
                if !reads_images {
                    all.push((slot, scale * self.overlap_of(m, lane, slot, step)));
                }
            }
            for i in (0..step).filter(|_| !reads_images) {
                let slot = i * w.column_slots + i;
                all.push((slot, -self.overlap_of(m, lane, along, i)));
            }
            for unit in 0..p.units {
                let vectors = match forward {
                    true => (&m.deltas, p.node.deltas_at + lane * w.deltas_lane),
                    false => (&m.acts, p.node.acts_at + lane * w.acts_lane),
                };
                let at = |slot: u32| vectors.0[(vectors.1 + slot * p.units_pad + unit) as usize];
                let sum: f64 = all.iter().map(|&(slot, c)| c * f64::from(at(slot))).sum();
                let to = match forward {
                    true => {
                        &mut m.acts[(p.matrix.target_at
                            + lane * w.acts_lane
                            + second * p.units_pad
                            + unit) as usize]
                    }
                    false => {
                        &mut m.deltas[(p.node.deltas_at
                            + lane * w.deltas_lane
                            + first * p.units_pad
                            + unit) as usize]
                    }
                };
                let before = if !forward || p.matrix.adds != 0 {
                    f64::from(*to)
                } else {
                    0.0
                };
                *to = (before + sum) as f32;
            }
        }
    }

    /// Stores a slot's overlaps with the inner steps before this one.
    fn overlaps_of(&self, lane: u32, slot: u32, vectors: &[f32], at: u32, scalars: &mut [f32]) {
        let (w, p) = (&self.wave, &self.p);
        let here = vectors[span(at + slot * p.units_pad, p.units)].to_vec();
        for i in 0..p.part.taken {
            let theirs = &vectors[span(at + self.inner_slot(i), p.units)];
            let to = p.node.dots_at + lane * w.scalars_lane + slot * w.inner_slots + i;
            scalars[to as usize] = dot_wide(&here, theirs) as f32;
        }
    }

    /// u' = (h' - u (u . h')) / n with h' = z' where h > 0.
    pub(super) fn compete_along(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        let [own, copied, made] = self.slots();
        for lane in 0..self.lanes {
            let node = p.node.acts_at + lane * w.acts_lane;
            let row = |slot: u32| span(node + slot * p.units_pad, p.units);
            let scalar = (lane * w.scalars_lane) as usize;
            let norm = f64::from(m.scalars[p.node.norm_at as usize + scalar + own as usize]);
            let u = m.acts[row(own)].to_vec();
            let z = m.acts[row(made)].iter().zip(&u);
            let h: Vec<f64> = z
                .map(|(&z, &u)| if u > 0.0 { f64::from(z) } else { 0.0 })
                .collect();
            let along: f64 = h.iter().zip(&u).map(|(h, &u)| h * f64::from(u)).sum();
            let scaled = self.has(r::FLAG_UNIT_LENGTH) && norm > SILENT;
            let outputs = h.iter().zip(&u).map(|(&h, &u)| match scaled {
                true => ((h - f64::from(u) * along) / norm) as f32,
                false => h as f32,
            });
            let outputs: Vec<f32> = outputs.collect();
            m.acts[row(made)].copy_from_slice(&outputs);
            m.acts[row(copied)].copy_from_slice(&u);
            m.scalars[p.node.norm_at as usize + scalar + made as usize] = along as f32;
            self.overlaps_of(lane, copied, &m.acts, node, &mut m.scalars);
            self.overlaps_of(lane, made, &m.acts, node, &mut m.scalars);
        }
    }

    /// X = -N p (z' - p . z'), Y = -N delta.
    pub(super) fn softmax_along(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        let [own, made, copied] = self.slots();
        for lane in 0..self.lanes {
            let node = p.node.deltas_at + lane * w.deltas_lane;
            let row = |slot: u32| span(node + slot * p.units_pad, p.units);
            let logits = p.node.pre_activation_at + lane * w.acts_lane + copied * p.units_pad;
            let z = &m.acts[span(logits, p.units)];
            let delta = m.deltas[row(own)].to_vec();
            let shares = delta
                .iter()
                .map(|&d| f64::from(d) + f64::from(u8::from(d < 0.0)));
            let shares: Vec<f64> = shares.collect();
            let mean: f64 = shares.iter().zip(z).map(|(s, &z)| s * f64::from(z)).sum();
            let made_ones = shares.iter().zip(z);
            let x: Vec<f32> = made_ones
                .map(|(s, &z)| (-self.n() * s * (f64::from(z) - mean)) as f32)
                .collect();
            let y = delta.iter().map(|&d| (-self.n() * f64::from(d)) as f32);
            let y: Vec<f32> = y.collect();
            m.deltas[row(made)].copy_from_slice(&x);
            m.deltas[row(copied)].copy_from_slice(&y);
            self.overlaps_of(lane, made, &m.deltas, node, &mut m.scalars);
            self.overlaps_of(lane, copied, &m.deltas, node, &mut m.scalars);
        }
    }

    /// X = -N delta' from E = -N e', Y = -N delta.
    pub(super) fn compete_back_along(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        let [own, made, copied] = self.slots();
        for lane in 0..self.lanes {
            let node = p.node.deltas_at + lane * w.deltas_lane;
            let outputs = p.node.acts_at + lane * w.acts_lane;
            let row = |at: u32, slot: u32| span(at + slot * p.units_pad, p.units);
            let scalar = |at: u32, slot: u32| (at + lane * w.scalars_lane + slot) as usize;
            let norm = f64::from(m.scalars[scalar(p.node.norm_at, own)]);
            let norm_along = f64::from(m.scalars[scalar(p.node.norm_at, copied)]);
            let u_e = f64::from(m.scalars[scalar(p.node.along_at, own)]);
            let wide = |x: &[f32]| -> Vec<f64> { x.iter().map(|&x| f64::from(x)).collect() };
            let u = wide(&m.acts[row(outputs, own)]);
            let u_along = wide(&m.acts[row(outputs, copied)]);
            let delta = wide(&m.deltas[row(node, own)]);
            let e = wide(&m.deltas[row(node, made)]);
            let n = self.n();
            let moved: f64 = (0..u.len())
                .map(|i| {
                    let e = if u[i] > 0.0 { e[i] } else { 0.0 };
                    u[i] * e - n * u_along[i] * (norm * delta[i] + u[i] * u_e)
                })
                .sum();
            let x: Vec<f64> = (0..u.len())
                .map(|i| {
                    if u[i] <= 0.0 || norm <= SILENT {
                        0.0
                    } else if self.has(r::FLAG_UNIT_LENGTH) {
                        (e[i] + n * (u_along[i] * u_e + delta[i] * norm_along) - u[i] * moved)
                            / norm
                    } else {
                        e[i]
                    }
                })
                .collect();
            let total: f64 = x.iter().sum();
            let kth_largest = f64::from(m.scalars[scalar(p.node.kth_largest_at, own)]);
            m.scalars[scalar(p.node.beta_gradient_at, made)] = (total * kth_largest) as f32;
            let narrow = |x: &[f64]| -> Vec<f32> { x.iter().map(|&x| x as f32).collect() };
            m.deltas[row(node, made)].copy_from_slice(&narrow(&x));
            let y: Vec<f64> = delta.iter().map(|d| -n * d).collect();
            m.deltas[row(node, copied)].copy_from_slice(&narrow(&y));
            self.overlaps_of(lane, made, &m.deltas, node, &mut m.scalars);
            self.overlaps_of(lane, copied, &m.deltas, node, &mut m.scalars);
        }
    }
}

//! The way back, from the heads' deltas to the first layer's.

use super::{SILENT, Twin, span};
use crate::gpu::memory::Memory;
use crate::gpu::records as r;
use crate::numeric::dot_wide;

impl Twin {
    /// e = W^T delta, or e += W^T delta.
    pub(super) fn dense_back(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            let slot = self.slot(column);
            let from = p.source.at + lane * w.deltas_lane + slot * p.units_pad;
            let delta = m.deltas[span(from, p.units)].to_vec();
            for input in 0..p.fan_in {
                let row = p.matrix.weights_at + lane * w.weights_lane + input * p.units_pad;
                let to = p.matrix.target_at + lane * w.deltas_lane + slot * p.fan_in_pad + input;
                let to = &mut m.deltas[to as usize];
                let e = dot_wide(&m.weights[span(row, p.units)], &delta);
                let before = if p.matrix.adds != 0 {
                    f64::from(*to)
                } else {
                    0.0
                };
                *to = (before + e) as f32;
            }
        });
    }

    /// The look-ahead's correction, back through the scaling and the competition, overlaps.
    pub(super) fn compete_back(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            let slot = self.slot(column);
            let u_at = p.node.acts_at + lane * w.acts_lane + slot * p.units_pad;
            let to = p.node.deltas_at + lane * w.deltas_lane + slot * p.units_pad;
            let u = m.acts[span(u_at, p.units)].to_vec();
            let coefficients = self.coefficients(m, lane, column);
            let e = self.corrected(
                &m.deltas[span(to, p.units)],
                &coefficients,
                &m.acts,
                p.node.acts_at + lane * w.acts_lane,
            );
            let scalar = (lane * w.scalars_lane + slot) as usize;
            let norm = f64::from(m.scalars[p.node.norm_at as usize + scalar]);
            let along: f64 = e.iter().zip(&u).map(|(e, &u)| e * f64::from(u)).sum();
            let delta: Vec<f32> = e
                .iter()
                .zip(&u)
                .map(|(e, &u)| {
                    if u <= 0.0 || norm <= SILENT {
                        0.0
                    } else if self.has(r::FLAG_UNIT_LENGTH) {
                        ((e - f64::from(u) * along) / norm) as f32
                    } else {
                        *e as f32
                    }
                })
                .collect();
            let total: f64 = delta.iter().map(|&d| f64::from(d)).sum();
            m.scalars[p.node.along_at as usize + scalar] = along as f32;
            let kth_largest = f64::from(m.scalars[p.node.kth_largest_at as usize + scalar]);
            m.scalars[p.node.beta_gradient_at as usize + scalar] = (total * kth_largest) as f32;
            m.deltas[span(to, p.units)].copy_from_slice(&delta);
            let inner = p.node.deltas_at + lane * w.deltas_lane;
            self.store_overlaps((lane, column), &delta, &m.deltas, inner, &mut m.scalars);
        });
    }

    /// The first layer's deltas summed over the meta sweeps, where sweep 0's were.
    pub(super) fn collapse(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            for unit in 0..p.units {
                let at = p.node.deltas_at + lane * w.deltas_lane + column * p.units_pad + unit;
                let sweep = |s: u32| m.deltas[(at + s * w.column_slots * p.units_pad) as usize];
                let mut sum: f64 = (1..=w.inner).map(|s| f64::from(sweep(s))).sum();
                if column < w.extra / 2 {
                    sum += f64::from(m.deltas[(at + w.extra_at * p.units_pad) as usize]);
                }
                m.deltas[at as usize] = sum as f32;
            }
        });
    }
}

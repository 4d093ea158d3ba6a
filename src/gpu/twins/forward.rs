//! The way forward: inputs, layers, heads.

use super::{SILENT, Twin, is_own, span};
use crate::gpu::memory::Memory;
use crate::gpu::records as r;
use crate::numeric::{dot_wide, kth_largest};

impl Twin {
    /// Reads images as their tasks show them. Rotated: bilinear, zero outside, about the middle; scaled to
    /// norm 1.
    pub(super) fn gather(&self, m: &mut Memory) {
        let w = &self.wave;
        let side = i64::from(w.image_side);
        let middle = (side as f64 - 1.0) / 2.0;
        let grey = |image: u32, y: i64, x: i64| -> f64 {
            if !(0..side).contains(&y) || !(0..side).contains(&x) {
                return 0.0;
            }
            let at = image * w.inputs + (y * side + x) as u32;
            f64::from(m.images[(at / 4) as usize] >> (at % 4 * 8) & 255) / 255.0
        };
        let mut all = Vec::new();
        self.each(|seed, column| {
            let at = w.entry_at + m.cursor[0] * w.entry_step + seed * w.entry_seed + column;
            let [image, task, ..] = m.entries[at as usize];
            let task = seed * w.tasks + task;
            let [cos, sin] = m.rotations[task as usize].map(f64::from);
            for pixel in 0..w.inputs {
                let from = match self.has(r::FLAG_PERMUTED) {
                    true => m.permutations[(task * w.inputs + pixel) as usize],
                    false => pixel,
                };
                let (dy, dx) = (
                    f64::from(from / w.image_side) - middle,
                    f64::from(from % w.image_side) - middle,
                );
                let (x, y) = (middle + cos * dx - sin * dy, middle + sin * dx + cos * dy);
                let (left, top) = (x.floor(), y.floor());
                let (fx, fy) = (x - left, y - top);
                let (ix, iy) = (left as i64, top as i64);
                let upper = grey(image, iy, ix) * (1.0 - fx) + grey(image, iy, ix + 1) * fx;
                let lower = grey(image, iy + 1, ix) * (1.0 - fx) + grey(image, iy + 1, ix + 1) * fx;
                let to = seed * w.inputs_seed + column * w.inputs_pad + pixel;
                all.push((to as usize, (upper * (1.0 - fy) + lower * fy) as f32));
            }
        });
        for (to, value) in all {
            m.acts[to] = value;
        }
        if self.has(r::FLAG_UNIT_LENGTH) {
            self.unit_length(m);
        }
    }

    /// u = x / max(|x|, 1e-12).
    pub(super) fn unit_length(&self, m: &mut Memory) {
        let w = &self.wave;
        self.each(|seed, column| {
            let at = seed * w.inputs_seed + column * w.inputs_pad;
            let x = &mut m.acts[span(at, w.inputs)];
            let norm = dot_wide(x, x).sqrt().max(SILENT);
            for x in x {
                *x = (f64::from(*x) / norm) as f32;
            }
        });
    }

    /// u_i . u for every input column and every current sample.
    pub(super) fn overlap(&self, m: &mut Memory) {
        let w = &self.wave;
        self.each(|lane, column| {
            let first = lane / w.lanes_per_seed * w.inputs_seed;
            let row = |c: u32| span(first + c * w.inputs_pad, w.inputs);
            for i in 0..w.inner {
                let to = w.input_dots_at + lane * w.scalars_lane + column * w.inner_slots + i;
                m.scalars[to as usize] = dot_wide(&m.acts[row(column)], &m.acts[row(i)]) as f32;
            }
        });
    }

    /// z = W u, or z += W u.
    pub(super) fn dense(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            let u: Vec<f32> =
                m.acts[span(self.source(lane, p.part.sweep, column) as u32, p.fan_in)].to_vec();
            for unit in 0..p.units {
                let row = p.matrix.weights_at + lane * w.weights_lane + unit;
                let slot = p.part.sweep * p.matrix.target_sweep + column;
                let to =
                    (p.matrix.target_at + lane * w.acts_lane + slot * p.units_pad + unit) as usize;
                let mut z = if p.matrix.adds != 0 {
                    f64::from(m.acts[to])
                } else {
                    0.0
                };
                for (input, &u) in u.iter().enumerate() {
                    let w = m.weights[row as usize + input * p.units_pad as usize];
                    z += f64::from(w) * f64::from(u);
                }
                m.acts[to] = z as f32;
            }
        });
    }

    /// The look-ahead's correction, competition, scaling to unit length, overlaps.
    pub(super) fn compete(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            let kept = p.part.sweep * p.node.pre_activation_sweep + column;
            let pre_activation = p.node.pre_activation_at + lane * w.acts_lane + kept * p.units_pad;
            let coefficients = self.coefficients(m, lane, column);
            let at = p.node.deltas_at + lane * w.deltas_lane;
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
            let competing = self.has(r::FLAG_COMPETITION);
            let kth_largest = if competing {
                kth_largest(&z, p.node.k as usize)
            } else {
                0.0
            };
            let beta = m.rates[(lane * w.rates_lane + p.node.beta_at) as usize];
            let h: Vec<f32> = z
                .iter()
                .map(|&z| {
                    let h = if competing { z - beta * kth_largest } else { z };
                    // Not max: NaN must stay NaN.
                    if h <= 0.0 { 0.0 } else { h }
                })
                .collect();
            let norm = dot_wide(&h, &h).sqrt();
            let scale = match (norm <= SILENT, self.has(r::FLAG_UNIT_LENGTH)) {
                (true, _) => 0.0,
                (false, true) => 1.0 / norm,
                (false, false) => 1.0,
            };
            let scalar = (lane * w.scalars_lane + self.slot(column)) as usize;
            m.scalars[p.node.norm_at as usize + scalar] = norm as f32;
            m.scalars[p.node.kth_largest_at as usize + scalar] = kth_largest;
            let u: Vec<f32> = h.iter().map(|&h| (f64::from(h) * scale) as f32).collect();
            let inner = p.node.acts_at + lane * w.acts_lane;
            let to = inner + self.slot(column) * p.units_pad;
            m.acts[span(to, p.units)].copy_from_slice(&u);
            self.store_overlaps((lane, column), &u, &m.acts, inner, &mut m.scalars);
        });
    }

    /// Logits under the look-ahead, cross-entropy, delta = p - onehot(label), overlaps.
    pub(super) fn softmax(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            let from =
                p.node.pre_activation_at + lane * w.acts_lane + self.slot(column) * p.units_pad;
            let seed = lane / w.lanes_per_seed;
            let at = w.entry_at + m.cursor[0] * w.entry_step + seed * w.entry_seed + column;
            let entry = m.entries[at as usize];
            let label = entry[2 + p.head as usize] as usize;
            let own = self.own_classes(m, seed, entry[1]);
            let inner = p.node.deltas_at + lane * w.deltas_lane;
            let coefficients = self.coefficients(m, lane, column);
            let z = self.corrected(
                &m.acts[span(from, p.units)],
                &coefficients,
                &m.deltas,
                inner,
            );
            let mut z = z;
            for (class, z) in (0..).zip(&mut z) {
                if !is_own(own, class) {
                    *z = f64::NEG_INFINITY;
                }
            }
            let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mass: f64 = z.iter().map(|z| (z - largest).exp()).sum();
            m.scalars[(p.node.loss_at + lane * w.scalars_lane + self.slot(column)) as usize] =
                (mass.ln() - (z[label] - largest)) as f32;
            let delta: Vec<f32> = z
                .iter()
                .enumerate()
                .map(|(unit, z)| {
                    ((z - largest).exp() / mass - f64::from(u8::from(unit == label))) as f32
                })
                .collect();
            let to = inner + self.slot(column) * p.units_pad;
            m.deltas[span(to, p.units)].copy_from_slice(&delta);
            self.store_overlaps((lane, column), &delta, &m.deltas, inner, &mut m.scalars);
        });
    }
}

//! What is counted of an evaluation.

use super::{Twin, is_own, span};
use crate::gpu::memory::Memory;

impl Twin {
    /// A layer's outputs with some units left out.
    pub(super) fn silence(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            for unit in 0..p.units {
                let offset = lane * w.acts_lane + column * p.units_pad + unit;
                let silenced = m.silenced[(lane / w.lanes_per_seed * p.units_pad + unit) as usize];
                let u = m.acts[(p.node.acts_at + offset) as usize];
                m.acts[(p.evaluated.silenced_at + offset) as usize] =
                    if silenced == 0 { u } else { 0.0 };
            }
        });
    }

    /// Units with h > 0, over all columns.
    pub(super) fn count(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            let at = p.node.acts_at + lane * w.acts_lane + column * p.units_pad;
            let busy = m.acts[span(at, p.units)].iter().filter(|&&h| h > 0.0);
            m.counters[(p.evaluated.counter_at + lane * w.counters_lane) as usize] +=
                busy.count() as u32;
        });
    }

    /// Mean and spread of each code.
    pub(super) fn standardize(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            let at = p.node.acts_at + lane * w.acts_lane + column * p.units_pad;
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
            let slot = lane * w.scalars_lane + column;
            m.scalars[(p.evaluated.centre_at + slot) as usize] = mean as f32;
            m.scalars[(p.evaluated.spread_at + slot) as usize] = spread as f32;
        });
    }

    /// The sum of a layer's codes, each centred and of norm 1, and after it their number.
    pub(super) fn pool(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        for lane in 0..self.lanes {
            let slot = lane * w.scalars_lane;
            let first = p.evaluated.codes_at + lane * w.codes_lane;
            let spread = |column: u32| m.scalars[(p.evaluated.spread_at + slot + column) as usize];
            let counted: Vec<u32> = (0..w.columns).filter(|&c| spread(c) > 0.0).collect();
            for unit in 0..p.units {
                let sum: f64 = counted
                    .iter()
                    .map(|&column| {
                        let at = p.node.acts_at + lane * w.acts_lane + column * p.units_pad + unit;
                        let centre = m.scalars[(p.evaluated.centre_at + slot + column) as usize];
                        f64::from(m.acts[at as usize] - centre) * f64::from(spread(column))
                    })
                    .sum();
                m.codes[(first + unit) as usize] += sum as f32;
            }
            m.codes[(first + p.units) as usize] += counted.len() as f32;
        }
    }

    /// Columns whose largest logit, the first of equals, is the label's.
    pub(super) fn score(&self, m: &mut Memory) {
        let (w, p) = (&self.wave, &self.p);
        self.each(|lane, column| {
            let offset = lane * w.acts_lane + column * p.units_pad;
            let at = w.entry_at + lane / w.lanes_per_seed * w.entry_seed + column;
            let entry = m.entries[at as usize];
            let label = entry[2 + p.head as usize];
            let own = self.own_classes(m, lane / w.lanes_per_seed, entry[1]);
            let logit = |unit: u32| {
                let mut z = m.acts[(p.evaluated.product_at[0] + offset + unit) as usize];
                if p.evaluated.products > 1 {
                    z += m.acts[(p.evaluated.product_at[1] + offset + unit) as usize];
                }
                z
            };
            let answers = (0..p.units).filter(|&unit| is_own(own, unit));
            let better = |best: u32, unit: u32| {
                if logit(unit) > logit(best) {
                    unit
                } else {
                    best
                }
            };
            if answers.reduce(better) == Some(label) {
                m.counters[(p.evaluated.counter_at + lane * w.counters_lane) as usize] += 1;
            }
        });
    }
}

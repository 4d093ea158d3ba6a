//! Every stage's twin: the same work on the same flat buffers, one number after the other.
//!
//! A twin has its stage's name. It sums in f64 and keeps f32, so it is nearer the truth than its stage, and
//! reads nothing from padding. A fault is found by taking the twins' memory up to a dispatch and running
//! that dispatch on the GPU ([`super::memory`]).

mod backward;
mod evaluation;
mod forward;
mod update;

use super::kernels::Pass;
use super::memory::Memory;
use super::passes::Dispatch;
use crate::numeric::dot_wide;

/// Norms at or below this are silence.
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
            (p.term_dots_at_0, p.term_rate_at_0),
            (p.term_dots_at_1, p.term_rate_at_1),
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
                    let slot = at + self.inner_slot(i as u32) + unit as u32;
                    value -= c * f64::from(vectors[slot as usize]);
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
}

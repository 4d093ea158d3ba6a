//! Every stage's twin: the same work on the same flat buffers, one number after the other.
//!
//! A twin has its stage's name. It sums in f64 and keeps f32, so it is nearer the truth than its stage, and
//! reads nothing from padding. A fault is found by taking the twins' memory up to a dispatch and running
//! that dispatch on the GPU ([`super::memory`]).

mod backward;
mod evaluation;
mod forward;
mod second_order;
mod update;

use super::memory::Memory;
use super::passes::{self, Dispatch};
use super::records::{FLAG_OWN_HEADS, Part, Pass, Wave, work};
use crate::numeric::dot_wide;

/// Norms at or below this are silence.
const SILENT: f64 = 1e-12;

/// Does a dispatch's work on the host. False if its stage has no twin.
#[must_use]
pub fn run(dispatch: &Dispatch, memory: &mut Memory) -> bool {
    let lanes = dispatch.groups[2];
    let wave = dispatch.wave;
    let walk = |memory: &mut Memory, sweep: u32, column: u32| {
        for &pass in &dispatch.passes {
            let part = Part {
                sweep,
                column,
                columns: 1,
                taken: sweep,
            };
            let p = Pass { part, ..pass };
            Twin { wave, p, lanes }.record(memory);
        }
    };
    match dispatch.stage.name {
        "second_order" => passes::alone(std::slice::from_ref(dispatch))
            .iter()
            .flat_map(|one| &one.passes)
            .for_each(|&p| Twin { wave, p, lanes }.record(memory)),
        "inner_steps" => (0..wave.inner).for_each(|s| walk(memory, s, s)),
        "meta_sweeps" => {
            for sweep in 1..=wave.inner {
                for column in (0..wave.columns).filter(|&c| c != sweep || sweep == wave.inner) {
                    walk(memory, sweep, column);
                }
            }
        }
        name => {
            let stage = |p| Twin { wave, p, lanes }.stage(name, memory);
            return match &dispatch.passes[..] {
                [] => [Pass::of_columns(wave.columns)].map(stage) == [true],
                passes => passes.iter().copied().all(stage),
            };
        }
    }
    true
}

/// A run of elements.
fn span(at: u32, len: u32) -> std::ops::Range<usize> {
    at as usize..(at + len) as usize
}

/// Whether a class is among those of a task, where these count.
fn is_own(own: Option<[u32; 2]>, class: u32) -> bool {
    own.is_none_or(|words| words[usize::from(class >= 32)] >> (class % 32) & 1 == 1)
}

struct Twin {
    wave: Wave,
    p: Pass,
    lanes: u32,
}

impl Twin {
    /// Does the work of the stage of that name, if there is one.
    fn stage(&self, name: &str, memory: &mut Memory) -> bool {
        match name {
            "gather" => self.gather(memory),
            "unit_length" => self.unit_length(memory),
            "overlap" => self.overlap(memory),
            "dense" | "dense_column" | "dense_tiles" => self.dense(memory),
            "compete" | "compete_columns" => self.compete(memory),
            "softmax" => self.softmax(memory),
            "dense_back" | "dense_back_column" => self.dense_back(memory),
            "compete_back" => self.compete_back(memory),
            "terms" => self.terms(memory, true),
            "compete_along" => self.compete_along(memory),
            "softmax_along" => self.softmax_along(memory),
            "terms_back" => self.terms(memory, false),
            "compete_back_along" => self.compete_back_along(memory),
            "collapse" => self.collapse(memory),
            "gram" => self.gram(memory),
            "meta_update" => self.meta_update(memory),
            "update" => self.update(memory),
            "silence" => self.silence(memory),
            "count" => self.count(memory),
            "standardize" => self.standardize(memory),
            "pool" => self.pool(memory),
            "score" => self.score(memory),
            _ => return false,
        }
        true
    }

    /// Does the work of a record of a list that is walked through.
    fn record(&self, memory: &mut Memory) {
        match self.p.work {
            work::DENSE => self.dense(memory),
            work::COMPETE => self.compete(memory),
            work::SOFTMAX => self.softmax(memory),
            work::DENSE_BACK => self.dense_back(memory),
            work::TERMS => self.terms(memory, true),
            work::COMPETE_ALONG => self.compete_along(memory),
            work::SOFTMAX_ALONG => self.softmax_along(memory),
            work::TERMS_BACK => self.terms(memory, false),
            work::COMPETE_BACK_ALONG => self.compete_back_along(memory),
            _ => self.compete_back(memory),
        }
    }

    fn has(&self, flag: u32) -> bool {
        self.wave.flags & flag != 0
    }

    /// The classes among which a seed's task is answered; none where it is among all.
    fn own_classes(&self, m: &Memory, seed: u32, task: u32) -> Option<[u32; 2]> {
        let counts = self.p.head == 0 && self.has(FLAG_OWN_HEADS);
        counts.then(|| m.answers[(seed * self.wave.tasks + task) as usize])
    }

    /// Where a column of the source begins.
    fn source(&self, lane: u32, sweep: u32, column: u32) -> usize {
        let p = &self.p;
        (p.source.at
            + lane / p.source.group * p.source.stride
            + (sweep * p.source.sweep + column) * p.fan_in_pad) as usize
    }

    /// The slot of a column of the sweep that is worked on.
    fn slot(&self, column: u32) -> u32 {
        self.p.part.sweep * self.wave.column_slots + column
    }

    /// Inner step i's slot: column i of sweep i.
    fn inner_slot(&self, i: u32) -> u32 {
        (i * self.wave.column_slots + i) * self.p.units_pad
    }

    /// The look-ahead's coefficient of every inner step taken so far, for one column.
    fn coefficients(&self, m: &Memory, lane: u32, column: u32) -> Vec<f64> {
        let (w, p) = (&self.wave, &self.p);
        let terms = [
            (p.terms.dots_at[0], p.terms.rate_at[0]),
            (p.terms.dots_at[1], p.terms.rate_at[1]),
        ];
        (0..p.part.taken)
            .map(|i| {
                let slot = p.part.sweep * p.terms.sweep + column;
                let scalar = lane * w.scalars_lane + slot * w.inner_slots + i;
                terms[..p.terms.count as usize]
                    .iter()
                    .map(|&(dots, rate)| {
                        let rate = m.rates[(lane * w.rates_lane + rate) as usize];
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
        let (w, p) = (&self.wave, &self.p);
        for i in 0..p.part.taken {
            let theirs = &vectors[span(at + self.inner_slot(i), p.units)];
            let to = p.node.dots_at + lane * w.scalars_lane + self.slot(column) * w.inner_slots + i;
            scalars[to as usize] = dot_wide(here, theirs) as f32;
        }
    }

    fn each(&self, mut work: impl FnMut(u32, u32)) {
        for lane in 0..self.lanes {
            for column in 0..self.p.part.columns {
                work(lane, self.p.part.column + column);
            }
        }
    }
}

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

use super::kernels::{self as k, Pass, work};
use super::memory::Memory;
use super::passes::{self, Dispatch};
use crate::numeric::dot_wide;

/// Norms at or below this are silence.
const SILENT: f64 = 1e-12;

/// Does a dispatch's work on the host. False if its stage has no twin.
#[must_use]
pub fn run(dispatch: &Dispatch, memory: &mut Memory) -> bool {
    let lanes = dispatch.groups[2];
    let Some(first) = dispatch.passes.first() else {
        return false;
    };
    let walk = |memory: &mut Memory, sweep: u32, column: u32| {
        for &pass in &dispatch.passes {
            let p = Pass {
                sweep,
                column,
                taken: sweep,
                columns: 1,
                ..pass
            };
            Twin { p, lanes }.record(memory);
        }
    };
    match dispatch.stage.name {
        "second_order" => passes::alone(std::slice::from_ref(dispatch))
            .iter()
            .flat_map(|one| &one.passes)
            .for_each(|&p| Twin { p, lanes }.record(memory)),
        "inner_steps" => (0..first.inner).for_each(|s| walk(memory, s, s)),
        "meta_sweeps" => {
            for sweep in 1..=first.inner {
                for column in (0..first.columns).filter(|&c| c != sweep || sweep == first.inner) {
                    walk(memory, sweep, column);
                }
            }
        }
        name => {
            return dispatch
                .passes
                .iter()
                .all(|&p| Twin { p, lanes }.stage(name, memory));
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

    /// Columns of a matrix's product that the record is about: one in second order, whose `columns` are the
    /// step's.
    fn own_columns(&self) -> u32 {
        if self.p.sweep > self.p.inner_slots {
            1
        } else {
            self.p.columns
        }
    }

    fn has(&self, flag: u32) -> bool {
        self.p.flags & flag != 0
    }

    /// The classes among which a seed's task is answered; none where it is among all.
    fn own_classes(&self, m: &Memory, seed: u32, task: u32) -> Option<[u32; 2]> {
        let counts = self.p.head == 0 && self.has(k::FLAG_OWN_HEADS);
        counts.then(|| m.answers[(seed * self.p.tasks + task) as usize])
    }

    /// Where a column of the source begins.
    fn source(&self, lane: u32, sweep: u32, column: u32) -> usize {
        let p = &self.p;
        (p.source_at
            + lane / p.source_group * p.source_stride
            + (sweep * p.source_sweep + column) * p.fan_in_pad) as usize
    }

    /// The slot of a column of the sweep that is worked on.
    fn slot(&self, column: u32) -> u32 {
        self.p.sweep * self.p.column_slots + column
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
        (0..p.taken)
            .map(|i| {
                let slot = p.sweep * p.term_sweep + column;
                let scalar = lane * p.scalars_lane + slot * p.inner_slots + i;
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
        for i in 0..p.taken {
            let theirs = &vectors[span(at + self.inner_slot(i), p.units)];
            let to = p.dots_at + lane * p.scalars_lane + self.slot(column) * p.inner_slots + i;
            scalars[to as usize] = dot_wide(here, theirs) as f32;
        }
    }

    fn each(&self, mut work: impl FnMut(u32, u32)) {
        for lane in 0..self.lanes {
            for column in 0..self.own_columns() {
                work(lane, self.p.column + column);
            }
        }
    }
}

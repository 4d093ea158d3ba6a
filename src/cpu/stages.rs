//! The stages of one sweep on the CPU. They have the names of the shaders in `shaders/`, which say what each
//! computes.

use metacls_arithmetic::functions::exp;
use metacls_arithmetic::products::{self, Spaced};
use metacls_arithmetic::sums::{dot, sum};
use metacls_arithmetic::{Level, kth_largest, padded};

use crate::data::ClassSet;

/// Norms at or below this are silence.
pub const SILENT: f32 = 1e-12;

/// Where a stage is within a step.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// The sweep: so many inner steps were taken before it.
    pub sweep: usize,
    /// Columns of a sweep.
    pub columns: usize,
    /// Columns of this sweep: one in sweep 0.
    pub present: usize,
    /// Inner steps of the step: stride of the overlaps.
    pub inner: usize,
}

impl At {
    /// The first slot of this sweep.
    pub fn first(&self) -> usize {
        self.sweep * self.columns
    }

    /// Inner step i's slot.
    pub fn inner_slot(&self, i: usize) -> usize {
        i * self.columns + i
    }
}

/// One matrix's part of the look-ahead's correction: its rate, and the overlaps at its other end, of this
/// sweep's columns: `[columns][inner]`.
pub type Term<'a> = (f32, &'a [f32]);

/// The inner steps' vectors among those of all slots: `[slots][units]`.
fn inner_vectors(at: At, vectors: &[f32], units: usize) -> Spaced<'_> {
    Spaced {
        numbers: vectors,
        every: at.inner_slot(1) * units,
        count: at.sweep,
    }
}

/// x -= sum_i coefficient_i v_i over the inner steps, for every column x; the steps' vectors lie in
/// `vectors` (`[slots][units]`).
fn correct(level: Level, at: At, terms: &[Term<'_>], vectors: &[f32], units: usize, x: &mut [f32]) {
    let mut factors = Vec::with_capacity(at.present * at.sweep);
    for column in 0..at.present {
        for i in 0..at.sweep {
            let mut coefficient = 0.0;
            for (rate, dots) in terms {
                coefficient += rate * dots[column * at.inner + i];
            }
            factors.push(-coefficient);
        }
    }
    let vectors = inner_vectors(at, vectors, units);
    products::add_scaled(level, x, units, &factors, vectors);
}

/// Every column's overlaps with the inner steps' vectors.
fn store_overlaps(
    level: Level,
    at: At,
    x: &[f32],
    units: usize,
    vectors: &[f32],
    dots: &mut [f32],
) {
    let vectors = inner_vectors(at, vectors, units);
    products::overlaps(level, x, units, vectors, dots, at.inner);
}

/// What a layer's competition does.
#[derive(Clone, Copy, Debug)]
pub struct Competition {
    /// k of the k-th largest pre-activation; none without competition.
    pub k: Option<usize>,
    /// The layer's strength of inhibition: the threshold is beta c.
    pub beta: f32,
    /// Whether outputs are scaled to norm 1.
    pub unit_length: bool,
}

/// A pre-activation becomes an output, in place; gives |h| and c.
#[inline(always)]
pub fn compete_column(level: Level, x: &mut [f32], how: Competition) -> (f32, f32) {
    let kth_largest = how.k.map_or(0.0, |k| kth_largest(level, x, k));
    let threshold = how.beta * kth_largest;
    for x in x.iter_mut() {
        let h = *x - threshold;
        // Not max: NaN must stay NaN.
        *x = if h <= 0.0 { 0.0 } else { h };
    }
    let norm = dot(x, x).sqrt();
    let scale = if norm <= SILENT {
        0.0
    } else if how.unit_length {
        1.0 / norm
    } else {
        1.0
    };
    for x in x.iter_mut() {
        *x *= scale;
    }
    (norm, kth_largest)
}

/// Pre-activations of this sweep, in `acts` from its first slot on, become outputs.
#[allow(clippy::too_many_arguments)]
pub fn compete(
    level: Level,
    at: At,
    units: usize,
    how: Competition,
    term: Term<'_>,
    inner_deltas: &[f32],
    acts: &mut [f32],
    (norm, kth_largest): (&mut [f32], &mut [f32]),
    dots: &mut [f32],
) {
    let (first, width) = (at.first(), padded(units));
    let (earlier, here) = acts.split_at_mut(first * width);
    let here = &mut here[..at.present * width];
    correct(level, at, &[term], inner_deltas, width, here);
    level.dispatch(
        #[inline(always)]
        || {
            for (column, x) in here.chunks_exact_mut(width).enumerate() {
                (norm[first + column], kth_largest[first + column]) =
                    compete_column(level, &mut x[..units], how);
            }
        },
    );
    store_overlaps(
        level,
        at,
        here,
        width,
        earlier,
        &mut dots[first * at.inner..],
    );
}

/// Logits of this sweep, in `deltas` from its first slot on, become p - onehot(label). Where a column's label
/// (and the classes that it is told apart among) leaves classes out, p is 0 for these.
#[allow(clippy::too_many_arguments)]
pub fn softmax(
    level: Level,
    at: At,
    classes: usize,
    terms: &[Term<'_>],
    labels: &[(u32, Option<ClassSet>)],
    deltas: &mut [f32],
    loss: &mut [f32],
    dots: &mut [f32],
) {
    let (first, width) = (at.first(), padded(classes));
    let (earlier, here) = deltas.split_at_mut(first * width);
    let here = &mut here[..at.present * width];
    correct(level, at, terms, earlier, width, here);
    level.dispatch(
        #[inline(always)]
        || {
            for (column, x) in here.chunks_exact_mut(width).enumerate() {
                let logits = &mut x[..classes];
                let (label, among) = labels[column];
                let label = label as usize;
                leave_out(among, logits, f32::NEG_INFINITY);
                let largest = kth_largest(level, logits, 1);
                let chosen = logits[label] - largest;
                for x in logits.iter_mut() {
                    *x = exp(*x - largest);
                }
                leave_out(among, logits, 0.0);
                let mass = sum(logits);
                loss[first + column] = libm::logf(mass) - chosen;
                for x in logits.iter_mut() {
                    *x /= mass;
                }
                logits[label] -= 1.0;
            }
        },
    );
    store_overlaps(
        level,
        at,
        here,
        width,
        earlier,
        &mut dots[first * at.inner..],
    );
}

/// Gives the classes that are not among some another number; none of them where all are.
#[inline(always)]
fn leave_out(among: Option<ClassSet>, of_classes: &mut [f32], number: f32) {
    if let Some(set) = among {
        for (class, x) in of_classes.iter_mut().enumerate() {
            if !set.contains(class as u32) {
                *x = number;
            }
        }
    }
}

/// Gradients e at a layer's outputs, in `deltas` from this sweep's first slot on, become those at its
/// pre-activation; those of the inner steps' own columns are kept where h > 0, if that is asked for.
#[allow(clippy::too_many_arguments)]
pub fn compete_back(
    level: Level,
    at: At,
    units: usize,
    unit_length: bool,
    terms: &[Term<'_>],
    acts: &[f32],
    (norm, kth_largest): (&[f32], &[f32]),
    deltas: &mut [f32],
    beta_gradient: &mut [f32],
    dots: &mut [f32],
    mut inner_gradient: Option<&mut [f32]>,
) {
    let (first, width) = (at.first(), padded(units));
    let (earlier, here) = deltas.split_at_mut(first * width);
    let here = &mut here[..at.present * width];
    correct(level, at, terms, acts, width, here);
    level.dispatch(
        #[inline(always)]
        || {
            for (column, e) in here.chunks_exact_mut(width).enumerate() {
                let slot = first + column;
                let u = &acts[slot * width..][..width];
                if let (Some(kept), true) = (&mut inner_gradient, column == at.sweep) {
                    let kept = &mut kept[column * width..][..width];
                    for ((kept, &e), &u) in kept.iter_mut().zip(&*e).zip(u) {
                        *kept = if u > 0.0 { e } else { 0.0 };
                    }
                }
                let silent = norm[slot] <= SILENT;
                let (along, scale) = match (silent, unit_length) {
                    (true, _) => (0.0, 0.0),
                    (false, true) => (dot(e, u), 1.0 / norm[slot]),
                    (false, false) => (0.0, 1.0),
                };
                for (e, &u) in e.iter_mut().zip(u) {
                    let delta = (*e - u * along) * scale;
                    *e = if u > 0.0 { delta } else { 0.0 };
                }
                beta_gradient[slot] = kth_largest[slot] * sum(e);
            }
        },
    );
    store_overlaps(
        level,
        at,
        here,
        width,
        earlier,
        &mut dots[first * at.inner..],
    );
}

/// Deltas summed over the meta sweeps: `[columns][units]`.
#[inline(always)]
pub fn collapse(sweeps: usize, deltas: &[f32], sum: &mut [f32]) {
    let (_, meta) = deltas.split_at(sum.len());
    sum.fill(0.0);
    for sweep in meta.chunks_exact(sum.len()).take(sweeps) {
        for (sum, d) in sum.iter_mut().zip(sweep) {
            *sum += d;
        }
    }
}

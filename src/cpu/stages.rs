//! The stages of one sweep on the CPU. They have the names of the shaders in `shaders/`, which say what each
//! computes.

use super::vector::{add_scaled, dot, kth_largest};

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

/// x -= sum_i coefficient_i v_i over the inner steps, whose vectors lie in `vectors` (`[slots][units]`).
#[inline(always)]
fn correct(at: At, column: usize, terms: &[Term<'_>], vectors: &[f32], x: &mut [f32]) {
    let units = x.len();
    for i in 0..at.sweep {
        let coefficient: f32 = terms
            .iter()
            .map(|(rate, dots)| rate * dots[column * at.inner + i])
            .sum();
        let v = &vectors[at.inner_slot(i) * units..][..units];
        add_scaled(x, -coefficient, v);
    }
}

/// This column's overlaps with the inner steps' vectors.
#[inline(always)]
fn store_overlaps(at: At, column: usize, x: &[f32], vectors: &[f32], dots: &mut [f32]) {
    let units = x.len();
    for i in 0..at.sweep {
        let v = &vectors[at.inner_slot(i) * units..][..units];
        dots[column * at.inner + i] = dot(x, v);
    }
}

/// What a layer's competition does.
#[derive(Clone, Copy, Debug)]
pub struct Competition {
    /// k of the k-th largest pre-activation; none without competition.
    pub k: Option<usize>,
    /// beta of the layer.
    pub beta: f32,
    /// Whether outputs are scaled to norm 1.
    pub unit_length: bool,
}

/// A pre-activation becomes an output, in place; gives |h| and c.
#[inline(always)]
pub fn compete_column(x: &mut [f32], how: Competition) -> (f32, f32) {
    let kth_largest = how.k.map_or(0.0, |k| kth_largest(x, k));
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
    x.iter_mut().for_each(|x| *x *= scale);
    (norm, kth_largest)
}

/// Pre-activations of this sweep, in `acts` from its first slot on, become outputs.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub fn compete(
    at: At,
    units: usize,
    how: Competition,
    term: Term<'_>,
    inner_deltas: &[f32],
    acts: &mut [f32],
    (norm, kth_largest): (&mut [f32], &mut [f32]),
    dots: &mut [f32],
) {
    let first = at.first();
    let (earlier, here) = acts.split_at_mut(first * units);
    for (column, x) in here.chunks_exact_mut(units).take(at.present).enumerate() {
        correct(at, column, &[term], inner_deltas, x);
        (norm[first + column], kth_largest[first + column]) = compete_column(x, how);
        store_overlaps(at, column, x, earlier, &mut dots[first * at.inner..]);
    }
}

/// Logits of this sweep, in `deltas` from its first slot on, become p - onehot(label).
#[inline(always)]
pub fn softmax(
    at: At,
    classes: usize,
    terms: &[Term<'_>],
    labels: &[u32],
    deltas: &mut [f32],
    loss: &mut [f32],
    dots: &mut [f32],
) {
    let first = at.first();
    let (earlier, here) = deltas.split_at_mut(first * classes);
    for (column, x) in here.chunks_exact_mut(classes).take(at.present).enumerate() {
        correct(at, column, terms, earlier, x);
        let label = labels[column] as usize;
        let largest = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let chosen = x[label] - largest;
        for x in x.iter_mut() {
            *x = (*x - largest).exp();
        }
        let mass: f32 = x.iter().sum();
        loss[first + column] = mass.ln() - chosen;
        x.iter_mut().for_each(|x| *x /= mass);
        x[label] -= 1.0;
        store_overlaps(at, column, x, earlier, &mut dots[first * at.inner..]);
    }
}

/// Gradients e at a layer's outputs, in `deltas` from this sweep's first slot on, become those at its
/// pre-activation; those of the inner steps' own columns are kept where h > 0, if that is asked for.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub fn compete_back(
    at: At,
    units: usize,
    unit_length: bool,
    terms: &[Term<'_>],
    acts: &[f32],
    (norm, kth_largest): (&[f32], &[f32]),
    deltas: &mut [f32],
    beta_gradient: &mut [f32],
    dots: &mut [f32],
    inner_gradient: Option<&mut [f32]>,
) {
    let first = at.first();
    let (earlier, here) = deltas.split_at_mut(first * units);
    let mut inner_gradient = inner_gradient;
    for (column, e) in here.chunks_exact_mut(units).take(at.present).enumerate() {
        correct(at, column, terms, acts, e);
        let slot = first + column;
        let u = &acts[slot * units..][..units];
        if let (Some(kept), true) = (&mut inner_gradient, column == at.sweep) {
            let kept = &mut kept[column * units..][..units];
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
        beta_gradient[slot] = kth_largest[slot] * e.iter().sum::<f32>();
        store_overlaps(at, column, e, earlier, &mut dots[first * at.inner..]);
    }
}

/// Deltas summed over the meta sweeps: `[columns][units]`.
#[inline(always)]
pub fn collapse(sweeps: usize, deltas: &[f32], sum: &mut [f32]) {
    let (_, meta) = deltas.split_at(sum.len());
    sum.fill(0.0);
    for sweep in meta.chunks_exact(sum.len()).take(sweeps) {
        sum.iter_mut().zip(sweep).for_each(|(sum, d)| *sum += d);
    }
}

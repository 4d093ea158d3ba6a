// The adjoint A of the fast weights in second order, a sum of rank-one terms D_q U_q^T that is never built,
// and times N = B (B + R) so that the meta-loss's own terms are those of the first order.
//
// At inner step j, on the way back, it has the terms of every column of the sweeps after j, and two of each
// inner step i after j: X_i u_i^T and Y_i u'_i^T with X = -N delta' and Y = -N delta. The slots of X and u
// lie from `extra_at` on, by inner steps, and after them those of Y and u'. Overlaps with inner step j's
// vectors were stored when a term's vectors were made.
var<workgroup> term_coefficients: array<f32, THREADS>;
var<workgroup> term_slots: array<u32, THREADS>;

// Of a term at inner step `step`: its slot, and the coefficient of its vector at this end of the matrix.
struct Term {
    slot: u32,
    coefficient: f32,
}

// sum over matrices of rate x the overlap of a slot with inner step i at the matrix's other end.
fn weighed_overlap(p: Pass, lane: u32, slot: u32, i: u32) -> f32 {
    let scalar = lane * wave.scalars_lane + slot * wave.inner_slots + i;
    let rate = lane * wave.rates_lane;
    var sum = rates[rate + p.terms.rate_at.x] * scalars[p.terms.dots_at.x + scalar];
    if (p.terms.count > 1u) {
        sum += rates[rate + p.terms.rate_at.y] * scalars[p.terms.dots_at.y + scalar];
    }
    return sum;
}

// Terms of A at an inner step, and after them one of the look-ahead for each inner step before it.
fn adjoint_terms(step: u32) -> u32 {
    let after = wave.inner - step;
    return after * wave.columns + 2u * (after - 1u) + step;
}

// Term q's slot and coefficient. Forward, A's terms count for `scale` and the look-ahead's come with the
// overlaps of u' (slot `along`); on the way back with those of X.
fn adjoint_term(p: Pass, lane: u32, step: u32, q: u32, scale: f32, along: u32) -> Term {
    let inner = wave.inner;
    let after = inner - step;
    let meta_terms = after * wave.columns;
    // What reads the images has the same overlaps in every sweep, and no u'.
    let reads_images = p.terms.sweep == 0u;
    if (q < meta_terms) {
        let sweep = step + 1u + q / wave.columns;
        let column = q % wave.columns;
        let overlap = weighed_overlap(p, lane, sweep * p.terms.sweep + column, step);
        return Term(sweep * wave.column_slots + column, scale * overlap);
    }
    let rest = q - meta_terms;
    if (rest < after - 1u) {
        let i = step + 1u + rest;
        let overlap = weighed_overlap(p, lane, select(wave.extra_at, 0u, reads_images) + i, step);
        return Term(wave.extra_at + i, scale * overlap);
    }
    if (rest < 2u * (after - 1u)) {
        let slot = wave.extra_at + inner + step + 1u + rest - (after - 1u);
        if (reads_images) {
            return Term(slot, 0.0);
        }
        return Term(slot, scale * weighed_overlap(p, lane, slot, step));
    }
    let i = rest - 2u * (after - 1u);
    let slot = i * wave.column_slots + i;
    if (reads_images) {
        return Term(slot, 0.0);
    }
    return Term(slot, -weighed_overlap(p, lane, along, i));
}

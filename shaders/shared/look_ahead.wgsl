// The look-ahead without its copies: F = W - a sum_i delta_i u_i^T is never built. A node's value under
// F is its value under W less sum_i coefficient_i v_i, where v_i are the inner steps' vectors at this
// end of the matrix and coefficient_i = a x (overlap with inner step i at the other end).
//
// Loops over inner steps and units are written as one flat loop: software GPUs run nested loops ten times
// slower.
const MAX_INNER: u32 = 16u;
var<workgroup> coefficients: array<f32, 16>;
var<workgroup> overlap_parts: array<f32, 1024>;

// Fills `coefficients` for one column. Call it from uniform control flow.
fn load_coefficients(thread: u32, lane: u32, column: u32) {
    if (thread < p.inner) {
        let scalar = lane * p.scalars_lane + column * p.inner_slots + thread;
        let rate = lane * p.rates_lane;
        var sum = 0.0;
        if (p.terms > 0u) {
            sum += rates[rate + p.term_rate_at_0] * scalars[p.term_dots_at_0 + scalar];
        }
        if (p.terms > 1u) {
            sum += rates[rate + p.term_rate_at_1] * scalars[p.term_dots_at_1 + scalar];
        }
        coefficients[thread] = sum;
    }
    workgroupBarrier();
}

// Inner step i's slot: it is column i of sweep i, the first in which sample i is met.
fn inner_slot(i: u32) -> u32 {
    return (i * p.column_slots + i) * p.units_pad;
}

// Rounds in which the workgroup's threads reach every unit.
fn rounds() -> u32 {
    return (p.units + THREADS - 1u) / THREADS;
}

// Writes one column's overlaps from every thread's part of them in `overlap_parts[i * THREADS + thread]`.
fn store_overlaps(thread: u32, lane: u32, column: u32) {
    workgroupBarrier();
    if (thread < p.inner) {
        var sum = 0.0;
        for (var j = 0u; j < THREADS; j++) {
            sum += overlap_parts[thread * THREADS + j];
        }
        scalars[p.dots_at + lane * p.scalars_lane + column * p.inner_slots + thread] = sum;
    }
}

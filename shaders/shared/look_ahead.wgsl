// The look-ahead without its copies: F = W - a sum_i delta_i u_i^T is never built. A node's value under
// F is its value under W less sum_i coefficient_i v_i, where v_i are the inner steps' vectors at this
// end of the matrix and coefficient_i = a x (overlap with inner step i at the other end).
//
// Loops over inner steps and units are written as one flat loop: software GPUs run nested loops ten times
// slower.
const MAX_INNER: u32 = 16u;
var<workgroup> coefficients: array<f32, COLUMNS * MAX_INNER>;

// Fills a team's `coefficients`. Call it from uniform control flow.
fn load_coefficients(p: Pass, thread: u32, place: Place) {
    let member = thread % TEAM;
    workgroupBarrier();
    if (member < place.taken) {
        let slot = (place.sweep * p.terms.sweep + place.column) * wave.inner_slots + member;
        let scalar = place.lane * wave.scalars_lane + slot;
        let rate = place.lane * wave.rates_lane;
        var sum = 0.0;
        if (p.terms.count > 0u) {
            sum += rates[rate + p.terms.rate_at.x] * scalars[p.terms.dots_at.x + scalar];
        }
        if (p.terms.count > 1u) {
            sum += rates[rate + p.terms.rate_at.y] * scalars[p.terms.dots_at.y + scalar];
        }
        coefficients[thread / TEAM * MAX_INNER + member] = sum;
    }
    workgroupBarrier();
}

// Inner step i's slot, in quads of units: it is column i of sweep i, the first in which sample i is met.
fn inner_slot(p: Pass, i: u32) -> u32 {
    return (i * wave.column_slots + i) * (p.units_pad / 4u);
}

// Writes the overlaps of a team's column, which lies in acts or deltas from `here` on, with the inner steps'
// vectors from `inner` on: four inner steps at a time, as many as any team of the workgroup has taken. Call
// it from uniform control flow.
fn store_overlaps_at(p: Pass, thread: u32, place: Place, most: u32, here: u32, inner: u32, in_acts: bool) {
    let member = thread % TEAM;
    let quads = quads_of(p, place);
    let slot = place.lane * wave.scalars_lane + slot_of(p, place) * wave.inner_slots;
    // The last inner step that this team has an overlap with.
    let last = max(place.taken, 1u) - 1u;
    for (var first = 0u; first < most; first += 4u) {
        var sum = vec4<f32>();
        let i0 = inner + inner_slot(p, min(first, last));
        let i1 = inner + inner_slot(p, min(first + 1u, last));
        let i2 = inner + inner_slot(p, min(first + 2u, last));
        let i3 = inner + inner_slot(p, min(first + 3u, last));
        for (var q = member; q < quads; q += TEAM) {
            if (in_acts) {
                let u = real_of(acts[here + q], q, p.units);
                sum += vec4<f32>(
                    dot(u, real_of(acts[i0 + q], q, p.units)),
                    dot(u, real_of(acts[i1 + q], q, p.units)),
                    dot(u, real_of(acts[i2 + q], q, p.units)),
                    dot(u, real_of(acts[i3 + q], q, p.units)),
                );
            } else {
                let d = real_of(deltas[here + q], q, p.units);
                sum += vec4<f32>(
                    dot(d, real_of(deltas[i0 + q], q, p.units)),
                    dot(d, real_of(deltas[i1 + q], q, p.units)),
                    dot(d, real_of(deltas[i2 + q], q, p.units)),
                    dot(d, real_of(deltas[i3 + q], q, p.units)),
                );
            }
        }
        sum = sum_all_4(thread, sum);
        if (place.is_real && member < 4u && first + member < place.taken) {
            scalars[p.node.dots_at + slot + first + member] = sum[member];
        }
    }
}

// Writes the overlaps of a node's column, of its output or of its delta, with those of the inner steps. Call
// it from uniform control flow.
fn store_overlaps(p: Pass, thread: u32, place: Place, most: u32, in_acts: bool) {
    let outputs = p.node.acts_at + place.lane * wave.acts_lane;
    let node = select(p.node.deltas_at + place.lane * wave.deltas_lane, outputs, in_acts) / 4u;
    store_overlaps_at(p, thread, place, most, node + slot_of(p, place) * (p.units_pad / 4u), node, in_acts);
}

// compete_back: from e, the gradient at a layer's output u, to delta, that at its pre-activation z.
//
//     e -= sum_matrices a sum_i u_i (delta_i . delta above)     the look-ahead's correction
//     dh = (e - u (u . e)) / |h|                                through the scaling to unit length
//     delta = dh where h > 0                                    c is a constant
//
// One workgroup for each column of each lane. c x sum of delta is beta's gradient up to its sign.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read> acts: array<f32>;
@group(0) @binding(3) var<storage, read_write> deltas: array<f32>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;
@group(0) @binding(6) var<storage, read> rates: array<f32>;

@compute @workgroup_size(64)
fn compete_back(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let column = group.x;
    let lane = group.z;
    let u_at = p.output_at + lane * p.acts_lane + column * p.units_pad;
    let to = p.target_at + lane * p.deltas_lane + column * p.units_pad;
    let inner_acts = p.acts_at + lane * p.acts_lane;
    let inner_deltas = p.deltas_at + lane * p.deltas_lane;
    let scalar = lane * p.scalars_lane + column;

    load_coefficients(thread, lane, column);
    var along = 0.0;
    for (var q = 0u; q < rounds() * p.inner; q++) {
        let i = q % p.inner;
        let unit = q / p.inner * THREADS + thread;
        if (unit < p.units) {
            deltas[to + unit] -= coefficients[i] * acts[inner_acts + inner_slot(i) + unit];
        }
    }
    for (var unit = thread; unit < p.units; unit += THREADS) {
        along += deltas[to + unit] * acts[u_at + unit];
    }
    let norm = scalars[p.norm_at + scalar];
    along = sum_all(thread, along);
    var scale = 1.0;
    if (norm <= SILENT) {
        scale = 0.0;
        along = 0.0;
    } else if ((p.flags & FLAG_UNIT_LENGTH) != 0u) {
        scale = 1.0 / norm;
    } else {
        along = 0.0;
    }
    var total = 0.0;
    for (var unit = thread; unit < p.units; unit += THREADS) {
        let u = acts[u_at + unit];
        let delta = select(0.0, (deltas[to + unit] - u * along) * scale, u > 0.0);
        deltas[to + unit] = delta;
        total += delta;
    }
    total = sum_all(thread, total);
    if (thread == 0u) {
        scalars[p.beta_gradient_at + scalar] = total * scalars[p.kth_largest_at + scalar];
    }
    var sum = 0.0;
    for (var q = 0u; q < rounds() * p.inner; q++) {
        let i = q / rounds();
        let round = q % rounds();
        let unit = round * THREADS + thread;
        if (unit < p.units) {
            sum += deltas[to + unit] * deltas[inner_deltas + inner_slot(i) + unit];
        }
        if (round + 1u == rounds()) {
            overlap_parts[i * THREADS + thread] = sum;
            sum = 0.0;
        }
    }
    store_overlaps(thread, lane, column);
}

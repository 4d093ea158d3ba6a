// compete_back: from e, the gradient at a layer's output u, to delta, that at its pre-activation z.
//
//     e -= sum_matrices a sum_i u_i (delta_i . delta above)     the look-ahead's correction
//     dh = (e - u (u . e)) / |h|                                through the scaling to unit length
//     delta = dh where h > 0                                    c is a constant
//
// One team of threads for each column. c x sum of delta is beta's gradient up to its sign.

fn compete_back(p: Pass, thread: u32, place: Place) {
    let member = thread % TEAM;
    let quads = quads_of(p, place);
    let rows = p.units_pad / 4u;
    let slot = slot_of(p, place);
    let inner_acts = (p.node.acts_at + place.lane * wave.acts_lane) / 4u;
    let output = inner_acts + slot * rows;
    let node = (p.node.deltas_at + place.lane * wave.deltas_lane) / 4u;
    let to = node + slot * rows;
    let scalar = place.lane * wave.scalars_lane + slot;

    let inner = max(place.taken, 1u);
    var along = 0.0;
    var e = vec4<f32>();
    for (var turn = 0u; turn < rounds_of(p) * inner; turn++) {
        let i = turn % inner;
        let q = turn / inner * TEAM + member;
        if (q < quads) {
            if (i == 0u) {
                e = deltas[to + q];
            }
            if (i < place.taken) {
                let coefficient = coefficients[thread / TEAM * MAX_INNER + i];
                e -= coefficient * acts[inner_acts + inner_slot(p, i) + q];
            }
            if (i + 1u == inner) {
                e = real_of(e, q, p.units);
                deltas[to + q] = e;
                along += dot(e, real_of(acts[output + q], q, p.units));
            }
        }
    }
    let norm = scalars[p.node.norm_at + scalar];
    along = sum_all(thread, along);
    if (member == 0u && place.is_real) {
        scalars[p.node.along_at + scalar] = along;
    }
    var scale = 1.0;
    if (norm <= SILENT) {
        scale = 0.0;
        along = 0.0;
    } else if ((wave.flags & FLAG_UNIT_LENGTH) != 0u) {
        scale = 1.0 / norm;
    } else {
        along = 0.0;
    }
    var total = 0.0;
    for (var q = member; q < quads; q += TEAM) {
        let u = real_of(acts[output + q], q, p.units);
        let delta = select(vec4<f32>(), (deltas[to + q] - u * along) * scale, u > vec4<f32>());
        deltas[to + q] = delta;
        total += delta.x + delta.y + delta.z + delta.w;
    }
    total = sum_all(thread, total);
    if (member == 0u && place.is_real) {
        scalars[p.node.beta_gradient_at + scalar] = total * scalars[p.node.kth_largest_at + scalar];
    }
}

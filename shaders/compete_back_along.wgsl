// compete_back_along: the derivative of stage compete_back along V, at inner step `taken`, times -N.
//
//     delta' = (e' - u' (u . e) - u (u' . e + u . e')) / n - delta n' / n     where h > 0
//
// with E = -N e' where the result X = -N delta' goes; e is n delta + u (u . e) where h > 0. All threads work
// on one column. X and Y = -N delta are kept: both are deltas of a term of A. c x sum of X is what second
// order adds to beta's gradient, up to its sign.

fn compete_back_along(p: Pass, thread: u32, lane: u32, step: u32) {
    let rows = p.units_pad / 4u;
    let node = (p.node.deltas_at + lane * wave.deltas_lane) / 4u;
    let outputs = (p.node.acts_at + lane * wave.acts_lane) / 4u;
    let slot = step * wave.column_slots + step;
    let made = wave.extra_at + step;
    let copied = wave.extra_at + wave.inner + step;
    let scalar = lane * wave.scalars_lane;
    let norm = scalars[p.node.norm_at + scalar + slot];
    let norm_along = scalars[p.node.norm_at + scalar + copied];
    let u_e = scalars[p.node.along_at + scalar + slot];
    let n = f32(wave.inner * wave.columns);
    var moved = 0.0;
    for (var q = thread; q < rows; q += THREADS) {
        let u = real_of(acts[outputs + slot * rows + q], q, p.units);
        let u_along = acts[outputs + copied * rows + q];
        let delta = real_of(deltas[node + slot * rows + q], q, p.units);
        let e = select(vec4<f32>(), real_of(deltas[node + made * rows + q], q, p.units), u > vec4<f32>());
        deltas[node + made * rows + q] = e;
        deltas[node + copied * rows + q] = -n * delta;
        moved += dot(u, e) - n * dot(real_of(u_along, q, p.units), norm * delta + u * u_e);
    }
    moved = sum_all(thread, moved);
    var total = 0.0;
    for (var q = thread; q < rows; q += THREADS) {
        let u = real_of(acts[outputs + slot * rows + q], q, p.units);
        let delta = real_of(deltas[node + slot * rows + q], q, p.units);
        var x = deltas[node + made * rows + q];
        if (norm <= SILENT) {
            x = vec4<f32>();
        } else if ((wave.flags & FLAG_UNIT_LENGTH) != 0u) {
            let u_along = acts[outputs + copied * rows + q];
            x = (x + n * (u_along * u_e + delta * norm_along) - u * moved) / norm;
            x = select(vec4<f32>(), x, u > vec4<f32>());
        }
        deltas[node + made * rows + q] = x;
        total += x.x + x.y + x.z + x.w;
    }
    total = sum_all(thread, total);
    if (thread == 0u) {
        let kth_largest = scalars[p.node.kth_largest_at + scalar + slot];
        scalars[p.node.beta_gradient_at + scalar + made] = total * kth_largest;
    }
    let first = Place(lane, 0u, made, step, true);
    store_overlaps_at(p, thread, first, step, node + made * rows, node, false);
    let second = Place(lane, 0u, copied, step, true);
    store_overlaps_at(p, thread, second, step, node + copied * rows, node, false);
}

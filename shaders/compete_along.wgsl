// compete_along: the derivative of stage compete along V, at inner step `taken`.
//
//     h' = z' where h > 0;  n' = u . h';  u' = (h' - u n') / n
//
// All threads work on one column. u is copied beside u': both are the inputs of a term of A.

fn compete_along(p: Pass, thread: u32, lane: u32, step: u32) {
    let rows = p.units_pad / 4u;
    let node = (p.node.acts_at + lane * wave.acts_lane) / 4u;
    let slot = step * wave.column_slots + step;
    let copied = wave.extra_at + step;
    let made = wave.extra_at + wave.inner + step;
    let scalar = lane * wave.scalars_lane;
    let norm = scalars[p.node.norm_at + scalar + slot];
    var along = 0.0;
    for (var q = thread; q < rows; q += THREADS) {
        let u = real_of(acts[node + slot * rows + q], q, p.units);
        // A silent layer's u is zero everywhere.
        let h = select(vec4<f32>(), acts[node + made * rows + q], u > vec4<f32>());
        acts[node + copied * rows + q] = u;
        acts[node + made * rows + q] = h;
        along += dot(u, h);
    }
    along = sum_all(thread, along);
    if ((wave.flags & FLAG_UNIT_LENGTH) != 0u && norm > SILENT) {
        for (var q = thread; q < rows; q += THREADS) {
            let u = acts[node + copied * rows + q];
            acts[node + made * rows + q] = (acts[node + made * rows + q] - u * along) / norm;
        }
    }
    if (thread == 0u) {
        scalars[p.node.norm_at + scalar + made] = along;
    }
    if (thread < step) {
        scalars[p.node.dots_at + scalar + copied * wave.inner_slots + thread] =
            scalars[p.node.dots_at + scalar + slot * wave.inner_slots + thread];
    }
    let place = Place(lane, 0u, made, step, true);
    store_overlaps_at(p, thread, place, step, node + made * rows, node, true);
}

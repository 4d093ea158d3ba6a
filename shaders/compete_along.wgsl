// compete_along: the derivative of stage compete along V, at inner step `taken`.
//
//     h' = z' where h > 0;  n' = u . h';  u' = (h' - u n') / n
//
// All threads work on one column. u is copied beside u': both are the inputs of a term of A.

fn compete_along(p: Pass, thread: u32, lane: u32, step: u32) {
    let rows = p.units_pad / 4u;
    let node = (p.acts_at + lane * p.acts_lane) / 4u;
    let slot = step * p.column_slots + step;
    let copied = p.extra_at + step;
    let made = p.extra_at + p.inner + step;
    let scalar = lane * p.scalars_lane;
    let norm = scalars[p.norm_at + scalar + slot];
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
    if ((p.flags & FLAG_UNIT_LENGTH) != 0u && norm > SILENT) {
        for (var q = thread; q < rows; q += THREADS) {
            let u = acts[node + copied * rows + q];
            acts[node + made * rows + q] = (acts[node + made * rows + q] - u * along) / norm;
        }
    }
    if (thread == 0u) {
        scalars[p.norm_at + scalar + made] = along;
    }
    if (thread < step) {
        scalars[p.dots_at + scalar + copied * p.inner_slots + thread] =
            scalars[p.dots_at + scalar + slot * p.inner_slots + thread];
    }
    let place = Place(lane, 0u, made, step, true);
    store_overlaps(p, thread, place, step, node + made * rows, node, true);
}

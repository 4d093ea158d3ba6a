// softmax_along: the derivative of stage softmax along V, at inner step `taken`.
//
//     delta' = p * (z' - p . z')          p = softmax(logits)
//
// All threads work on one column. X = -N delta' and Y = -N delta are kept: both are deltas of a term of A.

fn softmax_along(p: Pass, thread: u32, lane: u32, step: u32) {
    let rows = p.units_pad / 4u;
    let node = (p.node.deltas_at + lane * wave.deltas_lane) / 4u;
    let slot = step * wave.column_slots + step;
    let made = wave.extra_at + step;
    let copied = wave.extra_at + wave.inner + step;
    let logits = (p.node.pre_activation_at + lane * wave.acts_lane) / 4u + copied * rows;
    let scale = -f32(wave.inner * wave.columns);
    var mean = 0.0;
    for (var q = thread; q < rows; q += THREADS) {
        let delta = real_of(deltas[node + slot * rows + q], q, p.units);
        // p is delta, but 1 more at the label: the only entry below 0.
        let share = delta + select(vec4<f32>(), vec4<f32>(1.0), delta < vec4<f32>());
        mean += dot(share, real_of(acts[logits + q], q, p.units));
        deltas[node + copied * rows + q] = scale * delta;
        deltas[node + made * rows + q] = share;
    }
    mean = sum_all(thread, mean);
    for (var q = thread; q < rows; q += THREADS) {
        let z = real_of(acts[logits + q], q, p.units);
        deltas[node + made * rows + q] *= scale * (z - mean);
    }
    let first = Place(lane, 0u, made, step, true);
    store_overlaps_at(p, thread, first, step, node + made * rows, node, false);
    let second = Place(lane, 0u, copied, step, true);
    store_overlaps_at(p, thread, second, step, node + copied * rows, node, false);
}

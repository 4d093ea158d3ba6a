// softmax: a head's logits under the look-ahead, its cross-entropy, and delta = p - onehot(label).
//
// One team of threads for each column. delta is that of the single sample: the mean over the batch is taken
// where deltas are summed. Where a task has a head of its own, p is 0 for all classes but its own.

fn softmax(p: Pass, thread: u32, place: Place) {
    let member = thread % TEAM;
    let quads = quads_of(p, place);
    let rows = p.units_pad / 4u;
    let slot = slot_of(p, place);
    let logits = (p.node.pre_activation_at + place.lane * wave.acts_lane) / 4u + slot * rows;
    let node = (p.node.deltas_at + place.lane * wave.deltas_lane) / 4u;
    let to = node + slot * rows;
    let seed = place.lane / wave.lanes_per_seed;
    let entry = entries[wave.entry_at + cursor[0] * wave.entry_step + seed * wave.entry_seed + place.column];
    let label = select(entry.z, entry.w, p.head == 1u);
    let own = own_classes(p, seed, entry.y);

    let inner = max(place.taken, 1u);
    var largest = -3.0e38;
    var z = vec4<f32>();
    for (var turn = 0u; turn < rounds_of(p) * inner; turn++) {
        let i = turn % inner;
        let q = turn / inner * TEAM + member;
        if (q < quads) {
            if (i == 0u) {
                z = acts[logits + q];
            }
            if (i < place.taken) {
                let coefficient = coefficients[thread / TEAM * MAX_INNER + i];
                z -= coefficient * deltas[node + inner_slot(p, i) + q];
            }
            if (i + 1u == inner) {
                deltas[to + q] = z;
                let here = select(vec4<f32>(largest), z, is_answer(p, own, q));
                largest = max(largest, max(max(here.x, here.y), max(here.z, here.w)));
            }
        }
    }
    largest = max_all(thread, largest);
    var mass = 0.0;
    var chosen = 0.0;
    for (var q = member; q < quads; q += TEAM) {
        let z = deltas[to + q] - largest;
        let is_label = vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(q * 4u) == vec4<u32>(label);
        let e = select(vec4<f32>(), exp(z), is_answer(p, own, q));
        let at_label = select(vec4<f32>(), z, is_label);
        chosen += at_label.x + at_label.y + at_label.z + at_label.w;
        deltas[to + q] = e;
        mass += e.x + e.y + e.z + e.w;
    }
    let both = sum_all_4(thread, vec4<f32>(mass, chosen, 0.0, 0.0));
    if (member == 0u && place.is_real) {
        scalars[p.node.loss_at + place.lane * wave.scalars_lane + slot] = log(both.x) - both.y;
    }
    for (var q = member; q < quads; q += TEAM) {
        let is_label = vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(q * 4u) == vec4<u32>(label);
        deltas[to + q] = deltas[to + q] / both.x - select(vec4<f32>(), vec4<f32>(1.0), is_label);
    }
}

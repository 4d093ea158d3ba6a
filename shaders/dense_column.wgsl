// dense_column: z = W u for one column, 256 units at a time: stage dense where there is nothing to share
// the weights with.
//
// One thread makes 4 units; where there are more threads than a block's quads, they share the inputs. It
// waits for memory, not for arithmetic: sixteen inputs' weights are asked for at once.

// What four inputs give four units; nothing where there are no such inputs.
fn four_inputs(first: u32, rows: u32, source: u32, i: u32, whole: u32) -> vec4<f32> {
    let at = min(i, whole - 1u);
    let u = select(vec4<f32>(), acts[source + at], i < whole);
    let weight = first + at * 4u * rows;
    return weights[weight] * u.x
        + weights[weight + rows] * u.y
        + weights[weight + 2u * rows] * u.z
        + weights[weight + 3u * rows] * u.w;
}

fn dense_column(p: Pass, thread: u32, block: u32, place: Place) {
    let rows = p.units_pad / 4u;
    let part = thread / QUADS;
    let unit = block * QUADS + thread % QUADS;
    let first = (p.matrix.weights_at + place.lane * wave.weights_lane) / 4u + min(unit, rows - 1u);
    let inputs = (p.source.at + place.lane / p.source.group * p.source.stride) / 4u;
    let source = inputs + (place.sweep * p.source.sweep + place.column) * (p.fan_in_pad / 4u);
    var z = vec4<f32>();
    let whole = p.fan_in / 4u;
    for (var i = part; i < whole; i += 4u * PARTS) {
        let z0 = four_inputs(first, rows, source, i, whole);
        let z1 = four_inputs(first, rows, source, i + PARTS, whole);
        let z2 = four_inputs(first, rows, source, i + 2u * PARTS, whole);
        let z3 = four_inputs(first, rows, source, i + 3u * PARTS, whole);
        z += (z0 + z1) + (z2 + z3);
    }
    let rest = select(0u, p.fan_in % 4u, part == 0u);
    for (var i = 0u; i < rest; i++) {
        z += weights[first + (whole * 4u + i) * rows] * acts[source + whole][i];
    }
    if (PARTS > 1u) {
        workgroupBarrier();
        reduce_parts[thread] = z;
        workgroupBarrier();
        z = vec4<f32>();
        for (var other = 0u; other < PARTS; other++) {
            z += reduce_parts[other * QUADS + thread % QUADS];
        }
    }
    if (part == 0u && unit < rows) {
        let slot = place.sweep * p.matrix.target_sweep + place.column;
        let to = (p.matrix.target_at + place.lane * wave.acts_lane) / 4u + slot * rows + unit;
        if (p.matrix.adds != 0u) {
            z += acts[to];
        }
        acts[to] = z;
    }
}

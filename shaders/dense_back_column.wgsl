// dense_back_column: e = W^T delta for one column, 256 inputs at a time: stage dense_back where there is
// nothing to share the weights with.
//
// One thread makes 4 inputs; where there are more threads than a block's quads, neighbouring ones share the
// units. It waits for memory, not for arithmetic: sixteen units' weights are asked for at once.

// What four units give four inputs, whose rows of weights are given; nothing where there are no such units.
// Both factors are masked: zero times what is in padding need not be zero.
fn four_units(p: Pass, inputs: vec4<u32>, source: u32, unit: u32) -> vec4<f32> {
    let at = min(unit, p.units_pad / 4u - 1u);
    let d = real_of(deltas[source + at], unit, p.units);
    return vec4<f32>(
        dot(real_of(weights[inputs.x + at], unit, p.units), d),
        dot(real_of(weights[inputs.y + at], unit, p.units), d),
        dot(real_of(weights[inputs.z + at], unit, p.units), d),
        dot(real_of(weights[inputs.w + at], unit, p.units), d),
    );
}

fn dense_back_column(p: Pass, thread: u32, block: u32, place: Place) {
    let rows = p.units_pad / 4u;
    let part = thread % PARTS;
    let input = block * QUADS + thread / PARTS;
    let matrix = (p.matrix.weights_at + place.lane * wave.weights_lane) / 4u;
    // Inputs past the last one repeat it.
    let four = min(vec4<u32>(input * 4u) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(p.fan_in - 1u));
    let inputs = vec4<u32>(matrix) + four * rows;
    let slot = slot_of(p, place);
    let source = (p.source.at + place.lane * wave.deltas_lane) / 4u + slot * rows;
    var e = vec4<f32>();
    for (var unit = part; unit < rows; unit += 4u * PARTS) {
        let e0 = four_units(p, inputs, source, unit);
        let e1 = four_units(p, inputs, source, unit + PARTS);
        let e2 = four_units(p, inputs, source, unit + 2u * PARTS);
        let e3 = four_units(p, inputs, source, unit + 3u * PARTS);
        e += (e0 + e1) + (e2 + e3);
    }
    if (PARTS > 1u) {
        workgroupBarrier();
        reduce_parts[thread] = e;
        workgroupBarrier();
        e = vec4<f32>();
        for (var other = 0u; other < PARTS; other++) {
            e += reduce_parts[thread / PARTS * PARTS + other];
        }
    }
    let width = p.fan_in_pad / 4u;
    if (part == 0u && input < width) {
        let to = (p.matrix.target_at + place.lane * wave.deltas_lane) / 4u + slot * width + input;
        if (p.matrix.adds != 0u) {
            e += deltas[to];
        }
        deltas[to] = e;
    }
}

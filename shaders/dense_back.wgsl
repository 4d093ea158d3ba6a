// dense_back: e = W^T delta for four columns of a lane, 256 inputs at a time.
//
// One thread makes 4 inputs x 4 columns in registers. Where a workgroup has more threads than a block's
// quads of inputs, neighbouring ones share the units, so that they read neighbouring weights. The last
// units are masked: padding is never read into a sum.

// The sum over the threads that share a quad of inputs.
fn join_dense_back(thread: u32, e: vec4<f32>) -> vec4<f32> {
    if (PARTS == 1u) {
        return e;
    }
    workgroupBarrier();
    reduce_parts[thread] = e;
    workgroupBarrier();
    var sum = vec4<f32>();
    for (var part = 0u; part < PARTS; part++) {
        sum += reduce_parts[thread / PARTS * PARTS + part];
    }
    return sum;
}

fn put_dense_back(p: Pass, to: u32, e: vec4<f32>) {
    if (p.matrix.adds != 0u) {
        deltas[to] += e;
    } else {
        deltas[to] = e;
    }
}

fn dense_back(p: Pass, thread: u32, block: u32, at: Places) {
    let rows = p.units_pad / 4u;
    let part = thread % PARTS;
    let input = block * QUADS + thread / PARTS;
    let matrix = (p.matrix.weights_at + at.lane * wave.weights_lane) / 4u;
    // Inputs past the last one repeat it.
    let end = p.fan_in - 1u;
    let w0 = matrix + min(input * 4u, end) * rows;
    let w1 = matrix + min(input * 4u + 1u, end) * rows;
    let w2 = matrix + min(input * 4u + 2u, end) * rows;
    let w3 = matrix + min(input * 4u + 3u, end) * rows;
    let slots = at.sweeps * wave.column_slots + at.columns;
    let above = vec4<u32>((p.source.at + at.lane * wave.deltas_lane) / 4u);
    let source = above + slots * rows;
    var e0 = vec4<f32>();
    var e1 = vec4<f32>();
    var e2 = vec4<f32>();
    var e3 = vec4<f32>();
    for (var unit = part; unit < rows; unit += PARTS) {
        var a = weights[w0 + unit];
        var b = weights[w1 + unit];
        var c = weights[w2 + unit];
        var d = weights[w3 + unit];
        var d0 = deltas[source.x + unit];
        var d1 = deltas[source.y + unit];
        var d2 = deltas[source.z + unit];
        var d3 = deltas[source.w + unit];
        if (unit * 4u + 4u > p.units) {
            a = real_of(a, unit, p.units);
            b = real_of(b, unit, p.units);
            c = real_of(c, unit, p.units);
            d = real_of(d, unit, p.units);
            d0 = real_of(d0, unit, p.units);
            d1 = real_of(d1, unit, p.units);
            d2 = real_of(d2, unit, p.units);
            d3 = real_of(d3, unit, p.units);
        }
        e0 += vec4<f32>(dot(a, d0), dot(b, d0), dot(c, d0), dot(d, d0));
        e1 += vec4<f32>(dot(a, d1), dot(b, d1), dot(c, d1), dot(d, d1));
        e2 += vec4<f32>(dot(a, d2), dot(b, d2), dot(c, d2), dot(d, d2));
        e3 += vec4<f32>(dot(a, d3), dot(b, d3), dot(c, d3), dot(d, d3));
    }
    e0 = join_dense_back(thread, e0);
    e1 = join_dense_back(thread, e1);
    e2 = join_dense_back(thread, e2);
    e3 = join_dense_back(thread, e3);
    let width = p.fan_in_pad / 4u;
    let to = vec4<u32>((p.matrix.target_at + at.lane * wave.deltas_lane) / 4u + input) + slots * width;
    if (input < width) {
        if (part == 0u) { put_dense_back(p, to.x, e0); }
        if (part == 1u % PARTS && at.count > 1u) { put_dense_back(p, to.y, e1); }
        if (part == 2u % PARTS && at.count > 2u) { put_dense_back(p, to.z, e2); }
        if (part == 3u % PARTS && at.count > 3u) { put_dense_back(p, to.w, e3); }
    }
}

// dense: z = W u for four columns of a lane, 256 units at a time.
//
// A matrix is kept by inputs: weights[input][unit], so that neighbouring threads read neighbouring
// units. One thread makes 4 units x 4 columns in registers. Where a workgroup has more threads than a
// block's quads of units, they share the inputs. Padding is never read into a sum: the last inputs are
// taken one by one.

// The sum over the threads that share a quad of units.
fn join_dense(thread: u32, z: vec4<f32>) -> vec4<f32> {
    if (PARTS == 1u) {
        return z;
    }
    workgroupBarrier();
    reduce_parts[thread] = z;
    workgroupBarrier();
    var sum = vec4<f32>();
    for (var part = 0u; part < PARTS; part++) {
        sum += reduce_parts[part * QUADS + thread % QUADS];
    }
    return sum;
}

fn put_dense(p: Pass, to: u32, z: vec4<f32>) {
    if (p.matrix.adds != 0u) {
        acts[to] += z;
    } else {
        acts[to] = z;
    }
}

fn dense(p: Pass, thread: u32, block: u32, at: Places) {
    let rows = p.units_pad / 4u;
    let part = thread / QUADS;
    let unit = block * QUADS + thread % QUADS;
    // Threads past the last unit repeat it.
    let first = (p.matrix.weights_at + at.lane * wave.weights_lane) / 4u + min(unit, rows - 1u);
    let stride = p.fan_in_pad / 4u;
    let inputs = (p.source.at + at.lane / p.source.group * p.source.stride) / 4u;
    let source = vec4<u32>(inputs) + (at.sweeps * p.source.sweep + at.columns) * stride;
    var z0 = vec4<f32>();
    var z1 = vec4<f32>();
    var z2 = vec4<f32>();
    var z3 = vec4<f32>();
    let whole = p.fan_in / 4u;
    for (var i = part; i < whole; i += PARTS) {
        let weight = first + i * 4u * rows;
        let w0 = weights[weight];
        let w1 = weights[weight + rows];
        let w2 = weights[weight + 2u * rows];
        let w3 = weights[weight + 3u * rows];
        let u0 = acts[source.x + i];
        let u1 = acts[source.y + i];
        let u2 = acts[source.z + i];
        let u3 = acts[source.w + i];
        z0 += w0 * u0.x + w1 * u0.y + w2 * u0.z + w3 * u0.w;
        z1 += w0 * u1.x + w1 * u1.y + w2 * u1.z + w3 * u1.w;
        z2 += w0 * u2.x + w1 * u2.y + w2 * u2.z + w3 * u2.w;
        z3 += w0 * u3.x + w1 * u3.y + w2 * u3.z + w3 * u3.w;
    }
    let rest = select(0u, p.fan_in % 4u, part == 0u);
    for (var i = 0u; i < rest; i++) {
        let w = weights[first + (whole * 4u + i) * rows];
        z0 += w * acts[source.x + whole][i];
        z1 += w * acts[source.y + whole][i];
        z2 += w * acts[source.z + whole][i];
        z3 += w * acts[source.w + whole][i];
    }
    z0 = join_dense(thread, z0);
    z1 = join_dense(thread, z1);
    z2 = join_dense(thread, z2);
    z3 = join_dense(thread, z3);
    let nodes = vec4<u32>((p.matrix.target_at + at.lane * wave.acts_lane) / 4u + unit);
    let to = nodes + (at.sweeps * p.matrix.target_sweep + at.columns) * rows;
    if (unit < rows) {
        if (part == 0u) { put_dense(p, to.x, z0); }
        if (part == 1u % PARTS && at.count > 1u) { put_dense(p, to.y, z1); }
        if (part == 2u % PARTS && at.count > 2u) { put_dense(p, to.z, z2); }
        if (part == 3u % PARTS && at.count > 3u) { put_dense(p, to.w, z3); }
    }
}

// dense: z = W u for every column.
//
// A matrix is kept by inputs: weights[input][unit], so that neighbouring threads read neighbouring
// units. One thread makes 4 units x 4 columns in registers, and needs no barrier. Padding is never read
// into a sum: the last inputs are taken one by one.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> acts: array<vec4<f32>>;

@compute @workgroup_size(64)
fn dense(@builtin(global_invocation_id) id: vec3<u32>) {
    let rows = p.units_pad / 4u;
    let unit = id.x;
    let column = id.y * 4u;
    let lane = id.z;
    if (unit >= rows) {
        return;
    }
    var weight = (p.weights_at + lane * p.weights_lane) / 4u + unit;
    let stride = p.fan_in_pad / 4u;
    let first = (p.source_at + lane / p.source_group * p.source_stride) / 4u;
    // Columns past the last one repeat it; they are not written.
    let last = p.columns - 1u;
    let s0 = first + min(column, last) * stride;
    let s1 = first + min(column + 1u, last) * stride;
    let s2 = first + min(column + 2u, last) * stride;
    let s3 = first + min(column + 3u, last) * stride;
    var z0 = vec4<f32>();
    var z1 = vec4<f32>();
    var z2 = vec4<f32>();
    var z3 = vec4<f32>();
    let whole = p.fan_in / 4u;
    for (var i = 0u; i < whole; i++) {
        let w0 = weights[weight];
        let w1 = weights[weight + rows];
        let w2 = weights[weight + 2u * rows];
        let w3 = weights[weight + 3u * rows];
        weight += 4u * rows;
        let u0 = acts[s0 + i];
        let u1 = acts[s1 + i];
        let u2 = acts[s2 + i];
        let u3 = acts[s3 + i];
        z0 += w0 * u0.x + w1 * u0.y + w2 * u0.z + w3 * u0.w;
        z1 += w0 * u1.x + w1 * u1.y + w2 * u1.z + w3 * u1.w;
        z2 += w0 * u2.x + w1 * u2.y + w2 * u2.z + w3 * u2.w;
        z3 += w0 * u3.x + w1 * u3.y + w2 * u3.z + w3 * u3.w;
    }
    for (var i = 0u; i < p.fan_in % 4u; i++) {
        let w = weights[weight];
        weight += rows;
        z0 += w * acts[s0 + whole][i];
        z1 += w * acts[s1 + whole][i];
        z2 += w * acts[s2 + whole][i];
        z3 += w * acts[s3 + whole][i];
    }
    let to = (p.target_at + lane * p.acts_lane) / 4u + column * rows + unit;
    let add = (p.flags & FLAG_ADD) != 0u;
    if (column < p.columns) {
        if (add) { z0 += acts[to]; }
        acts[to] = z0;
    }
    if (column + 1u < p.columns) {
        if (add) { z1 += acts[to + rows]; }
        acts[to + rows] = z1;
    }
    if (column + 2u < p.columns) {
        if (add) { z2 += acts[to + 2u * rows]; }
        acts[to + 2u * rows] = z2;
    }
    if (column + 3u < p.columns) {
        if (add) { z3 += acts[to + 3u * rows]; }
        acts[to + 3u * rows] = z3;
    }
}

// dense_back: e = W^T delta for every column.
//
// One thread makes 4 inputs x 4 columns in registers. The last units are masked: padding is never read
// into a sum.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> deltas: array<vec4<f32>>;

@compute @workgroup_size(64)
fn dense_back(@builtin(global_invocation_id) id: vec3<u32>) {
    let rows = p.units_pad / 4u;
    let input = id.x;
    let column = id.y * 4u;
    let lane = id.z;
    if (input >= p.fan_in_pad / 4u) {
        return;
    }
    let matrix = (p.weights_at + lane * p.weights_lane) / 4u;
    let end = p.fan_in - 1u;
    let w0 = matrix + min(input * 4u, end) * rows;
    let w1 = matrix + min(input * 4u + 1u, end) * rows;
    let w2 = matrix + min(input * 4u + 2u, end) * rows;
    let w3 = matrix + min(input * 4u + 3u, end) * rows;
    let first = (p.source_at + lane * p.deltas_lane) / 4u;
    let last = p.columns - 1u;
    let s0 = first + min(column, last) * rows;
    let s1 = first + min(column + 1u, last) * rows;
    let s2 = first + min(column + 2u, last) * rows;
    let s3 = first + min(column + 3u, last) * rows;
    var e0 = vec4<f32>();
    var e1 = vec4<f32>();
    var e2 = vec4<f32>();
    var e3 = vec4<f32>();
    for (var unit = 0u; unit < rows; unit++) {
        var a = weights[w0 + unit];
        var b = weights[w1 + unit];
        var c = weights[w2 + unit];
        var d = weights[w3 + unit];
        var d0 = deltas[s0 + unit];
        var d1 = deltas[s1 + unit];
        var d2 = deltas[s2 + unit];
        var d3 = deltas[s3 + unit];
        if (unit * 4u + 4u > p.units) {
            let real = vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(unit * 4u) < vec4<u32>(p.units);
            let zero = vec4<f32>();
            a = select(zero, a, real);
            b = select(zero, b, real);
            c = select(zero, c, real);
            d = select(zero, d, real);
            d0 = select(zero, d0, real);
            d1 = select(zero, d1, real);
            d2 = select(zero, d2, real);
            d3 = select(zero, d3, real);
        }
        e0 += vec4<f32>(dot(a, d0), dot(b, d0), dot(c, d0), dot(d, d0));
        e1 += vec4<f32>(dot(a, d1), dot(b, d1), dot(c, d1), dot(d, d1));
        e2 += vec4<f32>(dot(a, d2), dot(b, d2), dot(c, d2), dot(d, d2));
        e3 += vec4<f32>(dot(a, d3), dot(b, d3), dot(c, d3), dot(d, d3));
    }
    let stride = p.fan_in_pad / 4u;
    let to = (p.target_at + lane * p.deltas_lane) / 4u + column * stride + input;
    let add = (p.flags & FLAG_ADD) != 0u;
    if (column < p.columns) {
        if (add) { e0 += deltas[to]; }
        deltas[to] = e0;
    }
    if (column + 1u < p.columns) {
        if (add) { e1 += deltas[to + stride]; }
        deltas[to + stride] = e1;
    }
    if (column + 2u < p.columns) {
        if (add) { e2 += deltas[to + 2u * stride]; }
        deltas[to + 2u * stride] = e2;
    }
    if (column + 3u < p.columns) {
        if (add) { e3 += deltas[to + 3u * stride]; }
        deltas[to + 3u * stride] = e3;
    }
}

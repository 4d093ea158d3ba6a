// dense_tiles: z = W u for many columns of a lane: the products of an evaluation.
//
// As dense, but a thread makes 8 units x 8 columns, so that what it has read once is used eight times, and no
// thread waits for another. A workgroup makes 256 units x 16 columns; of a narrow layer (a head) 32 x 128.
// Padding is never read into a sum: the last inputs are taken one by one.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> acts: array<vec4<f32>>;

// Where four columns lie of which the first is `column`; those past the last one repeat it.
fn columns_from(column: u32, base: u32) -> vec4<u32> {
    let columns = min(vec4<u32>(column) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(wave.columns - 1u));
    return vec4<u32>(base) + columns * (p.fan_in_pad / 4u);
}

// Four inputs' weights to four units.
fn weights_of(at: u32, rows: u32) -> mat4x4<f32> {
    return mat4x4<f32>(weights[at], weights[at + rows], weights[at + 2u * rows], weights[at + 3u * rows]);
}

// Four inputs of four columns.
fn inputs_of(columns: vec4<u32>, i: u32) -> mat4x4<f32> {
    return mat4x4<f32>(acts[columns.x + i], acts[columns.y + i], acts[columns.z + i], acts[columns.w + i]);
}

// One input of four columns: element i of their last inputs.
fn input_of(u: mat4x4<f32>, i: u32) -> vec4<f32> {
    return vec4<f32>(u[0][i], u[1][i], u[2][i], u[3][i]);
}

// What one input adds to four units in four columns.
fn outer(w: vec4<f32>, u: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(w * u.x, w * u.y, w * u.z, w * u.w);
}

fn put(z: mat4x4<f32>, column: u32, to: u32, rows: u32) {
    if (column < wave.columns) { acts[to + column * rows] = z[0]; }
    if (column + 1u < wave.columns) { acts[to + (column + 1u) * rows] = z[1]; }
    if (column + 2u < wave.columns) { acts[to + (column + 2u) * rows] = z[2]; }
    if (column + 3u < wave.columns) { acts[to + (column + 3u) * rows] = z[3]; }
}

@compute @workgroup_size(THREADS)
fn dense_tiles(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let lane = group.z;
    let rows = p.units_pad / 4u;
    // Threads side by side in a tile's units: two quads each, so that neighbours read neighbours.
    let across = select(32u, 4u, rows <= 8u);
    let unit = group.x * 2u * across + thread % across;
    let base = (p.matrix.weights_at + lane * wave.weights_lane) / 4u;
    let column = (group.y * (THREADS / across) + thread / across) * 8u;
    if (unit >= rows || column >= wave.columns) {
        return;
    }
    // Of two quads the second may be past the last unit, and repeats it.
    let first = base + unit;
    let second = base + min(unit + across, rows - 1u);
    let inputs = (p.source.at + lane / p.source.group * p.source.stride) / 4u;
    let columns0 = columns_from(column, inputs);
    let columns1 = columns_from(column + 4u, inputs);
    var z00 = mat4x4<f32>();
    var z01 = mat4x4<f32>();
    var z10 = mat4x4<f32>();
    var z11 = mat4x4<f32>();
    let whole = p.fan_in / 4u;
    for (var i = 0u; i < whole; i++) {
        let w0 = weights_of(first + i * 4u * rows, rows);
        let w1 = weights_of(second + i * 4u * rows, rows);
        let u0 = inputs_of(columns0, i);
        let u1 = inputs_of(columns1, i);
        z00 += w0 * u0;
        z01 += w0 * u1;
        z10 += w1 * u0;
        z11 += w1 * u1;
    }
    let rest = p.fan_in % 4u;
    if (rest > 0u) {
        let last0 = inputs_of(columns0, whole);
        let last1 = inputs_of(columns1, whole);
        for (var i = 0u; i < rest; i++) {
            let w0 = weights[first + (whole * 4u + i) * rows];
            let w1 = weights[second + (whole * 4u + i) * rows];
            z00 += outer(w0, input_of(last0, i));
            z01 += outer(w0, input_of(last1, i));
            z10 += outer(w1, input_of(last0, i));
            z11 += outer(w1, input_of(last1, i));
        }
    }
    let to = (p.matrix.target_at + lane * wave.acts_lane) / 4u + unit;
    put(z00, column, to, rows);
    put(z01, column + 4u, to, rows);
    if (unit + across < rows) {
        put(z10, column, to + across, rows);
        put(z11, column + 4u, to + across, rows);
    }
}

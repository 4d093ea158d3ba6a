// A plain product of matrices, for many lanes: what an evaluation is held against. See gpu/probe.rs.
//
// A workgroup of 8 x 8 threads makes 64 units x 64 columns of a lane, each thread 8 x 8. Both operands lie by
// inputs, and all sizes are whole tiles: nothing is looked up, turned or checked.
struct Sizes {
    // Quads of units.
    units: u32,
    // Quads of columns.
    columns: u32,
    // Inputs.
    fan_in: u32,
    // Lanes that share their columns.
    per_seed: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> inputs: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> products: array<vec4<f32>>;

// 16 inputs of a tile's units and of its columns.
var<workgroup> some_weights: array<vec4<f32>, 256>;
var<workgroup> some_inputs: array<vec4<f32>, 256>;

// What one input adds to four units in four columns.
fn outer(w: vec4<f32>, u: vec4<f32>) -> mat4x4<f32> {
    return mat4x4<f32>(w * u.x, w * u.y, w * u.z, w * u.w);
}

fn put(z: mat4x4<f32>, lane: u32, quad: u32, unit: u32) {
    let to = (lane * sizes.columns + quad) * 4u * sizes.units + unit;
    products[to] = z[0];
    products[to + sizes.units] = z[1];
    products[to + 2u * sizes.units] = z[2];
    products[to + 3u * sizes.units] = z[3];
}

// By tiles that a workgroup shares: fastest on a real GPU.
@compute @workgroup_size(64)
fn by_shared(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let units = group.z * sizes.fan_in * sizes.units + group.x * 16u;
    let columns = group.z / sizes.per_seed * sizes.fan_in * sizes.columns + group.y * 16u;
    let unit = thread % 8u;
    let column = thread / 8u;
    var z00 = mat4x4<f32>();
    var z01 = mat4x4<f32>();
    var z10 = mat4x4<f32>();
    var z11 = mat4x4<f32>();
    for (var first = 0u; first < sizes.fan_in; first += 16u) {
        for (var at = thread; at < 256u; at += 64u) {
            let input = first + at / 16u;
            some_weights[at] = weights[units + input * sizes.units + at % 16u];
            some_inputs[at] = inputs[columns + input * sizes.columns + at % 16u];
        }
        workgroupBarrier();
        for (var at = 0u; at < 256u; at += 16u) {
            let w0 = some_weights[at + unit];
            let w1 = some_weights[at + unit + 8u];
            let u0 = some_inputs[at + column];
            let u1 = some_inputs[at + column + 8u];
            z00 += outer(w0, u0);
            z01 += outer(w0, u1);
            z10 += outer(w1, u0);
            z11 += outer(w1, u1);
        }
        workgroupBarrier();
    }
    put(z00, group.z, group.y * 16u + column, group.x * 16u + unit);
    put(z01, group.z, group.y * 16u + column + 8u, group.x * 16u + unit);
    put(z10, group.z, group.y * 16u + column, group.x * 16u + unit + 8u);
    put(z11, group.z, group.y * 16u + column + 8u, group.x * 16u + unit + 8u);
}

// By registers alone, without a barrier: fastest on a GPU that is a program.
@compute @workgroup_size(64)
fn by_registers(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let unit = group.x * 16u + thread % 8u;
    let column = group.y * 16u + thread / 8u;
    var w_at = group.z * sizes.fan_in * sizes.units + unit;
    var u_at = group.z / sizes.per_seed * sizes.fan_in * sizes.columns + column;
    var z00 = mat4x4<f32>();
    var z01 = mat4x4<f32>();
    var z10 = mat4x4<f32>();
    var z11 = mat4x4<f32>();
    for (var input = 0u; input < sizes.fan_in; input++) {
        let w0 = weights[w_at];
        let w1 = weights[w_at + 8u];
        let u0 = inputs[u_at];
        let u1 = inputs[u_at + 8u];
        z00 += outer(w0, u0);
        z01 += outer(w0, u1);
        z10 += outer(w1, u0);
        z11 += outer(w1, u1);
        w_at += sizes.units;
        u_at += sizes.columns;
    }
    put(z00, group.z, column, unit);
    put(z01, group.z, column + 8u, unit);
    put(z10, group.z, column, unit + 8u);
    put(z11, group.z, column + 8u, unit + 8u);
}

// standardize: mean and spread of each code, a layer's outputs for one image.
//
// centre is the mean over units, spread what scales the centred code to norm 1: 0 for a code without
// spread, which has no correlation with another. A workgroup for four columns of a lane.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read> acts: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;

@compute @workgroup_size(THREADS)
fn standardize(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let column = group.x * COLUMNS + thread / TEAM;
    let quads = select(0u, p.units_pad / 4u, column < wave.columns);
    let at = (p.node.acts_at + group.z * wave.acts_lane + column * p.units_pad) / 4u;
    var sum = 0.0;
    for (var q = thread % TEAM; q < quads; q += TEAM) {
        sum += dot(real_of(acts[at + q], q, p.units), vec4<f32>(1.0));
    }
    let mean = sum_all(thread, sum) / f32(p.units);
    var square = 0.0;
    for (var q = thread % TEAM; q < quads; q += TEAM) {
        let h = real_of(acts[at + q] - mean, q, p.units);
        square += dot(h, h);
    }
    square = sum_all(thread, square);
    if (thread % TEAM == 0u && column < wave.columns) {
        let slot = group.z * wave.scalars_lane + column;
        var scale = 0.0;
        // Where a code is not finite this is false as well: it is left out.
        if (square > NO_SPREAD) {
            scale = inverseSqrt(square);
        }
        scalars[p.evaluated.centre_at + slot] = mean;
        scalars[p.evaluated.spread_at + slot] = scale;
    }
}

// standardize: mean and spread of each code, a layer's outputs for one image.
//
// centre is the mean over units, spread what scales the centred code to norm 1: 0 for a code without
// spread, which has no correlation with another. One workgroup for each column of each lane.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read> acts: array<f32>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;

@compute @workgroup_size(THREADS)
fn standardize(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let at = p.acts_at + group.z * p.acts_lane + group.x * p.units_pad;
    var sum = 0.0;
    for (var unit = thread; unit < p.units; unit += THREADS) {
        sum += acts[at + unit];
    }
    let mean = sum_all(thread, sum) / f32(p.units);
    var square = 0.0;
    for (var unit = thread; unit < p.units; unit += THREADS) {
        let h = acts[at + unit] - mean;
        square += h * h;
    }
    square = sum_all(thread, square);
    if (thread == 0u) {
        let slot = group.z * p.scalars_lane + group.x;
        var scale = 0.0;
        // Where a code is not finite this is false as well: it is left out.
        if (square > NO_SPREAD) {
            scale = inverseSqrt(square);
        }
        scalars[p.centre_at + slot] = mean;
        scalars[p.spread_at + slot] = scale;
    }
}

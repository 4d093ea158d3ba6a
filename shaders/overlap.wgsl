// overlap: u_i . u for every input column u and every current sample i of the step.
//
// The inputs do not change while the look-ahead runs, so this is done once a step.
// One workgroup for each column of each lane.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read> acts: array<f32>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;

var<workgroup> overlap_parts: array<f32, 1024>;

@compute @workgroup_size(64)
fn overlap(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let lane = group.z;
    let source = p.source_at + lane / p.source_group * p.source_stride;
    let at = source + group.x * p.fan_in_pad;
    for (var i = 0u; i < p.inner; i++) {
        var sum = 0.0;
        for (var j = thread; j < p.fan_in; j += THREADS) {
            sum += acts[at + j] * acts[source + i * p.fan_in_pad + j];
        }
        overlap_parts[i * THREADS + thread] = sum;
    }
    workgroupBarrier();
    if (thread < p.inner) {
        var sum = 0.0;
        for (var j = 0u; j < THREADS; j++) {
            sum += overlap_parts[thread * THREADS + j];
        }
        scalars[p.dots_at + lane * p.scalars_lane + group.x * p.inner_slots + thread] = sum;
    }
}

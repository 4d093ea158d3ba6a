// count: adds the units with h > 0 of a layer, over all columns, to a lane's counter.
//
// A workgroup for four columns of a lane, whose threads don't wait for each other: whole numbers may be added
// in any order.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read> acts: array<vec4<f32>>;
@group(0) @binding(9) var<storage, read_write> counters: array<atomic<u32>>;

@compute @workgroup_size(THREADS)
fn count(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let column = group.x * COLUMNS + thread / TEAM;
    let quads = select(0u, p.units_pad / 4u, column < wave.columns);
    let at = (p.node.acts_at + group.z * wave.acts_lane + column * p.units_pad) / 4u;
    var busy = vec4<u32>();
    for (var q = thread % TEAM; q < quads; q += TEAM) {
        let is_active = real_of(acts[at + q], q, p.units) > vec4<f32>();
        busy += select(vec4<u32>(), vec4<u32>(1u), is_active);
    }
    let all = busy.x + busy.y + busy.z + busy.w;
    if (all > 0u) {
        atomicAdd(&counters[p.evaluated.counter_at + group.z * wave.counters_lane], all);
    }
}

// count: adds the units with h > 0 of a layer, over all columns, to a lane's counter.
//
// One workgroup for each column of each lane. Whole numbers: their order does not matter.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read> acts: array<f32>;
@group(0) @binding(9) var<storage, read_write> counters: array<atomic<u32>>;

@compute @workgroup_size(THREADS)
fn count(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let at = p.acts_at + group.z * p.acts_lane + group.x * p.units_pad;
    var busy = 0.0;
    for (var unit = thread; unit < p.units; unit += THREADS) {
        busy += select(0.0, 1.0, acts[at + unit] > 0.0);
    }
    busy = sum_all(thread, busy);
    if (thread == 0u) {
        atomicAdd(&counters[p.counter_at + group.z * p.counters_lane], u32(busy));
    }
}

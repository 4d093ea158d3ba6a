// score: adds the columns whose largest logit is the label's to a lane's counter.
//
// The logits are the sum of one or two products (two pathways), of which a lesion leaves one out. Of equal
// logits the first counts, and where tasks have heads of their own only the task's classes do. A workgroup
// for four columns of a lane.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read> acts: array<f32>;
@group(0) @binding(7) var<storage, read> entries: array<vec4<u32>>;
@group(0) @binding(9) var<storage, read_write> counters: array<atomic<u32>>;

var<workgroup> best_logit: array<f32, THREADS>;
var<workgroup> best_unit: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn score(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    // Threads past the last column repeat it, and count nothing.
    let mine = group.x * COLUMNS + thread / TEAM;
    let column = min(mine, wave.columns - 1u);
    let lane = group.z;
    let offset = lane * wave.acts_lane + column * p.units_pad;
    let entry = entries[wave.entry_at + lane / wave.lanes_per_seed * wave.entry_seed + column];
    let label = select(entry.z, entry.w, p.head == 1u);
    let own = own_classes(p, lane / wave.lanes_per_seed, entry.y);
    var best = -3.0e38;
    var winner = p.units;
    for (var unit = thread % TEAM; unit < p.units; unit += TEAM) {
        var z = acts[p.evaluated.product_at.x + offset + unit];
        if (p.evaluated.products > 1u) {
            z += acts[p.evaluated.product_at.y + offset + unit];
        }
        if (is_answer(p, own, unit / 4u)[unit % 4u] && (winner == p.units || z > best)) {
            best = z;
            winner = unit;
        }
    }
    best_logit[thread] = best;
    best_unit[thread] = winner;
    workgroupBarrier();
    if (thread % TEAM == 0u && mine < wave.columns) {
        for (var i = thread + 1u; i < thread + TEAM; i++) {
            let z = best_logit[i];
            let unit = best_unit[i];
            if (unit < p.units && (z > best || (z == best && unit < winner))) {
                best = z;
                winner = unit;
            }
        }
        if (winner == label) {
            atomicAdd(&counters[p.evaluated.counter_at + lane * wave.counters_lane], 1u);
        }
    }
}

// overlap: u_i . u for every input column u and every current sample i of the step.
//
// The inputs do not change while the look-ahead runs, so this is done once a step.
// One workgroup for each column of each lane.
@group(0) @binding(2) var<storage, read> acts: array<f32>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;

@compute @workgroup_size(THREADS)
fn overlap(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let lane = group.z;
    let source = lane / wave.lanes_per_seed * wave.inputs_seed;
    let at = source + group.x * wave.inputs_pad;
    for (var first = 0u; first < wave.inner; first += 4u) {
        var sum = vec4<f32>();
        // Samples past the last one repeat it.
        let samples = min(vec4<u32>(first) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(wave.inner - 1u));
        let sources = vec4<u32>(source) + samples * wave.inputs_pad;
        for (var j = thread; j < wave.inputs; j += THREADS) {
            let u = acts[at + j];
            let samples_here = vec4<f32>(
                acts[sources.x + j],
                acts[sources.y + j],
                acts[sources.z + j],
                acts[sources.w + j],
            );
            sum += u * samples_here;
        }
        sum = sum_all_4(thread, sum);
        if (thread < 4u && first + thread < wave.inner) {
            let dots = wave.input_dots_at + lane * wave.scalars_lane + group.x * wave.inner_slots;
            scalars[dots + first + thread] = sum[thread];
        }
    }
}

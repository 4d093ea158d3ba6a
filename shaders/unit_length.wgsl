// unit_length: u = x / max(|x|, 1e-12) for every gathered image, in place.
//
// One workgroup for each column of each seed.
@group(0) @binding(2) var<storage, read_write> acts: array<f32>;

@compute @workgroup_size(THREADS)
fn unit_length(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let at = group.z * wave.inputs_seed + group.x * wave.inputs_pad;
    var square = 0.0;
    for (var i = thread; i < wave.inputs; i += THREADS) {
        square += acts[at + i] * acts[at + i];
    }
    let scale = 1.0 / max(sqrt(sum_all(thread, square)), SILENT);
    for (var i = thread; i < wave.inputs; i += THREADS) {
        acts[at + i] *= scale;
    }
}

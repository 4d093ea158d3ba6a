// Stage terms_back alone: a workgroup for each 256 units of each lane.

@compute @workgroup_size(THREADS)
fn alone(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    terms_back(passes[0], thread, group.x, group.z, passes[0].part.taken);
}

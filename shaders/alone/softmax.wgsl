// Stage softmax alone: a workgroup for each column of each lane.

@compute @workgroup_size(THREADS)
fn alone(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    softmax(passes[0], thread, place_alone(group.x, group.z), passes[0].part.taken);
}

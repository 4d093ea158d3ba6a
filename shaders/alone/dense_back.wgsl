// Stage dense_back alone: a workgroup for each 256 inputs of four columns of each lane.

@compute @workgroup_size(THREADS)
fn alone(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    dense_back(passes[0], thread, group.x, places_alone(group));
}

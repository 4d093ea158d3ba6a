// Stage dense_column alone: a workgroup for each 256 units of a column of each lane.

@compute @workgroup_size(THREADS)
fn alone(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    dense_column(passes[0], thread, group.x, place_alone(group.y, group.z));
}

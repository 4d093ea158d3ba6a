// Stage compete_back_along alone: a workgroup for each lane.

@compute @workgroup_size(THREADS)
fn alone(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    compete_back_along(passes[0], thread, group.z, passes[0].part.taken);
}

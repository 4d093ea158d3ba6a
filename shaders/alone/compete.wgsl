// Stage compete alone: a workgroup for each column of each lane.

@compute @workgroup_size(THREADS)
fn alone(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let p = passes[0];
    let place = place_alone(group.x, group.z);
    load_coefficients(p, thread, place);
    compete(p, thread, place);
    store_overlaps(p, thread, place, p.part.taken, true);
}

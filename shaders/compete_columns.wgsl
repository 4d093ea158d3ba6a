// compete_columns: stage compete of an evaluation, four columns of a lane to a workgroup: no look-ahead, and
// what threads wait for they wait for once in four columns.

@compute @workgroup_size(THREADS)
fn compete_columns(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let column = group.x * COLUMNS + thread / TEAM;
    let place = Place(group.z, 0u, column, 0u, column < wave.columns);
    compete(passes[0], thread, place);
}

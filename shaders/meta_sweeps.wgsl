// meta_sweeps: every column of every meta sweep, forward and back.
//
// Once the inner steps are known, no column waits for another: four of a lane are a workgroup's, which walks
// the list of passes once. What stage inner_steps has been through (column s of sweep s) is left out.

// A column of a meta sweep, by its number among all that are to be done: its sweep, and its place in it.
fn meta_column(number: u32) -> vec2<u32> {
    let inner = wave.inner;
    let columns = wave.columns;
    // Every sweep but the last has one column that is known.
    let others = max(columns - 1u, 1u);
    let before = (inner - 1u) * (columns - 1u);
    if (number >= before) {
        return vec2<u32>(inner, number - before);
    }
    let sweep = number / others + 1u;
    let column = number % others;
    return vec2<u32>(sweep, column + select(0u, 1u, column >= sweep));
}

@compute @workgroup_size(THREADS)
fn meta_sweeps(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let inner = wave.inner;
    let last = (inner - 1u) * (wave.columns - 1u) + wave.columns - 1u;
    let first = group.x * COLUMNS;
    let c0 = meta_column(min(first, last));
    let c1 = meta_column(min(first + 1u, last));
    let c2 = meta_column(min(first + 2u, last));
    let c3 = meta_column(min(first + 3u, last));
    let places = Places(
        group.z,
        vec4<u32>(c0.x, c1.x, c2.x, c3.x),
        vec4<u32>(c0.y, c1.y, c2.y, c3.y),
        min(COLUMNS, last + 1u - first),
    );
    let mine = first + thread / TEAM;
    let column = meta_column(min(mine, last));
    let place = Place(group.z, column.x, column.y, column.x, mine <= last);
    // Sweeps rise with the columns' numbers.
    let most = c3.x;
    for (var at = 0u; at < passes[0].passes; at++) {
        let p = passes[at];
        switch (p.work) {
            case WORK_DENSE: {
                for (var block = 0u; block * QUADS < p.units_pad / 4u; block++) {
                    dense(p, thread, block, places);
                }
            }
            case WORK_DENSE_BACK: {
                for (var block = 0u; block * QUADS < p.fan_in_pad / 4u; block++) {
                    dense_back(p, thread, block, places);
                }
            }
            default: {
                at_node(p, thread, place, most);
            }
        }
        storageBarrier();
        workgroupBarrier();
    }
}

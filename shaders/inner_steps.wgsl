// inner_steps: the look-ahead's inner steps of a lane, one after the other.
//
// Sweep s takes column s through the network under the weights that inner step s starts from, forward and
// back: it gives that step's vectors, delta_i and u_i, which are all that later sweeps need of it. One
// workgroup for each lane walks the list of passes once for each sweep.

@compute @workgroup_size(THREADS)
fn inner_steps(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    for (var sweep = 0u; sweep < wave.inner; sweep++) {
        let place = Place(group.z, sweep, sweep, sweep, true);
        for (var at = 0u; at < passes[0].passes; at++) {
            let p = passes[at];
            switch (p.work) {
                case WORK_DENSE: {
                    for (var block = 0u; block * QUADS < p.units_pad / 4u; block++) {
                        dense_column(p, thread, block, place);
                    }
                }
                case WORK_DENSE_BACK: {
                    for (var block = 0u; block * QUADS < p.fan_in_pad / 4u; block++) {
                        dense_back_column(p, thread, block, place);
                    }
                }
                default: {
                    at_node(p, thread, place, sweep);
                }
            }
            storageBarrier();
            workgroupBarrier();
        }
    }
}

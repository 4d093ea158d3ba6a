// second_order: backwards through a lane's inner steps, with the adjoint A of the fast weights (see
// shared/adjoint.wgsl). At each, the derivatives of that inner step along V = a A go forward and back through
// the network, and give two more terms of A, which become terms of the meta-gradient.
//
// One workgroup for each lane walks the list of passes once for each inner step.

@compute @workgroup_size(THREADS)
fn second_order(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let lane = group.z;
    let inner = wave.inner;
    for (var back = 1u; back <= inner; back++) {
        let step = inner - back;
        let gradients = Place(lane, wave.inner_slots + 1u, step, step, true);
        let outputs = Place(lane, wave.inner_slots + 1u, inner + step, step, true);
        for (var at = 0u; at < passes[0].passes; at++) {
            let p = passes[at];
            switch (p.work) {
                case WORK_DENSE: {
                    for (var block = 0u; block * QUADS < p.units_pad / 4u; block++) {
                        dense_column(p, thread, block, outputs);
                    }
                }
                case WORK_TERMS: {
                    for (var block = 0u; block * QUADS < p.units_pad / 4u; block++) {
                        terms(p, thread, block, lane, step);
                    }
                }
                case WORK_COMPETE_ALONG: {
                    compete_along(p, thread, lane, step);
                }
                case WORK_SOFTMAX_ALONG: {
                    softmax_along(p, thread, lane, step);
                }
                case WORK_DENSE_BACK: {
                    for (var block = 0u; block * QUADS < p.fan_in_pad / 4u; block++) {
                        dense_back_column(p, thread, block, gradients);
                    }
                }
                case WORK_TERMS_BACK: {
                    for (var block = 0u; block * QUADS < p.units_pad / 4u; block++) {
                        terms_back(p, thread, block, lane, step);
                    }
                }
                default: {
                    compete_back_along(p, thread, lane, step);
                }
            }
            storageBarrier();
            workgroupBarrier();
        }
    }
}

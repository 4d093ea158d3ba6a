// terms_back: what the adjoint adds to E = -N e', the derivative along V = a A of the gradient at a layer's
// output, and the look-ahead's correction of W^T X:
//
//     E += -a N A^T delta - a sum_i u_i (delta_i . X)
//
// 256 units at a time.

fn terms_back(p: Pass, thread: u32, block: u32, lane: u32, step: u32) {
    let width = p.units_pad / 4u;
    let quad = block * QUADS + thread % QUADS;
    let part = thread / QUADS;
    let vectors = (p.node.acts_at + lane * wave.acts_lane) / 4u + min(quad, width - 1u);
    let count = adjoint_terms(step);
    var sum = vec4<f32>();
    for (var first = 0u; first < count; first += THREADS) {
        workgroupBarrier();
        if (first + thread < count) {
            let term = adjoint_term(p, lane, step, first + thread, -1.0, wave.extra_at + step);
            term_coefficients[thread] = term.coefficient;
            term_slots[thread] = term.slot;
        }
        workgroupBarrier();
        for (var q = part; q < min(count - first, THREADS); q += PARTS) {
            sum += term_coefficients[q] * acts[vectors + term_slots[q] * width];
        }
    }
    if (PARTS > 1u) {
        workgroupBarrier();
        reduce_parts[thread] = sum;
        workgroupBarrier();
        sum = vec4<f32>();
        for (var other = 0u; other < PARTS; other++) {
            sum += reduce_parts[other * QUADS + thread % QUADS];
        }
    }
    if (part == 0u && quad < width) {
        let to = (p.node.deltas_at + lane * wave.deltas_lane) / 4u + (wave.extra_at + step) * width + quad;
        deltas[to] += sum;
    }
}

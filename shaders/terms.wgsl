// terms: what the adjoint adds to z', the derivative along V = a A of a layer's pre-activation or a head's
// logits, and the look-ahead's correction of W u':
//
//     z' += a A u - a sum_i delta_i (u_i . u')
//
// 256 units at a time. What reads the images has no u': there it makes z'.

fn terms(p: Pass, thread: u32, block: u32, lane: u32, step: u32) {
    let width = p.units_pad / 4u;
    let quad = block * QUADS + thread % QUADS;
    let part = thread / QUADS;
    let vectors = (p.node.deltas_at + lane * wave.deltas_lane) / 4u + min(quad, width - 1u);
    let count = adjoint_terms(step);
    let made = wave.extra_at + wave.inner + step;
    let share = 1.0 / f32(wave.inner * wave.columns);
    var sum = vec4<f32>();
    for (var first = 0u; first < count; first += THREADS) {
        workgroupBarrier();
        if (first + thread < count) {
            let term = adjoint_term(p, lane, step, first + thread, share, made);
            term_coefficients[thread] = term.coefficient;
            term_slots[thread] = term.slot;
        }
        workgroupBarrier();
        for (var q = part; q < min(count - first, THREADS); q += PARTS) {
            sum += term_coefficients[q] * deltas[vectors + term_slots[q] * width];
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
        let to = (p.matrix.target_at + lane * wave.acts_lane) / 4u + made * width + quad;
        if (p.matrix.adds != 0u) {
            sum += acts[to];
        }
        acts[to] = sum;
    }
}

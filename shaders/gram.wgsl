// gram: partial sums of |sum_q delta_q u_q^T|^2 = sum_{q,r} (delta_q . delta_r)(u_q . u_r).
//
// One thread for each pair q <= r of each matrix, one partial
// sum for each workgroup.
@group(0) @binding(0) var<uniform> passes: array<Pass, PASSES>;
@group(0) @binding(2) var<storage, read> acts: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> deltas: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;

// Which of four neighbouring elements are real rather than padding.
fn real(at: u32, width: u32) -> vec4<bool> {
    return vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(at * 4u) < vec4<u32>(width);
}

@compute @workgroup_size(THREADS)
fn gram(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let p = passes[group.y];
    let lane = group.z;
    let count = term_count(p);
    let pair = group.x * THREADS + thread;
    let q = pair / count;
    let r = pair % count;
    var value = 0.0;
    if (q < count && q <= r) {
        let source = (p.source.at + lane / p.source.group * p.source.stride) / 4u;
        let width = p.fan_in_pad / 4u;
        let uq = source + term_slot(p, q, p.source.sweep) * width;
        let ur = source + term_slot(p, r, p.source.sweep) * width;
        let zero = vec4<f32>();
        var u = 0.0;
        for (var i = 0u; i < width; i++) {
            let is_real = real(i, p.fan_in);
            u += dot(select(zero, acts[uq + i], is_real), select(zero, acts[ur + i], is_real));
        }
        let target_node = (p.matrix.target_at + lane * wave.deltas_lane) / 4u;
        let rows = p.units_pad / 4u;
        let dq = target_node + term_slot(p, q, p.matrix.target_sweep) * rows;
        let dr = target_node + term_slot(p, r, p.matrix.target_sweep) * rows;
        var d = 0.0;
        for (var i = 0u; i < rows; i++) {
            let is_real = real(i, p.units);
            d += dot(select(zero, deltas[dq + i], is_real), select(zero, deltas[dr + i], is_real));
        }
        value = select(2.0, 1.0, q == r) * u * d;
    }
    let sum = sum_all(thread, value);
    // Matrices have as many sums as the one that needs most has workgroups.
    if (thread == 0u && group.x * THREADS < count * count) {
        scalars[p.gradient.partial_at + lane * wave.scalars_lane + group.x] = sum;
    }
}

// gram: partial sums of |sum_q delta_q u_q^T|^2 = sum_{q,r} (delta_q . delta_r)(u_q . u_r).
//
// q and r run over all columns of all meta sweeps. One thread for each pair q <= r, one partial sum for
// each workgroup.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read> acts: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> deltas: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;

// Which of four neighbouring elements are real rather than padding.
fn real(at: u32, width: u32) -> vec4<bool> {
    return vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(at * 4u) < vec4<u32>(width);
}

@compute @workgroup_size(64)
fn gram(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let lane = group.z;
    let count = p.sweeps * p.columns;
    let pair = group.x * THREADS + thread;
    let q = pair / count;
    let r = pair % count;
    var value = 0.0;
    if (q < count && q <= r) {
        let source = (p.source_at + lane / p.source_group * p.source_stride) / 4u;
        let width = p.fan_in_pad / 4u;
        let uq = source + (q / p.columns * p.source_sweep + q % p.columns) * width;
        let ur = source + (r / p.columns * p.source_sweep + r % p.columns) * width;
        let zero = vec4<f32>();
        var u = 0.0;
        for (var i = 0u; i < width; i++) {
            let is_real = real(i, p.fan_in);
            u += dot(select(zero, acts[uq + i], is_real), select(zero, acts[ur + i], is_real));
        }
        let target_node = (p.target_at + lane * p.deltas_lane) / 4u;
        let rows = p.units_pad / 4u;
        let dq = target_node + (q / p.columns * p.target_sweep + q % p.columns) * rows;
        let dr = target_node + (r / p.columns * p.target_sweep + r % p.columns) * rows;
        var d = 0.0;
        for (var i = 0u; i < rows; i++) {
            let is_real = real(i, p.units);
            d += dot(select(zero, deltas[dq + i], is_real), select(zero, deltas[dr + i], is_real));
        }
        value = select(2.0, 1.0, q == r) * u * d;
    }
    let sum = sum_all(thread, value);
    if (thread == 0u) {
        scalars[p.partial_at + lane * p.scalars_lane + group.x] = sum;
    }
}

// update: W -= rate sum_q delta_q u_q^T over all terms of the gradient: one fused pass that reads and writes
// each weight once.
//
// One thread makes 4 units x 4 inputs in registers; threads of a workgroup share the inputs. The workgroups
// of all matrices are numbered one matrix after the other. `rate` comes from stage meta_update.
@group(0) @binding(0) var<uniform> passes: array<Pass, PASSES>;
@group(0) @binding(1) var<storage, read_write> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> acts: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> deltas: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> rates: array<f32>;

@compute @workgroup_size(THREADS)
fn update(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let number = group.y * groups.x + group.x;
    var matrix = passes[0].passes - 1u;
    for (; matrix > 0u && number < passes[matrix].gradient.group_at; matrix--) {
    }
    let p = passes[matrix];
    let rows = p.units_pad / 4u;
    let width = p.fan_in_pad / 4u;
    let unit = (number - p.gradient.group_at) / width * THREADS + thread;
    let input = (number - p.gradient.group_at) % width;
    let lane = group.z;
    if (unit >= rows) {
        return;
    }
    let source = (p.source.at + lane / p.source.group * p.source.stride) / 4u + input;
    let target_node = (p.matrix.target_at + lane * wave.deltas_lane) / 4u + unit;
    var g0 = vec4<f32>();
    var g1 = vec4<f32>();
    var g2 = vec4<f32>();
    var g3 = vec4<f32>();
    // One flat loop: software GPUs run nested ones ten times slower.
    for (var q = 0u; q < term_count(p); q++) {
        let u = acts[source + term_slot(p, q, p.source.sweep) * width];
        let d = deltas[target_node + term_slot(p, q, p.matrix.target_sweep) * rows];
        g0 += d * u.x;
        g1 += d * u.y;
        g2 += d * u.z;
        g3 += d * u.w;
    }
    let rate = rates[lane * wave.rates_lane + p.gradient.rate_at];
    let at = (p.matrix.weights_at + lane * wave.weights_lane) / 4u + input * 4u * rows + unit;
    weights[at] -= rate * g0;
    if (input * 4u + 1u < p.fan_in) {
        weights[at + rows] -= rate * g1;
    }
    if (input * 4u + 2u < p.fan_in) {
        weights[at + 2u * rows] -= rate * g2;
    }
    if (input * 4u + 3u < p.fan_in) {
        weights[at + 3u * rows] -= rate * g3;
    }
}

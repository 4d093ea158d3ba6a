// update: W -= rate sum_q delta_q u_q^T over all columns of all meta sweeps: one fused pass that reads
// and writes each weight once.
//
// One thread makes 4 units x 4 inputs in registers; threads of a workgroup share the inputs. `rate` comes
// from stage meta_update.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(1) var<storage, read_write> weights: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> acts: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> deltas: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> rates: array<f32>;

@compute @workgroup_size(64)
fn update(@builtin(global_invocation_id) id: vec3<u32>) {
    let rows = p.units_pad / 4u;
    let width = p.fan_in_pad / 4u;
    let unit = id.x;
    let input = id.y;
    let lane = id.z;
    if (unit >= rows) {
        return;
    }
    let source = (p.source_at + lane / p.source_group * p.source_stride) / 4u + input;
    let target_node = (p.target_at + lane * p.deltas_lane) / 4u + unit;
    var g0 = vec4<f32>();
    var g1 = vec4<f32>();
    var g2 = vec4<f32>();
    var g3 = vec4<f32>();
    // One flat loop: software GPUs run nested ones ten times slower.
    for (var q = 0u; q < p.sweeps * p.columns; q++) {
        let sweep = q / p.columns;
        let column = q % p.columns;
        let u = acts[source + (sweep * p.source_sweep + column) * width];
        let d = deltas[target_node + (sweep * p.target_sweep + column) * rows];
        g0 += d * u.x;
        g1 += d * u.y;
        g2 += d * u.z;
        g3 += d * u.w;
    }
    let rate = rates[lane * p.rates_lane + p.update_rate_at];
    let at = (p.weights_at + lane * p.weights_lane) / 4u + input * 4u * rows + unit;
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

// pool: adds a layer's codes, each centred and of norm 1, unit by unit; after its last unit, their number.
//
// Columns are added one after the other, so that the sum does not depend on how many are evaluated at once.
// One thread for each unit of each lane, and one for the number.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read> acts: array<f32>;
@group(0) @binding(5) var<storage, read> scalars: array<f32>;
@group(0) @binding(9) var<storage, read_write> codes: array<f32>;

@compute @workgroup_size(THREADS)
fn pool(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x > p.units) {
        return;
    }
    let slot = id.z * wave.scalars_lane;
    let at = p.node.acts_at + id.z * wave.acts_lane + id.x;
    let to = p.evaluated.codes_at + id.z * wave.codes_lane + id.x;
    var sum = codes[to];
    for (var column = 0u; column < wave.columns; column++) {
        let spread = scalars[p.evaluated.spread_at + slot + column];
        if (id.x == p.units) {
            sum += select(0.0, 1.0, spread > 0.0);
        } else if (spread > 0.0) {
            let centre = scalars[p.evaluated.centre_at + slot + column];
            sum += (acts[at + column * p.units_pad] - centre) * spread;
        }
    }
    codes[to] = sum;
}

// collapse: the first layer's deltas summed over the meta sweeps.
//
// Its inputs are the same in every sweep, so the B gradients become one: (sum_j Delta_j) U^T. The sums
// go where sweep 0's deltas were, which nothing reads any more. One thread for each unit of each column, for
// every layer that reads the images.
@group(0) @binding(0) var<uniform> passes: array<Pass, PASSES>;
@group(0) @binding(3) var<storage, read_write> deltas: array<f32>;

@compute @workgroup_size(THREADS)
fn collapse(@builtin(global_invocation_id) id: vec3<u32>) {
    let p = passes[id.y / wave.columns];
    let column = id.y % wave.columns;
    if (id.x >= p.units) {
        return;
    }
    let at = p.node.deltas_at + id.z * wave.deltas_lane + column * p.units_pad + id.x;
    var sum = 0.0;
    for (var sweep = 1u; sweep <= wave.inner; sweep++) {
        sum += deltas[at + sweep * wave.column_slots * p.units_pad];
    }
    // Second order adds a term to each current sample's.
    if (column < wave.extra / 2u) {
        sum += deltas[at + wave.extra_at * p.units_pad];
    }
    deltas[at] = sum;
}

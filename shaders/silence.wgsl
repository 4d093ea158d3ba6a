// silence: a layer's outputs with some units left out, the same ones for all lanes of a seed.
//
// silenced[seed][unit] is 1 for a unit that is left out. The outputs are not scaled anew: what the other
// units send is what they sent before. One thread for each unit of each column.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read_write> acts: array<f32>;
@group(0) @binding(8) var<storage, read> silenced: array<u32>;

@compute @workgroup_size(THREADS)
fn silence(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= p.units) {
        return;
    }
    let at = id.z * wave.acts_lane + id.y * p.units_pad + id.x;
    let left_out = silenced[id.z / wave.lanes_per_seed * p.units_pad + id.x] != 0u;
    acts[p.evaluated.silenced_at + at] = select(acts[p.node.acts_at + at], 0.0, left_out);
}

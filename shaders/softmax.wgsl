// softmax: a head's logits under the look-ahead, its cross-entropy, and delta = p - onehot(label).
//
// One workgroup for each column of each lane. delta is that of the single sample: the mean over the
// batch is taken where deltas are summed.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read_write> acts: array<f32>;
@group(0) @binding(3) var<storage, read_write> deltas: array<f32>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;
@group(0) @binding(6) var<storage, read> rates: array<f32>;
@group(0) @binding(7) var<storage, read> entries: array<vec4<u32>>;
@group(0) @binding(9) var<storage, read> cursor: array<u32>;

@compute @workgroup_size(64)
fn softmax(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let column = group.x;
    let lane = group.z;
    let from_z = p.pre_activation_at + lane * p.acts_lane + column * p.units_pad;
    let to = p.target_at + lane * p.deltas_lane + column * p.units_pad;
    let inner_deltas = p.deltas_at + lane * p.deltas_lane;
    let seed = lane / p.lanes_per_seed;
    let entry = entries[p.entry_at + cursor[0] * p.entry_step + seed * p.entry_seed + column];
    let label = select(entry.z, entry.w, p.head == 1u);

    load_coefficients(thread, lane, column);
    var largest = -3.0e38;
    for (var unit = thread; unit < p.units; unit += THREADS) {
        deltas[to + unit] = acts[from_z + unit];
    }
    for (var q = 0u; q < rounds() * p.inner; q++) {
        let i = q % p.inner;
        let unit = q / p.inner * THREADS + thread;
        if (unit < p.units) {
            deltas[to + unit] -= coefficients[i] * deltas[inner_deltas + inner_slot(i) + unit];
        }
    }
    for (var unit = thread; unit < p.units; unit += THREADS) {
        largest = max(largest, deltas[to + unit]);
    }
    largest = max_all(thread, largest);
    var mass = 0.0;
    var chosen = 0.0;
    for (var unit = thread; unit < p.units; unit += THREADS) {
        let z = deltas[to + unit] - largest;
        if (unit == label) {
            chosen = z;
        }
        let e = exp(z);
        deltas[to + unit] = e;
        mass += e;
    }
    mass = sum_all(thread, mass);
    chosen = sum_all(thread, chosen);
    if (thread == 0u) {
        scalars[p.loss_at + lane * p.scalars_lane + column] = log(mass) - chosen;
    }
    for (var unit = thread; unit < p.units; unit += THREADS) {
        deltas[to + unit] = deltas[to + unit] / mass - select(0.0, 1.0, unit == label);
    }
    var sum = 0.0;
    for (var q = 0u; q < rounds() * p.inner; q++) {
        let i = q / rounds();
        let round = q % rounds();
        let unit = round * THREADS + thread;
        if (unit < p.units) {
            sum += deltas[to + unit] * deltas[inner_deltas + inner_slot(i) + unit];
        }
        if (round + 1u == rounds()) {
            overlap_parts[i * THREADS + thread] = sum;
            sum = 0.0;
        }
    }
    store_overlaps(thread, lane, column);
}

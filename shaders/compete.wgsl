// compete: from the pre-activation z = W u to the next layer's input.
//
//     z -= a sum_i delta_i (u_i . u)        the look-ahead's correction
//     c = the k-th largest z                duplicates counted; exact
//     h = relu(z - beta c)
//     u_next = h / |h|                      zeros where |h| <= 1e-12
//
// One workgroup for each column of each lane. The k-th largest is found digit by digit (4 bits, 16 bins)
// on a key that sorts as the numbers do; every digit has its own bins, so one barrier a digit is enough.
@group(0) @binding(0) var<uniform> p: Pass;
@group(0) @binding(2) var<storage, read_write> acts: array<f32>;
@group(0) @binding(3) var<storage, read> deltas: array<f32>;
@group(0) @binding(5) var<storage, read_write> scalars: array<f32>;
@group(0) @binding(6) var<storage, read> rates: array<f32>;

var<workgroup> bins: array<atomic<u32>, 128>;

// A key that sorts as the numbers do.
fn key_of(z: f32) -> u32 {
    let bits = bitcast<u32>(z);
    return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn number_of(key: u32) -> f32 {
    return bitcast<f32>(select(~key, key & 0x7fffffffu, (key & 0x80000000u) != 0u));
}

// The key's digits found so far, and which largest is still wanted among the keys that begin so.
struct Found {
    prefix: u32,
    wanted: u32,
}

// Finds the next digit, from the highest (0) to the lowest (7). Call it from uniform control flow.
fn next_digit(thread: u32, at: u32, digit: u32, found: Found) -> Found {
    let shift = 28u - 4u * digit;
    for (var unit = thread; unit < p.units; unit += THREADS) {
        let key = key_of(acts[at + unit]);
        // Shifted twice: a shift by 32 is not defined.
        if (((key >> shift) >> 4u) == ((found.prefix >> shift) >> 4u)) {
            atomicAdd(&bins[digit * 16u + ((key >> shift) & 15u)], 1u);
        }
    }
    workgroupBarrier();
    var wanted = found.wanted;
    var bin = 15u;
    for (; bin > 0u; bin--) {
        let held = atomicLoad(&bins[digit * 16u + bin]);
        if (held >= wanted) {
            break;
        }
        wanted -= held;
    }
    return Found(found.prefix | (bin << shift), wanted);
}

@compute @workgroup_size(64)
fn compete(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let column = group.x;
    let lane = group.z;
    let pre_activation = p.pre_activation_at + lane * p.acts_lane + column * p.units_pad;
    let to = p.target_at + lane * p.acts_lane + column * p.units_pad;
    let inner_deltas = p.deltas_at + lane * p.deltas_lane;
    let inner_acts = p.acts_at + lane * p.acts_lane;
    let scalar = lane * p.scalars_lane + column;

    atomicStore(&bins[thread], 0u);
    atomicStore(&bins[thread + THREADS], 0u);
    load_coefficients(thread, lane, column);
    for (var unit = thread; unit < p.units; unit += THREADS) {
        acts[to + unit] = acts[pre_activation + unit];
    }
    for (var q = 0u; q < rounds() * p.inner; q++) {
        let i = q % p.inner;
        let unit = q / p.inner * THREADS + thread;
        if (unit < p.units) {
            acts[to + unit] -= coefficients[i] * deltas[inner_deltas + inner_slot(i) + unit];
        }
    }

    var kth_largest = 0.0;
    if ((p.flags & FLAG_COMPETITION) != 0u && p.k == 1u) {
        // The largest needs no search.
        var largest = -3.0e38;
        for (var unit = thread; unit < p.units; unit += THREADS) {
            largest = max(largest, acts[to + unit]);
        }
        kth_largest = max_all(thread, largest);
    } else if ((p.flags & FLAG_COMPETITION) != 0u) {
        var found = Found(0u, p.k);
        found = next_digit(thread, to, 0u, found);
        found = next_digit(thread, to, 1u, found);
        found = next_digit(thread, to, 2u, found);
        found = next_digit(thread, to, 3u, found);
        found = next_digit(thread, to, 4u, found);
        found = next_digit(thread, to, 5u, found);
        found = next_digit(thread, to, 6u, found);
        found = next_digit(thread, to, 7u, found);
        kth_largest = number_of(found.prefix);
    }

    let threshold = rates[lane * p.rates_lane + p.beta_at] * kth_largest;
    let competing = (p.flags & FLAG_COMPETITION) != 0u;
    var square = 0.0;
    for (var unit = thread; unit < p.units; unit += THREADS) {
        var h = acts[to + unit];
        if (competing) {
            h -= threshold;
        }
        // Not max: that would turn NaN into silence, and hide that a lane has diverged.
        h = select(h, 0.0, h <= 0.0);
        acts[to + unit] = h;
        square += h * h;
    }
    let norm = sqrt(sum_all(thread, square));
    let silent = norm <= SILENT;
    var scale = 1.0;
    if (silent) {
        scale = 0.0;
    } else if ((p.flags & FLAG_UNIT_LENGTH) != 0u) {
        scale = 1.0 / norm;
    }
    if (thread == 0u) {
        scalars[p.norm_at + scalar] = norm;
        scalars[p.kth_largest_at + scalar] = kth_largest;
    }
    for (var unit = thread; unit < p.units; unit += THREADS) {
        acts[to + unit] *= scale;
    }
    var sum = 0.0;
    for (var q = 0u; q < rounds() * p.inner; q++) {
        let i = q / rounds();
        let round = q % rounds();
        let unit = round * THREADS + thread;
        if (unit < p.units) {
            sum += acts[to + unit] * acts[inner_acts + inner_slot(i) + unit];
        }
        if (round + 1u == rounds()) {
            overlap_parts[i * THREADS + thread] = sum;
            sum = 0.0;
        }
    }
    store_overlaps(thread, lane, column);
}

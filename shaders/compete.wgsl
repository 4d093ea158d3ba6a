// compete: from the pre-activation z = W u to the next layer's input.
//
//     z -= a sum_i delta_i (u_i . u)        the look-ahead's correction
//     c = the k-th largest z                duplicates counted; exact
//     h = relu(z - beta c)
//     u_next = h / |h|                      zeros where |h| <= 1e-12
//
// One team of threads for each column. A small k-th largest is found by taking the largest away k times;
// others digit by digit (4 bits, 16 bins), where every digit has its own bins, so that one barrier a digit is
// enough. Both work on a key that sorts as the numbers do.
const FEW: u32 = 12u;
const BINS: u32 = 128u;
var<workgroup> bins: array<atomic<u32>, COLUMNS * BINS>;

// A key that sorts as the numbers do.
fn key_of(z: f32) -> u32 {
    let bits = bitcast<u32>(z);
    return select(bits | 0x80000000u, ~bits, (bits & 0x80000000u) != 0u);
}

fn number_of(key: u32) -> f32 {
    return bitcast<f32>(select(~key, key & 0x7fffffffu, (key & 0x80000000u) != 0u));
}

var<workgroup> key_parts: array<vec2<u32>, THREADS>;

// The larger of two keys, and how often it is there.
fn larger_of(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
    if (a.x == b.x) {
        return vec2<u32>(a.x, a.y + b.y);
    }
    return select(b, a, a.x > b.x);
}

// Takes a unit's key into account if it is below a bound.
fn take_key(best: vec2<u32>, z: f32, is_real: bool, bound: u32) -> vec2<u32> {
    let key = key_of(z);
    return larger_of(best, select(vec2<u32>(), vec2<u32>(key, 1u), is_real && key < bound));
}

// The largest key below a bound among all of a team's units, and how often it is there. Call it from uniform
// control flow.
fn largest_below(p: Pass, thread: u32, at: u32, quads: u32, bound: u32) -> vec2<u32> {
    let first = thread / TEAM * TEAM;
    var best = vec2<u32>();
    for (var q = thread % TEAM; q < quads; q += TEAM) {
        let z = acts[at + q];
        best = take_key(best, z.x, q * 4u < p.units, bound);
        best = take_key(best, z.y, q * 4u + 1u < p.units, bound);
        best = take_key(best, z.z, q * 4u + 2u < p.units, bound);
        best = take_key(best, z.w, q * 4u + 3u < p.units, bound);
    }
    workgroupBarrier();
    key_parts[thread] = best;
    workgroupBarrier();
    let run = thread / RUN * RUN;
    best = key_parts[run];
    for (var i = 1u; i < RUN; i++) {
        best = larger_of(best, key_parts[run + i]);
    }
    if (TEAM > RUN) {
        workgroupBarrier();
        key_parts[thread] = best;
        workgroupBarrier();
        best = key_parts[first];
        for (var i = RUN; i < TEAM; i += RUN) {
            best = larger_of(best, key_parts[first + i]);
        }
    }
    return best;
}

// The key's digits found so far, and which largest is still wanted among the keys that begin so.
struct Found {
    prefix: u32,
    wanted: u32,
}

// Counts a unit whose key begins as what was found.
fn count_key(z: f32, is_real: bool, bin: u32, shift: u32, prefix: u32) {
    let key = key_of(z);
    // Shifted twice: a shift by 32 is not defined.
    if (is_real && ((key >> shift) >> 4u) == ((prefix >> shift) >> 4u)) {
        atomicAdd(&bins[bin + ((key >> shift) & 15u)], 1u);
    }
}

// Finds the next digit, from the highest (0) to the lowest (7). Call it from uniform control flow.
fn next_digit(p: Pass, thread: u32, at: u32, quads: u32, digit: u32, found: Found) -> Found {
    let shift = 28u - 4u * digit;
    let first = thread / TEAM * BINS + digit * 16u;
    for (var q = thread % TEAM; q < quads; q += TEAM) {
        let z = acts[at + q];
        count_key(z.x, q * 4u < p.units, first, shift, found.prefix);
        count_key(z.y, q * 4u + 1u < p.units, first, shift, found.prefix);
        count_key(z.z, q * 4u + 2u < p.units, first, shift, found.prefix);
        count_key(z.w, q * 4u + 3u < p.units, first, shift, found.prefix);
    }
    workgroupBarrier();
    var wanted = found.wanted;
    var bin = 15u;
    for (; bin > 0u; bin--) {
        let held = atomicLoad(&bins[first + bin]);
        if (held >= wanted) {
            break;
        }
        wanted -= held;
    }
    return Found(found.prefix | (bin << shift), wanted);
}

// The k-th largest of a team's units, for k of more than FEW. Call it from uniform control flow.
fn kth_by_digits(p: Pass, thread: u32, at: u32, quads: u32) -> f32 {
    for (var bin = thread; bin < COLUMNS * BINS; bin += THREADS) {
        atomicStore(&bins[bin], 0u);
    }
    workgroupBarrier();
    var found = Found(0u, p.node.k);
    for (var digit = 0u; digit < 8u; digit++) {
        found = next_digit(p, thread, at, quads, digit, found);
    }
    return number_of(found.prefix);
}

fn compete(p: Pass, thread: u32, place: Place) {
    let member = thread % TEAM;
    let quads = quads_of(p, place);
    let rows = p.units_pad / 4u;
    let node = (p.node.acts_at + place.lane * wave.acts_lane) / 4u;
    let to = node + slot_of(p, place) * rows;
    let kept = place.sweep * p.node.pre_activation_sweep + place.column;
    let pre_activation = (p.node.pre_activation_at + place.lane * wave.acts_lane) / 4u + kept * rows;
    let inner_deltas = (p.node.deltas_at + place.lane * wave.deltas_lane) / 4u;
    let scalar = place.lane * wave.scalars_lane + slot_of(p, place);

    let competing = (wave.flags & FLAG_COMPETITION) != 0u;
    let few = p.node.k <= FEW;
    let inner = max(place.taken, 1u);
    var z = vec4<f32>();
    for (var turn = 0u; turn < rounds_of(p) * inner; turn++) {
        let i = turn % inner;
        let q = turn / inner * TEAM + member;
        if (q < quads) {
            if (i == 0u) {
                z = acts[pre_activation + q];
            }
            if (i < place.taken) {
                let coefficient = coefficients[thread / TEAM * MAX_INNER + i];
                z -= coefficient * deltas[inner_deltas + inner_slot(p, i) + q];
            }
            if (i + 1u == inner) {
                acts[to + q] = z;
            }
        }
    }

    var kth_largest = 0.0;
    if (competing && few) {
        var taken = 0u;
        var key = 0xffffffffu;
        // As often for every team: some have what they want before.
        for (var turn = 0u; turn < p.node.k; turn++) {
            let next = largest_below(p, thread, to, quads, key);
            if (taken < p.node.k) {
                key = next.x;
                taken += next.y;
            }
        }
        kth_largest = number_of(key);
    } else if (competing) {
        kth_largest = kth_by_digits(p, thread, to, quads);
    }

    var threshold = rates[place.lane * wave.rates_lane + p.node.beta_at] * kth_largest;
    if (!competing) {
        threshold = 0.0;
    }
    var square = 0.0;
    for (var q = member; q < quads; q += TEAM) {
        var h = acts[to + q] - threshold;
        // Not max: that would turn NaN into silence, and hide that a lane has diverged.
        h = real_of(select(h, vec4<f32>(), h <= vec4<f32>()), q, p.units);
        acts[to + q] = h;
        square += dot(h, h);
    }
    let norm = sqrt(sum_all(thread, square));
    let silent = norm <= SILENT;
    var scale = 1.0;
    if (silent) {
        scale = 0.0;
    } else if ((wave.flags & FLAG_UNIT_LENGTH) != 0u) {
        scale = 1.0 / norm;
    }
    if (member == 0u && place.is_real) {
        scalars[p.node.norm_at + scalar] = norm;
        scalars[p.node.kth_largest_at + scalar] = kth_largest;
    }
    for (var q = member; q < quads; q += TEAM) {
        acts[to + q] *= scale;
    }
}

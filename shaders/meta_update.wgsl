// meta_update: the meta-gradients of alpha and beta, the three groups' clipping, and the update of both.
//
//     dalpha = - mean_j sum_{i<=j} sum_n (Delta_n . delta_i)(u_n . u_i)     0 where alpha <= 0
//     dbeta  = - mean_j sum_n c_n sum delta_n
//     each group scaled by min(1, clip_norm / (norm + 1e-6)); alpha -= eta_alpha dalpha; beta likewise
//     the weights' rate: relu(alpha just updated), or eta_w, times their scale and the mean's 1 / (B (R + B))
//
// One workgroup for each lane. Also sums the meta-loss, counts steps, and notes the first step after which
// the lane is not finite. table[m] = (overlaps at the source, their stride over sweeps, overlaps at
// the target, partial sums), then for each layer (beta's gradients, ...), then for each
// head (losses, ...).
@group(0) @binding(5) var<storage, read> scalars: array<f32>;
@group(0) @binding(6) var<storage, read_write> rates: array<f32>;
@group(0) @binding(7) var<storage, read> table: array<vec4<u32>>;
@group(0) @binding(9) var<storage, read_write> cursor: array<u32>;

// Infinity and NaN are known by their bits: a browser may assume that numbers are finite.
fn is_finite(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

fn clip(square: f32) -> f32 {
    return min(1.0, wave.clip_norm / (sqrt(square) + 1e-6));
}

@compute @workgroup_size(THREADS)
fn meta_update(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(local_invocation_index) thread: u32,
) {
    let lane = group.z;
    let scalar = lane * wave.scalars_lane;
    let alpha_at = lane * wave.rates_lane;
    let beta_at = alpha_at + wave.matrices;
    let used_at = beta_at + wave.layers;
    let next_at = used_at + wave.matrices;
    let misc_at = next_at + wave.matrices;
    let share = 1.0 / f32(wave.inner * wave.columns);
    let per_sweep = wave.columns * wave.inner_slots;

    // Weights: |dW|^2 of all matrices, from gram's partial sums.
    var square = 0.0;
    for (var m = 0u; m < wave.matrices; m++) {
        let row = table[m];
        let first_layer = row.y == 0u;
        let count = select(wave.inner * wave.columns + wave.extra, wave.columns, first_layer);
        let groups = (count * count + THREADS - 1u) / THREADS;
        for (var i = thread; i < groups; i += THREADS) {
            square += scalars[scalar + row.w + i];
        }
    }
    let weight_norm = sum_all(thread, square) * share * share;

    // alpha: gradients first go where the weights' next rates will be.
    let learn_alpha = rates[misc_at + MISC_LEARN_ALPHA] > 0.0;
    var alpha_square = 0.0;
    for (var m = 0u; m < wave.matrices; m++) {
        let row = table[m];
        var sum = 0.0;
        for (var j = thread; j < wave.inner * per_sweep; j += THREADS) {
            let sweep = j / per_sweep + 1u;
            let slot = j % per_sweep;
            // Inner steps taken before sweep s: the first s.
            if (slot % wave.inner_slots < sweep) {
                sum += scalars[scalar + row.x + sweep * row.y + slot]
                    * scalars[scalar + row.z + sweep * wave.column_slots * wave.inner_slots + slot];
            }
        }
        // The terms of second order: two of each inner step, of which the first layer has one.
        let first_layer = row.y == 0u;
        let extra = select(wave.extra, wave.extra / 2u, first_layer) * wave.inner_slots;
        for (var j = thread; j < extra; j += THREADS) {
            let inner_step = j / wave.inner_slots % max(wave.extra / 2u, 1u);
            if (j % wave.inner_slots < inner_step) {
                let slots = wave.extra_at * wave.inner_slots;
                sum += scalars[scalar + row.x + select(slots, 0u, first_layer) + j]
                    * scalars[scalar + row.z + slots + j];
            }
        }
        sum = -share * sum_all(thread, sum);
        if (rates[alpha_at + m] <= 0.0) {
            sum = 0.0;
        }
        alpha_square += sum * sum;
        if (thread == 0u) {
            rates[next_at + m] = sum;
        }
    }
    // beta: gradients are made twice rather than kept.
    let learn_beta = rates[misc_at + MISC_LEARN_BETA] > 0.0;
    var beta_square = 0.0;
    for (var pass_ = 0u; pass_ < 2u; pass_++) {
        let step_size = wave.eta_beta * clip(beta_square);
        for (var l = 0u; l < wave.layers; l++) {
            let gradients = scalar + table[wave.matrices + l].x;
            var sum = 0.0;
            for (var j = thread; j < wave.inner * wave.columns; j += THREADS) {
                sum += scalars[gradients + (j / wave.columns + 1u) * wave.column_slots + j % wave.columns];
            }
            for (var j = thread; j < wave.extra / 2u; j += THREADS) {
                sum += scalars[gradients + wave.extra_at + j];
            }
            sum = -share * sum_all(thread, sum);
            if (pass_ == 0u) {
                beta_square += sum * sum;
            } else if (thread == 0u && learn_beta) {
                rates[beta_at + l] -= step_size * sum;
            }
        }
    }
    var loss = 0.0;
    for (var h = 0u; h < wave.heads; h++) {
        let at = scalar + table[wave.matrices + wave.layers + h].x;
        for (var j = thread; j < wave.inner * wave.columns; j += THREADS) {
            loss += scalars[at + (j / wave.columns + 1u) * wave.column_slots + j % wave.columns];
        }
    }
    loss = share * sum_all(thread, loss);

    if (thread == 0u) {
        let scale = share * clip(weight_norm);
        let step_size = wave.eta_alpha * clip(alpha_square);
        var finite = is_finite(loss) && is_finite(weight_norm);
        for (var m = 0u; m < wave.matrices; m++) {
            if (learn_alpha) {
                rates[alpha_at + m] -= step_size * rates[next_at + m];
            }
            let alpha = rates[alpha_at + m];
            finite = finite && is_finite(alpha);
            rates[used_at + m] = max(alpha, 0.0);
            rates[next_at + m] = scale * select(max(alpha, 0.0), wave.eta_w, (wave.flags & FLAG_SYNC) != 0u);
        }
        for (var l = 0u; l < wave.layers; l++) {
            finite = finite && is_finite(rates[beta_at + l]);
        }
        let step = rates[misc_at + MISC_STEP] + 1.0;
        rates[misc_at + MISC_STEP] = step;
        if (!finite && rates[misc_at + MISC_DIVERGED] == 0.0) {
            rates[misc_at + MISC_DIVERGED] = step;
        }
        rates[misc_at + MISC_LOSS] = loss;
        rates[misc_at + MISC_LOSS_SUM] += loss;
        if (lane == 0u) {
            cursor[0] += 1u;
        }
    }
}

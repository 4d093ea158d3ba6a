// What one dispatch works on. Filled by gpu/passes.rs from gpu/layout.rs; its twin is `Pass` in
// gpu/kernels.rs, and a test compares the two field by field.
//
// All places (`*_at`) and strides are counted in f32 elements. A `slot` is one column (one sample) of
// one node at one sweep; a node's slots follow each other sweep by sweep, `column_slots` to a sweep.
// Places given for the present sweep include it.
struct Pass {
    columns: u32,         // samples this dispatch works on
    column_slots: u32,    // samples a sweep has room for (B + R)
    inner_slots: u32,     // inner steps there is room for (B)
    inner: u32,           // inner steps taken before this sweep
    sweeps: u32,          // meta sweeps to sum over (B of this step, or 1)
    units: u32,           // units of the target
    units_pad: u32,       // the same, rounded up to a multiple of 4
    fan_in: u32,          // width of the source
    fan_in_pad: u32,      // the same, rounded up to a multiple of 4
    weights_at: u32,      // the matrix within a lane's weights
    weights_lane: u32,    // stride of a lane's weights
    acts_lane: u32,       // stride of a lane in `acts`
    deltas_lane: u32,     // stride of a lane in `deltas`
    scalars_lane: u32,    // stride of a lane in `scalars`
    rates_lane: u32,      // stride of a lane in `rates`
    lanes_per_seed: u32,  // neighbouring lanes that share their inputs
    source_at: u32,       // the source's slots in `acts`
    source_stride: u32,   // their stride over lanes (or over seeds, for the inputs)
    source_group: u32,    // lanes that share a source: 1, or lanes_per_seed for the inputs
    source_sweep: u32,    // slots from one sweep to the next in the source (0: the same for all)
    target_at: u32,       // the target's slots
    target_sweep: u32,    // slots from one sweep to the next in the target
    pre_activation_at: u32,        // where the pre-activation z lies (the first layer's is kept for all sweeps)
    acts_at: u32,         // this node's acts, from sweep 0
    deltas_at: u32,       // this node's deltas, from sweep 0
    norm_at: u32,         // |h|, one for each slot
    kth_largest_at: u32,        // c, one for each slot
    beta_gradient_at: u32,         // c x sum of delta, one for each slot: beta's gradient
    loss_at: u32,         // cross-entropy, one for each slot
    dots_at: u32,         // overlaps of this node's slots with those of the inner steps
    terms: u32,           // matrices whose look-ahead corrects this node: 0, 1 or 2
    term_dots_0: u32,     // overlaps at the other end of the first
    term_rate_0: u32,     // its learning rate's place in `rates`
    term_dots_1: u32,     // the same of the second
    term_rate_1: u32,
    beta_at: u32,         // this layer's beta in `rates`
    k: u32,               // which largest pre-activation is c
    flags: u32,           // see FLAG_*
    partial_at: u32,      // partial sums of |dW|^2
    entry_at: u32,        // first entry of this dispatch
    entry_step: u32,      // entries from one step to the next
    tasks: u32,           // tasks of a seed: stride of its rotations
    counter_at: u32,      // where counts are added
    counters_lane: u32,   // stride of a lane's counters
    centre_at: u32,       // mean of a code, one for each slot
    spread_at: u32,       // what scales a centred code to unit length, one for each slot
    codes_at: u32,        // a layer's sum of codes, then their number
    codes_lane: u32,      // stride of a lane's sums of codes
    matrices: u32,        // matrices of the network
    layers: u32,          // hidden layers
    heads: u32,           // heads
    head: u32,            // which label a head is trained on: 0 category, 1 item
    eta_alpha: f32,       // meta-learning rate of alpha
    eta_beta: f32,        // meta-learning rate of beta
    eta_w: f32,           // rate of all weights under FLAG_SYNC
    clip_norm: f32,       // bound on each group's gradient
}

const FLAG_UNIT_LENGTH: u32 = 1u;   // inputs of layers are scaled to unit length
const FLAG_COMPETITION: u32 = 2u;   // units compete
const FLAG_ADD: u32 = 4u;           // add to the target rather than overwrite it
const FLAG_SYNC: u32 = 8u;          // eta_w rather than alpha updates the weights

// Lengths at or below this are silence.
const SILENT: f32 = 1e-12;

// A code whose squared spread is at most this has none.
const NO_SPREAD: f32 = 1e-20;

// Entries of one lane in `rates`, in this order: alpha, beta, relu(alpha), the weights' next rate,
// then these.
const MISC_LOSS_SUM: u32 = 0u;      // sum of the meta-loss since the host cleared it
const MISC_LOSS: u32 = 1u;          // meta-loss of the last step
const MISC_DIVERGED: u32 = 2u;          // steps done when the lane ceased to be finite; 0: it has not
const MISC_STEP: u32 = 3u;          // steps done
const MISC_LEARN_ALPHA: u32 = 4u;   // 1 or 0
const MISC_LEARN_BETA: u32 = 5u;    // 1 or 0
const MISC_COUNT: u32 = 6u;

// Threads of a workgroup, in every stage.
const THREADS: u32 = 64u;

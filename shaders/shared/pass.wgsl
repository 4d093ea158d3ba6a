// What the dispatches of an observe step, or of a piece of an evaluation, share (Wave), and what one of them
// works on (Pass). Filled by gpu/passes from gpu/layout.rs; their twins are in gpu/records.rs, where a test
// compares them field by field.
//
// All offsets (`*_at`) and strides count f32 elements. A slot is one column (one sample) of one node at one
// sweep; a node's slots follow each other sweep by sweep, `column_slots` to a sweep. Offsets are those of
// slot 0. Every record is a whole number of 16 bytes.
struct Wave {
    columns: u32,           // samples of a sweep: B + R of this step, or images of this piece
    column_slots: u32,      // the same of a whole step: slots from one sweep to the next
    inner: u32,             // inner steps of this step (B), and its meta sweeps
    inner_slots: u32,       // the same of a whole step: overlaps from one slot to the next
    extra: u32,             // terms that second order adds to a gradient; 0 in first order
    extra_at: u32,          // the first slot of these terms (see stage second_order)
    flags: u32,             // see FLAG_*
    lanes_per_seed: u32,    // neighbouring lanes that share their inputs

    // From one lane to the next.
    weights_lane: u32,
    acts_lane: u32,
    deltas_lane: u32,
    scalars_lane: u32,
    rates_lane: u32,
    counters_lane: u32,
    codes_lane: u32,

    // Images and labels.
    image_side: u32,        // pixels of an image's side
    inputs: u32,            // pixels of an image: width of the inputs
    inputs_pad: u32,        // the same, rounded up to a multiple of 4
    inputs_seed: u32,       // from one seed to the next in the inputs, which are the first of acts
    input_dots_at: u32,     // overlaps of the inputs with the current samples
    tasks: u32,             // tasks of a seed: stride of its rotations, permutations and classes
    entry_at: u32,          // first entry
    entry_seed: u32,        // entries from one seed to the next
    entry_step: u32,        // entries from one step to the next

    // The network, and the meta-update.
    matrices: u32,          // its matrices
    layers: u32,            // hidden layers
    heads: u32,             // heads
    eta_alpha: f32,         // meta-learning rate of alpha
    eta_beta: f32,          // meta-learning rate of beta
    eta_w: f32,             // rate of all weights under FLAG_SYNC
    clip_norm: f32,         // bound on each group's gradient
    unused: u32,
}
@group(0) @binding(10) var<uniform> wave: Wave;

// The columns that a stage alone works on. Stages that walk a list know theirs.
struct Part {
    sweep: u32,             // their sweep: inner steps taken before it
    column: u32,            // the first of them
    columns: u32,           // their number
    taken: u32,             // inner steps taken before the one worked on, which second order goes back
}

// What a matrix multiplies: a layer's outputs or the inputs; on the way back, its target's deltas.
struct Source {
    at: u32,                // its slots
    stride: u32,            // from one lane (for the inputs, one seed) to the next
    group: u32,             // lanes that share it: 1, or lanes_per_seed for the inputs
    sweep: u32,             // slots from one sweep to the next (0: the same for all)
}

// A matrix and where its product goes.
struct Matrix {
    weights_at: u32,        // within a lane's weights
    target_at: u32,         // the target's slots
    target_sweep: u32,      // slots from one sweep to the next in it (0: the same for all)
    adds: u32,              // 1: add to the target rather than overwrite it
}

// A node: a layer or a head.
struct Node {
    pre_activation_at: u32, // z before the look-ahead's correction (the first layer's is kept for all sweeps)
    pre_activation_sweep: u32, // slots from one sweep to the next in it (0: the same for all)
    acts_at: u32,           // outputs
    deltas_at: u32,         // deltas
    norm_at: u32,           // |h|, one for each slot
    kth_largest_at: u32,    // c, one for each slot
    k: u32,                 // which largest pre-activation is c
    beta_at: u32,           // this layer's beta in `rates`
    beta_gradient_at: u32,  // c x sum of delta, one for each slot: beta's gradient up to its sign
    loss_at: u32,           // cross-entropy, one for each slot
    along_at: u32,          // u . e, one for each slot: what is along u of the gradient at u
    dots_at: u32,           // overlaps of this node's slots with those of the inner steps
}

// The look-ahead's corrections of a node, by one matrix or by two.
struct Terms {
    dots_at: vec2<u32>,     // overlaps at the other end of each
    rate_at: vec2<u32>,     // the learning rate of each in `rates`
    count: u32,             // how many there are: 0, 1 or 2
    sweep: u32,             // slots from one sweep to the next at the other end (0: the same for all)
    unused: vec2<u32>,
}

// A matrix's gradient, a sum of rank-one terms, and its update.
struct Gradient {
    first_sweep: u32,       // the first meta sweep to sum over
    sweeps: u32,            // sweeps to sum over; 1 where what is summed is their sum already
    extra: u32,             // terms that second order adds; 0 where they are in that sum
    partial_at: u32,        // partial sums of |dW|^2
    rate_at: u32,           // the matrix's next rate in `rates`
    group_at: u32,          // workgroups of the matrices before this one in the list
    unused: vec2<u32>,
}

// What is counted of an evaluation.
struct Evaluated {
    product_at: vec2<u32>,  // the products whose sum is a head's logits
    products: u32,          // how many there are: 1 or 2
    counter_at: u32,        // where counts are added
    centre_at: u32,         // mean of a code, one for each slot
    spread_at: u32,         // what scales a centred code to norm 1, one for each slot
    codes_at: u32,          // a layer's sum of codes, then their number
    silenced_at: u32,       // a layer's outputs without the silenced units
}

// What one dispatch works on. Some work through a list of such records.
struct Pass {
    work: u32,              // which stage a record of a list is for: see WORK_*
    passes: u32,            // records in the list, in its first one
    units: u32,             // units of the node, or of the matrix's target
    units_pad: u32,         // the same, rounded up to a multiple of 4
    fan_in: u32,            // width of the matrix's source
    fan_in_pad: u32,        // the same, rounded up to a multiple of 4
    head: u32,              // which label a head is trained on: 0 category, 1 item
    unused: u32,
    part: Part,
    source: Source,
    matrix: Matrix,
    node: Node,
    terms: Terms,
    gradient: Gradient,
    evaluated: Evaluated,
}

const FLAG_UNIT_LENGTH: u32 = 1u;   // inputs of layers are scaled to norm 1
const FLAG_COMPETITION: u32 = 2u;   // units compete
const FLAG_SYNC: u32 = 4u;          // eta_w rather than alpha updates the weights
const FLAG_PERMUTED: u32 = 8u;      // tasks permute pixels
const FLAG_OWN_HEADS: u32 = 16u;    // the first head tells a task's classes apart among these only

// Norms at or below this are silence.
const SILENT: f32 = 1e-12;

// A code whose squared spread is at most this has none.
const NO_SPREAD: f32 = 1e-20;

// Entries of one lane in `rates`, in this order: alpha, beta, relu(alpha), the weights' next rate,
// then these.
const MISC_LOSS_SUM: u32 = 0u;      // sum of the meta-loss since the host cleared it
const MISC_LOSS: u32 = 1u;          // meta-loss of the last step
const MISC_DIVERGED: u32 = 2u;      // steps done when the lane ceased to be finite; 0: it has not
const MISC_STEP: u32 = 3u;          // steps done
const MISC_LEARN_ALPHA: u32 = 4u;   // 1 or 0
const MISC_LEARN_BETA: u32 = 5u;    // 1 or 0
const MISC_COUNT: u32 = 6u;

// What a record of a list is for.
const WORK_DENSE: u32 = 0u;
const WORK_COMPETE: u32 = 1u;
const WORK_SOFTMAX: u32 = 2u;
const WORK_DENSE_BACK: u32 = 3u;
const WORK_COMPETE_BACK: u32 = 4u;
const WORK_TERMS: u32 = 5u;
const WORK_COMPETE_ALONG: u32 = 6u;
const WORK_SOFTMAX_ALONG: u32 = 7u;
const WORK_TERMS_BACK: u32 = 8u;
const WORK_COMPETE_BACK_ALONG: u32 = 9u;

// Before this file stand THREADS, the threads of a workgroup; COLUMNS, the columns that teams of them work on
// side by side; TEAM, the threads of a team; PASSES, the most records of a list.

// Four neighbouring elements, zero where they are padding.
fn real_of(value: vec4<f32>, quad: u32, width: u32) -> vec4<f32> {
    let is_real = vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(quad * 4u) < vec4<u32>(width);
    return select(vec4<f32>(), value, is_real);
}

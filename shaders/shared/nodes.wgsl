// A stage of a node in a list: what the look-ahead needs before it, and what it needs of it after.
//
// These two stand once around all three stages rather than in each: a compiler puts a function's code
// wherever it is called, and software GPUs took a fifth longer to compile the walks.

// `most`: the inner steps that any team of the workgroup has taken. Call it from uniform control flow.
fn at_node(p: Pass, thread: u32, place: Place, most: u32) {
    load_coefficients(p, thread, place);
    switch (p.work) {
        case WORK_COMPETE: {
            compete(p, thread, place);
        }
        case WORK_SOFTMAX: {
            softmax(p, thread, place);
        }
        default: {
            compete_back(p, thread, place);
        }
    }
    store_overlaps(p, thread, place, most, p.work == WORK_COMPETE);
}

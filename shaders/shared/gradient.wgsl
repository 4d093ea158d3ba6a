// A matrix's gradient as a sum of rank-one terms delta_q u_q^T: one for each column of each meta sweep, then
// those that second order adds.

fn term_count(p: Pass) -> u32 {
    return p.gradient.sweeps * wave.columns + p.gradient.extra;
}

// A term's slot in what has `sweep_slots` slots to a sweep (0: the same for all sweeps).
fn term_slot(p: Pass, q: u32, sweep_slots: u32) -> u32 {
    let meta_terms = p.gradient.sweeps * wave.columns;
    if (q >= meta_terms) {
        return wave.extra_at + q - meta_terms;
    }
    return (p.gradient.first_sweep + q / wave.columns) * sweep_slots + q % wave.columns;
}

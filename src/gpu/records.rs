//! The records that dispatches read: the twins of shaders/shared/pass.wgsl, which says what each field means.

use bytemuck::{Pod, Zeroable};

/// Layers' inputs are scaled to norm 1.
pub const FLAG_UNIT_LENGTH: u32 = 1;
/// Units compete.
pub const FLAG_COMPETITION: u32 = 2;
/// `eta_w` rather than alpha updates the weights.
pub const FLAG_SYNC: u32 = 4;
/// Tasks permute pixels.
pub const FLAG_PERMUTED: u32 = 8;
/// The first head tells a task's classes apart among these only.
pub const FLAG_OWN_HEADS: u32 = 16;

/// Which stage a record of a list is for.
pub mod work {
    /// z = W u: stage dense, of a single column dense_column.
    pub const DENSE: u32 = 0;
    /// From a layer's pre-activation z to its output u: stage compete.
    pub const COMPETE: u32 = 1;
    /// From a head's logits to cross-entropy and delta = p - onehot(label): stage softmax.
    pub const SOFTMAX: u32 = 2;
    /// e = W^T delta: stage dense_back, of a single column dense_back_column.
    pub const DENSE_BACK: u32 = 3;
    /// From e, the gradient at a layer's output, to delta, that at its z: stage compete_back.
    pub const COMPETE_BACK: u32 = 4;
    /// Second order: the adjoint's and the look-ahead's part of z', the derivative along V: stage terms.
    pub const TERMS: u32 = 5;
    /// Second order: stage compete's derivative along V, from z' to u': stage compete_along.
    pub const COMPETE_ALONG: u32 = 6;
    /// Second order: stage softmax's derivative along V, from a head's z' to delta': stage softmax_along.
    pub const SOFTMAX_ALONG: u32 = 7;
    /// Second order: the adjoint's and the look-ahead's part of e', the derivative along V: stage terms_back.
    pub const TERMS_BACK: u32 = 8;
    /// Second order: stage compete_back's derivative, from e' to delta': stage compete_back_along.
    pub const COMPETE_BACK_ALONG: u32 = 9;
}

/// Entries of one lane in `rates` after alpha, beta, relu(alpha) and the weights' next rate.
pub mod misc {
    /// Sum of the meta-loss since the host cleared it.
    pub const LOSS_SUM: usize = 0;
    /// Meta-loss of the last step.
    pub const LOSS: usize = 1;
    /// Steps done when the lane ceased to be finite; 0: it has not.
    pub const DIVERGED: usize = 2;
    /// Steps done.
    pub const STEP: usize = 3;
    /// 1 if alpha is learned.
    pub const LEARN_ALPHA: usize = 4;
    /// 1 if beta is learned.
    pub const LEARN_BETA: usize = 5;
    /// Entries of this list.
    pub const COUNT: usize = 6;
}

/// Declares records that lie as the shader's of the same name.
macro_rules! records {
    ($($(#[$doc:meta])* $record:ident { $($name:ident : $type:ty),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[repr(C)]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
            #[allow(missing_docs)]
            pub struct $record {
                $(pub $name: $type,)*
            }
        )*

        /// Names of all records, with the names and byte offsets of their fields, and their sizes.
        #[cfg(all(test, not(target_arch = "wasm32")))]
        const RECORDS: &[(&str, &[(&str, usize)], usize)] = &[$((
            stringify!($record),
            &[$((stringify!($name), std::mem::offset_of!($record, $name)),)*],
            size_of::<$record>(),
        ),)*];
    };
}

records! {
    /// What the dispatches of an observe step, or of a piece of an evaluation, share. Here as in all others
    /// offsets and strides count f32 elements.
    Wave {
        columns: u32, column_slots: u32, inner: u32, inner_slots: u32, extra: u32, extra_at: u32, flags: u32,
        lanes_per_seed: u32,
        weights_lane: u32, acts_lane: u32, deltas_lane: u32, scalars_lane: u32,
        rates_lane: u32, counters_lane: u32, codes_lane: u32,
        image_side: u32, inputs: u32, inputs_pad: u32, inputs_seed: u32, input_dots_at: u32,
        tasks: u32, entry_at: u32, entry_seed: u32, entry_step: u32,
        matrices: u32, layers: u32, heads: u32,
        eta_alpha: f32, eta_beta: f32, eta_w: f32, clip_norm: f32, unused: u32,
    }
    /// The columns that a stage alone works on.
    Part { sweep: u32, column: u32, columns: u32, taken: u32 }
    /// What a matrix multiplies.
    Source { at: u32, stride: u32, group: u32, sweep: u32 }
    /// A matrix and where its product goes.
    Matrix { weights_at: u32, target_at: u32, target_sweep: u32, adds: u32 }
    /// A node: a layer or a head.
    Node {
        pre_activation_at: u32, pre_activation_sweep: u32, acts_at: u32, deltas_at: u32,
        norm_at: u32, kth_largest_at: u32, k: u32, beta_at: u32, beta_gradient_at: u32, loss_at: u32,
        along_at: u32, dots_at: u32,
    }
    /// The look-ahead's corrections of a node, by one matrix or by two.
    Terms { dots_at: [u32; 2], rate_at: [u32; 2], count: u32, sweep: u32, unused: [u32; 2] }
    /// A matrix's gradient, a sum of rank-one terms, and its update.
    Gradient {
        first_sweep: u32, sweeps: u32, extra: u32, partial_at: u32, rate_at: u32, group_at: u32,
        unused: [u32; 2],
    }
    /// What is counted of an evaluation.
    Evaluated {
        product_at: [u32; 2], products: u32, counter_at: u32, centre_at: u32, spread_at: u32, codes_at: u32,
        silenced_at: u32,
    }
    /// What one dispatch works on.
    Pass {
        work: u32, passes: u32, units: u32, units_pad: u32, fan_in: u32, fan_in_pad: u32, head: u32,
        unused: u32,
        part: Part, source: Source, matrix: Matrix, node: Node, terms: Terms, gradient: Gradient,
        evaluated: Evaluated,
    }
}

impl Gradient {
    /// The terms of a matrix's gradient, where each sweep has so many columns.
    pub fn terms(&self, columns: u32) -> u32 {
        self.sweeps * columns + self.extra
    }
}

impl Pass {
    /// A record that says no more than how many columns it is about.
    pub fn of_columns(columns: u32) -> Self {
        let mut pass = Self::default();
        pass.part.columns = columns;
        pass
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::kernels::{META_UPDATE, THREADS};
    use super::RECORDS;

    /// A record's name, its fields' names and byte offsets, and its size.
    type Record = (String, Vec<(String, usize)>, usize);

    #[test]
    fn records_lie_as_naga_lays_them() {
        let module = naga::front::wgsl::parse_str(&META_UPDATE.source(THREADS)).unwrap();
        let theirs = module.types.iter().filter_map(|(_, record)| {
            let naga::TypeInner::Struct { members, span } = &record.inner else {
                return None;
            };
            let fields = members.iter();
            let fields = fields.map(|m| (m.name.clone().unwrap(), m.offset as usize));
            Some((
                record.name.clone().unwrap(),
                fields.collect(),
                *span as usize,
            ))
        });
        let mut theirs: Vec<Record> = theirs.collect();
        let ours = RECORDS.iter().map(|&(name, fields, size)| {
            let fields = fields.iter().map(|&(field, at)| (field.to_string(), at));
            (name.to_string(), fields.collect(), size)
        });
        let mut ours: Vec<Record> = ours.collect();
        theirs.sort();
        ours.sort();
        assert_eq!(theirs, ours);
    }
}

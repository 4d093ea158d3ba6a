//! The stages: their shaders, what each binds, and the record that says what a dispatch works on.
//!
//! A stage has one name: of its file in `shaders/`, of its entry point, and in the ordered lists of
//! [`super::passes`].

use bytemuck::{Pod, Zeroable};

/// Threads of a workgroup, in every stage.
pub const THREADS: u32 = 64;
/// The most inner steps that the shared look-ahead code takes.
pub const MAX_INNER: u32 = 16;
/// Layers' inputs are scaled to norm 1.
pub const FLAG_UNIT_LENGTH: u32 = 1;
/// Units compete.
pub const FLAG_COMPETITION: u32 = 2;
/// Add to the target rather than overwrite it.
pub const FLAG_ADD: u32 = 4;
/// `eta_w` rather than alpha updates the weights.
pub const FLAG_SYNC: u32 = 8;

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

macro_rules! pass_record {
    ($($name:ident : $type:ty),* $(,)?) => {
        /// What one dispatch works on: the twin of `Pass` in shaders/shared/pass.wgsl, which says what each
        /// field means. Offsets and strides count f32 elements.
        #[repr(C)]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Pod, Zeroable)]
        #[allow(missing_docs)]
        pub struct Pass {
            $(pub $name: $type,)*
        }

        impl Pass {
            /// Names and byte offsets of all fields, to compare with naga's.
            pub const FIELDS: &[(&str, usize)] =
                &[$((stringify!($name), std::mem::offset_of!(Pass, $name)),)*];
        }
    };
}

pass_record! {
    // Sizes.
    columns: u32, column_slots: u32, inner_slots: u32, inner: u32, sweeps: u32,
    units: u32, units_pad: u32, fan_in: u32, fan_in_pad: u32, k: u32, flags: u32,
    // From one lane to the next.
    weights_lane: u32, acts_lane: u32, deltas_lane: u32, scalars_lane: u32,
    rates_lane: u32, counters_lane: u32, codes_lane: u32, lanes_per_seed: u32,
    // Images and labels.
    image_side: u32, tasks: u32, entry_at: u32, entry_seed: u32, entry_step: u32, head: u32,
    // A matrix: what it reads, where its product goes.
    weights_at: u32, source_at: u32, source_stride: u32, source_group: u32, source_sweep: u32,
    target_at: u32, target_sweep: u32,
    // A node: a layer or a head.
    pre_activation_at: u32, output_at: u32, acts_at: u32, deltas_at: u32,
    norm_at: u32, kth_largest_at: u32, beta_at: u32, beta_gradient_at: u32, loss_at: u32, dots_at: u32,
    // The look-ahead's corrections of a node.
    terms: u32, term_dots_at_0: u32, term_rate_at_0: u32, term_dots_at_1: u32, term_rate_at_1: u32,
    // The update.
    partial_at: u32, update_rate_at: u32, matrices: u32, layers: u32, heads: u32,
    eta_alpha: f32, eta_beta: f32, eta_w: f32, clip_norm: f32,
    // Evaluation.
    products: u32, product_at_0: u32, product_at_1: u32, counter_at: u32,
    centre_at: u32, spread_at: u32, codes_at: u32,
}

/// A buffer that stages share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Buffer {
    /// All lanes' matrices, each by inputs: `[fan_in][units_pad]`.
    Weights,
    /// Inputs of all seeds, then what every node puts out.
    Acts,
    /// Gradients at every node's pre-activation or logits.
    Deltas,
    /// Single numbers of slots: norms, k-th largest, overlaps, losses.
    Scalars,
    /// alpha, beta and what is counted beside them.
    Rates,
    /// What each column of each step is: image, task, category, item.
    Entries,
    /// Where stage meta_update finds its scalars.
    Table,
    /// Images as bytes.
    Images,
    /// cos and sin of every task of every seed.
    Rotations,
    /// The step counter.
    Cursor,
    /// Counts of an evaluation.
    Counters,
    /// Sums of codes of an evaluation.
    Codes,
    /// For each seed, each unit of the left pathway: 1 if the lesion of some of them leaves it out.
    Silenced,
}

/// One stage.
#[derive(Debug, PartialEq, Eq)]
pub struct Stage {
    /// Of its file and entry point.
    pub name: &'static str,
    /// The pieces its shader is joined from.
    pub sources: &'static [&'static str],
    /// What it binds beside the pass record at 0: binding number and buffer.
    pub bindings: &'static [(u32, Buffer)],
}

impl Stage {
    /// The whole shader.
    pub fn source(&self) -> String {
        self.sources.concat()
    }
}

/// A file of `shaders/` as the build script leaves it.
macro_rules! shader {
    ($name:expr) => {
        include_str!(concat!(env!("OUT_DIR"), "/shaders/", $name, ".wgsl"))
    };
}

const PASS: &str = shader!("shared/pass");
const REDUCE: &str = shader!("shared/reduce");
const LOOK_AHEAD: &str = shader!("shared/look_ahead");

macro_rules! stages {
    ($($id:ident = $name:literal [$($shared:ident),*] [$($binding:literal $buffer:ident),*];)*) => {
        $(
            #[doc = concat!("Stage ", $name, ": see shaders/", $name, ".wgsl.")]
            pub static $id: Stage = Stage {
                name: $name,
                sources: &[PASS, $($shared,)* shader!($name)],
                bindings: &[$(($binding, Buffer::$buffer)),*],
            };
        )*
        /// All stages.
        pub static STAGES: &[&Stage] = &[$(&$id),*];
    };
}

stages! {
    GATHER = "gather" [] [2 Acts, 6 Rotations, 7 Entries, 8 Images, 9 Cursor];
    UNIT_LENGTH = "unit_length" [REDUCE] [2 Acts];
    OVERLAP = "overlap" [] [2 Acts, 5 Scalars];
    DENSE = "dense" [] [1 Weights, 2 Acts];
    COMPETE = "compete" [REDUCE, LOOK_AHEAD] [2 Acts, 3 Deltas, 5 Scalars, 6 Rates];
    SOFTMAX = "softmax" [REDUCE, LOOK_AHEAD] [2 Acts, 3 Deltas, 5 Scalars, 6 Rates, 7 Entries, 9 Cursor];
    DENSE_BACK = "dense_back" [] [1 Weights, 3 Deltas];
    COMPETE_BACK = "compete_back" [REDUCE, LOOK_AHEAD] [2 Acts, 3 Deltas, 5 Scalars, 6 Rates];
    COLLAPSE = "collapse" [] [3 Deltas];
    GRAM = "gram" [REDUCE] [2 Acts, 3 Deltas, 5 Scalars];
    META_UPDATE = "meta_update" [REDUCE] [5 Scalars, 6 Rates, 7 Table, 9 Cursor];
    UPDATE = "update" [] [1 Weights, 2 Acts, 3 Deltas, 6 Rates];
    SILENCE = "silence" [] [2 Acts, 8 Silenced];
    COUNT = "count" [REDUCE] [2 Acts, 9 Counters];
    STANDARDIZE = "standardize" [REDUCE] [2 Acts, 5 Scalars];
    POOL = "pool" [] [2 Acts, 5 Scalars, 9 Codes];
    SCORE = "score" [] [2 Acts, 7 Entries, 9 Counters];
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// Parses and validates every shader without a GPU, and reports all failures at once.
    #[test]
    fn every_shader_is_valid_and_binds_what_it_says() {
        let mut failures = Vec::new();
        for stage in STAGES {
            let source = stage.source();
            let module = match naga::front::wgsl::parse_str(&source) {
                Ok(module) => module,
                Err(e) => {
                    failures.push(format!("{}: {}", stage.name, e.emit_to_string(&source)));
                    continue;
                }
            };
            let mut validator = naga::valid::Validator::new(
                naga::valid::ValidationFlags::all(),
                naga::valid::Capabilities::empty(),
            );
            let info = match validator.validate(&module) {
                Ok(info) => info,
                Err(e) => {
                    failures.push(format!("{}: {}", stage.name, e.emit_to_string(&source)));
                    continue;
                }
            };
            let Some(entry) = module
                .entry_points
                .iter()
                .position(|e| e.name == stage.name)
            else {
                failures.push(format!("{}: no entry point of that name", stage.name));
                continue;
            };
            if module.entry_points[entry].workgroup_size != [THREADS, 1, 1] {
                failures.push(format!(
                    "{}: workgroup of {:?}",
                    stage.name, module.entry_points[entry].workgroup_size
                ));
            }
            let used = info.get_entry_point(entry);
            let mut bound: Vec<u32> = module
                .global_variables
                .iter()
                .filter(|(handle, _)| !used[*handle].is_empty())
                .filter_map(|(_, v)| v.binding.map(|b| b.binding))
                .collect();
            bound.sort_unstable();
            let mut said: Vec<u32> = stage.bindings.iter().map(|b| b.0).collect();
            said.insert(0, 0);
            if bound != said {
                failures.push(format!(
                    "{}: uses bindings {bound:?}, says {said:?}",
                    stage.name
                ));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn the_pass_record_lies_as_naga_lays_it() {
        let module = naga::front::wgsl::parse_str(&UPDATE.source()).unwrap();
        let (_, pass) = module
            .types
            .iter()
            .find(|(_, t)| t.name.as_deref() == Some("Pass"))
            .unwrap();
        let naga::TypeInner::Struct { members, span } = &pass.inner else {
            panic!("Pass is no struct")
        };
        let theirs: Vec<(&str, usize)> = members
            .iter()
            .map(|m| (m.name.as_deref().unwrap(), m.offset as usize))
            .collect();
        assert_eq!(theirs, Pass::FIELDS);
        assert_eq!(*span as usize, size_of::<Pass>());
    }
}

//! The stages: their shaders, what each binds, and the record that says what a dispatch works on.
//!
//! A stage has one name: of its file in `shaders/`, of its entry point, and in the ordered lists of
//! [`super::passes`].

use bytemuck::{Pod, Zeroable};

/// Threads of a workgroup, but for stages that walk a list.
pub const THREADS: u32 = 64;
/// Columns of a lane that a workgroup of an evaluation works on side by side.
pub const EVALUATED: u32 = 4;
/// The most records of a list, one for each matrix: as many as the deepest network with two pathways has.
const MATRICES: usize = 18;
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
/// Tasks permute pixels.
pub const FLAG_PERMUTED: u32 = 16;
/// The first head tells a task's classes apart among these only.
pub const FLAG_OWN_HEADS: u32 = 32;

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
    columns: u32, column_slots: u32, inner_slots: u32, inner: u32, sweeps: u32, sweep: u32, column: u32,
    taken: u32, units: u32, units_pad: u32, fan_in: u32, fan_in_pad: u32, k: u32, flags: u32, work: u32,
    passes: u32,
    // From one lane to the next.
    weights_lane: u32, acts_lane: u32, deltas_lane: u32, scalars_lane: u32,
    rates_lane: u32, counters_lane: u32, codes_lane: u32, lanes_per_seed: u32,
    // Images and labels.
    image_side: u32, tasks: u32, entry_at: u32, entry_seed: u32, entry_step: u32, head: u32,
    // A matrix: what it reads, where its product goes.
    weights_at: u32, source_at: u32, source_stride: u32, source_group: u32, source_sweep: u32,
    target_at: u32, target_sweep: u32,
    // A node: a layer or a head.
    pre_activation_at: u32, pre_activation_sweep: u32, acts_at: u32, deltas_at: u32,
    norm_at: u32, kth_largest_at: u32, beta_at: u32, beta_gradient_at: u32, loss_at: u32, along_at: u32,
    dots_at: u32,
    // The look-ahead's corrections of a node.
    terms: u32, term_sweep: u32,
    term_dots_at_0: u32, term_rate_at_0: u32, term_dots_at_1: u32, term_rate_at_1: u32,
    // The update.
    partial_at: u32, update_rate_at: u32, group_at: u32, first_sweep: u32, extra_at: u32, extra: u32,
    matrices: u32, layers: u32, heads: u32,
    eta_alpha: f32, eta_beta: f32, eta_w: f32, clip_norm: f32,
    // Evaluation.
    products: u32, product_at_0: u32, product_at_1: u32, counter_at: u32,
    centre_at: u32, spread_at: u32, codes_at: u32,
    // A record is a whole number of 16 bytes.
    unused_0: u32, unused_1: u32,
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
    /// For each seed and task, which pixel comes where; where tasks permute pixels.
    Permutations,
    /// For each seed and task, its classes as two words of bits; where tasks have heads of their own.
    Answers,
    /// The step counter.
    Cursor,
    /// Counts of an evaluation.
    Counters,
    /// Sums of codes of an evaluation.
    Codes,
    /// For each seed, each unit of the left pathway: 1 if the lesion of some of them leaves it out.
    Silenced,
}

/// A shader with its entry point, what it binds and how its threads share the work.
#[derive(Debug, PartialEq, Eq)]
pub struct Stage {
    /// Of its file.
    pub name: &'static str,
    /// Its entry point: of its name, or `alone` where its function is part of other stages too.
    pub entry: &'static str,
    /// The pieces its shader is joined from.
    sources: &'static [&'static str],
    /// What it binds beside the records of passes at 0: binding number and buffer.
    pub bindings: &'static [(u32, Buffer)],
    /// How its threads share the work.
    pub shape: Shape,
}

/// How a stage's threads share the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Workgroups of [`THREADS`], one record of a pass.
    Alone,
    /// The same, a list of records.
    List,
    /// The same, one record, so many columns of a lane at once.
    Columns(u32),
    /// Workgroups as wide as those that walk, one record of a pass.
    Block,
    /// Workgroups as wide as the device likes, each of which walks a list of records, so many columns of a
    /// lane at once.
    Walk {
        /// Columns that teams of threads work on side by side.
        columns: u32,
        /// The most records: what the deepest network with two pathways needs.
        records: usize,
    },
}

impl Stage {
    /// The whole shader, for workgroups of so many threads where it walks a list.
    pub fn source(&self, walking: u32) -> String {
        let threads = self.threads(walking);
        let columns = match self.shape {
            Shape::Walk { columns, .. } | Shape::Columns(columns) => columns,
            Shape::Alone | Shape::List | Shape::Block => 1,
        };
        let records = self.records();
        let sizes = [
            ("THREADS", threads),
            ("COLUMNS", columns),
            ("TEAM", threads / columns),
            ("PASSES", records as u32),
        ]
        .map(|(name, size)| format!("const {name}: u32 = {size}u;"))
        .join(" ")
            + "\n";
        sizes + &self.sources.concat()
    }

    /// Threads of a workgroup, where those that walk a list have `walking`.
    pub fn threads(&self, walking: u32) -> u32 {
        match self.shape {
            Shape::Walk { .. } | Shape::Block => walking,
            Shape::Alone | Shape::Columns(_) | Shape::List => THREADS,
        }
    }

    /// Records that its list has room for.
    pub fn records(&self) -> usize {
        match self.shape {
            Shape::Alone | Shape::Columns(_) | Shape::Block => 1,
            Shape::List => MATRICES,
            Shape::Walk { records, .. } => records,
        }
    }
}

/// A file of `shaders/` as the build script leaves it.
macro_rules! shader {
    ($name:expr) => {
        include_str!(concat!(env!("OUT_DIR"), "/shaders/", $name, ".wgsl"))
    };
}

const PASS: &str = shader!("shared/pass");
const PLACE: &str = shader!("shared/place");
const REDUCE: &str = shader!("shared/reduce");
const ANSWERS: &str = shader!("shared/answers");
const LOOK_AHEAD: &str = shader!("shared/look_ahead");
const GRADIENT: &str = shader!("shared/gradient");
const ADJOINT: &str = shader!("shared/adjoint");

macro_rules! entry {
    ($name:literal) => {
        $name
    };
    ($name:literal alone) => {
        "alone"
    };
}

macro_rules! stages {
    ($(
        $id:ident = $name:literal $(($alone:ident))?: $shape:expr, [$($shared:expr),*]
        [$($binding:literal $buffer:ident),*];
    )*) => {
        $(
            #[doc = concat!("Stage ", $name, ": see shaders/", $name, ".wgsl.")]
            pub static $id: Stage = Stage {
                name: $name,
                entry: entry!($name $($alone)?),
                sources: &[
                    PASS,
                    $($shared,)*
                    shader!($name),
                    $(shader!(concat!(stringify!($alone), "/", $name)),)?
                ],
                bindings: &[$(($binding, Buffer::$buffer)),*],
                shape: $shape,
            };
        )*
        /// All stages, in the order in which a device keeps their pipelines.
        pub static STAGES: &[&Stage] = &[$(&$id),*];
    };
}

const ALONE: Shape = Shape::Alone;
const LIST: Shape = Shape::List;
const BLOCK: Shape = Shape::Block;
const SIDE_BY_SIDE: Shape = Shape::Columns(EVALUATED);
const COMPETE_CODE: &str = shader!("compete");
const SOFTMAX_CODE: &str = shader!("softmax");
const COMPETE_BACK_CODE: &str = shader!("compete_back");

stages! {
    GATHER = "gather": ALONE, [REDUCE]
        [2 Acts, 4 Permutations, 6 Rotations, 7 Entries, 8 Images, 9 Cursor];
    UNIT_LENGTH = "unit_length": ALONE, [REDUCE] [2 Acts];
    OVERLAP = "overlap": ALONE, [REDUCE] [2 Acts, 5 Scalars];
    DENSE = "dense" (alone): BLOCK, [PLACE, REDUCE] [1 Weights, 2 Acts];
    INNER_STEPS = "inner_steps": Shape::Walk { columns: 1, records: 66 }, [
        PLACE, REDUCE, LOOK_AHEAD, ANSWERS, shader!("dense_column"), COMPETE_CODE, SOFTMAX_CODE,
        shader!("dense_back_column"), COMPETE_BACK_CODE
    ] [1 Weights, 2 Acts, 3 Deltas, 4 Answers, 5 Scalars, 6 Rates, 7 Entries, 9 Cursor];
    META_SWEEPS = "meta_sweeps": Shape::Walk { columns: 4, records: 66 }, [
        PLACE, REDUCE, LOOK_AHEAD, ANSWERS, shader!("dense"), COMPETE_CODE, SOFTMAX_CODE,
        shader!("dense_back"), COMPETE_BACK_CODE
    ] [1 Weights, 2 Acts, 3 Deltas, 4 Answers, 5 Scalars, 6 Rates, 7 Entries, 9 Cursor];
    SECOND_ORDER = "second_order": Shape::Walk { columns: 1, records: 95 }, [
        PLACE, REDUCE, LOOK_AHEAD, ADJOINT, shader!("dense_column"), shader!("terms"),
        shader!("compete_along"),
        shader!("softmax_along"), shader!("dense_back_column"), shader!("terms_back"),
        shader!("compete_back_along")
    ] [1 Weights, 2 Acts, 3 Deltas, 5 Scalars, 6 Rates];
    COLLAPSE = "collapse": LIST, [] [3 Deltas];
    GRAM = "gram": LIST, [REDUCE, GRADIENT] [2 Acts, 3 Deltas, 5 Scalars];
    META_UPDATE = "meta_update": ALONE, [REDUCE] [5 Scalars, 6 Rates, 7 Table, 9 Cursor];
    UPDATE = "update": LIST, [GRADIENT] [1 Weights, 2 Acts, 3 Deltas, 6 Rates];
    DENSE_COLUMN = "dense_column" (alone): BLOCK, [PLACE, REDUCE] [1 Weights, 2 Acts];
    COMPETE = "compete" (alone): ALONE, [PLACE, REDUCE, LOOK_AHEAD] [2 Acts, 3 Deltas, 5 Scalars, 6 Rates];
    SOFTMAX = "softmax" (alone): ALONE, [PLACE, REDUCE, LOOK_AHEAD, ANSWERS]
        [2 Acts, 3 Deltas, 4 Answers, 5 Scalars, 6 Rates, 7 Entries, 9 Cursor];
    DENSE_BACK = "dense_back" (alone): BLOCK, [PLACE, REDUCE] [1 Weights, 3 Deltas];
    DENSE_BACK_COLUMN = "dense_back_column" (alone): BLOCK, [PLACE, REDUCE] [1 Weights, 3 Deltas];
    COMPETE_BACK = "compete_back" (alone): ALONE, [PLACE, REDUCE, LOOK_AHEAD]
        [2 Acts, 3 Deltas, 5 Scalars, 6 Rates];
    TERMS = "terms" (alone): ALONE, [PLACE, REDUCE, ADJOINT] [2 Acts, 3 Deltas, 5 Scalars, 6 Rates];
    COMPETE_ALONG = "compete_along" (alone): ALONE, [PLACE, REDUCE, LOOK_AHEAD] [2 Acts, 3 Deltas, 5 Scalars];
    SOFTMAX_ALONG = "softmax_along" (alone): ALONE, [PLACE, REDUCE, LOOK_AHEAD] [2 Acts, 3 Deltas, 5 Scalars];
    TERMS_BACK = "terms_back" (alone): ALONE, [PLACE, REDUCE, ADJOINT] [2 Acts, 3 Deltas, 5 Scalars, 6 Rates];
    COMPETE_BACK_ALONG = "compete_back_along" (alone): ALONE, [PLACE, REDUCE, LOOK_AHEAD]
        [2 Acts, 3 Deltas, 5 Scalars];
    COMPETE_COLUMNS = "compete_columns": SIDE_BY_SIDE, [PLACE, REDUCE, LOOK_AHEAD, COMPETE_CODE]
        [2 Acts, 3 Deltas, 5 Scalars, 6 Rates];
    DENSE_TILES = "dense_tiles": ALONE, [] [1 Weights, 2 Acts];
    SILENCE = "silence": ALONE, [] [2 Acts, 8 Silenced];
    COUNT = "count": SIDE_BY_SIDE, [] [2 Acts, 9 Counters];
    STANDARDIZE = "standardize": SIDE_BY_SIDE, [REDUCE] [2 Acts, 5 Scalars];
    POOL = "pool": ALONE, [] [2 Acts, 5 Scalars, 9 Codes];
    SCORE = "score": SIDE_BY_SIDE, [ANSWERS] [2 Acts, 4 Answers, 7 Entries, 9 Counters];
}

/// The stages that every run needs: not those that stand alone for tests and very wide networks, nor second
/// order's.
pub(super) fn of_every_run() -> impl Iterator<Item = &'static Stage> {
    let all = STAGES.iter().copied();
    all.filter(|s| (s.entry != "alone" || s.name == DENSE.name) && s.name != SECOND_ORDER.name)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn every_run_needs_walks_and_evaluations_but_no_stage_alone() {
        let names: Vec<&str> = of_every_run().map(|s| s.name).collect();
        for needed in [
            "dense",
            "inner_steps",
            "meta_sweeps",
            "update",
            "dense_tiles",
            "score",
        ] {
            assert!(names.contains(&needed), "{needed}");
        }
        for other in ["compete", "softmax_along", "second_order"] {
            assert!(!names.contains(&other), "{other}");
        }
    }

    /// Parses and validates every shader without a GPU, and reports all failures at once.
    #[test]
    fn every_shader_is_valid_and_binds_what_it_says() {
        let mut failures = Vec::new();
        for (stage, walking) in STAGES.iter().flat_map(|s| [(s, THREADS), (s, 256)]) {
            let source = stage.source(walking);
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
                .position(|e| e.name == stage.entry)
            else {
                failures.push(format!("{}: no entry point of that name", stage.name));
                continue;
            };
            if module.entry_points[entry].workgroup_size != [stage.threads(walking), 1, 1] {
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
        let module = naga::front::wgsl::parse_str(&META_UPDATE.source(THREADS)).unwrap();
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

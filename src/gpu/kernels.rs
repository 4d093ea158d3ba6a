//! The stages: their shaders, and what each binds.
//!
//! A stage has one name: of its file in `shaders/`, of its entry point, and in the ordered lists of
//! [`super::passes`].

/// Where the records of passes are bound.
pub(super) const PASSES: u32 = 0;
/// Where the wave's record is bound.
pub(super) const WAVE: u32 = 10;
/// Threads of a workgroup, but for stages that walk a list.
pub const THREADS: u32 = 64;
/// Columns of a lane that a workgroup of an evaluation works on side by side.
pub const EVALUATED: u32 = 4;
/// The most records of a list, one for each matrix: as many as the deepest network with two pathways has.
const MATRICES: usize = 18;
/// The most inner steps that the shared look-ahead code takes.
pub const MAX_INNER: u32 = 16;
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
    /// What it binds beside its records at [`PASSES`] and the wave's at [`WAVE`]: number and buffer.
    pub bindings: &'static [(u32, Buffer)],
    /// How its threads share the work.
    pub shape: Shape,
}

/// How a stage's threads share the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Workgroups of [`THREADS`], no record of a pass: the wave's tells all.
    Whole,
    /// The same, one record of a pass.
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
            Shape::Whole | Shape::Alone | Shape::List | Shape::Block => 1,
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
            Shape::Whole | Shape::Alone | Shape::Columns(_) | Shape::List => THREADS,
        }
    }

    /// Records that its list has room for.
    pub fn records(&self) -> usize {
        match self.shape {
            Shape::Whole => 0,
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
const NODES: &str = shader!("shared/nodes");
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

const WHOLE: Shape = Shape::Whole;
const ALONE: Shape = Shape::Alone;
const LIST: Shape = Shape::List;
const BLOCK: Shape = Shape::Block;
const SIDE_BY_SIDE: Shape = Shape::Columns(EVALUATED);
const COMPETE_CODE: &str = shader!("compete");
const SOFTMAX_CODE: &str = shader!("softmax");
const COMPETE_BACK_CODE: &str = shader!("compete_back");

stages! {
    GATHER = "gather": WHOLE, [REDUCE]
        [2 Acts, 4 Permutations, 6 Rotations, 7 Entries, 8 Images, 9 Cursor];
    UNIT_LENGTH = "unit_length": WHOLE, [REDUCE] [2 Acts];
    OVERLAP = "overlap": WHOLE, [REDUCE] [2 Acts, 5 Scalars];
    DENSE = "dense" (alone): BLOCK, [PLACE, REDUCE] [1 Weights, 2 Acts];
    INNER_STEPS = "inner_steps": Shape::Walk { columns: 1, records: 66 }, [
        PLACE, REDUCE, LOOK_AHEAD, ANSWERS, shader!("dense_column"), COMPETE_CODE, SOFTMAX_CODE,
        shader!("dense_back_column"), COMPETE_BACK_CODE, NODES
    ] [1 Weights, 2 Acts, 3 Deltas, 4 Answers, 5 Scalars, 6 Rates, 7 Entries, 9 Cursor];
    META_SWEEPS = "meta_sweeps": Shape::Walk { columns: 4, records: 66 }, [
        PLACE, REDUCE, LOOK_AHEAD, ANSWERS, shader!("dense"), COMPETE_CODE, SOFTMAX_CODE,
        shader!("dense_back"), COMPETE_BACK_CODE, NODES
    ] [1 Weights, 2 Acts, 3 Deltas, 4 Answers, 5 Scalars, 6 Rates, 7 Entries, 9 Cursor];
    SECOND_ORDER = "second_order": Shape::Walk { columns: 1, records: 95 }, [
        PLACE, REDUCE, LOOK_AHEAD, ADJOINT, shader!("dense_column"), shader!("terms"),
        shader!("compete_along"),
        shader!("softmax_along"), shader!("dense_back_column"), shader!("terms_back"),
        shader!("compete_back_along")
    ] [1 Weights, 2 Acts, 3 Deltas, 5 Scalars, 6 Rates];
    COLLAPSE = "collapse": LIST, [] [3 Deltas];
    GRAM = "gram": LIST, [REDUCE, GRADIENT] [2 Acts, 3 Deltas, 5 Scalars];
    META_UPDATE = "meta_update": WHOLE, [REDUCE] [5 Scalars, 6 Rates, 7 Table, 9 Cursor];
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
            if stage.records() > 0 {
                said.insert(0, PASSES);
            }
            said.push(WAVE);
            if bound != said {
                failures.push(format!(
                    "{}: uses bindings {bound:?}, says {said:?}",
                    stage.name
                ));
            }
        }
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }
}

//! What the page and its worker say to each other: [`Command`]s in, [`Event`]s out.
//!
//! These are the only types on the wire. The page's TypeScript types are generated from them (test
//! `typescript_types_are_current`). The page shows what events hold and computes no result itself.

use serde::{Deserialize, Serialize};

use crate::claims::Outcome;
use crate::config::{Config, Field, Lane, Problem};
use crate::data::DataInfo;
use crate::engine_info::{EngineChoice, EngineInfo};
use crate::experiments::Experiment;
use crate::link::Link;
use crate::look::{Look, Picture, Probe};
use crate::metrics::{Summary, TaskRecord};
use crate::model::Model;
use crate::stored::StoredRun;
use crate::trace::StepTrace;

/// What the page asks of the worker.
///
/// Named from outside (`{ run: { ... } }`): a name within would bring serde's buffers into the wasm.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Asks for the [`Event::Catalog`]; the page's first words.
    Hello,
    /// Asks whether a configuration (JSON text) is usable; answered by [`Event::Checked`].
    Check {
        /// The configuration as JSON text.
        config: String,
    },
    /// Uses the project's own procedural digits; answered by [`Event::Data`].
    UseDigits,
    /// Uses IDX files (plain or gzip); answered by [`Event::Data`] or [`Event::DataRefused`].
    UseFiles {
        /// The files, in any order; which is which is read from their headers and sizes.
        files: Vec<File>,
        /// Where they come from.
        origin: Origin,
    },
    /// Starts a run from the beginning; answered by [`Event::Started`] or [`Event::Failed`].
    Run {
        /// The configuration as JSON text.
        config: String,
        /// Which engine.
        engine: EngineChoice,
        /// Whether to wait, paused, before the first step.
        paused: bool,
    },
    /// Pauses after the slice in progress.
    Pause,
    /// Goes on.
    Resume,
    /// While paused: goes on by one unit, then pauses again.
    Step {
        /// How far.
        unit: StepUnit,
    },
    /// Goes back to before the first step of the present run, with the same seeds, paused.
    Reset,
    /// Asks for [`Event::Results`]: everything measured so far.
    Export {
        /// In which form.
        format: Format,
    },
    /// Shows a results file as a stored run; answered by [`Event::Opened`] or [`Event::DataRefused`].
    Open {
        /// Its content.
        file: File,
    },
    /// Tells a results file in another form; answered by [`Event::Results`] or [`Event::DataRefused`].
    Convert {
        /// Its content.
        file: File,
        /// In which form.
        format: Format,
    },
    /// Looks at the first seed's units on this digit from now on; answered by [`Event::Probed`].
    Watch {
        /// The digit.
        probe: Probe,
    },
    /// Asks for the weights of one unit of h1; answered by [`Event::Receptive`] once the lanes are at hand.
    Receptive {
        /// Index into [`RunInfo::lanes`].
        lane: u32,
        /// The unit, from 0.
        unit: u32,
    },
    /// Asks for a walk through a lane's next step (its last one where it is through); answered by
    /// [`Event::Traced`].
    Trace {
        /// Index into [`RunInfo::lanes`].
        lane: u32,
    },
    /// Asks for the fragment of a configuration (JSON text); answered by [`Event::Link`].
    WriteLink {
        /// The configuration as JSON text.
        config: String,
        /// The point of the stream that is looked at.
        at: Option<u32>,
    },
    /// Reads a fragment (without `#`); answered by [`Event::LinkRead`].
    ReadLink {
        /// The fragment.
        fragment: String,
    },
}

/// The form of exported results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Complete, importable.
    Json,
    /// Long form: one row for each seed, condition, task, metric.
    Csv,
}

/// A file's bytes.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct File {
    /// Its name, for messages.
    pub name: String,
    /// Its content.
    #[serde(with = "bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub bytes: Vec<u8>,
}

/// Reads bytes as a browser's `Uint8Array` gives them, or as a list of numbers.
mod bytes {
    use serde::de::{Deserializer, SeqAccess, Visitor};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, v: &[u8]) -> Result<Vec<u8>, E> {
                Ok(v.to_vec())
            }
            fn visit_byte_buf<E>(self, v: Vec<u8>) -> Result<Vec<u8>, E> {
                Ok(v)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<u8>, A::Error> {
                let mut v = Vec::new();
                while let Some(byte) = seq.next_element()? {
                    v.push(byte);
                }
                Ok(v)
            }
        }
        d.deserialize_byte_buf(Bytes)
    }
}

/// Where IDX files come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Served beside the page.
    Served,
    /// Kept in this browser from an earlier visit.
    Kept,
    /// Dropped on the page or chosen by its reader.
    Dropped,
    /// Fetched from a public mirror.
    Mirror,
}

/// How far one press of "step" goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum StepUnit {
    /// One observe step.
    Observe,
    /// To the end of the task in progress.
    Task,
}

/// What state the worker is in: always one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing has been started.
    Ready,
    /// Images are read or generated.
    Loading,
    /// The engine is made ready: adapter, shaders, buffers.
    Compiling,
    /// The engine is compared with the reference on a small network.
    SelfTesting,
    /// Lanes learn.
    Training,
    /// All tasks are being evaluated.
    Evaluating,
    /// Waiting for the reader.
    Paused,
    /// All lanes are through.
    Done,
    /// The run can't go on.
    Failed,
}

/// What the worker tells the page.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// What can be run: answer to [`Command::Hello`].
    Catalog {
        /// The code's version.
        version: String,
        /// The presets.
        experiments: Vec<Experiment>,
        /// Every knob.
        fields: Vec<Field>,
    },
    /// Answer to [`Command::Check`].
    Checked {
        /// The text that was asked about.
        config: String,
        /// What is wrong with it; empty if usable.
        problems: Vec<Problem>,
    },
    /// These images are in use from now on.
    Data {
        /// What they are.
        info: DataInfo,
        /// Where they came from; none for procedural digits.
        origin: Option<Origin>,
    },
    /// The files are of no use; what was in use stays so.
    DataRefused {
        /// Why, in words.
        reason: String,
    },
    /// The worker's state changed.
    State {
        /// The state.
        state: State,
        /// The state in words, for people.
        words: String,
    },
    /// This engine will be used.
    Engine {
        /// Which.
        info: EngineInfo,
        /// What is missing and what it means, in words, where it isn't the one hoped for.
        notice: Option<String>,
    },
    /// A run begins (or begins again).
    Started {
        /// What runs.
        run: RunInfo,
    },
    /// How far the run is; a few times a second.
    Progress(Progress),
    /// A lane was measured: before training, or after a task.
    Checkpoint {
        /// Index into [`RunInfo::lanes`].
        lane: u32,
        /// What was measured.
        record: TaskRecord,
    },
    /// Means over seeds, after checkpoints came in.
    Summary(Summary),
    /// The figure's claims held against what was measured so far, when seeds are through.
    Claims {
        /// In the figure's order.
        outcomes: Vec<Outcome>,
    },
    /// What is looked at from now on.
    Probed {
        /// The digit.
        probe: Probe,
        /// Its pixels, 0 to 255, row by row.
        pixels: Vec<u8>,
        /// The same digit as each task of the run turns it.
        strip: Vec<Vec<u8>>,
    },
    /// A lane's units on the probe.
    Looked {
        /// Index into [`RunInfo::lanes`].
        lane: u32,
        /// Tasks learned, at a task's end; none in between.
        tasks_learned: Option<u32>,
        /// What was seen.
        look: Look,
    },
    /// One unit of h1.
    Receptive {
        /// Index into [`RunInfo::lanes`].
        lane: u32,
        /// The unit.
        unit: u32,
        /// Its weights.
        weights: Picture,
        /// What it has learned: their change since before training.
        learned: Picture,
    },
    /// A walk through one step.
    Traced {
        /// Index into [`RunInfo::lanes`].
        lane: u32,
        /// The step.
        trace: Box<StepTrace>,
    },
    /// Answer to [`Command::WriteLink`]; not given for what is no configuration.
    Link {
        /// The fragment, without `#`.
        fragment: String,
    },
    /// Answer to [`Command::ReadLink`].
    LinkRead {
        /// What it holds; none if it can't be read.
        link: Option<Link>,
        /// The preset to open where it can't.
        preset: String,
        /// What is wrong with it, in words.
        problem: Option<String>,
    },
    /// Answer to [`Command::Open`].
    Opened(Box<StoredRun>),
    /// A lane holds numbers that are not finite any more and was set aside; the others go on.
    LaneLost {
        /// Index into [`RunInfo::lanes`].
        lane: u32,
        /// The observe step (counted from 0) at which it was found.
        step: u32,
        /// In words.
        reason: String,
    },
    /// All lanes are through.
    Done {
        /// Seconds from start to end, pauses left out.
        seconds: f64,
    },
    /// Answer to [`Command::Export`]: the results file.
    Results {
        /// A name to save it under.
        file_name: String,
        /// Its media type.
        media_type: String,
        /// Its text.
        text: String,
    },
    /// Something could not be done. Results so far are kept.
    Failed {
        /// What happened.
        what: String,
        /// What it means.
        meaning: String,
        /// What to do.
        advice: String,
    },
}

/// A run's fixed facts: what charts need to label what follows.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunInfo {
    /// The configuration.
    pub config: Config,
    /// Hidden layers' names in beta's order (h1, h2, ..., or h4_L, h4_R).
    pub layers: Vec<String>,
    /// Their units.
    pub units: Vec<u32>,
    /// Weight matrices' names in alpha's order.
    pub matrices: Vec<String>,
    /// For each hidden layer, the index of its weight matrix in alpha's order.
    pub layer_matrix: Vec<u32>,
    /// Heads' names: category, and item where there is one.
    pub heads: Vec<String>,
    /// Chance level of each head.
    pub chance: Vec<f64>,
    /// The lanes.
    pub lanes: Vec<Lane>,
    /// Observe steps of each lane.
    pub steps: u32,
    /// The first seed's angle of each task, in degrees.
    pub angles: Vec<f64>,
}

impl RunInfo {
    /// Of a configuration whose first seed's tasks have these angles.
    pub fn new(config: &Config, model: &Model, angles: Vec<f64>) -> Self {
        let heads = model.heads.iter();
        Self {
            layers: model.layers.iter().map(|l| l.name.clone()).collect(),
            units: model.layers.iter().map(|l| l.units as u32).collect(),
            matrices: model.matrices.iter().map(|m| m.name.clone()).collect(),
            layer_matrix: model.layers.iter().map(|l| l.matrix as u32).collect(),
            heads: heads.clone().map(|h| h.name.to_owned()).collect(),
            chance: heads.map(|h| 1.0 / h.classes as f64).collect(),
            lanes: config.lanes(),
            steps: config.steps(),
            config: config.clone(),
            angles,
        }
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Progress {
    /// Lane-steps done, in all waves.
    pub lane_steps: u32,
    /// Lane-steps in all.
    pub lane_steps_total: u32,
    /// Observe steps done in the wave in progress.
    pub step: u32,
    /// Observe steps of one lane.
    pub steps: u32,
    /// The task in progress, from 0.
    pub task: u32,
    /// The wave in progress, from 0.
    pub wave: u32,
    /// How many waves.
    pub waves: u32,
    /// Measured speed in lane-steps a second; none before it is known.
    pub lane_steps_per_second: Option<f64>,
    /// Estimated seconds to the end, evaluations counted; none before it is known.
    pub seconds_left: Option<f64>,
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use ts_rs::{Config as Names, TS};

    /// Every type on the wire as TypeScript, in one file.
    #[test]
    fn typescript_types_are_current() {
        let names = Names::new().with_large_int("number");
        let mut text = String::from(
            "// Generated from src/protocol.rs: METACLS_BLESS=1 cargo test --lib typescript_types\n\n",
        );
        macro_rules! types {
            ($($t:ty),* $(,)?) => {
                $(text += &format!("export {}\n", <$t as TS>::decl(&names));)*
            };
        }
        types!(
            super::Command,
            super::Event,
            super::File,
            super::Origin,
            super::Format,
            super::StepUnit,
            super::State,
            super::RunInfo,
            super::Progress,
            crate::config::Config,
            crate::config::Condition,
            crate::config::DataSet,
            crate::config::EvaluateOn,
            crate::config::Field,
            crate::config::FieldKind,
            crate::config::Lane,
            crate::config::Problem,
            crate::data::DataInfo,
            crate::engine_info::EngineChoice,
            crate::engine_info::EngineInfo,
            crate::engine_info::EngineKind,
            crate::experiments::Experiment,
            crate::metrics::Accuracy,
            crate::metrics::ConditionSummary,
            crate::metrics::Estimate,
            crate::metrics::Evaluation,
            crate::model::Lesion,
            crate::metrics::LesionEstimate,
            crate::metrics::Summary,
            crate::metrics::SummaryPoint,
            crate::metrics::TaskRecord,
            crate::claims::Outcome,
            crate::claims::PartOutcome,
            crate::claims::Verdict,
            crate::link::Link,
            crate::look::LayerLook,
            crate::look::Learned,
            crate::look::Look,
            crate::look::Picture,
            crate::look::Probe,
            crate::look::Watched,
            crate::look::WatchedLane,
            crate::stored::StoredRun,
            crate::trace::StepTrace,
            crate::trace::TracedInner,
            crate::trace::TracedSample,
            crate::trace::TracedUnit,
        );
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/src/protocol.ts");
        if std::env::var_os("METACLS_BLESS").is_some() {
            std::fs::write(path, &text).unwrap();
        }
        let held = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            held == text,
            "www/src/protocol.ts is not current: METACLS_BLESS=1 cargo test --lib typescript_types"
        );
    }
}

//! What the page and its worker say to each other.
//!
//! Behind the page are two programs. The *analyst* knows configurations and files: it checks the former,
//! reads and writes links and results files, and judges claims; the page asks it [`Request`]s and gets a
//! [`Response`] for each. The *trainer* has images and engines: [`Command`]s start and steer its one run, and
//! [`Event`]s tell of it. What was measured ([`Event::Measured`]) the worker hands from the trainer to the
//! analyst.
//!
//! The worker's envelope (`www/src/wire.ts`) numbers requests, so that a response finds who asked, and
//! carries the number of the run that an event is of: a run that is not the newest says nothing any more.
//!
//! These are the only types on the wire. The page's TypeScript types are generated from them (test
//! `typescript_types_are_current`). The page shows what it is sent and computes no result itself.

mod analyst;
mod trainer;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::engine::info::EngineChoice;

pub use analyst::{Request, Response, SweepAsked, SweepForm};
pub use trainer::{Command, Event};

/// A run that is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct RunRequest {
    /// The configuration, as the analyst has checked it.
    pub config: Config,
    /// The experiment that it belongs to, by its id.
    pub experiment: Option<String>,
    /// The engine that is wanted; with auto the GPU where it can serve, else the CPU.
    pub engine: EngineChoice,
    /// Whether to wait, paused, before the first step.
    pub paused: bool,
    /// Whether it is part of something that is kept as a whole, and so not kept by itself.
    #[serde(default)]
    pub unkept: bool,
}

/// What was kept of a run that was stopped.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct KeptRun {
    /// The name under which the page keeps it: more is added under the same.
    pub id: String,
    /// Its log ([`crate::kept::log`]).
    pub log: File,
    /// Its last checkpoint ([`crate::kept::checkpoint`]), if there is one.
    pub checkpoint: Option<File>,
}

/// What the page is to keep of a run, so that whatever stops it costs nothing that was measured.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum Keep {
    /// A run begins: the first line of its log; or one that was kept goes on, whose log is cut to its whole
    /// lines.
    Begin {
        /// The name of the kept run that goes on; none of a new one.
        id: Option<String>,
        /// The log so far.
        #[serde(with = "serde_bytes")]
        #[cfg_attr(test, ts(type = "Uint8Array"))]
        log: Vec<u8>,
        /// Lanes of the whole run, ended or not.
        lanes: u32,
        /// Lanes that have ended so far.
        ended: u32,
    },
    /// Lanes that ended: lines to be added to the log.
    Lanes {
        /// Whole lines of JSON ([`crate::kept::log`]), each with its line end.
        #[serde(with = "serde_bytes")]
        #[cfg_attr(test, ts(type = "Uint8Array"))]
        lines: Vec<u8>,
        /// Lanes that have ended so far.
        ended: u32,
    },
    /// The lanes in progress, in the place of what was kept of them before.
    Checkpoint {
        /// A whole checkpoint ([`crate::kept::checkpoint`]).
        #[serde(with = "serde_bytes")]
        #[cfg_attr(test, ts(type = "Uint8Array"))]
        file: Vec<u8>,
        /// Tasks that they have learned.
        tasks_learned: u32,
    },
    /// The run is through: no checkpoint is needed any more.
    End,
    /// A run begins that is not kept; the one before is let go of.
    Nothing,
}

/// Everything measured so far, for the analyst.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Measured {
    /// Everything, as a results file's text: what the analyst reads anyway.
    pub results: String,
    /// The file to write of it; none to hold the experiment's claims against it.
    pub export: Option<Export>,
}

/// A file of a run's results that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Export {
    /// JSON, which opens again, or long-form CSV.
    pub format: Format,
    /// Who asks, as the page numbers them: its answer comes back with it.
    pub number: u32,
}

/// The form of exported results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub bytes: Vec<u8>,
}

/// A file that is written here, as text.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct TextFile {
    /// A name to save it under, with its ending.
    pub name: String,
    /// Its content.
    pub text: String,
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

/// What state the trainer is in: always one of these, once a run was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum State {
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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use ts_rs::{Config as Names, TS};

    /// Every type on the wire as TypeScript, in one file.
    #[test]
    fn typescript_types_are_current() {
        let names = Names::new().with_large_int("number");
        let mut text = String::from(
            "// Generated from src/protocol: METACLS_BLESS=1 cargo test --lib typescript_types\n\n",
        );
        macro_rules! types {
            ($($t:ty),* $(,)?) => {
                $(text += &format!("export {}\n", <$t as TS>::decl(&names));)*
            };
        }
        types!(
            super::Request,
            super::Response,
            super::Command,
            super::Event,
            super::RunRequest,
            super::KeptRun,
            super::Keep,
            super::Measured,
            super::Export,
            super::File,
            super::TextFile,
            super::Origin,
            super::Format,
            super::StepUnit,
            super::State,
            crate::reproduction::Likeness,
            crate::reproduction::expected::Expected,
            crate::reproduction::expected::ExpectedCondition,
            crate::reproduction::expected::ExpectedOutcome,
            crate::reproduction::expected::MeasureOutcome,
            crate::reproduction::expected::Spread,
            crate::reproduction::lanes::Apart,
            crate::reproduction::lanes::LaneLikeness,
            crate::reproduction::lanes::LaneOutcome,
            crate::reproduction::measures::Difference,
            crate::reproduction::measures::MeasureKind,
            crate::results::description::RunDescription,
            crate::results::description::LayerDescription,
            crate::results::description::MatrixDescription,
            crate::results::description::HeadDescription,
            crate::results::description::TaskDescription,
            crate::results::description::LesionDescription,
            crate::results::description::Pathway,
            crate::model::Source,
            crate::model::Target,
            crate::driver::Progress,
            crate::config::Config,
            crate::config::Condition,
            crate::config::DataSet,
            crate::config::TaskKind,
            crate::config::Order,
            crate::config::EvaluateOn,
            crate::experiments::knobs::Field,
            crate::config::Kind,
            crate::config::Lane,
            crate::config::Problem,
            crate::config::Role,
            crate::data::Chosen,
            crate::data::DataInfo,
            crate::engine::info::EngineChoice,
            crate::engine::info::EngineInfo,
            crate::engine::info::EngineKind,
            crate::experiments::Catalog,
            crate::experiments::Experiment,
            crate::experiments::tour::Part,
            crate::experiments::tour::Step,
            crate::experiments::shown::Shown,
            crate::experiments::what_if::WhatIf,
            crate::experiments::answered::Answered,
            crate::config::Explored,
            crate::experiments::panel::Panel,
            crate::experiments::panel::Rate,
            crate::experiments::panel::Show,
            crate::results::record::Accuracy,
            crate::analysis::summary::ConditionSummary,
            crate::analysis::stats::Estimate,
            crate::results::record::Evaluation,
            crate::model::Lesion,
            crate::analysis::summary::LesionEstimate,
            crate::analysis::summary::Summary,
            crate::analysis::summary::SummaryPoint,
            crate::results::record::TaskRecord,
            crate::analysis::claims::Outcome,
            crate::analysis::claims::PartOutcome,
            crate::analysis::claims::Verdict,
            crate::experiments::link::Link,
            crate::inspect::LayerSnapshot,
            crate::inspect::Learned,
            crate::inspect::Snapshot,
            crate::inspect::Picture,
            crate::inspect::Probe,
            crate::inspect::Watched,
            crate::inspect::WatchedLane,
            crate::report::given::Recognised,
            crate::report::page::StoredRun,
            crate::inspect::StepTrace,
            crate::inspect::TracedInner,
            crate::inspect::TracedSample,
            crate::inspect::TracedUnit,
            crate::messages::Words,
            super::SweepAsked,
            super::SweepForm,
            crate::sweep::view::SweepView,
            crate::sweep::view::SweepPoint,
            crate::sweep::table::Table,
            crate::report::fork::ForkView,
            crate::report::plot::Plot,
            crate::report::plot::Shown,
            crate::report::plot::Series,
            crate::report::plot::Mark,
            crate::bench::Found,
            crate::bench::FoundOnGpu,
            crate::gpu::StageTime,
            crate::gpu::tuning::Tuning,
        );
        text += "/** The catalogue's data sets: their names, what an image is called, what is known. */\n";
        let entry = "{ title: string; noun: string; words: string }";
        text += &format!("export const DATA_SETS: Record<DataSet, {entry}> = {{\n");
        for set in crate::data::DataSet::ALL {
            let row = set.row();
            let (id, title, noun) = (set.word(), row.title, row.noun);
            let words = serde_json::to_string(&row.words()).unwrap();
            text += &format!("  {id}: {{ title: '{title}', noun: '{noun}', words: {words} }},\n");
        }
        text += "};\n";
        text +=
            "/** How many digits the probe can be, whatever classes the network tells apart. */\n";
        text += &format!("export const DIGITS = {};\n", crate::data::DIGITS);
        text += "/** Seconds after which a question to the GPU counts as not answered. */\n";
        text += &format!(
            "export const GPU_PATIENCE = {};\n",
            crate::gpu::patience::SECONDS
        );
        text += "/** What a run's time is counted in, as axes have it. */\n";
        text += "export const PROGRESS: Record<Order, string> = {\n";
        for order in [
            crate::config::Order::Sequential,
            crate::config::Order::Mixed,
        ] {
            let word = serde_json::to_value(order).unwrap();
            let (word, words) = (word.as_str().unwrap(), order.progress());
            text += &format!("  {word}: '{words}',\n");
        }
        text += "};\n";
        text += "/** Of heads, layers and matrices: how metrics' names begin, their units. */\n";
        text += "export const QUANTITIES = {\n";
        for quantity in crate::report::Quantity::OF_PARTS {
            let id = serde_json::to_value(quantity).unwrap();
            let (id, words, unit) = (id.as_str().unwrap(), quantity.words(), quantity.unit());
            text += &format!("  {id}: {{ words: '{words}', unit: '{unit}' }},\n");
        }
        text += "} as const;\n";
        text += "/** What each knob's value is of. */\n";
        text += "export const ROLES: Record<string, Role> = {\n";
        for knob in crate::config::KNOBS {
            let role = serde_json::to_string(&knob.role).unwrap().replace('"', "'");
            text += &format!("  {}: {role},\n", knob.name);
        }
        text += "};\n";
        text += "/** What a fork may change, in words and as the knob `fork` has it. */\n";
        text += "export const CHANGES: { words: string; pattern: string }[] = [\n";
        for crate::config::fork::Offered { words, pattern } in crate::config::fork::OFFERED {
            text += &format!("  {{ words: '{words}', pattern: '{pattern}' }},\n");
        }
        text += "];\n";
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

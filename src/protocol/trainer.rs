//! What is asked of the trainer, where lanes are trained, and the events that it posts.

use serde::{Deserialize, Serialize};

use super::{Export, File, Keep, KeptRun, Measured, Origin, RunRequest, State, StepUnit};
use crate::analysis::summary::Summary;
use crate::bench::Found;
use crate::config::Config;
use crate::data::{DataInfo, DataSet};
use crate::driver::Progress;
use crate::engine::info::{EngineChoice, EngineInfo};
use crate::inspect::StepTrace;
use crate::inspect::{Picture, Probe, Snapshot};
use crate::messages::Words;
use crate::results::description::RunDescription;
use crate::results::record::TaskRecord;

/// What is asked of the trainer.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(tag = "type"))]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Uses the project's own procedural digits; answered by [`Event::Data`].
    UseDigits,
    /// Uses IDX files, packed or not (their bytes are taken over); answered by [`Event::Data`] or
    /// [`Event::DataRefused`].
    UseFiles {
        /// The files, in any order; which is which is read from their headers and sizes.
        files: Vec<File>,
        /// Where they come from.
        origin: Origin,
        /// Which set they are, where the reader says so; else their content and shape say.
        #[serde(default)]
        set: Option<DataSet>,
    },
    /// Starts a run from the beginning; answered by [`Event::Started`] or [`Event::Failed`].
    Run(Box<RunRequest>),
    /// Goes on with a run that was stopped, with the same numbers; answered by [`Event::Started`] and all
    /// that was measured before, or by [`Event::Failed`].
    GoOn(Box<KeptRun>),
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
    /// Asks for [`super::Response::Results`]: everything measured so far, as a file. Answered by
    /// [`Event::NotExported`] where the run is replaced before or could not be opened.
    Export(Export),
    /// Shows the first seed's units on this digit from now on; answered by [`Event::Probed`].
    Watch {
        /// The digit.
        probe: Probe,
    },
    /// Asks for the weights of one unit of h1; answered by [`Event::Receptive`] once the lanes are at hand.
    Receptive {
        /// Index into [`RunDescription::lanes`].
        lane: u32,
        /// The unit, from 0.
        unit: u32,
    },
    /// Asks for a walk through a lane's next step (its last one where it is through); answered by
    /// [`Event::Traced`].
    Trace {
        /// Index into [`RunDescription::lanes`].
        lane: u32,
    },
    /// Measures how fast this machine is with some settings, beside any run that stands still; answered by
    /// [`Event::Bench`] or [`Event::BenchFailed`].
    Bench {
        /// The configuration, as the analyst has checked it.
        config: Box<Config>,
        /// The engine that is wanted; with auto the GPU where it can serve, else the CPU.
        engine: EngineChoice,
    },
}

/// What the trainer posts.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
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
        /// Where they came from.
        origin: Origin,
    },
    /// The trainer's state changed.
    State {
        /// What the trainer does now, or waits for.
        state: State,
        /// The state in words, for people.
        words: String,
    },
    /// This engine will be used.
    Engine {
        /// Which of the three, on which device, and how far its self-test was off.
        info: EngineInfo,
        /// Workers that train its lanes side by side; 0 where it needs none.
        workers: u32,
        /// What is missing and what it means, in words, where it isn't the one hoped for.
        notice: Option<String>,
        /// Which lanes are on another engine than the run began on, and from which step, in words.
        changes: Vec<String>,
    },
    /// A run begins (or begins again).
    Started {
        /// What its numbers are labelled by: settings, layers, heads, lanes, tasks.
        run: RunDescription,
    },
    /// How far the run is; a few times a second.
    Progress(Progress),
    /// A lane was measured: before training, or after a task.
    Checkpoint {
        /// Index into [`RunDescription::lanes`].
        lane: u32,
        /// What was measured.
        record: TaskRecord,
    },
    /// Means over seeds, after checkpoints came in.
    Summary(Summary),
    /// Everything measured so far, for the analyst.
    Measured(Measured),
    /// A file that was asked for can't be made: nothing can be asked of its run any more.
    NotExported {
        /// Who asked ([`Export::number`]).
        number: u32,
    },
    /// What the units are shown on from now on.
    Probed {
        /// The digit.
        probe: Probe,
        /// Its pixels, 0 to 255, row by row.
        pixels: Vec<u8>,
        /// The same digit as each task of the run turns it.
        strip: Vec<Vec<u8>>,
    },
    /// A lane's units on the probe.
    Snapshot {
        /// Index into [`RunDescription::lanes`].
        lane: u32,
        /// Tasks learned, at a task's end; none in between.
        tasks_learned: Option<u32>,
        /// What was seen.
        snapshot: Snapshot,
    },
    /// One unit of h1.
    Receptive {
        /// Index into [`RunDescription::lanes`].
        lane: u32,
        /// The unit that was asked for, from 0.
        unit: u32,
        /// Its weights W now, a pixel for each input.
        weights: Picture,
        /// What it has learned: their change since before training.
        learned: Picture,
    },
    /// A walk through one step.
    Traced {
        /// Index into [`RunDescription::lanes`].
        lane: u32,
        /// What the step sees, what each inner step changes, and what comes of it.
        trace: Box<StepTrace>,
    },
    /// A lane holds numbers that are not finite any more and was set aside; the others go on.
    LaneDiverged {
        /// Index into [`RunDescription::lanes`].
        lane: u32,
        /// The observe step (counted from 0) at which it was found.
        step: u32,
        /// In words.
        reason: String,
    },
    /// What the page is to keep.
    Keep(Keep),
    /// All lanes are through.
    Done {
        /// Seconds from start to end, pauses left out.
        seconds: f64,
    },
    /// How fast this machine is.
    Bench(Box<Found>),
    /// Its speed could not be measured.
    BenchFailed(Words),
    /// Something could not be done. Results so far are kept.
    Failed(Words),
}

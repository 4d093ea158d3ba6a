//! What is asked of the analyst, and what it answers. A request needs no run: it holds all that its response
//! depends on.

use serde::{Deserialize, Serialize};

use super::{File, Format, TextFile};
use crate::analysis::claims::Outcome;
use crate::config::{Config, Problem};
use crate::data::Chosen;
use crate::experiments::Experiment;
use crate::experiments::knobs::Field;
use crate::experiments::link::Link;
use crate::experiments::shown::Shown;
use crate::inspect::Watched;
use crate::messages::Words;
use crate::report::fork::ForkView;
use crate::report::given::Recognised;
use crate::report::page::StoredRun;
use crate::reproduction::Likeness;
use crate::reproduction::expected::{Expected, ExpectedOutcome, MeasureOutcome};
use crate::reproduction::lanes::LaneOutcome;
use crate::reproduction::measures::Difference;
use crate::sweep::view::SweepView;

/// What is asked of the analyst.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(tag = "type"))]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Asks for the [`Response::Catalog`]; the page's first words.
    Hello,
    /// Asks whether a configuration is usable; answered by [`Response::Checked`].
    Check {
        /// The configuration as JSON text.
        config: String,
    },
    /// Asks what files are, by their paths and how they begin; answered by [`Response::Recognised`].
    Recognise {
        /// Where they were looked for, in words.
        place: String,
        /// Of each its path and its first bytes, 4,096 at most.
        files: Vec<File>,
    },
    /// Opens a record, packed or not: answered by [`Response::Opened`] of a results file, by
    /// [`Response::Configured`], [`Response::Watched`], [`Response::Sweep`], [`Response::Fork`] or
    /// [`Response::Refused`].
    Open {
        /// Its content.
        file: File,
    },
    /// Shows a run that the page kept; answered by [`Response::KeptOpened`] or [`Response::Refused`].
    OpenKept {
        /// Its log.
        file: File,
    },
    /// Writes a results file in another form; answered by [`Response::Results`] or [`Response::Refused`].
    Convert {
        /// Its content.
        file: File,
        /// JSON, which opens again, or long-form CSV.
        format: Format,
    },
    /// Asks for all that is told of a results file, each as a file; answered by [`Response::Everything`] or
    /// [`Response::Refused`].
    Everything {
        /// Its content.
        file: File,
        /// The address of the page that the run's link is to open on.
        page: String,
    },
    /// Asks for the fragment of a configuration; answered by [`Response::Link`].
    WriteLink {
        /// The configuration as JSON text.
        config: String,
        /// The experiment that it belongs to, by its id.
        experiment: Option<String>,
        /// The view that the link opens: a point of the stream, a lesion, a layer or a unit.
        shown: Shown,
        /// What it is to say came out; none to say nothing of it.
        expected: Option<Expected>,
        /// What is varied of it, each as `NAME=VALUES`; empty of a run.
        #[serde(default)]
        vary: Vec<String>,
    },
    /// Holds a branch beside its trunk, seed by seed; answered by [`Response::Fork`] or
    /// [`Response::Refused`].
    Beside {
        /// The trunk's results.
        trunk: File,
        /// Results of the same seeds and images under other settings.
        branch: File,
    },
    /// Asks whether a sweep can be made here; answered by [`Response::SweepPlanned`].
    PlanSweep(SweepAsked),
    /// Begins a sweep: answered by [`Response::Sweep`], of no points yet, or [`Response::Refused`].
    BeginSweep(SweepAsked),
    /// Takes what came out of a point into a sweep; answered by [`Response::Sweep`] or [`Response::Refused`].
    TakePoint {
        /// The sweep's summary.
        sweep: File,
        /// Which point, from 0.
        point: u32,
        /// The point's results.
        results: File,
    },
    /// Writes a sweep in another form; answered by [`Response::SweepWritten`] or [`Response::Refused`].
    ConvertSweep {
        /// Its summary.
        file: File,
        /// The summary, which opens again, or one of its tables as CSV.
        form: SweepForm,
    },
    /// Holds a run that was made again, whole or in part, beside a results file's; answered by
    /// [`Response::Compared`] or [`Response::Refused`].
    Compare {
        /// The results file, or a log of one, that the run is held against.
        on_record: File,
        /// Results of the same configuration, of all of its seeds and conditions or some.
        again: File,
    },
    /// Holds a run, whole or in progress, beside what a link says came out; answered by
    /// [`Response::ComparedWithLink`] or [`Response::Refused`].
    CompareWithLink {
        /// What the link says.
        expected: Expected,
        /// Results of the link's configuration.
        again: File,
    },
    /// Reads a link; answered by [`Response::LinkRead`].
    ReadLink {
        /// The link or its fragment, as it was sent.
        fragment: String,
    },
}

/// A sweep as the Lab has it: settings, and what is varied of them.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SweepAsked {
    /// The settings that its points share, as JSON text.
    pub config: String,
    /// The experiment that they belong to, by its id.
    pub experiment: Option<String>,
    /// What is varied, each as `NAME=VALUES`.
    pub vary: Vec<String>,
}

/// The form of a sweep's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SweepForm {
    /// The summary, complete: it opens again.
    Summary,
    /// Every lane's numbers as long-form CSV.
    Lanes,
    /// Their means over seeds as long-form CSV.
    Means,
    /// The claims at each point as long-form CSV.
    Claims,
}

/// What the analyst answers.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Response {
    /// What can be run: answer to [`Request::Hello`].
    Catalog {
        /// The code's version.
        version: String,
        /// The experiments, in the order in which they are offered.
        experiments: Vec<Experiment>,
        /// Every knob, as the Lab's field has it.
        fields: Vec<Field>,
    },
    /// Answer to [`Request::Check`].
    Checked {
        /// What is wrong with the configuration; empty if it is usable.
        problems: Vec<Problem>,
        /// The configuration, read and checked, where it is usable: what [`super::Command::Run`] takes.
        config: Option<Config>,
    },
    /// The file is of no use.
    Refused {
        /// Why, in words.
        reason: String,
    },
    /// The experiment's claims held against what was measured so far.
    Claims {
        /// In the experiment's order.
        outcomes: Vec<Outcome>,
    },
    /// Answer to [`Request::WriteLink`].
    Link {
        /// The fragment, without `#`; none of what is no usable configuration.
        fragment: Option<String>,
    },
    /// Answer to [`Request::Compare`].
    Compared {
        /// Lane by lane, those that were begun again.
        lanes: Vec<LaneOutcome>,
        /// The same in words, a sentence for each.
        words: Vec<String>,
        /// Differences at the end of the stream, seed by seed; empty where all bits are the same.
        differences: Vec<Difference>,
        /// The worst of all; none where there was nothing to compare with.
        likeness: Option<Likeness>,
    },
    /// Answer to [`Request::CompareWithLink`].
    ComparedWithLink(ExpectedOutcome),
    /// Answer to [`Request::ReadLink`].
    LinkRead {
        /// What it holds; none if it can't be read.
        link: Option<Box<Link>>,
        /// What it claims came out, number by number; nothing of a link that claims nothing.
        claimed: Vec<MeasureOutcome>,
        /// The experiment to open where it can't.
        preset: String,
        /// What is wrong with it, in words.
        problem: Option<String>,
    },
    /// Answer to [`Request::Recognise`].
    Recognised {
        /// What each file is by its first bytes, in the request's order.
        files: Vec<Recognised>,
        /// The files of a data set.
        images: Vec<Chosen>,
        /// Why there is none, in words.
        problem: Option<String>,
    },
    /// Answer to [`Request::Open`]: a results file.
    Opened(Box<StoredRun>),
    /// Answer to [`Request::Open`]: a configuration.
    Configured {
        /// The configuration, checked.
        config: Config,
        /// The experiment that it is nearest to, by its id.
        experiment: String,
    },
    /// Answer to [`Request::Open`]: a run's watched units.
    Watched(Box<Watched>),
    /// Answer to [`Request::OpenKept`].
    KeptOpened {
        /// The run as far as it is kept: lanes that have not ended have no records.
        run: Box<StoredRun>,
        /// What its first seed's units did, as far as that was kept.
        watched: Box<Watched>,
        /// Lanes that ended.
        ended: u32,
    },
    /// The results file: answer to [`Request::Convert`] and to [`super::Command::Export`].
    Results {
        /// A name to save it under.
        file_name: String,
        /// Its media type, to save it by: application/json or text/csv.
        media_type: String,
        /// The whole file as text.
        text: String,
        /// What a link can say came out; none of a run that is not whole.
        expected: Option<Expected>,
    },
    /// Answer to [`Request::Everything`].
    Everything {
        /// A name for all of them together.
        name: String,
        /// How it was made, the results, every number, and what the numbers are.
        files: Vec<TextFile>,
    },
    /// Answer to [`Request::PlanSweep`].
    SweepPlanned {
        /// Why it can't be made, in words; none where it can.
        problem: Option<String>,
        /// How much it is, in words.
        words: String,
    },
    /// A sweep, as far as it is: answer to [`Request::BeginSweep`], [`Request::TakePoint`], and to
    /// [`Request::Open`] of a sweep's definition or summary.
    Sweep {
        /// What is shown of it.
        sweep: Box<SweepView>,
        /// Its summary.
        file: TextFile,
    },
    /// A branch beside its trunk: answer to [`Request::Beside`], and to [`Request::Open`] of a fork's
    /// summary.
    Fork {
        /// What is shown of it.
        fork: Box<ForkView>,
        /// Its summary.
        file: TextFile,
    },
    /// Answer to [`Request::ConvertSweep`].
    SweepWritten {
        /// The sweep in the form asked for, under a name to save it by.
        file: TextFile,
        /// Its media type, to save it by: application/json or text/csv.
        media_type: String,
    },
    /// The request was not understood.
    Failed(Words),
}

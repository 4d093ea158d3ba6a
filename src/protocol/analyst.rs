//! What is asked of the analyst, and what it answers. A question needs no run: it holds all that its answer depends on.

use serde::{Deserialize, Serialize};

use super::{File, Format, Measured, RunRequest};
use crate::analysis::claims::Outcome;
use crate::config::{Field, Problem};
use crate::engine::info::EngineChoice;
use crate::experiments::Experiment;
use crate::experiments::link::Link;
use crate::messages::Words;
use crate::report::page::StoredRun;

/// What is asked of the analyst.
///
/// Named from outside (`{ check: { ... } }`): a name within would bring serde's buffers into the wasm.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Asks for the [`Response::Catalog`]; the page's first words.
    Hello,
    /// Asks whether a configuration (JSON text) is usable; answered by [`Response::Checked`].
    Check {
        /// The configuration as JSON text.
        config: String,
    },
    /// Asks for a run from the beginning; answered by [`Response::Usable`], which the trainer takes, or [`Response::Failed`].
    Run {
        /// The configuration as JSON text.
        config: String,
        /// Which engine.
        engine: EngineChoice,
        /// Whether to wait, paused, before the first step.
        paused: bool,
    },
    /// Shows a results file as a stored run; answered by [`Response::Opened`] or [`Response::DataRefused`].
    Open {
        /// Its content.
        file: File,
    },
    /// Tells a results file in another form; answered by [`Response::Results`] or [`Response::DataRefused`].
    Convert {
        /// Its content.
        file: File,
        /// In which form.
        format: Format,
    },
    /// The trainer's [`super::Event::Measured`]: answered by [`Response::Results`] in the form asked for, by
    /// [`Response::Claims`] where none is.
    Measured(Box<Measured>),
    /// Asks for the fragment of a configuration (JSON text); answered by [`Response::Link`].
    WriteLink {
        /// The configuration as JSON text.
        config: String,
        /// The point of the stream that is looked at.
        at: Option<u32>,
    },
    /// Reads a fragment (without `#`); answered by [`Response::LinkRead`].
    ReadLink {
        /// The fragment.
        fragment: String,
    },
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
        /// The presets.
        experiments: Vec<Experiment>,
        /// Every knob.
        fields: Vec<Field>,
    },
    /// Response to [`Request::Check`].
    Checked {
        /// The text that was asked about.
        config: String,
        /// What is wrong with it; empty if usable.
        problems: Vec<Problem>,
    },
    /// The configuration was read and checked: what [`super::Command::Run`] takes.
    Usable(Box<RunRequest>),
    /// The files are of no use; what was in use stays so.
    DataRefused {
        /// Why, in words.
        reason: String,
    },
    /// The figure's claims held against what was measured so far, when seeds are through.
    Claims {
        /// In the figure's order.
        outcomes: Vec<Outcome>,
    },
    /// Response to [`Request::WriteLink`]; not given for what is no configuration.
    Link {
        /// The fragment, without `#`.
        fragment: String,
    },
    /// Response to [`Request::ReadLink`].
    LinkRead {
        /// What it holds; none if it can't be read.
        link: Option<Link>,
        /// The preset to open where it can't.
        preset: String,
        /// What is wrong with it, in words.
        problem: Option<String>,
    },
    /// Response to [`Request::Open`].
    Opened(Box<StoredRun>),
    /// The results file: answer to [`Request::Convert`] and to [`super::Command::Export`].
    Results {
        /// A name to save it under.
        file_name: String,
        /// Its media type.
        media_type: String,
        /// Its text.
        text: String,
    },
    /// Something could not be done. Results so far are kept.
    Failed(Words),
}

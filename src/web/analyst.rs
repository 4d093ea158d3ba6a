//! The analyst: configurations checked, links and results files read and written, claims judged. It keeps
//! nothing from one request to the next.

use wasm_bindgen::prelude::*;

use super::sweeps;
use crate::config::Config;
use crate::experiments::{self, link};
use crate::formats::kind::Kind;
use crate::formats::version::{self, FormatError, Versioned};
use crate::formats::{self, FileError};
use crate::inspect::Probe;
use crate::kept::log::{self, Log};
use crate::kept::units;
use crate::messages;
use crate::protocol::{File, Format, Measured, Request, Response, TextFile};
use crate::report;
use crate::report::fork::ForkView;
use crate::report::given::{self, Given};
use crate::report::page::StoredRun;
use crate::reproduction::branch;
use crate::reproduction::expected::Expected;
use crate::reproduction::fork::ForkSummary;
use crate::reproduction::{self, lanes};
use crate::results::Results;
use crate::stream;

/// The analyst's end of the wire.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Analyst;

#[wasm_bindgen]
impl Analyst {
    /// Makes one; from then on a panic is told on the browser's console.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        console_error_panic_hook::set_once();
        Self
    }

    /// Answers a [`Request`] with its [`Response`].
    pub fn answer(&self, request: JsValue) -> JsValue {
        let response = super::message(request).map(answer);
        super::record(&response.unwrap_or_else(Response::Failed))
    }

    /// Takes what the trainer measured ([`Measured`]): gives [`Response::Results`] in the form asked for,
    /// [`Response::Claims`] where none is.
    pub fn measured(&self, measured: JsValue) -> JsValue {
        let response = super::fields(measured).and_then(|Measured { results, export }| {
            let results = version::read(&results).map_err(|e| super::not_understood(&e))?;
            Ok(match export {
                Some(export) => written(&results, export.format),
                None => Response::Claims {
                    outcomes: report::outcomes(&results),
                },
            })
        });
        super::record(&response.unwrap_or_else(Response::Failed))
    }
}

fn answer(request: Request) -> Response {
    match request {
        Request::Hello => Response::Catalog {
            version: env!("CARGO_PKG_VERSION").into(),
            experiments: experiments::all(),
            fields: experiments::knobs::fields(),
        },
        Request::Check { config } => match Config::from_json(&config) {
            Ok(config) => Response::Checked {
                problems: Vec::new(),
                config: Some(config),
            },
            Err(e) => Response::Checked {
                problems: e.problems,
                config: None,
            },
        },
        Request::Recognise { place, files } => {
            let files: Vec<_> = files
                .iter()
                .map(|f| (f.name.as_str(), f.bytes.as_slice()))
                .collect();
            let (files, images) = given::recognise(&place, &files);
            Response::Recognised {
                files,
                problem: images.as_ref().err().map(ToString::to_string),
                images: images.unwrap_or_default(),
            }
        }
        Request::Open { file } => {
            opened(file).unwrap_or_else(|reason| Response::Refused { reason })
        }
        Request::OpenKept { file } => {
            kept(file).unwrap_or_else(|reason| Response::Refused { reason })
        }
        Request::Convert { file, format } => match results(file) {
            Ok(results) => written(&results, format),
            Err(e) => Response::Refused {
                reason: e.to_string(),
            },
        },
        Request::Everything { file, page } => match results(file) {
            Ok(results) => everything(&results, &page),
            Err(e) => Response::Refused {
                reason: e.to_string(),
            },
        },
        Request::WriteLink {
            config,
            experiment,
            shown,
            expected,
            vary,
        } => Response::Link {
            // What is no configuration has no link; the editor says what is wrong with it.
            fragment: Config::from_json(&config).ok().map(|config| {
                let fragment = link::write(&config, experiment.as_deref(), &shown);
                match &expected {
                    Some(expected) if vary.is_empty() => link::with_expected(fragment, expected),
                    _ => link::with_vary(fragment, &vary),
                }
            }),
        },
        Request::Beside { trunk, branch } => {
            beside(trunk, branch).unwrap_or_else(|reason| Response::Refused { reason })
        }
        Request::PlanSweep(asked) => sweeps::planned(&asked),
        Request::BeginSweep(asked) => {
            sweeps::begun(&asked).unwrap_or_else(|reason| Response::Refused { reason })
        }
        Request::TakePoint {
            sweep,
            point,
            results: file,
        } => sweeps::taken(sweep, point, results(file))
            .unwrap_or_else(|reason| Response::Refused { reason }),
        Request::ConvertSweep { file, form } => {
            sweeps::written(file, form).unwrap_or_else(|reason| Response::Refused { reason })
        }
        Request::Compare { on_record, again } => {
            compared(on_record, again).unwrap_or_else(|reason| Response::Refused { reason })
        }
        Request::CompareWithLink { expected, again } => match results(again) {
            Ok(again) => Response::ComparedWithLink(expected.compare(&again)),
            Err(e) => Response::Refused {
                reason: e.to_string(),
            },
        },
        Request::ReadLink { fragment } => {
            let read = link::read(&fragment);
            let claims = |link: &link::Link| {
                let expected = link.expected.as_ref()?;
                Some(expected.claimed(&link.config))
            };
            Response::LinkRead {
                claimed: read.as_ref().ok().and_then(claims).unwrap_or_default(),
                preset: link::preset_of(&fragment).into(),
                problem: read.as_ref().err().map(ToString::to_string),
                link: read.ok().map(Box::new),
            }
        }
    }
}

/// A run made again beside a file's.
fn compared(on_record: File, again: File) -> Result<Response, String> {
    let on_record = results(on_record).map_err(|e| e.to_string())?;
    let again = results(again).map_err(|e| e.to_string())?;
    reproduction::comparable(&on_record, &again).map_err(|e| e.to_string())?;
    let lanes = lanes::compare(&on_record, &again);
    let (differences, likeness) = reproduction::as_a_whole(&lanes, &on_record, &again);
    Ok(Response::Compared {
        words: lanes.iter().map(messages::lane_outcome).collect(),
        likeness,
        lanes,
        differences,
    })
}

/// Reads both results files and pairs the branch with its trunk by seed.
fn beside(trunk: File, branch: File) -> Result<Response, String> {
    let trunk = results(trunk).map_err(|e| e.to_string())?;
    let branch = results(branch).map_err(|e| e.to_string())?;
    let beside = branch::beside(&trunk, &branch).map_err(|e| e.to_string())?;
    Ok(fork(&ForkSummary::of(&beside, &trunk, &branch)))
}

/// A fork as the page shows it, and its file.
fn fork(summary: &ForkSummary) -> Response {
    let fork = ForkView::of(summary);
    let file = TextFile {
        name: format!("{}.json", fork.name),
        text: summary.to_json(),
    };
    Response::Fork {
        fork: Box::new(fork),
        file,
    }
}

/// A results file, or a log of one.
fn results(file: File) -> Result<Results, FileError> {
    if file.name.ends_with(log::ENDING) {
        return Ok(read_log(&file)?.results);
    }
    formats::open(&file.name, file.bytes)
}

fn read_log(file: &File) -> Result<Log, FileError> {
    let read = log::read(&file.bytes).transpose();
    let nothing = || Err(FormatError::Foreign(Results::KIND));
    read.unwrap_or_else(nothing)
        .map_err(|reason| FileError::Format {
            file: file.name.clone(),
            reason,
        })
}

/// A run that the page kept, as the page shows it.
fn kept(file: File) -> Result<Response, String> {
    let log = read_log(&file).map_err(|e| e.to_string())?;
    let run = StoredRun::of(&log.results).map_err(|e| e.to_string())?;
    let views = stream::first_views(&log.results.config, &log.results.data);
    let views = views.map_err(|e| e.to_string())?;
    let watched = units::watched(&log.results, &views, Probe::default(), &log.watched);
    Ok(Response::KeptOpened {
        ended: log.results.lanes.iter().filter(|l| l.is_begun()).count() as u32,
        watched: Box::new(watched),
        run: Box::new(run),
    })
}

/// A record as the page shows it.
fn opened(file: File) -> Result<Response, String> {
    let text = formats::text_of(&file.name, file.bytes).map_err(|e| e.to_string())?;
    if let Some(sweep) = sweeps::opened(&file.name, &text) {
        return sweep;
    }
    if Kind::of_text(&text) == Kind::ForkSummary {
        let summary = formats::parse(&file.name, &text).map_err(|e| e.to_string())?;
        return Ok(fork(&summary));
    }
    Ok(
        match given::read(&file.name, &text).map_err(|e| e.to_string())? {
            Given::Results(results) => {
                let run = StoredRun::of(&results).map_err(|e| e.to_string())?;
                Response::Opened(Box::new(run))
            }
            Given::Watched(watched) => Response::Watched(watched),
            Given::Configuration(config) => Response::Configured {
                experiment: experiments::nearest(&config).id.into(),
                config: *config,
            },
        },
    )
}

/// A run's name, for files.
fn name_of(results: &Results) -> String {
    let (first, seeds) = (results.config.first_seed, results.config.seeds);
    let id = experiments::of(results).id;
    match seeds {
        1 => format!("metacls-{id}-seed{first}"),
        _ => format!("metacls-{id}-seeds{first}to{}", results.config.last_seed()),
    }
}

/// All that is told of a run, as files.
fn everything(results: &Results, page: &str) -> Response {
    let file = |name: &str, text: String| TextFile {
        name: name.into(),
        text,
    };
    Response::Everything {
        name: name_of(results),
        files: vec![
            file("methods.md", report::methods(results, Some(page))),
            file("results.json", json(results)),
            file("results.csv", report::csv(results)),
            file("units.csv", report::units(results)),
        ],
    }
}

fn json(results: &Results) -> String {
    serde_json::to_string_pretty(results).unwrap_or_default()
}

/// A run's results as a file.
fn written(results: &Results, format: Format) -> Response {
    let (ending, media_type, text) = match format {
        Format::Json => ("json", "application/json", json(results)),
        Format::Csv => ("csv", "text/csv", report::csv(results)),
    };
    Response::Results {
        file_name: format!("{}.{ending}", name_of(results)),
        media_type: media_type.into(),
        text,
        expected: Expected::of(results),
    }
}

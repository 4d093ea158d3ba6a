//! The analyst: configurations checked, links and results files read and written, claims judged. It keeps nothing from one
//! question to the next.

use wasm_bindgen::prelude::*;

use super::json;
use crate::config::{Config, ConfigError};
use crate::experiments::{self, link};
use crate::messages::Words;
use crate::protocol::{File, Format, Request, Response, RunRequest};
use crate::report;
use crate::report::page::StoredRun;
use crate::results::Results;

/// The analyst's end of the wire.
#[wasm_bindgen]
pub struct Analyst {
    post: js_sys::Function,
}

#[wasm_bindgen]
impl Analyst {
    /// A analyst that hands answers to `post`.
    #[wasm_bindgen(constructor)]
    pub fn new(post: js_sys::Function) -> Self {
        console_error_panic_hook::set_once();
        Self { post }
    }

    /// Answers a [`Request`].
    pub fn handle(&self, question: JsValue) {
        let answer = match super::message(question) {
            Ok(question) => answer(question),
            Err(words) => Some(Response::Failed(words)),
        };
        if let Some(answer) = answer {
            super::post(&self.post, &answer);
        }
    }
}

fn answer(question: Request) -> Option<Response> {
    Some(match question {
        Request::Hello => Response::Catalog {
            version: env!("CARGO_PKG_VERSION").into(),
            experiments: experiments::all(),
            fields: crate::config::FIELDS.to_vec(),
        },
        Request::Check { config } => {
            let problems = config_of(&config).err().map_or(Vec::new(), |e| e.problems);
            Response::Checked { config, problems }
        }
        Request::Run {
            config,
            engine,
            paused,
        } => match config_of(&config) {
            Ok(config) => Response::Usable(Box::new(RunRequest {
                config,
                engine,
                paused,
            })),
            Err(e) => Response::Failed(Words {
                what: e.to_string(),
                meaning: "The run was not started.".into(),
                advice: "Change the fields named above to what is allowed.".into(),
            }),
        },
        Request::Open { file } => match opened(&file) {
            Ok(run) => Response::Opened(Box::new(run)),
            Err(reason) => Response::DataRefused { reason },
        },
        Request::Convert { file, format } => {
            match json::record_of::<Results>(&file.name, &file.bytes) {
                Ok(results) => told(&results, format),
                Err(e) => Response::DataRefused {
                    reason: e.to_string(),
                },
            }
        }
        Request::Measured(measured) => match measured.format {
            Some(format) => told(&measured.results, format),
            None => Response::Claims {
                outcomes: report::outcomes(&measured.results),
            },
        },
        // What is no configuration has no link; the editor says what is wrong with it.
        Request::WriteLink { config, at } => Response::Link {
            fragment: link::write(&config_of(&config).ok()?, at),
        },
        Request::ReadLink { fragment } => {
            let read = link::read(&fragment, json::number);
            Response::LinkRead {
                preset: link::preset_of(&fragment).into(),
                problem: read.as_ref().err().map(ToString::to_string),
                link: read.ok(),
            }
        }
    })
}

/// Reads and checks a configuration's text.
fn config_of(text: &str) -> Result<Config, ConfigError> {
    let value: serde_json::Value = json::read(text).map_err(ConfigError::whole)?;
    Config::from_value(&value)
}

/// A results file as the page shows it.
fn opened(file: &File) -> Result<StoredRun, String> {
    let results = json::record_of::<Results>(&file.name, &file.bytes).map_err(|e| e.to_string())?;
    StoredRun::of(&results).map_err(|e| e.to_string())
}

/// A run's results as a file.
fn told(results: &Results, format: Format) -> Response {
    let (first, seeds) = (results.config.first_seed, results.config.seeds);
    let shape = experiments::of_shape(&results.config).map_or("run", |e| e.id);
    let name = match seeds {
        1 => format!("metacls-{shape}-seed{first}"),
        _ => format!("metacls-{shape}-seeds{first}to{}", first + seeds - 1),
    };
    let (ending, media_type, text) = match format {
        Format::Json => (
            "json",
            "application/json",
            json::write(results).unwrap_or_default(),
        ),
        Format::Csv => ("csv", "text/csv", report::csv(results)),
    };
    Response::Results {
        file_name: format!("{name}.{ending}"),
        media_type: media_type.into(),
        text,
    }
}

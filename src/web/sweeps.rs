//! What the analyst answers of sweeps: whether one can be made here, what came out of its points so far, its
//! files.

use crate::config::Config;
use crate::formats::kind::Kind;
use crate::formats::{self, FileError};
use crate::protocol::{File, Response, SweepAsked, SweepForm, TextFile};
use crate::results::Results;
use crate::sweep::view::{self, SweepView};
use crate::sweep::{Definition, Sweep, SweepSummary, rows};

/// A sweep, or why there is none, in words.
type Answer = Result<Response, String>;

fn plan(asked: &SweepAsked) -> Result<(Sweep, String), String> {
    let config = Config::from_json(&asked.config).map_err(|e| e.to_string())?;
    view::plan(asked.experiment.as_deref(), &config, &asked.vary)
}

/// Whether a sweep can be made.
pub(super) fn planned(asked: &SweepAsked) -> Response {
    match plan(asked) {
        Ok((_, words)) => Response::SweepPlanned {
            problem: None,
            words,
        },
        Err(problem) => Response::SweepPlanned {
            problem: Some(problem),
            words: String::new(),
        },
    }
}

/// A sweep of which nothing is measured yet.
pub(super) fn begun(asked: &SweepAsked) -> Answer {
    shown(&SweepSummary::begun(&plan(asked)?.0))
}

/// A summary as the page shows it, and its file.
fn shown(summary: &SweepSummary) -> Answer {
    let sweep = SweepView::of(summary).map_err(|e| e.to_string())?;
    let name = format!("{}.json", sweep.name);
    Ok(Response::Sweep {
        sweep: Box::new(sweep),
        file: TextFile {
            name,
            text: summary.to_json(),
        },
    })
}

/// A sweep's definition or summary; none of a text that is neither.
pub(super) fn opened(file: &str, text: &str) -> Option<Answer> {
    let words = |e: FileError| e.to_string();
    match Kind::of_text(text) {
        Kind::SweepSummary => {
            let read = formats::parse::<SweepSummary>(file, text).map_err(words);
            Some(read.and_then(|summary| shown(&summary)))
        }
        Kind::SweepDefinition => {
            let read = formats::parse::<Definition>(file, text).map_err(words);
            let sweep = read.and_then(|d| Sweep::new(d).map_err(|e| e.to_string()));
            Some(sweep.and_then(|sweep| shown(&SweepSummary::begun(&sweep))))
        }
        _ => None,
    }
}

fn summary(file: File) -> Result<SweepSummary, String> {
    formats::open(&file.name, file.bytes).map_err(|e| e.to_string())
}

/// A sweep with what came out of a point.
pub(super) fn taken(sweep: File, point: u32, results: Result<Results, FileError>) -> Answer {
    let mut held = summary(sweep)?;
    let sweep = held.sweep().map_err(|e| e.to_string())?;
    let results = results.map_err(|e| e.to_string())?;
    held.take(&sweep, point as usize, &results)
        .map_err(|e| e.to_string())?;
    shown(&held)
}

/// A sweep in another form.
pub(super) fn written(file: File, form: SweepForm) -> Answer {
    let summary = summary(file)?;
    let sweep = summary.sweep().map_err(|e| e.to_string())?;
    let found = summary.measured();
    let name = view::name_of(&sweep);
    let (ending, media_type, text) = match form {
        SweepForm::Summary => ("json", "application/json", summary.to_json()),
        SweepForm::Lanes => ("csv", "text/csv", rows::lanes(&sweep, &found).csv()),
        SweepForm::Means => ("means.csv", "text/csv", rows::means(&sweep, &found).csv()),
        SweepForm::Claims => ("claims.csv", "text/csv", rows::claims(&sweep, &found).csv()),
    };
    Ok(Response::SweepWritten {
        file: TextFile {
            name: format!("{name}.{ending}"),
            text,
        },
        media_type: media_type.into(),
    })
}

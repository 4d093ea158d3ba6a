//! The experiment that a file holds: a configuration's own, or the one that results or watched units are of.

use serde::Deserialize;

use crate::config::{Config, ConfigError};
use crate::formats::kind::Kind;
use crate::formats::version::{self, FormatError, Versioned};
use crate::inspect::Watched;
use crate::results::{Results, check};

/// What a file says is to be run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Held {
    /// The experiment that it belongs to, by its id; none of a configuration.
    #[serde(default)]
    pub experiment: Option<String>,
    /// Its settings, checked.
    pub config: Config,
}

/// Why a file says nothing that can be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeldError {
    /// It is a configuration, but not a usable one, or no configuration at all.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It is of a kind that has a configuration in it, but can't be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// It is something else.
    #[error(
        "this is {0}; what can be run is a configuration, or a results file or watched units, whose \
         configuration is run again"
    )]
    Other(Kind),
}

/// Reads what a file's text says is to be run. Of results and watched units nothing but the configuration is
/// read: what was measured does not matter for running it again.
///
/// # Errors
/// If it is none of these, of a later version, or its configuration is not usable.
pub fn read(text: &str) -> Result<Held, HeldError> {
    match Kind::of_text(text) {
        Kind::Results => inside::<Results>(text),
        Kind::Watched => inside::<Watched>(text),
        // What is broken off or mistyped is told as a configuration, place by place.
        Kind::Configuration | Kind::Json | Kind::Text => Ok(Held {
            experiment: None,
            config: Config::from_json(text)?,
        }),
        other => Err(HeldError::Other(other)),
    }
}

fn inside<T: Versioned>(text: &str) -> Result<Held, HeldError> {
    version::said::<T>(text)?;
    let held: Held = serde_json::from_str(text).map_err(|e| FormatError::Malformed {
        kind: T::KIND,
        reason: e.to_string(),
    })?;
    let experiment = held.experiment.as_deref().unwrap_or_default();
    check::text("experiment", experiment).map_err(|flaw| FormatError::Flawed {
        kind: T::KIND,
        flaw,
    })?;
    Ok(held)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments;

    #[test]
    fn files_hold_the_experiment_that_they_are_of() {
        let config = experiments::find("figure2").unwrap().config;
        let json = config.to_json();
        let of = |experiment: Option<&str>| {
            Ok(Held {
                experiment: experiment.map(str::to_owned),
                config: config.clone(),
            })
        };
        assert_eq!(read(&json), of(None));
        assert_eq!(read(&format!("\u{feff}{json}")), of(None));
        let results = |schema: u32, said: &str| {
            let text = format!(
                "{{\"schema\": {schema}, {said} \"config\": {json}, \"draws\": 0, \"lanes\": 7}}"
            );
            read(&text)
        };
        assert_eq!(results(1, ""), of(None));
        assert_eq!(
            results(2, "\"experiment\": \"figure2\","),
            of(Some("figure2"))
        );
        assert_eq!(results(4, ""), of(None));
        let newer = results(5, "").unwrap_err().to_string();
        assert!(newer.contains("results of version 5") && newer.contains("newer metacls"));
        let watched = format!("{{\"config\": {json}, \"probe\": 0, \"draws\": 0, \"lanes\": []}}");
        assert_eq!(read(&watched), of(None));
    }

    #[test]
    fn what_holds_none_is_told_by_what_it_is() {
        for (text, hint) in [
            ("", "this is an empty file"),
            ("<svg/>", "this is an SVG picture"),
            (
                "{\"initial\": 0, \"steps\": 0, \"after\": 0}",
                "this is a conformance vector",
            ),
            (
                "{\"run\": 0, \"records\": 0, \"summary\": 0}",
                "made of its results file",
            ),
            ("[1]", "a configuration"),
            ("{\"hiden\": [3]}", "unknown field hiden"),
            ("{\"hidden\": ", "EOF"),
            (
                "{\"schema\": 2, \"lanes\": [], \"draws\": 0}",
                "missing field `config`",
            ),
            (
                "{\"schema\": 2, \"lanes\": [], \"draws\": 0, \"config\": {}, \"experiment\": \"a\\u001b\"}",
                "experiment: \"a",
            ),
            (
                "{\"schema\": 2, \"lanes\": [], \"draws\": 0, \"config\": {\"tasks\": 0}}",
                "tasks: 0 is not allowed",
            ),
        ] {
            let said = read(text).unwrap_err().to_string();
            assert!(said.contains(hint), "{text}: {said}");
        }
    }
}

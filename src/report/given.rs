//! What a reader gives: files told apart by how they begin, and records read as what they are.

use serde::Serialize;

use crate::config::Config;
use crate::data::{self, Chosen, IdxError};
use crate::formats::gzip;
use crate::formats::kind::Kind;
use crate::formats::{self, FileError};
use crate::inspect::Watched;
use crate::results::Results;

/// What a file is, by its first bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Recognised {
    /// Images or labels.
    Images,
    /// A record: results, watched units or a configuration, or JSON of another kind.
    Record,
    /// Neither.
    Other {
        /// What it is, in words.
        reason: String,
    },
}

/// A record that could be read, by what it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// A run's results.
    Results(Box<Results>),
    /// A run's watched units.
    Watched(Box<Watched>),
    /// Settings alone, without a run.
    Configuration(Box<Config>),
}

/// Tells files apart, given by path and first bytes, and chooses a data set's among them; `place` names in
/// errors where they lie.
pub fn recognise(
    place: &str,
    files: &[(&str, &[u8])],
) -> (Vec<Recognised>, Result<Vec<Chosen>, IdxError>) {
    let headers: Vec<_> = files
        .iter()
        .map(|&(path, start)| (path, data::header(path, start)))
        .collect();
    let kinds = files.iter().zip(&headers).map(|((_, start), (_, header))| {
        if is_record(start) {
            return Recognised::Record;
        }
        match header {
            Ok(_) => Recognised::Images,
            Err(e) => Recognised::Other {
                reason: e.to_string(),
            },
        }
    });
    (kinds.collect(), data::choose(place, &headers))
}

/// Whether a file begins as a record does, in any of the encodings that are read.
fn is_record(start: &[u8]) -> bool {
    let Ok(head) = gzip::head(start, 64) else {
        return false;
    };
    match head.as_slice() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [0xef, 0xbb, 0xbf, text @ ..] | text => text.trim_ascii_start().starts_with(b"{"),
    }
}

/// Reads a record's file, packed or not, as what it is; `file` names it in errors.
///
/// # Errors
/// If it is damaged, no record, of a later version, or a part of it does not fit the rest.
pub fn record(file: &str, bytes: Vec<u8>) -> Result<Given, FileError> {
    read(file, &formats::text_of(file, bytes)?)
}

/// The same of a record's text.
///
/// # Errors
/// If it is no record, of a later version, or a part of it does not fit the rest.
pub fn read(file: &str, text: &str) -> Result<Given, FileError> {
    Ok(match Kind::of_text(text) {
        Kind::Watched => Given::Watched(Box::new(formats::parse(file, text)?)),
        Kind::Configuration => Given::Configuration(Box::new(formats::parse(file, text)?)),
        _ => Given::Results(Box::new(formats::parse(file, text)?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments;

    fn kinds(files: &[(&str, &[u8])]) -> Vec<Recognised> {
        recognise("here", files).0
    }

    #[test]
    fn a_mixed_drop_is_told_apart() {
        let images = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28];
        let found = kinds(&[
            ("i", &images),
            ("r.json", b" {\"schema\": 2"),
            ("bom.json", b"\xef\xbb\xbf{"),
            ("utf16.json", b"\xff\xfe{\0"),
            ("a.png", b"\x89PNG"),
            ("b.txt", b"hello"),
            ("empty", b""),
        ]);
        assert_eq!(found[0], Recognised::Images);
        assert!(found[1..4].iter().all(|kind| *kind == Recognised::Record));
        let words = [
            "a.png: this is a PNG picture",
            "b.txt: not an IDX",
            "empty: this is an empty file",
        ];
        for (kind, words) in found[4..].iter().zip(words) {
            match kind {
                Recognised::Other { reason } => assert!(reason.starts_with(words), "{reason}"),
                kind => panic!("{kind:?}"),
            }
        }
    }

    #[test]
    fn records_are_read_as_what_they_are() {
        let config = experiments::opening().config;
        let text = serde_json::to_vec(&config).unwrap();
        let read = record("c.json", text).unwrap();
        assert_eq!(read, Given::Configuration(Box::new(config)));
        let said = record("x.json", b"{}".to_vec()).unwrap_err().to_string();
        assert!(said.starts_with("x.json: not results of metacls"), "{said}");
        let said = record("x.gz", b"\x1f\x8b\x08".to_vec())
            .unwrap_err()
            .to_string();
        assert!(
            said.starts_with("x.gz: can't be read (the gzip data is damaged"),
            "{said}"
        );
        for (file, is_right) in [
            (
                "results.json.gz",
                (|g| matches!(g, Given::Results(_))) as fn(&Given) -> bool,
            ),
            ("units.json.gz", |g| matches!(g, Given::Watched(_))),
        ] {
            let path = format!("{}/tests/fixtures/v1/{file}", env!("CARGO_MANIFEST_DIR"));
            let given = record(file, std::fs::read(path).unwrap()).unwrap();
            assert!(is_right(&given), "{file}");
        }
    }
}

//! What a file is, where its beginning or its fields tell it: for those who gave another than was asked for.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::text;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing at all.
    Empty,
    /// Settings alone: a record that has one of a configuration's fields, and is none of the others.
    Configuration,
    /// What a run's lanes came to, with its settings.
    Results,
    /// What the units of some lanes did on a probe, with the run's settings.
    Watched,
    /// A conformance vector.
    Vector,
    /// What the page shows of a stored run.
    Page,
    /// What a sweep varies, and its points: nothing is measured yet.
    SweepDefinition,
    /// What came out of a sweep's points, with its definition.
    SweepSummary,
    /// How a branch differs from its trunk, with both runs' settings.
    ForkSummary,
    /// Other JSON.
    Json,
    /// An IDX file: MNIST's form.
    Idx,
    /// A zip archive.
    Zip,
    /// Another file that is known by how it begins, in words.
    Other(&'static str),
    /// Text that is none of these.
    Text,
    /// Bytes that are none of these.
    Unknown,
}

/// How files begin that people have beside ours.
const BEGINNINGS: [(&[u8], Kind); 9] = [
    (b"PK\x03\x04", Kind::Zip),
    (b"\x00\x00\x08\x01", Kind::Idx),
    (b"\x00\x00\x08\x03", Kind::Idx),
    (b"\x1f\x8b", Kind::Other("a gzip file within a gzip file")),
    (b"\x89PNG", Kind::Other("a PNG picture")),
    (b"%PDF", Kind::Other("a PDF document")),
    (b"7z\xbc\xaf", Kind::Other("a 7z archive")),
    (b"\x28\xb5\x2f\xfd", Kind::Other("a zstd file")),
    (
        b"version https://git-lfs",
        Kind::Other("a pointer of Git LFS: the file itself is still to be fetched"),
    ),
];

/// How texts begin, in small letters.
const TEXTS: [(&str, &str); 7] = [
    ("<svg", "an SVG picture"),
    ("<?xml", "an XML file"),
    ("<!doctype html", "a page of HTML"),
    ("<html", "a page of HTML"),
    ("seed,condition,", "a CSV file of metacls"),
    ("http", "a link"),
    ("v=1&", "a link's fragment"),
];

/// Fields that tell records apart: all of them are there.
const RECORDS: [(Kind, &[&str]); 7] = [
    (Kind::Watched, &["lanes", "probe"]),
    (Kind::Results, &["lanes", "draws"]),
    (Kind::Vector, &["initial", "steps", "after"]),
    (Kind::Page, &["run", "records", "summary"]),
    (Kind::SweepDefinition, &["varied", "points"]),
    (Kind::SweepSummary, &["definition", "points"]),
    (Kind::ForkSummary, &["trunk", "branch", "course"]),
];

/// Fields of which a configuration has one at least.
const CONFIGURATION: [&str; 8] = [
    "data",
    "tasks",
    "samples_per_task",
    "batch",
    "hidden",
    "eta_alpha",
    "conditions",
    "seeds",
];

impl Kind {
    /// Of a file's bytes, unpacked.
    pub fn of(bytes: &[u8]) -> Self {
        let text = || text::decode(bytes.to_vec()).ok();
        let start = Self::of_start(bytes);
        start.unwrap_or_else(|| text().map_or(Self::Unknown, |text| Self::of_text(&text)))
    }

    /// Of a file that is no text, by its first bytes.
    pub fn of_start(bytes: &[u8]) -> Option<Self> {
        let mut known = BEGINNINGS.iter();
        let found = known.find(|(start, _)| bytes.starts_with(start));
        found.map(|(_, kind)| *kind)
    }

    /// Of a text: how it begins, or which fields its JSON has.
    pub fn of_text(text: &str) -> Self {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        if start.is_empty() {
            return Self::Empty;
        }
        let begins = |with: &str| {
            let head = start.get(..with.len());
            head.is_some_and(|head| head.eq_ignore_ascii_case(with))
        };
        if let Some((_, words)) = TEXTS.iter().find(|(with, _)| begins(with)) {
            return Self::Other(words);
        }
        match serde_json::from_str::<Names>(start) {
            Ok(Names(names)) => Self::of_names(&names),
            Err(_) if serde_json::from_str::<IgnoredAny>(start).is_ok() => Self::Json,
            Err(_) => Self::Text,
        }
    }

    fn of_names(names: &BTreeSet<String>) -> Self {
        let mut records = RECORDS.iter();
        let found = records.find(|(_, fields)| fields.iter().all(|&f| names.contains(f)));
        match found {
            Some((kind, _)) => *kind,
            None if CONFIGURATION.iter().any(|&f| names.contains(f)) => Self::Configuration,
            None => Self::Json,
        }
    }

    /// The record's [`super::version::Versioned::KIND`], if it is one that has a version.
    pub fn record(self) -> Option<&'static str> {
        match self {
            Self::Configuration => Some("a configuration"),
            Self::Results => Some("results"),
            Self::Watched => Some("watched units"),
            Self::SweepDefinition => Some("a sweep's definition"),
            Self::SweepSummary => Some("a sweep's summary"),
            Self::ForkSummary => Some("a fork's summary"),
            _ => None,
        }
    }

    /// Whether it was recognised: more than that it is text, JSON or bytes.
    pub fn is_known(self) -> bool {
        !matches!(self, Self::Json | Self::Text | Self::Unknown)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "an empty file",
            Self::Configuration => "a configuration",
            Self::Results => "a results file",
            Self::Watched => "a file of watched units",
            Self::Vector => "a conformance vector",
            Self::Page => "what the page shows of a run, made of its results file",
            Self::SweepDefinition => "a sweep's definition",
            Self::SweepSummary => "a sweep's summary",
            Self::ForkSummary => "a fork's summary",
            Self::Json => "JSON of another kind",
            Self::Idx => "an IDX file of images or labels",
            Self::Zip => "a zip archive: unpack it first",
            Self::Other(words) => words,
            Self::Text => "a text that is no JSON",
            Self::Unknown => "a file of an unknown kind",
        })
    }
}

/// The names of a record's fields, whatever they hold.
struct Names(BTreeSet<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Names;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Names, A::Error> {
                let mut names = BTreeSet::new();
                while let Some((name, IgnoredAny)) = fields.next_entry::<String, IgnoredAny>()? {
                    names.insert(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_beginning_or_their_fields() {
        for (bytes, words) in [
            (&b""[..], "an empty file"),
            (b" \n", "an empty file"),
            (b"\0\0\x08\x03\0\0\0\x01", "an IDX file"),
            (b"PK\x03\x04rest", "a zip archive"),
            (b"<SVG xmlns=''>", "an SVG picture"),
            (b"\xef\xbb\xbf<?xml version='1.0'?>", "an XML file"),
            (b"<!DOCTYPE html>", "a page of HTML"),
            (b"\x89PNG\r\n", "a PNG picture"),
            (b"https://example.org/#v=1&preset=quick", "a link"),
            (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
            (b"[1, 2]", "JSON of another kind"),
            (b"{\"a\": 1}", "JSON of another kind"),
            (b"{\"tasks\": 1}", "a configuration"),
            (b"{\"lanes\": 0, \"draws\": 0}", "a results file"),
            (
                b"{\"lanes\": 0, \"draws\": 0, \"probe\": 0}",
                "watched units",
            ),
            (
                b"{\"initial\": 0, \"steps\": 0, \"after\": 0}",
                "a conformance vector",
            ),
            (b"{\"varied\": 0, \"points\": 0}", "a sweep's definition"),
            (b"{\"definition\": 0, \"points\": 0}", "a sweep's summary"),
            (b"{\"tasks\": ", "a text that is no JSON"),
            (b"\x80\x81", "an unknown kind"),
        ] {
            let said = Kind::of(bytes).to_string();
            assert!(said.contains(words), "{bytes:?}: {said}");
        }
        // Letters of several bytes at the end of what is compared.
        assert_eq!(Kind::of("<své".as_bytes()), Kind::Text);
    }
}

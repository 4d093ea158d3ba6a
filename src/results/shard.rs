//! Shards: a run's seeds in contiguous parts, each a results file of its own, named by what it holds.
//!
//! A shard's file is named by its run, its seeds, a digest of what the run is, and its *content*: a digest of
//! its text. What was changed, cut or damaged since is told by its name alone; and two machines that made the
//! same shard gave it the same name.

use std::io;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// Which part of a run's seeds: as the command line has it, `3/40`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to [`Self::of`].
    number: u64,
    /// How many there are.
    of: u64,
}

/// Why there is no such shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// Not two whole numbers.
    #[error("\"{0}\" is no shard: give NUMBER/COUNT, such as 3/40, the third of forty")]
    Form(String),
    /// The number is not among them.
    #[error("there is no shard {number} of {of}: they are numbered from 1 to {of}")]
    Number {
        /// The number as it was given: 0, or above `of`.
        number: u64,
        /// How many shards there are to be; it may be 0.
        of: u64,
    },
    /// More shards than seeds.
    #[error("{of} shards of {seeds} seeds: some would be empty; give at most {seeds}")]
    Empty {
        /// How many shards.
        of: u64,
        /// How many seeds.
        seeds: u64,
    },
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let form = || ShardError::Form(text.escape_debug().take(40).collect());
        let whole = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u64>().ok()).flatten()
        };
        let (number, of) = text.split_once('/').ok_or_else(form)?;
        let (number, of) = whole(number).zip(whole(of)).ok_or_else(form)?;
        if of == 0 || !(1..=of).contains(&number) {
            return Err(ShardError::Number { number, of });
        }
        Ok(Self { number, of })
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// Its first seed and how many it has, of a run of `count` seeds from `first` on. Shards follow one
    /// another without a gap; none has more than one seed more than another, and the larger come first.
    ///
    /// # Errors
    /// If there are more shards than seeds.
    pub fn seeds(self, first: u64, count: u64) -> Result<(u64, u64), ShardError> {
        let Self { number, of } = self;
        if of > count {
            return Err(ShardError::Empty { of, seeds: count });
        }
        let (each, larger) = (count / of, count % of);
        let before = number - 1;
        let start = before * each + before.min(larger);
        let own = each + u64::from(before < larger);
        Ok((first.saturating_add(start), own))
    }
}

/// Lines that two runs of the same differ in: how long they took.
const TIMES: [&[u8]; 2] = [b"\"training_seconds\":", b"\"evaluation_seconds\":"];

/// Takes a results file's text as it comes, for its digest. Lines of seconds do not count, so what was made
/// twice has one content; every other byte does.
#[derive(Debug, Default)]
pub struct Content {
    hash: Sha256,
    /// The line that is not whole yet.
    line: Vec<u8>,
}

impl Content {
    /// Of a whole text.
    pub fn of(text: &[u8]) -> Digest {
        let mut content = Self::default();
        content.take(text);
        content.digest()
    }

    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|&b| b == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.take_line();
            }
        }
    }

    fn take_line(&mut self) {
        let is_time = TIMES
            .iter()
            .any(|t| self.line.trim_ascii_start().starts_with(t));
        if !is_time {
            self.hash.update(&self.line);
        }
        self.line.clear();
    }

    /// The digest of all that was taken: SHA-256's first 64 bits.
    pub fn digest(mut self) -> Digest {
        self.take_line();
        Digest::of_hash(self.hash)
    }
}

impl io::Write for Content {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.take(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How results files' names end.
const ENDINGS: [&str; 2] = [".json.gz", ".json"];

/// A results file's name with its content before the ending; as it is where it has no such ending.
pub fn named(name: &str, content: Digest) -> String {
    let parts = ENDINGS
        .iter()
        .find_map(|end| Some((name.strip_suffix(end)?, end)));
    parts.map_or_else(
        || name.to_owned(),
        |(start, end)| format!("{start}-{content}{end}"),
    )
}

/// How all names begin that [`named`] makes of a results file's, whatever its content.
pub fn begin_of_named(name: &str) -> String {
    let start = ENDINGS.iter().find_map(|end| name.strip_suffix(end));
    format!("{}-", start.unwrap_or(name))
}

/// The content that a file's name says it has; none of a name that says nothing of it.
pub fn content_of_name(name: &str) -> Option<Digest> {
    let start = ENDINGS.iter().find_map(|end| name.strip_suffix(end))?;
    let (_, word) = start.rsplit_once('-')?;
    word.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(text: &str) -> Shard {
        text.parse().unwrap()
    }

    #[test]
    fn shards_cover_all_seeds_once_and_evenly() {
        for (count, of) in [
            (40, 1),
            (40, 40),
            (40, 7),
            (4000, 40),
            (1_000_000, 9999),
            (5, 3),
        ] {
            let mut next = 11;
            let mut sizes = Vec::new();
            for number in 1..=of {
                let (first, own) = Shard { number, of }.seeds(11, count).unwrap();
                assert_eq!(first, next, "{number}/{of} of {count}");
                next += own;
                sizes.push(own);
            }
            assert_eq!(next, 11 + count);
            assert!(sizes.is_sorted_by(|a, b| a >= b));
            assert!(sizes[0] - sizes[sizes.len() - 1] <= 1, "{sizes:?}");
        }
        assert_eq!(shard("3/40").seeds(0, 4000), Ok((200, 100)));
        assert_eq!(shard("3/40").to_string(), "3/40");
    }

    #[test]
    fn what_is_no_shard_is_said() {
        let said = |text: &str| text.parse::<Shard>().unwrap_err().to_string();
        for text in [
            "", "3", "3/", "/4", "a/4", "3/4/5", "-1/4", "+1/4", "1 /4", "1.5/4",
        ] {
            assert!(
                said(text).contains("is no shard: give NUMBER/COUNT"),
                "{text}"
            );
        }
        let large = format!("1/{}", u128::MAX);
        assert!(said(&large).contains("is no shard"));
        assert_eq!(
            said("0/4"),
            "there is no shard 0 of 4: they are numbered from 1 to 4"
        );
        assert_eq!(
            said("5/4"),
            "there is no shard 5 of 4: they are numbered from 1 to 4"
        );
        assert!("1/0".parse::<Shard>().is_err());
        let empty = shard("3/40").seeds(0, 39).unwrap_err().to_string();
        assert_eq!(
            empty,
            "40 shards of 39 seeds: some would be empty; give at most 39"
        );
    }

    #[test]
    fn all_but_the_seconds_is_content() {
        let text =
            "{\n  \"seed\": 1,\n  \"training_seconds\": 1.5,\n  \"evaluation_seconds\": 2\n}\n";
        let content = Content::of(text.as_bytes());
        let other = |from: &str, to: &str| Content::of(text.replacen(from, to, 1).as_bytes());
        assert_eq!(other("1.5", "77.25"), content);
        assert_eq!(other("_seconds\": 2", "_seconds\": 3"), content);
        for (from, to) in [
            ("1,", "2,"),
            ("}\n", "}"),
            ("\n", ""),
            ("  \"seed", " \"seed"),
        ] {
            assert_ne!(other(from, to), content, "{from:?}");
        }
        // However it comes.
        for size in [1, 2, 7, 1000] {
            let mut pieces = Content::default();
            for piece in text.as_bytes().chunks(size) {
                io::Write::write_all(&mut pieces, piece).unwrap();
            }
            assert_eq!(pieces.digest(), content);
        }
    }

    #[test]
    fn names_say_their_content() {
        let content = Digest(0x0123_4567_89ab_cdef);
        let name = named("figure1-seeds-0-99-12345678.json.gz", content);
        assert_eq!(name, "figure1-seeds-0-99-12345678-0123456789abcdef.json.gz");
        assert_eq!(content_of_name(&name), Some(content));
        assert_eq!(content_of_name(&named("a.json", content)), Some(content));
        for name in [
            "figure1-seeds-0-99-12345678.json",
            "mine.json",
            "",
            "a-0123456789abcdef.csv",
        ] {
            assert_eq!(content_of_name(name), None, "{name}");
        }
    }
}

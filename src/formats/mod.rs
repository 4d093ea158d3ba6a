//! What files share, whatever they hold: text and its encodings, gzip, versions, and how a record is held
//! against itself.

pub mod field_path;
pub mod gzip;
pub mod kind;
pub mod text;
pub mod version;

use kind::Kind;
use version::{FormatError, Versioned};

/// Why a file is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It can't be read.
    #[error("{file}: can't be read ({reason})")]
    Unreadable {
        /// Its path.
        file: String,
        /// Why, in words: the system's, or those of unpacking and decoding it.
        reason: String,
    },
    /// It is something else than a record's text.
    #[error("{file}: this is {found}")]
    NoText {
        /// Its path.
        file: String,
        /// What its first bytes say that it is.
        found: Kind,
    },
    /// It does not hold what it should.
    #[error("{file}: {reason}")]
    Format {
        /// Its path.
        file: String,
        /// What is wrong.
        reason: FormatError,
    },
}

/// Reads a record's JSON text; `file` names it in errors.
///
/// # Errors
/// See [`version::read`].
pub fn parse<T: Versioned>(file: &str, text: &str) -> Result<T, FileError> {
    version::read(text).map_err(|reason| FileError::Format {
        file: file.to_owned(),
        reason,
    })
}

/// The most bytes that a file may have, and may unpack to.
const LARGEST: u64 = 1 << 30;

/// The text of a file's bytes, unpacked where they are gzip (whatever the file is called), in any of the
/// encodings of [`text::decode`]; `file` names it in errors.
///
/// # Errors
/// If the bytes are damaged, hold more than is read, or are no text: then what they are, if it is known.
pub fn text_of(file: &str, bytes: Vec<u8>) -> Result<String, FileError> {
    let unreadable = |reason: String| FileError::Unreadable {
        file: file.to_owned(),
        reason,
    };
    let bytes = gzip::unpack(bytes, LARGEST).map_err(|e| unreadable(e.to_string()))?;
    if let Some(found) = Kind::of_start(&bytes) {
        return Err(FileError::NoText {
            file: file.to_owned(),
            found,
        });
    }
    text::decode(bytes).map_err(|e| unreadable(e.to_string()))
}

/// Reads a record from a file's bytes ([`text_of`]); `file` names it in errors.
///
/// # Errors
/// If they are no text; see [`version::read`].
pub fn open<T: Versioned>(file: &str, bytes: Vec<u8>) -> Result<T, FileError> {
    parse(file, &text_of(file, bytes)?)
}

/// A file's bytes as they are.
///
/// # Errors
/// If it can't be read, or has more than is read.
#[cfg(not(target_arch = "wasm32"))]
pub fn bytes(path: &std::path::Path) -> Result<Vec<u8>, FileError> {
    use std::io::Read;
    let unreadable = |reason: String| FileError::Unreadable {
        file: path.display().to_string(),
        reason,
    };
    let mut held = Vec::new();
    // One more than the most: a file that never ends is found, and not kept.
    let read = std::fs::File::open(path).map(|file| file.take(LARGEST + 1));
    let read = read.and_then(|mut file| file.read_to_end(&mut held));
    read.map_err(|e| unreadable(e.to_string()))?;
    if held.len() as u64 > LARGEST {
        let words = format!("it has more than the {LARGEST} bytes that are read");
        return Err(unreadable(words));
    }
    Ok(held)
}

/// Reads a record's file, plain or gzip.
///
/// # Errors
/// If it can't be read; see [`open`].
#[cfg(not(target_arch = "wasm32"))]
pub fn read<T: Versioned>(path: &std::path::Path) -> Result<T, FileError> {
    open(&path.display().to_string(), bytes(path)?)
}

//! What files share, whatever they hold: their versions, gzip, and reading them.

pub mod gzip;
pub mod version;

use version::{FormatError, Versioned};

/// Why a file is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It can't be read.
    #[error("{file}: can't be read ({reason})")]
    Unreadable {
        /// Its path.
        file: String,
        /// Why.
        reason: String,
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

impl FileError {
    /// Of a file that holds no JSON, or not that of the record asked for.
    pub fn malformed<T: Versioned>(file: &str, reason: impl ToString) -> Self {
        Self::Format {
            file: file.to_owned(),
            reason: FormatError::Malformed {
                kind: T::KIND,
                reason: reason.to_string(),
            },
        }
    }
}

/// Reads a record's JSON text; `file` names it in errors.
///
/// # Errors
/// If it is no JSON, of a later version, or not of its version's form.
pub fn parse<T: Versioned>(file: &str, text: &str) -> Result<T, FileError> {
    let value = serde_json::from_str(text).map_err(|e| FileError::malformed::<T>(file, e))?;
    version::read(value).map_err(|reason| FileError::Format {
        file: file.to_owned(),
        reason,
    })
}

/// The most bytes a file may unpack to.
#[cfg(not(target_arch = "wasm32"))]
const LARGEST: u64 = 1 << 30;

/// Reads a file, plain or gzip.
///
/// # Errors
/// If it can't be read, is of a later version, or not of its version's form.
#[cfg(not(target_arch = "wasm32"))]
pub fn read<T: Versioned>(path: &std::path::Path) -> Result<T, FileError> {
    let file = path.display().to_string();
    let bytes = std::fs::read(path)
        .and_then(|bytes| gzip::unpack(bytes, LARGEST).map_err(std::io::Error::other));
    let bytes = bytes.map_err(|e| FileError::Unreadable {
        file: file.clone(),
        reason: e.to_string(),
    })?;
    let text = String::from_utf8(bytes).map_err(|e| FileError::malformed::<T>(&file, e))?;
    parse(&file, &text)
}

//! Versions of records that are kept in files: older ones are brought up to the present one, newer ones
//! refused by name.
//!
//! A record says its version in `schema`. What was once written opens for ever: each version has a fixture in
//! `tests/fixtures`, and each step from a version to the next is one [`Upgrade`].

use serde::de::DeserializeOwned;
use serde_json::Value;

/// Brings a record of one version to the next.
pub type Upgrade = fn(&mut Value);

/// A record that is kept in files.
pub trait Versioned: DeserializeOwned {
    /// What it is, for messages, in the plural or as a mass ("results").
    const KIND: &'static str;
    /// The steps from version 1 on; the present version is one more than their number.
    const UPGRADES: &'static [Upgrade];
    /// Whether records of version 1 did not say their version.
    const FIRST_UNMARKED: bool = false;
}

/// Why a record is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// It says no version.
    #[error("not {0} of metacls: the field schema, its version, is missing or no whole number")]
    Foreign(&'static str),
    /// It was written by a later program.
    #[error(
        "{kind} of version {found}, and this program reads versions up to {read}: use a newer metacls"
    )]
    Newer {
        /// What it is.
        kind: &'static str,
        /// Its version.
        found: u64,
        /// The newest version that this code reads.
        read: u64,
    },
    /// It has another form than its version says.
    #[error("not {kind} of metacls: {reason}")]
    Malformed {
        /// What it should be.
        kind: &'static str,
        /// What is wrong.
        reason: String,
    },
}

/// The version that this code writes.
pub const fn current<T: Versioned>() -> u32 {
    T::UPGRADES.len() as u32 + 1
}

/// Brings a record's value up to the present version.
///
/// # Errors
/// If it says no version, or a later one.
pub fn upgrade<T: Versioned>(value: &mut Value) -> Result<(), FormatError> {
    let newest = u64::from(current::<T>());
    let found = match value.get("schema") {
        None if T::FIRST_UNMARKED && value.is_object() => 1,
        said => said
            .and_then(Value::as_u64)
            .filter(|&version| version > 0)
            .ok_or(FormatError::Foreign(T::KIND))?,
    };
    if found > newest {
        return Err(FormatError::Newer {
            kind: T::KIND,
            found,
            read: newest,
        });
    }
    // Version v is brought up by the steps from v - 1 on.
    let done = usize::try_from(found - 1).unwrap_or_default();
    T::UPGRADES.iter().skip(done).for_each(|step| step(value));
    value["schema"] = newest.into();
    Ok(())
}

/// Reads a record of any version up to the present one.
///
/// # Errors
/// If it is of a later version, or not of its version's form.
pub fn read<T: Versioned>(mut value: Value) -> Result<T, FormatError> {
    upgrade::<T>(&mut value)?;
    T::deserialize(value).map_err(|e| FormatError::Malformed {
        kind: T::KIND,
        reason: e.to_string(),
    })
}

/// Gives a record's field another name, where it has that field.
pub fn rename(record: &mut Value, from: &str, to: &str) {
    if let Some(fields) = record.as_object_mut()
        && let Some(held) = fields.remove(from)
    {
        fields.insert(to.to_owned(), held);
    }
}

/// Does something to every entry of a record's list, where it has that list.
pub fn each(record: &mut Value, list: &str, work: impl FnMut(&mut Value)) {
    let entries = record.get_mut(list).and_then(Value::as_array_mut);
    entries.into_iter().flatten().for_each(work);
}

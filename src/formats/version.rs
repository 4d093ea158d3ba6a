//! Versions of records that are kept in files: older ones are brought up to the present one, newer ones
//! refused by name.
//!
//! A record says its version in `schema`. What was once written opens for ever: each version has a fixture in
//! `tests/fixtures`, and each step from a version to the next is one [`Upgrade`]. What was read is then held
//! against itself ([`Versioned::checked`]).

use std::fmt;

use serde::de::{
    Deserialize, DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};
use serde_json::Value;

use super::field_path::Flaw;
use super::kind::Kind;

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

    /// Holds every length and every number against what the record says of itself, and puts in order what
    /// has one: nothing that was read is believed, and what comes out of it can be counted on.
    ///
    /// # Errors
    /// If something does not fit, by name.
    fn checked(self) -> Result<Self, Flaw> {
        Ok(self)
    }
}

/// Why a record is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// It says no version.
    #[error("not {0} of metacls: the field schema, its version, is missing or no whole number")]
    Foreign(&'static str),
    /// It is something else.
    #[error("this is {found}, not {kind} of metacls")]
    Other {
        /// What it should be.
        kind: &'static str,
        /// What its beginning or its fields say that it is.
        found: Kind,
    },
    /// It was written by a later program.
    #[error(
        "{kind} of version {found}, and this program reads versions up to {read}: use a newer metacls"
    )]
    Newer {
        /// What it is, as [`Versioned::KIND`] has it.
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
        /// The JSON reader's words.
        reason: String,
    },
    /// It has the form, but a part of it does not fit the rest.
    #[error("not {kind} as metacls writes them: {flaw}")]
    Flawed {
        /// What it should be.
        kind: &'static str,
        /// What does not fit.
        flaw: Flaw,
    },
    /// It is larger than anything that metacls writes.
    #[error("more than the {most} values that are read")]
    TooLarge {
        /// The most values that are read.
        most: usize,
    },
}

/// The version that this code writes.
pub const fn current<T: Versioned>() -> u32 {
    T::UPGRADES.len() as u32 + 1
}

/// What version of `T` a record is, by its field `schema`: 1 where it may be left out and is.
fn version_of<T: Versioned>(schema: Option<&Value>) -> Result<u64, FormatError> {
    let newest = u64::from(current::<T>());
    let found = match schema {
        None if T::FIRST_UNMARKED => 1,
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
    Ok(found)
}

/// Brings a record's value up to the present version.
///
/// # Errors
/// If it says no version, or a later one.
pub fn upgrade<T: Versioned>(value: &mut Value) -> Result<(), FormatError> {
    let Some(record) = value.as_object() else {
        return Err(FormatError::Foreign(T::KIND));
    };
    let found = version_of::<T>(record.get("schema"))?;
    // Version v is brought up by the steps from v - 1 on.
    let done = usize::try_from(found - 1).unwrap_or_default();
    T::UPGRADES.iter().skip(done).for_each(|step| step(value));
    value["schema"] = current::<T>().into();
    Ok(())
}

/// The most values that a text may hold: twice what the largest run writes
/// ([`crate::config::Config::from_value`] bounds it). A value takes up to 32 bytes while it is read.
const MOST: usize = 1 << 25;

/// Reads a record's JSON text, of any version up to the present one, and checks it.
///
/// # Errors
/// If it is something else, of a later version, not of its version's form, or a part does not fit the rest.
pub fn read<T: Versioned>(text: &str) -> Result<T, FormatError> {
    bounded(text, MOST)?;
    from_text::<T>(text).and_then(checked).map_err(|error| {
        let misfit = matches!(
            error,
            FormatError::Foreign(_) | FormatError::Malformed { .. }
        );
        match Kind::of_text(text) {
            found if misfit && found.is_known() && found.record() != Some(T::KIND) => {
                FormatError::Other {
                    kind: T::KIND,
                    found,
                }
            }
            _ => error,
        }
    })
}

/// Reads a record's value, of any version up to the present one, and checks it.
///
/// # Errors
/// If it is of a later version, not of its version's form, or a part does not fit the rest.
pub fn from_value<T: Versioned>(value: Value) -> Result<T, FormatError> {
    upgraded(value).and_then(checked)
}

fn checked<T: Versioned>(record: T) -> Result<T, FormatError> {
    record.checked().map_err(|flaw| FormatError::Flawed {
        kind: T::KIND,
        flaw,
    })
}

fn upgraded<T: Versioned>(mut value: Value) -> Result<T, FormatError> {
    upgrade::<T>(&mut value)?;
    typed(value).map_err(|e| malformed::<T>(&e))
}

/// A value as the record that it is: read as its text would be, so that each record has one reader. With a
/// second one, for values, the page's first program was 28 kB larger.
///
/// # Errors
/// If it is of another form.
pub fn typed<T: DeserializeOwned>(value: Value) -> serde_json::Result<T> {
    let text = value.to_string();
    drop(value);
    serde_json::from_str(&text)
}

/// Refuses a text of too many values before any of them is kept: every value but a list's or a record's first
/// has a comma before it, and those have a bracket.
fn bounded(text: &str, most: usize) -> Result<(), FormatError> {
    let opens = |b: &&u8| matches!(b, b',' | b'[' | b'{');
    if text.as_bytes().iter().filter(opens).count() > most {
        return Err(FormatError::TooLarge { most });
    }
    Ok(())
}

fn from_text<T: Versioned>(text: &str) -> Result<T, FormatError> {
    let malformed = |e: serde_json::Error| malformed::<T>(&e);
    if said::<T>(text)? == u64::from(current::<T>()) {
        return serde_json::from_str(text).map_err(malformed);
    }
    upgraded(serde_json::from_str(text).map_err(malformed)?)
}

fn malformed<T: Versioned>(e: &serde_json::Error) -> FormatError {
    FormatError::Malformed {
        kind: T::KIND,
        reason: e.to_string(),
    }
}

/// What version of `T` a record's JSON text says that it is.
///
/// # Errors
/// If it is no JSON, no record, says no version, or a later one.
pub fn said<T: Versioned>(text: &str) -> Result<u64, FormatError> {
    match serde_json::from_str(text) {
        Ok(Schema(schema)) => version_of::<T>(schema.as_ref()),
        // JSON, but no record.
        Err(e) if e.is_data() && !text.trim_start().starts_with('{') => {
            Err(FormatError::Foreign(T::KIND))
        }
        Err(e) => Err(malformed::<T>(&e)),
    }
}

/// A record's field `schema`, whatever else it holds.
struct Schema(Option<Value>);

impl<'de> Deserialize<'de> for Schema {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Schema;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record of named fields")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Schema, A::Error> {
                let mut schema = None;
                while let Some(name) = fields.next_key::<String>()? {
                    if name != "schema" {
                        fields.next_value::<IgnoredAny>()?;
                    } else if schema.replace(fields.next_value()?).is_some() {
                        return Err(A::Error::custom("the field schema is there twice"));
                    }
                }
                Ok(Schema(schema))
            }
        }
        deserializer.deserialize_map(Fields)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_too_many_values_is_refused_before_any_is_kept() {
        assert_eq!(bounded("[1, 2, 3]", 3), Ok(()));
        let said = bounded("[1, 2, 3, 4]", 3).unwrap_err().to_string();
        assert!(said.contains("more than the 3 values"), "{said}");
    }
}

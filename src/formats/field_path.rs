//! Where something stands in a record, and what does not fit there.

use std::fmt;

/// A field of a record that does not fit the rest of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A list of the wrong length.
    #[error("{path}: {found} {}, the configuration's {owner} has {expected} {of}", entries(.of))]
    Count {
        /// Where the list is in the record: `lanes[3].records[2].alpha`.
        path: String,
        /// How many it has.
        found: usize,
        /// How many it must have.
        expected: usize,
        /// Whose they are: "network", "stream", ...
        owner: &'static str,
        /// What there is one for.
        of: &'static str,
    },
    /// A value that can't be there.
    #[error("{path}: {found} is not allowed; allowed: {allowed}")]
    Value {
        /// Where the value is in the record: `lanes[3].records[2].beta[0]`.
        path: String,
        /// What stands there.
        found: String,
        /// What may stand there, in words.
        allowed: String,
    },
}

/// What a list's members are called: pixels are counted, anything else has a number for each.
fn entries(of: &str) -> &'static str {
    if of == "pixels" { "pixels" } else { "numbers" }
}

/// Where something stands: a field, or a list's entry, of what stands above it. It costs nothing to have one;
/// it is written only where something is wrong.
#[derive(Clone, Copy, Debug)]
pub struct FieldPath<'a> {
    above: Option<&'a FieldPath<'a>>,
    step: Step,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Field(&'static str),
    Entry(usize),
}

impl<'a> FieldPath<'a> {
    /// A record's own field.
    pub const fn new(field: &'static str) -> Self {
        Self {
            above: None,
            step: Step::Field(field),
        }
    }

    /// A field of what stands here.
    pub const fn field(&'a self, name: &'static str) -> Self {
        Self {
            above: Some(self),
            step: Step::Field(name),
        }
    }

    /// An entry of the list that stands here.
    pub const fn at(&'a self, i: usize) -> Self {
        Self {
            above: Some(self),
            step: Step::Entry(i),
        }
    }

    /// What stands here is not allowed.
    pub fn refuse(&self, found: impl ToString, allowed: impl Into<String>) -> Flaw {
        Flaw::Value {
            path: self.to_string(),
            found: found.to_string(),
            allowed: allowed.into(),
        }
    }

    /// A list of `found` members must have one for each of the owner's `expected` ones.
    ///
    /// # Errors
    /// If it has not.
    pub fn count(
        &self,
        found: usize,
        expected: usize,
        (owner, of): (&'static str, &'static str),
    ) -> Result<(), Flaw> {
        if found == expected {
            return Ok(());
        }
        Err(Flaw::Count {
            path: self.to_string(),
            found,
            expected,
            owner,
            of,
        })
    }

    /// A number between bounds, both included.
    ///
    /// # Errors
    /// If it is not: also what is no number.
    pub fn within(&self, x: f64, low: f64, high: f64) -> Result<(), Flaw> {
        if (low..=high).contains(&x) {
            Ok(())
        } else {
            Err(self.refuse(x, format!("{low} to {high}")))
        }
    }

    /// The same of a list's numbers.
    ///
    /// # Errors
    /// If one is not.
    pub fn all_within(&self, list: &[f64], low: f64, high: f64) -> Result<(), Flaw> {
        let mut numbers = list.iter().enumerate();
        numbers.try_for_each(|(i, &x)| self.at(i).within(x, low, high))
    }

    /// A whole number below a bound.
    ///
    /// # Errors
    /// If it is not.
    pub fn below(&self, x: u32, bound: usize) -> Result<(), Flaw> {
        if (x as usize) < bound {
            Ok(())
        } else {
            Err(self.refuse(x, format!("0 to {}", bound.saturating_sub(1))))
        }
    }
}

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            write!(f, "{above}")?;
        }
        match self.step {
            Step::Entry(i) => write!(f, "[{i}]"),
            Step::Field(name) if self.above.is_none() => f.write_str(name),
            Step::Field(name) => write!(f, ".{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_they_are_reached() {
        let lanes = FieldPath::new("lanes");
        let (lane, record) = (lanes.at(3), "records");
        let records = lane.field(record);
        let place = records.at(2);
        let evaluation = place.field("evaluation");
        let active = evaluation.field("active");
        let said = active.count(1, 2, ("network", "layers")).unwrap_err();
        assert_eq!(
            said.to_string(),
            "lanes[3].records[2].evaluation.active: 1 numbers, the configuration's network has 2 layers"
        );
        let said = active.all_within(&[0.5, 1.5], 0.0, 1.0).unwrap_err();
        assert_eq!(
            said.to_string(),
            "lanes[3].records[2].evaluation.active[1]: 1.5 is not allowed; allowed: 0 to 1"
        );
        assert!(active.within(f64::NAN, 0.0, 1.0).is_err());
        assert!(active.within(1.0, 0.0, 1.0).is_ok());
        assert!(active.below(2, 2).is_err() && active.below(1, 2).is_ok());
    }
}

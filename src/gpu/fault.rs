//! What can go wrong with a GPU, told apart, and how it is noticed.
//!
//! Three kinds of faults come from a device at work, and each wants something else: a *lost* device is opened
//! again, one that is *out of memory* is given less, and an *invalid* operation is an error of this program.
//! Both natively and in a browser a buffer that found no memory is handed out all the same, and what is then
//! done with it is invalid: so of several faults the one that explains the others is told ([`Failures`]).

use std::sync::{Mutex, PoisonError};

/// What the GPU can't do or did wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GpuError {
    /// There is no adapter at all.
    #[error("no GPU adapter was found ({0})")]
    NoAdapter(String),
    /// The adapter lacks something the shaders need.
    #[error("the GPU {adapter} lacks what is needed: {missing}")]
    Lacking {
        /// The adapter's name.
        adapter: String,
        /// What it lacks, in words.
        missing: String,
    },
    /// The adapter would not give a device.
    #[error("the GPU gave no device: {0}")]
    NoDevice(String),
    /// It was asked for an adapter or a device and did not answer.
    #[error("the GPU was asked for {asked} and did not answer within {seconds} seconds")]
    Silent {
        /// "an adapter" or "a device".
        asked: &'static str,
        /// How long it was waited for.
        seconds: u32,
    },
    /// The device went away: a driver's reset, sleep, another GPU.
    #[error("the GPU was lost: {0}")]
    Lost(String),
    /// There is no memory for what is to be put on the device, which itself is well.
    #[error("the GPU is out of memory: {0}")]
    OutOfMemory(String),
    /// The device refused an operation: an error of this program.
    #[error("the GPU refused an invalid operation: {0}")]
    Invalid(String),
    /// The driver failed at something that it should be able to do.
    #[error("the GPU's driver failed: {0}")]
    Driver(String),
    /// Too little memory for even one lane.
    #[error("one lane of this network needs {needed} MB on the GPU, and {allowed} MB are allowed")]
    TooLarge {
        /// Megabytes needed.
        needed: u64,
        /// Megabytes allowed.
        allowed: u64,
    },
    /// More inner steps than the shaders take.
    #[error("a step has {asked} inner steps, but the GPU engine takes at most {most}")]
    InnerSteps {
        /// Current samples of a step.
        asked: u32,
        /// The most they take.
        most: u32,
    },
}

impl From<wgpu::Error> for GpuError {
    fn from(error: wgpu::Error) -> Self {
        match error {
            wgpu::Error::OutOfMemory { source } => Self::OutOfMemory(source.to_string()),
            wgpu::Error::Validation { description, .. } => Self::Invalid(description),
            wgpu::Error::Internal { description, .. } => Self::Driver(description),
        }
    }
}

/// What went wrong on a device since it was last asked.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<Noted>);

#[derive(Debug, Default)]
struct Noted {
    lost: Option<GpuError>,
    memory: Option<GpuError>,
    other: Option<GpuError>,
}

impl Failures {
    /// Notes a fault; of each kind the first.
    pub(super) fn note(&self, error: GpuError) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = match error {
            GpuError::Lost(_) => &mut noted.lost,
            GpuError::OutOfMemory(_) => &mut noted.memory,
            _ => &mut noted.other,
        };
        place.get_or_insert(error);
    }

    /// The fault that explains the others, if there was any: a loss before all, then memory. A loss and an
    /// error of this program stay; memory is told once, with what followed of it, for the device goes on.
    ///
    /// # Errors
    /// That fault.
    pub(super) fn check(&self) -> Result<(), GpuError> {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lost) = &noted.lost {
            return Err(lost.clone());
        }
        if let Some(memory) = noted.memory.take() {
            noted.other = None;
            return Err(memory);
        }
        noted.other.clone().map_or(Ok(()), Err)
    }
}

/// Memory that a device refuses though it may have it: for trying out what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Every buffer of more than so many bytes.
    Above(u64),
    /// Just the one after so many others, from now on.
    After(u32),
}

/// The refusal in force.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<Option<Refusal>>);

impl Refusals {
    pub(super) fn set(&self, refusal: Option<Refusal>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = refusal;
    }

    /// Whether a buffer of that size is to be refused.
    pub(super) fn refuses(&self, bytes: u64) -> bool {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *held {
            None => false,
            Some(Refusal::Above(most)) => bytes > most,
            Some(Refusal::After(0)) => {
                *held = None;
                true
            }
            Some(Refusal::After(others)) => {
                *held = Some(Refusal::After(others - 1));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fault_that_explains_the_others_is_told() {
        let failures = Failures::default();
        assert_eq!(failures.check(), Ok(()));
        let [lost, memory, invalid] = [GpuError::Lost, GpuError::OutOfMemory, GpuError::Invalid]
            .map(|kind| kind("it".into()));
        failures.note(invalid.clone());
        failures.note(memory.clone());
        assert_eq!(failures.check(), Err(memory.clone()));
        // What was done with the buffer that is none is no error of this program.
        assert_eq!(failures.check(), Ok(()));
        failures.note(memory);
        failures.note(lost.clone());
        failures.note(GpuError::Lost("later".into()));
        assert_eq!(failures.check(), Err(lost.clone()));
        assert_eq!(failures.check(), Err(lost));
        let other = Failures::default();
        other.note(invalid.clone());
        assert_eq!(other.check(), Err(invalid.clone()));
        assert_eq!(other.check(), Err(invalid));
    }

    #[test]
    fn refusals_are_by_size_or_by_count() {
        let refusals = Refusals::default();
        assert!(!refusals.refuses(u64::MAX));
        refusals.set(Some(Refusal::Above(100)));
        assert_eq!([100, 101].map(|b| refusals.refuses(b)), [false, true]);
        refusals.set(Some(Refusal::After(2)));
        let said = [1, 1, 1, 1].map(|b| refusals.refuses(b));
        assert_eq!(said, [false, false, true, false]);
    }
}

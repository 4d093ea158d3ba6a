//! What a device was found to like at the first run on it, and how that is remembered: a later run on the
//! same adapter measures nothing.

use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::kernels::THREADS;

/// Threads of a workgroup that walks a list, on a real GPU: what every device takes. Where the threads are a
/// processor's, fewer pass fewer barriers.
const WALKING: u32 = 256;
/// How much longer a walk by workgroups of 256 threads takes a program on a processor than one by 64, at
/// least: a workgroup is one core's, which takes up one thread after the other. Lavapipe and SwiftShader
/// take 3.4 to 4.1 times as long (on two cores); on a GPU all threads of a workgroup run at once.
const LONGER: f64 = 2.0;

/// How the engine runs on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Tuning {
    /// Threads of a workgroup that walks a list of passes.
    pub threads_of_a_walk: u32,
}

impl Tuning {
    /// For a program on a processor.
    pub const SOFTWARE: Self = Self {
        threads_of_a_walk: THREADS,
    };
    /// For a real GPU.
    pub const HARDWARE: Self = Self {
        threads_of_a_walk: WALKING,
    };

    /// For a device whose short walk takes so many seconds by workgroups of 64 threads, and of 256.
    pub(super) fn of_walks([by_64, by_256]: [f64; 2]) -> Self {
        if by_256 <= LONGER * by_64 {
            Self::HARDWARE
        } else {
            Self::SOFTWARE
        }
    }

    /// The same, if it is one that this version has: what was remembered may be of another, or spoiled.
    pub fn known(self) -> Option<Self> {
        [Self::SOFTWARE, Self::HARDWARE]
            .into_iter()
            .find(|one| *one == self)
    }
}

/// Where tunings are remembered, by the adapter's name.
pub trait Remembers {
    /// What was remembered of an adapter, if anything was.
    fn recall(&self, adapter: &str) -> Option<Tuning>;
    /// Remembers it, or fails to in silence: it is only measured again then.
    fn remember(&self, adapter: &str, tuning: Tuning);
}

/// Tunings that are remembered; none by default.
#[derive(Clone, Default)]
pub struct Tunings(Option<Rc<dyn Remembers>>);

impl fmt::Debug for Tunings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tunings({})", self.0.is_some())
    }
}

impl Tunings {
    /// By what the caller has to remember with.
    pub fn of(remembers: impl Remembers + 'static) -> Self {
        Self(Some(Rc::new(remembers)))
    }

    /// What is remembered of an adapter and is of use.
    pub(super) fn recall(&self, adapter: &str) -> Option<Tuning> {
        self.of_named(adapter)?.recall(adapter)?.known()
    }

    /// Remembers what was measured of an adapter.
    pub(super) fn remember(&self, adapter: &str, tuning: Tuning) {
        if let Some(remembers) = self.of_named(adapter) {
            remembers.remember(adapter, tuning);
        }
    }

    /// What remembers; nothing for an adapter without a name, which may be any.
    fn of_named(&self, adapter: &str) -> Option<&dyn Remembers> {
        self.0.as_deref().filter(|_| !adapter.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[derive(Default)]
    struct Noted(RefCell<Vec<(String, Tuning)>>);

    impl Remembers for Noted {
        fn recall(&self, adapter: &str) -> Option<Tuning> {
            let noted = self.0.borrow();
            let found = noted.iter().rev().find(|(name, _)| name == adapter);
            found.map(|(_, tuning)| *tuning)
        }

        fn remember(&self, adapter: &str, tuning: Tuning) {
            self.0.borrow_mut().push((adapter.into(), tuning));
        }
    }

    #[test]
    fn what_is_remembered_is_of_its_adapter_and_of_this_version() {
        let tunings = Tunings::of(Noted::default());
        assert_eq!(tunings.recall("a"), None);
        tunings.remember("a", Tuning::HARDWARE);
        tunings.remember("b", Tuning::SOFTWARE);
        assert_eq!(tunings.recall("a"), Some(Tuning::HARDWARE));
        assert_eq!(tunings.recall("b"), Some(Tuning::SOFTWARE));
        let odd = Tuning {
            threads_of_a_walk: 7,
        };
        tunings.remember("a", odd);
        assert_eq!(tunings.recall("a"), None);
        assert_eq!(Tunings::default().recall("a"), None);
        tunings.remember("", Tuning::HARDWARE);
        assert_eq!(tunings.recall(""), None);
    }

    #[test]
    fn a_device_is_told_by_how_its_threads_wait() {
        assert_eq!(Tuning::of_walks([0.4e-3, 1.5e-3]), Tuning::SOFTWARE);
        assert_eq!(Tuning::of_walks([40e-6, 40e-6]), Tuning::HARDWARE);
        assert_eq!(Tuning::of_walks([40e-6, 60e-6]), Tuning::HARDWARE);
        assert_eq!(Tuning::of_walks([f64::NAN; 2]), Tuning::SOFTWARE);
    }
}

//! Buffers that readbacks go through, used over and over.

use std::sync::{Mutex, PoisonError};

/// The most that are kept: what a wave reads has five sizes.
const KEPT: usize = 8;
/// The most bytes that all kept ones have together.
pub(super) const KEPT_BYTES: u64 = 128 << 20;

/// Staging buffers that no read is using, by their bytes; those put back last come last.
///
/// A read takes one out or makes one, and puts it back when it is unmapped: so several reads may be in
/// flight, each with its own, and one that fails keeps none.
#[derive(Debug)]
pub(super) struct Staging<T = wgpu::Buffer>(Mutex<Vec<(u64, T)>>);

impl<T> Default for Staging<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Staging<T> {
    fn with<R>(&self, change: impl FnOnce(&mut Vec<(u64, T)>) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes out one of just so many bytes, if there is one.
    pub(super) fn take(&self, bytes: u64) -> Option<T> {
        self.with(|kept| {
            let at = kept.iter().position(|(size, _)| *size == bytes)?;
            Some(kept.remove(at).1)
        })
    }

    /// Keeps one of so many bytes for the next read. The oldest go where there would be too many.
    pub(super) fn keep(&self, bytes: u64, one: T) {
        self.with(|kept| {
            kept.push((bytes, one));
            let all = |kept: &[(u64, T)]| kept.iter().map(|(size, _)| size).sum::<u64>();
            while kept.len() > KEPT || all(kept) > KEPT_BYTES {
                kept.remove(0);
            }
        });
    }

    /// Bytes of all that are kept.
    pub(super) fn bytes(&self) -> u64 {
        self.with(|kept| kept.iter().map(|(size, _)| size).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_back_is_taken_again_and_no_more_is_kept_than_has_room() {
        let staging = Staging::default();
        assert_eq!(staging.take(16), None);
        staging.keep(16, "a");
        staging.keep(16, "b");
        staging.keep(32, "c");
        assert_eq!(staging.bytes(), 64);
        // Two reads in flight have two; a third makes its own.
        assert_eq!(
            [(); 3].map(|()| staging.take(16)),
            [Some("a"), Some("b"), None]
        );
        assert_eq!((staging.take(8), staging.take(32)), (None, Some("c")));
        for _ in 0..2 * KEPT {
            staging.keep(4, "small");
        }
        assert_eq!(staging.bytes(), 4 * KEPT as u64);
        // A large one drives the others out, and one too large is not kept at all.
        staging.keep(KEPT_BYTES, "large");
        assert_eq!((staging.bytes(), staging.take(4)), (KEPT_BYTES, None));
        staging.keep(KEPT_BYTES + 4, "too large");
        assert_eq!(staging.bytes(), 0);
    }
}

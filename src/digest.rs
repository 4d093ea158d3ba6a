//! Digests of what a lane is: equal where two machines computed the same bits.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::lane::Counts;
use crate::model::LaneState;
use crate::numeric::cores;

/// The first 64 bits of a SHA-256 over the bits of a lane's numbers; written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub u64);

/// Not 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest has 16 hexadecimal digits")]
pub struct NoDigest;

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digits = text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let word = digits.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        word.map(Self).ok_or(NoDigest)
    }
}

impl TryFrom<String> for Digest {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Which NaN comes of an operation differs between processors: all count as this one.
fn bits(x: f32) -> u32 {
    if x.is_nan() {
        f32::NAN.to_bits() & 0x7FFF_FFFF
    } else {
        x.to_bits()
    }
}

/// Numbers that are hashed at once.
const AT_ONCE: usize = 1024;

/// Takes a list of 32-bit words, each of them little-endian. Starts with their number, so that no two lists
/// run into one another.
fn take<T: Copy>(hash: &mut Sha256, list: &[T], word: impl Fn(T) -> u32) {
    hash.update((list.len() as u64).to_le_bytes());
    let mut bytes = [0; 4 * AT_ONCE];
    for piece in list.chunks(AT_ONCE) {
        for (bytes, &x) in bytes.chunks_exact_mut(4).zip(piece) {
            bytes.copy_from_slice(&word(x).to_le_bytes());
        }
        hash.update(&bytes[..4 * piece.len()]);
    }
}

impl Digest {
    /// Of what a SHA-256 has taken.
    pub(crate) fn of_hash(hash: Sha256) -> Self {
        let bytes = hash.finalize();
        let mut word = [0; 8];
        word.copy_from_slice(&bytes[..8]);
        Self(u64::from_be_bytes(word))
    }
}

/// Of one lane: every matrix of W row by row, alpha, beta, and what an evaluation counted on each task; no
/// counts where there was no evaluation.
pub fn of_lane(state: &LaneState<f32>, counts: &[Counts]) -> Digest {
    let mut hash = Sha256::new();
    let tensors = state.weights.iter().chain([&state.alpha, &state.beta]);
    for tensor in tensors {
        take(&mut hash, tensor, bits);
    }
    for counts in counts {
        take(&mut hash, &counts.correct, |n| n);
        take(&mut hash, &counts.active, |n| n);
    }
    Digest::of_hash(hash)
}

/// What was counted of a lane; nothing where there was no evaluation.
pub(crate) fn counts_of(counts: &[Vec<Counts>], lane: usize) -> &[Counts] {
    counts.get(lane).map_or(&[], Vec::as_slice)
}

/// Of several lanes, on all cores where there are several; `counts` is empty where there was no evaluation.
pub fn of_lanes(states: &[LaneState<f32>], counts: &[Vec<Counts>]) -> Vec<Digest> {
    cores::each(states, |i, state| of_lane(state, counts_of(counts, i)))
}

/// Takes digests one after the other, for one of all of them: a run's is made of its lanes'.
#[derive(Clone, Debug, Default)]
pub struct Several(Sha256);

impl Several {
    /// Takes the next.
    pub fn take(&mut self, digest: Digest) {
        self.0.update(digest.0.to_be_bytes());
    }

    /// Of all that were taken, in their order.
    pub fn digest(self) -> Digest {
        Digest::of_hash(self.0)
    }
}

/// Of several digests in their order ([`Several`]).
pub fn of_all(digests: impl IntoIterator<Item = Digest>) -> Digest {
    let mut several = Several::default();
    digests.into_iter().for_each(|digest| several.take(digest));
    several.digest()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> LaneState<f32> {
        LaneState {
            weights: vec![vec![1.0, -0.0], vec![f32::NAN]],
            alpha: vec![0.5],
            beta: vec![],
        }
    }

    #[test]
    fn every_bit_counts_but_a_nans() {
        let counts = [Counts {
            correct: vec![3],
            active: vec![4, 5],
        }];
        let whole = of_lane(&state(), &counts);
        let changed = |change: fn(&mut LaneState<f32>)| {
            let mut other = state();
            change(&mut other);
            of_lane(&other, &counts)
        };
        assert_eq!(changed(|s| s.weights[1][0] = -f32::NAN), whole);
        assert_ne!(changed(|s| s.weights[0][1] = 0.0), whole);
        assert_ne!(changed(|s| s.alpha[0] = 0.500_000_06), whole);
        assert_ne!(
            changed(|s| std::mem::swap(&mut s.alpha, &mut s.beta)),
            whole
        );
        assert_ne!(of_lane(&state(), &[]), whole);
        assert_eq!(whole.to_string().len(), 16);
        assert_eq!(whole.to_string().parse(), Ok(whole));
        for text in [
            "",
            "123456789abcdef",
            "+123456789abcdef",
            "123456789abcdefg",
        ] {
            assert_eq!(text.parse::<Digest>(), Err(NoDigest), "{text}");
        }
    }

    #[test]
    fn lists_are_hashed_whole() {
        let of = |n: usize, last: f32| {
            let mut state = state();
            state.weights[0] = vec![1.0; n];
            state.weights[0][n - 1] = last;
            of_lane(&state, &[])
        };
        for n in [AT_ONCE - 1, AT_ONCE, AT_ONCE + 1] {
            assert_ne!(of(n, 1.0), of(n, 2.0));
        }
    }
}

//! Which of a processor's instructions are used.

use pulp::{Simd, WithSimd};

use crate::wide::Wide;

/// A set of wide instructions that this processor has. What is computed does not depend on it.
#[derive(Clone, Copy, Debug)]
pub enum Level {
    /// One number at a time. A program of WebAssembly is compiled for its wide instructions or without them,
    /// and where they are missing a program compiled for them can't even be loaded: it has no need of this.
    #[cfg(not(target_feature = "simd128"))]
    Scalar,
    /// Four at a time, by what every 64-bit x86 processor has.
    #[cfg(target_arch = "x86_64")]
    Sse2,
    /// Four at a time, on 64-bit x86 processors that have SSE 4.2.
    #[cfg(target_arch = "x86_64")]
    Sse4(pulp::x86::V2),
    /// Eight at a time.
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    /// Sixteen at a time.
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
    /// Four at a time, on 64-bit ARM processors.
    #[cfg(target_arch = "aarch64")]
    Neon(pulp::aarch64::Neon),
    /// Four at a time, in WebAssembly.
    #[cfg(target_feature = "simd128")]
    Simd128(pulp::wasm::Simd128),
}

/// A level that was asked for by name and is not to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelError {
    /// The name as it was asked for: a caller's, or that in `METACLS_SIMD`.
    pub asked: String,
    /// The names of those that this processor has.
    pub had: Vec<&'static str>,
}

impl std::fmt::Display for LevelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let had = self.had.join(", ");
        write!(f, "{:?} is none of {had}", self.asked)
    }
}

impl std::error::Error for LevelError {}

impl Level {
    /// Those that this processor has, the narrowest first.
    pub fn all() -> Vec<Self> {
        let all = [
            #[cfg(not(target_feature = "simd128"))]
            Some(Self::Scalar),
            #[cfg(target_arch = "x86_64")]
            Some(Self::Sse2),
            #[cfg(target_arch = "x86_64")]
            pulp::x86::V2::try_new().map(Self::Sse4),
            #[cfg(target_arch = "x86_64")]
            pulp::x86::V3::try_new().map(Self::Avx2),
            #[cfg(target_arch = "x86_64")]
            pulp::x86::V4::try_new().map(Self::Avx512),
            #[cfg(target_arch = "aarch64")]
            pulp::aarch64::Neon::try_new().map(Self::Neon),
            #[cfg(target_feature = "simd128")]
            pulp::wasm::Simd128::try_new().map(Self::Simd128),
        ];
        all.into_iter().flatten().collect()
    }

    /// The widest that this processor has.
    pub fn widest() -> Self {
        let Some(widest) = Self::all().pop() else {
            unreachable!("what this is compiled for is there");
        };
        widest
    }

    /// The one of a name ([`Self::name`]), in any case.
    ///
    /// # Errors
    /// If this processor has none of that name.
    pub fn named(name: &str) -> Result<Self, LevelError> {
        let all = Self::all();
        let had = all.iter().map(Self::name).collect();
        let found = all
            .into_iter()
            .find(|l| l.name().eq_ignore_ascii_case(name.trim()));
        found.ok_or(LevelError {
            asked: name.to_owned(),
            had,
        })
    }

    /// The one that the environment variable `METACLS_SIMD` names; without it the widest.
    ///
    /// # Errors
    /// If this processor has none of that name.
    pub fn chosen() -> Result<Self, LevelError> {
        match std::env::var("METACLS_SIMD") {
            Ok(name) if !name.is_empty() => Self::named(&name),
            _ => Ok(Self::widest()),
        }
    }

    /// Its name: `scalar`, `sse2`, `sse4`, `avx2`, `avx512`, `neon` or `simd128`.
    pub fn name(&self) -> &'static str {
        match self {
            #[cfg(not(target_feature = "simd128"))]
            Self::Scalar => "scalar",
            #[cfg(target_arch = "x86_64")]
            Self::Sse2 => "sse2",
            #[cfg(target_arch = "x86_64")]
            Self::Sse4(_) => "sse4",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
            #[cfg(target_arch = "aarch64")]
            Self::Neon(_) => "neon",
            #[cfg(target_feature = "simd128")]
            Self::Simd128(_) => "simd128",
        }
    }

    /// Calls a closure whose loops the compiler makes wide with these instructions. The closure, and what it
    /// calls, must be `#[inline(always)]`: what is not inlined is compiled without them.
    #[inline(always)]
    pub fn dispatch<R>(self, work: impl FnMut() -> R) -> R {
        self.run(Portable(work))
    }

    /// Does a kernel's work with these instructions.
    #[inline(always)]
    pub(crate) fn run<K: Kernel>(self, kernel: K) -> K::Output {
        match self {
            #[cfg(not(target_feature = "simd128"))]
            Self::Scalar => vectorized(pulp::Scalar, kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Sse2 => vectorized(pulp::Scalar128b, kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Sse4(simd) => vectorized(simd, kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => vectorized(simd, kernel),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(simd) => vectorized(simd, kernel),
            #[cfg(target_arch = "aarch64")]
            Self::Neon(simd) => vectorized(simd, kernel),
            #[cfg(target_feature = "simd128")]
            Self::Simd128(simd) => vectorized(simd, kernel),
        }
    }
}

/// Work that is written over [`Wide`].
pub(crate) trait Kernel {
    /// What the work gives; `()` where it writes into slices.
    type Output;

    /// Does it; always inlined, so that it is compiled for these instructions.
    fn with<S: Wide>(self, simd: S) -> Self::Output;
}

/// Work that any wide instructions will do for.
struct Portable<F>(F);

// Not FnOnce, whose call goes through a function of its own where a closure could be called twice, which
// may not be inlined.
impl<R, F: FnMut() -> R> Kernel for Portable<F> {
    type Output = R;

    #[inline(always)]
    fn with<S: Wide>(mut self, _: S) -> R {
        self.0()
    }
}

/// Calls a kernel where these instructions are switched on.
#[inline(always)]
fn vectorized<S: Wide, K: Kernel>(simd: S, kernel: K) -> K::Output {
    struct Work<S, K>(S, K);

    impl<S: Wide, K: Kernel> WithSimd for Work<S, K> {
        type Output = K::Output;

        // pulp hands over what it was called on, but not by its own type.
        #[inline(always)]
        fn with_simd<P: Simd>(self, _: P) -> K::Output {
            self.1.with(self.0)
        }
    }

    simd.vectorize(Work(simd, kernel))
}

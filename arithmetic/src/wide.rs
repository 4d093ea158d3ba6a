//! What a level of instructions does by itself beyond [`pulp::Simd`]: joining the partial sums of many sums
//! at once.

use pulp::Simd;

#[cfg(target_arch = "x86_64")]
use crate::SIXTEEN;
use crate::{Sixteen, sums};

/// Numbers as vectors of these instructions.
#[inline(always)]
pub(crate) fn wide<S: Simd>(numbers: &[f32]) -> &[S::f32s] {
    bytemuck::cast_slice(numbers)
}

/// The same, to be written.
#[inline(always)]
pub(crate) fn wide_mut<S: Simd>(numbers: &mut [f32]) -> &mut [S::f32s] {
    bytemuck::cast_slice_mut(numbers)
}

/// Wide instructions that can join partial sums.
pub(crate) trait Wide: Simd {
    /// Whether twenty vectors of sums fit into the registers beside what is added to them. WebAssembly has
    /// as many as one likes, the processors below it have not.
    const IS_ROOMY: bool = Self::REGISTER_COUNT >= 32 && !cfg!(target_arch = "wasm32");

    /// The partial sums of `T` sums, each joined as [`sums::joined`] does.
    #[inline(always)]
    fn joined<const T: usize>(self, partial: &[Sixteen; T]) -> [f32; T] {
        let mut joined = [0.0; T];
        for (joined, partial) in joined.iter_mut().zip(partial) {
            *joined = if Self::F32_LANES == 4 {
                let [a, b, c, d] = [0, 1, 2, 3].map(|i| wide::<Self>(partial)[i]);
                let four = self.add_f32s(self.add_f32s(a, c), self.add_f32s(b, d));
                let four: &[f32] = bytemuck::cast_slice(std::slice::from_ref(&four));
                (four[0] + four[2]) + (four[1] + four[3])
            } else {
                sums::joined(partial)
            };
        }
        joined
    }
}

#[cfg(not(target_feature = "simd128"))]
impl Wide for pulp::Scalar {}

#[cfg(target_arch = "x86_64")]
impl Wide for pulp::Scalar128b {}

#[cfg(target_arch = "x86_64")]
impl Wide for pulp::x86::V2 {}

#[cfg(target_arch = "x86_64")]
impl Wide for pulp::x86::V3 {
    #[inline(always)]
    fn joined<const T: usize>(self, partial: &[Sixteen; T]) -> [f32; T] {
        if T != 8 {
            return std::array::from_fn(|k| sums::joined(&partial[k]));
        }
        let mut all = [[0.0; SIXTEEN]; 8];
        all.copy_from_slice(partial);
        let joined = avx2::joined(self, &all);
        std::array::from_fn(|k| joined[k])
    }
}

#[cfg(target_arch = "x86_64")]
impl Wide for pulp::x86::V4 {
    #[inline(always)]
    fn joined<const T: usize>(self, partial: &[Sixteen; T]) -> [f32; T] {
        if T != SIXTEEN {
            return std::array::from_fn(|k| sums::joined(&partial[k]));
        }
        let mut all = [[0.0; SIXTEEN]; SIXTEEN];
        all.copy_from_slice(partial);
        let joined = avx512::joined(self, &all);
        std::array::from_fn(|k| joined[k])
    }
}

/// Of every four numbers of a, then of b, the first or last two, the even or odd ones.
#[cfg(target_arch = "x86_64")]
mod chosen {
    pub const FIRST: i32 = 0b01_00_01_00;
    pub const LAST: i32 = 0b11_10_11_10;
    pub const EVEN: i32 = 0b10_00_10_00;
    pub const ODD: i32 = 0b11_01_11_01;
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! As for AVX-512, but eight sums at once.

    use std::arch::x86_64::__m256;

    use pulp::x86::V3;

    use super::chosen::{EVEN, FIRST, LAST, ODD};
    use crate::Sixteen;

    /// Eight partial sums of a sum.
    #[inline(always)]
    fn half(simd: V3, partial: &Sixteen) -> __m256 {
        let [lower, upper]: [__m256; 2] = bytemuck::cast(*partial);
        simd.avx._mm256_add_ps(lower, upper)
    }

    /// Of sums q and q + 4 four partial sums each.
    #[inline(always)]
    fn quarters(simd: V3, partial: &[Sixteen; 8], q: usize) -> __m256 {
        let (a, b) = (half(simd, &partial[q]), half(simd, &partial[q + 4]));
        let lower = simd.avx._mm256_permute2f128_ps::<0x20>(a, b);
        let upper = simd.avx._mm256_permute2f128_ps::<0x31>(a, b);
        simd.avx._mm256_add_ps(lower, upper)
    }

    /// Of every four of a and b, some numbers plus the others.
    #[inline(always)]
    fn ones<const SOME: i32, const OTHERS: i32>(simd: V3, a: __m256, b: __m256) -> __m256 {
        let some = simd.avx._mm256_shuffle_ps::<SOME>(a, b);
        let others = simd.avx._mm256_shuffle_ps::<OTHERS>(a, b);
        simd.avx._mm256_add_ps(some, others)
    }

    #[inline(always)]
    pub fn joined(simd: V3, partial: &[Sixteen; 8]) -> [f32; 8] {
        let [a, b] = [quarters(simd, partial, 0), quarters(simd, partial, 1)];
        let [c, d] = [quarters(simd, partial, 2), quarters(simd, partial, 3)];
        let ab = ones::<FIRST, LAST>(simd, a, b);
        let cd = ones::<FIRST, LAST>(simd, c, d);
        bytemuck::cast(ones::<EVEN, ODD>(simd, ab, cd))
    }
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    //! Of sixteen sums, halves of two are folded into one register, quarters of four, and so on: all cost
    //! fifteen additions and thirty shuffles.

    use std::arch::x86_64::__m512;

    use pulp::x86::V4;

    use super::chosen::{EVEN, FIRST, LAST, ODD};
    use crate::{SIXTEEN, Sixteen};

    /// Some fours of a and b, plus their others.
    #[inline(always)]
    fn fours<const SOME: i32, const OTHERS: i32>(simd: V4, a: __m512, b: __m512) -> __m512 {
        let simd = simd.avx512f;
        let some = simd._mm512_shuffle_f32x4::<SOME>(a, b);
        simd._mm512_add_ps(some, simd._mm512_shuffle_f32x4::<OTHERS>(a, b))
    }

    /// Of every four of a and b, some numbers plus the others.
    #[inline(always)]
    fn ones<const SOME: i32, const OTHERS: i32>(simd: V4, a: __m512, b: __m512) -> __m512 {
        let simd = simd.avx512f;
        let some = simd._mm512_shuffle_ps::<SOME>(a, b);
        simd._mm512_add_ps(some, simd._mm512_shuffle_ps::<OTHERS>(a, b))
    }

    /// Of sums q, q + 4, q + 8 and q + 12 four partial sums each.
    #[inline(always)]
    fn quarters(simd: V4, partial: &[Sixteen; SIXTEEN], q: usize) -> __m512 {
        let [a, b, c, d] = [0, 4, 8, 12].map(|k| bytemuck::cast(partial[q + k]));
        let ab = fours::<FIRST, LAST>(simd, a, b);
        let cd = fours::<FIRST, LAST>(simd, c, d);
        fours::<EVEN, ODD>(simd, ab, cd)
    }

    #[inline(always)]
    pub fn joined(simd: V4, partial: &[Sixteen; SIXTEEN]) -> Sixteen {
        let [a, b] = [quarters(simd, partial, 0), quarters(simd, partial, 1)];
        let [c, d] = [quarters(simd, partial, 2), quarters(simd, partial, 3)];
        let ab = ones::<FIRST, LAST>(simd, a, b);
        let cd = ones::<FIRST, LAST>(simd, c, d);
        bytemuck::cast(ones::<EVEN, ODD>(simd, ab, cd))
    }
}

#[cfg(target_arch = "aarch64")]
impl Wide for pulp::aarch64::Neon {}

#[cfg(target_feature = "simd128")]
impl Wide for pulp::wasm::Simd128 {}

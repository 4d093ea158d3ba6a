//! Products whose sums run along vectors.

use crate::level::Kernel;
use crate::wide::{Wide, wide, wide_mut};
use crate::{Level, Panels, SIXTEEN, Sixteen, padded};

/// Inner products of R rows with C vectors along so many pieces of sixteen; T is R times C. A row's piece is
/// `rows(piece)[r]`. Row r's product with vector c is number c R + r.
#[inline(always)]
// Rows and vectors are gone through side by side.
#[allow(clippy::needless_range_loop)]
fn dots<'a, S: Wide, const R: usize, const C: usize, const T: usize>(
    simd: S,
    pieces: usize,
    rows: impl Fn(usize) -> [&'a Sixteen; R],
    vectors: [&[Sixteen]; C],
) -> [f32; T] {
    let vectors: [&[Sixteen]; C] = std::array::from_fn(|c| &vectors[c][..pieces]);
    let mut partial = [[0.0; SIXTEEN]; T];
    for first in 0..SIXTEEN / S::F32_LANES {
        let mut sums = [simd.splat_f32s(0.0); T];
        for piece in 0..pieces {
            let rows = rows(piece);
            let x: [S::f32s; R] = std::array::from_fn(|r| wide::<S>(rows[r])[first]);
            for c in 0..C {
                let y = wide::<S>(&vectors[c][piece])[first];
                for r in 0..R {
                    let sum = &mut sums[c * R + r];
                    *sum = simd.add_f32s(*sum, simd.mul_f32s(x[r], y));
                }
            }
        }
        for (partial, sum) in partial.iter_mut().zip(sums) {
            wide_mut::<S>(partial)[first] = sum;
        }
    }
    simd.joined(&partial)
}

/// e = W^T delta, or e += W^T delta, for every vector: deltas `[n][padded units]`, e `[n][padded fan_in]`,
/// whose padding stays as it is. Sums run along the units.
///
/// # Panics
/// If the slices hold no whole vectors, or not as many of one as of the other.
#[inline(never)]
pub fn dense_back(level: Level, weights: &Panels, deltas: &[f32], e: &mut [f32], add: bool) {
    let (units, fan_in) = (padded(weights.units), padded(weights.fan_in));
    assert_eq!(deltas.len() * fan_in, e.len() * units);
    level.run(DenseBack {
        weights,
        deltas: bytemuck::cast_slice(deltas),
        e,
        add,
    });
}

struct DenseBack<'a> {
    weights: &'a Panels,
    deltas: &'a [Sixteen],
    e: &'a mut [f32],
    add: bool,
}

impl Kernel for DenseBack<'_> {
    type Output = ();

    #[inline(always)]
    fn with<S: Wide>(mut self, simd: S) {
        let fan_in = self.weights.fan_in;
        // A block of rows is read for all vectors before the next.
        for block in (0..fan_in).step_by(SIXTEEN) {
            let to = fan_in.min(block + SIXTEEN);
            if S::IS_ROOMY {
                self.block::<S, 4, 8, 16, 16>(simd, block, to);
            } else {
                self.block::<S, 2, 4, 8, 8>(simd, block, to);
            }
        }
    }
}

impl DenseBack<'_> {
    /// The rows from one to before another with all vectors: four, two and one at a time, and as many rows
    /// that there are T products.
    #[inline(always)]
    fn block<S: Wide, const BY_4: usize, const BY_2: usize, const BY_1: usize, const T: usize>(
        &mut self,
        simd: S,
        from: usize,
        to: usize,
    ) {
        let count = self.e.len() / padded(self.weights.fan_in).max(1);
        let mut n = 0;
        while n < count {
            n += match count - n {
                1 => self.rows::<S, BY_1, 1, T>(simd, from..to, n),
                2 | 3 => self.rows::<S, BY_2, 2, T>(simd, from..to, n),
                _ => self.rows::<S, BY_4, 4, T>(simd, from..to, n),
            };
        }
    }

    /// These rows, R at a time, with C vectors; gives C.
    #[inline(always)]
    fn rows<S: Wide, const R: usize, const C: usize, const T: usize>(
        &mut self,
        simd: S,
        rows: std::ops::Range<usize>,
        n: usize,
    ) -> usize {
        let fan_in = self.weights.fan_in;
        if fan_in >= R {
            for i in rows.step_by(R) {
                // The last rows, where they are fewer, are taken with some that are done already.
                let from = i.min(fan_in - R);
                let e = self.tile::<S, R, C, T>(simd, from, n);
                self.put::<R>(&e, i - from, from, n);
            }
        } else {
            for i in rows {
                let e = self.tile::<S, 1, C, C>(simd, i, n);
                self.put::<1>(&e, 0, i, n);
            }
        }
        C
    }

    #[inline(always)]
    fn tile<S: Wide, const R: usize, const C: usize, const T: usize>(
        &self,
        simd: S,
        i: usize,
        n: usize,
    ) -> [f32; T] {
        let pieces = padded(self.weights.units) / SIXTEEN;
        let rows = |piece: usize| {
            let rows = &self.weights.rows[piece * self.weights.fan_in + i..][..R];
            std::array::from_fn(|r| &rows[r])
        };
        let vectors = std::array::from_fn(|c| &self.deltas[(n + c) * pieces..][..pieces]);
        dots::<S, R, C, T>(simd, pieces, rows, vectors)
    }

    /// Puts products of R rows, leaving out the first few.
    #[inline(always)]
    fn put<const R: usize>(&mut self, products: &[f32], skip: usize, i: usize, n: usize) {
        let width = padded(self.weights.fan_in);
        for (c, products) in products.chunks_exact(R).enumerate() {
            let e = &mut self.e[(n + c) * width + i..][..R];
            if self.add {
                for (e, product) in e.iter_mut().zip(products).skip(skip) {
                    *e += product;
                }
            } else {
                e.copy_from_slice(products);
            }
        }
    }
}

/// All inner products of some vectors with each other: vectors `[n][padded width]`, products `[n][n]`. Sums
/// run along the vectors.
///
/// # Panics
/// If the products don't fit.
#[inline(never)]
pub fn gram(level: Level, vectors: &[f32], width: usize, products: &mut [f32]) {
    let count = vectors.len() / padded(width).max(1);
    assert!(products.len() >= count * count);
    level.run(Gram {
        vectors: bytemuck::cast_slice(vectors),
        pieces: padded(width) / SIXTEEN,
        count,
        products,
    });
}

struct Gram<'a> {
    vectors: &'a [Sixteen],
    pieces: usize,
    count: usize,
    products: &'a mut [f32],
}

impl Kernel for Gram<'_> {
    type Output = ();

    #[inline(always)]
    fn with<S: Wide>(mut self, simd: S) {
        if self.count < 4 {
            self.all::<S, 1, 1, 1>(simd);
        } else if S::IS_ROOMY {
            self.all::<S, 4, 4, 16>(simd);
        } else {
            self.all::<S, 2, 4, 8>(simd);
        }
    }
}

impl<'a> Gram<'a> {
    /// Every R vectors with those from them on, C at a time; the last, where they are fewer, with some that
    /// are done already.
    #[inline(always)]
    fn all<S: Wide, const R: usize, const C: usize, const T: usize>(&mut self, simd: S) {
        let (count, pieces) = (self.count, self.pieces);
        for i in (0..count).step_by(R) {
            let i = i.min(count - R);
            let rows: [&[Sixteen]; R] = self.slices(i);
            let rows = |piece: usize| std::array::from_fn(|r| &rows[r][piece]);
            for n in (i..count).step_by(C) {
                let n = n.min(count - C);
                let products: [f32; T] = dots::<S, R, C, T>(simd, pieces, rows, self.slices(n));
                for (c, products) in products.chunks_exact(R).enumerate() {
                    self.products[(n + c) * count + i..][..R].copy_from_slice(products);
                    for (r, &product) in products.iter().enumerate() {
                        self.products[(i + r) * count + n + c] = product;
                    }
                }
            }
        }
    }

    /// So many vectors from one on.
    #[inline(always)]
    fn slices<const N: usize>(&self, from: usize) -> [&'a [Sixteen]; N] {
        let pieces = self.pieces;
        std::array::from_fn(|k| &self.vectors[(from + k) * pieces..][..pieces])
    }
}

/// Some vectors among others: each so many numbers after the one before.
#[derive(Clone, Copy, Debug)]
pub struct Spaced<'a> {
    /// From the first of them on, a whole number of sixteens; shorter than this reaches if there are none.
    pub numbers: &'a [f32],
    /// From one to the next: a multiple of sixteen.
    pub every: usize,
    /// How many vectors; it may be 0.
    pub count: usize,
}

impl<'a> Spaced<'a> {
    /// One of them, of so many pieces.
    #[inline(always)]
    fn vector(&self, i: usize, pieces: usize) -> &'a [Sixteen] {
        let numbers = &self.numbers[i * self.every..][..pieces * SIXTEEN];
        bytemuck::cast_slice(numbers)
    }
}

/// The inner products of every vector x with some others: x `[n][padded width]`, products `[n][every]`, of
/// which the first of each row are written. Sums run along the vectors.
///
/// # Panics
/// If the slices are too short.
#[inline(never)]
pub fn overlaps(
    level: Level,
    x: &[f32],
    width: usize,
    others: Spaced<'_>,
    products: &mut [f32],
    every: usize,
) {
    level.run(Overlaps {
        x: bytemuck::cast_slice(x),
        pieces: padded(width) / SIXTEEN,
        others,
        products,
        every,
    });
}

struct Overlaps<'a> {
    x: &'a [Sixteen],
    pieces: usize,
    others: Spaced<'a>,
    products: &'a mut [f32],
    every: usize,
}

impl Kernel for Overlaps<'_> {
    type Output = ();

    #[inline(always)]
    fn with<S: Wide>(mut self, simd: S) {
        let mut i = 0;
        while i < self.others.count {
            i += match (self.others.count - i, S::IS_ROOMY) {
                (1, true) => self.some::<S, 16, 1, 16>(simd, i),
                (2, true) => self.some::<S, 8, 2, 16>(simd, i),
                (_, true) => self.some::<S, 4, 4, 16>(simd, i),
                (1, false) => self.some::<S, 8, 1, 8>(simd, i),
                (2, false) => self.some::<S, 4, 2, 8>(simd, i),
                (_, false) => self.some::<S, 2, 4, 8>(simd, i),
            };
        }
    }
}

impl Overlaps<'_> {
    /// Every R vectors with C others, the last of each taken again where there are fewer; gives C.
    #[inline(always)]
    fn some<S: Wide, const R: usize, const C: usize, const T: usize>(
        &mut self,
        simd: S,
        i: usize,
    ) -> usize {
        let pieces = self.pieces;
        let (count, last) = (self.x.len() / pieces.max(1), self.others.count - 1);
        let others: [&[Sixteen]; C] =
            std::array::from_fn(|c| self.others.vector((i + c).min(last), pieces));
        for from in (0..count).step_by(R) {
            let rows: [&[Sixteen]; R] =
                std::array::from_fn(|r| &self.x[(from + r).min(count - 1) * pieces..][..pieces]);
            let rows = |piece: usize| std::array::from_fn(|r| &rows[r][piece]);
            let products: [f32; T] = dots::<S, R, C, T>(simd, pieces, rows, others);
            for (c, products) in products.chunks_exact(R).enumerate().take(last + 1 - i) {
                for (r, &product) in products.iter().enumerate().take(count - from) {
                    self.products[(from + r) * self.every + i + c] = product;
                }
            }
        }
        C
    }
}

//! Matrix products. Vectors come several at once, one after the other, each padded to a multiple of sixteen.
//!
//! Results are made in tiles whose sums stay in registers: of [`dense`] and [`update`] some vectors or rows
//! by the units of some panels, of [`dense_back`] and [`gram`] some rows by some vectors, sixteen partial
//! sums each. How large a tile is depends on the registers; what comes out does not.

pub use crate::along::{Spaced, dense_back, gram, overlaps};
use crate::level::Kernel;
use crate::wide::{Wide, wide, wide_mut};
use crate::{Level, Panels, SIXTEEN, Sixteen, padded, sparse};

/// Does `$call` with the constant `R` for as many of the `$rows` from `$at` on as a tile takes, until all
/// are done.
macro_rules! tiles {
    ($at:ident, $rows:expr, [$($r:literal),*], $R:ident => $call:expr) => {{
        let mut $at = 0;
        while $at < $rows {
            let left = $rows - $at;
            $(if left >= $r {
                const $R: usize = $r;
                $call;
                $at += $r;
                continue;
            })*
            break;
        }
    }};
}

/// z = W u, or z += W u, for every vector: inputs `[n][padded fan_in]`, z `[n][padded units]`. Sums run in
/// order of the inputs.
///
/// # Panics
/// If the slices hold no whole vectors, or not as many of one as of the other.
#[inline(never)]
pub fn dense(level: Level, weights: &Panels, inputs: &[f32], z: &mut [f32], add: bool) {
    assert_eq!(
        inputs.len() * padded(weights.units),
        z.len() * padded(weights.fan_in)
    );
    // A finite weight times 0 changes no sum that starts at 0.
    if weights.finite && !add && padded(weights.units) > FEW * SIXTEEN {
        let fan_in = weights.fan_in;
        if let Some(packed) = level.run(Pack { inputs, fan_in }) {
            let packed = &packed;
            return level.run(DensePacked { weights, packed, z });
        }
    }
    level.run(Dense {
        weights,
        inputs,
        z,
        add,
    });
}

/// Does `$call` for all vectors, a tile's at a time; `$V` vectors of instructions make a panel's part.
macro_rules! vector_tiles {
    ($at:ident, $samples:expr, $V:ident, $R:ident => $call:expr) => {
        if $V == 1 {
            tiles!($at, $samples, [10, 5, 4, 2, 1], $R => $call);
        } else {
            tiles!($at, $samples, [5, 4, 2, 1], $R => $call);
        }
    };
}

/// Calls a kernel's `all` with as many vectors of instructions as it takes of a panel's sixteen units at
/// once: all of them where the registers allow it.
macro_rules! by_parts_of_a_panel {
    ($kernel:ident, $S:ident, $simd:ident) => {
        match SIXTEEN / $S::F32_LANES {
            1 => $kernel.all::<$S, 1>($simd),
            2 => $kernel.all::<$S, 2>($simd),
            _ if $S::IS_ROOMY => $kernel.all::<$S, 4>($simd),
            _ => $kernel.all::<$S, 2>($simd),
        }
    };
}

struct Dense<'a> {
    weights: &'a Panels,
    inputs: &'a [f32],
    z: &'a mut [f32],
    add: bool,
}

impl Kernel for Dense<'_> {
    type Output = ();

    #[inline(always)]
    fn with<S: Wide>(mut self, simd: S) {
        by_parts_of_a_panel!(self, S, simd);
    }
}

impl Dense<'_> {
    #[inline(always)]
    fn all<S: Wide, const V: usize>(&mut self, simd: S) {
        let units = padded(self.weights.units);
        let samples = self.z.len() / units.max(1);
        for panel in 0..units / SIXTEEN {
            vector_tiles!(at, samples, V, R => self.tile::<S, V, R>(simd, panel, at));
        }
    }

    /// R vectors' results for one panel.
    #[inline(always)]
    fn tile<S: Wide, const V: usize, const R: usize>(&mut self, simd: S, panel: usize, at: usize) {
        let (fan_in, units) = (self.weights.fan_in, padded(self.weights.units));
        let row = padded(fan_in);
        let weights = &self.weights.rows[panel * fan_in..][..fan_in];
        let inputs: [&[f32]; R] = std::array::from_fn(|r| &self.inputs[(at + r) * row..][..fan_in]);
        let per = SIXTEEN / S::F32_LANES;
        for first in (0..per).step_by(V) {
            let mut sums = [[simd.splat_f32s(0.0); V]; R];
            if self.add {
                for (r, sums) in sums.iter_mut().enumerate() {
                    let z = &self.z[(at + r) * units + panel * SIXTEEN..][..SIXTEEN];
                    sums.copy_from_slice(&wide::<S>(z)[first..first + V]);
                }
            }
            for j in 0..fan_in {
                let w = &wide::<S>(&weights[j])[first..first + V];
                for r in 0..R {
                    let u = simd.splat_f32s(inputs[r][j]);
                    for v in 0..V {
                        sums[r][v] = simd.add_f32s(sums[r][v], simd.mul_f32s(u, w[v]));
                    }
                }
            }
            for (r, sums) in sums.iter().enumerate() {
                let z = &mut self.z[(at + r) * units + panel * SIXTEEN..][..SIXTEEN];
                let z: &mut [S::f32s] = wide_mut::<S>(z);
                z[first..first + V].copy_from_slice(sums);
            }
        }
    }
}

/// Panels for which looking for inputs of 0 would not pay.
const FEW: usize = 3;

/// A tile's vectors without the inputs that are 0 in all of them.
struct Packed {
    /// Which inputs are left.
    present: Vec<u32>,
    /// Their values: for each input the vectors'.
    values: Vec<f32>,
}

/// Packs the vectors of every tile; none if that is not worth while.
struct Pack<'a> {
    inputs: &'a [f32],
    fan_in: usize,
}

impl Kernel for Pack<'_> {
    type Output = Option<Vec<Packed>>;

    #[inline(always)]
    fn with<S: Wide>(self, simd: S) -> Self::Output {
        if SIXTEEN == S::F32_LANES {
            self.all::<S, 1>(simd)
        } else {
            self.all::<S, 2>(simd)
        }
    }
}

impl Pack<'_> {
    #[inline(always)]
    fn all<S: Wide, const V: usize>(&self, simd: S) -> Option<Vec<Packed>> {
        let row = padded(self.fan_in);
        let mut packed = Vec::new();
        vector_tiles!(at, self.inputs.len() / row.max(1), V, R => {
            packed.push(self.tile::<S, R>(simd, &self.inputs[at * row..][..R * row])?);
        });
        Some(packed)
    }

    /// Packs a tile of R padded vectors; none where too few inputs are 0 in all of them.
    #[inline(always)]
    fn tile<S: Wide, const R: usize>(&self, simd: S, vectors: &[f32]) -> Option<Packed> {
        let present = sparse::present(simd, vectors, self.fan_in)?;
        let rows: [&[f32]; R] =
            std::array::from_fn(|r| &vectors[r * padded(self.fan_in)..][..self.fan_in]);
        let mut values = vec![0.0; present.len() * R];
        for (to, &j) in values.chunks_exact_mut(R).zip(&present) {
            for r in 0..R {
                to[r] = rows[r][j as usize];
            }
        }
        Some(Packed { present, values })
    }
}

/// The product with packed vectors.
struct DensePacked<'a> {
    weights: &'a Panels,
    packed: &'a [Packed],
    z: &'a mut [f32],
}

impl Kernel for DensePacked<'_> {
    type Output = ();

    #[inline(always)]
    fn with<S: Wide>(mut self, simd: S) {
        by_parts_of_a_panel!(self, S, simd);
    }
}

impl DensePacked<'_> {
    #[inline(always)]
    fn all<S: Wide, const V: usize>(&mut self, simd: S) {
        let units = padded(self.weights.units);
        let samples = self.z.len() / units.max(1);
        for panel in 0..units / SIXTEEN {
            let mut packed = self.packed.iter();
            vector_tiles!(at, samples, V, R => if let Some(packed) = packed.next() {
                self.tile::<S, V, R>(simd, panel, at, packed);
            });
        }
    }

    /// R vectors' results for one panel.
    #[inline(always)]
    fn tile<S: Wide, const V: usize, const R: usize>(
        &mut self,
        simd: S,
        panel: usize,
        at: usize,
        packed: &Packed,
    ) {
        let (fan_in, units) = (self.weights.fan_in, padded(self.weights.units));
        let weights = &self.weights.rows[panel * fan_in..][..fan_in];
        for first in (0..SIXTEEN / S::F32_LANES).step_by(V) {
            let mut sums = [[simd.splat_f32s(0.0); V]; R];
            for (&j, u) in packed.present.iter().zip(packed.values.chunks_exact(R)) {
                let w = &wide::<S>(&weights[j as usize])[first..first + V];
                let u = &u[..R];
                for r in 0..R {
                    let u = simd.splat_f32s(u[r]);
                    for v in 0..V {
                        sums[r][v] = simd.add_f32s(sums[r][v], simd.mul_f32s(u, w[v]));
                    }
                }
            }
            for (r, sums) in sums.iter().enumerate() {
                let z = &mut self.z[(at + r) * units + panel * SIXTEEN..][..SIXTEEN];
                wide_mut::<S>(z)[first..first + V].copy_from_slice(sums);
            }
        }
    }
}

/// W -= rate x sum_q delta_q u_q^T: deltas `[q][padded units]`, inputs `[q][padded fan_in]`. Sums run in
/// order of the terms.
///
/// # Panics
/// If the slices hold no whole vectors, or not as many of one as of the other.
#[inline(never)]
pub fn update(level: Level, weights: &mut Panels, deltas: &[f32], inputs: &[f32], rate: f32) {
    assert_eq!(
        deltas.len() * padded(weights.fan_in),
        inputs.len() * padded(weights.units)
    );
    level.run(Update {
        weights,
        deltas,
        inputs,
        rate,
    });
}

struct Update<'a> {
    weights: &'a mut Panels,
    deltas: &'a [f32],
    inputs: &'a [f32],
    rate: f32,
}

impl Kernel for Update<'_> {
    type Output = ();

    #[inline(always)]
    fn with<S: Wide>(mut self, simd: S) {
        by_parts_of_a_panel!(self, S, simd);
    }
}

/// Inputs of all terms, for some rows of a matrix.
struct Rows {
    /// Which rows; all where there is no list.
    list: Option<Vec<u32>>,
    count: usize,
    /// For each tile of rows, for each term, the tile's inputs: where they lie, a power of two apart, the
    /// cache holds few of them.
    inputs: Vec<f32>,
}

impl Update<'_> {
    /// By V vectors of each panel's sixteen units.
    #[inline(always)]
    fn all<S: Wide, const V: usize>(&mut self, simd: S) {
        let rows = self.rows::<S, V>(simd);
        let terms = self.deltas.len() / padded(self.weights.units).max(1);
        let mut nothing = simd.splat_f32s(0.0);
        // A panel's deltas side by side, as the inputs are.
        let mut deltas = vec![[0.0; SIXTEEN]; terms];
        for panel in 0..padded(self.weights.units) / SIXTEEN {
            let all = self.deltas.chunks_exact(padded(self.weights.units));
            for (here, delta) in deltas.iter_mut().zip(all) {
                here.copy_from_slice(&delta[panel * SIXTEEN..][..SIXTEEN]);
            }
            vector_tiles!(at, rows.count, V, R => {
                nothing = self.tile::<S, V, R>(simd, (panel, &deltas), at, &rows, nothing);
            });
        }
        let nothing: &[f32] = bytemuck::cast_slice(std::slice::from_ref(&nothing));
        if nothing.iter().any(|&x| x != 0.0) {
            self.weights.no_longer_finite();
        }
    }

    /// The rows that change: those whose inputs are all 0 don't where everything is finite.
    #[inline(always)]
    fn rows<S: Wide, const V: usize>(&self, simd: S) -> Rows {
        let (fan_in, width) = (self.weights.fan_in, padded(self.weights.fan_in));
        let few = padded(self.weights.units) / SIXTEEN <= FEW;
        let finite = !few && self.rate.is_finite() && sparse::are_finite(simd, self.deltas);
        let list = if finite {
            sparse::present(simd, self.inputs, fan_in)
        } else {
            None
        };
        let count = list.as_ref().map_or(fan_in, Vec::len);
        let mut inputs = Vec::with_capacity(self.inputs.len());
        vector_tiles!(at, count, V, R => {
            for u in self.inputs.chunks_exact(width) {
                match &list {
                    Some(list) => inputs.extend(list[at..at + R].iter().map(|&j| u[j as usize])),
                    None => inputs.extend_from_slice(&u[at..at + R]),
                }
            }
        });
        Rows {
            list,
            count,
            inputs,
        }
    }

    /// R rows of one panel. Adds 0 times each new weight to `nothing`, which is 0 as long as all are finite.
    #[inline(always)]
    fn tile<S: Wide, const V: usize, const R: usize>(
        &mut self,
        simd: S,
        (panel, deltas): (usize, &[Sixteen]),
        at: usize,
        rows: &Rows,
        mut nothing: S::f32s,
    ) -> S::f32s {
        let fan_in = self.weights.fan_in;
        let rate = simd.splat_f32s(self.rate);
        let zero = simd.splat_f32s(0.0);
        for first in (0..SIXTEEN / S::F32_LANES).step_by(V) {
            let mut sums = [[zero; V]; R];
            let inputs = &rows.inputs[at * deltas.len()..][..R * deltas.len()];
            for (delta, u) in deltas.iter().zip(inputs.chunks_exact(R)) {
                let delta = &wide::<S>(delta)[first..first + V];
                let u = &u[..R];
                for r in 0..R {
                    let u = simd.splat_f32s(u[r]);
                    for v in 0..V {
                        sums[r][v] = simd.add_f32s(sums[r][v], simd.mul_f32s(u, delta[v]));
                    }
                }
            }
            let panel = &mut self.weights.rows[panel * fan_in..][..fan_in];
            let mut here = [zero; V];
            for (r, sums) in sums.iter().enumerate() {
                let j = rows
                    .list
                    .as_ref()
                    .map_or(at + r, |list| list[at + r] as usize);
                let row = &mut wide_mut::<S>(&mut panel[j])[first..first + V];
                for v in 0..V {
                    row[v] = simd.sub_f32s(row[v], simd.mul_f32s(rate, sums[v]));
                    here[v] = simd.add_f32s(here[v], simd.mul_f32s(row[v], zero));
                }
            }
            for here in here {
                nothing = simd.add_f32s(nothing, here);
            }
        }
        nothing
    }
}

/// x += sum_i factor_i v_i for every vector x, elementwise and in order: x `[n][padded width]`, factors
/// `[n][vectors]`.
///
/// # Panics
/// If the slices are too short.
#[inline(never)]
pub fn add_scaled(level: Level, x: &mut [f32], width: usize, factors: &[f32], vectors: Spaced<'_>) {
    level.run(AddScaled {
        x,
        width: padded(width),
        factors,
        vectors,
    });
}

struct AddScaled<'a> {
    x: &'a mut [f32],
    width: usize,
    factors: &'a [f32],
    vectors: Spaced<'a>,
}

impl Kernel for AddScaled<'_> {
    type Output = ();

    #[inline(always)]
    fn with<S: Wide>(mut self, simd: S) {
        let count = self.vectors.count;
        tiles!(at, count, [5, 4, 3, 2, 1], N => self.some::<S, N>(simd, at));
    }
}

impl AddScaled<'_> {
    /// N of the vectors, from one on.
    #[inline(always)]
    fn some<S: Wide, const N: usize>(&mut self, simd: S, at: usize) {
        let (width, count) = (self.width, self.vectors.count);
        let vectors: [&[S::f32s]; N] = std::array::from_fn(|i| {
            wide::<S>(&self.vectors.numbers[(at + i) * self.vectors.every..][..width])
        });
        let rows = self.x.chunks_exact_mut(width);
        for (x, factors) in rows.zip(self.factors.chunks_exact(count)) {
            let factors: [S::f32s; N] = std::array::from_fn(|i| simd.splat_f32s(factors[at + i]));
            let x = wide_mut::<S>(x);
            let vectors: [&[S::f32s]; N] = std::array::from_fn(|i| &vectors[i][..x.len()]);
            for (j, x) in x.iter_mut().enumerate() {
                let mut sum = *x;
                for i in 0..N {
                    sum = simd.add_f32s(sum, simd.mul_f32s(factors[i], vectors[i][j]));
                }
                *x = sum;
            }
        }
    }
}

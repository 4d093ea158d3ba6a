//! The CPU engine's arithmetic: float32, every sum in a stated order, the same bits on every processor.
//!
//! Products and sums are rounded one after the other, never fused, and nothing is flushed to zero. There are
//! three ways of summing, whatever the width of a processor's instructions, the number of threads, or how
//! many vectors are taken at once:
//!
//! - **in order** ([`products::dense`], [`products::update`]): a running sum that starts at 0 (or at what is
//!   there already, where it is added to), and to which the products are added by rising index of what is
//!   summed over. Wide instructions go across results.
//! - **along a vector** ([`sums::dot`], [`sums::sum`], [`products::dense_back`], [`products::gram`],
//!   [`products::overlaps`]): sixteen partial sums, which start at 0; element i is added to the partial sum
//!   i mod 16, by rising i; then partial sum j takes in j + 8, then j + 4, j + 2 and j + 1. Wide
//!   instructions go along the vector.
//! - **elementwise** ([`sums::add_scaled`], [`products::add_scaled`]): each element has a sum of its own.
//!
//! Inputs that are 0 in all of a few vectors, such as an image's border, are left out of sums in order, as
//! long as every weight is finite: a product of 0 changes no such sum.
//!
//! [`plain`] has the same definitions as loops over single numbers, and tests compare with it bit by bit.
//! Which instructions are used is found at run time ([`Level`]).
//!
//! Vectors are kept padded with zeros to a multiple of sixteen ([`padded`]): a product with a padding zero
//! changes no partial sum, for none is ever -0. A weight matrix is kept as [`Panels`].

mod along;
pub mod functions;
mod largest;
mod level;
mod panels;
pub mod plain;
pub mod products;
mod sparse;
pub mod sums;
mod wide;

pub use largest::kth_largest;
pub use level::{Level, LevelError};
pub use panels::Panels;

/// Partial sums of a sum along a vector; units of a panel.
pub const SIXTEEN: usize = 16;

/// Sixteen numbers that lie side by side.
pub type Sixteen = [f32; SIXTEEN];

/// A length with its padding: the next multiple of sixteen.
pub const fn padded(length: usize) -> usize {
    length.next_multiple_of(SIXTEEN)
}

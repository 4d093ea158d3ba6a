//! The method on the GPU: the look-ahead without its copies, all lanes in every dispatch.
//!
//! [`kernels`] names the stages, [`records`] has the records that tell them what to work on, [`layout`] says
//! where tensors lie, [`passes`] is the ordered list of dispatches as data, [`wave`] holds the buffers and
//! submits, [`device`] decides what an adapter can do, [`patience`] how long it is waited for one, `probe`
//! what it does at its best, [`tuning`] what it likes, and `staging` what reads go through. [`twins`] does
//! every stage's work on the host, on a [`memory`] of the same layout, for tests and for finding faults. Only
//! this module knows wgpu.

pub mod device;
mod fault;
pub mod kernels;
pub mod layout;
pub mod memory;
pub mod passes;
pub mod patience;
mod probe;
pub mod records;
mod staging;
pub mod tuning;
pub mod twins;
pub mod wave;

pub use device::{AdapterInfo, Gpu};
pub use fault::{GpuError, Refusal};
pub use patience::Patience;
pub use probe::{Floors, PlainProduct, ProductSize};
pub use tuning::Tunings;
pub use wave::{GpuWave, LaneRates, LaneStart, StageTime, StageTimes, WaveData, WaveSetup};

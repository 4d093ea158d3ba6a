//! Complementary learning systems that emerge through meta-learning, on the GPU.
//!
//! Zhou & Schapiro let small networks learn a stream of rotated digits and meta-learn, layer by
//! layer, their learning rates (`alpha`) and how hard their units compete (`beta`). This crate is
//! that experiment: for a browser tab (`web`), for a terminal (the binary `metacls`), and for tests.
//!
//! The modules are told in the order in which data flows through them:
//!
//! 1. [`config`] says what is to be run; [`experiments`] holds the paper's figures as configurations.
//! 2. [`data`] holds the images: MNIST or our own procedural digits, and how they are rotated.
//! 3. [`stream`] draws tasks, order and replay for one seed: the schedule every engine follows.
//! 4. [`model`] names one lane's tensors, gives their shapes and draws their initial values.
//! 5. [`reference`] is the method as the textbook has it, the oracle; [`gpu`] and [`cpu`] are the fast engines.
//! 6. [`engine`] is one interface over the engines; [`driver`] takes all lanes through the stream.
//! 7. [`metrics`] turns what engines counted ([`codes`]: how alike codes are) into the numbers reported; [`results`] is their file; [`stats`] are
//!    intervals and tests over seeds, and [`claims`] the paper's sentences held against them.
//!    [`look`] shows what units do on one image, [`trace`] walks through one step.
//! 8. [`protocol`] is what is said between the page, the desk (words and files) and the bench (training); [`link`] is
//!    an experiment in a URL, [`stored`] a run made ready to be shown.
//!
//! A *lane* is one network: one seed under one condition. Lanes are the outermost index of
//! everything that is trained side by side.

pub mod claims;
pub mod codes;
pub mod config;
pub mod cpu;
pub mod data;
pub mod driver;
pub mod engine;
pub mod engine_info;
pub mod experiments;
#[cfg(not(target_arch = "wasm32"))]
pub mod figures;
pub mod gpu;
pub mod link;
pub mod look;
pub mod metrics;
pub mod model;
#[cfg(not(target_arch = "wasm32"))]
pub mod packed;
pub mod protocol;
pub mod reference;
pub mod report;
pub mod results;
pub mod self_test;
pub mod stats;
pub mod stored;
pub mod stream;
pub mod trace;
pub mod vectors;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod words;

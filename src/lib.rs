//! Complementary learning systems that emerge through meta-learning, on the GPU.
//!
//! Zhou & Schapiro let small networks learn a stream of rotated digits and meta-learn, layer by
//! layer, their learning rates (`alpha`) and how hard their units compete (`beta`). This crate is
//! that experiment: for a browser tab (`web`), for a terminal (the binary `metacls`), and for tests.
//!
//! ARCHITECTURE.md tells the way of the data, the rooms and the arithmetic. The modules stand in the
//! order in which data flows through them; each knows only those above it:
//!
//! 1. [`config`] says what is to be run; [`formats`] is what files share.
//! 2. [`data`] holds the images: MNIST or our own procedural digits, and how they are rotated.
//! 3. [`stream`] draws tasks, order and replay for one seed: the schedule every engine follows.
//!    [`model`] names one lane's tensors, gives their shapes and draws their initial values.
//! 4. [`lane`] says what a lane on this computer's cores takes and gives; [`numeric`] is arithmetic
//!    that several modules share.
//! 5. [`mod@reference`] is the method as the textbook has it, the oracle; [`cpu`] and [`gpu`] are the
//!    fast engines; [`conformance`] holds them against an independent program.
//! 6. [`engine`] is one interface over the engines.
//! 7. [`results`] are the numbers measured and their file; [`inspect`] shows a lane from within;
//!    [`analysis`] has statistics, summaries and the paper's claims; [`digest`] and [`reproduction`]
//!    say whether a run came out again.
//! 8. [`experiments`] holds the paper's figures: settings, claims, panels; and an experiment in a URL.
//! 9. [`report`] writes results: tables, CSV, pictures, and what the page shows of a stored run; [`sweep`] is
//!    one experiment under many settings.
//! 10. [`kept`] is a run in progress as files; [`driver`] takes all lanes through the stream.
//! 11. [`messages`] turns errors into words; [`protocol`] is what the page and its worker say to each
//!     other; `web` holds the worker's two programs.
//!
//! A *lane* is one network: one seed under one condition. Lanes are the outermost index of
//! everything that is trained side by side.

pub mod analysis;
pub mod bench;
pub mod config;
pub mod conformance;
pub mod cpu;
pub mod data;
pub mod digest;
pub mod driver;
pub mod engine;
pub mod experiments;
pub mod formats;
pub mod gpu;
pub mod inspect;
pub mod kept;
pub mod lane;
pub mod messages;
pub mod model;
pub mod numeric;
pub mod protocol;
pub mod reference;
pub mod report;
pub mod reproduction;
pub mod results;
pub mod stream;
pub mod sweep;
#[cfg(target_arch = "wasm32")]
pub mod web;

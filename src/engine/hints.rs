//! What is known before an engine is opened.

use super::spread::Finder;
use crate::gpu::{Patience, Tunings};

/// What is known of the GPU from elsewhere: a browser tells the page of its adapter what wgpu can't see.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// The adapter's name as a browser tells it; none where nobody does.
    pub adapter: Option<String>,
    /// Whether it is a program on the CPU.
    pub is_software: bool,
    /// For how many seconds an adapter was waited for in vain, if it was: it is not asked for again.
    pub silent: Option<u32>,
    /// How long an adapter and a device are waited for.
    pub patience: Patience,
    /// What is remembered of adapters.
    pub tunings: Tunings,
    /// Finds lane workers for the CPU engine, where threads share no memory.
    pub workers: Option<Finder>,
}

//! Which engines there are, and what is said of one: names only, known to files and to the page.

use serde::{Deserialize, Serialize};

/// Which engine is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EngineChoice {
    /// The GPU where there is one that can do it, else the CPU.
    Auto,
    /// The GPU, or an error.
    Gpu,
    /// The fast engine without a GPU.
    Cpu,
    /// The method in plain loops; [`Self::Auto`] never takes it.
    Reference,
}

/// Which engine is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum EngineKind {
    /// WGSL compute shaders.
    Gpu,
    /// The look-ahead without its copies, in float32, every sum in a stated order: the same bits everywhere.
    Cpu,
    /// The method in plain loops, in float32.
    Reference,
}

impl EngineKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Gpu, Self::Cpu, Self::Reference];

    /// Its word, as files, links and the command line have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
            Self::Reference => "reference",
        }
    }
}

impl From<EngineKind> for EngineChoice {
    /// That very engine, by name.
    fn from(kind: EngineKind) -> Self {
        match kind {
            EngineKind::Gpu => Self::Gpu,
            EngineKind::Cpu => Self::Cpu,
            EngineKind::Reference => Self::Reference,
        }
    }
}

/// An engine, as results files and the page's badge name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EngineInfo {
    /// Which of the three.
    pub kind: EngineKind,
    /// The adapter's name (GPU), or what the others are.
    pub adapter: String,
    /// The graphics interface beneath (Vulkan, Metal, Dx12, WebGPU); empty for the others.
    pub backend: String,
    /// Largest relative deviation from the float64 reference in the self-test; none if not run.
    pub self_test: Option<f64>,
}

impl EngineInfo {
    /// Whether it is the same one: numbers of another are rounded otherwise.
    pub fn is_same(&self, other: &Self) -> bool {
        let which = |e: &Self| (e.kind, e.adapter.clone(), e.backend.clone());
        which(self) == which(other)
    }

    /// The adapter with its graphics interface.
    pub fn name(&self) -> String {
        match (self.kind, self.backend.as_str()) {
            (EngineKind::Gpu, "") | (EngineKind::Cpu | EngineKind::Reference, _) => {
                self.adapter.clone()
            }
            (EngineKind::Gpu, backend) => format!("{} ({backend})", self.adapter),
        }
    }
}

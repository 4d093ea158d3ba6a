//! What the numbers of rows are: their units and what they mean, for rows and for the file beside them.

use serde::{Deserialize, Serialize};

use crate::reproduction::measures::MeasureKind;

/// What a row's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// A head's accuracy.
    Accuracy,
    /// Units active.
    Active,
    /// A matrix's learning rate.
    Alpha,
    /// A layer's strength of competition.
    Beta,
    /// The meta-loss, averaged over the steps of the task just learned.
    MetaLoss,
    /// How alike codes are.
    Correlation,
    /// Accuracy just after learning.
    Learning,
    /// Backward transfer: accuracy at the end less that just after learning.
    Backward,
    /// Forward transfer: accuracy just before learning less the untrained network's.
    Forward,
    /// Forgetting: the best accuracy before the end less that at the end.
    Forgetting,
    /// When a learning rate is at its highest.
    Peak,
}

impl Quantity {
    /// What is measured of each head, layer or matrix: the page's charts have rows of these too.
    pub const OF_PARTS: [Self; 5] = [
        Self::Accuracy,
        Self::Active,
        Self::Alpha,
        Self::Beta,
        Self::Correlation,
    ];

    /// How the names of its metrics begin.
    pub fn words(self) -> &'static str {
        match self {
            Self::Accuracy => MeasureKind::Accuracy.words(),
            Self::Active => MeasureKind::Active.words(),
            Self::Alpha => MeasureKind::Alpha.words(),
            Self::Beta => MeasureKind::Beta.words(),
            Self::MetaLoss => "meta-loss",
            Self::Correlation => "correlation of codes",
            Self::Learning => "learning accuracy",
            Self::Backward => "backward transfer",
            Self::Forward => "forward transfer",
            Self::Forgetting => "forgetting",
            Self::Peak => "peak of alpha",
        }
    }

    /// The metric of a head under a lesion, a layer or a matrix of that name.
    pub fn of(self, name: &str) -> String {
        format!("{} {name}", self.words())
    }

    /// Its unit: a share (0 to 1; of differences -1 to 1), nats, tasks, or 1 for any other pure number.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Accuracy | Self::Active => "share",
            Self::Learning | Self::Backward | Self::Forward | Self::Forgetting => "share",
            Self::MetaLoss => "nats",
            Self::Peak => "tasks",
            Self::Alpha | Self::Beta | Self::Correlation => "1",
        }
    }

    /// What it means, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Accuracy => "share of evaluation images read correctly with the weights W",
            Self::Active => "share of units with h > 0 on the evaluation images",
            Self::Alpha => "learning rate of this matrix; at or below 0 it learns nothing",
            Self::Beta => "strength of competition in this layer: h = relu(z - beta c)",
            Self::MetaLoss => "mean meta-loss over the task just learned",
            Self::Correlation => "mean correlation between codes of different images",
            Self::Learning => "mean accuracy on a task just after learning it",
            Self::Backward => "mean accuracy at the end less that just after learning",
            Self::Forward => "mean accuracy just before learning less the untrained network's",
            Self::Forgetting => "mean of the best accuracy before the end less that at the end",
            Self::Peak => "tasks learned when this rate was highest",
        }
    }
}

//! What the numbers of rows are: their units and what they mean, for rows and for the file beside them.

/// What a row's number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A head's accuracy.
    Accuracy,
    /// Units active.
    Active,
    /// A matrix's learning rate.
    Alpha,
    /// A layer's strength of competition.
    Beta,
    /// The meta-loss.
    MetaLoss,
    /// How alike codes are.
    Correlation,
    /// Accuracy just after learning.
    Learning,
    /// Backward transfer.
    Backward,
    /// Forward transfer.
    Forward,
    /// Forgetting.
    Forgetting,
    /// When a learning rate is at its highest.
    Peak,
}

impl Quantity {
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
            Self::Accuracy => {
                "share of evaluation images read correctly with the weights W; the mean over all tasks, \
                 or on the task named by on_task"
            }
            Self::Active => {
                "share of units with h > 0 on the evaluation images; over all tasks, or on the task \
                 named by on_task"
            }
            Self::Alpha => {
                "learning rate of this weight matrix; what is at or below 0 learns nothing"
            }
            Self::Beta => "strength of competition in this layer: a unit puts out relu(z - beta c)",
            Self::MetaLoss => "mean meta-loss over the observe steps of the task just learned",
            Self::Correlation => "mean correlation between this layer's codes of different images",
            Self::Learning => "mean over tasks of the accuracy on a task just after learning it",
            Self::Backward => {
                "mean over tasks but the last of the accuracy at the end less that just after learning"
            }
            Self::Forward => {
                "mean over tasks but the first of the accuracy just before learning less the untrained \
                 network's"
            }
            Self::Forgetting => {
                "mean over tasks but the last of the best accuracy before the end less that at the end"
            }
            Self::Peak => "tasks learned when this learning rate was at its highest",
        }
    }
}

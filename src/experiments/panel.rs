//! What an experiment's figure is made of. The page and the terminal's pictures draw the same panels.

use serde::Serialize;

use crate::analysis::claims::Claim;
use crate::config::Condition;

/// A panel of a figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Panel {
    /// What it shows, for people.
    pub title: String,
    /// What stands beside the title, if anything.
    pub note: Option<String>,
    /// Whether it takes two places of a row.
    pub wide: bool,
    /// What is drawn.
    pub show: Show,
}

/// What a panel draws. "Now" is the point of the stream that is looked at; in a picture, its end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Show {
    /// A head's accuracy on all tasks over the stream, under every condition; chance dotted.
    Course {
        /// Index of the head: 0 category, 1 item.
        head: u32,
    },
    /// Active fraction of each layer now, beside the untrained network's.
    Profile,
    /// A rate of each layer now.
    Bars {
        /// How fast the layer learns, or how hard its units compete.
        rate: Rate,
    },
    /// A rate of each layer over the stream.
    Trajectories {
        /// How fast the layer learns, or how hard its units compete.
        rate: Rate,
    },
    /// A head's accuracy now, every seed under each condition, a seed's joined.
    Pairs {
        /// Index of the head: 0 category, 1 item.
        head: u32,
    },
    /// A part of a claim, seed by seed, with its mean, its interval and zero.
    Differences {
        /// Index into the experiment's claims.
        claim: u32,
        /// Index into the claim's parts.
        part: u32,
    },
    /// What each lesion leaves of a head's accuracy.
    Lesions {
        /// Index of the head: 0 category, 1 item.
        head: u32,
    },
    /// Accuracy after each task on each task.
    Matrix {
        /// Under which condition.
        condition: Condition,
    },
    /// Mean correlation between codes of different images in each layer, before learning and now.
    Codes,
}

/// A rate that is meta-learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// How fast a layer learns.
    Alpha,
    /// How hard its units compete.
    Beta,
}

impl Rate {
    /// Its symbol spelled out: `alpha` or `beta`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alpha => "alpha",
            Self::Beta => "beta",
        }
    }

    /// What an axis says of it, with its unit: it has none.
    pub fn axis(self) -> &'static str {
        match self {
            Self::Alpha => "learning rate alpha, no unit",
            Self::Beta => "competition beta, no unit",
        }
    }
}

impl Panel {
    /// A panel with that title.
    pub fn new(title: impl Into<String>, show: Show) -> Self {
        Self {
            title: title.into(),
            note: None,
            wide: false,
            show,
        }
    }

    /// The same with a note beside its title.
    #[must_use]
    pub fn noted(self, note: &str) -> Self {
        Self {
            note: Some(note.to_owned()),
            ..self
        }
    }

    /// The same over two places of a row.
    #[must_use]
    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }
}

/// A panel for each part of the claims that is [drawn](crate::analysis::claims::Part::drawn), in their order.
pub fn differences(claims: &[Claim]) -> Vec<Panel> {
    let mut panels = Vec::new();
    for (c, claim) in (0..).zip(claims) {
        for (p, part) in (0..).zip(&claim.parts) {
            let Some(what) = part.drawn else { continue };
            let number = claim.number.map(|n| format!("Claim {n}"));
            let named = (!what.is_empty()).then(|| what.to_owned());
            let words = [number, named, Some("seed by seed".into())];
            let title = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
            panels.push(Panel::new(title, Show::Differences { claim: c, part: p }));
        }
    }
    panels
}

/// How alike codes are, then the first head's accuracy matrices of the two conditions that every figure
/// compares; `note` says which head that is, where there are two.
pub fn codes_and_matrices(note: Option<&str>) -> Vec<Panel> {
    let matrix = |condition: Condition| {
        let title = format!("Accuracy matrix, {}", condition.name());
        Panel {
            note: note.map(str::to_owned),
            ..Panel::new(title, Show::Matrix { condition })
        }
    };
    vec![
        Panel::new("How alike codes are", Show::Codes).noted("before open, after filled"),
        matrix(Condition::Baseline),
        matrix(Condition::Meta),
    ]
}

//! The tour: seven states of the page, each with a sentence or two, that tell what emerges.

use serde::Serialize;

use super::shown::Shown;
use crate::model::Lesion;

/// A part of the page that a step of the tour shows; all others are out of sight meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The two networks, unit by unit.
    Network,
    /// The layer looked at closer.
    Inspector,
    /// The chart of units active.
    Active,
    /// The chart of learning rates.
    Alpha,
    /// The handle of time.
    Time,
    /// What a lesion leaves.
    Lesions,
    /// The figure's first panel.
    FirstPanel,
    /// What trains it here.
    Controls,
}

/// A step of the tour.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Step {
    /// What it is about.
    pub title: &'static str,
    /// What there is to see, in a sentence or two.
    pub words: &'static str,
    /// The experiment whose stored run is shown, by its id.
    pub experiment: &'static str,
    /// The view of that run: a point of the stream, a layer, a lesion.
    pub shown: Shown,
    /// What of the page is shown.
    pub parts: Vec<Part>,
}

/// How many steps there are.
pub const COUNT: u32 = 7;

/// The steps, in order: [`COUNT`] of them.
pub fn steps() -> Vec<Step> {
    use Part::{Active, Alpha, Controls, FirstPanel, Inspector, Lesions, Network, Time};
    let at_start = Shown {
        at: Some(0),
        ..Shown::default()
    };
    let at_end = Shown::default();
    let top = Shown {
        layer: Some("h4".into()),
        ..Shown::default()
    };
    let cut = Shown {
        cut: Some(Lesion::WithoutL),
        ..Shown::default()
    };
    vec![
        Step {
            title: "Two identical networks",
            words: "Both begin with the same weights, the same speed in every layer and next to no \
                    competition. They will see the same twenty rotations of the digits, one after the \
                    other.",
            experiment: "figure2",
            shown: at_start,
            parts: vec![Network, Time],
        },
        Step {
            title: "The line that competition draws",
            words: "Each bar is a unit of the top layer, the strongest first. Units below the dashed \
                    line are silent. One network may move that line, layer by layer; nothing tells it \
                    where to.",
            experiment: "figure2",
            shown: top,
            parts: vec![Network, Inspector],
        },
        Step {
            title: "The top layer empties",
            words: "With meta-learning the higher a layer, the fewer of its units answer an input. In \
                    its twin, which learns the same digits, they thin out far less.",
            experiment: "figure2",
            shown: at_end.clone(),
            parts: vec![Network, Active],
        },
        Step {
            title: "And learns fastest of the hidden layers",
            words: "The same layer has made itself several times as fast as the hidden layers below (the \
                    readout above it is none of them): a fast, sparse layer on top of slower, denser \
                    ones, as a hippocampus lies on top of a cortex.",
            experiment: "figure2",
            shown: at_end.clone(),
            parts: vec![Network, Alpha],
        },
        Step {
            title: "Cut the sparse pathway",
            words: "Here two pathways lie side by side on top. Without the large one more than half of \
                    the memory for single images is gone; the digit’s category is still read. So it is \
                    in baseline, too, where the large one is no faster. Only meta loses nothing \
                    without the small one.",
            experiment: "figure3",
            shown: cut,
            parts: vec![Network, Lesions],
        },
        Step {
            title: "Nothing rewarded silence",
            words: "Only mistakes counted. Competition alone (sparsity) helps a little, the speeds alone \
                    (rates) nearly as much as both; and both, held from the start at the values that \
                    they ended with (frozen), as much.",
            experiment: "figure1",
            shown: at_end.clone(),
            parts: vec![FirstPanel],
        },
        Step {
            title: "Try it",
            words: "Train both networks here, with a seed of your own. Leave the tour, and the Lab \
                    changes every setting.",
            experiment: "figure2",
            shown: at_end,
            parts: vec![Network, Controls],
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments;

    #[test]
    fn every_step_can_be_shown() {
        assert_eq!(steps().len(), COUNT as usize);
        for step in steps() {
            let experiment = experiments::find(step.experiment).unwrap();
            assert!(experiment.stored, "{}: no stored run", step.title);
            assert_eq!(
                step.shown.check(&experiment.config),
                Ok(()),
                "{}",
                step.title
            );
            assert!(!step.parts.is_empty());
        }
    }
}

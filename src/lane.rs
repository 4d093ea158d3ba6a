//! One lane on this computer's cores: what it is given and what it gives, whichever engine trains it.

use serde::{Deserialize, Serialize};

use crate::data::ClassSet;
use crate::model::{LaneState, Lesion};

/// One sample: an image of `inputs` numbers (not scaled), and a label for each head.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a, T> {
    /// The image's numbers, row by row: `[inputs]`.
    pub input: &'a [T],
    /// For each head its class.
    pub labels: &'a [u32],
    /// The classes that the first head's label, one of them, is told apart among: other classes' logits have
    /// no part in its softmax, and no gradient. None where it is among all.
    pub among: Option<ClassSet>,
}

/// A part of what a lane makes of images.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a, T> {
    /// A layer's outputs with the whole network: `[images][units]`. Whether they are scaled is the engine's
    /// affair.
    Outputs {
        /// Index of the layer, in beta's order.
        layer: usize,
        /// The outputs; a unit is active where its output is above 0.
        outputs: &'a [T],
    },
    /// A head's logits under a lesion: `[images][classes]`.
    Logits {
        /// Index of the first image.
        first: usize,
        /// Index of the head: 0 category, 1 item.
        head: usize,
        /// Index of the lesion among those asked for.
        lesion: usize,
        /// The logits, with W: a row for each image from `first` on.
        logits: &'a [T],
    },
}

/// What an evaluation counted on one task of one lane.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Correct answers for each head, then each lesion.
    pub correct: Vec<u32>,
    /// Active units of each layer, summed over images.
    pub active: Vec<u32>,
}

impl Counts {
    /// Adds what was counted on other images of the same task.
    pub fn add(&mut self, other: &Self) {
        let pairs = self.correct.iter_mut().zip(&other.correct);
        pairs
            .chain(self.active.iter_mut().zip(&other.active))
            .for_each(|(sum, n)| *sum += n);
    }
}

/// An engine's lane on this computer's cores, computing in `T`.
pub trait HostLane<T>: std::fmt::Debug + Send + Sync {
    /// Says which units of the left pathway [`Lesion::WithoutSomeL`] leaves out: none before this is called.
    fn silence(&mut self, units: Vec<usize>);

    /// Takes one observe step with the current samples, in the order of the inner steps, and the replayed
    /// ones; gives the meta-loss before the update.
    fn observe(&mut self, current: &[Sample<'_, T>], replay: &[Sample<'_, T>]) -> T;

    /// Learning rates alpha by matrix, and inhibition beta by layer.
    fn rates(&self) -> (&[T], &[T]);

    /// Everything the lane has learned.
    fn state(&self) -> LaneState<T>;

    /// Shows what it makes, with W, of images (`[images][inputs]`, not scaled) under some lesions, part by
    /// part: each head's logits of every image under each lesion, and each layer's outputs with the network
    /// intact.
    fn evaluate(&self, images: &[T], lesions: &[Lesion], see: &mut dyn FnMut(Seen<'_, T>));
}

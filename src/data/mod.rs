//! Images and labels: MNIST and other IDX files, our own procedural digits, their rotation and permutation.

pub mod catalog;
mod classes;
mod digits;
mod idx;
mod rotate;

use serde::{Deserialize, Serialize};

pub use catalog::DataSet;
pub use classes::{ClassSet, Pool};
pub use digits::{CLASSES as DIGITS, digits};
pub use idx::{Chosen, Content, Header, IdxError, choose, header, mnist_files};
pub use rotate::{Rotation, Turn, rotate};

/// Square grey images of one size, one after the other, with their labels.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Images {
    /// Pixels of an image's side.
    pub side: u32,
    /// Grey values, 0 to 255, row by row: `[images][side][side]`.
    pub pixels: Vec<u8>,
    /// For each image its category, from 0, below [`DataInfo::classes`].
    pub labels: Vec<u8>,
}

impl Images {
    /// Images held.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Image `i`'s pixels: `[side][side]`.
    ///
    /// # Panics
    /// If `i` is not below [`Self::len`].
    pub fn image(&self, i: usize) -> &[u8] {
        let pixels = (self.side * self.side) as usize;
        &self.pixels[i * pixels..(i + 1) * pixels]
    }
}

/// What a data set is, for files and people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DataInfo {
    /// Which set of the catalogue; custom where not all of its files are verified by their SHA-256.
    pub kind: DataSet,
    /// In words: "MNIST (verified)", "procedural digits", "custom IDX files", or how these were read.
    pub name: String,
    /// SHA-256 (hex) over the training images' pixels and labels, then the test set's.
    pub digest: String,
    /// How many images the training set has.
    pub train: u32,
    /// How many images the test set has.
    pub test: u32,
    /// Pixels of an image's side.
    #[serde(default = "mnist_side")]
    pub side: u32,
    /// Categories of the labels.
    #[serde(default = "mnist_classes")]
    pub classes: u32,
}

// Files written before a data set said its shape are all of MNIST's.
fn mnist_side() -> u32 {
    28
}

fn mnist_classes() -> u32 {
    10
}

impl DataInfo {
    /// Pixels of an image: a network's inputs.
    pub fn pixels(&self) -> usize {
        (self.side * self.side) as usize
    }
}

/// Training and test images, with what they are; all of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// What they are.
    pub info: DataInfo,
    /// Images that tasks are learned from.
    pub train: Images,
    /// Images that accuracy is measured on.
    pub test: Images,
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

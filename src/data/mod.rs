//! Images and labels: MNIST and other IDX files, our own procedural digits, and their rotation.

mod digits;
mod idx;
mod rotate;

use serde::{Deserialize, Serialize};

pub use digits::digits;
pub use idx::{IdxError, mnist_files};
pub use rotate::{Rotation, Turn, rotate};

use crate::config::DataSet;

/// Pixels of one image's side.
pub const SIDE: usize = 28;
/// Pixels of one image.
pub const PIXELS: usize = SIDE * SIDE;
/// Categories of the labels.
pub const CLASSES: usize = 10;

/// Images, one after the other, with their labels.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Images {
    /// Grey values, 0 to 255, row by row, [`PIXELS`] for each image.
    pub pixels: Vec<u8>,
    /// For each image its category, below [`CLASSES`].
    pub labels: Vec<u8>,
}

impl Images {
    /// How many.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Image `i`'s pixels.
    pub fn image(&self, i: usize) -> &[u8] {
        &self.pixels[i * PIXELS..(i + 1) * PIXELS]
    }
}

/// What a data set is, for files and people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DataInfo {
    /// Which kind.
    pub kind: DataSet,
    /// In words: "MNIST (verified)", "procedural digits", "custom IDX files".
    pub name: String,
    /// SHA-256 (hex) over the training images' pixels and labels, then the test set's.
    pub digest: String,
    /// Training images.
    pub train: u32,
    /// Test images.
    pub test: u32,
}

/// Training and test images, with what they are.
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

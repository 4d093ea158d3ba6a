//! Why files of images can't be used: what each is, and what to do.

use super::LARGEST;
use crate::formats::gzip::GzipError;

/// Why files can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdxError {
    /// It is a file of another kind.
    #[error("{file}: this is {what}, not an IDX file as MNIST's are; {advice}")]
    Foreign {
        /// The file.
        file: String,
        /// What it is.
        what: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// It begins as no file that is known.
    #[error(
        "{file}: not an IDX file of images (28 x 28 bytes) or of labels (bytes); it begins with {start}"
    )]
    NotIdx {
        /// The file.
        file: String,
        /// Its first bytes.
        start: String,
    },
    /// Its numbers are not bytes.
    #[error(
        "{file}: an IDX file of {numbers}; needed are bytes, 0 to 255: save it again as unsigned bytes"
    )]
    Numbers {
        /// The file.
        file: String,
        /// What they are.
        numbers: &'static str,
    },
    /// It has too few or too many dimensions.
    #[error(
        "{file}: an IDX file of {dimensions} dimensions; needed are three for images (number, 28, 28) and \
         one for labels (number): save it again without the others"
    )]
    Dimensions {
        /// The file.
        file: String,
        /// How many.
        dimensions: u8,
    },
    /// It is gzip data of no use.
    #[error("{file}: {reason}; download or copy it again")]
    Gzip {
        /// The file.
        file: String,
        /// Why.
        reason: GzipError,
    },
    /// Its images have another size.
    #[error("{file}: images of {width} x {height} pixels; needed are 28 x 28")]
    Size {
        /// The file.
        file: String,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// It holds nothing.
    #[error("{file}: it holds no {what}")]
    Empty {
        /// The file.
        file: String,
        /// "images" or "labels".
        what: &'static str,
    },
    /// It ends too early.
    #[error("{file}: cut short; its header promises {promised} bytes, it holds {held}")]
    Short {
        /// The file.
        file: String,
        /// Bytes promised.
        promised: u64,
        /// Bytes there.
        held: u64,
    },
    /// It goes on after its end.
    #[error("{file}: too long; its header promises {promised} bytes, and more follow")]
    Long {
        /// The file.
        file: String,
        /// Bytes promised.
        promised: u64,
    },
    /// Its header promises more than we read.
    #[error("{file}: its header promises {promised} bytes, more than the {LARGEST} that are read")]
    TooLarge {
        /// The file.
        file: String,
        /// Bytes promised.
        promised: u64,
    },
    /// A label is of no class.
    #[error("{file}: label {label} at index {index}; labels are {first} to {last}")]
    Label {
        /// The file.
        file: String,
        /// The label.
        label: u8,
        /// Its index, from 0.
        index: usize,
        /// The first label that may be.
        first: u32,
        /// The last one.
        last: u32,
    },
    /// All images are of one class.
    #[error(
        "all labels are {label}: there is nothing to tell apart; needed are two classes at least"
    )]
    OneClass {
        /// The label.
        label: u8,
    },
    /// They are not the data set that they were said to be.
    #[error("these files are not {title}: {reason}; name another data set, or leave it out")]
    NotThatSet {
        /// What they were said to be.
        title: &'static str,
        /// What tells.
        reason: String,
    },
    /// The files don't go together.
    #[error("these files don't go together: {reason}")]
    Mismatch {
        /// Why.
        reason: String,
    },
    /// None of them is of a data set.
    #[error(
        "{place} holds no data set: needed are four IDX files (training images and labels, test images and \
         labels), packed (.gz) or not; there is no {missing}"
    )]
    Missing {
        /// Where was looked.
        place: String,
        /// What there is none of.
        missing: String,
    },
    /// Several data sets are there.
    #[error("{place} holds several data sets ({sets}): name or give the files of one")]
    Several {
        /// Where was looked.
        place: String,
        /// How their files' names begin.
        sets: String,
    },
    /// A file is missing or can't be read.
    #[error("{file}: can't be read ({reason})")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
}

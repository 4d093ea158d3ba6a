//! Why files of images can't be used: what each is, and what to do.

use super::LARGEST;
use crate::formats::gzip::GzipError;

/// Why files can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdxError {
    /// It is a file of another kind.
    #[error("{file}: this is {what}, not an IDX file as MNIST's are; {advice}")]
    Foreign {
        /// Its path or name, as it was given.
        file: String,
        /// What it is instead, in words: "a zip archive".
        what: &'static str,
        /// What to do with it, as the end of a sentence: "unpack it and give the files in it".
        advice: &'static str,
    },
    /// It begins as no file that is known.
    #[error(
        "{file}: not an IDX file of images (28 x 28 bytes) or of labels (bytes); it begins with {start}"
    )]
    NotIdx {
        /// Its path or name, as it was given.
        file: String,
        /// Its first 8 bytes (fewer where it has fewer), unpacked, in hexadecimal; "nothing" of none.
        start: String,
    },
    /// Its numbers are not bytes.
    #[error(
        "{file}: an IDX file of {numbers}; needed are bytes, 0 to 255: save it again as unsigned bytes"
    )]
    Numbers {
        /// Its path or name, as it was given.
        file: String,
        /// What they are by its header's third byte, in words: "floats (32 bits)".
        numbers: &'static str,
    },
    /// It has too few or too many dimensions.
    #[error(
        "{file}: an IDX file of {dimensions} dimensions; needed are three for images (number, 28, 28) and \
         one for labels (number): save it again without the others"
    )]
    Dimensions {
        /// Its path or name, as it was given.
        file: String,
        /// How many by its header's fourth byte: neither one nor three.
        dimensions: u8,
    },
    /// It is gzip data of no use.
    #[error("{file}: {reason}; download or copy it again")]
    Gzip {
        /// Its path or name, as it was given.
        file: String,
        /// Whether its data are damaged or followed by something else.
        reason: GzipError,
    },
    /// Its images have another size.
    #[error("{file}: images of {width} x {height} pixels; needed are 28 x 28")]
    Size {
        /// Its path or name, as it was given.
        file: String,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// It holds nothing.
    #[error("{file}: it holds no {what}")]
    Empty {
        /// Its path or name, as it was given.
        file: String,
        /// "images" or "labels".
        what: &'static str,
    },
    /// It ends too early.
    #[error("{file}: cut short; its header promises {promised} bytes, it holds {held}")]
    Short {
        /// Its path or name, as it was given.
        file: String,
        /// Bytes that it must have unpacked, its header with them; of a header cut short the header's alone.
        promised: u64,
        /// Bytes that it has, unpacked.
        held: u64,
    },
    /// It goes on after its end.
    #[error("{file}: too long; its header promises {promised} bytes, and more follow")]
    Long {
        /// Its path or name, as it was given.
        file: String,
        /// Bytes that it must have unpacked, its header with them.
        promised: u64,
    },
    /// Its header promises more than we read.
    #[error("{file}: its header promises {promised} bytes, more than the {LARGEST} that are read")]
    TooLarge {
        /// Its path or name, as it was given.
        file: String,
        /// Bytes that it would have unpacked, its header with them.
        promised: u64,
    },
    /// A label is of no class.
    #[error("{file}: label {label} at index {index}; labels are {first} to {last}")]
    Label {
        /// Its path or name, as it was given.
        file: String,
        /// The label as the file has it: not yet counted from 0.
        label: u8,
        /// Its index, from 0.
        index: usize,
        /// The first label that may be.
        first: u32,
        /// The last label that may be, itself allowed.
        last: u32,
    },
    /// All images are of one class.
    #[error(
        "all labels are {label}: there is nothing to tell apart; needed are two classes at least"
    )]
    OneClass {
        /// The label that every image has, as the files have it.
        label: u8,
    },
    /// They are not the data set that they were said to be.
    #[error("these files are not {title}: {reason}; name another data set, or leave it out")]
    NotThatSet {
        /// What they were said to be.
        title: &'static str,
        /// What tells, in words: how many images there are, the labels, or the SHA-256.
        reason: String,
    },
    /// The files don't go together.
    #[error("these files don't go together: {reason}")]
    Mismatch {
        /// Why, in words: how many they are, what their headers count, or what their names leave open.
        reason: String,
    },
    /// None of them is of a data set.
    #[error(
        "{place} holds no data set: needed are four IDX files (training images and labels, test images and \
         labels), packed (.gz) or not; there is no {missing}"
    )]
    Missing {
        /// Where was looked: a folder's path, or words of the page.
        place: String,
        /// What there is none of.
        missing: String,
    },
    /// Several data sets are there.
    #[error("{place} holds several data sets ({sets}): name or give the files of one")]
    Several {
        /// Where was looked: a folder's path, or words of the page.
        place: String,
        /// How their files' names begin.
        sets: String,
    },
    /// A file is missing or can't be read.
    #[error("{file}: can't be read ({reason})")]
    Unreadable {
        /// The file's path, or that of a folder that can't be looked through.
        file: String,
        /// The system's words, or ours.
        reason: String,
    },
}

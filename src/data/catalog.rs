//! The data sets that are known: a row for each, which is all that there is to write for a new one.
//!
//! A SHA-256 stands here only if it was taken of the file itself. Of sets without a whole list the content
//! can't be verified: their files are told by their shape, or by the reader's word, and results name them
//! custom.

use serde::{Deserialize, Serialize};

/// Most classes that labels may tell apart: EMNIST's digits, capitals and small letters.
pub const MOST_CLASSES: u32 = 62;

/// MNIST's files, as most sets name theirs.
const MNIST_FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// What is known of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name, for people.
    pub title: &'static str,
    /// What one of its images is called: "digit", or "image" where it is none.
    pub noun: &'static str,
    /// Classes, up to [`MOST_CLASSES`]; none where the labels say.
    pub classes: Option<u32>,
    /// The first class's label in its files.
    pub first_label: u8,
    /// Whether its files hold each image with rows and columns exchanged.
    pub is_transposed: bool,
    /// Training and test images; none where any number will do.
    pub counts: Option<[u32; 2]>,
    /// Its files, without ".gz": training images and labels, test images and labels; none of a set without.
    pub files: Option<[&'static str; 4]>,
    /// SHA-256 of the files unpacked, as `sha256sum` lists them. A file that is not in it can't be verified.
    sums: &'static str,
    /// Where a public copy lies, at a fixed revision; what stands before the files' names.
    pub mirror: Option<&'static str>,
    /// Under which licence it may be used, and who says so.
    pub licence: &'static str,
}

impl Row {
    /// The SHA-256 (hex) of its file in that place of [`Self::files`], unpacked, if it is on record.
    pub fn sha256(&self, place: usize) -> Option<&'static str> {
        let name = self.files.as_ref()?.get(place)?;
        let mut lines = self.sums.lines().filter_map(|line| line.split_once("  "));
        lines.find(|(_, of)| of == name).map(|(sum, _)| sum)
    }

    /// How much there is of it, in words: its classes, its images.
    pub fn extent(&self) -> String {
        let classes = self
            .classes
            .map_or("as many classes as its labels".into(), |n| {
                format!("{n} classes")
            });
        let counts = self.counts.map_or(String::new(), |[train, test]| {
            format!(", {train} images to train and {test} to test")
        });
        format!("{classes}{counts}")
    }

    /// What is done to its files as they are read, in words, each after "; "; empty where nothing is.
    pub fn reading(&self) -> String {
        let stored = if self.is_transposed {
            "; images lie transposed and are set right"
        } else {
            ""
        };
        let shifted = match self.first_label {
            0 => String::new(),
            first => format!("; labels from {first} on are counted from 0"),
        };
        format!("{stored}{shifted}")
    }

    /// What its files are, how they are read, what of them can be verified, and its licence, in words.
    pub fn words(&self) -> String {
        let known = match (self.files, self.is_on_record()) {
            (None, _) => "",
            (_, true) => "; verified by SHA-256",
            (_, false) => "; can't be verified whole: not every SHA-256 is on record",
        };
        let (extent, reading, licence) = (self.extent(), self.reading(), self.licence);
        format!("{extent}{reading}{known}. Licence: {licence}.")
    }

    /// Whether all its files can be verified.
    pub fn is_on_record(&self) -> bool {
        (0..4).all(|place| self.sha256(place).is_some())
    }

    /// Which of a set's four files, in the order of [`Self::files`], are verified by SHA-256; none if one of
    /// them is another than that on record.
    pub(super) fn verified(&self, hashes: &[String]) -> Option<[bool; 4]> {
        let mut verified = [false; 4];
        for (place, (is_verified, hash)) in verified.iter_mut().zip(hashes).enumerate() {
            match self.sha256(place) {
                Some(sum) if sum != hash => return None,
                known => *is_verified = known.is_some(),
            }
        }
        (hashes.len() == verified.len()).then_some(verified)
    }
}

macro_rules! catalog {
    ($($(#[doc = $doc:literal])* $id:ident = $word:literal: $row:expr;)*) => {
        /// Which images an experiment asks for, and a run had.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[serde(rename_all = "snake_case")]
        pub enum DataSet {
            $($(#[doc = $doc])* $id,)*
        }

        impl DataSet {
            /// All of them, in the catalogue's order.
            pub const ALL: &[Self] = &[$(Self::$id),*];
            /// The names used in files, flags and links, in the order of [`Self::ALL`].
            pub const WORDS: &[&str] = &[$($word),*];

            /// Its name, as in files, flags and links.
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$id => $word,)*
                }
            }

            /// What is known of it.
            pub const fn row(self) -> &'static Row {
                match self {
                    $(Self::$id => const { &$row },)*
                }
            }
        }
    };
}

/// What most sets have in common.
const MNIST_LIKE: Row = Row {
    title: "",
    noun: "image",
    classes: Some(10),
    first_label: 0,
    is_transposed: false,
    counts: Some([60_000, 10_000]),
    files: Some(MNIST_FILES),
    sums: "",
    mirror: None,
    licence: "",
};

/// EMNIST's sets. Its images are transposed: tensorflow/datasets says so where it lists the splits
/// (docs/catalog/emnist.md), from where the counts are too.
const EMNIST: Row = Row {
    is_transposed: true,
    licence: "none stated; made by Cohen et al. (arXiv:1702.05373) of NIST's Special Database 19",
    ..MNIST_LIKE
};

// Adding a data set is adding a row. New ones come last: files and links know them by their names.
catalog! {
    /// MNIST, verified by SHA-256.
    Mnist = "mnist": Row {
        title: "MNIST",
        noun: "digit",
        sums: include_str!("mnist.sha256"),
        mirror: Some(include_str!("mnist.mirror").trim_ascii()),
        licence: "none stated by its makers; used everywhere for research",
        ..MNIST_LIKE
    };
    /// The project's own procedural digits.
    Digits = "digits": Row {
        title: "procedural digits",
        noun: "digit",
        counts: None,
        files: None,
        licence: "MIT or Apache-2.0, as this project",
        ..MNIST_LIKE
    };
    /// Any other valid IDX files.
    Custom = "custom": Row {
        title: "custom IDX files",
        classes: None,
        counts: None,
        files: None,
        licence: "whatever their makers say",
        ..MNIST_LIKE
    };
    /// Zalando's clothes.
    // The labels' digests were taken of its makers' repository (github.com/zalandoresearch/fashion-mnist,
    // data/fashion at b2617bb6), whose README.md has their MD5; the files of images could not be had here.
    FashionMnist = "fashion_mnist": Row {
        title: "Fashion-MNIST",
        sums: include_str!("fashion_mnist.sha256"),
        licence: "MIT (LICENSE in github.com/zalandoresearch/fashion-mnist)",
        ..MNIST_LIKE
    };
    /// Kuzushiji-MNIST, cursive Japanese.
    Kmnist = "kmnist": Row {
        title: "KMNIST",
        licence: "CC BY-SA 4.0 (README.md in github.com/rois-codh/kmnist)",
        ..MNIST_LIKE
    };
    /// EMNIST's digits: ten classes, four times as many images as MNIST's.
    EmnistDigits = "emnist_digits": Row {
        title: "EMNIST digits",
        noun: "digit",
        counts: Some([240_000, 40_000]),
        files: Some([
            "emnist-digits-train-images-idx3-ubyte",
            "emnist-digits-train-labels-idx1-ubyte",
            "emnist-digits-test-images-idx3-ubyte",
            "emnist-digits-test-labels-idx1-ubyte",
        ]),
        ..EMNIST
    };
    /// EMNIST's letters, capital and small ones as one.
    // Labels from 1 on: torchvision's datasets/mnist.py calls class 0 "N/A".
    EmnistLetters = "emnist_letters": Row {
        title: "EMNIST letters",
        classes: Some(26),
        first_label: 1,
        counts: Some([124_800, 20_800]),
        files: Some([
            "emnist-letters-train-images-idx3-ubyte",
            "emnist-letters-train-labels-idx1-ubyte",
            "emnist-letters-test-images-idx3-ubyte",
            "emnist-letters-test-labels-idx1-ubyte",
        ]),
        ..EMNIST
    };
    /// EMNIST's digits and letters, as many of each.
    EmnistBalanced = "emnist_balanced": Row {
        title: "EMNIST balanced",
        classes: Some(47),
        counts: Some([112_800, 18_800]),
        files: Some([
            "emnist-balanced-train-images-idx3-ubyte",
            "emnist-balanced-train-labels-idx1-ubyte",
            "emnist-balanced-test-images-idx3-ubyte",
            "emnist-balanced-test-labels-idx1-ubyte",
        ]),
        ..EMNIST
    };
}

/// What files are held against the catalogue by.
pub(super) struct Shape<'a> {
    /// Training and test images.
    pub(super) counts: [u32; 2],
    /// The lowest and the highest label.
    pub(super) labels: [u8; 2],
    /// SHA-256 of the four files, in [`Row::files`]' order; empty of a set of two.
    pub(super) hashes: &'a [String],
}

impl Shape<'_> {
    /// Whether the files may be that set's.
    pub(super) fn fits(&self, row: &Row) -> bool {
        let [low, high] = self.labels;
        let top = row.classes.map(|n| u32::from(row.first_label) + n);
        row.counts == Some(self.counts)
            && low >= row.first_label
            && top.is_none_or(|top| u32::from(high) < top)
            && row.verified(self.hashes).is_some()
    }

    /// The sets that the files may be: the one that is verified whole or in part, else all of that shape.
    pub(super) fn candidates(&self) -> Vec<DataSet> {
        let mut sets: Vec<DataSet> = DataSet::ALL.to_vec();
        sets.retain(|set| self.fits(set.row()));
        let known = |set: &DataSet| {
            let verified = set.row().verified(self.hashes);
            verified.map_or(0, |of| of.iter().filter(|&&is| is).count())
        };
        let most = sets.iter().map(known).max().unwrap_or(0);
        sets.retain(|set| known(set) == most);
        sets
    }
}

/// What is verified of a set's files, in words.
pub(super) fn checked(verified: [bool; 4]) -> String {
    let [images, labels, test_images, test_labels] = verified;
    match (images && test_images, labels && test_labels) {
        (true, true) => "verified".to_owned(),
        (false, true) => "labels verified, images not".to_owned(),
        _ => "content not verified: no SHA-256 of it is on record".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_told_in_words() {
        assert_eq!(
            DataSet::EmnistLetters.row().words(),
            "26 classes, 124800 images to train and 20800 to test; images lie transposed and are set right; \
             labels from 1 on are counted from 0; can't be verified whole: not every SHA-256 is on record. \
             Licence: none stated; made by Cohen et al. (arXiv:1702.05373) of NIST's Special Database 19."
        );
        let mnist = DataSet::Mnist.row().words();
        assert!(mnist.contains("to test; verified by SHA-256. "));
        let own = DataSet::Custom.row().words();
        assert!(own.starts_with("as many classes as its labels. "));
    }

    #[test]
    fn rows_are_whole() {
        for (i, &set) in DataSet::ALL.iter().enumerate() {
            let row = set.row();
            assert_eq!(set.word(), DataSet::WORDS[i]);
            assert_eq!(serde_json::to_value(set).unwrap(), set.word());
            assert!(!row.title.is_empty() && !row.licence.is_empty());
            assert!(["digit", "image"].contains(&row.noun));
            assert!(row.classes.is_none_or(|n| (2..=MOST_CLASSES).contains(&n)));
            assert_eq!(row.files.is_some(), row.counts.is_some());
            for line in row.sums.lines() {
                let (sum, name) = line.split_once("  ").unwrap();
                assert!(sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit()));
                assert!(row.files.unwrap().contains(&name), "{name}");
            }
            // What is fetched is verified.
            assert!(row.mirror.is_none() || row.is_on_record());
        }
        let ids: Vec<_> = DataSet::WORDS[..3].to_vec();
        assert_eq!(
            ids,
            ["mnist", "digits", "custom"],
            "as files of old have them"
        );
        assert!(DataSet::Mnist.row().is_on_record());
        assert!(!DataSet::FashionMnist.row().is_on_record());
    }

    /// How files are to be read their shape must tell, or several sets of one shape would be mixed up.
    #[test]
    fn sets_of_one_shape_are_read_alike() {
        let how = |row: &Row| (row.is_transposed, row.first_label, row.classes);
        for a in DataSet::ALL.iter().map(|set| set.row()) {
            for b in DataSet::ALL.iter().map(|set| set.row()) {
                if a.counts.is_some() && a.counts == b.counts {
                    assert_eq!(how(a), how(b), "{} {}", a.title, b.title);
                }
            }
        }
    }

    #[test]
    fn candidates_are_those_of_a_shape_and_a_known_digest_decides() {
        let unknown = vec!["0".repeat(64); 4];
        fn shape(counts: [u32; 2], labels: [u8; 2], hashes: &[String]) -> Vec<DataSet> {
            let shape = Shape {
                counts,
                labels,
                hashes,
            };
            shape.candidates()
        }
        let small = [60_000, 10_000];
        // Fashion-MNIST's labels are known, and these are others.
        assert_eq!(shape(small, [0, 9], &unknown), [DataSet::Kmnist]);
        assert_eq!(shape(small, [0, 10], &unknown), []);
        assert_eq!(shape(small, [0, 9], &[]), []);
        let letters = [124_800, 20_800];
        assert_eq!(shape(letters, [1, 26], &unknown), [DataSet::EmnistLetters]);
        assert_eq!(shape(letters, [0, 25], &unknown), []);
        assert_eq!(
            shape([112_800, 18_800], [0, 46], &unknown),
            [DataSet::EmnistBalanced]
        );
        assert_eq!(
            shape([240_000, 40_000], [0, 9], &unknown),
            [DataSet::EmnistDigits]
        );
        for set in [DataSet::Mnist, DataSet::FashionMnist] {
            let sums = (0..4).map(|i| set.row().sha256(i).unwrap_or("0").to_owned());
            let sums: Vec<String> = sums.collect();
            assert_eq!(shape(small, [0, 9], &sums), [set]);
        }
        let fashion = DataSet::FashionMnist.row();
        let sums = (0..4).map(|i| fashion.sha256(i).unwrap_or("0").to_owned());
        let verified = fashion.verified(&sums.collect::<Vec<_>>()).unwrap();
        assert_eq!(checked(verified), "labels verified, images not");
        assert_eq!(checked([true; 4]), "verified");
        assert!(checked([false; 4]).contains("not verified"));
    }
}

//! IDX files, the format MNIST comes in: a header of big-endian numbers, then bytes.
//!
//! Files come from anywhere, so nothing in them is believed, and what is wrong is said with the file's name.
//! They are plain here: what is gzip is unpacked at the edge, by [`packed`](crate::formats::gzip) or by the
//! browser.

use sha2::{Digest, Sha256};

use super::{Dataset, Images, hex};
use crate::config::DataSet;
#[cfg(not(target_arch = "wasm32"))]
use crate::formats::gzip;

/// Pixels of an image's side: MNIST's, and so far of all that are read.
const SIDE: u32 = 28;
/// Pixels of an image.
const PIXELS: usize = (SIDE * SIDE) as usize;
/// Categories: the digits.
const CLASSES: usize = 10;

/// Most bytes of one file.
const LARGEST: u64 = 400 << 20;

/// MNIST's files: the SHA-256 of each unpacked, and the name it goes by, without ".gz". Training images and
/// labels, then test images and labels, as `sha256sum` lists them; the page and xtask read the same list.
pub fn mnist_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("mnist.sha256")
        .lines()
        .filter_map(|line| line.split_once("  "))
}

/// Why files can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdxError {
    /// It is no IDX file of bytes.
    #[error(
        "{file}: not an IDX file of images (28 x 28 bytes) or of labels (bytes); it begins with {start}"
    )]
    NotIdx {
        /// The file.
        file: String,
        /// Its first bytes.
        start: String,
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
    /// A label is no digit.
    #[error("{file}: label {label} at index {index}; labels are 0 to 9")]
    Label {
        /// The file.
        file: String,
        /// The label.
        label: u8,
        /// Its index, from 0.
        index: usize,
    },
    /// The files don't go together.
    #[error("these files don't go together: {reason}")]
    Mismatch {
        /// Why.
        reason: String,
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

/// What one file holds.
enum Content {
    Images(Vec<u8>),
    Labels(Vec<u8>),
}

struct Parsed {
    file: String,
    content: Content,
    sha256: String,
}

impl Parsed {
    fn count(&self) -> usize {
        match &self.content {
            Content::Images(pixels) => pixels.len() / PIXELS,
            Content::Labels(labels) => labels.len(),
        }
    }
}

/// Takes a file's bytes apart; its body stays where it is.
fn parse(file: &str, mut bytes: Vec<u8>) -> Result<Parsed, IdxError> {
    let name = || file.to_owned();
    let number = |at: usize| {
        let four = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(four))
    };
    let held = bytes.len() as u64;
    let (dimensions, count) = match (bytes.as_slice(), number(4)) {
        (&[0, 0, 8, dimensions @ (1 | 3), ..], Some(count)) => (dimensions, u64::from(count)),
        _ => {
            return Err(IdxError::NotIdx {
                file: name(),
                start: match bytes.as_slice() {
                    [] => "nothing".into(),
                    _ => format!("{:02x?}", &bytes[..bytes.len().min(8)]),
                },
            });
        }
    };
    let (what, header, each) = match dimensions {
        3 => ("images", 16, PIXELS as u64),
        _ => ("labels", 8, 1),
    };
    let short = |promised| IdxError::Short {
        file: name(),
        promised,
        held,
    };
    if dimensions == 3 {
        let (Some(height), Some(width)) = (number(8), number(12)) else {
            return Err(short(header));
        };
        if (height, width) != (SIDE, SIDE) {
            return Err(IdxError::Size {
                file: name(),
                width,
                height,
            });
        }
    }
    if count == 0 {
        return Err(IdxError::Empty { file: name(), what });
    }
    let promised = header + count * each;
    if promised > LARGEST {
        return Err(IdxError::TooLarge {
            file: name(),
            promised,
        });
    }
    match held.cmp(&promised) {
        std::cmp::Ordering::Less => return Err(short(promised)),
        std::cmp::Ordering::Greater => {
            return Err(IdxError::Long {
                file: name(),
                promised,
            });
        }
        std::cmp::Ordering::Equal => {}
    }
    let sha256 = hex(&Sha256::digest(&bytes));
    bytes.drain(..header as usize);
    let body = bytes;
    let content = if dimensions == 3 {
        Content::Images(body)
    } else {
        if let Some(index) = body.iter().position(|&l| usize::from(l) >= CLASSES) {
            return Err(IdxError::Label {
                file: name(),
                label: body[index],
                index,
            });
        }
        Content::Labels(body)
    };
    Ok(Parsed {
        file: name(),
        content,
        sha256,
    })
}

/// Whether a name says that a file belongs to the test set; none if it says neither.
fn named_test(file: &str) -> Option<bool> {
    let file = file.to_ascii_lowercase();
    if file.contains("t10k") || file.contains("test") {
        Some(true)
    } else if file.contains("train") {
        Some(false)
    } else {
        None
    }
}

impl Dataset {
    /// Reads a data set from its files, in any order: four (training and test), or two (images and
    /// labels), of which the last seventh becomes the test set.
    ///
    /// # Errors
    /// If a file is damaged, or they don't go together; see [`IdxError`].
    pub fn from_files(files: Vec<(String, Vec<u8>)>) -> Result<Self, IdxError> {
        let mismatch = |reason: String| IdxError::Mismatch { reason };
        if !matches!(files.len(), 2 | 4) {
            return Err(mismatch(format!(
                "{} of them; needed are four (training images and labels, test images and labels) or two \
                 (images and labels)",
                files.len()
            )));
        }
        let mut images = Vec::new();
        let mut labels = Vec::new();
        for (file, bytes) in files {
            let parsed = parse(&file, bytes)?;
            match parsed.content {
                Content::Images(_) => images.push(parsed),
                Content::Labels(_) => labels.push(parsed),
            }
        }
        if images.len() != labels.len() {
            return Err(mismatch(format!(
                "{} with images, {} with labels",
                images.len(),
                labels.len()
            )));
        }
        // Training first: the larger set, or by name where both are of one size.
        let order = |sets: &mut Vec<Parsed>| {
            if let [a, b] = sets.as_slice() {
                let swap = match a.count().cmp(&b.count()) {
                    std::cmp::Ordering::Less => true,
                    std::cmp::Ordering::Greater => false,
                    std::cmp::Ordering::Equal => match (named_test(&a.file), named_test(&b.file)) {
                        (Some(true), Some(false)) => true,
                        (Some(false), Some(true)) => false,
                        _ => {
                            return Err(mismatch(format!(
                                "{} and {} hold {} each, and their names don't say which is for training \
                                     (\"train\") and which for testing (\"test\" or \"t10k\")",
                                a.file,
                                b.file,
                                a.count()
                            )));
                        }
                    },
                };
                if swap {
                    sets.swap(0, 1);
                }
            }
            Ok(())
        };
        order(&mut images)?;
        order(&mut labels)?;
        let hashes: Vec<String> = images
            .iter()
            .zip(&labels)
            .flat_map(|(i, l)| [i.sha256.clone(), l.sha256.clone()])
            .collect();
        let mut sets = Vec::new();
        for (i, l) in images.into_iter().zip(labels) {
            if i.count() != l.count() {
                return Err(mismatch(format!(
                    "{} holds {} images, {} holds {} labels",
                    i.file,
                    i.count(),
                    l.file,
                    l.count()
                )));
            }
            if let (Content::Images(pixels), Content::Labels(labels)) = (i.content, l.content) {
                sets.push(Images {
                    side: SIDE,
                    pixels,
                    labels,
                });
            }
        }
        let verified = hashes
            .iter()
            .map(String::as_str)
            .eq(mnist_files().map(|(sha256, _)| sha256));
        let mut sets = sets.into_iter();
        let mut train = sets.next().unwrap_or_default();
        let (test, name) = match sets.next() {
            Some(test) => (test, "custom IDX files"),
            None => {
                let kept = train.len() * 6 / 7;
                if kept == 0 || kept == train.len() {
                    return Err(mismatch("too few images to keep some for testing".into()));
                }
                let test = Images {
                    side: SIDE,
                    pixels: train.pixels.split_off(kept * PIXELS),
                    labels: train.labels.split_off(kept),
                };
                (test, "custom IDX files (the last seventh kept for testing)")
            }
        };
        let (kind, name) = if verified {
            (DataSet::Mnist, "MNIST (verified)")
        } else {
            (DataSet::Custom, name)
        };
        Ok(Self::of(kind, name, CLASSES as u32, train, test))
    }

    /// Reads MNIST's four files, plain or gzip, from a folder.
    ///
    /// # Errors
    /// If one is missing or of no use.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn from_directory(folder: &std::path::Path) -> Result<Self, IdxError> {
        let mut files = Vec::new();
        for (_, name) in mnist_files() {
            let dotted = name.replacen("-idx", ".idx", 1);
            let found = [name, &dotted]
                .iter()
                .flat_map(|n| [folder.join(n), folder.join(format!("{n}.gz"))])
                .find(|path| path.is_file())
                .ok_or_else(|| IdxError::Unreadable {
                    file: folder.join(name).display().to_string(),
                    reason: "there is no such file, with or without .gz".into(),
                })?;
            let unreadable = |e: std::io::Error| IdxError::Unreadable {
                file: found.display().to_string(),
                reason: e.to_string(),
            };
            let bytes = std::fs::read(&found).map_err(unreadable)?;
            let bytes = gzip::unpack(bytes, LARGEST).map_err(unreadable)?;
            files.push((found.display().to_string(), bytes));
        }
        Self::from_files(files)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(n: u32) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, 3];
        for x in [n, 28, 28] {
            bytes.extend(x.to_be_bytes());
        }
        bytes.extend((0..n as usize * PIXELS).map(|i| (i % 255) as u8));
        bytes
    }

    fn labels(n: u32) -> Vec<u8> {
        let mut bytes = vec![0, 0, 8, 1];
        bytes.extend(n.to_be_bytes());
        bytes.extend((0..n).map(|i| (i % 10) as u8));
        bytes
    }

    fn four() -> Vec<(String, Vec<u8>)> {
        vec![
            ("a".into(), labels(3)),
            ("b".into(), images(9)),
            ("c".into(), images(3)),
            ("d".into(), labels(9)),
        ]
    }

    fn said(files: &[(String, Vec<u8>)]) -> String {
        Dataset::from_files(files.to_vec()).unwrap_err().to_string()
    }

    #[test]
    fn four_files_in_any_order() {
        let data = Dataset::from_files(four()).unwrap();
        assert_eq!((data.train.len(), data.test.len()), (9, 3));
        assert_eq!(data.info.kind, DataSet::Custom);
        assert_eq!(data.info.digest.len(), 64);
        assert_eq!(data.train.image(1)[0], (PIXELS % 255) as u8);
    }

    #[test]
    fn two_files_are_split() {
        let data =
            Dataset::from_files(vec![("i".into(), images(14)), ("l".into(), labels(14))]).unwrap();
        assert_eq!((data.train.len(), data.test.len()), (12, 2));
        assert!(data.info.name.contains("seventh"));
    }

    #[test]
    fn every_cut_is_found() {
        let whole = labels(9);
        for cut in 0..whole.len() {
            let mut files = four();
            files[3].1 = whole[..cut].to_vec();
            assert!(said(&files).starts_with("d: "), "{cut}");
        }
        let whole = images(9);
        for cut in [5, 15, 20, whole.len() - 1] {
            let mut files = four();
            files[1].1 = whole[..cut].to_vec();
            assert!(said(&files).starts_with("b: "), "{cut}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let change = |i: usize, bytes: Vec<u8>| {
            let mut files = four();
            files[i].1 = bytes;
            said(&files)
        };
        let mut long = labels(9);
        long.push(1);
        assert!(change(3, long).contains("too long"));
        let mut bad = labels(9);
        bad[10] = 11;
        assert!(change(3, bad).contains("label 11 at index 2"));
        assert!(change(3, b"<!doctype html>".to_vec()).contains("not an IDX file"));
        assert!(change(3, Vec::new()).contains("begins with nothing"));
        assert!(change(3, labels(0)).contains("no labels"));
        let mut wide = images(9);
        wide[15] = 32;
        assert!(change(1, wide).contains("32 x 28"));
        let mut huge = images(9);
        huge[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(change(1, huge).contains("more than"));
        assert!(change(3, labels(8)).contains("holds 9 images"));
        assert!(change(3, images(9)).contains("3 with images"));
        assert!(said(&four()[..3]).contains("needed are four"));
        let same: Vec<_> = (0..2)
            .flat_map(|i| [(format!("i{i}"), images(4)), (format!("l{i}"), labels(4))])
            .collect();
        assert!(said(&same).contains("don't say which"));
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[test]
    fn mnist_is_verified() {
        let Some(folder) = std::env::var_os("METACLS_MNIST") else {
            println!("skipped: METACLS_MNIST does not name a folder with MNIST's files");
            return;
        };
        let data = Dataset::from_directory(folder.as_ref()).unwrap();
        assert_eq!(data.info.kind, DataSet::Mnist);
        assert_eq!((data.train.len(), data.test.len()), (60_000, 10_000));
    }
}

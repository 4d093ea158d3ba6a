//! IDX files, the format MNIST comes in: a header of big-endian numbers, then bytes.
//!
//! Files come from anywhere, so nothing in them is believed, and what is wrong is said with the file's name.
//! They are gzip or not, whatever they are called; none is unpacked further than its header promises.

mod choose;
mod error;
#[cfg(not(target_arch = "wasm32"))]
mod folder;
mod header;

use sha2::{Digest, Sha256};

use super::{Dataset, Images, hex};
use crate::config::DataSet;
use crate::formats::gzip::{self, GzipError};

pub use choose::{Chosen, choose};
pub use error::IdxError;
pub use header::{Content, Header, header};

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
    include_str!("../mnist.sha256")
        .lines()
        .filter_map(|line| line.split_once("  "))
}

/// A file taken apart.
struct Parsed {
    file: String,
    header: Header,
    /// What stands behind the header.
    body: Vec<u8>,
    sha256: String,
}

/// Takes a file's bytes apart, packed or not.
fn parse(file: &str, bytes: Vec<u8>) -> Result<Parsed, IdxError> {
    let header = header(file, &bytes)?;
    let name = || file.to_owned();
    let promised = header.promised();
    let long = || IdxError::Long {
        file: name(),
        promised,
    };
    let mut bytes = gzip::unpack(bytes, promised).map_err(|reason| match reason {
        GzipError::TooLarge(_) => long(),
        reason => IdxError::Gzip {
            file: name(),
            reason,
        },
    })?;
    let held = bytes.len() as u64;
    match held.cmp(&promised) {
        std::cmp::Ordering::Less => {
            return Err(IdxError::Short {
                file: name(),
                promised,
                held,
            });
        }
        std::cmp::Ordering::Greater => return Err(long()),
        std::cmp::Ordering::Equal => {}
    }
    let sha256 = hex(&Sha256::digest(&bytes));
    bytes.drain(..header.size());
    if header.content == Content::Labels {
        let mut labels = bytes.iter().copied().enumerate();
        if let Some((index, label)) = labels.find(|&(_, label)| usize::from(label) >= CLASSES) {
            return Err(IdxError::Label {
                file: name(),
                label,
                index,
            });
        }
    }
    Ok(Parsed {
        file: name(),
        header,
        body: bytes,
        sha256,
    })
}

/// Training before test, of files of one content.
fn order(sets: &mut [Parsed]) -> Result<(), IdxError> {
    if let [a, b] = sets {
        // What is verified goes by no name.
        let place = |of: &Parsed| mnist_files().position(|(sha256, _)| sha256 == of.sha256);
        let is_swapped = match (place(a), place(b)) {
            (Some(a), Some(b)) => b < a,
            _ => choose::swapped((&a.file, a.header.count), (&b.file, b.header.count))?,
        };
        if is_swapped {
            std::mem::swap(a, b);
        }
    }
    Ok(())
}

impl Dataset {
    /// Reads a data set from its files, packed or not, in any order: four (training and test), or two
    /// (images and labels), of which the last seventh becomes the test set.
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
            match parsed.header.content {
                Content::Images => images.push(parsed),
                Content::Labels => labels.push(parsed),
            }
        }
        if images.len() != labels.len() {
            return Err(mismatch(format!(
                "{} with images, {} with labels",
                images.len(),
                labels.len()
            )));
        }
        order(&mut images)?;
        order(&mut labels)?;
        let hashes: Vec<String> = images
            .iter()
            .zip(&labels)
            .flat_map(|(i, l)| [i.sha256.clone(), l.sha256.clone()])
            .collect();
        let is_emnist = images
            .iter()
            .any(|i| i.file.to_ascii_lowercase().contains("emnist"));
        let mut sets = Vec::new();
        for (i, l) in images.into_iter().zip(labels) {
            if i.header.count != l.header.count {
                return Err(mismatch(format!(
                    "{} holds {} images, {} holds {} labels",
                    i.file, i.header.count, l.file, l.header.count
                )));
            }
            sets.push(Images {
                side: SIDE,
                pixels: i.body,
                labels: l.body,
            });
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
        // A name is no proof: the same bytes are the same images whatever they are called. And nothing is
        // lost by images that lie transposed, for every task turns all of them alike.
        let name = match is_emnist {
            true => format!("{name}; named EMNIST, whose images lie transposed and are used so"),
            false => name.to_owned(),
        };
        let (kind, name) = if verified {
            (DataSet::Mnist, "MNIST (verified)")
        } else {
            (DataSet::Custom, name.as_str())
        };
        Ok(Self::of(kind, name, CLASSES as u32, train, test))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// A header.
    pub(super) fn idx(numbers: u8, dimensions: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0, 0, numbers, dimensions.len() as u8];
        bytes.extend(dimensions.iter().flat_map(|d| d.to_be_bytes()));
        bytes
    }

    pub(super) fn images(n: u32) -> Vec<u8> {
        let mut bytes = idx(8, &[n, 28, 28]);
        bytes.extend((0..n as usize * PIXELS).map(|i| (i % 255) as u8));
        bytes
    }

    pub(super) fn labels(n: u32) -> Vec<u8> {
        let mut bytes = idx(8, &[n]);
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
        assert!(change(3, b"<!doctype html>".to_vec()).contains("a page of HTML"));
        assert!(change(3, Vec::new()).contains("an empty file"));
        // Of what would unpack to more, no more than one byte more is unpacked.
        let bomb = [labels(9), vec![0; 64 << 20]].concat();
        assert!(change(3, gzip(&bomb)).contains("too long"));
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

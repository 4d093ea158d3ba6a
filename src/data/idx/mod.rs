//! IDX files, the format MNIST comes in: a header of big-endian numbers, then bytes.
//!
//! Files come from anywhere, so nothing in them is believed, and what is wrong is said with the file's name.
//! They are gzip or not, whatever they are called; none is unpacked further than its header promises.

mod choose;
mod error;
#[cfg(not(target_arch = "wasm32"))]
mod folder;
mod header;
mod reading;

use sha2::{Digest, Sha256};

use super::catalog::{DataSet, MOST_CLASSES, Shape};
use super::{Dataset, Images, hex};
use crate::formats::gzip::{self, GzipError};

pub use choose::{Chosen, choose};
pub use error::IdxError;
pub use header::{Content, Header, header};

use reading::{Reading, reading};

/// Pixels of an image's side: MNIST's, and so far of all that are read.
const SIDE: u32 = 28;
/// Pixels of an image.
const PIXELS: usize = (SIDE * SIDE) as usize;

/// Most bytes of one file.
const LARGEST: u64 = 400 << 20;

/// MNIST's files: the SHA-256 of each unpacked, and the name it goes by, without ".gz". Training images and
/// labels, then test images and labels, as `sha256sum` lists them; the page and xtask read the same list.
pub fn mnist_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    let row = DataSet::Mnist.row();
    let names = row.files.into_iter().flatten().enumerate();
    names.filter_map(|(place, name)| Some((row.sha256(place)?, name)))
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
    let parsed = Parsed {
        file: name(),
        header,
        body: bytes,
        sha256,
    };
    if header.content == Content::Labels {
        parsed.labels_within(0, MOST_CLASSES)?;
    }
    Ok(parsed)
}

impl Parsed {
    /// That its labels are of so many classes from a first one on.
    fn labels_within(&self, first: u8, classes: u32) -> Result<(), IdxError> {
        let first = u32::from(first);
        let last = first + classes.saturating_sub(1);
        let mut labels = self.body.iter().copied().enumerate();
        match labels.find(|&(_, label)| !(first..=last).contains(&label.into())) {
            None => Ok(()),
            Some((index, label)) => Err(IdxError::Label {
                file: self.file.clone(),
                label,
                index,
                first,
                last,
            }),
        }
    }
}

/// Training before test, of files of one content.
fn order(sets: &mut [Parsed]) -> Result<(), IdxError> {
    if let [a, b] = sets {
        // What is verified goes by no name.
        let rows = || DataSet::ALL.iter().map(|set| set.row());
        let place = |of: &Parsed| {
            let mut places =
                (0..4).filter(|&at| rows().any(|row| row.sha256(at) == Some(&of.sha256)));
            places.next()
        };
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

/// Exchanges rows and columns of each image.
fn transpose(pixels: &mut [u8]) {
    let side = SIDE as usize;
    for image in pixels.chunks_exact_mut(PIXELS) {
        for row in 0..side {
            for column in 0..row {
                image.swap(row * side + column, column * side + row);
            }
        }
    }
}

impl Dataset {
    /// Reads a data set from its files, packed or not, in any order: four (training and test), or two
    /// (images and labels), of which the last seventh becomes the test set.
    ///
    /// What they are is told by SHA-256, else by shape. `wanted` says it instead, where nothing can tell:
    /// [`DataSet::Custom`] reads them as they lie. Labels of other sets than the catalogue's are classes
    /// from 0 on, up to [`MOST_CLASSES`].
    ///
    /// # Errors
    /// If a file is damaged, they don't go together, or are not what is wanted; see [`IdxError`].
    pub fn from_files(
        files: Vec<(String, Vec<u8>)>,
        wanted: Option<DataSet>,
    ) -> Result<Self, IdxError> {
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
        for (i, l) in images.iter().zip(&labels) {
            if i.header.count != l.header.count {
                return Err(mismatch(format!(
                    "{} holds {} images, {} holds {} labels",
                    i.file, i.header.count, l.file, l.header.count
                )));
            }
        }
        let reading = read(wanted, &images, &labels)?;
        let is_named_emnist = images
            .iter()
            .any(|i| i.file.to_ascii_lowercase().contains("emnist"));
        let first = reading.row.map_or(0, |row| row.first_label);
        let mut sets = images.into_iter().zip(labels).map(|(mut i, mut l)| {
            if reading.row.is_some_and(|row| row.is_transposed) {
                transpose(&mut i.body);
            }
            for label in &mut l.body {
                *label = label.saturating_sub(first);
            }
            Images {
                side: SIDE,
                pixels: i.body,
                labels: l.body,
            }
        });
        let mut train = sets.next().unwrap_or_default();
        let mut name = reading.name;
        let test = match sets.next() {
            Some(test) => test,
            None => {
                let kept = train.len() * 6 / 7;
                if kept == 0 || kept == train.len() {
                    return Err(mismatch("too few images to keep some for testing".into()));
                }
                name += " (the last seventh kept for testing)";
                Images {
                    side: SIDE,
                    pixels: train.pixels.split_off(kept * PIXELS),
                    labels: train.labels.split_off(kept),
                }
            }
        };
        // A name is no proof: the same bytes are the same images whatever they are called. And nothing is
        // lost by images that lie transposed, for every task turns all of them alike.
        if is_named_emnist && reading.row.is_none() {
            name += "; named EMNIST, whose images lie transposed and are used so";
        }
        let all = train.labels.iter().chain(&test.labels);
        let highest = all.max().map_or(0, |&label| u32::from(label));
        let named = reading.row.and_then(|row| row.classes);
        let classes = named.unwrap_or(highest + 1);
        Ok(Self::of(reading.kind, &name, classes, train, test))
    }
}

/// What the files of a set are; images and labels each in the order training, test.
fn read(
    wanted: Option<DataSet>,
    images: &[Parsed],
    labels: &[Parsed],
) -> Result<Reading, IdxError> {
    let all = || labels.iter().flat_map(|l| l.body.iter().copied());
    let [low, high] = [all().min(), all().max()].map(|label| label.unwrap_or(0));
    let count = |i: usize| images.get(i).map_or(0, |of| of.header.count);
    let hashes: Vec<String> = images
        .iter()
        .zip(labels)
        .flat_map(|(i, l)| [i.sha256.clone(), l.sha256.clone()])
        .collect();
    let reading = reading(
        wanted,
        &Shape {
            counts: [count(0), count(1)],
            labels: [low, high],
            hashes: if hashes.len() == 4 { &hashes } else { &[] },
        },
    )?;
    if low == high {
        return Err(IdxError::OneClass { label: low });
    }
    Ok(reading)
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
        Dataset::from_files(files.to_vec(), None)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn four_files_in_any_order() {
        let data = Dataset::from_files(four(), None).unwrap();
        assert_eq!((data.train.len(), data.test.len()), (9, 3));
        assert_eq!(data.info.kind, DataSet::Custom);
        assert_eq!(data.info.digest.len(), 64);
        assert_eq!(data.train.image(1)[0], (PIXELS % 255) as u8);
    }

    #[test]
    fn two_files_are_split() {
        let data = Dataset::from_files(
            vec![("i".into(), images(14)), ("l".into(), labels(14))],
            None,
        )
        .unwrap();
        assert_eq!((data.train.len(), data.test.len()), (12, 2));
        assert!(data.info.name.contains("seventh"));
    }

    /// Files of so many training and test images, with the labels given in turn.
    pub(super) fn shaped(counts: [u32; 2], range: std::ops::Range<u8>) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for (which, n) in ["train", "test"].into_iter().zip(counts) {
            files.push((format!("{which}-images"), images(n)));
            let mut bytes = idx(8, &[n]);
            bytes.extend(range.clone().cycle().take(n as usize));
            files.push((format!("{which}-labels"), bytes));
        }
        files
    }

    #[test]
    fn classes_are_those_of_the_labels() {
        for top in [2, 10, 26, 62] {
            let data = Dataset::from_files(shaped([140, 70], 0..top), None).unwrap();
            assert_eq!(data.info.classes, u32::from(top));
            assert_eq!(data.info.name, "custom IDX files");
        }
        assert!(
            said(&shaped([140, 70], 0..63)).contains("label 62 at index 62; labels are 0 to 61")
        );
        assert!(said(&shaped([140, 70], 3..4)).contains("all labels are 3"));
        // Only the test set has the last class.
        let mut files = shaped([140, 70], 0..5);
        files[3].1[20] = 30;
        let data = Dataset::from_files(files, None).unwrap();
        assert_eq!(data.info.classes, 31);
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
        bad[10] = 62;
        assert!(change(3, bad).contains("label 62 at index 2; labels are 0 to 61"));
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
        let data = Dataset::from_directory(folder.as_ref(), None).unwrap();
        assert_eq!(data.info.kind, DataSet::Mnist);
        assert_eq!((data.train.len(), data.test.len()), (60_000, 10_000));
    }
}

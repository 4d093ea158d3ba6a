//! What a file of images is, by its first bytes: an IDX header, or something else that people have.

use super::{IdxError, LARGEST, PIXELS, SIDE};
use crate::formats::gzip;

/// What an IDX file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Images of 28 x 28 bytes: a header of three dimensions.
    Images,
    /// Labels of one byte: a header of one dimension.
    Labels,
}

impl Content {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Labels => "labels",
        }
    }
}

/// An IDX file's header, checked: what it promises is of a size that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Images or labels, by its number of dimensions.
    pub content: Content,
    /// How many of them, at least one.
    pub count: u32,
}

impl Header {
    /// The header's own bytes.
    pub(super) fn size(self) -> usize {
        match self.content {
            Content::Images => 16,
            Content::Labels => 8,
        }
    }

    /// The whole file's bytes, unpacked.
    pub(super) fn promised(self) -> u64 {
        let each = match self.content {
            Content::Images => PIXELS as u64,
            Content::Labels => 1,
        };
        self.size() as u64 + u64::from(self.count) * each
    }
}

/// Bytes of a file, unpacked, that tell what it is: a tar archive says so after 257.
const HEAD: usize = 512;

/// How files begin that people have instead, what they are and what to do.
const FOREIGN: [(usize, &[u8], &str, &str); 18] = [
    (
        0,
        b"PK\x03\x04",
        "a zip archive",
        "unpack it and give the files in it",
    ),
    (
        257,
        b"ustar",
        "a tar archive",
        "unpack it and give the files in it",
    ),
    (
        0,
        b"7z\xbc\xaf",
        "a 7z archive",
        "unpack it and give the files in it",
    ),
    (
        0,
        b"Rar!",
        "a rar archive",
        "unpack it and give the files in it",
    ),
    (
        0,
        b"BZh",
        "packed with bzip2",
        "unpack it with bunzip2 first",
    ),
    (
        0,
        b"\xfd7zXZ",
        "packed with xz",
        "unpack it with unxz first",
    ),
    (
        0,
        b"\x28\xb5\x2f\xfd",
        "packed with zstd",
        "unpack it with unzstd first",
    ),
    (
        0,
        b"\x1f\x8b",
        "gzip data packed as gzip once more",
        "unpack it once first",
    ),
    (
        0,
        b"\x89PNG",
        "a PNG picture",
        "give all images in one IDX file",
    ),
    (
        0,
        b"\xff\xd8\xff",
        "a JPEG picture",
        "give all images in one IDX file",
    ),
    (
        0,
        b"GIF8",
        "a GIF picture",
        "give all images in one IDX file",
    ),
    (0, b"%PDF", "a PDF document", "give IDX files"),
    (
        0,
        b"\x93NUMPY",
        "an array of NumPy",
        "save it as an IDX file of bytes",
    ),
    (
        0,
        b"\x89HDF",
        "an HDF5 file",
        "save its arrays as IDX files of bytes",
    ),
    (
        0,
        b"MATLAB",
        "a file of MATLAB",
        "save its arrays as IDX files of bytes",
    ),
    (
        0,
        b"PAR1",
        "a Parquet file",
        "save its columns as IDX files of bytes",
    ),
    (
        0,
        b"version https://git-lfs",
        "a pointer of Git LFS",
        "fetch the file itself with git lfs pull",
    ),
    (0, b"{", "JSON", "open it as results or as a configuration"),
];

/// How pages begin that servers send in a file's stead, in small letters.
const PAGES: [&str; 4] = ["<!doctype", "<html", "<?xml", "<head"];

/// What a file holds, by its first bytes, packed or not; the file may go on behind them.
///
/// # Errors
/// If it is no IDX file that is read; `file` names it.
pub fn header(file: &str, start: &[u8]) -> Result<Header, IdxError> {
    let name = || file.to_owned();
    let foreign = |what, advice| IdxError::Foreign {
        file: name(),
        what,
        advice,
    };
    if start.is_empty() {
        return Err(foreign("an empty file", "download or copy it again"));
    }
    let head = gzip::head(start, HEAD).map_err(|reason| IdxError::Gzip {
        file: name(),
        reason,
    })?;
    if let Some((what, advice)) = other(&head) {
        return Err(foreign(what, advice));
    }
    let (numbers, dimensions) = match head.as_slice() {
        [
            0,
            0,
            numbers @ (0x08 | 0x09 | 0x0b..=0x0e),
            dimensions @ 1..=255,
            ..,
        ] => (*numbers, *dimensions),
        _ => {
            let begun = head.get(..8).unwrap_or(&head);
            return Err(IdxError::NotIdx {
                file: name(),
                start: match begun {
                    [] => "nothing".into(),
                    _ => format!("{begun:02x?}"),
                },
            });
        }
    };
    let words = match numbers {
        0x08 => None,
        0x09 => Some("signed bytes"),
        0x0b => Some("16-bit integers"),
        0x0c => Some("32-bit integers"),
        0x0d => Some("floats (32 bits)"),
        _ => Some("doubles (64 bits)"),
    };
    if let Some(numbers) = words {
        let file = name();
        return Err(IdxError::Numbers { file, numbers });
    }
    let content = match dimensions {
        1 => Content::Labels,
        3 => Content::Images,
        dimensions => {
            let file = name();
            return Err(IdxError::Dimensions { file, dimensions });
        }
    };
    let number = |at: usize| {
        let four = head.get(at..at + 4).and_then(|b| b.try_into().ok());
        four.map(u32::from_be_bytes)
    };
    let short = |promised| IdxError::Short {
        file: name(),
        promised,
        held: head.len() as u64,
    };
    let count = number(4).ok_or_else(|| short(8))?;
    if content == Content::Images {
        let (Some(height), Some(width)) = (number(8), number(12)) else {
            return Err(short(16));
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
        return Err(IdxError::Empty {
            file: name(),
            what: content.name(),
        });
    }
    let header = Header { content, count };
    let promised = header.promised();
    if promised > LARGEST {
        return Err(IdxError::TooLarge {
            file: name(),
            promised,
        });
    }
    Ok(header)
}

/// What a file is that is no IDX file, where that is known, and what to do.
fn other(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let begins = |at: usize, with: &[u8]| head.get(at..).is_some_and(|b| b.starts_with(with));
    let known = FOREIGN.iter().find(|(at, with, ..)| begins(*at, with));
    if let Some((_, _, what, advice)) = known {
        return Some((what, advice));
    }
    let text = head.trim_ascii_start();
    let is_page = PAGES.iter().any(|page| {
        text.get(..page.len())
            .is_some_and(|begun| begun.eq_ignore_ascii_case(page.as_bytes()))
    });
    is_page.then_some((
        "a page of HTML or XML, as servers send it where there is no file",
        "download the file itself",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::idx::tests::{gzip, idx};

    #[test]
    fn what_people_have_instead_is_said() {
        let tar = {
            let mut bytes = vec![0; 600];
            bytes[257..262].copy_from_slice(b"ustar");
            bytes
        };
        for (bytes, words) in [
            (vec![], "an empty file"),
            (b"PK\x03\x04rest".to_vec(), "a zip archive"),
            (gzip(b"PK\x03\x04rest"), "a zip archive"),
            (tar.clone(), "a tar archive"),
            (gzip(&tar), "a tar archive"),
            (gzip(&gzip(b"x")), "once more"),
            (b"\x89PNG\r\n".to_vec(), "a PNG picture"),
            (b"\n <!DOCTYPE html><title>404".to_vec(), "a page of HTML"),
            (gzip(b"<HTML>"), "a page of HTML"),
            (b"\x93NUMPY\x01".to_vec(), "NumPy"),
            (
                b"version https://git-lfs.github.com/spec/v1".to_vec(),
                "git lfs pull",
            ),
            (b"{\"tasks\": 3}".to_vec(), "JSON"),
            (idx(8, &[4, 1, 28, 28]), "4 dimensions"),
            (idx(8, &[4, 784]), "2 dimensions"),
            (idx(0x0c, &[100]), "32-bit integers"),
            (idx(0x0d, &[4, 28, 28]), "floats"),
            (idx(0x09, &[4, 28, 28]), "signed bytes"),
            (idx(8, &[4, 32, 28]), "28 x 32 pixels"),
            (idx(8, &[0]), "no labels"),
            (idx(8, &[u32::MAX, 28, 28]), "more than"),
            (vec![0, 0, 8, 3, 0], "cut short"),
            (vec![0, 0, 8, 0], "begins with [00, 00, 08, 00]"),
            (b"5,0,0,0".to_vec(), "begins with"),
            (gzip(b""), "begins with nothing"),
            (gzip(b"anything")[..6].to_vec(), "damaged"),
        ] {
            let said = header("f", &bytes).unwrap_err().to_string();
            assert!(
                said.starts_with("f: ") && said.contains(words),
                "{words}: {said}"
            );
        }
        let images = Header {
            content: Content::Images,
            count: 9,
        };
        assert_eq!(header("f", &idx(8, &[9, 28, 28])), Ok(images));
        assert_eq!(images.promised(), 16 + 9 * 784);
        let labels = header("f", &gzip(&idx(8, &[9]))).unwrap();
        assert_eq!((labels.content, labels.promised()), (Content::Labels, 17));
    }
}

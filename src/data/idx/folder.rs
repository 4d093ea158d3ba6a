//! A data set's files in a folder, however they lie there.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{IdxError, LARGEST, choose, header};
use crate::data::{DataSet, Dataset};

/// How deep below the folder files are looked for.
const DEPTH: usize = 4;
/// How many files are looked at.
const MOST: usize = 4_000;
/// Bytes of a file that are looked at.
const START: u64 = 4_096;

fn unreadable(path: &Path, reason: impl ToString) -> IdxError {
    IdxError::Unreadable {
        file: path.display().to_string(),
        reason: reason.to_string(),
    }
}

impl Dataset {
    /// Reads a data set's files, plain or gzip, from a folder or from folders in it; `wanted` as for
    /// [`Self::from_files`].
    ///
    /// # Errors
    /// If there are none or several sets, or they are of no use.
    pub fn from_directory(folder: &Path, wanted: Option<DataSet>) -> Result<Self, IdxError> {
        let start = |path: &Path| begun(path).map_err(|e| unreadable(path, e));
        if folder.is_file() {
            header(&folder.display().to_string(), &start(folder)?)?;
            return Err(unreadable(
                folder,
                "it is one file; name the folder that holds all four",
            ));
        }
        let mut paths = Vec::new();
        walk(folder, DEPTH, &mut paths)?;
        let mut seen = Vec::new();
        for path in &paths {
            let inner = path.strip_prefix(folder).unwrap_or(path);
            let name = path.display().to_string();
            let header = start(path).and_then(|bytes| header(&name, &bytes));
            seen.push((inner.to_string_lossy().into_owned(), header));
        }
        let seen: Vec<_> = seen.iter().map(|(n, h)| (n.as_str(), h.clone())).collect();
        let mut files = Vec::new();
        for chosen in choose(&folder.display().to_string(), &seen)? {
            if let Some(path) = paths.get(chosen.index) {
                let bytes = whole(path).map_err(|e| unreadable(path, e))?;
                files.push((path.display().to_string(), bytes));
            }
        }
        Self::from_files(files, wanted)
    }
}

/// The files in a folder and below it, in an order that no file system changes.
fn walk(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), IdxError> {
    let entries = std::fs::read_dir(folder).map_err(|e| unreadable(folder, e))?;
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_file() {
            paths.push(path);
        } else if depth > 0 && path.is_dir() {
            // What may not be looked into can hold nothing that is asked for.
            let _ = walk(&path, depth - 1, paths);
        }
        if paths.len() > MOST {
            let words = format!("more than {MOST} files lie there; name the folder of the four");
            return Err(unreadable(folder, words));
        }
    }
    Ok(())
}

fn begun(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(START).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A whole file, packed or not: no more than is read of what it holds.
fn whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!(
            "it has more than the {LARGEST} bytes that are read"
        )));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::idx::tests::{gzip, images, labels};

    /// A file's path and bytes, made of its own name and what it holds.
    type Way = fn(&str, &[u8]) -> (String, Vec<u8>);

    fn four() -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("train-images-idx3-ubyte", images(9)),
            ("train-labels-idx1-ubyte", labels(9)),
            ("t10k-images-idx3-ubyte", images(3)),
            ("t10k-labels-idx1-ubyte", labels(3)),
        ]
    }

    /// Reads a folder in which the four files lie under other paths.
    fn read(call: impl Fn(&str, &[u8]) -> (String, Vec<u8>)) -> Result<Dataset, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("README.md"), "about the files").unwrap();
        for (name, bytes) in four() {
            let (path, bytes) = call(name, &bytes);
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        Dataset::from_directory(folder.path(), None).map_err(|e| e.to_string())
    }

    #[test]
    fn a_folder_is_read_as_people_have_it() {
        let plain = read(|name, bytes| (name.into(), bytes.to_vec())).unwrap();
        assert_eq!((plain.train.len(), plain.test.len()), (9, 3));
        let ways: [Way; 6] = [
            |name, bytes| (format!("{name}.gz"), gzip(bytes)),
            |name, bytes| (format!("{name}/{name}"), bytes.to_vec()),
            |name, bytes| (format!("{name} (1).gz"), gzip(bytes)),
            |name, bytes| {
                (
                    format!("{name}.gz"),
                    [gzip(&bytes[..9]), gzip(&bytes[9..])].concat(),
                )
            },
            |name, bytes| (format!("{name}.gz"), [gzip(bytes), vec![0; 512]].concat()),
            |name, bytes| (format!("a/B/{}.gz", name.to_uppercase()), gzip(bytes)),
        ];
        for way in ways {
            assert_eq!(read(way).unwrap(), plain);
        }
        let emnist = read(|name, bytes| {
            let name = name.replace("t10k", "test");
            (format!("emnist-digits-{name}"), bytes.to_vec())
        })
        .unwrap();
        assert_eq!((&emnist.train, &emnist.test), (&plain.train, &plain.test));
        assert!(emnist.info.name.contains("EMNIST"), "{}", emnist.info.name);
        assert_eq!(emnist.info.kind, DataSet::Custom);
    }

    #[test]
    fn what_is_wrong_in_a_folder_is_said_by_name() {
        let spoil = |bytes: fn(&[u8]) -> Vec<u8>| {
            read(|name, held| match name.starts_with("t10k-labels") {
                true => (format!("{name}.gz"), bytes(held)),
                false => (name.into(), held.to_vec()),
            })
            .unwrap_err()
        };
        for (bytes, words) in [
            (
                (|_| b"PK\x03\x04".to_vec()) as fn(&[u8]) -> Vec<u8>,
                "a zip archive",
            ),
            (|_| b"<!doctype html>".to_vec(), "a page of HTML"),
            (|_| Vec::new(), "an empty file"),
            (|held| held[..9].to_vec(), "cut short"),
            (
                |held| [gzip(held), b"garbage".to_vec()].concat(),
                "ends 7 bytes before",
            ),
            (|held| gzip(&[held, &[0; 99]].concat()), "too long"),
        ] {
            let said = spoil(bytes);
            assert!(said.contains("t10k-labels-idx1-ubyte.gz: "), "{said}");
            assert!(said.contains(words), "{said}");
        }
        let said = Dataset::from_directory(Path::new("Cargo.toml"), None)
            .unwrap_err()
            .to_string();
        assert!(said.contains("Cargo.toml: not an IDX file"), "{said}");
        let said = Dataset::from_directory(Path::new("docs/x"), None)
            .unwrap_err()
            .to_string();
        assert!(said.contains("can't be read"), "{said}");
        let said = Dataset::from_directory(Path::new("docs"), None)
            .unwrap_err()
            .to_string();
        assert!(said.contains("docs/"), "{said}");
    }
}

//! Which of many files are a data set's, by where they lie, what they are called and how they begin.
//!
//! Archives, downloads and operating systems rename files: a folder for each with the file in it, a dot for a
//! hyphen, "(1)" behind the name, a data set's name before it, another case. What a file holds its header
//! says; its name says at most whether that is for training or for testing, and to which set it belongs.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::header::{Content, Header};
use super::{IdxError, mnist_files};

/// One of a data set's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Chosen {
    /// Its index among the files given.
    pub index: usize,
    /// MNIST's name for the file of its place; none of a set of two files.
    pub name: Option<&'static str>,
}

/// What a path says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Whether it is for testing; none if it says neither.
    pub(super) is_test: Option<bool>,
    /// Whether it is called after what a data set's files hold.
    claims: bool,
    /// The set that it belongs to: where it lies, and how its name begins.
    set: String,
    /// Whether it is called a copy of another.
    is_copy: bool,
}

/// Words of names, by what they say of a file.
const TRAIN: [&str; 2] = ["train", "training"];
const TEST: [&str; 3] = ["t10k", "test", "testing"];
const CONTENT: [&str; 4] = ["images", "labels", "image", "label"];

impl Named {
    pub(super) fn of(path: &str) -> Self {
        let path = path.to_ascii_lowercase().replace('\\', "/");
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let words = |text: &str| -> Vec<String> {
            text.split(|c: char| !c.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let says = |text: &str| {
            let words = words(text);
            let has = |of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
            match (has(&TRAIN), has(&TEST)) {
                (true, false) => Some(false),
                (false, true) => Some(true),
                // Joined to other words: "trainImages".
                (false, false) if text.contains("train") => Some(false),
                (false, false) if text.contains("t10k") || text.contains("test") => Some(true),
                _ => None,
            }
        };
        let holds = |text: &str| CONTENT.iter().any(|what| text.contains(what));
        let mut is_test = says(name);
        let mut claims = holds(name);
        let mut around = Vec::new();
        for folder in folders.split('/').filter(|f| !f.is_empty()).rev() {
            // A folder for each file, or for training and for testing.
            let is_part =
                holds(folder) || matches!(words(folder).as_slice(), [one] if says(one).is_some());
            if is_part {
                is_test = is_test.or_else(|| says(folder));
                claims |= holds(folder);
            } else {
                around.insert(0, folder);
            }
        }
        let words = words(name);
        let known = [&TRAIN[..], &TEST, &CONTENT].concat();
        let begins = words
            .iter()
            .take_while(|word| !known.contains(&word.as_str()));
        let begins = begins.map(String::as_str).collect::<Vec<_>>().join("-");
        // A name without any such word says nothing of a set.
        if words.iter().any(|word| known.contains(&word.as_str())) && !begins.is_empty() {
            around.push(&begins);
        }
        Self {
            is_test,
            claims,
            set: around.join("/"),
            is_copy: name.contains('(') || words.iter().any(|word| word == "copy"),
        }
    }
}

/// Whether the second of two files is the one for training: by name where both names say it, else the larger.
///
/// # Errors
/// If neither tells.
pub(super) fn swapped(a: (&str, u32), b: (&str, u32)) -> Result<bool, IdxError> {
    match (Named::of(a.0).is_test, Named::of(b.0).is_test) {
        (Some(true), Some(false)) => Ok(true),
        (Some(false), Some(true)) => Ok(false),
        _ if a.1 != b.1 => Ok(a.1 < b.1),
        _ => Err(IdxError::Mismatch {
            reason: format!(
                "{} and {} hold {} each, and their names don't say which is for training (\"train\") and \
                 which for testing (\"test\" or \"t10k\")",
                a.0, b.0, a.1
            ),
        }),
    }
}

/// The parts of a data set, a file each: training images and labels, test images and labels.
const PARTS: [&str; 4] = [
    "training images",
    "training labels",
    "test images",
    "test labels",
];

/// Files of one set: for each place the best, and those whose names say no place.
#[derive(Default)]
struct Set {
    places: [Option<usize>; 4],
    others: Vec<usize>,
}

impl Set {
    fn all(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.places.iter().flatten().copied().collect();
        all.extend(&self.others);
        all
    }
}

/// Chooses a data set's files among those that lie at a place: four, or two (images and labels). Each is
/// given by its path, seen from there, and by its [`header`](super::header()).
///
/// # Errors
/// If none are a whole set: the first file that is called as if it were of one and is not, or what is
/// missing; and if there are several sets, but none that lies there directly under MNIST's own names.
pub fn choose(
    place: &str,
    files: &[(&str, Result<Header, IdxError>)],
) -> Result<Vec<Chosen>, IdxError> {
    let mut sets: BTreeMap<String, Set> = BTreeMap::new();
    let mut order: Vec<usize> = (0..files.len()).collect();
    // Originals before copies, those that lie higher before those that lie lower.
    order.sort_by_key(|&i| {
        let path = files.get(i).map_or("", |(path, _)| path);
        (Named::of(path).is_copy, path.len(), path)
    });
    let content = |i: usize| {
        let header = files.get(i).and_then(|(_, header)| header.as_ref().ok());
        header.map(|header| header.content)
    };
    for &i in &order {
        let (Some((path, _)), Some(content)) = (files.get(i), content(i)) else {
            continue;
        };
        let named = Named::of(path);
        let set = sets.entry(named.set).or_default();
        let at = |is_test| 2 * usize::from(is_test) + usize::from(content == Content::Labels);
        match named
            .is_test
            .and_then(|is_test| set.places.get_mut(at(is_test)))
        {
            Some(held) => *held = held.or(Some(i)),
            None => set.others.push(i),
        }
    }
    let is_whole = |set: &Set| {
        let all = set.all();
        let images = all.iter().filter(|&&i| content(i) == Some(Content::Images));
        matches!(all.len(), 2 | 4) && 2 * images.count() == all.len()
    };
    let mut whole: Vec<(&String, &Set)> = sets.iter().filter(|(_, set)| is_whole(set)).collect();
    // What lies there directly is meant before what lies below; four files before two.
    whole.sort_by_key(|(name, set)| (!name.is_empty(), Reverse(set.all().len())));
    match whole.as_slice() {
        [] => Err(lacking(place, files, &sets)),
        [(name, _), _, ..] if !name.is_empty() => Err(IdxError::Several {
            place: place.to_owned(),
            sets: whole
                .iter()
                .map(|(n, _)| n.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        }),
        [(_, set), ..] => placed(&set.all(), files),
    }
}

/// Files with their places.
fn placed(
    indices: &[usize],
    files: &[(&str, Result<Header, IdxError>)],
) -> Result<Vec<Chosen>, IdxError> {
    let names: Vec<&str> = mnist_files().map(|(_, name)| name).collect();
    let mut chosen = Vec::new();
    for (offset, content) in [(0, Content::Images), (1, Content::Labels)] {
        let of: Vec<(usize, &str, u32)> = indices
            .iter()
            .filter_map(|&i| {
                let (path, header) = files.get(i)?;
                let header = header.as_ref().ok()?;
                (header.content == content).then_some((i, *path, header.count))
            })
            .collect();
        match of.as_slice() {
            [(a, name_a, count_a), (b, name_b, count_b)] => {
                let is_swapped = swapped((name_a, *count_a), (name_b, *count_b))?;
                for (index, place) in [(*a, is_swapped), (*b, !is_swapped)] {
                    let name = names.get(offset + 2 * usize::from(place)).copied();
                    chosen.push(Chosen { index, name });
                }
            }
            rest => chosen.extend(rest.iter().map(|&(index, ..)| Chosen { index, name: None })),
        }
    }
    Ok(chosen)
}

/// Why there is no whole set.
fn lacking(
    place: &str,
    files: &[(&str, Result<Header, IdxError>)],
    sets: &BTreeMap<String, Set>,
) -> IdxError {
    let refused = |only: &dyn Fn(&str) -> bool| {
        let wrong = files.iter().filter(|(path, _)| only(path));
        wrong.filter_map(|(_, header)| header.clone().err()).next()
    };
    let fullest = sets.values().max_by_key(|set| set.all().len());
    // What is not called after a data set's file is told only where there is nothing else to tell of.
    let named = refused(&|path| Named::of(path).claims);
    if let Some(error) = named.or_else(|| refused(&|_| fullest.is_none())) {
        return error;
    }
    let empty = Set::default();
    let set = fullest.unwrap_or(&empty);
    let missing: Vec<&str> = if set.others.is_empty() {
        let places = PARTS.iter().zip(&set.places);
        places
            .filter(|(_, held)| held.is_none())
            .map(|(what, _)| *what)
            .collect()
    } else {
        vec!["such set among them"]
    };
    IdxError::Missing {
        place: place.to_owned(),
        missing: missing.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [&str; 4] = [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ];

    fn header(path: &str) -> Result<Header, IdxError> {
        let path = path.to_lowercase();
        let is_test = path.contains("t10k") || path.contains("test");
        let content = match path.contains("label") || path.contains("idx1") {
            true => Content::Labels,
            false => Content::Images,
        };
        let count = if is_test { 10_000 } else { 60_000 };
        match path.contains("readme") || path.contains("bad") {
            false => Ok(Header { content, count }),
            true => Err(IdxError::NotIdx {
                file: path,
                start: "x".into(),
            }),
        }
    }

    fn chosen(paths: &[impl AsRef<str>]) -> Result<Vec<(String, &'static str)>, String> {
        let files: Vec<_> = paths
            .iter()
            .map(|p| (p.as_ref(), header(p.as_ref())))
            .collect();
        let mut chosen: Vec<_> = choose("here", &files)
            .map_err(|e| e.to_string())?
            .iter()
            .map(|c| (files[c.index].0.to_owned(), c.name.unwrap_or("")))
            .collect();
        chosen.sort_by_key(|(_, name)| OWN.iter().position(|own| own == name));
        Ok(chosen)
    }

    /// The four files, each called otherwise, are found in their places beside what else lies there.
    #[track_caller]
    fn found(call: impl Fn(&str) -> String) {
        let four: Vec<String> = OWN.iter().map(|own| call(own)).collect();
        let mut given = four.clone();
        given.reverse();
        given.extend(["README.md".to_owned(), "x/bad.png".to_owned()]);
        let expected: Vec<(String, &str)> = four.into_iter().zip(OWN).collect();
        assert_eq!(chosen(&given), Ok(expected));
    }

    #[test]
    fn files_are_found_whatever_they_are_called() {
        found(str::to_owned);
        found(|own| format!("{own}.gz"));
        found(|own| format!("{own} (1).gz"));
        found(|own| format!("{own}.gz (2)"));
        found(|own| format!("Copy of {own}"));
        found(|own| own.replacen("-idx", ".idx", 1));
        found(|own| own.replace('-', "_").to_uppercase());
        found(|own| format!("MNIST/raw/{own}.gz"));
        found(|own| format!("archive\\{own}\\{own}"));
        found(|own| format!("{own}/{own}"));
        found(|own| format!("archive/{own}/data"));
        found(|own| format!("emnist-digits-{}", own.replace("t10k", "test")));
        found(|own| format!("fashion_{own}.GZ"));
        found(|own| match own.strip_prefix("t10k-") {
            Some(rest) => format!("test/{rest}"),
            None => own.replace("train-", "train/"),
        });
    }

    #[test]
    fn files_whose_names_say_nothing_are_placed_by_their_numbers() {
        let mut files = Vec::new();
        for (path, content, count) in [
            ("a", Content::Labels, 3),
            ("b", Content::Images, 9),
            ("c", Content::Images, 3),
            ("d", Content::Labels, 9),
        ] {
            files.push((path, Ok(Header { content, count })));
        }
        let places: Vec<_> = choose("here", &files)
            .unwrap()
            .iter()
            .map(|c| c.name)
            .collect();
        // The images' places, then the labels'.
        let expected = [OWN[0], OWN[2], OWN[3], OWN[1]].map(Some);
        assert_eq!(places, expected);
        assert_eq!(chosen(&["my-images.gz", "my-labels.gz"]).unwrap().len(), 2);
        for same in files.iter_mut() {
            if let Ok(header) = &mut same.1 {
                header.count = 4;
            }
        }
        assert!(
            choose("here", &files)
                .unwrap_err()
                .to_string()
                .contains("don't say which")
        );
    }

    #[test]
    fn originals_come_before_copies_and_what_lies_directly_before_what_lies_below() {
        let mut given: Vec<String> = OWN.iter().map(|own| format!("{own} (1).gz")).collect();
        given.extend(OWN.iter().map(|own| format!("{own}.gz")));
        given.extend(OWN.iter().map(|own| (*own).to_owned()));
        given.extend(OWN.iter().map(|own| format!("old/{own}")));
        let paths: Vec<String> = chosen(&given)
            .unwrap()
            .into_iter()
            .map(|(p, _)| p)
            .collect();
        assert_eq!(paths, OWN);
    }

    #[test]
    fn several_sets_and_parts_of_one_are_said() {
        let both: Vec<String> = ["fashion", "kuzushiji"]
            .iter()
            .flat_map(|set| OWN.iter().map(move |own| format!("{set}/{own}.gz")))
            .collect();
        let said = chosen(&both).unwrap_err();
        assert!(
            said.contains("several data sets (fashion, kuzushiji)"),
            "{said}"
        );
        let said = chosen(&OWN[..3]).unwrap_err();
        assert!(said.contains("there is no test labels"), "{said}");
        let said = chosen(&["README.md"]).unwrap_err();
        assert!(said.contains("readme.md: not an IDX file"), "{said}");
        let said = chosen(&[OWN[0], OWN[1], OWN[2], "bad-t10k-labels.gz"]).unwrap_err();
        assert!(
            said.contains("bad-t10k-labels.gz: not an IDX file"),
            "{said}"
        );
        let said = chosen(&[""; 0]).unwrap_err();
        assert!(
            said.contains("no training images, training labels"),
            "{said}"
        );
        let said = chosen(&["images", "image", "labels"]).unwrap_err();
        assert!(said.contains("no data set"), "{said}");
    }
}

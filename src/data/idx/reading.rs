//! Which data set files are, and how they are therefore read.

use super::IdxError;
use crate::data::catalog::{self, DataSet, Row, Shape};

/// How a set's files are read, and what they are.
pub(super) struct Reading {
    /// What it is named in results.
    pub(super) kind: DataSet,
    /// The same in words.
    pub(super) name: String,
    /// The set that they are read as; none of those that say themselves how many classes they have.
    pub(super) row: Option<&'static Row>,
}

/// What a set's files are, by what the reader says of them, else by their SHA-256, else by their shape.
///
/// # Errors
/// If they can't be what is wanted.
pub(super) fn reading(wanted: Option<DataSet>, shape: &Shape<'_>) -> Result<Reading, IdxError> {
    let set_right = |row: &Row| {
        let turned = row.is_transposed.then_some("images set right");
        let shifted = (row.first_label > 0).then_some("labels counted from 0");
        let all: Vec<&str> = turned.into_iter().chain(shifted).collect();
        all.iter()
            .map(|what| format!("; {what}"))
            .collect::<String>()
    };
    let lies = |name: &str| Reading {
        kind: DataSet::Custom,
        name: name.to_owned(),
        row: None,
    };
    let candidates = match wanted {
        Some(DataSet::Custom) => return Ok(lies("custom IDX files, read as they lie")),
        Some(set) if shape.fits(set.row()) => vec![set],
        Some(set) => return Err(not_that_set(set.row(), shape)),
        None => shape.candidates(),
    };
    let Some(row) = candidates.first().map(|set| set.row()) else {
        return Ok(lies("custom IDX files"));
    };
    let verified = row.verified(shape.hashes).unwrap_or_default();
    let checked = catalog::checked(verified);
    let right = set_right(row);
    Ok(match candidates.as_slice() {
        [set] if verified.iter().all(|&is| is) => Reading {
            kind: *set,
            name: format!("{} ({checked}{right})", row.title),
            row: Some(row),
        },
        sets => {
            let titles: Vec<&str> = sets.iter().map(|set| set.row().title).collect();
            let titles = titles.join(" or ");
            let how = if wanted.is_some() {
                "read as"
            } else {
                "of the shape of"
            };
            Reading {
                kind: DataSet::Custom,
                name: format!("custom IDX files {how} {titles} ({checked}{right})"),
                row: Some(row),
            }
        }
    })
}

/// Why files are not that set's.
fn not_that_set(row: &Row, shape: &Shape<'_>) -> IdxError {
    let [train, test] = shape.counts;
    let [low, high] = shape.labels;
    let reason = match (row.counts, row.classes) {
        (None, _) => "it has no files".to_owned(),
        (Some([a, b]), _) if shape.hashes.is_empty() || [a, b] != shape.counts => {
            format!(
                "it has four files, with {a} images to train and {b} to test; here are {train} and {test}"
            )
        }
        (_, Some(classes))
            if u32::from(low) < u32::from(row.first_label)
                || u32::from(high) >= u32::from(row.first_label) + classes =>
        {
            let first = u32::from(row.first_label);
            format!(
                "its labels are {first} to {}, and here are {low} to {high}",
                first + classes - 1
            )
        }
        _ => "their SHA-256 are others than those on record".to_owned(),
    };
    IdxError::NotThatSet {
        title: row.title,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Dataset;
    use crate::data::idx::tests::shaped;

    #[test]
    fn sets_are_told_by_their_shape_and_set_right() {
        let letters = || shaped([124_800, 20_800], 1..27);
        let data = Dataset::from_files(letters(), None).unwrap();
        let info = &data.info;
        assert_eq!((info.kind, info.classes), (DataSet::Custom, 26));
        let words = "custom IDX files of the shape of EMNIST letters (content not verified: no SHA-256 of \
                     it is on record; images set right; labels counted from 0)";
        assert_eq!(info.name, words);
        assert_eq!(data.train.labels[..3], [0, 1, 2]);
        let lying = Dataset::from_files(letters(), Some(DataSet::Custom)).unwrap();
        assert_eq!((lying.info.classes, lying.train.labels[0]), (27, 1));
        assert_eq!(lying.info.name, "custom IDX files, read as they lie");
        let (right, lies) = (data.test.image(7), lying.test.image(7));
        for (row, column) in [(0, 1), (27, 0), (13, 20)] {
            assert_eq!(right[row * 28 + column], lies[column * 28 + row]);
            assert_ne!(right[row * 28 + column], lies[row * 28 + column]);
        }
        let asked = Dataset::from_files(letters(), Some(DataSet::EmnistLetters)).unwrap();
        assert!(
            asked
                .info
                .name
                .starts_with("custom IDX files read as EMNIST letters (")
        );
        assert_eq!(asked.train, data.train);
        for (set, words) in [
            (
                DataSet::EmnistBalanced,
                "112800 images to train and 18800 to test; here are 124800",
            ),
            (DataSet::Mnist, "these files are not MNIST"),
            (DataSet::Digits, "it has no files"),
        ] {
            let said = Dataset::from_files(letters(), Some(set))
                .unwrap_err()
                .to_string();
            assert!(said.contains(words), "{said}");
        }
        let shifted = shaped([124_800, 20_800], 2..28);
        let refused = |files| Dataset::from_files(files, Some(DataSet::EmnistLetters)).unwrap_err();
        assert!(
            refused(shifted)
                .to_string()
                .contains("are 1 to 26, and here are 2 to 27")
        );
    }

    /// Ten classes of MNIST's shape: read alike, whichever they are, and never called MNIST.
    #[test]
    fn files_of_mnists_shape_are_not_mnist() {
        let files = || shaped([60_000, 10_000], 0..10);
        let data = Dataset::from_files(files(), None).unwrap();
        assert_eq!((data.info.kind, data.info.classes), (DataSet::Custom, 10));
        assert!(
            data.info
                .name
                .contains("of the shape of KMNIST (content not verified")
        );
        let refused = |set| {
            Dataset::from_files(files(), Some(set))
                .unwrap_err()
                .to_string()
        };
        // Of these some SHA-256 are on record.
        for set in [DataSet::Mnist, DataSet::FashionMnist] {
            assert!(
                refused(set).contains("others than those on record"),
                "{}",
                refused(set)
            );
        }
        let asked = Dataset::from_files(files(), Some(DataSet::Kmnist)).unwrap();
        assert_eq!(
            (asked.train, asked.info.digest),
            (data.train, data.info.digest)
        );
    }
}

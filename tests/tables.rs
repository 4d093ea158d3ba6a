//! Long-form tables: Parquet has what CSV has, always in the same bytes, and both have the columns that
//! docs/tables.md says.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::fs::File;
use std::path::Path;
use std::process::Command;

use metacls::report::columnar::{self, ColumnarError};
use metacls::report::long::{Cell, Column, Holds, Long};
use metacls::results::Results;
use metacls::{formats, report};
use parquet::basic::{ConvertedType, Repetition};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

fn root(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    path.display().to_string()
}

fn metacls(args: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metacls"));
    let output = command.args(args).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
}

/// A table's columns: name, what it holds, whether it may be empty.
type Columns = Vec<(String, String, bool)>;

/// The columns that a section of docs/tables.md has.
fn documented(section: &str) -> Columns {
    let text = std::fs::read_to_string(root("docs/tables.md")).unwrap();
    let (_, rest) = text.split_once(&format!("\n## {section}\n")).unwrap();
    let own = rest.split("\n## ").next().unwrap();
    let rows = own.lines().filter(|line| line.starts_with("| `"));
    let column = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert!(cells.len() == 6 && !cells[4].is_empty(), "{line}");
        let may_be_empty = match cells[3] {
            "yes" => true,
            no => {
                assert_eq!(no, "no", "{line}");
                false
            }
        };
        let name = cells[1].trim_matches('`').to_owned();
        (name, cells[2].to_owned(), may_be_empty)
    };
    rows.map(column).collect()
}

/// A Parquet file's columns.
fn schema(file: &SerializedFileReader<File>) -> Columns {
    let schema = file.metadata().file_metadata().schema_descr();
    let column = |c: &std::sync::Arc<parquet::schema::types::ColumnDescriptor>| {
        let holds = match (c.physical_type(), c.converted_type()) {
            (parquet::basic::Type::BYTE_ARRAY, ConvertedType::UTF8) => "STRING".to_owned(),
            (other, _) => other.to_string(),
        };
        let may_be_empty = c.self_type().get_basic_info().repetition() == Repetition::OPTIONAL;
        (c.name().to_owned(), holds, may_be_empty)
    };
    schema.columns().iter().map(column).collect()
}

/// A Parquet file's rows, as CSV writes their cells.
fn rows(file: &SerializedFileReader<File>) -> Vec<Vec<String>> {
    let cell = |field: &Field| match field {
        Field::Null => String::new(),
        Field::Int(n) => n.to_string(),
        Field::Double(x) => x.to_string(),
        Field::Str(words) => words.clone(),
        other => format!("{other:?}"),
    };
    let all = file.get_row_iter(None).unwrap();
    all.map(|row| {
        row.unwrap()
            .get_column_iter()
            .map(|(_, f)| cell(f))
            .collect()
    })
    .collect()
}

/// A CSV file's rows, the names first.
fn lines(path: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap();
    let records = reader.records();
    records
        .map(|r| r.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn opened(path: &str) -> SerializedFileReader<File> {
    SerializedFileReader::new(File::open(path).unwrap()).unwrap()
}

/// Holds a table's two files against each other.
fn assert_same(stem: &str) -> Columns {
    let file = opened(&format!("{stem}.parquet"));
    let csv = lines(&format!("{stem}.csv"));
    let columns = schema(&file);
    let names: Vec<&String> = columns.iter().map(|(name, _, _)| name).collect();
    assert_eq!(csv[0].iter().collect::<Vec<_>>(), names, "{stem}");
    let rows = rows(&file);
    assert_eq!(rows.len(), csv.len() - 1, "{stem}");
    for (i, (ours, theirs)) in rows.iter().zip(&csv[1..]).enumerate() {
        assert_eq!(ours, theirs, "{stem}, row {i}");
    }
    columns
}

#[test]
fn a_run_has_the_same_rows_as_csv_and_as_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().display().to_string();
    let files = [
        "stored/figure1.json.gz",
        "tests/fixtures/v2/results.json.gz",
    ]
    .map(root);
    let [first, second] = files.each_ref().map(String::as_str);
    metacls(&[
        "report",
        first,
        second,
        "--csv",
        &out,
        "--parquet",
        &out,
        "--quiet",
    ]);
    for name in ["figure1", "results"] {
        let columns = assert_same(&format!("{out}/{name}"));
        assert_eq!(columns, documented("A run: NAME"), "{name}");
    }
    // Where its numbers come from.
    let results: Results = formats::read(Path::new(first)).unwrap();
    let file = opened(&format!("{out}/figure1.parquet"));
    let about = file.metadata().file_metadata();
    assert_eq!(about.created_by(), Some("metacls"));
    let held = |name: &str| {
        let mut all = about.key_value_metadata().unwrap().iter();
        all.find(|kv| kv.key == name)
            .unwrap()
            .value
            .clone()
            .unwrap()
    };
    assert_eq!(held("metacls.config"), results.config.to_json());
    assert_eq!(
        held("metacls.digest"),
        results.digest().unwrap().to_string()
    );
    assert_eq!(held("metacls.experiment"), "figure1");
    // Always the same bytes.
    let bytes = std::fs::read(format!("{out}/figure1.parquet")).unwrap();
    metacls(&["report", first, "--parquet", &out, "--quiet"]);
    assert!(std::fs::read(format!("{out}/figure1.parquet")).unwrap() == bytes);
    let csv = std::fs::metadata(format!("{out}/figure1.csv"))
        .unwrap()
        .len();
    println!("figure1: {} bytes of Parquet, {csv} of CSV", bytes.len());
    assert!((bytes.len() as u64) < csv / 10);
    assert_eq!(
        report::rows(&results).len(),
        lines(&format!("{out}/figure1.csv")).len() - 1
    );
}

#[test]
fn a_sweeps_three_tables_are_the_same_as_csv_and_as_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (out, sweep) = (at("out"), at("sweep"));
    let link = "v=1&preset=quick&tasks=2&samples_per_task=20&evaluation_images=20&conditions=baseline,meta";
    let vary = [
        "alpha_0=0.001,0.01",
        "hidden=24x2,20+10",
        "batch=5,10",
        "second_order=true,false",
    ];
    let mut args = vec![
        "sweep", link, "--engine", "cpu", "--seeds", "0..2", "--out", &sweep,
    ];
    args.extend(vary.iter().flat_map(|v| ["--vary", v]));
    args.extend(["--csv", &out, "--parquet", &out]);
    metacls(&args);
    let knobs = [
        ("alpha_0", "DOUBLE"),
        ("hidden", "STRING"),
        ("batch", "INT32"),
        ("second_order", "STRING"),
    ];
    for (part, section) in [
        ("", "A sweep's lanes: NAME-sweep"),
        (".means", "A sweep's means: NAME-sweep.means"),
        (".claims", "A sweep's claims: NAME-sweep.claims"),
    ] {
        let columns = assert_same(&format!("{out}/quick-sweep{part}"));
        let mut expected = documented(section);
        let own = knobs.map(|(name, holds)| (name.to_owned(), holds.to_owned(), false));
        expected.splice(1..1, own);
        assert_eq!(columns, expected, "{section}");
    }
}

#[test]
fn what_does_not_fit_its_column_is_refused() {
    let table = |cells: Vec<Vec<Cell>>| Long {
        columns: vec![
            Column::new("whole", Holds::Whole),
            Column::sparse("number", Holds::Number),
        ],
        rows: Box::new(cells.into_iter()),
    };
    let written = |cells| columnar::write(table(cells), Vec::new(), Vec::new());
    assert!(written(vec![vec![Cell::Whole(1), Cell::Empty]]).is_ok());
    assert!(written(Vec::new()).is_ok());
    for cells in [
        vec![Cell::Empty, Cell::Number(1.0)],
        vec![Cell::Number(1.0), Cell::Empty],
        vec![Cell::Whole(u32::MAX), Cell::Empty],
        Vec::new(),
    ] {
        let refused = written(vec![cells]).unwrap_err();
        assert!(matches!(refused, ColumnarError::Cell(name) if name == "whole"));
    }
    let other = written(vec![vec![Cell::Whole(1), Cell::text("a")]]).unwrap_err();
    assert!(
        other
            .to_string()
            .contains("the column number holds something else")
    );
}

//! Long-form tables: columns of a stated kind, and rows that come one after the other. CSV and Parquet are
//! two forms of the same table.

use std::borrow::Cow;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Whole numbers from 0 on; in Parquet INT32.
    Whole,
    /// Numbers; in Parquet DOUBLE.
    Number,
    /// Words; in Parquet a BYTE_ARRAY that is a STRING.
    Text,
}

impl Holds {
    /// Its name in Parquet, as the documents have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Whole => "INT32",
            Self::Number => "DOUBLE",
            Self::Text => "STRING",
        }
    }
}

/// A column of a long-form table, as CSV and Parquet have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, in CSV's first line and in Parquet's schema.
    pub name: Cow<'static, str>,
    /// The kind of every cell under it that is not empty.
    pub holds: Holds,
    /// Whether a cell may be empty: in Parquet null.
    pub may_be_empty: bool,
}

impl Column {
    /// One that has something in every row.
    pub const fn new(name: &'static str, holds: Holds) -> Self {
        Self {
            name: Cow::Borrowed(name),
            holds,
            may_be_empty: false,
        }
    }

    /// One that may be empty.
    pub const fn sparse(name: &'static str, holds: Holds) -> Self {
        Self {
            name: Cow::Borrowed(name),
            holds,
            may_be_empty: true,
        }
    }
}

/// What stands in a row under a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A whole number.
    Whole(u32),
    /// A number, in CSV with the fewest digits that read back as the same.
    Number(f64),
    /// A number that CSV has in these words: as a configuration writes it.
    Said(f64, String),
    /// Words.
    Text(Cow<'static, str>),
    /// Nothing: not measured, or not meant.
    Empty,
}

impl Cell {
    /// Words of its own.
    pub fn text(words: impl Into<Cow<'static, str>>) -> Self {
        Self::Text(words.into())
    }

    /// The same; nothing where there are none.
    pub fn text_if_any(words: impl Into<Cow<'static, str>>) -> Self {
        match words.into() {
            words if words.is_empty() => Self::Empty,
            words => Self::Text(words),
        }
    }

    /// As CSV has it: numbers with the fewest digits that read back as the same, without exponent.
    fn word(self) -> String {
        match self {
            Self::Whole(n) => n.to_string(),
            Self::Number(x) => x.to_string(),
            Self::Said(_, word) => word,
            Self::Text(words) => words.into_owned(),
            Self::Empty => String::new(),
        }
    }
}

impl From<Option<f64>> for Cell {
    fn from(x: Option<f64>) -> Self {
        x.map_or(Self::Empty, Self::Number)
    }
}

impl From<Option<u32>> for Cell {
    fn from(n: Option<u32>) -> Self {
        n.map_or(Self::Empty, Self::Whole)
    }
}

/// A table whose rows are made as they are asked for.
pub struct Long<'a> {
    /// Its columns, from left to right.
    pub columns: Vec<Column>,
    /// Its rows, as long as there are columns and in their order.
    pub rows: Box<dyn Iterator<Item = Vec<Cell>> + 'a>,
}

impl Long<'_> {
    /// As CSV (RFC 4180): the columns' names, then a line for each row.
    pub fn csv(self) -> String {
        let names = self.columns.into_iter().map(|c| c.name.into_owned());
        let head: Vec<String> = names.collect();
        let rows = self
            .rows
            .map(|row| row.into_iter().map(Cell::word).collect());
        written(std::iter::once(head).chain(rows))
    }
}

/// A CSV file as RFC 4180 has it: lines end with CRLF, cells are quoted where they must be.
pub(crate) fn written<C: AsRef<[u8]>>(records: impl Iterator<Item = Vec<C>>) -> String {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for record in records {
        // Writing into memory can't fail, and all rows are as long as the first.
        let _ = writer.write_record(record);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

//! Long-form tables as Parquet files, for R, Python and their like: typed columns, Snappy, and the same bytes
//! whenever and wherever they are written.

use std::io::Write;
use std::sync::Arc;

use ::parquet::basic::{Compression, ConvertedType, LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use ::parquet::schema::types::Type;

use super::long::{Cell, Column, Holds, Long};

/// Rows of a row group, which are held until it is written.
const ROWS: usize = 1 << 18;
/// What a file says wrote it: no version, so that the same rows are the same bytes.
const CREATED_BY: &str = "metacls";

/// Why a table has no form as Parquet.
#[derive(Debug, thiserror::Error)]
pub enum ColumnarError {
    /// A row has something else under a column than the column holds.
    #[error("the column {0} holds something else than it says")]
    Cell(String),
    /// It can't be written.
    #[error("it can't be written ({0})")]
    Write(#[from] ParquetError),
}

/// Writes a table as a Parquet file; `about` are names and values that stand beside it (key-value metadata).
///
/// # Errors
/// If it can't be written, or a row does not fit its columns.
pub fn write(
    table: Long<'_>,
    about: Vec<(&str, String)>,
    out: impl Write + Send,
) -> Result<(), ColumnarError> {
    let Long { columns, mut rows } = table;
    let about = about
        .into_iter()
        .map(|(name, value)| KeyValue::new(name.to_owned(), value));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(CREATED_BY.to_owned())
        .set_key_value_metadata(Some(about.collect()))
        .build();
    let schema = Arc::new(schema(&columns)?);
    let mut file = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
    loop {
        let mut held: Vec<Values> = columns.iter().map(Values::of).collect();
        let mut count = 0;
        for row in rows.by_ref().take(ROWS) {
            count += 1;
            let mut cells = row.into_iter();
            for (values, column) in held.iter_mut().zip(&columns) {
                let cell = cells.next().unwrap_or(Cell::Empty);
                if !values.take(cell, column.may_be_empty) {
                    return Err(ColumnarError::Cell(column.name.to_string()));
                }
            }
        }
        if count == 0 {
            break;
        }
        let mut group = file.next_row_group()?;
        for values in &held {
            values.write(&mut group)?;
        }
        group.close()?;
    }
    file.close()?;
    Ok(())
}

/// The columns as Parquet names them.
fn schema(columns: &[Column]) -> Result<Type, ParquetError> {
    let fields = columns.iter().map(|column| {
        let repetition = match column.may_be_empty {
            true => Repetition::OPTIONAL,
            false => Repetition::REQUIRED,
        };
        let physical = match column.holds {
            Holds::Whole => Physical::INT32,
            Holds::Number => Physical::DOUBLE,
            Holds::Text => Physical::BYTE_ARRAY,
        };
        let field = Type::primitive_type_builder(&column.name, physical);
        let field = field.with_repetition(repetition);
        let field = match column.holds {
            Holds::Text => field
                .with_logical_type(Some(LogicalType::String))
                .with_converted_type(ConvertedType::UTF8),
            Holds::Whole | Holds::Number => field,
        };
        field.build().map(Arc::new)
    });
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("metacls")
        .with_fields(fields)
        .build()
}

/// A row group's values of one column: those that are there, and for a sparse column which rows have one.
struct Values {
    held: List,
    /// 1 for each row that has a value, 0 for the others; none where all have.
    levels: Option<Vec<i16>>,
}

enum List {
    Whole(Vec<i32>),
    Number(Vec<f64>),
    Text(Vec<ByteArray>),
}

impl Values {
    fn of(column: &Column) -> Self {
        Self {
            held: match column.holds {
                Holds::Whole => List::Whole(Vec::new()),
                Holds::Number => List::Number(Vec::new()),
                Holds::Text => List::Text(Vec::new()),
            },
            levels: column.may_be_empty.then(Vec::new),
        }
    }

    /// Takes a row's cell; whether it is of the column's kind.
    fn take(&mut self, cell: Cell, may_be_empty: bool) -> bool {
        let is_there = cell != Cell::Empty;
        match (&mut self.held, cell) {
            (_, Cell::Empty) if may_be_empty => {}
            (List::Whole(list), Cell::Whole(n)) => match i32::try_from(n) {
                Ok(n) => list.push(n),
                Err(_) => return false,
            },
            (List::Number(list), Cell::Number(x) | Cell::Said(x, _)) => list.push(x),
            (List::Text(list), Cell::Text(words)) => {
                list.push(ByteArray::from(words.into_owned().into_bytes()));
            }
            _ => return false,
        }
        if let Some(levels) = &mut self.levels {
            levels.push(is_there.into());
        }
        true
    }

    fn write<W: Write + Send>(
        &self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        let levels = self.levels.as_deref();
        match &self.held {
            List::Whole(list) => column::<Int32Type, W>(group, list, levels),
            List::Number(list) => column::<DoubleType, W>(group, list, levels),
            List::Text(list) => column::<ByteArrayType, W>(group, list, levels),
        }
    }
}

/// Writes the next column of a row group.
fn column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let next = group.next_column()?;
    let mut writer = next.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
    writer.typed::<T>().write_batch(values, levels, None)?;
    writer.close()
}

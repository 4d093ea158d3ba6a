//! What is told of a sweep: its files, its table, its summary; of one that was just made or of a summary's
//! file.

use std::path::{Path, PathBuf};

use comfy_table::Table;
use metacls::formats;
use metacls::report::figure::Theme;
use metacls::report::long::Long;
use metacls::results::Results;
use metacls::sweep::summary::{self, PointSummary};
use metacls::sweep::view::{self, SweepView};
use metacls::sweep::{Sweep, SweepSummary, picture, rows, table};

use super::outputs::{write_file, write_gzip, write_parquet, write_record};
use super::report::ReportArgs;
use super::sweep_folder::Folder;
use super::voice::print;
use super::{Failure, stem};

/// Writes the long tables, as CSV and as Parquet, into the folders that are given.
pub(super) fn tables(
    as_csv: Option<&Path>,
    as_parquet: Option<&Path>,
    name: &str,
    sweep: &Sweep,
    found: &[PointSummary],
) -> Result<(), Failure> {
    type Tell = for<'a> fn(&'a Sweep, &'a [PointSummary]) -> Long<'a>;
    let tables: [(&str, Tell); 3] = [
        ("", rows::lanes),
        (".means", rows::means),
        (".claims", rows::claims),
    ];
    for (part, table) in tables {
        if let Some(folder) = as_csv {
            let path = folder.join(format!("{name}{part}.csv"));
            write_file(&path, table(sweep, found).csv().as_bytes())?;
        }
        if let Some(folder) = as_parquet {
            let path = folder.join(format!("{name}{part}.parquet"));
            let about = vec![("metacls.sweep", sweep.definition().to_json())];
            write_parquet(&path, table(sweep, found), about)?;
        }
    }
    Ok(())
}

/// Draws it, light and dark, into a folder.
pub(super) fn svg(
    folder: &Path,
    name: &str,
    sweep: &Sweep,
    found: &[PointSummary],
) -> Result<(), Failure> {
    for (suffix, theme) in [("", Theme::LIGHT), ("-dark", Theme::DARK)] {
        let svg = picture::svg(sweep, found, theme).map_err(Failure::failed)?;
        write_file(&folder.join(format!("{name}{suffix}.svg")), svg.as_bytes())?;
    }
    Ok(())
}

/// Prints the table, what stands under it, and the digest; `place` says where the points are.
pub(super) fn print_table(
    sweep: &Sweep,
    found: &[PointSummary],
    place: &str,
) -> Result<(), Failure> {
    let told = table::table(sweep, found);
    let mut table = Table::new();
    table.set_header(told.head);
    for row in told.rows {
        table.add_row(row);
    }
    print(&table.to_string())?;
    for note in told.notes {
        print(&note)?;
    }
    let digest = summary::digest(found);
    let digest = digest.map_or_else(String::new, |d| format!("digest {d}; "));
    print(&format!("{digest}{place}"))
}

/// Writes a sweep's summary, packed where its name ends with .gz; made of its points' results files.
pub(super) fn write_summary(path: &Path, sweep: &Sweep, held: &Folder) -> Result<(), Failure> {
    let mut summary = SweepSummary::begun(sweep);
    for (point, config) in sweep.configs().iter().enumerate() {
        let file = held.files(point, config).results;
        let results = formats::read::<Results>(&file).map_err(Failure::failed)?;
        summary
            .take(sweep, point, &results)
            .map_err(|e| Failure::Failed(format!("{}: {e}", file.display())))?;
    }
    write_record(path, summary.to_json().as_bytes())
}

/// Tells a summary's file, as `metacls sweep` tells the sweep that it was made of.
pub(super) fn report(path: &Path, text: &str, args: &ReportArgs) -> Result<(), Failure> {
    let file = path.display().to_string();
    let refused = |e: String| Failure::Usage(format!("{file}: {e}"));
    let summary =
        formats::parse::<SweepSummary>(&file, text).map_err(|e| Failure::Usage(e.to_string()))?;
    let sweep = summary.sweep().map_err(|e| refused(e.to_string()))?;
    for (option, is_there) in [
        ("--compact", args.compact.is_some()),
        ("--methods", args.methods.is_some()),
    ] {
        if is_there {
            let words = format!("{option} is of results files, and this is a sweep's summary");
            return Err(refused(words));
        }
    }
    let (name, found) = (stem(path), summary.measured());
    let folders = [&args.csv, &args.parquet].map(Option::as_deref);
    let [as_csv, as_parquet] = folders;
    tables(as_csv, as_parquet, &name, &sweep, &found)?;
    if let Some(folder) = &args.svg {
        svg(folder, &name, &sweep, &found)?;
    }
    if let Some(folder) = &args.page {
        let with = |ending: &str| PathBuf::from(folder).join(format!("{name}.{ending}"));
        let view = SweepView::of(&summary).map_err(|e| refused(e.to_string()))?;
        let json = serde_json::to_vec(&view).map_err(Failure::failed)?;
        write_gzip(&with("sweep.gz"), &json)?;
        write_gzip(&with("summary.gz"), summary.to_json().as_bytes())?;
    }
    if args.link {
        let link = view::link_of(&sweep)
            .ok_or_else(|| refused("its points are no grid: it has no link".into()))?;
        return print(&format!("#{link}"));
    }
    if args.quiet {
        return Ok(());
    }
    let engines: Vec<String> = summary.engines.iter().map(|e| e.name()).collect();
    let images = summary
        .data
        .as_ref()
        .map_or("no images yet", |data| &data.name);
    let measured = found.iter().filter(|point| point.is_measured()).count();
    let place = format!(
        "{measured} of {} points; {images}; {}; metacls {}",
        found.len(),
        engines.join(", "),
        summary.code_version
    );
    print_table(&sweep, &found, &place)
}

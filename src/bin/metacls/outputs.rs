//! Files that are written: tried before the work, whole or not at all, never torn.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use metacls::report::columnar;
use metacls::report::long::Long;
use metacls::results::Results;

use super::Failure;
use super::voice::say;

/// The folder that a file lies in.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes a folder and tries to write a file there.
///
/// # Errors
/// Of usage, if that does not work.
pub(super) fn try_folder(folder: &Path) -> Result<(), Failure> {
    let attempt = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut file = temporary(folder, "try")?;
        file.write_all(b"metacls")?;
        file.as_file().sync_data()
    };
    attempt().map_err(|e| refused(folder, "nothing can be written there", &e))
}

/// Tries whether a file of that name can be written: its folder can, and it is no folder itself.
///
/// # Errors
/// Of usage, if not.
pub(super) fn try_file(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        let words = format!("{}: is a folder; name a file in it", path.display());
        return Err(Failure::Usage(words));
    }
    try_folder(&folder_of(path))
}

/// Refuses a disk that has no room for so many bytes; where that can't be known, it is not looked at.
///
/// # Errors
/// Of usage, if there is too little.
pub(super) fn try_room(folder: &Path, bytes: u64) -> Result<(), Failure> {
    match fs4::available_space(folder) {
        Ok(free) if free < bytes => Err(Failure::Usage(format!(
            "{}: the results take about {} and there is room for {}; make room, or name another folder",
            folder.display(),
            size(bytes),
            size(free)
        ))),
        _ => Ok(()),
    }
}

/// Refuses to replace a file, unless it is to be made anew.
///
/// # Errors
/// Of usage, if it is there.
pub(super) fn keep(path: &Path, again: bool) -> Result<(), Failure> {
    if again || !path.exists() {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{}: is there already; name another file, or give --again to replace it",
        path.display()
    )))
}

/// A results file's text.
///
/// # Errors
/// If it has no form as JSON: of no run.
pub(super) fn results_json(results: &Results) -> Result<Vec<u8>, Failure> {
    let mut json = serde_json::to_vec_pretty(results).map_err(Failure::failed)?;
    json.push(b'\n');
    Ok(json)
}

/// Bytes in words.
fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

fn refused(path: &Path, what: &str, error: &io::Error) -> Failure {
    Failure::Usage(format!("{}: {what} ({error})", path.display()))
}

/// A file without its final name yet; gone if it never gets it.
fn temporary(folder: &Path, name: &str) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any other file, less what the user's mask takes away.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder
        .prefix(&format!(".{name}."))
        .suffix(TEMPORARY)
        .tempfile_in(folder)
}

/// How the names of unfinished files end.
const TEMPORARY: &str = ".tmp";

/// Removes what a program that was killed left of a file.
pub(super) fn sweep(path: &Path) {
    sweep_begun(path, &format!("{}.", name_of(path)));
}

/// Removes what a program that was killed left of files beside this one whose names begin so.
pub(super) fn sweep_begun(path: &Path, begin: &str) {
    let prefix = format!(".{begin}");
    let entries = fs::read_dir(folder_of(path))
        .into_iter()
        .flatten()
        .flatten();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&prefix) && name.ends_with(TEMPORARY) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// A file's name without its folder.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Writes a file whole or not at all, on the disk when this returns. One that is there is replaced.
///
/// # Errors
/// If it can't be written: then what was there still is.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let mut file = temporary(&folder, &name_of(path))?;
    file.write_all(bytes)?;
    persist(file, path)
}

/// Gives a file its final name, once it is on the disk.
fn persist(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    sync_folder(&folder_of(path));
    Ok(())
}

/// Whether a file of this name is packed by gzip.
pub(super) fn is_packed(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("gz"))
}

/// Puts a folder's names on the disk, where the system knows such a thing.
pub(super) fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Writes a file whole or not at all, makes its folder, and says so.
///
/// # Errors
/// If it can't be written.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || -> io::Result<()> {
        fs::create_dir_all(folder_of(path))?;
        replace(path, bytes)
    };
    write().map_err(|e| Failure::Failed(format!("{}: can't be written ({e})", path.display())))?;
    say(format_args!("wrote {}", path.display()));
    Ok(())
}

/// Writes a file as it comes, whole or not at all, packed by gzip where its name ends so, and says so.
///
/// # Errors
/// If it can't be written, or what writes it fails.
pub(super) fn write_streamed<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let refused =
        |e: io::Error| Failure::Failed(format!("{}: can't be written ({e})", path.display()));
    let mut file = temporary(&folder_of(path), &name_of(path)).map_err(refused)?;
    let written = if is_packed(path) {
        let mut encoder = flate2::write::GzEncoder::new(&mut file, flate2::Compression::best());
        let written = write(&mut encoder)?;
        encoder.finish().map_err(refused)?;
        written
    } else {
        write(&mut file)?
    };
    persist(file, path).map_err(refused)?;
    say(format_args!("wrote {}", path.display()));
    Ok(written)
}

/// Writes a table as a Parquet file, its folder made where there is none ([`columnar::write`]).
///
/// # Errors
/// If it can't be written.
pub(super) fn write_parquet(
    path: &Path,
    table: Long<'_>,
    about: Vec<(&str, String)>,
) -> Result<(), Failure> {
    try_file(path)?;
    let refused = |e: &dyn std::fmt::Display| Failure::Failed(format!("{}: {e}", path.display()));
    let mut bytes = Vec::new();
    columnar::write(table, about, &mut bytes).map_err(|e| refused(&e))?;
    write_file(path, &bytes)
}

/// A file's bytes packed by gzip, written whole or not at all.
///
/// # Errors
/// If it can't be written.
pub(super) fn write_gzip(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_file(path, &packed(bytes)?)
}

/// The same, packed where its name ends with .gz.
///
/// # Errors
/// If it can't be written.
pub(super) fn write_record(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    match is_packed(path) {
        true => write_gzip(path, bytes),
        false => write_file(path, bytes),
    }
}

/// Bytes packed by gzip.
///
/// # Errors
/// If they can't be.
pub(super) fn packed(bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).map_err(Failure::failed)?;
    encoder.finish().map_err(Failure::failed)
}

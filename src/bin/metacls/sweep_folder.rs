//! A sweep's folder: its definition, and a results file for each point.

use std::fs;
use std::path::PathBuf;

use metacls::config::Config;
use metacls::formats;
use metacls::sweep::{Definition, Sweep};
use sha2::{Digest, Sha256};

use super::store::Files;
use super::{Failure, outputs};

/// A sweep's folder, which no other program uses meanwhile.
pub(super) struct Folder {
    pub(super) path: PathBuf,
    _lock: fs::File,
}

impl Folder {
    /// Takes hold of a folder that is this sweep's or nobody's; with `again` removes its points.
    pub(super) fn take(path: PathBuf, sweep: &Sweep, again: bool) -> Result<Self, Failure> {
        let file = path.join("sweep.json");
        let refused = |words: String| Failure::Usage(format!("{}: {words}", path.display()));
        if file.exists() {
            let there = formats::read::<Definition>(&file).map_err(|e| {
                Failure::Usage(format!(
                    "{e}; it would be replaced: name another folder by --out"
                ))
            })?;
            if let Some(what) = there.difference(sweep.definition()) {
                return Err(refused(format!(
                    "holds another sweep: its {what} differs; name another folder by --out"
                )));
            }
        } else {
            let json = sweep.definition().to_json();
            outputs::replace(&file, json.as_bytes()).map_err(|e| refused(e.to_string()))?;
        }
        let lock = fs::File::open(&file).map_err(|e| refused(e.to_string()))?;
        if let Err(fs::TryLockError::WouldBlock) = lock.try_lock() {
            return Err(refused(
                "this very sweep is under way in another program".into(),
            ));
        }
        let held = Self { path, _lock: lock };
        fs::create_dir_all(held.path.join("points"))
            .map_err(|e| Failure::Usage(format!("{}: {e}", held.path.display())))?;
        if again {
            for (point, config) in sweep.configs().iter().enumerate() {
                held.files(point, config).remove();
            }
        }
        Ok(held)
    }

    /// The files of a point (from 0), named by its number from 1 and a digest of its settings.
    pub(super) fn files(&self, point: usize, config: &Config) -> Files {
        let digest = Sha256::digest(config.to_json());
        let short: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
        let name = format!("{:04}-{short}.json.gz", point + 1);
        Files::beside(self.path.join("points").join(name))
    }
}

//! What was measured of this computer's GPUs, remembered between commands: a small file in the user's cache
//! folder, which may be deleted at any time.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use etcetera::{BaseStrategy, choose_base_strategy};
use metacls::engine::Hints;
use metacls::gpu::Tunings;
use metacls::gpu::tuning::{Remembers, Tuning};

/// How an engine is opened from the terminal.
pub(super) fn hints() -> Hints {
    Hints {
        tunings: choose_base_strategy().map_or_else(
            |_| Tunings::default(),
            |user| Tunings::of(InFolder(user.cache_dir().join("metacls"))),
        ),
        ..Hints::default()
    }
}

/// `tunings.json` in this folder: tunings by adapters' names.
struct InFolder(PathBuf);

impl InFolder {
    fn path(&self) -> PathBuf {
        self.0.join("tunings.json")
    }

    /// All of them; none where there is no file, or no such file.
    fn all(&self) -> BTreeMap<String, Tuning> {
        let text = fs::read_to_string(self.path()).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }
}

impl Remembers for InFolder {
    fn recall(&self, adapter: &str) -> Option<Tuning> {
        self.all().get(adapter).copied()
    }

    fn remember(&self, adapter: &str, tuning: Tuning) {
        let mut all = self.all();
        all.insert(adapter.into(), tuning);
        let text = serde_json::to_string_pretty(&all).unwrap_or_default();
        // A folder that can't be written remembers nothing.
        let _ = fs::create_dir_all(&self.0);
        let _ = super::outputs::replace(&self.path(), text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tunings_are_kept_by_adapter_and_a_spoiled_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let memory = InFolder(folder.path().join("metacls"));
        assert_eq!(memory.recall("a"), None);
        memory.remember("a", Tuning::HARDWARE);
        memory.remember("b", Tuning::SOFTWARE);
        assert_eq!(memory.recall("a"), Some(Tuning::HARDWARE));
        assert_eq!(memory.recall("b"), Some(Tuning::SOFTWARE));
        fs::write(memory.path(), "not a file of tunings").unwrap();
        assert_eq!(memory.recall("a"), None);
        memory.remember("a", Tuning::SOFTWARE);
        assert_eq!(memory.recall("a"), Some(Tuning::SOFTWARE));
    }
}

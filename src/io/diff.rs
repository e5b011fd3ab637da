//! Differences as text that `patch -p1` and reviewers read.
//!
//! In: `Difference`s. Out: unified diffs. Pure.
//! The old side is what is on disk, the new side what a render writes.

use std::time::Duration;

use similar::TextDiff;

use super::output::{Difference, Folder};
use crate::printed;

/// After that long the rest of a file is shown as replaced: the shortest diff of two very different
/// large files takes minutes.
const PATIENCE: Duration = Duration::from_secs(2);

/// The unified diff of one file.
pub(crate) fn unified(folder: &Folder, difference: &Difference<'_>) -> String {
    let shown = folder.shown(&difference.path);
    let shown = printed::line(shown.trim_start_matches('/'));
    let old_name = if difference.old.is_some() {
        format!("a/{shown}")
    } else {
        "/dev/null".to_owned()
    };
    let new_name = if difference.new.is_some() {
        format!("b/{shown}")
    } else {
        "/dev/null".to_owned()
    };
    let (Ok(old), Ok(new)) = (
        std::str::from_utf8(difference.old.as_deref().unwrap_or_default()),
        std::str::from_utf8(difference.new.unwrap_or_default()),
    ) else {
        return format!("Binary files {old_name} and {new_name} differ\n");
    };
    if old.is_empty() && new.is_empty() {
        return format!("--- {old_name}\n+++ {new_name}\n");
    }
    TextDiff::configure()
        .timeout(PATIENCE)
        .diff_lines(old, new)
        .unified_diff()
        .header(&old_name, &new_name)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::{Difference, Folder, unified};

    #[test]
    fn of_a_package_only_its_name_is_shown() {
        let folder = Folder {
            path: "out".into(),
            display: "out".into(),
        };
        let path = "functions/forwarder.zip".to_owned();
        let changed = Difference {
            path,
            old: Some(b"PK\x03\x04\xff\x1b[31m".to_vec()),
            new: Some(b"PK\x03\x04\xfe"),
        };
        let said =
            "Binary files a/out/functions/forwarder.zip and b/out/functions/forwarder.zip differ\n";
        assert_eq!(unified(&folder, &changed), said);
        let removed = Difference {
            new: None,
            ..changed
        };
        assert_eq!(
            unified(&folder, &removed),
            "Binary files a/out/functions/forwarder.zip and /dev/null differ\n"
        );
    }
}

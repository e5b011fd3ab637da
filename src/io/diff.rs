//! Unified diffs, for `patch -p1` and for reviewers: from the file on disk to that of a render.

use std::time::Duration;

use similar::TextDiff;

use super::compare::FileDifference;
use super::output::OutputFolder;
use crate::printed;

/// Time limit for one diff, after which the rest of the file is shown as replaced: the shortest diff
/// of two very different large files takes minutes.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The unified diff of one file.
pub(crate) fn unified(folder: &OutputFolder, difference: &FileDifference<'_>) -> String {
    let shown = folder.shown(&difference.path);
    let shown = printed::line(shown.trim_start_matches('/'));
    let name = |side: &str, exists: bool| match exists {
        true => format!("{side}/{shown}"),
        false => "/dev/null".to_owned(),
    };
    let old_name = name("a", difference.old.is_some());
    let new_name = name("b", difference.new.is_some());
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
        .timeout(TIMEOUT)
        .diff_lines(old, new)
        .unified_diff()
        .header(&old_name, &new_name)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::{FileDifference, OutputFolder, unified};

    #[test]
    fn a_package_is_shown_by_its_name_alone() {
        let folder = OutputFolder {
            path: "out".into(),
            display: "out".into(),
        };
        let path = "functions/forwarder.zip".to_owned();
        let changed = FileDifference {
            path,
            old: Some(b"PK\x03\x04\xff\x1b[31m".to_vec()),
            new: Some(b"PK\x03\x04\xfe"),
        };
        let message =
            "Binary files a/out/functions/forwarder.zip and b/out/functions/forwarder.zip differ\n";
        assert_eq!(unified(&folder, &changed), message);
        let removed = FileDifference {
            new: None,
            ..changed
        };
        assert_eq!(
            unified(&folder, &removed),
            "Binary files a/out/functions/forwarder.zip and /dev/null differ\n"
        );
    }
}

//! Names of folders that git, a shell, a file system or a CI reserves.
//! A pull request of a stranger chooses names, so every notation of the same place counts.

use crate::printed::is_unseen;

/// Start of the names of staging folders; a process id and a number follow.
pub(crate) const STAGING: &str = ".gwgen.tmp-";

/// Name of the manifest in an output folder.
pub(crate) const MANIFEST: &str = ".gwgen.json";

/// Returns whether a name is that of a staging folder: the process's id and a number.
pub(crate) fn is_staging_folder(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    name.strip_prefix(STAGING)
        .and_then(|rest| rest.split_once('-'))
        .is_some_and(|(process, number)| is_number(process) && is_number(number))
}

/// Names that Windows reserves for devices, whatever follows a dot.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Folders whose files other programs run or read as their own settings.
const RUN_BY_OTHERS: [&str; 9] = [
    ".circleci",
    ".buildkite",
    ".forgejo",
    ".woodpecker",
    ".drone",
    ".husky",
    ".devcontainer",
    ".vscode",
    ".terraform",
];

/// Returns whether a file system may take the name for `.git`.
///
/// Source: git, `verify_path`, <https://github.com/git/git/blob/master/read-cache.c>: letters in
/// any case, the short name `git~1`, dots and spaces at the end and streams (NTFS), characters that
/// HFS+ ignores.
pub(crate) fn is_of_git(name: &str) -> bool {
    let is_ignored = |character: char| matches!(character, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    let before_stream = name.split(':').next().unwrap_or_default();
    let plain = before_stream.replace(is_ignored, "");
    let plain = plain.trim_end_matches(['.', ' ']);
    plain.eq_ignore_ascii_case(".git") || plain.eq_ignore_ascii_case("git~1")
}

/// Returns whether a path leads below `.git`.
pub(crate) fn leads_into_git(path: &str) -> bool {
    path.split(['/', '\\']).any(is_of_git)
}

/// Returns the reason for which no output may be written below a folder of that name.
pub(crate) fn why_no_output(name: &str) -> Option<&'static str> {
    let lower = name.trim_end_matches(['.', ' ']).to_ascii_lowercase();
    if is_of_git(name) {
        return Some("git has its own files there");
    }
    if lower.starts_with(".git") || RUN_BY_OTHERS.contains(&lower.as_str()) {
        return Some("other programs run what is there, or read it as their settings");
    }
    if lower == MANIFEST || lower.starts_with(STAGING) {
        return Some("gwgen has its own files under that name");
    }
    if name.chars().any(is_unseen) {
        return Some("it holds a character that does not show");
    }
    let stem = lower.split('.').next().unwrap_or_default();
    DEVICES
        .contains(&stem)
        .then_some("Windows reserves that name for a device")
}

#[cfg(test)]
#[test]
fn every_spelling_counts() {
    for name in [
        ".git",
        ".GIT",
        ".git.",
        ".git ",
        "git~1",
        "GIT~1",
        ".git::$INDEX_ALLOCATION",
        ".g\u{200c}it",
    ] {
        assert!(is_of_git(name), "{name}");
    }
    for name in ["git", ".gitignore", "x.git", ".git2"] {
        assert!(!is_of_git(name), "{name}");
    }
    for name in [
        ".github",
        ".GitHub",
        ".gitlab",
        ".gwgen.json",
        ".gwgen.tmp-1-1",
        "a\nb",
        "in\u{200b}fra",
        "NUL",
        "aux.tf",
        ".circleci",
    ] {
        assert!(why_no_output(name).is_some(), "{name}");
    }
    for name in [
        "infra",
        "generated",
        "github",
        "console",
        "auxiliary",
        ".out",
    ] {
        assert!(why_no_output(name).is_none(), "{name}");
    }
    assert!(
        leads_into_git("a/.git/config") && leads_into_git(".git") && !leads_into_git("a/git/b")
    );
}

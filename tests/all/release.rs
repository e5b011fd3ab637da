//! What a release has to agree on: one version and one address in every place, and actions that are
//! pinned by their commit.
//!
//! In: Cargo.toml and the files that follow it. `just release VERSION` writes the version;
//! the address is written by hand, where this test says.

use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

const VERSION: &str = env!("CARGO_PKG_VERSION");
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), found);
        }
    } else if path
        .extension()
        .is_some_and(|it| ["md", "yml", "yaml", "toml"].contains(&it.to_str().unwrap()))
    {
        found.push(path.to_owned());
    }
}

/// What the first group of a pattern matches, as `file: text`, below some files or folders of the package.
fn found(pattern: &str, places: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pattern = Regex::new(pattern).unwrap();
    let mut paths = Vec::new();
    for place in places {
        files(&root.join(place), &mut paths);
    }
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        all.extend(
            pattern
                .captures_iter(&text)
                .map(|it| (name.clone(), it[1].to_owned())),
        );
    }
    all
}

const PAGES: [&str; 4] = ["README.md", "action.yml", "pyproject.toml", "docs"];

#[test]
fn every_place_names_the_version_of_cargo_toml() {
    let named = found(
        r"(?m)(?:gwgen==|gwgen(?:/comment)?@v|gwgen-v|\brev: v|\bVERSION: |^version = .)(\d+\.\d+\.\d+[\w.-]*\b)",
        &PAGES,
    );
    for (file, version) in &named {
        // An archive's name goes on with its platform.
        assert!(
            version == VERSION || version.starts_with(&format!("{VERSION}-")),
            "{file} has {version}, Cargo.toml {VERSION}: `just release` writes all"
        );
    }
    let shim: Vec<_> = named
        .iter()
        .filter(|(file, _)| file == "pyproject.toml")
        .collect();
    assert_eq!(
        shim.len(),
        2,
        "its own version, and that of the program: {shim:?}"
    );
    for file in ["README.md", "docs/review.md", "docs/gitlab-ci.yml"] {
        assert!(
            named.iter().any(|(it, _)| it.replace('\\', "/") == file),
            "{file} names no version"
        );
    }
}

#[test]
fn every_place_names_the_repository_of_cargo_toml() {
    let path = REPOSITORY.splitn(4, '/').last().unwrap();
    let addresses = found(r"(https://[\w./-]+/gwgen)(?:\.git)?\b", &PAGES);
    assert!(!addresses.is_empty());
    for (file, address) in addresses {
        assert_eq!(address, REPOSITORY, "{file}");
    }
    for (file, used) in found(
        r"(?m)(?:uses: |--repo )([\w-]+/gwgen)(?:/comment)?\b",
        &PAGES,
    ) {
        assert_eq!(used, path, "{file}");
    }
}

#[test]
fn actions_of_others_are_pinned_by_their_commit() {
    let used = found(
        r"(?m)^\s*(?:- )?uses: (.*)$",
        &["action.yml", "comment/action.yml", ".github"],
    );
    assert!(used.len() > 10, "{used:?}");
    let pinned = Regex::new(r"^[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$").unwrap();
    for (file, action) in used {
        assert!(pinned.is_match(&action), "{file}: {action}");
    }
}

#[test]
fn the_shim_of_the_hooks_has_no_code() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("pyproject.toml")).unwrap();
    assert!(text.contains("\npy-modules = []\n") && text.contains("\nname = \"gwgen-hook\"\n"));
}

//! The writer when an operation fails, and when the process ends there: every operation of a
//! render, one after the other.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::PoisonError;

use super::git::CHILDREN;
use super::{Repository, codes, marked, tree};
use crate::diagnostic::Diagnostic;
use crate::emit::FileTree;

/// Fault of the k-th operation.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// A failure, as on a full disk, after which all others work.
    Fails,
    /// The end of the run, as after a kill.
    Ends,
}

thread_local! {
    /// The fault, and how many operations there are before it.
    static ARMED: Cell<Option<(Fault, usize)>> = const { Cell::new(None) };
    static STRUCK: Cell<bool> = const { Cell::new(false) };
}

/// Asked before every operation.
pub(crate) fn before(_path: &Path) -> io::Result<()> {
    match ARMED.get() {
        None => return Ok(()),
        Some((fault, 0)) => {
            STRUCK.set(true);
            if fault == Fault::Fails {
                ARMED.set(None);
            }
        }
        Some((fault, left)) => {
            ARMED.set(Some((fault, left - 1)));
            return Ok(());
        }
    }
    Err(io::ErrorKind::StorageFull.into())
}

/// Writes with a fault at operation `k`. `None` where the render has no such operation.
fn struck(
    repository: &Repository,
    tree: &FileTree,
    (fault, k): (Fault, usize),
) -> Option<Vec<Diagnostic>> {
    let folder = repository.infra();
    ARMED.set(Some((fault, k)));
    STRUCK.set(false);
    let written = folder.write(tree);
    ARMED.set(None);
    STRUCK.get().then_some(written.diagnostics)
}

/// Every file below `infra` but for staging folders.
fn files(repository: &Repository) -> BTreeMap<String, String> {
    fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                if !crate::source::reserved::is_staging_folder(&name) {
                    walk(&entry.path(), &format!("{name}/"), found);
                }
            } else {
                found.insert(name, fs::read_to_string(entry.path()).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    if repository.path("infra").is_dir() {
        walk(&repository.path("infra"), "", &mut found);
    }
    found
}

const LONG: &str = "a line that is long enough to be torn\n";

fn old() -> FileTree {
    tree(&[
        ("same.tf", "1\n"),
        ("changed.tf", LONG),
        ("removed.tf", "3\n"),
        ("gone/deep/removed.tf", "4\n"),
        ("orphan.tf", "5\n"),
    ])
}

fn new() -> FileTree {
    tree(&[
        ("same.tf", "1\n"),
        ("changed.tf", "changed to another text\n"),
        ("created.tf", LONG),
        ("made/deep/created.tf", LONG),
    ])
}

/// A folder as an earlier run left it, with the user's own files in it.
fn before_it(begins: &FileTree) -> Repository {
    let repository = Repository::new();
    if !begins.files.is_empty() {
        let written = repository.infra().write(begins);
        assert_eq!(codes(&written.diagnostics), [""; 0]);
        repository.edit("infra/orphan.tf", "edited\n");
        repository.put("infra/mine.tf", "mine\n");
        repository.put("infra/gone/mine.tf", "mine\n");
    }
    repository
}

fn is_whole(path: &str, text: &str, trees: [&FileTree; 2]) -> bool {
    let is_ours = trees.iter().any(|tree| {
        tree.files
            .get(path)
            .is_some_and(|bytes| bytes == text.as_bytes())
    });
    is_ours || path == ".gwgen.json" || text == "mine\n" || text == marked("edited\n")
}

fn errors(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error())
        .map(|diagnostic| diagnostic.code.code)
        .collect()
}

/// Strikes operation `k` of a render from `begins` to `ends`; then `mends` is rendered. False where
/// there is no such operation.
fn survives((begins, ends, mends): (&FileTree, &FileTree, &FileTree), at: (Fault, usize)) -> bool {
    let expected = {
        let untouched = before_it(begins);
        untouched.infra().write(ends);
        untouched.infra().write(mends);
        files(&untouched)
    };
    let repository = before_it(begins);
    let user: Vec<_> = files(&repository)
        .into_iter()
        .filter(|(_, text)| text == "mine\n" || *text == marked("edited\n"))
        .collect();
    let (complete, name) = {
        let untouched = before_it(begins);
        untouched.infra().write(ends);
        (files(&untouched), format!("{at:?}"))
    };
    let Some(diagnostics) = struck(&repository, ends, at) else {
        return false;
    };
    let found = files(&repository);
    assert!(
        found
            .iter()
            .all(|(path, text)| is_whole(path, text, [begins, ends])),
        "{name}: {found:?}"
    );
    assert!(
        user.iter()
            .all(|(path, text)| found.get(path) == Some(text)),
        "{name}: the user's files"
    );
    let differs = repository.infra().compare(ends);
    assert_eq!(errors(&differs.diagnostics), [""; 0], "{name}");
    let is_named = !differs.differences.is_empty() || differs.manifest_alone().is_some();
    assert_eq!(is_named, found != complete, "{name}: check says it");
    // What fails without an error is tidying up alone.
    assert_eq!(
        errors(&diagnostics).is_empty(),
        found == complete && !is_named,
        "{name}: {diagnostics:?}"
    );
    let mended = repository.infra().write(mends);
    assert_eq!(errors(&mended.diagnostics), [""; 0], "{name}");
    assert_eq!(files(&repository), expected, "{name}");
    let staged = fs::read_dir(repository.path("infra")).unwrap();
    let left = staged
        .filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .file_name()
                .to_str()
                .is_some_and(crate::source::reserved::is_staging_folder)
        })
        .count();
    assert_eq!(
        left,
        if cfg!(unix) { 0 } else { left },
        "{name}: nothing is left"
    );
    assert!(
        repository.infra().compare(mends).differences.is_empty(),
        "{name}"
    );
    true
}

#[test]
fn a_fault_at_any_operation_leaves_old_or_new_files_and_the_next_render_mends_them() {
    let _alone = CHILDREN.write().unwrap_or_else(PoisonError::into_inner);
    let (old, new, nothing) = (old(), new(), FileTree::default());
    let other = tree(&[("other.tf", "9\n")]);
    let mut struck = 0;
    for fault in [Fault::Fails, Fault::Ends] {
        for way in [
            (&old, &new, &new),
            (&old, &new, &old),
            (&old, &new, &other),
            (&nothing, &new, &new),
            (&nothing, &new, &other),
            (&nothing, &new, &nothing),
        ] {
            let count = (0..).take_while(|k| survives(way, (fault, *k))).count();
            assert!(count >= 8, "only {count} operations");
            struck += count;
        }
    }
    assert!(struck > 150, "{struck}");
}

#[test]
fn two_faults_in_a_row_are_mended_too() {
    let _alone = CHILDREN.write().unwrap_or_else(PoisonError::into_inner);
    let (old, new, other) = (
        old(),
        new(),
        tree(&[("other.tf", "9\n"), ("made/other.tf", "9\n")]),
    );
    for first in (0..40).step_by(3) {
        for second in 0..40 {
            let repository = before_it(&old);
            let is_first = struck(&repository, &new, (Fault::Ends, first)).is_some();
            let is_second = struck(&repository, &other, (Fault::Ends, second)).is_some();
            assert_eq!(
                errors(&repository.infra().write(&new).diagnostics),
                [""; 0],
                "{first} {second}"
            );
            let found = files(&repository);
            assert!(
                new.files
                    .iter()
                    .all(|(path, bytes)| found[path].as_bytes() == bytes),
                "{first} {second}"
            );
            let own = found
                .keys()
                .filter(|path| !new.files.contains_key(*path))
                .map(String::as_str)
                .collect::<Vec<_>>();
            assert_eq!(
                own,
                [".gwgen.json", "gone/mine.tf", "mine.tf", "orphan.tf"],
                "{first} {second}"
            );
            if !is_first || !is_second {
                break;
            }
        }
    }
}

#[test]
fn a_run_that_read_the_manifest_before_another_one_wrote_it_is_refused() {
    let repository = Repository::new();
    repository.put("gwgen.yaml", "version: 1\nname: shop\nspec: openapi.yaml\ntopology: internet\nbackends: {orders: {url: 'https://orders.example.com'}}\noutput: {dir: infra}\n");
    repository.put("openapi.yaml", "openapi: 3.0.3\ninfo: {title: shop, version: '1'}\npaths: {/orders: {get: {responses: {}}}}\n");
    let job = repository.job();
    let tree = || crate::compile(&job.files, &job.request).tree.unwrap();
    let errors_of = |tree: &FileTree| errors(&repository.infra().write(tree).diagnostics);
    let [first, second] = [tree(), tree()];
    assert_eq!(errors_of(&first), [""; 0]);
    let written = files(&repository);
    assert_eq!(errors_of(&second), ["GW0020"]);
    assert_eq!(files(&repository), written);
    // Both after the same manifest, of which the first one changes nothing.
    let [first, second] = [tree(), tree()];
    assert_eq!(errors_of(&first), [""; 0]);
    assert_eq!(errors_of(&second), [""; 0]);
}

#[test]
fn a_second_run_at_the_same_time_is_refused_and_a_killed_one_holds_nothing() {
    let _alone = CHILDREN.write().unwrap_or_else(PoisonError::into_inner);
    let repository = before_it(&old());
    let before = files(&repository);
    let held = fs::File::open(repository.path("infra")).unwrap();
    if held.try_lock().is_err() {
        return; // Folders cannot be locked here.
    }
    assert_eq!(
        errors(&repository.infra().write(&new()).diagnostics),
        ["GW0020"]
    );
    assert_eq!(files(&repository), before);
    drop(held);
    assert_eq!(
        errors(&repository.infra().write(&new()).diagnostics),
        [""; 0]
    );
}

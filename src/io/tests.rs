//! The writer on real folders.

pub(crate) mod faults;
mod git;
mod managed;
mod reading;
mod revisions;
mod sides;

use std::fs;
use std::time::{Duration, SystemTime};

use super::{Disk, FileChange, Job, OutputFolder, unified};
use crate::Request;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::emit::{BANNER, FileTree};
use crate::source::RelativePath;

/// A repository with an output folder `infra`.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        Self(folder)
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A file as gwgen wrote it, with another text behind its banner.
    fn edit(&self, path: &str, text: &str) {
        self.put(path, &marked(text));
    }

    /// The text behind the banner, where there is one.
    fn text(&self, path: &str) -> String {
        let text = fs::read_to_string(self.path(path)).unwrap();
        text.strip_prefix(&marked(""))
            .map_or(text.clone(), str::to_owned)
    }

    fn job(&self) -> Job {
        let (files, _) = Disk::around(self.0.path()).unwrap();
        Job {
            files,
            request: request("gwgen.yaml", "gwgen.yaml"),
        }
    }

    fn folder(&self, output: &str) -> Result<OutputFolder, Box<Diagnostic>> {
        OutputFolder::of(&self.job(), &RelativePath::join("", output).unwrap())
    }

    fn infra(&self) -> OutputFolder {
        self.folder("infra").unwrap()
    }

    /// Names below `infra`, sorted.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path("infra"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn request(blueprint: &str, display: &str) -> Request {
    Request {
        blueprint: RelativePath::join("", blueprint).unwrap(),
        display: display.into(),
    }
}

/// Text behind the banner.
fn marked(text: &str) -> String {
    format!("# {}\n# {}\n{text}", BANNER[0], BANNER[1])
}

fn tree(files: &[(&str, &str)]) -> FileTree {
    FileTree {
        files: files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), marked(text).into_bytes()))
            .collect(),
        ..FileTree::default()
    }
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&'static str> {
    diagnostics
        .iter()
        .map(|diagnostic| diagnostic.code.code)
        .collect()
}

/// Writes without an error and returns what changed.
fn written(folder: &OutputFolder, files: &[(&str, &str)]) -> Vec<(String, FileChange)> {
    let tree = tree(files);
    let written = folder.write(&tree);
    assert_eq!(codes(&written.diagnostics), [""; 0]);
    written.changed
}

fn refused(folder: &OutputFolder, files: &[(&str, &str)], code: &Code) {
    let tree = tree(files);
    let errors = |diagnostics: Vec<Diagnostic>| {
        codes(
            &diagnostics
                .into_iter()
                .filter(Diagnostic::is_error)
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(errors(folder.compare(&tree).diagnostics), [code.code]);
    let written = folder.write(&tree);
    assert_eq!(errors(written.diagnostics), [code.code]);
    assert!(written.changed.is_empty());
}

#[test]
fn files_are_created_updated_and_removed_with_their_empty_folders() {
    let repository = Repository::new();
    let created = written(
        &repository.infra(),
        &[("a.tf", "1\n"), ("sub/deep/b.tf", "2\n")],
    );
    assert_eq!(
        created,
        [
            ("a.tf".to_owned(), FileChange::Created),
            ("sub/deep/b.tf".to_owned(), FileChange::Created)
        ]
    );
    let changed = written(&repository.infra(), &[("a.tf", "3\n")]);
    assert_eq!(
        changed,
        [
            ("a.tf".to_owned(), FileChange::Updated),
            ("sub/deep/b.tf".to_owned(), FileChange::Removed)
        ]
    );
    assert_eq!(repository.names(), [".gwgen.json", "a.tf"]);
    let manifest = format!(
        "{{\n  \"version\": 1,\n  \"files\": {{\n    \"a.tf\": \"{}\"\n  }}\n}}\n",
        blake3::hash(marked("3\n").as_bytes()).to_hex()
    );
    assert_eq!(repository.text("infra/.gwgen.json"), manifest);
}

#[test]
fn equal_files_keep_their_times() {
    let repository = Repository::new();
    written(&repository.infra(), &[("a.tf", "1\n"), ("b.tf", "2\n")]);
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    for name in ["infra/a.tf", "infra/.gwgen.json"] {
        fs::File::options()
            .write(true)
            .open(repository.path(name))
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
    }
    let modified = |name: &str| {
        fs::metadata(repository.path(name))
            .unwrap()
            .modified()
            .unwrap()
    };
    assert!(written(&repository.infra(), &[("a.tf", "1\n"), ("b.tf", "2\n")]).is_empty());
    assert_eq!(
        (modified("infra/a.tf"), modified("infra/.gwgen.json")),
        (long_ago, long_ago)
    );
    written(&repository.infra(), &[("a.tf", "1\n"), ("b.tf", "3\n")]);
    assert_eq!(modified("infra/a.tf"), long_ago);
}

#[test]
fn an_edited_file_is_generated_anew_but_an_edited_orphan_stays_and_is_named_until_it_is_gone() {
    let repository = Repository::new();
    written(&repository.infra(), &[("a.tf", "1\n"), ("b.tf", "2\n")]);
    repository.edit("infra/a.tf", "edited\n");
    repository.edit("infra/b.tf", "edited\n");
    for changes in [1, 0] {
        let tree = tree(&[("a.tf", "1\n")]);
        let written = repository.infra().write(&tree);
        assert_eq!(codes(&written.diagnostics), ["GW0005"]);
        assert_eq!(written.changed.len(), changes);
    }
    assert_eq!(
        (repository.text("infra/a.tf"), repository.text("infra/b.tf")),
        ("1\n".to_owned(), "edited\n".to_owned())
    );
    fs::remove_file(repository.path("infra/b.tf")).unwrap();
    let alone = written(&repository.infra(), &[("a.tf", "1\n")]);
    assert_eq!(alone, [(".gwgen.json".to_owned(), FileChange::Updated)]);
    assert!(!repository.text("infra/.gwgen.json").contains("b.tf"));
}

#[test]
fn a_foreign_file_is_refused_and_nothing_is_written() {
    let repository = Repository::new();
    repository.put("infra/b.tf", "mine\n");
    refused(
        &repository.infra(),
        &[("a.tf", "1\n"), ("b.tf", "2\n"), ("c/d.tf", "3\n")],
        &diagnostic::FOREIGN_FILE,
    );
    assert_eq!(repository.names(), ["b.tf"]);
    assert_eq!(repository.text("infra/b.tf"), "mine\n");
}

#[test]
fn generated_files_without_their_manifest_are_refused() {
    let repository = Repository::new();
    repository.edit("infra/a.tf", "1\n");
    for text in ["1\n", "2\n"] {
        let files = [("a.tf", text), ("b.tf", "1\n")];
        refused(&repository.infra(), &files, &diagnostic::MISSING_MANIFEST);
    }
    assert_eq!(repository.names(), ["a.tf"]);
    fs::remove_dir_all(repository.path("infra")).unwrap();
    written(&repository.infra(), &[("a.tf", "1\n")]);
}

#[test]
fn files_and_folders_in_each_others_way_are_refused() {
    let repository = Repository::new();
    repository.put("infra/folder/mine.tf", "mine\n");
    repository.put("infra/file", "mine\n");
    repository.put("taken", "mine\n");
    refused(
        &repository.infra(),
        &[("folder", "1\n")],
        &diagnostic::FOREIGN_FILE,
    );
    refused(
        &repository.infra(),
        &[("file/a.tf", "1\n")],
        &diagnostic::FOREIGN_FILE,
    );
    for output in [
        "taken",
        "taken/below",
        ".git",
        ".git/hooks",
        "infra/.GIT/x",
        ".github/workflows",
        "infra/.gwgen.tmp-1-1",
        "nul",
    ] {
        assert_eq!(
            repository.folder(output).unwrap_err().code.code,
            "GW0003",
            "{output}"
        );
    }
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_never_written_through() {
    use std::os::unix::fs::symlink;
    let (repository, elsewhere) = (Repository::new(), tempfile::tempdir().unwrap());
    fs::write(elsewhere.path().join("a.tf"), "1\n").unwrap();
    symlink(elsewhere.path(), repository.path("out")).unwrap();
    symlink(repository.path("nowhere"), repository.path("dangling")).unwrap();
    for output in ["out", "out/below", "dangling", "dangling/below"] {
        assert_eq!(
            repository.folder(output).unwrap_err().code.code,
            "GW0003",
            "{output}"
        );
    }
    // What the manifest lists may have become a link since.
    written(&repository.infra(), &[("sub/a.tf", "1\n"), ("b.tf", "1\n")]);
    fs::remove_dir_all(repository.path("infra/sub")).unwrap();
    fs::remove_file(repository.path("infra/b.tf")).unwrap();
    symlink(elsewhere.path(), repository.path("infra/sub")).unwrap();
    symlink(elsewhere.path().join("a.tf"), repository.path("infra/b.tf")).unwrap();
    refused(
        &repository.infra(),
        &[("sub/a.tf", "2\n")],
        &diagnostic::FOREIGN_FILE,
    );
    refused(
        &repository.infra(),
        &[("b.tf", "2\n"), ("c.tf", "2\n")],
        &diagnostic::FOREIGN_FILE,
    );
    let nothing = FileTree::default();
    assert_eq!(
        codes(&repository.infra().write(&nothing).diagnostics),
        ["GW0005", "GW0005"]
    );
    assert_eq!(
        fs::read_to_string(elsewhere.path().join("a.tf")).unwrap(),
        "1\n"
    );
    // Within the root the output folder itself may be a link.
    fs::create_dir(repository.path("real")).unwrap();
    symlink(repository.path("real"), repository.path("linked")).unwrap();
    written(&repository.folder("linked").unwrap(), &[("a.tf", "1\n")]);
    assert_eq!(repository.text("real/a.tf"), "1\n");
}

#[test]
fn a_manifest_that_cannot_be_trusted_stops_everything() {
    let hash = blake3::hash(b"mine\n").to_hex();
    let damaged = [
        "".to_owned(),
        "{\"version\": 1, \"files\": {\n<<<<<<< HEAD\n".to_owned(),
        "{\"version\": 2, \"files\": {}}".to_owned(),
        format!("{{\"version\": 1, \"files\": {{\"../mine\": \"{hash}\"}}}}"),
        format!("{{\"version\": 1, \"files\": {{\"/etc/passwd\": \"{hash}\"}}}}"),
        format!("{{\"version\": 1, \"files\": {{\"x/../../mine\": \"{hash}\"}}}}"),
        format!("{{\"version\": 1, \"files\": {{\"..\\\\mine\": \"{hash}\"}}}}"),
        format!("{{\"version\": 1, \"files\": {{\".git/config\": \"{hash}\"}}}}"),
        format!("{{\"files\": {{\"a.tf\": \"{hash}\"}}}}"),
        "{\"version\": 1, \"files\": {\n<<<<<<< HEAD\n=======\n\"../mine\": \"1\"\n>>>>>>> b\n}}"
            .to_owned(),
        "{\"version\": 1, \"files\": {\"a.tf\": \"1\"}}".to_owned(),
    ];
    for manifest in damaged {
        let repository = Repository::new();
        repository.put("mine", "mine\n");
        repository.put("infra/.gwgen.json", &manifest);
        refused(
            &repository.infra(),
            &[("b.tf", "1\n")],
            &diagnostic::DAMAGED_MANIFEST,
        );
        assert_eq!(repository.names(), [".gwgen.json"], "{manifest}");
        assert_eq!(repository.text("mine"), "mine\n");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_an_error_of_its_own() {
    use std::os::unix::fs::PermissionsExt;
    let repository = Repository::new();
    fs::create_dir(repository.path("infra")).unwrap();
    fs::set_permissions(repository.path("infra"), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(repository.path("infra/probe"), "").is_ok() {
        use std::io::Write;
        writeln!(
            std::io::stderr(),
            "skipped: this user (root?) may write to read-only folders"
        )
        .unwrap();
        return;
    }
    refused_by_the_system(&repository);
    fs::set_permissions(repository.path("infra"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(unix)]
fn refused_by_the_system(repository: &Repository) {
    let tree = tree(&[("a.tf", "1\n")]);
    let written = repository.infra().write(&tree);
    assert_eq!(codes(&written.diagnostics), ["GW0004"]);
    assert!(written.changed.is_empty());
}

#[test]
fn two_writers_at_once_leave_whole_files() {
    let repository = Repository::new();
    let long = |letter: &str| letter.repeat(100_000);
    let trees: Vec<FileTree> = ["x", "y"]
        .map(|letter| FileTree {
            files: (0..20)
                .map(|n| (format!("f{n}.tf"), marked(&long(letter)).into_bytes()))
                .collect(),
            ..FileTree::default()
        })
        .into();
    written(&repository.infra(), &[]);
    for _ in 0..5 {
        std::thread::scope(|scope| {
            for tree in &trees {
                let folder = repository.infra();
                scope.spawn(move || {
                    let found = codes(&folder.write(tree).diagnostics);
                    assert!(matches!(found[..], [] | ["GW0020"]), "{found:?}");
                });
            }
        });
        let found: Vec<String> = (0..20)
            .map(|n| repository.text(&format!("infra/f{n}.tf")))
            .collect();
        assert!(
            found
                .iter()
                .all(|text| *text == long("x") || *text == long("y"))
        );
        assert_eq!(repository.names().len(), 21);
    }
}

#[test]
fn five_thousand_files_take_no_quadratic_time() {
    let repository = Repository::new();
    let files = (0..5_000)
        .map(|n| (format!("d{}/f{n}.tf", n % 50), vec![b'x'; 100]))
        .collect();
    let tree = FileTree {
        files,
        ..FileTree::default()
    };
    assert_eq!(repository.infra().write(&tree).changed.len(), 5_000);
    assert_eq!(repository.infra().write(&tree).comparison.unchanged, 5_000);
}

#[test]
fn check_writes_nothing_and_its_diff_can_be_applied() {
    let repository = Repository::new();
    written(
        &repository.infra(),
        &[("a.tf", "1\n2\n"), ("b.tf", "gone\n")],
    );
    let before = repository.text("infra/.gwgen.json");
    let (folder, tree) = (
        repository.infra(),
        tree(&[("a.tf", "1\n3\n"), ("c.tf", "new\n")]),
    );
    let differs = folder.compare(&tree);
    let diff: String = differs
        .differences
        .iter()
        .map(|difference| unified(&folder, difference))
        .collect();
    let [first, second] = BANNER;
    let expected = format!(
        "--- a/infra/a.tf\n+++ b/infra/a.tf\n@@ -1,4 +1,4 @@\n # {first}\n # {second}\n 1\n-2\n+3\n\
         --- a/infra/b.tf\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-# {first}\n-# {second}\n-gone\n\
         --- /dev/null\n+++ b/infra/c.tf\n@@ -0,0 +1,3 @@\n+# {first}\n+# {second}\n+new\n"
    );
    assert_eq!(diff, expected);
    assert_eq!(repository.text("infra/.gwgen.json"), before);
    assert_eq!(repository.names(), [".gwgen.json", "a.tf", "b.tf"]);
}

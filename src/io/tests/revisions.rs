//! Revisions of real repositories, hostile ones too: every file is read as on disk, or refused with
//! a reason, and nothing else happens.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use super::super::revision::Revision;
use super::super::{Disk, MAX_FILE_BYTES};
use super::git::Git;
use crate::source::{Files, ReadError, RelativePath, SourceFile};

fn read(files: &dyn Files, path: &str) -> Result<Vec<u8>, ReadError> {
    files.read(&RelativePath::join("", path).unwrap())
}

fn revision(git: &Git, name: &str) -> Revision {
    let revision = Revision::named(git.0.path(), name);
    revision.unwrap_or_else(|diagnostic| panic!("{name}: {}", diagnostic.message))
}

/// Returns the bytes, or what keeps a file from being read.
fn outcome(read: Result<Vec<u8>, ReadError>) -> Result<Vec<u8>, &'static str> {
    read.map_err(|error| match error {
        ReadError::OutsideRoot => "outside",
        ReadError::OfGit => "of git",
        ReadError::Io(_) => "io",
        ReadError::Git { .. } => "git",
    })
}

/// The code with which a file of a revision is refused, and the help.
fn refused(files: &dyn Files, path: &str) -> (&'static str, String) {
    let path = RelativePath::join("", path).unwrap();
    let diagnostic = SourceFile::read(files, path, Arc::from("openapi.yaml")).unwrap_err();
    (diagnostic.code.code, diagnostic.help.clone())
}

#[test]
fn a_revision_is_read_as_the_disk_is() {
    let Some(git) = Git::new() else { return };
    git.put("openapi.yaml", "root\n");
    git.put("api/v1/openapi.yaml", "deep\r\n");
    git.put("api/empty", "");
    git.put("-rf", "option\n");
    git.put("a b\tc\nd\"\\é", "odd\n");
    git.put("run.sh", "#!/bin/sh\n");
    fs::set_permissions(git.path("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    for (path, target) in [
        ("file", "api/v1/openapi.yaml"),
        ("folder", "api/v1"),
        ("api/up", "../openapi.yaml"),
        ("api/v1/far", "../../api/./v1/..//v1/openapi.yaml"),
        ("through", "folder/../../openapi.yaml"),
        ("chain", "file"),
        ("out", "../elsewhere"),
        ("api/out", "../../openapi.yaml"),
        ("absolute", "/etc/hostname"),
        ("circle", "circle"),
        ("one", "two"),
        ("two", "one"),
        ("dangling", "nowhere"),
        ("config", ".git/config"),
        ("below-file", "openapi.yaml/x"),
    ] {
        git.link(path, target);
    }
    git.commit();
    let (disk, _) = Disk::around(git.0.path()).unwrap();
    let revision = revision(&git, "HEAD");
    for path in [
        "openapi.yaml",
        "api/v1/openapi.yaml",
        "api/empty",
        "-rf",
        "a b\tc\nd\"\\é",
        "run.sh",
        "file",
        "folder",
        "folder/openapi.yaml",
        "folder/far",
        "api/up",
        "through",
        "chain",
        "circle",
        "one",
        "dangling",
        "config",
        "below-file",
        "openapi.yaml/x",
        "api",
        "api/none",
        "none/openapi.yaml",
    ] {
        let (there, here) = (outcome(read(&disk, path)), outcome(read(&revision, path)));
        assert_eq!(there, here, "{path:?}");
    }
    // Where these lead does not depend on the disk.
    for path in ["out", "api/out", "absolute"] {
        assert_eq!(outcome(read(&revision, path)), Err("outside"), "{path}");
    }
    assert_eq!(outcome(read(&revision, ".git/config")), Err("of git"));
    // What changes on disk changes no revision.
    git.put("openapi.yaml", "changed\n");
    assert_eq!(
        outcome(read(&revision, "openapi.yaml")),
        Ok(b"root\n".to_vec())
    );
}

#[test]
fn every_kind_of_repository_is_read() {
    let Some(git) = Git::new() else { return };
    git.put("openapi.yaml", "first\n");
    let first = git.commit();
    git.put("openapi.yaml", "second\n");
    git.commit();
    git.run(&["tag", "--annotate", "v2", "--message=-"]);
    let first_of = |git: &Git, name: &str| outcome(read(&revision(git, name), "openapi.yaml"));
    for name in ["HEAD", "main", "v2", "@", "refs/heads/main", "main^0"] {
        assert_eq!(first_of(&git, name), Ok(b"second\n".to_vec()), "{name}");
    }
    for name in ["HEAD~1", "v2~1", "main^", &first, &first[..8]] {
        assert_eq!(first_of(&git, name), Ok(b"first\n".to_vec()), "{name}");
    }
    git.run(&["gc", "--quiet"]);
    assert_eq!(first_of(&git, "HEAD~1"), Ok(b"first\n".to_vec()));
    let shallow = git.clone(&["--depth=1"]);
    assert_eq!(first_of(&shallow, "HEAD"), Ok(b"second\n".to_vec()));
    let unknown = Revision::named(shallow.0.path(), "HEAD~1").unwrap_err();
    assert_eq!(unknown.code.code, "GW0021");
    let bare = git.clone(&["--bare"]);
    assert_eq!(first_of(&bare, "HEAD"), Ok(b"second\n".to_vec()));
    git.run(&["worktree", "add", "--quiet", "linked", "HEAD~1"]);
    let linked = Revision::named(&git.path("linked"), "HEAD").unwrap();
    assert_eq!(
        outcome(read(&linked, "openapi.yaml")),
        Ok(b"first\n".to_vec())
    );
    let arguments = ["init", "--quiet", "--object-format=sha256"];
    let long = Git::with(&arguments).unwrap();
    long.put("a/openapi.yaml", "long\n");
    long.commit();
    let read = outcome(read(&revision(&long, "HEAD"), "a/openapi.yaml"));
    assert_eq!(read, Ok(b"long\n".to_vec()));
}

#[test]
fn what_names_no_commit_is_refused_and_does_nothing() {
    let Some(git) = Git::new() else { return };
    git.put("openapi.yaml", "openapi: 3.0.3\n");
    let commit = git.commit();
    let long = "x".repeat(100_000);
    for name in [
        "",
        " ",
        "-",
        "--",
        "-x",
        "--all",
        "--version",
        "--output=pwned",
        "--exec=touch pwned",
        "--end-of-options",
        "nosuch",
        "a\nb",
        "HEAD\nHEAD",
        "HEAD:openapi.yaml",
        "HEAD^{tree}",
        "HEAD..HEAD",
        "^HEAD",
        "HEAD~99",
        "@{upstream}",
        "@{-1}",
        ":/nothing",
        "HEAD^{/nothing}",
        "*",
        "..",
        "$(touch pwned)",
        "é",
        "\u{202e}",
        &long,
    ] {
        let diagnostic = Revision::named(git.0.path(), name).unwrap_err();
        assert_eq!(diagnostic.code.code, "GW0021", "{name:?}");
        assert!(diagnostic.message.len() < 2_100);
    }
    assert!(!git.path("pwned").exists());
    // A branch may be called like an option.
    for name in ["--all", "-x"] {
        git.run(&["update-ref", &format!("refs/heads/{name}"), &commit]);
        assert!(read(&revision(&git, name), "openapi.yaml").is_ok());
    }
}

#[test]
fn without_a_repository_git_says_why() {
    if Git::new().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let code = |folder| Revision::named(folder, "HEAD").unwrap_err();
    let diagnostic = code(folder.path());
    assert_eq!(diagnostic.code.code, "GW0023");
    assert!(
        diagnostic.message.contains("not a git repository"),
        "{}",
        diagnostic.message
    );
    // Damaged beyond reading.
    let git = Git::new().unwrap();
    fs::write(git.path(".git/config"), "[core\n").unwrap();
    let diagnostic = code(git.0.path());
    assert!(
        diagnostic.message.contains("bad config"),
        "{}",
        diagnostic.message
    );
    // Not yet a commit.
    assert_eq!(code(Git::new().unwrap().0.path()).code.code, "GW0021");
}

#[test]
fn what_is_not_in_the_repository_is_an_error_that_says_what_to_do() {
    let Some(git) = Git::new() else { return };
    git.put("openapi.yaml", "first\n");
    git.put("api/openapi.yaml", "deep\n");
    git.put("other.yaml", "other\n");
    git.commit();
    git.put("openapi.yaml", "second\n");
    git.put("api/openapi.yaml", "deep and second\n");
    git.commit();
    git.run(&["config", "uploadpack.allowFilter", "true"]);
    // The revision's files, and its folders, were never fetched.
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let partial = git.clone(&[filter]);
        let earlier = revision(&partial, "HEAD~1");
        for path in ["openapi.yaml", "api/openapi.yaml"] {
            let (code, help) = refused(&earlier, path);
            assert_eq!(code, "GW0023");
            assert!(help.contains("`git fetch --refetch --no-filter`"), "{help}");
        }
        partial.run(&["fetch", "--quiet", "--refetch", "--no-filter"]);
        let earlier = revision(&partial, "HEAD~1");
        assert_eq!(
            outcome(read(&earlier, "openapi.yaml")),
            Ok(b"first\n".to_vec())
        );
    }
    let head = revision(&git, "HEAD");
    assert!(read(&head, "other.yaml").is_ok());
    let object = git.object("HEAD:openapi.yaml");
    let bytes = fs::read(&object).unwrap();
    fs::set_permissions(&object, fs::Permissions::from_mode(0o644)).unwrap();
    for damage in [&b""[..], b"no object", &bytes[..bytes.len() / 2]] {
        fs::write(&object, damage).unwrap();
        assert_eq!(refused(&head, "openapi.yaml").0, "GW0023");
        // The others are still read.
        assert!(read(&head, "other.yaml").is_ok());
    }
    fs::remove_file(&object).unwrap();
    assert_eq!(refused(&head, "openapi.yaml").0, "GW0023");
    fs::remove_file(git.object("HEAD:api")).unwrap();
    assert_eq!(refused(&head, "api/openapi.yaml").0, "GW0023");
    assert!(read(&head, "other.yaml").is_ok());
    fs::remove_file(git.object("HEAD^{tree}")).unwrap();
    assert_eq!(refused(&revision(&git, "HEAD"), "other.yaml").0, "GW0023");
    fs::remove_file(git.object("HEAD")).unwrap();
    let gone = Revision::named(git.0.path(), "HEAD").unwrap_err();
    assert!(matches!(gone.code.code, "GW0021" | "GW0023"));
}

#[test]
fn submodules_and_large_files_are_refused() {
    let Some(git) = Git::new() else { return };
    git.put("openapi.yaml", "first\n");
    let commit = git.commit();
    let entry = format!("160000,{commit},sub");
    git.run(&["update-index", "--add", "--cacheinfo", &entry]);
    git.run(&["commit", "--quiet", "--message=-"]);
    let head = revision(&git, "HEAD");
    for path in ["sub", "sub/openapi.yaml"] {
        let (code, help) = refused(&head, path);
        assert_eq!(code, "GW0023");
        assert!(help.contains("submodule"), "{help}");
    }
    let file = fs::File::create(git.path("large.yaml")).unwrap();
    file.set_len(MAX_FILE_BYTES + 1).unwrap();
    git.commit();
    let head = revision(&git, "HEAD");
    let Err(ReadError::Io(error)) = read(&head, "large.yaml") else {
        panic!("read");
    };
    assert_eq!(error.kind(), std::io::ErrorKind::FileTooLarge);
    assert!(read(&head, "openapi.yaml").is_ok());
}

#[test]
fn trees_that_git_would_never_write_cause_no_harm() {
    let Some(git) = Git::new() else { return };
    git.put("openapi.yaml", "first\n");
    git.put("folder/openapi.yaml", "second\n");
    git.commit();
    let id = |name: &str| {
        let id = git.run(&["rev-parse", name]);
        data_encoding::HEXLOWER.decode(id.as_bytes()).unwrap()
    };
    let (file, folder) = (id("HEAD:openapi.yaml"), id("HEAD:folder"));
    let entry =
        |mode: &str, name: &[u8], id: &[u8]| [mode.as_bytes(), b" ", name, b"\0", id].concat();
    let other = id("HEAD:folder/openapi.yaml");
    type Case = (&'static str, Vec<u8>, Result<&'static [u8], &'static str>);
    let cases: [Case; 9] = [
        (
            "openapi.yaml",
            entry("100644", b"openapi.yaml", &file),
            Ok(b"first\n"),
        ),
        (
            "openapi.yaml",
            entry("100644", b"openapi.yaml", &file)[..20].to_vec(),
            Err("git"),
        ),
        ("openapi.yaml", b"100644".to_vec(), Err("git")),
        (
            "openapi.yaml",
            entry("", b"openapi.yaml", &file),
            Ok(b"first\n"),
        ),
        // A file that says it is a folder, and the reverse.
        (
            "openapi.yaml/x",
            entry("40000", b"openapi.yaml", &file),
            Err("git"),
        ),
        ("folder", entry("100644", b"folder", &folder), Err("git")),
        (
            "openapi.yaml",
            [
                entry("100644", b"openapi.yaml", &file),
                entry("100644", b"openapi.yaml", &other),
            ]
            .concat(),
            Ok(b"first\n"),
        ),
        (".git/x", entry("40000", b".git", &folder), Err("of git")),
        (
            "x",
            [entry("120000", b"x", &file), entry("40000", b"..", &folder)].concat(),
            Err("io"),
        ),
    ];
    for (path, tree, expected) in cases {
        let revision = revision(&git, &git.of_tree(&tree));
        let found = outcome(read(&revision, path));
        assert_eq!(found.as_deref(), expected.as_deref(), "{path} in {tree:?}");
    }
}

#[test]
fn a_hundred_thousand_files_are_no_burden() {
    let Some(git) = Git::new() else { return };
    git.put("openapi.yaml", "first\n");
    git.commit();
    let file = git.run(&["rev-parse", "HEAD:openapi.yaml"]);
    let lines = (0..100_000).map(|number| format!("100644 blob {file}\tf{number:06}.yaml\n"));
    let folder = git.given(&["mktree"], lines.collect::<String>().as_bytes());
    let root = format!("040000 tree {folder}\tmany\n100644 blob {file}\topenapi.yaml\n");
    let root = git.given(&["mktree"], root.as_bytes());
    let commit = git.run(&["commit-tree", &root, "-m", "-"]);
    let revision = revision(&git, &commit);
    assert!(read(&revision, "openapi.yaml").is_ok());
    for number in [0, 1, 77_777, 99_999] {
        assert!(read(&revision, &format!("many/f{number:06}.yaml")).is_ok());
    }
    assert_eq!(outcome(read(&revision, "many/f100000.yaml")), Err("io"));
}

#[test]
fn settings_of_a_repository_run_no_program() {
    let Some(git) = Git::new() else { return };
    git.put("openapi.yaml", "first\n");
    git.put(".gitattributes", "* filter=run diff=run text=auto\n");
    git.commit();
    git.put("openapi.yaml", "second\n");
    git.commit();
    let mark = git.path("ran");
    let script = git.path("run.sh");
    let text = format!("#!/bin/sh\necho \"$0 $*\" >>'{}'\ncat\n", mark.display());
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let run = script.to_str().unwrap();
    fs::create_dir_all(git.path("hooks")).unwrap();
    for hook in [
        "post-checkout",
        "reference-transaction",
        "post-index-change",
        "pre-auto-gc",
    ] {
        fs::copy(&script, git.path(&format!("hooks/{hook}"))).unwrap();
    }
    let hooks = git.path("hooks");
    let remote = format!("ext::{run} %S");
    for (key, value) in [
        ("core.fsmonitor", run),
        ("core.hooksPath", hooks.to_str().unwrap()),
        ("core.pager", run),
        ("pager.rev-parse", run),
        ("pager.cat-file", run),
        ("core.sshCommand", run),
        ("core.askPass", run),
        ("core.gitProxy", run),
        ("core.editor", run),
        ("credential.helper", run),
        ("alias.rev-parse", &format!("!{run}")),
        ("alias.cat-file", &format!("!{run}")),
        ("alias.merge-base", &format!("!{run}")),
        ("diff.external", run),
        ("diff.run.textconv", run),
        ("filter.run.smudge", run),
        ("filter.run.process", run),
        ("gpg.program", run),
        ("remote.origin.url", &remote),
        ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", run),
        ("remote.origin.vcs", "run"),
        ("protocol.ext.allow", "always"),
        ("extensions.partialClone", "origin"),
    ] {
        git.run(&["config", key, value]);
    }
    git.run(&["config", "core.repositoryFormatVersion", "1"]);
    fs::remove_file(git.object("HEAD~1:openapi.yaml")).unwrap();
    drop(fs::remove_file(&mark));
    assert_eq!(
        refused(&revision(&git, "HEAD~1"), "openapi.yaml").0,
        "GW0023"
    );
    assert!(read(&revision(&git, "HEAD"), "openapi.yaml").is_ok());
    let base = Revision::base(git.0.path(), vec!["HEAD~1".to_owned()]);
    assert!(base.is_ok());
    let ran = fs::read_to_string(&mark).unwrap_or_default();
    assert_eq!(ran, "");
}

/// Git refuses to read what another user owns, and names the command by which it does.
#[test]
fn a_repository_of_another_user_is_refused_with_the_command_that_trusts_it() {
    let Some(git) = Git::new() else { return };
    git.put("openapi.yaml", "root\n");
    git.commit();
    let folder = fs::canonicalize(git.0.path()).unwrap();
    let somebody = Some(65_533);
    let is_given = ["", ".git"]
        .iter()
        .all(|path| std::os::unix::fs::chown(git.path(path), somebody, somebody).is_ok());
    if !is_given {
        let text = b"\nnot root: a repository of another user was not tried\n";
        std::io::Write::write_all(&mut std::io::stderr(), text).unwrap();
        return;
    }
    let base = Revision::base(git.0.path(), Vec::new()).map(|(revision, _)| revision);
    for found in [Revision::named(git.0.path(), "HEAD"), base] {
        let Err(diagnostic) = found else {
            panic!("git reads a repository of another user");
        };
        assert_eq!(diagnostic.code.code, "GW0023");
        assert_eq!(&*diagnostic.places[0].file, "<command line>");
        let owner = "git cannot read a revision here: detected dubious ownership in repository at";
        assert!(
            diagnostic.message.starts_with(owner),
            "{}",
            diagnostic.message
        );
        assert!(
            !diagnostic.message.contains("git config"),
            "{}",
            diagnostic.message
        );
        let command = format!(
            "run `git config --global --add safe.directory {}`",
            folder.display()
        );
        assert!(diagnostic.help.starts_with(&command), "{}", diagnostic.help);
    }
}

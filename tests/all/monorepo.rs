//! Where blueprints are found, and several of them in one run: `-C`, the nearest folder above, folders
//! of a monorepo.

use std::fs;
use std::path::Path;

use crate::support::program::{BLUEPRINT, diagnosed, folder_with, printed};

const API: &str = "openapi: 3.0.3\ninfo: {title: Shop, version: \"1\"}\npaths:\n  /orders: {get: {responses: {}}}\n";

/// A service below the folder `services`, with a name of its own.
fn add_service(root: &Path, name: &str, api: &str) {
    let folder = root.join("services").join(name);
    fs::create_dir_all(folder.join("src/deep")).unwrap();
    let blueprint = BLUEPRINT.replace("name: shop", &format!("name: {name}"));
    fs::write(folder.join("gwgen.yaml"), blueprint).unwrap();
    fs::write(folder.join("openapi.yaml"), api).unwrap();
}

/// A repository with these services; what is above it is somebody else's.
fn monorepo(services: &[&str]) -> tempfile::TempDir {
    let folder = folder_with(&[
        ("gwgen.yaml", "this: is not ours\n"),
        ("repository/.git/HEAD", "ref: refs/heads/main\n"),
    ]);
    for name in services {
        add_service(&folder.path().join("repository"), name, API);
    }
    folder
}

/// Exit code, and code and first file of every finding but notes.
fn found(folder: &Path, arguments: &[&str]) -> (i32, Vec<String>) {
    let (code, _, findings) = diagnosed(folder, arguments);
    let findings = findings
        .iter()
        .filter(|finding| finding["severity"] != "info");
    let named = findings.map(|finding| {
        let file = finding["places"][0]["file"].as_str().unwrap();
        format!("{} {file}", finding["code"].as_str().unwrap())
    });
    (code, named.collect())
}

#[test]
fn another_folder_is_as_if_started_there() {
    let root = monorepo(&["orders", "users"]);
    let root = root.path().join("repository");
    let below = root.join("services/users");
    for line in [
        &["check"][..],
        &["lint", "gwgen.yaml"],
        &["lint", "../orders"],
        &["routes", "--blueprint", "../orders/gwgen.yaml"],
        &["trace", "GET", "/orders"],
        &["lint", "--message-format", "github", "../nowhere"],
        &["lint", "--message-format", "sarif", "../nowhere"],
        &["show", "src"],
        &["init"],
        &["diff", "../orders", "."],
    ] {
        let there = printed(&below, line);
        for start in ["services/users", "services/../services/users/"] {
            let from_above = printed(&root, &[&["-C", start], line].concat());
            assert_eq!(from_above, there, "{line:?}");
            let behind = printed(&root, &[line, &["-C", start]].concat());
            assert_eq!(behind, there, "{line:?}");
        }
    }
    assert_eq!(printed(&root, &["-C", "services/users", "render"]).0, 0);
    assert!(below.join("generated/api.tf").is_file());
}

#[test]
fn a_folder_that_cannot_be_entered_is_an_error_of_every_command() {
    let root = monorepo(&["orders"]);
    let root = root.path().join("repository");
    for start in ["nowhere", "services/orders/gwgen.yaml"] {
        for command in ["check", "schema", "init"] {
            let (code, out, err) = printed(&root, &["-C", start, command]);
            assert_eq!((code, &*out), (3, ""), "{start} {command}");
            let expected = format!("error[GW0001]: `-C {start}` cannot be entered: ");
            assert!(err.starts_with(&expected), "{err}");
        }
    }
}

#[test]
fn the_nearest_folder_above_has_the_blueprint() {
    let root = monorepo(&["orders"]);
    let root = root.path().join("repository");
    let deep = root.join("services/orders/src/deep");
    let (code, out, err) = printed(&deep, &["render"]);
    assert_eq!(code, 0, "{err}");
    let written = out.lines().filter_map(|line| line.strip_prefix("created "));
    let written: Vec<_> = written.collect();
    assert!(written.contains(&"../../generated/api.tf"), "{out}");
    for path in written {
        assert!(deep.join(path).is_file(), "{path}");
    }
    // Findings name files as they are seen from here.
    fs::write(
        root.join("services/orders/openapi.yaml"),
        "openapi: 3.0.3\npaths: 7\n",
    )
    .unwrap();
    let (code, findings) = found(&deep, &["check"]);
    assert_eq!(code, 1);
    for finding in &findings {
        let (_, file) = finding.split_once(' ').unwrap();
        assert!(
            file.starts_with("../../") && deep.join(file).is_file(),
            "{finding}"
        );
    }
    // A folder that has a blueprint is the nearest one, whatever environment is meant.
    let orders = root.join("services/orders");
    fs::copy(orders.join("gwgen.yaml"), orders.join("src/gwgen.yaml")).unwrap();
    fs::write(
        root.join("services/orders/gwgen.prod.yaml"),
        "extends: gwgen.yaml\nenvironment: prod\n",
    )
    .unwrap();
    assert_eq!(found(&deep, &["show"]), (0, vec![]));
    assert_eq!(
        found(&deep, &["show", "--env", "prod"]),
        (1, vec!["GW0007 ../gwgen.prod.yaml".to_owned()])
    );
    fs::remove_file(root.join("services/orders/src/gwgen.yaml")).unwrap();
    let (code, out, _) = printed(&deep, &["show", "--env", "prod"]);
    assert_eq!(code, 0);
    assert!(out.contains("environment: prod"));
}

#[test]
fn nothing_is_found_beyond_the_repository() {
    let nothing = (1, vec!["GW0007 gwgen.yaml".to_owned()]);
    let root = monorepo(&[]);
    let repository = root.path().join("repository");
    fs::create_dir_all(repository.join("a/b")).unwrap();
    assert_eq!(found(&repository, &["check"]), nothing);
    assert_eq!(found(&repository.join("a/b"), &["check"]), nothing);
    // The root of a worktree or a submodule holds a file of that name.
    fs::write(repository.join("gwgen.yaml"), BLUEPRINT).unwrap();
    fs::write(repository.join("a/.git"), "gitdir: ../.git/modules/a\n").unwrap();
    assert_eq!(found(&repository.join("a/b"), &["check"]), nothing);
    fs::remove_file(repository.join("a/.git")).unwrap();
    assert_eq!(
        found(&repository.join("a/b"), &["check"]),
        (3, vec!["GW0001 ../../gwgen.yaml".to_owned()]),
        "its description is not there"
    );
    // Without a repository the working directory alone is looked at.
    fs::remove_dir_all(repository.join(".git")).unwrap();
    assert_eq!(found(&repository.join("a/b"), &["check"]), nothing);
}

#[cfg(unix)]
#[test]
fn links_lead_to_the_repository_that_they_lead_to() {
    use std::os::unix::fs::symlink;
    let (one, other) = (monorepo(&["orders"]), monorepo(&["users"]));
    let [one, other] = [&one, &other].map(|root| root.path().join("repository"));
    symlink(
        other.join("services/users/src"),
        one.join("services/orders/link"),
    )
    .unwrap();
    let (code, out, _) = printed(&one.join("services/orders/link/deep"), &["show"]);
    assert_eq!(code, 0);
    assert!(out.contains("name: users"), "{out}");
    let linked = printed(&one, &["-C", "services/orders/link", "show"]);
    assert!(linked.1.contains("name: users"), "{linked:?}");
    // One that leads nowhere is no missing blueprint.
    symlink("nowhere", one.join("services/orders/src/gwgen.yaml")).unwrap();
    assert_eq!(
        found(&one.join("services/orders/src/deep"), &["check"]),
        (3, vec!["GW0001 ../gwgen.yaml".to_owned()])
    );
}

#[cfg(unix)]
#[test]
fn differences_are_found_from_below() {
    use crate::support::program::{has_git, isolate_git};
    use std::process::Command;
    if !has_git("differences from below") {
        return;
    }
    let root = monorepo(&["orders"]);
    let root = root.path().join("repository");
    fs::remove_dir_all(root.join(".git")).unwrap();
    for line in ["init --quiet", "add .", "commit --quiet -m One"] {
        let mut git = Command::new("git");
        git.args(line.split(' ')).current_dir(&root);
        isolate_git(&mut git);
        assert!(git.status().unwrap().success());
    }
    let users = format!("{API}  /users: {{get: {{responses: {{}}}}}}\n");
    fs::write(root.join("services/orders/openapi.yaml"), users).unwrap();
    let deep = root.join("services/orders/src/deep");
    let (code, out, err) = printed(&deep, &["diff", "HEAD"]);
    assert_eq!((code, &*err), (0, ""));
    assert!(out.contains("ADDED\n  GET /users"), "{out}");
    assert!(out.contains("../../openapi.yaml:5"), "{out}");
}

#[test]
fn folders_are_their_blueprints_in_the_order_given() {
    let names = [
        "users", "orders", "carts", "stock", "bills", "mails", "media",
    ];
    let root = monorepo(&names);
    let root = root.path().join("repository");
    let folders: Vec<String> = names
        .iter()
        .map(|name| format!("services/{name}"))
        .collect();
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    let first = printed(&root, &[&["routes"], &folders[..]].concat());
    assert_eq!(first.0, 0, "{}", first.2);
    let headings = first.1.lines().filter(|line| line.ends_with("/gwgen.yaml"));
    let expected = folders.iter().map(|folder| format!("{folder}/gwgen.yaml"));
    assert_eq!(
        headings.collect::<Vec<_>>(),
        expected.clone().collect::<Vec<_>>()
    );
    // As files, as a shell puts a pattern behind an option, twice, and again.
    let files: Vec<String> = expected.collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    for line in [
        [&["routes"], &files[..]].concat(),
        [&["routes", "--blueprint"], &files[..]].concat(),
        [&["routes"], &folders[..], &files[..]].concat(),
        [&["routes"], &folders[..]].concat(),
    ] {
        assert_eq!(printed(&root, &line), first, "{line:?}");
    }
}

#[test]
fn an_error_of_one_blueprint_leaves_the_others() {
    let root = monorepo(&["orders", "users", "carts"]);
    let root = root.path().join("repository");
    fs::create_dir(root.join("services/empty")).unwrap();
    fs::write(
        root.join("services/users/openapi.yaml"),
        "openapi: 3.0.3\npaths: 7\n",
    )
    .unwrap();
    let line = [
        "services/empty",
        "services/users",
        "services/orders",
        "services/nowhere",
        "services/carts",
    ];
    let render = [&["render"], &line[..]].concat();
    let (code, out, findings) = diagnosed(&root, &render);
    // That a file is not there is the greatest.
    assert_eq!(code, 3, "{findings:?}");
    for name in ["orders", "carts"] {
        assert!(
            root.join(format!("services/{name}/generated/api.tf"))
                .is_file()
        );
        assert!(
            out.contains(&format!(" in services/{name}/generated\n")),
            "{out}"
        );
    }
    assert!(!root.join("services/users/generated").exists());
    let files: Vec<_> = findings
        .iter()
        .map(|finding| finding["places"][0]["file"].as_str().unwrap())
        .collect();
    for expected in [
        "services/empty/gwgen.yaml",
        "services/users/openapi.yaml",
        "services/nowhere",
    ] {
        assert!(files.contains(&expected), "{expected}: {files:?}");
    }
    // A variable of a CI that is not set names no folder.
    let below = root.join("services/orders");
    assert_eq!(printed(&below, &["check", "--blueprint", ""]).0, 2);
    let check = [&["check"], &line[..3]].concat();
    assert_eq!(diagnosed(&root, &check).0, 1);
}

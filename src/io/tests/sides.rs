//! The two sides of a comparison: what is compared with what.
#![cfg(unix)]

use std::path::Path;

use super::super::BlueprintSelection;
use super::super::revision::Revision;
use super::super::sides::Tree;
use super::super::sides::{Pair, SideJob, Sides, sides};
use super::codes;
use super::git::Git;
use crate::diagnostic::Outcome;
use crate::source::Files as _;

const BLUEPRINT: &str =
    "version: 1\nname: shop\nspec: openapi.yaml\ntopology: internet\nbackends: {}\n";

fn all(folder: &Path, a: Option<&str>, b: Option<&str>) -> Outcome<Sides> {
    sides(folder, a, b, &BlueprintSelection::default())
}

/// The labels, and of each pair the files and the first line of each.
fn shown(outcome: Outcome<Sides>) -> String {
    assert_eq!(codes(&outcome.diagnostics), [""; 0]);
    let sides = outcome.value.unwrap();
    let line = |job: &Option<SideJob>| {
        job.as_ref().map_or("-".to_owned(), |job| {
            let text = job.files.read(&job.request.blueprint).unwrap();
            let text = String::from_utf8(text).unwrap();
            let place = match &job.files {
                Tree::Disk(_) => "disk",
                Tree::Revision(_) => "git",
            };
            let first = text.lines().next().unwrap_or_default().to_owned();
            format!("{place} {} {first}", job.request.display)
        })
    };
    let pairs = sides.pairs.iter();
    let pairs =
        pairs.map(|Pair { before, after }| format!("\n{} -> {}", line(before), line(after)));
    format!(
        "{} -> {}{}",
        sides.before.label,
        sides.after.label,
        pairs.collect::<String>()
    )
}

fn refused(outcome: Outcome<Sides>) -> Vec<&'static str> {
    assert!(outcome.value.is_none());
    for diagnostic in &outcome.diagnostics {
        assert!(!diagnostic.message.is_empty() && !diagnostic.help.is_empty());
    }
    codes(&outcome.diagnostics)
}

/// A blueprint with a mark on its first line.
fn blueprint(mark: &str) -> String {
    format!("# {mark}\n{BLUEPRINT}")
}

/// The base of a repository, or the code of what is wrong.
fn base(git: &Git, of_ci: &[&str]) -> Result<String, &'static str> {
    let of_ci = of_ci.iter().map(|name| (*name).to_owned()).collect();
    let base = Revision::base(git.0.path(), of_ci);
    base.map(|(_, label)| label)
        .map_err(|diagnostic| diagnostic.code.code)
}

#[test]
fn blueprints_of_both_sides_are_pairs_by_their_names() {
    let Some(git) = Git::new() else { return };
    git.put("gwgen.yaml", &blueprint("1"));
    git.put("gwgen.old.yaml", &blueprint("1"));
    git.put("gwgen.base.yaml", "abstract: true\n");
    git.put("shop/gwgen.yaml", &blueprint("shop 1"));
    git.commit();
    git.run(&["branch", "old"]);
    let short = git.run(&["rev-parse", "--short=7", "HEAD"]);
    git.put("gwgen.yaml", &blueprint("2"));
    git.put("gwgen.new.yaml", &blueprint("2"));
    git.put("shop/gwgen.yaml", &blueprint("shop 2"));
    std::fs::remove_file(git.path("gwgen.old.yaml")).unwrap();
    let pairs = "\ngit gwgen.yaml # 1 -> disk gwgen.yaml # 2\n- -> disk gwgen.new.yaml # 2\ngit gwgen.old.yaml # 1 -> -";
    let root = git.0.path();
    assert_eq!(
        shown(all(root, Some("old"), None)),
        format!("old {short} -> working tree{pairs}")
    );
    // An id is no name of its own.
    let id = git.run(&["rev-parse", "old"]);
    for name in [&id, &id[..12]] {
        assert_eq!(
            shown(all(root, Some(name), None)),
            format!("{short} -> working tree{pairs}")
        );
    }
    git.commit();
    let both = shown(all(root, Some("old"), Some("main")));
    assert!(both.ends_with(&pairs.replace("disk", "git")), "{both}");
    // The other way round, and the same.
    let back = shown(all(root, Some("main"), Some("old")));
    assert!(
        back.contains("\ngit gwgen.yaml # 2 -> git gwgen.yaml # 1\n- -> git gwgen.old.yaml # 1\n"),
        "{back}"
    );
    let same = shown(all(root, Some("main"), Some("main")));
    assert!(
        same.contains("\ngit gwgen.yaml # 2 -> git gwgen.yaml # 2"),
        "{same}"
    );
    // In a folder, and of a folder.
    let below = "\ngit gwgen.yaml # shop 1 -> disk gwgen.yaml # shop 2";
    assert!(shown(all(&git.path("shop"), Some("old"), None)).ends_with(below));
    for folder in ["shop", "shop/", "./shop"] {
        let named = shown(all(root, Some("old"), Some(folder)));
        let pair = format!(
            "{short} -> {folder}\ngit {0}/gwgen.yaml # shop 1 -> disk {0}/gwgen.yaml # shop 2",
            folder.trim_end_matches('/')
        );
        assert!(named.ends_with(&pair), "{named}");
    }
    let file = shown(all(root, Some("old"), Some("shop/gwgen.yaml")));
    assert!(
        file.ends_with("git shop/gwgen.yaml # shop 1 -> disk shop/gwgen.yaml # shop 2"),
        "{file}"
    );
    // A folder that is new.
    git.put("fresh/gwgen.yaml", &blueprint("3"));
    let fresh = shown(all(&git.path("fresh"), Some("old"), None));
    assert!(fresh.ends_with("\n- -> disk gwgen.yaml # 3"), "{fresh}");
}

#[test]
fn folders_and_files_are_compared_without_git() {
    let folder = tempfile::tempdir().unwrap();
    let put = |path: &str, mark: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, blueprint(mark)).unwrap();
    };
    put("a/gwgen.yaml", "a");
    put("a/gwgen.dev.yaml", "a dev");
    put("b/gwgen.yaml", "b");
    put("gwgen.yaml", "here");
    put("earlier.yaml", "earlier");
    let compare = |a: &str, b: Option<&str>| shown(all(folder.path(), Some(a), b));
    assert_eq!(
        compare("a", Some("b")),
        "a -> b\ndisk a/gwgen.yaml # a -> disk b/gwgen.yaml # b\ndisk a/gwgen.dev.yaml # a dev -> -"
    );
    assert_eq!(
        compare("a/gwgen.dev.yaml", Some("b/gwgen.yaml")),
        "a/gwgen.dev.yaml -> b/gwgen.yaml\ndisk a/gwgen.dev.yaml # a dev -> disk b/gwgen.yaml # b"
    );
    assert_eq!(
        compare("b/gwgen.yaml", Some("a")),
        "b/gwgen.yaml -> a\ndisk b/gwgen.yaml # b -> disk a/gwgen.yaml # a"
    );
    assert_eq!(
        compare("earlier.yaml", None),
        "earlier.yaml -> working tree\ndisk earlier.yaml # earlier -> disk gwgen.yaml # here"
    );
    let absolute = folder.path().join("b").display().to_string();
    assert!(compare(&absolute, None).ends_with("gwgen.yaml # b -> disk gwgen.yaml # here"));
    // The working tree is no older side, unless that is what was asked for.
    for name in [".", "gwgen.yaml", "./gwgen.yaml"] {
        let refused = refused(all(folder.path(), Some(name), None));
        assert_eq!(refused, ["GW0022"], "{name}");
        compare(name, Some(name));
    }
    // A folder without a blueprint, and nothing at all.
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    assert_eq!(
        compare("empty", Some("b")),
        "empty -> b\n- -> disk b/gwgen.yaml # b"
    );
    let nothing = all(folder.path(), Some("empty"), Some("empty"));
    assert_eq!(refused(nothing), ["GW0007", "GW0007"]);
    for name in ["nosuch", "rev:a", ""] {
        let refused = refused(all(folder.path(), Some(name), None));
        assert!(matches!(refused[..], ["GW0023"]), "{name} {refused:?}");
    }
}

#[test]
fn an_existing_path_wins_and_a_prefix_forces_a_revision() {
    let Some(git) = Git::new() else { return };
    git.put("gwgen.yaml", &blueprint("old"));
    git.commit();
    git.run(&["branch", "api"]);
    git.put("gwgen.yaml", &blueprint("new"));
    git.put("api/gwgen.yaml", &blueprint("api"));
    let pair = |a| shown(all(git.0.path(), Some(a), None));
    assert!(pair("api").ends_with("disk api/gwgen.yaml # api -> disk gwgen.yaml # new"));
    assert!(pair("rev:api").ends_with("git gwgen.yaml # old -> disk gwgen.yaml # new"));
    let unknown = all(git.0.path(), Some("rev:nosuch"), Some("rev:"));
    assert_eq!(refused(unknown), ["GW0021", "GW0021"]);
}

#[test]
fn a_selection_is_about_both_sides() {
    let Some(git) = Git::new() else { return };
    git.put("gwgen.yaml", &blueprint("1"));
    git.put("gwgen.prod.yaml", &blueprint("prod 1"));
    git.put("other/gwgen.yaml", &blueprint("other 1"));
    git.commit();
    git.put("gwgen.prod.yaml", &blueprint("prod 2"));
    git.put("gwgen.qa.yaml", &blueprint("qa 2"));
    std::fs::remove_file(git.path("other/gwgen.yaml")).unwrap();
    let select = |files: &[&str], environment: Option<&str>| {
        let selection = BlueprintSelection {
            files: files.iter().map(Into::into).collect(),
            environment: environment.map(str::to_owned),
        };
        sides(git.0.path(), Some("HEAD"), None, &selection)
    };
    for (files, environment, pair) in [
        (
            &[][..],
            Some("prod"),
            "git gwgen.prod.yaml # prod 1 -> disk gwgen.prod.yaml # prod 2",
        ),
        (&[], Some("qa"), "- -> disk gwgen.qa.yaml # qa 2"),
        (
            &["gwgen.yaml"],
            None,
            "git gwgen.yaml # 1 -> disk gwgen.yaml # 1",
        ),
        (
            &["other/gwgen.yaml"],
            None,
            "git other/gwgen.yaml # other 1 -> -",
        ),
    ] {
        let shown = shown(select(files, environment));
        assert!(shown.ends_with(&format!("working tree\n{pair}")), "{shown}");
    }
    assert_eq!(refused(select(&[], Some("none"))), ["GW0007", "GW0007"]);
    let outside = select(&["../../gwgen.yaml"], None);
    assert_eq!(codes(&outside.diagnostics), ["GW0002"]);
    // What no side has is reported where the blueprint is compiled.
    let missing = select(&["none.yaml"], None).value.unwrap();
    assert!(missing.pairs[0].before.is_none() && missing.pairs[0].after.is_some());
}

#[test]
fn the_base_is_where_a_branch_began() {
    let Some(git) = Git::new() else { return };
    git.put("gwgen.yaml", BLUEPRINT);
    let first = git.commit()[..7].to_owned();
    git.run(&["branch", "develop"]);
    let label = |branch: &str| Ok(format!("{first} (merge base with {branch})"));
    let clone = git.clone(&[]);
    assert_eq!(base(&clone, &[]), label("origin/main"));
    // This branch goes on, and is pushed.
    clone.run(&["switch", "--quiet", "--create", "topic", "--no-track"]);
    clone.put("openapi.yaml", "of the topic\n");
    clone.commit();
    assert_eq!(base(&clone, &[]), label("origin/main"));
    clone.run(&["push", "--quiet", "--set-upstream", "origin", "topic"]);
    assert_eq!(base(&clone, &[]), label("origin/main"));
    clone.run(&["remote", "set-head", "origin", "--delete"]);
    assert_eq!(base(&clone, &[]), label("origin/main"));
    clone.run(&["branch", "--quiet", "--set-upstream-to=origin/develop"]);
    assert_eq!(base(&clone, &[]), label("origin/develop"));
    // Others go on.
    git.put("openapi.yaml", "of main\n");
    git.commit();
    clone.run(&["fetch", "--quiet"]);
    clone.run(&["branch", "--quiet", "--set-upstream-to=origin/main"]);
    assert_eq!(base(&clone, &[]), label("origin/main"));
    // A CI checks out a commit, and names the target.
    clone.run(&["switch", "--quiet", "--detach", "HEAD"]);
    assert_eq!(base(&clone, &[]), label("origin/main"));
    assert_eq!(
        base(&clone, &["refs/remotes/origin/develop"]),
        label("origin/develop")
    );
    assert_eq!(base(&clone, &["refs/remotes/origin/none"]), Err("GW0022"));
    assert_eq!(
        base(&clone, &["refs/remotes/origin/none", "HEAD~1"]),
        label("HEAD~1")
    );
    assert_eq!(base(&clone, &["--all"]), Err("GW0022"));
    let found = all(clone.0.path(), Some("HEAD"), None).value.unwrap();
    assert_eq!(found.pairs.len(), 1);
}

#[test]
fn without_a_base_nothing_is_compared() {
    let Some(git) = Git::new() else { return };
    // No commit, no remote, no upstream.
    assert_eq!(base(&git, &[]), Err("GW0022"));
    git.put("gwgen.yaml", BLUEPRINT);
    git.commit();
    git.run(&["branch", "topic"]);
    git.put("openapi.yaml", "of main\n");
    git.commit();
    assert_eq!(base(&git, &[]), Err("GW0022"));
    git.run(&["switch", "--quiet", "topic"]);
    git.put("openapi.yaml", "of the topic\n");
    git.commit();
    // One commit of the topic alone, as a CI clones.
    let clone = git.clone(&["--depth=1", "--branch=topic"]);
    clone.run(&["switch", "--quiet", "--detach", "HEAD"]);
    clone.run(&["update-ref", "-d", "refs/remotes/origin/topic"]);
    assert_eq!(base(&clone, &[]), Err("GW0022"));
    assert_eq!(base(&clone, &["refs/remotes/origin/main"]), Err("GW0022"));
    // Both ends, and nothing that joins them.
    clone.run(&[
        "fetch",
        "--quiet",
        "--depth=1",
        "origin",
        "main:refs/remotes/origin/main",
    ]);
    let refused = Revision::base(clone.0.path(), vec!["refs/remotes/origin/main".to_owned()]);
    let refused = refused.map(|_| ()).unwrap_err();
    assert_eq!(refused.code.code, "GW0022");
    assert!(refused.help.contains("`fetch-depth: 0`"));
    clone.run(&["fetch", "--quiet", "--unshallow"]);
    assert!(base(&clone, &["refs/remotes/origin/main"]).is_ok());
    let nowhere = Git::nowhere();
    assert_eq!(base(&nowhere, &[]), Err("GW0023"));
}

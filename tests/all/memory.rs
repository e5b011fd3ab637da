//! What a render knows of earlier ones, through the real program: `.gwgen.json` in the output.

use std::fs;
use std::path::Path;

use crate::support::program::{BLUEPRINT, diagnosed, folder_with};

const MEMORY: &str = "generated/.gwgen.json";

fn description(paths: &[&str]) -> String {
    let line = |path: &&str| format!("  {path}: {{get: {{responses: {{}}}}}}\n");
    let paths: String = paths.iter().map(line).collect();
    format!("openapi: 3.0.3\npaths:\n{paths}")
}

fn folder(paths: &[&str]) -> tempfile::TempDir {
    folder_with(&[
        ("gwgen.yaml", BLUEPRINT),
        ("openapi.yaml", &description(paths)),
    ])
}

fn describe(folder: &Path, paths: &[&str]) {
    fs::write(folder.join("openapi.yaml"), description(paths)).unwrap();
}

/// Exit code, and the codes of the findings.
fn gwgen(folder: &Path, command: &str) -> (i32, Vec<String>) {
    let (code, _, findings) = diagnosed(folder, &[command]);
    let codes = findings.iter();
    let codes = codes.map(|finding| finding["code"].as_str().unwrap().to_owned());
    (
        code,
        codes.filter(|code| code.starts_with("GW00")).collect(),
    )
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Name of the deployment that the stage shows.
fn deployment(folder: &Path) -> String {
    let stage = text(folder, "generated/stage.tf");
    let (_, rest) = stage.split_once("aws_api_gateway_deployment\" \"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn each_change_takes_a_deployment_of_another_name() {
    let folder = folder(&["/a"]);
    let folder = folder.path();
    let mut names = Vec::new();
    for paths in [&["/a"][..], &["/a", "/b"], &["/a"], &["/a"]] {
        describe(folder, paths);
        assert_eq!(gwgen(folder, "render").0, 0);
        assert_eq!(gwgen(folder, "check").0, 0);
        names.push(deployment(folder));
        let removed = text(folder, "generated/removed.tf");
        assert_eq!(removed.matches("destroy = false").count(), 15);
        let current = format!("aws_api_gateway_deployment.{}\n", names.last().unwrap());
        assert!(!removed.contains(&current));
    }
    assert_eq!(names, ["g0", "g1", "g2", "g2"]);
}

/// Two branches, each with a render, and their merge as git leaves it.
#[test]
fn gw0016_a_merge_that_stopped_in_the_manifest() {
    let folders = [&["/a", "/b"][..], &["/a", "/c"]].map(|paths| {
        let folder = folder(&["/a"]);
        assert_eq!(gwgen(folder.path(), "render").0, 0);
        describe(folder.path(), paths);
        assert_eq!(gwgen(folder.path(), "render").0, 0);
        folder
    });
    let [ours, theirs] = [&folders[0], &folders[1]].map(|folder| text(folder.path(), MEMORY));
    let folder = folders[0].path();
    let merged = format!("<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> feature\n");
    fs::write(folder.join(MEMORY), merged).unwrap();
    fs::copy(
        folders[1].path().join("generated/routes_c.tf"),
        folder.join("generated/routes_c.tf"),
    )
    .unwrap();
    assert_eq!(gwgen(folder, "check"), (1, vec!["GW0016".to_owned()]));
    // The branch of the other side is dropped: its file is known, and goes.
    assert_eq!(gwgen(folder, "render"), (0, vec!["GW0016".to_owned()]));
    assert!(!folder.join("generated/routes_c.tf").exists());
    assert_eq!(gwgen(folder, "check"), (0, vec![]));
    // Both branches took the second name.
    assert_eq!(deployment(folder), "g2");
}

#[test]
fn gw0017_a_manifest_that_is_missing() {
    let folder = folder(&["/a"]);
    let folder = folder.path();
    assert_eq!(gwgen(folder, "render").0, 0);
    let before = text(folder, MEMORY);
    fs::remove_file(folder.join(MEMORY)).unwrap();
    for command in ["render", "check"] {
        assert_eq!(gwgen(folder, command), (1, vec!["GW0017".to_owned()]));
    }
    fs::remove_dir_all(folder.join("generated")).unwrap();
    assert_eq!(gwgen(folder, "render").0, 0);
    assert_eq!(text(folder, MEMORY), before);
}

//! `--message-format sarif`: the findings of every bad case against a schema, and what code
//! scanning relies on.
//!
//! In: the program, `tests/bad`, `tests/data/sarif.schema.json`. Out: documents.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::program::gwgen;
use crate::support::repository;

fn sarif(folder: &Path, arguments: &[&str]) -> Value {
    let output = gwgen(
        folder,
        &[arguments, &["--message-format", "sarif"]].concat(),
    );
    serde_json::from_slice(&output.stderr).unwrap()
}

fn results(document: &Value) -> &Vec<Value> {
    document["runs"][0]["results"].as_array().unwrap()
}

/// Says where a document differs from the schema.
fn check(document: &Value) {
    let schema: Value = serde_json::from_slice(
        &fs::read(repository().join("tests/data/sarif.schema.json")).unwrap(),
    )
    .unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let rules = document["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    for result in results(document) {
        assert_eq!(
            rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"],
            result["ruleId"]
        );
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.as_ref().unwrap().file_name()),
        );
        if path.is_dir() {
            copy(&path, &to)
        } else {
            assert!(fs::copy(&path, &to).is_ok())
        }
    }
}

#[test]
fn every_bad_case_is_a_document_that_the_schema_takes() {
    let bad = repository().join("tests/bad");
    let mut blueprints = Vec::new();
    for entry in fs::read_dir(&bad).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let file = ["gwgen.yaml", "gwgen.json"]
            .into_iter()
            .find(|file| bad.join(&name).join(file).exists())
            .unwrap();
        blueprints.extend(["--blueprint".to_owned(), format!("{name}/{file}")]);
    }
    let arguments: Vec<&str> = ["lint"]
        .into_iter()
        .chain(blueprints.iter().map(String::as_str))
        .collect();
    let document = sarif(&bad, &arguments);
    check(&document);
    let found: BTreeSet<&str> = results(&document)
        .iter()
        .map(|result| result["ruleId"].as_str().unwrap())
        .collect();
    assert!(found.len() > 150, "{}", found.len());
    let fingerprints: BTreeSet<String> = results(&document)
        .iter()
        .map(|result| result["partialFingerprints"].to_string())
        .collect();
    assert_eq!(fingerprints.len(), results(&document).len());
}

#[test]
fn a_run_without_findings_is_a_document_too() {
    let folder = tempfile::tempdir().unwrap();
    copy(&repository().join("blueprints/minimal"), folder.path());
    let document = sarif(folder.path(), &["routes"]);
    check(&document);
    assert_eq!(results(&document).len(), 0);
    // A diagnostic about the command line has no place.
    let document = sarif(folder.path(), &["lint", "--fix"]);
    check(&document);
    assert_eq!(results(&document)[0]["locations"], serde_json::json!([]));
}

/// A repository with a blueprint two folders below its root.
fn service(more: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join(".git")).unwrap();
    let folder = root.path().join("services/my shop");
    copy(
        &repository().join("tests/bad/gw4004_trailing_slash"),
        &folder,
    );
    let blueprint = fs::read_to_string(folder.join("gwgen.yaml")).unwrap();
    fs::write(
        folder.join("gwgen.yaml"),
        format!("{blueprint}account: {{cloudwatch_role: existing}}\nroutes: [{{match: {{}}, auth: none}}]\n{more}"),
    )
    .unwrap();
    (root, folder)
}

fn fingerprints(document: &Value) -> Vec<&Value> {
    results(document)
        .iter()
        .map(|result| &result["partialFingerprints"])
        .collect()
}

#[test]
fn paths_start_at_the_root_of_the_repository_wherever_it_runs() {
    let (root, folder) = service("");
    let uri = |document: &Value| {
        results(document)[0]["locations"][0]["physicalLocation"]["artifactLocation"].clone()
    };
    let here = sarif(&folder, &["lint"]);
    assert_eq!(
        uri(&here),
        serde_json::json!({"uri": "services/my%20shop/openapi.yaml", "uriBaseId": "%SRCROOT%"})
    );
    let from_root = sarif(root.path(), &["lint", "services/my shop/gwgen.yaml"]);
    let from_beside = sarif(
        &root.path().join("services"),
        &["lint", "./my shop/../my shop/gwgen.yaml"],
    );
    let absolute = sarif(
        root.path(),
        &["lint", folder.join("gwgen.yaml").to_str().unwrap()],
    );
    for other in [from_root, from_beside, absolute] {
        assert_eq!(
            (uri(&other), fingerprints(&other)),
            (uri(&here), fingerprints(&here))
        );
    }
}

#[test]
fn fingerprints_stay_when_lines_move_and_others_come() {
    let (_root, folder) = service("");
    let before = sarif(&folder, &["lint"]);
    let api = fs::read_to_string(folder.join("openapi.yaml")).unwrap();
    let more: String = (0..9)
        .map(|number| format!("  /aa{number}/: {{get: {{responses: {{}}}}}}\n"))
        .collect();
    fs::write(
        folder.join("openapi.yaml"),
        format!(
            "# moved\n\n{}",
            api.replace("paths:\n", &format!("paths:\n{more}"))
        ),
    )
    .unwrap();
    let after = sarif(&folder, &["lint"]);
    check(&after);
    // Each of a habit is a result of its own, so that those that were there are the same ones.
    assert_eq!(results(&after).len(), results(&before).len() + 9);
    assert!(
        fingerprints(&before)
            .iter()
            .all(|fingerprint| fingerprints(&after).contains(fingerprint))
    );
}

#[test]
fn what_is_allowed_is_suppressed_with_its_reason() {
    let (_root, folder) =
        service("lint: {allow: [{code: GW4004, reason: callers leave it out}]}\n");
    let document = sarif(&folder, &["lint"]);
    check(&document);
    let suppression = serde_json::json!([{"kind": "external", "status": "accepted", "justification": "callers leave it out"}]);
    assert!(
        !results(&document).is_empty()
            && results(&document)
                .iter()
                .all(|result| result["suppressions"] == suppression)
    );
    assert_eq!(results(&sarif(&folder, &["lint", "--quiet"])).len(), 0);
}

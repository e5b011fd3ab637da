//! The output of `gwgen init`: it renders, for every description that a blueprint can be written for,
//! in one topology each.
//!
//! `GWGEN_TESTS=full` tries every topology that is built for every description.

mod command;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::support::{codes, compile, corpus, findings, in_parallel, is_full, repository};
use gwgen::Compiled;
use gwgen::blueprint::Topology;
use gwgen::init::{BlueprintDraft, InitRequest, draft};
use gwgen::source::FilesInMemory;

const API: &str = "openapi: 3.0.3\ninfo: {title: Orders API}\nservers: [{url: 'http://orders.internal:9000/v1'}]\npaths:\n\
    \x20 /orders: {get: {security: [{jwt: []}], responses: {}}}\n\
    \x20 /orders/{id}.json: {get: {responses: {}}}\n\
    components: {securitySchemes: {jwt: {type: http, scheme: bearer}}}\n";

/// Drafts a blueprint, and compiles what would be written once more: as it stands, and with every
/// proposal of one kind uncommented.
fn tried(files: &BTreeMap<String, Vec<u8>>, spec: &str, topology: Topology) -> BlueprintDraft {
    let request = InitRequest {
        folder: String::new(),
        spec: spec.to_owned(),
        topology,
    };
    let draft = draft(&FilesInMemory(files.clone()), &request);
    let Some(text) = &draft.text else {
        return draft;
    };
    let name = format!("{spec} {}", topology.name());
    let with = |text: &str| {
        let mut files = files.clone();
        files.insert("gwgen.yaml".to_owned(), text.to_owned().into_bytes());
        compile(files)
    };
    let is_written = |field: &str| {
        text.lines()
            .any(|line| !line.trim_start().starts_with('#') && line.contains(field))
    };
    assert!(!is_written(": ignore"), "{name}: opened by default\n{text}");
    let compiled = with(text);
    let found = findings(&compiled.diagnostics);
    if !draft.errors.is_empty() {
        assert!(compiled.tree.is_none(), "{name}: rendered despite errors");
    } else if draft.undecided.is_empty() {
        assert!(compiled.tree.is_some(), "{name}: {found}");
    } else {
        check_undecided(&draft, &compiled, &name);
        let decided = with(&uncommented(text, ": iam"));
        // One of several schemes is somebody's choice, too.
        let errors = codes(&decided.diagnostics, true);
        assert!(
            decided.tree.is_some() || errors == ["GW3040"],
            "{name}: {}",
            findings(&decided.diagnostics)
        );
    }
    let plan = compiled.plan.unwrap();
    let hidden: BTreeSet<(&str, &str)> = plan
        .operations
        .iter()
        .filter(|operation| !operation.is_public())
        .map(|operation| (operation.method.as_str(), &*operation.path))
        .collect();
    let named: BTreeSet<(&str, &str)> = draft
        .hidden
        .iter()
        .map(|(operation, _)| (operation.method, &*operation.path))
        .collect();
    assert_eq!(
        hidden, named,
        "{name}: a pattern hides more than it was written for"
    );
    draft
}

/// Checks that a blueprint with undecided schemes waits for these alone.
fn check_undecided(draft: &BlueprintDraft, compiled: &Compiled, name: &str) {
    assert!(
        compiled.tree.is_none(),
        "{name}: rendered before anything was decided"
    );
    let is_waiting = |code: &str| matches!(code, "GW3002" | "GW2010" | "GW1012");
    let errors = || {
        compiled
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error())
    };
    assert!(
        errors().all(|diagnostic| is_waiting(diagnostic.code.code)),
        "{name}: {}",
        findings(&compiled.diagnostics)
    );
    let unmapped = errors().filter(|diagnostic| diagnostic.code.code == "GW3002");
    assert!(
        unmapped.count() <= draft.undecided.len(),
        "{name}: one finding for each scheme"
    );
}

/// The blueprint with those proposals that end in a text.
fn uncommented(text: &str, end: &str) -> String {
    let line = |line: &str| match line.strip_prefix("# auth:") {
        Some("") => "auth:\n".to_owned(),
        _ if line.starts_with("  # ") && line.contains(end) => format!("  {}\n", &line[4..]),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// Entries that the table of real descriptions says are served.
fn served() -> Vec<PathBuf> {
    let Some(folder) = corpus::folder() else {
        return Vec::new();
    };
    let table = fs::read_to_string(repository().join("tests/corpus.tsv")).unwrap();
    let names = table
        .lines()
        .filter(|line| line.split('\t').nth(1) == Some("served"))
        .map(|line| line.split('\t').next().unwrap());
    let paths = names.map(|name| folder.join(name));
    // A folder needs its other files; those entries are tried where reading across files is.
    let is_heavy = |path: &PathBuf| fs::metadata(path).unwrap().len() > corpus::HEAVY_BYTES as u64;
    paths
        .filter(|path| path.is_file() && (is_full() || !is_heavy(path)))
        .collect()
}

#[test]
fn what_it_writes_renders_for_every_description_that_is_served() {
    let topologies = Topology::ALL;
    let mut work: Vec<(PathBuf, Topology)> = Vec::new();
    for (index, path) in served().into_iter().enumerate() {
        // A topology changes what stands behind the gateway, whatever the description says: one for
        // each description tells most.
        let one = topologies[index % topologies.len()];
        work.extend(
            topologies
                .iter()
                .filter(|topology| is_full() || **topology == one)
                .map(|topology| (path.clone(), *topology)),
        );
    }
    in_parallel(&work, |(path, topology)| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let draft = tried(
            &BTreeMap::from([(name.to_owned(), fs::read(path).unwrap())]),
            name,
            *topology,
        );
        // A quota that AWS raises: some descriptions need more rules than an account has at first.
        let errors: BTreeSet<&str> = draft
            .errors
            .iter()
            .map(|diagnostic| diagnostic.code.code)
            .collect();
        assert!(
            errors.is_empty() || errors == ["GW4061"].into(),
            "{name} {}: {}",
            topology.name(),
            findings(&draft.errors)
        );
    });
}

#[test]
fn it_is_short_and_says_what_is_to_be_decided() {
    for topology in Topology::ALL {
        let draft = tried(
            &BTreeMap::from([("openapi.yaml".to_owned(), API.into())]),
            "openapi.yaml",
            topology,
        );
        assert_eq!(
            (draft.operations, draft.hidden.len(), draft.errors.len()),
            (2, 1, 0)
        );
        assert_eq!(codes(&draft.compiled.diagnostics, true), ["GW3002"]);
        assert_eq!(
            draft
                .undecided
                .iter()
                .map(|scheme| (&*scheme.name, scheme.operations))
                .collect::<Vec<_>>(),
            [("jwt", 1)]
        );
        let text = draft.text.unwrap();
        for line in [
            "name: orders ",
            "# auth:",
            "  # jwt: {cognito: {user_pools: ",
            "  # jwt: {lambda: {function: {var: authorizer_arn}, identity: [header.Authorization]}}",
            "  # jwt: iam",
            "  # Backends get every path below `/v1`, ",
            "  # GW4001 partial-segment: ",
            "  # What helps: set `api.partial_segments: widen`, ",
            "        - \"/orders/{id}.json\"",
        ] {
            assert!(
                text.lines().any(|text_line| text_line.starts_with(line)),
                "{line}\n{text}"
            );
        }
        assert!(
            topology == Topology::Internet
                || text.contains(": 9000  # what the servers listen on; the description says so\n"),
            "{text}"
        );
        assert!(
            text.lines()
                .filter(|line| !line.trim_start().starts_with('#'))
                .count()
                <= 22,
            "{text}"
        );
    }
}

#[test]
fn names_of_the_description_cannot_leave_their_places() {
    let api = r##"{"openapi": "3.0.3", "info": {"title": "x\ny: z"}, "servers": [{"url": "https://a.example/b"}], "paths": {
        "/a#b: {c}\"": {"get": {"tags": ["t\n}: x", "u"], "security": [{"s: !!x \u2028#": []}], "responses": {}}},
        "/p?\"\\ \u2028&*": {"get": {"tags": ["v"], "responses": {}}}},
        "components": {"securitySchemes": {"s: !!x \u2028#": {"type": "http", "scheme": "basic"}}}}"##;
    for topology in Topology::ALL {
        let draft = tried(
            &BTreeMap::from([("ab: #c.json".to_owned(), api.into())]),
            "ab: #c.json",
            topology,
        );
        // Neither path can be served, so no blueprint renders; what is written is never broken
        // YAML.
        let errors = codes(&draft.compiled.diagnostics, true);
        assert!(
            draft.text.is_some() && !draft.errors.is_empty(),
            "{errors:?}"
        );
        assert!(
            !errors
                .iter()
                .any(|code| code.starts_with("GW1") || code.starts_with("GW2")),
            "{}",
            findings(&draft.compiled.diagnostics)
        );
    }
}

#[test]
fn of_the_smallest_example_it_writes_what_stands_there() {
    let case = crate::support::Case::read(&repository().join("blueprints/minimal"));
    let request = InitRequest {
        folder: String::new(),
        spec: case.spec.clone(),
        topology: Topology::NlbTargets,
    };
    let drafted = draft(&FilesInMemory(case.files.clone()), &request)
        .compiled
        .tree
        .unwrap();
    assert!(
        drafted == compile(case.files).tree.unwrap(),
        "init and blueprints/minimal are two ways to begin, and differ"
    );
}

#[test]
fn it_hides_by_exact_path() {
    let api = "openapi: 3.0.3\ninfo: {title: x}\npaths:\n  /files/**: {get: {responses: {}}}\n  /files: {get: {responses: {}}}\n\
        \x20 /files/{id}/meta: {get: {responses: {}}}\n  /a*: {get: {responses: {}}, put: {responses: {}}}\n  /ab: {get: {responses: {}}}\n\
        \x20 \"/a\\\\*\": {get: {responses: {}}}\n  \"/x{y\": {get: {responses: {}}}\n";
    for topology in Topology::ALL {
        let draft = tried(
            &BTreeMap::from([("openapi.yaml".to_owned(), api.into())]),
            "openapi.yaml",
            topology,
        );
        assert_eq!(
            draft.operations - draft.hidden.len(),
            3,
            "{}",
            draft.text.unwrap()
        );
    }
}

//! Input that means harm or is broken: every one ends, with a code at a line that is there or with
//! correct output.
//!
//! Output that renders is parsed by hcl-rs and serde_json and holds the user's text unchanged.
//! No test is timed: time and memory of the release build are measured by hand, against 2 s and 512
//! MB.

mod sizes;
mod texts;

use std::collections::BTreeMap;
use std::sync::Arc;

use gwgen::source::{FilesInMemory, Finding, RelativePath};
use gwgen::{Compiled, Request, compile};

use crate::support::program::BLUEPRINT;

const API: &str = "openapi: 3.0.3\ninfo: {title: Shop, version: \"1\"}\npaths:\n  /orders:\n    get: {responses: {}}\n";
const API_JSON: &str = r#"{"openapi": "3.0.3", "info": {"title": "Shop"}, "paths": {"/orders": {"get": {"responses": {}}}}}"#;

type Files<'a> = [(&'a str, Vec<u8>)];

/// Compiles files whose first is the blueprint; every finding has a code, a text and a line that is
/// there.
fn run(files: &Files<'_>) -> (Compiled, Vec<Finding>) {
    let memory = FilesInMemory(
        files
            .iter()
            .map(|(name, bytes)| ((*name).to_owned(), bytes.clone()))
            .collect(),
    );
    let request = Request {
        blueprint: RelativePath::join("", files[0].0).unwrap(),
        display: Arc::from(files[0].0),
    };
    let mut compiled = compile(&memory, &request);
    let findings = compiled
        .sources
        .locate(std::mem::take(&mut compiled.diagnostics));
    for diagnostic in &findings {
        assert!(
            !diagnostic.message.is_empty()
                && !diagnostic.help.is_empty()
                && diagnostic.message.len() < 2_100
                && diagnostic.help.len() < 2_100,
            "{diagnostic:?}"
        );
        for place in &diagnostic.places {
            let lines = memory.0.get(&*place.file).map_or(1, |bytes| {
                bytes.iter().filter(|byte| **byte == b'\n').count() + 1
            });
            assert!(
                (1..=lines).contains(&(place.line as usize)),
                "{diagnostic:?}"
            );
        }
    }
    (compiled, findings)
}

/// The codes of a description in a file of that name, `[]` where it renders without a word.
fn described(name: &str, text: impl Into<Vec<u8>>) -> Vec<(&'static str, u32)> {
    let blueprint = BLUEPRINT.replace("openapi.yaml", name);
    codes(&[("gwgen.yaml", blueprint.into_bytes()), (name, text.into())])
}

fn codes(files: &Files<'_>) -> Vec<(&'static str, u32)> {
    let (compiled, findings) = run(files);
    let has_error = findings
        .iter()
        .any(|diagnostic| diagnostic.severity == gwgen::diagnostic::Severity::Error);
    assert_eq!(compiled.tree.is_none(), has_error);
    let reported = findings
        .iter()
        .filter(|diagnostic| diagnostic.severity != gwgen::diagnostic::Severity::Info);
    reported
        .map(|diagnostic| (diagnostic.code, diagnostic.places[0].line))
        .collect()
}

fn blueprint(text: impl Into<Vec<u8>>) -> Vec<(&'static str, u32)> {
    codes(&[("gwgen.yaml", text.into()), ("openapi.yaml", API.into())])
}

/// Every generated file by name.
fn rendered(blueprint: &str, api: &str) -> BTreeMap<String, String> {
    let (compiled, findings) = run(&[
        ("gwgen.yaml", blueprint.into()),
        ("openapi.yaml", api.into()),
    ]);
    let tree = compiled
        .tree
        .unwrap_or_else(|| panic!("{blueprint}{api}{findings:?}"));
    tree.files
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()))
        .collect()
}

// Bytes.

#[test]
fn bytes_that_are_no_text_are_refused() {
    for (at, bytes) in [
        (1, &b"\xff\xfeo\0p\0e\0n\0"[..]),
        (2, b"openapi: 3.0.3\ninfo: {title: \xc3\x28}\n"),
        (1, b"\xed\xa0\x80"),
        (1, b"\xc0\x80"),
    ] {
        assert_eq!(described("openapi.yaml", bytes), [("GW1001", at)]);
        assert_eq!(described("openapi.json", bytes), [("GW1001", at)]);
        assert_eq!(blueprint(bytes), [("GW1001", at)]);
    }
    for text in ["\0", "openapi: 3.0.3\n\0", "openapi: 3.0.3\0\ninfo: {}\n"] {
        for found in [
            described("openapi.yaml", text),
            described("openapi.json", text),
            blueprint(text),
        ] {
            assert!(!found.is_empty(), "{text:?}");
        }
    }
    for empty in [
        "",
        "\n",
        "\u{feff}",
        "---\n",
        "# nothing\n",
        "null",
        "[]",
        "\"text\"",
        "7",
        "{",
        "}",
        "[",
        "\t",
        "%",
        "&a",
        "*",
        "!!binary x",
    ] {
        for found in [
            described("openapi.yaml", empty),
            described("openapi.json", empty),
            blueprint(empty),
        ] {
            assert!(!found.is_empty(), "{empty:?}");
        }
    }
    let marked = format!("\u{feff}{API}");
    assert_eq!(described("openapi.yaml", marked), []);
    assert_eq!(described("openapi.yaml", API.replace('\n', "\r\n")), []);
}

#[test]
fn a_file_cut_off_anywhere_ends() {
    let api = "openapi: 3.0.3\npaths:\n  \"/a/{b}\": &x\n    get: {security: [{k: []}], parameters: [{name: \"\\u00e9\", in: query}]}\n  /c: {<<: *x}\n";
    for (text, name) in [(api, "openapi.yaml"), (API_JSON, "openapi.json")] {
        for end in 0..text.len() {
            described(name, &text.as_bytes()[..end]);
        }
    }
    let text = format!(
        "{BLUEPRINT}routes: [{{match: {{paths: [\"/a/**\"]}}, exposure: hidden}}]\nauth: {{k: ignore}}\n"
    );
    for end in 0..text.len() {
        blueprint(&text.as_bytes()[..end]);
    }
}

#[test]
fn one_meaning_only() {
    assert_eq!(
        described("openapi.yaml", format!("{API}---\n{API}")),
        [("GW1002", 6)]
    );
    assert_eq!(
        described("openapi.yaml", format!("{API}  /orders:\n    put: {{}}\n")).first(),
        Some(&("GW1007", 4))
    );
    assert_eq!(
        blueprint(format!("{BLUEPRINT}name: other\n")),
        [("GW2002", 8)].map(|(_, line)| ("GW1007", line))
    );
    assert_eq!(
        blueprint(format!("{BLUEPRINT}---\nversion: 1\n")),
        [("GW1002", 8)]
    );
    let twice = API_JSON.replace(
        "\"responses\": {}",
        "\"security\": [], \"security\": [{\"k\": []}]",
    );
    assert!(described("openapi.json", twice).contains(&("GW1007", 1)));
    let merged = API.replace("get: {responses: {}}", "<<: {get: {responses: {}}}");
    assert_eq!(rendered(BLUEPRINT, &merged), rendered(BLUEPRINT, API));
    assert_eq!(
        rendered(
            &BLUEPRINT.replace("name: shop", "<<: {name: shop, version: 7}"),
            API
        ),
        rendered(BLUEPRINT, API)
    );
}

#[test]
fn an_empty_mapping_in_place_of_a_required_value_is_reported() {
    // Found by fuzzing: it was replaced without a word, and nothing came out.
    let fields = [
        ("version: 1", 1),
        ("name: shop", 2),
        ("spec: openapi.yaml", 3),
        ("topology: nlb-targets", 4),
    ];
    for (field, line) in fields {
        let name = field.split(':').next().unwrap();
        assert_eq!(
            blueprint(BLUEPRINT.replace(field, &format!("{name}: {{}}"))),
            [("GW2002", line)],
            "{name}"
        );
    }
    assert_eq!(
        blueprint(BLUEPRINT.replace(
            "backends:\n  orders: {port: 8080, targets: {ecs: true}}",
            "backends: {}"
        )),
        [("GW2003", 6)]
    );
}

#[test]
fn output_stays_below_the_root() {
    for dir in [
        "../x",
        "/x",
        "a/../../x",
        "..",
        "a/../..",
        "c:/x",
        "\\\\x",
        "C:",
        "..\\x",
        "a/..\\..\\x",
    ] {
        let found = blueprint(format!("{BLUEPRINT}output: {{dir: '{dir}'}}\n"));
        let stays = run(&[
            (
                "gwgen.yaml",
                format!("{BLUEPRINT}output: {{dir: '{dir}'}}\n").into(),
            ),
            ("openapi.yaml", API.into()),
        ])
        .0;
        let is_inside = stays
            .output
            .is_some_and(|path| !path.as_str().split(['/', '\\']).any(|name| name == ".."));
        assert!(found == [("GW0003", 8)] || is_inside, "{dir}: {found:?}");
    }
    for spec in ["../x", "/etc/passwd", "a/../../x", "c:\\x"] {
        let found = blueprint(BLUEPRINT.replace("openapi.yaml", spec));
        assert_eq!(found, [("GW0002", 3)], "{spec}");
        let found = blueprint(format!("{BLUEPRINT}extends: '{spec}'\n"));
        assert_eq!(found, [("GW0002", 8)], "{spec}");
    }
    let dots = described(
        "openapi.yaml",
        "openapi: 3.0.3\npaths:\n  /..: {get: {}}\n  /a/./b: {get: {}}\n",
    );
    assert_eq!(dots, [("GW4110", 3), ("GW4110", 4)]);
    // Names of files come from segments, which are the describer's.
    let api = "openapi: 3.0.3\npaths:\n  /con: {get: {}}\n  /Con: {get: {}}\n  /a.b: {get: {}}\n  /.git: {get: {}}\n  /aux: {get: {}}\n  '/{x}': {get: {}}\n  /: {get: {}}\n";
    for name in rendered(BLUEPRINT, api).keys() {
        let is_plain = name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.".contains(&byte)
        });
        assert!(
            (is_plain || name == "README.md") && !name.contains("..") && !name.starts_with('.'),
            "{name}"
        );
    }
}

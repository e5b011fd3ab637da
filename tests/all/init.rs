//! The output of `gwgen init`: it renders, for every description that a blueprint can be written for,
//! in one topology each.
//!
//! `GWGEN_TESTS=full` tries every topology that is built for every description.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::{codes, compile, corpus, findings, in_parallel, is_full, repository};
use gwgen::blueprint::Topology;
use gwgen::init::{BlueprintDraft, InitRequest, draft};
use gwgen::source::Memory;

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
    let draft = draft(&Memory(files.clone()), &request);
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
    if !draft.errors.is_empty() {
        assert!(
            compiled.tree.is_none(),
            "{name}: rendered in spite of what was reported"
        );
    } else if draft.undecided.is_empty() {
        assert!(
            compiled.tree.is_some(),
            "{name}: {}",
            findings(&compiled.diagnostics)
        );
    } else {
        assert!(
            compiled.tree.is_none(),
            "{name}: rendered before anything was decided"
        );
        let waiting = compiled
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.is_error());
        assert!(
            waiting
                .clone()
                .all(|diagnostic| matches!(diagnostic.code.code, "GW3002" | "GW2010" | "GW1012")),
            "{name}: {}",
            findings(&compiled.diagnostics)
        );
        let unmapped = waiting
            .filter(|diagnostic| diagnostic.code.code == "GW3002")
            .count();
        assert!(
            unmapped <= draft.undecided.len(),
            "{name}: one finding for each scheme"
        );
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
    let drafted = draft(&Memory(case.files.clone()), &request)
        .compiled
        .tree
        .unwrap();
    assert!(
        drafted == compile(case.files).tree.unwrap(),
        "init and blueprints/minimal are two ways to begin, and differ"
    );
}

fn gwgen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gwgen"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn exit_and_output(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn the_description_is_found_by_its_name_or_else_by_what_it_says() {
    let others = [
        ("package.json", "{\"name\": \"x\"}"),
        ("broken.yaml", "a: [\n"),
        ("docs/values.yaml", "openapi: {x: 1}\n"),
    ];
    for path in [
        "openapi.yaml",
        "swagger.yml",
        "api/openapi.yml",
        "docs/shop.yaml",
        "spec/x.json",
    ] {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in others.iter().copied().chain([(path, API)]) {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let (code, out, _) = exit_and_output(&gwgen(folder.path(), &["init"]));
        assert_eq!(code, 0, "{path}");
        let expected = format!(
            "took {path}: 2 operations\n1 operation hidden: the comments in gwgen.yaml say why\n  GET /orders/{{id}}.json: GW4001 partial-segment\n\
            to decide: who checks jwt, which protects 1 operation\n\
            wrote gwgen.yaml; uncomment a line of `auth` for each of them, then run `gwgen render`, which names what is left\n"
        );
        assert_eq!(out, expected);
        assert_eq!(
            exit_and_output(&gwgen(folder.path(), &["render"])).0,
            1,
            "{path}"
        );
        decide(folder.path());
        assert_eq!(
            exit_and_output(&gwgen(folder.path(), &["render"])).0,
            0,
            "{path}"
        );
        assert!(folder.path().join("generated/.gwgen.json").is_file());
    }
}

#[test]
fn a_named_description_is_the_one_that_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("far")).unwrap();
    fs::write(folder.path().join("far/away.yaml"), API).unwrap();
    fs::write(folder.path().join("openapi.yaml"), API).unwrap();
    assert_eq!(
        exit_and_output(&gwgen(
            folder.path(),
            &["init", "--spec", "far/away.yaml", "--quiet"]
        )),
        (0, String::new(), String::new())
    );
    assert!(
        fs::read_to_string(folder.path().join("gwgen.yaml"))
            .unwrap()
            .contains("\nspec: far/away.yaml\n")
    );
    decide(folder.path());
    assert_eq!(
        exit_and_output(&gwgen(folder.path(), &["render", "--quiet"])).0,
        0
    );
}

/// Uncomments what a reader would, here signed requests.
fn decide(folder: &Path) {
    let path = folder.join("gwgen.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, uncommented(&text, ": iam")).unwrap();
}

#[test]
fn right_after_it_nothing_protected_is_open() {
    for scheme in [
        "{type: http, scheme: bearer}",
        "{type: http, scheme: basic}",
        "{type: apiKey, in: header, name: X-Auth}",
        "{type: apiKey, in: query, name: token}",
        "{type: apiKey, in: query, name: \"to ken\"}",
        "{type: apiKey, in: cookie, name: session}",
        "{type: openIdConnect, openIdConnectUrl: 'https://id.example'}",
        "{type: mutualTLS}",
        "{type: apiKey, in: header, name: X-API-Key}",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let api = API.replace("{type: http, scheme: bearer}", scheme);
        fs::write(folder.path().join("openapi.yaml"), &api).unwrap();
        assert_eq!(
            exit_and_output(&gwgen(folder.path(), &["init"])).0,
            0,
            "{scheme}"
        );
        let (_, out, err) = exit_and_output(&gwgen(folder.path(), &["trace", "GET", "/orders"]));
        assert!(
            !format!("{out}{err}").contains("lets every caller through"),
            "{scheme}: {out}{err}"
        );
        let (code, _, err) = exit_and_output(&gwgen(
            folder.path(),
            &["render", "--message-format", "json"],
        ));
        let is_key = scheme.contains("X-API-Key");
        assert_eq!(
            (code, err.matches("\"GW3002\"").count()),
            if is_key { (0, 0) } else { (1, 1) },
            "{scheme}: {err}"
        );
        assert!(
            is_key || (err.contains("uncomment ") && err.contains("and `auth:` in line ")),
            "{err}"
        );
        // Every proposal renders as it stands.
        let text = fs::read_to_string(folder.path().join("gwgen.yaml")).unwrap();
        for kind in [": iam", ": {cognito: ", ": {lambda: "] {
            if is_key || !text.contains(kind) {
                continue;
            }
            fs::write(folder.path().join("gwgen.yaml"), uncommented(&text, kind)).unwrap();
            let (code, _, err) = exit_and_output(&gwgen(folder.path(), &["render"]));
            assert_eq!(code, 0, "{scheme} {kind}: {err}");
        }
    }
}

#[test]
fn one_finding_names_all_operations_of_a_scheme() {
    let folder = tempfile::tempdir().unwrap();
    let api = "openapi: 3.0.3\ninfo: {title: x}\nsecurity: [{jwt: []}]\npaths:\n  /a: {get: {responses: {}}, put: {responses: {}}}\n\
        \x20 /b: {get: {security: [{key: []}], responses: {}}, post: {security: [{key: []}, {jwt: []}], responses: {}}}\n\
        components: {securitySchemes: {jwt: {type: oauth2, flows: {}}, key: {type: apiKey, in: header, name: x-api-key}}}\n";
    fs::write(folder.path().join("openapi.yaml"), api).unwrap();
    assert_eq!(exit_and_output(&gwgen(folder.path(), &["init"])).0, 0);
    let text = fs::read_to_string(folder.path().join("gwgen.yaml")).unwrap();
    assert!(
        text.contains("\nauth:\n  key: api-key  #") && text.contains("  clients: {keys: [first]}"),
        "{text}"
    );
    let (code, _, err) = exit_and_output(&gwgen(
        folder.path(),
        &["render", "--message-format", "json"],
    ));
    let errors: Vec<&str> = err
        .lines()
        .filter(|line| line.contains("\"severity\":\"error\""))
        .collect();
    assert_eq!((code, errors.len()), (1, 1), "{err}");
    assert_eq!(errors[0].matches("\"method\":").count(), 3, "{err}");
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

/// The text that `init` prints for a description, and the file that it writes; its exit code, and the codes of its
/// findings.
fn started(name: &str, api: &str) -> (i32, Vec<String>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), api).unwrap();
    let (code, out, err) =
        exit_and_output(&gwgen(folder.path(), &["init", "--message-format", "json"]));
    let finding = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["code"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let text = fs::read_to_string(folder.path().join("gwgen.yaml")).unwrap_or_default();
    let (_, traced, _) = exit_and_output(&gwgen(folder.path(), &["trace", "GET", "/a"]));
    assert!(
        !api.contains("security") || !traced.contains("lets every caller through"),
        "{traced}"
    );
    (code, err.lines().map(finding).collect(), out, text)
}

#[test]
fn it_writes_a_blueprint_where_nothing_can_be_served_yet() {
    let api = |paths: &str| format!("openapi: 3.0.3\ninfo: {{title: Kiosk}}\npaths: {{{paths}}}\n");
    for (name, api, expected, written) in [
        // No operation at all.
        ("openapi.yaml", api(""), vec!["GW3006"], "name: kiosk"),
        // A field helps: it stands in a comment, since it makes the gateway check less.
        (
            "openapi.yaml",
            api("'/v{version}/a': {get: {responses: {}}}"),
            vec!["GW4001"],
            "\n# api: {partial_segments: widen}\n",
        ),
        (
            "openapi.yaml",
            api("'/v{version}/a': {get: {responses: {}}}, '/b?c': {get: {responses: {}}}"),
            vec!["GW4001"],
            "\n# api: {partial_segments: widen}\n",
        ),
        // Nothing helps but another description.
        (
            "openapi.yaml",
            api("a: {get: {responses: {}}}, b: {put: {responses: {}}}"),
            vec!["GW4002", "GW4002"],
            "name: kiosk",
        ),
        (
            "openapi.yaml",
            api("/a: {get: {responses: {}}}") + "servers: [{url: 'https://x.example/a//b'}]\n",
            vec!["GW1013"],
            "\n# api: {base_path: ignore}\n",
        ),
    ] {
        let (code, codes, out, text) = started(name, &api);
        assert_eq!(
            (code, codes),
            (1, expected.into_iter().map(str::to_owned).collect()),
            "{api}{out}"
        );
        assert!(
            text.contains(written) && out.contains("which does not render yet"),
            "{out}{text}"
        );
        // Uncommented, the field is enough.
        if written.contains("# api") {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), &api).unwrap();
            fs::write(
                folder.path().join("gwgen.yaml"),
                text.replace("# api: {", "api: {"),
            )
            .unwrap();
            assert_eq!(
                exit_and_output(&gwgen(folder.path(), &["render"])).0,
                0,
                "{text}"
            );
        }
    }
    // A habit of many is one finding.
    let many: Vec<String> = (0..40)
        .map(|number| format!("a{number}: {{get: {{responses: {{}}}}}}"))
        .collect();
    let (_, codes, out, _) = started("openapi.yaml", &api(&many.join(", ")));
    assert_eq!(codes, ["GW4002"], "{out}");
}

#[test]
fn an_undeclared_scheme_is_a_decision() {
    let swagger = "swagger: '2.0'\ninfo: {title: Kiosk}\nbasePath: /api/v1\npaths:\n\
        \x20 /a: {get: {security: [{ApiKeyAuth: []}], responses: {}}, put: {security: [{ApiKeyAuth: []}, {jwt: []}], responses: {}}}\n\
        \x20 /b: {get: {security: [{jwt: []}], responses: {}}}\nsecurityDefinitions: {jwt: {type: basic}}\n";
    let openapi = "openapi: 3.1.0\ninfo: {title: Kiosk}\nsecurity: [{bearer: []}]\npaths: {/a: {get: {responses: {}}}}\n";
    for (name, api, scheme) in [
        ("swagger.yaml", swagger, "ApiKeyAuth"),
        ("openapi.yaml", openapi, "bearer"),
    ] {
        let (code, codes, out, text) = started(name, api);
        assert_eq!((code, codes), (0, vec![]), "{out}");
        assert!(
            out.contains(&format!("who checks {scheme}, "))
                && out.contains("and which the description does not declare\n"),
            "{out}"
        );
        assert!(
            !text.contains("hidden") && text.contains(&format!("  # {scheme}: iam\n")),
            "{text}"
        );
        let draft = tried(
            &BTreeMap::from([(name.to_owned(), api.into())]),
            name,
            Topology::NlbTargets,
        );
        let undeclared: Vec<_> = draft
            .compiled
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.code.code == "GW1012")
            .collect();
        assert_eq!(undeclared.len(), 1, "one finding names all operations");
        assert!(
            undeclared[0].help.contains("uncomment "),
            "{}",
            undeclared[0].help
        );
    }
}

#[test]
fn a_backend_is_named_after_the_service() {
    let api = |title: &str, tags: [&str; 2]| {
        let [first, second] = tags.map(|tag| {
            if tag.is_empty() {
                String::new()
            } else {
                format!("tags: [{tag}], ")
            }
        });
        format!(
            "openapi: 3.0.3\ninfo: {{title: {title}}}\npaths:\n  /a: {{get: {{{first}responses: {{}}}}}}\n  /b: {{get: {{{second}responses: {{}}}}}}\n"
        )
    };
    for (title, tags, backend) in [
        ("Shop", ["admin", ""], "shop"),
        ("Shop", ["admin", "admin"], "shop"),
        ("API", ["admin", "admin"], "admin"),
        ("API", ["admin", ""], "app"),
    ] {
        let (_, _, _, text) = started("openapi.yaml", &api(title, tags));
        assert!(
            text.contains(&format!("backends:\n  {backend}:\n")),
            "{title} {tags:?}: {text}"
        );
    }
}

#[test]
fn what_the_description_itself_hides_is_told_apart() {
    let api = "openapi: 3.0.3\ninfo: {title: Kiosk}\npaths:\n  /a: {get: {responses: {}}}\n  /b: {x-gwgen-exposure: hidden, get: {responses: {}}}\n";
    let (code, _, out, text) = started("openapi.yaml", api);
    assert!(code == 0 && !text.contains("exposure: hidden"), "{text}");
    assert!(
        out.contains("1 operation not public, as the description says with `x-gwgen-exposure`\n"),
        "{out}"
    );
}

#[test]
fn nothing_is_written_where_the_description_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    for (api, expected) in [
        ("openapi: 3.0.3\npaths: [\n", "GW1002"),
        ("openapi: 4.0.0\npaths: {}\n", "GW1005"),
    ] {
        fs::write(folder.path().join("openapi.yaml"), api).unwrap();
        let (code, out, err) =
            exit_and_output(&gwgen(folder.path(), &["init", "--message-format", "json"]));
        assert_eq!((code, &*out), (1, ""));
        assert!(
            err.contains(expected)
                && err.contains("\"places\":[{\"file\":\"openapi.yaml\",\"line\":"),
            "{err}"
        );
    }
    for arguments in [
        &["init", "--spec", "nowhere.yaml"][..],
        &["init", "--spec", "../../../../../../x.yaml"],
    ] {
        assert_eq!(
            exit_and_output(&gwgen(folder.path(), arguments)).0,
            3,
            "{arguments:?}"
        );
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn other_topologies_and_options_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("openapi.yaml"), API).unwrap();
    for arguments in [
        &["init", "--topology", "nlb"][..],
        &["init", "--blueprint", "gwgen.yaml"],
        &["init", "--env", "prod"],
        &["init", "x"],
    ] {
        let (code, out, err) = exit_and_output(&gwgen(folder.path(), arguments));
        assert_eq!((code, &*out), (2, ""), "{arguments:?}");
        assert!(!err.is_empty());
    }
    assert!(!folder.path().join("gwgen.yaml").exists());
}

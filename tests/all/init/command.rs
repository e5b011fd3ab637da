//! `gwgen init` as a user runs it: what it finds, prints and writes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gwgen::blueprint::Topology;

use super::{API, tried, uncommented};
use crate::support::program::{folder_with, printed};

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
        let folder = folder_with(&[&others[..], &[(path, API)]].concat());
        let (code, out, _) = printed(folder.path(), &["init"]);
        assert_eq!(code, 0, "{path}");
        let expected = format!(
            "took {path}: 2 operations\n1 operation hidden: the comments in gwgen.yaml say why\n  GET /orders/{{id}}.json: GW4001 partial-segment\n\
            to decide: who checks jwt, which protects 1 operation\n\
            wrote gwgen.yaml; uncomment a line of `auth` for each of them, then run `gwgen render`, which names what is left\n"
        );
        assert_eq!(out, expected);
        assert_eq!(printed(folder.path(), &["render"]).0, 1, "{path}");
        decide(folder.path());
        assert_eq!(printed(folder.path(), &["render"]).0, 0, "{path}");
        assert!(folder.path().join("generated/.gwgen.json").is_file());
    }
}

#[test]
fn a_named_description_is_the_one_that_is_taken() {
    let folder = folder_with(&[("far/away.yaml", API), ("openapi.yaml", API)]);
    assert_eq!(
        printed(
            folder.path(),
            &["init", "--spec", "far/away.yaml", "--quiet"]
        ),
        (0, String::new(), String::new())
    );
    assert!(
        fs::read_to_string(folder.path().join("gwgen.yaml"))
            .unwrap()
            .contains("\nspec: far/away.yaml\n")
    );
    decide(folder.path());
    assert_eq!(printed(folder.path(), &["render", "--quiet"]).0, 0);
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
        let api = API.replace("{type: http, scheme: bearer}", scheme);
        let folder = folder_with(&[("openapi.yaml", &api)]);
        assert_eq!(printed(folder.path(), &["init"]).0, 0, "{scheme}");
        let (_, out, err) = printed(folder.path(), &["trace", "GET", "/orders"]);
        assert!(
            !format!("{out}{err}").contains("lets every caller through"),
            "{scheme}: {out}{err}"
        );
        let (code, _, err) = printed(folder.path(), &["render", "--message-format", "json"]);
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
            let (code, _, err) = printed(folder.path(), &["render"]);
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
    assert_eq!(printed(folder.path(), &["init"]).0, 0);
    let text = fs::read_to_string(folder.path().join("gwgen.yaml")).unwrap();
    assert!(
        text.contains("\nauth:\n  key: api-key  #") && text.contains("  clients: {keys: [first]}"),
        "{text}"
    );
    let (code, _, err) = printed(folder.path(), &["render", "--message-format", "json"]);
    let errors: Vec<&str> = err
        .lines()
        .filter(|line| line.contains("\"severity\":\"error\""))
        .collect();
    assert_eq!((code, errors.len()), (1, 1), "{err}");
    assert_eq!(errors[0].matches("\"method\":").count(), 3, "{err}");
}

/// The text that `init` prints for a description, and the file that it writes; its exit code, and the codes of its
/// findings.
fn started(name: &str, api: &str) -> (i32, Vec<String>, String, String) {
    let folder = folder_with(&[(name, api)]);
    let (code, out, err) = printed(folder.path(), &["init", "--message-format", "json"]);
    let finding = |line: &str| {
        serde_json::from_str::<serde_json::Value>(line).unwrap()["code"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let text = fs::read_to_string(folder.path().join("gwgen.yaml")).unwrap_or_default();
    let (_, traced, _) = printed(folder.path(), &["trace", "GET", "/a"]);
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
            let blueprint = text.replace("# api: {", "api: {");
            let folder = folder_with(&[(name, &api), ("gwgen.yaml", &blueprint)]);
            assert_eq!(printed(folder.path(), &["render"]).0, 0, "{text}");
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
        let (code, out, err) = printed(folder.path(), &["init", "--message-format", "json"]);
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
        assert_eq!(printed(folder.path(), arguments).0, 3, "{arguments:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn other_topologies_and_options_are_refused_by_name() {
    let folder = folder_with(&[("openapi.yaml", API)]);
    for arguments in [
        &["init", "--topology", "nlb"][..],
        &["init", "--blueprint", "gwgen.yaml"],
        &["init", "--env", "prod"],
        &["init", "x"],
    ] {
        let (code, out, err) = printed(folder.path(), arguments);
        assert_eq!((code, &*out), (2, ""), "{arguments:?}");
        assert!(!err.is_empty());
    }
    assert!(!folder.path().join("gwgen.yaml").exists());
}

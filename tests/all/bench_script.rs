//! `gwgen bench-script`: the operation that is chosen, the text, what it refuses. With servers, `oha`
//! and `ab`: `.ci/full bench_script`.

use std::path::Path;
use std::process::Command;

use crate::support::program::{BLUEPRINT, diagnosed, folder_with, printed};

const HEAD: &str = "openapi: 3.0.3\nsecurity: []\npaths:\n";

/// Runs `bench-script` over a description's paths; returns code, script and diagnostics' codes.
fn bench(paths: &str, blueprint: &str, arguments: &[&str]) -> (i32, String, String) {
    let api = format!("{HEAD}{paths}");
    let folder = folder_with(&[("gwgen.yaml", blueprint), ("openapi.yaml", &api)]);
    let arguments = [&["bench-script", "--quiet"], arguments].concat();
    let (code, script, findings) = diagnosed(folder.path(), &arguments);
    let finding = findings
        .iter()
        .find(|finding| finding["severity"] == "error");
    let told = finding.map_or_else(String::new, |finding| {
        let part = |name| finding[name].as_str().unwrap();
        format!("{}: {}; {}", part("code"), part("message"), part("help"))
    });
    (code, script, told)
}

/// The value that a script gives a variable, as it is written.
fn value<'a>(script: &'a str, name: &str) -> &'a str {
    let mut lines = script.lines();
    let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    found.unwrap_or_else(|| panic!("no {name} in {script}"))
}

const NEEDY: &str = "  /a/{id}: {get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {}}}
  /b: {get: {parameters: [{name: q, in: query, required: true, schema: {type: string}}], responses: {}}}
  /c: {get: {parameters: [{name: X-Tenant, in: header, required: true, schema: {type: string}}], responses: {}}}
  /d: {post: {responses: {}}}
  /e: {get: {x-gwgen-exposure: hidden, responses: {}}}
";

#[test]
fn the_first_get_that_needs_nothing_is_chosen() {
    let paths =
        format!("{NEEDY}  /z: {{get: {{responses: {{}}}}}}\n  /y: {{get: {{responses: {{}}}}}}\n");
    let (code, script, told) = bench(&paths, BLUEPRINT, &[]);
    assert_eq!((code, &*told), (0, ""));
    assert_eq!(value(&script, "path"), "'/y'");
    assert_eq!(value(&script, "requests"), "300");
    assert_eq!(value(&script, "concurrency"), "100");
    let cached = format!(
        "{BLUEPRINT}stage: {{cache: {{size_gb: 0.5, ttl: 60s, encrypted: false}}}}\nroutes: [{{match: {{paths: [/y]}}, cache: {{ttl: 60s}}}}]\n"
    );
    let (code, script, told) = bench(&paths, &cached, &[]);
    assert_eq!((code, &*told), (0, ""));
    assert_eq!(value(&script, "path"), "'/z'");
    let (code, script, _) = bench(&paths, &cached, &["--path", "/y"]);
    assert_eq!(code, 0);
    assert!(script.contains("caches this response"), "{script}");
}

#[test]
fn where_every_get_needs_something_a_path_is_asked_for() {
    let (code, script, told) = bench(NEEDY, BLUEPRINT, &[]);
    assert_eq!((code, &*script), (1, ""));
    assert!(told.starts_with("GW0024: no public GET"), "{told}");
    assert!(told.ends_with("`--path /a/VALUE`"), "{told}");
    for (path, why) in [
        ("/a/{id}", "give them values"),
        ("/b", "the parameter `q`"),
        ("/b?p=1", "the parameter `q`"),
        ("/c", "the header `X-Tenant`"),
        ("/d", "no GET of that path"),
        ("/e", "no GET of that path"),
        ("/nowhere", "no GET of that path"),
    ] {
        let (code, script, told) = bench(NEEDY, BLUEPRINT, &["--path", path]);
        assert_eq!((code, &*script), (1, ""), "{path}");
        assert!(
            told.starts_with("GW0024: ") && told.contains(why),
            "{path}: {told}"
        );
    }
    for path in ["/a/42", "/b?p=1&q=2"] {
        let (code, script, told) = bench(NEEDY, BLUEPRINT, &["--path", path]);
        assert_eq!((code, &*told), (0, ""));
        assert_eq!(value(&script, "path"), format!("'{path}'"));
        assert_eq!(value(&script, "server_path"), format!("'{path}'"));
    }
}

#[test]
fn credentials_are_never_asked_for() {
    let paths = "  /a: {get: {security: [{key: []}], responses: {}}}
components: {securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}}
";
    let blueprint =
        format!("{BLUEPRINT}auth: {{key: api-key}}\nusage_plans: {{all: {{keys: [partner]}}}}\n");
    for (arguments, expected) in [
        (&[][..], "GW0024: no public GET"),
        (
            &["--path", "/a"],
            "GW0024: `GET /a` cannot be measured: it needs an API key",
        ),
    ] {
        let (code, script, told) = bench(paths, &blueprint, arguments);
        assert_eq!((code, &*script), (1, ""), "{told}");
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn too_much_is_refused() {
    let folder = folder_with(&[]);
    for arguments in [
        ["--requests", "100001"],
        ["--requests", "0"],
        ["--concurrency", "1001"],
        ["--concurrency", "0"],
        ["--path", "orders"],
        ["--path", "https://shop.example/orders"],
    ] {
        let (code, out, err) =
            printed(folder.path(), &[&["bench-script"][..], &arguments].concat());
        assert_eq!((code, &*out), (2, ""), "{arguments:?}");
        assert!(err.contains(arguments[0]), "{arguments:?}: {err}");
    }
    let path = "  /a: {get: {responses: {}}}\n";
    let limits = ["--requests", "100000", "--concurrency", "1000"];
    assert_eq!(bench(path, BLUEPRINT, &limits).0, 0);
    let (_, script, _) = bench(path, BLUEPRINT, &["--requests", "7"]);
    assert_eq!(value(&script, "concurrency"), "7");
    assert!(value(&script, "whole").starts_with("35 "), "{script}");
}

#[test]
fn one_script_is_for_one_blueprint() {
    let folder = folder_with(&[("gwgen.yaml", BLUEPRINT), ("gwgen.prod.yaml", BLUEPRINT)]);
    let (code, out, err) = printed(folder.path(), &["bench-script"]);
    assert_eq!((code, &*out), (2, ""));
    assert!(
        err.contains("GW0025") && err.contains("one blueprint"),
        "{err}"
    );
}

/// A shell reads what others wrote as it is written: nothing expands, and no line of it begins a
/// command.
#[cfg(unix)]
#[test]
fn what_others_wrote_expands_to_nothing() {
    let paths = "  /a: {get: {responses: {}}}\n";
    let path = "/a?q=$(touch pwned)`touch pwned`'; touch pwned; '\"\\\n touch pwned\n%s%d${HOME}";
    let header = "its $(touch pwned) `touch pwned` \" %s";
    let blueprint = BLUEPRINT.replace(
        "{port: 8080,",
        &format!(
            "{{port: 8080, headers: {{x-note: {}}},",
            serde_json::to_string(header).unwrap()
        ),
    );
    let (code, script, told) = bench(paths, &blueprint, &["--path", path]);
    assert_eq!((code, &*told), (0, ""));
    let folder = folder_with(&[("bench.sh", &script)]);
    let lines: Vec<&str> = script
        .lines()
        .take_while(|line| !line.starts_with("usage()"))
        .collect();
    // The part of the script that is not the same for every API, and what it hands over.
    let head = lines.join("\n")
        + "\nmeasure() { printf '%s\\n' \"$@\" \"$path\" \"$server_path\"; }\nat_servers a b\n";
    let run = Command::new("sh")
        .arg("-c")
        .arg(head)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let out = String::from_utf8(run.stdout).unwrap();
    let url = "/a?q=$(touch%20pwned)%60touch%20pwned%60%27;%20touch%20pwned;%20%27%22%5C%0A%20touch%20pwned%0A%25s%25d$%7BHOME%7D";
    assert_eq!(out, format!("a\nb\n-H\nx-note: {header}\n{url}\n{url}\n"));
    assert!(
        run.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(!folder.path().join("pwned").exists());
}

/// The whole text, and that a shell reads it.
#[test]
fn the_script() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("blueprints/shop");
    let (code, script, _) = printed(&folder, &["bench-script", "--quiet"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(script);
    let folder = folder_with(&[("bench.sh", &script)]);
    let path = folder.path().join("bench.sh");
    if let Ok(checked) = Command::new("sh").arg("-n").arg(&path).output() {
        assert!(
            checked.status.success(),
            "{}",
            String::from_utf8_lossy(&checked.stderr)
        );
        // Without both URLs nothing begins.
        for arguments in [
            &[][..],
            &["http://127.0.0.1:1"],
            &["http://127.0.0.1:1", "127.0.0.1:2"],
        ] {
            let run = Command::new("sh")
                .arg(&path)
                .args(arguments)
                .output()
                .unwrap();
            assert_eq!(run.status.code(), Some(2), "{arguments:?}");
            assert!(String::from_utf8(run.stderr).unwrap().contains("usage: "));
        }
    }
}

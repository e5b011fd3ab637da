//! Findings that need a disk or a command line, each through the real program.
//!
//! `tests/all/diagnostics.rs` lists their codes as exempt from having a folder in `tests/bad`.

use std::fs;
use std::path::Path;

use crate::support::program::{self, BLUEPRINT, diagnosed, folder_with};

const API: &str =
    "openapi: 3.0.3\npaths:\n  /orders: {get: {responses: {}}}\n  /users: {get: {responses: {}}}\n";

/// A folder with a blueprint and its description.
fn folder() -> tempfile::TempDir {
    folder_with(&[("gwgen.yaml", BLUEPRINT), ("openapi.yaml", API)])
}

/// Exit code, and severity, code and first file of every finding but notes, as in
/// `1: error GW0007 gwgen.yaml`.
fn gwgen(folder: &Path, arguments: &str) -> String {
    let (code, _, findings) = diagnosed(folder, &arguments.split(' ').collect::<Vec<_>>());
    let mut seen = vec![format!("{code}:")];
    for finding in findings {
        let [severity, code, file, message, help] = [
            &finding["severity"],
            &finding["code"],
            &finding["places"][0]["file"],
            &finding["message"],
            &finding["help"],
        ]
        .map(|value| value.as_str().unwrap());
        assert!(!message.is_empty() && !help.is_empty(), "{finding}");
        if severity != "info" {
            seen.push(format!("{severity} {code} {file}"));
        }
    }
    seen.join(" ")
}

fn render(folder: &Path) {
    assert_eq!(gwgen(folder, "render"), "0:");
}

#[test]
fn gw0001_a_description_that_is_a_folder() {
    let folder = folder();
    fs::remove_file(folder.path().join("openapi.yaml")).unwrap();
    fs::create_dir(folder.path().join("openapi.yaml")).unwrap();
    assert_eq!(gwgen(folder.path(), "render"), "3: error GW0001 gwgen.yaml");
}

#[cfg(unix)]
#[test]
fn gw0002_a_description_behind_a_link_out_of_the_root() {
    let (folder, elsewhere) = (folder(), folder());
    fs::remove_file(folder.path().join("openapi.yaml")).unwrap();
    std::os::unix::fs::symlink(
        elsewhere.path().join("openapi.yaml"),
        folder.path().join("openapi.yaml"),
    )
    .unwrap();
    assert_eq!(gwgen(folder.path(), "render"), "3: error GW0002 gwgen.yaml");
}

#[test]
fn gw0003_a_file_where_the_output_folder_is_to_be() {
    let folder = folder();
    fs::write(folder.path().join("generated"), "mine").unwrap();
    assert_eq!(gwgen(folder.path(), "render"), "1: error GW0003 gwgen.yaml");
    assert_eq!(
        fs::read_to_string(folder.path().join("generated")).unwrap(),
        "mine"
    );
}

#[test]
fn gw0004_an_output_folder_that_cannot_be_made() {
    let folder = folder();
    // No file system takes a name of 300 bytes, whoever runs the test.
    let name = "x".repeat(300);
    fs::write(
        folder.path().join("gwgen.yaml"),
        format!("{BLUEPRINT}output: {{dir: {name}}}\n"),
    )
    .unwrap();
    assert_eq!(
        gwgen(folder.path(), "render"),
        format!("3: error GW0004 {name}")
    );
}

#[test]
fn gw0005_an_edited_file_that_is_no_longer_part_of_the_output() {
    let folder = folder();
    render(folder.path());
    let routes = folder.path().join("generated/routes_users.tf");
    fs::write(&routes, "# mine\n").unwrap();
    fs::write(
        folder.path().join("openapi.yaml"),
        API.replace("  /users: {get: {responses: {}}}\n", ""),
    )
    .unwrap();
    assert_eq!(
        gwgen(folder.path(), "render"),
        "0: warning GW0005 generated/routes_users.tf"
    );
    assert_eq!(fs::read_to_string(&routes).unwrap(), "# mine\n");
    fs::remove_file(&routes).unwrap();
    render(folder.path());
}

#[test]
fn gw0006_a_file_of_somebody_else() {
    let folder = folder();
    fs::create_dir(folder.path().join("generated")).unwrap();
    fs::write(folder.path().join("generated/api.tf"), "# mine\n").unwrap();
    assert_eq!(
        gwgen(folder.path(), "render"),
        "1: error GW0006 generated/api.tf"
    );
    assert_eq!(
        fs::read_dir(folder.path().join("generated"))
            .unwrap()
            .count(),
        1,
        "nothing was written"
    );
    fs::remove_file(folder.path().join("generated/api.tf")).unwrap();
    render(folder.path());
}

#[test]
fn gw0007_no_blueprint() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(gwgen(folder.path(), "render"), "1: error GW0007 gwgen.yaml");
    assert_eq!(
        gwgen(folder.path(), "render --env prod"),
        "1: error GW0007 gwgen.prod.yaml"
    );
}

#[test]
fn gw0008_two_blueprints_with_one_output_folder() {
    let folder = folder();
    let prod = format!("{BLUEPRINT}environment: prod\n");
    fs::write(folder.path().join("gwgen.prod.yaml"), &prod).unwrap();
    assert_eq!(
        gwgen(folder.path(), "render"),
        "1: error GW0008 gwgen.prod.yaml"
    );
    assert!(
        !folder.path().join("generated").exists(),
        "neither was written"
    );
    fs::write(
        folder.path().join("gwgen.prod.yaml"),
        format!("{prod}output: {{dir: prod}}\n"),
    )
    .unwrap();
    render(folder.path());
}

#[test]
fn gw0009_a_command_that_is_not_built() {
    let folder = folder();
    assert_eq!(
        gwgen(folder.path(), "migrate"),
        "2: error GW2004 <command line>"
    );
}

#[test]
fn gw0010_a_damaged_manifest() {
    let folder = folder();
    render(folder.path());
    let manifest = folder.path().join("generated/.gwgen.json");
    let before = fs::read(&manifest).unwrap();
    for damaged in [
        &b"{"[..],
        b"\xff",
        b"{\"version\": 1, \"files\": {\"../../x\": \"00\"}}",
        b"{\"version\": 2, \"files\": {}}",
    ] {
        fs::write(&manifest, damaged).unwrap();
        assert_eq!(
            gwgen(folder.path(), "render"),
            "1: error GW0010 generated/.gwgen.json"
        );
    }
    fs::write(&manifest, before).unwrap();
    render(folder.path());
}

#[test]
fn gw0011_init_beside_a_blueprint() {
    let folder = folder();
    assert_eq!(gwgen(folder.path(), "init"), "1: error GW0011 gwgen.yaml");
    assert_eq!(
        fs::read_to_string(folder.path().join("gwgen.yaml")).unwrap(),
        BLUEPRINT
    );
    fs::rename(
        folder.path().join("gwgen.yaml"),
        folder.path().join("old.txt"),
    )
    .unwrap();
    assert_eq!(gwgen(folder.path(), "init"), "0:");
}

#[cfg(unix)]
#[test]
fn gw0011_init_beside_a_link_that_leads_nowhere() {
    let folder = folder();
    fs::remove_file(folder.path().join("gwgen.yaml")).unwrap();
    std::os::unix::fs::symlink("elsewhere.yaml", folder.path().join("gwgen.yaml")).unwrap();
    assert_eq!(gwgen(folder.path(), "init"), "1: error GW0011 gwgen.yaml");
    assert!(!folder.path().join("elsewhere.yaml").exists());
}

#[test]
fn gw0012_init_without_a_description() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("values.yaml"), "a: 1\n").unwrap();
    assert_eq!(gwgen(folder.path(), "init"), "1: error GW0012 gwgen.yaml");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn gw0013_init_with_several_descriptions() {
    let folder = folder();
    fs::remove_file(folder.path().join("gwgen.yaml")).unwrap();
    fs::create_dir(folder.path().join("docs")).unwrap();
    fs::write(folder.path().join("docs/openapi.yml"), API).unwrap();
    assert_eq!(gwgen(folder.path(), "init"), "1: error GW0013 gwgen.yaml");
    assert!(!folder.path().join("gwgen.yaml").exists());
    assert_eq!(gwgen(folder.path(), "init --spec docs/openapi.yml"), "0:");
}

#[test]
fn gw0014_an_annotation_for_files_that_are_out_of_date() {
    let folder = folder();
    render(folder.path());
    fs::write(
        folder.path().join("openapi.yaml"),
        API.replace("/users", "/people"),
    )
    .unwrap();
    assert_eq!(gwgen(folder.path(), "check"), "1:", "the diff says it");
    let check = || {
        let arguments = ["check", "--message-format", "github"];
        let (code, _, printed) = program::printed(folder.path(), &arguments);
        // Without the notes of every render.
        let lines = printed
            .lines()
            .filter(|line| !line.starts_with("::notice "));
        (
            code,
            lines.map(|line| format!("{line}\n")).collect::<String>(),
        )
    };
    let (code, printed) = check();
    assert_eq!(code, 1);
    assert!(
        printed.starts_with(
            "::error file=generated/README.md,line=1,col=1,title=GW0014 out-of-date::"
        ),
        "{printed}"
    );
    assert_eq!(printed.lines().count(), 1, "{printed}");
    render(folder.path());
    assert_eq!(check(), (0, String::new()));
}

/// Human output of `lint`.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    program::printed(folder, &[&["lint"], arguments].concat()).2
}

#[test]
fn a_syntax_error_shows_its_line() {
    let folder = folder();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("gwgen.yaml", &format!("{BLUEPRINT}stage:\n\tname: v1\n"));
    assert!(
        printed(folder.path(), &[]).contains("9 |     name: v1\n"),
        "{}",
        printed(folder.path(), &[])
    );
    write(
        "other.yml",
        &format!("{BLUEPRINT}api: {{cors: {{origins: [*]}}}}\n"),
    );
    let text = printed(folder.path(), &["other.yml"]);
    assert!(
        text.contains("8 | api: {cors: {origins: [*]}}\n")
            && text.contains("in quotes, as in `\"*\"`"),
        "{text}"
    );
    write("gwgen.yaml", "extends: gwgen.base.yaml\n");
    write("gwgen.base.yaml", &format!("{BLUEPRINT}name: 'shop\n"));
    assert!(printed(folder.path(), &["gwgen.yaml"]).contains("| name: 'shop\n"));
    write("gwgen.yaml", "extends: common.yaml\n");
    write("common.yaml", &format!("{BLUEPRINT}tags:\n\tteam: shop\n"));
    assert!(printed(folder.path(), &["gwgen.yaml"]).contains("|     team: shop\n"));
    write("gwgen.yaml", BLUEPRINT);
    write(
        "openapi.yaml",
        "openapi: 3.0.3\npaths:\n  /orders: {get: {responses: {}}\n",
    );
    assert!(
        printed(folder.path(), &["gwgen.yaml"]).contains("|   /orders: {get: {responses: {}}\n")
    );
}

#[test]
fn a_syntax_error_shows_no_line_of_a_file_that_is_neither_blueprint_nor_description() {
    let folder = folder();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("secrets.yaml", "password:\n\tsecret: hunter2\n");
    for blueprint in [
        BLUEPRINT.replace("openapi.yaml", "secrets.yaml"),
        format!("{BLUEPRINT}extends: secrets.yaml\n"),
    ] {
        write("gwgen.yaml", &blueprint);
        let text = printed(folder.path(), &[]);
        assert!(
            text.contains("GW1002") && text.contains("secrets.yaml:2") && !text.contains("hunter2"),
            "{text}"
        );
    }
    write("gwgen.yaml", BLUEPRINT);
    write(
        "openapi.yaml",
        "openapi: 3.0.3\npaths:\n  /orders: {$ref: secrets.yaml}\n",
    );
    assert!(!printed(folder.path(), &[]).contains("hunter2"));
}

/// A folder with a base, which says this of itself, and two blueprints that extend it.
fn environments(of_base: &str) -> tempfile::TempDir {
    let folder = folder();
    fs::write(
        folder.path().join("gwgen.yaml"),
        format!("{BLUEPRINT}{of_base}"),
    )
    .unwrap();
    for name in ["dev", "prod"] {
        let text =
            format!("extends: gwgen.yaml\nenvironment: {name}\noutput: {{dir: infra/{name}}}\n");
        fs::write(folder.path().join(format!("gwgen.{name}.yaml")), text).unwrap();
    }
    folder
}

#[test]
fn gw2140_a_base_is_never_a_stack() {
    let folder = environments("abstract: true\n");
    render(folder.path());
    assert!(folder.path().join("infra/dev").exists() && folder.path().join("infra/prod").exists());
    assert!(!folder.path().join("generated").exists());
    for command in ["render", "check", "lint", "routes", "show"] {
        assert_eq!(
            gwgen(folder.path(), &format!("{command} gwgen.yaml")),
            "1: error GW2140 gwgen.yaml",
            "{command}"
        );
    }
    // A base of a base is one too, and alone it is reported.
    for name in ["dev", "prod"] {
        fs::remove_file(folder.path().join(format!("gwgen.{name}.yaml"))).unwrap();
    }
    assert_eq!(gwgen(folder.path(), "render"), "1: error GW2140 gwgen.yaml");
}

#[test]
fn gw2141_a_base_that_does_not_say_so() {
    let folder = environments("");
    assert_eq!(gwgen(folder.path(), "render"), "1: error GW2141 gwgen.yaml");
    assert!(
        folder.path().join("infra/dev").exists() && !folder.path().join("generated").exists(),
        "the others are written"
    );
    // Through a chain.
    let chain = environments("");
    fs::write(
        chain.path().join("gwgen.eu.yaml"),
        "extends: gwgen.prod.yaml\nenvironment: eu\noutput: {dir: infra/eu}\n",
    )
    .unwrap();
    assert_eq!(gwgen(chain.path(), "check"), "1: error GW2141 gwgen.yaml");
    // The mend: one line, or its own environment.
    for mended in [
        "abstract: true\n",
        "abstract: false\n",
        "environment: test\n",
    ] {
        render(environments(mended).path());
    }
    // A blueprint without a required field can only be a base.
    let folder = environments("");
    fs::write(
        folder.path().join("gwgen.yaml"),
        BLUEPRINT.replace("version: 1\n", ""),
    )
    .unwrap();
    for name in ["dev", "prod"] {
        let path = folder.path().join(format!("gwgen.{name}.yaml"));
        fs::write(
            &path,
            format!("version: 1\n{}", fs::read_to_string(&path).unwrap()),
        )
        .unwrap();
    }
    render(folder.path());
}

/// A folder with two blueprints that say this of their stacks.
fn two(first: &str, second: &str) -> tempfile::TempDir {
    let folder = folder();
    fs::remove_file(folder.path().join("gwgen.yaml")).unwrap();
    for (name, text) in [("a", first), ("b", second)] {
        let text = format!("{BLUEPRINT}output: {{dir: out/{name}}}\n{text}");
        fs::write(folder.path().join(format!("gwgen.{name}.yaml")), text).unwrap();
    }
    folder
}

#[test]
fn gw2142_two_blueprints_of_one_stack() {
    let written = "environment: prod\nregion: eu-west-1\naccount: {cloudwatch_role: 'arn:aws:iam::123456789012:role/logs'}\n";
    let folder = two(written, written);
    for command in ["render", "check", "lint"] {
        assert_eq!(
            gwgen(folder.path(), command),
            "1: error GW2142 gwgen.b.yaml",
            "{command}"
        );
    }
    assert!(!folder.path().join("out").exists(), "neither was written");
    for (from, to) in [
        ("prod", "test"),
        ("eu-west-1", "eu-north-1"),
        ("123456789012", "210987654321"),
    ] {
        render(two(written, &written.replace(from, to)).path());
    }
}

#[test]
fn gw2143_two_blueprints_that_only_deploy_time_tells_apart() {
    for (first, second, is_said) in [
        ("", "", true),
        (
            "environment: prod\n",
            "environment: prod\nregion: eu-west-1\n",
            true,
        ),
        (
            "environment: {var: environment}\n",
            "environment: prod\n",
            true,
        ),
        (
            "environment: {var: environment}\nregion: eu-west-1\n",
            "environment: {var: environment}\nregion: eu-north-1\n",
            false,
        ),
        ("environment: prod\n", "", false),
    ] {
        let expected = if is_said {
            "0: warning GW2143 gwgen.b.yaml"
        } else {
            "0:"
        };
        let folder = two(first, second);
        assert_eq!(gwgen(folder.path(), "render"), expected, "{first}{second}");
        assert!(folder.path().join("out/b").exists());
    }
}

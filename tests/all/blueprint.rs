//! Behaviour of reading a blueprint, as a user would see it.

mod extended;

use std::sync::Arc;

use gwgen::blueprint::{self, Blueprint, ValueSpec, ValuesSpec};
use gwgen::diagnostic::Outcome;
use gwgen::source::{FilesInMemory, Finding, RelativePath, Sources};

use crate::support::{compile, fixtures};

const MINIMAL: &str = "version: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-targets\n\
    network: {vpc: {var: vpc_id}, subnets: {var: private_subnet_ids}}\n\
    backends:\n  orders: {port: 8080, targets: {instances: [i-0a1b2c3d]}}\n";

fn read_all(files: &[(&str, &str)]) -> (Option<Blueprint>, Vec<Finding>) {
    let memory = FilesInMemory(
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect(),
    );
    let mut sources = Sources::default();
    let path = RelativePath::join("", files[0].0).expect("the tests name files below the root");
    let Outcome { value, diagnostics } =
        blueprint::read(&memory, path, Arc::from(files[0].0), &mut sources);
    for diagnostic in &diagnostics {
        assert!(
            !diagnostic.message.is_empty() && !diagnostic.help.is_empty(),
            "{diagnostic:?}"
        );
    }
    (value, sources.locate(diagnostics))
}

fn read(text: &str) -> (Option<Blueprint>, Vec<Finding>) {
    read_all(&[("gwgen.yaml", text)])
}

/// Code, line and pointer of every finding.
fn findings(text: &str) -> Vec<(&'static str, u32, String)> {
    seen(read(text).1)
}

fn seen(findings: Vec<Finding>) -> Vec<(&'static str, u32, String)> {
    findings
        .into_iter()
        .map(|diagnostic| {
            (
                diagnostic.code,
                diagnostic.places[0].line,
                diagnostic.places[0].pointer.clone().unwrap_or_default(),
            )
        })
        .collect()
}

fn found(code: &'static str, line: u32, pointer: &str) -> (&'static str, u32, String) {
    (code, line, pointer.to_owned())
}

fn findings_of(text: &str, from: &str, to: &str) -> Vec<(&'static str, u32, String)> {
    assert!(text.contains(from), "{from}");
    findings(&text.replace(from, to))
}

#[test]
fn a_minimal_blueprint_reads() {
    let (blueprint, findings) = read(MINIMAL);
    assert!(findings.is_empty(), "{findings:#?}");
    let spec = blueprint.unwrap().spec;
    assert_eq!(spec.name, "shop");
    let instances = spec.backends["orders"]
        .targets
        .as_ref()
        .unwrap()
        .instances
        .clone();
    assert_eq!(
        instances,
        Some(ValuesSpec::List(vec![ValueSpec::Literal(
            "i-0a1b2c3d".to_owned()
        )]))
    );
}

#[test]
fn the_contract_s_example_has_only_mistakes_of_its_own() {
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}]}"#;
    let files = [
        ("gwgen.prod.yaml", include_str!("../data/contract.yaml")),
        ("gwgen.yaml", "version: 1\n"),
        ("policy.json", policy),
    ];
    let (blueprint, findings) = read_all(&files);
    assert!(blueprint.is_some());
    // The example's mounts use two backends that it does not define, and its topology has neither
    // an application load balancer nor functions.
    let expected = [
        found("GW2005", 64, "/mounts/0/backend"),
        found("GW2005", 65, "/mounts/1/backends/orders"),
        found("GW2024", 110, "/vpc_link/subnets"),
        found("GW2024", 110, "/vpc_link/security_groups"),
        found("GW2024", 113, "/alb"),
        found("GW2024", 118, "/sync"),
        found("GW2024", 119, "/forwarder"),
    ];
    assert_eq!(seen(findings), expected);
}

#[test]
fn every_unknown_field_is_reported_at_once() {
    let text = MINIMAL.replace("port: 8080", "prot: 1, port: 8080, colour: red")
        + "topologi: x\nroutes:\n  - {match: {}, bakend: orders}\nauth: {jwt: {lambda: {fnction: x}}}\n";
    let (_, findings) = read(&text);
    let reported: Vec<_> = findings
        .iter()
        .map(|diagnostic| {
            (
                diagnostic.code,
                diagnostic.places[0].line,
                diagnostic.message.clone(),
                diagnostic.help.clone(),
            )
        })
        .collect();
    assert!(
        reported.iter().all(|row| row.0 == "GW2001"),
        "{reported:#?}"
    );
    insta::assert_json_snapshot!("unknown_fields", reported);
}

#[test]
fn missing_parts_are_named() {
    let (blueprint, findings) = read("version: 1\n");
    assert!(blueprint.is_none());
    assert_eq!(findings.len(), 4, "{findings:#?}");
    assert!(
        findings
            .iter()
            .all(|diagnostic| diagnostic.code == "GW2003")
    );
    assert_eq!(
        findings_of(MINIMAL, "port: 8080, ", ""),
        [found("GW2003", 7, "/backends/orders")]
    );
    assert_eq!(
        findings_of(MINIMAL, "vpc: {var: vpc_id}, ", ""),
        [found("GW2003", 5, "/network")]
    );
    assert_eq!(
        findings_of(
            MINIMAL,
            "  orders: {port: 8080, targets: {instances: [i-0a1b2c3d]}}",
            "  {}"
        ),
        [found("GW2003", 6, "/backends")]
    );
    assert_eq!(
        findings_of(MINIMAL, "network:", "netwrok:"),
        [found("GW2003", 1, ""), found("GW2001", 5, "/netwrok")]
    );
}

/// A code and its pointer, a text of `MINIMAL`, and a wrong one in its place; `⏎` is a line break.
const WRONG_VALUES: &str = r#"
GW2002 /version | version: 1 | version: 2
GW2002 /version | version: 1 | version: "1"
GW2002 /name | name: shop | name: Shop
GW2002 /name | name: shop | name: a-name-that-is-too-long
GW2002 /name | name: shop | name: "a\nb"
GW2002 /name | name: shop | name:
GW2002 /environment | name: shop | name: shop⏎environment: a-production-of-twenty-one
GW2002 /environment/default | name: shop | name: shop⏎environment: {var: stage, default: a-production-of-twenty-one}
GW2001 /backends/orders/targets/instnaces | instances: [i-0a1b2c3d] | instnaces: [i-0a1b2c3d]
GW2001 /environment/vra | name: shop | name: shop⏎environment: {vra: x}
GW2002 /environment | name: shop | name: shop⏎environment: {var: Env}
GW2002 /environment | name: shop | name: shop⏎environment: {var: count}
GW2007 /environment | name: shop | name: shop⏎environment: {expr: 'a b'}
GW2002 /region | name: shop | name: shop⏎region: Tokyo
GW1007 /name | name: shop | name: shop⏎name: again
GW2012 /extends | name: shop | name: shop⏎extends: gwgen.yaml
GW0002 /extends | name: shop | name: shop⏎extends: ../../x.yaml
GW2002 /topology | nlb-targets | nlb-target
GW2002 /backends/orders/port | 8080 | 0
GW2002 /backends/orders/port | 8080 | 65536
GW2002 /backends/orders/port | 8080 | '8080'
GW2002 /backends/orders/deregistration_delay | 8080 | 8080, deregistration_delay: 60
GW2002 /backends/orders/path_prefix | 8080 | 8080, path_prefix: x
GW2002 /backends/orders/health_check/matcher | 8080 | 8080, health_check: {matcher: ok}
GW2002 /backends/orders/targets/instances | instances: [i-0a1b2c3d] | instances: i-0a1b2c3d
GW2002 /backends/orders/targets | instances: [i-0a1b2c3d] | instances: [i-0a1b2c3d], ecs: true
GW2002 /backends/orders/targets/ecs | instances: [i-0a1b2c3d] | ecs: false
GW2002 /backends/Orders | orders: | Orders:
GW2005 /routes/0/backend | topology: | routes: [{match: {}, backend: order}]⏎topology:
GW2010 /routes/0/auth | topology: | routes: [{match: {}, auth: jwt}]⏎topology:
GW2002 /routes/0/match/methods/0 | topology: | routes: [{match: {methods: [fetch]}}]⏎topology:
GW2002 /routes/0/cache | topology: | routes: [{match: {}, cache: on}]⏎topology:
GW2002 /mounts/0/at | topology: | mounts: [{at: dev, backend: orders}]⏎topology:
GW2005 /mounts/0/backends/orders | topology: | mounts: [{at: /dev, backends: {orders: nobody}}]⏎topology:
GW2002 /auth/jwt | topology: | auth: {jwt: igonre}⏎topology:
GW2001 /auth/jwt/cognit | topology: | auth: {jwt: {cognit: {}}}⏎topology:
GW2002 /account/cloudwatch_role | topology: | account: {cloudwatch_role: mine}⏎topology:
GW2002 /limits/resources | topology: | limits: {resources: 0}⏎topology:
GW2004 /output/nested | topology: | output: {nested: true}⏎topology:
GW2015 /spec/1 | openapi.yaml | [a.yaml, a.yaml]
GW2011 /backends/orders/targets/hosts | instances: [i-0a1b2c3d] | hosts: [a]
"#;

#[test]
fn wrong_values_are_named_one_by_one() {
    for row in WRONG_VALUES.trim().lines() {
        let mut cells = row.split(" | ");
        let [finding, from, to] = std::array::from_fn(|_| cells.next().unwrap());
        let (code, pointer) = finding.split_once(' ').unwrap();
        let seen = findings_of(MINIMAL, from, &to.replace('⏎', "\n"));
        assert!(
            seen.iter().any(|row| row.0 == code && row.2 == pointer),
            "{to}: {seen:?}"
        );
        assert!(seen.len() == 1 || code == "GW2011", "{to}: {seen:?}");
    }
}

#[test]
fn a_mistake_in_a_list_moves_no_other_place() {
    let text = MINIMAL.to_owned()
        + "routes:\n  - {match: {}, timeout: 5}\n  - {match: {}, backend: nobody}\n  - {mtach: {}}\n  - {match: {}, auth: nobody}\n";
    assert_eq!(
        findings(&text),
        [
            found("GW2002", 9, "/routes/0/timeout"),
            found("GW2005", 10, "/routes/1/backend"),
            found("GW2001", 11, "/routes/2/mtach"),
            found("GW2010", 12, "/routes/3/auth"),
        ]
    );
}

#[test]
fn ports_and_variables_conflict_with_both_places() {
    let text = MINIMAL.to_owned()
        + "  users: {port: 8080, targets: {ecs: true}}\ntags: {a: {var: team, default: x}, b: {var: team, default: y}}\n";
    let (_, findings) = read(&text);
    assert_eq!(
        seen(findings.clone()),
        [
            found("GW2009", 8, "/backends/users/port"),
            found("GW2006", 9, "/tags/b/default")
        ]
    );
    assert!(
        findings
            .iter()
            .all(|diagnostic| diagnostic.places.len() == 2)
    );
}

#[test]
fn variables_say_together_what_their_uses_say() {
    let (blueprint, findings) = read(
        &(MINIMAL.to_owned()
            + "tags: {var: {var: team, default: x}, b: {var: team, sensitive: true}}\n"),
    );
    assert!(findings.is_empty(), "{findings:#?}");
    let blueprint = blueprint.unwrap();
    let team = &blueprint.variables()["team"];
    assert_eq!(
        (team.default.clone(), team.sensitive),
        (Some("x".into()), Some(true))
    );
}

#[test]
fn numbers_keep_their_text_where_text_is_meant() {
    let (blueprint, findings) = read(
        &(MINIMAL.to_owned()
            + "tags: {release: 1.10, build: 1e3, on: true}\nstage: {cache: {size_gb: 0.50}}\n"),
    );
    assert_eq!(seen(findings), []);
    let tags = blueprint.unwrap().spec.tags.unwrap();
    assert_eq!(
        tags.values().cloned().collect::<Vec<_>>(),
        ["1e3", "true", "1.10"].map(|text| ValueSpec::Literal(text.to_owned()))
    );
}

#[test]
fn json_and_yaml_twins_are_equal() {
    let yaml =
        MINIMAL.to_owned() + "routes: [{match: {methods: [GET]}, timeout: 5s, cache: off}]\n";
    let json = r#"{"version": 1, "name": "shop", "spec": ["openapi.yaml"], "topology": "nlb-targets",
        "network": {"vpc": {"var": "vpc_id"}, "subnets": {"var": "private_subnet_ids"}},
        "backends": {"orders": {"port": 8080, "targets": {"instances": ["i-0a1b2c3d"]}}},
        "routes": [{"match": {"methods": ["GET"]}, "timeout": "5s", "cache": "off"}]}"#;
    let (yaml, json) = (read(&yaml), read_all(&[("gwgen.json", json)]));
    assert!(
        yaml.1.is_empty() && json.1.is_empty(),
        "{:#?}{:#?}",
        yaml.1,
        json.1
    );
    assert_eq!(yaml.0.unwrap().spec, json.0.unwrap().spec);
}

#[test]
fn what_is_shown_reads_back_as_the_same() {
    let rich = MINIMAL.replace(
        "port: 8080",
        "port: 8080, protocol: https, host: {expr: 'local.a+1'}, health_check: {protocol: http}",
    ) + "  users: {port: 9, targets: {ecs: {network: bridge}}}\n\
           tags: {'a: b': \"x # \\\"y\\\" ${z}\", 'on': 'off', n: '5', e: '1e3', t: 30s, empty: ''}\n\
           routes: [{match: {paths: ['/a/**', '*']}, auth: none, weakens: 'it is: public'}]\nmounts: [{at: /dev, backends: {orders: users}}]\n";
    for text in [MINIMAL, &rich] {
        let (blueprint, findings) = read(text);
        assert!(findings.is_empty(), "{findings:#?}");
        let shown = blueprint::show(&blueprint.unwrap());
        let (again, findings) = read(&shown);
        assert!(findings.is_empty(), "{findings:#?}\n{shown}");
        assert_eq!(blueprint::show(&again.unwrap()), shown);
    }
    let (blueprint, _) = read(&rich);
    insta::assert_snapshot!("shown", blueprint::show(&blueprint.unwrap()));
}

#[test]
fn what_is_shown_renders_the_same_files() {
    for fixture in fixtures() {
        let (path, display) = (
            RelativePath::join("", "gwgen.yaml").unwrap(),
            "gwgen.yaml".into(),
        );
        let files = FilesInMemory(fixture.files.clone());
        let read = blueprint::read(&files, path, display, &mut Sources::default());
        let shown = blueprint::show(&read.value.unwrap());
        let mut files = fixture.files.clone();
        let written = compile(files.clone()).tree;
        files.insert("gwgen.yaml".to_owned(), shown.into_bytes());
        let [written, shown] =
            [written, compile(files).tree].map(|tree| tree.expect("a case has no error").files);
        // Subnets that are written for a link are described as the link's.
        if fixture.name != "link_to_rules_of_others" {
            assert_eq!(written, shown, "{}", fixture.name);
        }
    }
}

#[test]
fn hostile_texts_give_a_code() {
    let deep = "[".repeat(100_000);
    let nested = format!(
        "{{\"version\": {}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let flow = format!(
        "version: 1\nname: {}{}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let braces = format!("name: {{expr: '{}'}}", "(".repeat(2_000));
    let unknown: String = (0..3_000)
        .map(|number| format!("field{number}: x\n"))
        .collect();
    for text in [
        "",
        "\0",
        "null",
        "[]",
        "5",
        "{",
        "a: b: c",
        "- x",
        "? {a: b}\n: c",
        "version: \u{7}",
        "{\"version\": \"\\u0000\"}",
        "{\"\\u0000\": 1}",
        "name: \"${x}\"",
        "name: \"a\\\"b\"",
        "name: \"a\\nb\"",
        "tags: {a: \"\\u001f\\u001e\"}",
        "<<: 5",
        "&a [*a]",
        &deep,
        &nested,
        &flow,
        &braces,
        &unknown,
    ] {
        for file in ["gwgen.yaml", "gwgen.json"] {
            let (blueprint, findings) = read_all(&[(file, text)]);
            assert!(blueprint.is_none() && !findings.is_empty(), "{text:.80}");
        }
    }
    let (_, findings) = read_all(&[(
        "gwgen.json",
        "{\"name\": \"unknown field `x`, expected `y`\", \"unknown field `a`, expected `b`\": 1}",
    )]);
    assert!(
        findings
            .iter()
            .any(|diagnostic| diagnostic.code == "GW2001")
    );
}

#[test]
fn the_schema_knows_every_field_and_no_other() {
    let schema = blueprint::schema();
    assert_eq!(schema["title"], "gwgen blueprint");
    assert!(schema.get("$id").is_none());
    let text = serde_json::to_string_pretty(&schema).unwrap();
    assert!(
        !serde_json::to_string(&schema["$defs"]["Blueprint"])
            .unwrap()
            .contains("\"null\""),
        "only a file that is merged removes keys"
    );
    insta::assert_snapshot!("schema", text);
}

/// Returns whether the published schema accepts a file.
fn is_taken(validator: &jsonschema::Validator, text: &str) -> bool {
    let path = RelativePath::join("", "gwgen.yaml").unwrap();
    let file = gwgen::source::SourceFile::read(
        &FilesInMemory([("gwgen.yaml".to_owned(), text.into())].into()),
        path,
        "gwgen.yaml".into(),
    )
    .unwrap();
    validator.is_valid(&serde_json::from_str(&file.json).unwrap())
}

#[test]
fn the_schema_takes_bases_and_overlays() {
    let validator = jsonschema::validator_for(&blueprint::schema()).unwrap();
    for text in [
        MINIMAL,
        "abstract: true\nname: shop\nnetwork: {vpc: vpc-00000001}\n",
        "extends: gwgen.yaml\n",
        "extends: gwgen.yaml\nstage: null\nbackends: {orders: {port: 81}, users: null}\nnetwork: {cidrs: null}\n",
        "extends: gwgen.yaml\nauth: {jwt: {lambda: {ttl: 5m}}, key: iam}\nroutes: [{match: {tags: [a]}, exposure: hidden}]\n",
        "extends: gwgen.yaml\nbackends: {orders: {targets: {ecs: {network: bridge}}}}\n",
    ] {
        assert!(is_taken(&validator, text), "{text}");
    }
    for text in [
        "name: shop\n",
        "abstract: false\nname: shop\n",
        "extends: gwgen.yaml\nnmae: shop\n",
        "extends: gwgen.yaml\nroutes: [{exposure: hidden}]\n",
        "extends: gwgen.yaml\nroutes: [{match: {tags: null}}]\n",
        "extends: gwgen.yaml\nnetwork: {vpc: {default: x}}\n",
        &MINIMAL.replace("{vpc: {var: vpc_id}, ", "{"),
        &format!("{MINIMAL}stage: null\n"),
    ] {
        assert!(!is_taken(&validator, text), "{text}");
    }
}

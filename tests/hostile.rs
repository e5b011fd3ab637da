//! Input that means harm or is broken: every one ends, with a code at a line that is there or with correct output.
//!
//! Output that renders is parsed by hcl-rs and serde_json and holds the user's text unchanged.
//! No test is timed: time and memory of the release build are measured by hand, against 2 s and 512 MB.

#![allow(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use gwgen::source::{Finding, Memory, RelativePath};
use gwgen::{Compiled, Request, compile};

const BLUEPRINT: &str = "version: 1\nname: shop\nspec: openapi.yaml\ntopology: nlb-targets\n\
    network: {vpc: vpc-0abc, subnets: [subnet-0aa, subnet-0bb]}\n\
    backends:\n  orders: {port: 8080, targets: {ecs: true}}\n";
const API: &str = "openapi: 3.0.3\ninfo: {title: Shop, version: \"1\"}\npaths:\n  /orders:\n    get: {responses: {}}\n";
const API_JSON: &str = r#"{"openapi": "3.0.3", "info": {"title": "Shop"}, "paths": {"/orders": {"get": {"responses": {}}}}}"#;

type Files<'a> = [(&'a str, Vec<u8>)];

/// Compiles files whose first is the blueprint; every finding has a code, a text and a line that is there.
fn run(files: &Files<'_>) -> (Compiled, Vec<Finding>) {
    let memory = Memory(files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect());
    let request = Request { blueprint: RelativePath::join("", files[0].0).unwrap(), display: Arc::from(files[0].0) };
    let mut compiled = compile(&memory, &request);
    let findings = compiled.sources.locate(std::mem::take(&mut compiled.diagnostics));
    for it in &findings {
        assert!(!it.message.is_empty() && !it.help.is_empty() && it.message.len() < 2_100 && it.help.len() < 2_100, "{it:?}");
        for place in &it.places {
            let lines = memory.0.get(&*place.file).map_or(1, |bytes| bytes.iter().filter(|it| **it == b'\n').count() + 1);
            assert!((1..=lines).contains(&(place.line as usize)), "{it:?}");
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
    let has_error = findings.iter().any(|it| it.severity == gwgen::diagnostic::Severity::Error);
    assert_eq!(compiled.tree.is_none(), has_error);
    let said = findings.iter().filter(|it| it.severity != gwgen::diagnostic::Severity::Info);
    said.map(|it| (it.code, it.places[0].line)).collect()
}

fn blueprint(text: impl Into<Vec<u8>>) -> Vec<(&'static str, u32)> {
    codes(&[("gwgen.yaml", text.into()), ("openapi.yaml", API.into())])
}

/// Every generated file by name.
fn rendered(blueprint: &str, api: &str) -> BTreeMap<String, String> {
    let (compiled, findings) = run(&[("gwgen.yaml", blueprint.into()), ("openapi.yaml", api.into())]);
    let tree = compiled.tree.unwrap_or_else(|| panic!("{blueprint}{api}{findings:?}"));
    tree.files.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect()
}

// Sizes and depths.

/// Ten times ten times ten ... the same list.
fn laughs(levels: u8) -> String {
    let mut text = String::from("x-a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..=levels {
        let (before, name) = ((b'a' + level - 1) as char, (b'a' + level) as char);
        writeln!(text, "x-{name}: &{name} [{}]", vec![format!("*{before}"); 10].join(", ")).unwrap();
    }
    text
}

#[test]
fn alias_bombs_are_refused_where_they_grow() {
    let [(code, line)] = described("openapi.yaml", format!("{API}{}", laughs(20)))[..] else { panic!() };
    assert!(code == "GW1004" && (10..15).contains(&line), "{code} {line}");
    let [(code, _)] = blueprint(format!("{BLUEPRINT}{}", laughs(20)))[..] else { panic!() };
    assert_eq!(code, "GW1004");
    let quadratic = format!("{API}x-a: &a {}\nx-b:\n{}", "y".repeat(100_000), "  - *a\n".repeat(10_000));
    let [(code, _)] = described("openapi.yaml", quadratic)[..] else { panic!() };
    assert_eq!(code, "GW1004");
}

#[test]
fn merge_key_bombs_are_refused_or_rendered() {
    let mut text = String::from("x-a: &a {k: v}\n");
    for level in 1..100 {
        writeln!(text, "x-{level}: &b{level} {{<<: [*{}, *{}], k{level}: v}}", previous(level), previous(level)).unwrap();
    }
    assert_eq!(described("openapi.yaml", format!("{API}{text}")), []);
    // One large mapping merged into another: as long as both together.
    let members = |from: u32| (from..from + 20_000).fold(String::new(), |text, key| text + &format!("  k{key}: v\n"));
    let large = format!("{API}x-a: &a\n{}x-b:\n  <<: *a\n{}", members(0), members(10_000));
    assert_eq!(described("openapi.yaml", large), []);
    let (opening, text, closing) = ("{<<: *a, k: ".repeat(100), "v".repeat(1 << 20), "}".repeat(100));
    let nested = format!("{API}x-a: &a {{k: v}}\nx-b: {opening}{text}{closing}\n");
    let found = described("openapi.yaml", nested);
    assert_eq!(found.first().map(|it| it.0), Some("GW1004"));
}

fn previous(level: u32) -> String {
    if level == 1 { "a".to_owned() } else { format!("b{}", level - 1) }
}

#[test]
fn an_anchor_within_a_merged_mapping_keeps_its_text() {
    let api = "openapi: 3.0.3\nx-base: &base {summary: \"\u{e9}\u{e9}\u{e9}\u{e9}\"}\npaths:\n  /orders:\n    <<: *base\n    get: &get {responses: {}}\n  /users:\n    post: *get\n";
    let files = rendered(BLUEPRINT, api);
    assert!(files["routes_users.tf"].contains("POST") && files["routes_orders.tf"].contains("GET"));
}

#[test]
fn an_alias_of_itself_is_refused() {
    assert_eq!(described("openapi.yaml", format!("{API}x-a: &a\n  b: [*a]\n")), [("GW1002", 7)]);
    assert_eq!(described("openapi.yaml", format!("{API}x-a: *nowhere\n")), [("GW1002", 6)]);
    assert_eq!(blueprint(format!("{BLUEPRINT}tags: &a {{b: *a}}\n")), [("GW1002", 8)]);
}

#[test]
fn deep_nesting_is_refused_or_skipped() {
    let depth = 100_000;
    let lists = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let mappings = format!("{}1{}", "{\"a\": ".repeat(depth), "}".repeat(depth));
    for deep in [&lists, &mappings] {
        // JSON skips what nobody reads without going down.
        let json = |text: &str| text.replacen("DEEP", deep, 1);
        for ignored in [
            r#"{"x-note": DEEP, "openapi": "3.0.3", "paths": {"/orders": {"get": {"responses": {}}}}}"#,
            r#"{"openapi": "3.0.3", "paths": {"/orders": {"get": {"responses": {"200": {"content": {"a/b": {"schema": DEEP}}}}}}}}"#,
        ] {
            let found = described("openapi.json", json(ignored));
            assert!(found.iter().all(|it| it.0 == "GW1003"), "{found:?}");
        }
        for read in [
            r#"{"openapi": "3.0.3", "paths": DEEP}"#,
            r#"{"openapi": "3.0.3", "paths": {"/orders": {"get": {"security": DEEP}}}}"#,
            r#"{"openapi": "3.0.3", "paths": {"/orders": {"get": {"parameters": DEEP}}}}"#,
            "DEEP",
        ] {
            assert!(!described("openapi.json", json(read)).is_empty(), "{read}");
            assert!(!described("openapi.yaml", json(read)).is_empty(), "{read}");
        }
        for yaml in [format!("{API}x-note: {deep}\n"), format!("openapi: 3.0.3\npaths: {deep}\n")] {
            let found = described("openapi.yaml", yaml);
            assert!(matches!(found[..], [("GW1003", _)]), "{found:?}");
        }
        for text in [format!("{BLUEPRINT}tags: {deep}\n"), format!("{BLUEPRINT}nothing: {deep}\n"), deep.clone()] {
            let found = blueprint(text);
            assert!(matches!(found[..], [("GW1003", _)]), "{found:?}");
        }
        let found = codes(&[("gwgen.json", format!("{{\"tags\": {deep}}}").into_bytes())]);
        assert_eq!(found, [("GW1003", 1)]);
    }
    let dashes = format!("{API}x-note:\n  {}a\n", "- ".repeat(depth));
    assert!(matches!(described("openapi.yaml", dashes)[..], [("GW1003", 7)]));
    let steps = (0..2_000).fold(format!("{API}x-note:\n"), |text, level| text + &" ".repeat(level + 1) + "a:\n");
    assert!(matches!(described("openapi.yaml", steps)[..], [("GW1003", _)]));
}

#[test]
fn references_in_a_circle_are_refused() {
    let api = |parameter: &str, components: &str| {
        format!("openapi: 3.1.0\npaths:\n  /orders:\n    get:\n      parameters: [{{$ref: '{parameter}'}}]\ncomponents:\n{components}")
    };
    let own = api("#/components/parameters/A", "  parameters:\n    A: {$ref: '#/components/parameters/A'}\n");
    assert_eq!(described("openapi.yaml", own), [("GW1009", 8)]);
    let two = api(
        "#/components/parameters/A",
        "  parameters:\n    A: {$ref: '#/components/parameters/B'}\n    B: {$ref: '#/components/parameters/A'}\n",
    );
    assert_eq!(described("openapi.yaml", two), [("GW1009", 8)]);
    let item = "openapi: 3.1.0\npaths:\n  /orders: {$ref: '#/components/pathItems/A'}\n  /users: {get: {}}\ncomponents:\n  pathItems:\n    A: {$ref: '#/components/pathItems/A'}\n";
    let found = described("openapi.yaml", item);
    assert!(matches!(found[..], [("GW1009", _)]), "{found:?}");
    let body = "openapi: 3.1.0\npaths:\n  /orders:\n    post: {requestBody: {$ref: '#/components/requestBodies/A'}, responses: {}}\ncomponents:\n  requestBodies:\n    A: {$ref: '#/components/requestBodies/A'}\n";
    assert_eq!(described("openapi.yaml", body), [("GW1009", 7)]);
}

#[test]
fn server_variables_do_not_expand_each_other() {
    let mut api = String::from("openapi: 3.0.3\npaths:\n  /orders: {get: {responses: {}}}\nservers:\n  - url: /{v0}\n    variables:\n");
    for level in 0..64 {
        writeln!(api, "      v{level}: {{default: \"{{v{next}}}{{v{next}}}\"}}", next = level + 1).unwrap();
    }
    assert_eq!(described("openapi.yaml", api), [("GW1013", 5)]);
}

#[test]
fn long_strings_are_read_and_cut_in_messages() {
    let long = "x".repeat(1 << 20);
    for (name, api) in [("openapi.yaml", API.replace("Shop", &long)), ("openapi.json", API_JSON.replace("Shop", &long))] {
        assert_eq!(described(name, api), [], "a title");
    }
    let described_by = |text: &str, replaced: &str| text.replacen("responses: {}", replaced, 1).replacen("\"responses\": {}", replaced, 1);
    let schema = format!("\"responses\": {{\"200\": {{\"description\": \"{long}\"}}}}");
    assert_eq!(described("openapi.yaml", described_by(API, &schema)), []);
    assert_eq!(described("openapi.json", described_by(API_JSON, &schema)), []);
    let key = |text: &str, key: &str| text.replacen("/orders", key, 1);
    assert_eq!(described("openapi.json", key(API_JSON, &format!("/{long}"))), [("GW4016", 1)]);
    assert_eq!(described("openapi.json", key(API_JSON, &long)), [("GW4016", 1)]);
    assert_eq!(described("openapi.json", key(API_JSON, &format!("/{}", "a/".repeat(1 << 18)))), [("GW4016", 1)]);
    // A key of more than 1,024 characters has to be marked as one in YAML.
    assert_eq!(described("openapi.yaml", API.replacen("  /orders:", &format!("  ? \"/{long}\"\n  :"), 1)), [("GW4016", 4)]);
    assert!(matches!(described("openapi.yaml", key(API, &format!("/{long}")))[..], [("GW1002", 4)]));
    assert!(matches!(blueprint(BLUEPRINT.replacen("shop", &long, 1))[..], [("GW2002", 2)]));
    assert!(matches!(blueprint(format!("{BLUEPRINT}? {long}\n: 1\n"))[..], [("GW2001", _)]));
}

#[test]
fn many_segments_beside_a_greedy_path_end() {
    let hidden = "/{a}".repeat(20_000);
    let api = format!(
        r#"{{"openapi": "3.0.3", "paths": {{"/{{rest+}}": {{"get": {{"responses": {{}}}}}}, "{hidden}": {{"get": {{"responses": {{}}}}}}}}}}"#
    );
    let found = described("openapi.json", api);
    assert!(found.iter().any(|it| it.0 == "GW4016"), "{found:?}");
}

#[test]
fn many_parameters_and_members_end() {
    let parameters: Vec<String> = (0..50_000).map(|index| format!("{{name: p{index}, in: query}}")).collect();
    let api = API.replace("{responses: {}}", &format!("{{parameters: [{}], responses: {{}}}}", parameters.join(", ")));
    assert_eq!(described("openapi.yaml", api), []);
}

/// A description whose only body is the first of these schemas.
fn with_schemas(schemas: &str) -> String {
    format!(
        r##"{{"openapi": "3.0.3", "paths": {{"/a": {{"post": {{"requestBody": {{"required": true, "content": {{"application/json":
        {{"schema": {{"$ref": "#/components/schemas/S0"}}}}}}}}, "responses": {{}}}}}}}}, "components": {{"schemas": {{{schemas}}}}}}}"##
    )
}

#[test]
fn schemas_that_lead_into_one_another_end() {
    let link = |index: usize| format!(r##"{{"$ref": "#/components/schemas/S{index}"}}"##);
    let named =
        |of: &dyn Fn(usize) -> String, count: usize| (0..count).map(|it| format!(r#""S{it}": {}"#, of(it))).collect::<Vec<_>>().join(",");
    // Each is in the next twenty times; a long row of names for one schema; a ring; all in all.
    let twenty = |it: usize| format!(r#"{{"allOf": [{}]}}"#, vec![link(it + 1); 20].join(","));
    let last = |count: usize, of: String| format!(r#"{of},"S{count}": {{"type": "string"}}"#);
    assert_eq!(described("openapi.json", with_schemas(&last(30, named(&twenty, 30)))), [("GW4101", 1)]);
    assert_eq!(described("openapi.json", with_schemas(&last(50_000, named(&|it| link(it + 1), 50_000)))), [("GW4101", 1)]);
    assert_eq!(described("openapi.json", with_schemas(&named(&|it| link((it + 1) % 1_000), 1_000))), [("GW4101", 1)]);
    let all = format!(r#"{{"anyOf": [{}]}}"#, (0..60).map(link).collect::<Vec<_>>().join(","));
    assert_eq!(described("openapi.json", with_schemas(&named(&|_| all.clone(), 60))), [("GW4101", 1)]);
}

#[test]
fn schemas_that_are_wide_or_none_end() {
    let properties: Vec<String> = (0..100_000).map(|it| format!(r#""p{it}": {{"type": "string"}}"#)).collect();
    let wide = format!(r#""S0": {{"properties": {{{}}}}}"#, properties.join(","));
    assert_eq!(described("openapi.json", with_schemas(&wide)), [("GW4101", 1)]);
    let values: Vec<String> = (0..100_000).map(|it| it.to_string()).collect();
    assert_eq!(described("openapi.json", with_schemas(&format!(r#""S0": {{"enum": [{}]}}"#, values.join(",")))), []);
    for odd in [
        r#"7"#,
        r#""text""#,
        "null",
        "[]",
        r#"{"type": 7, "required": {}, "properties": [], "allOf": {}, "enum": 3, "minimum": "x"}"#,
        r#"{"$ref": 7}"#,
        r##"{"$ref": "#/components/schemas/S0"}"##,
        r#"{"type": [], "not": 7, "items": 7, "oneOf": [7, null]}"#,
        r#"{"minimum": 1e300, "maximum": 18446744073709551615, "multipleOf": -1, "minLength": -1}"#,
        r#"{"const": {"a": [1e300]}}"#,
        r#"{"properties": {"$ref": {"type": "string"}, "": {}, "${x}": false}, "patternProperties": {"(": {}}}"#,
    ] {
        assert_eq!(described("openapi.json", with_schemas(&format!(r#""S0": {odd}"#))), [], "{odd}");
    }
}

// Bytes.

#[test]
fn bytes_that_are_no_text_are_refused() {
    for (at, bytes) in
        [(1, &b"\xff\xfeo\0p\0e\0n\0"[..]), (2, b"openapi: 3.0.3\ninfo: {title: \xc3\x28}\n"), (1, b"\xed\xa0\x80"), (1, b"\xc0\x80")]
    {
        assert_eq!(described("openapi.yaml", bytes), [("GW1001", at)]);
        assert_eq!(described("openapi.json", bytes), [("GW1001", at)]);
        assert_eq!(blueprint(bytes), [("GW1001", at)]);
    }
    for text in ["\0", "openapi: 3.0.3\n\0", "openapi: 3.0.3\0\ninfo: {}\n"] {
        for found in [described("openapi.yaml", text), described("openapi.json", text), blueprint(text)] {
            assert!(!found.is_empty(), "{text:?}");
        }
    }
    for empty in
        ["", "\n", "\u{feff}", "---\n", "# nothing\n", "null", "[]", "\"text\"", "7", "{", "}", "[", "\t", "%", "&a", "*", "!!binary x"]
    {
        for found in [described("openapi.yaml", empty), described("openapi.json", empty), blueprint(empty)] {
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
    let text = format!("{BLUEPRINT}routes: [{{match: {{paths: [\"/a/**\"]}}, exposure: hidden}}]\nauth: {{k: ignore}}\n");
    for end in 0..text.len() {
        blueprint(&text.as_bytes()[..end]);
    }
}

#[test]
fn one_meaning_only() {
    assert_eq!(described("openapi.yaml", format!("{API}---\n{API}")), [("GW1002", 6)]);
    assert_eq!(described("openapi.yaml", format!("{API}  /orders:\n    put: {{}}\n")).first(), Some(&("GW1007", 4)));
    assert_eq!(blueprint(format!("{BLUEPRINT}name: other\n")), [("GW2002", 8)].map(|(_, line)| ("GW1007", line)));
    assert_eq!(blueprint(format!("{BLUEPRINT}---\nversion: 1\n")), [("GW1002", 8)]);
    let twice = API_JSON.replace("\"responses\": {}", "\"security\": [], \"security\": [{\"k\": []}]");
    assert!(described("openapi.json", twice).contains(&("GW1007", 1)));
    let merged = API.replace("get: {responses: {}}", "<<: {get: {responses: {}}}");
    assert_eq!(rendered(BLUEPRINT, &merged), rendered(BLUEPRINT, API));
    assert_eq!(rendered(&BLUEPRINT.replace("name: shop", "<<: {name: shop, version: 7}"), API), rendered(BLUEPRINT, API));
}

#[test]
fn an_empty_mapping_in_place_of_a_required_value_is_reported() {
    // Found by fuzzing: it was replaced without a word, and nothing came out.
    let fields = [("version: 1", 1), ("name: shop", 2), ("spec: openapi.yaml", 3), ("topology: nlb-targets", 4)];
    for (field, line) in fields {
        let name = field.split(':').next().unwrap();
        assert_eq!(blueprint(BLUEPRINT.replace(field, &format!("{name}: {{}}"))), [("GW2002", line)], "{name}");
    }
    assert_eq!(blueprint(BLUEPRINT.replace("backends:\n  orders: {port: 8080, targets: {ecs: true}}", "backends: {}")), [("GW2003", 6)]);
}

#[test]
fn output_stays_below_the_root() {
    for dir in ["../x", "/x", "a/../../x", "..", "a/../..", "c:/x", "\\\\x", "C:", "..\\x", "a/..\\..\\x"] {
        let found = blueprint(format!("{BLUEPRINT}output: {{dir: '{dir}'}}\n"));
        let stays = run(&[("gwgen.yaml", format!("{BLUEPRINT}output: {{dir: '{dir}'}}\n").into()), ("openapi.yaml", API.into())]).0;
        let is_inside = stays.output.is_some_and(|path| !path.as_str().split(['/', '\\']).any(|it| it == ".."));
        assert!(found == [("GW0003", 8)] || is_inside, "{dir}: {found:?}");
    }
    for spec in ["../x", "/etc/passwd", "a/../../x", "c:\\x"] {
        let found = blueprint(BLUEPRINT.replace("openapi.yaml", spec));
        assert_eq!(found, [("GW0002", 3)], "{spec}");
        let found = blueprint(format!("{BLUEPRINT}extends: '{spec}'\n"));
        assert_eq!(found, [("GW0002", 8)], "{spec}");
    }
    // Names of files come from segments, which are the describer's.
    let api = "openapi: 3.0.3\npaths:\n  /con: {get: {}}\n  /..: {get: {}}\n  /.: {get: {}}\n  /Con: {get: {}}\n  /a.b: {get: {}}\n  /.git: {get: {}}\n  /aux: {get: {}}\n  '/{x}': {get: {}}\n  /: {get: {}}\n";
    for name in rendered(BLUEPRINT, api).keys() {
        let is_plain = name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"_-.".contains(&it));
        assert!((is_plain || name == "README.md") && !name.contains("..") && !name.starts_with('.'), "{name}");
    }
}

// Text that reaches the output.

const TEXTS: &[&str] = &[
    "${x}",
    "%{x}",
    "a ${b} %{ if c }",
    "$",
    "%",
    "${",
    "\"",
    "\\",
    "\\\"",
    "a\nb",
    "a\r\nb\tc",
    "\u{2028}a\u{2029}",
    "\u{feff}a",
    "'",
    "`",
    "| a |",
    "*/ //",
    "# a",
    "{{ x }}",
    "{% raw %}",
    "<!-- a",
    "</script>",
    "EOT",
    "<<EOT",
    "\u{e9}\u{1f600}",
    "\\u0041",
    "null",
    "true",
    "1.10",
    "",
];

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Every text of a Terraform file; panics where it is no HCL or holds an interpolation of our own text.
fn hcl_texts(source: &str, found: &mut Vec<String>) {
    fn expression(it: &hcl::Expression, found: &mut Vec<String>) {
        match it {
            hcl::Expression::String(text) => found.push(text.clone()),
            hcl::Expression::TemplateExpr(template) => {
                let template = hcl::Template::from_expr(template).expect("a template");
                let literal = template.elements().iter().map(|it| match it {
                    hcl::template::Element::Literal(text) => text.as_str(),
                    _ => "\u{0}",
                });
                found.push(literal.collect());
            }
            hcl::Expression::Array(items) => items.iter().for_each(|it| expression(it, found)),
            hcl::Expression::Object(members) => members.iter().for_each(|(key, value)| {
                match key {
                    hcl::ObjectKey::Expression(key) => expression(key, found),
                    other => found.push(other.to_string()),
                }
                expression(value, found);
            }),
            hcl::Expression::FuncCall(call) => call.args.iter().for_each(|it| expression(it, found)),
            _ => {}
        }
    }
    fn body(it: &hcl::Body, found: &mut Vec<String>) {
        it.attributes().for_each(|it| expression(&it.expr, found));
        it.blocks().for_each(|it| body(&it.body, found));
    }
    body(&hcl::from_str(source).unwrap_or_else(|error| panic!("{error}\n{source}")), found);
}

fn json_texts(it: &serde_json::Value, found: &mut Vec<String>) {
    match it {
        serde_json::Value::String(text) => found.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|it| json_texts(it, found)),
        serde_json::Value::Object(members) => members.iter().for_each(|(key, value)| {
            found.push(key.clone());
            json_texts(value, found);
        }),
        _ => {}
    }
}

/// Renders in every format; gives the texts of the output. `None` where the input is refused.
fn texts_of(text: &str, blueprint: &str, api: &str) -> Option<[Vec<String>; 2]> {
    let both = ["terraform", "cloudformation"].map(|format| {
        let blueprint = format!("{blueprint}output: {{format: {format}}}\n");
        let (compiled, findings) = run(&[("gwgen.yaml", blueprint.into()), ("openapi.yaml", api.into())]);
        let Some(tree) = compiled.tree else {
            assert!(!findings.is_empty());
            return None;
        };
        let mut found = Vec::new();
        for (name, bytes) in &tree.files {
            let source = std::str::from_utf8(bytes).unwrap();
            if name.ends_with(".tf") {
                hcl_texts(source, &mut found);
            } else if name.ends_with(".json") {
                json_texts(&serde_json::from_str(source).unwrap(), &mut found);
            }
        }
        Some(found)
    });
    let [terraform, cloudformation] = both;
    assert_eq!(terraform.is_some(), cloudformation.is_some(), "{text:?} is refused in one format only");
    Some([terraform?, cloudformation?])
}

#[test]
fn text_reaches_the_output_unchanged() {
    for text in TEXTS {
        let quoted = json_string(text);
        let blueprint = [
            BLUEPRINT.to_owned() + &format!("tags: {{team: {quoted}}}\n"),
            BLUEPRINT.to_owned() + &format!("tags: {{team: {{var: team, default: {quoted}}}}}\n"),
            BLUEPRINT.to_owned() + &format!("tags: {{team: {{var: team, description: {quoted}}}}}\n"),
        ];
        for blueprint in blueprint {
            let Some(both) = texts_of(text, &blueprint, API) else {
                // Nothing but a text that says nothing or has several lines is refused here.
                assert!(text.trim().is_empty() || text.contains(char::is_control), "{text:?}");
                continue;
            };
            for found in both {
                assert!(found.iter().any(|it| it == text), "{text:?} is not in {found:?}");
            }
        }
    }
}

#[test]
fn text_that_names_something_is_unchanged_or_refused() {
    for text in TEXTS {
        let quoted = json_string(text);
        let apis = [
            API.replace("Shop", &quoted),
            API.replace("{responses: {}}", &format!("{{operationId: {quoted}, tags: [{quoted}], summary: {quoted}, responses: {{}}}}")),
            API.replace(
                "{responses: {}}",
                &format!(
                    "{{parameters: [{{name: {quoted}, in: query, required: true}}, {{name: {quoted}, in: header}}], responses: {{}}}}"
                ),
            ),
            API.replace("  /orders:", &format!("  {}:", json_string(&format!("/{text}")))),
            API.replace("  /orders:", &format!("  {}:", json_string(&format!("/a/{text}/{{id}}")))),
            API.replace("  /orders:", &format!("  {}:", json_string(&format!("/a/{{{text}}}")))),
            format!("{API}servers: [{{url: {}}}]\n", json_string(&format!("https://a.example/{text}"))),
            format!("{API}servers: [{{url: '/{{v}}', variables: {{v: {{default: {quoted}}}}}}}]\n"),
            API.replace("{responses: {}}", &format!("{{responses: {{'200': {{content: {{{quoted}: {{}}}}}}}}}}")),
        ];
        for api in apis {
            texts_of(text, BLUEPRINT, &api);
            texts_of(text, &format!("{BLUEPRINT}api: {{base_path: both, partial_segments: widen}}\n"), &api);
        }
        let backend = |field: &str| BLUEPRINT.replace("port: 8080", &format!("port: 8080, {field}"));
        let blueprints = [
            backend(&format!("host: {quoted}")),
            backend(&format!("host: {quoted}, protocol: https")),
            backend(&format!("path_prefix: {}", json_string(&format!("/{text}")))),
            backend(&format!("security_group: {quoted}")),
            backend(&format!("health_check: {{protocol: http, path: {}, matcher: {quoted}}}", json_string(&format!("/{text}")))),
            BLUEPRINT.replace("{ecs: true}", &format!("{{instances: [{quoted}]}}")),
            BLUEPRINT.replace("vpc-0abc", &quoted),
            BLUEPRINT.replace("name: shop", &format!("name: {quoted}")),
            BLUEPRINT.replace("orders:", &format!("{quoted}:")),
            format!("{BLUEPRINT}environment: {quoted}\n"),
            format!("{BLUEPRINT}region: {quoted}\n"),
            format!("{BLUEPRINT}stage: {{name: {quoted}}}\n"),
            format!("{BLUEPRINT}tags: {{{quoted}: a}}\n"),
            format!("{BLUEPRINT}tags: {{a: {{var: {quoted}}}}}\n"),
            format!("{BLUEPRINT}mounts: [{{at: {}, backend: orders}}]\n", json_string(&format!("/{text}"))),
            format!(
                "{BLUEPRINT}routes: [{{match: {{paths: [{quoted}], tags: [{quoted}], operation_ids: [{quoted}]}}, weakens: {quoted}}}]\n"
            ),
        ];
        for blueprint in blueprints {
            let Some([terraform, _]) = texts_of(text, &blueprint, API) else { continue };
            // What could be no more than part of an address or a name is plain by then.
            let is_marker = |it: &String| it.contains("${") || it.contains("%{");
            assert!(!terraform.iter().any(is_marker) || blueprint.contains("tags") || blueprint.contains("health_check"), "{blueprint}");
        }
    }
}

#[test]
fn an_expression_is_an_expression() {
    for text in ["a } b", "a\nb", "a # b", "a // b", "/* a */ b", "\"${", "<<EOT\na\nEOT", "a, b", "a = b", "", "${a}", "[", "file(\"x\")"]
    {
        let blueprint = BLUEPRINT.replace("vpc-0abc", &format!("{{expr: {}}}", json_string(text)));
        let (compiled, findings) = run(&[("gwgen.yaml", blueprint.into()), ("openapi.yaml", API.into())]);
        match compiled.tree {
            None => assert!(findings.iter().any(|it| it.code == "GW2007" || it.code == "GW2002"), "{text:?}: {findings:?}"),
            Some(tree) => tree.files.iter().filter(|(name, _)| name.ends_with(".tf")).for_each(|(_, bytes)| {
                let body: hcl::Body = hcl::from_str(std::str::from_utf8(bytes).unwrap()).unwrap();
                assert!(body.blocks().count() + body.attributes().count() > 0, "{text:?}");
            }),
        }
    }
}

// One document in two spellings.

fn yaml(value: &serde_json::Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        serde_json::Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                write!(out, "\n{pad}{}:", json_string(key)).unwrap();
                yaml(value, indent + 2, out);
            }
        }
        serde_json::Value::Array(items) if !items.is_empty() => {
            for item in items {
                write!(out, "\n{pad}-").unwrap();
                yaml(item, indent + 2, out);
            }
        }
        scalar => write!(out, " {scalar}").unwrap(),
    }
}

#[test]
fn json_and_yaml_twins_give_equal_bytes() {
    let api = serde_json::json!({
        "openapi": "3.1.0",
        "info": {"title": "Caf\u{e9} \"\\ ${x}", "version": "1.10"},
        "servers": [{"url": "https://a.example/v1/"}],
        "security": [{"key": []}],
        "paths": {
            "/orders/{id}": {
                "parameters": [{"$ref": "#/components/parameters/id"}],
                "get": {"operationId": 404, "parameters": [{"name": "page", "in": "query", "required": true}, {"name": "f[x]", "in": "query"}]},
                "post": {"requestBody": {"content": {"image/png": {}}}, "responses": {"default": {"description": "null"}}}
            },
            "/": {"head": {"security": []}},
            "/files/{path+}": {"x-amazon-apigateway-any-method": {"tags": ["on", "no", "~"]}}
        },
        "components": {
            "parameters": {"id": {"name": "id", "in": "path", "required": true}},
            "securitySchemes": {"key": {"type": "apiKey"}}
        }
    });
    let blueprint = serde_json::json!({
        "version": 1, "name": "shop", "spec": "openapi", "topology": "nlb-targets", "environment": {"var": "environment"},
        "network": {"vpc": {"var": "vpc_id"}, "subnets": {"var": "subnets"}}, "tags": {"team": "a: b # c", "on": "off", "price": "1.10"},
        "auth": {"key": "ignore"}, "backends": {"orders": {"port": 8080, "targets": {"ecs": true}, "path_prefix": "/x"}},
        "routes": [{"match": {"methods": ["head"]}, "exposure": "hidden"}]
    });
    let spelt = |value: &serde_json::Value| {
        let mut text = String::new();
        yaml(value, 0, &mut text);
        [value.to_string(), serde_json::to_string_pretty(value).unwrap(), text]
    };
    let mut first: Option<gwgen::emit::FileTree> = None;
    for api in spelt(&api) {
        for blueprint in spelt(&blueprint) {
            let (compiled, findings) = run(&[("gwgen", blueprint.into()), ("openapi", api.clone().into())]);
            let tree = compiled.tree.unwrap_or_else(|| panic!("{findings:?}"));
            assert_eq!(*first.get_or_insert_with(|| tree.clone()), tree);
        }
    }
}

/// What AWS would refuse in the middle of a deployment, although no number of parts is too high.
#[test]
fn an_output_of_megabytes_is_refused_with_a_way_out() {
    let mut api = String::from("openapi: 3.0.3\ninfo: {title: Shop, version: \"1\"}\ncomponents:\n  parameters:\n");
    for index in 0..40 {
        let _ = writeln!(api, "    p{index}: {{name: p{index}{}, in: query, schema: {{type: string}}}}", "x".repeat(9_000));
    }
    let named: Vec<String> = (0..40).map(|index| format!("{{$ref: '#/components/parameters/p{index}'}}")).collect();
    api.push_str("paths:\n");
    for path in 0..18 {
        let _ = writeln!(api, "  /p{path}: {{get: {{parameters: [{}], responses: {{}}}}}}", named.join(", "));
    }
    let run_with =
        |output: &str| codes(&[("gwgen.yaml", format!("{BLUEPRINT}output: {output}\n").into()), ("openapi.yaml", api.clone().into())]);
    assert_eq!(run_with("{api_style: body}"), [("GW4034", 1)]);
    assert_eq!(run_with("{format: cloudformation}"), [("GW4020", 1)]);
    assert_eq!(run_with("{format: terraform}"), []);
}

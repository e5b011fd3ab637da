//! Sizes and depths.

use std::fmt::Write as _;

use super::{API, API_JSON, BLUEPRINT, blueprint, codes, described, rendered};
use crate::support::is_full;

/// Ten times ten times ten ... the same list.
fn laughs(levels: u8) -> String {
    let mut text = String::from("x-a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..=levels {
        let (before, name) = ((b'a' + level - 1) as char, (b'a' + level) as char);
        writeln!(
            text,
            "x-{name}: &{name} [{}]",
            vec![format!("*{before}"); 10].join(", ")
        )
        .unwrap();
    }
    text
}

#[test]
fn alias_bombs_are_refused_where_they_grow() {
    let [(code, line)] = described("openapi.yaml", format!("{API}{}", laughs(20)))[..] else {
        panic!()
    };
    assert!(
        code == "GW1004" && (10..15).contains(&line),
        "{code} {line}"
    );
    let [(code, _)] = blueprint(format!("{BLUEPRINT}{}", laughs(20)))[..] else {
        panic!()
    };
    assert_eq!(code, "GW1004");
    let quadratic = format!(
        "{API}x-a: &a {}\nx-b:\n{}",
        "y".repeat(100_000),
        "  - *a\n".repeat(10_000)
    );
    let [(code, _)] = described("openapi.yaml", quadratic)[..] else {
        panic!()
    };
    assert_eq!(code, "GW1004");
}

#[test]
fn merge_key_bombs_are_refused_or_rendered() {
    let mut text = String::from("x-a: &a {k: v}\n");
    for level in 1..100 {
        writeln!(
            text,
            "x-{level}: &b{level} {{<<: [*{}, *{}], k{level}: v}}",
            previous(level),
            previous(level)
        )
        .unwrap();
    }
    assert_eq!(described("openapi.yaml", format!("{API}{text}")), []);
    // One large mapping merged into another: as long as both together.
    let members = |from: u32| {
        (from..from + 20_000).fold(String::new(), |text, key| text + &format!("  k{key}: v\n"))
    };
    let large = format!(
        "{API}x-a: &a\n{}x-b:\n  <<: *a\n{}",
        members(0),
        members(10_000)
    );
    assert_eq!(described("openapi.yaml", large), []);
    let (opening, text, closing) = (
        "{<<: *a, k: ".repeat(100),
        "v".repeat(1 << 20),
        "}".repeat(100),
    );
    let nested = format!("{API}x-a: &a {{k: v}}\nx-b: {opening}{text}{closing}\n");
    let found = described("openapi.yaml", nested);
    assert_eq!(found.first().map(|it| it.0), Some("GW1004"));
}

fn previous(level: u32) -> String {
    if level == 1 {
        "a".to_owned()
    } else {
        format!("b{}", level - 1)
    }
}

#[test]
fn an_anchor_within_a_merged_mapping_keeps_its_text() {
    let api = "openapi: 3.0.3\nx-base: &base {summary: \"\u{e9}\u{e9}\u{e9}\u{e9}\"}\npaths:\n  /orders:\n    <<: *base\n    get: &get {responses: {}}\n  /users:\n    post: *get\n";
    let files = rendered(BLUEPRINT, api);
    assert!(files["routes_users.tf"].contains("POST") && files["routes_orders.tf"].contains("GET"));
}

#[test]
fn an_alias_of_itself_is_refused() {
    assert_eq!(
        described("openapi.yaml", format!("{API}x-a: &a\n  b: [*a]\n")),
        [("GW1002", 7)]
    );
    assert_eq!(
        described("openapi.yaml", format!("{API}x-a: *nowhere\n")),
        [("GW1002", 6)]
    );
    assert_eq!(
        blueprint(format!("{BLUEPRINT}tags: &a {{b: *a}}\n")),
        [("GW1002", 8)]
    );
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
        for yaml in [
            format!("{API}x-note: {deep}\n"),
            format!("openapi: 3.0.3\npaths: {deep}\n"),
        ] {
            let found = described("openapi.yaml", yaml);
            assert!(matches!(found[..], [("GW1003", _)]), "{found:?}");
        }
        for text in [
            format!("{BLUEPRINT}tags: {deep}\n"),
            format!("{BLUEPRINT}nothing: {deep}\n"),
            deep.clone(),
        ] {
            let found = blueprint(text);
            assert!(matches!(found[..], [("GW1003", _)]), "{found:?}");
        }
        let found = codes(&[("gwgen.json", format!("{{\"tags\": {deep}}}").into_bytes())]);
        assert_eq!(found, [("GW1003", 1)]);
    }
    let dashes = format!("{API}x-note:\n  {}a\n", "- ".repeat(depth));
    assert!(matches!(
        described("openapi.yaml", dashes)[..],
        [("GW1003", 7)]
    ));
    let steps = (0..2_000).fold(format!("{API}x-note:\n"), |text, level| {
        text + &" ".repeat(level + 1) + "a:\n"
    });
    assert!(matches!(
        described("openapi.yaml", steps)[..],
        [("GW1003", _)]
    ));
}

#[test]
fn references_in_a_circle_are_refused() {
    let api = |parameter: &str, components: &str| {
        format!(
            "openapi: 3.1.0\npaths:\n  /orders:\n    get:\n      parameters: [{{$ref: '{parameter}'}}]\ncomponents:\n{components}"
        )
    };
    let own = api(
        "#/components/parameters/A",
        "  parameters:\n    A: {$ref: '#/components/parameters/A'}\n",
    );
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
    let mut api = String::from(
        "openapi: 3.0.3\npaths:\n  /orders: {get: {responses: {}}}\nservers:\n  - url: /{v0}\n    variables:\n",
    );
    for level in 0..64 {
        writeln!(
            api,
            "      v{level}: {{default: \"{{v{next}}}{{v{next}}}\"}}",
            next = level + 1
        )
        .unwrap();
    }
    assert_eq!(described("openapi.yaml", api), [("GW1013", 5)]);
}

#[test]
fn long_strings_are_read_and_cut_in_messages() {
    // Every limit that they meet is far below either size.
    let long = "x".repeat(if is_full() { 1 << 20 } else { 1 << 17 });
    for (name, api) in [
        ("openapi.yaml", API.replace("Shop", &long)),
        ("openapi.json", API_JSON.replace("Shop", &long)),
    ] {
        assert_eq!(described(name, api), [], "a title");
    }
    let described_by = |text: &str, replaced: &str| {
        text.replacen("responses: {}", replaced, 1)
            .replacen("\"responses\": {}", replaced, 1)
    };
    let schema = format!("\"responses\": {{\"200\": {{\"description\": \"{long}\"}}}}");
    assert_eq!(described("openapi.yaml", described_by(API, &schema)), []);
    assert_eq!(
        described("openapi.json", described_by(API_JSON, &schema)),
        []
    );
    let key = |text: &str, key: &str| text.replacen("/orders", key, 1);
    assert_eq!(
        described("openapi.json", key(API_JSON, &format!("/{long}"))),
        [("GW4016", 1)]
    );
    assert_eq!(
        described("openapi.json", key(API_JSON, &long)),
        [("GW4016", 1)]
    );
    assert_eq!(
        described(
            "openapi.json",
            key(API_JSON, &format!("/{}", "a/".repeat(1 << 18)))
        ),
        [("GW4016", 1)]
    );
    // A key of more than 1,024 characters has to be marked as one in YAML.
    assert_eq!(
        described(
            "openapi.yaml",
            API.replacen("  /orders:", &format!("  ? \"/{long}\"\n  :"), 1)
        ),
        [("GW4016", 4)]
    );
    assert!(matches!(
        described("openapi.yaml", key(API, &format!("/{long}")))[..],
        [("GW1002", 4)]
    ));
    assert!(matches!(
        blueprint(BLUEPRINT.replacen("shop", &long, 1))[..],
        [("GW2002", 2)]
    ));
    assert!(matches!(
        blueprint(format!("{BLUEPRINT}? {long}\n: 1\n"))[..],
        [("GW2001", _)]
    ));
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
    let parameters: Vec<String> = (0..50_000)
        .map(|index| format!("{{name: p{index}, in: query}}"))
        .collect();
    let api = API.replace(
        "{responses: {}}",
        &format!(
            "{{parameters: [{}], responses: {{}}}}",
            parameters.join(", ")
        ),
    );
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
    let named = |of: &dyn Fn(usize) -> String, count: usize| {
        (0..count)
            .map(|it| format!(r#""S{it}": {}"#, of(it)))
            .collect::<Vec<_>>()
            .join(",")
    };
    // Each is in the next twenty times; a long row of names for one schema; a ring; all in all.
    let twenty = |it: usize| format!(r#"{{"allOf": [{}]}}"#, vec![link(it + 1); 20].join(","));
    let last = |count: usize, of: String| format!(r#"{of},"S{count}": {{"type": "string"}}"#);
    assert_eq!(
        described("openapi.json", with_schemas(&last(30, named(&twenty, 30)))),
        [("GW4101", 1)]
    );
    assert_eq!(
        described(
            "openapi.json",
            with_schemas(&last(50_000, named(&|it| link(it + 1), 50_000)))
        ),
        [("GW4101", 1)]
    );
    assert_eq!(
        described(
            "openapi.json",
            with_schemas(&named(&|it| link((it + 1) % 1_000), 1_000))
        ),
        [("GW4101", 1)]
    );
    let all = format!(
        r#"{{"anyOf": [{}]}}"#,
        (0..60).map(link).collect::<Vec<_>>().join(",")
    );
    assert_eq!(
        described("openapi.json", with_schemas(&named(&|_| all.clone(), 60))),
        [("GW4101", 1)]
    );
}

#[test]
fn schemas_that_are_wide_or_none_end() {
    let properties: Vec<String> = (0..100_000)
        .map(|it| format!(r#""p{it}": {{"type": "string"}}"#))
        .collect();
    let wide = format!(r#""S0": {{"properties": {{{}}}}}"#, properties.join(","));
    assert_eq!(
        described("openapi.json", with_schemas(&wide)),
        [("GW4101", 1)]
    );
    let values: Vec<String> = (0..100_000).map(|it| it.to_string()).collect();
    assert_eq!(
        described(
            "openapi.json",
            with_schemas(&format!(r#""S0": {{"enum": [{}]}}"#, values.join(",")))
        ),
        []
    );
    for odd in [r#"7"#, r#""text""#, "null", "[]"] {
        assert_eq!(
            described("openapi.json", with_schemas(&format!(r#""S0": {odd}"#))),
            [("GW1006", 2)],
            "{odd}"
        );
    }
    let itself = r##""S0": {"$ref": "#/components/schemas/S0"}"##;
    assert_eq!(
        described("openapi.json", with_schemas(itself)),
        [("GW1009", 2)]
    );
    assert_eq!(
        described("openapi.json", with_schemas(r#""S0": {"$ref": 7}"#)),
        [("GW1006", 2)]
    );
    for odd in [
        r#"{"type": 7, "required": {}, "properties": [], "allOf": {}, "enum": 3, "minimum": "x"}"#,
        r#"{"type": [], "not": 7, "items": 7, "oneOf": [7, null]}"#,
        r#"{"minimum": 1e300, "maximum": 18446744073709551615, "multipleOf": -1, "minLength": -1}"#,
        r#"{"const": {"a": [1e300]}}"#,
        r#"{"properties": {"$ref": {"type": "string"}, "": {}, "${x}": false}, "patternProperties": {"(": {}}}"#,
    ] {
        assert_eq!(
            described("openapi.json", with_schemas(&format!(r#""S0": {odd}"#))),
            [],
            "{odd}"
        );
    }
}

/// Inputs that AWS would refuse in the middle of a deployment, although no quota is exceeded.
#[test]
fn an_output_of_megabytes_is_refused_with_a_way_out() {
    let mut api = String::from(
        "openapi: 3.0.3\ninfo: {title: Shop, version: \"1\"}\ncomponents:\n  parameters:\n",
    );
    for index in 0..40 {
        let _ = writeln!(
            api,
            "    p{index}: {{name: p{index}{}, in: query, schema: {{type: string}}}}",
            "x".repeat(9_000)
        );
    }
    let named: Vec<String> = (0..40)
        .map(|index| format!("{{$ref: '#/components/parameters/p{index}'}}"))
        .collect();
    api.push_str("paths:\n");
    for path in 0..18 {
        let _ = writeln!(
            api,
            "  /p{path}: {{get: {{parameters: [{}], responses: {{}}}}}}",
            named.join(", ")
        );
    }
    let run_with = |output: &str| {
        codes(&[
            (
                "gwgen.yaml",
                format!("{BLUEPRINT}output: {output}\n").into(),
            ),
            ("openapi.yaml", api.clone().into()),
        ])
    };
    assert_eq!(run_with("{api_style: body}"), [("GW4034", 1)]);
    assert_eq!(run_with("{format: cloudformation}"), [("GW4020", 1)]);
    assert_eq!(run_with("{format: terraform}"), []);
}

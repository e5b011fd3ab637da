//! Text that reaches the output, and one document in two spellings.

use std::fmt::Write as _;

use super::{API, BLUEPRINT, run};

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

/// Every text of a Terraform file; panics where it is no HCL or holds an interpolation of our own
/// text.
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
            hcl::Expression::FuncCall(call) => {
                call.args.iter().for_each(|it| expression(it, found))
            }
            _ => {}
        }
    }
    fn body(it: &hcl::Body, found: &mut Vec<String>) {
        it.attributes().for_each(|it| expression(&it.expr, found));
        it.blocks().for_each(|it| body(&it.body, found));
    }
    body(
        &hcl::from_str(source).unwrap_or_else(|error| panic!("{error}\n{source}")),
        found,
    );
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
        let (compiled, findings) = run(&[
            ("gwgen.yaml", blueprint.into()),
            ("openapi.yaml", api.into()),
        ]);
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
    assert_eq!(
        terraform.is_some(),
        cloudformation.is_some(),
        "{text:?} is refused in one format only"
    );
    Some([terraform?, cloudformation?])
}

#[test]
fn text_reaches_the_output_unchanged() {
    for text in TEXTS {
        let quoted = json_string(text);
        let blueprint = [
            BLUEPRINT.to_owned() + &format!("tags: {{team: {quoted}}}\n"),
            BLUEPRINT.to_owned() + &format!("tags: {{team: {{var: team, default: {quoted}}}}}\n"),
            BLUEPRINT.to_owned()
                + &format!("tags: {{team: {{var: team, description: {quoted}}}}}\n"),
        ];
        for blueprint in blueprint {
            let Some(both) = texts_of(text, &blueprint, API) else {
                // Nothing but a text that says nothing or has several lines is refused here.
                assert!(
                    text.trim().is_empty() || text.contains(char::is_control),
                    "{text:?}"
                );
                continue;
            };
            for found in both {
                assert!(
                    found.iter().any(|it| it == text),
                    "{text:?} is not in {found:?}"
                );
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
            texts_of(
                text,
                &format!("{BLUEPRINT}api: {{base_path: both, partial_segments: widen}}\n"),
                &api,
            );
        }
        let backend =
            |field: &str| BLUEPRINT.replace("port: 8080", &format!("port: 8080, {field}"));
        let blueprints = [
            backend(&format!("host: {quoted}")),
            backend(&format!("host: {quoted}, protocol: https")),
            backend(&format!(
                "path_prefix: {}",
                json_string(&format!("/{text}"))
            )),
            backend(&format!("security_group: {quoted}")),
            backend(&format!(
                "health_check: {{protocol: http, path: {}, matcher: {quoted}}}",
                json_string(&format!("/{text}"))
            )),
            BLUEPRINT.replace("{ecs: true}", &format!("{{instances: [{quoted}]}}")),
            BLUEPRINT.replace("vpc-0a1b2c3d", &quoted),
            BLUEPRINT.replace("name: shop", &format!("name: {quoted}")),
            BLUEPRINT.replace("orders:", &format!("{quoted}:")),
            format!("{BLUEPRINT}environment: {quoted}\n"),
            format!("{BLUEPRINT}region: {quoted}\n"),
            format!("{BLUEPRINT}stage: {{name: {quoted}}}\n"),
            format!("{BLUEPRINT}tags: {{{quoted}: a}}\n"),
            format!("{BLUEPRINT}tags: {{a: {{var: {quoted}}}}}\n"),
            format!(
                "{BLUEPRINT}mounts: [{{at: {}, backend: orders}}]\n",
                json_string(&format!("/{text}"))
            ),
            format!(
                "{BLUEPRINT}routes: [{{match: {{paths: [{quoted}], tags: [{quoted}], operation_ids: [{quoted}]}}, weakens: {quoted}}}]\n"
            ),
        ];
        for blueprint in blueprints {
            let Some([terraform, _]) = texts_of(text, &blueprint, API) else {
                continue;
            };
            // What could be no more than part of an address or a name is plain by then.
            let is_marker = |it: &String| it.contains("${") || it.contains("%{");
            assert!(
                !terraform.iter().any(is_marker)
                    || blueprint.contains("tags")
                    || blueprint.contains("health_check"),
                "{blueprint}"
            );
        }
    }
}

#[test]
fn an_expression_is_an_expression() {
    for text in [
        "a } b",
        "a\nb",
        "a # b",
        "a // b",
        "/* a */ b",
        "\"${",
        "<<EOT\na\nEOT",
        "a, b",
        "a = b",
        "",
        "${a}",
        "[",
        "file(\"x\")",
    ] {
        let blueprint =
            BLUEPRINT.replace("vpc-0a1b2c3d", &format!("{{expr: {}}}", json_string(text)));
        let (compiled, findings) = run(&[
            ("gwgen.yaml", blueprint.into()),
            ("openapi.yaml", API.into()),
        ]);
        match compiled.tree {
            None => assert!(
                findings
                    .iter()
                    .any(|it| it.code == "GW2007" || it.code == "GW2002"),
                "{text:?}: {findings:?}"
            ),
            Some(tree) => tree
                .files
                .iter()
                .filter(|(name, _)| name.ends_with(".tf"))
                .for_each(|(_, bytes)| {
                    let body: hcl::Body =
                        hcl::from_str(std::str::from_utf8(bytes).unwrap()).unwrap();
                    assert!(
                        body.blocks().count() + body.attributes().count() > 0,
                        "{text:?}"
                    );
                }),
        }
    }
}

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
        "routes": [{"match": {"methods": ["head"], "paths": ["/"]}, "exposure": "hidden"}]
    });
    let spelt = |value: &serde_json::Value| {
        let mut text = String::new();
        yaml(value, 0, &mut text);
        [
            value.to_string(),
            serde_json::to_string_pretty(value).unwrap(),
            text,
        ]
    };
    let mut first: Option<gwgen::emit::FileTree> = None;
    for api in spelt(&api) {
        for blueprint in spelt(&blueprint) {
            let (compiled, findings) =
                run(&[("gwgen", blueprint.into()), ("openapi", api.clone().into())]);
            let tree = compiled.tree.unwrap_or_else(|| panic!("{findings:?}"));
            assert_eq!(*first.get_or_insert_with(|| tree.clone()), tree);
        }
    }
}

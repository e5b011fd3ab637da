//! Terraform's JSON says what its native syntax says: the same blocks with the same arguments.
//!
//! In: every example and case in both spellings. Out: compared as the crate `hcl` reads them.
//! `.ci/full` asks the real terraform, too: after an apply of the one, the other has to plan the
//! same.

use std::collections::BTreeMap;

use crate::support::emitted::texts;
use crate::support::fixtures;
use hcl::expr::{Expression, TemplateExpr};
use hcl::template::Element;
use hcl::{Body, Template};
use serde_json::Value;

/// Arguments by the path of their blocks, each as the text of what it means.
type Meant = BTreeMap<String, String>;

#[test]
fn both_spellings_mean_the_same() {
    let mut arguments = 0;
    for case in fixtures() {
        let [native, json] = ["terraform", "terraform-json"]
            .map(|format| case.compiled(format).tree.as_ref().unwrap());
        let (mut in_native, mut in_json) = (Meant::new(), Meant::new());
        for (_, text) in texts(native).filter(|(name, _)| name.ends_with(".tf")) {
            native_body(&hcl::parse(text).unwrap(), "", &mut in_native);
        }
        for (name, text) in texts(json).filter(|(name, _)| name.ends_with(".tf.json")) {
            assert!(
                native.files.contains_key(name.trim_end_matches(".json")),
                "{}: {name} has no twin",
                case.name
            );
            json_file(&serde_json::from_str(text).unwrap(), &mut in_json);
        }
        for (path, meant) in &in_native {
            assert_eq!(in_json.get(path), Some(meant), "{}: {path}", case.name);
        }
        assert_eq!(
            in_native.len(),
            in_json.len(),
            "{}: {:?}",
            case.name,
            in_json.keys().find(|key| !in_native.contains_key(*key))
        );
        arguments += in_native.len();
    }
    assert!(
        arguments > 10_000,
        "only {arguments} arguments were compared"
    );
}

fn native_body(body: &Body, path: &str, meant: &mut Meant) {
    for attribute in body.attributes() {
        native_value(
            &attribute.expr,
            &format!("{path}/{}", attribute.key()),
            meant,
        );
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for block in body.blocks() {
        let labels: String = block
            .labels()
            .iter()
            .map(|key| format!("/{}", key.as_str()))
            .collect();
        let number = seen.entry(block.identifier().to_owned()).or_default();
        let index = if path.is_empty() && !["removed", "moved"].contains(&block.identifier()) {
            String::new()
        } else {
            format!("#{number}")
        };
        *number += 1;
        let path = format!("{path}/{}{labels}{index}", block.identifier());
        assert!(
            meant.insert(path.clone(), String::new()).is_none() || path == "/locals",
            "{path} twice"
        );
        native_body(&block.body, &path, meant);
    }
}

fn native_value(value: &Expression, path: &str, meant: &mut Meant) {
    let text = match value {
        Expression::Object(object) => {
            for (key, value) in object {
                let key = match key {
                    hcl::ObjectKey::Identifier(name) => name.as_str().to_owned(),
                    hcl::ObjectKey::Expression(key) => said(key),
                    other => panic!("{other:?}"),
                };
                native_value(value, &format!("{path}/{key}"), meant);
            }
            "object".to_owned()
        }
        Expression::Array(items)
            if items
                .iter()
                .any(|item| matches!(item, Expression::Object(_))) =>
        {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| native_value(item, &format!("{path}/{index}"), meant));
            "list".to_owned()
        }
        Expression::Array(items) => items.iter().map(said).collect::<Vec<_>>().join(" , "),
        other => said(other),
    };
    meant.insert(path.to_owned(), text);
}

/// The meaning of an expression: texts without quotes, all others as they are formatted.
fn said(value: &Expression) -> String {
    match value {
        Expression::String(text) => text.clone(),
        Expression::TemplateExpr(template) => elements(&Template::from_expr(template).unwrap()),
        other => encoded(other).unwrap_or_else(|| format!("${{{}}}", formatted(other))),
    }
}

/// The text that `jsonencode` yields from an object of texts and numbers.
fn encoded(value: &Expression) -> Option<String> {
    let Expression::FuncCall(call) = value else {
        return None;
    };
    let [Expression::Object(members)] = call.args.as_slice() else {
        return None;
    };
    let member = |(key, value): (&hcl::ObjectKey, &Expression)| {
        let value = match value {
            Expression::String(text) => Value::from(text.as_str()),
            Expression::Number(number) => Value::from(number.as_u64()?),
            _ => return None,
        };
        Some((key.to_string().trim_matches('"').to_owned(), value))
    };
    let members: Option<serde_json::Map<String, Value>> = members.iter().map(member).collect();
    (call.name.name.as_str() == "jsonencode").then_some(Value::from(members?).to_string())
}

fn elements(template: &Template) -> String {
    let element = |element: &Element| match element {
        Element::Literal(text) => text.clone(),
        Element::Interpolation(interpolation) => format!("${{{}}}", formatted(&interpolation.expr)),
        Element::Directive(_) => panic!("a directive of nobody"),
    };
    template.elements().iter().map(element).collect()
}

fn formatted(value: &Expression) -> String {
    let text = hcl::format::to_string(value).unwrap();
    // An object over several lines and the same on one.
    text.replace(',', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn json_file(file: &Value, meant: &mut Meant) {
    for (keyword, inner) in file.as_object().unwrap() {
        if let (name @ ("removed" | "moved"), Value::Array(blocks)) = (keyword.as_str(), inner) {
            for (number, block) in blocks.iter().enumerate() {
                json_labels(block, &format!("/{name}#{number}"), 0, meant);
            }
            continue;
        }
        let labels = match keyword.as_str() {
            "//" => continue,
            "resource" | "data" => 2,
            "variable" | "output" | "provider" => 1,
            _ => 0,
        };
        json_labels(inner, &format!("/{keyword}"), labels, meant);
    }
}

fn json_labels(value: &Value, path: &str, labels: usize, meant: &mut Meant) {
    if labels == 0 {
        assert!(
            meant.insert(path.to_owned(), String::new()).is_none() || path == "/locals",
            "{path} twice"
        );
        return json_body(value, path, meant);
    }
    for (label, inner) in value.as_object().unwrap() {
        json_labels(inner, &format!("{path}/{label}"), labels - 1, meant);
    }
}

/// Arguments whose values are mappings; every other object is a block.
const MAPPINGS: [&str; 13] = [
    "default",
    "for_each",
    "parameters",
    "tags",
    "input",
    "request_parameters",
    "request_templates",
    "response_templates",
    "response_parameters",
    "variables",
    "aws",
    "dimensions",
    "request_models",
];

fn json_body(body: &Value, path: &str, meant: &mut Meant) {
    for (name, value) in body.as_object().unwrap() {
        let path = format!("{path}/{name}");
        let blocks = match value {
            _ if name == "//" => continue,
            _ if path.starts_with("/locals/") => {
                json_value(name, value, &path, meant);
                continue;
            }
            Value::Object(_) if !MAPPINGS.contains(&name.as_str()) => std::slice::from_ref(value),
            Value::Array(items) if items.iter().any(Value::is_object) => items.as_slice(),
            _ => {
                json_value(name, value, &path, meant);
                continue;
            }
        };
        for (index, block) in blocks.iter().enumerate() {
            let path = format!("{path}#{index}");
            meant.insert(path.clone(), String::new());
            json_body(block, &path, meant);
        }
    }
}

fn json_value(name: &str, value: &Value, path: &str, meant: &mut Meant) {
    // An argument that refers to something is no text there.
    let names = matches!(
        name,
        "depends_on" | "from" | "to" | "ignore_changes" | "replace_triggered_by" | "type"
    );
    let names = names && (name != "type" || path.starts_with("/variable"));
    let text = |value: &Value| match value {
        Value::String(text) if names => format!("${{{text}}}"),
        Value::String(text) => template(text),
        other => format!("${{{other}}}"),
    };
    let said = match value {
        Value::Array(items) if items.iter().any(Value::is_object) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, item)| json_value("", item, &format!("{path}/{index}"), meant));
            "list".to_owned()
        }
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" , "),
        Value::Object(entries) => {
            for (key, value) in entries {
                json_value("", value, &format!("{path}/{}", template(key)), meant);
            }
            "object".to_owned()
        }
        other => text(other),
    };
    meant.insert(path.to_owned(), said);
}

/// A text of JSON is a template without escapes.
fn template(text: &str) -> String {
    match text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(expression) if hcl::parse(&format!("a = {expression}")).is_ok() => {
            let body = hcl::parse(&format!("a = {expression}")).unwrap();
            said(&body.attributes().next().unwrap().expr)
        }
        _ => elements(&Template::from_expr(&TemplateExpr::QuotedString(text.to_owned())).unwrap()),
    }
}

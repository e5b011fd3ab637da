//! Requests as a client writes them.
//!
//! In: an operation, choices. Out: `Request`s that its description allows. Pure.
//! Source: OpenAPI 3.1.1, "Style Values" and "Style Examples",
//! <https://spec.openapis.org/oas/v3.1.1#style-values>; OpenAPI 2.0, "Parameter Object"
//! (`collectionFormat`), <https://spec.openapis.org/oas/v2.0#parameter-object>.

use serde_json::json;

use super::described::{Choices, Described, Kind, Operation};

/// A request, decoded.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
}

/// A value as a client has it.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Text(String),
    List(Vec<String>),
    Object(Vec<(String, String)>),
}

pub(super) fn request(operation: &Operation, choices: &mut Choices) -> Request {
    let mut request = Request::default();
    for parameter in &operation.parameters {
        if !parameter.is_required && choices.chance(40) {
            continue;
        }
        if parameter.allow_empty && choices.chance(40) {
            request.query.push((parameter.name.clone(), String::new()));
            continue;
        }
        write(parameter, &value(&parameter.kind, choices), &mut request);
    }
    request
}

fn value(kind: &Kind, choices: &mut Choices) -> Value {
    match kind {
        Kind::Text => Value::Text(choices.pick(&["a", "b c", "ü", "0"]).into()),
        Kind::Number => Value::Text(choices.pick(&["0", "-1", "25"]).into()),
        Kind::Values(values) => Value::Text(choices.pick(values).into()),
        Kind::List { of, may_be_empty } => {
            let least = usize::from(!may_be_empty);
            let items = (0..least + choices.below(3)).filter_map(|_| {
                if let Value::Text(it) = value(of, choices) {
                    Some(it)
                } else {
                    None
                }
            });
            Value::List(items.collect())
        }
        Kind::Object(names) => {
            let first = choices.below(names.len());
            Value::Object(
                names[first..]
                    .iter()
                    .map(|it| (it.clone(), "1".to_owned()))
                    .collect(),
            )
        }
        Kind::OneOf(kinds) => value(&kinds[choices.below(kinds.len())], choices),
        Kind::Nullable(_) if choices.chance(40) => Value::Null,
        Kind::Nullable(kind) => value(kind, choices),
    }
}

/// Writes a value into a request.
pub(super) fn write(parameter: &Described, value: &Value, request: &mut Request) {
    let written: Vec<(String, String)> = match (parameter.style, value) {
        ("content", value) => vec![(parameter.name.clone(), as_json(value))],
        // A value that is undefined is left out where it is one of several, and empty where its
        // name is there alone.
        (_, Value::Null) if parameter.explode => Vec::new(),
        (_, Value::Null) => vec![(parameter.name.clone(), String::new())],
        (_, Value::Text(text)) => vec![(parameter.name.clone(), text.clone())],
        ("deepObject", Value::Object(members)) => members
            .iter()
            .map(|(name, text)| (format!("{}[{name}]", parameter.name), text.clone()))
            .collect(),
        ("form", Value::Object(members)) if parameter.explode => members.clone(),
        ("simple", Value::Object(members)) if parameter.explode => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, text)| format!("{name}={text}"))
                .collect();
            vec![(parameter.name.clone(), members.join(","))]
        }
        ("form" | "multi", Value::List(items)) if parameter.explode => items
            .iter()
            .map(|it| (parameter.name.clone(), it.clone()))
            .collect(),
        (style, Value::List(items)) => vec![(parameter.name.clone(), items.join(between(style)))],
        (style, Value::Object(members)) => {
            let parts: Vec<&str> = members
                .iter()
                .flat_map(|(name, text)| [name.as_str(), text.as_str()])
                .collect();
            vec![(parameter.name.clone(), parts.join(between(style)))]
        }
    };
    match parameter.location {
        "query" => request.query.extend(written),
        "header" => request.headers.extend(written),
        // Neither a cookie nor a variable of the path is looked for.
        _ => {}
    }
}

/// Separator of the items of a list.
fn between(style: &str) -> &'static str {
    match style {
        "spaceDelimited" | "ssv" => " ",
        "pipeDelimited" | "pipes" => "|",
        "tsv" => "\t",
        _ => ",",
    }
}

fn as_json(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Text(text) => json!(text).to_string(),
        Value::List(items) => json!(items).to_string(),
        Value::Object(members) => json!(
            members
                .iter()
                .cloned()
                .collect::<std::collections::BTreeMap<_, _>>()
        )
        .to_string(),
    }
}

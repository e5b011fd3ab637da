//! Mutations that change nothing of the API: the same said otherwise.
//! In: a state, choices. Out: two states that have no row between them.

use serde_json::{Map, Value, json};

use super::Make;
use super::base::{Base, METHODS, Mutation, add_route};
use super::inputs::{child, merge, set};
use crate::pairs::choices::Choices;

pub(super) static SILENT: &[(&str, Make)] = &[
    ("reordered", reordered),
    ("reordered blueprint", reordered_blueprint),
    ("renamed component", renamed_component),
    ("another format", another_format),
    ("as JSON", as_json),
    ("comments", comments),
    ("operation ids", operation_ids),
    ("texts", texts),
    ("renamed variables", renamed_variables),
    ("defaults written", defaults),
    ("unused parts", unused_parts),
    ("renamed backend", renamed_backend),
    ("same under another name", renamed_authorizer),
];

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            Value::Object(
                members
                    .map(|(key, value)| (key.clone(), reversed(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(reversed).collect(),
        scalar => scalar.clone(),
    }
}

fn reordered(base: &Base, _: &mut Choices<'_>) -> Option<Mutation> {
    let mut after = base.inputs.clone();
    after.description = reversed(&after.description);
    Some(Mutation::silent(base, after))
}

fn reordered_blueprint(base: &Base, _: &mut Choices<'_>) -> Option<Mutation> {
    let mut after = base.inputs.clone();
    after.blueprint = reversed(&after.blueprint);
    Some(Mutation::silent(base, after))
}

fn renamed_component(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let description = &base.inputs.description;
    let (section, at) = ["/components/schemas", "/definitions"]
        .into_iter()
        .find_map(|at| Some((description.pointer(at)?.as_object()?, at)))?;
    let names: Vec<&String> = section.keys().collect();
    let name = names.get(choices.below(names.len().max(1)))?;
    let mut after = base.inputs.clone();
    let new = format!("{name}RenamedOnce");
    let reference = |name: &str| format!("#{}", child(at, name));
    each(&mut after.description, &mut |key, value| {
        if key == "$ref" && *value == reference(name) {
            *value = reference(&new).into();
        }
    });
    let section = after.description.pointer_mut(at)?.as_object_mut()?;
    let members = section.iter().map(|(key, value)| {
        let key = if key == *name { &new } else { key };
        (key.clone(), value.clone())
    });
    *section = members.collect::<Map<_, _>>();
    Some(Mutation::silent(base, after))
}

/// Visits every member, with its key.
fn each(value: &mut Value, visit: &mut impl FnMut(&str, &mut Value)) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(key, value)| {
            visit(key, value);
            each(value, visit);
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, visit)),
        _ => {}
    }
}

fn another_format(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let formats = [
        json!({"format": "terraform-json"}),
        json!({"format": "cloudformation"}),
        json!({"format": "cloudformation", "template": "yaml"}),
        json!({"files": "single"}),
        json!({"layout": "root"}),
        json!({"api_style": "body"}),
    ];
    let mut after = base.inputs.clone();
    merge(
        &mut after.blueprint,
        &json!({"output": formats[choices.below(formats.len())]}),
    );
    Some(Mutation::silent(base, after))
}

fn as_json(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let mut after = base.inputs.clone();
    after.is_json = true;
    let mut mutation = Mutation::silent(base, after);
    if choices.chance(50) {
        std::mem::swap(&mut mutation.before, &mut mutation.after);
    }
    Some(mutation)
}

fn comments(base: &Base, _: &mut Choices<'_>) -> Option<Mutation> {
    let mut after = base.inputs.clone();
    after.has_comments = true;
    Some(Mutation::silent(base, after))
}

/// The operations of a description.
fn operations(description: &mut Value) -> impl Iterator<Item = &mut Value> {
    let items = description["paths"].as_object_mut().into_iter().flatten();
    let members = items.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten());
    members
        .filter(|(method, _)| METHODS.contains(&&***method))
        .map(|(_, operation)| operation)
}

fn operation_ids(base: &Base, _: &mut Choices<'_>) -> Option<Mutation> {
    if base.mentions("operation_ids") {
        return None;
    }
    let mut after = base.inputs.clone();
    let mut is_new = false;
    for operation in operations(&mut after.description) {
        if let Some(Value::String(id)) = operation.get_mut("operationId") {
            id.push_str("Renamed");
            is_new = true;
        }
    }
    is_new.then(|| Mutation::silent(base, after))
}

fn texts(base: &Base, _: &mut Choices<'_>) -> Option<Mutation> {
    let mut after = base.inputs.clone();
    set(&mut after.description, "/info/version", &json!("77.0"));
    set(
        &mut after.description,
        "/info/description",
        &json!("Another text."),
    );
    for operation in operations(&mut after.description) {
        set(operation, "/summary", &json!("Another summary."));
        set(
            operation,
            "/description",
            &json!("Another \"text\".\nOf two lines."),
        );
        set(
            operation,
            "/responses/418",
            &json!({"description": "another response"}),
        );
    }
    Some(Mutation::silent(base, after))
}

/// Other names of variables, where no route of the blueprint names them.
fn renamed_variables(base: &Base, _: &mut Choices<'_>) -> Option<Mutation> {
    if base.mentions("{") && base.inputs.blueprint["routes"].to_string().contains("/{")
        || base.inputs.blueprint["expect"].to_string().contains("/{")
        || base
            .inputs
            .blueprint
            .to_string()
            .contains("method.request.path")
    {
        return None;
    }
    let mut after = base.inputs.clone();
    let renamed = |path: &str| {
        let segments = path.split('/').map(|segment| {
            match segment
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}'))
            {
                Some(name) if !name.ends_with('+') => format!("{{{name}Renamed}}"),
                _ => segment.to_owned(),
            }
        });
        segments.collect::<Vec<_>>().join("/")
    };
    each(&mut after.description, &mut |_, value| {
        if value.get("in") == Some(&json!("path")) && value["name"].is_string() {
            let name = value["name"].as_str().unwrap_or_default();
            value["name"] = format!("{name}Renamed").into();
        }
    });
    // Items of lists are visited by `each` of their members alone.
    lists(&mut after.description);
    let paths = after.description["paths"].as_object()?;
    let paths = paths
        .iter()
        .map(|(path, item)| (renamed(path), item.clone()));
    after.description["paths"] = Value::Object(paths.collect());
    Some(Mutation::silent(base, after))
}

fn lists(value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| lists(value)),
        Value::Array(items) => items.iter_mut().for_each(|item| {
            if item.get("in") == Some(&json!("path")) && item["name"].is_string() {
                let name = item["name"].as_str().unwrap_or_default();
                item["name"] = format!("{name}Renamed").into();
            }
            lists(item);
        }),
        _ => {}
    }
}

/// Defaults, written out.
fn defaults(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let (at, value) = [
        ("/stage/tracing", json!(true)),
        ("/stage/metrics", json!(false)),
        ("/stage/execution_log", json!("off")),
        ("/stage/access_log", json!({"retention_days": 365})),
        ("/stage/name", json!("v1")),
        ("/api/endpoint/type", json!("regional")),
        ("/api/base_path", json!("backend")),
        ("/api/validation", json!("full")),
        ("/api/disable_execute_api", json!(false)),
        ("/stage/client_certificate", json!(false)),
    ][choices.below(10)]
    .clone();
    if base.inputs.blueprint.pointer(at).is_some() {
        return None;
    }
    let mut after = base.inputs.clone();
    set(&mut after.blueprint, at, &value);
    if let Some(routes) = after.blueprint["routes"].as_array_mut() {
        routes.insert(
            0,
            json!({"match": {}, "timeout": "29s", "exposure": "public"}),
        );
    }
    Some(Mutation::silent(base, after))
}

/// A schema, a tag and a scheme that nothing uses.
fn unused_parts(base: &Base, _: &mut Choices<'_>) -> Option<Mutation> {
    let mut after = base.inputs.clone();
    let is_old = after.description.get("swagger").is_some();
    let section = if is_old {
        "/definitions"
    } else {
        "/components/schemas"
    };
    set(
        &mut after.description,
        &child(section, "NobodyRefersToIt"),
        &json!({"type": "string"}),
    );
    Some(Mutation::silent(base, after))
}

/// A backend under another name, which says what it was called.
fn renamed_backend(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let backends = base.inputs.blueprint["backends"].as_object()?;
    let names: Vec<&String> = backends.keys().collect();
    let name = names[choices.below(names.len())].clone();
    let mut after = base.inputs.clone();
    renamed(&mut after.blueprint, "backends", &name)?;
    each(&mut after.blueprint["routes"], &mut |key, value| {
        if key == "backend" && *value == *name {
            *value = format!("{name}-renamed").into();
        }
    });
    (!base.mentions("\"mounts\"")).then(|| Mutation::silent(base, after))
}

/// An authorizer under another name, where routes name it.
fn renamed_authorizer(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let mut before = base.inputs.clone();
    let lambda = json!({"function": {"var": "checker_arn"}, "kind": "request", "identity": ["header.Authorization"], "ttl": "1m"});
    set(&mut before.blueprint, "/auth/checker/lambda", &lambda);
    let operation = base.pick(choices, |operation| {
        operation.auth.check == gwgen::plan::Check::Nobody && !operation.auth.api_key
    })?;
    add_route(&mut before, operation, &json!({"auth": "checker"}))?;
    let mut after = before.clone();
    renamed(&mut after.blueprint, "auth", "checker")?;
    let routes = after.blueprint["routes"].as_array_mut()?;
    routes.last_mut()?["auth"] = "checker-renamed".into();
    let rows = Vec::new();
    Some(Mutation {
        before,
        after,
        rows,
    })
}

/// Gives an entry of a section another name, in its place.
fn renamed(blueprint: &mut Value, section: &str, name: &str) -> Option<()> {
    let entries = blueprint[section].as_object_mut()?;
    let members = entries.iter().map(|(key, value)| {
        let mut value = value.clone();
        if key != name {
            return (key.clone(), value);
        }
        value["was"] = name.into();
        (format!("{name}-renamed"), value)
    });
    *entries = members.collect::<Map<_, _>>();
    Some(())
}

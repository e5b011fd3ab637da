//! The parts of a request that the gateway checks, and those that it leaves to the backend.

use crate::plan::{ModelPlan, OperationPlan, Plan, text_of};
use crate::printed;

/// A paragraph for every operation that is served.
pub(crate) fn paragraphs(plan: &Plan) -> String {
    let mut out = String::new();
    for operation in &plan.operations {
        let Some(path) = &operation.gateway_path else {
            continue;
        };
        let (method, path) = (operation.method.as_str(), text_of(path));
        out += &format!("{} {}\n", printed::line(method), printed::line(&path));
        for line in [parameters(operation), bodies(plan, operation)].concat() {
            out += &format!("  {}\n", printed::line(&line));
        }
        out.push('\n');
    }
    out
}

/// Lines about parameters. The gateway checks only that a parameter is there (Q4), as every variable
/// of a path is.
fn parameters(operation: &OperationPlan) -> Vec<String> {
    let declared = operation
        .request_parameters
        .iter()
        .filter_map(|(key, required)| Some((key.strip_prefix("method.request.")?, *required)));
    let unchecked = &operation.coverage.parameters;
    let (mut path, mut required, mut optional) = (Vec::new(), Vec::new(), Vec::new());
    for (name, is_required) in declared {
        if unchecked.iter().any(|(other, _)| **other == *name) {
            continue;
        }
        match name.starts_with("path.") {
            true => path.push(name),
            false if is_required => required.push(name),
            false => optional.push(name),
        }
    }
    let mut lines = Vec::new();
    if !path.is_empty() {
        let path = path.join(", ");
        lines.push(format!("not checked  {path}: type, format, range, values"));
    }
    if !required.is_empty() {
        let required = required.join(", ");
        lines.push(if operation.checks.parameters {
            format!(
                "checked      {required}: there and not blank; not checked: type, format, range, values"
            )
        } else {
            format!("not checked  {required}: required, but `validation` leaves it to the backend")
        });
    }
    if !optional.is_empty() {
        lines.push(format!("not checked  {}: optional", optional.join(", ")));
    }
    let unchecked = unchecked.iter();
    lines.extend(unchecked.map(|(name, why)| format!("not checked  {name}: {why}")));
    lines
}

/// Lines about bodies.
fn bodies(plan: &Plan, operation: &OperationPlan) -> Vec<String> {
    let coverage = &operation.coverage;
    let mut lines = Vec::new();
    for (media_type, index) in operation.checks.models.iter() {
        let model = &plan.models[*index];
        lines.push(format!(
            "checked      body {media_type} by model {}",
            model.name
        ));
        lines.extend(weakenings(model));
    }
    for (media_type, why) in &coverage.bodies {
        lines.push(format!("not checked  body {media_type}: {why}"));
    }
    if !operation.checks.models.is_empty() {
        let others = "not checked  body of any other media type: the gateway passes it on";
        lines.push(others.to_owned());
        if coverage.takes_no_body {
            let none =
                "not checked  whether there is a body: the description lets a request go without";
            lines.push(none.to_owned());
        }
    }
    lines
}

/// Lines about parts of a model that are weaker than the schema.
fn weakenings(model: &ModelPlan) -> impl Iterator<Item = String> {
    model.weakenings.iter().map(|(keyword, weakening)| {
        let more = match weakening.count - weakening.places.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let places = weakening.places.iter();
        let places: Vec<&str> = places
            .map(|place| {
                if place.is_empty() {
                    "/"
                } else {
                    place.as_str()
                }
            })
            .collect();
        let (meaning, places) = (meaning(keyword), places.join(", "));
        format!("  weaker     {keyword}: {meaning} ({places}{more})")
    })
}

/// The effect of a keyword that is left out of a model.
fn meaning(keyword: &str) -> &'static str {
    match keyword {
        "$ref" => "the reference leads nowhere that gwgen reads, so anything passes",
        "bytes" => "the body is bytes, whatever its media type says",
        "recursion" => "what holds itself is checked once, and not in itself",
        "size" => "the model would be too large, so anything passes below",
        "readOnly" => "properties that are read only are not required of a request",
        "exclusive bound" => "the bound itself passes",
        "oneOf" => "more than one alternative may fit",
        "format" => "API Gateway does not know formats",
        "pattern" => "Java, which API Gateway is written in, could read the pattern otherwise",
        "number" => "the number could be rounded",
        "schema" => "this is no schema",
        "not" => "what is excluded cannot be said exactly",
        _ => "API Gateway does not know the keyword",
    }
}

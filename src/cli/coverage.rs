//! The parts of a request that the gateway checks, and those that it leaves to the backend.
//!
//! In: `Plan`. Out: a paragraph for each operation. Pure.
//! Read from the plan; nothing is decided here.

use std::fmt::Write as _;

use crate::plan::{ModelPlan, OperationPlan, Plan, text_of};
use crate::printed;

/// A paragraph for every operation that is served.
pub(crate) fn paragraphs(plan: &Plan) -> String {
    let mut out = String::new();
    for operation in &plan.operations {
        let Some(path) = &operation.gateway_path else {
            continue;
        };
        writeln!(
            out,
            "{} {}",
            printed::line(operation.method.as_str()),
            printed::line(&text_of(path))
        )
        .expect("writing to a String cannot fail");
        parameters(operation, &mut out);
        bodies(plan, operation, &mut out);
        out.push('\n');
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    writeln!(out, "  {}", printed::line(&text.to_string()))
        .expect("writing to a String cannot fail");
}

/// The gateway looks at nothing but whether a parameter is there (Q4), as every variable of a path
/// is.
fn parameters(operation: &OperationPlan, out: &mut String) {
    let declared = operation
        .request_parameters
        .iter()
        .filter_map(|(key, required)| Some((key.strip_prefix("method.request.")?, *required)));
    let unchecked = &operation.coverage.parameters;
    let checked =
        declared.filter(|(name, _)| !unchecked.iter().any(|(other, _)| **other == **name));
    let (path, others): (Vec<_>, Vec<_>) = checked.partition(|(name, _)| name.starts_with("path."));
    let (required, optional): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|(_, required)| *required);
    let names = |parameters: &[(&str, bool)]| {
        parameters
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !path.is_empty() {
        line(
            out,
            format_args!("not checked  {}: type, format, range, values", names(&path)),
        );
    }
    if !required.is_empty() && operation.checks.parameters {
        line(
            out,
            format_args!(
                "checked      {}: there and not blank; not checked: type, format, range, values",
                names(&required)
            ),
        );
    } else if !required.is_empty() {
        line(
            out,
            format_args!(
                "not checked  {}: required, but `validation` leaves it to the backend",
                names(&required)
            ),
        );
    }
    if !optional.is_empty() {
        line(
            out,
            format_args!("not checked  {}: optional", names(&optional)),
        );
    }
    for (name, why) in unchecked {
        line(out, format_args!("not checked  {name}: {why}"));
    }
}

fn bodies(plan: &Plan, operation: &OperationPlan, out: &mut String) {
    let coverage = &operation.coverage;
    for (media_type, index) in operation.checks.models.iter() {
        let model = &plan.models[*index];
        line(
            out,
            format_args!("checked      body {media_type} by model {}", model.name),
        );
        weaker(model, out);
    }
    for (media_type, why) in &coverage.bodies {
        line(out, format_args!("not checked  body {media_type}: {why}"));
    }
    if !operation.checks.models.is_empty() {
        line(
            out,
            format_args!("not checked  body of any other media type: the gateway passes it on"),
        );
    }
    if coverage.takes_no_body && !operation.checks.models.is_empty() {
        line(
            out,
            format_args!(
                "not checked  whether there is a body: the description lets a request go without"
            ),
        );
    }
}

fn weaker(model: &ModelPlan, out: &mut String) {
    for (what, weakening) in &*model.weakenings {
        let more = weakening.count - weakening.places.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let places: Vec<&str> = weakening
            .places
            .iter()
            .map(|place| {
                if place.is_empty() {
                    "/"
                } else {
                    place.as_str()
                }
            })
            .collect();
        line(
            out,
            format_args!(
                "  weaker     {what}: {} ({}{more})",
                meaning(what),
                places.join(", ")
            ),
        );
    }
}

/// The effect of a keyword that is left out of a model.
fn meaning(what: &str) -> &'static str {
    match what {
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

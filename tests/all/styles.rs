//! The two styles of an API say the same: resources of their own, and one body that API Gateway
//! imports.
//!
//! In: every example and case in both styles. Out: compared. The finished templates are read here
//! from their text; nothing of the crate but `compile` has a part in it. Equal have to be the tree
//! of resources and, method by method, the integration, who may call, the validator, the declared
//! parameters and the models by media type; of the API its authorizers, validators, gateway
//! responses and settings; and whatever stands beside the API. A model in a body may only be
//! weaker, and only by what OpenAPI 3.0 has no word for.
//! The body as Terraform's JSON has to be the template's, too, but for what is known only at deploy
//! time.

mod body;
mod models;
mod resources;
mod template;

use std::collections::BTreeSet;

use crate::support::{Case, codes, fixtures, in_parallel};
use serde_json::{Value, json};
use template::{Reading, Template, has_api, is_function};

/// Refusals of CloudFormation alone.
const TERRAFORM_ONLY: [&str; 3] = ["GW2008", "GW4020", "GW4025"];

/// The result for a case.
#[derive(Default)]
struct Outcome {
    problems: Vec<String>,
    methods: usize,
    models: usize,
    weaker_models: usize,
}

#[test]
fn both_styles_say_the_same() {
    let outcomes = in_parallel(fixtures(), |fixture| compare(fixture));
    let problems: Vec<&String> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.problems)
        .collect();
    assert!(
        problems.is_empty(),
        "{} problems: {:#?}",
        problems.len(),
        &problems[..problems.len().min(50)]
    );
    // An empty comparison proves nothing.
    let sum = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
    let compared = (
        sum(|outcome| usize::from(outcome.methods > 0)),
        sum(|outcome| outcome.methods),
        sum(|outcome| outcome.models),
    );
    assert!(
        compared.0 > 90 && compared.1 > 300 && compared.2 > 20,
        "only {compared:?} APIs, methods and models were compared"
    );
    assert!(
        sum(|outcome| outcome.weaker_models) > 0,
        "no model was weaker"
    );
}

/// Another value anywhere in a body does not go unseen, but for those that say nothing of the API.
#[test]
fn every_value_of_a_body_is_compared() {
    let case = fixtures()
        .iter()
        .find(|case| case.name == "complete")
        .unwrap();
    let [by_resources, by_body] =
        ["resources", "body"].map(|style| only(&written(case, "cloudformation", style).unwrap()));
    let left = resources::read(&Template::of(&by_resources)).api;
    let (api, _) = Template::of(&by_body).of_kind("RestApi").next().unwrap();
    let place = format!("/Resources/{api}/Properties/Body");
    let mut leaves = Vec::new();
    collect_leaves(by_body.pointer(&place).unwrap(), &place, &mut leaves);
    let is_silent = |leaf: &str| {
        let ends = ["/description", "/openapi", "/info/version", "/schema/type"];
        // Models have a comparison of their own, and endpoints stand beside the body.
        ends.iter().any(|end| leaf.ends_with(end))
            || leaf.contains("/components/schemas/")
            || leaf.contains("endpoint-configuration")
    };
    let is_seen = |leaf: &String| {
        let mut changed = by_body.clone();
        let value = changed.pointer_mut(leaf).unwrap();
        *value = if value.is_string() {
            json!("another")
        } else {
            json!(["another"])
        };
        let right = std::panic::catch_unwind(|| body::read(&Template::of(&changed)).api);
        let mut found = Vec::new();
        right.is_err() || {
            differences(&left, &right.unwrap(), "", &mut found);
            !found.is_empty()
        }
    };
    let unseen: Vec<&String> = leaves
        .iter()
        .filter(|leaf| !is_silent(leaf) && !is_seen(leaf))
        .collect();
    assert!(
        leaves.len() > 200 && unseen.is_empty(),
        "of {}: {unseen:#?}",
        leaves.len()
    );
}

/// Pointers of the values of a document that hold no others.
fn collect_leaves(value: &Value, at: &str, leaves: &mut Vec<String>) {
    let below = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(key, value)| collect_leaves(value, &below(key), leaves)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, value)| collect_leaves(value, &below(&index.to_string()), leaves)),
        _ => leaves.push(at.to_owned()),
    }
}

fn compare(case: &Case) -> Outcome {
    let [of_resources, of_body] =
        ["resources", "body"].map(|style| written(case, "cloudformation", style));
    let name = &case.name;
    let (by_resources, by_body) = match (of_resources, of_body) {
        (Ok(left), Ok(right)) => (only(&left), only(&right)),
        (Err(left), Err(right))
            if left
                .iter()
                .chain(&right)
                .all(|code| TERRAFORM_ONLY.contains(code)) =>
        {
            return Outcome::default();
        }
        // A backend whose certificate is not verified: CloudFormation's resources have no word for
        // it, a body has.
        (Err(left), Ok(_)) if left == ["GW4025"] => return Outcome::default(),
        (left, right) => {
            let refused = format!(
                "{name}: refused: {:?} as resources, {:?} as a body",
                left.err(),
                right.err()
            );
            return Outcome {
                problems: vec![refused],
                ..Outcome::default()
            };
        }
    };
    if !has_api(&by_resources) && by_resources == by_body {
        return Outcome::default();
    }
    let left = resources::read(&Template::of(&by_resources));
    let right = body::read(&Template::of(&by_body));
    let mut outcome = Outcome {
        methods: left.api["methods"].as_object().unwrap().len(),
        ..Outcome::default()
    };
    differences(&left.api, &right.api, name, &mut outcome.problems);
    compare_models(&left, &right, name, &mut outcome);
    compare_with_terraform(case, &by_body, &mut outcome.problems);
    outcome
}

/// The JSON files of a rendered case, or the codes of the errors.
fn written(case: &Case, format: &str, style: &str) -> Result<Vec<Value>, Vec<&'static str>> {
    let mut case = case.clone();
    let output = case
        .blueprint
        .as_object_mut()
        .unwrap()
        .entry("output")
        .or_insert_with(|| json!({}));
    output["api_style"] = style.into();
    // JSON is read here.
    output.as_object_mut().unwrap().shift_remove("template");
    let compiled = case.compile(format);
    let Some(tree) = compiled.tree else {
        return Err(codes(&compiled.diagnostics, true));
    };
    let is_read = |name: &str| name == "template.json" || name.ends_with(".tf.json");
    let files = tree.files.iter().filter(|(name, _)| is_read(name));
    Ok(files
        .map(|(_, bytes)| serde_json::from_slice(bytes).unwrap())
        .collect())
}

fn only(files: &[Value]) -> Value {
    let [template] = files else {
        panic!("{} templates", files.len())
    };
    template.clone()
}

/// Places at which two trees differ.
fn differences(left: &Value, right: &Value, at: &str, found: &mut Vec<String>) {
    let (Value::Object(one), Value::Object(other)) = (left, right) else {
        if left != right {
            found.push(format!("{at}: {left} as resources, {right} in the body"));
        }
        return;
    };
    for key in one.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
        let here = format!("{at}: {key}");
        match (one.get(key), other.get(key)) {
            (Some(one), Some(other)) => differences(one, other, &here, found),
            (one, _) => found.push(format!(
                "{here} is in the {} alone",
                if one.is_some() { "resources" } else { "body" }
            )),
        }
    }
}

fn compare_models(left: &Reading, right: &Reading, at: &str, outcome: &mut Outcome) {
    let names = |reading: &Reading| reading.models.keys().cloned().collect::<Vec<_>>();
    if names(left) != names(right) {
        outcome.problems.push(format!(
            "{at}: models: {:?} as resources, {:?} in the body",
            names(left),
            names(right)
        ));
    }
    for (name, schema) in &left.models {
        let Some(in_body) = right.models.get(name) else {
            continue;
        };
        let verdict = models::weakened(schema, in_body, &format!("{at}: {name}"));
        outcome.models += 1;
        outcome.weaker_models += usize::from(verdict.is_weaker);
        outcome.problems.extend(verdict.problems);
    }
}

/// Holds the body in Terraform's JSON against the template's, with everything that is known only at
/// deploy time left open.
fn compare_with_terraform(case: &Case, template: &Value, problems: &mut Vec<String>) {
    let at = format!("{}: Terraform and CloudFormation", case.name);
    let files = match written(case, "terraform-json", "body") {
        Ok(files) => files,
        Err(codes) => {
            return problems.push(format!(
                "{at}: Terraform refuses what CloudFormation takes: {codes:?}"
            ));
        }
    };
    let body = files
        .iter()
        .find_map(|file| file["locals"].get("openapi"))
        .unwrap_or_else(|| panic!("{at}: no body"));
    let template = Template::of(template);
    differences(&opened(body), &opened(&template.api["Body"]), &at, problems);
}

fn opened(value: &Value) -> Value {
    match value {
        Value::Object(members)
            if members.len() == 1 && members.keys().all(|key| is_function(key)) =>
        {
            "…".into()
        }
        // A model says more in Terraform: its properties may have any name. The styles' models are
        // compared by themselves.
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != "schemas")
            .map(|(name, value)| (name.clone(), opened(value)))
            .collect(),
        Value::Array(items) => items.iter().map(opened).collect(),
        Value::String(text) if text.contains("${") => "…".into(),
        other => other.clone(),
    }
}

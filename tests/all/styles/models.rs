//! A model as a resource against the same in a body, which may refuse less, and only by what
//! OpenAPI 3.0 has no word for.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::template::is_function;

/// Keywords of a model that OpenAPI 3.0 has no word for.
const WORDLESS: [&str; 9] = [
    "$schema",
    "patternProperties",
    "dependencies",
    "definitions",
    "additionalItems",
    "$ref",
    "id",
    "format",
    "default",
];

/// Differences of a body that are not allowed, and whether it refuses less.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) problems: Vec<String>,
    pub(crate) is_weaker: bool,
}

impl Verdict {
    fn problem(&mut self, text: String) {
        self.problems.push(text);
    }

    fn add(&mut self, below: Self) {
        self.problems.extend(below.problems);
        self.is_weaker |= below.is_weaker;
    }
}

/// Compares a schema of a resource with the body's.
pub(crate) fn weakened(of_resource: &Value, of_body: &Value, at: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let (Value::Object(resource), Value::Object(body)) = (of_resource, of_body) else {
        if of_resource != of_body {
            verdict.problem(format!("{at}: {of_resource} became {of_body}"));
        }
        return verdict;
    };
    let mut body = body.clone();
    // CloudFormation would take such a property for a function.
    let misread = resource
        .get("properties")
        .and_then(Value::as_object)
        .is_some_and(|names| names.keys().any(|name| is_function(name)));
    // Import would read a type out of these again.
    let is_typeless = resource.contains_key("type") && !body.contains_key("type");
    for (key, value) in resource {
        let here = format!("{at}/{key}");
        let mine = body.shift_remove(key);
        match (key.as_str(), value, mine) {
            (key, _, None) if WORDLESS.contains(&key) => verdict.is_weaker |= key != "$schema",
            ("type" | "items", Value::Array(_), None) | ("not", _, None) => {
                verdict.is_weaker = true
            }
            ("type", value, None) if value == "null" => verdict.is_weaker = true,
            ("additionalProperties", _, None) if misread => verdict.is_weaker = true,
            ("items" | "properties" | "additionalProperties", _, mine) if is_typeless => {
                verdict.is_weaker = true;
                mine.into_iter()
                    .for_each(|mine| verdict.problem(format!("{here}: {mine} without a type")));
            }
            ("properties", value, mine) => {
                verdict.add(properties(
                    value.as_object().unwrap(),
                    mine.as_ref().and_then(Value::as_object),
                    &here,
                ));
                verdict.is_weaker |= misread;
            }
            ("items" | "additionalProperties", Value::Object(_), mine) => {
                verdict.add(weakened(value, &mine.unwrap_or_default(), &here))
            }
            ("not", value, Some(mine)) => {
                // What is weaker below would refuse more here: it is whole, or gone.
                let below = weakened(value, &mine, &here);
                if below.is_weaker || !below.problems.is_empty() {
                    verdict.problem(format!("{here}: weaker below `not` refuses more"));
                }
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(value), mine) => {
                verdict.add(choices(value, mine, &mut body, &here))
            }
            (_, value, mine) if mine.as_ref() != Some(value) => {
                verdict.problem(format!("{here}: {value} became {mine:?}"))
            }
            _ => {}
        }
    }
    body.keys()
        .for_each(|key| verdict.problem(format!("{at}/{key}: in the body alone")));
    verdict
}

fn properties(
    of_resource: &Map<String, Value>,
    of_body: Option<&Map<String, Value>>,
    at: &str,
) -> Verdict {
    let mut verdict = Verdict::default();
    let none = Map::new();
    let of_body = of_body.unwrap_or(&none);
    let names: BTreeSet<&String> = of_resource
        .keys()
        .filter(|name| !is_function(name))
        .collect();
    if names != of_body.keys().collect() {
        verdict.problem(format!(
            "{at}: {names:?} became {:?}",
            of_body.keys().collect::<Vec<_>>()
        ));
    }
    for name in names {
        if let Some(mine) = of_body.get(name) {
            verdict.add(weakened(&of_resource[name], mine, &format!("{at}/{name}")));
        }
    }
    verdict
}

/// `oneOf` whose parts are weaker has become `anyOf`, since two of them may match; beside another
/// `anyOf` it stands in an `allOf`.
fn choices(
    value: &[Value],
    mine: Option<Value>,
    body: &mut Map<String, Value>,
    at: &str,
) -> Verdict {
    let mut verdict = Verdict::default();
    let (stays, is_one_of) = (mine.is_some(), at.ends_with("/oneOf"));
    let mine = mine.or_else(|| if is_one_of { any_of(body) } else { None });
    let parts = mine
        .as_ref()
        .and_then(Value::as_array)
        .filter(|parts| parts.len() == value.len());
    let Some(parts) = parts else {
        verdict.problem(format!("{at}: {} choices became {mine:?}", value.len()));
        return verdict;
    };
    for (number, (part, mine)) in value.iter().zip(parts).enumerate() {
        verdict.add(weakened(part, mine, &format!("{at}/{number}")));
    }
    if is_one_of && stays && verdict.is_weaker {
        verdict.problem(format!("{at}: a part is weaker, so two may match"));
    }
    if is_one_of && !stays && !verdict.is_weaker {
        verdict.problem(format!("{at}: gave up `oneOf` for nothing"));
    }
    verdict
}

fn any_of(body: &mut Map<String, Value>) -> Option<Value> {
    if let Some(parts) = body.shift_remove("anyOf") {
        return Some(parts);
    }
    let all = body.shift_remove("allOf")?;
    all.as_array()?
        .iter()
        .find(|part| part.as_object().is_some_and(|part| part.len() == 1))
        .and_then(|part| part.get("anyOf"))
        .cloned()
}

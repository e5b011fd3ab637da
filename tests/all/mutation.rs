//! One security entry less: of a description or a blueprint, one at a time.
//!
//! In: every example and case that asks callers for something. Out: plain assertions, and how many
//! mutations were tried.
//! Each removal causes an error, or a diagnostic that was not there before; no method
//! becomes more open in silence.

mod classes;
mod one_less;
mod variants;

use std::collections::BTreeMap;

use crate::support::{Case, Fixture, findings, fixtures, in_parallel};
use gwgen::Compiled;
use gwgen::plan::{AuthPlan, Check, Plan};
use serde_json::Value;

/// The place of a removed entry, and the remaining document.
struct Mutation {
    what: String,
    document: Value,
    of_blueprint: bool,
}

/// Results of the mutations of a case.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    tried: usize,
    refused: usize,
    reported: usize,
    /// No method is more open.
    harmless: usize,
    /// More open, and nothing says so.
    silent: Vec<String>,
}

/// Examples whose promises name whatever asks callers for something.
const WITNESSED: [&str; 2] = ["secured", "complete"];

#[test]
fn nothing_that_is_taken_away_opens_a_method_in_silence() {
    let cases: Vec<Case> = fixtures()
        .iter()
        .filter(|case| asks_for_something(case))
        .map(|case| (**case).clone())
        .collect();
    assert!(
        WITNESSED
            .iter()
            .all(|name| cases.iter().any(|case| case.name == *name))
    );
    let tallies = in_parallel(&cases, tally);
    let (mut tried, mut refused, mut reported, mut harmless) = (0, 0, 0, 0);
    for (case, tally) in cases.iter().zip(&tallies) {
        // A promise is the second witness of what the description says; without one there is none.
        let is_witnessed = WITNESSED.contains(&case.name.as_str());
        let silent: Vec<&String> = tally
            .silent
            .iter()
            .filter(|place| is_witnessed || place.starts_with("blueprint"))
            .collect();
        assert!(
            silent.is_empty(),
            "{}: more open in silence: {silent:#?}",
            case.name
        );
        tried += tally.tried;
        refused += tally.refused;
        reported += tally.reported;
        harmless += tally.harmless;
    }
    let unwitnessed = tried - refused - reported - harmless;
    let counts = format!(
        "{tried} mutations of {} cases: {refused} refused, {reported} reported, {harmless} open nothing, {unwitnessed} of descriptions without a promise\n",
        cases.len()
    );
    // Straight to the stream: what the harness captures of a passing test is never shown.
    std::io::Write::write_all(&mut std::io::stderr(), counts.as_bytes()).unwrap();
    assert!(
        tried >= 100 && refused >= 40 && reported >= 5,
        "{tried} tried, {refused} refused, {reported} reported"
    );
}

/// The test can fail: without its promises the example loses methods in silence.
#[test]
fn without_promises_the_example_falls_open() {
    let mut case: Case = (**fixtures()
        .iter()
        .find(|case| case.name == "secured")
        .unwrap())
    .clone();
    case.blueprint.as_object_mut().unwrap().remove("expect");
    let silent = tally(&case).silent;
    assert!(
        silent
            .iter()
            .any(|place| place.contains("/paths/~1tickets/get/security")),
        "{silent:#?}"
    );
    assert!(
        silent.iter().any(|place| place.contains("key")),
        "{silent:#?}"
    );
}

/// Whatever the gateway checks of any operation.
fn asks_for_something(case: &Fixture) -> bool {
    let plan = case.compiled("terraform").plan.as_ref().unwrap();
    plan.operations
        .iter()
        .any(|operation| !operation.auth.entries.is_empty() || !operation.auth.is_open())
}

fn tally(case: &Case) -> Tally {
    let whole = case.compile("terraform");
    assert!(whole.tree.is_some(), "{} renders", case.name);
    let mut tally = Tally::default();
    for mutation in mutations(case) {
        tally.tried += 1;
        let mutated = compile(case, &mutation);
        if mutated.tree.is_none() {
            let has_error = mutated
                .diagnostics
                .iter()
                .any(gwgen::diagnostic::Diagnostic::is_error);
            assert!(
                has_error,
                "{}: {}: nothing is written, and nothing says why",
                case.name, mutation.what
            );
            tally.refused += 1;
            continue;
        }
        let opened = opened(whole.plan.as_ref().unwrap(), mutated.plan.as_ref().unwrap());
        if opened.is_empty() {
            tally.harmless += 1;
        } else if is_new(&whole, &mutated) {
            tally.reported += 1;
        } else {
            let from = if mutation.of_blueprint {
                "blueprint"
            } else {
                "description"
            };
            tally.silent.push(format!(
                "{from} without {}: {}",
                mutation.what,
                opened.join(", ")
            ));
        }
    }
    tally
}

fn compile(case: &Case, mutation: &Mutation) -> Compiled {
    if !mutation.of_blueprint {
        return case.compile_with(
            "terraform",
            Some(serde_json::to_vec(&mutation.document).unwrap()),
        );
    }
    Case {
        blueprint: mutation.document.clone(),
        ..case.clone()
    }
    .compile("terraform")
}

/// A finding that was not there before, of the kinds that tell of security.
fn is_new(whole: &Compiled, mutated: &Compiled) -> bool {
    const TELLING: &[&str] = &[
        "GW3004", "GW3005", "GW4080", "GW4081", "GW5011", "GW5012", "GW5013",
    ];
    let before = findings(&whole.diagnostics);
    let reported = mutated
        .diagnostics
        .iter()
        .filter(|diagnostic| TELLING.contains(&diagnostic.code.code));
    reported
        .into_iter()
        .any(|diagnostic| !before.contains(&diagnostic.message))
}

type Asked<'p> = BTreeMap<(String, String), &'p AuthPlan>;

fn required(plan: &Plan) -> Asked<'_> {
    let path = |operation: &gwgen::plan::OperationPlan| {
        operation
            .gateway_path
            .as_ref()
            .map(|path| gwgen::plan::text_of(path))
    };
    plan.operations
        .iter()
        .filter_map(|operation| {
            Some((
                (operation.method.as_str().to_owned(), path(operation)?),
                &operation.auth,
            ))
        })
        .collect()
}

/// Methods that let somebody through who was kept out before.
fn opened(before: &Plan, after: &Plan) -> Vec<String> {
    let (before, after) = (required(before), required(after));
    let weaker = |was: &AuthPlan, is: &AuthPlan| {
        let lost_check = was.check != Check::Nobody && was.check != is.check;
        let lost_key = was.api_key && !is.api_key;
        let lost_scopes =
            !was.scopes.is_empty() && (is.scopes.is_empty() || is.scopes.len() > was.scopes.len());
        // Access was left to the backend, and is now reported to be open.
        let lost_entry = !was.entries.is_empty() && is.entries.is_empty();
        lost_check || lost_key || lost_scopes || lost_entry
    };
    after
        .iter()
        .filter(|(key, is)| before.get(*key).is_some_and(|was| weaker(was, is)))
        .map(|((method, path), _)| format!("{method} {path}"))
        .collect()
}

/// Every way to take one entry away.
fn mutations(case: &Case) -> Vec<Mutation> {
    let description = case.description();
    let mut found: Vec<Mutation> = Vec::new();
    let mut take = |document: &Value, pointers: Vec<String>, of_blueprint: bool| {
        found.extend(pointers.into_iter().map(|what| Mutation {
            document: without(document, &what),
            what,
            of_blueprint,
        }));
    };
    take(&description, of_description(&description), false);
    take(&case.blueprint, of_blueprint(&case.blueprint), true);
    found
}

/// Requirements, their schemes and scopes; declarations of schemes; `x-gwgen-auth`.
fn of_description(description: &Value) -> Vec<String> {
    let mut pointers = security(description, "");
    for (path, item) in description["paths"].as_object().into_iter().flatten() {
        let at = format!("/paths/{}", escaped(path));
        if item.get("x-gwgen-auth").is_some() {
            pointers.push(format!("{at}/x-gwgen-auth"));
        }
        for (method, operation) in item.as_object().into_iter().flatten() {
            let at = format!("{at}/{method}");
            pointers.extend(security(operation, &at));
            if operation.get("x-gwgen-auth").is_some() {
                pointers.push(format!("{at}/x-gwgen-auth"));
            }
        }
    }
    for at in ["/components/securitySchemes", "/securityDefinitions"] {
        let schemes = description.pointer(at).and_then(Value::as_object);
        pointers.extend(
            schemes
                .into_iter()
                .flatten()
                .map(|(name, _)| format!("{at}/{}", escaped(name))),
        );
    }
    pointers
}

fn security(of: &Value, at: &str) -> Vec<String> {
    let Some(requirements) = of.get("security").and_then(Value::as_array) else {
        return Vec::new();
    };
    let at = format!("{at}/security");
    let mut pointers = vec![at.clone()];
    for (index, requirement) in requirements.iter().enumerate() {
        pointers.push(format!("{at}/{index}"));
        for (name, scopes) in requirement.as_object().into_iter().flatten() {
            let at = format!("{at}/{index}/{}", escaped(name));
            let count = scopes.as_array().map_or(0, Vec::len);
            pointers.extend((0..count).map(|scope| format!("{at}/{scope}")));
            pointers.push(at);
        }
    }
    pointers
}

/// Entries of `auth`, what routes say of it, usage plans with their keys.
fn of_blueprint(blueprint: &Value) -> Vec<String> {
    let mut pointers = Vec::new();
    for at in ["/auth", "/usage_plans", "/api/api_key_source"] {
        pointers.extend(blueprint.pointer(at).map(|_| at.to_owned()));
        let entries = blueprint.pointer(at).and_then(Value::as_object);
        pointers.extend(
            entries
                .into_iter()
                .flatten()
                .map(|(name, _)| format!("{at}/{}", escaped(name))),
        );
    }
    for (index, route) in blueprint["routes"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let says = ["auth", "scopes", "api_key", "weakens"]
            .into_iter()
            .filter(|key| route.get(key).is_some());
        pointers.extend(says.map(|field| format!("/routes/{index}/{field}")));
        pointers.push(format!("/routes/{index}"));
    }
    pointers
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn without(document: &Value, pointer: &str) -> Value {
    let mut document = document.clone();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(list) => drop(list.remove(last.parse().unwrap())),
        Value::Object(mapping) => {
            drop(mapping.shift_remove(&last.replace("~1", "/").replace("~0", "~")))
        }
        _ => panic!("{pointer} leads nowhere"),
    }
    document
}

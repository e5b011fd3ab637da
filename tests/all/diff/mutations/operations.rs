//! Mutations of operations: new, gone, hidden, with other parameters.
//! In: a state, choices. Out: two states and the rows between them; `None` where it does not fit.

use gwgen::blueprint::Exposure;
use gwgen::plan::{Check, OperationPlan};
use serde_json::{Value, json};

use super::base::{Base, METHODS, Mutation, Told, add_route, pointer, subject, told};
use super::changes::Both;
use super::inputs::{Spot, child, merge, set};
use super::settings::Headings;
use crate::pairs::choices::Choices;

/// A route that is hidden, or that the load balancer alone serves.
pub(super) fn of_exposure(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let operation = base.pick(choices, |_| true)?;
    let topology = base.inputs.blueprint["topology"].as_str()?;
    let is_served_inside = ["alb", "nlb-alb", "nlb-alb-sync"].contains(&topology);
    let exposure = choices.pick(&["hidden", "internal"]);
    let mut inside = base.inputs.clone();
    let route = add_route(&mut inside, operation, &json!({"exposure": exposure}))?;
    let subjects = base.subjects(operation);
    let at = Spot::description(pointer(operation));
    let is_opened = choices.chance(50);
    let (before, after) = if is_opened {
        (inside, base.inputs.clone())
    } else {
        (base.inputs.clone(), inside)
    };
    let row = |heading: &str, field: &str, places: [Option<&Spot>; 2]| {
        told((heading, field), &subjects, places)
    };
    let rows = if exposure == "internal" && is_served_inside {
        let set = Spot::blueprint(route + "/exposure");
        if is_opened {
            row("loosened", "exposure", [Some(&at), Some(&set)])
        } else {
            row("removed", "exposure", [Some(&set), Some(&at)])
        }
    } else if !is_opened {
        row("removed", "route", [None, Some(&at)])
    } else {
        row_of_new(base, &subjects, is_open(operation), &at)
    };
    Some(Mutation {
        before,
        after,
        rows,
    })
}

fn is_open(operation: &OperationPlan) -> bool {
    operation.auth.check == Check::Nobody && !operation.auth.api_key
}

/// Rows of a route that is new: more of a risk where others ask for something.
fn row_of_new(base: &Base, subjects: &[String], is_open: bool, at: &Spot) -> Vec<Told> {
    let api = &base.inputs.blueprint["api"];
    let is_restricted = api["endpoint"]["type"] == "private"
        || api["endpoint"].get("allow_cidrs").is_some()
        || api.get("policy").is_some()
        || api["domain"].get("mutual_tls").is_some();
    let others = base.plan().operations.iter();
    let asks = others
        .filter(|one| one.exposure == Exposure::Public)
        .any(|one| !self::is_open(one));
    let what = if is_open && asks && !is_restricted {
        ("loosened", "added")
    } else {
        ("added", "route")
    };
    told(what, subjects, [Some(at), None])
}

/// A path that is new or gone, protected or open.
pub(super) fn of_path(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let operation = base.pick(choices, |operation| operation.backend.is_some())?;
    let backend = &base.plan().backends[operation.backend?].name;
    let is_protected = choices.chance(50);
    let path = choices.pick(&["/brand-new-path", "/brand-new-path/{of}", "/zz-new/below"]);
    let method = METHODS[choices.below(5)];
    let is_old = base.inputs.description.get("swagger").is_some();
    let without = base.inputs.clone();
    let mut with = without.clone();
    let scheme = json!({"type": "apiKey", "in": "header", "name": "Authorization"});
    let schemes = if is_old {
        "/securityDefinitions"
    } else {
        "/components/securitySchemes"
    };
    let lambda = json!({"function": {"var": "new_arn"}, "kind": "request", "identity": ["header.Authorization"], "ttl": "1m"});
    if is_protected {
        set(&mut with.description, &child(schemes, "brandNew"), &scheme);
        set(&mut with.blueprint, "/auth/brandNew/lambda", &lambda);
    }
    let security = if is_protected {
        json!([{"brandNew": []}])
    } else {
        json!([])
    };
    let mut added = json!({"security": security, "x-gwgen-backend": &**backend, "responses": {"200": {"description": "ok"}}});
    if path.contains('{') {
        let parameter = json!({"name": "of", "in": "path", "required": true});
        let parameter = of_text(is_old, parameter);
        added["parameters"] = json!([parameter]);
    }
    let at = child(&child("/paths", path), method);
    set(&mut with.description, &at, &added);
    // Where the gateway serves it: once below each mount and base path.
    let whole = crate::diff::compiled(&with.written().texts, None);
    let plan = whole.plan.as_ref()?;
    let new = plan
        .operations
        .iter()
        .filter(|one| &*one.path == path && one.is_public());
    let subjects: Vec<String> = new.map(subject).collect();
    let spot = Spot::description(&*at);
    let is_added = choices.chance(50);
    let rows = if is_added {
        row_of_new(base, &subjects, !is_protected, &spot)
    } else {
        told(("removed", "route"), &subjects, [None, Some(&spot)])
    };
    let (before, after) = if is_added {
        (without, with)
    } else {
        (with, without)
    };
    Some(Mutation {
        before,
        after,
        rows,
    })
}

/// A parameter without which a request is refused.
pub(super) fn of_parameter(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let operation = base.pick(choices, |operation| {
        operation.checks.is_requested && !operation.place.file.is_empty()
    })?;
    let at = pointer(operation) + "/parameters";
    let own = base
        .inputs
        .description
        .pointer(&at)
        .cloned()
        .unwrap_or_else(|| json!([]));
    let is_old = base.inputs.description.get("swagger").is_some();
    let parameter = |name: &str, required: bool| {
        let within = if name.starts_with('X') {
            "header"
        } else {
            "query"
        };
        of_text(
            is_old,
            json!({"name": name, "in": within, "required": required}),
        )
    };
    let names = choices.pick(&[["brandNewA", "brandNewB"], ["X-Brand-A", "X-Brand-B"]]);
    let is_first =
        choices.chance(50) && !operation.checks.parameters && !operation.path.contains('{');
    // From required to not required: more passes.
    let states = [true, false].map(|required| {
        let mut inputs = base.inputs.clone();
        let mut all = own.as_array().cloned().unwrap_or_default();
        if !is_first {
            all.push(parameter(names[0], true));
        }
        all.push(parameter(names[1], required));
        set(&mut inputs.description, &at, &Value::Array(all));
        inputs
    });
    let spots = [0, 1].map(|_| Some(Spot::description(pointer(operation))));
    let rows: &[Headings] = &[
        ("relaxed", "tightened", "required parameters"),
        ("relaxed", "tightened", "validation"),
    ];
    let subjects = base.subjects(operation);
    let mut mutation =
        Both { states, spots }.mutation(choices, &subjects, &rows[..1 + usize::from(is_first)]);
    for row in &mut mutation.rows {
        if row.text.ends_with("validation") {
            (row.place, row.was) = (None, None);
        }
    }
    Some(mutation)
}

/// A parameter that is a text, in the notation of the description.
fn of_text(is_old: bool, mut parameter: Value) -> Value {
    let schema = if is_old {
        json!({"type": "string"})
    } else {
        json!({"schema": {"type": "string"}})
    };
    merge(&mut parameter, &schema);
    parameter
}

/// Security of an operation, in the description: gone, or with one scope more.
pub(super) fn of_security(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    // Where no route decides.
    let routes = base.inputs.blueprint["routes"].as_array();
    let routes = routes.into_iter().flatten();
    let deciding = routes.filter(|route| route.get("auth").is_some());
    let deciding: String = deciding.map(Value::to_string).collect();
    let description = &base.inputs.description;
    let security = |operation: &OperationPlan| {
        description
            .pointer(&(pointer(operation) + "/security"))?
            .as_array()
    };
    let operation = base.pick(choices, |operation| {
        let is_one = security(operation).is_some_and(|all| all.len() == 1);
        let id = description.pointer(&(pointer(operation) + "/operationId"));
        let named = [Some(&*operation.path), id.and_then(Value::as_str)];
        let mut named = named.into_iter().flatten();
        is_one
            && operation.auth.check != Check::Nobody
            && !operation.auth.api_key
            && !named.any(|name| deciding.contains(&format!("\"{name}\"")))
    })?;
    let at = pointer(operation) + "/security";
    let scopes = &operation.auth.scopes;
    let less = json!(security(operation)?);
    let mut more = json!([]);
    let mut row: Headings = ("loosened", "tightened", "auth");
    if !scopes.is_empty() && choices.chance(50) {
        more = less.clone();
        let (_, named) = more[0].as_object_mut()?.iter_mut().next()?;
        named.as_array_mut()?.push(json!("brand/new"));
        row.2 = "scopes";
    }
    let states = [less, more].map(|security| {
        let mut inputs = base.inputs.clone();
        set(&mut inputs.blueprint, "/expect", &Value::Null);
        set(&mut inputs.description, &at, &security);
        inputs
    });
    let spots = [0, 1].map(|_| Some(Spot::description(&*at)));
    Some(Both { states, spots }.mutation(choices, &base.subjects(operation), &[row]))
}

/// A schema of a body that stands at its operation.
pub(super) fn of_body(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let below = "/requestBody/content/application~1json/schema";
    let description = &base.inputs.description;
    let own = |operation: &OperationPlan| {
        description
            .pointer(&(pointer(operation) + below))?
            .as_object()
    };
    let operation = base.pick(choices, |operation| {
        let is_own = own(operation).is_some_and(|schema| !schema.contains_key("$ref"));
        is_own && operation.checks.body
    })?;
    let at = pointer(operation) + below;
    let keyword = if own(operation)?.get("type") == Some(&json!("array")) {
        "maxItems"
    } else {
        "maxProperties"
    };
    let states = [40, 41].map(|count| {
        let mut inputs = base.inputs.clone();
        set(&mut inputs.description, &child(&at, keyword), &json!(count));
        inputs
    });
    let subjects = base.subjects(operation);
    let row = ("changed", "changed", "body");
    Some(
        Both {
            states,
            spots: [None, None],
        }
        .mutation(choices, &subjects, &[row]),
    )
}

/// The whole API under one prefix more.
pub(super) fn of_mount(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    if base.mentions("\"internal\"") || base.mentions("usage_plans") {
        return None;
    }
    let name = base.inputs.blueprint["backends"]
        .as_object()?
        .keys()
        .next()?;
    let mut more = base.inputs.clone();
    let root = more.blueprint.as_object_mut()?;
    let mounts = root.entry("mounts").or_insert_with(|| json!([{"at": "/"}]));
    mounts
        .as_array_mut()?
        .push(json!({"at": "/brand-new", "backend": name}));
    let whole = crate::diff::compiled(&more.written().texts, None);
    let new = whole.plan.as_ref()?.operations.iter();
    let new = new.filter(|one| one.is_public() && subject(one).contains(" /brand-new"));
    let is_added = choices.chance(50);
    let rows = new.flat_map(|one| {
        let spot = Spot::description(pointer(one));
        let subjects = [subject(one)];
        if is_added {
            row_of_new(base, &subjects, is_open(one), &spot)
        } else {
            told(("removed", "route"), &subjects, [None, Some(&spot)])
        }
    });
    let rows = rows.collect();
    let (before, after) = if is_added {
        (base.inputs.clone(), more)
    } else {
        (more, base.inputs.clone())
    };
    Some(Mutation {
        before,
        after,
        rows,
    })
}

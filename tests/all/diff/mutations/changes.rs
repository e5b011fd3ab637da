//! Mutations of settings: of a route, of the stack, of a backend, of an authorizer.
//! In: a state, choices. Out: two states and the rows between them; `None` where it does not fit.

use gwgen::plan::{Check, OperationPlan};
use serde_json::{Value, json};

use super::base::{Base, Mutation, add_route, pointer, subject, told};
use super::inputs::{Inputs, Spot, child, json_of, merge, set};
use super::settings::{BackendSetting, Fits, Headings, RouteSetting, Setting};
use crate::pairs::choices::Choices;

/// Two states, and rows from the first to the second.
pub(super) struct Both {
    pub(super) states: [Inputs; 2],
    /// Places of a row in each state.
    pub(super) spots: [Option<Spot>; 2],
}

impl Both {
    /// In one of the two directions.
    pub(super) fn mutation(
        self,
        choices: &mut Choices<'_>,
        subjects: &[String],
        rows: &[Headings],
    ) -> Mutation {
        let is_forwards = choices.chance(50);
        let (first, second) = if is_forwards { (0, 1) } else { (1, 0) };
        let spots = [second, first].map(|index: usize| self.spots[index].as_ref());
        let row = |(up, down, field): &Headings| {
            told(
                (if is_forwards { up } else { down }, field),
                subjects,
                spots,
            )
        };
        let rows = rows.iter().flat_map(row).collect();
        let [one, other] = self.states;
        let (before, after) = if is_forwards {
            (one, other)
        } else {
            (other, one)
        };
        Mutation {
            before,
            after,
            rows,
        }
    }
}

pub(super) fn of_stack(
    setting: &Setting,
    base: &Base,
    choices: &mut Choices<'_>,
) -> Option<Mutation> {
    let section = setting.at.split('/').nth(1)?;
    let topology = base.inputs.blueprint["topology"].as_str()?;
    let is_there = match section {
        "alb" => topology.contains("alb"),
        "nlb" => topology.contains("nlb"),
        "forwarder" => topology == "forwarder",
        "sync" => topology.ends_with("sync"),
        "network" => topology != "internet",
        _ => true,
    };
    // Where the description answers preflights itself, none has headers.
    let mut operations = base.plan().operations.iter();
    let has_own = operations.any(|one| ["OPTIONS", "ANY"].contains(&one.method.as_str()));
    // Functions that forward are traced, too.
    let is_of_two = topology == "forwarder" && setting.at == "/stage/tracing";
    if !is_there || is_of_two || has_own && setting.at == "/api/cors/headers" {
        return None;
    }
    let states = setting.values.map(|value| {
        let mut inputs = base.inputs.clone();
        merge(&mut inputs.blueprint, &json_of(setting.with));
        set(&mut inputs.blueprint, setting.at, &json_of(value));
        inputs
    });
    // These are one fact each.
    let whole = [
        "/api/domain/base_path",
        "/stage/cache/size_gb",
        "/usage_plans/extra/keys",
        "/forwarder/memory_mb",
        "/sync/missing_before_deregister",
    ];
    let at = match setting.at.rsplit_once('/') {
        Some(("/usage_plans/extra", "keys")) => "/usage_plans",
        Some((above, _)) if whole.contains(&setting.at) => above,
        _ => setting.at,
    };
    let spots = setting.values.map(|_| Some(Spot::blueprint(at)));
    let subjects = [setting.subject.to_owned()];
    Some(Both { states, spots }.mutation(choices, &subjects, &[setting.row]))
}

pub(super) fn of_route(
    setting: &RouteSetting,
    base: &Base,
    choices: &mut Choices<'_>,
) -> Option<Mutation> {
    let operation = base.pick(choices, |operation| fits(setting.fits, operation))?;
    let [one, other] = setting.values.map(|value| {
        let mut inputs = base.inputs.clone();
        merge(&mut inputs.blueprint, &json_of(setting.with));
        let members = json_of(value);
        let route = add_route(&mut inputs, operation, &members);
        let is_there = members.get(setting.name).is_some();
        let spot = match route {
            Some(route) if is_there => Some(Spot::blueprint(child(&route, setting.name))),
            // Another route may decide, or an entry of `auth` that is `ignore`.
            _ if base.mentions_in_routes(setting.name) => None,
            _ if operation.auth.differs.is_some() => None,
            _ if ["auth", "scopes"].contains(&setting.name) => {
                Some(Spot::description(pointer(operation) + "/security"))
            }
            _ => Some(Spot::description(pointer(operation))),
        };
        (inputs, spot)
    });
    let (states, spots) = ([one.0, other.0], [one.1, other.1]);
    // Required parameters are a fact of the operation.
    let subjects = base.subjects(operation);
    let mut mutation = Both { states, spots }.mutation(choices, &subjects, setting.rows);
    for row in &mut mutation.rows {
        if row.text.ends_with("required parameters") {
            let spot = Some(Spot::description(pointer(operation)));
            (row.place, row.was) = (spot.clone(), spot);
        }
    }
    Some(mutation)
}

fn fits(fits: Fits, operation: &OperationPlan) -> bool {
    let auth = &operation.auth;
    let is_open = auth.check == Check::Nobody && !auth.api_key;
    let has_required = operation
        .request_parameters
        .iter()
        .any(|(name, required)| *required && !name.contains(".path."));
    match fits {
        Fits::All => true,
        Fits::Open => is_open,
        Fits::Checked => auth.check != Check::Nobody && !auth.api_key,
        Fits::WithoutKey => !auth.api_key,
        Fits::OpenGet => is_open && operation.method.as_str() == "GET",
        Fits::Parameters => operation.checks.parameters && has_required,
        Fits::Body => operation.checks.body,
    }
}

/// A throttle in the description, on the operation.
pub(super) fn of_extension(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let operation = base.pick(choices, |_| !base.mentions("throttle"))?;
    let at = pointer(operation) + "/x-gwgen-throttle";
    let states = [10, 20].map(|rate| {
        let mut inputs = base.inputs.clone();
        set(
            &mut inputs.description,
            &at,
            &json!({"rate": rate, "burst": 30}),
        );
        inputs
    });
    let spots = [0, 1].map(|_| Some(Spot::description(&*at)));
    let subjects = base.subjects(operation);
    Some(Both { states, spots }.mutation(
        choices,
        &subjects,
        &[("relaxed", "tightened", "throttle")],
    ))
}

/// The throttle of the stage, which is that of each route without one of its own.
pub(super) fn of_stage(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    if base.mentions("\"off\"") {
        return None;
    }
    let own = base.inputs.blueprint["routes"]
        .to_string()
        .contains("\"throttle\"");
    if own && base.plan().stage.throttle.is_none() {
        return None;
    }
    let states = [10, 20].map(|rate| {
        let mut inputs = base.inputs.clone();
        set(
            &mut inputs.blueprint,
            "/stage/throttle",
            &json!({"rate": rate, "burst": 400}),
        );
        inputs
    });
    let operations = base.plan().operations.iter();
    let same = operations.filter(|operation| {
        operation.is_public() && operation.throttle == base.plan().stage.throttle
    });
    let subjects: Vec<String> = same.map(subject).collect();
    let spots = [0, 1].map(|_| Some(Spot::blueprint("/stage/throttle")));
    Some(Both { states, spots }.mutation(
        choices,
        &subjects,
        &[("relaxed", "tightened", "throttle")],
    ))
}

pub(super) fn of_backend(
    setting: &BackendSetting,
    base: &Base,
    choices: &mut Choices<'_>,
) -> Option<Mutation> {
    let topology = base.inputs.blueprint["topology"].as_str()?;
    if setting.topology.is_some_and(|one| one != topology) || base.mentions("\"function\"") {
        return None;
    }
    let backends = base.inputs.blueprint["backends"].as_object()?;
    let names: Vec<&String> = backends.keys().collect();
    let name = names[choices.below(names.len())];
    let at = child("/backends", name);
    // A list of servers in place of another kind of targets, where it is one that fits.
    let targets = &backends[name]["targets"];
    let is_odd = setting.at == "/targets/ips" && topology == "forwarder"
        || targets.get("target_group").is_some();
    if is_odd || backends[name].get("url").is_some() && setting.at.starts_with("/targets") {
        return None;
    }
    let states = setting.values.map(|value| {
        let mut inputs = base.inputs.clone();
        merge(
            inputs.blueprint.pointer_mut(&at).unwrap(),
            &json_of(setting.with),
        );
        set(
            &mut inputs.blueprint,
            &format!("{at}{}", setting.at),
            &json_of(value),
        );
        inputs
    });
    let plan = base.plan();
    let index = plan
        .backends
        .iter()
        .position(|one| one.name.as_ref() == name.as_str())?;
    let served = plan.operations.iter();
    let served = served.filter(|one| one.is_public() && one.backend == Some(index));
    let spot = match setting.at {
        "/targets/ips" => Some(Spot::blueprint(format!("{at}/targets"))),
        "/path_prefix" | "/tls/verify" => None,
        below => Some(Spot::blueprint(format!("{at}{below}"))),
    };
    let subjects: Vec<String> = if setting.is_of_routes {
        served.map(subject).collect()
    } else {
        vec![format!("backend {name}")]
    };
    let spots = [spot.clone(), spot];
    Some(Both { states, spots }.mutation(choices, &subjects, &[setting.row]))
}

/// An authorizer that one route uses.
pub(super) fn of_authorizer(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let operation = base.pick(choices, |operation| fits(Fits::Open, operation))?;
    let lambda = json!({"function": {"var": "checker_arn"}, "kind": "request", "identity": ["header.Authorization"], "ttl": "1m"});
    let (at, values, row) = [
        (
            "/ttl",
            [json!("1m"), json!("2m")],
            ("relaxed", "tightened", "cached decisions"),
        ),
        (
            "/identity",
            [
                json!(["header.Authorization", "header.X-Tenant"]),
                json!(["header.Authorization"]),
            ],
            ("loosened", "tightened", "identity sources"),
        ),
        (
            "/function",
            [json!({"var": "one_arn"}), json!({"var": "other_arn"})],
            ("loosened", "loosened", "authorizer"),
        ),
    ][choices.below(3)]
    .clone();
    let states = values.map(|value| {
        let mut inputs = base.inputs.clone();
        set(&mut inputs.blueprint, "/auth/checker/lambda", &lambda);
        set(
            &mut inputs.blueprint,
            &format!("/auth/checker/lambda{at}"),
            &value,
        );
        add_route(&mut inputs, operation, &json!({"auth": "checker"}));
        inputs
    });
    let spots = [0, 1].map(|_| Some(Spot::blueprint(format!("/auth/checker/lambda{at}"))));
    Some(Both { states, spots }.mutation(choices, &["auth checker".to_owned()], &[row]))
}

/// A promise that is new or gone.
pub(super) fn of_promise(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let operation = base.pick(choices, |_| true)?;
    let promise = json!({"match": {"paths": [operation.path.replace('*', "\\*")], "methods": [operation.method.as_str()]}, "exposure": "public"});
    let mut with = base.inputs.clone();
    let root = with.blueprint.as_object_mut().unwrap();
    let all = root.entry("expect").or_insert_with(|| json!([]));
    let all = all.as_array_mut().unwrap();
    let spot = Spot::blueprint(format!("/expect/{}", all.len()));
    all.push(promise);
    let states = [with, base.inputs.clone()];
    let rows = [("loosened", "changed", "promise")];
    Some(
        Both {
            states,
            spots: [Some(spot), None],
        }
        .mutation(choices, &["expect".to_owned()], &rows),
    )
}

/// A route that goes to other servers.
pub(super) fn of_servers(base: &Base, choices: &mut Choices<'_>) -> Option<Mutation> {
    let plan = base.plan();
    let operation = base.pick(choices, |operation| operation.backend.is_some())?;
    let names: Vec<&str> = plan.backends.iter().map(|one| &**one.name).collect();
    let (one, other) = (
        names[choices.below(names.len())],
        names[choices.below(names.len())],
    );
    if one == other || base.inputs.blueprint.get("mounts").is_some() {
        return None;
    }
    let backends = &base.inputs.blueprint["backends"];
    let routed = [one, other].map(|name| {
        let mut inputs = base.inputs.clone();
        let route = add_route(&mut inputs, operation, &json!({"backend": name})).unwrap();
        (inputs, Some(Spot::blueprint(route + "/backend")))
    });
    let [from, to] = routed;
    let (states, spots) = ([from.0, to.0], [from.1, to.1]);
    let [first, second] = [one, other].map(|name| &backends[name]);
    let is_function = |backend: &Value| backend["targets"].get("function").is_some();
    if is_function(first) || is_function(second) {
        return None;
    }
    let subjects = base.subjects(operation);
    let mut mutation =
        Both { states, spots }.mutation(choices, &subjects, &[("moved", "moved", "backend")]);
    let prefix = |backend: &Value| backend["path_prefix"].as_str().unwrap_or("/").to_owned();
    let mut more = |text: (&str, &str)| mutation.rows.extend(told(text, &subjects, [None, None]));
    if prefix(first) != prefix(second) {
        more(("changed", "backend path"));
    }
    let is_through_nlb = base.inputs.blueprint["topology"] == "nlb-targets";
    let level = |backend: &Value| match backend["protocol"].as_str() {
        Some("https") if is_through_nlb => u8::from(backend["tls"]["verify"] == false),
        _ if is_through_nlb => 2,
        _ => 0,
    };
    let (mut from, mut to) = (level(first), level(second));
    if mutation.before.blueprint["routes"].as_array()?.last()?["backend"] != one {
        (from, to) = (to, from);
    }
    match from.cmp(&to) {
        std::cmp::Ordering::Less => more(("loosened", "encryption")),
        std::cmp::Ordering::Greater => more(("tightened", "encryption")),
        std::cmp::Ordering::Equal => {}
    }
    Some(mutation)
}

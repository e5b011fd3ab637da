//! API keys and the usage plans that hold them.
//! In: `usage_plans`, operations. Out: `UsagePlan`s by name.
//!
//! A method that requires a key allows no caller unless a usage plan covers the stage
//! (docs/aws-rules.md#u6).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::expect::DecidedOperation;
use crate::blueprint::{ApiKeySource, AuthSpec, Blueprint, KeySpec, Period, UsagePlanSpec};
use crate::diagnostic::{self, Diagnostic, OperationName};
use crate::plan::paths::text_of;
use crate::plan::rules::Matchers;
use crate::plan::variables::Variables;
use crate::plan::{
    AuthorizerPlan, AuthorizerSource, ClosedAnswer, ClosedPlan, InputType, Name, OperationPlan,
    ThrottlePlan, Value,
};
use crate::source::pointer::child;

/// A usage plan of the stage.
#[derive(Clone, Debug)]
pub struct UsagePlan {
    pub name: Name,
    pub keys: Vec<KeyPlan>,
    pub throttle: Option<ThrottlePlan>,
    pub quota: Option<QuotaPlan>,
    /// By full path of the resource and method, as usage plans write them.
    pub routes: BTreeMap<String, ThrottlePlan>,
    /// The blueprint has it no more, and Terraform leaves it as it is.
    pub is_closed: bool,
}

/// A key of a usage plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPlan {
    pub source: KeySource,
}

/// Source of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// A key of the stack, by name; AWS generates its value.
    Made(Arc<str>),
    /// A key that exists already, by its id.
    Existing(Value),
}

/// Most requests in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaPlan {
    pub limit: u64,
    pub period: Period,
}

/// Throttles of operations, by the usage plan that sets them.
pub(crate) type Throttles = BTreeMap<Arc<str>, BTreeMap<String, ThrottlePlan>>;

/// Decides the throttles that usage plans set for some operations; a later one has priority.
///
/// Errors: GW3008 a match of nothing (a warning), GW4082 more throttles than a plan takes, GW5011
/// without effect (a warning).
pub(crate) fn throttles(
    blueprint: &Blueprint,
    operations: &[DecidedOperation<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Throttles {
    let most = blueprint.spec.limits.plan_throttles;
    let mut by_plan = Throttles::new();
    for (name, spec) in blueprint.spec.usage_plans.iter().flatten() {
        let at = child(&child("/usage_plans", name), "routes");
        let mut throttles = BTreeMap::new();
        let routes = spec.routes.as_deref().unwrap_or_default();
        let matchers = Matchers::new(routes.iter().map(|route| &route.r#match), blueprint);
        let matches = matchers.matches(operations.iter().map(DecidedOperation::matched));
        for (index, (route, matched)) in routes.iter().zip(matches).enumerate() {
            let matched: Vec<&OperationPlan> = matched
                .into_iter()
                .map(|index| operations[index].plan)
                .filter(|operation| operation.is_public())
                .collect();
            let at = child(&child(&at, index), "match");
            diagnostics.extend(without_effect(&matched, &at, blueprint));
            let throttle = ThrottlePlan {
                rate: route.rate,
                burst: route.burst,
            };
            let paths = matched.into_iter().filter_map(path);
            throttles.extend(paths.map(|path| (path, throttle)));
        }
        if throttles.len() as u64 > most {
            diagnostics.push(
                diagnostic::TOO_MANY_PLAN_THROTTLES
                    .at(blueprint.place(&at))
                    .message(format_args!("the plan throttles {} operations by themselves, and may {most}", throttles.len()))
                    .help("match fewer operations, or set `throttle` of the plan; `limits.plan_throttles` where AWS raised the quota"),
            );
        }
        by_plan.insert(name.as_str().into(), throttles);
    }
    by_plan
}

/// Reports a throttle of a usage plan that no caller has; `matched` are the public operations
/// that it matches.
fn without_effect(
    matched: &[&OperationPlan],
    at: &str,
    blueprint: &Blueprint,
) -> Option<Diagnostic> {
    let (code, message, help) = if matched.is_empty() {
        (
            &diagnostic::MATCHES_NOTHING,
            "this throttle of a usage plan matches no public operation",
            "compare its patterns with the description, or remove it",
        )
    } else if matched.iter().any(|operation| operation.auth.api_key) {
        return None;
    } else {
        (
            &diagnostic::PLAN_WITHOUT_EFFECT,
            "no operation that this throttle matches needs an API key, so it throttles nobody",
            "add `api_key: true` to a route of these operations, or throttle them with `throttle` of a route",
        )
    };
    let place = blueprint.place(at);
    Some(code.at(place).message(message).help(help))
}

/// The path of an operation as usage plans write it.
///
/// Source: docs/aws-rules.md#u2: full path and method, nothing escaped; of the root `//GET`.
pub(crate) fn path(operation: &OperationPlan) -> Option<String> {
    Some(format!(
        "{}/{}",
        text_of(operation.gateway_path.as_ref()?),
        operation.method.as_str()
    ))
}

/// Has plans throttle the copies of operations as they throttle the operations.
pub(crate) fn throttle_copies(plans: &mut [UsagePlan], closed: &ClosedPlan) {
    for route in &closed.routes {
        let ClosedAnswer::Operation { own, copy } = &route.answer else {
            continue;
        };
        for plan in &mut *plans {
            if let (Some(throttle), Some(path)) = (plan.routes.get(own).copied(), path(copy)) {
                plan.routes.insert(path, throttle);
            }
        }
    }
}

/// Decides the usage plans, with their keys.
///
/// Errors: GW2002 literal, GW2006, GW2008 of `variables`.
pub(crate) fn plans(
    blueprint: &Blueprint,
    mut throttles: Throttles,
    variables: &mut Variables<'_>,
) -> Vec<UsagePlan> {
    let plan = |(name, spec): (&String, &UsagePlanSpec)| {
        let at = child(&child("/usage_plans", name), "keys");
        let key = |(index, key): (usize, &KeySpec)| KeyPlan {
            source: match key {
                KeySpec::Named(name) => KeySource::Made(name.as_str().into()),
                KeySpec::Existing(id) => KeySource::Existing(variables.value(
                    id,
                    InputType::ApiKey,
                    &child(&child(&at, index), "existing"),
                )),
            },
        };
        UsagePlan {
            name: name.as_str().into(),
            keys: spec.keys.iter().flatten().enumerate().map(key).collect(),
            throttle: spec.throttle.as_ref().map(ThrottlePlan::of),
            quota: spec.quota.as_ref().map(|quota| QuotaPlan {
                limit: quota.limit,
                period: quota.period,
            }),
            routes: throttles.remove(name.as_str()).unwrap_or_default(),
            is_closed: false,
        }
    };
    let specs = blueprint.spec.usage_plans.iter().flatten();
    specs.map(plan).collect()
}

/// Returns whether keys come from an authorizer.
pub(crate) fn from_authorizer(blueprint: &Blueprint) -> bool {
    blueprint.spec.api.api_key_source == ApiKeySource::Authorizer
}

/// Reports keys that no caller can have, and usage plans that no operation needs.
///
/// Errors: GW3044 a key and no plan, GW3047 a key that no authorizer gives, GW5011 a plan and no
/// key (a warning).
pub(crate) fn uncovered(
    blueprint: &Blueprint,
    operations: &[OperationPlan],
    authorizers: &[AuthorizerPlan],
) -> Vec<Diagnostic> {
    let keyed: Vec<&OperationPlan> = operations
        .iter()
        .filter(|operation| operation.is_public() && operation.auth.api_key)
        .collect();
    if keyed.is_empty() {
        let names = blueprint.spec.usage_plans.iter().flat_map(BTreeMap::keys);
        let finding = |name: &String| {
            diagnostic::PLAN_WITHOUT_EFFECT
                .at(blueprint.place(&child("/usage_plans", name)))
                .message("no operation needs an API key, so nobody is asked for one of this plan")
                .help("add `api_key: true` to a route, or remove the plan")
        };
        return names.map(finding).collect();
    }
    let mut diagnostics: Vec<_> = without_plan(blueprint, &keyed).into_iter().collect();
    if from_authorizer(blueprint) {
        diagnostics.extend(without_key_giver(blueprint, &keyed, authorizers));
    }
    diagnostics
}

/// Reports that operations require keys, and no usage plan covers the stage.
///
/// Errors: GW3044.
fn without_plan(blueprint: &Blueprint, keyed: &[&OperationPlan]) -> Option<Diagnostic> {
    let plans = blueprint.spec.usage_plans.as_ref();
    if !plans.is_none_or(BTreeMap::is_empty) {
        return None;
    }
    let mut entries = blueprint.spec.auth.iter().flatten();
    let entry = entries.find(|(_, spec)| matches!(spec, AuthSpec::ApiKey));
    let at = entry.map_or_else(
        || "/usage_plans".to_owned(),
        |(name, _)| child("/auth", name),
    );
    let mut finding = diagnostic::KEY_WITHOUT_PLAN
        .at(blueprint.place(&at))
        .also(keyed.first()?.place.clone())
        .message(format_args!(
            "{} an API key, and no usage plan holds the stage: every call would be refused",
            needs(keyed)
        ))
        .help("add a plan with a key for each caller: `usage_plans: {partner: {keys: [acme]}}`");
    finding.operations.extend(names(keyed));
    Some(finding)
}

/// Reports operations whose keys come from an authorizer that they do not have.
///
/// Errors: GW3047.
fn without_key_giver(
    blueprint: &Blueprint,
    keyed: &[&OperationPlan],
    authorizers: &[AuthorizerPlan],
) -> Option<Diagnostic> {
    let functions: BTreeSet<&str> = authorizers
        .iter()
        .filter(|authorizer| matches!(authorizer.source, AuthorizerSource::Lambda(_)))
        .map(|authorizer| &**authorizer.name)
        .collect();
    let mut keyless = keyed.to_vec();
    keyless.retain(|operation| {
        let authorizer = operation.auth.authorizer();
        authorizer.is_none_or(|name| !functions.contains(name))
    });
    let first = keyless.first()?;
    let mut finding = diagnostic::KEY_FROM_NO_AUTHORIZER
        .at(blueprint.place("/api/api_key_source"))
        .also(first.place.clone())
        .message(format_args!("{} an API key that an authorizer's function gives, and has no such authorizer", needs(&keyless)))
        .help("give these operations a `lambda` authorizer, or read keys from the header with `api_key_source: header`");
    finding.operations.extend(names(&keyless));
    Some(finding)
}

fn names(operations: &[&OperationPlan]) -> impl Iterator<Item = OperationName> {
    operations.iter().map(|operation| operation.name())
}

fn needs(operations: &[&OperationPlan]) -> String {
    match operations {
        [only] => format!("{} needs", only.name()),
        [first, rest @ ..] => format!("{} and {} more need", first.name(), rest.len()),
        [] => String::new(),
    }
}

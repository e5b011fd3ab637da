//! API keys and the usage plans that hold them.
//!
//! In: `usage_plans`, operations. Out: `UsagePlan`s by name. Pure.
//! A method that needs a key lets nobody in unless a plan holds the stage (docs/aws-rules.md#u6).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::expect::Looked;
use crate::blueprint::{
    ApiKeySource, AuthSpec, Blueprint, KeySpec, Period, ThrottleSpec, UsagePlanSpec, defaults,
};
use crate::diagnostic::{self, Diagnostic, OperationName};
use crate::plan::paths::text_of;
use crate::plan::rules::Matchers;
use crate::plan::variables::Variables;
use crate::plan::{AuthorizerAsks, AuthorizerPlan, InputType, OperationPlan, ThrottlePlan, Value};
use crate::source::pointer::child;

/// A usage plan of the stage.
#[derive(Clone, Debug)]
pub struct UsagePlan {
    pub name: Arc<str>,
    pub keys: Vec<KeyPlan>,
    pub throttle: Option<ThrottlePlan>,
    pub quota: Option<QuotaPlan>,
    /// By full path of the resource and method, as usage plans write them.
    pub routes: BTreeMap<String, ThrottlePlan>,
}

/// A key of a usage plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPlan {
    pub source: KeySource,
}

/// Where a key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// It is made, under that name; AWS makes its value.
    Made(Arc<str>),
    /// It is there, by its id.
    Existing(Value),
}

/// Requests in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaPlan {
    pub limit: u64,
    pub period: Period,
}

/// Throttles of operations, by the plan that sets them.
pub(crate) type Throttles = BTreeMap<Arc<str>, BTreeMap<String, ThrottlePlan>>;

fn throttle_of(spec: &ThrottleSpec) -> ThrottlePlan {
    ThrottlePlan {
        rate: spec.rate,
        burst: spec.burst,
    }
}

/// Throttles that plans set for some operations; a later one wins.
///
/// Errors: GW3008 a match of nothing (a warning), GW4082 more throttles than a plan takes, GW5011
/// without effect (a warning).
pub(crate) fn throttles(
    blueprint: &Blueprint,
    looked: &[Looked<'_>],
    diagnostics: &mut Vec<Diagnostic>,
) -> Throttles {
    let mut all = Throttles::new();
    for (name, spec) in blueprint.spec.usage_plans.iter().flatten() {
        let at = child("/usage_plans", name);
        let mut throttles = BTreeMap::new();
        let routes = spec.routes.as_deref().unwrap_or_default();
        let matches = Matchers::new(routes.iter().map(|it| &it.r#match), blueprint);
        let matches = matches.matches(looked.iter().map(|it| (it.described, it.mount)));
        for (index, (route, matched)) in routes.iter().zip(matches).enumerate() {
            let at = child(&child(&child(&at, "routes"), index), "match");
            let throttle = ThrottlePlan {
                rate: route.rate,
                burst: route.burst,
            };
            let matched = || {
                matched
                    .iter()
                    .map(|it| &looked[*it])
                    .filter(|it| it.plan.is_public())
            };
            if matched().next().is_none() {
                diagnostics.push(
                    diagnostic::MATCHES_NOTHING
                        .at(blueprint.place(&at))
                        .message("this throttle of a usage plan matches no public operation")
                        .help("compare its patterns with the description, or remove it"),
                );
            } else if !matched().any(|it| it.plan.auth.api_key) {
                diagnostics.push(
                    diagnostic::PLAN_WITHOUT_EFFECT
                        .at(blueprint.place(&at))
                        .message("no operation that this throttle matches needs an API key, so it throttles nobody")
                        .help("add `api_key: true` to a route of these operations, or throttle them with `throttle` of a route"),
                );
            }
            throttles.extend(matched().filter_map(|it| Some((path(it.plan)?, throttle))));
        }
        let most = blueprint
            .spec
            .limits
            .as_ref()
            .and_then(|it| it.plan_throttles)
            .unwrap_or(crate::limits::PLAN_THROTTLES);
        if throttles.len() as u64 > most {
            diagnostics.push(
                diagnostic::TOO_MANY_PLAN_THROTTLES
                    .at(blueprint.place(&child(&at, "routes")))
                    .message(format_args!("the plan throttles {} operations by themselves, and may {most}", throttles.len()))
                    .help("match fewer operations, or set `throttle` of the plan; `limits.plan_throttles` where AWS raised the quota"),
            );
        }
        all.insert(name.as_str().into(), throttles);
    }
    all
}

/// Source: docs/aws-rules.md#u2: full path and method, nothing escaped; of the root `//GET`.
fn path(operation: &OperationPlan) -> Option<String> {
    Some(format!(
        "{}/{}",
        text_of(operation.gateway_path.as_ref()?),
        operation.method.as_str()
    ))
}

/// The plans, with their keys.
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
                KeySpec::Existing(id) => KeySource::Existing(variables.of_gateway(
                    id,
                    InputType::ApiKey,
                    &child(&child(&at, index), "existing"),
                )),
            },
        };
        UsagePlan {
            name: name.as_str().into(),
            keys: spec.keys.iter().flatten().enumerate().map(key).collect(),
            throttle: spec.throttle.as_ref().map(throttle_of),
            quota: spec.quota.as_ref().map(|it| QuotaPlan {
                limit: it.limit,
                period: it.period,
            }),
            routes: throttles.remove(name.as_str()).unwrap_or_default(),
        }
    };
    blueprint
        .spec
        .usage_plans
        .iter()
        .flatten()
        .map(plan)
        .collect()
}

/// Whether keys come from an authorizer.
pub(crate) fn from_authorizer(blueprint: &Blueprint) -> bool {
    let source = blueprint
        .spec
        .api
        .as_ref()
        .and_then(|it| it.api_key_source)
        .unwrap_or(defaults::API_KEY_SOURCE);
    source == ApiKeySource::Authorizer
}

/// Whether everybody who has a key gets in, and nobody was given one for nothing.
///
/// Errors: GW3044 a key and no plan, GW3047 a key that no authorizer gives, GW5011 a plan and no
/// key (a warning).
pub(crate) fn covered(
    blueprint: &Blueprint,
    operations: &[OperationPlan],
    authorizers: &[AuthorizerPlan],
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let keyed: Vec<&OperationPlan> = operations
        .iter()
        .filter(|it| it.is_public() && it.auth.api_key)
        .collect();
    let plans = blueprint.spec.usage_plans.as_ref();
    if let (Some(first), true) = (keyed.first(), plans.is_none_or(BTreeMap::is_empty)) {
        let entry = blueprint
            .spec
            .auth
            .iter()
            .flatten()
            .find(|(_, spec)| matches!(spec, AuthSpec::ApiKey));
        let mut finding = diagnostic::KEY_WITHOUT_PLAN
            .at(blueprint.place(&entry.map_or_else(
                || "/usage_plans".to_owned(),
                |(name, _)| child("/auth", name),
            )))
            .also(first.place.clone())
            .message(format_args!(
                "{} an API key, and no usage plan holds the stage: every call would be refused",
                needs(&keyed)
            ))
            .help(
                "add a plan with a key for each caller: `usage_plans: {partner: {keys: [acme]}}`",
            );
        finding.operations.extend(names(&keyed));
        findings.push(finding);
    }
    if keyed.is_empty() {
        findings.extend(plans.into_iter().flatten().map(|(name, _)| {
            diagnostic::PLAN_WITHOUT_EFFECT
                .at(blueprint.place(&child("/usage_plans", name)))
                .message("no operation needs an API key, so nobody is asked for one of this plan")
                .help("add `api_key: true` to a route, or remove the plan")
        }));
    }
    if from_authorizer(blueprint) {
        let lambdas: BTreeSet<&str> = authorizers
            .iter()
            .filter(|it| matches!(it.asks, AuthorizerAsks::Lambda(_)))
            .map(|it| &*it.name)
            .collect();
        let lost: Vec<&OperationPlan> = keyed
            .into_iter()
            .filter(|it| it.auth.authorizer().is_none_or(|it| !lambdas.contains(it)))
            .collect();
        if let Some(first) = lost.first() {
            let mut finding = diagnostic::KEY_FROM_NO_AUTHORIZER
                .at(blueprint.place("/api/api_key_source"))
                .also(first.place.clone())
                .message(format_args!("{} an API key that an authorizer's function gives, and has no such authorizer", needs(&lost)))
                .help("give these operations a `lambda` authorizer, or read keys from the header with `api_key_source: header`");
            finding.operations.extend(names(&lost));
            findings.push(finding);
        }
    }
    findings
}

fn names(operations: &[&OperationPlan]) -> impl Iterator<Item = OperationName> {
    operations.iter().map(|it| OperationName {
        method: it.method.as_str(),
        path: Arc::clone(&it.path),
    })
}

fn needs(operations: &[&OperationPlan]) -> String {
    match operations {
        [first, rest @ ..] if !rest.is_empty() => {
            format!(
                "`{} {}` and {} more need",
                first.method.as_str(),
                first.path,
                rest.len()
            )
        }
        _ => operations.first().map_or_else(String::new, |it| {
            format!("`{} {}` needs", it.method.as_str(), it.path)
        }),
    }
}

//! Comparison of the stage with the plan: settings of methods, cache keys, preflights, and the
//! gateway's own errors.

use std::collections::BTreeSet;

use super::Walker;
use super::values::{InStack, ensure, only};
use crate::assemble::Assembled;
use crate::aws::{
    Authorization, CacheSettings, Deployment, GatewayResponse, Integration, Method, MethodCache,
    MethodSettings, MethodThrottle, Preflight, Settings, Stage,
};
use crate::openapi::HttpMethod;
use crate::plan::{GatewayResponsePlan, OperationPlan, Plan, PreflightPlan, ThrottlePlan, text_of};

/// Returns the differences from the plan in preflights, settings and the gateway's own errors.
pub(crate) fn problems(walker: &mut Walker<'_>) -> Vec<String> {
    let (plan, assembled) = (walker.plan, walker.assembled);
    if assembled.api.is_none() {
        return Vec::new();
    }
    let preflights = plan.cors.iter().flat_map(|cors| &cors.preflights);
    let mut problems: Vec<String> = preflights
        .filter_map(|preflight| preflight_holds(walker, preflight).err())
        .collect();
    problems.extend(settings_hold(plan, assembled).err());
    problems.extend(errors_hold(plan, assembled).err());
    problems
}

/// Checks that the cache key is as planned, and that the method declares each part of it.
pub(crate) fn cached_as_planned(method: &Method, operation: &OperationPlan) -> Result<(), String> {
    let cache = operation.cache.as_ref();
    let planned = cache.map_or(&[][..], |cache| &cache.keys);
    let mut keys = planned.iter();
    ensure(
        method.cache_keys == planned
            && keys.all(|key| method.request_parameters.contains_key(&**key)),
        "has another cache key than planned, or one that it does not declare",
    )
}

/// Checks that the gateway responds to preflights of a path as planned, for its public operations.
fn preflight_holds(walker: &mut Walker<'_>, planned: &PreflightPlan) -> Result<(), String> {
    let plan = walker.plan;
    let tree = &walker.follower.tree;
    let path = text_of(&planned.path);
    let method = tree.method(HttpMethod::Options, &planned.path);
    let method =
        method.ok_or_else(|| format!("no method answers preflight requests to `{path}`"))?;
    walker.followed[method.index] = true;
    let method = method.node;
    let is_planned = is_preflight(plan, method, planned);
    let operations = plan.operations.iter();
    let public: BTreeSet<HttpMethod> = operations
        .filter(|operation| operation.gateway_path.as_ref() == Some(&planned.path))
        .map(|operation| operation.method)
        .collect();
    let allowed: BTreeSet<HttpMethod> = planned.methods.iter().copied().collect();
    let is_public = if public.contains(&HttpMethod::Any) {
        HttpMethod::of_requests()
            .all(|method| allowed.contains(&method) != (method == HttpMethod::Options))
    } else {
        // Of a path that has an exported preflight alone.
        allowed == public || (public.is_empty() && allowed == BTreeSet::from([HttpMethod::Options]))
    };
    ensure(
        is_planned && is_public,
        format_args!("browsers are told something else of `{path}` than was planned"),
    )
}

/// Returns whether a method responds to preflights as planned, to everybody.
pub(crate) fn is_preflight(plan: &Plan, method: &Method, planned: &PreflightPlan) -> bool {
    let response = plan.cors.as_ref().map(|cors| Preflight {
        origins: cors.origins.clone(),
        methods: planned.methods.clone(),
        headers: planned.headers.clone(),
        has_credentials: cors.has_credentials,
        max_age_s: cors.max_age_s,
    });
    let is_planned = matches!(&method.integration, Integration::Preflight(found)
        if Some(found) == response.as_ref());
    // Browsers show no credentials with it. Source: docs/aws-rules.md#a7.
    let is_open = method.authorization == Authorization::default();
    is_planned && is_open && super::is_plain(method, &planned.path)
}

/// Checks that the log and tracing of the stage, and throttle, cache and metrics of every method,
/// are as planned.
fn settings_hold(plan: &Plan, assembled: &Assembled) -> Result<(), String> {
    let stage: &Stage = only(&assembled.stack).ok_or("there is not one stage")?;
    let (planned, cluster) = (&plan.stage, plan.stage.cache.as_ref());
    ensure(
        stage.request_log.is_some() == planned.request_log.is_some()
            && stage.is_traced == planned.is_traced
            && stage.cache_size == cluster.map(|cluster| cluster.size),
        "the stage logs, traces or caches otherwise than planned",
    )?;
    ensure(
        are_settings(plan, &stage.settings, planned.throttle, None),
        "every method has other settings than planned",
    )?;
    let mut own = stage.of_methods.len();
    for operation in plan.operations.iter().chain(plan.closed.operations()) {
        let Some(path) = &operation.gateway_path else {
            continue;
        };
        let path = text_of(path);
        let is_own =
            |found: &&MethodSettings| found.http_method == operation.method && *found.path == *path;
        let found: Vec<_> = stage.of_methods.iter().filter(is_own).collect();
        own -= found.len();
        let settings = found.first().map_or(&stage.settings, |own| &own.settings);
        let cached = operation.cache.as_ref().map(|cache| CacheSettings {
            ttl_s: cache.ttl_s,
            is_encrypted: cache.is_encrypted,
        });
        let are_planned = are_settings(plan, settings, operation.throttle, cached);
        let method = operation.method.as_str();
        ensure(
            found.len() <= 1 && are_planned,
            format_args!("`{method} {path}` has other settings than planned"),
        )?;
    }
    ensure(own == 0, "there are settings of a method that is none")
}

fn are_settings(
    plan: &Plan,
    settings: &Settings,
    throttle: Option<ThrottlePlan>,
    cached: Option<CacheSettings>,
) -> bool {
    let throttle = match (throttle.in_stack(), plan.stage.throttle) {
        (Some(throttle), _) => MethodThrottle::Of(throttle),
        (None, Some(_)) => MethodThrottle::Off,
        (None, None) => MethodThrottle::Unset,
    };
    settings.throttle == throttle
        && settings.cache == MethodCache::of(plan.stage.cache.is_some(), cached)
        && settings.has_metrics == plan.stage.has_metrics
}

/// Checks that the gateway's own errors are as planned, and included in the deployment.
fn errors_hold(plan: &Plan, assembled: &Assembled) -> Result<(), String> {
    let found: Vec<&GatewayResponse> = assembled.stack.all().collect();
    let planned = &plan.gateway_responses;
    let mut pairs = found.iter().zip(planned);
    ensure(
        found.len() == planned.len()
            && pairs.all(|(found, planned)| is_response(plan, found, planned)),
        "the gateway's own errors are others than planned",
    )?;
    let deployment = assembled.stack.all::<Deployment>().next();
    let is_deployed = deployment.is_some_and(|deployed| deployed.parts.len() == found.len());
    ensure(is_deployed, "an error of the gateway's own is not deployed")
}

/// Returns whether an error has its status, and lets browsers read it as planned.
fn is_response(plan: &Plan, found: &GatewayResponse, planned: &GatewayResponsePlan) -> bool {
    let cors = plan.cors.as_ref();
    let has_credentials = cors.is_some_and(|cors| cors.has_credentials);
    let headers = [
        (
            "Access-Control-Allow-Credentials",
            has_credentials.then_some("true"),
        ),
        (
            "Access-Control-Allow-Origin",
            cors.map(|cors| cors.first_origin()),
        ),
        (
            "Content-Type",
            planned.is_problem.then_some("application/problem+json"),
        ),
    ];
    let headers = headers
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let status = planned.status.filter(|_| planned.is_problem);
    let found_headers = found.headers.iter().map(|(name, value)| (*name, &**value));
    found.of == planned.of
        && found.status == status.map(|(status, _)| status)
        && found_headers.eq(headers)
}

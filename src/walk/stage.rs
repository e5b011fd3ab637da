//! Comparison of the stage with the plan: settings of methods, cache keys, preflights, and the
//! gateway's own errors.

use std::collections::BTreeSet;

use super::Walker;
use crate::assemble::Assembled;
use crate::aws::{
    Authorization, CacheSettings, Deployment, GatewayResponse, Integration, Method, MethodCache,
    MethodThrottle, Preflight, Settings, Stage, ThrottleLimit,
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
    let planned = operation.cache.as_ref().map_or(&[][..], |it| &it.keys);
    if method.cache_keys != planned {
        return Err("has kept answers told apart by something else than was planned".into());
    }
    match planned
        .iter()
        .find(|it| !method.request_parameters.contains_key(&***it))
    {
        Some(key) => Err(format!(
            "has `{key}` in the key of its cache, and does not declare it"
        )),
        None => Ok(()),
    }
}

/// Checks that the gateway responds to preflights of a path as planned, for its public operations.
fn preflight_holds(walker: &mut Walker<'_>, planned: &PreflightPlan) -> Result<(), String> {
    let plan = walker.plan;
    let path = text_of(&planned.path);
    let tree = &walker.follower.tree;
    let Some(method) = tree.method(HttpMethod::Options, &planned.path) else {
        return Err(format!("no method answers preflight requests to `{path}`"));
    };
    walker.followed[method.index] = true;
    let method = method.node;
    let Integration::Preflight(Preflight {
        origins,
        methods,
        headers,
        has_credentials,
        max_age_s,
    }) = &method.integration
    else {
        return Err(format!("no preflight response allows browsers `{path}`"));
    };
    let public: BTreeSet<HttpMethod> = plan
        .operations
        .iter()
        .filter(|it| it.gateway_path.as_ref() == Some(&planned.path))
        .map(|it| it.method)
        .collect();
    let is_planned = *methods == planned.methods
        && plan.cors.as_ref().is_some_and(|it| {
            (origins, has_credentials, max_age_s, headers)
                == (
                    &it.origins,
                    &it.has_credentials,
                    &it.max_age_s,
                    &planned.headers,
                )
        });
    let allowed: BTreeSet<HttpMethod> = methods.iter().copied().collect();
    let is_public = if public.contains(&HttpMethod::Any) {
        HttpMethod::of_requests().all(|it| allowed.contains(&it) != (it == HttpMethod::Options))
    } else {
        // Of a path that has an exported preflight alone.
        allowed == public || (public.is_empty() && allowed == BTreeSet::from([HttpMethod::Options]))
    };
    // Browsers show no credentials with it. Source: docs/aws-rules.md#a7.
    let is_open = method.authorization == Authorization::default();
    let is_plain = method.checks.is_empty()
        && method.cache_keys.is_empty()
        && super::declares(method, &planned.path);
    if is_planned && is_public && is_open && is_plain {
        Ok(())
    } else {
        Err(format!(
            "browsers are told something else of `{path}` than was planned"
        ))
    }
}

fn stage_of(assembled: &Assembled) -> Result<&Stage, String> {
    let mut stages = assembled.stack.all::<Stage>();
    match (stages.next(), stages.next()) {
        (Some(stage), None) => Ok(stage),
        (None, _) | (Some(_), Some(_)) => Err("there is not one stage".into()),
    }
}

/// Checks that the log and tracing of the stage, and throttle, cache and metrics of every method,
/// are as planned.
fn settings_hold(plan: &Plan, assembled: &Assembled) -> Result<(), String> {
    let stage = stage_of(assembled)?;
    if stage.request_log.is_some() != plan.stage.request_log.is_some()
        || stage.is_traced != plan.stage.is_traced
    {
        return Err("the stage logs or traces otherwise than planned".into());
    }
    if stage.cache_size != plan.stage.cache.as_ref().map(|it| it.size) {
        return Err("the stage has another cache than planned".into());
    }
    setting_holds(plan, &stage.settings, plan.stage.throttle, None)
        .map_err(|it| format!("every method {it}"))?;
    let mut own = stage.of_methods.len();
    for operation in &plan.operations {
        let Some(path) = &operation.gateway_path else {
            continue;
        };
        let path = text_of(path);
        let mut found = stage
            .of_methods
            .iter()
            .filter(|it| it.http_method == operation.method && *it.path == *path);
        let settings = match (found.next(), found.next()) {
            (None, _) => &stage.settings,
            (Some(it), None) => {
                own -= 1;
                &it.settings
            }
            (Some(_), Some(_)) => return Err(format!("`{path}` has two settings of one method")),
        };
        let cached = operation.cache.as_ref().map(|it| CacheSettings {
            ttl_s: it.ttl_s,
            is_encrypted: it.is_encrypted,
        });
        let problem = |it| format!("`{} {path}` {it}", operation.method.as_str());
        setting_holds(plan, settings, operation.throttle, cached).map_err(problem)?;
    }
    if own == 0 {
        Ok(())
    } else {
        Err("there are settings of a method that is none".into())
    }
}

fn setting_holds(
    plan: &Plan,
    settings: &Settings,
    throttle: Option<ThrottlePlan>,
    cached: Option<CacheSettings>,
) -> Result<(), &'static str> {
    let planned = match (throttle, plan.stage.throttle) {
        (Some(ThrottlePlan { rate, burst }), _) => {
            MethodThrottle::Of(ThrottleLimit { rate, burst })
        }
        (None, Some(_)) => MethodThrottle::Off,
        (None, None) => MethodThrottle::Unset,
    };
    if settings.throttle != planned {
        return Err("is held back otherwise than planned");
    }
    if settings.cache != MethodCache::of(plan.stage.cache.is_some(), cached) {
        return Err("has its answers kept otherwise than planned");
    }
    if settings.has_metrics != plan.stage.has_metrics {
        return Err("is measured otherwise than planned");
    }
    Ok(())
}

/// Checks that the gateway's own errors are as planned, and included in the deployment.
fn errors_hold(plan: &Plan, assembled: &Assembled) -> Result<(), String> {
    let found: BTreeSet<&str> = assembled
        .stack
        .all::<GatewayResponse>()
        .map(|response| response.of)
        .collect();
    let planned: BTreeSet<&str> = plan.gateway_responses.iter().map(|it| it.of).collect();
    let mut pairs = assembled
        .stack
        .all::<GatewayResponse>()
        .zip(&plan.gateway_responses);
    if found != planned || !pairs.all(|(found, planned)| is_response(plan, found, planned)) {
        return Err("the gateway's own errors are others than planned".into());
    }
    let deployment = assembled.stack.all::<Deployment>().next();
    if deployment.is_some_and(|it| it.parts.len() == found.len()) {
        Ok(())
    } else {
        Err("an error of the gateway's own is not deployed".into())
    }
}

/// Returns whether an error has its status, and lets browsers read it as planned.
fn is_response(plan: &Plan, found: &GatewayResponse, planned: &GatewayResponsePlan) -> bool {
    let cors = plan.cors.as_ref();
    let credentials = cors.filter(|cors| cors.has_credentials).map(|_| "true");
    let headers = [
        ("Access-Control-Allow-Credentials", credentials),
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
    found.of == planned.of
        && found.status == status.map(|(status, _)| status)
        && found
            .headers
            .iter()
            .map(|(name, value)| (*name, &**value))
            .eq(headers)
}

//! Promises of the blueprint, checked at every render.
//! In: `expect`, operations with the decisions about them. Out: diagnostics.
//!
//! Promises are evidence beside the description: a restriction that it drops, a promise still
//! requires.

use crate::blueprint::{
    AuthSpec, Blueprint, ExpectSpec, Exposure, MatchSpec, Presence, Switch, ThrottleSpec,
};
use crate::diagnostic::{self, Diagnostic};
use crate::plan::rules::{Described, Matchers, Subjects, UnmatchedSafeguard};
use crate::plan::{AuthPlan, Check, OperationPlan};
use crate::source::pointer::child;

/// An operation under a mount, with what was decided.
pub(crate) struct DecidedOperation<'a> {
    pub(crate) described: Described<'a>,
    pub(crate) mount: &'a str,
    pub(crate) plan: &'a OperationPlan,
    /// The gateway slows its callers down.
    pub(crate) is_throttled: bool,
}

impl<'a> DecidedOperation<'a> {
    /// The operation and its mount, as `match` sees them.
    pub(crate) fn matched(&self) -> (Described<'a>, &'a str) {
        (self.described, self.mount)
    }
}

/// Returns whether an operation has a throttle: its route's, else the stage's.
pub(crate) fn is_throttled(blueprint: &Blueprint, of_route: Option<&Switch<ThrottleSpec>>) -> bool {
    let of_stage = blueprint.spec.stage.throttle.as_ref();
    of_route.or(of_stage).and_then(Switch::on).is_some()
}

/// Checks every promise.
///
/// Errors: GW3045 a broken promise, GW3046 a promise about nothing; note GW5020 one that may be
/// about nothing.
pub(crate) fn expect(
    blueprint: &Blueprint,
    subjects: &Subjects<'_>,
    operations: &[DecidedOperation<'_>],
) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let promises = blueprint.spec.expect.as_deref().unwrap_or_default();
    if promises.is_empty() {
        return diagnostics;
    }
    let matches: Vec<MatchSpec> = promises.iter().map(without_exposure).collect();
    let matched = Matchers::new(matches.iter(), blueprint)
        .touched(operations.iter().map(DecidedOperation::matched));
    let idle = subjects.idle(&matches.iter().collect::<Vec<_>>());
    for (index, (promise, matched)) in promises.iter().zip(matched).enumerate() {
        let at = child("/expect", index);
        let exposure = promise.r#match.exposure;
        let is_empty = matched.is_empty() && !matches[index].is_empty();
        let meant: Vec<&DecidedOperation<'_>> = matched
            .into_iter()
            .map(|matched| &operations[matched])
            .filter(|operation| exposure.is_none_or(|of| operation.plan.exposure == of))
            .collect();
        let place = blueprint.place(&child(&at, "match"));
        if is_empty || !idle[index].is_empty() {
            let unmatched = UnmatchedSafeguard {
                noun: "promise",
                place,
                idle: &idle[index],
                is_empty,
                is_optional: promise.optional == Some(true) || blueprint.is_from_base("/expect"),
            };
            diagnostics.push(unmatched.report(&diagnostic::PROMISE_ABOUT_NOTHING));
        } else if meant.is_empty() {
            diagnostics.push(
                diagnostic::IDLE_SAFEGUARD
                    .at(place)
                    .message("this promise is about no operation now: what it matches has another exposure")
                    .help("nothing to do, if that is meant"),
            );
        }
        for operation in meant {
            let breaches = breaches(promise, operation, blueprint);
            diagnostics.extend(breaches.into_iter().map(|(field, message)| {
                let name = operation.plan.name();
                diagnostic::BROKEN_PROMISE
                    .at(blueprint.place(&child(&at, field)))
                    .also(operation.plan.place.clone())
                    .message(format_args!("{name} {message}"))
                    .help("mend the description or the routes so that the promise holds; change the promise only where it no longer should")
                    .keeps(name)
            }));
        }
    }
    diagnostics
}

/// Fields of a promise that an operation breaks, with the ends of the sentences that report it.
fn breaches(
    promise: &ExpectSpec,
    decided: &DecidedOperation<'_>,
    blueprint: &Blueprint,
) -> Vec<(&'static str, String)> {
    let operation = decided.plan;
    let mut breaches = Vec::new();
    let differs = |promised: &Exposure| *promised != operation.exposure;
    if let Some(promised) = promise.exposure.filter(differs) {
        let message = format!(
            "is {}, and is promised to be {}",
            operation.exposure.name(),
            promised.name()
        );
        breaches.push(("exposure", message));
    }
    // Nobody calls what is hidden.
    if operation.exposure == Exposure::Hidden {
        return breaches;
    }
    let auth = promise.auth.as_deref();
    let broken = auth.and_then(|auth| auth_breach(auth, operation, blueprint));
    breaches.extend(broken.map(|message| ("auth", message)));
    if promise.throttle == Some(Presence::Any) {
        let message = if operation.exposure == Exposure::Internal {
            "is internal, where nothing slows callers down, and is promised to have a throttle"
        } else if !decided.is_throttled {
            "has no throttle, and is promised to have one"
        } else {
            return breaches;
        };
        breaches.push(("throttle", message.to_owned()));
    }
    breaches
}

/// Returns whether an entry of `auth` checks the callers of an operation.
fn is_checked_by(name: &str, auth: &AuthPlan, blueprint: &Blueprint) -> bool {
    let entry = |name: &str| blueprint.spec.auth.as_ref().and_then(|auth| auth.get(name));
    match entry(name) {
        _ if !auth.entries.contains(name) => false,
        Some(AuthSpec::ApiKey) => auth.api_key,
        Some(AuthSpec::Iam) => auth.check == Check::Iam,
        // Two names may have one authorizer.
        Some(AuthSpec::Cognito(..) | AuthSpec::Lambda(..)) => {
            matches!(&auth.check, Check::Authorizer(by) if **by == *name || entry(by) == entry(name))
        }
        Some(AuthSpec::Ignore) | None => false,
    }
}

/// Returns how an operation breaks a promised `auth`.
///
/// A key identifies a caller and proves nothing, so it is no authorization (docs/aws-rules.md#u6).
fn auth_breach(promised: &str, operation: &OperationPlan, blueprint: &Blueprint) -> Option<String> {
    let auth = &operation.auth;
    let has_check = auth.check != Check::Nobody;
    let holds = match promised {
        "any" => has_check,
        "none" => auth.is_open(),
        name => is_checked_by(name, auth, blueprint),
    };
    if holds {
        return None;
    }
    let actual = if operation.exposure == Exposure::Internal {
        match blueprint.spec.topology.has_alb() {
            true => "is internal: private callers reach it through the load balancer, which checks nobody".to_owned(),
            false => "is internal, where the gateway checks nobody".to_owned(),
        }
    } else if has_check {
        let names: Vec<String> = auth
            .entries
            .iter()
            .filter(|name| is_checked_by(name, auth, blueprint))
            .map(|name| format!("`{name}`"))
            .collect();
        format!("is checked by {}", names.join(" and "))
    } else if auth.api_key {
        "requires an API key alone, which anybody may have been given".to_owned()
    } else if let Some(ignored) = auth.entries.first() {
        format!("is open to every caller of the gateway, which ignores `{ignored}`")
    } else {
        "is open to every caller of the gateway".to_owned()
    };
    Some(format!("{actual}, and is promised `auth: {promised}`"))
}

/// The match of a promise, whatever the exposure.
fn without_exposure(promise: &ExpectSpec) -> MatchSpec {
    let of = promise.r#match.clone();
    MatchSpec {
        paths: of.paths,
        methods: of.methods,
        tags: of.tags,
        operation_ids: of.operation_ids,
        specs: of.specs,
        mounts: of.mounts,
    }
}

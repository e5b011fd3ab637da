//! Promises of the blueprint, checked at every render.
//!
//! In: `expect`, operations with what was decided of them. Out: findings. Pure.
//! They are the evidence that stands beside the description: what it loses, a promise still asks
//! for.

use crate::blueprint::{
    AuthSpec, Blueprint, ExpectSpec, Exposure, MatchSpec, Presence, Switch, ThrottleSpec,
};
use crate::diagnostic::{self, Diagnostic, OperationName, Place};
use crate::plan::rules::{Described, Lost, Matchers, Subjects};
use crate::plan::{AuthPlan, Check, OperationPlan};
use crate::source::pointer::child;

/// An operation under a mount, with what was decided.
pub(crate) struct Looked<'a> {
    pub(crate) described: Described<'a>,
    pub(crate) mount: &'a str,
    pub(crate) plan: &'a OperationPlan,
    /// The gateway slows its callers down.
    pub(crate) is_throttled: bool,
}

/// Whether an operation has a throttle: its route's, else the stage's.
pub(crate) fn is_throttled(blueprint: &Blueprint, said: Option<&Switch<ThrottleSpec>>) -> bool {
    let stage = blueprint
        .spec
        .stage
        .as_ref()
        .and_then(|it| it.throttle.as_ref());
    said.or(stage).and_then(Switch::on).is_some()
}

/// Checks every promise.
///
/// Errors: GW3045 a broken promise, GW3046 a promise about nothing; note GW5020 one that may be
/// about nothing.
pub(crate) fn expect(
    blueprint: &Blueprint,
    subjects: &Subjects<'_>,
    looked: &[Looked<'_>],
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let promises = blueprint.spec.expect.as_deref().unwrap_or_default();
    if promises.is_empty() {
        return findings;
    }
    let matches: Vec<MatchSpec> = promises.iter().map(plain).collect();
    let matched = Matchers::new(matches.iter(), blueprint)
        .touched(looked.iter().map(|it| (it.described, it.mount)));
    let idle = subjects.idle(&matches.iter().collect::<Vec<_>>());
    for (index, (promise, matched)) in promises.iter().zip(matched).enumerate() {
        let at = child("/expect", index);
        let exposure = promise.r#match.exposure;
        let is_empty = matched.is_empty() && !matches[index].is_empty();
        let place = blueprint.place(&child(&at, "match"));
        if is_empty || !idle[index].is_empty() {
            let is_optional = promise.optional == Some(true) || blueprint.is_from_base("/expect");
            let lost = Lost {
                noun: "promise",
                place,
                idle: &idle[index],
                is_empty,
                is_optional,
            };
            findings.push(lost.finding(&diagnostic::PROMISE_ABOUT_NOTHING));
        } else if !matched
            .iter()
            .any(|it| exposure.is_none_or(|asked| looked[*it].plan.exposure == asked))
        {
            findings.push(
                diagnostic::IDLE_SAFEGUARD
                    .at(place)
                    .message("this promise is about no operation now: what it matches has another exposure")
                    .help("nothing to do, if that is meant"),
            );
        }
        let is_meant = |it: &&Looked<'_>| exposure.is_none_or(|asked| it.plan.exposure == asked);
        for it in matched.iter().map(|it| &looked[*it]).filter(is_meant) {
            let broken = |(field, message): (&str, String)| {
                finding(blueprint.place(&child(&at, field)), it.plan, &message)
            };
            findings.extend(breaches(promise, it, blueprint).into_iter().map(broken));
        }
    }
    findings
}

fn finding(at: Place, operation: &OperationPlan, message: &str) -> Diagnostic {
    diagnostic::BROKEN_PROMISE
        .at(at)
        .also(operation.place.clone())
        .message(format_args!("`{} {}` {message}", operation.method.as_str(), operation.path))
        .help("mend the description or the routes so that the promise holds; change the promise only where it no longer should")
        .keeps(OperationName { method: operation.method.as_str(), path: operation.path.clone() })
}

/// What of a promise an operation does not keep, by field.
fn breaches(
    promise: &ExpectSpec,
    looked: &Looked<'_>,
    blueprint: &Blueprint,
) -> Vec<(&'static str, String)> {
    let operation = looked.plan;
    let mut found = Vec::new();
    if let Some(exposure) = promise.exposure.filter(|it| *it != operation.exposure) {
        let named = |it: Exposure| match it {
            Exposure::Public => "public",
            Exposure::Internal => "internal",
            Exposure::Hidden => "hidden",
        };
        found.push((
            "exposure",
            format!(
                "is {}, and is promised to be {}",
                named(operation.exposure),
                named(exposure)
            ),
        ));
    }
    // Nobody calls what is hidden.
    if operation.exposure == Exposure::Hidden {
        return found;
    }
    if let Some(auth) = &promise.auth {
        found.extend(auth_breach(auth, operation, blueprint).map(|it| ("auth", it)));
    }
    let is_private = operation.exposure == Exposure::Internal;
    match promise.throttle {
        Some(Presence::Any) if is_private => {
            found.push((
                "throttle",
                "is internal, where nothing slows callers down, and is promised to have a throttle"
                    .to_owned(),
            ));
        }
        Some(Presence::Any) if !looked.is_throttled => found.push((
            "throttle",
            "has no throttle, and is promised to have one".to_owned(),
        )),
        Some(Presence::Any) | None => {}
    }
    found
}

/// Whether an entry of `auth` is what callers of an operation are checked by.
fn is_checked_by(name: &str, auth: &AuthPlan, blueprint: &Blueprint) -> bool {
    let entry = |name: &str| blueprint.spec.auth.as_ref().and_then(|it| it.get(name));
    match entry(name) {
        _ if !auth.entries.contains(name) => false,
        Some(AuthSpec::ApiKey) => auth.api_key,
        Some(AuthSpec::Iam) => auth.check == Check::Iam,
        // Two names may have one authorizer.
        Some(AuthSpec::Cognito(_) | AuthSpec::Lambda(_)) => {
            matches!(&auth.check, Check::Authorizer(by) if **by == *name || entry(by) == entry(name))
        }
        Some(AuthSpec::Ignore) | None => false,
    }
}

/// A key tells who calls and proves nothing, so it is no authorization (docs/aws-rules.md#u6).
fn auth_breach(promised: &str, operation: &OperationPlan, blueprint: &Blueprint) -> Option<String> {
    let auth = &operation.auth;
    let has_check = auth.check != Check::Nobody;
    let holds = match promised {
        "any" => has_check,
        "none" => auth.is_open(),
        name => is_checked_by(name, auth, blueprint),
    };
    let asked = if operation.exposure == Exposure::Internal {
        match blueprint.spec.topology.has_alb() {
            true => "is internal: private callers reach it through the load balancer, which checks nobody".to_owned(),
            false => "is internal, where the gateway checks nobody".to_owned(),
        }
    } else if has_check {
        let names: Vec<String> = auth
            .entries
            .iter()
            .filter(|it| is_checked_by(it, auth, blueprint))
            .map(|it| format!("`{it}`"))
            .collect();
        format!("is checked by {}", names.join(" and "))
    } else if auth.api_key {
        "asks for an API key alone, which anybody may have been given".to_owned()
    } else if let Some(ignored) = auth.entries.first() {
        format!("is open to every caller of the gateway, which ignores `{ignored}`")
    } else {
        "is open to every caller of the gateway".to_owned()
    };
    (!holds).then(|| format!("{asked}, and is promised `auth: {promised}`"))
}

/// A match without the exposure.
fn plain(promise: &ExpectSpec) -> MatchSpec {
    let it = promise.r#match.clone();
    MatchSpec {
        paths: it.paths,
        methods: it.methods,
        tags: it.tags,
        operation_ids: it.operation_ids,
        specs: it.specs,
        mounts: it.mounts,
    }
}

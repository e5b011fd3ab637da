//! Promises of the blueprint, checked at every render.
//!
//! In: `expect`, operations with what was decided of them. Out: findings. Pure.
//! They are the evidence that stands beside the description: what it loses, a promise still asks for.

use super::OperationPlan;
use super::rules::{Described, Matchers};
use crate::blueprint::{Blueprint, ExpectSpec, Exposure, MatchSpec, Presence, Switch, ThrottleSpec};
use crate::diagnostic::{self, Diagnostic, OperationName, Place};
use crate::source::pointer::child;

/// An operation under a mount, with what was decided.
pub(super) struct Looked<'a> {
    pub(super) described: Described<'a>,
    pub(super) mount: &'a str,
    pub(super) plan: &'a OperationPlan,
    /// The gateway slows its callers down.
    pub(super) is_throttled: bool,
}

/// Whether an operation has a throttle: its route's, else the stage's.
pub(super) fn is_throttled(blueprint: &Blueprint, said: Option<&Switch<ThrottleSpec>>) -> bool {
    let stage = blueprint.spec.stage.as_ref().and_then(|it| it.throttle.as_ref());
    said.or(stage).and_then(Switch::on).is_some()
}

/// Checks every promise.
///
/// Errors: GW3045 a broken promise, GW3046 a promise about nothing.
pub(super) fn expect(blueprint: &Blueprint, looked: &[Looked<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let promises = blueprint.spec.expect.as_deref().unwrap_or_default();
    let matches: Vec<MatchSpec> = promises.iter().map(plain).collect();
    let matched = Matchers::new(matches.iter(), blueprint).matches(looked.iter().map(|it| (it.described, it.mount)));
    for (index, (promise, matched)) in promises.iter().zip(matched).enumerate() {
        let at = child("/expect", index);
        let exposure = promise.r#match.exposure;
        let is_meant = |it: &&Looked<'_>| exposure.is_none_or(|asked| it.plan.exposure == asked);
        let mut meant = matched.iter().map(|it| &looked[*it]).filter(is_meant).peekable();
        if meant.peek().is_none() {
            findings.push(
                diagnostic::PROMISE_ABOUT_NOTHING
                    .at(blueprint.place(&child(&at, "match")))
                    .message("this promise is about no operation, so it keeps nothing safe")
                    .help("compare its patterns with the paths, methods, tags and operation ids of the description, or remove it"),
            );
        }
        for it in meant {
            let broken = |(field, message): (&str, String)| finding(blueprint.place(&child(&at, field)), it.plan, &message);
            findings.extend(breaches(promise, it).into_iter().map(broken));
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
fn breaches(promise: &ExpectSpec, looked: &Looked<'_>) -> Vec<(&'static str, String)> {
    let operation = looked.plan;
    let mut found = Vec::new();
    if let Some(exposure) = promise.exposure.filter(|it| *it != operation.exposure) {
        let named = |it: Exposure| match it {
            Exposure::Public => "public",
            Exposure::Internal => "internal",
            Exposure::Hidden => "hidden",
        };
        found.push(("exposure", format!("is {}, and is promised to be {}", named(operation.exposure), named(exposure))));
    }
    // Nobody calls what is hidden.
    if operation.exposure == Exposure::Hidden {
        return found;
    }
    if let Some(auth) = &promise.auth {
        found.extend(auth_breach(auth, operation).map(|it| ("auth", it)));
    }
    match promise.throttle {
        Some(Presence::Any) if !looked.is_throttled => found.push(("throttle", "has no throttle, and is promised to have one".to_owned())),
        Some(Presence::Any) | None => {}
    }
    found
}

/// A key tells who calls and proves nothing, so it is no authorization (AWS-RULES U6).
fn auth_breach(promised: &str, operation: &OperationPlan) -> Option<String> {
    let auth = &operation.auth;
    let has_check = auth.check != super::Check::Nobody;
    let holds = match promised {
        "any" => has_check,
        "none" => auth.is_open(),
        name => auth.entries.contains(name),
    };
    let asked = match (auth.is_open(), has_check) {
        (true, _) => "is open to every caller of the gateway".to_owned(),
        (false, true) => {
            format!("is checked by {}", auth.entries.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" and "))
        }
        (false, false) => "asks for an API key alone, which anybody may have been given".to_owned(),
    };
    (!holds).then(|| format!("{asked}, and is promised `auth: {promised}`"))
}

/// A match without the exposure.
fn plain(promise: &ExpectSpec) -> MatchSpec {
    let it = promise.r#match.clone();
    MatchSpec { paths: it.paths, methods: it.methods, tags: it.tags, operation_ids: it.operation_ids, specs: it.specs, mounts: it.mounts }
}

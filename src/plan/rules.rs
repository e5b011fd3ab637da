//! What the blueprint's routes and mounts say of an operation.
//!
//! In: an operation under a mount. Out: `Decision`. Pure.
//! Every rule that matches applies, in order; a later one wins, field by field.

use super::patterns::{PathPattern, text_matches};
use crate::blueprint::{Blueprint, Exposure, MatchSpec, MountSpec, RouteSpec, defaults};
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;

/// Rules in the order in which they apply.
pub(super) struct Rules<'a> {
    rules: Vec<Rule<'a>>,
}

struct Rule<'a> {
    spec: &'a RouteSpec,
    /// Index in the blueprint.
    index: usize,
    paths: Option<Vec<PathPattern>>,
    methods: Option<Vec<String>>,
    has_matched: bool,
}

/// What is decided of an operation, each with the index of the route that said it last.
#[derive(Debug, Default)]
pub(super) struct Decision<'a> {
    pub(super) backend: Option<(&'a str, Option<usize>)>,
    pub(super) exposure: Option<Exposure>,
    pub(super) auth: Option<(&'a str, usize)>,
    pub(super) weakens: Option<&'a str>,
    pub(super) timeout_ms: Option<(u64, usize)>,
}

impl Decision<'_> {
    pub(super) fn exposure(&self) -> Exposure {
        self.exposure.unwrap_or(defaults::EXPOSURE)
    }
}

impl<'a> Rules<'a> {
    pub(super) fn new(blueprint: &'a Blueprint) -> Self {
        let specs = blueprint.spec.routes.as_deref().unwrap_or_default();
        let mut rules: Vec<Rule<'a>> = specs.iter().enumerate().map(|(index, spec)| Rule::new(index, spec)).collect();
        // Stable: those with an empty match come first, in their order.
        rules.sort_by_key(|rule| !rule.spec.r#match.is_empty());
        Self { rules }
    }

    pub(super) fn decide(&mut self, operation: &Operation, mount: &str) -> Decision<'a> {
        let mut decision = Decision::default();
        for rule in &mut self.rules {
            if !rule.matches(operation, mount) {
                continue;
            }
            rule.has_matched = true;
            let spec = rule.spec;
            if let Some(backend) = &spec.backend {
                decision.backend = Some((backend, Some(rule.index)));
            }
            decision.exposure = spec.exposure.or(decision.exposure);
            if let Some(auth) = &spec.auth {
                decision.auth = Some((auth, rule.index));
            }
            decision.weakens = spec.weakens.as_deref().or(decision.weakens);
            if let Some(timeout) = spec.timeout {
                decision.timeout_ms = Some((timeout.milliseconds(), rule.index));
            }
        }
        decision
    }

    /// Errors: GW3008 a route matches nothing (a warning).
    pub(super) fn unmatched(&self, blueprint: &Blueprint) -> Vec<Diagnostic> {
        let unmatched = self.rules.iter().filter(|rule| !rule.has_matched);
        unmatched
            .map(|rule| {
                diagnostic::MATCHES_NOTHING
                    .at(blueprint.place(&format!("/routes/{}/match", rule.index)))
                    .message("this route matches no operation")
                    .help("compare its patterns with the paths, methods, tags and operation ids of the description, or remove it")
            })
            .collect()
    }
}

impl<'a> Rule<'a> {
    fn new(index: usize, spec: &'a RouteSpec) -> Self {
        let MatchSpec { paths, methods, .. } = &spec.r#match;
        Self {
            spec,
            index,
            paths: paths.as_ref().map(|paths| paths.iter().map(|it| PathPattern::new(it)).collect()),
            methods: methods.as_ref().map(|methods| methods.iter().map(|it| it.to_ascii_uppercase()).collect()),
            has_matched: false,
        }
    }

    fn matches(&self, operation: &Operation, mount: &str) -> bool {
        let spec = &self.spec.r#match;
        self.methods.as_ref().is_none_or(|methods| methods.iter().any(|it| it.eq_ignore_ascii_case(operation.method.as_str())))
            && spec.mounts.as_ref().is_none_or(|mounts| mounts.iter().any(|it| it.trim_matches('/') == mount.trim_matches('/')))
            && spec.tags.as_ref().is_none_or(|tags| tags.iter().any(|it| operation.tags.iter().any(|tag| text_matches(it, tag))))
            && spec
                .operation_ids
                .as_ref()
                .is_none_or(|ids| operation.id.as_deref().is_some_and(|id| ids.iter().any(|it| text_matches(it, id))))
            && self.paths.as_ref().is_none_or(|paths| paths.iter().any(|it| it.matches(&operation.path)))
    }
}

/// The backend that a mount sends an operation to.
pub(super) fn mounted<'a>(mount: Option<&'a MountSpec>, backend: Option<(&'a str, Option<usize>)>) -> Option<&'a str> {
    let Some(mount) = mount else { return backend.map(|(name, _)| name) };
    if let Some(only) = &mount.backend {
        return Some(only);
    }
    let (name, _) = backend?;
    Some(mount.backends.as_ref().and_then(|backends| backends.get(name)).map_or(name, String::as_str))
}

//! What the blueprint's routes and mounts say of an operation.
//!
//! In: an operation under a mount. Out: `Decision`. Pure.
//! Every rule that matches applies, in order; a later one wins, field by field.

use super::extensions::Written;
use super::patterns::{PathPattern, text_matches};
use crate::blueprint::{Blueprint, CacheSpec, Exposure, MatchSpec, MountSpec, RouteSpec, Switch, ThrottleSpec, Validation, defaults};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Operation, SettingOf};

/// Rules in the order in which they apply.
pub(super) struct Rules<'a> {
    rules: Vec<Rule<'a>>,
    /// How many of them match everything.
    general: usize,
}

struct Rule<'a> {
    spec: &'a RouteSpec,
    /// Index in the blueprint.
    index: usize,
    matcher: Matcher,
    has_matched: bool,
}

/// `match` of a route, a promise or a usage plan.
pub(super) struct Matcher {
    spec: MatchSpec,
    paths: Option<Vec<PathPattern>>,
    methods: Option<Vec<String>>,
    /// Indexes in `spec`.
    descriptions: Option<Vec<usize>>,
}

/// What is decided of an operation, some with where it was said last.
#[derive(Debug, Default)]
pub(super) struct Decision<'a> {
    pub(super) backend: Option<&'a str>,
    pub(super) exposure: Option<Exposure>,
    pub(super) auth: Option<(&'a str, Origin<'a>)>,
    pub(super) weakens: Option<&'a str>,
    pub(super) scopes: Option<(&'a [String], Origin<'a>)>,
    pub(super) api_key: Option<(bool, Origin<'a>)>,
    pub(super) timeout_ms: Option<(u64, Origin<'a>)>,
    pub(super) throttle: Option<(&'a Switch<ThrottleSpec>, Origin<'a>)>,
    pub(super) cache: Option<(&'a Switch<CacheSpec>, Origin<'a>)>,
    pub(super) validation: Option<(Validation, Origin<'a>)>,
}

/// Where something was said of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin<'a> {
    /// In the blueprint's route of that index.
    Route(usize),
    /// In the description.
    Extension(&'a Written),
}

impl Origin<'_> {
    /// The place of a field of the route.
    pub(super) fn place(self, blueprint: &Blueprint, field: &str) -> Place {
        match self {
            Self::Route(index) => blueprint.place(&format!("/routes/{index}/{field}")),
            Self::Extension(written) => written.place(field).cloned().unwrap_or_else(|| blueprint.place("/routes")),
        }
    }

    /// Whether what it says is meant for these methods, not just for whatever a path has.
    pub(super) fn names_methods(self, blueprint: &Blueprint) -> bool {
        match self {
            Self::Route(index) => {
                blueprint.spec.routes.as_ref().and_then(|it| it.get(index)).is_some_and(|it| it.r#match.methods.is_some())
            }
            Self::Extension(written) => written.of == SettingOf::Operation,
        }
    }

    /// What it is, in a sentence.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Route(_) => "route",
            Self::Extension(_) => "extension",
        }
    }

    /// What to do where `auth` asks for less than the description does.
    pub(super) fn way_to_weaken(self, operation: &Operation, auth: &str) -> String {
        match self {
            Self::Route(_) => "add `weakens` with the reason to the route, or let the description's scheme stand".to_owned(),
            Self::Extension(_) => format!(
                "say it in the blueprint in its place, with the reason: `{{match: {{paths: [\"{}\"], methods: [{}]}}, auth: {auth}, weakens: \"...\"}}`",
                operation.path,
                operation.method.lower()
            ),
        }
    }
}

/// An operation of a description, with what its extensions say.
#[derive(Clone, Copy)]
pub(super) struct Described<'a> {
    pub(super) operation: &'a Operation,
    /// Index of its description in `spec`.
    pub(super) description: usize,
    pub(super) extensions: &'a [Written],
}

impl Decision<'_> {
    pub(super) fn exposure(&self) -> Exposure {
        self.exposure.unwrap_or(defaults::EXPOSURE)
    }
}

impl<'a> Decision<'a> {
    /// Lays a route over what was decided before, field by field.
    fn apply(&mut self, spec: &'a RouteSpec, origin: Origin<'a>) {
        self.backend = spec.backend.as_deref().or(self.backend);
        self.exposure = spec.exposure.or(self.exposure);
        if let Some(auth) = &spec.auth {
            self.auth = Some((auth, origin));
        }
        self.weakens = spec.weakens.as_deref().or(self.weakens);
        if let Some(scopes) = &spec.scopes {
            self.scopes = Some((scopes, origin));
        }
        if let Some(api_key) = spec.api_key {
            self.api_key = Some((api_key, origin));
        }
        if let Some(timeout) = spec.timeout {
            self.timeout_ms = Some((timeout.milliseconds(), origin));
        }
        self.throttle = spec.throttle.as_ref().map(|it| (it, origin)).or(self.throttle);
        self.cache = spec.cache.as_ref().map(|it| (it, origin)).or(self.cache);
        self.validation = spec.validation.map(|it| (it, origin)).or(self.validation);
    }
}

impl<'a> Rules<'a> {
    pub(super) fn new(blueprint: &'a Blueprint) -> Self {
        let specs = blueprint.spec.routes.as_deref().unwrap_or_default();
        let mut rules: Vec<Rule<'a>> = specs.iter().enumerate().map(|(index, spec)| Rule::new(index, spec, blueprint)).collect();
        // Stable: those with an empty match come first, in their order.
        rules.sort_by_key(|rule| !rule.spec.r#match.is_empty());
        let general = rules.iter().filter(|rule| rule.spec.r#match.is_empty()).count();
        Self { rules, general }
    }

    /// Routes with an empty match, then the extensions of the path and of the operation, then the other routes.
    pub(super) fn decide(&mut self, described: Described<'a>, mount: &str) -> Decision<'a> {
        let mut decision = Decision::default();
        let (general, particular) = self.rules.split_at_mut(self.general);
        general.iter_mut().for_each(|rule| rule.apply(described, mount, &mut decision));
        for written in described.extensions {
            decision.apply(&written.spec, Origin::Extension(written));
        }
        particular.iter_mut().for_each(|rule| rule.apply(described, mount, &mut decision));
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
    fn new(index: usize, spec: &'a RouteSpec, blueprint: &Blueprint) -> Self {
        Self { spec, index, matcher: Matcher::new(&spec.r#match, blueprint), has_matched: false }
    }

    fn apply(&mut self, described: Described<'a>, mount: &str, decision: &mut Decision<'a>) {
        if self.matcher.matches(described, mount) {
            self.has_matched = true;
            decision.apply(self.spec, Origin::Route(self.index));
        }
    }
}

impl Matcher {
    pub(super) fn new(spec: &MatchSpec, blueprint: &Blueprint) -> Self {
        let MatchSpec { paths, methods, specs, .. } = spec;
        Self {
            paths: paths.as_ref().map(|paths| paths.iter().map(|it| PathPattern::new(it)).collect()),
            methods: methods.as_ref().map(|methods| methods.iter().map(|it| it.to_ascii_uppercase()).collect()),
            descriptions: specs.as_ref().map(|specs| specs.iter().filter_map(|it| blueprint.description(it)).collect()),
            spec: spec.clone(),
        }
    }

    pub(super) fn matches(&self, described: Described<'_>, mount: &str) -> bool {
        let (spec, operation) = (&self.spec, described.operation);
        self.methods.as_ref().is_none_or(|methods| methods.iter().any(|it| it.eq_ignore_ascii_case(operation.method.as_str())))
            && self.descriptions.as_ref().is_none_or(|it| it.contains(&described.description))
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
pub(super) fn mounted<'a>(mount: Option<&'a MountSpec>, backend: Option<&'a str>) -> Option<&'a str> {
    let Some(mount) = mount else { return backend };
    if let Some(only) = &mount.backend {
        return Some(only);
    }
    let name = backend?;
    Some(mount.backends.as_ref().and_then(|backends| backends.get(name)).map_or(name, String::as_str))
}

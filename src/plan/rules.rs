//! Decisions of the blueprint's routes and mounts about an operation.
//!
//! In: an operation under a mount. Out: `Decision`. Pure.
//! Every rule that matches applies, in order; a later one has priority, field by field.

mod any;
pub(crate) mod extensions;
mod fields;
mod loosened;
mod matchers;
pub(crate) mod patterns;
mod safeguards;
mod subjects;

use std::collections::BTreeSet;

use crate::blueprint::{
    Blueprint, CacheSpec, Exposure, MountSpec, RouteSpec, Switch, ThrottleSpec, Validation,
};
use crate::diagnostic::{OperationName, Place};
use crate::openapi::{HttpMethod, Operation, SettingOf};
use crate::plan::rules::extensions::ExtensionRoute;
use crate::plan::rules::patterns::only;
pub(crate) use any::Siblings;
pub(crate) use fields::Field;
pub use fields::{SettingSource, SettingSources};
pub(crate) use matchers::Matchers;
pub(crate) use safeguards::UnmatchedSafeguard;
pub(crate) use subjects::Subjects;

/// Routes of the blueprint, in the order in which they apply.
pub(crate) struct RouteRules<'a> {
    blueprint: &'a Blueprint,
    rules: Vec<RouteRule<'a>>,
    /// Of the routes, in their order.
    matchers: Matchers,
    /// Number of leading routes with an empty match: the description's extensions come after them.
    leading: usize,
    /// Restrictions that extensions loosen, by place and field.
    loosened: loosened::Loosened,
}

struct RouteRule<'a> {
    spec: &'a RouteSpec,
    /// True where the route matches a whole operation.
    has_matched: bool,
    /// True where the route matches an operation, or some of the methods of one for any method.
    is_touched: bool,
    /// Its fields that hold for at least one operation.
    in_force: BTreeSet<Field>,
    /// Operations for any method that it restricts for some of their methods only.
    parts: Vec<OperationName>,
}

/// Settings of an operation, each with the origin that set it last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decision<'a> {
    pub(crate) backend: Option<(&'a str, Origin<'a>)>,
    pub(crate) exposure: Option<(Exposure, Origin<'a>)>,
    pub(crate) auth: Option<(&'a str, Origin<'a>)>,
    pub(crate) scopes: Option<(&'a [String], Origin<'a>)>,
    pub(crate) api_key: Option<(bool, Origin<'a>)>,
    pub(crate) timeout_ms: Option<(u64, Origin<'a>)>,
    pub(crate) throttle: Option<(&'a Switch<ThrottleSpec>, Origin<'a>)>,
    pub(crate) cache: Option<(&'a Switch<CacheSpec>, Origin<'a>)>,
    pub(crate) validation: Option<(Validation, Origin<'a>)>,
    pub(crate) greedy: Option<(&'a [String], Origin<'a>)>,
}

/// The origin of a setting of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin<'a> {
    /// In the blueprint's route of that index.
    Route(usize),
    /// In the description.
    Extension(&'a ExtensionRoute),
}

impl Origin<'_> {
    /// The place of a field of the route.
    pub(crate) fn place(self, blueprint: &Blueprint, field: &str) -> Place {
        match self {
            Self::Route(index) => blueprint.place(&format!("/routes/{index}/{field}")),
            Self::Extension(route) => route
                .place(field)
                .cloned()
                .unwrap_or_else(|| blueprint.place("/routes")),
        }
    }

    /// The blueprint's route that it is.
    fn route(self, blueprint: &Blueprint) -> Option<&RouteSpec> {
        match self {
            Self::Route(index) => blueprint.spec.routes.as_ref()?.get(index),
            Self::Extension(_) => None,
        }
    }

    /// Returns whether the setting selects these methods, not just all methods of a path.
    pub(crate) fn names_methods(self, blueprint: &Blueprint) -> bool {
        match self {
            Self::Route(_) => self
                .route(blueprint)
                .is_some_and(|route| route.r#match.methods.is_some()),
            Self::Extension(route) => route.of == SettingOf::Operation,
        }
    }

    /// The reason why the route requires less than the description; an extension has none.
    pub(crate) fn weakens(self, blueprint: &Blueprint) -> Option<&str> {
        self.route(blueprint)?.weakens.as_deref()
    }

    /// The noun for it in a sentence.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Route(_) => "route",
            Self::Extension(_) => "extension",
        }
    }

    /// The help where `auth` requires less than the description does.
    pub(crate) fn way_to_weaken(self, operation: &Operation, auth: &str) -> String {
        match self {
            Self::Route(_) => {
                "add `weakens` with the reason to the route, or keep the description's scheme"
                    .to_owned()
            }
            Self::Extension(_) => format!(
                "say it in the blueprint in its place, with the reason: `{{match: {{paths: [{}], methods: [{}]}}, auth: {auth}, weakens: \"...\"}}`",
                only(&operation.path),
                operation.method.lower()
            ),
        }
    }
}

/// An operation of a description, with its extensions.
#[derive(Clone, Copy)]
pub(crate) struct Described<'a> {
    pub(crate) operation: &'a Operation,
    /// Index of its description in `spec`.
    pub(crate) description: usize,
    pub(crate) extensions: &'a [ExtensionRoute],
    /// Methods that its path has operations of their own for, where it is one for any method.
    pub(crate) siblings: &'a [HttpMethod],
}

impl<'a> Decision<'a> {
    pub(crate) fn exposure(&self) -> Exposure {
        self.exposure
            .map_or(RouteSpec::EXPOSURE, |(exposure, _)| exposure)
    }

    /// Lays a route over what was decided before, field by field.
    fn apply(&mut self, spec: &'a RouteSpec, origin: Origin<'a>) {
        let timeout_ms = spec.timeout.map(|timeout| timeout.milliseconds());
        set(&mut self.backend, spec.backend.as_deref(), origin);
        set(&mut self.exposure, spec.exposure, origin);
        set(&mut self.auth, spec.auth.as_deref(), origin);
        set(&mut self.scopes, spec.scopes.as_deref(), origin);
        set(&mut self.api_key, spec.api_key, origin);
        set(&mut self.timeout_ms, timeout_ms, origin);
        set(&mut self.throttle, spec.throttle.as_ref(), origin);
        set(&mut self.cache, spec.cache.as_ref(), origin);
        set(&mut self.greedy, spec.greedy.as_deref(), origin);
        set(&mut self.validation, spec.validation, origin);
    }
}

fn set<'a, T>(setting: &mut Option<(T, Origin<'a>)>, written: Option<T>, origin: Origin<'a>) {
    if let Some(value) = written {
        *setting = Some((value, origin));
    }
}

impl<'a> RouteRules<'a> {
    pub(crate) fn new(blueprint: &'a Blueprint) -> Self {
        let specs = blueprint.spec.routes.as_deref().unwrap_or_default();
        let rule = |spec: &'a RouteSpec| RouteRule {
            spec,
            has_matched: false,
            is_touched: false,
            in_force: BTreeSet::new(),
            parts: Vec::new(),
        };
        Self {
            blueprint,
            rules: specs.iter().map(rule).collect(),
            matchers: Matchers::new(specs.iter().map(|spec| &spec.r#match), blueprint),
            leading: specs
                .iter()
                .take_while(|spec| spec.r#match.is_empty())
                .count(),
            loosened: loosened::Loosened::default(),
        }
    }

    /// Applies the leading routes, then the extensions of path and operation, then other routes.
    pub(crate) fn decide(&mut self, described: Described<'a>, mount: &str) -> Decision<'a> {
        let matching = self.matchers.matching(described, mount);
        let (leading, others): (Vec<usize>, Vec<usize>) = matching
            .whole
            .iter()
            .partition(|index| **index < self.leading);
        let mut decision = Decision::default();
        for index in leading {
            self.rules[index].apply(index, &mut decision);
        }
        let of_blueprint = (!described.extensions.is_empty()).then(|| decision.clone());
        for route in described.extensions {
            decision.apply(&route.spec, Origin::Extension(route));
        }
        for index in others {
            self.rules[index].apply(index, &mut decision);
        }
        for (field, origin) in decision.origins() {
            if let Origin::Route(index) = origin {
                self.rules[index].in_force.insert(field);
            }
        }
        if let Some(before) = of_blueprint {
            let effect = loosened::ExtensionEffect {
                before: &before,
                after: &decision,
            };
            self.loosened
                .note(effect, described.operation, self.blueprint);
        }
        for index in matching.parts {
            self.rules[index].is_touched = true;
            if self.is_left_open(index, described.operation, &decision) {
                self.rules[index].parts.push(described.operation.name());
            }
        }
        decision
    }
}

impl<'a> RouteRule<'a> {
    fn apply(&mut self, index: usize, decision: &mut Decision<'a>) {
        (self.has_matched, self.is_touched) = (true, true);
        decision.apply(self.spec, Origin::Route(index));
    }
}

/// The backend that a mount sends an operation to.
pub(crate) fn mounted<'a>(
    mount: Option<&'a MountSpec>,
    backend: Option<&'a str>,
) -> Option<&'a str> {
    let Some(mount) = mount else { return backend };
    if let Some(only) = &mount.backend {
        return Some(only);
    }
    let name = backend?;
    Some(
        mount
            .backends
            .as_ref()
            .and_then(|backends| backends.get(name))
            .map_or(name, String::as_str),
    )
}

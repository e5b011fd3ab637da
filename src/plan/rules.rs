//! What the blueprint's routes and mounts say of an operation.
//!
//! In: an operation under a mount. Out: `Decision`. Pure.
//! Every rule that matches applies, in order; a later one wins, field by field.

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
    defaults,
};
use crate::diagnostic::{OperationName, Place};
use crate::openapi::{HttpMethod, Operation, SettingOf};
use crate::plan::rules::extensions::Written;
use crate::plan::rules::patterns::only;
pub(crate) use any::Siblings;
use fields::Field;
pub(crate) use matchers::Matchers;
pub(crate) use safeguards::Lost;
pub(crate) use subjects::Subjects;

/// Rules in the order in which they apply, which is that of the blueprint.
pub(crate) struct Rules<'a> {
    blueprint: &'a Blueprint,
    rules: Vec<Rule<'a>>,
    /// Of the rules, in their order.
    matchers: Matchers,
    /// Number of leading rules with an empty match: the description's extensions come after them.
    leading: usize,
    /// What extensions loosen, by place and field.
    loosened: loosened::Loosened,
}

struct Rule<'a> {
    spec: &'a RouteSpec,
    /// It matches a whole operation.
    has_matched: bool,
    /// It matches an operation, or some of the methods of one for any method.
    is_touched: bool,
    /// Its fields that hold for at least one operation.
    in_force: BTreeSet<Field>,
    /// Operations for any method of which it names some methods only, where its restrictions do not
    /// hold for them.
    parts: Vec<OperationName>,
}

/// What is decided of an operation, with where it was said last.
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

/// Where something was said of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin<'a> {
    /// In the blueprint's route of that index.
    Route(usize),
    /// In the description.
    Extension(&'a Written),
}

impl Origin<'_> {
    /// The place of a field of the route.
    pub(crate) fn place(self, blueprint: &Blueprint, field: &str) -> Place {
        match self {
            Self::Route(index) => blueprint.place(&format!("/routes/{index}/{field}")),
            Self::Extension(written) => written
                .place(field)
                .cloned()
                .unwrap_or_else(|| blueprint.place("/routes")),
        }
    }

    /// Whether what it says is meant for these methods, not just for whatever a path has.
    pub(crate) fn names_methods(self, blueprint: &Blueprint) -> bool {
        match self {
            Self::Route(index) => blueprint
                .spec
                .routes
                .as_ref()
                .and_then(|it| it.get(index))
                .is_some_and(|it| it.r#match.methods.is_some()),
            Self::Extension(written) => written.of == SettingOf::Operation,
        }
    }

    /// The reason why this very route asks for less than the description does; an extension gives
    /// none.
    pub(crate) fn weakens(self, blueprint: &Blueprint) -> Option<&str> {
        match self {
            Self::Route(index) => blueprint
                .spec
                .routes
                .as_ref()?
                .get(index)?
                .weakens
                .as_deref(),
            Self::Extension(_) => None,
        }
    }

    /// What it is, in a sentence.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Route(_) => "route",
            Self::Extension(_) => "extension",
        }
    }

    /// What to do where `auth` asks for less than the description does.
    pub(crate) fn way_to_weaken(self, operation: &Operation, auth: &str) -> String {
        match self {
            Self::Route(_) => {
                "add `weakens` with the reason to the route, or let the description's scheme stand"
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

/// An operation of a description, with what its extensions say.
#[derive(Clone, Copy)]
pub(crate) struct Described<'a> {
    pub(crate) operation: &'a Operation,
    /// Index of its description in `spec`.
    pub(crate) description: usize,
    pub(crate) extensions: &'a [Written],
    /// Methods that its path has operations of their own for, where it is one for any method.
    pub(crate) siblings: &'a [HttpMethod],
}

impl Decision<'_> {
    pub(crate) fn exposure(&self) -> Exposure {
        self.exposure.map_or(defaults::EXPOSURE, |it| it.0)
    }
}

impl<'a> Decision<'a> {
    /// Lays a route over what was decided before, field by field.
    fn apply(&mut self, spec: &'a RouteSpec, origin: Origin<'a>) {
        self.backend = spec
            .backend
            .as_deref()
            .map(|it| (it, origin))
            .or(self.backend);
        self.exposure = spec.exposure.map(|it| (it, origin)).or(self.exposure);
        if let Some(auth) = &spec.auth {
            self.auth = Some((auth, origin));
        }
        if let Some(scopes) = &spec.scopes {
            self.scopes = Some((scopes, origin));
        }
        if let Some(api_key) = spec.api_key {
            self.api_key = Some((api_key, origin));
        }
        if let Some(timeout) = spec.timeout {
            self.timeout_ms = Some((timeout.milliseconds(), origin));
        }
        self.throttle = spec
            .throttle
            .as_ref()
            .map(|it| (it, origin))
            .or(self.throttle);
        self.cache = spec.cache.as_ref().map(|it| (it, origin)).or(self.cache);
        if let Some(greedy) = &spec.greedy {
            self.greedy = Some((greedy, origin));
        }
        self.validation = spec.validation.map(|it| (it, origin)).or(self.validation);
    }
}

impl<'a> Rules<'a> {
    pub(crate) fn new(blueprint: &'a Blueprint) -> Self {
        let specs = blueprint.spec.routes.as_deref().unwrap_or_default();
        let rule = |spec: &'a RouteSpec| Rule {
            spec,
            has_matched: false,
            is_touched: false,
            in_force: BTreeSet::new(),
            parts: Vec::new(),
        };
        Self {
            blueprint,
            rules: specs.iter().map(rule).collect(),
            matchers: Matchers::new(specs.iter().map(|it| &it.r#match), blueprint),
            leading: specs.iter().take_while(|it| it.r#match.is_empty()).count(),
            loosened: loosened::Loosened::default(),
        }
    }

    /// Applies the leading routes with an empty match, then the extensions of the path and of the
    /// operation, then the other routes.
    pub(crate) fn decide(&mut self, described: Described<'a>, mount: &str) -> Decision<'a> {
        let matching = self.matchers.matching(described, mount);
        let (leading, others): (Vec<usize>, Vec<usize>) =
            matching.whole.iter().partition(|it| **it < self.leading);
        let mut decision = Decision::default();
        leading
            .iter()
            .for_each(|it| self.rules[*it].apply(*it, &mut decision));
        let of_blueprint = (!described.extensions.is_empty()).then(|| decision.clone());
        for written in described.extensions {
            decision.apply(&written.spec, Origin::Extension(written));
        }
        others
            .iter()
            .for_each(|it| self.rules[*it].apply(*it, &mut decision));
        for (field, origin) in decision.origins() {
            if let Origin::Route(index) = origin {
                self.rules[index].in_force.insert(field);
            }
        }
        if let Some(before) = of_blueprint {
            self.loosened.note(
                loosened::Change {
                    before: &before,
                    after: &decision,
                },
                described.operation,
                self.blueprint,
            );
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

impl<'a> Rule<'a> {
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

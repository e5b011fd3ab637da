//! What the blueprint's routes and mounts say of an operation.
//!
//! In: an operation under a mount. Out: `Decision`. Pure.
//! Every rule that matches applies, in order; a later one wins, field by field.

use std::collections::{BTreeSet, HashSet};

use super::extensions::Written;
use super::patterns::{Of, Patterns};
use crate::blueprint::{Blueprint, CacheSpec, Exposure, MatchSpec, MountSpec, RouteSpec, Switch, ThrottleSpec, Validation, defaults};
use crate::diagnostic::{self, Diagnostic, Place};
use crate::openapi::{Operation, SettingOf};

/// Rules in the order in which they apply.
pub(super) struct Rules<'a> {
    rules: Vec<Rule<'a>>,
    /// Of the rules, in their order.
    matchers: Matchers,
    /// How many of them match everything.
    general: usize,
}

struct Rule<'a> {
    spec: &'a RouteSpec,
    /// Index in the blueprint.
    index: usize,
    has_matched: bool,
}

/// `match` of routes, promises or usage plans, found by what they name rather than tried one by one.
pub(super) struct Matchers {
    all: Vec<Matcher>,
    by_id: Patterns<usize>,
    by_path: Patterns<usize>,
    by_tag: Patterns<usize>,
    /// Those that name neither ids nor paths nor tags.
    others: Vec<usize>,
}

/// One `match`: what of an operation is no pattern, and which patterns there are.
struct Matcher {
    methods: Option<Vec<String>>,
    /// Indexes in `spec`.
    descriptions: Option<BTreeSet<usize>>,
    /// Without slashes around them.
    mounts: Option<HashSet<String>>,
    /// How many of ids, paths and tags have to match.
    criteria: usize,
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
    pub(super) greedy: Option<(&'a [String], Origin<'a>)>,
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
        if let Some(greedy) = &spec.greedy {
            self.greedy = Some((greedy, origin));
        }
        self.validation = spec.validation.map(|it| (it, origin)).or(self.validation);
    }
}

impl<'a> Rules<'a> {
    pub(super) fn new(blueprint: &'a Blueprint) -> Self {
        let specs = blueprint.spec.routes.as_deref().unwrap_or_default();
        let mut rules: Vec<Rule<'a>> = specs.iter().enumerate().map(|(index, spec)| Rule { spec, index, has_matched: false }).collect();
        // Stable: those with an empty match come first, in their order.
        rules.sort_by_key(|rule| !rule.spec.r#match.is_empty());
        let general = rules.iter().filter(|rule| rule.spec.r#match.is_empty()).count();
        let matchers = Matchers::new(rules.iter().map(|it| &it.spec.r#match), blueprint);
        Self { rules, matchers, general }
    }

    /// Routes with an empty match, then the extensions of the path and of the operation, then the other routes.
    pub(super) fn decide(&mut self, described: Described<'a>, mount: &str) -> Decision<'a> {
        let mut decision = Decision::default();
        let matching = self.matchers.matching(described, mount);
        let (general, particular) = matching.split_at(matching.partition_point(|it| *it < self.general));
        general.iter().for_each(|it| self.rules[*it].apply(&mut decision));
        for written in described.extensions {
            decision.apply(&written.spec, Origin::Extension(written));
        }
        particular.iter().for_each(|it| self.rules[*it].apply(&mut decision));
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
    fn apply(&mut self, decision: &mut Decision<'a>) {
        self.has_matched = true;
        decision.apply(self.spec, Origin::Route(self.index));
    }
}

impl Matchers {
    pub(super) fn new<'s>(specs: impl Iterator<Item = &'s MatchSpec>, blueprint: &Blueprint) -> Self {
        let mut made = Self {
            all: Vec::new(),
            by_id: Patterns::new(Of::Texts),
            by_path: Patterns::new(Of::Paths),
            by_tag: Patterns::new(Of::Texts),
            others: Vec::new(),
        };
        for (index, spec) in specs.enumerate() {
            let indexes = [(&mut made.by_id, &spec.operation_ids), (&mut made.by_path, &spec.paths), (&mut made.by_tag, &spec.tags)];
            let mut criteria = 0;
            for (patterns, texts) in indexes {
                criteria += usize::from(texts.is_some());
                texts.iter().flatten().for_each(|it| patterns.insert(it, index));
            }
            if criteria == 0 {
                made.others.push(index);
            }
            made.all.push(Matcher::new(spec, criteria, blueprint));
        }
        made
    }

    /// Indexes of those that match an operation under a mount, in their order.
    pub(super) fn matching(&self, described: Described<'_>, mount: &str) -> Vec<usize> {
        let operation = described.operation;
        // One entry for each of ids, paths and tags that matches.
        let mut matched: Vec<usize> = Vec::new();
        let mut seek = |patterns: &Patterns<usize>, texts: &mut dyn Iterator<Item = &str>| {
            let mut found = BTreeSet::new();
            for text in texts {
                patterns.any(text, |index| {
                    found.insert(index);
                    false
                });
            }
            matched.extend(found);
        };
        seek(&self.by_id, &mut operation.id.as_deref().into_iter());
        seek(&self.by_path, &mut std::iter::once(&*operation.path));
        seek(&self.by_tag, &mut operation.tags.iter().map(|it| &**it));
        matched.sort_unstable();
        let whole = matched.chunk_by(|one, other| one == other).filter(|it| self.all[it[0]].criteria == it.len()).map(|it| it[0]);
        let mut all: Vec<usize> = whole.chain(self.others.iter().copied()).filter(|it| self.all[*it].holds(described, mount)).collect();
        all.sort_unstable();
        all
    }

    /// What each of them matches among operations, by index, in their order.
    pub(super) fn matches<'d>(&self, operations: impl Iterator<Item = (Described<'d>, &'d str)>) -> Vec<Vec<usize>> {
        let mut matches = vec![Vec::new(); self.all.len()];
        for (index, (described, mount)) in operations.enumerate() {
            self.matching(described, mount).into_iter().for_each(|it| matches[it].push(index));
        }
        matches
    }
}

impl Matcher {
    fn new(spec: &MatchSpec, criteria: usize, blueprint: &Blueprint) -> Self {
        Self {
            methods: spec.methods.clone(),
            descriptions: spec.specs.as_ref().map(|specs| specs.iter().filter_map(|it| blueprint.description(it)).collect()),
            mounts: spec.mounts.as_ref().map(|mounts| mounts.iter().map(|it| it.trim_matches('/').to_owned()).collect()),
            criteria,
        }
    }

    /// Whether all holds that is no pattern.
    fn holds(&self, described: Described<'_>, mount: &str) -> bool {
        let method = described.operation.method.as_str();
        self.methods.as_ref().is_none_or(|methods| methods.iter().any(|it| it.eq_ignore_ascii_case(method)))
            && self.descriptions.as_ref().is_none_or(|it| it.contains(&described.description))
            && self.mounts.as_ref().is_none_or(|it| it.contains(mount.trim_matches('/')))
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

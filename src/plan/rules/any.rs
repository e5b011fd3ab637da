//! Routes that name methods, and operations for any method.
//!
//! In: `methods` of a match, an operation. Out: `Reach`, diagnostics. Pure.
//! Such an operation takes every method that its path has no operation of its own for, and API
//! Gateway has one method for all of them: a route cannot hold for some of them alone.

use std::collections::BTreeMap;

use super::fields::{restricting, shown};
use super::{Decision, Described, Field, Origin, RouteRules};
use crate::blueprint::{Exposure, RouteSpec, Switch, Validation};
use crate::diagnostic::{self, Diagnostic, OperationName};
use crate::openapi::{HttpMethod, Operation};

/// The part of an operation that the methods of a match name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Nothing,
    /// Some of the methods that an operation for any method takes.
    Part,
    Whole,
}

/// Returns the part of an operation that these methods name.
pub(crate) fn reach(methods: &[String], described: Described<'_>) -> Reach {
    let names = |method: HttpMethod| {
        methods
            .iter()
            .any(|name| name.eq_ignore_ascii_case(method.as_str()))
    };
    let method = described.operation.method;
    if names(method) {
        return Reach::Whole;
    }
    if method != HttpMethod::Any {
        return Reach::Nothing;
    }
    let taken = || HttpMethod::of_requests().filter(|method| !described.siblings.contains(method));
    match (taken().any(names), taken().all(names)) {
        (true, true) => Reach::Whole,
        (true, false) => Reach::Part,
        (false, _) => Reach::Nothing,
    }
}

/// Methods of the paths that have an operation for any method, by description and path.
#[derive(Debug, Default)]
pub(crate) struct Siblings(BTreeMap<(usize, String), Vec<HttpMethod>>);

impl Siblings {
    /// Collects them from the operations of all descriptions, each with the index of its own.
    pub(crate) fn of(operations: &[(usize, &Operation)]) -> Self {
        let any = operations
            .iter()
            .filter(|(_, operation)| operation.method == HttpMethod::Any);
        let mut all: BTreeMap<(usize, String), Vec<HttpMethod>> = any
            .map(|(description, operation)| ((*description, shape(&operation.path)), Vec::new()))
            .collect();
        if all.is_empty() {
            return Self::default();
        }
        for (description, operation) in operations
            .iter()
            .filter(|(_, operation)| operation.method != HttpMethod::Any)
        {
            if let Some(methods) = all.get_mut(&(*description, shape(&operation.path))) {
                methods.push(operation.method);
            }
        }
        Self(all)
    }

    /// The methods that the path of an operation for any method has operations of their own for.
    pub(crate) fn beside(&self, description: usize, operation: &Operation) -> &[HttpMethod] {
        if operation.method != HttpMethod::Any {
            return &[];
        }
        self.0
            .get(&(description, shape(&operation.path)))
            .map_or(&[], Vec::as_slice)
    }
}

/// Fields that an operation for any method needs as a whole where some of its methods have them.
fn needed_by_any(spec: &RouteSpec) -> Vec<Field> {
    let checks = spec.validation.filter(|level| *level != Validation::None);
    let others = [
        spec.backend.is_some().then_some(Field::Backend),
        checks.map(|_| Field::Validation),
    ];
    restricting(spec)
        .into_iter()
        .chain(others.into_iter().flatten())
        .collect()
}

/// A path without the names of its variables.
fn shape(path: &str) -> String {
    let mut shape = String::with_capacity(path.len());
    let mut is_inside = false;
    for character in path.chars() {
        is_inside = (is_inside || character == '{') && character != '}';
        if !is_inside || character == '{' {
            shape.push(character);
        }
    }
    shape
}

impl RouteRules<'_> {
    /// Returns whether a route for some methods of an operation for any method has a field that does
    /// not hold for the whole operation.
    pub(crate) fn is_left_open(
        &self,
        index: usize,
        operation: &Operation,
        decision: &Decision<'_>,
    ) -> bool {
        let spec = self.rules[index].spec;
        let is_meant = |field: &Field| match decision.exposure() {
            Exposure::Public => true,
            Exposure::Internal => *field == Field::Exposure,
            Exposure::Hidden => false,
        };
        let is_decided_later = |field: Field| {
            decision.origins().any(|(decided, origin)| {
                decided == field && matches!(origin, Origin::Route(other) if other > index)
            })
        };
        needed_by_any(spec)
            .into_iter()
            .filter(is_meant)
            .any(|field| !is_decided_later(field) && !self.holds(field, spec, operation, decision))
    }

    /// Returns whether a field of a route holds for the whole operation.
    fn holds(
        &self,
        field: Field,
        spec: &RouteSpec,
        operation: &Operation,
        decision: &Decision<'_>,
    ) -> bool {
        match field {
            Field::Exposure => spec
                .exposure
                .is_some_and(|exposure| decision.exposure() >= exposure),
            Field::Auth => match (&spec.auth, decision.auth) {
                (Some(auth), Some((name, _))) => auth == name,
                (Some(auth), None) => {
                    let alternatives = operation.security.alternatives();
                    !alternatives.is_empty()
                        && alternatives
                            .iter()
                            .all(|alternative| alternative.contains_key(&**auth))
                }
                (None, _) => true,
            },
            Field::Scopes => decision.scopes.map(|(scopes, _)| scopes) == spec.scopes.as_deref(),
            Field::ApiKey => decision.api_key.is_some_and(|(needs_key, _)| needs_key),
            Field::Throttle => {
                let of_stage = self.blueprint.spec.stage.throttle.as_ref();
                let of_route = decision.throttle.map(|(throttle, _)| throttle);
                let actual = of_route.or(of_stage).and_then(Switch::on);
                let needed = spec.throttle.as_ref().and_then(Switch::on);
                needed.zip(actual).is_some_and(|(needed, actual)| {
                    actual.rate <= needed.rate && actual.burst <= needed.burst
                })
            }
            Field::Backend => {
                decision.backend.map(|(backend, _)| backend) == spec.backend.as_deref()
            }
            Field::Validation => {
                let of_api = self.blueprint.spec.api.validation;
                let actual = decision.validation.map_or(of_api, |(level, _)| level);
                spec.validation == Some(actual)
            }
            Field::Timeout | Field::Cache => true,
        }
    }

    /// Reports routes that restrict some of the methods of operations for any method.
    ///
    /// Errors: GW3062.
    pub(crate) fn left_open(&self) -> Vec<Diagnostic> {
        let with_parts = self
            .rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| !rule.parts.is_empty());
        with_parts
            .map(|(index, rule)| {
                let mut operations = rule.parts.clone();
                operations.dedup();
                let named = rule.spec.r#match.methods.iter().flatten().map(|method| method.to_ascii_uppercase()).collect::<Vec<_>>().join(", ");
                let mut finding = diagnostic::METHODS_OF_ANY
                    .at(self.blueprint.place(&format!("/routes/{index}/match/methods")))
                    .message(format_args!(
                        "this route says {} of {named}, which {} would take without it: API Gateway has one method for all of ANY",
                        shown(&needed_by_any(rule.spec), rule.spec),
                        OperationName::summary(&operations)
                    ))
                    .help("add `any` to `methods`, so that it holds for the whole operation; or say in a later route with `methods: [any]` what holds for it");
                finding.operations = operations;
                finding
            })
            .collect()
    }
}

//! Routes that match no operation any more, or have no effect.
//!
//! In: routes, the operations that they matched. Out: diagnostics. Pure.
//! A route that restricts is a safeguard; one that protects nothing is an error.

use super::fields::{Field, restricting, shown, written};
use super::subjects::Idle;
use super::{RouteRule, RouteRules, Subjects};
use crate::blueprint::MatchSpec;
use crate::diagnostic::{self, Diagnostic, Place};

/// A route or promise whose `match` names operations that are not there.
pub(crate) struct UnmatchedSafeguard<'a> {
    /// `route` or `promise`.
    pub(crate) noun: &'static str,
    pub(crate) place: Place,
    /// Entries of its `match` that name nothing.
    pub(crate) idle: &'a [Idle],
    /// True where nothing at all matches.
    pub(crate) is_empty: bool,
    /// True where it may be without a subject: by its own declaration, or because it is of a base.
    pub(crate) is_optional: bool,
}

impl UnmatchedSafeguard<'_> {
    /// The error in a sentence.
    fn message(&self) -> String {
        let named: Vec<String> = self
            .idle
            .iter()
            .map(|idle| format!("`{}` of `{}`", idle.entry, idle.key))
            .collect();
        let subject = if self.is_empty { "" } else { "a part of " };
        let cause = if self.is_empty && named.is_empty() {
            "none has all that its `match` names".to_owned()
        } else {
            format!("nothing has {}", named.join(", "))
        };
        let noun = self.noun;
        format!("{subject}this {noun} matches no operation: {cause}")
    }

    /// Reports it: an error of this code, or a note.
    ///
    /// Errors: `code`; GW5020 where it is optional (a note).
    pub(crate) fn report(&self, code: &'static diagnostic::Code) -> Diagnostic {
        let (code, help) = if self.is_optional {
            (
                &diagnostic::IDLE_SAFEGUARD,
                "nothing to do: it is optional, or meant for other APIs, too".to_owned(),
            )
        } else {
            (code, Idle::help(self.idle))
        };
        code.at(self.place.clone())
            .message(self.message())
            .help(help)
    }
}

impl RouteRules<'_> {
    /// Reports routes without a subject or effect, and those that restrict less than they declare.
    ///
    /// Errors: GW3060 without a subject, GW3061 overridden, GW3062 methods of ANY, GW3064 loosened
    /// by the description; warnings GW3008, GW3063 without effect; note GW5020.
    pub(crate) fn findings(&self, subjects: &Subjects<'_>) -> Vec<Diagnostic> {
        let mut findings = self.without_subject(subjects);
        findings.extend(self.left_open());
        let rules = self.rules.iter().enumerate();
        findings.extend(rules.filter_map(|(index, rule)| self.overridden(index, rule)));
        findings.extend(self.loosened.findings());
        findings
    }

    fn is_optional(&self, index: usize) -> bool {
        self.rules[index].spec.optional == Some(true) || self.blueprint.is_from_base("/routes")
    }

    fn without_subject(&self, subjects: &Subjects<'_>) -> Vec<Diagnostic> {
        let is_checked =
            |rule: &RouteRule<'_>| !rule.is_touched || !restricting(rule.spec).is_empty();
        let checked: Vec<usize> = (0..self.rules.len())
            .filter(|index| is_checked(&self.rules[*index]))
            .collect();
        let matches: Vec<&MatchSpec> = checked
            .iter()
            .map(|index| &self.rules[*index].spec.r#match)
            .collect();
        if matches.is_empty() {
            return Vec::new();
        }
        let idle = subjects.idle(&matches);
        let finding = |(index, idle): (&usize, &Vec<Idle>)| {
            let rule = &self.rules[*index];
            // An empty match is a default; where it matches nothing there is no operation.
            let is_safeguard = !restricting(rule.spec).is_empty() && !rule.spec.r#match.is_empty();
            if rule.is_touched && (idle.is_empty() || !is_safeguard) {
                return None;
            }
            let place = self.blueprint.place(&format!("/routes/{index}/match"));
            let (code, is_optional) = if is_safeguard {
                (&diagnostic::LOST_SAFEGUARD, self.is_optional(*index))
            } else {
                let is_optional = rule.spec.optional == Some(true);
                (&diagnostic::MATCHES_NOTHING, is_optional)
            };
            let unmatched = UnmatchedSafeguard {
                noun: "route",
                place,
                idle,
                is_empty: !rule.is_touched,
                is_optional,
            };
            Some(unmatched.report(code))
        };
        checked.iter().zip(&idle).filter_map(finding).collect()
    }

    /// Reports a route that later ones override.
    ///
    /// Errors: GW3061 of one that restricts, GW3063 of another (a warning), GW5020 of an optional
    /// one (a note).
    fn overridden(&self, index: usize, rule: &RouteRule<'_>) -> Option<Diagnostic> {
        // Leading ones are defaults.
        if index < self.leading || !rule.has_matched {
            return None;
        }
        let is_ineffective = |field: &&Field| !rule.in_force.contains(field);
        let (all, restrictions) = (written(rule.spec), restricting(rule.spec));
        let place = self.blueprint.place(&format!("/routes/{index}"));
        if !restrictions.is_empty() && restrictions.iter().all(|field| is_ineffective(&field)) {
            let message = format!(
                "later routes override {} of this route for every operation that it matches",
                shown(&restrictions, rule.spec)
            );
            return Some(if self.is_optional(index) {
                diagnostic::IDLE_SAFEGUARD
                    .at(place)
                    .message(message)
                    .help("nothing to do: it is optional, or meant for other APIs, too")
            } else {
                diagnostic::OVERRIDDEN_SAFEGUARD
                    .at(place)
                    .message(message + ", so it protects nothing")
                    .help("move this route behind those that override it, narrow their `match`, or remove it; write `optional: true` where it may be overridden")
            });
        }
        let mut ineffective: Vec<&Field> = restrictions.iter().filter(is_ineffective).collect();
        if ineffective.is_empty() && all.iter().all(|field| is_ineffective(&field)) {
            ineffective.extend(&all);
        }
        let names: Vec<String> = ineffective
            .iter()
            .map(|field| format!("`{}`", field.name()))
            .collect();
        (!names.is_empty()).then(|| {
            diagnostic::OVERRIDDEN_ROUTE
                .at(place)
                .message(format_args!("{} of this route has no effect: later routes override it for every operation that it matches", names.join(", ")))
                .help("move this route behind those that override it, or remove what has no effect")
        })
    }
}

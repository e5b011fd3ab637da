//! Findings of all decided operations, and their order in the plan.
//! In: drafts. Out: `Routes`, findings of the whole.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;

use super::{Builder, Draft, Protection, Routes};
use crate::blueprint::Exposure;
use crate::diagnostic::{self, Diagnostic, first_of};
use crate::plan::OperationPlan;
use crate::plan::access::expect::{self, DecidedOperation};
use crate::plan::access::keys;
use crate::plan::rules::Subjects;

/// Most operations or schemes that one finding names.
pub(crate) const MAX_NAMED: usize = 5;

impl<'a> Builder<'a> {
    pub(crate) fn finish(mut self, diagnostics: &mut Vec<Diagnostic>) -> Routes {
        let preflights = self
            .drafts
            .extract_if(.., |draft| draft.is_preflight && !draft.is_dropped)
            .filter_map(|draft| draft.plan.gateway_path)
            .collect();
        self.diagnostics.extend(self.internal_nowhere());
        self.diagnostics.extend(self.unchecked_internal());
        let described = self.descriptions.operations.iter();
        let subjects = Subjects::of(described.map(|(_, operation)| *operation), self.blueprint);
        self.diagnostics.extend(self.rules.findings(&subjects));
        let shared = self.shared.iter();
        self.diagnostics
            .extend(shared.map(|(shared, operations)| shared.finding(operations)));
        let key_gaps = self.key_gaps.iter();
        self.diagnostics
            .extend(key_gaps.map(|(gap, cases)| gap.finding(cases)));
        let decided: Vec<DecidedOperation<'_>> = self
            .drafts
            .iter()
            .map(|draft| self.decided(draft))
            .collect();
        let promises = expect::expect(self.blueprint, &subjects, &decided);
        let throttles = keys::throttles(self.blueprint, &decided, diagnostics);
        self.diagnostics.extend(promises);
        let access = self.security.finish(self.descriptions.apis);
        self.diagnostics.extend(access);
        diagnostics.append(&mut self.diagnostics);
        // By gateway path, path and method; the tree has the order of its paths, and comparing
        // ranks is much quicker.
        let ranks = self.tree.ranks();
        let rank = |draft: &Draft| draft.plan.gateway_path.is_some().then(|| ranks[draft.node]);
        self.drafts.sort_by(|a, b| {
            (rank(a), &a.plan.path, a.plan.method).cmp(&(rank(b), &b.plan.path, b.plan.method))
        });
        Routes {
            operations: self.drafts.into_iter().map(|draft| draft.plan).collect(),
            refusals: self.refusals.into_iter().collect(),
            preflights,
            models: self.models,
            bases: self.bases,
            earlier: self.earlier,
            binary_media_types: self.media_types.into_iter().collect(),
            throttles,
        }
    }

    /// Warns of internal operations that no load balancer serves.
    fn internal_nowhere(&self) -> Option<Diagnostic> {
        let topology = self.blueprint.spec.topology;
        let has_alb = topology.has_alb();
        let is_served =
            |plan: &OperationPlan| has_alb && (plan.backend.is_none() || self.is_balanced(plan));
        let plans = self.drafts.iter().map(|draft| &draft.plan);
        let unserved: Vec<&OperationPlan> = plans
            .filter(|plan| plan.exposure == Exposure::Internal && !is_served(plan))
            .collect();
        let first = unserved.first()?;
        let (what, help) = if has_alb {
            (
                "a function, which the gateway alone calls,".to_owned(),
                "use `hidden` to say so, or give them a backend behind the ALB",
            )
        } else {
            (
                format!("topology `{}`", topology.name()),
                "use `hidden` to say so, or a topology with an ALB",
            )
        };
        Some(
            diagnostic::INTERNAL_NOWHERE
                .at(first.place.clone())
                .message(format_args!(
                    "{} operation(s) are `internal`, and {what} has no private way to them: they are served nowhere",
                    unserved.len()
                ))
                .help(help),
        )
    }

    /// Warns of operations that the description or a route protects, and that private callers reach
    /// without that.
    ///
    /// Errors: GW3066 (a warning), once.
    fn unchecked_internal(&self) -> Option<Diagnostic> {
        let mut seen = BTreeSet::new();
        let unchecked: Vec<(&Draft<'a>, &Protection)> = (self.drafts.iter())
            .filter_map(|draft| Some((draft, draft.unchecked.as_ref()?)))
            .filter(|(draft, _)| self.is_balanced(&draft.plan) && seen.insert(draft.source))
            .collect();
        let (first, protection) = unchecked.first()?;
        let operations = unchecked.iter().map(|(draft, _)| draft.plan.name());
        let schemes = unchecked
            .iter()
            .flat_map(|(_, protection)| &protection.schemes);
        let schemes: BTreeSet<&Arc<str>> = schemes.collect();
        let schemes: Vec<String> = schemes
            .into_iter()
            .take(MAX_NAMED)
            .map(|name| format!("`{name}`"))
            .collect();
        let mut finding = diagnostic::UNCHECKED_INTERNAL
            .at(protection.place.clone())
            .message(format_args!(
                "{}: internal, and protected by {}, which the load balancer does not check: whoever reaches it (`alb.clients`) calls them without",
                listed(operations),
                schemes.join(", ")
            ))
            .help("have the backend check callers itself, admit in `alb.clients` only those that may call them, or use `exposure: hidden`");
        finding.places.push(first.plan.place.clone());
        Some(finding)
    }

    /// An operation as promises and usage plans see it.
    fn decided<'b>(&'b self, draft: &'b Draft<'a>) -> DecidedOperation<'b> {
        DecidedOperation {
            described: self.descriptions.described(draft.source),
            mount: draft.mount,
            plan: &draft.plan,
            is_throttled: draft.is_throttled,
        }
    }
}

/// The first of many names, and the count of the others.
pub(crate) fn listed(names: impl ExactSizeIterator<Item = impl Display>) -> String {
    first_of(names, MAX_NAMED)
}

//! Findings of all decided operations, and their order in the plan.
//!
//! In: drafts. Out: `Routes`, findings of the whole. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Builder, Draft, Protection, Routes};
use crate::blueprint::Exposure;
use crate::diagnostic::{self, Diagnostic};
use crate::plan::OperationPlan;
use crate::plan::access::expect;
use crate::plan::access::expect::DecidedOperation;
use crate::plan::access::keys;
use crate::plan::paths::Segment;
use crate::plan::rules::{Described, Subjects};

/// Number of operations or schemes that one finding names.
const MAX_SHOWN: usize = 5;

impl<'a> Builder<'a> {
    pub(crate) fn finish(mut self, diagnostics: &mut Vec<Diagnostic>) -> Routes {
        let preflights = self
            .drafts
            .extract_if(.., |draft| draft.is_preflight && !draft.is_dropped)
            .filter_map(|draft| draft.plan.gateway_path)
            .collect();
        self.diagnostics.extend(self.internal_nowhere());
        self.diagnostics.extend(self.unchecked_internal());
        let subjects = Subjects::of(
            self.operations.iter().map(|(_, operation)| *operation),
            self.blueprint,
        );
        self.diagnostics.extend(self.rules.findings(&subjects));
        self.diagnostics.extend(
            self.shared
                .iter()
                .map(|(shared, operations)| shared.finding(operations)),
        );
        self.diagnostics.extend(
            self.untold
                .iter()
                .map(|(untold, cases)| untold.finding(cases)),
        );
        let looked: Vec<DecidedOperation<'_>> =
            self.drafts.iter().map(|draft| self.looked(draft)).collect();
        let promises = expect::expect(self.blueprint, &subjects, &looked);
        let throttles = keys::throttles(self.blueprint, &looked, diagnostics);
        self.diagnostics.extend(promises);
        self.diagnostics.extend(self.security.finish(self.apis));
        diagnostics.append(&mut self.diagnostics);
        // By gateway path, path and method; the tree knows the order of its paths, and comparing
        // ranks is much quicker.
        let ranks = self.tree.ranks();
        let rank = |draft: &Draft| draft.plan.gateway_path.is_some().then(|| ranks[draft.node]);
        self.drafts.sort_by(|a, b| {
            (rank(a), &a.plan.path, a.plan.method).cmp(&(rank(b), &b.plan.path, b.plan.method))
        });
        let operations: Vec<OperationPlan> =
            self.drafts.into_iter().map(|draft| draft.plan).collect();
        let base = |base: &[Segment], has_base: bool| {
            let segments = if has_base { base } else { &[] };
            segments.to_vec()
        };
        Routes {
            operations,
            refusals: self.refusals.into_iter().collect(),
            preflights,
            models: self.models,
            bases: self
                .bases
                .iter()
                .map(|segments| {
                    [
                        base(segments, self.base_on_gateway),
                        base(segments, self.has_base_behind),
                    ]
                })
                .collect(),
            binary_media_types: self.media_types.into_iter().collect(),
            throttles,
        }
    }

    /// Warns of internal operations that no load balancer serves.
    fn internal_nowhere(&self) -> Option<Diagnostic> {
        let topology = self.blueprint.spec.topology;
        let has_alb = topology.has_alb();
        let is_served = |plan: &OperationPlan| {
            let backend = plan.backend.map(|index| &self.backends[index]);
            has_alb && backend.is_none_or(|backend| backend.balanced().is_some())
        };
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
        let is_balanced = |plan: &OperationPlan| {
            let backend = plan.backend.map(|index| &self.backends[index]);
            backend.is_some_and(|backend| backend.balanced().is_some())
        };
        let mut seen = BTreeSet::new();
        let unchecked: Vec<(&Draft<'a>, &Protection)> = (self.drafts.iter())
            .filter_map(|draft| Some((draft, draft.unchecked.as_ref()?)))
            .filter(|(draft, _)| is_balanced(&draft.plan) && seen.insert(draft.source))
            .collect();
        let (first, protection) = unchecked.first()?;
        let shown: Vec<String> = unchecked
            .iter()
            .take(MAX_SHOWN)
            .map(|(draft, _)| format!("`{} {}`", draft.plan.method.as_str(), draft.plan.path))
            .collect();
        let more = match unchecked.len() - shown.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names: BTreeSet<&Arc<str>> = unchecked
            .iter()
            .flat_map(|(_, protection)| &protection.schemes)
            .collect();
        let names: Vec<String> = names
            .into_iter()
            .take(MAX_SHOWN)
            .map(|name| format!("`{name}`"))
            .collect();
        let mut finding = diagnostic::UNCHECKED_INTERNAL
            .at(protection.place.clone())
            .message(format_args!(
                "{}{more}: internal, and protected by {}, which the load balancer does not check: whoever reaches it (`alb.clients`) calls them without",
                shown.join(", "),
                names.join(", ")
            ))
            .help("have the backend check callers itself, admit in `alb.clients` only those that may call them, or use `exposure: hidden`");
        finding.places.push(first.plan.place.clone());
        Some(finding)
    }

    /// An operation as promises and usage plans see it.
    fn looked<'b>(&'b self, draft: &'b Draft<'a>) -> DecidedOperation<'b> {
        let (description, operation) = self.operations[draft.source];
        let described = Described {
            operation,
            description,
            extensions: &[],
            siblings: self.siblings.beside(description, operation),
        };
        DecidedOperation {
            described,
            mount: draft.mount,
            plan: &draft.plan,
            is_throttled: draft.is_throttled,
        }
    }
}

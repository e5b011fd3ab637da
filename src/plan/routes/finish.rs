//! What is looked at once all operations are decided, and their order in the plan.
//!
//! In: drafts. Out: `Routes`, findings of the whole. Pure.

use std::collections::BTreeSet;

use super::{Builder, Draft, Protection, Routes};
use crate::blueprint::Exposure;
use crate::diagnostic::{self, Diagnostic};
use crate::plan::OperationPlan;
use crate::plan::access::expect;
use crate::plan::access::expect::Looked;
use crate::plan::access::keys;
use crate::plan::paths::Segment;
use crate::plan::rules::{Described, Subjects};

/// Number of operations or schemes that one finding names.
const MAX_SHOWN: usize = 5;

impl<'a> Builder<'a> {
    pub(crate) fn finish(mut self, diagnostics: &mut Vec<Diagnostic>) -> Routes {
        let preflights = self
            .drafts
            .extract_if(.., |it| it.is_preflight && !it.is_dropped)
            .filter_map(|it| it.plan.gateway_path)
            .collect();
        let has_alb = self.blueprint.spec.topology.has_alb();
        let is_balanced = |it: &OperationPlan| {
            it.backend
                .is_none_or(|index| self.backends[index].balanced().is_some())
        };
        let internal = self
            .drafts
            .iter()
            .map(|it| &it.plan)
            .filter(|it| it.exposure == Exposure::Internal);
        let internal: Vec<&OperationPlan> =
            internal.filter(|it| !has_alb || !is_balanced(it)).collect();
        if let Some(first) = internal.first() {
            let finding = diagnostic::INTERNAL_NOWHERE
                .at(first.place.clone())
                .message(format_args!(
                    "{} operation(s) are `internal`, and {} has no private way to them: they are served nowhere",
                    internal.len(),
                    if has_alb {
                        "a function, which the gateway alone calls,".to_owned()
                    } else {
                        format!("topology `{}`", self.blueprint.spec.topology.name())
                    }
                ))
                .help(if has_alb {
                    "use `hidden` to say so, or give them a backend behind the ALB"
                } else {
                    "use `hidden` to say so, or a topology with an ALB"
                });
            self.diagnostics.push(finding);
        }
        self.diagnostics.extend(self.unchecked_internal());
        let subjects = Subjects::of(self.operations.iter().map(|it| it.1), self.blueprint);
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
        let looked: Vec<Looked<'_>> = self.drafts.iter().map(|it| self.looked(it)).collect();
        let promises = expect::expect(self.blueprint, &subjects, &looked);
        let throttles = keys::throttles(self.blueprint, &looked, diagnostics);
        self.diagnostics.extend(promises);
        self.diagnostics.extend(self.security.finish(self.apis));
        diagnostics.append(&mut self.diagnostics);
        // By gateway path, path and method; the tree knows the order of its paths, and comparing
        // ranks is much quicker.
        let ranks = self.tree.ranks();
        let rank = |it: &Draft| it.plan.gateway_path.is_some().then(|| ranks[it.node]);
        self.drafts.sort_by(|a, b| {
            (rank(a), &a.plan.path, a.plan.method).cmp(&(rank(b), &b.plan.path, b.plan.method))
        });
        let operations: Vec<OperationPlan> =
            self.drafts.into_iter().map(|draft| draft.plan).collect();
        let base =
            |base: &Vec<Segment>, is_there: bool| if is_there { base.clone() } else { Vec::new() };
        Routes {
            operations,
            refusals: self.refusals.into_iter().collect(),
            preflights,
            models: self.models,
            bases: self
                .bases
                .iter()
                .map(|it| [base(it, self.base_on_gateway), base(it, self.base_behind)])
                .collect(),
            binary_media_types: self.media_types.into_iter().collect(),
            throttles,
        }
    }

    /// What the description or a route protects, and private callers reach without that.
    ///
    /// Errors: GW3066 (a warning), once.
    fn unchecked_internal(&self) -> Option<Diagnostic> {
        let is_balanced = |it: &OperationPlan| {
            it.backend
                .is_some_and(|index| self.backends[index].balanced().is_some())
        };
        let mut seen = BTreeSet::new();
        let unchecked: Vec<(&Draft<'a>, &Protection)> = (self.drafts.iter())
            .filter_map(|it| Some((it, it.unchecked.as_ref()?)))
            .filter(|(it, _)| is_balanced(&it.plan) && seen.insert(it.source))
            .collect();
        let (first, protection) = unchecked.first()?;
        let shown: Vec<String> = unchecked
            .iter()
            .take(MAX_SHOWN)
            .map(|(it, _)| format!("`{} {}`", it.plan.method.as_str(), it.plan.path))
            .collect();
        let more = unchecked.len() - shown.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let names: BTreeSet<&str> = unchecked
            .iter()
            .flat_map(|(_, it)| it.schemes.iter().map(|it| &**it))
            .collect();
        let names = names
            .into_iter()
            .take(MAX_SHOWN)
            .map(|it| format!("`{it}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let mut finding = diagnostic::UNCHECKED_INTERNAL
            .at(protection.place.clone())
            .message(format_args!(
                "{}{more}: internal, and protected by {names}, which the load balancer does not check: whoever reaches it (`alb.clients`) calls them without",
                shown.join(", ")
            ))
            .help("have the backend check callers itself, admit in `alb.clients` only those that may call them, or use `exposure: hidden`");
        finding.places.push(first.plan.place.clone());
        Some(finding)
    }

    /// An operation as promises and usage plans see it.
    fn looked<'b>(&'b self, draft: &'b Draft<'a>) -> Looked<'b> {
        let (description, operation) = self.operations[draft.source];
        let described = Described {
            operation,
            description,
            extensions: &[],
            siblings: self.siblings.beside(description, operation),
        };
        Looked {
            described,
            mount: draft.under,
            plan: &draft.plan,
            is_throttled: draft.is_throttled,
        }
    }
}

//! Operations that are not public, and whose requests a public one would serve.
//!
//! In: drafts with their final paths. Out: refusals, and findings where none can be made. Pure.

use std::collections::BTreeSet;

use super::Builder;
use crate::diagnostic;
use crate::plan::routes::tree::{Conflict, RouteTree, can_be_requested, requested};

impl Builder<'_> {
    /// Has the gateway refuse requests of operations that are not public, where a public one would
    /// serve them.
    pub(crate) fn refuse_private(&mut self) {
        for index in 0..self.drafts.len() {
            let draft = &self.drafts[index];
            // One that cannot be served is treated as hidden, so that one run names all that has to
            // be.
            let is_served = draft.plan.gateway_path.is_some() && !draft.is_dropped;
            if is_served || !draft.plan.method.is_servable() {
                continue;
            }
            let is_public = draft.plan.is_public();
            if !can_be_requested(&draft.written) {
                continue;
            }
            let path = format!("{}{}", draft.prefix, draft.written);
            let path = requested(&path, self.widen);
            for conflict in self.tree.conflicts(&path, draft.plan.method) {
                match conflict {
                    Conflict::Same(_) if is_public => {}
                    Conflict::Refuse(refusal) => drop(self.refusals.insert(refusal)),
                    Conflict::Same(public) => self.report_same(index, public),
                    Conflict::Unavoidable(public) => self.report_unavoidable(index, public),
                }
            }
        }
        self.report_crowding_refusals();
    }

    /// A refusal that would need a variable beside a greedy one cannot be built.
    fn report_crowding_refusals(&mut self) {
        let mut tree = RouteTree::new();
        for (index, draft) in self.drafts.iter().enumerate() {
            if let Some(path) = &draft.plan.gateway_path {
                tree.insert(path, draft.plan.method, index);
            }
        }
        let crowded: BTreeSet<usize> = tree
            .crowded()
            .into_iter()
            .map(|(_, greedy)| greedy)
            .collect();
        for refusal in &self.refusals {
            tree.insert(&refusal.path, refusal.method, 0);
        }
        for (_, greedy) in tree
            .crowded()
            .into_iter()
            .filter(|(_, greedy)| !crowded.contains(greedy))
        {
            let answering = &self.drafts[greedy];
            let finding = diagnostic::SHADOWED_OPERATION
                .at(answering.plan.place.clone())
                .message(format_args!("public `{} {}` would answer for an operation with a variable in the same place, which is not public, and API Gateway cannot hold a variable beside a greedy one", answering.plan.method.as_str(), answering.plan.path))
                .help("hide the greedy path too, or make the other one public")
                .keeps(self.operations[answering.source].1.name());
            self.diagnostics.push(finding);
        }
    }

    fn report_same(&mut self, index: usize, public: usize) {
        let (draft, public) = (&self.drafts[index].plan, &self.drafts[public].plan);
        let finding = diagnostic::SHARED_PATH
            .at(draft.place.clone())
            .also(public.place.clone())
            .message(format_args!(
                "`{} {}` is not public, but its requests are those of `{} {}`, which is",
                draft.method.as_str(),
                draft.path,
                public.method.as_str(),
                public.path
            ))
            .help("hide both if callers must not reach it");
        self.diagnostics.push(finding);
    }

    fn report_unavoidable(&mut self, index: usize, public: usize) {
        let (draft, answering) = (&self.drafts[index].plan, &self.drafts[public]);
        let finding = diagnostic::SHADOWED_OPERATION
            .at(answering.plan.place.clone())
            .also(draft.place.clone())
            .message(format_args!(
                "public `{} {}` would answer requests for `{} {}`, which is not public and has no path that API Gateway can refuse",
                answering.plan.method.as_str(),
                answering.plan.path,
                draft.method.as_str(),
                draft.path
            ))
            .help("hide both, or give the other a path of whole segments")
            .keeps(self.operations[answering.source].1.name());
        self.diagnostics.push(finding);
    }
}

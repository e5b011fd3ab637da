//! Operations that are not public, and whose requests a public one would serve.
//! In: drafts with their final paths. Out: refusals, and findings where none is possible.

use std::collections::BTreeSet;

use super::Builder;
use crate::diagnostic;
use crate::plan::paths::text_of;
use crate::plan::routes::tree::{Conflict, Refusal, RouteTree, can_be_requested, requested};

impl Builder<'_> {
    /// Has the gateway refuse requests of operations that are not public, where a public one would
    /// serve them.
    pub(crate) fn refuse_private(&mut self) {
        for index in 0..self.drafts.len() {
            let draft = &self.drafts[index];
            // A public operation that cannot be served is treated as hidden, so that one run names
            // all operations that have to be hidden.
            if draft.is_served()
                || !draft.plan.method.is_servable()
                || !can_be_requested(&draft.written)
            {
                continue;
            }
            let is_public = draft.plan.is_public();
            let path = format!("{}{}", text_of(&draft.prefix), draft.written);
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
        // A variable that an earlier template has keeps its name.
        let named = |refusal: Refusal| Refusal {
            path: self.earlier.named(&refusal.path),
            ..refusal
        };
        self.refusals = std::mem::take(&mut self.refusals)
            .into_iter()
            .map(named)
            .collect();
        self.report_competing_refusals();
    }

    /// Reports refusals that cannot be built, since they need a variable beside a greedy one.
    fn report_competing_refusals(&mut self) {
        let mut tree = RouteTree::new();
        for (index, draft) in self.drafts.iter().enumerate() {
            if let Some(path) = &draft.plan.gateway_path {
                tree.insert(path, draft.plan.method, index);
            }
        }
        let known = tree.competing_variables();
        let known: BTreeSet<usize> = known.map(|(_, greedy)| greedy).collect();
        for refusal in &self.refusals {
            tree.insert(&refusal.path, refusal.method, 0);
        }
        let competing = tree.competing_variables();
        for (_, greedy) in competing.filter(|(_, greedy)| !known.contains(greedy)) {
            let public = &self.drafts[greedy].plan;
            let finding = diagnostic::SHADOWED_OPERATION
                .at(public.place.clone())
                .message(format_args!("public {} would answer for an operation with a variable in the same place, which is not public, and API Gateway cannot hold a variable beside a greedy one", public.name()))
                .help("hide the greedy path too, or make the other one public")
                .keeps(public.name());
            self.diagnostics.push(finding);
        }
    }

    fn report_same(&mut self, index: usize, public: usize) {
        let (draft, public) = (&self.drafts[index].plan, &self.drafts[public].plan);
        let finding = diagnostic::SHARED_PATH
            .at(draft.place.clone())
            .also(public.place.clone())
            .message(format_args!(
                "{} is not public, but its requests are those of {}, which is",
                draft.name(),
                public.name()
            ))
            .help("hide both if callers must not reach it");
        self.diagnostics.push(finding);
    }

    fn report_unavoidable(&mut self, index: usize, public: usize) {
        let (draft, public) = (&self.drafts[index].plan, &self.drafts[public].plan);
        let finding = diagnostic::SHADOWED_OPERATION
            .at(public.place.clone())
            .also(draft.place.clone())
            .message(format_args!(
                "public {} would answer requests for {}, which is not public and has no path that API Gateway can refuse",
                public.name(),
                draft.name()
            ))
            .help("hide both, or give the other a path of whole segments")
            .keeps(public.name());
        self.diagnostics.push(finding);
    }
}

//! What is not public must not be answered by what is.
//!
//! In: drafts with their final paths. Out: refusals, and findings where none can be made. Pure.

use std::collections::BTreeSet;

use super::Builder;
use crate::diagnostic;
use crate::plan::routes::tree::{Meeting, Tree, asked, can_be_asked};

impl Builder<'_> {
    /// What is not public must not be answered by what is.
    pub(crate) fn meetings(&mut self) {
        for index in 0..self.drafts.len() {
            let draft = &self.drafts[index];
            // One that cannot be served is looked at as if it were hidden already, so that one run
            // names all that has to be.
            let is_served = draft.plan.gateway_path.is_some() && !draft.is_dropped;
            if is_served || !draft.plan.method.is_servable() {
                continue;
            }
            let is_public = draft.plan.is_public();
            if !can_be_asked(&draft.written) {
                continue;
            }
            let full = format!("{}{}", draft.mount, draft.written);
            for meeting in self
                .tree
                .meetings(&asked(&full, self.widen), draft.plan.method)
            {
                match meeting {
                    Meeting::Same(_) if is_public => {}
                    Meeting::Refuse(refusal) => drop(self.refusals.insert(refusal)),
                    Meeting::Same(public) => self.report_same(index, public),
                    Meeting::Unavoidable(public) => self.report_unavoidable(index, public),
                }
            }
        }
        self.shield();
    }

    /// A refusal that would need a variable beside a greedy one cannot be built.
    fn shield(&mut self) {
        let mut tree = Tree::new();
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

//! Final paths, request parameters and cache keys of each operation.
//! In: drafts, and the names of their variables. Out: drafts with all that is forwarded.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::naming::ChangedNames;
use super::{Builder, Draft};
use crate::plan::models::parameters::{self, Spellings};
use crate::plan::paths::{Segment, Template};
use crate::plan::stage::cache::KeyGapCase;
use crate::plan::{CachePlan, IntegrationPlan};

impl<'a> Builder<'a> {
    /// Gives a public operation its final path, the backend's, and its parameters.
    pub(super) fn complete(&mut self, index: usize, changed: &mut ChangedNames) {
        let draft = &self.drafts[index];
        let (Some(path), Some(template), false) =
            (&draft.plan.gateway_path, &draft.template, draft.is_dropped)
        else {
            return;
        };
        let gateway_path = self.tree.named(path);
        if draft.is_preflight {
            self.drafts[index].plan.gateway_path = Some(gateway_path);
            return;
        }
        let operation = self.source(index);
        let names = gateway_names(template, &gateway_path[draft.prefix.len()..]);
        if self.reader_of_names(index).is_some() {
            for (described, name) in names.iter().filter(|(described, name)| described != name) {
                let key = (Arc::clone(described), Arc::clone(name));
                changed.entry(key).or_insert(index);
            }
        }
        let backend_path = self.backend_path(draft, &gateway_path);
        let mut parameters =
            parameters::request_parameters(operation, &names, &mut self.diagnostics);
        let cache = self.cache(index, &mut parameters);
        let parameters = self.stored_once(parameters);
        parameters::undeclared(operation, &names, &mut self.diagnostics);
        let plan = &mut self.drafts[index].plan;
        plan.request_parameters = parameters;
        plan.cache = cache;
        plan.backend_path = backend_path;
        plan.gateway_path = Some(gateway_path);
    }

    /// The path that the backend gets.
    fn backend_path(&self, draft: &Draft<'_>, gateway_path: &[Segment]) -> Vec<Segment> {
        let Some(backend) = self.backend_of(&draft.plan) else {
            return Vec::new();
        };
        match &backend.integration {
            // A function gets the request as the gateway got it.
            IntegrationPlan::Function(_) => gateway_path.to_vec(),
            IntegrationPlan::Balanced(_)
            | IntegrationPlan::Internet(_)
            | IntegrationPlan::Forwarder(_) => {
                let prefix = backend.path_prefix.iter().cloned().map(Segment::Literal);
                let base = self.base_behind(draft.plan.description);
                let own = &gateway_path[draft.prefix.len()..];
                prefix.chain(base.iter().chain(own).cloned()).collect()
            }
        }
    }

    /// Decides the cache of an operation, and notes requests that it does not distinguish.
    fn cache(
        &mut self,
        index: usize,
        parameters: &mut BTreeMap<String, bool>,
    ) -> Option<CachePlan> {
        let operation = self.source(index);
        let request = self.drafts[index].cache.as_ref()?;
        let plan = request.keyed(operation, parameters, &mut self.diagnostics);
        // An operation comes once for each mount, and is noted once.
        if let Some(shared) = request.shared(operation, &plan.keys) {
            let operations = self.shared.entry(shared).or_default();
            if operations.last() != Some(&operation.name()) {
                operations.push(operation.name());
            }
        }
        for (gap, case) in request.key_gaps(operation, &plan.keys, self.blueprint) {
            let cases = self.key_gaps.entry(gap).or_default();
            let is_last =
                |last: &KeyGapCase| last.place == case.place && last.operation == case.operation;
            if !cases.last().is_some_and(is_last) {
                cases.push(case);
            }
        }
        Some(plan)
    }

    /// Shares parameters that many operations have.
    fn stored_once(&mut self, parameters: BTreeMap<String, bool>) -> Arc<BTreeMap<String, bool>> {
        if let Some(known) = self.parameters.get(&parameters) {
            return Arc::clone(known);
        }
        let parameters = Arc::new(parameters);
        self.parameters.insert(Arc::clone(&parameters));
        parameters
    }
}

/// Variables of the template, as the description names them, with their names on the gateway.
fn gateway_names(template: &Template, path: &[Segment]) -> Spellings {
    let described = |legal: &Arc<str>| {
        let mut renamed = template.renamed.iter();
        let renamed = renamed.find(|(_, name)| name == legal);
        Arc::clone(renamed.map_or(legal, |(described, _)| described))
    };
    let legal = template.segments.iter().filter_map(Segment::variable);
    legal
        .zip(path.iter().filter_map(Segment::variable))
        .map(|(legal, name)| (described(legal), Arc::clone(name)))
        .collect()
}

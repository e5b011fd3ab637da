//! One name a variable, one operation a method and path, and from there the final paths.
//!
//! In: drafts with the paths that the description gives them. Out: drafts with those that the gateway and the backend have. Pure.

use std::sync::Arc;

use super::Builder;
use crate::diagnostic::{self, Place};
use crate::plan::Way;
use crate::plan::parameters::{self, Spellings};
use crate::plan::paths::Segment;
use crate::plan::patterns::only;

impl Builder<'_> {
    /// One name for all spellings of a variable, and no two operations at one place.
    pub(super) fn name_variables(&mut self) {
        for index in 0..self.drafts.len() {
            let draft = &mut self.drafts[index];
            let Some(path) = &draft.plan.gateway_path else { continue };
            let (node, first) = self.tree.insert(path, draft.plan.method, index);
            draft.node = node;
            if let Some(first) = first {
                draft.is_dropped = true;
                self.duplicate(first, index);
            }
        }
        for renamed in self.tree.name_variables() {
            let (first, others) = renamed.spellings.split_first().expect("a variable has a spelling");
            let spelt = renamed.spellings.iter().map(|(name, _)| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ");
            let mut finding = diagnostic::RENAMED_VARIABLE.at(self.item_place(first.1)).message(format_args!("the path variables {spelt} stand at one place, where API Gateway has one: they become `{{{}}}`; the backend sees no difference", renamed.name)).help("use one name for them in the description");
            finding.places.extend(others.iter().map(|(_, operation)| self.item_place(*operation)));
            self.diagnostics.push(finding);
        }
        for index in 0..self.drafts.len() {
            self.complete(index);
        }
    }

    fn item_place(&self, draft: usize) -> Place {
        self.source(draft).item_place("")
    }

    fn duplicate(&mut self, first: usize, second: usize) {
        let plan = &self.drafts[second].plan;
        if self.drafts[first].plan.description != plan.description {
            return self.in_two_descriptions(first, second);
        }
        let finding = diagnostic::DUPLICATE_OPERATION
            .at(plan.place.clone())
            .also(self.drafts[first].plan.place.clone())
            .message(format_args!(
                "`{} {}` and `{} {}` are one operation to API Gateway",
                plan.method.as_str(),
                plan.path,
                self.drafts[first].plan.method.as_str(),
                self.drafts[first].plan.path
            ))
            .help("merge the two, or leave one out with `exposure: hidden`")
            .keeps(self.source(second).name());
        self.diagnostics.push(finding);
    }

    /// The end of a help where base paths would keep two descriptions apart.
    fn apart_by_base(&self, one: usize, other: usize) -> String {
        let [one, other] = [one, other].map(|it| &self.apis[it].base_path);
        if self.base_on_gateway || one == other {
            return String::new();
        }
        let [one, other] = [one, other].map(|it| if it.is_empty() { "/" } else { it });
        format!("; or serve them under their base paths, `{one}` and `{other}`, with `api: {{base_path: both}}`")
    }

    fn in_two_descriptions(&mut self, first: usize, second: usize) {
        let (one, other) = (&self.drafts[first].plan, &self.drafts[second].plan);
        let spec = &self.blueprint.spec.spec[other.description];
        let finding = diagnostic::OPERATION_IN_TWO_DESCRIPTIONS
            .at(other.place.clone())
            .also(one.place.clone())
            .message(format_args!(
                "`{} {}` of `{}` and `{} {}` of `{}` are one operation to API Gateway",
                other.method.as_str(),
                other.path,
                self.apis[other.description].file,
                one.method.as_str(),
                one.path,
                self.apis[one.description].file
            ))
            .help(format_args!(
                "leave one of the two out: `{{match: {{specs: [{spec}], paths: [{}]}}, exposure: hidden}}`{}",
                only(&other.path),
                self.apart_by_base(one.description, other.description)
            ))
            .keeps(self.source(second).name());
        self.diagnostics.push(finding);
    }

    /// Gives a public operation its final path, the backend's, and its parameters.
    fn complete(&mut self, index: usize) {
        let draft = &self.drafts[index];
        let (Some(path), Some(template), false) = (&draft.plan.gateway_path, &draft.template, draft.is_dropped) else { return };
        let named = self.tree.named(path);
        let (description, operation) = self.operations[draft.source];
        let inner = &named[draft.before..];
        let spelt = |original: &Arc<str>| {
            template
                .renamed
                .iter()
                .find(|(_, legal)| legal == original)
                .map_or_else(|| Arc::clone(original), |(spelt, _)| Arc::clone(spelt))
        };
        let variables = template.segments.iter().filter_map(Segment::variable).zip(inner.iter().filter_map(Segment::variable));
        let spellings: Spellings = variables.map(|(original, name)| (spelt(original), Arc::clone(name))).collect();
        let backend_path = match draft.plan.backend.map(|it| &self.backends[it]).map(|it| (&it.way, &it.path_prefix)) {
            // A function gets the request as the gateway got it.
            Some((Way::Function(_), _)) => named.clone(),
            Some((Way::Balanced(_) | Way::Internet(_) | Way::Forwarder(_), prefix)) => {
                let base = if self.base_behind { &self.bases[description][..] } else { &[] };
                let mut path: Vec<Segment> = Vec::with_capacity(prefix.len() + base.len() + inner.len());
                path.extend(prefix.iter().map(|it| Segment::Literal(Arc::clone(it))));
                path.extend(base.iter().chain(inner).cloned());
                path
            }
            None => Vec::new(),
        };
        let mut parameters = parameters::request_parameters(operation, &spellings, &mut self.diagnostics);
        let cache = draft.cache.as_ref().map(|it| it.keyed(operation, &mut parameters, self.blueprint, &mut self.diagnostics));
        let shared = draft.cache.as_ref().zip(cache.as_ref()).and_then(|(it, plan)| it.shared(operation, &plan.keys, self.blueprint));
        if let Some(shared) = shared {
            let operations = self.shared.entry(shared).or_default();
            // Under every mount anew.
            if operations.last() != Some(&operation.name()) {
                operations.push(operation.name());
            }
        }
        let parameters = self.parameters.get(&parameters).cloned().unwrap_or_else(|| {
            let parameters = Arc::new(parameters);
            self.parameters.insert(Arc::clone(&parameters));
            parameters
        });
        parameters::undeclared(operation, &spellings, &mut self.diagnostics);
        let plan = &mut self.drafts[index].plan;
        plan.request_parameters = parameters;
        plan.cache = cache;
        plan.backend_path = backend_path;
        plan.gateway_path = Some(named);
    }

    /// A variable and a greedy variable under one parent.
    pub(super) fn collisions(&mut self) {
        for (variable, greedy) in self.tree.crowded() {
            let (first, second) = (&self.drafts[variable].plan, &self.drafts[greedy].plan);
            let finding = diagnostic::DUPLICATE_OPERATION
                .at(second.place.clone())
                .also(first.place.clone())
                .message(format_args!(
                    "the greedy variable of `{}` and the variable of `{}` stand under one parent, where API Gateway takes one",
                    second.path, first.path
                ))
                .help("leave one of the two out with `exposure: hidden`")
                .keeps(self.source(greedy).name());
            self.diagnostics.push(finding);
        }
    }
}

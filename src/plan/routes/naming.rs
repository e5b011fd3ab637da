//! One name a variable, one operation a method and path, and from there the final paths.
//!
//! In: drafts with the paths that the description gives them. Out: drafts with those that the
//! gateway and the backend have. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Builder;
use crate::blueprint::{AuthSpec, AuthorizerKind, defaults};
use crate::diagnostic::{self, Place};
use crate::plan::IntegrationPlan;
use crate::plan::access::authorizers::Check;
use crate::plan::models::parameters;
use crate::plan::models::parameters::Spellings;
use crate::plan::paths::Segment;
use crate::plan::routes::tree::Renamed;
use crate::plan::rules::patterns::only;

/// Most lost names that are shown.
const MAX_SHOWN: usize = 3;

/// Variables that a function finds under another name, by their name in the description and on the
/// gateway, with the first operation.
type LostNames = BTreeMap<(Arc<str>, Arc<str>), usize>;

/// A function that finds path variables by their names.
enum Reader<'a> {
    Backend(&'a str),
    Authorizer(&'a str),
}

impl Builder<'_> {
    /// One name for all spellings of a variable, and no two operations at one place.
    pub(crate) fn name_variables(&mut self) {
        for index in 0..self.drafts.len() {
            let is_seen = self.reader_of_names(index).is_some();
            let draft = &mut self.drafts[index];
            let Some(path) = &draft.plan.gateway_path else {
                continue;
            };
            let (node, first) = self.tree.insert(path, draft.plan.method, index);
            if is_seen {
                self.tree.see_names(path);
            }
            draft.node = node;
            if let Some(first) = first {
                draft.is_dropped = true;
                self.duplicate(first, index);
            }
        }
        for renamed in self.tree.name_variables() {
            self.renamed(&renamed);
        }
        let mut lost = LostNames::new();
        for index in 0..self.drafts.len() {
            self.complete(index, &mut lost);
        }
        self.lost_names(lost);
    }

    /// A variable whose name changes for servers alone, which get its value in the path. What
    /// functions lose is said by `lost_names`.
    fn renamed(&mut self, renamed: &Renamed) {
        if renamed
            .spellings
            .iter()
            .any(|(spelt, it)| it.is_seen && *spelt != renamed.name)
        {
            return;
        }
        let (first, others) = renamed
            .spellings
            .split_first()
            .expect("a variable has a spelling");
        let spelt = renamed
            .spellings
            .iter()
            .map(|(name, _)| format!("`{{{name}}}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let mut finding = diagnostic::RENAMED_VARIABLE
            .at(self.item_place(first.1.first))
            .message(format_args!("the path variables {spelt} stand at one place, where API Gateway has one: they become `{{{}}}`; the backend sees no difference", renamed.name))
            .help("use one name for them in the description");
        finding
            .places
            .extend(others.iter().map(|(_, it)| self.item_place(it.first)));
        self.diagnostics.push(finding);
    }

    /// The function that finds path variables by their names in its event; `None` where only their
    /// values go on.
    ///
    /// Source: API Gateway, "Lambda proxy integrations in API Gateway" (`pathParameters` of the
    /// event), and "Input to an API Gateway Lambda authorizer" (the same of a request),
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>,
    /// read 2026-11-30.
    fn reader_of_names(&self, index: usize) -> Option<Reader<'_>> {
        let plan = &self.drafts[index].plan;
        if let Some(backend) = plan
            .backend
            .map(|it| &self.backends[it])
            .filter(|it| matches!(it.integration, IntegrationPlan::Function(_)))
        {
            return Some(Reader::Backend(&backend.name));
        }
        let Check::Authorizer(name) = &plan.auth.check else {
            return None;
        };
        let Some(AuthSpec::Lambda(it)) = self
            .blueprint
            .spec
            .auth
            .as_ref()
            .and_then(|it| it.get(&**name))
        else {
            return None;
        };
        let kind = it.kind.unwrap_or(defaults::AUTHORIZER_KIND);
        (kind == AuthorizerKind::Request).then_some(Reader::Authorizer(name))
    }

    /// Names that a function looks for in vain, once for all of them.
    ///
    /// Errors: GW4133 (a warning).
    fn lost_names(&mut self, lost: LostNames) {
        let Some(((_, _), first)) = lost.first_key_value() else {
            return;
        };
        let first = *first;
        let shown: Vec<String> = lost
            .iter()
            .take(MAX_SHOWN)
            .map(|((spelt, name), index)| self.lost_name((spelt, name), *index))
            .collect();
        let more = if lost.len() > MAX_SHOWN {
            format!("; and {} more", lost.len() - MAX_SHOWN)
        } else {
            String::new()
        };
        let mut finding = diagnostic::RENAMED_BEFORE_A_FUNCTION
            .at(self.item_place(first))
            .message(format_args!("the gateway has other path variables than the description: {}{more}", shown.join("; ")))
            .help("use one whole segment and one name at a place in the description, or have the function read the name and value that it gets");
        finding
            .places
            .extend(lost.values().skip(1).map(|index| self.item_place(*index)));
        self.diagnostics.push(finding);
    }

    fn lost_name(&self, (spelt, name): (&str, &str), index: usize) -> String {
        let plan = &self.drafts[index].plan;
        let reader = match self.reader_of_names(index) {
            Some(Reader::Backend(name)) => format!("the function of `{name}`"),
            Some(Reader::Authorizer(name)) => format!("the authorizer `{name}`"),
            None => unreachable!("only names that a function looks for are lost"),
        };
        let operation = format!("`{} {}`", plan.method.as_str(), plan.path);
        if spelt.contains('{') {
            return format!(
                "for {operation}, `pathParameters` of {reader} has the whole segment `{spelt}` as `{name}`"
            );
        }
        format!("for {operation}, `pathParameters` of {reader} has `{name}` and no `{spelt}`")
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
        format!(
            "; or serve them under their base paths, `{one}` and `{other}`, with `api: {{base_path: both}}`"
        )
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
    fn complete(&mut self, index: usize, lost: &mut LostNames) {
        let draft = &self.drafts[index];
        let (Some(path), Some(template), false) =
            (&draft.plan.gateway_path, &draft.template, draft.is_dropped)
        else {
            return;
        };
        let named = self.tree.named(path);
        if draft.is_preflight {
            self.drafts[index].plan.gateway_path = Some(named);
            return;
        }
        let (description, operation) = self.operations[draft.source];
        let inner = &named[draft.before..];
        let spelt = |original: &Arc<str>| {
            template
                .renamed
                .iter()
                .find(|(_, legal)| legal == original)
                .map_or_else(|| Arc::clone(original), |(spelt, _)| Arc::clone(spelt))
        };
        let variables = template
            .segments
            .iter()
            .filter_map(Segment::variable)
            .zip(inner.iter().filter_map(Segment::variable));
        let spellings: Spellings = variables
            .map(|(original, name)| (spelt(original), Arc::clone(name)))
            .collect();
        for (spelt, name) in spellings.iter().filter(|(spelt, name)| spelt != name) {
            if self.reader_of_names(index).is_some() {
                lost.entry((Arc::clone(spelt), Arc::clone(name)))
                    .or_insert(index);
            }
        }
        let backend_path = match draft
            .plan
            .backend
            .map(|it| &self.backends[it])
            .map(|it| (&it.integration, &it.path_prefix))
        {
            // A function gets the request as the gateway got it.
            Some((IntegrationPlan::Function(_), _)) => named.clone(),
            Some((
                IntegrationPlan::Balanced(_)
                | IntegrationPlan::Internet(_)
                | IntegrationPlan::Forwarder(_),
                prefix,
            )) => {
                let base = if self.base_behind {
                    &self.bases[description][..]
                } else {
                    &[]
                };
                let mut path: Vec<Segment> =
                    Vec::with_capacity(prefix.len() + base.len() + inner.len());
                path.extend(prefix.iter().map(|it| Segment::Literal(Arc::clone(it))));
                path.extend(base.iter().chain(inner).cloned());
                path
            }
            None => Vec::new(),
        };
        let mut parameters =
            parameters::request_parameters(operation, &spellings, &mut self.diagnostics);
        let cache = draft.cache.as_ref().map(|it| {
            it.keyed(
                operation,
                &mut parameters,
                self.blueprint,
                &mut self.diagnostics,
            )
        });
        let shared = draft
            .cache
            .as_ref()
            .zip(cache.as_ref())
            .and_then(|(it, plan)| it.shared(operation, &plan.keys, self.blueprint));
        if let Some(shared) = shared {
            let operations = self.shared.entry(shared).or_default();
            // Under every mount anew.
            if operations.last() != Some(&operation.name()) {
                operations.push(operation.name());
            }
        }
        if let (Some(wanted), Some(cache)) = (&draft.cache, &cache) {
            for (untold, case) in wanted.untold(operation, &cache.keys, self.blueprint) {
                let cases = self.untold.entry(untold).or_default();
                // Under every mount anew.
                if !cases
                    .last()
                    .is_some_and(|it| it.place == case.place && it.operation == case.operation)
                {
                    cases.push(case);
                }
            }
        }
        let parameters = self
            .parameters
            .get(&parameters)
            .cloned()
            .unwrap_or_else(|| {
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
    pub(crate) fn collisions(&mut self) {
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

//! Names of path variables: one for each resource of the gateway, whatever its operations call them.
//! In: drafts with the paths of the description. Out: names in the tree, and drafts completed by them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Builder;
use crate::blueprint::{AuthSpec, AuthorizerInput, BasePathUse};
use crate::diagnostic::{self, Code, Diagnostic, Place};
use crate::openapi::Api;
use crate::plan::IntegrationPlan;
use crate::plan::routes::tree::{Renamed, VariableName};
use crate::plan::rules::patterns::only;

/// Most changed names that one finding names.
const MAX_SHOWN: usize = 3;

/// Variables that a function finds under another name, by their name in the description and on the
/// gateway, with the first operation.
pub(super) type ChangedNames = BTreeMap<(Arc<str>, Arc<str>), usize>;

/// Words of a diagnostic about names that a function reads.
struct NamesReport {
    code: &'static Code,
    start: &'static str,
    help: &'static str,
}

/// Names that the gateway cannot have.
const RENAMED: NamesReport = NamesReport {
    code: &diagnostic::RENAMED_BEFORE_A_FUNCTION,
    start: "the gateway has other path variables than the description",
    help: "use one whole segment and one name at a place in the description, or have the function read the name and value that it gets",
};

/// Names of an earlier template, which CloudFormation cannot change.
const KEPT: NamesReport = NamesReport {
    code: &diagnostic::KEPT_VARIABLE,
    start: "the gateway keeps the path variables of an earlier template",
    help: "have the function read the name that it gets, or write that name in the description: CloudFormation cannot rename a resource",
};

impl<'a> Builder<'a> {
    /// Gives every variable one name, and refuses a second operation with one path and method.
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
        for route in &self.earlier.routes {
            self.tree.keep_names(&route.path);
        }
        for renamed in self.tree.name_variables() {
            if let ([(written, _)], true) = (&*renamed.written, renamed.is_kept) {
                let names = (Arc::clone(written), renamed.name);
                self.kept_names.insert(names);
            } else {
                self.renamed(&renamed);
            }
        }
        let mut changed = ChangedNames::new();
        for index in 0..self.drafts.len() {
            self.complete(index, &mut changed);
        }
        let (kept, changed) = changed
            .into_iter()
            .partition(|(names, _)| self.kept_names.contains(names));
        self.diagnostics
            .extend(self.report_changed(&changed, &RENAMED));
        self.diagnostics.extend(self.report_changed(&kept, &KEPT));
    }

    /// Reports a variable whose name changes for servers alone, which get its value in the path.
    /// `report_changed` reports what changes for functions.
    fn renamed(&mut self, renamed: &Renamed) {
        let is_changed =
            |(name, used): &(Arc<str>, VariableName)| used.is_seen && *name != renamed.name;
        if renamed.written.iter().any(is_changed) {
            return;
        }
        let written = renamed.written.iter();
        let names: Vec<String> = written.map(|(name, _)| format!("`{{{name}}}`")).collect();
        let mut finding = diagnostic::RENAMED_VARIABLE
            .at(self.item_place(renamed.written[0].1.first))
            .message(format_args!("the path variables {} stand at one place, where API Gateway has one: they become `{{{}}}`; the backend sees no difference", names.join(", "), renamed.name))
            .help("use one name for them in the description");
        let others = renamed.written.iter().skip(1);
        let places = others.map(|(_, used)| self.item_place(used.first));
        finding.places.extend(places);
        self.diagnostics.push(finding);
    }

    /// The function that finds path variables by their names in its event, as a noun and a name;
    /// `None` where only their values are forwarded.
    ///
    /// Source: API Gateway, "Lambda proxy integrations in API Gateway" (`pathParameters` of the
    /// event), and "Input to an API Gateway Lambda authorizer" (the same of a request),
    /// <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html>,
    /// read 2026-11-30.
    pub(super) fn reader_of_names(&self, index: usize) -> Option<(&'static str, &str)> {
        let plan = &self.drafts[index].plan;
        if let Some(backend) = self.backend_of(plan)
            && matches!(backend.integration, IntegrationPlan::Function(_))
        {
            return Some(("the function of", &backend.name));
        }
        let name = plan.auth.authorizer()?;
        let AuthSpec::Lambda(spec, _) = self.blueprint.spec.auth.as_ref()?.get(name)? else {
            return None;
        };
        (spec.kind == AuthorizerInput::Request).then_some(("the authorizer", name))
    }

    /// Warns of names that a function does not find, once for all of them.
    ///
    /// Errors: GW4133 (a warning); GW5051 (a note).
    fn report_changed(&self, changed: &ChangedNames, report: &NamesReport) -> Option<Diagnostic> {
        let first = changed.values().next()?;
        let shown: Vec<String> = changed
            .iter()
            .take(MAX_SHOWN)
            .map(|((described, name), index)| self.changed_name(described, name, *index))
            .collect();
        let more = match changed.len().saturating_sub(MAX_SHOWN) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        let mut finding = (report.code)
            .at(self.item_place(*first))
            .message(format_args!("{}: {}{more}", report.start, shown.join("; ")))
            .help(report.help);
        let others = changed.values().skip(1);
        let places = others.map(|index| self.item_place(*index));
        finding.places.extend(places);
        Some(finding)
    }

    fn changed_name(&self, described: &str, name: &str, index: usize) -> String {
        let operation = self.drafts[index].plan.name();
        let (noun, reader) = self
            .reader_of_names(index)
            .expect("only names that a function reads are reported");
        let event = format!("for {operation}, `pathParameters` of {noun} `{reader}` has");
        if described.contains('{') {
            format!("{event} the whole segment `{described}` as `{name}`")
        } else {
            format!("{event} `{name}` and no `{described}`")
        }
    }

    fn item_place(&self, draft: usize) -> Place {
        self.source(draft).item_place("")
    }

    /// Reports two operations with one path and method.
    fn duplicate(&mut self, first: usize, second: usize) {
        let (one, other) = (&self.drafts[first].plan, &self.drafts[second].plan);
        let (code, message, help) = if one.description == other.description {
            (
                &diagnostic::DUPLICATE_OPERATION,
                format!(
                    "{} and {} are one operation to API Gateway",
                    other.name(),
                    one.name()
                ),
                "merge the two, or leave one out with `exposure: hidden`".to_owned(),
            )
        } else {
            let apis = self.descriptions.apis;
            let [of_one, of_other] = [one, other].map(|plan| &apis[plan.description]);
            (
                &diagnostic::OPERATION_IN_TWO_DESCRIPTIONS,
                format!(
                    "{} of `{}` and {} of `{}` are one operation to API Gateway",
                    other.name(),
                    of_other.file,
                    one.name(),
                    of_one.file
                ),
                format!(
                    "leave one of the two out: `{{match: {{specs: [{}], paths: [{}]}}, exposure: hidden}}`{}",
                    self.blueprint.spec.spec[other.description],
                    only(&other.path),
                    self.apart_by_base(of_one, of_other)
                ),
            )
        };
        let finding = code.at(other.place.clone()).also(one.place.clone());
        let finding = finding.message(message).help(help).keeps(other.name());
        self.diagnostics.push(finding);
    }

    /// The end of a help where base paths would distinguish two descriptions.
    fn apart_by_base(&self, one: &Api, other: &Api) -> String {
        if self.base_path == BasePathUse::Both || one.base_path == other.base_path {
            return String::new();
        }
        let [one, other] = [one, other].map(|api| match &*api.base_path {
            "" => "/",
            base => base,
        });
        format!(
            "; or serve them under their base paths, `{one}` and `{other}`, with `api: {{base_path: both}}`"
        )
    }

    /// Refuses a variable and a greedy variable under one parent.
    pub(crate) fn refuse_competing_variables(&mut self) {
        for (variable, greedy) in self.tree.competing_variables() {
            let (variable, greedy) = (&self.drafts[variable].plan, &self.drafts[greedy].plan);
            let finding = diagnostic::DUPLICATE_OPERATION
                .at(greedy.place.clone())
                .also(variable.place.clone())
                .message(format_args!(
                    "the greedy variable of `{}` and the variable of `{}` stand under one parent, where API Gateway takes one",
                    greedy.path, variable.path
                ))
                .help("leave one of the two out with `exposure: hidden`")
                .keeps(greedy.name());
            self.diagnostics.push(finding);
        }
    }
}

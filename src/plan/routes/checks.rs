//! Checks of requests by the gateway.
//! In: drafts with their parameters. Out: their `ChecksPlan`s, and the models of the API.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Builder, Draft};
use crate::blueprint::Validation;
use crate::diagnostic::{self, Place};
use crate::openapi::ByMediaType;
use crate::plan::models::coverage::coverage;
use crate::plan::models::parameters::unchecked;
use crate::plan::models::{ChecksPlan, Models, ServedOperation};
use crate::plan::rules::{Decision, Origin};

/// Checks that are requested of the gateway, and the route or extension that requests them for this
/// operation in particular.
#[derive(Clone, Copy)]
pub(crate) struct RequestedValidation<'a> {
    level: Validation,
    origin: Option<Origin<'a>>,
}

impl RequestedValidation<'_> {
    fn is_of_body(self) -> bool {
        matches!(self.level, Validation::Full | Validation::Body)
    }

    fn is_of_parameters(self) -> bool {
        matches!(self.level, Validation::Full | Validation::Params)
    }
}

/// Required parameters that are left to the backend, and why.
#[derive(Default)]
struct UncheckedParameters {
    names: Vec<String>,
    places: Vec<Place>,
    reasons: BTreeSet<&'static str>,
}

impl<'a> Builder<'a> {
    pub(crate) fn requested_validation(&self, decision: &Decision<'a>) -> RequestedValidation<'a> {
        let default = self.blueprint.spec.api.validation;
        let routes = self.blueprint.spec.routes.as_deref().unwrap_or_default();
        let is_particular = |origin: &Origin<'a>| match origin {
            Origin::Route(index) => !routes[*index].r#match.is_empty(),
            Origin::Extension(_) => true,
        };
        let (level, origin) = decision
            .validation
            .map_or((default, None), |(level, origin)| (level, Some(origin)));
        RequestedValidation {
            level,
            origin: origin.filter(is_particular),
        }
    }

    /// Decides the checks of every operation that is served.
    ///
    /// Errors: none; warnings GW4100 body that no model can check, GW4101 models cut.
    pub(crate) fn checks(&mut self) {
        let mut models = Models::new(self.descriptions.apis, &self.blueprint.spec.spec);
        let labels_of = |draft: &Draft<'_>| {
            let has_model =
                draft.validation.is_of_body() && !draft.is_dropped && !draft.is_preflight;
            let Some(template) = draft.template.as_ref().filter(|_| has_model) else {
                return BTreeMap::new();
            };
            let (description, operation) = self.descriptions.operations[draft.source];
            models.request(&ServedOperation {
                operation,
                description,
                path: &template.segments,
            })
        };
        let labels: Vec<_> = self.drafts.iter().map(labels_of).collect();
        self.unchecked_bodies(&labels);
        self.unchecked_parameters();
        self.models = models.finish(&mut self.diagnostics);
        let models = self.models.iter().enumerate();
        let index: BTreeMap<&str, usize> = models
            .map(|(index, model)| (&*model.label, index))
            .collect();
        for (draft, labels) in self.drafts.iter_mut().zip(&labels) {
            let models: ByMediaType<usize> = labels
                .iter()
                .map(|(media_type, label)| (Arc::clone(media_type), index[&**label]))
                .collect();
            // A variable of the path is always there.
            let is_required = |(name, required): (&String, &bool)| {
                *required && !name.starts_with("method.request.path.")
            };
            draft.plan.checks = ChecksPlan {
                parameters: draft.validation.is_of_parameters()
                    && draft.plan.request_parameters.iter().any(is_required),
                body: !models.is_empty(),
                models,
                is_requested: draft.validation.level != Validation::None,
            };
            if draft.template.is_some() {
                let (description, operation) = self.descriptions.operations[draft.source];
                draft.plan.coverage = coverage(
                    &self.descriptions.apis[description],
                    operation,
                    &draft.plan.checks,
                    &draft.plan.request_parameters,
                );
            }
        }
    }

    /// Warns of bodies whose check was requested in particular, and that have no model.
    fn unchecked_bodies(&mut self, labels: &[BTreeMap<Arc<str>, Arc<str>>]) {
        let mut reported = BTreeSet::new();
        for (draft, _) in self.drafts.iter().zip(labels).filter(|(draft, labels)| {
            labels.is_empty() && draft.validation.is_of_body() && draft.is_served()
        }) {
            let (_, operation) = self.descriptions.operations[draft.source];
            let (Some(origin), Some(body)) = (draft.validation.origin, &operation.body) else {
                continue;
            };
            if body.contents.is_empty() || !reported.insert(draft.source) {
                continue;
            }
            let types = body.contents.iter().take(5);
            let types: Vec<String> = types
                .map(|content| format!("`{}`", content.media_type))
                .collect();
            let finding = diagnostic::UNCHECKED_BODY
                .at(origin.place(self.blueprint, "validation"))
                .also(operation.place(""))
                .message(format_args!(
                    "the gateway cannot check the body of {}: models are made of JSON with a schema alone, and it takes {}",
                    operation.name(),
                    types.join(", ")
                ))
                .help("let the backend check it and write `validation: params`, or describe the body as JSON");
            self.diagnostics.push(finding);
        }
    }

    /// Warns of parameters whose check was requested in particular, and that the gateway cannot
    /// require.
    ///
    /// Errors: GW4121 (a warning), once for each route or extension.
    fn unchecked_parameters(&mut self) {
        let mut found: BTreeMap<Place, UncheckedParameters> = BTreeMap::new();
        for draft in self.drafts.iter().filter(|draft| {
            draft.is_served() && !draft.is_preflight && draft.validation.is_of_parameters()
        }) {
            let Some(origin) = draft.validation.origin else {
                continue;
            };
            let (_, operation) = self.descriptions.operations[draft.source];
            let required = operation
                .parameters
                .iter()
                .filter(|parameter| parameter.required);
            for (parameter, reason) in
                required.filter_map(|parameter| Some((parameter, unchecked(parameter)?)))
            {
                let place = origin.place(self.blueprint, "validation");
                let unchecked = found.entry(place).or_default();
                let name = format!("`{}` of {}", parameter.name, operation.name());
                // An operation comes once for each mount.
                if unchecked.names.last() != Some(&name) {
                    unchecked.names.push(name);
                    unchecked.places.push(parameter.place(operation));
                    unchecked.reasons.insert(reason);
                }
            }
        }
        self.diagnostics.extend(found.into_iter().map(|(at, UncheckedParameters { names, reasons, places })| {
            let why = match reasons.len() {
                1 => reasons.into_iter().collect(),
                _ => "`gwgen lint --coverage` says why of each".to_owned(),
            };
            let mut finding = diagnostic::UNCHECKED_PARAMETER
                .at(at)
                .message(format_args!("the gateway cannot demand {}, which the description requires: {why}", diagnostic::examples(&names)))
                .help("let the backend check it, and write `validation: body`, or `none` where there is no body");
            finding.places.extend(places);
            finding
        }));
    }
}

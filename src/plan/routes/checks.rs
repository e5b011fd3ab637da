//! Checks of requests by the gateway.
//!
//! In: drafts with their parameters. Out: their `ChecksPlan`s, and the models of the API. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Builder, Draft};
use crate::blueprint::{Validation, defaults};
use crate::diagnostic::{self, Place};
use crate::openapi::ByMediaType;
use crate::plan::models::coverage::coverage;
use crate::plan::models::parameters::unchecked;
use crate::plan::models::{ChecksPlan, ModelPlan, Models, ServedOperation};
use crate::plan::rules::{Decision, Origin};

/// Checks that are requested of the gateway, and the route or extension that requests them for this
/// operation in particular.
#[derive(Clone, Copy)]
pub(crate) struct RequestedValidation<'a> {
    level: Validation,
    origin: Option<Origin<'a>>,
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
        let gateway = self.blueprint.spec.api.as_ref();
        let default = gateway.and_then(|gateway| gateway.validation);
        let default = default.unwrap_or(defaults::VALIDATION);
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
        let mut models = Models::new(self.apis, &self.blueprint.spec.spec);
        let mut labels: Vec<BTreeMap<Arc<str>, Arc<str>>> = Vec::with_capacity(self.drafts.len());
        for draft in &self.drafts {
            let is_asked = matches!(draft.validation.level, Validation::Full | Validation::Body);
            let template = draft
                .template
                .as_ref()
                .filter(|_| is_asked && !draft.is_dropped && !draft.is_preflight);
            labels.push(template.map_or_else(BTreeMap::new, |template| {
                let (description, operation) = self.operations[draft.source];
                models.request(&ServedOperation {
                    operation,
                    description,
                    path: &template.segments,
                })
            }));
        }
        self.unchecked(&labels);
        self.unchecked_parameters();
        self.models = models.finish(&mut self.diagnostics);
        let index: BTreeMap<&str, usize> = self
            .models
            .iter()
            .enumerate()
            .map(|(index, model): (usize, &ModelPlan)| (&*model.label, index))
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
            let parameters = draft.plan.request_parameters.iter().any(is_required);
            let parameters = parameters
                && matches!(
                    draft.validation.level,
                    Validation::Full | Validation::Params
                );
            let is_asked = draft.validation.level != Validation::None;
            draft.plan.checks = ChecksPlan {
                parameters,
                body: !models.is_empty(),
                models,
                is_requested: is_asked,
            };
            if draft.template.is_some() {
                let (description, operation) = self.operations[draft.source];
                draft.plan.coverage = coverage(
                    &self.apis[description],
                    operation,
                    &draft.plan.checks,
                    &draft.plan.request_parameters,
                );
            }
        }
    }

    /// Warns of bodies whose check was requested in particular, and that have no model.
    fn unchecked(&mut self, labels: &[BTreeMap<Arc<str>, Arc<str>>]) {
        let mut reported = BTreeSet::new();
        let requested = |draft: &Draft<'a>| {
            let origin = draft.validation.origin.filter(|_| {
                matches!(draft.validation.level, Validation::Full | Validation::Body)
            })?;
            (draft.template.is_some() && !draft.is_dropped).then_some((draft.source, origin))
        };
        for (draft, labels) in self.drafts.iter().zip(labels) {
            let Some((source, origin)) = requested(draft).filter(|_| labels.is_empty()) else {
                continue;
            };
            let operation = self.operations[source].1;
            let Some(body) = operation
                .body
                .as_ref()
                .filter(|body| !body.contents.is_empty() && reported.insert(source))
            else {
                continue;
            };
            let types = body
                .contents
                .iter()
                .take(5)
                .map(|content| format!("`{}`", content.media_type))
                .collect::<Vec<_>>()
                .join(", ");
            let finding = diagnostic::UNCHECKED_BODY
                .at(origin.place(self.blueprint, "validation"))
                .also(operation.place(""))
                .message(format_args!(
                    "the gateway cannot check the body of `{} {}`: models are made of JSON with a schema alone, and it takes {types}",
                    operation.method.as_str(),
                    operation.path
                ))
                .help("let the backend check it and write `validation: params`, or describe the body as JSON");
            self.diagnostics.push(finding);
        }
    }

    /// Warns of parameters whose check was requested in particular, and that the gateway cannot
    /// require.
    ///
    /// Errors: GW4121 (a warning), once for each place that asks.
    fn unchecked_parameters(&mut self) {
        let mut found: BTreeMap<Place, UncheckedParameters> = BTreeMap::new();
        for draft in self
            .drafts
            .iter()
            .filter(|draft| draft.template.is_some() && !draft.is_dropped && !draft.is_preflight)
        {
            let requested = draft.validation.origin.filter(|_| {
                matches!(
                    draft.validation.level,
                    Validation::Full | Validation::Params
                )
            });
            let Some(origin) = requested else {
                continue;
            };
            let operation = self.operations[draft.source].1;
            for parameter in operation
                .parameters
                .iter()
                .filter(|parameter| parameter.required)
            {
                let Some(why) = unchecked(parameter) else {
                    continue;
                };
                let unchecked = found
                    .entry(origin.place(self.blueprint, "validation"))
                    .or_default();
                let (name, place) = (
                    format!("`{}` of {}", parameter.name, operation.name()),
                    parameter.place(operation),
                );
                // Under every mount anew.
                if unchecked.names.last() != Some(&name) {
                    unchecked.names.push(name);
                    unchecked.places.push(place);
                    unchecked.reasons.insert(why);
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

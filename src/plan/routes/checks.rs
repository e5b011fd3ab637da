//! What the gateway checks of each operation.
//!
//! In: drafts with their parameters. Out: their `ChecksPlan`s, and the models of the API. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::models::{ChecksPlan, ModelPlan, Models, Served, coverage};
use super::super::rules::{Decision, Origin};
use super::{Builder, Draft};
use crate::blueprint::{Validation, defaults};
use crate::diagnostic::{self, Place};
use crate::openapi::ByMediaType;
use crate::plan::models::parameters::unchecked;

/// What a route asks the gateway to check, and where it says so for this operation in particular.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    level: Validation,
    origin: Option<Origin<'a>>,
}

/// Required parameters that are left to the backend, and why.
#[derive(Default)]
struct Left {
    names: Vec<String>,
    places: Vec<Place>,
    reasons: BTreeSet<&'static str>,
}

impl<'a> Builder<'a> {
    pub(crate) fn asked(&self, decision: &Decision<'a>) -> Asked<'a> {
        let default = self
            .blueprint
            .spec
            .api
            .as_ref()
            .and_then(|it| it.validation)
            .unwrap_or(defaults::VALIDATION);
        let routes = self.blueprint.spec.routes.as_deref().unwrap_or_default();
        let is_particular = |it: &Origin<'a>| match it {
            Origin::Route(index) => !routes[*index].r#match.is_empty(),
            Origin::Extension(_) => true,
        };
        let (level, origin) = decision
            .validation
            .map_or((default, None), |(level, origin)| (level, Some(origin)));
        Asked {
            level,
            origin: origin.filter(is_particular),
        }
    }

    /// Decides for every operation that is served.
    ///
    /// Errors: none; warnings GW4100 body that no model can check, GW4101 models cut.
    pub(crate) fn checks(&mut self) {
        let mut models = Models::new(self.apis, &self.blueprint.spec.spec);
        let mut labels: Vec<BTreeMap<Arc<str>, Arc<str>>> = Vec::with_capacity(self.drafts.len());
        for draft in &self.drafts {
            let is_asked = matches!(draft.asked.level, Validation::Full | Validation::Body);
            let template = draft
                .template
                .as_ref()
                .filter(|_| is_asked && !draft.is_dropped && !draft.is_preflight);
            labels.push(template.map_or_else(BTreeMap::new, |template| {
                let (description, operation) = self.operations[draft.source];
                models.of(&Served {
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
            .map(|(index, it): (usize, &ModelPlan)| (&*it.label, index))
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
            let parameters =
                parameters && matches!(draft.asked.level, Validation::Full | Validation::Params);
            let is_asked = draft.asked.level != Validation::None;
            draft.plan.checks = ChecksPlan {
                parameters,
                body: !models.is_empty(),
                models,
                is_asked,
            };
            if draft.template.is_some() {
                let (description, operation) = self.operations[draft.source];
                draft.plan.coverage = coverage(
                    (&self.apis[description], operation),
                    &draft.plan.checks,
                    &draft.plan.request_parameters,
                );
            }
        }
    }

    /// Bodies whose check was asked for in particular, and that have no model.
    fn unchecked(&mut self, labels: &[BTreeMap<Arc<str>, Arc<str>>]) {
        let mut said = BTreeSet::new();
        let asked = |draft: &Draft<'a>| {
            let origin = draft
                .asked
                .origin
                .filter(|_| matches!(draft.asked.level, Validation::Full | Validation::Body))?;
            (draft.template.is_some() && !draft.is_dropped).then_some((draft.source, origin))
        };
        for (draft, labels) in self.drafts.iter().zip(labels) {
            let Some((source, origin)) = asked(draft).filter(|_| labels.is_empty()) else {
                continue;
            };
            let operation = self.operations[source].1;
            let Some(body) = operation
                .body
                .as_ref()
                .filter(|it| !it.contents.is_empty() && said.insert(source))
            else {
                continue;
            };
            let types = body
                .contents
                .iter()
                .take(5)
                .map(|it| format!("`{}`", it.media_type))
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

    /// Parameters whose check was asked for in particular, and that cannot be demanded.
    ///
    /// Errors: GW4121 (a warning), once for each place that asks.
    fn unchecked_parameters(&mut self) {
        let mut found: BTreeMap<Place, Left> = BTreeMap::new();
        for draft in self
            .drafts
            .iter()
            .filter(|it| it.template.is_some() && !it.is_dropped && !it.is_preflight)
        {
            let asked = draft
                .asked
                .origin
                .filter(|_| matches!(draft.asked.level, Validation::Full | Validation::Params));
            let Some(origin) = asked else { continue };
            let operation = self.operations[draft.source].1;
            for parameter in operation.parameters.iter().filter(|it| it.required) {
                let Some(why) = unchecked(parameter) else {
                    continue;
                };
                let left = found
                    .entry(origin.place(self.blueprint, "validation"))
                    .or_default();
                let (name, place) = (
                    format!("`{}` of {}", parameter.name, operation.name()),
                    parameter.place(operation),
                );
                // Under every mount anew.
                if left.names.last() != Some(&name) {
                    left.names.push(name);
                    left.places.push(place);
                    left.reasons.insert(why);
                }
            }
        }
        self.diagnostics.extend(found.into_iter().map(|(at, Left { names, reasons, places })| {
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

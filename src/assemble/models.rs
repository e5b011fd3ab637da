//! Validators and models: what the gateway checks of requests.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws::{Checks, Model, RequestValidator, RestApi, Stack};
use crate::plan::{ChecksPlan, Plan};
use crate::stack::{File, Handle, Label};

/// Validators and models of methods.
#[derive(Debug, Default)]
pub(crate) struct Checking {
    /// In the order of the plan.
    models: Vec<Handle<Model>>,
    /// By whether they check bodies and parameters.
    validators: BTreeMap<(bool, bool), Handle<RequestValidator>>,
}

/// Models, and the validators that some operation needs.
pub(crate) fn checking(stack: &mut Stack, plan: &Plan, api: &Handle<RestApi>) -> Checking {
    let mut checking = Checking::default();
    for (name, body, parameters) in [
        ("all", true, true),
        ("body", true, false),
        ("params", false, true),
    ] {
        if plan.operations.iter().any(|operation| {
            operation.gateway_path.is_some()
                && operation.checks.validator() == Some((body, parameters))
        }) {
            let validator = RequestValidator {
                api: api.clone(),
                name: name.into(),
                body,
                parameters,
            };
            checking.validators.insert(
                (body, parameters),
                stack.add(File::Api, Label::new(name), validator),
            );
        }
    }
    for model in &plan.models {
        let node = Model {
            api: api.clone(),
            name: Arc::clone(&model.name),
            schema: Arc::clone(&model.schema),
        };
        checking
            .models
            .push(stack.add(File::Models, Label::new(Arc::clone(&model.label)), node));
    }
    checking
}

impl Checking {
    /// Returns the validation of a method.
    pub(crate) fn of(&self, plan: &ChecksPlan) -> Checks {
        Checks {
            validator: plan
                .validator()
                .and_then(|validator| self.validators.get(&validator))
                .cloned(),
            models: plan
                .models
                .iter()
                .map(|(media_type, index)| (Arc::clone(media_type), self.models[*index].clone()))
                .collect(),
        }
    }
}

/// The schemas that validate a method's requests, as JSON: a change of one changes its route.
pub(crate) fn schemas(stack: &Stack, checks: &Checks) -> Vec<Vec<u8>> {
    let schema = |model: &Handle<Model>| {
        serde_json::to_vec(&*stack.get(model).schema).expect("a schema has text keys only")
    };
    checks
        .models
        .iter()
        .map(|(_, model)| schema(model))
        .collect()
}

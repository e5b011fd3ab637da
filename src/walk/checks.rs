//! Checks of a method: its validator and its models.
//!
//! In: `Plan`, `Assembled`. Out: the first difference. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::assemble::Assembled;
use crate::aws::{Method, Model, RequestValidator};
use crate::follow::node;
use crate::plan::{OperationPlan, Plan};

/// Compares the validator and the models of an operation's method.
pub(crate) fn checks_hold(
    plan: &Plan,
    assembled: &Assembled,
    method: &Method,
    operation: &OperationPlan,
) -> Result<(), &'static str> {
    let stack = &assembled.stack;
    let (checks, planned) = (&method.checks, &operation.checks);
    let found = match &checks.validator {
        Some(handle) => {
            let validator: &RequestValidator = node(stack, handle).ok_or("names no validator")?;
            Some((validator.body, validator.parameters))
        }
        None => None,
    };
    if found != planned.validator() {
        return Err("is checked by another validator");
    }
    let mut models: BTreeMap<Arc<str>, (&str, &serde_json::Value)> = BTreeMap::new();
    for (media_type, handle) in checks.models.iter() {
        let model: &Model = node(stack, handle).ok_or("names no model")?;
        models.insert(Arc::clone(media_type), (&*model.name, &*model.schema));
    }
    let planned = planned.models.iter().map(|(media_type, index)| {
        let model = &plan.models[*index];
        (Arc::clone(media_type), (&*model.name, &*model.schema))
    });
    if models == planned.collect() {
        Ok(())
    } else {
        Err("is held to other models")
    }
}

//! Whether each method is held to what the plan says.
//!
//! In: `Plan`, `Assembled`. Out: the first thing that differs. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::assemble::Assembled;
use crate::aws::{Method, Node};
use crate::plan::{OperationPlan, Plan, names};

/// Compares validators and models of every operation's method.
pub(crate) fn differing<'p>(
    plan: &'p Plan,
    assembled: &Assembled,
) -> Vec<(&'p OperationPlan, &'static str)> {
    let methods: BTreeMap<&str, &Method> = assembled
        .methods
        .iter()
        .filter_map(|it| match &assembled.stack.entries[it.index()] {
            entry if entry.address.label == *it.label() => {
                if let Node::Method(method) = &entry.node {
                    Some((entry.address.label.as_str(), method))
                } else {
                    None
                }
            }
            _ => None,
        })
        .collect();
    let served = plan
        .operations
        .iter()
        .filter_map(|it| Some((it, it.gateway_path.as_deref()?)));
    let method = |(operation, path): (&'p OperationPlan, _)| {
        let label = names::operation_label(operation.method, path);
        // A method that is not there is found missing by the walk itself.
        Some((
            operation,
            checked(plan, assembled, methods.get(&*label)?, operation).err()?,
        ))
    };
    served.filter_map(method).collect()
}

fn checked(
    plan: &Plan,
    assembled: &Assembled,
    method: &Method,
    operation: &OperationPlan,
) -> Result<(), &'static str> {
    let (checks, planned) = (&method.checks, &operation.checks);
    let validator = checks
        .validator
        .as_ref()
        .map(|it| &assembled.stack.entries[it.index()].node);
    let found = match validator {
        Some(Node::RequestValidator(it)) => Some((it.body, it.parameters)),
        Some(_) => return Err("names no validator"),
        None => None,
    };
    if found != planned.validator() {
        return Err("is checked by another validator");
    }
    let mut models: BTreeMap<Arc<str>, (&str, &serde_json::Value)> = BTreeMap::new();
    for (media_type, handle) in checks.models.iter() {
        let Node::Model(model) = &assembled.stack.entries[handle.index()].node else {
            return Err("names no model");
        };
        models.insert(Arc::clone(media_type), (&*model.name, &*model.schema));
    }
    let wanted = planned.models.iter().map(|(media_type, index)| {
        let model = &plan.models[*index];
        (Arc::clone(media_type), (&*model.name, &*model.schema))
    });
    if models == wanted.collect() {
        Ok(())
    } else {
        Err("is held to other models")
    }
}

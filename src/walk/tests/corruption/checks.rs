//! Corruptions of the validation of methods.

use std::sync::Arc;

use super::methods;
use crate::assemble::Assembled;
use crate::aws::{Method, Node};
use crate::openapi::ByMediaType;
use crate::plan::Plan;

fn validated(assembled: &mut Assembled) -> Option<&mut Method> {
    methods(assembled).find(|it| it.checks.validator.is_some())
}

pub(crate) fn validator_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    validated(assembled)?.checks.validator = None;
    Some(())
}

pub(crate) fn other_validator(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let validator = assembled.stack.entries.iter_mut().find_map(|it| {
        if let Node::RequestValidator(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })?;
    (validator.body, validator.parameters) = (validator.parameters, !validator.body);
    Some(())
}

pub(crate) fn model_lost(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    methods(assembled)
        .find(|it| !it.checks.models.is_empty())?
        .checks
        .models = ByMediaType::default();
    Some(())
}

pub(crate) fn other_media_type(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let method = methods(assembled).find(|it| !it.checks.models.is_empty())?;
    let models: Vec<_> = method
        .checks
        .models
        .iter()
        .map(|(_, model)| model.clone())
        .collect();
    method.checks.models = models
        .into_iter()
        .map(|model| (Arc::from("text/plain"), model))
        .collect();
    Some(())
}

pub(crate) fn other_schema(_: &Plan, assembled: &mut Assembled) -> Option<()> {
    let model = assembled.stack.entries.iter_mut().find_map(|it| {
        if let Node::Model(it) = &mut it.node {
            Some(it)
        } else {
            None
        }
    })?;
    model.schema = Arc::new(serde_json::json!({"title": "another"}));
    Some(())
}

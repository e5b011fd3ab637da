//! Checks of requests by the gateway, and the parts of a request that it leaves to the backend.
//!
//! In: an operation, its models and declared parameters. Out: `ChecksPlan`, `CoveragePlan`. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::json_type;
use super::parameters::unchecked;
use crate::blueprint::Validation;
use crate::openapi::{
    Api, BodyContent, ByMediaType, HttpMethod, Location, Operation, Parameter, RequestBody,
};

/// Checks of the gateway on requests of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChecksPlan {
    /// Required parameters are there and not blank.
    pub parameters: bool,
    /// Bodies fit the models of their media types; those without one pass as they are.
    pub body: bool,
    /// By bare media type; indexes into `Plan::models`.
    pub models: ByMediaType<usize>,
    /// `validation` requests a check, whether or not the description has something to check.
    pub is_requested: bool,
}

impl ChecksPlan {
    /// The level of `validation` that equals the checks.
    pub fn level(&self) -> Validation {
        match (self.body, self.parameters) {
            (true, true) => Validation::Full,
            (true, false) => Validation::Body,
            (false, true) => Validation::Params,
            (false, false) => Validation::None,
        }
    }

    /// Returns the validator of the method; `None` where `validation` requires none.
    ///
    /// A method that has nothing to check gets the validator of parameters: security scanners
    /// require one of every method (CKV2_AWS_53).
    pub fn validator(&self) -> Option<(bool, bool)> {
        match (self.body, self.parameters) {
            (false, false) => self.is_requested.then_some((false, true)),
            both => Some(both),
        }
    }
}

/// Parts of a request that the gateway does not check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoveragePlan {
    /// Parameters that no method can declare, or require where the description does, and why.
    pub parameters: Vec<(Arc<str>, &'static str)>,
    /// Media types without a model, and why.
    pub bodies: Vec<(Arc<str>, &'static str)>,
    /// A request may go without a body.
    pub takes_no_body: bool,
}

/// Returns the parts of a request that a method leaves to its backend.
pub(crate) fn coverage(
    api: &Api,
    operation: &Operation,
    checks: &ChecksPlan,
    declared: &BTreeMap<String, bool>,
) -> CoveragePlan {
    let left = |parameter: &Parameter| {
        let location = match parameter.location {
            Location::Path => return None,
            Location::Query | Location::QueryString => "querystring",
            Location::Header => "header",
            Location::Cookie => "cookie",
        };
        let name = format!("{location}.{}", parameter.name);
        let why = unchecked(parameter)
            .filter(|_| parameter.required || !parameter.serialization.may_have_its_name());
        let why = why.or_else(|| {
            (!declared.contains_key(&format!("method.request.{name}")))
                .then_some("API Gateway cannot declare it")
        });
        Some((Arc::from(name), why?))
    };
    let parameters = operation.parameters.iter().filter_map(left).collect();
    let contents = operation.body.iter().flat_map(|body| &body.contents);
    let without_model = |content: &BodyContent| {
        let why = without_model(api, content, checks)?;
        Some((Arc::clone(&content.media_type), why))
    };
    let bodies = contents.filter_map(without_model).collect();
    CoveragePlan {
        parameters,
        bodies,
        takes_no_body: operation
            .body
            .as_ref()
            .is_some_and(|body| is_optional(body, operation.method)),
    }
}

/// The reason why bodies of a media type have no model.
fn without_model(api: &Api, content: &BodyContent, checks: &ChecksPlan) -> Option<&'static str> {
    match json_type(&content.media_type) {
        None if content.media_type.contains('*') => {
            Some("API Gateway finds a model by one type, not by a range of them")
        }
        None => Some("API Gateway has models for JSON alone"),
        Some(_) if content.schema.is_none() => {
            Some("the description says nothing of it that can be read")
        }
        Some(media_type) if checks.models.contains(&media_type) => None,
        Some(_)
            if content
                .schema
                .is_some_and(|schema| api.schemas.is_of_bytes(schema)) =>
        {
            Some("its schema says that it is bytes, whatever the media type says")
        }
        Some(_) => Some("`validation` leaves it to the backend"),
    }
}

/// Returns whether requests may go without the body: one of other methods means nothing by itself.
pub(super) fn is_optional(body: &RequestBody, method: HttpMethod) -> bool {
    !body.is_required
        || !matches!(
            method,
            HttpMethod::Post | HttpMethod::Put | HttpMethod::Patch
        )
}

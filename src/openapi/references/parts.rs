//! Parts that a reference may lead to, and the reading of each.

use super::{Referable, ReferenceCache, ReferenceResolver};
use crate::openapi::document::{Content, Operation, Parameter, PathItem};
use crate::openapi::tolerant;
use crate::source::raw::Text;

macro_rules! parts {
    ($($name:ident $cache:ident $what:literal $members:tt $read:expr;)*) => {
        $(impl<'a> Referable<'a> for $name<'a> {
            fn reference(&self) -> Option<&Text<'a>> {
                self.reference.as_ref()
            }

            const NAME: &'static str = $what;
            const MEMBERS: &'static [&'static str] = &$members;

            fn read(json: &'a str) -> Self {
                serde_json::from_str(json).unwrap_or_else(|_| $read(json))
            }

            fn cache<'s>(references: &'s ReferenceResolver<'a>) -> &'s ReferenceCache<'a, Self> {
                &references.$cache
            }
        })*
    };
}

parts! {
    PathItem items "a path item" [
        "$ref", "parameters", "servers", "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
        "x-amazon-apigateway-any-method", "additionalOperations"
    ] tolerant::path_item;
    Operation operations "an operation" ["$ref", "responses", "operationId", "requestBody", "parameters", "security"] tolerant::operation;
    Parameter parameters "a parameter" ["$ref", "in"] tolerant::parameter;
    // Only its media types are read: what is broken names none.
    Content contents "a request body or response" ["$ref", "content", "headers", "schema", "description"] |_| Content::default();
}

/// Returns whether a member has the type that OpenAPI gives it: settings of other programs have
/// such names, too.
pub(crate) fn is_of_type(key: &str, value: &str) -> bool {
    let start = match key {
        "$ref" | "in" | "operationId" | "description" => '"',
        "parameters" | "servers" | "security" => '[',
        _ => '{',
    };
    value.starts_with(start)
}

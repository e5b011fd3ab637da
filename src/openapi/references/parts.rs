//! The parts that a reference may lead to, and how each is read.
//!
//! In: JSON text of a part. Out: the part. Pure.

use super::{Had, Part, References, is_mapping};
use crate::openapi::lean::{Content, Operation, Parameter, PathItem};
use crate::openapi::loose;
use crate::source::raw::Text;

macro_rules! parts {
    ($($name:ident $had:ident $what:literal $members:tt $read:expr;)*) => {
        $(impl<'a> Part<'a> for $name<'a> {
            fn reference(&self) -> Option<&Text<'a>> {
                self.reference.as_ref()
            }

            const NAME: &'static str = $what;
            const MEMBERS: &'static [&'static str] = &$members;

            fn read(json: &'a str) -> Result<Self, &'static str> {
                if !is_mapping(json) {
                    return Err(Self::NAME);
                }
                Ok(serde_json::from_str(json).unwrap_or_else(|_| $read(json)))
            }

            fn had<'s>(references: &'s References<'a>) -> &'s Had<'a, Self> {
                &references.$had
            }
        })*
    };
}

parts! {
    PathItem items "a path item" [
        "$ref", "parameters", "servers", "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
        "x-amazon-apigateway-any-method", "additionalOperations"
    ] loose::path_item;
    Operation operations "an operation" ["$ref", "responses", "operationId", "requestBody", "parameters", "security"] loose::operation;
    Parameter parameters "a parameter" ["$ref", "in"] loose::parameter;
    // Only its media types are read: what is broken names none.
    Content contents "a request body or response" ["$ref", "content", "headers", "schema", "description"] |_| Content::default();
}

/// Whether a member of a part is a text, a list or a mapping as OpenAPI has it: settings of other
/// programs have such names, too.
pub(crate) fn is_of_type(key: &str, value: &str) -> bool {
    let start = match key {
        "$ref" | "in" | "operationId" | "description" => '"',
        "parameters" | "servers" | "security" => '[',
        _ => '{',
    };
    value.starts_with(start)
}

//! Serialization of a parameter: under its own name, or not.
//!
//! In: a Parameter Object, its schema with all that this refers to. Out: `Sent`, and whether the
//! value may be blank. Pure but for `Library`.
//! Source: OpenAPI 3.1.1, "Style Values" and "Style Examples",
//! <https://spec.openapis.org/oas/v3.1.1#style-values>; OpenAPI 2.0, "Parameter Object",
//! <https://spec.openapis.org/oas/v2.0>; both read 2026-11-30.

mod schemas;
mod values;

use std::sync::Arc;

use serde_json::value::RawValue;

use super::Location;
use super::document::Parameter as ParameterObject;
use super::swagger::SpecVersion;
use crate::source::SourceFile;
use schemas::Schema;
pub(crate) use schemas::{ParameterSchemas, SchemaCache};
use values::{ValueKinds, of_enum};

/// Serialization of a parameter's value in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Under its own name, once.
    Once,
    /// Under its own name, once for each item.
    Repeated,
    /// Its properties are there in its place, under their own names; these, where no others can be.
    Properties(Option<Arc<[Arc<str>]>>),
    /// Its properties are there in its place, in brackets behind its name.
    Bracketed,
    /// As `Properties` or under its own name, which depends on the value.
    Either,
}

impl Sent {
    /// Returns whether something in a request may have the parameter's name.
    pub fn may_have_its_name(&self) -> bool {
        match self {
            Self::Once | Self::Repeated | Self::Either => true,
            Self::Properties(_) | Self::Bracketed => false,
        }
    }

    /// Returns whether something in every request that has the parameter has its name.
    pub fn has_its_name(&self) -> bool {
        match self {
            Self::Once | Self::Repeated => true,
            Self::Properties(_) | Self::Bracketed | Self::Either => false,
        }
    }
}

/// One of these is in every schema of lists or objects, or in the one that it refers to.
const KIND_WORDS: [&str; 6] = ["$ref", "object", "array", "Of\"", "roperties\"", "tems\""];

/// One of these is in every schema that names a blank value.
const BLANK_WORDS: [&str; 7] = [
    "null",
    "enum",
    "const",
    "minLength",
    "maxLength",
    "minItems",
    "^$",
];

impl<'a> ParameterSchemas<'_, 'a> {
    /// Returns the serialization of a parameter, and whether its value may be blank where it is
    /// required.
    pub(crate) fn serialization(
        &self,
        object: &ParameterObject<'a>,
        location: Location,
        file: &'a SourceFile,
        version: &SpecVersion,
    ) -> (Sent, bool) {
        let is_query = match location {
            Location::Query => true,
            Location::Header => false,
            Location::Path | Location::QueryString | Location::Cookie => {
                return (Sent::Once, false);
            }
        };
        let may_be_empty = is_query && is_true(object.allow_empty);
        let schema = |json: &'a RawValue| Schema {
            file,
            json: json.get(),
        };
        if version.is_swagger && (object.kind.is_some() || object.schema.is_none()) {
            let has_blank = object
                .values
                .is_some_and(|values| of_enum(values.get()).is_blank)
                || object
                    .items
                    .is_some_and(|items| self.shape(schema(items), 1).is_blank);
            return (of_swagger(object), may_be_empty || has_blank);
        }
        let style = object.style.as_deref().unwrap_or("form");
        if is_query && style == "deepObject" {
            return (Sent::Bracketed, may_be_empty);
        }
        let is_exploded = object
            .explode
            .map_or(style == "form", |explode| explode.get() == "true");
        let Some(schema) = object.schema.map(schema) else {
            return (Sent::Once, may_be_empty);
        };
        // Of nearly all parameters the text of the schema shows that it is of plain texts.
        let has_any = |words: &[&str]| words.iter().any(|word| schema.json.contains(word));
        let matters = (is_query && is_exploded && has_any(&KIND_WORDS))
            || (object.required && (has_any(&KIND_WORDS) || has_any(&BLANK_WORDS)));
        if !matters {
            return (Sent::Once, may_be_empty);
        }
        let shape = self.shape(schema, 0);
        let sent = if is_query && is_exploded {
            self.exploded(schema, shape.kinds.unwrap_or_default())
        } else {
            Sent::Once
        };
        (sent, may_be_empty || shape.is_blank)
    }

    fn exploded(&self, schema: Schema<'a>, kinds: ValueKinds) -> Sent {
        if kinds.is_object && !kinds.is_text && !kinds.is_list {
            Sent::Properties(self.properties(schema))
        } else if kinds.is_object {
            Sent::Either
        } else if kinds.is_list {
            Sent::Repeated
        } else {
            Sent::Once
        }
    }
}

fn is_true(json: Option<&RawValue>) -> bool {
    json.is_some_and(|json| json.get() == "true")
}

/// Returns the serialization of a parameter of 2.0, which is never an object.
fn of_swagger(object: &ParameterObject<'_>) -> Sent {
    let is_list = object.kind.is_some_and(|kind| kind.get() == "\"array\"");
    let is_multi = object
        .collection_format
        .is_some_and(|format| format.get() == "\"multi\"");
    if is_list && is_multi {
        Sent::Repeated
    } else {
        Sent::Once
    }
}

//! Serialization of a parameter: under its own name, or not.
//!
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
pub enum Serialization {
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

impl Serialization {
    /// Returns whether something in a request may have the parameter's name.
    pub fn may_have_its_name(&self) -> bool {
        !matches!(self, Self::Properties(_) | Self::Bracketed)
    }

    /// Returns whether something in every request that has the parameter has its name.
    pub fn has_its_name(&self) -> bool {
        matches!(self, Self::Once | Self::Repeated)
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
    ) -> (Serialization, bool) {
        let is_query = match location {
            Location::Query => true,
            Location::Header => false,
            Location::Path | Location::QueryString | Location::Cookie => {
                return (Serialization::Once, false);
            }
        };
        let is_true = |json: &RawValue| json.get() == "true";
        let may_be_empty = is_query && object.allow_empty.is_some_and(is_true);
        let schema = |json: &'a RawValue| Schema {
            file,
            json: json.get(),
        };
        if version.is_swagger && (object.kind.is_some() || object.schema.is_none()) {
            let is_blank = |json: &'a RawValue| self.shape(schema(json), 1).is_blank;
            let values = object.values.map(|values| of_enum(values.get()));
            let has_blank =
                values.is_some_and(|values| values.is_blank) || object.items.is_some_and(is_blank);
            return (of_swagger(object), may_be_empty || has_blank);
        }
        let style = object.style.as_deref().unwrap_or("form");
        if is_query && style == "deepObject" {
            return (Serialization::Bracketed, may_be_empty);
        }
        let is_exploded = object.explode.map_or(style == "form", is_true);
        let Some(schema) = object.schema.map(schema) else {
            return (Serialization::Once, may_be_empty);
        };
        // Of nearly all parameters the text of the schema shows that it is of plain texts.
        let has_any = |words: &[&str]| words.iter().any(|word| schema.json.contains(word));
        let matters = (is_query && is_exploded && has_any(&KIND_WORDS))
            || (object.required && (has_any(&KIND_WORDS) || has_any(&BLANK_WORDS)));
        if !matters {
            return (Serialization::Once, may_be_empty);
        }
        let shape = self.shape(schema, 0);
        let mut serialization = Serialization::Once;
        if is_query && is_exploded {
            serialization = self.exploded(schema, shape.kinds.unwrap_or_default());
        }
        (serialization, may_be_empty || shape.is_blank)
    }

    fn exploded(&self, schema: Schema<'a>, kinds: ValueKinds) -> Serialization {
        if kinds.is_object && !kinds.is_text && !kinds.is_list {
            Serialization::Properties(self.properties(schema))
        } else if kinds.is_object {
            Serialization::Either
        } else if kinds.is_list {
            Serialization::Repeated
        } else {
            Serialization::Once
        }
    }
}

/// Returns the serialization of a parameter of 2.0, which is never an object.
fn of_swagger(object: &ParameterObject<'_>) -> Serialization {
    let is = |json: Option<&RawValue>, text| json.is_some_and(|json| json.get() == text);
    if is(object.kind, "\"array\"") && is(object.collection_format, "\"multi\"") {
        Serialization::Repeated
    } else {
        Serialization::Once
    }
}

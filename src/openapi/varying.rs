//! Request headers that responses depend on, and schemas of bytes.

use std::sync::Arc;

use serde_json::Value;

use super::references::Target;
use super::resolve::Shared;
use crate::source::SourceFile;
use crate::source::raw::{self, Text};

/// Longest chain of references of a schema that is followed here.
const MAX_REFERENCES: usize = 8;

impl<'a> Shared<'a> {
    /// Returns whether a Media Type Object has a schema of bytes.
    pub(crate) fn has_schema_of_bytes(&self, file: &'a SourceFile, json: &'a str) -> bool {
        let members = raw::members(json).unwrap_or_default();
        let mut members = members.iter();
        members.any(|(key, schema)| *key == "schema" && self.is_of_bytes(file, schema.get()))
    }

    /// Returns whether values of a schema are bytes as they are, not a text for bytes.
    ///
    /// Source: OpenAPI 3.0.4, "Data Types" (`binary`),
    /// <https://spec.openapis.org/oas/v3.0.4#data-types>; OpenAPI 3.1.1, "Working with Binary Data"
    /// (`contentMediaType` without `contentEncoding`),
    /// <https://spec.openapis.org/oas/v3.1.1#working-with-binary-data>; OpenAPI 2.0, "Response
    /// Object" (`file`), <https://spec.openapis.org/oas/v2.0#response-object>.
    pub(crate) fn is_of_bytes(&self, mut file: &'a SourceFile, mut json: &'a str) -> bool {
        for _ in 0..MAX_REFERENCES {
            let Ok(members) = raw::members(json) else {
                return false;
            };
            let text =
                |name: &str| serde_json::from_str::<Text<'a>>(raw::member(&members, name)?).ok();
            let Some(reference) = text("$ref") else {
                let is_encoded = text("contentEncoding").is_some();
                let is_media =
                    text("contentMediaType").is_some_and(|name| super::binary(&name).is_some());
                return text("format").is_some_and(|format| *format == *"binary")
                    || text("type").is_some_and(|kind| *kind == *"file")
                    || (is_media && !is_encoded);
            };
            let Ok(target) = self.references.target(file, &reference) else {
                return false;
            };
            (file, json) = (target.file, target.json);
        }
        false
    }

    /// Returns the names in the header `Vary` of a response; `Vary` itself, where the description
    /// does not list them.
    pub(crate) fn varying(&self, file: &'a SourceFile, headers: &'a str) -> Vec<Arc<str>> {
        let headers = raw::members(headers).unwrap_or_default();
        let mut headers = headers.iter();
        let Some((_, json)) = headers.find(|(name, _)| name.eq_ignore_ascii_case("vary")) else {
            return Vec::new();
        };
        let target = self.references.follow(Target {
            file,
            pointer: String::new(),
            json: json.get(),
        });
        let header = target.map(|target| serde_json::from_str(target.json).unwrap_or_default());
        let header: Value = header.unwrap_or_default();
        let schema = &header["schema"];
        let values = [
            &schema["const"],
            &schema["default"],
            &header["default"],
            &header["example"],
            &schema["example"],
            &schema["enum"][0],
            &header["enum"][0],
            &schema["examples"][0],
        ];
        let names = values.iter().find_map(|value| value.as_str());
        let names = names.unwrap_or("Vary");
        let names = names.split(',').map(str::trim);
        names
            .filter(|name| !name.is_empty())
            .map(Arc::from)
            .collect()
    }
}

//! Responses of an operation, of which only what matters to the gateway is remembered.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use super::Content;
use crate::openapi::media::Variety;
use crate::source::raw::{self, FromMembers, Text};

/// Responses of an operation, or a reference to them all.
#[derive(Default)]
pub(crate) struct ResponsesObject<'a> {
    /// By status, without those that do not matter to the gateway.
    pub(crate) by_status: Vec<(Text<'a>, Content<'a>)>,
    pub(crate) reference: Option<Text<'a>>,
}

impl<'de> FromMembers<'de> for ResponsesObject<'de> {
    fn from_members<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut responses = Self::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if *key == *"$ref" {
                responses.reference = Some(map.next_value()?);
            } else if key.starts_with("x-") {
                map.next_value::<IgnoredAny>()?;
            } else if let Some(response) = map.next_value::<Option<Content<'de>>>()?
                && response.matters(is_success(&key))
            {
                responses.by_status.push((key, response));
            }
        }
        Ok(responses)
    }
}

impl<'de> Deserialize<'de> for ResponsesObject<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        raw::mapping(deserializer)
    }
}

/// Returns whether responses of that status are cached.
pub(crate) fn is_success(status: &str) -> bool {
    status.starts_with('2') || status == "default"
}

impl<'a> Content<'a> {
    /// Returns whether a response matters to the gateway; more of a successful one does.
    fn matters(&self, is_success: bool) -> bool {
        let types = &self.media_types;
        self.reference.is_some()
            || !types.binary.is_empty()
            || !types.ranges.is_empty()
            || self.headers_with_references().is_some()
            || (is_success
                && (types.variety != Variety::default()
                    || self.headers_with_vary().is_some()
                    || self.schema.is_some_and(may_be_bytes)))
    }

    /// Text of the headers, where `Vary` may be one of them.
    pub(crate) fn headers_with_vary(&self) -> Option<&'a str> {
        let names = ["\"Vary\"", "\"vary\"", "\"VARY\""];
        let headers = self.headers?.get();
        names
            .iter()
            .any(|name| headers.contains(name))
            .then_some(headers)
    }

    /// Text of the headers, where one of them is a reference.
    pub(crate) fn headers_with_references(&self) -> Option<&'a str> {
        let headers = self.headers?.get();
        headers.contains("\"$ref\"").then_some(headers)
    }
}

/// Returns whether a schema of 2.0 may be one of bytes.
fn may_be_bytes(schema: &RawValue) -> bool {
    let mut words = ["\"file\"", "\"binary\"", "\"$ref\""].iter();
    words.any(|word| schema.get().contains(word))
}

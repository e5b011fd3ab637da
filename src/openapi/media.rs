//! Media types of bodies, as far as they matter to the gateway: of JSON nothing is remembered.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess};
use serde_json::value::RawValue;

use crate::source::raw::{self, FromMembers, Text};

/// Facts about the media types of a body.
#[derive(Default)]
pub(crate) struct MediaTypes<'a> {
    /// Bare ones that are not text.
    pub(crate) binary: Vec<String>,
    /// Ranges that may be text or not, each with its Media Type Object.
    pub(crate) ranges: Vec<(Text<'a>, &'a str)>,
    pub(crate) variety: Variety,
}

/// Choice that a client has between media types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variety {
    pub(crate) is_several: bool,
    pub(crate) is_stream: bool,
}

impl Variety {
    /// Adds a media type, given the first one.
    pub(crate) fn add(&mut self, media_type: &str, first: Option<&str>) {
        // Nearly all of them.
        if media_type == "application/json" && first.is_none() {
            return;
        }
        let bare = bare(media_type);
        let is_range_of_one_kind =
            bare.ends_with("/*") && !matches!(&*bare, "*/*" | "application/*");
        self.is_several |= is_range_of_one_kind
            || first.is_some_and(|first| without_charset(first) != without_charset(media_type));
        self.is_stream |= matches!(&*bare, "text/event-stream" | "multipart/x-mixed-replace");
    }
}

/// Returns a media type without its parameters.
pub(crate) fn bare(media_type: &str) -> String {
    let end = media_type.find(';').unwrap_or(media_type.len());
    media_type[..end].trim().to_ascii_lowercase()
}

/// Returns a media type without its charset, which clients do not choose by.
fn without_charset(media_type: &str) -> String {
    let parts = media_type
        .split(';')
        .map(|part| part.trim().to_ascii_lowercase());
    parts
        .filter(|part| !part.starts_with("charset="))
        .collect::<Vec<_>>()
        .join(";")
}

/// Returns whether a media type is a range for which only a schema decides whether it is text.
pub(crate) fn is_open_range(media_type: &str) -> bool {
    media_type.contains('*') && matches!(&*bare(media_type), "*/*" | "application/*")
}

impl<'de> FromMembers<'de> for MediaTypes<'de> {
    fn from_members<A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        let mut types = Self::default();
        let mut first: Option<Text<'de>> = None;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if is_open_range(&key) {
                let json = map.next_value::<&RawValue>()?.get();
                types.ranges.push((key.clone(), json));
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            if key.starts_with("x-") {
                continue;
            }
            types.binary.extend(binary(&key));
            types.variety.add(&key, first.as_deref());
            first.get_or_insert(key);
        }
        Ok(types)
    }
}

impl<'de> Deserialize<'de> for MediaTypes<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        raw::mapping(deserializer)
    }
}

/// Returns the bare media type where its bodies are not text, so that API Gateway's conversion to
/// UTF-8 would damage them.
///
/// Source: AWS, "Working with binary media types for REST APIs",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html>.
pub(crate) fn binary(media_type: &str) -> Option<String> {
    // Nearly all of them, and worth no copy.
    if media_type == "application/json" {
        return None;
    }
    let bare = bare(media_type);
    let (kind, name) = bare.split_once('/')?;
    // Ranges of these kinds are bytes; for `*/*` and `application/*` the schema decides.
    if name == "*" {
        let is_bytes = matches!(
            kind,
            "image" | "audio" | "video" | "font" | "model" | "multipart"
        );
        return is_bytes.then_some(bare);
    }
    let is_text = matches!(kind, "text" | "*" | "message")
        || matches!(
            name,
            "xml"
                | "yaml"
                | "x-yaml"
                | "javascript"
                | "graphql"
                | "sql"
                | "jsonl"
                | "x-json-stream"
        )
        || name == "x-www-form-urlencoded"
        || ["json", "+xml", "+yaml"]
            .iter()
            .any(|end| name.ends_with(end));
    (!is_text && is_token(kind) && is_token(name)).then_some(bare)
}

/// Returns whether a text is a type or subtype of a media type, or a wildcard.
///
/// Source: RFC 6838, section 4.2.
fn is_token(text: &str) -> bool {
    let is_character = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&byte);
    !text.is_empty() && text.bytes().all(is_character)
}

/// Returns whether a text is a media type as API Gateway compares it; `*/*` is every one.
///
/// Source: AWS, "Working with binary media types for REST APIs",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html>.
pub(crate) fn is_media_type(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(kind, name)| is_token(kind) && is_token(name))
}

//! Media types of bodies, of which only the binary ones are kept.
//!
//! In: JSON text. Out: bare media types. Pure.
//! Nearly every body is JSON, and nothing is to be remembered of it: a large description has some ten thousand of them.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::lean::Content;
use crate::source::raw::Text;

/// Media types of a body that is not text.
#[derive(Default)]
pub(super) struct Binary(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Binary;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Binary, A::Error> {
                let mut types = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry::<Text<'de>, _>()? {
                    types.extend(binary(&key));
                }
                Ok(Binary(types))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Answers of an operation by status, without those that neither are binary nor refer to others, or a reference to them all.
#[derive(Default)]
pub(super) struct Answers<'a>(pub(super) Vec<(Text<'a>, Content<'a>)>, pub(super) Option<Text<'a>>);

impl<'de> Deserialize<'de> for Answers<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Answers<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let (mut answers, mut reference) = (Vec::new(), None);
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    if *key == *"$ref" {
                        reference = Some(map.next_value()?);
                        continue;
                    }
                    if key.starts_with("x-") {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    }
                    let answer: Option<Content<'de>> = map.next_value()?;
                    answers.extend(answer.filter(|it| !it.is_silent()).map(|answer| (key, answer)));
                }
                Ok(Answers(answers, reference))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl<'a> Content<'a> {
    /// Whether it neither is binary nor refers to anything.
    pub(super) fn is_silent(&self) -> bool {
        self.reference.is_none() && self.media_types.0.is_empty() && self.referring_headers().is_none()
    }

    /// The text of the headers, where one of them is a reference.
    pub(super) fn referring_headers(&self) -> Option<&'a str> {
        self.headers.map(RawValue::get).filter(|it| it.contains("\"$ref\""))
    }
}

/// The bare media type where bodies of it are not text, and would be damaged by API Gateway's conversion to UTF-8.
///
/// Source: AWS, "Working with binary media types for REST APIs", <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html>.
pub(super) fn binary(media_type: &str) -> Option<String> {
    // Nearly all of them, and worth no copy.
    if media_type == "application/json" {
        return None;
    }
    let bare = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, name) = bare.split_once('/')?;
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&it));
    let is_text = matches!(kind, "text" | "*" | "message")
        || [
            "json",
            "xml",
            "yaml",
            "x-yaml",
            "javascript",
            "x-www-form-urlencoded",
            "graphql",
            "x-ndjson",
            "ndjson",
            "sql",
            "jsonl",
            "*",
            "x-json-stream",
        ]
        .contains(&name)
        || ["+json", "+xml", "+yaml"].iter().any(|suffix| name.ends_with(suffix))
        || name.ends_with("json");
    (!is_text && is_token(kind) && is_token(name)).then_some(bare)
}

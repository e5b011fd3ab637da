//! Media types of bodies, of which only what matters to the gateway is kept.
//!
//! In: JSON text. Out: `MediaTypes`. Pure.
//! Nearly every body is JSON, and nothing is to be remembered of it: a large description has some
//! ten thousand of them.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::source::raw::Text;

/// What the media types of a body tell.
#[derive(Default)]
pub(crate) struct MediaTypes<'a> {
    /// Bare ones that are not text.
    pub(crate) binary: Vec<String>,
    /// Ranges that may be text or not, each with the text of what is said of it.
    pub(crate) ranges: Vec<(Text<'a>, &'a str)>,
    pub(crate) variety: Variety,
}

/// How many media types a client can choose from, and whether one is a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variety {
    pub(crate) is_several: bool,
    pub(crate) is_stream: bool,
}

impl Variety {
    /// Takes one more media type into account, given the first one.
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

/// A media type without its parameters.
pub(crate) fn bare(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// A media type as a client tells it from others: a charset makes no other one, a version does.
fn without_charset(media_type: &str) -> String {
    let parts = media_type
        .split(';')
        .map(|it| it.trim().to_ascii_lowercase());
    parts
        .filter(|it| !it.starts_with("charset="))
        .collect::<Vec<_>>()
        .join(";")
}

/// Whether a media type stands for any, or for any application's, so that only the schema tells
/// whether it is text.
pub(crate) fn is_open_range(media_type: &str) -> bool {
    media_type.contains('*') && matches!(&*bare(media_type), "*/*" | "application/*")
}

impl<'de> Deserialize<'de> for MediaTypes<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = MediaTypes<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a mapping")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MediaTypes<'de>, A::Error> {
                let mut types = MediaTypes::default();
                let mut first: Option<Text<'de>> = None;
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    if is_open_range(&key) {
                        types
                            .ranges
                            .push((key.clone(), map.next_value::<&RawValue>()?.get()));
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
        deserializer.deserialize_map(Reader)
    }
}

/// The bare media type where bodies of it are not text, and would be damaged by API Gateway's
/// conversion to UTF-8.
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
    let is_token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&it))
    };
    // A range of images is one of bytes; of `*/*` and `application/*` the schema tells.
    if name == "*" {
        return matches!(
            kind,
            "image" | "audio" | "video" | "font" | "model" | "multipart"
        )
        .then_some(bare);
    }
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
            "x-json-stream",
        ]
        .contains(&name)
        || ["+json", "+xml", "+yaml"]
            .iter()
            .any(|suffix| name.ends_with(suffix))
        || name.ends_with("json");
    (!is_text && is_token(kind) && is_token(name)).then_some(bare)
}

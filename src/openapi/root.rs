//! Extensions of the whole API, and its media types that are not text.
//!
//! In: the objects of a document. Out: keys with their pointers, media types. Pure.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::Extension;
use super::document::{Document, ExtensionKeys};
use super::references::Target;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::pointer;
use crate::source::raw::Text;

/// Returns extensions outside of paths: of the document, its information, servers, tags and
/// components.
pub(crate) fn extensions(document: &Document<'_>, file: &Arc<str>) -> Vec<Extension> {
    let tags: Vec<ExtensionKeys<'_>> = document
        .tags
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    let binary = document
        .media_types
        .map(|_| Text("x-amazon-apigateway-binary-media-types".into()));
    let mut found = Vec::new();
    let mut add = |base: &str, keys: &mut dyn Iterator<Item = &Text<'_>>| {
        found.extend(keys.map(|key| extension(file, base, key)))
    };
    add("", &mut names(&document.extensions));
    add("", &mut binary.iter());
    add("/info", &mut names(&document.info.extensions));
    add("/components", &mut names(&document.components.extensions));
    for (index, server) in document
        .servers
        .iter()
        .enumerate()
        .filter(|(_, server)| !server.extensions.is_empty())
    {
        add(&format!("/servers/{index}"), &mut names(&server.extensions));
    }
    for (index, tag) in tags.iter().enumerate().filter(|(_, tag)| !tag.0.is_empty()) {
        add(&format!("/tags/{index}"), &mut tag.0.iter());
    }
    found
}

fn names<'e, 'a>(extensions: &'e [(Text<'a>, &'a str)]) -> impl Iterator<Item = &'e Text<'a>> {
    extensions.iter().map(|(name, _)| name)
}

fn extension(file: &Arc<str>, base: &str, key: &Text<'_>) -> Extension {
    Extension {
        name: Arc::from(&**key),
        place: Place::pointer(file, pointer::child(base, &**key)),
    }
}

/// Returns the extensions of a part.
pub(crate) fn extensions_of(part: &Target<'_>) -> Vec<Extension> {
    let ExtensionKeys(keys) = serde_json::from_str(part.json).unwrap_or_default();
    keys.iter()
        .map(|key| extension(&part.file.display, &part.pointer, key))
        .collect()
}

/// Reads the media types of `x-amazon-apigateway-binary-media-types`.
///
/// Errors: GW1006 it is no list of media types.
pub(crate) fn binary_media_types(
    document: &Document<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    file: &Arc<str>,
) -> Vec<Arc<str>> {
    let Some(raw) = document.media_types else {
        return Vec::new();
    };
    match read(raw) {
        Some(types) => types,
        None => {
            diagnostics.push(
                diagnostic::WRONG_TYPE
                    .at(Place::pointer(
                        file,
                        "/x-amazon-apigateway-binary-media-types",
                    ))
                    .message("`x-amazon-apigateway-binary-media-types` is no list of media types")
                    .help("write a list such as `[image/png]`, or remove it"),
            );
            Vec::new()
        }
    }
}

fn read(raw: &RawValue) -> Option<Vec<Arc<str>>> {
    let types: Vec<Text<'_>> = serde_json::from_str(raw.get()).ok()?;
    types
        .iter()
        .map(|name| is_media_type(name).then(|| Arc::from(&**name)))
        .collect()
}

/// Returns whether a text is a media type as API Gateway compares it; `*/*` is every one.
///
/// Source: RFC 6838, section 4.2; AWS, "Working with binary media types for REST APIs",
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html>.
fn is_media_type(text: &str) -> bool {
    let is_token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*".contains(&byte))
    };
    text.split_once('/')
        .is_some_and(|(kind, name)| is_token(kind) && is_token(name))
}

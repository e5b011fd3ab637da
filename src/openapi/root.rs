//! Extensions of the whole API, and its media types that are not text.

use std::sync::Arc;

use super::Extension;
use super::document::{Document, ExtensionKeys};
use super::media::is_media_type;
use super::references::Target;
use crate::diagnostic::{self, Diagnostic, Place};
use crate::pointer;
use crate::source::raw::Text;

const BINARY_MEDIA_TYPES: &str = "x-amazon-apigateway-binary-media-types";

/// Returns extensions outside of paths: of the document, its information, servers, tags and
/// components.
pub(crate) fn extensions(document: &Document<'_>, file: &Arc<str>) -> Vec<Extension> {
    let tags: Vec<ExtensionKeys<'_>> = document
        .tags
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    let mut found = Vec::new();
    let mut add = |base: &str, extensions: &[(Text<'_>, &str)]| {
        let keys = extensions.iter().map(|(key, _)| key);
        found.extend(keys.map(|key| extension(file, base, key)));
    };
    add("", &document.extensions);
    if document.media_types.is_some() {
        add("", &[(Text(BINARY_MEDIA_TYPES.into()), "")]);
    }
    add("/info", &document.info.extensions);
    add("/components", &document.components.extensions);
    for (index, server) in document.servers.iter().enumerate() {
        add(&format!("/servers/{index}"), &server.extensions);
    }
    for (index, ExtensionKeys(keys)) in tags.iter().enumerate() {
        let base = || format!("/tags/{index}");
        found.extend(keys.iter().map(|key| extension(file, &base(), key)));
    }
    found
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
    let Some(json) = document.media_types else {
        return Vec::new();
    };
    let types: Option<Vec<Text<'_>>> = serde_json::from_str(json.get()).ok();
    let types = types.filter(|types| types.iter().all(|name| is_media_type(name)));
    if types.is_none() {
        let wrong = diagnostic::WRONG_TYPE
            .at(Place::pointer(file, ["/", BINARY_MEDIA_TYPES].concat()))
            .message(format_args!(
                "`{BINARY_MEDIA_TYPES}` is no list of media types"
            ))
            .help("write a list such as `[image/png]`, or remove it");
        diagnostics.push(wrong);
    }
    let types = types.iter().flatten();
    types.map(|name| Arc::from(&**name)).collect()
}

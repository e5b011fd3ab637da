//! What Swagger 2.0 writes elsewhere, or otherwise, than 3.x: base path, shared parts, bodies,
//! media types.
//!
//! In: a lean document of version 2.0. Out: its parts where `resolve` looks for them. Pure.
//! No document is converted: these members are read into the lean structs that 3.x has for the same
//! thing.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::lean::{Components, Document, LeanFault, Operation, Parameter};
use super::media::{self, Variety};
use super::references::Target;
use super::servers::{self, BasePath};
use super::{BodyContent, RequestBody, SchemaId, binary, loose};
use crate::diagnostic;
use crate::source::raw::Text;
use crate::source::{SourceFile, pointer};

/// Pointers of what a version keeps in a place of its own.
pub(crate) struct Homes {
    pub(crate) is_swagger: bool,
    pub(crate) parameters: &'static str,
    pub(crate) responses: &'static str,
    pub(crate) schemes: &'static str,
    pub(crate) base_path: &'static str,
    /// What `in` of a parameter may be, as the end of a sentence.
    pub(crate) locations: &'static str,
}

const SWAGGER: Homes = Homes {
    is_swagger: true,
    parameters: "/parameters",
    responses: "/responses",
    schemes: "/securityDefinitions",
    base_path: "/basePath",
    locations: "path, query, header, body and formData",
};

const OPENAPI: Homes = Homes {
    is_swagger: false,
    parameters: "/components/parameters",
    responses: "/components/responses",
    schemes: "/components/securitySchemes",
    base_path: "/servers/0/url",
    locations: "path, query, header and cookie",
};

/// Most media types that a root list may hold: every operation inherits them all.
const MAX_MEDIA_TYPES: usize = 256;

/// Members of the root that only 3.x has; in 2.0 they are nobody's.
const FOREIGN: [&str; 2] = ["/components", "/servers"];

/// Whether the document says that it is Swagger 2.0; YAML without quotes makes a number of it.
pub(crate) fn is_swagger(document: &Document<'_>) -> bool {
    document.openapi.is_empty() && matches!(&*document.swagger, "2.0" | "2")
}

/// Where a document keeps its parts.
pub(crate) fn homes(document: &Document<'_>) -> &'static Homes {
    if is_swagger(document) {
        &SWAGGER
    } else {
        &OPENAPI
    }
}

/// Reads the root's shared parts, in a document of version 2.0.
pub(crate) fn settled(mut document: Document<'_>) -> Document<'_> {
    if !is_swagger(&document) {
        return document;
    }
    document
        .faults
        .retain(|fault| !FOREIGN.contains(&&*fault.below));
    document.servers.clear();
    document.components = Components::default();
    if let Some(raw) = document.parameters {
        read(
            raw,
            "parameters",
            loose::named_parameters,
            &mut document.faults,
            &mut document.components.parameters,
        );
    }
    if let Some(raw) = document.security_definitions {
        read(
            raw,
            "securityDefinitions",
            serde_json::from_str,
            &mut document.faults,
            &mut document.components.security_schemes,
        );
    }
    for (key, raw) in [
        ("consumes", document.consumes),
        ("produces", document.produces),
    ] {
        document
            .faults
            .extend(raw.and_then(|raw| media_types(key, raw).err()));
    }
    document
}

/// Reads a member of the root, or notes that it cannot be read.
fn read<'a, T>(
    raw: &'a RawValue,
    key: &str,
    parse: impl FnOnce(&'a str) -> serde_json::Result<T>,
    faults: &mut Vec<LeanFault>,
    into: &mut T,
) {
    match parse(raw.get()) {
        Ok(read) => *into = read,
        Err(error) => faults.push(loose::wrong_type(key, &error)),
    }
}

/// The base path that `basePath` asks for, behind the document's `host`.
pub(crate) fn base_path(document: &Document<'_>) -> BasePath {
    let (path, host) = (
        &*document.base_path,
        document
            .host
            .and_then(|it| serde_json::from_str::<Text<'_>>(it.get()).ok()),
    );
    match host {
        Some(host) if path.starts_with('/') => servers::of_url(&["//", &*host, path].concat()),
        Some(_) | None => servers::of_url(path),
    }
}

/// A list of media types as it is written.
fn media_types<'a>(key: &str, raw: &'a RawValue) -> Result<Vec<Text<'a>>, LeanFault> {
    let types: Vec<Text<'a>> =
        serde_json::from_str(raw.get()).map_err(|error| loose::wrong_type(key, &error))?;
    if types.len() <= MAX_MEDIA_TYPES {
        return Ok(types);
    }
    let message = format!(
        "`{key}` lists {} media types; at most {MAX_MEDIA_TYPES} are read",
        types.len()
    );
    Err(LeanFault {
        code: &diagnostic::TOO_LARGE,
        below: pointer::child("", key),
        message,
    })
}

/// What a list of media types tells.
#[derive(Clone, Default)]
pub(crate) struct Listed {
    /// Those that are not text.
    pub(crate) binary: Vec<Arc<str>>,
    /// Ranges of which only a schema tells.
    pub(crate) ranges: Vec<Arc<str>>,
    pub(crate) variety: Variety,
}

impl Listed {
    fn of(types: &[Text<'_>]) -> Self {
        let mut variety = Variety::default();
        for (index, media_type) in types.iter().enumerate() {
            variety.add(
                media_type,
                types.first().filter(|_| index > 0).map(|it| &**it),
            );
        }
        Self {
            binary: types
                .iter()
                .filter_map(|it| binary(it))
                .map(Arc::from)
                .collect(),
            ranges: types
                .iter()
                .filter(|it| media::is_open_range(it))
                .map(|it| media::bare(it).into())
                .collect(),
            variety,
        }
    }
}

/// The root's lists, which operations without a list of their own inherit.
#[derive(Default)]
pub(crate) struct Inherited {
    consumes: Listed,
    produces: Listed,
}

/// What the lists that hold for an operation tell.
#[derive(Default)]
pub(crate) struct OfOperation {
    pub(crate) consumes: Listed,
    pub(crate) produces: Listed,
    pub(crate) faults: Vec<LeanFault>,
}

impl Inherited {
    pub(crate) fn of(document: &Document<'_>) -> Self {
        let listed = |key, raw: Option<&RawValue>| {
            Listed::of(
                &raw.and_then(|raw| media_types(key, raw).ok())
                    .unwrap_or_default(),
            )
        };
        if !is_swagger(document) {
            return Self::default();
        }
        Self {
            consumes: listed("consumes", document.consumes),
            produces: listed("produces", document.produces),
        }
    }

    /// What an operation's bodies are.
    ///
    /// `consumes` speaks of operations with a body, and a file is always sent as
    /// `multipart/form-data`.
    /// Source: OpenAPI 2.0, "Operation Object" and "Parameter Object",
    /// <https://spec.openapis.org/oas/v2.0>, read 2026-11-22.
    pub(crate) fn of_operation(&self, lean: &Operation<'_>, body: &Body<'_>) -> OfOperation {
        let mut found = OfOperation::default();
        let mut listed = |key, own: Option<&RawValue>, inherited: &Listed, applies: bool| match own
            .map(|raw| media_types(key, raw))
        {
            Some(Ok(types)) if applies => Listed::of(&types),
            None if applies => inherited.clone(),
            Some(Err(fault)) => {
                found.faults.push(fault);
                Listed::default()
            }
            Some(Ok(_)) | None => Listed::default(),
        };
        let consumes = listed("consumes", lean.consumes, &self.consumes, body.is_there);
        let produces = listed("produces", lean.produces, &self.produces, true);
        (found.consumes, found.produces) = (consumes, produces);
        if body.has_file {
            found.consumes.binary.push(Arc::from("multipart/form-data"));
        }
        found
    }
}

/// What an operation's parameters say of its body.
#[derive(Default)]
pub(crate) struct Body<'a> {
    is_there: bool,
    has_file: bool,
    /// The last parameter that is the whole body: those of the operation come after those of its
    /// path item.
    whole: Option<(bool, Option<Target<'a>>)>,
}

impl<'a> Body<'a> {
    /// The schema of the whole body.
    pub(crate) fn schema(&self) -> Option<&Target<'a>> {
        self.whole.as_ref()?.1.as_ref()
    }

    /// Notes where the schema of the whole body stands.
    pub(crate) fn describe(&mut self, parameter: &Parameter<'a>, file: &'a SourceFile, at: &str) {
        if parameter.location.as_deref() == Some("body") {
            let schema = parameter.schema.map(|it| Target {
                file,
                pointer: format!("{at}/schema"),
                json: it.get(),
            });
            self.whole = Some((parameter.required, schema));
        }
    }

    /// The body as 3.x would say it: one schema for every media type that the operation consumes.
    ///
    /// Source: OpenAPI 2.0, "Operation Object" (`consumes`), <https://spec.openapis.org/oas/v2.0>,
    /// read 2026-11-22.
    pub(crate) fn request_body(
        self,
        (lean, document): (&Operation<'_>, &Document<'_>),
        schema: impl FnOnce(Target<'a>) -> Option<SchemaId>,
    ) -> Option<RequestBody> {
        if !self.is_there {
            return None;
        }
        let listed = lean
            .consumes
            .or(document.consumes)
            .and_then(|raw| media_types("consumes", raw).ok())
            .filter(|it| !it.is_empty());
        let default = if self.whole.is_some() {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        let types: Vec<Arc<str>> = listed.map_or_else(
            || vec![default.into()],
            |it| it.iter().map(|it| Arc::from(&**it)).collect(),
        );
        let (is_required, target) = self.whole.unwrap_or_default();
        let schema = target.and_then(schema);
        let contents = types
            .into_iter()
            .map(|media_type| BodyContent { media_type, schema })
            .collect();
        Some(RequestBody {
            is_required,
            name: None,
            contents,
        })
    }

    /// Takes a parameter that is sent in the body; `false` for every other, which is the gateway's
    /// to declare.
    pub(crate) fn takes(&mut self, parameter: &Parameter<'_>) -> bool {
        let is_body = parameter.faults.is_empty()
            && matches!(parameter.location.as_deref(), Some("body" | "formData"));
        self.is_there |= is_body;
        self.has_file |= is_body && parameter.kind.is_some_and(|kind| kind.get() == "\"file\"");
        is_body
    }
}

/// How a list is written, where the gateway's users should know: plain `|` has to be escaped by the
/// client.
///
/// Source: docs/aws-rules.md#q8.
pub(crate) fn style<'a>(parameter: &Parameter<'a>) -> Option<&'a str> {
    parameter
        .collection_format
        .filter(|it| it.get() == "\"pipes\"")
        .map(|_| "pipes")
}

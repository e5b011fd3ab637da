//! Members that Swagger 2.0 writes elsewhere than 3.x, or otherwise: base path, shared parts,
//! bodies, media types. They are read into the structs of 3.x.

use std::sync::Arc;

use serde_json::value::RawValue;

use super::document::{Components, Document, ObjectFault, Operation, Parameter};
use super::media::{self, Variety};
use super::references::Target;
use super::servers::{self, ServerPath};
use super::{BodyContent, RequestBody, SchemaId, binary, tolerant};
use crate::diagnostic;
use crate::pointer;
use crate::source::SourceFile;
use crate::source::raw::Text;

/// Pointers and words that differ between versions.
pub(crate) struct SpecVersion {
    pub(crate) is_swagger: bool,
    pub(crate) parameters: &'static str,
    pub(crate) responses: &'static str,
    pub(crate) schemes: &'static str,
    pub(crate) base_path: &'static str,
    /// Values that `in` of a parameter may have, as the end of a sentence.
    pub(crate) locations: &'static str,
}

const SWAGGER: SpecVersion = SpecVersion {
    is_swagger: true,
    parameters: "/parameters",
    responses: "/responses",
    schemes: "/securityDefinitions",
    base_path: "/basePath",
    locations: "path, query, header, body and formData",
};

const OPENAPI: SpecVersion = SpecVersion {
    is_swagger: false,
    parameters: "/components/parameters",
    responses: "/components/responses",
    schemes: "/components/securitySchemes",
    base_path: "/servers/0/url",
    locations: "path, query, header and cookie",
};

/// Limit on a list of media types at the root: every operation inherits them all.
const MAX_MEDIA_TYPES: usize = 256;

/// Members of the root that only 3.x has; 2.0 ignores them.
const FOREIGN: [&str; 2] = ["/components", "/servers"];

/// Returns whether the document is Swagger 2.0; YAML without quotes makes a number of the version.
pub(crate) fn is_swagger(document: &Document<'_>) -> bool {
    document.openapi.is_empty() && matches!(&*document.swagger, "2.0" | "2")
}

/// Returns the version of a document.
pub(crate) fn spec_version(document: &Document<'_>) -> &'static SpecVersion {
    if is_swagger(document) {
        &SWAGGER
    } else {
        &OPENAPI
    }
}

/// Reads the root's shared parts, in a document of version 2.0.
pub(crate) fn with_shared_parts(mut document: Document<'_>) -> Document<'_> {
    if !is_swagger(&document) {
        return document;
    }
    document
        .faults
        .retain(|fault| !FOREIGN.contains(&&*fault.below));
    document.servers.clear();
    document.components = Components::default();
    let (components, faults) = (&mut document.components, &mut document.faults);
    if let Some(json) = document.parameters {
        match tolerant::named_parameters(json.get()) {
            Ok(parameters) => components.parameters = parameters,
            Err(error) => faults.push(tolerant::wrong_type("parameters", &error)),
        }
    }
    if let Some(json) = document.security_definitions {
        match serde_json::from_str(json.get()) {
            Ok(schemes) => components.security_schemes = schemes,
            Err(error) => faults.push(tolerant::wrong_type("securityDefinitions", &error)),
        }
    }
    for (key, raw) in [
        ("consumes", document.consumes),
        ("produces", document.produces),
    ] {
        faults.extend(raw.and_then(|raw| media_types(key, raw).err()));
    }
    document
}

/// Returns the base path of `basePath` on the document's `host`.
pub(crate) fn base_path(document: &Document<'_>) -> ServerPath {
    let path = &*document.base_path;
    let host = document.host.filter(|_| path.starts_with('/'));
    match host.and_then(|json| serde_json::from_str::<Text<'_>>(json.get()).ok()) {
        Some(host) => servers::of_url(&["//", &*host, path].concat()),
        None => servers::of_url(path),
    }
}

/// Reads a list of media types as it is written.
fn media_types<'a>(key: &str, raw: &'a RawValue) -> Result<Vec<Text<'a>>, ObjectFault> {
    let types: Vec<Text<'a>> =
        serde_json::from_str(raw.get()).map_err(|error| tolerant::wrong_type(key, &error))?;
    if types.len() <= MAX_MEDIA_TYPES {
        return Ok(types);
    }
    let count = types.len();
    Err(ObjectFault {
        code: &diagnostic::TOO_LARGE,
        below: pointer::child("", key),
        message: format!("`{key}` lists {count} media types; at most {MAX_MEDIA_TYPES} are read"),
    })
}

/// Facts about a list of media types.
#[derive(Clone, Default)]
pub(crate) struct MediaTypeList {
    /// Those that are not text.
    pub(crate) binary: Vec<Arc<str>>,
    /// Ranges that are text or not, by a schema.
    pub(crate) ranges: Vec<Arc<str>>,
    pub(crate) variety: Variety,
}

impl MediaTypeList {
    fn of(types: &[Text<'_>]) -> Self {
        let mut list = Self::default();
        let mut first = None;
        for name in types {
            list.variety.add(name, first);
            first = types.first().map(|first| &**first);
            list.binary.extend(binary(name).map(Arc::from));
            if media::is_open_range(name) {
                list.ranges.push(media::bare(name).into());
            }
        }
        list
    }
}

/// Lists of the root, which operations without a list of their own inherit.
#[derive(Default)]
pub(crate) struct Inherited {
    consumes: MediaTypeList,
    produces: MediaTypeList,
}

/// Media types of an operation.
pub(crate) struct OperationTypes {
    pub(crate) consumes: MediaTypeList,
    pub(crate) produces: MediaTypeList,
    pub(crate) faults: Vec<ObjectFault>,
}

impl Inherited {
    pub(crate) fn of(document: &Document<'_>) -> Self {
        if !is_swagger(document) {
            return Self::default();
        }
        let listed = |key, json: Option<&RawValue>| {
            let types = json.and_then(|json| media_types(key, json).ok());
            MediaTypeList::of(&types.unwrap_or_default())
        };
        Self {
            consumes: listed("consumes", document.consumes),
            produces: listed("produces", document.produces),
        }
    }

    /// Returns the media types of an operation.
    ///
    /// `consumes` is about operations with a body, and a file is always `multipart/form-data`.
    /// Source: OpenAPI 2.0, "Operation Object" and "Parameter Object",
    /// <https://spec.openapis.org/oas/v2.0>, read 2026-11-22.
    pub(crate) fn of_operation(
        &self,
        object: &Operation<'_>,
        body: &BodyParameters<'_>,
    ) -> OperationTypes {
        let mut faults = Vec::new();
        let mut listed = |key, own: Option<&RawValue>, inherited: &MediaTypeList| {
            let Some(own) = own else {
                return inherited.clone();
            };
            let types = media_types(key, own).map_err(|fault| faults.push(fault));
            MediaTypeList::of(&types.unwrap_or_default())
        };
        let mut consumes = listed("consumes", object.consumes, &self.consumes);
        let produces = listed("produces", object.produces, &self.produces);
        if !body.exists {
            consumes = MediaTypeList::default();
        }
        if body.has_file {
            consumes.binary.push(Arc::from("multipart/form-data"));
        }
        OperationTypes {
            consumes,
            produces,
            faults,
        }
    }
}

/// Parameters of an operation that make up its body.
#[derive(Default)]
pub(crate) struct BodyParameters<'a> {
    exists: bool,
    has_file: bool,
    /// The last parameter that is the whole body: those of the operation come after those of its
    /// path item.
    whole: Option<(bool, Option<Target<'a>>)>,
}

impl<'a> BodyParameters<'a> {
    /// Schema of the whole body.
    pub(crate) fn schema(&self) -> Option<&Target<'a>> {
        self.whole.as_ref()?.1.as_ref()
    }

    /// Takes the schema of a parameter that is the whole body.
    pub(crate) fn describe(&mut self, parameter: &Parameter<'a>, file: &'a SourceFile, at: &str) {
        if parameter.location.as_deref() == Some("body") {
            let schema = parameter.schema.map(|json| Target {
                file,
                pointer: format!("{at}/schema"),
                json: json.get(),
            });
            self.whole = Some((parameter.required, schema));
        }
    }

    /// Returns the body as 3.x has it: one schema for every media type that the operation consumes.
    ///
    /// Source: OpenAPI 2.0, "Operation Object" (`consumes`), <https://spec.openapis.org/oas/v2.0>,
    /// read 2026-11-22.
    pub(crate) fn request_body(
        self,
        object: &Operation<'_>,
        document: &Document<'_>,
        schema: impl FnOnce(Target<'a>) -> Option<SchemaId>,
    ) -> Option<RequestBody> {
        if !self.exists {
            return None;
        }
        let listed = object.consumes.or(document.consumes);
        let listed = listed.and_then(|json| media_types("consumes", json).ok());
        let mut types: Vec<Arc<str>> = listed
            .iter()
            .flatten()
            .map(|name| (**name).into())
            .collect();
        if types.is_empty() {
            types.push(match self.whole {
                Some(_) => "application/json".into(),
                None => "application/x-www-form-urlencoded".into(),
            });
        }
        let (is_required, target) = self.whole.unwrap_or_default();
        let schema = target.and_then(schema);
        let contents = types.into_iter();
        let contents = contents.map(|media_type| BodyContent { media_type, schema });
        Some(RequestBody {
            is_required,
            name: None,
            contents: contents.collect(),
        })
    }

    /// Takes a parameter that is sent in the body. Returns `false` for every other, which the
    /// gateway declares.
    pub(crate) fn takes(&mut self, parameter: &Parameter<'_>) -> bool {
        let is_body = parameter.faults.is_empty()
            && matches!(parameter.location.as_deref(), Some("body" | "formData"));
        self.exists |= is_body;
        self.has_file |= is_body && parameter.kind.is_some_and(|kind| kind.get() == "\"file\"");
        is_body
    }
}

/// Returns the style of a list that the gateway's users should know of: clients have to escape a
/// plain `|`.
///
/// Source: docs/aws-rules.md#q8.
pub(crate) fn style<'a>(parameter: &Parameter<'a>) -> Option<&'a str> {
    let format = parameter.collection_format?;
    (format.get() == "\"pipes\"").then_some("pipes")
}

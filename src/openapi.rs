//! Reads an OpenAPI description into `Api`. The faults of one operation are stored with it; only
//! those of the whole document are reported here.

mod bodies;
mod by_media_type;
mod contents;
mod dereference;
mod document;
pub mod extensions;
mod items;
mod media;
mod method;
mod operation;
mod parameters;
mod places;
mod references;
mod resolve;
mod root;
mod security;
mod serialization;
mod servers;
mod swagger;
mod tolerant;
mod varying;

pub use bodies::{BodyContent, Dialect, RequestBody, SchemaId, SchemaText, Schemas};
pub use by_media_type::ByMediaType;
pub use extensions::{is_unused, refuses};
use media::binary;
pub use method::HttpMethod;
pub use places::{FilePointer, Setting, SettingOf};
pub use serialization::Serialization;
pub use servers::{ServerKind, ServerOrigin};
pub(crate) use servers::{is_dots, is_path_character};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{self, Code, Diagnostic, OperationName, Outcome, Place};
use crate::source::{Library, SourceFile};

/// A description, resolved.
#[derive(Debug, PartialEq, Eq)]
pub struct Api {
    pub title: Arc<str>,
    /// The file as the user named it.
    pub file: Arc<str>,
    /// Path of the first server, `""` for none; starts with `/` and does not end with it.
    pub base_path: Arc<str>,
    /// Pointer to it.
    pub base_path_pointer: &'static str,
    /// Fault of it, if any.
    pub base_path_fault: Option<String>,
    /// The server that has it.
    pub base_path_origin: ServerOrigin,
    /// Index of the first server whose path is not that of the first.
    pub other_server: Option<usize>,
    /// In the order of the document.
    pub operations: Vec<Operation>,
    /// Security schemes that the description declares, each with its JSON text.
    pub schemes: BTreeMap<Arc<str>, Arc<str>>,
    /// Pointer to their declarations.
    pub schemes_pointer: &'static str,
    /// Media types that the document declares as binary.
    pub binary_media_types: Vec<Arc<str>>,
    /// `x-amazon-apigateway-*` keys outside of paths.
    pub extensions: Vec<Extension>,
    /// `x-gwgen-*` keys where they mean nothing: outside of paths.
    pub misplaced: Vec<Extension>,
    /// Schemas of request bodies.
    pub schemas: Schemas,
}

/// A key of gwgen or API Gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    pub name: Arc<str>,
    pub place: Place,
}

/// One operation.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    pub method: HttpMethod,
    /// The path as the description writes it.
    pub path: Arc<str>,
    pub id: Option<Arc<str>>,
    pub tags: Vec<Arc<str>>,
    /// Of the path item and of the operation, which has priority.
    pub parameters: Vec<Parameter>,
    pub security: Security,
    /// The description says something about it, which may be that nothing is required.
    pub has_written_security: bool,
    /// Media types of its bodies that are not text.
    pub binary_media_types: Vec<Arc<str>>,
    /// Request headers that its responses depend on: `Accept`, and the names in `Vary`; `Vary`
    /// itself where the description does not list them.
    pub varies: Vec<Arc<str>>,
    /// True where the response is a stream of events.
    pub is_stream: bool,
    /// True where the operation was exported from API Gateway with a mock integration.
    pub is_mock: bool,
    /// The body that a request has, or may have.
    pub body: Option<Arc<RequestBody>>,
    /// Has servers of its own whose path is not that of the document.
    pub other_servers: bool,
    /// `x-amazon-apigateway-*` keys of it and of its path item.
    pub extensions: Vec<Arc<str>>,
    /// `x-gwgen-*` of its path item, then its own.
    pub settings: Vec<Setting>,
    pub faults: Vec<Fault>,
    /// The main file of its description.
    file: Arc<str>,
    /// Location of its path item, if a reference leads there.
    item: Option<Arc<FilePointer>>,
    /// Location of it, if it is a reference itself.
    at: Option<Arc<FilePointer>>,
}

impl Operation {
    /// Returns whether the gateway that it was exported from answered browsers here.
    pub fn is_mock_preflight(&self) -> bool {
        self.is_mock && self.method == HttpMethod::Options
    }

    pub fn name(&self) -> OperationName {
        OperationName {
            method: self.method.as_str(),
            path: Arc::clone(&self.path),
        }
    }

    /// Returns the place of its path item, or of something below it.
    pub fn item_place(&self, below: &str) -> Place {
        match &self.item {
            None => Place::pointer(&self.file, self.item_pointer() + below),
            Some(location) => location.place(below),
        }
    }

    /// Returns the place of the operation, or of something below it.
    pub fn place(&self, below: &str) -> Place {
        match (&self.at, &self.item) {
            (Some(location), _) => location.place(below),
            (None, Some(item)) => Place::pointer(&item.file, self.pointer() + below),
            (None, None) => Place::pointer(&self.file, self.pointer() + below),
        }
    }
}

/// Location of a parameter in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    Path,
    Query,
    /// The whole query string, of OpenAPI 3.2.
    QueryString,
    Header,
    Cookie,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: Arc<str>,
    pub location: Location,
    pub required: bool,
    /// Style, unless it is the default of its location.
    pub style: Option<Arc<str>>,
    pub serialization: Serialization,
    /// The description allows an empty value, which the gateway takes for missing.
    pub may_be_blank: bool,
    at: ParameterAt,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ParameterAt {
    Item(usize),
    Operation(usize),
    /// Listed by another path item of the path, or written in another file.
    Referenced(Arc<FilePointer>),
}

impl Parameter {
    /// Returns its place in the list of the operation or of the path item, or in the other file
    /// that holds it.
    pub fn place(&self, operation: &Operation) -> Place {
        match &self.at {
            ParameterAt::Item(index) => operation.item_place(&format!("/parameters/{index}")),
            ParameterAt::Operation(index) => operation.place(&format!("/parameters/{index}")),
            ParameterAt::Referenced(location) => location.place(""),
        }
    }
}

/// Security requirement of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Security {
    /// No requirement.
    Open,
    /// One of the alternatives is empty; the others.
    Optional(Arc<[Requirement]>),
    /// One of the alternatives, each with all of its schemes.
    Needs(Arc<[Requirement]>),
}

impl Security {
    fn of(requirements: &[document::RequirementObject<'_>]) -> Self {
        let alternatives: Arc<[Requirement]> = requirements
            .iter()
            .filter(|requirement| !requirement.0.is_empty())
            .map(requirement)
            .collect();
        match alternatives.len() {
            0 => Self::Open,
            count if count < requirements.len() => Self::Optional(alternatives),
            _ => Self::Needs(alternatives),
        }
    }

    /// Returns every alternative that requires something.
    pub fn alternatives(&self) -> &[Requirement] {
        match self {
            Self::Open => &[],
            Self::Optional(alternatives) | Self::Needs(alternatives) => alternatives,
        }
    }
}

/// Schemes with the required scopes.
pub type Requirement = BTreeMap<Arc<str>, Vec<Arc<str>>>;

fn requirement(object: &document::RequirementObject<'_>) -> Requirement {
    let schemes = object.0.iter().map(|(name, scopes)| {
        let scopes = scopes.iter().map(|scope| Arc::from(&**scope));
        (Arc::from(&**name), scopes.collect())
    });
    schemes.collect()
}

/// A fault of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static Code,
    pub place: Place,
    pub message: String,
    pub help: Cow<'static, str>,
}

impl Eq for Code {}

/// Reads a description.
///
/// Errors: GW1002 syntax, GW1005 version, GW1006 wrong type of a part that concerns every
/// operation, GW1007 duplicate key, GW1008 unresolved path item, and those of `references` for path
/// items.
pub fn read<'a>(file: &'a SourceFile, library: &'a Library<'a>) -> Outcome<Api> {
    let document = match serde_json::from_str::<document::Document<'_>>(&file.json) {
        Ok(document) => swagger::with_shared_parts(document),
        Err(error) if error.is_data() => match tolerant::document(&file.json) {
            Ok(document) => swagger::with_shared_parts(document),
            Err(_) => return Outcome::failed(vec![not_an_object(file)]),
        },
        Err(error) => return Outcome::failed(vec![file.syntax(&error)]),
    };
    if !document.openapi.is_empty() || !document.swagger.is_empty() {
        file.show_lines();
    }
    if let Some(diagnostic) = version(file, &document) {
        return Outcome::failed(vec![diagnostic]);
    }
    resolve::api(file, &document, library)
}

fn not_an_object(file: &SourceFile) -> Diagnostic {
    diagnostic::UNSUPPORTED_VERSION
        .at(Place::file(&file.display))
        .message("this file is no OpenAPI description: its root is no mapping")
        .help("name the file that starts with `openapi: 3.x` or `swagger: \"2.0\"`")
}

/// Returns the error of a version that is not read.
fn version(file: &SourceFile, document: &document::Document<'_>) -> Option<Diagnostic> {
    let (openapi, swagger) = (&*document.openapi, &*document.swagger);
    let known = ["3.0", "3.1", "3.2"];
    if known.iter().any(|start| openapi.starts_with(start)) || swagger::is_swagger(document) {
        return None;
    }
    let convert = "convert the description to one of these";
    let (key, message, help) = if !openapi.is_empty() {
        let message = format!("OpenAPI {openapi} is not read; 3.0, 3.1 and 3.2 are");
        ("/openapi", message, convert)
    } else if !swagger.is_empty() {
        let message =
            format!("Swagger {swagger} is not read; Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2 are");
        ("/swagger", message, convert)
    } else {
        let message =
            "this file says neither `openapi: 3.0.x`, `3.1.x` or `3.2.x` nor `swagger: \"2.0\"`";
        (
            "",
            message.to_owned(),
            "name the OpenAPI description in `spec`",
        )
    };
    let place = match key {
        "" => Place::file(&file.display),
        key => Place::pointer(&file.display, key),
    };
    let error = diagnostic::UNSUPPORTED_VERSION.at(place);
    Some(error.message(message).help(help))
}

#[cfg(test)]
mod tests;

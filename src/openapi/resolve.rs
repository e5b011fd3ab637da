//! From the objects of a document to `Api`: facts that all operations share, and the parts of
//! the document itself.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde_json::value::RawValue;

use super::bodies::{Bodies, Dialect};
use super::document::{
    Content, Document, ObjectFault, Parameter as ParameterObject, PathItem, Presence,
};
use super::references::{Referable, ReferenceResolver, Target};
use super::serialization::SchemaCache;
use super::swagger::{self, BodyParameters, Inherited, SpecVersion};
use super::{Api, Extension, Fault, Location, Security, root, servers};
use crate::diagnostic::{Diagnostic, Outcome, Place};
use crate::pointer;
use crate::source::raw::{self, Text};
use crate::source::{Library, SourceFile};

/// Help for a fault of one operation.
pub(crate) const MEND: &str =
    "mend it there, or serve the rest with `exposure: hidden` for this operation";

/// Facts that all operations share.
pub(crate) struct Shared<'a> {
    pub(crate) document: &'a Document<'a>,
    pub(crate) file: &'a SourceFile,
    pub(crate) version: &'static SpecVersion,
    /// Media types of a 2.0 document, for operations that name none.
    pub(crate) inherited: Inherited,
    /// Body that the parameters of the operation at hand make.
    pub(crate) body: BodyParameters<'a>,
    pub(crate) bodies: Bodies<'a>,
    pub(crate) base_path: String,
    /// The root's requirement; an error where it is null.
    pub(crate) security: Result<Security, ()>,
    /// The document has `security` at its root, which may be empty.
    pub(crate) has_written_security: bool,
    pub(crate) components: Components<'a>,
    /// Schemes that cannot be resolved, each with the reason.
    pub(crate) unresolved_schemes: BTreeMap<Arc<str>, Fault>,
    pub(crate) references: ReferenceResolver<'a>,
    pub(crate) schemas: SchemaCache,
    /// Indexes of the parameters of the operation at hand.
    pub(crate) parameter_indexes: HashMap<(Location, Arc<str>), usize>,
    /// Number of parts that all operations have so far.
    pub(crate) parts: usize,
    /// Names that many operations share.
    names: HashSet<Arc<str>>,
    /// Names of methods that live as long as the process.
    static_names: HashSet<&'static str>,
}

/// Parts of the main file that operations refer to by name.
pub(crate) struct Components<'a> {
    pub(crate) items: ComponentSection<'a, PathItem<'a>>,
    pub(crate) parameters: ComponentSection<'a, ParameterObject<'a>>,
    pub(crate) bodies: ComponentSection<'a, Content<'a>>,
    pub(crate) responses: ComponentSection<'a, Content<'a>>,
}

/// Components of one kind by name, and the pointer of their section.
pub(crate) struct ComponentSection<'a, T> {
    pub(crate) pointer: &'static str,
    pub(crate) parts: BTreeMap<&'a str, &'a T>,
}

impl<'a, T: Referable<'a>> ComponentSection<'a, T> {
    fn new(pointer: &'static str, parts: &'a [(Text<'a>, T)]) -> Self {
        Self {
            pointer,
            parts: parts.iter().map(|(name, part)| (&**name, part)).collect(),
        }
    }
}

/// Resolves a document.
///
/// Errors: GW1006 wrong type of a part that concerns every operation, GW1007 duplicate key, GW1008
/// unresolved path item.
pub(crate) fn api<'a>(
    file: &'a SourceFile,
    document: &'a Document<'a>,
    library: &'a Library<'a>,
) -> Outcome<Api> {
    let faults = document.faults.iter();
    let mut diagnostics: Vec<Diagnostic> =
        faults.map(|fault| document_fault(file, fault)).collect();
    let version = swagger::spec_version(document);
    let (base_path, base_path_of) = if version.is_swagger {
        (swagger::base_path(document), "`basePath`")
    } else {
        let base_path = servers::base_path(&document.servers);
        (base_path, "the first server's URL")
    };
    let problem = base_path.path.as_ref().err();
    let base_path_fault = problem.map(|problem| format!("{base_path_of} {problem}"));
    let mut shared = shared(file, document, library);
    shared.base_path = base_path.path.unwrap_or_default();
    let mut extensions = root::extensions(document, &file.display);
    let schemes = shared.schemes(&mut extensions);
    let operations = shared.operations(&mut diagnostics);
    let (misplaced, extensions) = extensions
        .into_iter()
        .partition(|extension| super::document::is_of_gwgen(&extension.name));
    let mut paths = document
        .servers
        .iter()
        .map(|server| servers::of_server(server).path.ok());
    let first_path = paths.next();
    let other_server = paths.position(|path| Some(path) != first_path);
    let api = Api {
        title: Arc::from(&*document.info.title),
        file: Arc::clone(&file.display),
        base_path: shared.base_path.into(),
        base_path_pointer: version.base_path,
        base_path_fault,
        base_path_origin: base_path.origin,
        other_server: other_server.map(|position| position + 1),
        operations,
        schemes,
        schemes_pointer: version.schemes,
        binary_media_types: root::binary_media_types(document, &mut diagnostics, &file.display),
        extensions,
        misplaced,
        schemas: shared.bodies.schemas,
    };
    Outcome::new(api, diagnostics)
}

fn shared<'a>(
    file: &'a SourceFile,
    document: &'a Document<'a>,
    library: &'a Library<'a>,
) -> Shared<'a> {
    let (components, version) = (&document.components, swagger::spec_version(document));
    Shared {
        document,
        file,
        version,
        inherited: Inherited::of(document),
        body: BodyParameters::default(),
        bodies: Bodies::new(file, dialect(document), version.is_swagger),
        base_path: String::new(),
        has_written_security: matches!(document.security, Presence::There(_)),
        security: match &document.security {
            Presence::Absent => Ok(Security::Open),
            Presence::Null => Err(()),
            Presence::There(requirements) => Ok(Security::of(requirements)),
        },
        components: Components {
            items: ComponentSection::new("/components/pathItems", &components.path_items.0),
            parameters: ComponentSection::new(version.parameters, &components.parameters.0),
            bodies: ComponentSection::new(
                "/components/requestBodies",
                &components.request_bodies.0,
            ),
            responses: ComponentSection::new(version.responses, &components.responses.0),
        },
        unresolved_schemes: BTreeMap::new(),
        references: ReferenceResolver::new(library, reference_starts(file, document)),
        schemas: SchemaCache::default(),
        parameter_indexes: HashMap::new(),
        parts: 0,
        names: HashSet::new(),
        static_names: HashSet::new(),
    }
}

/// Returns the parts that most references lead into, so that the whole document need not be read
/// for them; none where a key is written twice.
fn reference_starts<'a>(file: &'a SourceFile, document: &'a Document<'a>) -> Vec<Target<'a>> {
    let components = &document.components;
    if !document.faults.is_empty() || !components.faults.is_empty() {
        return Vec::new();
    }
    let sections = [
        ("/components/schemas", components.schemas),
        ("/components/examples", components.examples),
        ("/components/headers", components.headers),
    ];
    let start = |(pointer, json): (&str, Option<&'a RawValue>)| {
        Some(Target {
            file,
            pointer: pointer.to_owned(),
            json: json?.get(),
        })
    };
    sections.into_iter().filter_map(start).collect()
}

/// Returns the meaning of the document's schemas.
fn dialect(document: &Document<'_>) -> Dialect {
    if document.openapi.starts_with("3.1") || document.openapi.starts_with("3.2") {
        Dialect::Openapi31
    } else {
        Dialect::Openapi30
    }
}

fn document_fault(file: &SourceFile, fault: &ObjectFault) -> Diagnostic {
    fault
        .code
        .at(Place::pointer(&file.display, &*fault.below))
        .message(&fault.message)
        .help("this concerns every operation, so nothing can be rendered until it is mended")
}

impl<'a> Shared<'a> {
    pub(crate) fn shared_name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = Arc::from(name);
        self.names.insert(Arc::clone(&name));
        name
    }

    /// Returns a name that lives as long as the process, as all names of methods do.
    pub(crate) fn static_name(&mut self, name: &str) -> &'static str {
        if let Some(known) = self.static_names.get(name) {
            return known;
        }
        let name: &'static str = Box::leak(Box::from(name));
        self.static_names.insert(name);
        name
    }

    /// Returns the security schemes by name, each with its text. Extensions of schemes, and schemes
    /// that cannot be resolved, are collected.
    fn schemes(&mut self, extensions: &mut Vec<Extension>) -> BTreeMap<Arc<str>, Arc<str>> {
        let schemes = &self.document.components.security_schemes.0;
        let is_reference = schemes.iter().any(|(name, _)| *name == "$ref")
            || self.document.components.reference.is_some();
        let mut found = BTreeMap::new();
        if is_reference {
            // A list that cannot be resolved is reported wherever a scheme is required.
            let target = self
                .references
                .target(self.file, &["#", self.version.schemes].concat())
                .and_then(|target| self.references.follow(target));
            if let Ok(list) = target
                && let Ok(members) = raw::members(list.json)
            {
                for (name, json) in members.iter().filter(|(name, _)| *name != "$ref") {
                    let definition = self.scheme(name, list.child(name, json), extensions);
                    found.insert(Arc::from(&**name), definition);
                }
            }
        }
        for (name, json) in schemes.iter().filter(|(name, _)| *name != "$ref") {
            let scheme = Target {
                file: self.file,
                pointer: pointer::child(self.version.schemes, &**name),
                json: json.get(),
            };
            let definition = self.scheme(name, scheme, extensions);
            found.insert(Arc::from(&**name), definition);
        }
        found
    }

    /// Returns the text of a scheme, wherever that is written.
    fn scheme(
        &mut self,
        name: &str,
        written: Target<'a>,
        extensions: &mut Vec<Extension>,
    ) -> Arc<str> {
        extensions.extend(root::extensions_of(&written));
        match self.references.follow(written.clone()) {
            Ok(target) => {
                if !std::ptr::eq(target.json, written.json) {
                    extensions.extend(root::extensions_of(&target));
                }
                target.json.into()
            }
            Err(error) => {
                let pointer = format!("{}/$ref", written.pointer);
                let fault = error.at(Place::pointer(&written.file.display, pointer));
                self.unresolved_schemes.insert(name.into(), fault);
                written.json.into()
            }
        }
    }
}

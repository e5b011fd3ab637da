//! From the lean document to `Api`: what all operations share, and the parts of the document
//! itself.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde_json::value::RawValue;

use super::bodies::{Bodies, Dialect};
use super::lean::{
    Content, Document, LeanFault, Parameter as LeanParameter, PathItem, Presence,
    Requirement as LeanRequirement,
};
use super::references::{Part, References, Target};
use super::sent::KnownShapes;
use super::swagger::{self, Body, Homes, Inherited};
use super::{Api, Extension, Fault, Location, Requirement, Security, root, servers};
use crate::diagnostic::{self, Diagnostic, Outcome, Place};
use crate::source::raw::Text;
use crate::source::{Library, SourceFile, pointer};

/// What to do about a fault of one operation.
pub(crate) const MEND: &str =
    "mend it there, or serve the rest with `exposure: hidden` for this operation";

/// What all operations share.
pub(crate) struct Shared<'a> {
    pub(crate) document: &'a Document<'a>,
    pub(crate) file: &'a SourceFile,
    pub(crate) homes: &'static Homes,
    /// Media types of a 2.0 document, for operations that name none.
    pub(crate) inherited: Inherited,
    /// What the parameters of the operation at hand say of its body.
    pub(crate) body: Body<'a>,
    pub(crate) bodies: Bodies,
    pub(crate) base_path: String,
    /// The root's requirement, or the fault of one that is null.
    pub(crate) security: Result<Security, ()>,
    pub(crate) components: Components<'a>,
    /// Schemes that cannot be had, each with the reason.
    pub(crate) lost_schemes: BTreeMap<Arc<str>, Fault>,
    pub(crate) references: References<'a>,
    pub(crate) shapes: KnownShapes,
    /// Where the parameters of the operation at hand stand in its list.
    pub(crate) placed: HashMap<(Location, Arc<str>), usize>,
    /// What all operations together are made of, so far.
    pub(crate) parts: usize,
    /// Names that stand in many operations, once.
    names: HashSet<Arc<str>>,
    /// Names of methods that live as long as the process.
    kept: HashSet<&'static str>,
}

/// Parts of the main file that operations refer to by name.
pub(crate) struct Components<'a> {
    pub(crate) items: Named<'a, PathItem<'a>>,
    pub(crate) parameters: Named<'a, LeanParameter<'a>>,
    pub(crate) bodies: Named<'a, Content<'a>>,
    pub(crate) responses: Named<'a, Content<'a>>,
}

/// Parts of one kind: the pointer of them all, and the parts by name.
pub(crate) struct Named<'a, T> {
    pub(crate) home: &'static str,
    pub(crate) parts: BTreeMap<&'a str, &'a T>,
}

impl<'a, T: Part<'a>> Named<'a, T> {
    fn of(home: &'static str, parts: &'a [(Text<'a>, T)]) -> Self {
        Self {
            home,
            parts: parts.iter().map(|(name, it)| (&**name, it)).collect(),
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
    let mut diagnostics: Vec<Diagnostic> = document
        .faults
        .iter()
        .map(|fault| whole(file, fault))
        .collect();
    let homes = swagger::homes(document);
    let base_path = if homes.is_swagger {
        swagger::base_path(document)
    } else {
        servers::base_path(&document.servers)
    };
    let what = if homes.is_swagger {
        "`basePath`"
    } else {
        "the first server's URL"
    };
    let (base_path, origin) = (base_path.path, base_path.origin);
    let (base_path, fault) = base_path.map_or_else(
        |problem| (String::new(), Some(format!("{what} {problem}"))),
        |path| (path, None),
    );
    let mut shared = shared(file, document, library, base_path);
    let mut extensions = root::extensions(document, &file.display);
    let definitions = shared.schemes(&mut extensions);
    let operations = shared.operations(&mut diagnostics);
    let first = servers::base_path(&document.servers).path.ok();
    let (misplaced, extensions) = extensions
        .into_iter()
        .partition(|it| super::lean::is_of_gwgen(&it.name));
    let api = Api {
        title: Arc::from(&*document.info.title),
        file: Arc::clone(&file.display),
        base_path: shared.base_path.into(),
        base_path_pointer: homes.base_path,
        base_path_fault: fault,
        base_path_origin: origin,
        other_server: document
            .servers
            .iter()
            .position(|it| servers::base_path(std::slice::from_ref(it)).path.ok() != first),
        operations,
        schemes: definitions
            .iter()
            .map(|(name, _)| Arc::clone(name))
            .collect(),
        schemes_pointer: homes.schemes,
        definitions: definitions.into_iter().collect(),
        binary_media_types: root::binary_media_types(document, &mut diagnostics, &file.display),
        extensions,
        misplaced,
        schemas: shared.bodies.finish(),
    };
    Outcome::new(api, diagnostics)
}

fn shared<'a>(
    file: &'a SourceFile,
    document: &'a Document<'a>,
    library: &'a Library<'a>,
    base_path: String,
) -> Shared<'a> {
    let (components, homes) = (&document.components, swagger::homes(document));
    Shared {
        document,
        file,
        homes,
        inherited: Inherited::of(document),
        body: Body::default(),
        bodies: Bodies::new(dialect(document), homes.is_swagger),
        base_path,
        security: match &document.security {
            Presence::Absent => Ok(Security::Open),
            Presence::Null => Err(()),
            Presence::There(requirements) => Ok(security(requirements)),
        },
        components: Components {
            items: Named::of("/components/pathItems", &components.path_items.0),
            parameters: Named::of(homes.parameters, &components.parameters.0),
            bodies: Named::of("/components/requestBodies", &components.request_bodies.0),
            responses: Named::of(homes.responses, &components.responses.0),
        },
        lost_schemes: BTreeMap::new(),
        references: References::new(library, starts(file, document)),
        shapes: KnownShapes::default(),
        placed: HashMap::new(),
        parts: 0,
        names: HashSet::new(),
        kept: HashSet::new(),
    }
}

/// Where most references lead, so that the whole document need not be read for them; nothing where
/// another part may be meant.
fn starts<'a>(file: &'a SourceFile, document: &'a Document<'a>) -> Vec<Target<'a>> {
    let components = &document.components;
    if !document.faults.is_empty() || !components.faults.is_empty() {
        return Vec::new();
    }
    let kinds = [
        ("schemas", components.schemas),
        ("examples", components.examples),
        ("headers", components.headers),
    ];
    let start = |(kind, json): (&str, Option<&'a RawValue>)| {
        Some(Target {
            file,
            pointer: format!("/components/{kind}"),
            json: json?.get(),
        })
    };
    kinds.into_iter().filter_map(start).collect()
}

/// How the document's schemas are meant.
fn dialect(document: &Document<'_>) -> Dialect {
    let is_new = ["3.1", "3.2"]
        .iter()
        .any(|it| document.openapi.starts_with(it));
    if is_new {
        Dialect::Openapi31
    } else {
        Dialect::Openapi30
    }
}

fn whole(file: &SourceFile, fault: &LeanFault) -> Diagnostic {
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

    /// A name for as long as the process lives, as all names of methods are.
    pub(crate) fn kept_name(&mut self, name: &str) -> &'static str {
        if let Some(known) = self.kept.get(name) {
            return known;
        }
        let name: &'static str = Box::leak(Box::from(name));
        self.kept.insert(name);
        name
    }

    /// The security schemes by name, each with its text; those that cannot be had are noted, and so
    /// are their extensions.
    fn schemes(&mut self, extensions: &mut Vec<Extension>) -> Vec<(Arc<str>, Arc<str>)> {
        let schemes = &self.document.components.security_schemes.0;
        let is_reference = schemes.iter().any(|(name, _)| *name == "$ref")
            || self.document.components.reference.is_some();
        let mut found = Vec::new();
        if is_reference {
            // Where not even the list can be had, no scheme is declared, and whatever asks for one
            // says so.
            let target = self
                .references
                .target(self.file, &["#", self.homes.schemes].concat())
                .and_then(|it| self.references.followed(it));
            let members = target.ok().and_then(|it| {
                Some((
                    it.file,
                    it.pointer,
                    crate::source::raw::members(it.json).ok()?,
                ))
            });
            if let Some((file, at, members)) = members {
                for (name, json) in members.into_iter().filter(|(name, _)| *name != "$ref") {
                    found.push(self.scheme((file, &at), (&name, json.get()), extensions));
                }
            }
        }
        for (name, json) in schemes.iter().filter(|(name, _)| *name != "$ref") {
            found.push(self.scheme(
                (self.file, self.homes.schemes),
                (name, json.get()),
                extensions,
            ));
        }
        found
    }

    /// A scheme's name and text, wherever that stands.
    fn scheme(
        &mut self,
        (file, at): (&'a SourceFile, &str),
        (name, json): (&str, &'a str),
        extensions: &mut Vec<Extension>,
    ) -> (Arc<str>, Arc<str>) {
        let name: Arc<str> = Arc::from(name);
        let pointer = pointer::child(at, &*name);
        let place = Place::pointer(&file.display, format!("{pointer}/$ref"));
        extensions.extend(root::marks(&file.display, &pointer, json));
        match self.references.followed(super::references::Target {
            file,
            pointer,
            json,
        }) {
            Ok(target) => {
                if !std::ptr::eq(target.json, json) {
                    extensions.extend(root::marks(
                        &target.file.display,
                        &target.pointer,
                        target.json,
                    ));
                }
                (name, Arc::from(target.json))
            }
            Err(lost) => {
                self.lost_schemes.insert(Arc::clone(&name), lost.at(place));
                (name, Arc::from(json))
            }
        }
    }
}

pub(crate) fn null_security(place: Place) -> Fault {
    Fault {
        code: &diagnostic::NULL_SECURITY,
        place,
        message:
            "`security` is null, which is neither a requirement nor the empty list that means open"
                .into(),
        help: "write the requirement, or `security: []` where the operation is meant to be open"
            .into(),
    }
}

pub(crate) fn security(requirements: &[LeanRequirement<'_>]) -> Security {
    let requirement = |it: &LeanRequirement<'_>| -> Requirement {
        it.0.iter()
            .map(|(name, scopes)| {
                (
                    Arc::from(&**name),
                    scopes.iter().map(|scope| Arc::from(&**scope)).collect(),
                )
            })
            .collect()
    };
    let asking: Arc<[Requirement]> = requirements
        .iter()
        .filter(|it| !it.0.is_empty())
        .map(requirement)
        .collect();
    match asking.len() {
        0 => Security::Open,
        found if found < requirements.len() => Security::Optional(asking),
        _ => Security::Needs(asking),
    }
}

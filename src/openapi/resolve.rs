//! From the lean document to `Api`: what all operations share, and the parts of the document itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lean::{Content, Document, LeanFault, Parameter as LeanParameter, PathItem, Presence, Requirement as LeanRequirement};
use super::references::{Part, References};
use super::{Api, Fault, Location, Requirement, Security, servers};
use crate::diagnostic::{self, Diagnostic, Outcome, Place};
use crate::source::raw::Text;
use crate::source::{Library, SourceFile, pointer};

/// What to do about a fault of one operation.
pub(super) const MEND: &str = "mend it there, or serve the rest with `exposure: hidden` for this operation";

/// What all operations share.
pub(super) struct Shared<'a> {
    pub(super) document: &'a Document<'a>,
    pub(super) file: &'a SourceFile,
    pub(super) base_path: String,
    /// The root's requirement, or the fault of one that is null.
    pub(super) security: Result<Security, ()>,
    pub(super) components: Components<'a>,
    /// Schemes that cannot be had, each with the reason.
    pub(super) lost_schemes: BTreeMap<Arc<str>, Fault>,
    pub(super) references: References<'a>,
    /// Where the parameters of the operation at hand stand in its list.
    pub(super) placed: BTreeMap<(Location, Arc<str>), usize>,
    /// What all operations together are made of, so far.
    pub(super) parts: usize,
    /// Names that stand in many operations, once.
    names: BTreeSet<Arc<str>>,
}

/// Parts of the main file that operations refer to by name.
pub(super) struct Components<'a> {
    pub(super) items: Named<'a, PathItem<'a>>,
    pub(super) parameters: Named<'a, LeanParameter<'a>>,
    pub(super) bodies: Named<'a, Content<'a>>,
    pub(super) responses: Named<'a, Content<'a>>,
}

/// Parts of one kind: what their references start with, and the parts by name.
pub(super) struct Named<'a, T> {
    pub(super) prefix: &'static str,
    pub(super) parts: BTreeMap<&'a str, &'a T>,
}

impl<'a, T: Part<'a>> Named<'a, T> {
    fn of(prefix: &'static str, parts: &'a [(Text<'a>, T)]) -> Self {
        Self { prefix, parts: parts.iter().map(|(name, it)| (&**name, it)).collect() }
    }
}

/// Resolves a document.
///
/// Errors: GW1006 wrong type of a part that concerns every operation, GW1007 duplicate key, GW1008 unresolved path item, GW1013 base path.
pub(super) fn api<'a>(file: &'a SourceFile, document: &'a Document<'a>, library: &'a Library<'a>) -> Outcome<Api> {
    let mut diagnostics: Vec<Diagnostic> = document.faults.iter().map(|fault| whole(file, fault)).collect();
    let base_path = servers::base_path(&document.servers).unwrap_or_else(|problem| {
        diagnostics.push(
            diagnostic::BAD_BASE_PATH
                .at(Place::pointer(&file.display, "/servers/0/url"))
                .message(format_args!("the first server's URL {problem}"))
                .help("write a plain path there"),
        );
        String::new()
    });
    let mut shared = shared(file, document, library, base_path);
    let definitions = shared.schemes();
    let operations = shared.operations(&mut diagnostics);
    let first = servers::base_path(&document.servers).ok();
    let (extensions, misplaced) = extensions(file, document);
    let api = Api {
        title: Arc::from(&*document.info.title),
        file: Arc::clone(&file.display),
        base_path: shared.base_path.into(),
        other_server: document.servers.iter().position(|it| servers::base_path(std::slice::from_ref(it)).ok() != first),
        operations,
        schemes: definitions.iter().map(|(name, _)| Arc::clone(name)).collect(),
        definitions: definitions.into_iter().collect(),
        extensions,
        misplaced,
    };
    Outcome::new(api, diagnostics)
}

fn shared<'a>(file: &'a SourceFile, document: &'a Document<'a>, library: &'a Library<'a>, base_path: String) -> Shared<'a> {
    let components = &document.components;
    Shared {
        document,
        file,
        base_path,
        security: match &document.security {
            Presence::Absent => Ok(Security::Open),
            Presence::Null => Err(()),
            Presence::There(requirements) => Ok(security(requirements)),
        },
        components: Components {
            items: Named::of("#/components/pathItems/", &components.path_items.0),
            parameters: Named::of("#/components/parameters/", &components.parameters.0),
            bodies: Named::of("#/components/requestBodies/", &components.request_bodies.0),
            responses: Named::of("#/components/responses/", &components.responses.0),
        },
        lost_schemes: BTreeMap::new(),
        references: References::new(library),
        placed: BTreeMap::new(),
        parts: 0,
        names: BTreeSet::new(),
    }
}

fn whole(file: &SourceFile, fault: &LeanFault) -> Diagnostic {
    fault
        .code
        .at(Place::pointer(&file.display, &*fault.below))
        .message(&fault.message)
        .help("this concerns every operation, so nothing can be rendered until it is mended")
}

/// Names with their places.
type Placed = Vec<(Arc<str>, Place)>;

/// Extensions of API Gateway on the document, and gwgen's own, which mean nothing there.
fn extensions(file: &SourceFile, document: &Document<'_>) -> (Vec<Arc<str>>, Placed) {
    let (mut foreign, mut misplaced) = (Vec::new(), Vec::new());
    let servers = document.servers.iter().enumerate().map(|(index, it)| (format!("/servers/{index}"), &it.extensions));
    let parts = [(String::new(), &document.extensions), ("/info".into(), &document.info.extensions)];
    let components = std::iter::once(("/components".to_owned(), &document.components.extensions));
    for (at, extensions) in parts.into_iter().chain(components).chain(servers) {
        for (name, _) in extensions {
            if name.starts_with("x-gwgen-") {
                misplaced.push((Arc::from(&**name), Place::pointer(&file.display, pointer::child(&at, &**name))));
            } else {
                foreign.push(Arc::from(&**name));
            }
        }
    }
    (foreign, misplaced)
}

impl<'a> Shared<'a> {
    pub(super) fn shared_name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = Arc::from(name);
        self.names.insert(Arc::clone(&name));
        name
    }

    /// The security schemes by name, each with its text; those that cannot be had are noted.
    fn schemes(&mut self) -> Vec<(Arc<str>, Arc<str>)> {
        let schemes = &self.document.components.security_schemes.0;
        let is_reference = schemes.iter().any(|(name, _)| *name == "$ref") || self.document.components.reference.is_some();
        let mut found = Vec::new();
        if is_reference {
            // Where not even the list can be had, no scheme is declared, and whatever asks for one says so.
            let target = self.references.target(self.file, "#/components/securitySchemes").and_then(|it| self.references.followed(it));
            let members = target.ok().and_then(|it| Some((it.file, it.pointer, crate::source::raw::members(it.json).ok()?)));
            if let Some((file, at, members)) = members {
                for (name, json) in members.into_iter().filter(|(name, _)| *name != "$ref") {
                    found.push(self.scheme(file, &at, (&name, json.get())));
                }
            }
        }
        for (name, json) in schemes.iter().filter(|(name, _)| *name != "$ref") {
            found.push(self.scheme(self.file, "/components/securitySchemes", (name, json.get())));
        }
        found
    }

    /// A scheme's name and text, wherever that stands.
    fn scheme(&mut self, file: &'a SourceFile, at: &str, (name, json): (&str, &'a str)) -> (Arc<str>, Arc<str>) {
        let name: Arc<str> = Arc::from(name);
        let pointer = pointer::child(at, &*name);
        let place = Place::pointer(&file.display, format!("{pointer}/$ref"));
        match self.references.followed(super::references::Target { file, pointer, json }) {
            Ok(target) => (name, Arc::from(target.json)),
            Err(lost) => {
                self.lost_schemes.insert(Arc::clone(&name), lost.at(place));
                (name, Arc::from(json))
            }
        }
    }
}

pub(super) fn null_security(place: Place) -> Fault {
    Fault {
        code: &diagnostic::NULL_SECURITY,
        place,
        message: "`security` is null, which is neither a requirement nor the empty list that means open".into(),
        help: "write the requirement, or `security: []` where the operation is meant to be open".into(),
    }
}

pub(super) fn security(requirements: &[LeanRequirement<'_>]) -> Security {
    if requirements.is_empty() || requirements.iter().any(|it| it.0.is_empty()) {
        return Security::Open;
    }
    let requirement = |it: &LeanRequirement<'_>| -> Requirement {
        it.0.iter().map(|(name, scopes)| (Arc::from(&**name), scopes.iter().map(|scope| Arc::from(&**scope)).collect())).collect()
    };
    Security::Needs(requirements.iter().map(requirement).collect())
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

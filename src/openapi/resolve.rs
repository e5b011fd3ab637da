//! From the lean document to `Api`: references followed, parameters merged, security inherited.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::lean::{
    Content, Document, LeanFault, Operation as LeanOperation, Parameter as LeanParameter, PathItem, Presence,
    Requirement as LeanRequirement,
};
use super::swagger::{self, Body, Homes, Inherited};
use super::{Api, Fault, HttpMethod, Location, Operation, Parameter, ParameterAt, Requirement, Security, root, servers};
use crate::diagnostic::{self, Diagnostic, Outcome, Place};
use crate::source::{SourceFile, pointer};

/// Most operations that room is made for before they are found.
const MAX_ROOM: usize = 1 << 15;

/// Longest chain of references that is followed.
const MAX_REFERENCES: usize = 32;

/// What to do about a fault of one operation.
const MEND: &str = "mend it there, or serve the rest with `exposure: hidden` for this operation";

/// What all operations share.
struct Shared<'a> {
    document: &'a Document<'a>,
    file: &'a SourceFile,
    homes: &'static Homes,
    /// Media types of a 2.0 document, for operations that name none.
    inherited: Inherited,
    /// What the parameters of the operation at hand say of its body.
    body: Body,
    base_path: String,
    /// The root's requirement, or the fault of one that is null.
    security: Result<Security, ()>,
    parameters: BTreeMap<&'a str, (usize, &'a LeanParameter<'a>)>,
    bodies: BTreeMap<&'a str, &'a Content<'a>>,
    responses: BTreeMap<&'a str, &'a Content<'a>>,
    /// Where the parameters of the operation at hand stand in its list.
    placed: HashMap<(Location, &'a str), usize>,
    /// Names that stand in many operations, once.
    names: HashMap<&'a str, Arc<str>>,
}

/// Resolves a document.
///
/// Errors: GW1006 wrong type of a part that concerns every operation, GW1007 duplicate key, GW1008 unresolved path item.
pub(super) fn api<'a>(file: &'a SourceFile, document: &'a Document<'a>) -> Outcome<Api> {
    let mut diagnostics: Vec<Diagnostic> = document.faults.iter().map(|fault| whole(file, fault)).collect();
    let homes = swagger::homes(document);
    let base_path = if homes.is_swagger { swagger::base_path(document) } else { servers::base_path(&document.servers) };
    let what = if homes.is_swagger { "`basePath`" } else { "the first server's URL" };
    let (base_path, fault) = base_path.map_or_else(|problem| (String::new(), Some(format!("{what} {problem}"))), |path| (path, None));
    let security = match &document.security {
        Presence::Absent => Ok(Security::Open),
        Presence::Null => Err(()),
        Presence::There(requirements) => Ok(security(requirements)),
    };
    let components = &document.components;
    let shared = Shared {
        document,
        file,
        homes,
        inherited: Inherited::of(document),
        body: Body::default(),
        base_path,
        security,
        parameters: components.parameters.0.iter().enumerate().map(|(index, (name, it))| (&**name, (index, it))).collect(),
        bodies: components.request_bodies.0.iter().map(|(name, it)| (&**name, it)).collect(),
        responses: components.responses.0.iter().map(|(name, it)| (&**name, it)).collect(),
        placed: HashMap::new(),
        names: HashMap::new(),
    };
    let operations = operations(shared, &mut diagnostics);
    let first = servers::base_path(&document.servers).ok();
    let api = Api {
        title: Arc::from(&*document.info.title),
        file: Arc::clone(&file.display),
        base_path: operations.1.into(),
        base_path_pointer: homes.base_path,
        base_path_fault: fault,
        other_server: document.servers.iter().position(|it| servers::base_path(std::slice::from_ref(it)).ok() != first),
        operations: operations.0,
        schemes: components.security_schemes.0.iter().map(|(name, _)| Arc::from(&**name)).collect(),
        binary_media_types: root::binary_media_types(document, &mut diagnostics, &file.display),
        extensions: root::extensions(document, homes),
    };
    Outcome::new(api, diagnostics)
}

fn whole(file: &SourceFile, fault: &LeanFault) -> Diagnostic {
    fault
        .code
        .at(Place::pointer(&file.display, &*fault.below))
        .message(&fault.message)
        .help("this concerns every operation, so nothing can be rendered until it is mended")
}

/// Longest path that is looked at. Unit: bytes. API Gateway takes URLs of at most 10,240 (AWS-RULES P15).
const MAX_KEY_BYTES: usize = 1 << 16;

fn endless(file: &SourceFile, path: &str) -> Diagnostic {
    diagnostic::PATH_TOO_LONG
        .at(file.place_of(path))
        .message(format_args!("a path of {} bytes is no path: API Gateway takes URLs of at most 10,240", path.len()))
        .help("remove it from the description")
}

fn operations(mut shared: Shared<'_>, diagnostics: &mut Vec<Diagnostic>) -> (Vec<Operation>, String) {
    let document = shared.document;
    // Room for what most descriptions have, within reason; more is had by growing.
    let mut found = Vec::with_capacity((2 * document.paths.0.len()).min(MAX_ROOM));
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for (path, item) in &document.paths.0 {
        if path.len() > MAX_KEY_BYTES {
            diagnostics.push(endless(shared.file, path));
            continue;
        }
        let times = seen.entry(path).and_modify(|times| *times += 1).or_insert(0);
        let path: Arc<str> = Arc::from(&**path);
        let before = found.len();
        shared.item(&path, (item, None), &mut found);
        let lost = shared.referred(&path, item, &mut found).err();
        let is_lost = lost.is_some();
        diagnostics.extend(lost.map(|finding| *finding));
        if !item.faults.is_empty() && (found.len() == before || is_lost) {
            let at = pointer::child("/paths", &*path);
            diagnostics.extend(item.faults.iter().map(|fault| {
                fault
                    .code
                    .at(Place::pointer(&shared.file.display, format!("{at}{}", fault.below)))
                    .message(&fault.message)
                    .help("mend the path item, or remove it")
            }));
        }
        if *times > 0 {
            let twice = Fault {
                code: &diagnostic::DUPLICATE_KEY,
                pointer: pointer::child("/paths", &*path),
                message: format!("the path `{path}` stands twice in `paths`"),
                help: "merge the two path items into one",
            };
            found[before..].iter_mut().for_each(|operation| operation.faults.push(twice.clone()));
        }
    }
    (found, shared.base_path)
}

impl<'a> Shared<'a> {
    /// Adds what the references of a path item lead to.
    ///
    /// Errors: GW1008 unresolved, GW1009 cyclic, GW1010 to a file.
    fn referred(&mut self, path: &Arc<str>, item: &'a PathItem<'a>, found: &mut Vec<Operation>) -> Result<(), Box<Diagnostic>> {
        let place = |below: &str| Place::pointer(&self.file.display, format!("{}{below}", pointer::child("/paths", &**path)));
        let mut item = item;
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = &item.reference else { return Ok(()) };
            let target = reference.strip_prefix("#/components/pathItems/").map(pointer::unescaped);
            let items = &self.document.components.path_items.0;
            let Some((name, next)) = target.and_then(|target| items.iter().find(|(name, _)| **name == *target)) else {
                let (code, help) = reference_fault(reference);
                let message = format!("the path item of `{path}` refers to `{}`, which cannot be had", &**reference);
                return Err(Box::new(code.at(place("/$ref")).message(message).help(help)));
            };
            self.item(path, (next, Some(Arc::from(&**name))), found);
            item = next;
        }
        let message = format!("the references of the path item of `{path}` go in a circle");
        Err(Box::new(diagnostic::CYCLIC_REFERENCE.at(place("")).message(message).help("let one of them hold the operations")))
    }

    /// Adds the operations of a path item, which may be a component of that name.
    fn item(&mut self, path: &Arc<str>, (item, component): (&'a PathItem<'a>, Option<Arc<str>>), found: &mut Vec<Operation>) {
        let slots = [
            (HttpMethod::Get, &item.get),
            (HttpMethod::Put, &item.put),
            (HttpMethod::Post, &item.post),
            (HttpMethod::Delete, &item.delete),
            (HttpMethod::Options, &item.options),
            (HttpMethod::Head, &item.head),
            (HttpMethod::Patch, &item.patch),
            (HttpMethod::Query, &item.query),
            (HttpMethod::Trace, &item.trace),
            (HttpMethod::Any, &item.any),
        ];
        for (method, slot) in slots {
            let Some(lean) = slot else { continue };
            let operation = Operation {
                method,
                path: Arc::clone(path),
                id: lean.id.as_deref().map(Arc::from),
                tags: lean.tags.iter().map(|tag| self.shared_name(tag)).collect(),
                parameters: Vec::new(),
                security: Security::Open,
                binary_media_types: Vec::new(),
                other_servers: false,
                extensions: item.extensions.iter().chain(&lean.extensions).map(|it| Arc::from(&**it)).collect(),
                faults: Vec::new(),
                item: component.clone(),
            };
            found.push(self.operation(operation, item, lean));
        }
        self.extras(path, (item, component), found);
    }

    /// Adds `additionalOperations`. None can be served, so no more of them is looked at than their names.
    fn extras(&mut self, path: &Arc<str>, (item, component): (&'a PathItem<'a>, Option<Arc<str>>), found: &mut Vec<Operation>) {
        for (name, lean) in &item.additional.0 {
            found.push(Operation {
                method: HttpMethod::Other { name: kept(name.to_ascii_uppercase()), key: kept((**name).to_owned()) },
                path: Arc::clone(path),
                id: lean.id.as_deref().map(Arc::from),
                tags: lean.tags.iter().map(|tag| self.shared_name(tag)).collect(),
                parameters: Vec::new(),
                security: Security::Open,
                binary_media_types: Vec::new(),
                other_servers: false,
                extensions: lean.extensions.iter().map(|it| Arc::from(&**it)).collect(),
                faults: Vec::new(),
                item: component.clone(),
            });
        }
    }

    fn operation(&mut self, mut operation: Operation, item: &'a PathItem<'a>, lean: &'a LeanOperation<'a>) -> Operation {
        let lift = |base: &str, fault: &LeanFault| Fault {
            code: fault.code,
            pointer: format!("{base}{}", fault.below),
            message: fault.message.clone(),
            help: MEND,
        };
        // Nearly all have none, and pointers are long.
        if !item.faults.is_empty() || !lean.faults.is_empty() {
            let (at_item, at) = (operation.item_pointer(), operation.pointer());
            operation.faults.extend(item.faults.iter().map(|fault| lift(&at_item, fault)));
            operation.faults.extend(lean.faults.iter().map(|fault| lift(&at, fault)));
        }
        if let Some(reference) = &lean.reference {
            let (code, help) = reference_fault(reference);
            let message = format!("the operation is a reference to `{}`, and references to operations are not followed", &**reference);
            operation.faults.push(Fault { code, pointer: format!("{}/$ref", operation.pointer()), message, help });
        }
        let servers = if lean.servers.is_empty() { &item.servers } else { &lean.servers };
        operation.other_servers = !servers.is_empty() && servers::base_path(servers).as_deref() != Ok(&*self.base_path);
        match (&lean.security, &self.security) {
            (Presence::There(requirements), _) => operation.security = security(requirements),
            (Presence::Absent, Ok(inherited)) => operation.security = inherited.clone(),
            (Presence::Absent, Err(())) => operation.faults.push(null_security("/security".into())),
            (Presence::Null, _) => operation.faults.push(null_security(format!("{}/security", operation.pointer()))),
        }
        self.placed.clear();
        operation.parameters.reserve_exact(item.parameters.len() + lean.parameters.len());
        self.body = Body::default();
        for (index, parameter) in item.parameters.iter().enumerate() {
            self.parameter(&mut operation, parameter, ParameterAt::Item(index));
        }
        for (index, parameter) in lean.parameters.iter().enumerate() {
            self.parameter(&mut operation, parameter, ParameterAt::Operation(index));
        }
        if self.homes.is_swagger {
            operation.binary_media_types = self.inherited.of_operation(lean, self.body, &operation.pointer(), &mut operation.faults);
            return operation;
        }
        let body = self.content(&self.bodies, "#/components/requestBodies/", &lean.body);
        let answers = lean.responses.0.iter().filter_map(|answer| self.content(&self.responses, "#/components/responses/", answer));
        let media_types = body.into_iter().chain(answers).flat_map(|content| &content.media_types.0);
        operation.binary_media_types = media_types.map(|it| Arc::from(&**it)).collect();
        operation
    }

    fn content(&self, components: &BTreeMap<&'a str, &'a Content<'a>>, prefix: &str, content: &'a Content<'a>) -> Option<&'a Content<'a>> {
        let mut content = content;
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = &content.reference else { return Some(content) };
            content = components.get(&*pointer::unescaped(reference.strip_prefix(prefix)?))?;
        }
        None
    }

    /// Adds a parameter that the operation or its path item lists, or the fault that keeps it from being read.
    fn parameter(&mut self, operation: &mut Operation, lean: &'a LeanParameter<'a>, at: ParameterAt) {
        let homes = self.homes;
        let resolved = self.resolved(lean, Spot { operation, at, component: None, homes });
        if homes.is_swagger && resolved.as_ref().is_ok_and(|(lean, _)| self.body.takes(lean)) {
            return;
        }
        let (lean, (location, name)) = match resolved.and_then(|(lean, place)| Ok((lean, located(lean, place)?))) {
            Ok(read) => read,
            Err(faults) => return operation.faults.extend(faults),
        };
        let style = if homes.is_swagger { swagger::style(lean) } else { lean.style.as_deref() }.map(Arc::from);
        let parameter = Parameter { name: self.shared_name(name), location, required: lean.required, style, at };
        match self.placed.entry((location, name)) {
            Entry::Occupied(place) => operation.parameters[*place.get()] = parameter,
            Entry::Vacant(place) => {
                place.insert(operation.parameters.len());
                operation.parameters.push(parameter);
            }
        }
    }

    /// Follows the references of a parameter to where it is written, and tells the pointer of that.
    fn resolved<'b>(&self, lean: &'a LeanParameter<'a>, here: Spot<'b>) -> Result<(&'a LeanParameter<'a>, Spot<'b>), Vec<Fault>>
    where
        'a: 'b,
    {
        let (mut resolved, mut place, mut first) = (lean, here, None);
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = &resolved.reference else { return Ok((resolved, place)) };
            let target = below(reference, self.homes.parameters).map(pointer::unescaped);
            let Some((index, next)) = target.and_then(|name| self.parameters.get(&*name).copied()) else {
                let (code, help) = reference_fault(reference);
                let message = format!("the reference `{}` cannot be had", &**reference);
                return Err(vec![Fault { code, pointer: format!("{}/$ref", place.pointer()), message, help }]);
            };
            place.component = Some(&self.document.components.parameters.0[index].0);
            first.get_or_insert(place);
            resolved = next;
        }
        Err(vec![Fault {
            code: &diagnostic::CYCLIC_REFERENCE,
            pointer: first.unwrap_or(place).pointer(),
            message: "the references of this parameter go in a circle".into(),
            help: MEND,
        }])
    }

    fn shared_name(&mut self, name: &'a str) -> Arc<str> {
        Arc::clone(self.names.entry(name).or_insert_with(|| Arc::from(name)))
    }
}

/// A name for as long as the process lives, as all names of methods are.
fn kept(name: String) -> &'static str {
    Box::leak(name.into_boxed_str())
}

/// Where a parameter is written; its pointer is made only where something is wrong.
#[derive(Clone, Copy)]
struct Spot<'a> {
    operation: &'a Operation,
    /// Where the operation lists it.
    at: ParameterAt,
    /// The component that it refers to.
    component: Option<&'a str>,
    homes: &'static Homes,
}

/// What a reference names below that pointer.
fn below<'a>(reference: &'a str, pointer: &str) -> Option<&'a str> {
    reference.strip_prefix('#')?.strip_prefix(pointer)?.strip_prefix('/')
}

impl Spot<'_> {
    fn pointer(self) -> String {
        match self.component {
            Some(name) => pointer::child(self.homes.parameters, name),
            None => self.at.pointer(self.operation),
        }
    }
}

/// Where a parameter is sent, and its name.
fn located<'a>(lean: &'a LeanParameter<'a>, place: Spot<'_>) -> Result<(Location, &'a str), Vec<Fault>> {
    if !lean.faults.is_empty() {
        let fault = |it: &LeanFault| Fault {
            code: it.code,
            pointer: format!("{}{}", place.pointer(), it.below),
            message: it.message.clone(),
            help: MEND,
        };
        return Err(lean.faults.iter().map(fault).collect());
    }
    let wrong = |message: String| Err(vec![Fault { code: &diagnostic::WRONG_TYPE, pointer: place.pointer(), message, help: MEND }]);
    let location = match lean.location.as_deref() {
        Some("path") => Location::Path,
        Some("query") => Location::Query,
        Some("querystring") if !place.homes.is_swagger => Location::QueryString,
        Some("header") => Location::Header,
        Some("cookie") if !place.homes.is_swagger => Location::Cookie,
        Some(other) => return wrong(format!("`in` of this parameter is `{other}`, which is none of {}", place.homes.locations)),
        None => return wrong("this parameter has no `in`".into()),
    };
    match lean.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => Ok((location, name)),
        None => wrong("this parameter has no `name`".into()),
    }
}

fn reference_fault(reference: &str) -> (&'static crate::diagnostic::Code, &'static str) {
    if reference.starts_with('#') {
        (&diagnostic::UNRESOLVED_REFERENCE, "write the part under `components`, or mend the reference")
    } else {
        (&diagnostic::REFERENCE_TO_FILE, "bundle the description into one file, for example with `npx @redocly/cli bundle`")
    }
}

fn null_security(pointer: String) -> Fault {
    Fault {
        code: &diagnostic::NULL_SECURITY,
        pointer,
        message: "`security` is null, which is neither a requirement nor the empty list that means open".into(),
        help: "write the requirement, or `security: []` where the operation is meant to be open",
    }
}

fn security(requirements: &[LeanRequirement<'_>]) -> Security {
    if requirements.is_empty() || requirements.iter().any(|it| it.0.is_empty()) {
        return Security::Open;
    }
    let requirement = |it: &LeanRequirement<'_>| -> Requirement {
        it.0.iter().map(|(name, scopes)| (Arc::from(&**name), scopes.iter().map(|scope| Arc::from(&**scope)).collect())).collect()
    };
    Security::Needs(requirements.iter().map(requirement).collect())
}

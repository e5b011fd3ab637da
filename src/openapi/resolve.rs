//! From the lean document to `Api`: references followed, parameters merged, security inherited.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::lean::{
    Content, Document, LeanFault, Operation as LeanOperation, Parameter as LeanParameter, PathItem, Presence,
    Requirement as LeanRequirement,
};
use super::{Api, Fault, HttpMethod, Location, Operation, Parameter, ParameterAt, Requirement, Security, servers};
use crate::diagnostic::{self, Diagnostic, Outcome, Place};
use crate::source::raw::Text;
use crate::source::{SourceFile, pointer};

/// Longest chain of references that is followed.
const MAX_REFERENCES: usize = 32;

/// What all operations share.
struct Shared<'a> {
    document: &'a Document<'a>,
    file: &'a SourceFile,
    base_path: String,
    /// The root's requirement, or the fault of one that is null.
    security: Result<Security, ()>,
    parameters: BTreeMap<&'a str, (usize, &'a LeanParameter<'a>)>,
    bodies: BTreeMap<&'a str, &'a Content<'a>>,
    responses: BTreeMap<&'a str, &'a Content<'a>>,
    /// Where the parameters of the operation at hand stand in its list.
    placed: BTreeMap<(Location, &'a str), usize>,
    /// Names that stand in many operations, once.
    names: BTreeMap<&'a str, Arc<str>>,
}

/// Resolves a document.
///
/// Errors: GW1006 wrong type of a part that concerns every operation, GW1007 duplicate key, GW1008 unresolved path item, GW1013 base path.
pub(super) fn api<'a>(file: &'a SourceFile, document: &'a Document<'a>) -> Outcome<Api> {
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
    let security = match &document.security {
        Presence::Absent => Ok(Security::Open),
        Presence::Null => Err(()),
        Presence::There(requirements) => Ok(security(requirements)),
    };
    let components = &document.components;
    let shared = Shared {
        document,
        file,
        base_path,
        security,
        parameters: components.parameters.0.iter().enumerate().map(|(index, (name, it))| (&**name, (index, it))).collect(),
        bodies: components.request_bodies.0.iter().map(|(name, it)| (&**name, it)).collect(),
        responses: components.responses.0.iter().map(|(name, it)| (&**name, it)).collect(),
        placed: BTreeMap::new(),
        names: BTreeMap::new(),
    };
    let operations = operations(shared, &mut diagnostics);
    let strings = |texts: &[Text<'_>]| texts.iter().map(|it| Arc::from(&**it)).collect();
    let api = Api {
        title: Arc::from(&*document.info.title),
        file: Arc::clone(&file.display),
        base_path: operations.1.into(),
        operations: operations.0,
        schemes: strings(&components.security_schemes.0),
        extensions: strings(&document.extensions),
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

fn operations(mut shared: Shared<'_>, diagnostics: &mut Vec<Diagnostic>) -> (Vec<Operation>, String) {
    let mut found = Vec::new();
    let document = shared.document;
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for (path, item) in &document.paths.0 {
        let times = seen.entry(path).and_modify(|times| *times += 1).or_insert(0);
        let path: Arc<str> = Arc::from(&**path);
        let before = found.len();
        shared.item(&path, item, None, &mut found);
        let is_lost = item.reference.is_some() && !shared.referred(&path, item, &mut found, diagnostics);
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
    /// Follows the reference of a path item; false where it leads nowhere.
    fn referred(&mut self, path: &Arc<str>, item: &'a PathItem<'a>, found: &mut Vec<Operation>, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let mut item = item;
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = &item.reference else { return true };
            let target = reference.strip_prefix("#/components/pathItems/").map(pointer::unescaped);
            let items = &self.document.components.path_items.0;
            let Some((name, next)) = target.and_then(|target| items.iter().find(|(name, _)| **name == *target)) else {
                let (code, help) = reference_fault(reference);
                diagnostics.push(
                    code.at(Place::pointer(&self.file.display, format!("{}/$ref", pointer::child("/paths", &**path))))
                        .message(format_args!("the path item of `{path}` refers to `{}`, which cannot be had", &**reference))
                        .help(help),
                );
                return false;
            };
            self.item(path, next, Some(Arc::from(&**name)), found);
            item = next;
        }
        diagnostics.push(
            diagnostic::CYCLIC_REFERENCE
                .at(Place::pointer(&self.file.display, pointer::child("/paths", &**path)))
                .message(format_args!("the references of the path item of `{path}` go in a circle"))
                .help("let one of them hold the operations"),
        );
        false
    }

    fn item(&mut self, path: &Arc<str>, item: &'a PathItem<'a>, component: Option<Arc<str>>, found: &mut Vec<Operation>) {
        let slots = [
            (HttpMethod::Get, &item.get),
            (HttpMethod::Put, &item.put),
            (HttpMethod::Post, &item.post),
            (HttpMethod::Delete, &item.delete),
            (HttpMethod::Options, &item.options),
            (HttpMethod::Head, &item.head),
            (HttpMethod::Patch, &item.patch),
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
    }

    fn operation(&mut self, mut operation: Operation, item: &'a PathItem<'a>, lean: &'a LeanOperation<'a>) -> Operation {
        let (at_item, at) = (operation.item_pointer(), operation.pointer());
        let help = "mend it there, or serve the rest with `exposure: hidden` for this operation";
        let lift = |base: &str, fault: &LeanFault| Fault {
            code: fault.code,
            pointer: format!("{base}{}", fault.below),
            message: fault.message.clone(),
            help,
        };
        operation.faults.extend(item.faults.iter().map(|fault| lift(&at_item, fault)));
        operation.faults.extend(lean.faults.iter().map(|fault| lift(&at, fault)));
        if let Some(reference) = &lean.reference {
            let (code, help) = reference_fault(reference);
            let message = format!("the operation is a reference to `{}`, and references to operations are not followed", &**reference);
            operation.faults.push(Fault { code, pointer: format!("{at}/$ref"), message, help });
        }
        let servers = if lean.servers.is_empty() { &item.servers } else { &lean.servers };
        operation.other_servers = !servers.is_empty() && servers::base_path(servers).as_deref() != Ok(&*self.base_path);
        match (&lean.security, &self.security) {
            (Presence::There(requirements), _) => operation.security = security(requirements),
            (Presence::Absent, Ok(inherited)) => operation.security = inherited.clone(),
            (Presence::Absent, Err(())) => operation.faults.push(null_security("/security".into())),
            (Presence::Null, _) => operation.faults.push(null_security(format!("{at}/security"))),
        }
        self.placed.clear();
        for (index, parameter) in item.parameters.iter().enumerate() {
            self.parameter(&mut operation, parameter, ParameterAt::Item(index), &at_item);
        }
        for (index, parameter) in lean.parameters.iter().enumerate() {
            self.parameter(&mut operation, parameter, ParameterAt::Operation(index), &at);
        }
        let body = self.content(&self.bodies, "#/components/requestBodies/", &lean.body);
        let answers = lean.responses.0.iter().filter_map(|(_, answer)| self.content(&self.responses, "#/components/responses/", answer));
        let media_types = body.into_iter().chain(answers).flat_map(|content| &content.media_types.0);
        operation.binary_media_types = media_types.filter_map(|it| binary(it)).map(Arc::from).collect();
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

    /// Follows the references of a parameter to it, and to its place where that is a component.
    fn followed(&self, lean: &'a LeanParameter<'a>) -> Result<(&'a LeanParameter<'a>, Option<String>), Stray> {
        let (mut resolved, mut last, mut first) = (lean, None, None);
        for _ in 0..MAX_REFERENCES {
            let Some(reference) = &resolved.reference else { break };
            let target = reference.strip_prefix("#/components/parameters/").map(pointer::unescaped);
            let Some((index, next)) = target.and_then(|name| self.parameters.get(&*name).copied()) else {
                let (code, help) = reference_fault(reference);
                return Err(Stray { code, pointer: None, message: format!("the reference `{}` cannot be had", &**reference), help });
            };
            first = first.or(Some(index));
            last = Some(index);
            resolved = next;
        }
        let place = |index: usize| pointer::child("/components/parameters", &*self.document.components.parameters.0[index].0);
        if resolved.reference.is_none() {
            return Ok((resolved, last.map(place)));
        }
        Err(Stray {
            code: &diagnostic::CYCLIC_REFERENCE,
            pointer: first.map(place),
            message: "the references of this parameter go in a circle".into(),
            help: "mend it there, or serve the rest with `exposure: hidden` for this operation",
        })
    }

    fn parameter(&mut self, operation: &mut Operation, lean: &'a LeanParameter<'a>, at: ParameterAt, base: &str) {
        let (ParameterAt::Item(index) | ParameterAt::Operation(index)) = at;
        let here = || format!("{base}/parameters/{index}");
        let help = "mend it there, or serve the rest with `exposure: hidden` for this operation";
        let (resolved, place) = match self.followed(lean) {
            Ok((resolved, place)) => (resolved, move || place.clone().unwrap_or_else(here)),
            Err(Stray { code, pointer, message, help }) => {
                let pointer = pointer.unwrap_or_else(|| format!("{}/$ref", here()));
                operation.faults.push(Fault { code, pointer, message, help });
                return;
            }
        };
        operation.faults.extend(resolved.faults.iter().map(|fault| Fault {
            code: fault.code,
            pointer: format!("{}{}", place(), fault.below),
            message: fault.message.clone(),
            help,
        }));
        if !resolved.faults.is_empty() {
            return;
        }
        let location = match resolved.location.as_deref() {
            Some("path") => Location::Path,
            Some("query") => Location::Query,
            Some("header") => Location::Header,
            Some("cookie") => Location::Cookie,
            other => {
                let what = other.map_or("is missing".into(), |other| format!("`{other}` is none of path, query, header and cookie"));
                operation.faults.push(Fault {
                    code: &diagnostic::WRONG_TYPE,
                    pointer: place(),
                    message: format!("`in` of this parameter {what}"),
                    help,
                });
                return;
            }
        };
        let Some(name) = resolved.name.as_deref().filter(|name| !name.is_empty()) else {
            operation.faults.push(Fault {
                code: &diagnostic::WRONG_TYPE,
                pointer: place(),
                message: "this parameter has no `name`".into(),
                help,
            });
            return;
        };
        let parameter = Parameter {
            name: self.shared_name(name),
            location,
            required: resolved.required,
            style: resolved.style.as_deref().map(Arc::from),
            at,
        };
        match self.placed.entry((location, name)) {
            Entry::Occupied(place) => operation.parameters[*place.get()] = parameter,
            Entry::Vacant(place) => {
                place.insert(operation.parameters.len());
                operation.parameters.push(parameter);
            }
        }
    }

    fn shared_name(&mut self, name: &'a str) -> Arc<str> {
        Arc::clone(self.names.entry(name).or_insert_with(|| Arc::from(name)))
    }
}

/// Why a reference leads to no parameter; without a pointer at the reference itself.
struct Stray {
    code: &'static crate::diagnostic::Code,
    pointer: Option<String>,
    message: String,
    help: &'static str,
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

/// The bare media type where bodies of it are not text, and would be damaged by API Gateway's conversion to UTF-8.
///
/// Source: AWS, "Working with binary media types for REST APIs", <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html>.
fn binary(media_type: &str) -> Option<String> {
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

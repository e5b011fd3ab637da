//! One operation: its references followed, its parameters merged, its security inherited.
//!
//! In: the lean operation and the path items it belongs to. Out: `Operation` with its faults. Pure.

use std::sync::Arc;

use super::held::Here;
use super::items::{Level, under};
use super::lean::{
    Extra, LeanFault, Operation as LeanOperation, Presence, Requirement, is_of_gwgen,
};
use super::references::Held;
use super::resolve::{MEND, Shared, null_security, security};
use super::{Fault, HttpMethod, Operation, Parameter, Security, Setting, SettingOf, servers};
use crate::diagnostic::{self, Place};
use crate::source::raw::Text;
use crate::source::{SourceFile, pointer};

/// What was read of an operation, beside what it is called.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) media_types: Vec<Arc<str>>,
    /// Ranges of which only the schema of an answer tells whether they are text.
    pub(crate) ranges: Vec<Arc<str>>,
    pub(crate) varies: Vec<Arc<str>>,
    pub(crate) is_stream: bool,
    pub(crate) faults: Vec<Fault>,
}

pub(crate) fn lifted(place: &dyn Fn(&str) -> Place, fault: &LeanFault) -> Fault {
    Fault {
        code: fault.code,
        place: place(&fault.below),
        message: fault.message.clone(),
        help: MEND.into(),
    }
}

impl<'a> Shared<'a> {
    /// The operation of a method, which stands at one of the path's levels.
    pub(crate) fn operation(
        &mut self,
        (path, method): (&Arc<str>, HttpMethod),
        (levels, of): (&[Level<'_, 'a>], usize),
        written: &LeanOperation<'a>,
    ) -> Operation {
        let level = &levels[of];
        let mut operation = self.empty((path, method), level);
        // The nearest to `paths` last: it wins.
        for level in levels.iter().rev() {
            let place = |below: &str| under(self.item_place(path, level.spot.as_ref()), below);
            operation
                .faults
                .extend(level.item.faults.iter().map(|fault| lifted(&place, fault)));
            extend(
                &mut operation,
                SettingOf::Path,
                &level.item.extensions,
                &place,
            );
        }
        let held = self.referred(&mut operation, level.file, written);
        let (lean, file) = match &held {
            Held::Elsewhere(elsewhere) => (&elsewhere.part, elsewhere.file),
            Held::Here(lean) | Held::Component(lean, _) => (*lean, level.file),
        };
        operation.id = lean.id.as_deref().map(Arc::from);
        operation.tags = lean.tags.iter().map(|tag| self.shared_name(tag)).collect();
        let of_item = levels
            .iter()
            .map(|level| &level.item.servers)
            .find(|it| !it.is_empty())
            .unwrap_or(&level.item.servers);
        let servers = if lean.servers.is_empty() {
            of_item
        } else {
            &lean.servers
        };
        operation.other_servers = !servers.is_empty()
            && servers::base_path(servers).path.as_deref() != Ok(&*self.base_path);
        self.secure(&mut operation, lean, levels, file);
        let mut found = self.parameters(&operation, (levels, of), (lean, file));
        let bodies = self.media_types(&operation, lean, file);
        operation.parameters = found.parameters;
        operation.body = self.request_body(&operation, lean, file);
        operation.binary_media_types = bodies.media_types;
        (operation.varies, operation.is_stream) = (bodies.varies, bodies.is_stream);
        operation.faults.append(&mut found.faults);
        operation.faults.extend(bodies.faults);
        operation.binary_media_types.sort();
        operation.binary_media_types.dedup();
        operation.varies.sort();
        operation.varies.dedup();
        self.parts += lean.responses.0.len()
            + operation.binary_media_types.len()
            + operation.faults.len()
            + 1;
        operation
    }

    /// An operation of `additionalOperations`. None can be served, so only what names it and what
    /// hides it is looked at.
    pub(crate) fn extra(
        &mut self,
        (path, key): (&Arc<str>, &str),
        (levels, of): (&[Level<'_, 'a>], usize),
        lean: &Extra<'a>,
    ) -> Operation {
        let method = HttpMethod::Other {
            name: self.kept_name(&key.to_ascii_uppercase()),
            key: self.kept_name(key),
        };
        let mut operation = self.empty((path, method), &levels[of]);
        operation.id = lean.id.as_deref().map(Arc::from);
        operation.tags = lean.tags.iter().map(|tag| self.shared_name(tag)).collect();
        for level in levels.iter().rev() {
            let place = |below: &str| under(self.item_place(path, level.spot.as_ref()), below);
            extend(
                &mut operation,
                SettingOf::Path,
                &level.item.extensions,
                &place,
            );
        }
        if !lean.extensions.is_empty() {
            let base = operation.place("");
            extend(
                &mut operation,
                SettingOf::Operation,
                &lean.extensions,
                &|below: &str| under(base.clone(), below),
            );
        }
        self.parts += 1;
        operation
    }

    /// An operation of which only its place is known.
    fn empty(&self, (path, method): (&Arc<str>, HttpMethod), level: &Level<'_, 'a>) -> Operation {
        Operation {
            method,
            path: Arc::clone(path),
            id: None,
            tags: Vec::new(),
            parameters: Vec::new(),
            security: Security::Open,
            binary_media_types: Vec::new(),
            varies: Vec::new(),
            is_stream: false,
            is_mock: false,
            body: None,
            other_servers: false,
            extensions: Vec::new(),
            settings: Vec::new(),
            faults: Vec::new(),
            file: Arc::clone(&self.file.display),
            item: level.spot.clone(),
            at: None,
        }
    }

    /// Follows the reference that stands in place of an operation.
    fn referred<'p>(
        &self,
        operation: &mut Operation,
        file: &'a SourceFile,
        written: &'p LeanOperation<'a>,
    ) -> Held<'p, 'a, LeanOperation<'a>>
    where
        'a: 'p,
    {
        if written.reference.is_none() && written.faults.is_empty() && written.extensions.is_empty()
        {
            return Held::Here(written);
        }
        let base = operation.place("");
        let place = |below: &str| under(base.clone(), below);
        operation
            .faults
            .extend(written.faults.iter().map(|fault| lifted(&place, fault)));
        let held = self
            .held(
                written,
                None,
                &Here {
                    file,
                    place: &|| base.clone(),
                },
            )
            .unwrap_or_else(|fault| {
                operation.faults.push(fault);
                Held::Here(written)
            });
        if let Held::Elsewhere(elsewhere) = &held {
            operation.faults.extend(beside(written).map(|name| Fault {
                code: &diagnostic::MEMBERS_BESIDE_REFERENCE,
                place: place(&pointer::child("", name)),
                message: format!("`{name}` stands beside the reference of an operation, and readers differ in whether it counts"),
                help: "move it into the operation that the reference leads to".into(),
            }));
            let there = |below: &str| elsewhere.spot.place(below);
            operation.faults.extend(
                elsewhere
                    .part
                    .faults
                    .iter()
                    .map(|fault| lifted(&there, fault)),
            );
            extend(
                operation,
                SettingOf::Operation,
                &elsewhere.part.extensions,
                &there,
            );
            operation.at = Some(Arc::clone(&elsewhere.spot));
        }
        extend(operation, SettingOf::Operation, &written.extensions, &place);
        held
    }

    /// Faults of other files whose root protects what the root of the main file does not.
    fn left_behind(&self, files: impl Iterator<Item = &'a SourceFile>) -> Vec<Fault> {
        let mut found: Vec<&SourceFile> = Vec::new();
        for file in files.filter(|it| !std::ptr::eq(*it, self.file)) {
            if !found.iter().any(|it| std::ptr::eq(*it, file)) && self.asks_more(file) {
                found.push(file);
            }
        }
        found.into_iter().map(security_of_another_file).collect()
    }

    /// Whether a file is a description of its own whose root asks something of callers that the
    /// root of the main file does not.
    fn asks_more(&self, file: &'a SourceFile) -> bool {
        let has = |pointer: &str| self.references.target(file, pointer);
        let Ok(there) = has("#/security") else {
            return false;
        };
        if has("#/openapi").is_err() && has("#/swagger").is_err() && has("#/paths").is_err() {
            return false;
        }
        let Ok(requirements) = serde_json::from_str::<Vec<Requirement<'_>>>(there.json) else {
            return true;
        };
        let there = security(&requirements);
        there != Security::Open && self.security.as_ref().ok() != Some(&there)
    }

    fn secure(
        &self,
        operation: &mut Operation,
        lean: &LeanOperation<'a>,
        levels: &[Level<'_, 'a>],
        file: &'a SourceFile,
    ) {
        if matches!(lean.security, Presence::Absent) {
            let of_path = levels.iter().filter(|it| it.item.security.is_some());
            operation.faults.extend(of_path.map(|it| Fault {
                code: &diagnostic::MISPLACED_SECURITY,
                place: under(
                    self.item_place(&operation.path, it.spot.as_ref()),
                    "/security",
                ),
                message: "`security` of a path counts for none of its operations".into(),
                help: "write it on each operation of the path, or on the document".into(),
            }));
            let files = levels.iter().map(|it| it.file).chain([file]);
            operation.faults.extend(self.left_behind(files));
        }
        match (&lean.security, &self.security) {
            (Presence::There(requirements), _) => operation.security = security(requirements),
            (Presence::Absent, Ok(inherited)) => operation.security = inherited.clone(),
            (Presence::Absent, Err(())) => operation.faults.push(null_security(Place::pointer(
                &self.file.display,
                "/security",
            ))),
            (Presence::Null, _) => operation
                .faults
                .push(null_security(operation.place("/security"))),
        }
        if let (Security::Needs(alternatives), false) =
            (&operation.security, self.lost_schemes.is_empty())
        {
            let names = alternatives.iter().flat_map(|it| it.keys());
            let lost: Vec<Fault> = names
                .filter_map(|name| self.lost_schemes.get(name))
                .cloned()
                .collect();
            operation.faults.extend(lost);
        }
    }
}

/// The fault of `security` at the root of another file, which asks nothing of an operation that
/// this description refers to.
fn security_of_another_file(file: &SourceFile) -> Fault {
    Fault {
        code: &diagnostic::SECURITY_LEFT_BEHIND,
        place: Place::pointer(&file.display, "/security"),
        message: format!(
            "`security` at the root of `{}` does not reach an operation that another description refers to, and the root of that asks for something else",
            file.display
        ),
        help: "write `security` on the operation itself; then it counts wherever the operation is referred to".into(),
    }
}

/// Members beside a reference that would change who may call the operation, or what it takes.
fn beside(written: &LeanOperation<'_>) -> impl Iterator<Item = &'static str> {
    let security = (!matches!(written.security, Presence::Absent)).then_some("security");
    let parameters = (!written.parameters.is_empty()).then_some("parameters");
    let servers = (!written.servers.is_empty()).then_some("servers");
    [security, parameters, servers].into_iter().flatten()
}

/// The integration of an operation that was exported from API Gateway.
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// Whether an integration answers by itself.
fn is_mock(json: &str) -> bool {
    let members = crate::source::raw::members(json).unwrap_or_default();
    members
        .iter()
        .any(|(key, value)| *key == "type" && value.get().eq_ignore_ascii_case("\"mock\""))
}

/// Notes the extensions of an operation or of its path item.
fn extend(
    operation: &mut Operation,
    of: SettingOf,
    extensions: &[(Text<'_>, &str)],
    place: &dyn Fn(&str) -> Place,
) {
    for (name, json) in extensions {
        let name: Arc<str> = Arc::from(&**name);
        if is_of_gwgen(&name) {
            let place = place(&pointer::child("", &*name));
            operation.settings.push(Setting {
                of,
                name,
                json: Arc::from(*json),
                place,
            });
        } else {
            operation.is_mock |=
                of == SettingOf::Operation && &*name == INTEGRATION && is_mock(json);
            operation.extensions.push(name);
        }
    }
}

//! One operation: its references followed, its parameters merged, its security inherited.
//! In: the Operation Object and the path items it belongs to. Out: `Operation` with its faults.

use std::sync::Arc;

use super::dereference::LazyPlace;
use super::document::{
    AdditionalOperation, ObjectFault, Operation as OperationObject, Presence, is_of_gwgen,
};
use super::items::{Level, PathLevels};
use super::references::Resolved;
use super::resolve::{MEND, Shared};
use super::{Fault, HttpMethod, Operation, Parameter, Security, Setting, SettingOf, servers};
use crate::diagnostic::{self, Place};
use crate::pointer;
use crate::source::SourceFile;
use crate::source::raw::{self, Text};

/// Facts about an operation from its parameters, or from its bodies.
#[derive(Default)]
pub(crate) struct OperationParts {
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) media_types: Vec<Arc<str>>,
    /// Ranges that are text or not, by the schema of a response.
    pub(crate) ranges: Vec<Arc<str>>,
    pub(crate) varies: Vec<Arc<str>>,
    pub(crate) is_stream: bool,
    pub(crate) faults: Vec<Fault>,
}

/// Returns the faults of an object as those of an operation.
pub(crate) fn operation_faults(
    place: &dyn Fn(&str) -> Place,
    faults: &[ObjectFault],
) -> impl Iterator<Item = Fault> {
    faults.iter().map(|fault| Fault {
        code: fault.code,
        place: place(&fault.below),
        message: fault.message.clone(),
        help: MEND.into(),
    })
}

impl<'a> Shared<'a> {
    /// Reads the operation of a method.
    pub(crate) fn operation(
        &mut self,
        method: HttpMethod,
        levels: PathLevels<'_, '_, 'a>,
        written: &OperationObject<'a>,
    ) -> Operation {
        let level = levels.owner();
        let mut operation = self.unread_operation(method, levels);
        for level in levels.all.iter().rev() {
            let place = |below: &str| level.place(levels.path, below);
            let faults = &mut operation.faults;
            faults.extend(operation_faults(&place, &level.item.faults));
        }
        let resolved = self.referenced_operation(&mut operation, level.file, written);
        let file = self.file_of(&resolved, level.file);
        let object = &*resolved;
        self.name(&mut operation, &object.id, &object.tags);
        operation.other_servers = self.has_other_servers(object, levels.all);
        self.secure(&mut operation, object, levels.all, file);
        let mut found = self.parameters(&operation, levels, object, file);
        let bodies = self.media_types(&operation, object, file);
        operation.parameters = found.parameters;
        operation.body = self.request_body(&operation, object, file);
        operation.binary_media_types = bodies.media_types;
        operation.varies = bodies.varies;
        operation.is_stream = bodies.is_stream;
        operation.faults.append(&mut found.faults);
        operation.faults.extend(bodies.faults);
        operation.binary_media_types.sort();
        operation.binary_media_types.dedup();
        operation.varies.sort();
        operation.varies.dedup();
        self.parts += object.responses.by_status.len()
            + operation.binary_media_types.len()
            + operation.faults.len()
            + 1;
        operation
    }

    /// Reads an operation of `additionalOperations`. None can be served, so only its name and its
    /// settings are read.
    pub(crate) fn additional_operation(
        &mut self,
        key: &str,
        levels: PathLevels<'_, '_, 'a>,
        object: &AdditionalOperation<'a>,
    ) -> Operation {
        let method = HttpMethod::Other {
            name: self.static_name(&key.to_ascii_uppercase()),
            key: self.static_name(key),
        };
        let mut operation = self.unread_operation(method, levels);
        self.name(&mut operation, &object.id, &object.tags);
        let base = operation.place("");
        let place = |below: &str| base.clone().below(below);
        operation.add_extensions(SettingOf::Operation, &object.extensions, &place);
        self.parts += 1;
        operation
    }

    fn name(&mut self, operation: &mut Operation, id: &Option<Text<'_>>, tags: &[Text<'_>]) {
        operation.id = id.as_deref().map(Arc::from);
        operation.tags = tags.iter().map(|tag| self.shared_name(tag)).collect();
    }

    /// Returns an operation with its place and the extensions of its path items.
    fn unread_operation(&self, method: HttpMethod, levels: PathLevels<'_, '_, 'a>) -> Operation {
        let mut operation = Operation {
            method,
            path: Arc::clone(levels.path),
            id: None,
            tags: Vec::new(),
            parameters: Vec::new(),
            security: Security::Open,
            has_written_security: false,
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
            item: levels.owner().location.clone(),
            at: None,
        };
        // The closest to `paths` last: it has priority.
        for level in levels.all.iter().rev() {
            let place = |below: &str| level.place(levels.path, below);
            operation.add_extensions(SettingOf::Path, &level.item.extensions, &place);
        }
        operation
    }

    /// Returns whether the nearest servers of an operation have another path than the document's.
    fn has_other_servers(&self, object: &OperationObject<'a>, levels: &[Level<'_, 'a>]) -> bool {
        let of_items = levels.iter().map(|level| &level.item.servers);
        let mut lists = std::iter::once(&object.servers).chain(of_items);
        let nearest = lists.find_map(|servers| servers.first());
        nearest.is_some_and(|server| {
            servers::of_server(server).path.as_deref() != Ok(&*self.base_path)
        })
    }

    /// Follows the reference that is written in place of an operation.
    fn referenced_operation<'p>(
        &self,
        operation: &mut Operation,
        file: &'a SourceFile,
        written: &'p OperationObject<'a>,
    ) -> Resolved<'p, 'a, OperationObject<'a>>
    where
        'a: 'p,
    {
        if written.reference.is_none() && written.faults.is_empty() && written.extensions.is_empty()
        {
            return Resolved::Inline(written);
        }
        let base = operation.place("");
        let place = |below: &str| base.clone().below(below);
        let faults = operation_faults(&place, &written.faults);
        operation.faults.extend(faults);
        let inline = || base.clone();
        let at = LazyPlace::new(file, &inline);
        let resolved = self.dereference(written, None, &at);
        let resolved = resolved.unwrap_or_else(|fault| {
            operation.faults.push(fault);
            Resolved::Inline(written)
        });
        if let Resolved::Referenced(referenced) = &resolved {
            operation.faults.extend(members_beside(written).map(|name| Fault {
                code: &diagnostic::MEMBERS_BESIDE_REFERENCE,
                place: place(&pointer::child("", name)),
                message: format!("`{name}` is beside the reference of an operation, and readers differ in whether it applies"),
                help: "move it into the operation that the reference leads to".into(),
            }));
            let place = |below: &str| referenced.location.place(below);
            let faults = operation_faults(&place, &referenced.part.faults);
            operation.faults.extend(faults);
            let extensions = &referenced.part.extensions;
            operation.add_extensions(SettingOf::Operation, extensions, &place);
            operation.at = Some(Arc::clone(&referenced.location));
        }
        operation.add_extensions(SettingOf::Operation, &written.extensions, &place);
        resolved
    }
}

/// Returns the members beside a reference that would change who may call the operation, or what it
/// takes.
fn members_beside(written: &OperationObject<'_>) -> impl Iterator<Item = &'static str> {
    let security = (!matches!(written.security, Presence::Absent)).then_some("security");
    let parameters = (!written.parameters.is_empty()).then_some("parameters");
    let servers = (!written.servers.is_empty()).then_some("servers");
    [security, parameters, servers].into_iter().flatten()
}

/// Extension of an operation that was exported from API Gateway.
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// Returns whether an integration responds by itself.
fn is_mock(json: &str) -> bool {
    let members = raw::members(json).unwrap_or_default();
    members
        .iter()
        .any(|(key, value)| *key == "type" && value.get().eq_ignore_ascii_case("\"mock\""))
}

impl Operation {
    /// Adds extensions of the operation or of its path item.
    fn add_extensions(
        &mut self,
        of: SettingOf,
        extensions: &[(Text<'_>, &str)],
        place: &dyn Fn(&str) -> Place,
    ) {
        for (name, json) in extensions {
            let name: Arc<str> = Arc::from(&**name);
            if is_of_gwgen(&name) {
                self.settings.push(Setting {
                    of,
                    place: place(&pointer::child("", &*name)),
                    name,
                    json: Arc::from(*json),
                });
            } else {
                let is_integration = of == SettingOf::Operation && &*name == INTEGRATION;
                self.is_mock |= is_integration && is_mock(json);
                self.extensions.push(name);
            }
        }
    }
}

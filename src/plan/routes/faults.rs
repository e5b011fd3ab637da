//! Faults that keep an operation from being served.
//!
//! In: operations that callers may reach. Out: their templates, where nothing is wrong with them, and
//! findings. Pure.

use std::sync::Arc;

use super::Builder;
use crate::diagnostic;
use crate::openapi::{HttpMethod, Operation, refuses};
use crate::plan::paths::{self, PathFault, Template};
use crate::plan::rules::patterns::only;

impl Builder<'_> {
    /// The operation's template, where nothing is wrong with it.
    pub(crate) fn checked(&mut self, index: usize) -> Option<Arc<Template>> {
        let (_, operation) = self.operations[index];
        self.diagnostics.extend(
            self.extensions
                .get(&index)
                .into_iter()
                .flat_map(|extensions| extensions.findings.iter().cloned()),
        );
        for fault in &operation.faults {
            self.diagnostics.push(
                fault
                    .code
                    .at(fault.place.clone())
                    .message(&fault.message)
                    .help(&fault.help)
                    .keeps(operation.name()),
            );
        }
        for extension in &operation.extensions {
            if let Some(code) = refuses(extension) {
                let finding = code
                    .at(operation.place(""))
                    .message(format_args!(
                        "`{extension}` is not built yet, and leaving it out could change who may call `{} {}`",
                        operation.method.as_str(),
                        operation.path
                    ))
                    .help("say it with `routes` in the blueprint and remove the extension, or hide the operation")
                    .keeps(operation.name());
                self.diagnostics.push(finding);
            }
        }
        if !operation.method.is_servable() {
            let code = if operation.method == HttpMethod::Trace {
                &diagnostic::TRACE_METHOD
            } else {
                &diagnostic::UNSERVABLE_METHOD
            };
            let method = operation.method.as_str();
            self.diagnostics.push(
                code.at(operation.place(""))
                    .message(format_args!(
                        "API Gateway has no {method}, so `{method} {}` cannot be served",
                        operation.path
                    ))
                    .help("remove it, or leave it out with `exposure: hidden`")
                    .keeps(operation.name()),
            );
        }
        match self.template(&operation.path) {
            Ok(template) => {
                self.read_variables(operation, &template);
                (operation.faults.is_empty() && operation.method.is_servable()).then_some(template)
            }
            Err(fault) => {
                self.diagnostics.push(
                    fault
                        .code
                        .at(operation.item_place(""))
                        .message(fault.message)
                        .help(fault.help)
                        .keeps(operation.name()),
                );
                None
            }
        }
    }

    /// Reports what keeps an operation from private callers: dot segments, and variables that no
    /// rule can be sure of.
    pub(crate) fn check_for_private_callers(&mut self, index: usize) {
        let (_, operation) = self.operations[index];
        let unclear = [&diagnostic::DOT_SEGMENT, &diagnostic::FRAMEWORK_TEMPLATE];
        match self.template(&operation.path) {
            Ok(template) => self.read_variables(operation, &template),
            Err(fault) if unclear.contains(&fault.code) => {
                let finding = fault
                    .code
                    .at(operation.item_place(""))
                    .message(fault.message)
                    .help(fault.help)
                    .keeps(operation.name());
                self.diagnostics.push(finding);
            }
            Err(_) => {}
        }
    }

    /// Reports variables that are written as web frameworks write them, once a path.
    fn read_variables(&mut self, operation: &Operation, template: &Template) {
        let place = operation.item_place("");
        let is_reported = |known: &diagnostic::Diagnostic| {
            known.code == &diagnostic::READ_AS_VARIABLE && known.places.first() == Some(&place)
        };
        if template.read.is_empty() || self.diagnostics.iter().any(is_reported) {
            return;
        }
        for read in &template.read {
            let part = read.variable.path_part();
            let (unchecked, instead) = match &read.constraint {
                Some(constraint) => (
                    format!("; the gateway does not check `{constraint}`, and the backend has to"),
                    format!(
                        "write `{part}` in the description, and the constraint as the `pattern` of the parameter"
                    ),
                ),
                None => (String::new(), format!("write `{part}` in the description")),
            };
            let finding = diagnostic::READ_AS_VARIABLE
                .at(place.clone())
                .message(format_args!(
                    "`{}` of `{}` is read as `{part}`, as web frameworks mean it{unchecked}",
                    read.written, operation.path
                ))
                .help(instead);
            self.diagnostics.push(finding);
        }
    }

    fn template(&mut self, path: &Arc<str>) -> Result<Arc<Template>, PathFault> {
        if let Some((last, template)) = &self.last
            && Arc::ptr_eq(last, path)
        {
            return Ok(Arc::clone(template));
        }
        let template = Arc::new(paths::template(path, self.widen)?);
        self.last = Some((Arc::clone(path), Arc::clone(&template)));
        Ok(template)
    }

    pub(crate) fn no_backend(&mut self, operation: &Operation) {
        let finding = diagnostic::NO_BACKEND
            .at(operation.place(""))
            .also(self.blueprint.place("/routes"))
            .message(format_args!(
                "no route gives `{} {}` a backend",
                operation.method.as_str(),
                operation.path
            ))
            .help(format_args!(
                "add a route such as `{{match: {{paths: [{}]}}, backend: {}}}`",
                only(&operation.path),
                self.blueprint
                    .spec
                    .backends
                    .keys()
                    .next()
                    .map_or("...", String::as_str)
            ))
            .keeps(operation.name());
        self.diagnostics.push(finding);
    }
}

//! Faults that keep an operation from being served.
//! In: operations that callers may reach. Out: templates of those without faults, and findings.

use std::sync::Arc;

use super::Builder;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::{HttpMethod, Operation, refuses};
use crate::plan::paths::{self, PathFault, Template};
use crate::plan::rules::patterns::only;

impl Builder<'_> {
    /// The operation's template, where nothing is wrong with it.
    pub(crate) fn servable_template(&mut self, index: usize) -> Option<Arc<Template>> {
        let (_, operation) = self.descriptions.operations[index];
        let of_extensions = &self.descriptions.extensions[index].findings;
        self.diagnostics.extend(of_extensions.iter().cloned());
        let faults = operation.faults.iter().map(|fault| {
            let finding = fault.code.at(fault.place.clone());
            finding.message(&fault.message).help(&fault.help)
        });
        let mut findings: Vec<Diagnostic> = faults.collect();
        for extension in &operation.extensions {
            if let Some(code) = refuses(extension) {
                findings.push(
                    code.at(operation.place(""))
                        .message(format_args!(
                            "`{extension}` is not built yet, and leaving it out could change who may call {}",
                            operation.name()
                        ))
                        .help("say it with `routes` in the blueprint and remove the extension, or hide the operation"),
                );
            }
        }
        if !operation.method.is_servable() {
            let code = if operation.method == HttpMethod::Trace {
                &diagnostic::TRACE_METHOD
            } else {
                &diagnostic::UNSERVABLE_METHOD
            };
            findings.push(
                code.at(operation.place(""))
                    .message(format_args!(
                        "API Gateway has no {}, so {} cannot be served",
                        operation.method.as_str(),
                        operation.name()
                    ))
                    .help("remove it, or leave it out with `exposure: hidden`"),
            );
        }
        let findings = findings.into_iter();
        self.diagnostics
            .extend(findings.map(|finding| finding.keeps(operation.name())));
        match self.template(&operation.path) {
            Ok(template) => {
                self.read_variables(operation, &template);
                (operation.faults.is_empty() && operation.method.is_servable()).then_some(template)
            }
            Err(fault) => {
                self.diagnostics.push(unservable_path(operation, fault));
                None
            }
        }
    }

    /// Reports faults that keep an operation from private callers: dot segments, and variables that
    /// no rule can be sure of.
    pub(crate) fn check_for_private_callers(&mut self, index: usize) {
        let (_, operation) = self.descriptions.operations[index];
        let unclear = [&diagnostic::DOT_SEGMENT, &diagnostic::FRAMEWORK_TEMPLATE];
        match self.template(&operation.path) {
            Ok(template) => self.read_variables(operation, &template),
            Err(fault) if unclear.contains(&fault.code) => {
                self.diagnostics.push(unservable_path(operation, fault));
            }
            Err(_) => {}
        }
    }

    /// Reports variables that are written as web frameworks write them, once a path.
    fn read_variables(&mut self, operation: &Operation, template: &Template) {
        let place = operation.item_place("");
        let is_reported = |known: &Diagnostic| {
            known.code == &diagnostic::READ_AS_VARIABLE && known.places.first() == Some(&place)
        };
        if template.read.is_empty() || self.diagnostics.iter().any(is_reported) {
            return;
        }
        for read in &template.read {
            let part = read.variable.path_part();
            let mut unchecked = String::new();
            let mut help = format!("write `{part}` in the description");
            if let Some(constraint) = &read.constraint {
                unchecked =
                    format!("; the gateway does not check `{constraint}`, and the backend has to");
                help += ", and the constraint as the `pattern` of the parameter";
            }
            let finding = diagnostic::READ_AS_VARIABLE
                .at(place.clone())
                .message(format_args!(
                    "`{}` of `{}` is read as `{part}`, as web frameworks mean it{unchecked}",
                    read.written, operation.path
                ))
                .help(help);
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
        let backend = self.blueprint.spec.backends.keys().next();
        let finding = diagnostic::NO_BACKEND
            .at(operation.place(""))
            .also(self.blueprint.place("/routes"))
            .message(format_args!(
                "no route gives {} a backend",
                operation.name()
            ))
            .help(format_args!(
                "add a route such as `{{match: {{paths: [{}]}}, backend: {}}}`",
                only(&operation.path),
                backend.map_or("...", String::as_str)
            ))
            .keeps(operation.name());
        self.diagnostics.push(finding);
    }
}

/// Reports a path that no REST API can hold.
fn unservable_path(operation: &Operation, fault: PathFault) -> Diagnostic {
    let finding = fault.code.at(operation.item_place(""));
    let finding = finding.message(fault.message).help(fault.help);
    finding.keeps(operation.name())
}

//! Variables that a route makes greedy, for descriptions that cannot.
//! In: an operation, `greedy` of a route. Out: its path and template with them, findings.

use std::borrow::Cow;
use std::sync::Arc;

use super::Builder;
use crate::blueprint::Exposure;
use crate::diagnostic::{self, Diagnostic};
use crate::openapi::Operation;
use crate::plan::paths::{Segment, Template, plain};
use crate::plan::rules::{Decision, Origin};

/// The path of an operation, with its greedy variables.
pub(crate) struct PathNotation {
    pub(crate) path: Arc<str>,
    pub(crate) template: Option<Arc<Template>>,
}

impl<'a> Builder<'a> {
    /// The operation's path and template as a route has them.
    ///
    /// Errors: GW4007 something follows the variable.
    pub(crate) fn with_greedy(
        &mut self,
        operation: &Operation,
        decision: &Decision<'a>,
        template: Option<&Arc<Template>>,
    ) -> PathNotation {
        let path = plain(&operation.path);
        let last = self.last_greedy(operation, decision, &path);
        let Some((name, before)) = last else {
            return PathNotation {
                template: template.cloned(),
                path: match path {
                    Cow::Owned(path) => path.into(),
                    Cow::Borrowed(_) => Arc::clone(&operation.path),
                },
            };
        };
        let mut template = template.cloned();
        let segments = template
            .as_mut()
            .map(|template| &mut Arc::make_mut(template).segments);
        if let Some(last) = segments.and_then(|segments| segments.last_mut())
            && let Segment::Variable(name) = last
        {
            *last = Segment::Rest(Arc::clone(name));
        }
        PathNotation {
            path: format!("{before}{{{name}+}}").into(),
            template,
        }
    }

    /// The variable at the end of a path that a route makes greedy, and the path before it.
    fn last_greedy<'p>(
        &mut self,
        operation: &Operation,
        decision: &Decision<'a>,
        path: &'p str,
    ) -> Option<(&'a str, &'p str)> {
        let (names, origin) = decision.greedy?;
        if let Origin::Route(route) = origin {
            self.greedy_names.entry(route).or_default();
        }
        let path = path.trim_end_matches('/');
        let mut segments = path.split('/').peekable();
        while let Some(segment) = segments.next() {
            let variable = segment
                .strip_prefix('{')
                .and_then(|text| text.strip_suffix('}'));
            let name = variable.map(|variable| variable.trim_end_matches('+'));
            let Some(name) = names.iter().find(|greedy| Some(greedy.as_str()) == name) else {
                continue;
            };
            if let Origin::Route(route) = origin {
                self.greedy_names.entry(route).or_default().insert(name);
            }
            if segments.peek().is_none() {
                return Some((name, &path[..path.len() - segment.len()]));
            }
            if decision.exposure() != Exposure::Hidden {
                let finding = self.not_last(operation, origin, name);
                self.diagnostics.push(finding);
                return None;
            }
        }
        None
    }

    fn not_last(&self, operation: &Operation, origin: Origin<'_>, name: &str) -> Diagnostic {
        diagnostic::GREEDY_NOT_LAST
            .at(origin.place(self.blueprint, "greedy"))
            .also(operation.item_place(""))
            .message(format_args!(
                "something follows the variable `{name}` of `{}`, so it cannot take the rest of the path",
                operation.path
            ))
            .help("name the last variable of the path, or let the route match other paths")
            .keeps(operation.name())
    }

    /// Refuses names that no path has which the route matches.
    ///
    /// Errors: GW3083.
    pub(crate) fn unknown_greedy_names(&mut self) {
        for (index, route) in self.blueprint.spec.routes.iter().flatten().enumerate() {
            // A route that decides nothing is reported as such.
            let Some(known) = self.greedy_names.get(&index) else {
                continue;
            };
            for (number, name) in route.greedy.iter().flatten().enumerate() {
                if !known.contains(name.as_str()) {
                    let finding = diagnostic::NO_SUCH_VARIABLE
                        .at(self.blueprint.place(&format!("/routes/{index}/greedy/{number}")))
                        .message(format_args!("no path that this route decides has a variable `{name}`"))
                        .help("write the name as it stands between the braces of the path, or remove it");
                    self.diagnostics.push(finding);
                }
            }
        }
    }
}

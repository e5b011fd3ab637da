//! Variables that a route makes greedy, for descriptions that cannot.
//!
//! In: an operation, `greedy` of a route. Out: its path and template with the rest of the path,
//! findings. Pure.

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
        let as_described = || {
            let path = if let Cow::Owned(path) = &path {
                path.as_str().into()
            } else {
                Arc::clone(&operation.path)
            };
            PathNotation {
                path,
                template: template.cloned(),
            }
        };
        let Some((names, origin)) = decision.greedy else {
            return as_described();
        };
        if let Origin::Route(route) = origin {
            self.greedy_names.entry(route).or_default();
        }
        let mut is_changed = false;
        let mut segments: Vec<String> = path
            .trim_end_matches('/')
            .split('/')
            .map(str::to_owned)
            .collect();
        let last = segments.len() - 1;
        for (at, segment) in segments.iter_mut().enumerate() {
            let Some(name) = segment
                .strip_prefix('{')
                .and_then(|text| text.strip_suffix('}'))
                .map(|name| name.trim_end_matches('+'))
            else {
                continue;
            };
            let Some(name) = names.iter().find(|greedy| *greedy == name) else {
                continue;
            };
            if let Origin::Route(route) = origin {
                self.greedy_names.entry(route).or_default().insert(name);
            }
            if at < last && decision.exposure() != Exposure::Hidden {
                self.diagnostics
                    .push(self.not_last(operation, origin, name));
                return as_described();
            }
            if at == last {
                is_changed = true;
                *segment = format!("{{{name}+}}");
            }
        }
        if !is_changed {
            return as_described();
        }
        let mut template = template.map(|template| Template::clone(template));
        let last = template
            .as_mut()
            .and_then(|template| template.segments.last_mut());
        if let Some(last) = last
            && let Segment::Variable(name) = &*last
        {
            *last = Segment::Rest(Arc::clone(name));
        }
        PathNotation {
            path: segments.join("/").into(),
            template: template.map(Arc::new),
        }
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

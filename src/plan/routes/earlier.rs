//! Methods of the templates that earlier renders wrote, as the memory has them.
//!
//! In: `Memory`. Out: `EarlierRoutes`: the methods, and the names of their variables. Pure.
//! CloudFormation cannot rename the variable of a resource (docs/aws-rules.md#w4), so each keeps the
//! name of its first render.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::tree::{EarlierRoute, PathSegment};
use crate::blueprint::{ApiStyle, Blueprint, OutputFormat};
use crate::memory::Memory;
use crate::openapi::HttpMethod;
use crate::plan::paths::{Segment, free_name, text_of};

/// Methods of earlier templates; none where no template holds methods.
#[derive(Debug, Default)]
pub(crate) struct EarlierRoutes {
    pub(super) routes: BTreeSet<EarlierRoute>,
    /// Names of variables, by the path before each.
    names: BTreeMap<Vec<PathSegment>, Arc<str>>,
}

impl EarlierRoutes {
    pub(crate) fn of(memory: &Memory, blueprint: &Blueprint) -> Self {
        let output = &blueprint.spec.output;
        let mut earlier = Self::default();
        if !holds_methods(output.format, output.api_style) {
            return earlier;
        }
        let facts = memory.routes.iter();
        let facts = facts.flat_map(|(key, paths)| paths.iter().map(move |path| (key, path)));
        let routes: Vec<EarlierRoute> = facts.filter_map(|(key, path)| route(key, path)).collect();
        for route in &routes {
            for (index, segment) in route.path.iter().enumerate() {
                if let Some(name) = segment.variable() {
                    let names = earlier.names.entry(shape(&route.path[..index]));
                    let least = names.or_insert_with(|| Arc::clone(name));
                    // Merged branches may have given it two.
                    if name < least {
                        *least = Arc::clone(name);
                    }
                }
            }
        }
        let named = |route: EarlierRoute| EarlierRoute {
            path: earlier.named(&route.path),
            ..route
        };
        earlier.routes = routes.into_iter().map(named).collect();
        earlier
    }

    /// The path with the names that earlier templates gave to its variables.
    pub(crate) fn named(&self, path: &[Segment]) -> Vec<Segment> {
        let mut named: Vec<Segment> = Vec::with_capacity(path.len());
        for segment in path {
            let Some(own) = segment.variable() else {
                named.push(segment.clone());
                continue;
            };
            let name = self.names.get(&*shape(&named)).unwrap_or(own);
            let above = named.iter().filter_map(Segment::variable);
            let name = free_name(name, |name| above.clone().any(|above| **above == *name));
            let is_greedy = matches!(segment, Segment::Rest(_));
            named.push(Segment::of_variable(name, is_greedy));
        }
        named
    }

    /// The plain variable that an earlier template has below a path.
    pub(crate) fn variable_below(&self, path: &[Segment]) -> Option<&Arc<str>> {
        let path = shape(path);
        let is_below = |route: &EarlierRoute| {
            matches!(route.path.get(path.len()), Some(Segment::Variable(_)))
                && shape(&route.path[..path.len()]) == path
        };
        let has_one = self.routes.iter().any(is_below);
        self.names.get(&path).filter(|_| has_one)
    }
}

/// Returns whether a template has a resource for each method.
pub(crate) fn holds_methods(format: OutputFormat, style: ApiStyle) -> bool {
    format == OutputFormat::Cloudformation && style == ApiStyle::Resources
}

pub(crate) fn shape(path: &[Segment]) -> Vec<PathSegment> {
    path.iter().map(PathSegment::from).collect()
}

/// Reads a fact of the memory.
fn route(key: &str, path: &str) -> Option<EarlierRoute> {
    let (_, method) = key.rsplit_once(' ')?;
    let method = HttpMethod::ALL
        .into_iter()
        .find(|known| known.as_str() == method)?;
    let segment = |text: &str| {
        let inner = text
            .strip_prefix('{')
            .and_then(|text| text.strip_suffix('}'));
        match inner.map(|name| (name.strip_suffix('+'), name)) {
            Some((Some(name), _)) => Segment::Rest(name.into()),
            Some((None, name)) => Segment::Variable(name.into()),
            None => Segment::Literal(text.into()),
        }
    };
    let path = path
        .strip_prefix('/')?
        .split('/')
        .filter(|text| !text.is_empty());
    let path = path.map(segment).collect();
    method
        .is_servable()
        .then_some(EarlierRoute { path, method })
}

/// The key of a fact: a path without the names of its variables, and a method.
pub(crate) fn key(path: &[Segment], method: HttpMethod) -> String {
    let nameless = |segment: &Segment| match segment {
        Segment::Literal(_) => segment.clone(),
        Segment::Variable(_) => Segment::Variable("".into()),
        Segment::Rest(_) => Segment::Rest("".into()),
    };
    let path: Vec<Segment> = path.iter().map(nameless).collect();
    format!("{} {}", text_of(&path), method.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_routes_and_those_that_are_none_are_left_out() {
        let good = route("/a/{} GET", "/a/{id}").unwrap();
        assert_eq!(key(&good.path, good.method), "/a/{} GET");
        assert_eq!(text_of(&good.path), "/a/{id}");
        let greedy = route("/{+} ANY", "/{proxy+}").unwrap();
        assert_eq!(greedy.path, [Segment::Rest("proxy".into())]);
        assert!(route("/ GET", "/").unwrap().path.is_empty());
        for (key, path) in [("/a", "/a"), ("/a TRACE", "/a"), ("/a GET", "a"), ("", "")] {
            assert_eq!(route(key, path), None);
        }
    }

    #[test]
    fn names_of_merged_branches_become_one_and_none_stands_twice_in_a_path() {
        let mut earlier = EarlierRoutes::default();
        for (at, name) in [("", "id"), ("/{}", "id")] {
            let shape = shape(
                &route(" GET", &format!("/{}", at.replace("{}", "{x}")))
                    .unwrap()
                    .path,
            );
            earlier.names.insert(shape, name.into());
        }
        let path = route("/{}/{+} GET", "/{a}/{b+}").unwrap().path;
        assert_eq!(text_of(&earlier.named(&path)), "/{id}/{id_2+}");
    }
}

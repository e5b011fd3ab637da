//! Routes that are most like a request that nothing serves.
//!
//! In: `ResourceTree`, a method, segments. Out: `Route`s. Pure.
//! Those of the same path first, then those of the same method; then by how many segments differ,
//! then by how many letters.

use super::Route;
use crate::follow::{ResourceTree, TemplatePart, template};
use crate::openapi::HttpMethod;

/// Number of routes that are reported.
const COUNT: usize = 3;

impl PartialEq<TemplatePart<'_>> for &str {
    fn eq(&self, other: &TemplatePart<'_>) -> bool {
        match other {
            TemplatePart::Literal(text) => text == self,
            TemplatePart::Variable(_) | TemplatePart::Rest(_) => true,
        }
    }
}

/// The routes that are most like a request.
pub(crate) fn nearest(
    tree: &ResourceTree<'_>,
    method: HttpMethod,
    segments: &[&str],
) -> Vec<Route> {
    let requested = segments.to_vec();
    let text = format!("/{}", segments.join("/"));
    let mut ranked = Vec::new();
    each(tree, 0, &mut Vec::new(), &mut |parts, served| {
        let path = template(parts.iter().copied());
        let is_other = served != method && served != HttpMethod::Any;
        let segments = strsim::generic_levenshtein(&requested, &parts.to_vec());
        let rank = (
            is_other && segments > 0,
            segments,
            is_other,
            strsim::levenshtein(&text, &path),
        );
        ranked.push((rank, path, served));
    });
    ranked.sort();
    ranked.truncate(COUNT);
    let route = |(_, path, served): (_, String, HttpMethod)| Route {
        method: served.as_str(),
        path,
    };
    ranked.into_iter().map(route).collect()
}

/// Every method that leads to a backend, with its template.
fn each<'a>(
    tree: &ResourceTree<'a>,
    place: usize,
    parts: &mut Vec<TemplatePart<'a>>,
    with: &mut impl FnMut(&[TemplatePart<'a>], HttpMethod),
) {
    served(tree, place).for_each(|method| with(parts, method));
    for (part, next) in tree.places[place].parts() {
        parts.push(part);
        each(tree, next, parts, with);
        parts.pop();
    }
}

/// The methods of a place that lead to a backend.
fn served(tree: &ResourceTree<'_>, place: usize) -> impl Iterator<Item = HttpMethod> {
    let methods = tree.places[place].methods.values();
    let served = methods.filter(|method| method.node.integration.is_backend());
    served.map(|method| method.node.http_method)
}

/// Names of the methods of a place that lead to a backend.
pub(crate) fn methods(tree: &ResourceTree<'_>, place: usize) -> Vec<&'static str> {
    served(tree, place).map(HttpMethod::as_str).collect()
}

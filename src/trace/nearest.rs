//! Routes that are most like a request that nothing serves.
//!
//! In: `Tree`, a method, segments. Out: `Route`s. Pure.
//! Those of the same path first, then those of the same method; then by how many segments differ,
//! then by how many letters.

use super::Route;
use super::route::Part;
use crate::openapi::HttpMethod;
use crate::walk::tree::{Found, Tree};

/// How many routes are told.
const COUNT: usize = 3;

/// A segment of the request, for comparing with a part of a template.
struct Asked<'a>(&'a str);

/// A part of a template.
struct Wanted<'a>(Part<'a>);

impl PartialEq<Wanted<'_>> for Asked<'_> {
    fn eq(&self, other: &Wanted<'_>) -> bool {
        match other.0 {
            Part::Literal(text) => text == self.0,
            Part::Variable(_) | Part::Rest(_) => true,
        }
    }
}

/// The routes that are most like a request.
pub(crate) fn nearest(tree: &Tree<'_>, method: HttpMethod, segments: &[&str]) -> Vec<Route> {
    let asked: Vec<Asked<'_>> = segments.iter().map(|it| Asked(it)).collect();
    let text = format!("/{}", segments.join("/"));
    let mut ranked = Vec::new();
    each(tree, 0, &mut Vec::new(), &mut |parts, found| {
        let mut path = String::new();
        parts.iter().for_each(|it| it.push(&mut path));
        if path.is_empty() {
            path.push('/');
        }
        let wanted: Vec<Wanted<'_>> = parts.iter().map(|it| Wanted(*it)).collect();
        let served = found.method.http_method;
        let is_other = served != method && served != HttpMethod::Any;
        let segments = strsim::generic_levenshtein(&asked, &wanted);
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
    ranked
        .into_iter()
        .map(|(_, path, method)| Route {
            method: method.as_str(),
            path,
        })
        .collect()
}

/// Every method that leads to a backend, with its template.
fn each<'a>(
    tree: &Tree<'a>,
    place: usize,
    parts: &mut Vec<Part<'a>>,
    with: &mut impl FnMut(&[Part<'a>], &Found<'a>),
) {
    let here = &tree.places[place];
    here.methods
        .values()
        .filter(|it| it.method.integration.is_backend())
        .for_each(|it| with(parts, it));
    let literals = here
        .literals
        .iter()
        .map(|(text, next)| (Part::Literal(text), *next));
    let variable = here
        .variable
        .map(|(name, next)| (Part::Variable(name), next));
    let rest = here.rest.map(|(name, next)| (Part::Rest(name), next));
    for (part, next) in literals.chain(variable).chain(rest) {
        parts.push(part);
        each(tree, next, parts, with);
        parts.pop();
    }
}

/// The methods of a place that lead to a backend.
pub(crate) fn methods(tree: &Tree<'_>, place: usize) -> Vec<&'static str> {
    let served = tree.places[place]
        .methods
        .values()
        .filter(|it| it.method.integration.is_backend());
    served.map(|it| it.method.http_method.as_str()).collect()
}

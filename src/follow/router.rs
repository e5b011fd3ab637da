//! Selection of the method for a request.
//!
//! In: `ResourceTree`, a method, segments. Out: `RouteMatch`. Pure.
//! Source: docs/aws-rules.md#p7: a literal beats a variable, a variable beats a greedy one, and
//! the router does not return from a literal to the variable beside it; where a branch has no
//! method the gateway falls back to a greedy variable above it.

use super::step::StackNode;
use super::tree::{ResourcePlace, ResourceTree, TemplatePart};
use crate::aws::Method;
use crate::openapi::HttpMethod;

/// A place that a request comes to.
#[derive(Clone, Debug)]
pub(crate) struct ResourcePath<'a> {
    pub(crate) place: usize,
    /// Index of its node; `None` for the root.
    pub(crate) index: Option<usize>,
    /// Path parts from the root, each with the text that the request has there.
    pub(crate) parts: Vec<(TemplatePart<'a>, String)>,
    /// The variable beside the last part, which is a literal.
    pub(crate) beats: Option<&'a str>,
    /// The branch that has no method, where the place is a greedy variable above it.
    pub(crate) fell_back_from: Option<String>,
}

/// The text of a template.
pub(crate) fn template<'a>(parts: impl IntoIterator<Item = TemplatePart<'a>>) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            TemplatePart::Literal(literal) => text.extend(["/", literal]),
            TemplatePart::Variable(name) => text.extend(["/{", name, "}"]),
            TemplatePart::Rest(name) => text.extend(["/{", name, "+}"]),
        }
    }
    if text.is_empty() {
        text.push('/');
    }
    text
}

/// The selected method, and its place.
#[derive(Clone, Debug)]
pub(crate) struct RouteMatch<'a> {
    pub(crate) method: StackNode<'a, Method>,
    pub(crate) path: ResourcePath<'a>,
}

impl RouteMatch<'_> {
    pub(crate) fn is_greedy(&self) -> bool {
        matches!(self.path.parts.last(), Some((TemplatePart::Rest(_), _)))
    }
}

impl ResourcePath<'_> {
    /// The template.
    pub(crate) fn path(&self) -> String {
        template(self.parts.iter().map(|(part, _)| *part))
    }

    /// The text that the request has for a variable.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let mut values = self.values();
        let (_, value) = values.find(|(variable, _)| *variable == name)?;
        Some(value.to_owned())
    }

    /// Variables with what the request has for them.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parts.iter().filter_map(|(part, value)| match part {
            TemplatePart::Variable(name) | TemplatePart::Rest(name) => {
                Some((*name, value.as_str()))
            }
            TemplatePart::Literal(_) => None,
        })
    }
}

/// Returns what a path is routed by: leading slashes count as one, and one at the end for none.
///
/// Source: docs/aws-rules.md#p11.
pub(crate) fn request_segments(path: &str) -> Vec<&str> {
    let inner = path.trim_start_matches('/');
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    if inner.is_empty() {
        Vec::new()
    } else {
        inner.split('/').collect()
    }
}

/// The gateway's router.
pub(crate) struct Router<'t, 'a> {
    tree: &'t ResourceTree<'a>,
    /// For each place, true where it is at or above a backend; `None` where the router uses all
    /// places.
    leads_to_backend: Option<Vec<bool>>,
}

/// Parts of the path to where the router is.
type RoutedParts<'a> = Vec<(TemplatePart<'a>, String)>;

impl<'t, 'a> Router<'t, 'a> {
    pub(crate) fn of(tree: &'t ResourceTree<'a>) -> Self {
        Self {
            tree,
            leads_to_backend: None,
        }
    }

    /// The router as it would be without the methods and resources that are there to refuse.
    pub(crate) fn without_refusals(&self) -> Self {
        let mut leads_to_backend = vec![false; self.tree.places.len()];
        // Children are after their parents.
        for (index, place) in self.tree.places.iter().enumerate().rev() {
            let has_backend = place
                .methods
                .values()
                .any(|method| method.node.integration.is_backend());
            leads_to_backend[index] =
                has_backend || place.children().any(|child| leads_to_backend[child]);
        }
        Self {
            tree: self.tree,
            leads_to_backend: Some(leads_to_backend),
        }
    }

    fn has(&self, place: usize) -> bool {
        let places = self.leads_to_backend.as_ref();
        places.is_none_or(|places| places[place])
    }

    /// Selects the method for a request.
    pub(crate) fn route(&self, method: HttpMethod, segments: &[&str]) -> Option<RouteMatch<'a>> {
        self.descend(0, &mut Vec::new(), method, segments)
    }

    fn descend(
        &self,
        place: usize,
        parts: &mut RoutedParts<'a>,
        method: HttpMethod,
        segments: &[&str],
    ) -> Option<RouteMatch<'a>> {
        let Some((text, below)) = segments.split_first() else {
            return self.answer(place, method).map(|method| RouteMatch {
                method,
                path: self.routed(place, parts),
            });
        };
        let branch = self.branch(place, text);
        if let Some((part, next)) = branch {
            parts.push((part, (*text).to_owned()));
            let found = self.descend(next, parts, method, below);
            parts.pop();
            if found.is_some() {
                return found;
            }
        }
        let (name, greedy) = self.tree.places[place]
            .rest
            .filter(|(_, next)| self.has(*next))?;
        let method = self.answer(greedy, method)?;
        let fell_back_from = branch.map(|(part, _)| {
            let parts = parts.iter().map(|(part, _)| *part);
            template(parts.chain([part]))
        });
        let mut parts = parts.clone();
        parts.push((TemplatePart::Rest(name), segments.join("/")));
        Some(RouteMatch {
            method,
            path: ResourcePath {
                place: greedy,
                index: self.tree.places[greedy].index,
                parts,
                beats: None,
                fell_back_from,
            },
        })
    }

    /// Returns the branch of a segment: the literal, else the variable. An empty segment has none.
    fn branch(&self, place: usize, text: &str) -> Option<(TemplatePart<'a>, usize)> {
        let here: &ResourcePlace<'a> = &self.tree.places[place];
        let literal = here
            .literals
            .get_key_value(text)
            .map(|(text, next)| (TemplatePart::Literal(text), *next));
        let variable = || {
            here.variable
                .filter(|_| !text.is_empty())
                .map(|(name, next)| (TemplatePart::Variable(name), next))
        };
        literal
            .filter(|(_, next)| self.has(*next))
            .or_else(|| variable().filter(|(_, next)| self.has(*next)))
    }

    fn answer(&self, place: usize, method: HttpMethod) -> Option<StackNode<'a, Method>> {
        let methods = &self.tree.places[place].methods;
        let seen = |method: &&StackNode<'a, Method>| {
            self.leads_to_backend.is_none() || method.node.integration.is_backend()
        };
        methods
            .get(&method)
            .filter(seen)
            .or_else(|| methods.get(&HttpMethod::Any).filter(seen))
            .copied()
    }

    fn routed(&self, place: usize, parts: &RoutedParts<'a>) -> ResourcePath<'a> {
        let mut parent = 0;
        let mut beats = None;
        for (part, text) in parts {
            let here = &self.tree.places[parent];
            beats = if matches!(part, TemplatePart::Literal(_)) {
                here.variable.or(here.rest).map(|(name, _)| name)
            } else {
                None
            };
            parent = self.branch(parent, text).map_or(parent, |(_, next)| next);
        }
        ResourcePath {
            place,
            index: self.tree.places[place].index,
            parts: parts.clone(),
            beats,
            fell_back_from: None,
        }
    }

    /// Returns the place of a path, whatever methods it has; where a branch ends before, the
    /// closest greedy variable above.
    pub(crate) fn place(&self, segments: &[&str]) -> Option<ResourcePath<'a>> {
        let (mut place, mut parts) = (0, RoutedParts::new());
        let mut greedy = None;
        for (index, text) in segments.iter().enumerate() {
            greedy = self.tree.places[place]
                .rest
                .map(|rest| (index, rest))
                .or(greedy);
            let Some((part, next)) = self.branch(place, text) else {
                let (index, (name, next)) = greedy?;
                parts.truncate(index);
                parts.push((TemplatePart::Rest(name), segments[index..].join("/")));
                return Some(self.routed(next, &parts));
            };
            parts.push((part, (*text).to_owned()));
            place = next;
        }
        Some(self.routed(place, &parts))
    }
}

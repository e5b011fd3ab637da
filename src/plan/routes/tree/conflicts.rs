//! Public operations that would serve requests of one that is not served.
//! In: the tree, a path that is not public. Out: its conflicts with public paths.

use std::sync::Arc;

use super::requested::PathSegment;
use super::{Refusal, RouteTree};
use crate::openapi::HttpMethod;
use crate::plan::paths::{Segment, free_name};

/// Conflict of an operation that is not served with one that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// The public operation would respond; a resource of its own can refuse instead.
    Refuse(Refusal),
    /// The public operation, by index, would respond, and no resource can be in its place.
    Unavoidable(usize),
    /// Both have the same path: the public operation, by index, is what callers reach.
    Same(usize),
}

impl RouteTree {
    /// Every conflict of a path and method that are not served with public operations.
    pub(crate) fn conflicts(&self, path: &[PathSegment], method: HttpMethod) -> Vec<Conflict> {
        let mut search = ConflictSearch {
            tree: self,
            method,
            at: Vec::new(),
            found: Vec::new(),
        };
        let start = Comparison {
            is_wider: false,
            is_opaque: false,
            is_same: true,
        };
        search.walk(0, path, start);
        let mut found = search.found;
        // Where both have one path, every request is the public operation's.
        let is_same = |conflict: &Conflict| matches!(conflict, Conflict::Same(_));
        match found.iter().position(is_same) {
            Some(same) => vec![found.swap_remove(same)],
            None => found,
        }
    }
}

/// A walk through the tree along a path that is not served.
struct ConflictSearch<'a> {
    tree: &'a RouteTree,
    method: HttpMethod,
    /// The most general path that both match, so far.
    at: Vec<Segment>,
    found: Vec<Conflict>,
}

/// A path that is not served beside a public one, so far.
#[derive(Clone, Copy)]
struct Comparison {
    /// The other path is the more particular one where the two first differ: were it public, the
    /// request would be its own.
    is_wider: bool,
    /// No resource can be what the other has here.
    is_opaque: bool,
    /// Both have the same shape.
    is_same: bool,
}

impl ConflictSearch<'_> {
    fn walk(&mut self, node: usize, path: &[PathSegment], so_far: Comparison) {
        let here = &self.tree.nodes[node];
        let Some((first, rest)) = path.split_first() else {
            return self.arrive(node, so_far);
        };
        if let Some(child) = here.rest {
            self.take_rest(child, path, so_far);
        }
        match first {
            PathSegment::Literal(text) => {
                let segment = Segment::Literal(Arc::clone(text));
                // Nothing falls back from a literal to the variable beside it (P7).
                if let Some(child) = here.literals.get(text) {
                    self.step(*child, rest, segment, so_far);
                } else if let Some(child) = here.variable {
                    let wider = Comparison {
                        is_wider: true,
                        is_same: false,
                        ..so_far
                    };
                    self.step(child, rest, segment, wider);
                }
            }
            PathSegment::Variable => {
                // Named by its position alone, so that two conflicts cannot give it two names;
                // `named` has the public one.
                let segment = Segment::Variable(self.part(self.at.len() + 1));
                // A literal beats a variable: unless an earlier segment decided, its requests are
                // the public path's own.
                // The refusal keeps the variable: a literal would take requests of other operations
                // with one in its place.
                for child in here.literals.values().filter(|_| so_far.is_wider) {
                    let other = Comparison {
                        is_same: false,
                        ..so_far
                    };
                    self.step(*child, rest, segment.clone(), other);
                }
                if let Some(child) = here.variable {
                    self.step(child, rest, segment, so_far);
                }
            }
            PathSegment::Opaque => {
                if let (Some(child), Some(name)) = (here.variable, &here.name) {
                    let segment = Segment::Variable(Arc::clone(name));
                    let opaque = Comparison {
                        is_wider: true,
                        is_opaque: true,
                        is_same: false,
                    };
                    self.step(child, rest, segment, opaque);
                }
            }
            // Unless an earlier segment decided, whatever is public below it is more particular.
            PathSegment::Rest if so_far.is_wider => self.below(node, so_far),
            PathSegment::Rest => {}
        }
    }

    fn step(&mut self, child: usize, rest: &[PathSegment], segment: Segment, so_far: Comparison) {
        self.at.push(segment);
        self.walk(child, rest, so_far);
        self.at.pop();
    }

    /// A public greedy variable takes all that is left.
    fn take_rest(&mut self, child: usize, path: &[PathSegment], mut so_far: Comparison) {
        let depth = self.at.len();
        let is_rest = matches!(path, [PathSegment::Rest]);
        so_far.is_wider |= !is_rest;
        so_far.is_same &= is_rest;
        so_far.is_opaque |= path.contains(&PathSegment::Opaque);
        for (number, segment) in (depth + 1..).zip(path) {
            let name = self.part(number);
            self.at.push(match segment {
                PathSegment::Literal(text) => Segment::Literal(Arc::clone(text)),
                PathSegment::Variable | PathSegment::Opaque => Segment::Variable(name),
                PathSegment::Rest => Segment::Rest(name),
            });
        }
        self.arrive(child, so_far);
        self.at.truncate(depth);
    }

    /// Public operations below a wider path take requests of a greedy one.
    fn below(&mut self, node: usize, so_far: Comparison) {
        let overlaps = |served: HttpMethod| served.overlaps(self.method);
        let mut children = self.tree.nodes[node].children();
        let Some(operation) = children.find_map(|child| self.tree.first(child, overlaps)) else {
            return;
        };
        if so_far.is_opaque {
            return self.found.push(Conflict::Unavoidable(operation));
        }
        let name = self.part(self.at.len() + 1);
        self.at.push(Segment::Rest(name));
        self.refuse_unless_public();
        self.at.pop();
    }

    fn arrive(&mut self, node: usize, so_far: Comparison) {
        let methods = &self.tree.nodes[node].methods;
        let exact = methods.get_key_value(&self.method);
        let mut overlapping = methods
            .iter()
            .filter(|(served, _)| served.overlaps(self.method));
        let Some((served, operation)) = exact.or_else(|| overlapping.next()) else {
            return;
        };
        if so_far.is_opaque {
            self.found.push(Conflict::Unavoidable(*operation));
        } else if so_far.is_wider {
            self.refuse_unless_public();
        } else if so_far.is_same && served == &self.method {
            self.found.push(Conflict::Same(*operation));
        } else if so_far.is_same && *served == HttpMethod::Any {
            // A method of its own beats ANY; in the opposite case each has requests of its own.
            self.refuse();
        }
    }

    /// A variable's name that no ancestor has.
    fn part(&self, number: usize) -> Arc<str> {
        let taken = self.at.iter().filter_map(Segment::variable);
        free_name(&format!("part_{number}"), |name| {
            taken.clone().any(|taken| **taken == *name)
        })
    }

    fn refuse(&mut self) {
        self.found.push(Conflict::Refuse(Refusal {
            path: self.tree.named(&self.at),
            method: self.method,
        }));
    }

    /// Refuses the path, unless a public operation at exactly that path takes all requests of the
    /// method there. ANY beside a public method still has the others.
    fn refuse_unless_public(&mut self) {
        let mut segments = self.at.iter();
        let node = segments.try_fold(0, |at, segment| self.tree.child(at, segment));
        if node.is_none_or(|at| self.tree.nodes[at].answering(self.method).is_none()) {
            self.refuse();
        }
    }
}

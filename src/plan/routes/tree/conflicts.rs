//! Public operations that would serve requests of one that is not served.
//!
//! In: the tree, a path that is not public. Out: its conflicts with public paths. Pure.
//! Source: docs/aws-rules.md#p6, docs/aws-rules.md#p7 (a literal beats a variable, and nothing
//! falls back to the variable beside it).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::requested::RequestedSegment;
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
    pub(crate) fn conflicts(
        &self,
        path: &[RequestedSegment<'_>],
        method: HttpMethod,
    ) -> Vec<Conflict> {
        let mut search = ConflictSearch {
            tree: self,
            method,
            at: Vec::new(),
            is_wider: false,
            is_opaque: false,
            is_same: true,
            found: Vec::new(),
        };
        search.walk(0, path);
        // Where both have one path, every request is the public operation's.
        let same = search
            .found
            .iter()
            .find(|conflict| matches!(conflict, Conflict::Same(_)))
            .cloned();
        same.map_or(search.found, |same| vec![same])
    }
}

/// A walk through the tree along a path that is not served.
struct ConflictSearch<'a> {
    tree: &'a RouteTree,
    method: HttpMethod,
    /// The most general path that both match, so far.
    at: Vec<Segment>,
    /// The other path is the more particular one where the two first differ: were it public, the
    /// request would be its own.
    is_wider: bool,
    /// No resource can be what the other has here.
    is_opaque: bool,
    /// Both have the same shape so far.
    is_same: bool,
    found: Vec<Conflict>,
}

impl ConflictSearch<'_> {
    fn walk(&mut self, node: usize, path: &[RequestedSegment<'_>]) {
        let tree = self.tree;
        let here = &tree.nodes[node];
        let Some((first, rest)) = path.split_first() else {
            return self.arrive(node);
        };
        if let Some(child) = here.rest {
            self.take_rest(child, path);
        }
        match first {
            RequestedSegment::Literal(text) => {
                let segment = Segment::Literal((*text).into());
                // Nothing falls back from a literal to the variable beside it (P7).
                if let Some(child) = here.literals.get(*text) {
                    self.step(*child, rest, segment, |_| {});
                } else if let Some(child) = here.variable {
                    self.step(child, rest, segment, |search| {
                        (search.is_wider, search.is_same) = (true, false)
                    });
                }
            }
            RequestedSegment::Variable => {
                // Named by its position alone, so that two conflicts cannot give it two names;
                // `named` knows the public one.
                let name = self.part(self.at.len() + 1);
                // A literal beats a variable: unless an earlier segment decided, its requests are
                // the public path's own.
                // The refusal keeps the variable: a literal would take requests of other operations
                // with one in its place.
                let literals = if self.is_wider {
                    Some(&here.literals)
                } else {
                    None
                };
                for child in literals.into_iter().flat_map(BTreeMap::values) {
                    let segment = Segment::Variable(Arc::clone(&name));
                    self.step(*child, rest, segment, |search| search.is_same = false);
                }
                if let Some(child) = here.variable {
                    self.step(child, rest, Segment::Variable(name), |_| {});
                }
            }
            RequestedSegment::Opaque => {
                if let (Some(child), Some(name)) = (here.variable, &here.name) {
                    let segment = Segment::Variable(Arc::clone(name));
                    self.step(child, rest, segment, |search| {
                        (search.is_wider, search.is_opaque) = (true, true);
                        search.is_same = false;
                    });
                }
            }
            // Unless an earlier segment decided, whatever is public below it is more particular.
            RequestedSegment::Rest if self.is_wider => self.below(node),
            RequestedSegment::Rest => {}
        }
    }

    fn step(
        &mut self,
        child: usize,
        rest: &[RequestedSegment<'_>],
        segment: Segment,
        change: impl FnOnce(&mut Self),
    ) {
        let before = (self.is_wider, self.is_opaque, self.is_same);
        self.at.push(segment);
        change(self);
        self.walk(child, rest);
        self.at.pop();
        (self.is_wider, self.is_opaque, self.is_same) = before;
    }

    /// A public greedy variable takes all that is left.
    fn take_rest(&mut self, child: usize, path: &[RequestedSegment<'_>]) {
        let before = (self.is_wider, self.is_opaque, self.is_same);
        let depth = self.at.len();
        let is_rest = matches!(path, [RequestedSegment::Rest]);
        self.is_wider |= !is_rest;
        self.is_same &= is_rest;
        for (index, segment) in path.iter().enumerate() {
            let name = self.part(depth + index + 1);
            let segment = match segment {
                RequestedSegment::Literal(text) => Segment::Literal((*text).into()),
                RequestedSegment::Variable => Segment::Variable(name),
                RequestedSegment::Rest => Segment::Rest(name),
                RequestedSegment::Opaque => {
                    self.is_opaque = true;
                    Segment::Variable(name)
                }
            };
            self.at.push(segment);
        }
        self.arrive(child);
        self.at.truncate(depth);
        (self.is_wider, self.is_opaque, self.is_same) = before;
    }

    /// Public operations below a wider path take requests of a greedy one.
    fn below(&mut self, node: usize) {
        let Some(operation) = self.tree.overlapping_below(node, self.method) else {
            return;
        };
        if self.is_opaque {
            return self.found.push(Conflict::Unavoidable(operation));
        }
        let name = self.part(self.at.len() + 1);
        self.at.push(Segment::Rest(name));
        if !self.is_public_at(&self.at) {
            self.refuse();
        }
        self.at.pop();
    }

    fn arrive(&mut self, node: usize) {
        let methods = &self.tree.nodes[node].methods;
        let exact = methods.get_key_value(&self.method);
        let Some((served, operation)) = exact.or_else(|| {
            methods
                .iter()
                .find(|(served, _)| served.overlaps(self.method))
        }) else {
            return;
        };
        if self.is_opaque {
            self.found.push(Conflict::Unavoidable(*operation));
        } else if self.is_wider {
            if !self.is_public_at(&self.at) {
                self.refuse();
            }
        } else if self.is_same && served == &self.method {
            self.found.push(Conflict::Same(*operation));
        } else if self.is_same && *served == HttpMethod::Any {
            // A method of its own beats ANY; the other way round each has requests of its own.
            self.refuse();
        }
    }

    /// A variable's name that no ancestor has.
    fn part(&self, number: usize) -> Arc<str> {
        free_name(&format!("part_{number}"), |name| {
            self.at
                .iter()
                .filter_map(Segment::variable)
                .any(|taken| **taken == *name)
        })
    }

    fn refuse(&mut self) {
        self.found.push(Conflict::Refuse(Refusal {
            path: self.tree.named(&self.at),
            method: self.method,
        }));
    }

    /// A public operation at exactly that path takes all requests of the method there.
    ///
    /// ANY beside a public method still has the others.
    fn is_public_at(&self, path: &[Segment]) -> bool {
        let mut at = 0;
        for segment in path {
            match self.tree.child(at, segment) {
                Some(child) => at = child,
                None => return false,
            }
        }
        self.tree.nodes[at]
            .methods
            .keys()
            .any(|served| *served == self.method || *served == HttpMethod::Any)
    }
}
